"""What replays an authority's log over fact tables of the connection's own: later events, facts replaced."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from reporting_api.database.connecting import Connection
from reporting_api.database.schema import EVENT, FACT_TABLES
from reporting_api.database.snapshots import OWN
from reporting_api.fed_event import FedEvent

CORRECTION = "correction_recorded"
"""The type of the events that may change what happened on any date."""


async def entered_later(connection: Connection, authority: str, position: int, as_of: date) -> list[FedEvent]:
    """The events after a position that may say something about what had happened by a date, in order."""
    query = sa.select(EVENT).where(*_later(authority, position, as_of)).order_by(EVENT.c.position)
    return [FedEvent(*row) for row in await connection.execute(query)]


async def last_entered_later(connection: Connection, authority: str, position: int, as_of: date) -> int:
    """The position of the last of them; the given one where there is none."""
    query = sa.select(sa.func.max(EVENT.c.position)).where(*_later(authority, position, as_of))
    return await connection.scalar(query) or position


def _later(authority: str, position: int, as_of: date) -> list[sa.ColumnElement[bool]]:
    about = sa.or_(EVENT.c.effective_on <= as_of, EVENT.c.type == CORRECTION)
    return [EVENT.c.authority == authority, EVENT.c.position > position, about]


async def recorded_at(connection: Connection, authority: str, position: int) -> datetime:
    """When the event at a position was recorded. Raises `LookupError` where there is none."""
    query = sa.select(EVENT.c.recorded_at).where(EVENT.c.authority == authority, EVENT.c.position == position)
    found: datetime | None = await connection.scalar(query)
    if found is None:
        raise LookupError(f"{authority} has no event at position {position}")
    return found


async def remove(connection: Connection, authority: str, streams: Sequence[UUID]) -> None:
    """Take out everything that these streams have in the fact tables that the connection sees."""
    for table in FACT_TABLES.values():
        stream = list(table.columns)[1]
        await connection.execute(table.delete().where(table.c.authority == authority, stream.in_(streams)))


async def empty(connection: Connection) -> None:
    """Take out every fact of the fact tables that the connection sees: they must be its own."""
    for table in FACT_TABLES.values():
        await connection.execute(table.delete())


async def analyse(connection: Connection) -> None:
    """Tell the planner what is in the connection's own fact tables: nobody else does."""
    for name in FACT_TABLES:
        await connection.execute(sa.text(f"ANALYZE {OWN}.{name}"))
