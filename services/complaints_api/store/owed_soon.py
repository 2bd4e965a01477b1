"""What the worklist has as due within some days, and which reminders of it were recorded."""

from collections.abc import AsyncIterator, Collection
from datetime import date
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.domain.reminders import REMINDED, Owed
from complaints_api.store import schema
from complaints_api.store.working_tables import owed

_PAGE: Final = 1000


async def owed_between(
    engine: AsyncEngine, authority: str, days: tuple[date, date]
) -> AsyncIterator[list[Owed]]:
    """What waits on the council or a panel and is due on or between two days, page by page, by stream."""
    query = (
        select(
            owed.c.stream, owed.c.number, owed.c.version, owed.c.obligation, owed.c.starts_on, owed.c.falls_on
        )
        .where(owed.c.authority == authority, owed.c.falls_on.between(*days))
        .where(schema.one_of(owed.c.waiting_on, REMINDED))
        .order_by(owed.c.stream, owed.c.number)
        .limit(_PAGE)
    )
    place = tuple_(owed.c.stream, owed.c.number)
    page = query
    while True:
        async with engine.connect() as connection:
            rows = (await connection.execute(page)).all()
        if rows:
            yield [Owed(one.stream, one.version, one.obligation, one.starts_on, one.falls_on) for one in rows]
        if len(rows) < _PAGE:
            return
        page = query.where(place > (rows[-1].stream, rows[-1].number))


async def recorded_under(
    engine: AsyncEngine, authority: str, scope: str, keys: Collection[bytes]
) -> set[bytes]:
    """Which of these keys of a scope stand for something recorded."""
    table = schema.idempotency
    query = select(table.c.key).where(
        table.c.authority == authority, table.c.scope == scope, schema.one_of(table.c.key, keys)
    )
    async with engine.connect() as connection:
        return set((await connection.execute(query)).scalars())
