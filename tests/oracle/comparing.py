"""Asks the oracle and the services the same question, and tells where their cells differ."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from complaint_events.profile import ProfileApplied
from reporting_api.database import Connection
from reporting_api.facts import Stream, facts_of
from reporting_api.tables.answer import scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import year_named
from tests.caseloads import Line, event, recorded, stream_id
from tests.oracle.conduct import CONDUCT
from tests.oracle.investigations import INVESTIGATIONS
from tests.oracle.later_tables import LATER_TABLES
from tests.oracle.levels import LEVELS
from tests.oracle.numbers import Known, Record, Row, year
from tests.oracle.population import POPULATION
from tests.oracle.redress import REDRESS
from tests.oracle.tables import TABLES
from tests.report_tables import asking, selected

AUTHORITY: Final = "here"
VERSIONED_TEAMS: Final = ("west", "east")
EVERY: Final = {
    **TABLES,
    **LATER_TABLES,
    **LEVELS,
    **INVESTIGATIONS,
    **POPULATION,
    **REDRESS,
    **CONDUCT,
}
REGISTERS: Final[dict[str, tuple[str, ...]]] = {
    "lgsco_remedies": ("remedy",),
    "stage2_register": ("case",),
    "stage2_timeliness": (),
    "learning_actions": ("recorded_on", "action"),
    "procedures": ("procedure", "stage"),
}
"""What tells the rows of a table without dimensions apart."""


def profiles_of(versions: Sequence[Row]) -> list[ProfileApplied]:
    """The profile's versions as events."""
    return [ProfileApplied.model_validate({"event": "profile_applied", **one}) for one in versions]


def facts(lines: Sequence[Row], versions: Sequence[Row], as_of: date) -> list[tuple[Any, ...]]:
    """What the services make of the lines of a history."""
    profiles = profiles_of(versions)
    by_stream: dict[tuple[str, str], list[Row]] = {}
    for line in lines:
        by_stream.setdefault((line["stream"], line["id"]), []).append(line)
    found: list[tuple[Any, ...]] = []
    positions = count(1)
    for (kind, reference), told in by_stream.items():
        ordered = sorted(told, key=lambda line: (line["on"], line["event"] != "received"))
        events = [as_line(line).event for line in ordered]
        stream = recorded(AUTHORITY, kind, reference, events, positions)
        asked = Stream(AUTHORITY, stream_id(AUTHORITY, kind, reference), kind, reference)
        for rows in facts_of(asked, stream.events, profiles, as_of=as_of).values():
            found.extend(rows)
    return found


def as_line(line: Row) -> Line:
    """A line of a history with its event as the published language has it."""
    made = event(line["event"], line["on"], **line.get("data", {}))
    seq = line.get("seq")
    return Line(line["stream"], line["id"], made.model_copy(update={"seq": seq}) if seq else made)


def wanted(name: str, known: Known, procedure: str, of: str) -> list[Row]:
    """The oracle's rows of a table."""
    return EVERY[name](Record(known, procedure, year(of)))


@asynccontextmanager
async def asked(url: str, known: Known) -> AsyncIterator["Asked"]:
    """Both sides over one record."""
    profiles = profiles_of(known.profiles)
    made = facts(known.lines, known.profiles, known.as_of)
    async with asking(url, made, profiles[-1], AUTHORITY) as answers:
        yield Asked(answers.connection, known, profiles)


@dataclass(frozen=True)
class Asked:
    """The services' tables over the facts of a record, beside the oracle's."""

    connection: Connection
    known: Known
    profiles: Sequence[ProfileApplied]

    async def services(self, name: str, procedure: str, of: str) -> list[Row]:
        """The services' rows of a table."""
        span = year_named(of)
        scope = scope_of(AUTHORITY, procedure, (span, span), self.known.as_of, self.profiles)
        return await rows_of(self.connection, CATALOGUE[name], scope)

    async def differences(self, name: str, procedure: str, of: str) -> list[str]:
        """Where the two answers to one question differ."""
        given = await self.services(name, procedure, of)
        found = differences(name, wanted(name, self.known, procedure, of), given)
        return [f"{self.known.as_of} {procedure} {of}: {one}" for one in found]


def row_at(name: str, rows: Sequence[Row], place: Row) -> Row:
    """The row with these dimension values, or of a register that with these names."""
    if name not in REGISTERS:
        return selected(name, rows, place)
    named = place.keys() & set(REGISTERS[name])
    return next(row for row in rows if all(row[key] == place[key] for key in named))


def differences(name: str, expected: list[Row], given: Sequence[Row]) -> Iterator[str]:
    """Every cell that differs, and every row that only one of them has."""
    keys = [dimension.key for dimension in CATALOGUE[name].dimensions] or REGISTERS[name]
    theirs = _placed(keys, expected)
    ours = _placed(keys, given)
    for place in sorted(theirs.keys() | ours.keys(), key=str):
        one, other = theirs.get(place), ours.get(place)
        if one is None or other is None:
            if not _empty(keys, one or other or {}):
                yield f"{name} {place}: only {'ours' if one is None else 'the oracle'} has {one or other}"
            continue
        for key in one.keys() - set(keys):
            if _plain(one[key]) != _plain(other.get(key)):
                yield f"{name} {place}: {key} should be {one[key]}, is {other.get(key)}"


def _placed(keys: Sequence[str], rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        place = tuple(_plain(row[key]) for key in keys)
        for again in count():
            if (*place, again) not in found:
                found[(*place, again)] = row
                break
    return found


def _empty(keys: Sequence[str], row: Row) -> bool:
    """A row of nothing may be left out where its value is not one of the profile in force."""
    spare = {"not_recorded", *VERSIONED_TEAMS} & {row[key] for key in keys} or "complaints_made" in keys
    return bool(spare) and not any(
        value for key, value in row.items() if key not in keys and isinstance(value, int | float)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value
