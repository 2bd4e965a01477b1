"""Stage 1, local resolution: acknowledgement, start, extension, answer (SI 2006/1738 regs 11-15)."""

from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")

ANSWERED = happened("stage_responded", "2023-02-20")
TWO_ISSUES = happened(
    "received", "2023-02-06", issues=[{"no": 1, "theme": "staff"}, {"no": 2, "theme": "delay"}]
)
BOTH = [{"issue": 1, "outcome": "upheld"}, {"issue": 2, "outcome": "not_upheld"}]
NONE_IN_THE_MIDDLE = {"partially_upheld": {"until": "2023-01-31"}}
PARTLY = [{"issue": 1, "outcome": "partially_upheld"}]
CORPORATE = given(happened("received", "2023-02-06", procedure="corporate_code"))
SKIPPED = given(RECEIVED, happened("stage1_skipped", "2023-02-09"))
SETTLED = given(RECEIVED, happened("resolved", "2023-02-15", terms_sent_on="2023-02-15"))
DEFERRED = given(RECEIVED, happened("deferred_concurrent", "2023-02-09"))

LAWS = [
    Law(
        "already_acknowledged",
        "history format",
        given(RECEIVED, happened("acknowledged", "2023-02-07")),
        breaks=happened("acknowledged", "2023-02-09"),
        field="stage",
        says=("2023-02-07",),
        kept_after=given(RECEIVED),
    ),
    Law(
        "already_acknowledged",
        "history format",
        given(RECEIVED, ANSWERED),
        id="answered",
        breaks=happened("acknowledged", "2023-02-21"),
        field="stage",
        keeps=happened("acknowledged", "2023-02-08"),
        kept_after=given(RECEIVED),
    ),
    Law(
        "stage_not_opened",
        "SI 2006/1738 regs 14, 17(1), 18",
        given(RECEIVED),
        breaks=happened("acknowledged", "2023-02-07", stage=2),
        field="stage",
        says=("2023-02-07", "2"),
        keeps=happened("acknowledged", "2023-02-07"),
    ),
    Law(
        "stage_not_opened",
        "SI 2006/1738 regs 14, 17(1), 18",
        given(RECEIVED, happened("eligibility_assessed", "2023-02-07", entry_stage=2)),
        id="stage 1 not entered",
        breaks=ANSWERED,
        field="stage",
        kept_after=given(RECEIVED),
    ),
    Law(
        "settlement_too_late",
        "history format",
        given(RECEIVED, happened("eligibility_assessed", "2023-02-07")),
        breaks=happened("early_resolved", "2023-02-09"),
        field="on",
        kept_after=given(RECEIVED),
    ),
    Law(
        "start_not_later",
        "SI 2006/1738 reg 14(4)",
        given(RECEIVED),
        breaks=happened("start_date_agreed", "2023-02-08", new_start="2023-02-06"),
        field="new_start",
        says=("2023-02-06",),
        keeps=happened("start_date_agreed", "2023-02-08", new_start="2023-02-07"),
    ),
    Law(
        "start_not_later",
        "SI 2006/1738 reg 14(4)",
        given(RECEIVED, ANSWERED),
        id="answered",
        breaks=happened("start_date_agreed", "2023-02-21", new_start="2023-03-07"),
        field="on",
        kept_after=given(RECEIVED),
    ),
    Law(
        "skip_not_allowed",
        "SI 2006/1738 reg 14(1)",
        given(happened("received", "2023-02-06", procedure="corporate_code")),
        breaks=happened("stage1_skipped", "2023-02-09"),
        field="on",
        kept_after=given(RECEIVED),
    ),
    Law(
        "skip_not_allowed",
        "SI 2006/1738 reg 14(1)",
        given(RECEIVED, ANSWERED),
        id="answered",
        breaks=happened("stage1_skipped", "2023-02-21"),
        field="on",
        kept_after=given(RECEIVED),
    ),
    Law(
        "issues_undecided",
        "SI 2006/1738 regs 14, 17; LGSCO Code 6.6",
        given(TWO_ISSUES),
        breaks=happened("stage_responded", "2023-02-20"),
        field="issue_outcomes",
        says=("2",),
        keeps=happened("stage_responded", "2023-02-20", issue_outcomes=BOTH),
    ),
    Law(
        "outcome_not_in_use",
        "history format",
        given(RECEIVED, outcomes=NONE_IN_THE_MIDDLE),
        breaks=happened("stage_responded", "2023-02-20", issue_outcomes=PARTLY),
        field="issue_outcomes.0.outcome",
        keeps=ANSWERED,
    ),
    Law(
        "outcome_not_in_use",
        "history format",
        given(RECEIVED, outcomes=NONE_IN_THE_MIDDLE),
        id="overall",
        breaks=happened("stage_responded", "2023-02-20", outcome="partially_upheld"),
        field="outcome",
        kept_after=given(RECEIVED, outcomes={"partially_upheld": {"until": "2023-02-20"}}),
    ),
    Law(
        "unknown_issue",
        "history format",
        given(RECEIVED),
        breaks=happened("stage_responded", "2023-02-20", issue_outcomes=BOTH),
        field="issue_outcomes.1.issue",
        kept_after=given(TWO_ISSUES),
    ),
    Law(
        "already_answered",
        "history format",
        given(RECEIVED, ANSWERED),
        breaks=happened("stage_responded", "2023-02-27"),
        field="on",
        says=("2023-02-20",),
        kept_after=given(
            RECEIVED, ANSWERED, happened("closed", "2023-02-21"), happened("reopened", "2023-02-24")
        ),
    ),
    Law(
        "answer_after_escalation",
        "SI 2006/1738 reg 17(4)",
        given(RECEIVED, happened("escalated", "2023-03-08")),
        breaks=happened("stage_responded", "2023-03-09"),
        field="on",
        says=("2023-03-08", "2023-03-09"),
        kept_after=given(RECEIVED),
    ),
    Law(
        "procedure_has_no_such_stage",
        "SI 2006/1738 regs 14, 17-20; LGSCO Code section 6; the council's own",
        given(RECEIVED, ANSWERED, happened("escalated", "2023-03-08")),
        breaks=happened("stage_responded", "2023-03-20", stage=2),
        field="stage",
        says=("adjudicated",),
        kept_after=given(
            happened("received", "2023-02-06", procedure="corporate_code"),
            ANSWERED,
            happened("escalated", "2023-03-08"),
        ),
    ),
    Law(
        "procedure_not_that",
        "history format",
        given(RECEIVED),
        breaks=happened(
            "procedure_changed", "2023-02-08", **{"from": "corporate_code", "to": "non_statutory"}
        ),
        field="from",
        says=("children_statutory",),
        keeps=happened("procedure_changed", "2023-02-08"),
    ),
    Law(
        "procedure_not_that",
        "history format",
        given(RECEIVED, ANSWERED),
        id="answered",
        breaks=happened("procedure_changed", "2023-02-21"),
        field="to",
        kept_after=given(RECEIVED),
    ),
    Law(
        "not_deferred",
        "SI 2006/1738 reg 8(5)",
        given(RECEIVED),
        breaks=happened("resubmitted", "2023-03-01"),
        field="on",
        kept_after=given(RECEIVED, happened("deferred_concurrent", "2023-02-09")),
    ),
    Law(
        "already_deferred",
        "SI 2006/1738 reg 8(1)",
        DEFERRED,
        breaks=happened("deferred_concurrent", "2023-02-20"),
        field="on",
        kept_after=DEFERRED.and_then(happened("resubmitted", "2023-02-15")),
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        SKIPPED,
        breaks=ANSWERED,
        field="on",
        says=("skipped",),
        kept_after=given(RECEIVED),
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        SETTLED,
        id="settled",
        breaks=ANSWERED,
        field="on",
        says=("resolved",),
        kept_after=SETTLED.and_then(happened("closed", "2023-02-16")).and_then(
            happened("reopened", "2023-02-17")
        ),
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        given(RECEIVED, ANSWERED),
        id="settled after the answer",
        breaks=happened("resolved", "2023-02-22", terms_sent_on="2023-02-22"),
        field="on",
        says=("2023-02-20",),
        kept_after=given(RECEIVED),
    ),
    Law(
        "stage_never_opened",
        "history format",
        given(RECEIVED),
        breaks=happened("withdrawn", "2023-02-15", stage=2),
        field="stage",
        says=("2023-02-15", "2"),
        keeps=happened("withdrawn", "2023-02-15", stage=1),
    ),
    Law(
        "stage_never_opened",
        "history format",
        given(RECEIVED),
        id="what it cost",
        breaks=happened("cost_recorded", "2023-02-15", stage=3, amount=900),
        field="stage",
        keeps=happened("cost_recorded", "2023-02-15", stage=1, amount=900),
    ),
    Law(
        "nothing_offered",
        "mediation is voluntary: councils' guidance",
        given(RECEIVED),
        breaks=happened("adr_concluded", "2023-02-22", result="resolved"),
        field="on",
        says=("2023-02-22",),
        kept_after=given(RECEIVED, happened("adr_offered", "2023-02-15", type="mediation")),
    ),
    Law(
        "not_by_this_procedure",
        "SI 2006/1738 regs 14(4), 16, 17, 19, 20",
        CORPORATE,
        id="an agreed start",
        breaks=happened("start_date_agreed", "2023-02-08", new_start="2023-02-20"),
        field="on",
        says=("corporate_code",),
        kept_after=given(RECEIVED),
    ),
    Law(
        "procedure_not_that",
        "history format",
        given(RECEIVED),
        id="to the same",
        breaks=happened(
            "procedure_changed", "2023-02-08", **{"from": "children_statutory", "to": "children_statutory"}
        ),
        field="to",
        keeps=happened("procedure_changed", "2023-02-08"),
    ),
    Law(
        "procedure_has_no_such_stage",
        "SI 2006/1738 regs 14, 17-20; LGSCO Code section 6; the council's own",
        given(RECEIVED, ANSWERED, happened("escalated", "2023-03-08")),
        id="change of procedure at stage 2",
        breaks=happened("procedure_changed", "2023-03-09"),
        field="to",
        says=("non_statutory", "2"),
        keeps=happened(
            "procedure_changed", "2023-03-09", **{"from": "children_statutory", "to": "corporate_code"}
        ),
    ),
]


def test_a_second_answer_keeps_the_date_of_the_first_and_the_outcome_of_the_last() -> None:
    """History format."""
    story = given(
        RECEIVED,
        happened("stage_responded", "2023-02-20", outcome="not_upheld"),
        happened("closed", "2023-02-21"),
        happened("reopened", "2023-02-24"),
        happened("stage_responded", "2023-03-01", outcome="upheld"),
    )
    stage = story.complaint.stages[1]
    assert stage.decided_by is not None
    assert (str(stage.answered_on), stage.decided_by.outcome) == ("2023-02-20", "upheld")
