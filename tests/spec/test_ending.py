"""Ends: withdrawal, refusal, settlement, closing, reopening, and what may follow."""

import pytest

from complaint_events.event_model import Event
from tests.spec.scenario import Law, Story, given, happened

RECEIVED = happened("received", "2023-02-06")

ANSWERED = happened("stage_responded", "2023-02-20")
WITHDRAWN = given(RECEIVED, happened("withdrawn", "2023-02-13"))
REFUSED = given(
    RECEIVED, happened("eligibility_assessed", "2023-02-09", decision="refused", reason="out_of_time")
)
SETTLED = given(RECEIVED, happened("early_resolved", "2023-02-07"))
ANSWERED_ONCE = given(RECEIVED, ANSWERED)
CLOSED = given(RECEIVED, ANSWERED, happened("closed", "2023-02-24"))
OPEN = given(RECEIVED)
ACKNOWLEDGED = happened("acknowledged", "2023-03-01")
REMEDY = happened("remedy_agreed", "2023-03-01")

LAWS = [
    Law(
        "after_withdrawal",
        "SI 2006/1738 reg 7",
        WITHDRAWN,
        breaks=ANSWERED,
        field="on",
        says=("2023-02-13", "2023-02-20"),
        keeps=happened("closed", "2023-02-20"),
    ),
    Law(
        "after_refusal",
        "history format",
        REFUSED,
        breaks=ACKNOWLEDGED,
        field="on",
        says=("2023-02-09", "2023-03-01"),
        keeps=happened("lgsco_referred", "2023-03-01"),
    ),
    Law(
        "after_early_settlement",
        "history format",
        SETTLED,
        breaks=ACKNOWLEDGED,
        field="on",
        says=("2023-02-07", "2023-03-01"),
        keeps=happened("equality_recorded", "2023-03-01"),
    ),
    Law(
        "after_closing",
        "history format",
        CLOSED,
        breaks=happened("allocated", "2023-03-01"),
        field="on",
        says=("2023-02-24", "2023-03-01"),
        keeps=happened("escalated", "2023-03-01"),
    ),
    Law(
        "after_closing",
        "history format",
        CLOSED,
        id="closed twice",
        breaks=happened("closed", "2023-03-01"),
        field="on",
        says=("2023-02-24",),
        kept_after=CLOSED.and_then(happened("reopened", "2023-02-27")),
    ),
    Law(
        "obligation_open",
        "LGSCO Complaint Handling Code 2024, 6.6",
        OPEN,
        breaks=happened("closed", "2023-02-13"),
        field="disposal",
        says=("1",),
        keeps=happened("closed", "2023-02-13", disposal="non_cooperation"),
    ),
    Law(
        "not_closed",
        "history format",
        OPEN,
        breaks=happened("reopened", "2023-03-01"),
        field="on",
        kept_after=CLOSED,
    ),
    Law(
        "confirmed_before_withdrawal",
        "SI 2006/1738 reg 7",
        OPEN,
        breaks=happened("withdrawn", "2023-02-13", confirmed_on="2023-02-10"),
        field="confirmed_on",
        says=("2023-02-10", "2023-02-13"),
        keeps=happened("withdrawn", "2023-02-13", confirmed_on="2023-02-13"),
    ),
    Law(
        "disposal_not_so",
        "history format",
        ANSWERED_ONCE,
        id="withdrawn",
        breaks=happened("closed", "2023-03-03", disposal="withdrawn"),
        field="disposal",
        says=("2023-03-03", "withdrawn"),
        kept_after=WITHDRAWN,
    ),
    Law(
        "disposal_not_so",
        "history format",
        WITHDRAWN,
        id="responded",
        breaks=happened("closed", "2023-03-03", disposal="responded"),
        field="disposal",
        says=("2023-03-03", "responded"),
        kept_after=ANSWERED_ONCE,
    ),
    Law(
        "disposal_not_so",
        "history format",
        ANSWERED_ONCE,
        id="ineligible",
        breaks=happened("closed", "2023-03-03", disposal="ineligible"),
        field="disposal",
        says=("2023-03-03", "ineligible"),
        kept_after=REFUSED,
    ),
    Law(
        "disposal_not_so",
        "history format",
        ANSWERED_ONCE,
        id="resolved_early",
        breaks=happened("closed", "2023-03-03", disposal="resolved_early"),
        field="disposal",
        says=("2023-03-03", "resolved_early"),
        kept_after=SETTLED,
    ),
    Law(
        "disposal_not_so",
        "history format",
        ANSWERED_ONCE,
        id="deferred_concurrent",
        breaks=happened("closed", "2023-03-03", disposal="deferred_concurrent"),
        field="disposal",
        says=("2023-03-03", "deferred_concurrent"),
        kept_after=given(RECEIVED, happened("deferred_concurrent", "2023-02-09")),
    ),
    Law(
        "disposal_not_so",
        "history format",
        ANSWERED_ONCE,
        id="lgsco",
        breaks=happened("closed", "2023-03-03", disposal="lgsco"),
        field="disposal",
        says=("2023-03-03", "lgsco"),
        kept_after=ANSWERED_ONCE.and_then(happened("lgsco_referred", "2023-02-27")),
    ),
]


