"""Connections to report from: one snapshot of the facts, or of tables of the connection's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import sqlalchemy as sa

from reporting_api.database.connecting import Connection, Engine
from reporting_api.database.schema import FACT_TABLES, FACTS_SCHEMA

OWN: Final = "pg_temp"
"""The schema of tables that only this connection sees."""

# Many questions, each of some thousand rows that are in memory: starting workers for one takes longer than
# answering it, and looking rows up by an index is hardly dearer than reading on.
_ASKING: Final = sa.select(
    sa.func.set_config("search_path", f"{OWN}, {FACTS_SCHEMA}, public", sa.true()),
    sa.func.set_config("max_parallel_workers_per_gather", "0", sa.true()),
    sa.func.set_config("random_page_cost", "1.1", sa.true()),
)


@asynccontextmanager
async def of_the_present(engine: Engine) -> AsyncIterator[Connection]:
    """A read-only transaction that sees one moment; fact tables need no schema."""
    async with _snapshot(engine, read_only=True) as connection:
        yield connection


@asynccontextmanager
async def of_the_past(engine: Engine) -> AsyncIterator[Connection]:
    """The same, for one that is to have fact tables of its own."""
    async with _snapshot(engine, read_only=False) as connection:
        yield connection


@asynccontextmanager
async def _snapshot(engine: Engine, *, read_only: bool) -> AsyncIterator[Connection]:
    async with engine.connect() as plain:
        connection = await plain.execution_options(
            isolation_level="REPEATABLE READ",
            postgresql_readonly=read_only,
            schema_translate_map={} if read_only else {FACTS_SCHEMA: OWN},
        )
        await connection.execute(_ASKING)
        yield connection


async def make_own_tables(connection: Connection) -> None:
    """Make every fact table anew, empty, for this connection until its transaction ends."""
    for name in FACT_TABLES:
        await connection.execute(
            sa.text(f"CREATE TEMPORARY TABLE {name} (LIKE {FACTS_SCHEMA}.{name}) ON COMMIT DROP")
        )
