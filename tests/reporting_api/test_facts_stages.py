"""The course of a complaint: these events, then these spells, stages and requests."""

import pytest

from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied
from complaint_events.working_days import YearOutOfRangeError
from reporting_api.star import (
    StageFact,
)
from tests.caseloads import event
from tests.facts_told import (
    ACCEPTED,
    ADJUDICATED,
    MERTON,
    STRAIGHT_TO_2,
    TO_2,
    TO_3,
    answered,
    d,
    received,
    requests,
    rows,
    spells,
    stages,
    told,
)

# The stage 1 balance: report-tables.md, `volumes` and rule 9


def test_an_answer_leaves_the_balance_as_responded() -> None:
    assert spells(received(), ACCEPTED, answered("2022-04-20")) == [
        (d("2022-04-04"), "received", d("2022-04-20"), "responded")
    ]


def test_an_open_complaint_is_in_the_balance() -> None:
    assert spells(received()) == [(d("2022-04-04"), "received", None, None)]


@pytest.mark.parametrize(
    ("leaving", "by"),
    [
        (event("withdrawn", "2022-04-20", stage=1), "withdrawn"),
        (event("closed", "2022-04-20"), "other_disposal"),
        (event("escalated", "2022-04-20", to_stage=2), "other_disposal"),
    ],
)
def test_it_leaves_at_the_first_of_the_other_ways(leaving: Event, by: str) -> None:
    later = event("closed", "2022-05-01")
    assert spells(received(), ACCEPTED, leaving, later) == [
        (d("2022-04-04"), "received", d("2022-04-20"), by)
    ]


@pytest.mark.parametrize(
    "agreed",
    [
        event("resolved", "2022-04-11", stage=1, terms_sent_on="2022-04-11"),
        event("stage1_skipped", "2022-04-11"),
    ],
)
def test_settled_and_skipped_leave_only_with_what_follows(agreed: Event) -> None:
    assert spells(received(), ACCEPTED, agreed)[0][2] is None
    assert spells(received(), ACCEPTED, agreed, TO_2)[0][2:] == (d("2022-05-10"), "other_disposal")


def test_an_entry_at_stage_2_is_never_in_the_balance() -> None:
    assert spells(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2)) == []


def test_a_reopening_without_answer_or_request_comes_back() -> None:
    found = spells(received(), event("closed", "2022-04-20"), event("reopened", "2022-05-03"))
    assert found == [
        (d("2022-04-04"), "received", d("2022-04-20"), "other_disposal"),
        (d("2022-05-03"), "reopened", None, None),
    ]


@pytest.mark.parametrize("done", [answered("2022-04-20"), event("escalated", "2022-04-20", to_stage=2)])
def test_a_reopening_after_an_answer_or_request_does_not(done: Event) -> None:
    found = spells(received(), ACCEPTED, done, event("closed", "2022-04-21"), event("reopened", "2022-05-03"))
    assert len(found) == 1


def test_a_reopening_of_what_is_still_in_the_balance_adds_nothing() -> None:
    assert len(spells(received(), event("reopened", "2022-05-03"))) == 1


# Stages: rules 8 and 10


def test_a_stage_1_answer_in_time() -> None:
    """Received Monday 4 April 2022; Good Friday and Easter Monday are no working days: day 10 is the 20th."""
    row = stages(received(), ACCEPTED, answered("2022-04-20"))[1]
    assert (row.opened_on, row.start_on) == (d("2022-04-04"), d("2022-04-04"))
    assert (row.target_on, row.maximum_on) == (d("2022-04-20"), d("2022-05-05"))
    assert (row.answered_on, row.met_on, row.day) == (d("2022-04-20"), d("2022-04-20"), 10)
    assert (row.within_target, row.within_maximum) == (True, True)
    assert (row.decided, row.outcome, row.team) == (True, "upheld", "mash_cp")


