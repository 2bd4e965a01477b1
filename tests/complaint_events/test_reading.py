"""Reading a history: what was known when, with corrections, as of a date."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from complaint_events.event_model import Event
from complaint_events.reading import Recorded, identity_named, read
from tests.complaint_events.stories import happened

STREAM = UUID(int=7)
FIRST = datetime(2023, 6, 1, 9, tzinfo=UTC)


def history(*events: Event) -> list[Recorded]:
    """The events as recorded one a day from 1 June 2023."""
    return [
        Recorded(STREAM, n, n, FIRST + timedelta(days=n - 1), "officer", event)
        for n, event in enumerate(events, start=1)
    ]


def correction(
    corrects: dict[str, Any], changes: dict[str, Any], on: str = "2023-06-01", **more: Any
) -> Event:
    return happened("correction_recorded", on, corrects=corrects, changes=changes, **more)


def told(found: Sequence[Recorded]) -> list[tuple[str, str]]:
    return [(one.event.event, one.event.on.isoformat()) for one in found]


RECEIVED = happened("received", "2023-04-03")
ACKNOWLEDGED = happened("acknowledged", "2023-04-05")
ANSWERED = happened("stage_responded", "2023-04-17")
ACKNOWLEDGEMENT = {"event": "acknowledged", "on": "2023-04-05"}
ANSWER = {"event": "stage_responded", "on": "2023-04-17", "stage": 1}


def test_events_read_in_order_of_date_then_of_recording() -> None:
    late = happened("contact_logged", "2023-04-05")
    assert told(read(history(RECEIVED, ANSWERED, ACKNOWLEDGED, late))) == [
        ("received", "2023-04-03"),
        ("acknowledged", "2023-04-05"),
        ("contact_logged", "2023-04-05"),
        ("stage_responded", "2023-04-17"),
    ]


def test_a_correction_changes_fields_as_if_it_had_been_so_from_the_start() -> None:
    found = read(history(RECEIVED, ANSWERED, correction(ANSWER, {"outcome": "not_upheld", "team": "south"})))
    assert [one.event.event for one in found] == ["received", "stage_responded"]
    assert found[1].event.data()["outcome"] == "not_upheld"
    assert found[1].event.data()["team"] == "south"
    assert found[1].event.data()["issue_outcomes"] == ANSWERED.data()["issue_outcomes"]


def test_lists_and_objects_are_replaced_whole() -> None:
    changes = {"issues": [{"no": 2, "theme": "delay"}], "complainant": {"category": "care_leaver"}}
    (found,) = read(history(RECEIVED, correction({"event": "received", "on": "2023-04-03"}, changes)))
    assert found.event.data()["issues"] == [{"no": 2, "theme": "delay"}]
    assert found.event.data()["complainant"] == {"category": "care_leaver", "acting_via": "self"}


def test_void_takes_an_event_back() -> None:
    found = read(history(RECEIVED, ACKNOWLEDGED, correction(ACKNOWLEDGEMENT, {"void": True})))
    assert told(found) == [("received", "2023-04-03")]


def test_a_moved_date_reorders_and_drops_the_moment_of_the_old_day() -> None:
    timed = happened("acknowledged", "2023-04-05", at="2023-04-05T10:00:00+01:00")
    found = read(history(RECEIVED, timed, ANSWERED, correction(ACKNOWLEDGEMENT, {"on": "2023-04-20"})))
    assert told(found)[-1] == ("acknowledged", "2023-04-20")
    assert found[-1].event.at is None


def test_the_last_recorded_of_several_changes_of_one_field_stands() -> None:
    first = correction(ANSWER, {"outcome": "not_upheld", "team": "south"})
    second = correction(ANSWER, {"outcome": "inconclusive"}, on="2023-06-02")
    found = read(history(RECEIVED, ANSWERED, first, second))
    assert (found[1].event.data()["outcome"], found[1].event.data()["team"]) == ("inconclusive", "south")


def test_corrects_names_the_original_date_also_after_it_was_moved() -> None:
    moved = correction(ACKNOWLEDGEMENT, {"on": "2023-04-06"})
    again = correction(ACKNOWLEDGEMENT, {"on": "2023-04-04"}, on="2023-06-02")
    assert told(read(history(RECEIVED, ACKNOWLEDGED, moved, again)))[1] == ("acknowledged", "2023-04-04")


def test_a_correction_of_a_correction() -> None:
    wrong = correction(ANSWER, {"outcome": "not_upheld"})
    named = {"event": "correction_recorded", "on": "2023-06-01", "corrects": ANSWER}
    other = correction(named, {"changes": {"outcome": "inconclusive"}}, on="2023-06-02")
    assert read(history(RECEIVED, ANSWERED, wrong, other))[1].event.data()["outcome"] == "inconclusive"
    taken_back = correction(named, {"void": True}, on="2023-06-02")
    assert read(history(RECEIVED, ANSWERED, wrong, taken_back))[1].event == ANSWERED


def test_a_voided_void_brings_the_event_back() -> None:
    named = {"event": "correction_recorded", "on": "2023-06-01", "corrects": ACKNOWLEDGEMENT}
    back = correction(named, {"void": True}, on="2023-06-02")
    found = read(history(RECEIVED, ACKNOWLEDGED, correction(ACKNOWLEDGEMENT, {"void": True}), back))
    assert told(found)[1] == ("acknowledged", "2023-04-05")


def test_known_at_before_a_correction_still_shows_the_old() -> None:
    corrected = history(RECEIVED, ANSWERED, correction(ANSWER, {"outcome": "not_upheld"}))
    before = read(corrected, known_at=FIRST + timedelta(days=1))
    assert before[1].event == ANSWERED
    assert read(corrected, known_at=FIRST + timedelta(days=2))[1].event != ANSWERED
    assert told(read(corrected, known_at=FIRST)) == [("received", "2023-04-03")]
    assert read(corrected, known_at=FIRST - timedelta(seconds=1)) == []


def test_as_of_applies_to_the_corrected_date_and_never_leaves_a_correction_out() -> None:
    moved = history(RECEIVED, ANSWERED, correction(ANSWER, {"on": "2023-04-24"}, on="2023-06-30"))
    assert told(read(moved, as_of=date(2023, 4, 23))) == [("received", "2023-04-03")]
    assert told(read(moved, as_of=date(2023, 4, 24)))[-1] == ("stage_responded", "2023-04-24")
    assert told(read(moved, as_of=date(2023, 4, 17), known_at=FIRST + timedelta(days=1)))[-1] == (
        "stage_responded",
        "2023-04-17",
    )


def test_a_correction_finds_its_event_by_name_date_seq_and_marks() -> None:
    first, second = happened("remedied", "2023-05-01", seq=1), happened("remedied", "2023-05-01", seq=2)
    corrects = {"event": "remedied", "on": "2023-05-01", "seq": 2, "remedy": "R-1"}
    found = read(history(RECEIVED, first, second, correction(corrects, {"amount": 50})))
    assert [one.event.data().get("amount") for one in found] == [None, None, 50.0]
    assert identity_named(corrects) == second.identity
    assert identity_named(ACKNOWLEDGEMENT) == ACKNOWLEDGED.identity
    assert identity_named({**ACKNOWLEDGEMENT, "stage": 1}) == ACKNOWLEDGED.identity
    assert identity_named({**ACKNOWLEDGEMENT, "stage": 2}) != ACKNOWLEDGED.identity


def test_what_names_no_event() -> None:
    with pytest.raises(KeyError):
        identity_named({"event": "teleported", "on": "2023-05-01"})
    with pytest.raises(KeyError):
        identity_named({"on": "2023-05-01"})
    for on in (None, 0, "yesterday"):
        with pytest.raises(ValidationError):
            identity_named({"event": "acknowledged", "on": on})


@given(st.permutations(range(5)), st.integers(0, 40))
def test_reading_is_in_order_and_as_of_is_a_prefix(order: Sequence[int], days: int) -> None:
    each = [happened("contact_logged", date(2023, 4, 3) + timedelta(days=9 * n)) for n in range(5)]
    recorded = history(*(each[n] for n in order))
    whole = read(recorded)
    part = read(recorded, as_of=date(2023, 4, 3) + timedelta(days=days))
    assert [one.event.on for one in whole] == sorted(one.event.on for one in whole)
    assert part == whole[: len(part)]
    assert len(part) == days // 9 + 1


@given(st.lists(st.sampled_from(["upheld", "not_upheld", "inconclusive"]), min_size=1, max_size=6), st.data())
def test_the_last_correction_known_stands_at_every_instant(outcomes: list[str], data: st.DataObject) -> None:
    fixes = [correction(ANSWER, {"outcome": one}, on=f"2023-06-{n:02}") for n, one in enumerate(outcomes, 1)]
    recorded = history(RECEIVED, ANSWERED, *fixes)
    known = data.draw(st.integers(1, len(recorded) - 1))
    found = read(recorded, known_at=recorded[known].recorded_at)[1].event.data()
    assert found.get("outcome") == (outcomes[known - 2] if known > 1 else None)
