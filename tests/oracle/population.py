"""The report tables that set complaints against the people a council serves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from complaint_events.codes import CODE_LISTS
from tests.oracle.later_tables import values_of
from tests.oracle.numbers import UNSTATED, Record, Row, of_value, pct
from tests.oracle.tables import Function

_GROUPS: Final = tuple(map(str, CODE_LISTS["census_group"].values))


@dataclass(frozen=True)
class Figure:
    """How many people a measure counts, of one ethnicity, of one team, or altogether."""

    measure: str
    ethnicity: str | None
    team: str | None
    count: int
    rate: bool


def figures(record: Record) -> list[Figure]:
    """The figures of the year; the line of a measure and group that was recorded last holds."""
    told = [told for kind, _, events in record.streams if kind == "service_users" for told in events]
    held: dict[tuple[str, str | None, str | None], Figure] = {}
    for line in told:
        if line.data["year"] == record.period.name:
            group = line.get("group") or {}
            place = line.data["measure"], group.get("ethnicity"), group.get("team")
            held[place] = Figure(*place, line.data["count"], line.get("rate", True))
    return list(held.values())


def _rated(found: list[Figure]) -> list[Figure]:
    """The figures of measures of which no line says that they are no base for a rate."""
    spoilt = {one.measure for one in found if not one.rate}
    return [one for one in found if one.measure not in spoilt]


def _measures(found: Iterable[Figure]) -> list[str]:
    return sorted({one.measure for one in found})


def complaint_rate(record: Record) -> list[Row]:
    found = _rated(figures(record))
    complaints = len(record.cohort())
    rows: list[Row] = []
    for measure in _measures(found):
        users = _altogether(record, [one for one in found if one.measure == measure])
        row: Row = {"measure": measure, "complaints": complaints, "service_users": users}
        rows.append({**row, "rate_pct": pct(complaints, users)})
    return rows


def _altogether(record: Record, found: list[Figure]) -> int:
    """The ungrouped count, else the sum by ethnicity (nobody twice), else by team."""
    whole = [one.count for one in found if one.ethnicity is None and one.team is None]
    if whole:
        return whole[0]
    by_ethnicity = [one for one in found if one.ethnicity is not None]
    counted = {str(one.ethnicity): one.count for one in by_ethnicity}
    return sum(_grouped(record, counted).values()) if counted else sum(one.count for one in found)


def complaint_rate_by_team(record: Record) -> list[Row]:
    found = [one for one in _rated(figures(record)) if one.team]
    teams = [one.team for one in record.cohort()]
    rows: list[Row] = []
    for measure in _measures(found):
        counted = [one for one in found if one.measure == measure]
        for team in record.teams():
            complaints = of_value(teams, team)
            users = sum(one.count for one in counted if team in ("total", one.team))
            row: Row = {"measure": measure, "team": team, "complaints": complaints, "service_users": users}
            rows.append({**row, "rate_pct": pct(complaints, users)})
    return rows


def ethnicity_rates(record: Record) -> list[Row]:
    found = [one for one in figures(record) if one.ethnicity is not None]
    rows: list[Row] = []
    measures: list[str | None] = [*_measures(found)]
    for measure in measures or [None]:
        counted = {str(one.ethnicity): one.count for one in found if one.measure == measure}
        rows += _level(record, measure, "group", _grouped(record, counted))
        rows += _level(record, measure, "code", counted)
    return rows


def _census_groups(record: Record) -> dict[str, str]:
    return {one["code"]: one["census_group"] for one in record.profile["ethnicities"]}


def _grouped(record: Record, counted: dict[str, int]) -> dict[str, int]:
    """Figures by Census group: those of its codes together, else its own."""
    groups = _census_groups(record)
    found = {value: count for value, count in counted.items() if value not in groups}
    for group in _GROUPS:
        of_codes = [count for code, count in counted.items() if groups.get(code) == group]
        found |= {group: sum(of_codes)} if of_codes else {}
    return found


def _level(record: Record, measure: str | None, level: str, counted: dict[str, int]) -> list[Row]:
    groups = _census_groups(record)
    own = _GROUPS if level == "group" else tuple(groups)
    values = list(values_of(record, "ethnicity").values())
    people = [groups.get(one, one) for one in values] if level == "group" else values
    printed = (*own, *UNSTATED, "not_recorded")
    whole = sum(counted.get(one, 0) for one in printed)
    rows = []
    for value in (*printed, "total"):
        users = whole if value == "total" else counted.get(value, 0)
        persons = of_value(people, value)
        row: Row = {"measure": measure, "level": level, "ethnicity": value, "people": persons}
        row |= {"service_users": users, "rate_pct": pct(persons, users)}
        row |= {"share_of_people_pct": pct(persons, len(people))}
        rows.append({**row, "share_of_service_users_pct": pct(users, whole)})
    return rows


POPULATION: Final[dict[str, Function]] = {
    made.__name__: made for made in (ethnicity_rates, complaint_rate, complaint_rate_by_team)
}
