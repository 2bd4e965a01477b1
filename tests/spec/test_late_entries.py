"""What is recorded later than it happened, and what is corrected: judged at its own place in the history."""

from datetime import UTC, datetime
from typing import Any

import pytest

from complaint_events.event_model import Event
from complaint_events.reading import read
from tests.spec.scenario import Story, given, happened

RECEIVED = happened("received", "2023-02-06")
ANSWERED = happened("stage_responded", "2023-02-20")
CLOSED = happened("closed", "2023-02-24")
REQUESTED = happened("escalated", "2023-03-08")
RECEIPT = {"event": "received", "on": "2023-02-06"}
ANSWER = {"event": "stage_responded", "on": "2023-02-20", "stage": 1}
REQUEST = {"event": "escalated", "on": "2023-03-08", "to_stage": 2}
STORY = given(RECEIVED, ANSWERED, CLOSED, REQUESTED)


def correction(corrects: dict[str, Any], changes: dict[str, Any], on: str = "2023-06-01") -> Event:
    return happened("correction_recorded", on, corrects=corrects, changes=changes)


def test_a_late_entry_is_judged_as_of_its_own_day() -> None:
    """Recorded after the answer, but acknowledged while stage 1 awaited it."""
    after = STORY.decided(happened("acknowledged", "2023-02-08"))
    assert str(after.stages[1].acknowledged_on) == "2023-02-08"
    assert STORY.refusal(happened("acknowledged", "2023-02-21")).rule == "already_acknowledged"


def test_a_late_entry_obeys_the_rules_of_a_command_at_its_place() -> None:
    """A late extension is lawful only if it was made before the day that was then due."""
    story = given(RECEIVED, happened("stage_responded", "2023-03-03"))
    assert story.decided(happened("extended", "2023-02-17", new_due="2023-03-06")).story
    assert (
        story.refusal(happened("extended", "2023-02-21", new_due="2023-03-06")).rule == "extension_too_late"
    )


def test_a_late_entry_may_not_make_impossible_what_followed() -> None:
    """Withdrawn on the 10th, the complaint could not have been answered on the 20th."""
    refused = STORY.refusal(happened("withdrawn", "2023-02-10"))
    assert refused.rule == "after_withdrawal"
    assert "2023-02-10" in refused.message
    assert "2023-02-20" in refused.message
    assert STORY.refusal(happened("withdrawn", "2023-02-10"), historic=True).rule == "after_withdrawal"


def test_a_late_entry_that_makes_a_later_command_unlawful_only_is_taken() -> None:
    """An acknowledgement before another one: the later one did happen and stays."""
    story = given(RECEIVED, happened("acknowledged", "2023-02-10"), ANSWERED)
    assert (
        str(story.decided(happened("acknowledged", "2023-02-07")).stages[1].acknowledged_on) == "2023-02-07"
    )


def test_a_second_receipt_dated_earlier_is_refused() -> None:
    refused = STORY.refusal(happened("received", "2023-02-01"))
    assert refused.rule == "received_once"
    assert "2023-02-01" in refused.message


@pytest.mark.parametrize(
    ("corrects", "changes", "rule"),
    [
        (RECEIPT, {"void": True}, "not_received"),
        (RECEIPT, {"on": "2023-02-21"}, "not_received"),
        (ANSWER, {"on": "2023-03-09"}, "answer_after_escalation"),
        (ANSWER, {"on": "2023-02-27"}, "after_closing"),
        (ANSWER, {"on": "2024-06-04"}, "in_the_future"),
        (REQUEST, {"on": "2023-02-01"}, "not_received"),
        (ANSWER, {"issue_outcomes": [{"issue": 9, "outcome": "upheld"}]}, "unknown_issue"),
        (RECEIPT, {"issues": [{"no": 2, "theme": "staff"}]}, "unknown_issue"),
    ],
)
def test_a_correction_that_would_make_the_history_impossible_is_refused(
    corrects: dict[str, Any], changes: dict[str, Any], rule: str
) -> None:
    assert STORY.refusal(correction(corrects, changes)).rule == rule
    assert STORY.refusal(correction(corrects, changes), historic=True).rule == rule


