"""The whole product as its users have it: services and projector as processes, on fresh databases."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from local_stack.children import child, wait_until_ready

CASELOADS: Final = Path(__file__).resolve().parents[1] / "caseloads"
_PATIENCE: Final = 30.0


@dataclass(frozen=True)
class Stack:
    """Running services, and their command lines."""

    complaints: str
    reporting: str
    environment: Mapping[str, str]

    def run(self, name: str, *arguments: str, code: int = 0) -> str:
        """Run one of the product's commands and give what it printed."""
        command = [str(Path(sys.executable).with_name(name)), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def key(self, role: str, authority: str | None = None) -> str:
        """A new key of a role."""
        options = ["--authority", authority] if authority else []
        return self.run("complaints", "keys", "create", "--role", role, *options).splitlines()[-1]

    def caller(self, role: str, authority: str) -> httpx.Client:
        """A client of the complaints service with a key of that role."""
        headers = {"Authorization": f"Bearer {self.key(role, authority)}"}
        return httpx.Client(base_url=self.complaints, headers=headers)

    @contextmanager
    def tables(self, authority: str) -> Iterator["Tables"]:
        """The authority's published tables."""
        headers = {"Authorization": f"Bearer {self.key('reporting', authority)}"}
        with httpx.Client(base_url=self.reporting, headers=headers, timeout=30) as client:
            yield Tables(authority, client)


@dataclass(frozen=True)
class Tables:
    """The tables of one authority, as a reporting tool reads them."""

    authority: str
    client: httpx.Client

    def read(self, name: str, year: str, **query: Any) -> dict[str, Any]:
        """One table as JSON."""
        path = f"/v1/reports/{self.authority}/{year}/tables/{name}"
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait_for(self, position: int, year: str = "2022-23") -> None:
        """Return when the tables have come as far as a position of the log."""
        deadline = time.monotonic() + _PATIENCE
        while self.read("volumes", year)["as_of_position"] < position:
            assert time.monotonic() < deadline, "the projector does not follow"
            time.sleep(0.02)


_DIMENSIONS: Final = """
stage team theme type category method point_of_receipt year quarter month band characteristic value ethnicity
level age_band measure complaints_made to_stage decision sub source acting_via provider question rule
procedure case remedy authority
"""
DIMENSIONS: Final = frozenset(_DIMENSIONS.split())
"""The keys by which rows of any table are told apart."""


def selected(rows: list[dict[str, Any]], place: Mapping[str, Any]) -> dict[str, Any]:
    """The row of these dimension values; one left out means its total, else null, else its only value."""
    for dimension in [key for key in rows[0] if key in DIMENSIONS]:
        values = [row.get(dimension) for row in rows]
        defaults = [value for value in ("total", "code", None) if value in values]
        left_out = defaults[0] if defaults else values[0]
        wanted = place.get(dimension, left_out)
        rows = [row for row in rows if row.get(dimension) == wanted]
    assert len(rows) == 1, (place, len(rows))
    return rows[0]


def expected(authority: str) -> list[dict[str, Any]]:
    """What a council published, as cells of tables."""
    found: list[dict[str, Any]] = json.loads((CASELOADS / authority / "expected.json").read_text())
    return found


@contextmanager
def running_stack(complaints_url: str, reporting_url: str, folder: Path) -> Iterator[Stack]:
    """Both services and the projector on these databases."""
    ports = _free_ports(2)
    environment = {
        **os.environ,
        "DATABASE_URL": complaints_url,
        "REPORTING_DATABASE_URL": reporting_url,
        "KEK_FILE": str(folder / "kek"),
        "COMPLAINTS_PORT": str(ports[0]),
        "REPORTING_PORT": str(ports[1]),
        "COMPLAINTS_URL": f"http://127.0.0.1:{ports[0]}",
    }
    stack = Stack(environment["COMPLAINTS_URL"], f"http://127.0.0.1:{ports[1]}", environment)
    stack.run("complaints", "migrate")
    environment["FEED_KEY"] = stack.key("service")
    with ExitStack() as processes:
        started = []
        for name, arguments in (("complaints", "serve"), ("reporting", "serve"), ("reporting", "project")):
            command = [str(Path(sys.executable).with_name(name)), arguments]
            log = folder / f"{name}-{arguments}.log"
            started.append(processes.enter_context(child(name, command, environment, log)))
        for url in (stack.complaints, stack.reporting):
            wait_until_ready(f"{url}/health/ready", started, _PATIENCE)
        yield stack


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
