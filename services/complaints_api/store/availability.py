"""Whether the database is there, and what it raises when it is not."""

from typing import Any, Final

import asyncpg
from sqlalchemy import exists, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store import schema
from schema_migrations import newest

DATABASE_ERRORS: Final[tuple[type[Exception], ...]] = (
    DBAPIError,
    PoolTimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says of a connection that was cut between two statements
    asyncpg.OperatorInterventionError,
    ConnectionError,
    OSError,
)
"""What a lost, refused or restarting database shows itself as."""


async def has_secrets(engine: AsyncEngine) -> bool:
    """Whether anything was sealed here, so that another key-encryption key must not be made."""
    async with engine.connect() as connection:
        return bool(await connection.scalar(select(exists(schema.authority_secret.select()))))


async def ready(engine: AsyncEngine) -> dict[str, Any]:
    """Whether the database answers and is migrated to what this release needs."""
    try:
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DATABASE_ERRORS:
        return {"ready": False, "database": "away"}
    wanted = newest("complaints")
    return {"ready": found == wanted, "database": "there", "migration": found, "needs": wanted}
