"""The statutory clock: from which day each stage counts, and by which rule (report tables, rule 10)."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD, DEFERRED, StageClock, stage_clock
from complaint_events.event_model import Event
from complaint_events.working_days import add_working_days
from tests.complaint_events.stories import NEEDED, happened, profile

COMPLAINANT = NEEDED["received"]["complainant"]
RECEIVED_ON = date(2023, 2, 6)
DAY_20 = add_working_days(RECEIVED_ON, 20)
DAY_21 = add_working_days(RECEIVED_ON, 21)


def received(on: str | date = RECEIVED_ON, **data: Any) -> Event:
    return happened("received", on, **data)


def clock(stage: int, *events: Event) -> StageClock:
    found = stage_clock(events, stage, "children_statutory", profile())
    assert found is not None
    return found


def counted(found: StageClock) -> tuple[str, str | None, str | None]:
    """Start, target and maximum."""
    dates = (found.started.on, found.target_on, found.maximum_on)
    first, *due = (one.isoformat() if one else None for one in dates)
    assert first is not None
    return first, due[0], due[1]


def test_stage_1_counts_10_and_20_working_days_from_receipt() -> None:
    """SI 2006/1738 reg 14(1), (3)(c), (5)."""
    found = clock(1, received())
    assert counted(found) == ("2023-02-06", "2023-02-20", "2023-03-06")
    assert found.started.rule == "SI 2006/1738 reg 14(1), (5)"
    assert found.waiting_for is None


def test_a_complaint_not_received_and_a_stage_not_requested_have_no_clock() -> None:
    assert stage_clock([happened("advocacy_info_given", "2023-02-01")], 1, "children_statutory", None) is None
    assert stage_clock([received()], 2, "children_statutory", None) is None
    assert (
        stage_clock([received(), happened("escalated", "2023-03-10")], 3, "children_statutory", None) is None
    )


def test_an_advocate_appointed_after_a_request_made_in_time_is_a_new_start() -> None:
    """Reg 14(3)(b): the whole ten days begin anew; nothing that had passed is carried over."""
    asked, found = happened("advocate_requested", "2023-02-10"), happened("advocate_appointed", "2023-03-01")
    after = clock(1, received(), asked, found)
    assert counted(after) == ("2023-03-01", "2023-03-15", "2023-03-29")
    assert after.started.rule == "SI 2006/1738 reg 14(3)(b)"


def test_while_an_advocate_is_awaited_there_is_no_due_date() -> None:
    """Reg 14(3)(b)."""
    waiting = clock(1, received(), happened("advocate_requested", "2023-02-10"))
    assert counted(waiting) == ("2023-02-06", None, None)
    assert waiting.waiting_for == AWAITING_ADVOCATE


def test_a_request_on_day_20_is_in_time_and_one_after_it_is_not() -> None:
    """History format: moves the clock only if requested on or before the maximum."""
    appointed = happened("advocate_appointed", "2023-04-03")
    in_time = clock(1, received(), happened("advocate_requested", DAY_20), appointed)
    late = clock(1, received(), happened("advocate_requested", DAY_21), appointed)
    assert in_time.started.on == date(2023, 4, 3)
    assert counted(late) == ("2023-02-06", "2023-02-20", "2023-03-06")
    assert clock(1, received(), happened("advocate_requested", DAY_21)).waiting_for is None


def test_who_comes_through_an_advocate_waits_for_none() -> None:
    """Rule 10: if the complainant did not come through one."""
    via = received(complainant={**COMPLAINANT, "acting_via": "advocate"})
    moves = [happened("advocate_requested", "2023-02-10"), happened("advocate_appointed", "2023-03-01")]
    assert clock(1, via, *moves).started.on == RECEIVED_ON
    triaged = happened("triaged", "2023-02-07", complainant={**COMPLAINANT, "acting_via": "advocate"})
    assert clock(1, received(), triaged, *moves).started.on == RECEIVED_ON


def test_only_the_first_advocate_moves_the_clock_and_only_after_a_request() -> None:
    """Rule 10: first advocate appointed after a request made in time."""
    asked, first = happened("advocate_requested", "2023-02-10"), happened("advocate_appointed", "2023-02-14")
    again = [happened("advocate_requested", "2023-02-16"), happened("advocate_appointed", "2023-02-20")]
    assert clock(1, received(), asked, first, *again).started.on == date(2023, 2, 14)
    assert clock(1, received(), first).started.on == RECEIVED_ON
    assert clock(1, received(), first, *again).started.on == date(2023, 2, 20)


def test_an_answer_while_an_advocate_is_awaited_counts_from_the_earlier_start() -> None:
    """History format."""
    asked, answer = happened("advocate_requested", "2023-02-10"), happened("stage_responded", "2023-02-24")
    answered = clock(1, received(), asked, answer, happened("advocate_appointed", "2023-03-01"))
    assert counted(answered) == ("2023-02-06", "2023-02-20", "2023-03-06")
    assert answered.waiting_for is None


def test_an_agreed_later_start_is_the_start() -> None:
    """Reg 14(4): at the complainant's request."""
    agreed = clock(1, received(), happened("start_date_agreed", "2023-02-08", new_start="2023-02-20"))
    assert counted(agreed) == ("2023-02-20", "2023-03-06", "2023-03-20")
    assert agreed.started.rule == "SI 2006/1738 reg 14(4)"


