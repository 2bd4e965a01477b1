"""What is owed on a complaint: for each kind when it begins, by when it is due, and when it ends."""

from datetime import date

import pytest

from complaint_events.event_model import Event
from complaints_api.api.explaining import deadlines
from complaints_api.domain.obligations import (
    CORRECT_DATES,
    KINDS,
    UNREADABLE,
    WORDS,
    Obligation,
    obligations,
)
from complaints_api.domain.replay import replay
from tests.complaint_events.stories import profile
from tests.spec.scenario import Story, given, happened

RECEIVED = happened("received", "2023-03-29")
ANSWERED = happened("stage_responded", "2023-04-12")
REQUESTED = happened("escalated", "2023-04-14")
ADJUDICATED = happened("adjudicated", "2023-05-12")
TO_PANEL = given(RECEIVED, ANSWERED, REQUESTED, ADJUDICATED, happened("escalated", "2023-05-22", to_stage=3))
CHILD = {"ref": "C-1", "category": "child_in_need"}
WITHDRAWN = happened("withdrawn", "2023-04-03")
HELD = happened("panel_held", "2023-06-05")
REPORTED = happened("panel_report_issued", "2023-06-08")
REMEDY = happened("remedy_agreed", "2023-04-14", due_on="2023-05-31")
LEARNING = happened("learning_recorded", "2023-04-14", due_on="2023-06-30")

CONCERN = happened("received", "2023-03-29", safeguarding_flag=True)
REFERRED = happened("safeguarding_referred", "2023-03-29")
AT_STAGE_2 = given(RECEIVED, ANSWERED, REQUESTED)
REOPENED = given(RECEIVED, ANSWERED, happened("closed", "2023-04-20"), happened("reopened", "2023-05-02"))
ADJUDICATED_STORY = AT_STAGE_2.and_then(ADJUDICATED)
TOO_LATE = ADJUDICATED_STORY.and_then(happened("escalated", "2023-06-15", to_stage=3))

OWED = [
    ("refer_safeguarding", given(CONCERN), "2023-03-29", REFERRED),
    (
        "triage",
        given(happened("received", "2023-03-29", team=None)),
        None,
        happened("triaged", "2023-03-30", team="north"),
    ),
    (
        "give_advocacy_information",
        given(happened("received", "2023-03-29", complainant=CHILD)),
        None,
        happened("advocacy_info_given", "2023-03-30"),
    ),
    (
        "acknowledge",
        given(happened("received", "2023-03-29", procedure="corporate_code")),
        "2023-04-05",
        happened("acknowledged", "2023-03-30"),
    ),
    ("assess_eligibility", given(RECEIVED), None, happened("eligibility_assessed", "2023-03-30")),
    (
        "decide_sufficient_interest",
        given(
            happened("received", "2023-03-29", complainant={"ref": "P", "category": "sufficient_interest"})
        ),
        None,
        happened("sufficient_interest_decided", "2023-03-30"),
    ),
    (
        "decide_late_acceptance",
        given(happened("received", "2023-03-29", grounds_arose_on="2022-03-28")),
        None,
        happened("late_acceptance_decided", "2023-03-30"),
    ),
    (
        "appoint_advocate",
        given(RECEIVED, happened("advocate_requested", "2023-03-30")),
        None,
        happened("advocate_appointed", "2023-04-03"),
    ),
    (
        "finalise_written_record",
        given(happened("received", "2023-03-29", form="oral"), ANSWERED, REQUESTED),
        None,
        happened("written_record_finalised", "2023-04-20"),
    ),
    (
        "agree_statement_of_complaint",
        AT_STAGE_2,
        None,
        happened("statement_of_complaint_agreed", "2023-04-20"),
    ),
    ("appoint_investigating_officer", AT_STAGE_2, None, happened("io_appointed", "2023-04-20")),
    ("appoint_independent_person", AT_STAGE_2, None, happened("ip_appointed", "2023-04-20")),
    ("respond", given(RECEIVED), "2023-04-14", ANSWERED),
    ("answer_again", REOPENED, None, happened("stage_responded", "2023-05-04")),
    (
        "conclude_adr",
        given(RECEIVED, happened("adr_offered", "2023-04-03", type="mediation")),
        None,
        happened("adr_concluded", "2023-04-11", result="resolved"),
    ),
    (
        "decide_late_request",
        TOO_LATE,
        None,
        happened("late_request_decided", "2023-06-20"),
    ),
    ("appoint_panel", TO_PANEL, None, happened("panel_appointed", "2023-05-30")),
    ("hold_panel", TO_PANEL, "2023-07-04", HELD),
    ("send_panel_report", TO_PANEL.and_then(HELD), "2023-06-12", REPORTED),
    (
        "respond_to_panel",
        TO_PANEL.and_then(HELD).and_then(REPORTED),
        "2023-06-29",
        happened("stage3_responded", "2023-06-20"),
    ),
    ("confirm_withdrawal", given(RECEIVED, WITHDRAWN), None, None),
    ("complete_remedy", given(RECEIVED, ANSWERED, REMEDY), "2023-05-31", happened("remedied", "2023-05-02")),
    (
        "implement_learning",
        given(RECEIVED, ANSWERED, LEARNING),
        "2023-06-30",
        happened("learning_not_implemented", "2023-05-02"),
    ),
    ("may_ask_for_stage_2", given(RECEIVED, ANSWERED), None, REQUESTED),
    (
        "may_ask_for_panel",
        ADJUDICATED_STORY,
        "2023-06-14",
        happened("escalated", "2023-05-22", to_stage=3),
    ),
    (
        "await_lgsco",
        given(RECEIVED, ANSWERED, happened("lgsco_referred", "2023-05-02")),
        None,
        happened("lgsco_decided", "2023-09-01"),
    ),
]


