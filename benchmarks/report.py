"""The annual report's JSON of one year in twenty, and 150 authorities beside each other, with DuckDB.

    python -m benchmarks.report [--years 20] [--authorities 150] [--asks 7] [--rounds 5]

The council's record is a published one's five years, repeated under other references until there are about
500 complaints a year for twenty years, and projected as any is. The other authorities have copies of its last
ten years, a tenth of the complaints left out here and there.

"first" is what the first to ask in a new process waits for; "asked anew" is the report with nothing
remembered of its figures, on a connection that has asked before; "asked again" is the report of a year that
was asked since the last event: all three before the other authorities are there. DuckDB has the facts of all
authorities in memory, in columns, and nothing else to do; each of its answers is compared with ours.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import uvloop

from benchmarks import councils, duckdb_peer
from benchmarks.measuring import Figures, conclude, database_server, in_turn, medians, ratio
from reporting_api import remembered
from reporting_api.annual_report import Wanted, compose
from reporting_api.database import Engine, make_engine
from reporting_api.rendering.json_file import json_of
from reporting_api.tables.answer import scope_of
from reporting_api.tables.benchmark import compared, measures_recorded
from reporting_api.tables.layout import Row
from reporting_api.tables.measures import narrowed
from reporting_api.tables.periods import year_named
from reporting_api.tables.scope import Scope
from reporting_api.view import facts_seen

ANEW, AGAIN = "report, asked anew", "report, asked again"
OURS, DUCKDB = "authorities", "authorities, DuckDB"
YEAR, PROCEDURE, MEASURE = "2022-23", "children_statutory", "children_in_need"


@dataclass
class Bench:
    """The facts, in our database and in DuckDB, and how often to ask for one figure."""

    engine: Engine
    peer: duckdb.DuckDBPyConnection
    run: asyncio.Runner
    asks: int

    async def report(self) -> bytes:
        """The annual report as JSON."""
        span = year_named(YEAR)
        return json_of(await compose(self.engine, Wanted(councils.OWN, (span, span), PROCEDURE)))

    async def report_anew(self) -> bytes:
        """The same with nothing remembered."""
        remembered.forget()
        return await self.report()

    async def authorities(self) -> list[Row]:
        """The authorities beside each other."""
        async with facts_seen(self.engine, councils.OWN, None, None, everybodys=True) as seen:
            scope = _scope(seen.profiles)
            measures = await measures_recorded(seen.connection, scope)
            return await compared(seen.connection, narrowed(scope, {"measure": measures[:1]}))

    async def authorities_by_duckdb(self) -> list[tuple[Any, ...]]:
        """The same from DuckDB."""
        return duckdb_peer.compared(self.peer, _scope(()), MEASURE)

    def milliseconds(self, ask: Callable[[], Awaitable[Any]]) -> float:
        """The median of so many askings."""
        return median(self.run.run(_took(ask)) for _ in range(self.asks))

    def in_turn(self, asks: Mapping[str, Callable[[], Awaitable[Any]]], rounds: int) -> Figures:
        """The milliseconds of each, in alternating rounds."""
        return in_turn({name: partial(self.milliseconds, ask) for name, ask in asks.items()}, rounds)

    def compare(self) -> int:
        """Check that DuckDB's figures are ours; how many authorities there are."""
        ours = [tuple(row[key] for key in duckdb_peer.FIGURES) for row in self.run.run(self.authorities())]
        found = self.run.run(self.authorities_by_duckdb())
        assert sorted(ours) == sorted(tuple(int(figure or 0) for figure in row) for row in found)
        return len(ours)


def _scope(profiles: Any) -> Scope:
    span = year_named(YEAR)
    return scope_of(councils.OWN, PROCEDURE, (span, span), date(2026, 11, 1), profiles)


async def _took(ask: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await ask()
    return (time.perf_counter() - begun) * 1000


async def _project(url: str, years: int) -> int:
    engine = make_engine(url)
    events = await councils.project(engine, years // 5)
    await engine.dispose()
    return events


def _report(bench: Bench, rounds: int) -> dict[str, Any]:
    """The figures of the report."""
    first = bench.run.run(_took(bench.report))
    figures = bench.in_turn({ANEW: bench.report_anew, AGAIN: bench.report}, rounds)
    size = len(bench.run.run(bench.report()))
    return {"report_first_ms": round(first, 1), "report_ms": medians(figures), "report_bytes": size}


def _authorities(bench: Bench, rounds: int) -> dict[str, Any]:
    """The figures of the authorities beside each other."""
    figures = bench.in_turn({OURS: bench.authorities, DUCKDB: bench.authorities_by_duckdb}, rounds)
    return {
        "authorities": bench.compare(),
        "authorities_ms": medians(figures),
        "authorities_times_duckdb": ratio(figures, OURS, DUCKDB),
    }


def measure(url: str, asked: argparse.Namespace) -> None:
    """Make the facts, measure and conclude."""
    with TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as run:
        events = run.run(_project(url, asked.years))
        run.run(councils.vacuum(url))
        bench = Bench(make_engine(url), duckdb.connect(), run, asked.asks)
        print(f"{events:,} events of one council in {asked.years} years: ms", flush=True)
        found = _report(bench, asked.rounds)
        complaints = run.run(councils.add_others(url, asked.authorities - 1))
        bench.peer = run.run(duckdb_peer.loaded(url, Path(folder)))
        print(f"{complaints:,} complaints of the other authorities: ms", flush=True)
        found |= _authorities(bench, asked.rounds)
        run.run(bench.engine.dispose())
    conclude(
        "report",
        events=events,
        complaints_of_the_others=complaints,
        **found,
        load=[round(one, 1) for one in os.getloadavg()],
        goal={"report_ms": 50, "authorities_ms": 300},
    )


def main() -> None:
    """Read what is asked for, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--authorities", type=int, default=150)
    parser.add_argument("--asks", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with (
        database_server() as server,
        server.template("reporting") as template,
        server.database(template) as url,
    ):
        measure(url, asked)


if __name__ == "__main__":
    main()
