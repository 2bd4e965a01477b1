"""Complaints acknowledged a second over HTTP by one worker: ours, the library in threads, a no-op.

    python -m benchmarks.http [--seconds 3] [--rounds 5] [--clients 32]

One uvicorn worker each (uvloop, httptools), keep-alive clients in another process, a web form's body with
personal details. Ours is the real service behind a real key: it authenticates, validates, decides, seals,
records and answers after the commit. The others are in `http_peers`: the same application with the
eventsourcing library's recorder, called from threads, in the place of our store, and an application that
validates the same body and stores nothing. "with a key" is ours
when every request brings an Idempotency-Key, as a careful form does.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
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
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header")


def start(stack: ExitStack, server: DatabaseServer) -> dict[str, list[str]]:
    """Start every contender; how to load each."""
    environment = stack.enter_context(complaints_database(server, PROFILE))
    key = new_key(environment, "webform", "--authority", AUTHORITY)
    ports = {name: free_port() for name in ("ours", "library", "no_op")}
    program = str(Path(sys.executable).with_name("complaints"))
    serving = {**environment, "COMPLAINTS_PORT": str(ports["ours"])}
    stack.enter_context(served([program, "serve"], serving, ports["ours"]))
    for name in ("library", "no_op"):
        factory = ("--factory", f"benchmarks.http_peers:{name}", "--port", str(ports[name]))
        arguments = [sys.executable, "-m", "uvicorn", *factory, *_UVICORN]
        stack.enter_context(served(arguments, environment, ports[name]))
    options = {name: ["--port", str(port), "--key", key] for name, port in ports.items()}
    return {
        OURS: options["ours"],
        KEYED: [*options["ours"], "--keyed"],
        LIBRARY: options["library"],
        NO_OP: options["no_op"],
    }


def load(options: list[str], seen: dict[str, list[float]], clients: int, seconds: float) -> float:
    """Load a server from another process; requests a second. Latencies go to `seen`."""
    arguments = ["--clients", str(clients), "--seconds", str(seconds), *options]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.http_load", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    for name in ("p50_ms", "p99_ms"):
        seen.setdefault(name, []).append(found[name])
    return float(found["requests_a_second"])


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    asked = parser.parse_args()
    seen: dict[str, dict[str, list[float]]] = {}
    with database_server() as server, ExitStack() as stack:
        contenders: Mapping[str, Callable[[], float]] = {
            name: partial(load, options, seen.setdefault(name, {}), asked.clients, asked.seconds)
            for name, options in start(stack, server).items()
        }
        for warm_up in contenders.values():
            warm_up()
        for latencies in seen.values():
            latencies.clear()
        print(f"{asked.clients} clients: acknowledged a second", flush=True)
        figures = in_turn(contenders, asked.rounds)
    conclude(
        "http",
        clients=asked.clients,
        acknowledged_a_second=medians(figures),
        latency={
            name: {what: round(median(all_), 2) for what, all_ in by.items()} for name, by in seen.items()
        },
        times_the_library=ratio(figures, OURS, LIBRARY),
        share_of_the_no_op=ratio(figures, OURS, NO_OP),
        goal="5 times the library, 0.35 of the no-op",
    )


if __name__ == "__main__":
    main()