def owed(story: Story) -> dict[str, Obligation]:
    return {one.name: one for one in obligations(story.complaint, profile())}


@pytest.mark.parametrize(("name", "story", "due_on", "done"), OWED, ids=[row[0] for row in OWED])
def test_it_is_owed_until_it_is_done(name: str, story: Story, due_on: str | None, done: object) -> None:
    one = owed(story)[name]
    assert (one.due_on.isoformat() if one.due_on else None) == due_on
    assert one.rule
    if done is not None:
        assert name not in owed(story.and_then(done))  # type: ignore[arg-type] # the rows' events


def test_every_kind_has_a_story() -> None:
    assert {row[0] for row in OWED} == {kind.name for kind in KINDS}


def test_a_confirmed_withdrawal_owes_nothing() -> None:
    confirmed = happened("withdrawn", "2023-04-03", confirmed_on="2023-04-05")
    assert owed(given(RECEIVED, confirmed)) == {}


@pytest.mark.parametrize(
    "ended",
    [
        WITHDRAWN,
        happened("eligibility_assessed", "2023-04-03", decision="refused", reason="out_of_time"),
        happened("early_resolved", "2023-04-03"),
    ],
    ids=["withdrawn", "refused", "settled"],
)
def test_a_concern_for_a_child_outlives_the_complaint_until_it_is_closed(ended: Event) -> None:
    """CA 1989 s47: the duty is to the child. It comes first of all that is owed, due on the day itself."""
    story = given(CONCERN, ended)
    first = obligations(story.complaint, profile())[0]
    assert (first.name, first.urgent, first.due_on) == ("refer_safeguarding", True, date(2023, 3, 29))
    assert "refer_safeguarding" not in owed(story.and_then(happened("closed", "2023-04-05")))
    assert "refer_safeguarding" not in owed(story.and_then(REFERRED))


def test_without_a_flag_there_is_no_concern_to_pass_on() -> None:
    unflagged = happened("received", "2023-03-29", safeguarding_flag=False)
    assert "refer_safeguarding" not in owed(given(unflagged))


