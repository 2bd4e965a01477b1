"""Receipt, eligibility, and what may precede them."""

from tests.complaint_events.stories import NEEDED
from tests.spec.scenario import Law, each, given, happened

RECEIVED = happened("received", "2023-02-06")
PERSON = {"ref": "P-1", "category": "sufficient_interest"}
OLD = happened("received", "2023-02-06", grounds_arose_on="2022-02-05")
IN_TIME = happened("received", "2023-02-06", grounds_arose_on="2022-02-06")
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
        "history format",
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
        "history format",
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
]


@each(LAWS)
def test_a_command_that_breaks_it_is_refused_by_name(law: Law) -> None:
    law.refuses_the_command()


@each(LAWS)
def test_a_command_that_keeps_it_is_recorded(law: Law) -> None:
    law.lets_the_lawful_pass()


@each(LAWS)
def test_history_that_broke_it_is_taken_if_it_can_have_happened(law: Law) -> None:
    law.takes_the_event_as_history()


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
