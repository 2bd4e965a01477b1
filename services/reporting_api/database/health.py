"""Whether the database can be reported from."""

import sqlalchemy as sa

from reporting_api.database.connecting import Engine
from reporting_api.database.event_copy import Checkpoint, checkpoints
from reporting_api.database.schema import REVISION


async def is_migrated(engine: Engine) -> bool:
    """Whether the database has this release's newest migration. Raises where it does not answer."""
    return await revision(engine) == REVISION


async def revision(engine: Engine) -> str | None:
    """The newest migration the database has; None where it has none. Raises where it does not answer."""
    async with engine.connect() as connection:
        there = await connection.scalar(sa.text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        if not there:
            return None
        found: str | None = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


async def reached(engine: Engine) -> dict[str, Checkpoint]:
    """How far each authority's facts are."""
    async with engine.connect() as connection:
        return await checkpoints(connection)