def test_the_window_for_a_panel_counts_from_receipt_of_the_notice() -> None:
    """Reg 18(2): 20 working days after the notice was received; without a receipt two are allowed for it."""
    received = happened("adjudicated", "2023-05-12", received_on="2023-05-22")
    one = owed(AT_STAGE_2.and_then(received))["may_ask_for_panel"]
    assert (one.waiting_on, one.starts_on, one.due_on) == (
        "complainant",
        date(2023, 5, 22),
        date(2023, 6, 20),
    )


def test_a_request_within_the_window_needs_no_decision() -> None:
    assert "decide_late_request" not in owed(TO_PANEL)


def test_there_is_no_stage_2_to_ask_for_where_the_procedure_has_none() -> None:
    answered = given(happened("received", "2023-03-29", procedure="non_statutory"), ANSWERED)
    assert "may_ask_for_stage_2" not in owed(answered)


@pytest.mark.parametrize("disposal", ["withdrawn", "not_pursued", "refused"])
def test_a_request_that_came_to_nothing_may_be_made_again(disposal: str) -> None:
    """Reg 15(2): stage 2 has no time limit. A panel may be asked for again within its window (reg 18(2))."""
    ended = happened("escalation_ended", "2023-05-03", to_stage=2, disposal=disposal)
    assert owed(given(RECEIVED, ANSWERED, REQUESTED, ended))["may_ask_for_stage_2"].due_on is None
    no_panel = happened("escalation_ended", "2023-06-01", to_stage=3, disposal=disposal)
    assert owed(TO_PANEL.and_then(no_panel))["may_ask_for_panel"].due_on == date(2023, 6, 14)


def test_other_procedures_have_no_investigators() -> None:
    story = given(happened("received", "2023-03-29", procedure="corporate_code"), ANSWERED, REQUESTED)
    assert not {name for name in owed(story) if name.startswith(("appoint", "agree"))}


@pytest.mark.parametrize("year", ["1923", "2035"])
def test_where_days_cannot_be_counted_the_dates_are_to_be_corrected(year: str) -> None:
    """Out of the calendar's years is an error, never "no holiday": so it is owed to look at the dates."""
    found = owed(Story((happened("received", f"{year}-12-29"),)))
    assert "respond" not in found
    assert (found[CORRECT_DATES].due_on, found[CORRECT_DATES].waiting_on) == (None, "council")
    assert "assess_eligibility" in found


def test_every_name_an_obligation_can_have_has_its_words() -> None:
    assert set(WORDS) == {kind.name for kind in KINDS} | {CORRECT_DATES, UNREADABLE}


def test_an_extension_holds_within_the_maximum() -> None:
    story = given(RECEIVED, happened("extended", "2023-04-03", new_due="2023-04-25"))
    one = owed(story)["respond"]
    assert (one.due_on, one.extended_to) == (date(2023, 4, 25), date(2023, 4, 25))
    beyond = given(RECEIVED, happened("extended", "2023-04-03", new_due="2023-12-25"))
    assert owed(beyond)["respond"].due_on == date(2023, 4, 28)


def test_the_reason_names_the_rule_and_the_holidays_passed_over() -> None:
    found = deadlines(given(RECEIVED).complaint, profile(), date(2023, 4, 11))
    respond = next(one for one in found if one["obligation"] == "respond")
    assert [str(one["on"]) for one in respond["bank_holidays_passed"]] == ["2023-04-07", "2023-04-10"]
    assert respond["working_days_left"] == 3
    assert not respond["overdue"]
    assert respond["reason"] == (
        "Send the answer. "
        "The time counts from 29 March 2023 (SI 2006/1738 reg 14(1), (5)), that day being day 0. "
        "Weekends and bank holidays do not count: Good Friday (7 April 2023), Easter Monday (10 April 2023). "
        "It is due on 14 April 2023, after 10 working days. "
        "The latest day the rules allow is 28 April 2023, after 20 working days."
    )


def test_the_reason_says_when_the_day_has_passed_and_what_an_extension_came_to() -> None:
    """An extension beyond the maximum, which a history may hold, moves the day to the maximum."""
    story = given(RECEIVED, happened("extended", "2023-04-03", new_due="2023-12-25")).complaint
    found = deadlines(story, profile(), date(2023, 5, 2))
    said = next(one for one in found if one["obligation"] == "respond")["reason"]
    assert "It was extended to 25 December 2023. It is due on 28 April 2023, after 20 working days." in said
    assert said.endswith("That day has passed.")


