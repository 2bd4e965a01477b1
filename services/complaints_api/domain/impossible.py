"""What cannot have happened: refused of a command and of a history alike."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.clock import answers
from complaint_events.event_model import Event
from complaint_events.working_days import FIRST_YEAR, LAST_YEAR
from complaints_api.domain.complaint import ALLOWED_WHEN_CLOSED, Complaint, StageState
from complaints_api.domain.rule import Breach, Setting, rule

_COMPLAINT_EVENTS: Final = tuple(model for model in ev.EVENTS.values() if model.kind == "complaint")
_BEGINNINGS: Final = (ev.Received, ev.AdvocacyInfoGiven, ev.LgscoReferred)


def _except(*left_out: type[Event]) -> tuple[type[Event], ...]:
    return tuple(model for model in _COMPLAINT_EVENTS if model not in left_out)


@rule("in_the_future", *ev.EVENTS.values(), always=True)
def _in_the_future(_c: Complaint, event: Event, setting: Setting) -> Breach | None:
    """Nothing is recorded before it has happened; a profile alone may be set for a later day."""
    if isinstance(event, ev.ProfileApplied):
        return None
    for name, day in _happened(event):
        if day > setting.today:
            return Breach(name, f"{day} is later than today, {setting.today}")
    return None


_DAYS_DONE: Final = ("on", "told_on", "terms_sent_on", "confirmed_on")


def _happened(event: Event) -> Sequence[tuple[str, date]]:
    """The dates of an event on which something was done: its own, and those of letters it tells of."""
    stated = event.__dict__
    return [(name, day) for name in _DAYS_DONE if (day := stated.get(name)) is not None]


@rule(
    "outside_calendar",
    *ev.EVENTS.values(),
    source="SI 2006/1738 reg 2: its bank holidays must be known",
    always=True,
)
def _outside_calendar(_c: Complaint, event: Event, _s: Setting) -> Breach | None:
    """Dates lie in the years whose bank holidays are known, or no deadline could be worked out."""
    for name, value in event.__dict__.items():
        if isinstance(value, date) and not FIRST_YEAR <= value.year < LAST_YEAR:
            return Breach(name, f"must lie in the years {FIRST_YEAR} to {LAST_YEAR - 1}")
    return None


@rule("received_once", ev.Received, always=True)
def _received_once(complaint: Complaint, _event: ev.Received, _s: Setting) -> Breach | None:
    """A complaint is received once; another one has a reference of its own."""
    if complaint.received is not None:
        return Breach("on", f"the complaint was received on {complaint.received.on}")
    earlier = next((event for event in complaint.story if not isinstance(event, ev.AdvocacyInfoGiven)), None)
    if earlier is None:
        return None
    return Breach("on", f"the record begins with an Ombudsman referral of {earlier.on}")


@rule("not_received", *_except(*_BEGINNINGS), always=True)
def _not_received(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """A complaint begins with its receipt.

    Or with a referral by the Ombudsman, after which only what may follow closing may happen.
    """
    if complaint.received is not None:
        return None
    if complaint.referrals and isinstance(event, ALLOWED_WHEN_CLOSED):
        return None
    return Breach("on", f"on {event.on} no complaint had been received")


@rule("before_receipt", *_except(ev.Received, ev.AdvocacyInfoGiven), always=True)
def _before_receipt(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """Nothing but advice on advocacy may precede receipt."""
    received = complaint.received
    for name, day in _happened(event):
        if received is not None and day < received.on:
            return Breach(name, f"{day} is before receipt on {received.on}")
    return None


@rule("grounds_before_receipt", ev.Received, source="SI 2006/1738 reg 9", always=True)
def _grounds_before_receipt(_c: Complaint, event: ev.Received, _s: Setting) -> Breach | None:
    """What is complained of arose on or before the day of the complaint."""
    if event.grounds_arose_on is None or event.grounds_arose_on <= event.on:
        return None
    return Breach("grounds_arose_on", f"{event.grounds_arose_on} is after receipt on {event.on}")


@rule("after_withdrawal", *_except(ev.Received), source="SI 2006/1738 reg 7", always=True)
def _after_withdrawal(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """After withdrawal only what may follow closing, and closing itself, may happen."""
    return _over(complaint, event, "withdrawn", complaint.withdrawn_on)


@rule("after_refusal", *_except(ev.Received), always=True)
def _after_refusal(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """After refusal only what may follow closing, and closing itself, may happen.

    A refusal for want of interest or for lateness may still be recorded as the eligibility decision it is.
    """
    refused_by = complaint.refused_by
    concludes = isinstance(event, ev.EligibilityAssessed) and event.decision == "refused"
    if concludes and complaint.closed_on is None and not isinstance(refused_by, ev.EligibilityAssessed):
        return None
    return _over(complaint, event, "refused", refused_by.on if refused_by else None)


@rule("after_early_settlement", *_except(ev.Received), always=True)
def _after_settlement(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """After early settlement only what may follow closing, and closing itself, may happen."""
    return _over(complaint, event, "settled", complaint.settled_on)


@rule("after_closing", *_except(ev.Received, ev.Escalated), always=True)
def _after_closing(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """After closing only remedies, learning, the Ombudsman, records, reopening or a next stage may follow."""
    if isinstance(event, ev.Closed) and complaint.closed_on:
        return Breach("on", f"the complaint was closed on {complaint.closed_on}")
    return _over(complaint, event, "closed", complaint.closed_on)


def _over(complaint: Complaint, event: Event, how: str, since: date | None) -> Breach | None:
    if complaint.over != how or isinstance(event, (*ALLOWED_WHEN_CLOSED, ev.Closed)):
        return None
    return Breach("on", f"the complaint was {how} on {since}; this event is of {event.on}")


def _opened(complaint: Complaint, number: int) -> StageState | None:
    stage = complaint.stage(number)
    return None if stage is None or stage.ended_by == "entered_at_stage_2" else stage


@rule(
    "stage_not_opened",
    ev.StageResponded,
    ev.Acknowledged,
    ev.Extended,
    ev.Resolved,
    source="SI 2006/1738 regs 14, 17(1), 18",
    always=True,
)
def _stage_not_opened(complaint: Complaint, event: Any, setting: Setting) -> Breach | None:
    """A stage is acknowledged, extended, settled or answered only when it has been opened.

    Stage 1 is opened by receipt, the others by a request.
    """
    if complaint.received is None or _opened(complaint, event.stage):
        return None
    later = setting.later(ev.Escalated, "the request", to_stage=event.stage)
    return Breach("stage", f"on {event.on} stage {event.stage} had not been opened{later}")


@rule(
    "stage_2_not_requested",
    ev.Adjudicated,
    ev.StatementOfComplaintAgreed,
    ev.InvestigationReportReceived,
    source="SI 2006/1738 reg 17(1)",
    always=True,
)
def _stage_2_not_requested(complaint: Complaint, event: Event, setting: Setting) -> Breach | None:
    """An investigation's statement, report and adjudication come on or after the request for stage 2."""
    if complaint.stage(2):
        return None
    later = setting.later(ev.Escalated, "the request", to_stage=2)
    return Breach("on", f"on {event.on} stage 2 had not been requested{later}")


