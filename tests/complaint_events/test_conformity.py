"""What a council has not done as required: one story for each requirement, and one that keeps it."""

from datetime import date

import pytest

from complaint_events.conformity import REPORTED, nonconformities
from complaint_events.event_model import Event
from tests.complaint_events.stories import happened, profile

RECEIVED = happened("received", "2023-02-06")
CHILD = happened("received", "2023-02-06", complainant={"ref": "C-1", "category": "child_looked_after"})
INTERESTED = happened("received", "2023-02-06", complainant={"ref": "P-2", "category": "sufficient_interest"})
ORDERLY = (happened("acknowledged", "2023-02-07"), happened("eligibility_assessed", "2023-02-07"))
TOLD = happened("advocacy_info_given", "2023-02-06")
ANSWERED = happened("stage_responded", "2023-02-20")
REQUESTED = happened("escalated", "2023-03-08")
INVESTIGATED = (
    happened("io_appointed", "2023-03-10"),
    happened("ip_appointed", "2023-03-10"),
    happened("investigation_report_received", "2023-04-14", author="io"),
    happened("investigation_report_received", "2023-04-14", author="ip"),
)
ADJUDICATED = happened("adjudicated", "2023-04-20")
TO_PANEL = (
    RECEIVED,
    *ORDERLY,
    ANSWERED,
    REQUESTED,
    ADJUDICATED,
    happened("escalated", "2023-05-02", to_stage=3),
)


def found(*story: Event) -> list[tuple[str, str]]:
    """What the annual report owns up to; the other patterns are in `test_faults`."""
    judged = nonconformities(story, "children_statutory", profile(), REPORTED)
    return [(one.rule, one.on.isoformat()) for one in judged]


def test_a_complaint_in_order_has_none() -> None:
    assert found(RECEIVED, *ORDERLY, ANSWERED) == []


def test_what_was_never_received_has_none() -> None:
    assert found(happened("lgsco_referred", "2023-02-06")) == []


BROKEN = [
    ("stage_1_late", "2023-03-07", (RECEIVED, *ORDERLY, happened("stage_responded", "2023-03-07"))),
    ("stage_1_unanswered", "2023-03-07", (RECEIVED, *ORDERLY)),
    ("no_acknowledgement", "2023-02-20", (RECEIVED, ORDERLY[1], ANSWERED)),
    ("no_eligibility_decision", "2023-02-20", (RECEIVED, ORDERLY[0], ANSWERED)),
    ("no_advocacy_information", "2023-02-20", (CHILD, *ORDERLY, ANSWERED)),
    ("no_sufficient_interest_decision", "2023-02-20", (INTERESTED, *ORDERLY, ANSWERED)),
    (
        "extension_late",
        "2023-02-21",
        (
            RECEIVED,
            *ORDERLY,
            happened("extended", "2023-02-21", new_due="2023-03-06"),
            happened("withdrawn", "2023-02-22"),
        ),
    ),
    (
        "stage_2_late",
        "2023-06-15",
        (RECEIVED, *ORDERLY, ANSWERED, REQUESTED, *INVESTIGATED, happened("adjudicated", "2023-06-15")),
    ),
    ("stage_2_undecided", "2023-06-15", (RECEIVED, *ORDERLY, ANSWERED, REQUESTED)),
    (
        "escalation_refused",
        "2023-03-10",
        (
            RECEIVED,
            *ORDERLY,
            ANSWERED,
            REQUESTED,
            happened("escalation_ended", "2023-03-10", disposal="refused"),
        ),
    ),
    ("stage_3_panel_late", "2023-06-16", TO_PANEL),
    (
        "stage_3_panel_late",
        "2023-06-20",
        (
            *TO_PANEL,
            happened("panel_held", "2023-06-20"),
            happened("panel_report_issued", "2023-06-21"),
            happened("stage3_responded", "2023-06-22"),
        ),
    ),
    ("stage_3_report_late", "2023-06-09", (*TO_PANEL, happened("panel_held", "2023-06-01"))),
    (
        "stage_3_response_late",
        "2023-06-28",
        (*TO_PANEL, happened("panel_held", "2023-06-01"), happened("panel_report_issued", "2023-06-06")),
    ),
]


@pytest.mark.parametrize(("rule", "on", "story"), BROKEN, ids=[f"{rule}-{on}" for rule, on, _ in BROKEN])
def test_what_was_not_done_counts_by_its_day(rule: str, on: str, story: tuple[Event, ...]) -> None:
    assert (rule, on) in found(*story)


def test_a_later_answer_does_not_take_back_what_stage_3_lacks() -> None:
    """Regs 19(4), 20(2): no panel by 15 June, no report by 8 June; an answer in time ends what is owed."""
    no_panel, in_time = happened("stage3_responded", "2023-06-20"), happened("stage3_responded", "2023-06-15")
    held, answered = happened("panel_held", "2023-06-01"), happened("stage3_responded", "2023-06-12")
    assert ("stage_3_panel_late", "2023-06-16") in found(*TO_PANEL, no_panel)
    assert "stage_3_panel_late" not in [rule for rule, _ in found(*TO_PANEL, in_time)]
    assert ("stage_3_report_late", "2023-06-09") in found(*TO_PANEL, held, answered)