def test_a_day_that_was_agreed_is_not_counted_out() -> None:
    agreed = happened("remedy_agreed", "2023-04-11", remedy="R1", source="council", types=["apology"])
    dated = happened(
        "remedy_agreed", "2023-04-11", remedy="R2", source="council", types=["apology"], due_on="2023-05-02"
    )
    found = deadlines(given(RECEIVED, ANSWERED, agreed, dated).complaint, profile(), date(2023, 4, 12))
    said = {one["about"]: one["reason"] for one in found if one["obligation"] == "complete_remedy"}
    assert said["R1"] == "Do what was agreed to put things right. There is no fixed time limit (as agreed)."
    assert said["R2"] == "Do what was agreed to put things right. It is due on 2 May 2023 (as agreed)."


def test_a_deadline_that_waits_says_for_what() -> None:
    story = given(RECEIVED, happened("advocate_requested", "2023-03-30"))
    found = deadlines(story.complaint, profile(), date(2023, 4, 11))
    respond = next(one for one in found if one["obligation"] == "respond")
    assert (respond["due_on"], respond["overdue"]) == (None, False)
    assert "advocate" in respond["reason"]


def test_a_deferred_stage_2_has_no_due_date() -> None:
    """Reg 8(1): what would prejudice concurrent proceedings is not considered meanwhile, at any stage."""
    story = given(RECEIVED, ANSWERED, REQUESTED, happened("deferred_concurrent", "2023-04-20"))
    assert (owed(story)["respond"].due_on, owed(story)["respond"].waiting_for) == (
        None,
        "deferred_concurrent",
    )
    back = story.and_then(happened("resubmitted", "2023-05-02"))
    assert owed(back)["respond"].due_on == date(2023, 5, 23)


def test_a_moved_start_is_told() -> None:
    story = given(
        RECEIVED, happened("advocate_requested", "2023-03-30"), happened("advocate_appointed", "2023-04-05")
    )
    respond = next(
        one
        for one in deadlines(story.complaint, profile(), date(2023, 4, 11))
        if one["obligation"] == "respond"
    )
    assert [(str(one["on"]), one["rule"]) for one in respond["moved_by"]] == [
        ("2023-04-05", "SI 2006/1738 reg 14(3)(b)")
    ]
    assert str(respond["due_on"]) == "2023-04-21"


def test_replaying_tells_what_each_event_changed() -> None:
    moved = happened(
        "correction_recorded",
        "2023-04-13",
        corrects={"event": "stage_responded", "stage": 1, "on": "2023-04-12"},
        changes={"on": "2023-04-11"},
    )
    story = given(RECEIVED, ANSWERED, moved)
    steps = list(replay(story.history, story.profiles))
    changed = [{one.what: (one.before, one.after) for one in step.changes} for step in steps]
    assert changed[0]["state"] == ("not_received", "stage_1")
    assert changed[1]["stage 1 answered"] == (None, date(2023, 4, 12))
    assert changed[1]["owed: respond 1"] == (date(2023, 4, 14), None)
    assert steps[2].corrects == "stage_responded of 2023-04-12"
    assert changed[2] == {
        "stage_responded on": (date(2023, 4, 12), "2023-04-11"),
        "stage 1 answered": (date(2023, 4, 12), date(2023, 4, 11)),
    }


def test_replaying_tells_the_outcome_and_names_each_change_once() -> None:
    moved = happened(
        "correction_recorded",
        "2023-04-13",
        corrects={"event": "received", "on": "2023-03-29"},
        changes={"on": "2023-03-28"},
    )
    story = given(RECEIVED, ANSWERED, moved)
    _, answered, corrected = replay(story.history, story.profiles)
    assert ("stage 1 outcome", None, "upheld") in [
        (one.what, one.before, one.after) for one in answered.changes
    ]
    assert [one.what for one in corrected.changes] == ["received on", "stage 1 opened"]