@rule(
    "stage_3_not_requested",
    ev.PanelAppointed,
    ev.PanelHeld,
    ev.PanelReportIssued,
    ev.Stage3Responded,
    source="SI 2006/1738 reg 18",
    always=True,
)
def _stage_3_not_requested(complaint: Complaint, event: Event, setting: Setting) -> Breach | None:
    """A panel, its report and the answer to it come on or after the request for stage 3."""
    if complaint.stage(3):
        return None
    later = setting.later(ev.Escalated, "the request", to_stage=3)
    return Breach("on", f"on {event.on} stage 3 had not been requested{later}")


@rule("request_unknown", ev.EscalationEnded, always=True)
def _request_unknown(complaint: Complaint, event: ev.EscalationEnded, setting: Setting) -> Breach | None:
    """Only a request that was made can end."""
    if complaint.stage(event.to_stage):
        return None
    later = setting.later(ev.Escalated, "the request", to_stage=event.to_stage)
    return Breach("to_stage", f"on {event.on} stage {event.to_stage} had not been requested{later}")


@rule("already_requested", ev.Escalated, always=True)
def _already_requested(complaint: Complaint, event: ev.Escalated, _s: Setting) -> Breach | None:
    """A stage that has been requested is not requested again, unless the request had ended."""
    stage = complaint.stage(event.to_stage)
    if stage is None or stage.ended_by is not None:
        return None
    return Breach("to_stage", f"stage {event.to_stage} was requested on {stage.opened_on}")


