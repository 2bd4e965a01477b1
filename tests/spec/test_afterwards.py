"""What follows: the Ombudsman, remedies, learning, equality, links, legal holds, erasure, corrections."""

import pytest

from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")
OPEN = given(RECEIVED)
CLOSED = given(RECEIVED, happened("stage_responded", "2023-02-20"), happened("closed", "2023-02-24"))
REMEDY = happened("remedy_agreed", "2023-03-01")
REFERRED = CLOSED.and_then(happened("lgsco_referred", "2023-03-01"))
DECIDED = REFERRED.and_then(happened("lgsco_decided", "2023-06-01"))
ORDERED = happened("remedy_agreed", "2023-06-05", source="lgsco", lgsco_ref="23000001")
HELD = CLOSED.and_then(happened("legal_hold_set", "2023-03-01"))
ERASED = happened("personal_data_erased", "2023-05-02", subject="P-1", basis="retention")
ANSWER = {"event": "stage_responded", "on": "2023-02-20", "stage": 1}

LAWS = [
    Law(
        "unknown_remedy",
        "LGSCO Compliance Manual",
        CLOSED,
        breaks=happened("remedied", "2023-03-02"),
        field="remedy",
        says=("2023-03-02",),
        kept_after=CLOSED.and_then(REMEDY),
    ),
    Law(
        "remedy_agreed_once",
        "history format",
        CLOSED.and_then(REMEDY),
        breaks=happened("remedy_agreed", "2023-03-02"),
        field="remedy",
        keeps=happened("remedy_agreed", "2023-03-02", remedy="R-2"),
    ),
    Law(
        "unknown_referral",
        "Local Government Act 1974 part III",
        CLOSED,
        breaks=happened("lgsco_decided", "2023-06-01"),
        field="lgsco_ref",
        says=("2023-06-01",),
        kept_after=CLOSED.and_then(happened("lgsco_referred", "2023-03-01")),
    ),
    Law(
        "unknown_learning",
        "history format",
        CLOSED,
        breaks=happened("learning_implemented", "2023-06-01"),
        field="learning",
        says=("2023-06-01",),
        kept_after=CLOSED.and_then(happened("learning_recorded", "2023-03-01")),
    ),
    Law(
        "unknown_remedy",
        "LGSCO Compliance Manual",
        CLOSED.and_then(REMEDY),
        id="both dates are named",
        breaks=happened("remedied", "2023-02-27"),
        field="remedy",
        says=("2023-02-27", "2023-03-01"),
        keeps=happened("remedied", "2023-03-01"),
    ),
    Law(
        "unknown_referral",
        "Local Government Act 1974 part III",
        REFERRED,
        id="both dates are named",
        breaks=happened("lgsco_decided", "2023-02-28"),
        field="lgsco_ref",
        says=("2023-02-28", "2023-03-01"),
        keeps=happened("lgsco_decided", "2023-03-02"),
    ),
    Law(
        "referred_once",
        "Local Government Act 1974 part III",
        REFERRED,
        breaks=happened("lgsco_referred", "2023-04-03"),
        field="lgsco_ref",
        keeps=happened("lgsco_referred", "2023-04-03", lgsco_ref="23000002"),
    ),
    Law(
        "remedy_without_finding",
        "remedies follow a finding or an offer: MC11; CM10",
        REFERRED,
        breaks=ORDERED,
        field="source",
        says=("2023-06-05",),
        kept_after=DECIDED,
    ),
    Law(
        "remedy_without_finding",
        "remedies follow a finding or an offer: MC11; CM10",
        CLOSED,
        id="a panel that never was",
        breaks=happened("remedy_agreed", "2023-03-01", source="panel"),
        field="source",
        keeps=REMEDY,
    ),
    Law(
        "remedy_without_finding",
        "remedies follow a finding or an offer: MC11; CM10",
        DECIDED,
        id="another referral",
        breaks=happened("remedy_agreed", "2023-06-05", source="lgsco", lgsco_ref="23000009"),
        field="lgsco_ref",
        says=("2023-06-05",),
        keeps=ORDERED,
    ),
    Law(
        "due_before_agreed",
        "history format",
        CLOSED,
        breaks=happened("remedy_agreed", "2023-03-01", due_on="2023-02-28"),
        field="due_on",
        says=("2023-02-28", "2023-03-01"),
        keeps=happened("remedy_agreed", "2023-03-01", due_on="2023-03-01"),
    ),
    Law(
        "due_before_agreed",
        "history format",
        CLOSED,
        id="learning",
        breaks=happened("learning_recorded", "2023-03-01", due_on="2022-03-31"),
        field="due_on",
        keeps=happened("learning_recorded", "2023-03-01", due_on="2023-03-31"),
    ),
    Law(
        "satisfaction_not_lgsco",
        "LGSCO Compliance Manual",
        CLOSED.and_then(REMEDY),
        breaks=happened("satisfaction_recorded", "2023-07-03"),
        field="remedy",
        says=("council",),
        kept_after=DECIDED.and_then(ORDERED),
    ),
    Law(
        "learning_recorded_once",
        "history format",
        CLOSED.and_then(happened("learning_recorded", "2023-03-01")),
        breaks=happened("learning_recorded", "2023-03-02"),
        field="learning",
        keeps=happened("learning_recorded", "2023-03-02", learning="L-2"),
    ),
    Law(
        "linked_to_itself",
        "history format",
        OPEN,
        breaks=happened("linked", "2023-02-07", to="C-1", relation="duplicate"),
        field="to",
        keeps=happened("linked", "2023-02-07", to="C-2", relation="duplicate"),
    ),
    Law(
        "linked_to_nothing",
        "history format",
        OPEN,
        breaks=happened("linked", "2023-02-07", to="C-3", relation="joint"),
        field="to",
        keeps=happened("linked", "2023-02-07", to="C-2", relation="joint"),
    ),
    Law(
        "ages_disagree",
        "history format",
        OPEN,
        breaks=happened("equality_recorded", "2023-02-07", age=18, age_band="under_18"),
        field="age_band",
        keeps=happened("equality_recorded", "2023-02-07", age=17, age_band="under_18"),
    ),
    Law(
        "already_held",
        "history format",
        HELD,
        breaks=happened("legal_hold_set", "2023-04-03"),
        field="on",
        says=("2023-03-01",),
        kept_after=HELD.and_then(happened("legal_hold_released", "2023-03-31")),
    ),
    Law(
        "not_held",
        "history format",
        CLOSED,
        breaks=happened("legal_hold_released", "2023-04-03"),
        field="on",
        kept_after=HELD,
    ),
    Law(
        "erasure_under_hold",
        "a legal hold overrides retention",
        HELD,
        breaks=ERASED,
        field="on",
        says=("2023-03-01",),
        kept_after=HELD.and_then(happened("legal_hold_released", "2023-04-03")),
    ),
    Law(
        "erasure_while_open",
        "retention counts from closing",
        OPEN,
        breaks=ERASED,
        field="on",
        kept_after=CLOSED,
    ),
    Law(
        "nothing_to_correct",
        "history format",
        CLOSED,
        breaks=happened(
            "correction_recorded",
            "2023-05-02",
            corrects={**ANSWER, "on": "2023-02-21"},
            changes={"void": True},
        ),
        field="corrects",
        keeps=happened("correction_recorded", "2023-05-02", corrects=ANSWER, changes={"on": "2023-02-21"}),
    ),
    Law(
        "impossible_correction",
        "history format",
        CLOSED,
        breaks=happened("correction_recorded", "2023-05-02", corrects=ANSWER, changes={"stage": 9}),
        field="changes.stage",
        keeps=happened("correction_recorded", "2023-05-02", corrects=ANSWER, changes={"team": "south"}),
    ),
]


@pytest.mark.parametrize("paid", [("2023-03-02",), ("2023-03-02", "2023-04-03", "2023-05-02")])
def test_a_remedy_is_carried_out_in_one_payment_or_in_several(paid: tuple[str, ...]) -> None:
    """History format: each `remedied` with an amount is a payment."""
    story = CLOSED.and_then(
        happened("remedy_agreed", "2023-03-01", types=["financial_quantifiable_loss"], amount=300)
    )
    for on in paid:
        payment = happened("remedied", on, amount=100)
        assert payment in story.decided(payment).story
        story = story.and_then(payment)


def test_the_ombudsman_may_decide_again() -> None:
    """A decision may be reviewed; the last one stands."""
    again = happened("lgsco_decided", "2023-09-04", decision="not_upheld")
    assert again in DECIDED.decided(again).story


def test_a_stream_may_begin_with_the_ombudsman() -> None:
    """History format: it is no representation, and only what may follow closing may happen to it."""
    alone = given(happened("lgsco_referred", "2023-03-01"))
    for event in (
        happened("lgsco_decided", "2023-06-01"),
        REMEDY,
        happened("learning_recorded", "2023-06-01"),
    ):
        assert event in alone.decided(event).story
