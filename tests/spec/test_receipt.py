"""Receipt, eligibility, and what may precede them."""

from tests.complaint_events.stories import NEEDED
from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")
PERSON = {"ref": "P-1", "category": "sufficient_interest"}
OLD = happened("received", "2023-02-06", grounds_arose_on="2022-02-05")
IN_TIME = happened("received", "2023-02-06", grounds_arose_on="2022-02-06")
PERSONS = happened("received", "2023-02-06", complainant=PERSON)
INTERESTED = happened("sufficient_interest_decided", "2023-02-09")
CHILD = {"ref": "P-1", "category": "child_in_need"}
ACCEPTED = happened("eligibility_assessed", "2023-02-10")
NEW_ISSUES = happened("issues_revised", "2023-02-09", issues=[{"no": 1, "theme": "delay"}])

LAWS = [
    Law(
        "in_the_future",
        "history format",
        given(RECEIVED),
        breaks=happened("acknowledged", "2024-06-04"),
        field="on",
        says=("2024-06-04", "2024-06-03"),
        keeps=happened("acknowledged", "2024-06-03"),
    ),
    Law(
        "outside_calendar",
        "SI 2006/1738 reg 2: its bank holidays must be known",
        given(),
        breaks=happened("received", "1999-12-31"),
        field="on",
        says=("2000", "2034"),
        keeps=happened("received", "2000-01-01"),
    ),
    Law(
        "outside_calendar",
        "SI 2006/1738 reg 2: its bank holidays must be known",
        given(RECEIVED),
        id="another date",
        breaks=happened("start_date_agreed", "2023-02-07", new_start="2035-01-01"),
        field="new_start",
        keeps=happened("start_date_agreed", "2023-02-07", new_start="2023-02-08"),
    ),
    Law(
        "received_once",
        "history format",
        given(RECEIVED),
        breaks=happened("received", "2023-03-01"),
        field="on",
        says=("2023-02-06",),
        kept_after=given(happened("advocacy_info_given", "2023-02-01")),
    ),
    Law(
        "received_once",
        "history format",
        given(happened("lgsco_referred", "2023-02-01")),
        id="after a referral alone",
        breaks=RECEIVED,
        field="on",
        says=("2023-02-01",),
        kept_after=given(),
    ),
    Law(
        "not_received",
        "history format",
        given(),
        breaks=happened("acknowledged", "2023-02-07"),
        field="on",
        says=("2023-02-07",),
        kept_after=given(RECEIVED),
    ),
    Law(
        "not_received",
        "history format",
        given(happened("lgsco_referred", "2023-02-01")),
        id="after a referral alone",
        breaks=happened("escalated", "2023-02-07"),
        field="on",
        keeps=happened("lgsco_decided", "2023-02-07"),
    ),
    Law(
        "before_receipt",
        "history format",
        given(RECEIVED),
        breaks=happened("acknowledged", "2023-02-03"),
        field="on",
        says=("2023-02-03", "2023-02-06"),
        keeps=happened("acknowledged", "2023-02-06"),
    ),
    Law(
        "grounds_before_receipt",
        "SI 2006/1738 reg 9",
        given(),
        breaks=happened("received", "2023-02-06", grounds_arose_on="2023-02-07"),
        field="grounds_arose_on",
        says=("2023-02-07", "2023-02-06"),
        keeps=happened("received", "2023-02-06", grounds_arose_on="2023-02-06"),
    ),
    Law(
        "assessed_once",
        "history format",
        given(RECEIVED, happened("eligibility_assessed", "2023-02-07")),
        breaks=happened("eligibility_assessed", "2023-02-10"),
        field="decision",
        kept_after=given(RECEIVED, happened("eligibility_assessed", "2023-02-07"), NEW_ISSUES),
    ),
    Law(
        "refusal_needs_reason",
        "SI 2006/1738 regs 3-5, 9, 12; CHC 2.4",
        given(RECEIVED),
        breaks=happened("eligibility_assessed", "2023-02-07", decision="refused", procedure=None),
        field="reason",
        texts=("note",),
        keeps=happened("eligibility_assessed", "2023-02-07", decision="refused", reason="out_of_time"),
    ),
    Law(
        "refusal_needs_reason",
        "SI 2006/1738 regs 3-5, 9, 12; CHC 2.4",
        given(RECEIVED),
        id="in words",
        breaks=happened("eligibility_assessed", "2023-02-07", decision="refused", reason="out_of_time"),
        field="note",
        kept_texts=("note",),
    ),
    Law(
        "acceptance_needs_procedure",
        "SI 2006/1738 regs 3-5; LGSCO decision 24 003 845",
        given(RECEIVED),
        breaks=happened("eligibility_assessed", "2023-02-07", procedure=None),
        field="procedure",
        keeps=happened("eligibility_assessed", "2023-02-07"),
    ),
    Law(
        "not_sufficient_interest",
        "SI 2006/1738 reg 12",
        given(RECEIVED),
        breaks=happened("sufficient_interest_decided", "2023-02-09"),
        field="decision",
        kept_after=given(happened("received", "2023-02-06", complainant=PERSON)),
    ),
    Law(
        "not_late",
        "SI 2006/1738 reg 9",
        given(IN_TIME),
        breaks=happened("late_acceptance_decided", "2023-02-09"),
        field="decision",
        says=("2023-02-06",),
        kept_after=given(OLD),
    ),
    Law(
        "not_late",
        "SI 2006/1738 reg 9",
        given(RECEIVED),
        id="grounds unknown",
        breaks=happened("late_acceptance_decided", "2023-02-09"),
        field="decision",
        kept_after=given(OLD),
    ),
    Law(
        "not_late",
        "SI 2006/1738 reg 9",
        given(happened("received", "2021-02-28", grounds_arose_on="2020-02-29")),
        id="grounds of 29 February",
        breaks=happened("late_acceptance_decided", "2021-03-05"),
        field="decision",
        says=("2021-02-28",),
        kept_after=given(happened("received", "2021-03-01", grounds_arose_on="2020-02-29")),
    ),
    Law(
        "in_the_future",
        "history format",
        given(RECEIVED),
        id="a letter",
        breaks=happened("resolved", "2024-06-03", terms_sent_on="2024-06-05"),
        field="terms_sent_on",
        says=("2024-06-05", "2024-06-03"),
        keeps=happened("resolved", "2024-06-03", terms_sent_on="2024-06-03"),
    ),
    Law(
        "before_receipt",
        "history format",
        given(RECEIVED),
        id="a letter",
        breaks=happened("extended", "2023-02-08", new_due="2023-03-06", told_on="2022-02-08"),
        field="told_on",
        says=("2022-02-08", "2023-02-06"),
        keeps=happened("extended", "2023-02-08", new_due="2023-03-06", told_on="2023-02-08"),
    ),
    Law(
        "unknown_code",
        "history format",
        given(RECEIVED),
        breaks=happened("triaged", "2023-02-07", team="east"),
        field="team",
        keeps=happened("triaged", "2023-02-07", team="south"),
    ),
    Law(
        "child_not_among_children",
        "history format",
        given(),
        breaks=happened("received", "2023-02-06", complainant=CHILD, children=[{"ref": "P-2"}]),
        field="children",
        keeps=happened(
            "received", "2023-02-06", complainant=CHILD, children=[{"ref": "P-2"}, {"ref": "P-1"}]
        ),
    ),
    Law(
        "child_not_among_children",
        "history format",
        given(happened("received", "2023-02-06", children=[{"ref": "P-2"}])),
        id="found out at triage",
        breaks=happened("triaged", "2023-02-07", complainant=CHILD),
        field="children",
        keeps=happened("triaged", "2023-02-07", complainant=CHILD, children=[{"ref": "P-1"}]),
    ),
    Law(
        "decided_before",
        "SI 2006/1738 regs 9, 12",
        given(PERSONS, INTERESTED),
        breaks=happened("sufficient_interest_decided", "2023-02-13", decision="refused"),
        field="decision",
        says=("2023-02-09",),
        kept_after=given(PERSONS),
    ),
    Law(
        "interest_undecided",
        "SI 2006/1738 reg 12",
        given(PERSONS),
        breaks=ACCEPTED,
        field="decision",
        kept_after=given(PERSONS, INTERESTED),
    ),
    Law(
        "lateness_undecided",
        "SI 2006/1738 reg 9",
        given(OLD),
        breaks=ACCEPTED,
        field="decision",
        says=("2023-02-05", "2023-02-06"),
        kept_after=given(OLD, happened("late_acceptance_decided", "2023-02-09")),
    ),
    Law(
        "lateness_undecided",
        "SI 2006/1738 reg 9",
        given(OLD),
        id="awareness may have come later (LGSCO Complaint Handling Code 2024, 2.2)",
        breaks=ACCEPTED,
        field="decision",
        keeps=happened("eligibility_assessed", "2023-02-10", procedure="corporate_code"),
    ),
    Law(
        "reason_contradicted",
        "SI 2006/1738 regs 9, 12; LGSCO decision 20 006 409",
        given(IN_TIME),
        breaks=happened("eligibility_assessed", "2023-02-10", decision="refused", reason="out_of_time"),
        field="reason",
        texts=("note",),
        says=("2023-02-06",),
        kept_after=given(OLD),
    ),
    Law(
        "reason_contradicted",
        "SI 2006/1738 regs 9, 12; LGSCO decision 20 006 409",
        given(RECEIVED),
        id="entitled as a parent",
        breaks=happened(
            "eligibility_assessed", "2023-02-10", decision="refused", reason="no_sufficient_interest"
        ),
        field="reason",
        texts=("note",),
        kept_after=given(PERSONS),
    ),
    Law(
        "entry_stage_not_allowed",
        "SI 2006/1738 reg 14(1)",
        given(RECEIVED),
        breaks=happened("eligibility_assessed", "2023-02-10", entry_stage=2, procedure="corporate_code"),
        field="entry_stage",
        says=("corporate_code",),
        keeps=happened("eligibility_assessed", "2023-02-10", entry_stage=2),
    ),
    Law(
        "entry_stage_not_allowed",
        "SI 2006/1738 reg 14(1)",
        given(RECEIVED, happened("stage_responded", "2023-02-09")),
        id="answered",
        breaks=happened("eligibility_assessed", "2023-02-10", entry_stage=2),
        field="entry_stage",
        keeps=ACCEPTED,
    ),
    Law(
        "procedure_settled",
        "procedures are settled at eligibility",
        given(RECEIVED, ACCEPTED),
        breaks=happened("triaged", "2023-02-13", procedure="corporate_code"),
        field="procedure",
        says=("procedure_changed",),
        keeps=happened("triaged", "2023-02-13", team="south"),
    ),
]


