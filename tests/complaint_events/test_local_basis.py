"""The council's own count of stage 2 beside the statutory one; it is no deadline."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from complaint_events.clock import stage_clock
from complaint_events.event_model import Event
from complaint_events.local_basis import LocalCount, local_count
from tests.complaint_events.stories import happened, profile

CASELOADS = Path(__file__).parents[1] / "caseloads"
SIGNED_TO_CLOSED = {"from": "statement_of_complaint_agreed", "to": "closed"}
RECEIVED = happened("received", "2023-02-06")
REQUESTED = happened("escalated", "2023-03-08")
AGREED = happened("statement_of_complaint_agreed", "2023-04-03")
ADJUDICATED = happened("adjudicated", "2023-06-02")
CLOSED = happened("closed", "2023-06-12")


def count(basis: dict[str, str], *events: Event) -> LocalCount:
    found = local_count([RECEIVED, *events], profile(stage2_local_basis=basis))
    assert found is not None
    return found


def register() -> list[dict[str, Any]]:
    tables = json.loads((CASELOADS / "sandwell" / "expected.json").read_text())
    rows: list[dict[str, Any]] = next(one for one in tables if one["table"] == "stage2_register")["rows"]
    return rows


@pytest.mark.parametrize("row", register(), ids=lambda row: f"person {row['case']}")
def test_sandwells_register_counts_from_the_signed_statement_to_closing(row: dict[str, Any]) -> None:
    """Sandwell 2022-23, table 13: every investigation of the published register, both counts."""
    story = [
        happened("received", "2021-01-04"),
        happened("escalated", row["requested_on"]),
        happened("statement_of_complaint_agreed", row["statement_agreed_on"]),
        happened("adjudicated", row["adjudicated_on"]),
        happened("closed", row["closed_on"]),
    ]
    found = local_count(story, profile(stage2_local_basis=SIGNED_TO_CLOSED))
    assert found is not None
    assert found.working_days() == row["working_days_local"]
    by_law = local_count(story, profile(stage2_local_basis={"from": "escalated", "to": "adjudicated"}))
    assert by_law is not None
    assert by_law.working_days() == row["working_days_statutory"]


@pytest.mark.parametrize(
    ("start", "end", "started_on", "ended_on", "days"),
    [
        ("statement_of_complaint_agreed", "closed", "2023-04-03", "2023-06-12", 45),
        ("statement_of_complaint_agreed", "adjudicated", "2023-04-03", "2023-06-02", 39),
        ("escalated", "closed", "2023-03-08", "2023-06-12", 63),
        ("escalated", "adjudicated", "2023-03-08", "2023-06-02", 57),
    ],
)
def test_each_basis_counts_between_its_own_dates(
    start: str, end: str, started_on: str, ended_on: str, days: int
) -> None:
    found = count({"from": start, "to": end}, REQUESTED, AGREED, ADJUDICATED, CLOSED)
    assert (found.started_on, found.ended_on) == (
        date.fromisoformat(started_on),
        date.fromisoformat(ended_on),
    )
    assert found.working_days(date(2024, 1, 2)) == days


def test_the_laws_limits_are_counted_from_the_councils_start_and_leave_the_deadline_alone() -> None:
    ours = profile(stage2_local_basis=SIGNED_TO_CLOSED)
    story = [RECEIVED, REQUESTED, AGREED]
    found, clock = local_count(story, ours), stage_clock(story, 2, "children_statutory", ours)
    assert found is not None
    assert (found.target_on, found.maximum_on) == (date(2023, 5, 12), date(2023, 7, 10))
    assert clock == stage_clock(story, 2, "children_statutory", profile())


def test_until_it_has_begun_there_is_nothing_to_count_and_then_it_runs() -> None:
    waiting = count(SIGNED_TO_CLOSED, REQUESTED)
    assert (waiting.started_on, waiting.target_on, waiting.working_days(date(2023, 4, 20))) == (None,) * 3
    running = count(SIGNED_TO_CLOSED, REQUESTED, AGREED, ADJUDICATED)
    assert (running.ended_on, running.working_days()) == (None, None)
    assert running.working_days(date(2023, 6, 5)) == 40


def test_a_second_request_is_counted_anew_and_a_closing_before_the_answer_ends_nothing() -> None:
    again = happened("escalated", "2023-05-09")
    ended = happened("escalation_ended", "2023-04-20")
    early = happened("closed", "2023-04-21")
    found = count(SIGNED_TO_CLOSED, REQUESTED, AGREED, ended, early, again)
    assert (found.started_on, found.ended_on) == (None, None)
    found = count({"from": "escalated", "to": "closed"}, REQUESTED, ended, early, again)
    assert (found.started_on, found.ended_on) == (date(2023, 5, 9), None)


def test_a_statement_agreed_anew_is_the_one_that_counts_and_one_after_the_answer_is_not() -> None:
    revised, afterwards = (
        happened("statement_of_complaint_agreed", on) for on in ("2023-04-17", "2023-06-05")
    )
    found = count(SIGNED_TO_CLOSED, REQUESTED, AGREED, revised, ADJUDICATED, afterwards, CLOSED)
    assert found.started_on == date(2023, 4, 17)


def test_without_a_basis_of_its_own_or_a_request_there_is_no_count() -> None:
    assert local_count([RECEIVED, REQUESTED], profile()) is None
    assert local_count([RECEIVED, REQUESTED], None) is None
    assert local_count([RECEIVED], profile(stage2_local_basis=SIGNED_TO_CLOSED)) is None
    assert (
        local_count([happened("lgsco_referred", "2023-02-06")], profile(stage2_local_basis=SIGNED_TO_CLOSED))
        is None
    )