AFTER_THE_END = [
    happened("equality_recorded", "2023-03-01"),
    happened("lgsco_referred", "2023-03-01"),
    REMEDY,
    happened("survey_recorded", "2023-03-01", answers={"q1": "yes"}),
    happened("learning_recorded", "2023-03-01"),
    happened("cost_recorded", "2023-03-01", stage=1, amount=10),
    happened("reopened", "2023-03-01"),
    happened("legal_hold_set", "2023-03-01"),
    happened("details_changed", "2023-03-01"),
    happened("contact_logged", "2023-03-01"),
    happened("letter_sent", "2023-03-01", letter="closing", document="0" * 64),
    happened("reminder_sent", "2023-03-01", obligation="complete_remedy", due_on="2023-03-01"),
    happened("linked", "2023-03-01", to="C-2", relation="related"),
    happened("safeguarding_referred", "2023-03-01"),
]


@pytest.mark.parametrize("event", AFTER_THE_END, ids=lambda event: event.event)
@pytest.mark.parametrize(
    "story", [WITHDRAWN, REFUSED, SETTLED, CLOSED], ids=lambda story: story.complaint.over
)
def test_what_may_follow_the_end_may_follow_every_end(event: Event, story: Story) -> None:
    """History format: after closing these are also allowed; after `withdrawn` only these and `closed`.

    Reminders too: what was promised is done after closing (CHC 6.6), and learning goes on as well.
    """
    assert event in story.decided(event).story


@pytest.mark.parametrize("story", [WITHDRAWN, REFUSED, SETTLED], ids=lambda story: story.complaint.over)
def test_nothing_else_follows_and_no_next_stage(story: Story) -> None:
    for event in (happened("escalated", "2023-06-01"), ACKNOWLEDGED, happened("withdrawn", "2023-03-01")):
        assert story.refusal(event, historic=True).rule.startswith("after_")


def test_a_reopened_complaint_is_open_again() -> None:
    for story in (WITHDRAWN, REFUSED, SETTLED):
        after = story.decided(happened("reopened", "2023-03-01"))
        assert (after.over, after.state) == (None, "stage_1")


def test_a_withdrawal_is_possible_at_any_time() -> None:
    """Reg 7."""
    requested = given(RECEIVED, ANSWERED, happened("escalated", "2023-03-08"))
    for story in (OPEN, given(RECEIVED, ANSWERED), requested):
        assert story.decided(happened("withdrawn", "2023-03-10")).over == "withdrawn"


def test_a_refusal_is_not_concluded_after_closing() -> None:
    """History format: refused as late, it may be assessed so, until it is closed."""
    assessed = happened("eligibility_assessed", "2023-02-27", decision="refused", reason="out_of_time")
    late = given(RECEIVED, happened("late_acceptance_decided", "2023-02-20", decision="refused"))
    assert late.decided(assessed, historic=True).over == "refused"
    closed = late.and_then(happened("closed", "2023-02-24"))
    assert closed.refusal(assessed, historic=True).rule == "after_refusal"
