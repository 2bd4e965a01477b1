"""What a letter may say: facts of a complaint, from its events and the one clock; nothing is reckoned here.

A template sees each fact by its name, dates written as "4 March 2026". A fact that a complaint does not have
is None, and a template that prints it all the same is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD, DEFERRED, panel_request_until
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.procedures import DEFAULT_PROCEDURE, stages_of
from complaint_events.profile import Profile
from complaints_api.domain.complaint import Complaint, StageState
from complaints_api.domain.obligations import Obligation, obligations

OMBUDSMAN: Final = "Local Government and Social Care Ombudsman"
OMBUDSMAN_WEB: Final = "www.lgo.org.uk"
OMBUDSMAN_PHONE: Final = "0300 061 0614"

WAITS: Final = {
    AWAITING_ADVOCATE: "your advocate has been appointed",
    DEFERRED: "the other proceedings are over",
    AWAITING_RECORD: "what you told us has been written down",
}
"""What the time does not run until, by what a clock waits for."""

EXTENDED_BECAUSE: Final = {
    "complex": "your complaint is complex",
    "awaiting_advocate": "you asked for an advocate",
    "complainant_request": "you asked us to wait",
    "other": "we could not finish our work in time",
}
"""Why a stage takes longer, by the reason of `extended`."""

REFUSED_BECAUSE: Final = {
    "not_entitled_complainant": "the law does not let us take this complaint from you under this procedure",
    "no_sufficient_interest": "we found that you do not have a close enough interest in the child",
    "out_of_time": "you complained more than a year after the problem arose",
    "not_qualifying_function": "the complaint is about something that this procedure does not cover",
    "not_council_action": "the complaint is about something that we did not do",
    "all_stages_exhausted": "this complaint has been through every stage that we have",
    "better_procedure": "another procedure is the right one for this complaint",
}
"""Why a complaint is not taken, by the reason of the decision."""

_ANSWERING: Final = frozenset({"respond", "hold_panel", "send_panel_report", "respond_to_panel"})


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, when and what: the officer's part of a letter."""

    sent_on: date
    paragraphs: str | None = None
    signed_by: str | None = None
    job_title: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a letter goes; the address line by line."""

    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a template may name; `paragraphs` is Markdown, the rest is text."""

    council: str
    title: str
    reference: str
    sent_on: date
    name: str
    address: tuple[str, ...]
    procedure: str
    statutory: bool
    young: bool
    received_on: date | None = None
    stage: int | None = None
    stage_2_follows: bool = False
    due_on: date | None = None
    overdue: bool = False
    waiting: str | None = None
    extended_to: date | None = None
    extended_because: str | None = None
    panel_until: date | None = None
    refused_because: str | None = None
    withdrawn_on: date | None = None
    advocacy_providers: str | None = None
    ombudsman: str = OMBUDSMAN
    ombudsman_web: str = OMBUDSMAN_WEB
    ombudsman_phone: str = OMBUDSMAN_PHONE
    contact: str | None = None
    signed_by: str | None = None
    job_title: str | None = None
    paragraphs: str | None = None

    def named(self) -> dict[str, Any]:
        """The facts as a template sees them."""
        return {name: _shown(getattr(self, name)) for name in NAMES}


NAMES: Final = tuple(field.name for field in fields(Facts))
"""Every name that a template may use."""

LISTS: Final = frozenset({"address"})
"""The names that a template may loop over."""


def long_date(day: date) -> str:
    """A date as people write it: "4 March 2026"."""
    return f"{day.day} {day:%B %Y}"


def _shown(value: Any) -> Any:
    return long_date(value) if isinstance(value, date) else value


def facts_of(
    complaint: Complaint,
    profile: Profile,
    profile_then: Profile | None,
    addressed: tuple[str, str, Addressee],
    writing: Writing,
) -> Facts:
    """The facts of a complaint as it stood on the letter's date.

    `profile` is in force on that date, `profile_then` was when the complaint was received; `addressed` are
    the letter's title, the complaint's reference, and to whom it goes.
    """
    title, reference, to = addressed
    procedure = complaint.procedure or DEFAULT_PROCEDURE
    return Facts(
        council=profile.name,
        title=title,
        reference=reference,
        sent_on=writing.sent_on,
        name=to.name,
        address=to.address,
        procedure=procedure,
        statutory=procedure == DEFAULT_PROCEDURE,
        young=complaint.category in CHILD_OR_YOUNG_PERSON,
        received_on=complaint.received.on if complaint.received else None,
        withdrawn_on=complaint.withdrawn_on,
        refused_because=_refused_because(complaint.refused_by),
        advocacy_providers=" or ".join(profile.advocacy_providers) or None,
        contact=writing.contact,
        signed_by=writing.signed_by,
        job_title=writing.job_title,
        paragraphs=writing.paragraphs,
        **_of_stage(complaint, procedure, profile_then, writing.sent_on),
    )


def current_stage(complaint: Complaint) -> StageState | None:
    """The last stage that was opened."""
    return complaint.stages[max(complaint.stages)] if complaint.stages else None


def last_extension(complaint: Complaint) -> ev.Extended | None:
    """The last extension of the current stage, while the stage awaits its answer."""
    stage = current_stage(complaint)
    if stage is None or not stage.open:
        return None
    found = [e for e in complaint.story if isinstance(e, ev.Extended) and e.stage == stage.stage]
    return found[-1] if found and found[-1].on >= stage.opened_on else None


def _of_stage(complaint: Complaint, procedure: str, profile: Profile | None, day: date) -> dict[str, Any]:
    stage, extension = current_stage(complaint), last_extension(complaint)
    if stage is None:
        return {}
    owed = _owed(obligations(complaint, profile), stage.stage)
    due_on = owed.due_on if owed else None
    return {
        "stage": stage.stage,
        "stage_2_follows": 2 in stages_of(procedure),
        "due_on": due_on,
        "overdue": due_on is not None and due_on < day,
        "waiting": WAITS.get(owed.waiting_for or "") if owed else None,
        "extended_to": extension.new_due if extension else None,
        "extended_because": EXTENDED_BECAUSE[extension.reason] if extension else None,
        "panel_until": _panel_until(complaint.stage(2)),
    }


def _owed(every: Sequence[Obligation], stage: int) -> Obligation | None:
    """The answer that is owed at a stage, or what comes before it there."""
    return next((owed for owed in every if owed.stage == stage and owed.name in _ANSWERING), None)


def _panel_until(stage: StageState | None) -> date | None:
    if stage is None or stage.answered_on is None:
        return None
    return panel_request_until(stage.answered_on, stage.notice_received_on)


def _refused_because(decision: Any) -> str | None:
    """The reason of a refusal in words; the two special decisions have but one reason each."""
    if decision is None:
        return None
    only = {"sufficient_interest_decided": "no_sufficient_interest", "late_acceptance_decided": "out_of_time"}
    reason = only.get(decision.event) or decision.reason
    return REFUSED_BECAUSE.get(reason or "", "we may not look into it under this procedure")
