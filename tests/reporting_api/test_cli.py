"""The command line, run as people run it, against a feed on a socket."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from local_stack.postgres import execute
from tests.caseloads import event, profile
from tests.feed_app import SERVICE_KEY, Log, feed_app

REPORTING = str(Path(sys.executable).with_name("reporting"))


@contextmanager
def served(log: Log) -> Iterator[str]:
    """The URL of a complaints service that has this log."""
    server = uvicorn.Server(uvicorn.Config(feed_app(log), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:  # the server says when
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def one_complaint() -> Log:
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"))
    received = event("received", "2022-04-04", method="email", issues=[{"no": 1, "theme": "other_reason"}])
    log.append("merton", "complaint", "MER-1", received)
    log.append("merton", "complaint", "MER-1", event("acknowledged", "2022-04-05"))
    return log


def environment(url: str, feed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    return {**kept, "REPORTING_DATABASE_URL": url, "COMPLAINTS_URL": feed, "FEED_KEY": SERVICE_KEY}


def run(url: str, feed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [REPORTING, *arguments]
    return subprocess.run(
        command, env=environment(url, feed), capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("command", [(), ("migrate",), ("serve",), ("project",), ("rebuild",)])
def test_each_command_has_help(command: tuple[str, ...]) -> None:
    done = run("postgresql://nobody@127.0.0.1:9/x", "http://127.0.0.1:9", *command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_migrate_then_project_then_rebuild(server: Any) -> None:
    with server.database() as url, served(one_complaint()) as feed:
        assert run(url, feed, "migrate").returncode == 0
        done = run(url, feed, "project", "--once")
        assert (done.returncode, done.stdout) == (0, "3 events applied.\n")
        assert execute(url, "SELECT acknowledged_on::text FROM facts.complaint") == "2022-04-05"
        assert run(url, feed, "rebuild", "--authority", "merton").stdout == "merton: made anew.\n"
        again = run(url, feed, "rebuild", "--from-feed")
        assert again.stdout == "merton: dropped.\n3 events applied.\n"
        assert run(url, feed, "rebuild", "--authority", "nowhere").returncode == 1


def test_an_upgrade_makes_the_facts_anew(server: Any) -> None:
    """A release whose tables differ finds facts that were folded by another one."""
    with server.database() as url, served(one_complaint()) as feed:
        run(url, feed, "migrate")
        run(url, feed, "project", "--once")
        for statement in (
            "UPDATE facts.complaint SET acknowledged_on = NULL",
            "DROP TABLE lgsco_letter",
            "UPDATE alembic_version SET version_num = '0006'",
        ):
            execute(url, statement)
        assert run(url, feed, "migrate").stdout == "merton: made anew.\n"
        assert execute(url, "SELECT acknowledged_on::text FROM facts.complaint") == "2022-04-05"
        assert run(url, feed, "migrate").stdout == ""


def test_an_unknown_event_stops_the_projector_loudly_until_the_upgrade(fresh_reporting_url: str) -> None:
    log = one_complaint()
    log.events["merton"][2]["type"] = "complaint_sung"
    with served(log) as feed:
        done = run(fresh_reporting_url, feed, "project")
        assert done.returncode == 1
        assert "position 3: cannot read event type 'complaint_sung'" in done.stderr
        log.events["merton"][2]["type"] = "acknowledged"
        assert run(fresh_reporting_url, feed, "project", "--once").stdout == "1 events applied.\n"


def test_what_is_away_is_named(fresh_reporting_url: str) -> None:
    nowhere = "http://127.0.0.1:9"
    done = run(fresh_reporting_url, nowhere, "project", "--once")
    assert (done.returncode, done.stderr) == (1, f"{nowhere} does not answer\n")
    with served(one_complaint()) as feed:
        done = run("postgresql://nobody@127.0.0.1:9/x", feed, "project", "--once")
    assert (done.returncode, done.stderr) == (
        1,
        "The reporting database does not answer: see REPORTING_DATABASE_URL.\n",
    )


def test_following_ends_quietly_on_ctrl_c(fresh_reporting_url: str) -> None:
    with served(one_complaint()) as feed:
        process = subprocess.Popen(
            [REPORTING, "project"],
            env=environment(fresh_reporting_url, feed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 30
        while execute(fresh_reporting_url, "SELECT position::text FROM checkpoint") != "3":
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0
