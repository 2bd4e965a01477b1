"""The annual report of an authority: its tables asked from one snapshot, its sections composed from them.

Every figure of a sentence, of a key figure and of a chart is a cell of a table of the same report, so it
cannot contradict itself; with small figures withheld, it is composed from the tables as withheld.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from complaint_events.scalars import london_date
from reporting_api import remembered, sections
from reporting_api.database import Connection, Engine, narratives, ombudsman
from reporting_api.database.entries import entries_of
from reporting_api.disclosure import Suppressed, suppress
from reporting_api.ombudsman_letter import Letter
from reporting_api.remembered import Figures, Rows
from reporting_api.report_document import Report
from reporting_api.sections.labels import day_in_words
from reporting_api.sections.part import section
from reporting_api.sections.setting import Setting
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import FIRST_YEAR, Span, year_beginning
from reporting_api.tables.scope import Scope
from reporting_api.view import Seen, facts_seen

Answers = Mapping[str, Answer]

TITLES: Final[dict[str, str]] = {
    "children_statutory": "Children's social care complaints",
    "corporate_code": "Corporate complaints",
    "corporate_local": "Corporate complaints",
    "non_statutory": "Complaints outside the statutory procedure",
    "all": "Complaints of every procedure",
}
"""What the report is called, by procedure."""

_COMPARED: Final = frozenset(figure.table for part in sections.PARTS for figure in part.figures)
"""The tables that are asked for the year before too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What report is asked for: `spans` are the period and its reporting year; see `tables.answer.scope_of`.

    `as_of` and `known_at` None mean today and now. `public`: small figures are withheld.
    """

    authority: str
    spans: tuple[Span, Span]
    procedure: str
    as_of: date | None = None
    known_at: datetime | None = None
    public: bool = False


async def compose(engine: Engine, wanted: Wanted) -> Report:
    """The report, from one consistent snapshot of the facts.

    Raises `Problem` (404) for an authority of which nothing is known at all.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    async with facts_seen(engine, wanted.authority, wanted.as_of, wanted.known_at) as seen:
        setting = await asked(seen, wanted, now)
    if wanted.public:
        setting = await asyncio.to_thread(published, setting)
    return report_of(setting, wanted.known_at or now, seen.position)


def report_of(setting: Setting, known_at: datetime, position: int) -> Report:
    """The document composed from what was asked; a pure function."""
    scope = setting.scope
    return Report(
        title=_title(scope),
        authority=scope.authority,
        authority_name=scope.profile.name,
        year=scope.year.key,
        period=(scope.period.start, scope.period.end),
        procedure=scope.procedure,
        as_of=scope.as_of,
        known_at=known_at,
        position=position,
        complete=scope.complete,
        last_event_on=setting.entries.last_on,
        public=setting.public,
        sections=tuple(section(part, setting) for part in sections.PARTS),
    )


async def asked(seen: Seen, wanted: Wanted, now: datetime) -> Setting:
    """All that a report is composed from, exact, as one snapshot of the facts answers it."""
    as_of = wanted.as_of or london_date(now)
    scope = scope_of(wanted.authority, wanted.procedure, wanted.spans, as_of, seen.profiles)
    known_at, position = wanted.known_at or now, seen.position
    earlier = _scope_before(seen, wanted, as_of)
    find = partial(_figures, seen.connection, scope, earlier, wanted.known_at)
    if wanted.as_of is None and wanted.known_at is None:
        question = (wanted.spans, wanted.procedure, as_of)
        figures = await remembered.figures(seen.connection, wanted.authority, question, find)
    else:
        figures = await find()
    return Setting(
        scope=scope,
        answers=_answers(figures.tables, scope, known_at, position),
        before=_answers(figures.before, earlier, known_at, position) if earlier else {},
        narratives=await _narratives(seen.connection, wanted),
        entries=figures.entries,
        public=False,
        letter=await _letter(seen.connection, wanted),
    )


def _scope_before(seen: Seen, wanted: Wanted, as_of: date) -> Scope | None:
    """What to compare with: the same period a year before; None before the first year there is."""
    period, year = wanted.spans
    if year.start.year == FIRST_YEAR or not period.end < as_of:
        return None
    spans = (_a_year_before(period), year_beginning(year.start.year - 1))
    return scope_of(wanted.authority, wanted.procedure, spans, as_of, seen.profiles)


async def _figures(
    connection: Connection, scope: Scope, earlier: Scope | None, known_at: datetime | None
) -> Figures:
    """All that the report asks the facts and the event copy."""
    compared = [name for name in sections.TABLES if name in _COMPARED] if earlier else []
    period = (scope.period.start, scope.period.end)
    return Figures(
        {name: await rows_of(connection, CATALOGUE[name], scope) for name in sections.TABLES},
        {name: await rows_of(connection, CATALOGUE[name], earlier) for name in compared if earlier},
        await entries_of(connection, scope.authority, period, scope.as_of, known_at),
    )


def _answers(rows: Rows, scope: Scope, known_at: datetime, position: int) -> dict[str, Answer]:
    return {name: Answer(CATALOGUE[name], scope, found, known_at, position) for name, found in rows.items()}


async def _narratives(connection: Connection, wanted: Wanted) -> dict[str, str]:
    year = wanted.spans[1].key
    found = await narratives.narratives_of(connection, wanted.authority, year, wanted.known_at)
    return {slot: version.markdown for slot, version in found.items()}


async def _letter(connection: Connection, wanted: Wanted) -> Letter | None:
    found = await ombudsman.letter_of(connection, wanted.authority, wanted.spans[1].key, wanted.known_at)
    return Letter.model_validate(found.figures) if found else None


def withheld_from(setting: Setting, told: Sequence[Suppressed] = ()) -> Suppressed:
    """Which figures of a report the public does not see; `told` is what it has seen before."""
    return suppress([*setting.answers.values(), *setting.before.values()], told)


def published(setting: Setting, withheld: Suppressed | None = None) -> Setting:
    """The same with small figures withheld, and whatever they could be worked out from; a pure function."""
    withheld = withheld or withheld_from(setting)
    answers, before = (
        {name: withheld.public(answer) for name, answer in each.items()}
        for each in (setting.answers, setting.before)
    )
    return replace(setting, answers=answers, before=before, public=True)


def _a_year_before(period: Span) -> Span:
    year = year_beginning(period.start.year - 1 if period.start.month >= 4 else period.start.year - 2)
    return Span(year.key, *(day.replace(year=day.year - 1) for day in (period.start, period.end)))


def _title(scope: Scope) -> str:
    """The report's title: of a whole year an annual report, else of what it covers."""
    whole = (scope.period.start, scope.period.end) == (scope.year.start, scope.year.end)
    days = f"{day_in_words(scope.period.start)} to {day_in_words(scope.period.end)}"
    return f"{TITLES[scope.procedure]}: {f'annual report {scope.year.key}' if whole else f'report, {days}'}"
