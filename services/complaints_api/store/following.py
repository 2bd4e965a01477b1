"""Followers of an authority's log: how far each has come, moved in the transaction of what it wrote.

Positions have no gap and appear in commit order: a follower that reads on from its checkpoint misses nothing.
The checkpoint's row is the follower's lock: two processes that follow for the same purpose take turns.
"""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from complaints_api.store.working_tables import checkpoint


class Reached(NamedTuple):
    """The last position a follower has dealt with, and what else its work rests on."""

    position: int = 0
    basis: str = ""


async def reached(connection: AsyncConnection, authority: str, follower: str) -> Reached:
    """How far a follower has come. Holds its lock until the transaction ends."""
    begin = insert(checkpoint).values(authority=authority, follower=follower, position=0)
    await connection.execute(begin.on_conflict_do_nothing())
    query = select(checkpoint.c.position, checkpoint.c.basis).where(
        checkpoint.c.authority == authority, checkpoint.c.follower == follower
    )
    row = (await connection.execute(query.with_for_update())).one()
    return Reached(row.position, row.basis)


async def glance(connection: AsyncConnection, authority: str, follower: str) -> Reached:
    """How far a follower has come, without its lock."""
    query = select(checkpoint.c.position, checkpoint.c.basis).where(
        checkpoint.c.authority == authority, checkpoint.c.follower == follower
    )
    row = (await connection.execute(query)).one_or_none()
    return Reached(row.position, row.basis) if row else Reached()


async def move(connection: AsyncConnection, authority: str, follower: str, to: Reached) -> None:
    """Say how far the follower has come; the caller holds its lock and commits."""
    statement = (
        checkpoint.update()
        .where(checkpoint.c.authority == authority, checkpoint.c.follower == follower)
        .values(position=to.position, basis=to.basis)
    )
    await connection.execute(statement)
