"""What both Alembic environments do: connect with asyncpg, one run at a time, compare everything."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, MetaData, make_url, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

# Any number that nothing else locks; locks are per database.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7263548190)")


def run(target: MetaData, url_variable: str) -> None:
    """Run the command Alembic was given on the database named by `-x url=`, the caller, or `url_variable`."""
    if context.is_offline_mode():
        context.configure(url=_url(url_variable), target_metadata=target, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
    else:
        asyncio.run(_run_connected(target, _url(url_variable)))


def _url(variable: str) -> str:
    given = context.get_x_argument(as_dictionary=True).get("url")
    url = given or context.config.attributes.get("url") or os.environ.get(variable)
    if not url:
        raise SystemExit(f"Which database? Set {variable}.")
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


async def _run_connected(target: MetaData, url: str) -> None:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, target)
    finally:
        await engine.dispose()


def _migrate(connection: Connection, target: MetaData) -> None:
    connection.execute(_ONE_AT_A_TIME)
    context.configure(
        connection=connection,
        target_metadata=target,
        include_schemas=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