@rule("answer_after_escalation", ev.StageResponded, source="SI 2006/1738 reg 17(4)", always=True)
def _answer_after_escalation(complaint: Complaint, event: ev.StageResponded, _s: Setting) -> Breach | None:
    """There is no stage 1 answer after the request for stage 2."""
    later = complaint.stage(2)
    if event.stage != 1 or later is None:
        return None
    return Breach("on", f"stage 2 was requested on {later.opened_on}; this answer is of {event.on}")


_ANSWERS: Final[dict[type[Event], int]] = {ev.Adjudicated: 2, ev.Stage3Responded: 3}


@rule("already_answered", ev.StageResponded, ev.Adjudicated, ev.Stage3Responded, always=True)
def _already_answered(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A stage is answered once, unless the complaint was reopened."""
    kind: type[Event] = type(event)
    number = _ANSWERS.get(kind) or event.stage
    stage = complaint.stage(number)
    if stage is None or stage.answered_on is None or _reopened_since_answer(complaint, number):
        return None
    return Breach("on", f"stage {number} was answered on {stage.answered_on}")


def _reopened_since_answer(complaint: Complaint, number: int) -> bool:
    """Whether the complaint was reopened after the last answer of a stage, whichever stage it is at now."""
    answered = [place for place, event in enumerate(complaint.story) if answers(event, number)]
    return any(isinstance(event, ev.Reopened) for event in complaint.story[answered[-1] :])


@rule("unknown_issue", ev.StageResponded, ev.Adjudicated, ev.Stage3Responded, always=True)
def _unknown_issue(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A finding is on an issue that was stated."""
    for place, finding in enumerate(event.issue_outcomes or ()):
        if finding.issue not in complaint.issues:
            return Breach(f"issue_outcomes.{place}.issue", "no issue of that number was stated")
    return None


@rule("unknown_remedy", ev.Remedied, ev.SatisfactionRecorded, source="LGSCO Compliance Manual", always=True)
def _unknown_remedy(complaint: Complaint, event: Any, setting: Setting) -> Breach | None:
    """A remedy is carried out, and judged, only when it was agreed."""
    known = event.remedy in complaint.remedies
    later = setting.later(ev.RemedyAgreed, "its agreement", remedy=event.remedy)
    return None if known else Breach("remedy", f"on {event.on} no such remedy had been agreed{later}")


@rule("remedy_agreed_once", ev.RemedyAgreed, always=True)
def _remedy_agreed_once(complaint: Complaint, event: ev.RemedyAgreed, _s: Setting) -> Breach | None:
    """A remedy's reference stands for one remedy."""
    return Breach("remedy", "this remedy was agreed before") if event.remedy in complaint.remedies else None


@rule("unknown_referral", ev.LgscoDecided, source="Local Government Act 1974 part III", always=True)
def _unknown_referral(complaint: Complaint, event: ev.LgscoDecided, setting: Setting) -> Breach | None:
    """The Ombudsman decides on what was referred."""
    known = event.lgsco_ref in complaint.referrals
    later = setting.later(ev.LgscoReferred, "the referral", lgsco_ref=event.lgsco_ref)
    return (
        None if known else Breach("lgsco_ref", f"on {event.on} nothing of that reference was referred{later}")
    )


@rule("unknown_learning", ev.LearningImplemented, ev.LearningNotImplemented, always=True)
def _unknown_learning(complaint: Complaint, event: Any, setting: Setting) -> Breach | None:
    """A learning point ends only when it was recorded."""
    known = event.learning in complaint.learning
    later = setting.later(ev.LearningRecorded, "its record", learning=event.learning)
    return None if known else Breach("learning", f"on {event.on} no such learning had been recorded{later}")


@rule("received_before_sent", ev.Adjudicated, source="SI 2006/1738 reg 18(2)", always=True)
def _received_before_sent(_c: Complaint, event: ev.Adjudicated, _s: Setting) -> Breach | None:
    """A notice is received on or after the day it was sent."""
    if event.received_on is None or event.received_on >= event.on:
        return None
    return Breach("received_on", f"{event.received_on} is before the notice was sent on {event.on}")


@rule("confirmed_before_withdrawal", ev.Withdrawn, source="SI 2006/1738 reg 7", always=True)
def _confirmed_before(_c: Complaint, event: ev.Withdrawn, _s: Setting) -> Breach | None:
    """The council confirms a withdrawal in writing on or after the day of it."""
    if event.confirmed_on is None or event.confirmed_on >= event.on:
        return None
    return Breach("confirmed_on", f"{event.confirmed_on} is before the withdrawal on {event.on}")
