"""Forbidden at the end and after it: refused of a command, recorded of a history that did it."""

from collections.abc import Callable
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.codes import ClosingDisposal, RemedySource
from complaint_events.event_model import Event
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.rule import Breach, Setting, rule


@rule("obligation_open", ev.Closed, source="LGSCO Complaint Handling Code 2024, 6.6")
def _obligation_open(complaint: Complaint, event: ev.Closed, _s: Setting) -> Breach | None:
    """A complaint is not closed as responded while a stage awaits its answer."""
    opened = [number for number, stage in complaint.stages.items() if stage.open]
    if complaint.over or not opened or event.disposal not in (None, "responded", "panel_completed"):
        return None
    return Breach("disposal", f"stage {max(opened)} awaits its answer")


def _ended(complaint: Complaint, *how: str) -> bool:
    return any(stage.ended_by in how for stage in complaint.stages.values())


def _told(complaint: Complaint, *models: type[Event]) -> bool:
    return any(isinstance(event, models) for event in complaint.story)


_DISPOSALS: Final[dict[ClosingDisposal, Callable[[Complaint], bool]]] = {
    "responded": lambda c: any(stage.answered_on for stage in c.stages.values()) or _ended(c, "resolved"),
    "panel_completed": lambda c: c.stage(3) is not None and c.stages[3].answered_on is not None,
    "withdrawn": lambda c: c.withdrawn_on is not None or _ended(c, "withdrawn"),
    "ineligible": lambda c: c.refused_by is not None,
    "resolved_early": lambda c: c.settled_on is not None,
    "resolved_adr": lambda c: (
        _ended(c, "resolved_adr", "resolved") or _told(c, ev.AdrConcluded, ev.EarlyResolved)
    ),
    "deferred_concurrent": lambda c: c.deferred,
    "lgsco": lambda c: bool(c.referrals),
}
"""What the record must show for a disposal; the others (no cooperation, transferred, other) nothing shows."""


@rule("disposal_not_so", ev.Closed)
def _disposal_not_so(complaint: Complaint, event: ev.Closed, _s: Setting) -> Breach | None:
    """A complaint is closed in the way in which it ended: as withdrawn after a withdrawal, and so on."""
    so = _DISPOSALS.get(event.disposal) if event.disposal else None
    if so is None or complaint.received is None or so(complaint):
        return None
    return Breach("disposal", f"nothing recorded by {event.on} makes it {event.disposal}")


