"""Forbidden at receipt and eligibility: refused of a command, recorded of a history that did it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.event_model import Event
from complaint_events.working_days import same_day_next_year
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.rule import Breach, Setting, rule

_CHILDREN: Final = CHILD_OR_YOUNG_PERSON - {"care_leaver"}
"""Categories of complainant that are a child in every case; who left care need not be one."""


@rule("child_not_among_children", ev.Received, ev.Triaged)
def _child_not_among_children(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A child who complains is also one of the complaint's children, by the same reference."""
    told = [*complaint.story, event]
    complainant = _last_stated(told, "complainant")
    children = _last_stated(told, "children")
    if complainant is None or children is None or complainant.category not in _CHILDREN:
        return None
    missing = complainant.ref is not None and all(child.ref != complainant.ref for child in children)
    return Breach("children", "the child who complains is not among them") if missing else None


def _last_stated(told: Sequence[Event], name: str) -> Any:
    stated = (
        getattr(event, name) for event in reversed(told) if isinstance(event, (ev.Received, ev.Triaged))
    )
    return next((value for value in stated if value is not None), None)


@rule("not_sufficient_interest", ev.SufficientInterestDecided, source="SI 2006/1738 reg 12")
def _not_sufficient_interest(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Sufficient interest is decided only for a person who is not entitled otherwise."""
    entitled = complaint.category != "sufficient_interest"
    return Breach("decision", "the complainant's category needs no such decision") if entitled else None


@rule("not_late", ev.LateAcceptanceDecided, source="SI 2006/1738 reg 9")
def _not_late(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Acceptance out of time is decided only when a year had passed since the grounds arose."""
    limit = _in_time_until(complaint)
    if limit is None or complaint.received is None:
        return Breach("decision", "the complaint does not say when its grounds arose")
    return (
        None
        if limit < complaint.received.on
        else Breach("decision", f"the complaint was in time until {limit}")
    )


@rule(
    "decided_before", ev.SufficientInterestDecided, ev.LateAcceptanceDecided, source="SI 2006/1738 regs 9, 12"
)
def _decided_before(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """Interest and lateness are each decided once, unless the complaint was reopened."""
    earlier = _decision(complaint, type(event))
    return Breach("decision", f"this was decided on {earlier.on}") if earlier else None


def _decision(complaint: Complaint, model: type[Event]) -> Any:
    """The decision of that kind that stands: the last one since the complaint was reopened, or None."""
    for event in reversed(complaint.story):
        if isinstance(event, (model, ev.Reopened)):
            return event if isinstance(event, model) else None
    return None


@rule("interest_undecided", ev.EligibilityAssessed, source="SI 2006/1738 reg 12")
def _interest_undecided(complaint: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """Whose entitlement rests on a sufficient interest is accepted after that interest was decided."""
    if event.decision != "accepted" or complaint.category != "sufficient_interest":
        return None
    if any(isinstance(told, ev.SufficientInterestDecided) for told in complaint.story):
        return None
    return Breach("decision", "decide on the sufficient interest first")


@rule("lateness_undecided", ev.EligibilityAssessed, source="SI 2006/1738 reg 9")
def _lateness_undecided(complaint: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """Under the Act a complaint made over a year after its grounds arose is accepted after that was decided.

    The Complaint Handling Code counts from awareness as well (2.2), which no event tells: there it is left to
    the council.
    """
    limit = _in_time_until(complaint)
    if event.decision != "accepted" or event.procedure != "children_statutory" or limit is None:
        return None
    decided = any(isinstance(told, ev.LateAcceptanceDecided) for told in complaint.story)
    if decided or complaint.received is None or complaint.received.on <= limit:
        return None
    said = f"received on {complaint.received.on}, in time until {limit}"
    return Breach("decision", f"{said}: decide on the late acceptance first")


def _in_time_until(complaint: Complaint) -> date | None:
    """The last day on which the complaint was in time, where it says when its grounds arose (reg 9(1))."""
    received = complaint.received
    if received is None or received.grounds_arose_on is None:
        return None
    return same_day_next_year(received.grounds_arose_on)


@rule(
    "reason_contradicted", ev.EligibilityAssessed, source="SI 2006/1738 regs 9, 12; LGSCO decision 20 006 409"
)
def _reason_contradicted(complaint: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """A refusal gives no reason that the record contradicts: not late, or entitled in any case."""
    limit = _in_time_until(complaint)
    in_time = limit is not None and complaint.received is not None and complaint.received.on <= limit
    if event.reason == "out_of_time" and in_time:
        return Breach("reason", f"the complaint was in time until {limit}")
    needs_interest = complaint.category in (None, "sufficient_interest")
    if event.reason == "no_sufficient_interest" and not needs_interest:
        return Breach("reason", "the complainant's category needs no sufficient interest")
    return None


@rule("entry_stage_not_allowed", ev.EligibilityAssessed, source="SI 2006/1738 reg 14(1)")
def _entry_stage(complaint: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """A complaint goes straight to stage 2 under the Act only, and only while stage 1 is unanswered."""
    if event.decision != "accepted" or event.entry_stage == 1:
        return None
    if event.procedure not in (None, "children_statutory"):
        return Breach("entry_stage", f"the procedure {event.procedure} begins with stage 1")
    return None if complaint.awaits(1) else Breach("entry_stage", "stage 1 no longer awaits an answer")


@rule("procedure_settled", ev.Triaged, source="procedures are settled at eligibility")
def _procedure_settled(complaint: Complaint, event: ev.Triaged, _s: Setting) -> Breach | None:
    """After acceptance another procedure takes a change of procedure, not a triage."""
    other = event.procedure is not None and event.procedure != complaint.procedure
    if not complaint.accepted or not other:
        return None
    return Breach("procedure", f"it was accepted under {complaint.procedure}: use procedure_changed")


@rule("assessed_once", ev.EligibilityAssessed)
def _assessed_once(complaint: Complaint, _event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """Eligibility is assessed once for each set of issues."""
    return Breach("decision", "these issues have been assessed") if complaint.assessed else None


@rule("refusal_needs_reason", ev.EligibilityAssessed, source="SI 2006/1738 regs 3-5, 9, 12; CHC 2.4")
def _refusal_needs_reason(_c: Complaint, event: ev.EligibilityAssessed, setting: Setting) -> Breach | None:
    """A refusal states its reason, as a code and in words the complainant is given."""
    if event.decision == "accepted":
        return None
    if event.reason is None:
        return Breach("reason", "a refusal needs its reason")
    return None if "note" in setting.texts else Breach("note", "a refusal needs its reason in words")


@rule(
    "acceptance_needs_procedure",
    ev.EligibilityAssessed,
    source="SI 2006/1738 regs 3-5; LGSCO decision 24 003 845",
)
def _acceptance_needs_procedure(_c: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """An accepted complaint is accepted under a procedure."""
    missing = event.decision == "accepted" and event.procedure is None
    return Breach("procedure", "acceptance names the procedure") if missing else None


@rule("settlement_too_late", ev.EarlyResolved)
def _settlement_too_late(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Early settlement comes before any formal stage: before acceptance, an answer or a request."""
    answered = any(stage.answered_on for stage in complaint.stages.values())
    begun = complaint.accepted or answered or len(complaint.stages) > 1
    return Breach("on", "a formal stage has begun") if begun else None
