"""What the tests of the facts tell, and how they ask what came of it."""

from datetime import date
from itertools import count
from typing import Any, TypeVar, cast

from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied
from reporting_api.facts import Rows, Stream, facts_of
from reporting_api.star import (
    Complaint,
    Escalation,
    IssueFact,
    Spell,
    StageFact,
)
from tests.caseloads import event, profile, recorded

Row = TypeVar("Row")

MERTON = profile("merton")
TYPE = "assessment_care_management_review"


def told(*events: Event, kind: str = "complaint", profiles: tuple[ProfileApplied, ...] = (MERTON,)) -> Rows:
    stream = recorded("merton", kind, "MER-1", events, count(1))
    return facts_of(Stream("merton", stream.id, kind, "MER-1"), stream.events, profiles)


def rows(found: Rows, row: type[Row], table: str) -> list[Row]:
    assert all(type(one) is row for one in found.get(table, []))
    return cast("list[Row]", found.get(table, []))


def the_complaint(*events: Event) -> Complaint:
    (only,) = rows(told(*events), Complaint, "complaint")
    return only


def stages(*events: Event) -> dict[int, StageFact]:
    return {row.stage: row for row in rows(told(*events), StageFact, "stage")}


def spells(*events: Event) -> list[tuple[Any, ...]]:
    return [row[3:] for row in rows(told(*events), Spell, "spell")]


def requests(*events: Event) -> list[Escalation]:
    return rows(told(*events), Escalation, "escalation")


def d(text: str) -> date:
    return date.fromisoformat(text)


def received(on: str = "2022-04-04", /, **changed: Any) -> Event:
    stated: dict[str, Any] = {
        "method": "email",
        "procedure": "children_statutory",
        "team": "mash_cp",
        "complainant": {"ref": "P-1", "category": "parent"},
        "issues": [{"no": 1, "theme": "assessment_and_review"}],
    }
    given = {name: value for name, value in {**stated, **changed}.items() if value is not None}
    return event("received", on, **given)


def answered(on: str, outcome: str | None = "upheld", /, **more: Any) -> Event:
    found = {"issue_outcomes": [{"issue": 1, "outcome": outcome}]} if outcome else {}
    return event("stage_responded", on, stage=1, **{**found, **more})


ACCEPTED = event("eligibility_assessed", "2022-04-05", decision="accepted", procedure="children_statutory")
REFUSED = event("eligibility_assessed", "2022-04-05", decision="refused", reason="out_of_time")
STRAIGHT_TO_2 = event(
    "eligibility_assessed",
    "2022-04-05",
    decision="accepted",
    procedure="children_statutory",
    entry_stage=2,
)
TO_2 = event("escalated", "2022-05-10", to_stage=2)
ADJUDICATED = event("adjudicated", "2022-06-20", outcome="partially_upheld")
TO_3 = event("escalated", "2022-07-01", to_stage=3)


def issues(*events: Event) -> list[IssueFact]:
    return rows(told(*events), IssueFact, "issue")


REMEDY = event(
    "remedy_agreed",
    "2022-06-01",
    remedy="R1",
    source="lgsco",
    types=["apology", "financial_quantifiable_loss"],
    amount=500,
    due_on="2022-07-01",
    lgsco_ref="22 1",
)
