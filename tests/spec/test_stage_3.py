"""Stage 3, the review panel: request, panel, report, response (SI 2006/1738 regs 18-20)."""

from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")

INVESTIGATED = given(
    RECEIVED,
    happened("stage_responded", "2023-02-20"),
    happened("escalated", "2023-03-08"),
    happened("io_appointed", "2023-03-13"),
    happened("ip_appointed", "2023-03-13"),
)
ADJUDICATED = INVESTIGATED.and_then(happened("adjudicated", "2023-04-20", received_on="2023-04-21"))
POSTED = INVESTIGATED.and_then(happened("adjudicated", "2023-04-20"))
REQUESTED = happened("escalated", "2023-05-22", to_stage=3)
ASKED = ADJUDICATED.and_then(REQUESTED)
APPOINTED = ASKED.and_then(happened("panel_appointed", "2023-05-30"))
HELD = APPOINTED.and_then(happened("panel_held", "2023-06-20"))
REPORTED = HELD.and_then(happened("panel_report_issued", "2023-06-23"))
ANSWER = happened("stage3_responded", "2023-07-10")

LAWS = [
    Law(
        "stage_2_unanswered",
        "SI 2006/1738 reg 18(1)",
        INVESTIGATED,
        breaks=REQUESTED,
        field="to_stage",
        texts=("reasons",),
        kept_after=ADJUDICATED,
    ),
    Law(
        "panel_request_needs_reasons",
        "SI 2006/1738 reg 18(2)",
        ADJUDICATED,
        breaks=REQUESTED,
        field="reasons",
        kept_texts=("reasons",),
    ),
    Law(
        "panel_request_late",
        "SI 2006/1738 reg 18(2)",
        ADJUDICATED,
        breaks=happened("escalated", "2023-05-24", to_stage=3),
        field="on",
        texts=("reasons",),
        says=("2023-05-23",),
        keeps=happened("escalated", "2023-05-23", to_stage=3),
    ),
    Law(
        "panel_request_late",
        "SI 2006/1738 reg 18(2)",
        POSTED,
        id="receipt is presumed two working days after posting",
        breaks=happened("escalated", "2023-05-25", to_stage=3),
        field="on",
        texts=("reasons",),
        says=("2023-05-24",),
        keeps=happened("escalated", "2023-05-24", to_stage=3),
    ),
    Law(
        "panel_request_late",
        "SI 2006/1738 reg 18(2)",
        ADJUDICATED,
        id="a late request was accepted",
        breaks=happened("escalated", "2023-06-05", to_stage=3),
        field="on",
        texts=("reasons",),
        kept_after=ADJUDICATED.and_then(happened("late_request_decided", "2023-06-05")),
    ),
    Law(
        "panel_request_late",
        "SI 2006/1738 reg 18(2)",
        ADJUDICATED.and_then(happened("late_request_decided", "2023-06-05", decision="refused")),
        id="a late request was refused",
        breaks=happened("escalated", "2023-06-06", to_stage=3),
        field="on",
        texts=("reasons",),
        kept_after=ADJUDICATED.and_then(happened("late_request_decided", "2023-06-05")),
    ),
    Law(
        "stage_3_not_requested",
        "SI 2006/1738 reg 18",
        ADJUDICATED,
        breaks=happened("panel_appointed", "2023-05-30"),
        field="on",
        says=("2023-05-30",),
        kept_after=ASKED,
    ),
    Law(
        "stage_3_not_requested",
        "SI 2006/1738 reg 18",
        ADJUDICATED,
        id="answered",
        breaks=ANSWER,
        field="on",
        kept_after=REPORTED,
    ),
    Law(
        "panel_out_of_order",
        "SI 2006/1738 regs 19, 20",
        ASKED,
        breaks=happened("panel_held", "2023-06-20"),
        field="on",
        kept_after=APPOINTED,
    ),
    Law(
        "panel_out_of_order",
        "SI 2006/1738 regs 19, 20",
        APPOINTED,
        id="report",
        breaks=happened("panel_report_issued", "2023-06-23"),
        field="on",
        kept_after=HELD,
    ),
    Law(
        "panel_out_of_order",
        "SI 2006/1738 regs 19, 20",
        HELD,
        id="answer",
        breaks=ANSWER,
        field="on",
        kept_after=REPORTED,
    ),
    Law(
        "already_answered",
        "history format",
        REPORTED.and_then(ANSWER),
        breaks=happened("stage3_responded", "2023-07-17"),
        field="on",
        says=("2023-07-10",),
        kept_after=REPORTED,
    ),
    Law(
        "already_requested",
        "history format",
        ASKED,
        breaks=happened("escalated", "2023-05-23", to_stage=3),
        field="to_stage",
        texts=("reasons",),
        says=("2023-05-22",),
        kept_after=ADJUDICATED,
    ),
    Law(
        "extension_reason",
        "SI 2006/1738 regs 14(5), 17(6)",
        ASKED,
        breaks=happened("extended", "2023-05-30", stage=3, new_due="2023-07-03"),
        field="stage",
        says=("3",),
        keeps=happened("acknowledged", "2023-05-30", stage=3),
    ),
    Law(
        "not_by_this_procedure",
        "SI 2006/1738 regs 14(4), 16, 17, 19, 20",
        given(
            happened("received", "2023-02-06", procedure="corporate_code"),
            happened("stage_responded", "2023-02-20"),
            happened("escalated", "2023-03-08"),
            happened("stage_responded", "2023-04-05", stage=2),
            happened("escalated", "2023-04-20", to_stage=3),
        ),
        breaks=happened("panel_appointed", "2023-05-30"),
        field="on",
        says=("corporate_code",),
        kept_after=ASKED,
    ),
    Law(
        "stage_3_not_requested",
        "SI 2006/1738 reg 18",
        ASKED,
        id="both dates are named",
        breaks=happened("panel_appointed", "2023-05-19"),
        field="on",
        says=("2023-05-19", "2023-05-22"),
        keeps=happened("panel_appointed", "2023-05-22"),
    ),
    Law(
        "stage_2_unanswered",
        "SI 2006/1738 reg 18(1)",
        ADJUDICATED,
        id="both dates are named",
        breaks=happened("escalated", "2023-04-19", to_stage=3),
        field="to_stage",
        texts=("reasons",),
        says=("2023-04-19", "2023-04-20"),
        keeps=REQUESTED,
    ),
    Law(
        "panel_out_of_order",
        "SI 2006/1738 regs 19, 20",
        HELD,
        id="both dates are named",
        breaks=happened("panel_report_issued", "2023-06-16"),
        field="on",
        says=("2023-06-16", "2023-06-20"),
        keeps=happened("panel_report_issued", "2023-06-20"),
    ),
    Law(
        "not_a_late_request",
        "SI 2006/1738 regs 15(2), 18(2)",
        ADJUDICATED,
        breaks=happened("late_request_decided", "2023-05-23"),
        field="on",
        says=("2023-05-23",),
        keeps=happened("late_request_decided", "2023-05-24"),
    ),
    Law(
        "not_a_late_request",
        "SI 2006/1738 regs 15(2), 18(2)",
        ASKED,
        id="made in time",
        breaks=happened("late_request_decided", "2023-06-05"),
        field="on",
        says=("2023-05-22", "2023-05-23"),
        kept_after=ADJUDICATED.and_then(happened("escalated", "2023-05-24", to_stage=3)),
    ),
    Law(
        "not_a_late_request",
        "SI 2006/1738 regs 15(2), 18(2)",
        ADJUDICATED,
        id="stage 2 has no time limit",
        breaks=happened("late_request_decided", "2023-06-05", to_stage=2),
        field="to_stage",
        keeps=happened("late_request_decided", "2023-06-05"),
    ),
    Law(
        "not_a_late_request",
        "SI 2006/1738 regs 15(2), 18(2)",
        INVESTIGATED,
        id="not adjudicated",
        breaks=happened("late_request_decided", "2023-06-05"),
        field="to_stage",
        kept_after=ADJUDICATED,
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        REPORTED.and_then(ANSWER),
        id="the panel was answered",
        breaks=happened("panel_held", "2023-07-17"),
        field="on",
        says=("2023-07-10",),
        kept_after=APPOINTED,
    ),
]


def test_the_whole_way_through_three_stages() -> None:
    after = REPORTED.decided(ANSWER)
    assert after.state == "answered"
    assert [stage.stage for stage in after.stages.values() if stage.answered_on] == [1, 2, 3]


def test_a_late_request_may_be_refused_after_it_was_made() -> None:
    """Either result is open to the council (domain 1a)."""
    late = ADJUDICATED.and_then(happened("escalated", "2023-06-05", to_stage=3))
    refused = late.decided(happened("late_request_decided", "2023-06-07", decision="refused"))
    assert refused.stages[3].ended_by == "refused"
