"""A complaint comes in over HTTP, its day draws near, and the team has a mail about it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from complaint_events.scalars import LONDON
from complaint_events.working_days import is_working_day, working_days_after
from local_stack.children import Child, child
from tests.complaints_api.post_office import HOST, PostOffice, post_office
from tests.journeys.stack import CASELOADS, Stack

AUTHORITY = "merton_reminded"
DAY = timedelta(days=1)

SCHEDULER = """
import asyncio, logging, sys
from datetime import datetime
from complaints_api.reminding_commands import follow
logging.basicConfig(level=logging.INFO)
now = datetime.fromisoformat(sys.argv[1])
asyncio.run(follow(lambda: now))
"""
"""`complaints remind` with a clock that stands at a working day: the test runs on Sundays too."""


def last_working_day() -> date:
    day = datetime.now(LONDON).date()
    while not is_working_day(day):
        day -= DAY
    return day


def ten_working_days_before(due_on: date) -> date:
    day = due_on
    while working_days_after(day, due_on) < 10:
        day -= DAY
    return day


@pytest.fixture(scope="module")
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture(scope="module")
def caseworker(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A new authority, and its caseworker."""
    profile = (CASELOADS / "merton" / "profile.json").read_text().replace('"merton"', f'"{AUTHORITY}"', 1)
    file = tmp_path_factory.mktemp("profile") / "profile.json"
    file.write_text(profile)
    stack.run("complaints", "authority", "apply", str(file))
    with stack.caller("caseworker", AUTHORITY) as client:
        yield client


def received(caseworker: httpx.Client, on: date) -> str:
    answer = caseworker.post(
        "/v1/complaints",
        json={
            "reference": "MER-1",
            "method": "online_form",
            "on": str(on),
            "procedure": "children_statutory",
            "team": "mash_cp",
            "complainant": {"ref": "P-1", "category": "parent"},
            "issues": [{"no": 1, "theme": "delays"}],
            "personal": {"name": "Amy Parent", "narrative": "Nobody calls back."},
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def mailbox(stack: Stack, *words: str, code: int = 0) -> str:
    return stack.run("complaints", "mailbox", words[0], "--authority", AUTHORITY, *words[1:], code=code)


def wait_for_mail(mail: PostOffice, scheduler: Child) -> None:
    deadline = time.monotonic() + 30
    while not mail.arrived:
        scheduler.check()
        assert time.monotonic() < deadline, scheduler.log.read_text()
        time.sleep(0.05)


def test_the_team_gets_a_mail_on_the_day_and_one_only(
    stack: Stack, caseworker: httpx.Client, mail: PostOffice, tmp_path: Path
) -> None:
    due_on = last_working_day()
    place = received(caseworker, ten_working_days_before(due_on))
    mailbox(stack, "set", "--team", "mash_cp", "mash@council.test")
    settings = {"SMTP_HOST": HOST, "SMTP_PORT": str(mail.port), "SMTP_TLS": "none", "REMIND_POLL": "0.1"}
    environment = {**stack.environment, **settings, "MAIL_FROM": "complaints@council.test"}
    nine = datetime.combine(due_on, datetime.min.time(), LONDON).replace(hour=9).astimezone(UTC)
    command = [sys.executable, "-c", SCHEDULER, nine.isoformat()]
    with child("scheduler", command, environment, tmp_path / "log") as scheduler:
        wait_for_mail(mail, scheduler)
        time.sleep(0.5)
        scheduler.process.send_signal(signal.SIGTERM)
        assert scheduler.process.wait(10) == 0
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert "mash@" not in said
    (arrived,) = mail.arrived
    assert (arrived["To"], arrived["Subject"]) == ("mash@council.test", "MER-1: Send the answer")
    assert "Amy" not in arrived.as_string()
    history = caseworker.get(f"{place}/history").json()["events"]
    assert [(one["event"], one["actor"]) for one in history][1:] == [("reminder_sent", "scheduler")]
    once = stack.run("complaints", "remind", "--once")
    assert once.splitlines()[-1] == "0 reminders recorded, 0 mails sent."


@pytest.mark.usefixtures("caseworker")
def test_mailboxes_are_set_listed_and_removed(stack: Stack) -> None:
    mailbox(stack, "set", "--default", "first@council.test")
    mailbox(stack, "set", "--default", "council@council.test")
    mailbox(stack, "set", "--officer", "officer-7", "officer@council.test")
    listed = mailbox(stack, "list").splitlines()
    assert {"default\tcouncil@council.test", "officer officer-7\tofficer@council.test"} <= set(listed)
    mailbox(stack, "remove", "--officer", "officer-7")
    assert "officer-7" not in mailbox(stack, "list")


@pytest.mark.usefixtures("caseworker")
@pytest.mark.parametrize(
    "words",
    [
        ("set", "--default", "Amy <amy@council.test>"),
        ("set", "--default", "a@b.test\nBcc: c@d.test"),
        ("set", "--team", "nobody_here", "a@council.test"),
        ("set", "--team", "mash_cp", "--default", "a@council.test"),
        ("set", "a@council.test"),
        ("remove", "--officer", "unknown"),
    ],
)
def test_a_mailbox_that_is_none_is_refused(stack: Stack, words: tuple[str, ...]) -> None:
    before = mailbox(stack, "list")
    mailbox(stack, *words, code=2)
    assert mailbox(stack, "list") == before


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SMTP_HOST": "mail.council.test"}, "MAIL_FROM"),
        ({"MAIL_FROM": "A <a@b.test>"}, "MAIL_FROM"),
        ({"REMIND_DAYS_BEFORE": "soon"}, "REMIND_DAYS_BEFORE"),
        (
            {"SMTP_HOST": "m", "MAIL_FROM": "a@b.test", "SMTP_TLS": "none", "SMTP_USER": "u"},
            "SMTP_TLS",
        ),
    ],
)
def test_settings_that_cannot_be_met_are_named(stack: Stack, settings: dict[str, str], says: str) -> None:
    environment = {**stack.environment, **settings}
    command = [str(Path(sys.executable).with_name("complaints")), "remind", "--once"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