def test_nothing_but_advice_on_advocacy_may_precede_receipt() -> None:
    """Rule `before_receipt`: told afterwards, judged at its own place before receipt."""
    story = given(RECEIVED)
    assert story.refusal(happened("contact_logged", "2023-02-03")).rule == "before_receipt"
    assert story.decided(happened("advocacy_info_given", "2023-02-03")).received == RECEIVED


def test_a_refusal_of_interest_or_of_lateness_is_a_refusal_without_an_assessment() -> None:
    """History format: refused counts as refused, also without `eligibility_assessed`."""
    person = given(happened("received", "2023-02-06", complainant=PERSON))
    assert (
        person.decided(happened("sufficient_interest_decided", "2023-02-09", decision="refused")).over
        == "refused"
    )
    late = given(OLD)
    assert (
        late.decided(happened("late_acceptance_decided", "2023-02-09", decision="refused")).over == "refused"
    )


def test_a_web_forms_complaint_awaits_triage() -> None:
    bare = happened("received", "2023-02-06", procedure=None, team=None, complainant=None)
    complaint = given(bare).complaint
    assert (complaint.procedure, complaint.team, complaint.category) == (None, None, None)
    triaged = happened("triaged", "2023-02-07", procedure="children_statutory", team="south")
    after = given(bare).decided(triaged)
    assert (after.procedure, after.team) == ("children_statutory", "south")


