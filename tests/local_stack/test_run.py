"""`make run` with stand-ins for the services: what it starts, prints, keeps, refuses and stops."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

COMMAND = """#!{python}
import json, os, secrets, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

with (Path("{folder}") / "calls").open("a") as calls:
    calls.write(" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) + "\\n")

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        told = {{name: value for name, value in os.environ.items() if "_URL" in name or "KEY" in name}}
        self.wfile.write(json.dumps(told).encode())

if sys.argv[1:2] == ["keys"]:
    print("made a key:", secrets.token_hex(8), sep="\\n")
elif sys.argv[1:2] == ["serve"]:
    port = os.environ["COMPLAINTS_PORT" if sys.argv[0].endswith("complaints") else "REPORTING_PORT"]
    HTTPServer(("127.0.0.1", int(port)), Ready).serve_forever()
elif sys.argv[1:2] in (["project"], ["remind"]):
    time.sleep(120)
elif sys.argv[1:2] == os.environ.get("BREAK", "nothing").split():
    sys.exit("cannot do that")
"""

DRIVER = """
import sys
from pathlib import Path
import local_stack.run as run
run.default_folder = lambda: Path({folder!r}) / ".local"
sys.exit(run.main())
"""


@dataclass
class Bench:
    """A folder with stand-in commands beside a Python, and two free ports."""

    folder: Path
    ports: tuple[int, int]

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """Start `make run` and give it when it has said all it says, or has ended."""
        environment |= {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "COMPLAINTS_PORT": environment.get("COMPLAINTS_PORT", str(self.ports[0])),
            "REPORTING_PORT": str(self.ports[1]),
        }
        command = [str(self.folder / "bin" / "python"), "-c", DRIVER.format(folder=str(self.folder))]
        with (self.folder / "out").open("w") as out:
            run = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment, text=True)
        deadline = time.monotonic() + 60
        while "Ctrl-C stops" not in self.said() and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        return run

    def said(self) -> str:
        """Give what it printed so far."""
        return (self.folder / "out").read_text()

    def calls(self) -> list[str]:
        """Give the commands that were run so far."""
        return (self.folder / "calls").read_text().splitlines()

    def environment(self, service: int) -> dict[str, str]:
        """Give the URLs and keys that a running service was given."""
        answer: dict[str, str] = httpx.get(f"http://127.0.0.1:{self.ports[service]}/").json()
        return answer

    def stopped(self) -> bool:
        """Tell whether nobody listens and no database runs."""
        return (
            all(map(is_free, self.ports))
            and not (self.folder / ".local/postgres/data/postmaster.pid").exists()
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    folder = Path(tempfile.mkdtemp(prefix="complaints-record-run-"))
    folder.chmod(0o755)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    for name in ("complaints", "reporting"):
        (folder / "bin" / name).write_text(COMMAND.format(python=sys.executable, folder=folder))
        (folder / "bin" / name).chmod(0o755)
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        ports = (one.getsockname()[1], two.getsockname()[1])
    yield Bench(folder, ports)
    shutil.rmtree(folder)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_sets_up_starts_explains_and_stops(bench: Bench, how: signal.Signals) -> None:
    run = bench.start()
    assert run.poll() is None, bench.said()
    assert bench.environment(0)["DATABASE_URL"].endswith("/complaints")
    assert "REPORTING_DATABASE_URL" not in bench.environment(0)
    assert bench.environment(1)["REPORTING_DATABASE_URL"].endswith("/reporting")
    assert bench.environment(1)["COMPLAINTS_URL"] == f"http://127.0.0.1:{bench.ports[0]}"
    assert (bench.folder / ".local" / "settings.env").stat().st_mode & 0o777 == 0o600
    run.send_signal(how)
    time.sleep(0.01)
    run.send_signal(how)
    assert run.wait(30) == 0
    assert bench.stopped()
    assert not (bench.folder / ".local" / "settings.env").exists()
    for role in ("webform", "caseworker", "manager", "auditor", "reporting", "admin"):
        assert f"  {role}" in bench.said()


def test_a_second_run_loads_nothing_again_and_prints_the_same_keys(bench: Bench) -> None:
    run = bench.start()
    run.terminate()
    run.wait(30)
    first = bench.calls()
    keys = json.loads((bench.folder / ".local" / "keys.json").read_text())
    assert (bench.folder / ".local" / "keys.json").stat().st_mode & 0o777 == 0o600
    run = bench.start()
    run.terminate()
    run.wait(30)
    assert not [call for call in bench.calls()[len(first) :] if "import" in call or "keys" in call]
    (made,) = keys.values()
    assert all(key in bench.said() for role, key in made.items() if role != "service")


def test_without_demo_it_starts_empty(bench: Bench) -> None:
    run = bench.start(DEMO="0")
    assert bench.environment(1)["FEED_KEY"]
    run.terminate()
    run.wait(30)
    assert not [call for call in bench.calls() if "import" in call or "--authority" in call]
    assert "Demo keys" not in bench.said()


def test_a_service_that_dies_stops_the_rest(bench: Bench) -> None:
    run = bench.start(DEMO="0")
    assert run.poll() is None, bench.said()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and f"{bench.folder}/bin/reporting\0serve" in command_line(entry):
            os.kill(int(entry.name), signal.SIGKILL)
    assert run.wait(30) == 1
    assert "reporting stopped with exit code -9" in bench.said()
    assert bench.stopped()


def test_a_failing_step_is_shown_and_everything_stops(bench: Bench) -> None:
    run = bench.start(BREAK="migrate")
    assert run.wait(30) == 1
    assert "`complaints migrate` failed with exit code 1:\ncannot do that" in bench.said()
    assert bench.stopped()


def test_a_port_in_use_is_said_in_one_line_before_anything_starts(bench: Bench) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", bench.ports[1]))
        other.listen()
        run = bench.start()
        assert run.wait(30) == 2
    assert (
        bench.said() == f"Port {bench.ports[1]} is in use: stop what listens there, or set REPORTING_PORT.\n"
    )


def test_a_port_that_is_none_is_said_in_one_line(bench: Bench) -> None:
    assert bench.start(COMPLAINTS_PORT="eighty").wait(30) == 2
    assert bench.said() == "COMPLAINTS_PORT is 'eighty': it must be a port number, 1 to 65535.\n"


def test_a_kill_leaves_no_service_and_the_next_run_works(bench: Bench) -> None:
    run = bench.start(DEMO="0")
    run.kill()
    run.wait()
    deadline = time.monotonic() + 10
    while not all(map(is_free, bench.ports)) and time.monotonic() < deadline:
        time.sleep(0.05)
    (bench.folder / "out").write_text("")
    again = bench.start(DEMO="0")
    assert again.poll() is None, bench.said()
    again.terminate()
    assert again.wait(30) == 0
    assert bench.stopped()


def command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""
