"""One complaint through three stages and the Ombudsman, corrected on the way, then read as an auditor would.

It is the complaint of `examples/one_complaint`, which a newcomer takes through the same steps with curl.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import pytest

from tests.journeys.stack import CASELOADS, Stack

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "one_complaint"
AUTHORITY: Final = "merton_one"
Json = dict[str, Any]


class Told(NamedTuple):
    """The complaint as recorded: where it is, and the instant each version was recorded at."""

    place: str
    recorded_at: list[str]
    auditor: httpx.Client

    def owed(self, **when: str) -> tuple[str, str, dict[str, str | None]]:
        """State, date of receipt, and what the council or panel owes by when."""
        seen: Json = self.auditor.get(self.place, params=when).raise_for_status().json()
        council = [one for one in seen["deadlines"] if one["waiting_on"] in ("council", "panel")]
        return seen["state"], seen["received_on"], {one["obligation"]: one["due_on"] for one in council}

    def instant(self, version: int) -> str:
        """When a version was recorded."""
        return self.recorded_at[version - 1]


@pytest.fixture(scope="module")
def council(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A new authority."""
    profile = (CASELOADS / "merton" / "profile.json").read_text().replace('"merton"', f'"{AUTHORITY}"', 1)
    file = tmp_path_factory.mktemp("profile") / "profile.json"
    file.write_text(profile)
    stack.run("complaints", "authority", "apply", str(file))
    return AUTHORITY


@pytest.fixture(scope="module")
def told(stack: Stack, council: str) -> Iterator[Told]:
    """The complaint, taken through all its steps by a caseworker."""
    with stack.caller("caseworker", council) as caseworker, stack.caller("auditor", council) as auditor:
        answer = caseworker.post("/v1/complaints", json=json.loads((EXAMPLE / "received.json").read_text()))
        place, recorded_at = answer.headers["Location"], [answer.raise_for_status().json()["recorded_at"]]
        for step in (EXAMPLE / "steps.txt").read_text().splitlines():
            event, body = step.split(" ", 1)
            headers = {"If-Match": answer.headers["ETag"]}
            answer = caseworker.post(f"{place}/{event}", json=json.loads(body), headers=headers)
            assert answer.status_code == 200, (step, answer.text)
            recorded_at.append(answer.json()["recorded_at"])
        yield Told(place, recorded_at, auditor)


@pytest.mark.parametrize(
    ("as_of", "state", "owed"),
    [
        ("2025-03-10", "stage_1", {"respond": "2025-03-14"}),  # 10 working days from Friday 28 February
        ("2025-03-20", "stage_1", {"respond": "2025-03-28"}),  # extended, but not beyond day 20 of that start
        ("2025-05-12", "stage_2", {"respond": "2025-07-04"}),
        ("2025-08-18", "stage_3", {"send_panel_report": "2025-08-21"}),  # 5 working days from the panel
        ("2026-02-20", "closed", {"complete_remedy": "2026-03-10"}),
    ],
)
def test_as_it_stood_on_a_date_with_what_is_known_now(
    told: Told, as_of: str, state: str, owed: dict[str, str]
) -> None:
    stood, received_on, found = told.owed(as_of=as_of)
    assert (stood, received_on) == (state, "2025-02-28")
    assert {name: due for name, due in found.items() if due} == owed


@pytest.mark.parametrize(
    ("version", "state", "received_on", "owed"),
    [
        (1, "stage_1", "2025-03-03", {"respond": "2025-03-17"}),  # the correction was not known
        (7, "answered", "2025-03-03", {}),
        (10, "stage_2", "2025-03-03", {"respond": "2025-05-15"}),  # two Easter days and 5 May do not count
        (
            11,
            "stage_2",
            "2025-02-28",
            {"respond": "2025-05-15"},
        ),  # corrected; stage 2 has its own start
        (27, "closed", "2025-02-28", {"complete_remedy": "2026-03-10"}),
    ],
)
def test_as_it_was_known_at_an_instant(
    told: Told, version: int, state: str, received_on: str, owed: dict[str, str]
) -> None:
    stood, known_received_on, found = told.owed(known_at=told.instant(version))
    assert (stood, known_received_on) == (state, received_on)
    assert {name: due for name, due in found.items() if due} == owed


def test_both_questions_at_once(told: Told) -> None:
    """What we knew, when the panel had met, of how it stood in March."""
    before, after = told.instant(10), told.instant(11)
    assert told.owed(as_of="2025-03-10", known_at=before)[1:] == ("2025-03-03", {"respond": "2025-03-17"})
    assert told.owed(as_of="2025-03-10", known_at=after)[1:] == ("2025-02-28", {"respond": "2025-03-14"})


def test_the_history_shows_what_was_corrected_and_by_what(told: Told) -> None:
    history: Json = told.auditor.get(f"{told.place}/history").raise_for_status().json()
    events = history["events"]
    assert [one["version"] for one in events] == list(range(1, 32))
    assert events[0]["on"] == "2025-03-03", "what was recorded stands as it was recorded"
    corrected = events[10]
    assert (corrected["event"], corrected["data"]["corrects"]) == (
        "correction_recorded",
        {"event": "received", "on": "2025-03-03"},
    )
    changed = {change["what"]: (change["before"], change["after"]) for change in corrected["changed"]}
    assert changed["received on"] == ("2025-03-03", "2025-02-28")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the example is for a shell with curl")
def test_the_example_for_the_shell_says_the_same(stack: Stack, council: str) -> None:
    keys = {f"{role.upper()}_KEY": stack.key(role, council) for role in ("caseworker", "auditor")}
    command = ["sh", str(EXAMPLE / "tell.sh"), stack.complaints]
    environment = {**os.environ, **keys}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stage_2, received 2025-02-28; owed: respond by 2025-07-04" in done.stdout
    assert done.stdout.count("known_at=") == done.stdout.count("as_of=") == 5
