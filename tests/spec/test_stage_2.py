"""Stage 2, investigation: request, appointment, reports, adjudication (SI 2006/1738 regs 17, 18)."""

from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")

ANSWERED = happened("stage_responded", "2023-02-20")
REQUESTED = happened("escalated", "2023-03-08")
APPOINTED = (happened("io_appointed", "2023-03-13"), happened("ip_appointed", "2023-03-13"))
REPORTS = (
    happened("investigation_report_received", "2023-04-14", author="io"),
    happened("investigation_report_received", "2023-04-14", author="ip"),
)
UNDER_WAY = given(RECEIVED, ANSWERED, REQUESTED)
REPORTED = given(RECEIVED, ANSWERED, REQUESTED, *APPOINTED, *REPORTS)
ADJUDICATED = happened("adjudicated", "2023-04-20")
CORPORATE = given(happened("received", "2023-02-06", procedure="corporate_code"), ANSWERED, REQUESTED)

LAWS = [
    Law(
        "stage_1_unfinished",
        "SI 2006/1738 regs 14(1), 17(1)",
        given(RECEIVED),
        breaks=happened("escalated", "2023-02-20"),
        field="to_stage",
        says=("2023-02-20",),
        kept_after=given(RECEIVED, happened("stage_responded", "2023-02-17")),
    ),
    Law(
        "stage_1_unfinished",
        "SI 2006/1738 regs 14(1), 17(1)",
        given(RECEIVED),
        id="overdue",
        breaks=happened("escalated", "2023-02-17"),
        field="to_stage",
        keeps=happened("escalated", "2023-02-21"),
    ),
    Law(
        "stage_1_unfinished",
        "SI 2006/1738 regs 14(1), 17(1)",
        given(RECEIVED, happened("extended", "2023-02-15", new_due="2023-03-06")),
        id="extended",
        breaks=happened("escalated", "2023-03-06"),
        field="to_stage",
        says=("2023-03-06",),
        keeps=happened("escalated", "2023-03-07"),
    ),
    Law(
        "stage_1_unfinished",
        "SI 2006/1738 regs 14(1), 17(1)",
        given(RECEIVED, happened("advocate_requested", "2023-02-08")),
        id="an advocate is awaited",
        breaks=happened("escalated", "2023-03-06"),
        field="to_stage",
        says=("2023-03-06",),
        keeps=happened("escalated", "2023-03-07"),
    ),
    Law(
        "already_requested",
        "history format",
        UNDER_WAY,
        breaks=happened("escalated", "2023-03-20"),
        field="to_stage",
        says=("2023-03-08",),
        kept_after=given(RECEIVED, ANSWERED, REQUESTED, happened("escalation_ended", "2023-03-15")),
    ),
    Law(
        "request_unknown",
        "history format",
        given(RECEIVED, ANSWERED),
        breaks=happened("escalation_ended", "2023-03-15"),
        field="to_stage",
        says=("2023-03-15",),
        kept_after=UNDER_WAY,
    ),
    Law(
        "stage_2_not_refusable",
        "SI 2006/1738 reg 17(1)(b); LGSCO decision 24 015 996",
        UNDER_WAY,
        breaks=happened("escalation_ended", "2023-03-15", disposal="refused"),
        field="disposal",
        says=("2023-03-08",),
        keeps=happened("escalation_ended", "2023-03-15", disposal="not_pursued"),
    ),
    Law(
        "stage_2_not_refusable",
        "SI 2006/1738 reg 17(1)(b); LGSCO decision 24 015 996",
        UNDER_WAY,
        id="outside the Act",
        breaks=happened("escalation_ended", "2023-03-15", disposal="refused"),
        field="disposal",
        kept_after=CORPORATE,
    ),
    Law(
        "stage_2_not_requested",
        "SI 2006/1738 reg 17(1)",
        given(RECEIVED, ANSWERED),
        breaks=happened("statement_of_complaint_agreed", "2023-03-20"),
        field="on",
        says=("2023-03-20",),
        kept_after=UNDER_WAY,
    ),
    Law(
        "stage_2_not_requested",
        "SI 2006/1738 reg 17(1)",
        given(RECEIVED, ANSWERED),
        id="adjudicated",
        breaks=ADJUDICATED,
        field="on",
        says=("2023-04-20",),
        kept_after=REPORTED,
    ),
    Law(
        "no_appointment_without_request",
        "SI 2006/1738 reg 17(2)",
        given(RECEIVED, ANSWERED),
        breaks=APPOINTED[1],
        field="on",
        kept_after=UNDER_WAY,
    ),
    Law(
        "author_not_appointed",
        "SI 2006/1738 reg 17(2)",
        UNDER_WAY.and_then(APPOINTED[0]),
        breaks=REPORTS[1],
        field="author",
        keeps=REPORTS[0],
    ),
    Law(
        "nobody_independent_appointed",
        "SI 2006/1738 reg 17(2)",
        UNDER_WAY.and_then(APPOINTED[0]).and_then(REPORTS[0]),
        breaks=ADJUDICATED,
        field="on",
        kept_after=REPORTED,
    ),
    Law(
        "report_missing",
        "SI 2006/1738 reg 17; councils' guidance",
        given(RECEIVED, ANSWERED, REQUESTED, *APPOINTED, REPORTS[0]),
        breaks=ADJUDICATED,
        field="on",
        says=("ip",),
        kept_after=REPORTED,
    ),
    Law(
        "not_by_this_procedure",
        "SI 2006/1738 regs 14(4), 16, 17, 19, 20",
        CORPORATE.and_then(APPOINTED[0]).and_then(APPOINTED[1]),
        breaks=ADJUDICATED,
        field="on",
        says=("corporate_code",),
        kept_after=REPORTED,
    ),
    Law(
        "received_before_sent",
        "SI 2006/1738 reg 18(2)",
        REPORTED,
        breaks=happened("adjudicated", "2023-04-20", received_on="2023-04-19"),
        field="received_on",
        says=("2023-04-19", "2023-04-20"),
        keeps=happened("adjudicated", "2023-04-20", received_on="2023-04-20"),
    ),
    Law(
        "already_answered",
        "history format",
        REPORTED.and_then(ADJUDICATED),
        breaks=happened("adjudicated", "2023-04-27"),
        field="on",
        says=("2023-04-20",),
        kept_after=REPORTED,
    ),
    Law(
        "unknown_issue",
        "history format",
        REPORTED,
        breaks=happened("adjudicated", "2023-04-20", issue_outcomes=[{"issue": 7, "outcome": "upheld"}]),
        field="issue_outcomes.0.issue",
        keeps=ADJUDICATED,
    ),
    Law(
        "extension_beyond_maximum",
        "SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4",
        UNDER_WAY,
        id="day 65",
        breaks=happened("extended", "2023-04-03", stage=2, reason="other", new_due="2023-06-15"),
        field="new_due",
        says=("2023-06-14",),
        keeps=happened("extended", "2023-04-03", stage=2, reason="other", new_due="2023-06-14"),
    ),
    Law(
        "extension_too_late",
        "SI 2006/1738 reg 17(6)",
        UNDER_WAY,
        id="day 25",
        breaks=happened("extended", "2023-04-17", stage=2, reason="other", new_due="2023-05-31"),
        field="on",
        says=("2023-04-14", "2023-04-17"),
        keeps=happened("extended", "2023-04-14", stage=2, reason="other", new_due="2023-05-31"),
    ),
    Law(
        "procedure_has_no_such_stage",
        "SI 2006/1738 regs 14, 17-20; LGSCO Code section 6; the council's own",
        given(happened("received", "2023-02-06", procedure="non_statutory"), ANSWERED),
        breaks=REQUESTED,
        field="to_stage",
        says=("non_statutory",),
        kept_after=given(RECEIVED, ANSWERED),
    ),
    Law(
        "stage_2_not_requested",
        "SI 2006/1738 reg 17(1)",
        UNDER_WAY,
        id="both dates are named",
        breaks=happened("statement_of_complaint_agreed", "2023-03-07"),
        field="on",
        says=("2023-03-07", "2023-03-08"),
        keeps=happened("statement_of_complaint_agreed", "2023-03-08"),
    ),
    Law(
        "stage_not_opened",
        "SI 2006/1738 regs 14, 17(1), 18",
        UNDER_WAY,
        id="both dates are named",
        breaks=happened("acknowledged", "2023-03-01", stage=2),
        field="stage",
        says=("2023-03-01", "2023-03-08"),
        keeps=happened("acknowledged", "2023-03-09", stage=2),
    ),
    Law(
        "no_appointment_without_request",
        "SI 2006/1738 reg 17(2)",
        UNDER_WAY,
        id="both dates are named",
        breaks=happened("io_appointed", "2023-03-07"),
        field="on",
        says=("2023-03-07", "2023-03-08"),
        keeps=happened("io_appointed", "2023-03-08"),
    ),
    Law(
        "no_prior_response",
        "LGSCO Complaint Handling Code 2024, section 6",
        given(happened("received", "2023-02-06", procedure="corporate_code")),
        breaks=REQUESTED,
        field="to_stage",
        kept_after=given(happened("received", "2023-02-06", procedure="corporate_code"), ANSWERED),
    ),
    Law(
        "not_oral",
        "SI 2006/1738 reg 16(1)",
        UNDER_WAY,
        breaks=happened("written_record_finalised", "2023-03-15"),
        field="on",
        kept_after=given(happened("received", "2023-02-06", form="oral"), ANSWERED, REQUESTED),
    ),
    Law(
        "independent_person_internal",
        "SI 2006/1738 reg 2",
        UNDER_WAY,
        breaks=happened("ip_appointed", "2023-03-13", internal=True),
        field="internal",
        keeps=happened("io_appointed", "2023-03-13", internal=True),
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        UNDER_WAY.and_then(happened("escalation_ended", "2023-03-10")),
        id="the request was withdrawn",
        breaks=APPOINTED[0],
        field="on",
        says=("withdrawn",),
        kept_after=UNDER_WAY,
    ),
    Law(
        "stage_over",
        "SI 2006/1738 regs 14(1), 15(1), 17-20",
        REPORTED.and_then(ADJUDICATED),
        id="adjudicated",
        breaks=happened("statement_of_complaint_agreed", "2023-04-21"),
        field="on",
        says=("2023-04-20",),
        keeps=happened("statement_of_complaint_agreed", "2023-04-19"),
    ),
]