def test_the_last_statement_of_the_procedure_holds_from_receipt() -> None:
    """History format: of received, triaged, eligibility_assessed and procedure_changed the last."""
    story = given(RECEIVED, happened("triaged", "2023-02-07", procedure="corporate_code"))
    assert story.complaint.procedure == "corporate_code"
    assessed = story.and_then(happened("eligibility_assessed", "2023-02-08", procedure="non_statutory"))
    assert assessed.complaint.procedure == "non_statutory"
    changed = happened(
        "procedure_changed", "2023-02-09", **{"from": "non_statutory", "to": "children_statutory"}
    )
    assert assessed.decided(changed).procedure == "children_statutory"


def test_codes_of_no_list_of_the_council_are_refused_by_field() -> None:
    story = given(RECEIVED)
    for wrong, where in (
        (happened("triaged", "2023-02-07", team="east"), "team"),
        (happened("triaged", "2023-02-07", team="not_recorded"), "team"),
        (happened("triaged", "2023-02-07", issues=[{"no": 1, "theme": "nothing"}]), "issues.0.theme"),
        (happened("triaged", "2023-02-07", issues=[{"no": 1, "theme": "praise"}]), "issues.0.theme"),
        (happened("triaged", "2023-02-07", issues=[{"no": 1, "theme": "heading"}]), "issues.0.theme"),
        (
            happened("triaged", "2023-02-07", issues=[{"no": 1, "theme": "staff", "team": "x"}]),
            "issues.0.team",
        ),
        (happened("learning_recorded", "2023-02-07", theme="rude"), "theme"),
        (happened("equality_recorded", "2023-02-07", ethnicity="martian"), "ethnicity"),
        (happened("equality_recorded", "2023-02-07", age_band="old"), "age_band"),
    ):
        refused = story.refusal(wrong)
        assert (refused.rule, refused.field) == ("unknown_code", where)
    story.decided(happened("triaged", "2023-02-07", team="not_recorded"), historic=True)
    assert NEEDED["received"]["team"] == "north"


def test_a_refusal_for_want_of_interest_may_be_concluded_as_ineligible() -> None:
    """Councils record both: the reg 12 decision, and that the complaint is not considered for it."""
    refused = given(
        happened("received", "2023-02-06", complainant={"ref": "P-9", "category": "sufficient_interest"}),
        happened("sufficient_interest_decided", "2023-02-08", decision="refused"),
    )
    concluded = happened(
        "eligibility_assessed",
        "2023-02-08",
        decision="refused",
        procedure=None,
        reason="no_sufficient_interest",
    )
    assert refused.decided(concluded, historic=True).state == "refused"
    assert refused.and_then(concluded).refusal(concluded, historic=True).rule == "after_refusal"
