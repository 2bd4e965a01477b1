"""The event log: append under expected versions, read a stream, follow an authority in commit order."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from complaint_events.reading import Recorded
from complaints_api.store import schema
from complaints_api.store.group_commit import Answer, GroupCommit, append_group
from complaints_api.store.log_rows import Append, Appended, IdempotentKey, LoggedEvent
from complaints_api.store.mapper import EventMapper

_MAPPER: Final = EventMapper()
_NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:complaints-record:stream")


def make_engine(url: str, *, pool_size: int = 8, role: str | None = schema.SERVICE_ROLE) -> AsyncEngine:
    """An engine on the running event loop that works as the service's role and survives lost connections."""
    settings = {"timezone": "UTC", "application_name": "complaints_api"} | ({"role": role} if role else {})
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"server_settings": settings, "timeout": 5},
    )


@asynccontextmanager
async def engine_on(url: str, *, pool_size: int = 2) -> AsyncIterator[AsyncEngine]:
    """An engine for the time of one command."""
    engine = make_engine(url, pool_size=pool_size)
    try:
        yield engine
    finally:
        await engine.dispose()


def stream_id(authority: str, kind: str, reference: str) -> UUID:
    """The id of a stream: the same for the same reference, so a reference needs no look-up."""
    return uuid5(_NAMESPACE, f"{authority}/{kind}/{reference}")


class EventStore:
    """The log of every authority in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._group_commit = GroupCommit(engine)

    async def close(self) -> None:
        """Let the writers finish, then close every connection: one still held would never be closed."""
        await self._group_commit.finished()
        await self.engine.dispose()

    async def add_authority(self, authority: str) -> bool:
        """Begin an authority's log; False when it exists already."""
        async with self.engine.begin() as connection:
            added = await connection.execute(
                upsert(schema.head).values(authority=authority).on_conflict_do_nothing()
            )
        return added.rowcount == 1

    async def heads(self) -> dict[str, int]:
        """How far each authority's log reaches."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(schema.head).order_by(schema.head.c.authority))
            return {row.authority: row.position for row in rows}

    async def head(self, authority: str) -> int | None:
        """How far an authority's log reaches; None when there is no such authority."""
        async with self.engine.connect() as connection:
            query = select(schema.head.c.position).where(schema.head.c.authority == authority)
            position: int | None = await connection.scalar(query)
            return position

    async def append(self, authority: str, append: Append) -> Appended:
        """Record events durably, in a group with whoever else waits. See `GroupCommit.append`."""
        return await self._group_commit.append(authority, append)

    async def done_before(self, authority: str, once: IdempotentKey) -> Appended | None:
        """What an earlier request with the same key did, or None."""
        table = schema.idempotency
        query = select(table).where(
            table.c.authority == authority, table.c.scope == once.scope, table.c.key == once.key
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Appended(row.stream, row.version, row.position, row.recorded_at, True, row.request)

    async def append_all(self, authority: str, appends: Sequence[Append]) -> list[Answer]:
        """Record many appends in one transaction of their own, as an import does."""
        async with self.engine.connect() as connection:
            return await append_group(connection, authority, appends)

    async def logged(self, authority: str, streams: Sequence[UUID]) -> list[LoggedEvent]:
        """Every event of some streams, stream by stream in order of version."""
        query = _events(authority).where(schema.one_of(schema.event.c.stream, streams))
        return await self._rows(query.order_by(schema.event.c.stream, schema.event.c.version))

    async def page(
        self, authority: str, after: int, limit: int, *, upto: int | None = None
    ) -> list[LoggedEvent]:
        """At most `limit` events with positions beyond `after`, in commit order, none left out.

        Positions have no gap, so a page is a range of them: no plan can read or sort what lies beyond.
        """
        last = after + limit if upto is None else min(after + limit, upto)
        position = schema.event.c.position
        return await self._rows(
            _events(authority).where(position > after, position <= last).order_by(position)
        )

    async def pages(self, authority: str, size: int = 1000) -> AsyncIterator[list[LoggedEvent]]:
        """The whole log, page by page, as far as it reached at the start."""
        after, upto = 0, await self.head(authority) or 0
        while page := await self.page(authority, after, size, upto=upto):
            yield page
            after = page[-1].id

    async def references(self, authority: str, streams: Sequence[UUID]) -> dict[UUID, str]:
        """The authority's own references of streams."""
        table = schema.stream
        query = select(table.c.stream, table.c.reference).where(
            table.c.authority == authority, schema.one_of(table.c.stream, streams)
        )
        async with self.engine.connect() as connection:
            return {row.stream: row.reference for row in await connection.execute(query)}

    async def _rows(self, query: Select[Any]) -> list[LoggedEvent]:
        async with self.engine.connect() as connection:
            return [_logged(row) for row in await connection.execute(query)]


def recorded(logged: LoggedEvent) -> Recorded:
    """A stored event, decoded and brought up to the present schema version."""
    return _MAPPER.to_domain_event(logged)


def _events(authority: str) -> Select[Any]:
    event, stream = schema.event, schema.stream
    return (
        select(event, stream.c.kind, stream.c.reference)
        .join(stream, (stream.c.authority == event.c.authority) & (stream.c.stream == event.c.stream))
        .where(event.c.authority == authority)
    )


def _logged(row: Row[Any]) -> LoggedEvent:
    return LoggedEvent(
        originator_id=row.stream,
        originator_version=row.version,
        topic=row.type,
        state=row.payload,
        id=row.position,
        stream=row.stream,
        kind=row.kind,
        reference=row.reference,
        schema_version=row.schema_version,
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        actor=row.actor,
        sealed=row.sealed,
    )


__all__ = ["EventStore", "engine_on", "make_engine", "recorded", "stream_id"]
