"""Durable appends a second: our group commit, the eventsourcing library's recorder, a transaction per append.

    python -m benchmarks.append [--seconds 1] [--rounds 5] [--writers 1 8 32]

Every append is one event of a new stream, with the same bytes for all three, acknowledged after its commit.
The library's recorder is called from as many threads as there are writers. "one row per commit" is what a
careful service would write without groups: asyncpg, a connection for each writer, a transaction for each
append that locks the authority's head row, so that positions are in the order of commits.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import uvloop
from eventsourcing.persistence import ApplicationRecorder, StoredEvent

from benchmarks.measuring import Figures, conclude, database_server, in_turn, medians, ratio
from benchmarks.peers import library_recorder
from complaints_api.store.event_store import EventStore, make_engine
from complaints_api.store.log_rows import Append, NewEvent
from tests.databases import DatabaseServer

OURS, LIBRARY, ONE_ROW = "group commit", "library's recorder", "one row per commit"

_STATE = (
    b'{"event":"received","on":"2025-06-02","method":"online_form","issues":[{"no":1,"theme":"other_reason",'
    b'"type":"service_quality"}],"point_of_receipt":"complaints_team","procedure":"children_statutory",'
    b'"team":"access_cwd","complainant":{"ref":"6c0c0a54b1e5be1d7a1d4a7a06d7c2f1","category":"parent"}}'
)
_DAY = date(2025, 6, 2)


async def _counted(write: Callable[[], Awaitable[object]], writers: int, seconds: float) -> float:
    """Acknowledged writes a second of so many concurrent writers."""
    done = 0
    begun = time.perf_counter()
    until = begun + seconds

    async def keep_writing() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await write()
            done += 1

    await asyncio.gather(*(keep_writing() for _ in range(writers)))
    return done / (time.perf_counter() - begun)


def group_commit(url: str, writers: int, seconds: float) -> float:
    """Our store."""

    async def run() -> float:
        engine = make_engine(url)
        store = EventStore(engine)
        await store.add_authority("ours")
        try:
            return await _counted(lambda: store.append("ours", _new(uuid4())), writers, seconds)
        finally:
            await engine.dispose()

    return uvloop.run(run())


def _new(stream: UUID) -> Append:
    event = NewEvent(stream, 1, "received", _STATE, _DAY, "benchmark")
    return Append(stream, 0, (event,), "complaint", str(stream))


def one_row_per_commit(url: str, writers: int, seconds: float) -> float:
    """A transaction for each append, in the same tables."""

    async def run() -> float:
        async with asyncpg.create_pool(url, min_size=writers, max_size=writers) as pool:
            await pool.execute("INSERT INTO head VALUES ('one row', 0) ON CONFLICT DO NOTHING")
            return await _counted(partial(_one_row, pool), writers, seconds)

    return uvloop.run(run())


async def _one_row(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    stream = uuid4()
    async with pool.acquire() as connection, connection.transaction():
        position = 1 + await connection.fetchval(
            "SELECT position FROM head WHERE authority = 'one row' FOR UPDATE"
        )
        await connection.execute(
            "INSERT INTO stream VALUES ('one row', $1, 'complaint', $2)", stream, str(stream)
        )
        await connection.execute(
            "INSERT INTO event VALUES ('one row', $1, $2, 1, 'received', 1, $3, now(), 'benchmark', $4)",
            position,
            stream,
            _DAY,
            _STATE,
        )
        await connection.execute("UPDATE head SET position = $1 WHERE authority = 'one row'", position)


def library(recorder: ApplicationRecorder, writers: int, seconds: float) -> float:
    """The library's recorder, from threads as its documentation has it."""
    begun = time.perf_counter()
    until = begun + seconds

    def keep_writing() -> int:
        done = 0
        while time.perf_counter() < until:
            recorder.insert_events([StoredEvent(uuid4(), 1, "received", _STATE)])
            done += 1
        return done

    with ThreadPoolExecutor(writers) as pool:
        done = sum(one.result() for one in [pool.submit(keep_writing) for _ in range(writers)])
    return done / (time.perf_counter() - begun)


def measure(server: DatabaseServer, asked: argparse.Namespace) -> dict[int, Figures]:
    """Every contender's figures by number of writers."""
    found: dict[int, Figures] = {}
    with server.template("complaints") as empty:
        for writers in asked.writers:
            print(f"{writers} writers: appends a second", flush=True)
            with (
                server.database(empty) as url,
                server.database() as peer,
                library_recorder(peer) as recorder,
            ):
                contenders = {
                    OURS: partial(group_commit, url, writers, asked.seconds),
                    LIBRARY: partial(library, recorder, writers, asked.seconds),
                    ONE_ROW: partial(one_row_per_commit, url, writers, asked.seconds),
                }
                for warm_up in contenders.values():
                    warm_up()
                found[writers] = in_turn(contenders, asked.rounds)
    return found


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8, 32])
    asked = parser.parse_args()
    with database_server() as server:
        found = measure(server, asked)
    conclude(
        "append",
        appends_a_second={writers: medians(figures) for writers, figures in found.items()},
        times_the_library={writers: ratio(figures, OURS, LIBRARY) for writers, figures in found.items()},
        times_one_row={writers: ratio(figures, OURS, ONE_ROW) for writers, figures in found.items()},
        goal="10 times the library at 32 writers",
    )


if __name__ == "__main__":
    main()
