"""A council's profile, and events by name with what every one of them needs: for tests that tell stories."""

from datetime import date
from typing import Any

from complaint_events.event_model import Event
from complaint_events.events import EVENTS
from complaint_events.profile import ProfileApplied

PROFILE_JSON: dict[str, Any] = {
    "name": "Borough of Testing",
    "teams": [
        {"code": "north", "label": "North"},
        {"code": "south", "label": "South", "group": "Safeguarding"},
    ],
    "themes": [
        {"code": "staff", "label": "Staff", "type": "staff_attitude_behaviour"},
        {"code": "rude", "label": "Rudeness", "parent": "staff", "use": ["complaint"]},
        {"code": "heading", "label": "A heading without a type", "type": None},
        {"code": "delay", "label": "Delay", "parent": "heading", "type": "delay"},
        {"code": "praise", "label": "Only for feedback", "type": "other", "use": ["feedback"]},
    ],
    "ethnicities": [{"code": "white_british", "label": "White British", "census_group": "white"}],
    "age_bands": [
        {"code": "under_18", "label": "Under 18", "from": 0, "to": 17},
        {"code": "adult", "label": "18 and over", "from": 18, "to": None},
    ],
}

NEEDED: dict[str, dict[str, Any]] = {
    "received": {
        "method": "email",
        "procedure": "children_statutory",
        "team": "north",
        "complainant": {"ref": "P-1", "category": "parent"},
        "issues": [{"no": 1, "theme": "staff"}],
    },
    "issues_revised": {"issues": [{"no": 1, "theme": "staff"}]},
    "eligibility_assessed": {"decision": "accepted", "procedure": "children_statutory"},
    "sufficient_interest_decided": {"decision": "accepted"},
    "late_acceptance_decided": {"decision": "accepted"},
    "deferred_concurrent": {"ground": "disciplinary"},
    "extended": {"stage": 1, "reason": "complex"},
    "stage_responded": {"stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]},
    "escalated": {"to_stage": 2},
    "late_request_decided": {"to_stage": 3, "decision": "accepted"},
    "escalation_ended": {"to_stage": 2, "disposal": "withdrawn"},
    "adjudicated": {"outcome": "upheld"},
    "stage3_responded": {"outcome": "upheld"},
    "resolved": {"stage": 1, "terms_sent_on": "2023-04-12"},
    "procedure_changed": {"from": "children_statutory", "to": "non_statutory"},
    "contact_logged": {"direction": "in", "method": "telephone"},
    "allocated": {"officer": "officer-7"},
    "lgsco_referred": {"lgsco_ref": "23000001"},
    "lgsco_decided": {"lgsco_ref": "23000001", "decision": "upheld"},
    "remedy_agreed": {"remedy": "R-1", "source": "council", "types": ["apology"]},
    "remedied": {"remedy": "R-1"},
    "satisfaction_recorded": {"remedy": "R-1", "status": "pending"},
    "learning_recorded": {"learning": "L-1", "theme": "staff", "action": "Answer calls."},
    "learning_implemented": {"learning": "L-1"},
    "learning_not_implemented": {"learning": "L-1"},
    "compliment_recorded": {"team": "north", "source": "parent"},
    "informal_feedback_recorded": {"theme": "praise", "from": "child"},
    "service_users_recorded": {"year": "2022-23", "measure": "children_in_need", "count": 400},
    "service_request_recorded": {"team": "north", "theme": "staff"},
    "equality_recorded": {"subject": "complainant", "ref": "P-1"},
}
"""What an event needs to be one at all, where a story does not say otherwise."""


def happened(name: str, on: str | date, **data: Any) -> Event:
    """The event of that name on that day."""
    stated = {**NEEDED.get(name, {}), **data}
    return EVENTS[name].model_validate(
        {"on": on, **{key.rstrip("_"): value for key, value in stated.items()}}
    )


def profile(on: str = "2018-04-01", **changes: Any) -> ProfileApplied:
    """The council's profile in force from a day, with some keys changed."""
    return ProfileApplied.model_validate({"on": on, **PROFILE_JSON, **changes})
