"""What is asked most often costs what it gives, whatever the database believes of an authority.

Statistics know nothing of an authority that came after they were taken, and of a table that was never looked
at. A join that is planned for one row, and finds thousands, takes seconds; as it should be, milliseconds.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.event_store import EventStore, make_engine
from complaints_api.store.search import found
from complaints_api.store.worklist import finished_within
from complaints_api.store.worklist_reading import Wanted, page

TABLES = ("stream", "event", "summary", "owed", "blind_index")
KNOWN, NEW = "known", "newcomer"
LONGEST = 1.0
"""Seconds; a hundred times what it takes."""

FILL = (
    "INSERT INTO head (authority, position) VALUES ($1, 2 * $2::int)",
    """INSERT INTO stream (authority, stream, kind, reference)
       SELECT $1, md5($1 || n)::uuid, 'complaint', 'R-' || n FROM generate_series(1, $2::int) n""",
    """INSERT INTO event (authority, position, stream, version, type, schema_version, effective_on,
                          recorded_at, actor, payload)
       SELECT $1, 2 * n + v - 2, md5($1 || n)::uuid, v, 'received', 1, '2023-01-02', now(), 'test', '{}'
         FROM generate_series(1, $2::int) n, generate_series(1, 2) v""",
    """INSERT INTO summary (authority, stream, reference, version, state, received_on)
       SELECT $1, md5($1 || n)::uuid, 'R-' || n, 2, 'stage_1', date '2023-01-02' + n % 300
         FROM generate_series(1, $2::int) n""",
    """INSERT INTO owed (authority, stream, number, falls_on, urgent, obligation, waiting_on, starts_on, rule,
                         reference, version, write_with_care)
       SELECT $1, md5($1 || n)::uuid, v, date '2023-01-02' + n % 300, n % 500 = 0, 'respond', 'council',
              '2023-01-02', 'a rule', 'R-' || n, 2, false
         FROM generate_series(1, $2::int) n, generate_series(1, 3) v""",
    """INSERT INTO blind_index (authority, stream, version, subject, words)
       SELECT $1, md5($1 || n)::uuid, 1, 'S-' || n, ARRAY[n::bigint, 0] FROM generate_series(1, $2::int) n""",
)


def stream(authority: str, number: int) -> UUID:
    return UUID(hashlib.md5(f"{authority}{number}".encode()).hexdigest())  # noqa: S324 - as the database made it


async def filled(url: str, *steps: tuple[str, int] | None) -> AsyncEngine:
    """A database with that many complaints of these authorities; None: statistics are taken."""
    connection = await asyncpg.connect(url)
    for table in TABLES:
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    for step in steps:
        for statement in FILL if step else ["ANALYZE"]:
            await connection.execute(statement, *(step or ()))
    await connection.close()
    return make_engine(url)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def late(complaints_database_url: str) -> AsyncIterator[AsyncEngine]:
    """A large authority of which there are statistics, and one that came afterwards."""
    engine = await filled(complaints_database_url, (KNOWN, 5_000), None, (NEW, 4_000))
    yield engine
    await engine.dispose()


async def the_worklist(engine: AsyncEngine) -> int:
    return len(await page(engine, NEW, Wanted(), None, 201))


async def a_teams_worklist(engine: AsyncEngine) -> int:
    return len(await page(engine, NEW, Wanted({"team": None}), None, 201))


async def a_rare_name(engine: AsyncEngine) -> int:
    return len(await found(engine, NEW, {"words": [11]}, None, 201))


async def a_rare_and_a_common_name(engine: AsyncEngine) -> int:
    return len(await found(engine, NEW, {"words": [0, 11]}, None, 201))


async def the_events_of_many(engine: AsyncEngine) -> int:
    return len(await EventStore(engine).logged(NEW, [stream(NEW, number) for number in range(100, 300)]))


async def a_page_of_the_log(engine: AsyncEngine) -> int:
    return len(await EventStore(engine).page(NEW, 4_000, 500))


async def a_page_to_catch_up(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return len(await finished_within(connection, NEW, 4_000, 4_500))


ASKED = [
    (the_worklist, 201),
    (a_teams_worklist, 201),
    (a_rare_name, 1),
    (a_rare_and_a_common_name, 1),
    (the_events_of_many, 400),
    (a_page_of_the_log, 500),
    (a_page_to_catch_up, 250),
]


@pytest.mark.parametrize(("ask", "rows"), ASKED, ids=[ask.__name__ for ask, _ in ASKED])
async def test_of_an_authority_that_came_after_the_statistics(
    late: AsyncEngine, ask: Callable[[AsyncEngine], Awaitable[int]], rows: int
) -> None:
    async with asyncio.timeout(LONGEST):
        assert await ask(late) == rows


async def test_the_worklist_of_a_small_authority_in_tables_never_looked_at(fresh_complaints_url: str) -> None:
    engine = await filled(fresh_complaints_url, (NEW, 120))
    async with asyncio.timeout(LONGEST):
        assert await the_worklist(engine) == 201
    await engine.dispose()
