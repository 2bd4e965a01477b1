"""Complaints acknowledged a second over HTTP by one worker: ours, the library in threads, a no-op.

    python -m benchmarks.http [--seconds 3] [--rounds 5] [--clients 32]

One uvicorn worker each (uvloop, httptools), keep-alive clients in another process, a web form's body with
personal details. Ours is the real service behind a real key: it authenticates, validates, decides, seals,
records and answers after the commit. The others are in `http_peers`: the same application with the
eventsourcing library's recorder, called from threads, in the place of our store, and an application that
validates the same body and stores nothing. "with a key" is ours
when every request brings an Idempotency-Key, as a careful form does.

`processor_us` is what the server's own process uses of a processor for a request: it says how the servers
compare where the machine is busy with other things too.
"""

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.complaint_form import AUTHORITY, PROFILE
from benchmarks.measuring import (
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
from tests.databases import DatabaseServer

OURS, KEYED, LIBRARY, NO_OP = "ours", "ours with a key", "library in threads", "validating no-op"
_BESIDE = ("p50_ms", "p99_ms", "processor_us")
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header")


@dataclass(frozen=True)
class Contender:
    """A server under load: how to reach it, and what its rounds showed beside the rate."""

    process: int
    options: tuple[str, ...]
    seen: dict[str, list[float]] = field(default_factory=dict)

    def keyed(self) -> "Contender":
        """The same server, asked with an Idempotency-Key each time."""
        return Contender(self.process, (*self.options, "--keyed"))

    def load(self, clients: int, seconds: float) -> float:
        """Load the server from another process; requests a second."""
        arguments = ["--clients", str(clients), "--seconds", str(seconds), *self.options]
        before = self._processor_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.http_load", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        used, found = self._processor_seconds() - before, json.loads(done.stdout)
        found["processor_us"] = used / found["requests"] * 1e6
        for name in _BESIDE:
            self.seen.setdefault(name, []).append(found[name])
        return float(found["requests_a_second"])

    def _processor_seconds(self) -> float:
        """What the server's process has used of the processors, in user and system mode."""
        of_process = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(of_process[11]) + int(of_process[12])) / os.sysconf("SC_CLK_TCK")


def start(stack: ExitStack, server: DatabaseServer) -> dict[str, Contender]:
    """Start every contender."""
    environment = stack.enter_context(complaints_database(server, PROFILE))
    key = new_key(environment, "webform", "--authority", AUTHORITY)
    ours = [str(Path(sys.executable).with_name("complaints")), "serve"]
    peer = [sys.executable, "-m", "uvicorn", *_UVICORN, "--factory"]

    def started(command: list[str]) -> Contender:
        port = free_port()
        own = {**environment, "COMPLAINTS_PORT": str(port), "UVICORN_PORT": str(port)}
        process = stack.enter_context(served(command, own, port))
        return Contender(process.pid, ("--port", str(port), "--key", key))

    service = started(ours)
    return {
        OURS: service,
        KEYED: service.keyed(),
        LIBRARY: started([*peer, "benchmarks.http_peers:library"]),
        NO_OP: started([*peer, "benchmarks.http_peers:no_op"]),
    }


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    asked = parser.parse_args()
    with database_server() as server, ExitStack() as stack:
        started = start(stack, server)
        contenders = {name: partial(one.load, asked.clients, asked.seconds) for name, one in started.items()}
        for name, warm_up in contenders.items():
            warm_up()
            started[name].seen.clear()
        print(f"{asked.clients} clients: acknowledged a second", flush=True)
        figures = in_turn(contenders, asked.rounds)
    conclude(
        "http",
        clients=asked.clients,
        acknowledged_a_second=medians(figures),
        beside={name: medians(one.seen) for name, one in started.items()},
        times_the_library=ratio(figures, OURS, LIBRARY),
        share_of_the_no_op=ratio(figures, OURS, NO_OP),
        share_of_the_no_op_by_processor=round(
            median(started[NO_OP].seen["processor_us"]) / median(started[OURS].seen["processor_us"]), 2
        ),
        goal="5 times the library, 0.35 of the no-op",
    )


if __name__ == "__main__":
    main()
