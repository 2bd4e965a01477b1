"""The outbox: what must leave the house, filled from the log and emptied by whoever delivers.

A channel is filled by a follower of the log: its rows and its checkpoint are one transaction, so what was
recorded gets its row however often the process dies. A row is claimed for a while; whoever dies meanwhile
leaves it to be claimed again. So it is delivered at least once, and by one process at a time.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from complaints_api.store import following, schema
from complaints_api.store.following import Reached
from complaints_api.store.working_tables import outbox

CHANNELS: Final[Mapping[str, frozenset[str]]] = {"mail": frozenset({"reminder_sent"})}
"""Which events leave the house by which channel."""

TRIED_FOR: Final = timedelta(days=3)
"""So long delivery is tried; what is older when a channel first sees it does not go out at all."""

CLAIMED_FOR: Final = timedelta(minutes=5)
"""So long a row belongs to the process that claimed it; longer than one delivery can last."""

_POSITIONS_A_TIME: Final = 10_000


class Waiting(NamedTuple):
    """A claimed row: which event of which stream, since when it waits, and how often it was claimed."""

    authority: str
    position: int
    channel: str
    stream: UUID
    version: int
    created_at: datetime
    attempts: int


class Outbox:
    """The outbox of every authority."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def fill(self, authority: str, channel: str, now: datetime) -> int:
        """Put in what the log has for a channel since the last time; gives how many rows that made."""
        made, more = 0, True
        while more:
            async with self._engine.begin() as connection:
                added, more = await _fill_on(connection, authority, channel, now)
            made += added
        return made

    async def claim(self, channel: str, now: datetime) -> Waiting | None:
        """The row that has waited longest, for this caller alone for `CLAIMED_FOR`; None when none is due."""
        first = (
            select(outbox.c.authority, outbox.c.position)
            .where(outbox.c.channel == channel, outbox.c.delivered_at.is_(None), outbox.c.next_at <= now)
            .order_by(outbox.c.next_at, outbox.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("first")
        )
        statement = (
            outbox.update()
            .where(outbox.c.authority == first.c.authority, outbox.c.position == first.c.position)
            .where(outbox.c.channel == channel)
            .values(next_at=now + CLAIMED_FOR, attempts=outbox.c.attempts + 1)
            .returning(*(outbox.c[name] for name in Waiting._fields))
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Waiting(*row)

    async def delivered(self, one: Waiting, now: datetime) -> None:
        """It has left the house."""
        await self._settle(one, delivered_at=now, next_at=None, error=None)

    async def put_off(self, one: Waiting, why: str, until: datetime | None) -> None:
        """It could not go: try again from `until`, or not at all. `why` holds no personal data."""
        await self._settle(one, next_at=until, error=why)

    async def _settle(self, one: Waiting, **values: object) -> None:
        """Say what became of a claim, unless it lapsed and somebody else has claimed the row since."""
        statement = outbox.update().where(
            outbox.c.authority == one.authority,
            outbox.c.position == one.position,
            outbox.c.channel == one.channel,
            outbox.c.attempts == one.attempts,
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement.values(**values))


async def _fill_on(
    connection: AsyncConnection, authority: str, channel: str, now: datetime
) -> tuple[int, bool]:
    """Read on from the checkpoint; how many rows that made, and whether the log goes on."""
    follower = f"outbox:{channel}"
    reached = await following.reached(connection, authority, follower)
    head = await connection.scalar(select(schema.head.c.position).where(schema.head.c.authority == authority))
    upto = min(head or 0, reached.position + _POSITIONS_A_TIME)
    if upto <= reached.position:
        return 0, False
    oldest = (now - TRIED_FOR).date()
    found = _leaving(authority, channel, (reached.position, upto), oldest, now)
    statement = insert(outbox).from_select([column.name for column in found.selected_columns], found)
    made = await connection.execute(statement.on_conflict_do_nothing())
    await following.move(connection, authority, follower, Reached(upto))
    return made.rowcount, upto < (head or 0)


def _leaving(
    authority: str, channel: str, between: tuple[int, int], oldest: date, now: datetime
) -> Select[tuple[object, ...]]:
    """The events of a channel within a range of positions, as rows of the outbox."""
    event = schema.event
    return select(
        event.c.authority,
        event.c.position,
        literal(channel).label("channel"),
        event.c.stream,
        event.c.version,
        literal(now, outbox.c.created_at.type).label("created_at"),
        literal(now, outbox.c.next_at.type).label("next_at"),
    ).where(
        event.c.authority == authority,
        event.c.position > between[0],
        event.c.position <= between[1],
        schema.one_of(event.c.type, CHANNELS[channel]),
        event.c.effective_on >= oldest,
    )
