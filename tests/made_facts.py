"""Facts made by hand: a row with what a test is about, and ordinary values for the rest."""

from datetime import date
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid5

from complaint_events.profile import Profile
from reporting_api.star import (
    Complaint,
    Compliment,
    Equality,
    Escalation,
    Feedback,
    IssueFact,
    NamedPerson,
    Referral,
    Remedy,
    Ruling,
    Spell,
    StageFact,
)

HERE: Final = "here"
_IDS: Final = UUID("0d3a2a63-6d0b-4a6e-8a8e-6f9f3c1f5a10")
_numbers = count(1)

PROFILE: Final = Profile.model_validate(
    {
        "name": "Here",
        "teams": [
            {"code": "north", "label": "North", "group": "Localities"},
            {"code": "south", "label": "South"},
        ],
        "themes": [
            {"code": "staff", "label": "Staff", "type": "staff_attitude_behaviour"},
            {"code": "money", "label": "Money"},
            {"code": "grants", "label": "Grants", "parent": "money", "type": "other"},
            {"code": "savings", "label": "Savings", "parent": "money", "type": "other"},
            {"code": "praise", "label": "Praise", "use": ["feedback"]},
        ],
        "ethnicities": [{"code": "irish", "label": "Irish", "census_group": "white"}],
        "age_bands": [
            {"code": "under_18", "label": "Under 18", "from": 0, "to": 17},
            {"code": "adult", "label": "Adult", "from": 18, "to": None},
        ],
    }
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def complaint(received_on: str | None, **given: Any) -> Complaint:
    """A complaint that counts, under the three-stage procedure."""
    number = next(_numbers)
    ordinary = dict.fromkeys(Complaint._fields) | {
        "authority": HERE,
        "complaint": uuid5(_IDS, str(number)),
        "reference": f"C{number}",
        "population": "complaint",
        "procedure": "children_statutory",
        "received_on": day(received_on) if received_on else None,
        "team": "north",
        "method": "email",
        "point_of_receipt": "service",
        "category": "parent",
        "acting_via": "self",
        "young": False,
        "advocate": False,
        "primary_theme": "staff",
        "entry_stage": 1,
    }
    return Complaint(**{**ordinary, **given})


def spell(of: Complaint, entered: str, left: str | None = None, by: Any = None, **given: Any) -> Spell:
    left_on = day(left) if left else None
    ordinary = {"no": 1, "entered_by": "received", "left_on": left_on, "left_by": by}
    return Spell(*of[:2], **{**ordinary, "entered_on": day(entered), **given})


def stage(of: Complaint, number: int, answered: str | None, **given: Any) -> StageFact:
    """A stage answered in time with an outcome, unless told otherwise."""
    answered_on = day(answered) if answered else None
    timely = True if answered else None
    opened_on = of.received_on or day("2022-04-01")
    ordinary = dict.fromkeys(StageFact._fields[2:]) | {
        "stage": number,
        "team": of.team,
        "opened_on": opened_on,
        "start_on": opened_on,
        "start_rule": "",
        "answered_on": answered_on,
        "met_on": answered_on,
        "decided": answered is not None,
        "outcome": "upheld" if answered else None,
        "day": 10 if answered else None,
        "within_target": timely,
        "within_maximum": timely,
    }
    return StageFact(*of[:2], **{**ordinary, **given})


def issue(of: Complaint, theme: str, outcome: str | None, decided: str | None, **given: Any) -> IssueFact:
    ordinary = {"no": 1, "type": "other", "team": of.team}
    on = day(decided) if decided else None
    return IssueFact(*of[:2], **{**ordinary, "theme": theme, "outcome": outcome, "decided_on": on, **given})


def request(of: Complaint, to_stage: int, on: str, fate: Any, **given: Any) -> Escalation:
    nothing = dict.fromkeys(("fate_on", "outcome", "answered_on", "ended_on", "ended_by"))
    ordinary = {"no": 1, "direct": False, **nothing}
    return Escalation(
        *of[:2], **{**ordinary, "to_stage": to_stage, "requested_on": day(on), "fate": fate, **given}
    )


def referral(of: Complaint, ref: str, on: str) -> Referral:
    return Referral(*of[:2], ref, day(on))


def ruling(of: Complaint, ref: str, on: str, decision: str, sub: str | None = None, no: int = 1) -> Ruling:
    return Ruling(*of[:2], ref, no, day(on), decision, sub)


def remedy(of: Complaint, ref: str, agreed: str, **given: Any) -> Remedy:
    ordinary = dict.fromkeys(Remedy._fields[2:]) | {
        "remedy": ref,
        "source": "lgsco",
        "types": ["apology"],
        "agreed_on": day(agreed),
        "lgsco_ref": ref,
        "status": "pending",
    }
    return Remedy(*of[:2], **{**ordinary, **given})


def named(of: Complaint, person: str, subject: str = "complainant") -> NamedPerson:
    return NamedPerson(*of[:2], subject, person)


def said(of: Complaint, person: str, characteristic: str, value: str | int, **given: Any) -> Equality:
    years = value if isinstance(value, int) else None
    code = value if isinstance(value, str) else None
    ordinary = {"no": 1, "subject": "complainant", "recorded_on": day("2022-06-01"), "position": 1}
    about = {"person": person, "characteristic": characteristic, "value": code, "years": years}
    return Equality(*of[:2], **{**ordinary, **about, **given})


def compliment(on: str, team: str = "north", source: str = "parent", *, external: bool = True) -> Compliment:
    return Compliment(HERE, uuid5(_IDS, f"compliment {next(_numbers)}"), day(on), team, source, external)


def feedback(on: str, theme: str) -> Feedback:
    return Feedback(HERE, uuid5(_IDS, f"feedback {next(_numbers)}"), day(on), theme, "child")
