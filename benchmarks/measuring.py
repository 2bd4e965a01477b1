"""What every benchmark here does alike: a PostgreSQL, rounds in turn, medians, one line of JSON."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from local_stack.postgres import default_folder, execute, running
from tests.databases import DatabaseServer

Figures = dict[str, list[float]]
"""What each contender reached, round by round."""

_PATIENCE_SECONDS = 60.0


@contextmanager
def database_server() -> Iterator[DatabaseServer]:
    """Give the server of `DATABASE_URL`, or an embedded one of the benchmarks' own; it must be durable."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield _durable(DatabaseServer(given))
        return
    with running(default_folder() / "benchmarks") as embedded:
        server = DatabaseServer(embedded.url("postgres"))
        server.forget_the_killed()
        yield _durable(server)


def _durable(server: DatabaseServer) -> DatabaseServer:
    for setting in ("fsync", "synchronous_commit"):
        found = execute(server.url, f"SHOW {setting}")
        if found != "on":
            raise SystemExit(f"{setting} is {found}: figures would be of another kind of database")
    return server


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> Figures:
    """Let the contenders run one after the other, round after round, so that a noisy moment hits all."""
    found: Figures = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders.items())
        for name, run in order if number % 2 == 0 else reversed(order):
            found[name].append(run())
            print(f"  round {number + 1}: {name:<28} {found[name][-1]:>10,.0f}", flush=True)
    return found


def medians(figures: Figures) -> dict[str, float]:
    """The median of every contender's rounds."""
    return {name: round(median(reached), 1) for name, reached in figures.items()}


def ratio(figures: Figures, ours: str, other: str) -> float:
    """How many times the other's figure ours is: the median of what each round says."""
    return round(median(a / b for a, b in zip(figures[ours], figures[other], strict=True)), 2)


def conclude(name: str, **figures: Any) -> None:
    """Print the one line of JSON that a benchmark ends with."""
    print(json.dumps({"benchmark": name, "cores": os.cpu_count(), **figures}))


def command(name: str, *arguments: str, environment: Mapping[str, str]) -> str:
    """Run one of the product's own commands to its end and give what it printed."""
    program = str(Path(sys.executable).with_name(name))
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{name} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def complaints_database(server: DatabaseServer, profile: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a complaints service with one authority, empty but for its profile."""
    with server.database() as url, TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": url, "KEK_FILE": f"{folder}/kek"}
        command("complaints", "migrate", environment=environment)
        command("complaints", "authority", "apply", str(profile), environment=environment)
        yield environment


def new_key(environment: Mapping[str, str], role: str, *options: str) -> str:
    """A new API key of that role."""
    made = command("complaints", "keys", "create", "--role", role, *options, environment=environment)
    return made.splitlines()[-1]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    arguments: list[str], environment: Mapping[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a service of one worker until the end of the block; begin when it answers."""
    with subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            _wait_until_live(process, f"http://127.0.0.1:{port}/health/live")
            yield process
        finally:
            process.terminate()


def _wait_until_live(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")
