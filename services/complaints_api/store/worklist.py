"""The worklist's tables: which complaints a page of the log finishes with, and their rows replaced as one."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Table, TextClause, and_, exists, not_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from complaints_api.domain.due import NO_DAY
from complaints_api.domain.standing import Owed, Standing
from complaints_api.store import schema
from complaints_api.store.following import Reached
from complaints_api.store.working_tables import NO_LIMIT, checkpoint, owed, summary

FOLLOWER: Final = "worklist"
"""How the checkpoint names who follows the log for these tables."""


class Distance(NamedTuple):
    """How far the worklist has come, and how far the log reaches."""

    reached: Reached
    head: int


async def distance(connection: AsyncConnection, authority: str) -> Distance:
    """How far the worklist of an authority is behind its log; an unknown authority's log is empty."""
    ours = and_(checkpoint.c.authority == schema.head.c.authority, checkpoint.c.follower == FOLLOWER)
    query = (
        select(schema.head.c.position.label("head"), checkpoint.c.position, checkpoint.c.basis)
        .outerjoin_from(schema.head, checkpoint, ours)
        .where(schema.head.c.authority == authority)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return Distance(Reached(), 0)
    return Distance(Reached() if row.position is None else Reached(row.position, row.basis), row.head)


async def finished_within(connection: AsyncConnection, authority: str, after: int, last: int) -> list[UUID]:
    """The complaints that have their last event in these positions of the log.

    One that has events beyond is left to the page of its last event, so that catching up works in every
    complaint once, however its events lie in the log.
    """
    event, stream, later = schema.event, schema.stream, schema.event.alias()
    goes_on = exists().where(
        later.c.authority == event.c.authority,
        later.c.stream == event.c.stream,
        later.c.version == event.c.version + 1,
    )
    query = (
        select(event.c.stream)
        .join(stream, and_(stream.c.authority == event.c.authority, stream.c.stream == event.c.stream))
        .where(event.c.authority == authority, event.c.position > after, event.c.position <= last)
        .where(stream.c.kind == "complaint", not_(goes_on))
    )
    return list(await connection.scalars(query))


async def replace_rows(connection: AsyncConnection, authority: str, standings: Sequence[Standing]) -> None:
    """Put the rows of complaints in the place of those they had; three statements however many there are."""
    streams = [one.summary.stream for one in standings]
    for table in (owed, summary):
        await connection.execute(
            table.delete().where(table.c.authority == authority, schema.one_of(table.c.stream, streams))
        )
    await _insert(connection, summary, authority, [one.summary._asdict() for one in standings])
    await _insert(connection, owed, authority, [_as_stored(row) for one in standings for row in one.owed])


def _as_stored(row: Owed) -> dict[str, Any]:
    return {**row._asdict(), "falls_on": NO_LIMIT if row.falls_on == NO_DAY else row.falls_on}


async def _insert(
    connection: AsyncConnection, table: Table, authority: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        given = {"authority": authority, "rows": to_json(rows).decode()}
        await connection.execute(_insertion(table), given)


@cache
def _insertion(table: Table) -> TextClause:
    """Insert rows given as one JSON array: one parameter, one plan, whatever their number."""
    names = [column.name for column in table.columns if column.name != "authority"]
    columns = ", ".join(names)
    return text(
        f"INSERT INTO {table.name} (authority, {columns}) SELECT :authority, {columns}"  # noqa: S608 - our names
        f" FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb))"
    )