def test_there_is_no_time_limit_on_a_request_for_stage_2() -> None:
    """Reg 15(2); domain 1a: warn, never refuse."""
    closed = given(RECEIVED, ANSWERED, happened("closed", "2023-02-24"))
    after = closed.decided(happened("escalated", "2024-06-03"))
    assert (after.over, after.state) == (None, "stage_2")


def test_straight_to_stage_2_is_never_at_stage_1() -> None:
    """History format: entry_stage 2, followed by the request on the day agreed."""
    entered = happened("eligibility_assessed", "2023-02-08", entry_stage=2)
    after = given(RECEIVED, entered).decided(happened("escalated", "2023-02-08"))
    assert (after.stages[1].ended_by, after.state) == ("entered_at_stage_2", "stage_2")


def test_stage_2_of_a_corporate_procedure_is_answered_like_stage_1() -> None:
    assert CORPORATE.decided(happened("stage_responded", "2023-03-20", stage=2)).state == "answered"
    refused = CORPORATE.refusal(happened("escalated", "2023-05-01", to_stage=3), ["reasons"])
    assert refused.rule in {"procedure_has_no_such_stage", "stage_2_unanswered"}


def test_a_statement_before_the_request_cannot_have_happened() -> None:
    """Sandwell's Person 3, as printed: statement, adjudication and closing in the year before the request."""
    story = given(
        happened("received", "2022-10-03"),
        happened("stage_responded", "2022-10-17"),
        happened("escalated", "2022-11-11"),
    )
    for name, on in (("statement_of_complaint_agreed", "2022-01-12"), ("adjudicated", "2022-04-06")):
        assert story.refusal(happened(name, on), historic=True).rule == "before_receipt"
    between = story.refusal(happened("statement_of_complaint_agreed", "2022-11-10"), historic=True)
    assert between.rule == "stage_2_not_requested"
    assert between.message == "on 2022-11-10 stage 2 had not been requested; the request is of 2022-11-11"


def test_a_notice_may_be_sent_on_a_sunday() -> None:
    """Sandwell's Person 7 was adjudicated on Sunday 20 August 2023: unusual, not impossible (domain 4)."""
    sunday = happened("adjudicated", "2023-08-20")
    assert sunday.on.weekday() == 6
    assert sunday in REPORTED.decided(sunday).story
