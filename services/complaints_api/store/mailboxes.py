"""Mailboxes: where an authority's officers, its teams and the authority itself get their mail."""

from typing import Final, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.working_tables import mailbox

Kind = Literal["officer", "team", "authority"]

_NEAREST_FIRST: Final[tuple[Kind, ...]] = ("officer", "team", "authority")


class Owner(NamedTuple):
    """Whose mailbox: an officer's or a team's by code, or the authority's own, which has no code."""

    kind: Kind
    code: str = ""


class Mailbox(NamedTuple):
    """An owner and the address."""

    owner: Owner
    address: str


class Mailboxes:
    """The mailboxes of every authority."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def set(self, authority: str, owner: Owner, address: str) -> None:
        """Give an owner this address, instead of any other."""
        row = {"authority": authority, "kind": owner.kind, "code": owner.code, "address": address}
        statement = insert(mailbox).values(row)
        index = [mailbox.c.authority, mailbox.c.kind, mailbox.c.code]
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(index_elements=index, set_={"address": address})
            )

    async def remove(self, authority: str, owner: Owner) -> bool:
        """Take an owner's address away; False when there was none."""
        statement = mailbox.delete().where(
            mailbox.c.authority == authority, mailbox.c.kind == owner.kind, mailbox.c.code == owner.code
        )
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def of(self, authority: str) -> list[Mailbox]:
        """Every mailbox of an authority, its own first, then officers' and teams' by code."""
        query = select(mailbox).where(mailbox.c.authority == authority)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(mailbox.c.kind, mailbox.c.code))
            return [Mailbox(Owner(row.kind, row.code), row.address) for row in rows]

    async def nearest(self, authority: str, officer: str | None, team: str | None) -> str | None:
        """The officer's address, else the team's, else the authority's own; None without any."""
        wanted = {"officer": officer, "team": team, "authority": ""}
        known = {one.owner: one.address for one in await self.of(authority)}
        owners = (Owner(kind, code) for kind in _NEAREST_FIRST if (code := wanted[kind]) is not None)
        return next((known[owner] for owner in owners if owner in known), None)