@pytest.mark.parametrize(
    ("corrects", "changes", "field"),
    [
        (ANSWER, {"stage": 3}, "changes.stage"),
        (ANSWER, {"on": 0}, "changes.on"),
        (ANSWER, {"outcome": "splendid"}, "changes.outcome"),
        (ANSWER, {"surprise": 1}, "changes.surprise"),
        (ANSWER, {"issue_outcomes": None}, None),
        (ANSWER, {"void": "yes"}, "changes.void"),
        (ANSWER, {"void": False}, "changes.void"),
        (ANSWER, {"void": True, "name": "Ann"}, "changes.void"),
        ({**ANSWER, "name": "Ann"}, {"void": True}, "corrects.(unknown)"),
    ],
)
def test_a_correction_to_what_is_no_event_is_refused_by_its_field(
    corrects: dict[str, Any], changes: dict[str, Any], field: str | None
) -> None:
    event = correction(corrects, changes)
    if field is None:
        assert STORY.decided(event).story
        return
    refused = STORY.refusal(event, historic=True)
    assert (refused.rule, refused.field) == ("impossible_correction", field)
    assert "Ann" not in refused.message


@pytest.mark.parametrize(
    "corrects",
    [
        {"event": "stage_responded", "on": "2023-02-21", "stage": 1},
        {"event": "stage_responded", "on": "2023-02-20", "stage": 2},
        {"event": "stage_responded", "on": "2023-02-20", "stage": 1, "seq": 2},
        {"event": "stage_responded", "on": 0, "stage": 1},
        {"event": "teleported", "on": "2023-02-20"},
        {"event": "linked", "on": "2023-02-20", "to": ["a", "list"]},
        {"on": "2023-02-20"},
        {},
    ],
)
def test_a_correction_names_an_event_that_is_recorded(corrects: dict[str, Any]) -> None:
    refused = STORY.refusal(correction(corrects, {"void": True}), historic=True)
    assert (refused.rule, refused.field) == ("nothing_to_correct", "corrects")


def test_a_correction_uses_the_councils_codes() -> None:
    refused = STORY.refusal(correction(ANSWER, {"team": "east"}))
    assert (refused.rule, refused.field) == ("unknown_code", "team")


def test_a_correction_is_not_made_tomorrow() -> None:
    assert STORY.refusal(correction(ANSWER, {"team": "south"}, on="2024-06-04")).rule == "in_the_future"


def test_corrections_that_are_possible_only_apart_are_refused_together() -> None:
    """A sub-decision of one decision, then another decision: each fits the original, both do not."""
    referral = {"event": "lgsco_decided", "on": "2023-06-01", "lgsco_ref": "23000001"}
    story = given(
        RECEIVED,
        happened("lgsco_referred", "2023-03-01"),
        happened("lgsco_decided", "2023-06-01", decision="closed_initial"),
    )
    first = correction(referral, {"sub": "no_further_action"}, on="2023-06-02")
    second = correction(referral, {"decision": "upheld"}, on="2023-06-03")
    assert story.decided(second).story
    refused = story.and_then(first).refusal(second, historic=True)
    assert (refused.rule, refused.field) == ("impossible_correction", "changes")


def test_a_correction_of_a_correction_is_judged_by_what_the_complaint_would_read() -> None:
    story = STORY.and_then(correction(ANSWER, {"on": "2023-02-21"}))
    named = {"event": "correction_recorded", "on": "2023-06-01", "corrects": ANSWER}
    fine = correction(named, {"changes": {"on": "2023-02-22"}}, on="2023-06-02")
    assert str(story.decided(fine).stages[1].answered_on) == "2023-02-22"
    for changes, rule in (
        ({"on": "2023-03-09"}, "answer_after_escalation"),
        ({"stage": "one"}, "impossible_correction"),
        ({"surprise": 1}, "impossible_correction"),
    ):
        wrong = correction(named, {"changes": changes}, on="2023-06-02")
        assert story.refusal(wrong, historic=True).rule == rule
    taken_back = correction(named, {"void": True}, on="2023-06-02")
    assert str(story.decided(taken_back).stages[1].answered_on) == "2023-02-20"


def test_a_correction_moves_the_deadline_as_if_it_had_been_so_from_the_start() -> None:
    story = Story().and_then(RECEIVED)
    after = story.decided(correction(RECEIPT, {"on": "2023-02-08"}))
    clock = after.clock(1, story.profiles[0])
    assert clock is not None
    assert (str(clock.started.on), str(clock.target_on)) == ("2023-02-08", "2023-02-22")


def test_before_the_correction_was_recorded_the_old_was_known() -> None:
    story = STORY.and_then(correction(ANSWER, {"on": "2023-02-21"}))
    assert [str(one.event.on) for one in read(story.history)][1] == "2023-02-21"
    assert read(story.history, known_at=datetime(2024, 1, 1, tzinfo=UTC)) == []
