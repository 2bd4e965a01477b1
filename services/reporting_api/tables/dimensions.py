"""The dimensions of the report tables: the values of each in printing order, and what stands beside them."""

from collections.abc import Callable
from typing import Final, get_args

from complaint_events import codes
from complaint_events.codes import CODE_LISTS, LGSCO_SUBS
from complaint_events.conformity import REPORTED
from complaint_events.profile import NOT_RECORDED, Use
from reporting_api.tables.periods import TOTAL
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import ALL_PROCEDURES, Beside, ColumnType, Dimension, Value, Values

_WORDS: Final = {TOTAL: "Total", NOT_RECORDED: "Not recorded"}
_SAYS: Final = {rule.name: rule.says for rule in REPORTED}
_UNSTATED: Final = (*get_args(codes.Unstated), NOT_RECORDED, TOTAL)
_ESCALATED_TO: Final = 2
"""The first stage that must be asked for."""

CHARACTERISTICS: Final[tuple[str, ...]] = get_args(codes.Characteristic)


def closed_list(key: str, label: str, values: tuple[Value, ...], *last: Value) -> Dimension:
    """A dimension with the values of a closed list, then `last`."""
    return Dimension(key, label, lambda _scope, _outer: Values(values, last))


def _listed(key: str, label: str, code_list: str) -> Dimension:
    return closed_list(key, label, CODE_LISTS[code_list].values, NOT_RECORDED, TOTAL)


def _from_scope(key: str, label: str, values: Callable[[Scope], tuple[Value, ...]]) -> Dimension:
    kind: ColumnType = "integer" if key.endswith("stage") else "text"
    return Dimension(key, label, lambda scope, _outer: Values(values(scope), closed=True), kind)


def _team_label(scope: Scope, code: Value) -> str:
    team = scope.teams.get(str(code))
    return team.label if team else _WORDS.get(str(code), str(code))


def _team_group(scope: Scope, code: Value) -> str | None:
    team = scope.teams.get(str(code))
    return team.group if team else None


def _theme_label(scope: Scope, code: Value) -> str:
    theme = scope.themes.get(str(code))
    return theme.label if theme else _WORDS.get(str(code), str(code))


def _theme_parent(scope: Scope, code: Value) -> str | None:
    theme = scope.themes.get(str(code))
    return theme.parent if theme else None


def _teams(scope: Scope, _outer: tuple[Value, ...]) -> Values:
    return Values(tuple(team.code for team in scope.profile.teams), (NOT_RECORDED, TOTAL))


_TEAM_LABEL: Final = Beside("team_label", "Team", _team_label)

TEAM: Final = Dimension("team", "Team code", _teams, beside=(_TEAM_LABEL,))
"""The profile's teams, then `not_recorded` and the total."""

TEAM_IN_GROUP: Final = Dimension(
    "team", "Team code", _teams, beside=(_TEAM_LABEL, Beside("group", "Group", _team_group))
)
"""As `TEAM`, with the service the team belongs to."""


def themes(use: Use) -> Dimension:
    """The profile's themes of a use, parents and children alike, then `not_recorded` and the total."""

    def values(scope: Scope, _outer: tuple[Value, ...]) -> Values:
        listed = tuple(theme.code for theme in scope.profile.themes_for(use))
        return Values(listed, (NOT_RECORDED, TOTAL))

    beside = (Beside("theme_label", "Theme", _theme_label), Beside("parent", "Part of", _theme_parent))
    return Dimension("theme", "Theme code", values, beside=beside)


def _procedures(scope: Scope, _outer: tuple[Value, ...]) -> Values:
    every = CODE_LISTS["procedure"].values
    return Values(every if scope.procedure == ALL_PROCEDURES else (scope.procedure,), (TOTAL,))


def _values_of_characteristic(scope: Scope, outer: tuple[Value, ...]) -> Values:
    own: dict[str, tuple[Value, ...]] = {
        "age": tuple(band.code for band in scope.profile.age_bands),
        "ethnicity": tuple(ethnicity.code for ethnicity in scope.profile.ethnicities),
    }
    characteristic = str(outer[0])
    listed = own[characteristic] if characteristic in own else CODE_LISTS[characteristic].values
    return Values(tuple(value for value in listed if value not in _UNSTATED), _UNSTATED)


def _age_bands(scope: Scope, _outer: tuple[Value, ...]) -> Values:
    return _values_of_characteristic(scope, ("age",))


