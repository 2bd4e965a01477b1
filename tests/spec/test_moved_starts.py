"""What an earlier extension, or a reopening, still means once the complaint has moved on."""

from complaints_api.domain.obligations import obligations
from tests.spec.scenario import Story, given, happened, profile

RECEIVED = happened("received", "2023-02-06")
EXTENDED = happened("extended", "2023-02-15", new_due="2023-02-22")
START_AGREED = happened("start_date_agreed", "2023-02-16", new_start="2023-02-20")
MOVED = given(RECEIVED, EXTENDED, START_AGREED)
DEFERRED = given(RECEIVED, EXTENDED, happened("deferred_concurrent", "2023-02-16"))


def due(story: Story) -> str | None:
    """When the answer of stage 1 is due."""
    owed = [one for one in obligations(story.complaint, profile()) if one.stage == 1 and one.target_on]
    return str(owed[0].due_on) if owed else None


def test_an_extension_does_not_shorten_the_time_from_a_later_start() -> None:
    """R14(4): the ten days run in full from the start agreed later (6 March), not to the 22nd of February."""
    assert due(MOVED) == "2023-03-06"


def test_a_start_moved_past_an_extension_leaves_stage_1_open_to_a_new_one() -> None:
    """R14(5): on the 1st of March the answer is not yet due, so the stage may be extended."""
    assert MOVED.decided(happened("extended", "2023-03-01", new_due="2023-03-10")).awaits(1)


def test_a_start_moved_past_an_extension_is_not_overdue() -> None:
    """R17(1): stage 2 is asked for when stage 1 is overdue, by the start that holds."""
    assert MOVED.refusal(happened("escalated", "2023-03-01")).rule == "stage_1_unfinished"


def test_while_the_clock_stands_still_no_day_has_passed() -> None:
    """R8(1): a deferred complaint falls due on no day, whatever day an extension named before."""
    assert due(DEFERRED) is None
    assert DEFERRED.decided(happened("extended", "2023-03-10", new_due="2023-04-10")).awaits(1)


def test_a_resubmitted_complaint_has_its_whole_time() -> None:
    """R8(5): ten working days from the resubmission, although an extension before the deferral is past."""
    resubmitted = DEFERRED.and_then(happened("resubmitted", "2023-06-05"))
    assert due(resubmitted) == "2023-06-19"


def test_an_extension_beyond_the_maximum_makes_nobody_wait_longer() -> None:
    """R14(5): a recorded extension to the 31st of March leaves stage 1 overdue after day 20, 6 March."""
    beyond = given(RECEIVED, happened("extended", "2023-02-15", new_due="2023-03-31"))
    assert beyond.refusal(happened("escalated", "2023-03-06")).rule == "stage_1_unfinished"
    assert beyond.decided(happened("escalated", "2023-03-07")).awaits(2)


def test_after_reopening_an_earlier_stage_may_be_answered_again() -> None:
    """History format: a second answer of a stage after `reopened`, whichever stage was the last one."""
    three_stages = given(
        RECEIVED,
        happened("escalated", "2023-03-13"),
        happened("adjudicated", "2023-04-12"),
        happened("escalated", "2023-04-20", to_stage=3),
        happened("stage3_responded", "2023-06-20"),
    )
    again = happened("adjudicated", "2023-09-01", outcome="not_upheld")
    assert three_stages.refusal(again, historic=True).rule == "already_answered"
    reopened = three_stages.and_then(happened("closed", "2023-06-21")).and_then(
        happened("reopened", "2023-08-01")
    )
    answered = reopened.decided(again, historic=True).stages[2].decided_by
    assert answered == again


def test_a_panel_reports_only_under_the_act() -> None:
    """Regs 19 and 20: a corporate procedure has no panel, and so no panel's report."""
    corporate = given(
        happened("received", "2023-02-06", procedure="corporate_code"),
        happened("escalated", "2023-03-13", to_stage=3),
        happened("panel_held", "2023-04-12"),
    )
    assert corporate.refusal(happened("panel_report_issued", "2023-04-14")).rule == "not_by_this_procedure"