def test_a_saturday_after_the_due_friday_is_late() -> None:
    row = stages(received("2022-04-22"), answered("2022-05-07"))[1]
    assert (row.target_on, row.day, row.within_target) == (d("2022-05-09"), 10, True)
    late = stages(received("2022-04-21"), answered("2022-05-07"))[1]
    assert (late.target_on, late.day, late.within_target) == (d("2022-05-06"), 11, False)


def test_an_unanswered_stage_judges_nothing() -> None:
    row = stages(received())[1]
    assert (row.answered_on, row.day, row.within_target, row.within_maximum) == (None, None, None, None)
    assert (row.decided, row.outcome, row.ended_on) == (False, None, None)


def test_an_advocate_asked_for_in_time_starts_the_clock_anew() -> None:
    asked = event("advocate_requested", "2022-04-06")
    assert stages(received(), asked)[1].waiting_for == "awaiting_advocate"
    row = stages(received(), asked, event("advocate_appointed", "2022-04-26"), answered("2022-05-10"))[1]
    assert (row.start_on, row.day, row.within_target) == (d("2022-04-26"), 9, True)


def test_the_first_answer_counts_for_time_and_team_the_last_for_the_outcome() -> None:
    row = stages(
        received(),
        answered("2022-04-12", "not_upheld", team="cwd"),
        event("reopened", "2022-05-01"),
        answered("2022-06-01", "upheld", team="qa"),
    )[1]
    assert (row.answered_on, row.team, row.outcome) == (d("2022-04-12"), "cwd", "upheld")


def test_an_answer_without_findings_is_completed_and_not_decided() -> None:
    row = stages(received(), answered("2022-04-12", None))[1]
    assert (row.answered_on, row.decided, row.outcome) == (d("2022-04-12"), False, None)


@pytest.mark.parametrize(
    ("found", "on", "outcome"),
    [
        (["upheld", "upheld"], "2022-04-12", "upheld"),
        (["inconclusive", "inconclusive"], "2022-04-12", "inconclusive"),
        (["not_upheld", "not_upheld"], "2022-04-12", "not_upheld"),
        (["not_upheld", "inconclusive"], "2022-04-12", "not_upheld"),
        (["upheld", "not_upheld"], "2022-04-12", "partially_upheld"),
        (["partially_upheld", "partially_upheld"], "2022-04-12", "partially_upheld"),
        (["inconclusive", "upheld"], "2022-04-12", "partially_upheld"),
    ],
)
def test_the_overall_outcome_is_derived(found: list[str], on: str, outcome: str) -> None:
    both = received(issues=[{"no": no, "theme": "assessment_and_review"} for no in (1, 2)])
    outcomes = [{"issue": no, "outcome": one} for no, one in enumerate(found, 1)]
    given = answered(on, None, issue_outcomes=outcomes)
    assert stages(both, given)[1].outcome == outcome


@pytest.mark.parametrize("found", [["upheld", "not_upheld"], ["partially_upheld", "partially_upheld"]])
@pytest.mark.parametrize(("until", "outcome"), [("2022-04-12", "partially_upheld"), ("never", "upheld")])
def test_a_mixed_complaint_is_upheld_where_partial_is_off(found: list[str], until: str, outcome: str) -> None:
    """Profile: `outcomes.*.until` is the last day on which an answer may use that outcome."""
    stated = MERTON.model_dump(mode="json", by_alias=True)
    stated["outcomes"] = {"partially_upheld": {"until": until}}
    limited = ProfileApplied.model_validate(stated)
    both = received(issues=[{"no": no, "theme": "assessment_and_review"} for no in (1, 2)])
    outcomes = [{"issue": no, "outcome": one} for no, one in enumerate(found, 1)]
    facts = told(both, answered("2022-04-12", None, issue_outcomes=outcomes), profiles=(limited,))
    assert rows(facts, StageFact, "stage")[0].outcome == outcome


def test_the_councils_own_decision_goes_before_the_derived_one() -> None:
    assert stages(received(), answered("2022-04-12", "upheld", outcome="not_upheld"))[1].outcome == (
        "not_upheld"
    )