def test_a_start_agreed_after_day_20_is_ignored() -> None:
    """History format: agreed on or before the maximum of the start that held until then."""
    on_time = happened("start_date_agreed", DAY_20, new_start="2023-03-20")
    late = happened("start_date_agreed", DAY_21, new_start="2023-03-20")
    assert clock(1, received(), on_time).started.on == date(2023, 3, 20)
    assert clock(1, received(), late).started.on == RECEIVED_ON


def test_the_maximum_that_counts_is_that_of_the_start_that_held_until_then() -> None:
    """History format: a second agreement within day 20 of the first agreed start is in time."""
    first = happened("start_date_agreed", "2023-02-08", new_start="2023-02-20")
    second = happened("start_date_agreed", DAY_21, new_start="2023-03-27")
    assert clock(1, received(), first, second).started.on == date(2023, 3, 27)


def test_a_decision_on_sufficient_interest_is_the_start() -> None:
    """Reg 14(3)(a); without the decision the clock runs from receipt."""
    person = received(complainant={"category": "sufficient_interest"})
    decided = clock(1, person, happened("sufficient_interest_decided", "2023-02-15"))
    assert counted(decided) == ("2023-02-15", "2023-03-01", "2023-03-15")
    assert decided.started.rule == "SI 2006/1738 reg 14(3)(a)"
    assert clock(1, person).started.on == RECEIVED_ON


def test_a_deferred_complaint_has_no_due_date_and_a_resubmission_is_a_new_start() -> None:
    """Reg 8."""
    deferred = happened("deferred_concurrent", "2023-02-13")
    waiting = clock(1, received(), deferred)
    assert (waiting.waiting_for, waiting.maximum_on) == (DEFERRED, None)
    back = clock(1, received(), deferred, happened("resubmitted", "2023-06-12"))
    assert counted(back) == ("2023-06-12", "2023-06-26", "2023-07-10")
    assert back.started.rule == "SI 2006/1738 reg 8(5)"


def test_of_several_starts_the_latest_before_the_answer_holds() -> None:
    """Rule 10."""
    events = [
        received(),
        happened("advocate_requested", "2023-02-07"),
        happened("advocate_appointed", "2023-02-09"),
        happened("start_date_agreed", "2023-02-10", new_start="2023-03-13"),
    ]
    assert clock(1, *events).started.on == date(2023, 3, 13)
    answered = clock(1, *events, happened("stage_responded", "2023-03-10"))
    assert answered.started.on == date(2023, 2, 9)
    assert answered.started.rule == "SI 2006/1738 reg 14(3)(b)"
    same_day = clock(1, *events, happened("stage_responded", "2023-03-13"))
    assert same_day.started.on == date(2023, 3, 13)