def _ethnicities(scope: Scope, outer: tuple[Value, ...]) -> Values:
    if outer[-1] == "code":
        return _values_of_characteristic(scope, ("ethnicity",))
    return Values(CODE_LISTS["census_group"].values, _UNSTATED)


def _subs(_scope: Scope, outer: tuple[Value, ...]) -> Values:
    decision = outer[0]
    if decision == TOTAL:
        return Values((None,))
    listed = next((subs for code, subs in LGSCO_SUBS.items() if code == decision), ())
    return Values(listed, (None, TOTAL))


STAGE: Final = _from_scope("stage", "Stage", lambda scope: scope.stages)
TO_STAGE: Final = _from_scope(
    "to_stage",
    "To stage",
    lambda scope: tuple(stage for stage in scope.stages if stage >= _ESCALATED_TO),
)
YEAR: Final = _from_scope("year", "Year", lambda scope: tuple(span.key for span in scope.years))
MONTH: Final = _from_scope("month", "Month", lambda scope: tuple(span.key for span in scope.months))
QUARTER: Final = _from_scope(
    "quarter",
    "Quarter",
    lambda scope: tuple(span.key for span in scope.months if "Q" in span.key or span.key == TOTAL),
)
PROCEDURE: Final = Dimension("procedure", "Procedure", _procedures)
TYPE: Final = _listed("type", "Type of complaint", "type")
CATEGORY: Final = _listed("category", "Complainant", "category")
METHOD: Final = _listed("method", "Method", "method")
POINT_OF_RECEIPT: Final = _listed("point_of_receipt", "Point of receipt", "point_of_receipt")
BAND: Final = closed_list("band", "Working days", ("0-10", "11-20", "21-25", "26+"), TOTAL)
CHARACTERISTIC: Final = closed_list("characteristic", "Characteristic", CHARACTERISTICS)
CHARACTERISTIC_VALUE: Final = Dimension("value", "Value", _values_of_characteristic, nested=True)
AGE_BAND: Final = Dimension("age_band", "Age", _age_bands)
DECISION: Final = closed_list("decision", "Ombudsman's decision", tuple(LGSCO_SUBS), TOTAL)
SUB: Final = Dimension("sub", "Reason", _subs, nested=True)
SOURCE: Final = closed_list("source", "From", CODE_LISTS["compliment_source"].values, TOTAL)
ACTING_VIA: Final = closed_list("acting_via", "Made by", CODE_LISTS["acting_via"].values, TOTAL)
ADR_TYPE: Final = closed_list("type", "Kind", CODE_LISTS["adr_type"].values, TOTAL)
REMEDY_SOURCE: Final = closed_list("source", "Agreed with", CODE_LISTS["remedy_source"].values, TOTAL)
REMEDIES_FROM: Final = closed_list("source", "Agreed with", CODE_LISTS["remedy_source"].values)
REMEDY_TYPE: Final = closed_list("type", "Remedy", CODE_LISTS["remedy_type"].values, TOTAL)
PROVIDER: Final = Dimension(
    "provider",
    "Advocacy provider",
    lambda scope, _outer: Values(scope.profile.advocacy_providers, (NOT_RECORDED, TOTAL)),
)
"""The profile's providers, then others that occur."""

QUESTION: Final = Dimension("question", "Question", lambda _scope, _outer: Values((), ("satisfied",)))
RULE: Final = Dimension(
    "rule",
    "Requirement",
    lambda _scope, _outer: Values(tuple(rule.name for rule in REPORTED), closed=True),
    beside=(Beside("rule_label", "What was not done", lambda _scope, rule: _SAYS.get(str(rule))),),
)
MEASURE: Final = Dimension("measure", "Measure", lambda _scope, _outer: Values(()))
"""What the council counted its service users by."""

MEASURE_OR_NONE: Final = Dimension("measure", "Measure", lambda _scope, _outer: Values((), else_null=True))
"""As `MEASURE`; null where no figures are recorded."""

LEVEL: Final = Dimension("level", "Level", lambda _scope, _outer: Values(("group", "code"), closed=True))
ETHNICITY: Final = Dimension("ethnicity", "Ethnicity", _ethnicities, nested=True)
"""At the level `group` the Census groups, at the level `code` the profile's own codes."""

COMPLAINTS_MADE: Final = Dimension(
    "complaints_made", "Complaints made", lambda _scope, _outer: Values((), (TOTAL,)), "integer"
)
"""2, 3, … up to the most that one person made, which the SQL finds."""