def test_over_target_without_extension() -> None:
    late = happened("stage_responded", "2023-02-21")
    extended = happened("extended", "2023-02-15", new_due="2023-03-06")
    assert found(RECEIVED, *ORDERLY, late) == [("stage_1_over_target_not_extended", "2023-02-21")]
    assert found(RECEIVED, *ORDERLY, extended, late) == []


def test_late_is_past_the_maximum_even_when_extended_beyond_it() -> None:
    extended = happened("extended", "2023-02-15", new_due="2023-03-31")
    late = happened("stage_responded", "2023-03-30")
    assert found(RECEIVED, *ORDERLY, extended, late) == [("stage_1_late", "2023-03-30")]


@pytest.mark.parametrize("end", ["withdrawn", "closed"])
def test_nothing_is_owed_after_the_end(end: str) -> None:
    assert found(RECEIVED, *ORDERLY, happened(end, "2023-03-06")) == []
    assert found(RECEIVED, *ORDERLY, happened(end, "2023-03-07")) == [("stage_1_unanswered", "2023-03-07")]


def test_a_reopened_complaint_is_owed_again() -> None:
    over = (happened("closed", "2023-02-20"), happened("reopened", "2023-03-01"))
    assert found(RECEIVED, *ORDERLY, *over) == [("stage_1_unanswered", "2023-03-07")]


def test_an_ended_request_does_not_end_the_next_one() -> None:
    ended = happened("escalation_ended", "2023-03-15", disposal="not_pursued")
    again = happened("escalated", "2023-04-03")
    rules = [rule for rule, _ in found(RECEIVED, *ORDERLY, ANSWERED, REQUESTED, ended, again)]
    assert rules == ["stage_2_undecided"]


def test_advocacy_information_counts_before_receipt() -> None:
    assert found(TOLD, CHILD, *ORDERLY, ANSWERED) == []


def test_every_requirement_has_its_source_and_a_story() -> None:
    named = {rule for rule, _, _ in BROKEN} | {"stage_1_over_target_not_extended"}
    assert named == {rule.name for rule in REPORTED}
    assert all(rule.source and rule.says.endswith(".") for rule in REPORTED)


def test_the_annual_report_prints_these_in_this_order() -> None:
    """The table `conformity` of the report tables."""
    assert [rule.name for rule in REPORTED] == [
        "stage_1_over_target_not_extended",
        "stage_1_late",
        "stage_1_unanswered",
        "no_acknowledgement",
        "no_eligibility_decision",
        "no_advocacy_information",
        "extension_late",
        "stage_2_late",
        "stage_2_undecided",
        "escalation_refused",
        "no_sufficient_interest_decision",
        "stage_3_panel_late",
        "stage_3_report_late",
        "stage_3_response_late",
    ]


SETTLEMENTS = [
    happened("resolved", "2023-03-06"),
    happened("stage1_skipped", "2023-03-06"),
    happened("eligibility_assessed", "2023-03-06", entry_stage=2),
    happened("early_resolved", "2023-03-06"),
]


@pytest.mark.parametrize("settled", SETTLEMENTS, ids=lambda event: event.event)
def test_a_stage_that_was_settled_or_skipped_in_time_is_owed_no_answer(settled: Event) -> None:
    """Regs 14(1), 15(1); after the last day (6 March) it comes too late."""
    late = settled.model_copy(update={"on": date(2023, 3, 7)})
    assert found(RECEIVED, *ORDERLY, settled) == []
    assert found(RECEIVED, *ORDERLY, late) == [("stage_1_unanswered", "2023-03-07")]


DEFERRED = happened("deferred_concurrent", "2023-03-01")


def test_stage_1_is_not_unanswered_while_deferred() -> None:
    """Reg 8: what may not be considered is not late; resubmitted, it has the whole of its time again."""
    assert found(RECEIVED, *ORDERLY, DEFERRED) == []
    again = happened("resubmitted", "2023-09-04")
    assert found(RECEIVED, *ORDERLY, DEFERRED, again) == [("stage_1_unanswered", "2023-10-03")]


def test_later_stages_are_not_undecided_while_deferred() -> None:
    """Reg 8: a time that ran out meanwhile counts from the day after the resubmission."""
    requested = (RECEIVED, *ORDERLY, ANSWERED, REQUESTED)
    deferred, again = happened("deferred_concurrent", "2023-04-03"), happened("resubmitted", "2023-09-04")
    assert found(*requested, deferred) == []
    assert found(*requested, deferred, again) == [("stage_2_undecided", "2023-09-05")]
    too_late = happened("deferred_concurrent", "2023-06-15")
    assert found(*requested, too_late) == [("stage_2_undecided", "2023-06-15")]
    assert ("stage_3_panel_late", "2023-06-16") not in found(
        *TO_PANEL, happened("deferred_concurrent", "2023-06-01")
    )


def test_other_procedures_are_judged_by_their_own_limits() -> None:
    corporate = happened("received", "2023-02-06", procedure="corporate_local")
    story = (corporate, *ORDERLY, happened("stage_responded", "2023-02-28"))
    rules = [(one.rule, one.on) for one in nonconformities(story, "corporate_local", profile(), REPORTED)]
    assert rules == [
        ("stage_1_over_target_not_extended", date(2023, 2, 28)),
        ("stage_1_late", date(2023, 2, 28)),
    ]
