"""The worklist read: a page by key in the worklist's order, and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Label,
    Select,
    case,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.domain.due import Due, Span
from complaints_api.domain.standing import Owed
from complaints_api.store.working_tables import owed

COUNTED_BY: Final = ("obligation", "team", "officer", "stage", "waiting_on")
"""What counts are broken down by, each with how near the day is."""


class Place(NamedTuple):
    """Where a row stands in the worklist: urgent first, then by day, then by complaint and number."""

    urgent: bool
    falls_on: date
    stream: UUID
    number: int


def place_of(row: Owed) -> Place:
    """Where a row stands."""
    return Place(row.urgent, row.falls_on, row.stream, row.number)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: those whose columns have these values (None: nothing there), falling within a span."""

    equal: Mapping[str, str | int | None] = field(default_factory=dict)
    falling: Span | None = None

    def conditions(self, authority: str) -> list[ColumnElement[bool]]:
        """As SQL."""
        found = [
            owed.c.authority == authority,
            *(owed.c[name] == value for name, value in self.equal.items()),
        ]
        if self.falling is not None:
            found += [owed.c.falls_on >= self.falling.first, owed.c.falls_on <= self.falling.last]
        return found

    @property
    def order(self) -> list[Column[Any]]:
        """The order of one half of the worklist; what is filtered for is named where an index begins so."""
        nothing_there = [owed.c[name] for name, value in self.equal.items() if value is None]
        return [*nothing_there, owed.c.falls_on, owed.c.stream, owed.c.number]


async def page(
    engine: AsyncEngine, authority: str, wanted: Wanted, beyond: Place | None, limit: int
) -> list[Owed]:
    """At most `limit` rows in the worklist's order; `beyond` is the place of the last one seen."""
    async with engine.connect() as connection:
        rows = await connection.execute(page_query(authority, wanted, beyond, limit))
        return [Owed(*row) for row in rows]


def page_query(authority: str, wanted: Wanted, beyond: Place | None, limit: int) -> Select[Any]:
    """What `page` asks: the urgent half, then the other.

    Each half is a range of an index from where it goes on; with both in one order no index would do. Nothing
    is joined: whatever the statistics say, no plan can be worse than one scan.
    """
    halves = [
        _half(authority, wanted, beyond, urgent=urgent).limit(limit)
        for urgent in (True, False)
        if beyond is None or beyond.urgent >= urgent
    ]
    both = union_all(*(select(half.subquery()) for half in halves)).subquery()
    order = (both.c.urgent.desc(), both.c.falls_on, both.c.stream, both.c.number)
    return select(*(both.c[name] for name in Owed._fields)).order_by(*order).limit(limit)


_COLUMNS: Final = tuple(owed.c[name] for name in Owed._fields)


def _half(authority: str, wanted: Wanted, beyond: Place | None, *, urgent: bool) -> Select[Any]:
    query = select(*_COLUMNS).where(owed.c.urgent == urgent, *wanted.conditions(authority))
    if beyond is not None and beyond.urgent == urgent:
        here = tuple_(owed.c.falls_on, owed.c.stream, owed.c.number)
        query = query.where(here > tuple_(*map(literal, beyond[1:])))
    return query.order_by(*wanted.order)


class Count(NamedTuple):
    """How many rows: by what (`COUNTED_BY`; None: all of them), of which value, and how near their day is."""

    by: str | None
    value: Any
    due: Due
    rows: int


async def counts(
    engine: AsyncEngine, authority: str, wanted: Wanted, seen: Mapping[Due, Span]
) -> Sequence[Count]:
    """How many rows there are, counted in one scan; combinations that do not occur are left out."""
    async with engine.connect() as connection:
        return [
            Count(_by(row), _value(row), row.due, row.rows)
            for row in await connection.execute(counts_query(authority, wanted, seen))
        ]


def counts_query(authority: str, wanted: Wanted, seen: Mapping[Due, Span]) -> Select[Any]:
    """What `counts` asks: the rows that differ in nothing counted first, then those few by each thing."""
    alike = _alike(authority, wanted, seen)
    columns = [alike.c[name] for name in COUNTED_BY]
    sets = func.grouping_sets(*(tuple_(alike.c.due, column) for column in columns), tuple_(alike.c.due))
    marks = [func.grouping(column).label(f"not_by_{column.name}") for column in columns]
    return select(alike.c.due, *columns, *marks, func.sum(alike.c.rows).cast(Integer).label("rows")).group_by(
        sets
    )


def _alike(authority: str, wanted: Wanted, seen: Mapping[Due, Span]) -> Any:
    word = _due_word(seen)
    columns = [owed.c[name] for name in COUNTED_BY]
    counted = select(word, *columns, func.count().label("rows")).where(*wanted.conditions(authority))
    return counted.group_by(*columns, word).subquery()


def _due_word(seen: Mapping[Due, Span]) -> Label[Any]:
    """How near a row's day is, as SQL; the spans follow upon one another, so the ends tell them apart."""
    ends = [(owed.c.falls_on <= span.last, word) for word, span in seen.items()]
    return case(*ends).label("due")


def _by(row: Any) -> str | None:
    return next((name for name in COUNTED_BY if not getattr(row, f"not_by_{name}")), None)


def _value(row: Any) -> Any:
    by = _by(row)
    return getattr(row, by) if by else None