def test_stage_2_counts_from_the_request_that_holds() -> None:
    """The last request before the adjudication; 20 June 2022 is day 27 from 10 May (two bank holidays)."""
    row = stages(received(), answered("2022-04-20"), TO_2, ADJUDICATED)[2]
    assert (row.opened_on, row.start_on, row.answered_on) == (
        d("2022-05-10"),
        d("2022-05-10"),
        d("2022-06-20"),
    )
    assert (row.day, row.within_target, row.within_maximum) == (27, False, True)
    assert (row.decided, row.outcome) == (True, "partially_upheld")


def test_a_second_request_opens_the_stage_again() -> None:
    row = stages(
        received(),
        answered("2022-04-20"),
        TO_2,
        event("escalation_ended", "2022-05-12", to_stage=2, disposal="not_pursued"),
        event("escalated", "2022-06-01", to_stage=2),
    )[2]
    assert (row.opened_on, row.ended_on) == (d("2022-06-01"), None)


def test_oral_representations_wait_for_the_written_record() -> None:
    row = stages(received(form="oral"), answered("2022-04-20"), TO_2)[2]
    assert (row.target_on, row.waiting_for) == (None, "awaiting_written_record")
    record = event("written_record_finalised", "2022-05-17")
    assert stages(received(form="oral"), answered("2022-04-20"), TO_2, record)[2].start_on == d("2022-05-17")


def stage_3(*events: Event) -> StageFact:
    return stages(received(), answered("2022-04-20"), TO_2, ADJUDICATED, TO_3, *events)[3]


def test_stage_3_is_judged_by_the_panels_meeting_once_the_council_answered() -> None:
    held = event("panel_held", "2022-08-12")
    row = stage_3(held)
    assert (row.met_on, row.day, row.within_maximum) == (d("2022-08-12"), 30, None)
    row = stage_3(held, event("stage3_responded", "2022-09-01", outcome="upheld"))
    assert (row.answered_on, row.day, row.within_target, row.within_maximum) == (
        d("2022-09-01"),
        30,
        True,
        True,
    )
    assert row.outcome == "upheld"


def test_stage_3_answered_without_a_panel_is_late() -> None:
    row = stage_3(event("stage3_responded", "2022-07-04", outcome="upheld"))
    assert (row.met_on, row.day, row.within_target, row.within_maximum) == (None, None, False, False)


def test_an_entry_at_stage_2_has_no_stage_1() -> None:
    assert list(stages(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2))) == [2]


def test_a_corporate_stage_2_is_answered_by_a_stage_response() -> None:
    found = stages(
        received(procedure="corporate_local"),
        answered("2022-04-20"),
        TO_2,
        event("stage_responded", "2022-05-20", stage=2, outcome="upheld"),
    )
    assert (found[2].answered_on, found[2].outcome) == (d("2022-05-20"), "upheld")


def test_until_a_procedure_is_stated_the_acts_limits_hold() -> None:
    row = stages(received(procedure=None), answered("2022-04-12"))[1]
    assert (row.start_on, row.target_on, row.within_target, row.day) == (
        d("2022-04-04"),
        d("2022-04-20"),
        True,
        6,
    )


@pytest.mark.parametrize(
    ("ending", "by"),
    [
        (event("withdrawn", "2022-04-20", stage=1), "withdrawn"),
        (event("closed", "2022-04-20"), "closed"),
        (event("escalated", "2022-04-20", to_stage=2), "escalated"),
    ],
)
def test_what_ends_an_unanswered_stage(ending: Event, by: str) -> None:
    row = stages(received(), ending)[1]
    assert (row.ended_on, row.ended_by) == (d("2022-04-20"), by)


def test_a_reopened_stage_has_not_ended() -> None:
    row = stages(received(), event("closed", "2022-04-20"), event("reopened", "2022-04-25"))[1]
    assert (row.ended_on, row.ended_by) == (None, None)


def test_what_comes_after_the_answer_ends_nothing() -> None:
    assert stages(received(), answered("2022-04-12"), event("closed", "2022-04-13"))[1].ended_on is None