@rule("not_closed", ev.Reopened)
def _not_closed(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Only a complaint that is over is reopened."""
    return None if complaint.over else Breach("on", "the complaint is open")


@rule("referred_once", ev.LgscoReferred, source="Local Government Act 1974 part III")
def _referred_once(complaint: Complaint, event: ev.LgscoReferred, _s: Setting) -> Breach | None:
    """A reference of the Ombudsman stands for one referral of a complaint."""
    known = event.lgsco_ref in complaint.referrals
    return Breach("lgsco_ref", "this reference was referred before") if known else None


_FINDINGS: Final[dict[RemedySource, tuple[tuple[type[Event], ...], str]]] = {
    "investigation": ((ev.InvestigationReportReceived, ev.Adjudicated), "no investigation has reported"),
    "panel": ((ev.PanelReportIssued, ev.Stage3Responded), "no panel has reported"),
    "lgsco": ((ev.LgscoDecided,), "the Ombudsman has not decided"),
}
"""What a remedy rests on, by its source; the council's own is an offer and needs nothing else."""


@rule("remedy_without_finding", ev.RemedyAgreed, source="remedies follow a finding or an offer: MC11; CM10")
def _remedy_without_finding(complaint: Complaint, event: ev.RemedyAgreed, _s: Setting) -> Breach | None:
    """A remedy rests on an offer of the council, or on a finding of whoever it is said to come from."""
    if event.lgsco_ref is not None and event.lgsco_ref not in complaint.referrals:
        return Breach("lgsco_ref", f"on {event.on} nothing of that reference had been referred")
    models, missing = _FINDINGS.get(event.source, ((), ""))
    return Breach("source", f"by {event.on} {missing}") if models and not _told(complaint, *models) else None


@rule("due_before_agreed", ev.RemedyAgreed, ev.LearningRecorded)
def _due_before_agreed(_c: Complaint, event: Any, _s: Setting) -> Breach | None:
    """What is promised is due on or after the day of the promise."""
    if event.due_on is None or event.due_on >= event.on:
        return None
    return Breach("due_on", f"{event.due_on} is before {event.on}, when it was agreed")


@rule("satisfaction_not_lgsco", ev.SatisfactionRecorded, source="LGSCO Compliance Manual")
def _satisfaction_not_lgsco(
    complaint: Complaint, event: ev.SatisfactionRecorded, _s: Setting
) -> Breach | None:
    """The Ombudsman judges the completion of remedies that come from the Ombudsman."""
    agreed = (told for told in complaint.story if isinstance(told, ev.RemedyAgreed))
    sources = [remedy.source for remedy in agreed if remedy.remedy == event.remedy]
    if not sources or "lgsco" in sources:
        return None
    return Breach("remedy", f"the source of this remedy is {sources[-1]}")


@rule("learning_recorded_once", ev.LearningRecorded)
def _learning_recorded_once(complaint: Complaint, event: ev.LearningRecorded, _s: Setting) -> Breach | None:
    """A learning point's reference stands for one learning point."""
    known = event.learning in complaint.learning
    return Breach("learning", "this learning was recorded before") if known else None


@rule("linked_to_itself", ev.Linked)
def _linked_to_itself(_c: Complaint, event: ev.Linked, setting: Setting) -> Breach | None:
    """A complaint is linked to another one."""
    return Breach("to", "names this complaint itself") if event.to == setting.reference else None


@rule("linked_to_nothing", ev.Linked)
def _linked_to_nothing(_c: Complaint, event: ev.Linked, setting: Setting) -> Breach | None:
    """A link names a complaint of the same authority by its reference."""
    known = event.to in setting.others
    return None if known else Breach("to", "the authority has no complaint of that reference")


@rule("ages_disagree", ev.EqualityRecorded)
def _ages_disagree(_c: Complaint, event: ev.EqualityRecorded, setting: Setting) -> Breach | None:
    """An age in years and an age band, where both are given, agree."""
    if not isinstance(event.age, int) or event.age_band is None:
        return None
    band = setting.profile.age_band(event.age)
    return None if event.age_band == band else Breach("age_band", "is not the band of the age in years")


@rule("already_held", ev.LegalHoldSet)
def _already_held(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """One legal hold at a time keeps a complaint from destruction."""
    since = _held_since(complaint)
    return Breach("on", f"it has been held since {since.on}") if since else None


@rule("not_held", ev.LegalHoldReleased)
def _not_held(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Only a legal hold that was set is released."""
    return None if _held_since(complaint) else Breach("on", "there is no legal hold")


def _held_since(complaint: Complaint) -> Event | None:
    for event in reversed(complaint.story):
        if isinstance(event, (ev.LegalHoldSet, ev.LegalHoldReleased)):
            return event if isinstance(event, ev.LegalHoldSet) else None
    return None


@rule("erasure_under_hold", ev.PersonalDataErased, source="a legal hold overrides retention")
def _erasure_under_hold(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Nothing is erased while a legal hold is in force."""
    since = _held_since(complaint)
    return Breach("on", f"a legal hold has been in force since {since.on}") if since else None


@rule("erasure_while_open", ev.PersonalDataErased, source="retention counts from closing")
def _erasure_while_open(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Personal data is erased after the complaint is over."""
    running = complaint.received is not None and complaint.over is None
    return Breach("on", "the complaint is open") if running else None
