"""Answers what nobody foresaw: a named measure, by named groupings, for named values, over any days.

Such questions come under the Freedom of Information Act 2000. The answer has exact figures for the council's
own staff, or, on request, those that may be given out (`disclosure`). Each answer is protected by itself:
whoever gets several may compare them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from complaint_events.profile import NOT_RECORDED
from complaint_events.scalars import london_date
from reporting_api.database import Engine
from reporting_api.disclosure import NOTE, suppress
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.layout import rows_of
from reporting_api.tables.measures import GROUPINGS, MEASURES, NONE, Measure, groupings_of, narrowed, table_of
from reporting_api.tables.periods import FIRST_YEAR, LAST_YEAR, Span, year_beginning, year_of
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import ALL_PROCEDURES
from reporting_api.view import facts_seen
from service_conventions.problems import Breach, Problem

MOST_BY: Final = 3
MOST_ROWS: Final = 20_000
_LARGEST_VALUE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question. `where` keeps to values of groupings, each written `grouping=value`; several of one: any.

    Without days it is about the reporting year that has begun last.
    """

    measure: str
    by: Sequence[str] = ()
    where: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, as it may be shown to whoever asked; `note` says what is withheld, if anything is."""

    answer: Answer
    kept: Mapping[str, Sequence[str]]
    note: str | None = None

    def document(self) -> dict[str, Any]:
        """The answer as JSON has it, with what it keeps to."""
        where = {name: [*values] for name, values in self.kept.items()}
        return {**self.answer.document(), "where": where, "note": self.note}


def catalogue() -> dict[str, Any]:
    """Every measure with its groupings; every grouping with its values, where all are known beforehand."""
    return {
        "measures": [
            {"name": one.name, "label": one.label, "groupings": [*groupings_of(one)]}
            for one in MEASURES.values()
        ],
        "groupings": [
            {"name": one.name, "label": one.label, "values": [*one.values]} for one in GROUPINGS.values()
        ],
    }


async def ask(engine: Engine, authority: str, inquiry: Inquiry) -> Reply:
    """Answer from the facts. Raises `Problem` naming what exists where something asked for does not."""
    measure, kept = _understood(inquiry)
    now = datetime.now(UTC)
    as_of = inquiry.as_of or london_date(now)
    period, year = _period(inquiry, as_of)
    async with facts_seen(engine, authority, inquiry.as_of, inquiry.known_at) as seen:
        plain = scope_of(authority, ALL_PROCEDURES, (period, year), as_of, seen.profiles)
        _check_own_codes(plain, kept)
        scope = narrowed(plain, kept)
        table = table_of(measure, inquiry.by, tuple(kept))
        rows = await rows_of(seen.connection, table, scope)
    if len(rows) > MOST_ROWS:
        raise _wrong("by", "too_many_rows", f"the answer has more than {MOST_ROWS} rows: ask by less")
    known_at = inquiry.known_at or now.replace(microsecond=0)
    answer = Answer(table, scope, rows, known_at, seen.position)
    return _withheld(answer, kept) if inquiry.suppress else Reply(answer, kept)


def _understood(inquiry: Inquiry) -> tuple[Measure, dict[str, list[str]]]:
    measure = MEASURES.get(inquiry.measure)
    if measure is None:
        raise _wrong("measure", "unknown_measure", f"the measures are: {', '.join(MEASURES)}")
    there = groupings_of(measure)
    if len(inquiry.by) > MOST_BY or len({*inquiry.by}) < len(inquiry.by):
        raise _wrong("by", "too_many", f"at most {MOST_BY} groupings, each once")
    if not {*inquiry.by} <= {*there}:
        raise _wrong("by", "unknown_grouping", f"{measure.name} can be grouped by: {', '.join(there)}")
    kept = dict[str, list[str]]()
    for text in inquiry.where:
        name, equals, value = text.partition("=")
        if not equals or name not in there or not value or len(value) > _LARGEST_VALUE or "\0" in value:
            what = f"written grouping=value, of: {', '.join(there)}"
            raise _wrong("where", "unknown_grouping", f"{measure.name} can be narrowed by what is {what}")
        _check_value(name, value, GROUPINGS[name].values)
        kept.setdefault(name, []).append(value)
    return measure, kept


def _check_value(name: str, value: str, values: Sequence[str]) -> None:
    if values and value not in values:
        raise _wrong("where", "unknown_value", f"the values of {name} are: {', '.join(values)}")


def _check_own_codes(scope: Scope, kept: Mapping[str, Sequence[str]]) -> None:
    """Teams and themes are the council's own: any version of its profile may have named them."""
    for name, codes in (("team", scope.teams), ("theme", scope.themes)):
        for value in kept.get(name, ()):
            _check_value(name, value, (*codes, NOT_RECORDED, NONE))


def _period(inquiry: Inquiry, as_of: date) -> tuple[Span, Span]:
    """The days asked about, and the reporting year they end in."""
    earliest, latest = year_beginning(FIRST_YEAR).start, year_beginning(LAST_YEAR).end
    year = year_of(min(max(as_of, earliest), latest))
    first, last = inquiry.first or year.start, inquiry.last or year.end
    if inquiry.first and not inquiry.last:
        last = max(last, year_of(first).end) if earliest <= first <= latest else last
    for field, day in (("from", first), ("to", last)):
        if not earliest <= day <= latest:
            raise _wrong(field, "out_of_range", f"must be a day from {earliest} to {latest}")
    if last < first:
        raise _wrong("to", "before_from", "must not be before the period's first day")
    return Span(f"{first}_{last}", first, last), year_of(last)


def _withheld(answer: Answer, kept: Mapping[str, Sequence[str]]) -> Reply:
    """The figures that may be given out.

    The groupings go under other names meanwhile: a total of years is no span of days here, and no theme's
    figures include another's.
    """
    names = {one.key: f"by_{one.key}" for one in answer.table.dimensions}
    dimensions = tuple(replace(one, key=names[one.key], beside=()) for one in answer.table.dimensions)
    rows = [{names.get(key, key): value for key, value in row.items()} for row in answer.rows]
    plain = replace(answer, table=replace(answer.table, dimensions=dimensions), rows=rows)
    found = suppress([plain])
    public = found.public(plain)
    back = {name: key for key, name in names.items()}
    shown = [{back.get(key, key): value for key, value in row.items()} for row in public.rows]
    return Reply(replace(answer, rows=shown), kept, NOTE if found.note(plain) else None)


def _wrong(field: str, rule: str, message: str) -> Problem:
    return Problem(
        "invalid-request", "See errors for each field and its rule.", [Breach(field, rule, message)]
    )
