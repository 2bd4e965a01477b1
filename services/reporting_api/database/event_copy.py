"""The service's own copy of the feed and how far it goes: what every fact is folded from."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from reporting_api.database.connecting import Connection
from reporting_api.database.schema import CHECKPOINT, EVENT
from reporting_api.fed_event import FedEvent

_CHUNK: Final = 5000

_STATE: Final = sa.text("""
    SELECT
        position,
        recorded_at,
        CAST(xmin AS text),
        (SELECT string_agg(CAST(profile.xmin AS text), ' ' ORDER BY position)
            FROM facts.profile WHERE authority = :authority)
    FROM public.checkpoint
    WHERE authority = :authority
""")

# Not a parameter: only so does the database see that the index of the rare types has them all.
_PROFILE: Final[sa.ColumnElement[Any]] = sa.literal_column("'profile_applied'")

_GOES_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
)

# A plan kept from when the tables were empty would read them from end to end ever after.
_BULK_WRITING: Final = sa.select(
    sa.func.set_config("synchronous_commit", "off", sa.true()),
    sa.func.set_config("plan_cache_mode", "force_custom_plan", sa.true()),
    sa.func.set_config("enable_seqscan", "off", sa.true()),
)


class Checkpoint(NamedTuple):
    """The last event of an authority that the facts show, and when it was recorded."""

    position: int
    recorded_at: datetime


async def hold(connection: Connection, authority: str) -> int:
    """Keep every other writer of the authority's facts waiting until the transaction ends.

    Gives the position they show; 0 before the first event. The transaction need not be on disk when it ends:
    facts and checkpoint are lost together or not at all, and what is lost is read again.
    """
    await connection.execute(_BULK_WRITING)
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(authority, 0))))
    found = await connection.scalar(
        sa.select(CHECKPOINT.c.position).where(CHECKPOINT.c.authority == authority)
    )
    return found or 0


async def checkpoints(connection: Connection) -> dict[str, Checkpoint]:
    """How far each authority's facts are."""
    rows = await connection.execute(sa.select(CHECKPOINT))
    return {row.authority: Checkpoint(row.position, row.recorded_at) for row in rows}


async def position(connection: Connection, authority: str, known_at: datetime | None = None) -> int:
    """The last position of an authority, or the last one recorded by `known_at`; 0 where there is none."""
    query = sa.select(sa.func.max(EVENT.c.position)).where(EVENT.c.authority == authority)
    if known_at is not None:
        query = query.where(EVENT.c.recorded_at <= known_at)
    return await connection.scalar(query) or 0


async def state(connection: Connection, authority: str) -> tuple[Any, ...] | None:
    """What is the same only while every fact of the authority is; None where nothing was projected.

    The transactions that wrote the checkpoint and the profile's facts: each page of events moves the one, and
    folding everything anew writes the other, at whatever position.
    """
    found = (await connection.execute(_STATE, {"authority": authority})).one_or_none()
    return None if found is None else tuple(found)


async def keep(connection: Connection, events: Sequence[FedEvent]) -> None:
    """Add the next events of one authority and move its checkpoint behind the last of them."""
    await copied(connection, EVENT.name, "public", events)
    last = events[-1]
    moved = {"position": last.position, "recorded_at": last.recorded_at}
    statement = insert(CHECKPOINT).values(authority=last.authority, **moved)
    await connection.execute(statement.on_conflict_do_update(index_elements=["authority"], set_=moved))


async def forget(connection: Connection, authority: str) -> None:
    """Drop the copy and the checkpoint: the feed is read again from the beginning."""
    for table in (EVENT, CHECKPOINT):
        await connection.execute(table.delete().where(table.c.authority == authority))


async def events_of(connection: Connection, authority: str, streams: Sequence[UUID]) -> list[FedEvent]:
    """Every event of these streams, in the order of each stream."""
    query = sa.select(EVENT).where(
        EVENT.c.authority == authority,
        EVENT.c.stream == sa.any_(sa.literal(list(streams), sa.ARRAY(sa.Uuid()))),
    )
    rows = await connection.execute(query.order_by(EVENT.c.stream, EVENT.c.version))
    return [FedEvent(*row) for row in rows]


async def profiles_applied(connection: Connection, authority: str) -> list[FedEvent]:
    """The versions of the authority's profile, in the order recorded."""
    query = sa.select(EVENT).where(EVENT.c.authority == authority, EVENT.c.type == _PROFILE)
    return [FedEvent(*row) for row in await connection.execute(query.order_by(EVENT.c.position))]


async def whole_streams(
    connection: Connection, authority: str, chunk: int = _CHUNK
) -> AsyncIterator[list[list[FedEvent]]]:
    """Every stream of the authority with all its events, some thousand events at a time."""
    after: tuple[UUID, int] = (UUID(int=0), 0)
    rest: list[FedEvent] = []
    while events := await _next(connection, authority, after, chunk):
        after = (events[-1].stream, events[-1].version)
        *whole, rest = _by_stream(rest + events)
        if whole:
            yield whole
    if rest:
        yield [rest]


def _by_stream(events: list[FedEvent]) -> list[list[FedEvent]]:
    return [list(of_stream) for _, of_stream in groupby(events, key=lambda event: event.stream)]


async def _next(
    connection: Connection, authority: str, after: tuple[UUID, int], chunk: int
) -> list[FedEvent]:
    place = sa.tuple_(EVENT.c.stream, EVENT.c.version)
    query = sa.select(EVENT).where(EVENT.c.authority == authority, place > sa.tuple_(*after))
    rows = await connection.execute(query.order_by(EVENT.c.stream, EVENT.c.version).limit(chunk))
    return [FedEvent(*row) for row in rows]


async def copied(connection: Connection, table: str, schema: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows by COPY, in the table's own order of columns, within the connection's transaction.

    The transaction must have begun: the driver is spoken to directly. Raises `ConnectionError` when the
    database goes away meanwhile.
    """
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    try:
        await driver.copy_records_to_table(table, schema_name=schema, records=rows)
    except _GOES_AWAY as error:
        raise ConnectionError("the database went away while rows were copied") from error
