"""The council's own words for its annual reports: by authority, year and slot, every version kept."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from reporting_api.database.connecting import Connection
from reporting_api.database.schema import NARRATIVE


class Version(NamedTuple):
    """A version of a narrative: the first of a slot is 1; `set_by` is the name of the key that set it."""

    slot: str
    version: int
    markdown: str
    set_at: datetime
    set_by: str


async def narratives_of(
    connection: Connection, authority: str, year: str, known_at: datetime | None = None
) -> dict[str, Version]:
    """The last version of every slot that was set by `known_at` (None: ever)."""
    asked = sa.select(NARRATIVE).where(NARRATIVE.c.authority == authority, NARRATIVE.c.year == year)
    if known_at is not None:
        asked = asked.where(NARRATIVE.c.set_at <= known_at)
    rows = await connection.execute(asked.order_by(NARRATIVE.c.slot, NARRATIVE.c.version))
    return {row.slot: Version(*row[2:]) for row in rows}


async def add(connection: Connection, authority: str, year: str, given: Version) -> bool:
    """Keep a version; False where the slot has one of that number already."""
    row = {"authority": authority, "year": year, **given._asdict()}
    result = await connection.execute(insert(NARRATIVE).values(row).on_conflict_do_nothing())
    return bool(result.rowcount)