def test_acknowledgement_and_extension_are_the_stages_own() -> None:
    found = stages(
        received(),
        event("acknowledged", "2022-04-05"),
        event("extended", "2022-04-19", stage=1, reason="complex", new_due="2022-05-05"),
        answered("2022-05-05"),
        TO_2,
        event("acknowledged", "2022-05-11", stage=2),
    )
    assert (found[1].acknowledged_on, found[1].extended_on) == (d("2022-04-05"), d("2022-04-19"))
    assert (found[2].acknowledged_on, found[2].extended_on) == (d("2022-05-11"), None)


def test_a_year_without_known_bank_holidays_is_an_error() -> None:
    with pytest.raises(YearOutOfRangeError):
        told(received("1999-12-31"))


# Requests for a stage: report-tables.md, `escalations`


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        ((), "awaiting"),
        ((event("statement_of_complaint_agreed", "2022-05-20"),), "proceeded"),
        ((event("io_appointed", "2022-05-20"),), "proceeded"),
        ((event("ip_appointed", "2022-05-20"),), "proceeded"),
        ((event("investigation_report_received", "2022-05-20"),), "proceeded"),
        ((event("adjudicated", "2022-05-20", outcome="upheld"),), "proceeded"),
        ((event("stage_responded", "2022-05-20", stage=2, outcome="upheld"),), "proceeded"),
        ((event("escalation_ended", "2022-05-20", to_stage=2, disposal="resolved_adr"),), "resolved_adr"),
        ((event("escalation_ended", "2022-05-20", to_stage=2, disposal="refused"),), "refused"),
        ((event("late_request_decided", "2022-05-20", to_stage=2, decision="refused"),), "refused"),
        ((event("late_request_decided", "2022-05-20", to_stage=2, decision="accepted"),), "awaiting"),
        ((event("withdrawn", "2022-05-20", stage=2),), "withdrawn"),
        ((event("io_appointed", "2022-05-20"), event("withdrawn", "2022-05-21")), "proceeded"),
        ((event("panel_appointed", "2022-05-20"),), "awaiting"),
        ((event("closed", "2022-05-20"),), "awaiting"),
    ],
)
def test_the_fate_of_a_request(after: tuple[Event, ...], fate: str) -> None:
    (row,) = requests(received(), answered("2022-04-20"), TO_2, *after)
    assert (row.requested_on, row.fate, row.direct) == (d("2022-05-10"), fate, False)
    assert row.fate_on == (None if fate == "awaiting" else d("2022-05-20"))


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        (event("panel_appointed", "2022-07-20"), "proceeded"),
        (event("panel_held", "2022-07-20"), "proceeded"),
        (event("panel_report_issued", "2022-07-20"), "proceeded"),
        (event("stage3_responded", "2022-07-20", outcome="upheld"), "proceeded"),
        (event("io_appointed", "2022-07-20"), "awaiting"),
    ],
)
def test_the_fate_of_a_request_for_a_panel(after: Event, fate: str) -> None:
    first, second = requests(received(), answered("2022-04-20"), TO_2, ADJUDICATED, TO_3, after)
    assert (first.to_stage, first.outcome) == (2, "partially_upheld")
    assert (second.to_stage, second.no, second.fate) == (3, 1, fate)


def test_each_request_counts_and_only_one_that_proceeded_has_an_outcome() -> None:
    first, second = requests(
        received(),
        answered("2022-04-20"),
        TO_2,
        event("escalation_ended", "2022-05-12", to_stage=2, disposal="not_pursued"),
        event("escalated", "2022-05-20", to_stage=2),
        ADJUDICATED,
    )
    assert (first.no, first.fate, first.outcome) == (1, "not_pursued", None)
    assert (second.no, second.fate, second.outcome) == (2, "proceeded", "partially_upheld")


def test_the_request_that_follows_an_entry_at_stage_2_is_direct() -> None:
    (row,) = requests(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2))
    assert row.direct
