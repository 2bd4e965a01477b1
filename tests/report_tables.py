"""Asking the report tables in tests: hand-made facts, random ones, or those of a published year."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from complaint_events.profile import Profile
from reporting_api.database import FACT_TABLES, FACTS_SCHEMA, Connection, make_engine
from reporting_api.facts import Stream, facts_of
from reporting_api.star import FACTS
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import Row, rows_of
from reporting_api.tables.periods import year_named
from reporting_api.tables.scope import Scope
from tests.caseloads import profile, recorded_streams

AS_OF: Final = date(2026, 11, 20)
Facts = Iterable[tuple[Any, ...]]

_NAMES: Final = {row: name for name, row in FACTS.items()}
_MOST_ROWS: Final = 1000


def scope(authority: str, given: Profile, year: str = "2022-23", **changed: Any) -> Scope:
    """A question about a whole year of the three-stage procedure, as known on 20 November 2026."""
    named = year_named(year)
    asked = Scope(authority, "children_statutory", named, named, AS_OF, given)
    return replace(asked, **{key: value for key, value in changed.items() if value is not None})


def selected(name: str, rows: Sequence[Row], place: dict[str, Any]) -> Row:
    """The row of these dimension values; one left out means its total, else null, else its only value."""
    for dimension in CATALOGUE[name].dimensions:
        values = {row[dimension.key] for row in rows}
        found = (value for value in ("total", "code", None) if value in values)
        default = next(found, next(iter(values), None))
        wanted = place.get(dimension.key, default)
        rows = [row for row in rows if row[dimension.key] == wanted]
    assert len(rows) == 1, (name, place, rows)
    return rows[0]


@dataclass(frozen=True)
class Answers:
    """The tables over the facts that one connection sees."""

    connection: Connection
    authority: str
    profile: Profile

    async def table(self, name: str, year: str = "2022-23", **changed: Any) -> list[Row]:
        """The rows of a table; `changed` alters the question."""
        asked = scope(self.authority, self.profile, year, **changed)
        return await rows_of(self.connection, CATALOGUE[name], asked)

    async def row(self, name: str, of_year: str = "2022-23", /, **given: Any) -> Row:
        """The one row with these dimension values; what names no dimension alters the question."""
        keys = {dimension.key for dimension in CATALOGUE[name].dimensions}
        place = {key: value for key, value in given.items() if key in keys}
        changed = {key: value for key, value in given.items() if key not in keys}
        return selected(name, await self.table(name, of_year, **changed), place)


@asynccontextmanager
async def asking(url: str, facts: Facts, given: Profile, authority: str = "here") -> AsyncIterator[Answers]:
    """The tables over these facts alone, in a migrated database; nothing stays in it."""
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"SET search_path TO {FACTS_SCHEMA}")
            await _insert(connection, facts)
            yield Answers(connection, authority, given)
            await connection.rollback()
    finally:
        await engine.dispose()


async def _insert(connection: Connection, facts: Facts) -> None:
    by_table: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        row_type = type(fact)
        columns = FACT_TABLES[_NAMES[row_type]].columns.keys()
        by_table.setdefault(_NAMES[row_type], []).append(dict(zip(columns, fact, strict=True)))
    for name, rows in by_table.items():
        for start in range(0, len(rows), _MOST_ROWS):
            await connection.execute(FACT_TABLES[name].insert(), rows[start : start + _MOST_ROWS])


def facts_of_caseload(authority: str) -> list[tuple[Any, ...]]:
    """Every fact of a published year's history."""
    profiles = (profile(authority),)
    found: list[tuple[Any, ...]] = []
    for one in recorded_streams(authority):
        stream = Stream(one.authority, one.id, one.kind, one.reference)
        for rows in facts_of(stream, one.events, profiles).values():
            found.extend(rows)
    return found
