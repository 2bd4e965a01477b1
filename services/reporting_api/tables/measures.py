"""What can be counted besides the report tables, and by what: what `reporting query` answers from.

A measure is some facts and the day by which each falls in a period; a grouping is one of its columns. No word
of whoever asks reaches the SQL: names are looked up here, values are bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from complaint_events.codes import CODE_LISTS, LGSCO_SUBS
from complaint_events.conformity import REPORTED
from complaint_events.profile import NOT_RECORDED
from reporting_api.tables.dimensions import TEAM, themes
from reporting_api.tables.periods import TOTAL, year_of
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import Beside, Column, Dimension, Table, Values, query

NONE: Final = "none"
"""The value of a grouping where a fact has none."""


class Grouping(NamedTuple):
    """What figures can be grouped and narrowed by; `values` are all there are, if known beforehand."""

    name: str
    label: str
    values: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


class Measure(NamedTuple):
    """What is counted: each row of `source` whose `day` is in the period; `columns`: each grouping's SQL."""

    name: str
    label: str
    source: str
    day: str
    columns: Mapping[str, str]


def _codes(name: str, label: str, code_list: str, *more: str) -> Grouping:
    return Grouping(name, label, (*map(str, CODE_LISTS[code_list].values), *more))


def _flag(name: str, label: str) -> Grouping:
    return Grouping(name, label, ("true", "false"))


_RULES: Final = tuple(rule.name for rule in REPORTED)
_POPULATIONS: Final = ("complaint", "ineligible", "resolved_early", "withdrawn_early", "referral_only")
_FATES: Final = ("proceeded", *map(str, CODE_LISTS["escalation_disposal"].values), "awaiting")
_YEAR: Final = (
    "to_char($day - interval '3 months', 'YYYY') || '-' || to_char($day + interval '9 months', 'YY')"
)
_TIMES: Final = {
    "year": _YEAR,
    "quarter": f"{_YEAR} || ' Q' || to_char($day - interval '3 months', 'Q')",
    "month": "to_char($day, 'YYYY-MM')",
}

GROUPINGS: Final[dict[str, Grouping]] = {
    one.name: one
    for one in (
        Grouping("year", "Reporting year"),
        Grouping("quarter", "Quarter"),
        Grouping("month", "Month"),
        Grouping("team", "Team code", beside=TEAM.beside),
        Grouping("theme", "Theme code", beside=themes("complaint").beside),
        _codes("type", "Type of complaint", "type", NOT_RECORDED),
        _codes("category", "Complainant", "category", NOT_RECORDED),
        _codes("method", "Method", "method", NOT_RECORDED),
        _codes("point_of_receipt", "Point of receipt", "point_of_receipt", NOT_RECORDED),
        _codes("acting_via", "Made by", "acting_via", NOT_RECORDED),
        _codes("procedure", "Procedure", "procedure"),
        _codes("stage", "Stage", "stage"),
        _codes("outcome", "Outcome", "outcome", NONE),
        _flag("young", "Complainant is a child or young person"),
        _flag("advocate", "Made through an advocate, or one appointed"),
        Grouping("provider", "Advocacy provider"),
        Grouping("population", "What came of the representation", _POPULATIONS),
        _flag("within_target", "Answered within the target"),
        _flag("within_maximum", "Answered within the maximum"),
        Grouping("fate", "What came of the request", _FATES),
        _codes("adr_type", "Kind of resolution offered", "adr_type"),
        _codes("adr_result", "Result", "adr_result", NONE),
        Grouping("decision", "Ombudsman's decision", tuple(LGSCO_SUBS)),
        _codes("sub", "Reason", "lgsco_sub", NONE),
        _codes("remedy_source", "Agreed with", "remedy_source"),
        _codes("remedy_status", "Status", "satisfaction_status"),
        Grouping("learning_status", "Status", ("open", "implemented", "not_implemented")),
        _codes("compliment_source", "From", "compliment_source", NOT_RECORDED),
        _flag("external", "From outside the council"),
        Grouping("given_by", "Given by", ("child", "other")),
        Grouping("rule", "Requirement", _RULES),
        Grouping("question", "Question"),
        Grouping("answer", "Answer", ("yes", "partly", "no")),
    )
}
"""Every grouping by name."""

_OF_COMPLAINT: Final = {
    "team": "c.team",
    "theme": "c.primary_theme",
    **{
        name: f"c.{name}"
        for name in ("category", "method", "point_of_receipt", "acting_via", "procedure", "young")
    },
    "advocate": "c.advocate",
    "provider": "c.provider",
}


def _linked(name: str, label: str, fact: str, day: str, **columns: str) -> Measure:
    """Facts of complaints, whether or not they count as complaints in the report tables."""
    source = f"{fact} f JOIN represented c USING (authority, complaint)"
    return Measure(name, label, source, f"f.{day}", {**_OF_COMPLAINT, **columns})


def _counted(name: str, label: str, fact: str, day: str, **columns: str) -> Measure:
    """Facts of complaints that count in the report tables."""
    source = f"{fact} f JOIN counted c USING (authority, complaint)"
    return Measure(name, label, source, day, {**_OF_COMPLAINT, **columns})


_OF_ISSUE: Final = {"theme": "f.theme", "type": "f.type", "team": "f.team", "outcome": "f.outcome"}

MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        Measure("complaints_received", "Complaints received", "counted c", "c.received_on", _OF_COMPLAINT),
        Measure(
            "representations_received",
            "Representations received, refused ones included",
            "represented c",
            "c.received_on",
            {**_OF_COMPLAINT, "population": "c.population"},
        ),
        _counted(
            "answers_sent",
            "Answers sent, each stage of a complaint by itself",
            "stage_of",
            "f.answered_on",
            stage="f.stage",
            team="f.team",
            outcome="CASE WHEN f.decided THEN f.outcome END",
            within_target="f.within_target",
            within_maximum="f.within_maximum",
        ),
        _counted("issues_received", "Issues of complaints received", "issue", "c.received_on", **_OF_ISSUE),
        _counted("issues_decided", "Issues decided by stage 1 answers", "issue", "f.decided_on", **_OF_ISSUE),
        _counted(
            "stage_requests",
            "Requests for stage 2 and 3",
            "escalation",
            "f.requested_on",
            stage="f.to_stage",
            fate="f.fate",
        ),
        _counted("panels_held", "Review panels held", "panel", "f.held_on"),
        _counted(
            "adr_offers",
            "Offers of alternative dispute resolution",
            "adr",
            "f.offered_on",
            adr_type="f.type",
            adr_result="f.result",
        ),
        _counted("breaches", "Things not done as required", "breach", "f.counts_on", rule="f.rule"),
        _linked("lgsco_referrals", "Complaints taken to the Ombudsman", "referral", "referred_on"),
        _linked(
            "lgsco_decisions",
            "Decisions of the Ombudsman",
            "ruling",
            "decided_on",
            decision="f.decision",
            sub="f.sub",
        ),
        _linked(
            "remedies_agreed",
            "Remedies agreed",
            "remedy",
            "agreed_on",
            remedy_source="f.source",
            remedy_status="f.status",
        ),
        _linked("remedies_paid", "Payments made", "payment", "paid_on", remedy_source="f.source"),
        _linked(
            "learning_recorded",
            "Learning points recorded",
            "learning",
            "recorded_on",
            theme="f.theme",
            learning_status="f.status",
        ),
        _linked(
            "survey_answers",
            "Answers to survey questions",
            "survey_answer",
            "answered_on",
            question="f.question",
            answer="f.answer",
        ),
        Measure(
            "compliments_received",
            "Compliments received",
            "(SELECT * FROM compliment WHERE authority = :authority) f",
            "f.received_on",
            {"team": "f.team", "compliment_source": "f.source", "external": "f.external"},
        ),
        Measure(
            "feedback_received",
            "Informal feedback received",
            "(SELECT * FROM feedback WHERE authority = :authority) f",
            "f.received_on",
            {"theme": "f.theme", "given_by": "f.from_"},
        ),
    )
}
"""Every measure by name."""


def groupings_of(measure: Measure) -> tuple[str, ...]:
    """What the measure can be grouped and narrowed by, in the order of the catalogue."""
    return tuple(name for name in GROUPINGS if name in _TIMES or name in measure.columns)


@dataclass(frozen=True)
class Narrowed(Scope):
    """A question to the facts that keeps to some values of some groupings."""

    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """As of any question, and the values of each grouping that is narrowed."""
        kept = {f"kept_{name}": [*values] for name, values in self.kept.items()}
        return {**super().parameters, **kept}


def narrowed(scope: Scope, kept: Mapping[str, Sequence[str]]) -> Narrowed:
    """The same question, kept to some values."""
    return Narrowed(**{one.name: getattr(scope, one.name) for one in fields(scope)}, kept=kept)


def table_of(measure: Measure, by: Sequence[str], kept: Sequence[str]) -> Table:
    """The table that counts a measure by some groupings, each combination that occurs, with every total.

    `kept` are the groupings that the `Narrowed` scope gives values of.
    """
    chosen = {name: _column(measure, name) for name in by}
    wheres = [f"{_column(measure, name)} = ANY (CAST(:kept_{name} AS text[]))" for name in kept]
    sql = query(
        """
        SELECT $shown count(*) AS $name
        FROM (SELECT $columns 1 AS one FROM $source CROSS JOIN period WHERE $wheres) AS asked
        GROUP BY $groups
        """,
        name=measure.name,
        source=measure.source,
        shown=" ".join(f"coalesce({name}, '{TOTAL}') AS {name}," for name in chosen),
        columns=" ".join(f"{sql} AS {name}," for name, sql in chosen.items()),
        wheres=" AND ".join([f"{measure.day} BETWEEN period.starts_on AND period.ends_on", *wheres]),
        groups=f"CUBE ({', '.join(chosen)})" if chosen else "()",
    )
    column = Column(measure.name, measure.label, "integer")
    dimensions = tuple(_dimension(GROUPINGS[name]) for name in by)
    return Table(
        id=measure.name, title=measure.label, basis="flow", columns=(column,), sql=sql, dimensions=dimensions
    )


def _column(measure: Measure, name: str) -> str:
    sql = query(_TIMES[name], day=measure.day) if name in _TIMES else measure.columns[name]
    return f"coalesce(CAST({sql} AS text), '{NONE}')"


def _dimension(grouping: Grouping) -> Dimension:
    def values(scope: Scope, _outer: object) -> Values:
        kept = scope.kept.get(grouping.name) if isinstance(scope, Narrowed) else None
        return Values(
            tuple(one for one in _spans(grouping.name, scope) if kept is None or one in kept), (TOTAL,)
        )

    return Dimension(grouping.name, grouping.label, values, beside=grouping.beside, nested=True)


def _spans(grouping: str, scope: Scope) -> tuple[str, ...]:
    """The years, quarters or months of the period: they have rows even where nothing happened in them."""
    if grouping not in _TIMES:
        return ()
    first, last = scope.period.start, scope.period.end
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return tuple(dict.fromkeys(_name(grouping, day) for day in days))


def _name(grouping: str, day: date) -> str:
    """As the SQL of `_TIMES` names it."""
    year = year_of(day).key
    quarter = f"{year} Q{(day.month - 4) % 12 // 3 + 1}"
    return {"year": year, "quarter": quarter, "month": f"{day:%Y-%m}"}[grouping]
