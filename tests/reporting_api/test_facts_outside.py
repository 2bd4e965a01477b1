"""What came of it, the other streams, and the facts as of a date: these events, then these rows."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from reporting_api.facts import Stream, facts_of
from reporting_api.star import (
    Compliment,
    Feedback,
    Learning,
    Payment,
    ProfileFact,
    Referral,
    Remedy,
    Ruling,
    ServiceUsers,
    StageFact,
)
from tests.caseloads import RECORDED_AT, event, profile, recorded, recorded_streams
from tests.facts_told import (
    MERTON,
    REMEDY,
    answered,
    d,
    received,
    rows,
    stages,
    told,
)

# The Ombudsman, remedies, learning


def test_referrals_and_rulings() -> None:
    found = told(
        received(),
        event("lgsco_referred", "2022-09-01", lgsco_ref="22 1"),
        event("lgsco_decided", "2022-09-09", lgsco_ref="22 1", decision="postponed"),
        event("lgsco_decided", "2022-12-01", lgsco_ref="22 1", decision="upheld", sub="fault_injustice"),
    )
    assert [row.lgsco_ref for row in rows(found, Referral, "referral")] == ["22 1"]
    assert [(row.no, row.decision, row.sub) for row in rows(found, Ruling, "ruling")] == [
        (1, "postponed", None),
        (2, "upheld", "fault_injustice"),
    ]


def test_a_remedy_is_achieved_on_the_last_remedied_and_each_amount_is_a_payment() -> None:
    found = told(
        received(),
        REMEDY,
        event("remedied", "2022-06-10", remedy="R1", amount=200),
        event("remedied", "2022-06-20", remedy="R1", amount=300.5),
    )
    (row,) = rows(found, Remedy, "remedy")
    assert (row.achieved_on, row.status, row.verdict) == (d("2022-06-20"), "pending", None)
    assert row.types == ["apology", "financial_quantifiable_loss"]
    assert [(row.no, row.source, row.amount) for row in rows(found, Payment, "payment")] == [
        (1, "lgsco", Decimal("200.00")),
        (2, "lgsco", Decimal("300.50")),
    ]


def test_a_payment_without_its_own_amount_has_the_agreed_one() -> None:
    found = told(received(), REMEDY, event("remedied", "2022-06-10", remedy="R1"))
    assert [row.amount for row in rows(found, Payment, "payment")] == [Decimal("500.00")]


def test_the_last_status_stands_and_the_verdict_is_the_last_that_is_not_pending() -> None:
    (row,) = rows(
        told(
            received(),
            REMEDY,
            event("satisfaction_recorded", "2022-07-10", remedy="R1", status="completed_late"),
            event("satisfaction_recorded", "2022-08-10", remedy="R1", status="pending"),
        ),
        Remedy,
        "remedy",
    )
    assert (row.status, row.status_on) == ("pending", d("2022-08-10"))
    assert (row.verdict, row.verdict_on) == ("completed_late", d("2022-07-10"))


def test_learning_is_open_until_it_ended() -> None:
    noted = event(
        "learning_recorded", "2022-06-01", learning="L1", theme="assessment_and_review", action="Train"
    )
    (still,) = rows(told(received(), noted), Learning, "learning")
    assert (still.status, still.ended_on) == ("open", None)
    done = event("learning_not_implemented", "2022-09-01", learning="L1")
    (row,) = rows(told(received(), noted, done), Learning, "learning")
    assert (row.status, row.ended_on) == ("not_implemented", d("2022-09-01"))


# Other streams


@pytest.mark.parametrize(
    ("stated", "external"),
    [
        ({"source": "parent"}, True),
        ({"source": "internal_staff"}, False),
        ({"source": "internal_staff", "external": True}, True),
        ({"source": "parent", "external": False}, False),
    ],
)
def test_a_compliment_is_external_unless_from_staff_or_said_otherwise(
    stated: dict[str, Any], external: bool
) -> None:
    given = event("compliment_recorded", "2022-04-05", team="mash_cp", **stated)
    assert rows(told(given, kind="compliment"), Compliment, "compliment")[0].external is external


def test_feedback_and_population_figures() -> None:
    heard = event(
        "informal_feedback_recorded", "2022-04-05", theme="assessment_and_review", **{"from": "child"}
    )
    assert rows(told(heard, kind="feedback"), Feedback, "feedback")[0].from_ == "child"
    counted = event(
        "service_users_recorded",
        "2023-04-01",
        year="2022-23",
        measure="children_in_need",
        group={"ethnicity": "white"},
        count=557,
    )
    (row,) = rows(told(counted, kind="service_users"), ServiceUsers, "service_users")
    assert (row.ethnicity, row.team, row.number, row.rate) == ("white", None, 557, True)


def test_the_profile_is_a_fact() -> None:
    (row,) = rows(told(MERTON, kind="authority"), ProfileFact, "profile")
    assert (row.effective_on, row.profile["name"]) == (MERTON.on, MERTON.name)


def test_a_service_request_is_counted_nowhere() -> None:
    asked = event("service_request_recorded", "2022-04-05", team="mash_cp", theme="assessment_and_review")
    assert told(asked, kind="service_request") == {}


# As of, known at, corrections


def test_what_happened_later_is_left_out_as_of_a_date() -> None:
    stream = recorded("merton", "complaint", "MER-1", (received(), answered("2022-04-20")), count(1))
    named = Stream("merton", stream.id, "complaint", "MER-1")
    before = facts_of(named, stream.events, (MERTON,), as_of=d("2022-04-19"))
    assert rows(before, StageFact, "stage")[0].answered_on is None
    assert facts_of(named, stream.events, (MERTON,), as_of=d("2022-04-03")) == {}


def test_a_correction_shows_from_when_it_was_recorded() -> None:
    corrected = event(
        "correction_recorded",
        "2022-06-01",
        corrects={"event": "stage_responded", "stage": 1, "on": "2022-04-20"},
        changes={"on": "2022-04-21"},
        reason="misread",
    )
    events = (received(), answered("2022-04-20"), corrected)
    assert stages(*events)[1].within_target is False
    stream = recorded("merton", "complaint", "MER-1", events, count(1))
    then = RECORDED_AT + timedelta(milliseconds=2)
    named = Stream("merton", stream.id, "complaint", "MER-1")
    known = facts_of(named, stream.events, (MERTON,), known_at=then)
    assert rows(known, StageFact, "stage")[0].within_target is True


def test_a_remedy_taken_back_is_gone() -> None:
    void = event(
        "correction_recorded",
        "2022-06-02",
        corrects={"event": "remedy_agreed", "remedy": "R1", "on": "2022-06-01"},
        changes={"void": True},
        reason="another complaint's",
    )
    assert "remedy" not in told(received(), REMEDY, void)


# Real years


@pytest.mark.parametrize(("authority", "complaints"), [("merton", 73), ("sandwell", 1195)])
def test_a_published_years_history_has_its_facts(authority: str, complaints: int) -> None:
    applied = (profile(authority),)
    facts: dict[str, int] = {}
    for stream in recorded_streams(authority):
        named = Stream(authority, stream.id, stream.kind, stream.reference)
        for table, of_table in facts_of(named, stream.events, applied).items():
            facts[table] = facts.get(table, 0) + len(of_table)
    assert facts["complaint"] == complaints
    assert facts["stage"] >= facts["spell"] > 0