def test_stage_2_counts_25_and_65_working_days_from_the_request() -> None:
    """Reg 17(3), (4), (6): from the request, not from the statement agreed."""
    events = [
        received(),
        happened("escalated", "2023-05-05"),
        happened("statement_of_complaint_agreed", "2023-06-01"),
    ]
    assert counted(clock(2, *events)) == ("2023-05-05", "2023-06-13", "2023-08-08")


def test_an_advocate_does_not_move_stage_2() -> None:
    """Reg 14 is about local resolution alone."""
    moves = [happened("advocate_requested", "2023-05-08"), happened("advocate_appointed", "2023-05-22")]
    assert clock(2, received(), happened("escalated", "2023-05-05"), *moves).started.on == date(2023, 5, 5)


ORAL = received(form="oral")
ASKED = happened("escalated", "2023-05-05")


def test_oral_representations_start_stage_2_with_the_written_record() -> None:
    """Reg 17(5), 16(1)."""
    found = clock(2, ORAL, ASKED, happened("written_record_finalised", "2023-05-15"))
    assert counted(found) == ("2023-05-15", "2023-06-20", "2023-08-15")
    assert found.started.rule == "SI 2006/1738 reg 17(5)"


def test_oral_representations_without_a_record_have_not_started() -> None:
    """Rule 10; `escalated.form` moves nothing."""
    waiting = clock(2, ORAL, ASKED)
    assert (waiting.waiting_for, waiting.target_on) == (AWAITING_RECORD, None)
    written = clock(2, received(), happened("escalated", "2023-05-05", form="oral"))
    assert written.started.on == date(2023, 5, 5)
    assert written.waiting_for is None


def test_oral_representations_without_a_record_once_answered_count_from_the_request() -> None:
    """Rule 10."""
    found = clock(2, ORAL, ASKED, happened("adjudicated", "2023-08-01"))
    assert counted(found) == ("2023-05-05", "2023-06-13", "2023-08-08")


def test_a_record_written_before_the_request_does_not_start_it_before_the_request() -> None:
    found = clock(2, ORAL, happened("written_record_finalised", "2023-04-20"), ASKED)
    assert found.started.on == date(2023, 5, 5)


def test_stage_3_counts_30_working_days_from_the_request() -> None:
    """Reg 19(4): the panel meets within 30 working days."""
    events = [
        received(),
        ASKED,
        happened("adjudicated", "2023-08-01"),
        happened("escalated", "2023-08-21", to_stage=3),
    ]
    assert counted(clock(3, *events)) == ("2023-08-21", "2023-10-03", "2023-10-03")


def test_a_second_request_after_the_first_had_ended_counts_from_itself() -> None:
    ended = happened("escalation_ended", "2023-05-15")
    assert clock(2, received(), ASKED, ended, happened("escalated", "2023-06-05")).started.on == date(
        2023, 6, 5
    )


def test_a_second_answer_leaves_the_clock_where_the_first_found_it() -> None:
    """History format: the first counts for time."""
    first = [received(), happened("stage_responded", "2023-02-20")]
    later = [happened("advocate_requested", "2023-02-21"), happened("advocate_appointed", "2023-02-27")]
    assert clock(1, *first, *later, happened("stage_responded", "2023-03-30")) == clock(1, *first)


@given(
    st.lists(
        st.tuples(st.sampled_from(["advocate_requested", "advocate_appointed"]), st.integers(0, 60)),
        max_size=6,
    )
)
def test_no_start_is_before_receipt_and_every_due_date_is_counted_from_the_start(
    moves: list[tuple[str, int]],
) -> None:
    events = [
        happened(name, add_working_days(RECEIVED_ON, days))
        for name, days in sorted(moves, key=lambda m: m[1])
    ]
    found = clock(1, received(), *events)
    assert found.started.on >= RECEIVED_ON
    assert found.started.on in {RECEIVED_ON, *(event.on for event in events)}
    assert (found.target_on is None) == (found.maximum_on is None) == (found.waiting_for is not None)
    if found.target_on:
        assert found.target_on == add_working_days(found.started.on, 10)
        assert found.maximum_on == add_working_days(found.started.on, 20)
