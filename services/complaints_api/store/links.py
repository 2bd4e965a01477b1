"""Which complaints name another one: the way back along a link, from the summaries of the worklist."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.working_tables import summary


async def linked_from(engine: AsyncEngine, authority: str, reference: str) -> list[UUID]:
    """The complaints of an authority that are linked to the one of that reference, in order of receipt."""
    query = (
        select(summary.c.stream)
        .where(summary.c.authority == authority, summary.c.links.contains([reference]))
        .order_by(summary.c.received_on, summary.c.stream)
    )
    async with engine.connect() as connection:
        return list(await connection.scalars(query))
