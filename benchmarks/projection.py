"""Events a second of catching up: our projector over HTTP, and the eventsourcing library's projection runner.

    python -m benchmarks.projection [--lines 50000] [--seconds 8] [--rounds 3]

The record is a published council's years, repeated until there are enough events, imported into a real
complaints service. Ours reads its feed over HTTP from the beginning to the end, into an empty reporting
database. The library (see `library_projection`) has the same events in its own recorder and makes the same
facts in the same tables, for the seconds given; a last step compares both, row by row, as far as it came.

Ours does not wait for the disk at the end of a transaction, as what is lost is read again; "library, not
waiting" is the library's with that setting too.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from benchmarks import histories, library_projection
from benchmarks.measuring import (
    command,
    complaints_database,
    conclude,
    database_server,
    free_port,
    in_turn,
    medians,
    new_key,
    ratio,
    served,
)
from reporting_api.database import FACT_TABLES, make_engine
from reporting_api.fed_event import FedEvent
from reporting_api.feed import ComplaintsService
from reporting_api.projector import Projector
from tests.databases import DatabaseServer

OURS, LIBRARY, RELAXED = "projector", "library's runner", "library, not waiting"


@dataclass
class Bench:
    """A complaints service with its events, and where the facts go."""

    server: DatabaseServer
    template: str
    complaints_url: str
    key: str
    peer_url: str

    async def events(self) -> list[FedEvent]:
        """Every event of the feed."""
        async with httpx.AsyncClient(base_url=self.complaints_url) as client:
            feed = ComplaintsService(client, self.key)
            found: list[FedEvent] = []
            while page := await feed.page(histories.AUTHORITY, len(found)):
                found += page
            return found

    async def project(self, url: str) -> float:
        """Our projector from the feed's beginning to its end; events a second."""
        engine = make_engine(url)
        async with httpx.AsyncClient(base_url=self.complaints_url) as client:
            begun = time.perf_counter()
            done = await Projector(engine, ComplaintsService(client, self.key)).catch_up()
            took = time.perf_counter() - begun
        await engine.dispose()
        return done / took

    def ours(self) -> float:
        """One round of ours, in a new reporting database."""
        with self.server.database(self.template) as url:
            return asyncio.run(self.project(url))

    def library(self, seconds: float, *, durably: bool) -> float:
        """One round of the library's, in a new reporting database."""
        with self.server.database(self.template) as url:
            return library_projection.projected(self.peer_url, url, seconds, durably=durably)[1]


def prepare(stack: ExitStack, server: DatabaseServer, lines: int) -> Bench:
    """Import the history, serve it, and record the same events by the library."""
    environment = stack.enter_context(complaints_database(server, histories.PROFILE))
    with TemporaryDirectory() as folder:
        histories.write(file := Path(folder) / "history.jsonl", lines)
        command(
            "complaints", "import", "--authority", histories.AUTHORITY, str(file), environment=environment
        )
    port = free_port()
    program = str(Path(sys.executable).with_name("complaints"))
    stack.enter_context(served([program, "serve"], {**environment, "COMPLAINTS_PORT": str(port)}, port))
    bench = Bench(
        server=server,
        template=stack.enter_context(server.template("reporting")),
        complaints_url=f"http://127.0.0.1:{port}",
        key=new_key(environment, "service"),
        peer_url=stack.enter_context(server.database()),
    )
    library_projection.record(bench.peer_url, asyncio.run(bench.events()))
    return bench


def compare(bench: Bench, seconds: float) -> int:
    """Check that both make the same facts of every stream that the library finished; how many rows."""
    with bench.server.database(bench.template) as ours, bench.server.database(bench.template) as peer:
        asyncio.run(bench.project(ours))
        reached, _ = library_projection.projected(bench.peer_url, peer, seconds, durably=False)
        events = library_projection.Memory.events
        unfinished = {one.stream for one in events[reached:]}
        finished = list({one.stream for one in events[:reached]} - unfinished)
        expected, found = asyncio.run(_rows(ours, finished)), asyncio.run(_rows(peer, finished))
    assert found == expected
    return sum(map(len, found.values()))


async def _rows(url: str, streams: Sequence[UUID]) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(url)
    found: dict[str, list[Any]] = {}
    for name, table in FACT_TABLES.items():
        stream = list(table.columns)[1].name
        query = f"SELECT * FROM facts.{name} WHERE {stream} = ANY($1)"  # noqa: S608 - our names
        found[name] = sorted(map(repr, await connection.fetch(query, streams)))
    await connection.close()
    return found


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with database_server() as server, ExitStack() as stack:
        bench = prepare(stack, server, asked.lines)
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # as the projector's process does
        contenders: Mapping[str, Callable[[], float]] = {
            OURS: bench.ours,
            LIBRARY: partial(bench.library, asked.seconds, durably=True),
            RELAXED: partial(bench.library, asked.seconds, durably=False),
        }
        print(f"{len(library_projection.Memory.events):,} events: projected a second", flush=True)
        figures = in_turn(contenders, asked.rounds)
        rows = compare(bench, asked.seconds)
    conclude(
        "projection",
        events=len(library_projection.Memory.events),
        events_a_second=medians(figures),
        times_the_library=ratio(figures, OURS, LIBRARY),
        times_the_library_not_waiting=ratio(figures, OURS, RELAXED),
        rows_compared=rows,
        goal="20 times the library",
    )


if __name__ == "__main__":
    main()
