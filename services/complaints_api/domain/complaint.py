"""The complaint: what its history says, folded from events one by one.

`evolve` never refuses: what has been recorded has happened. Whether something may happen is decided in
`deciding`, by the rules in `rules`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.clock import DEFERRED, StageClock, stage_clock
from complaint_events.codes import Procedure
from complaint_events.event_model import Event
from complaint_events.outcomes import Answer, overall
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.profile import Profile

ALLOWED_WHEN_CLOSED: Final[tuple[type[Event], ...]] = (
    ev.EqualityRecorded,
    ev.LgscoReferred,
    ev.LgscoDecided,
    ev.RemedyAgreed,
    ev.Remedied,
    ev.SatisfactionRecorded,
    ev.SurveyRecorded,
    ev.LearningRecorded,
    ev.LearningImplemented,
    ev.LearningNotImplemented,
    ev.CostRecorded,
    ev.CorrectionRecorded,
    ev.Reopened,
    ev.PersonalDataErased,
    ev.LegalHoldSet,
    ev.LegalHoldReleased,
    ev.DetailsChanged,
    ev.ContactLogged,
    ev.LetterSent,
    ev.ReminderSent,
    ev.Linked,
    ev.SafeguardingReferred,
)
"""What may still happen to a complaint that is over (history format; reminders: remedies go on, CHC 6.6)."""


LEFT_BEHIND: Final = ("escalated", "entered_at_stage_2")
"""Ways in which stage 1 ends for good: a reopened complaint does not come back to it."""


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage as it stands; stage 1 is opened by receipt, the others by a request."""

    stage: int
    opened_on: date
    acknowledged_on: date | None = None
    extended_to: date | None = None
    statement_agreed_on: date | None = None
    answered_on: date | None = None
    decided_by: Answer | None = None
    ended_by: str | None = None
    io_appointed: bool = False
    ip_appointed: bool = False
    reports: frozenset[str] = frozenset()
    panel_appointed: bool = False
    panel_held_on: date | None = None
    panel_reported_on: date | None = None
    notice_received_on: date | None = None
    answer_may_be_repeated: bool = False

    @property
    def open(self) -> bool:
        """Whether the stage still awaits its answer."""
        return self.answered_on is None and self.ended_by is None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as its events so far tell it."""

    story: tuple[Event, ...] = ()
    received: ev.Received | None = None
    procedure: Procedure | None = None
    team: str | None = None
    category: str | None = None
    complainant: str | None = None
    issues: Mapping[int, ev.Issue] = field(default_factory=dict)
    current_issues: tuple[ev.Issue, ...] = ()
    stages: Mapping[int, StageState] = field(default_factory=dict)
    entry_stage: int = 1
    accepted: bool = False
    refused_by: Event | None = None
    settled_on: date | None = None
    withdrawn_on: date | None = None
    closed_on: date | None = None
    stage1_skipped: bool = False
    assessed: bool = False
    advocate_requested: bool = False
    deferred: bool = False
    late_requests: Mapping[int, str] = field(default_factory=dict)
    referrals: frozenset[str] = frozenset()
    remedies: frozenset[str] = frozenset()
    learning: frozenset[str] = frozenset()
    officer: str | None = None

    @property
    def over(self) -> str | None:
        """Why nothing but the events allowed after closing may happen, or None."""
        if self.withdrawn_on:
            return "withdrawn"
        if self.refused_by:
            return "refused"
        if self.settled_on:
            return "settled"
        return "closed" if self.closed_on else None

    @property
    def state(self) -> str:
        """One word for where the complaint stands."""
        if self.received is None:
            return "referral_only" if self.referrals else "not_received"
        if self.over:
            return self.over
        opened = [stage.stage for stage in self.stages.values() if stage.open]
        return f"stage_{max(opened)}" if opened else "answered"

    def stage(self, number: int) -> StageState | None:
        """A stage, if it has been opened."""
        return self.stages.get(number)

    def awaits(self, number: int) -> bool:
        """Whether a stage has been opened and awaits its answer."""
        stage = self.stages.get(number)
        return stage is not None and stage.open

    def answerable(self, number: int) -> bool:
        """Whether a stage may be answered: it awaits its answer, or was reopened to be answered again."""
        return self.awaits(number) or (number in self.stages and self.stages[number].answer_may_be_repeated)

    def clock(self, number: int, profile: Profile | None) -> StageClock | None:
        """The legal clock of a stage; None where it was not opened.

        It runs from receipt, triaged or not: until a procedure is stated, the Act's limits are shown. While
        the complaint is deferred for concurrent proceedings no open stage falls due (reg 8(1)).
        """
        clock = stage_clock(self.story, number, self.procedure or DEFAULT_PROCEDURE, profile)
        stage = self.stages.get(number)
        if clock is None or not self.deferred or stage is None or not stage.open:
            return clock
        return replace(clock, target_on=None, maximum_on=None, waiting_for=DEFERRED)

    def due_on(self, number: int, profile: Profile | None) -> date | None:
        """The day that holds for a stage: its target, or a later one it was extended to, within the maximum.

        None where the stage was not opened or its clock stands still. An extension never shortens a time
        that a later start has moved beyond it (regs 14(3), 14(4)).
        """
        stage, clock = self.stages.get(number), self.clock(number, profile)
        if stage is None or clock is None or clock.target_on is None or clock.maximum_on is None:
            return None
        return min(max(clock.target_on, stage.extended_to or clock.target_on), clock.maximum_on)

    def evolve(self, event: Event) -> "Complaint":
        """The complaint after one more event."""
        step = _EVOLVE.get(type(event))
        after = self if step is None else step(self, event)
        if after is self:
            return replace(self, story=(*self.story, event))
        object.__setattr__(after, "story", (*self.story, event))  # just made: nobody has seen it without
        return after


def fold(events: Iterable[Event], start: Complaint | None = None) -> Complaint:
    """The complaint that events tell, in the order in which they read."""
    complaint = start or Complaint()
    for event in events:
        complaint = complaint.evolve(event)
    return complaint


def _stage(complaint: Complaint, number: int, **changes: Any) -> Complaint:
    stage = complaint.stages.get(number)
    if stage is None:
        return complaint
    return replace(complaint, stages={**complaint.stages, number: replace(stage, **changes)})


def _stated(complaint: Complaint, issues: tuple[ev.Issue, ...] | None) -> Complaint:
    if issues is None:
        return complaint
    known = {**complaint.issues, **{issue.no: issue for issue in issues}}
    return replace(complaint, issues=known, current_issues=issues)


def _received(complaint: Complaint, event: ev.Received) -> Complaint:
    return replace(
        complaint,
        issues={issue.no: issue for issue in event.issues},
        current_issues=event.issues,
        received=event,
        procedure=event.procedure,
        team=event.team,
        category=event.complainant.category if event.complainant else None,
        complainant=event.complainant.ref if event.complainant else None,
        stages={1: StageState(1, event.on)},
    )


def _triaged(complaint: Complaint, event: ev.Triaged) -> Complaint:
    category = event.complainant.category if event.complainant else complaint.category
    person = event.complainant.ref if event.complainant else None
    return replace(
        _stated(complaint, event.issues),
        procedure=event.procedure or complaint.procedure,
        team=event.team or complaint.team,
        category=category,
        complainant=person or complaint.complainant,
    )


def _issues_revised(complaint: Complaint, event: ev.IssuesRevised) -> Complaint:
    return replace(_stated(complaint, event.issues), assessed=False)


def _assessed(complaint: Complaint, event: ev.EligibilityAssessed) -> Complaint:
    if event.decision == "refused":
        return replace(complaint, assessed=True, refused_by=event)
    after = replace(
        complaint,
        assessed=True,
        accepted=True,
        refused_by=None,
        procedure=event.procedure or complaint.procedure,
        entry_stage=event.entry_stage,
    )
    return after if event.entry_stage == 1 else _stage(after, 1, ended_by="entered_at_stage_2")


def _refusable(complaint: Complaint, event: Any) -> Complaint:
    return replace(complaint, refused_by=event) if event.decision == "refused" else complaint


def _acknowledged(complaint: Complaint, event: ev.Acknowledged) -> Complaint:
    stage = complaint.stages.get(event.stage)
    first = stage is not None and stage.acknowledged_on is None
    return _stage(complaint, event.stage, acknowledged_on=event.on) if first else complaint


def _answered(complaint: Complaint, number: int, event: Any) -> Complaint:
    """The first answer of a stage is its date, the last one its outcome."""
    stage = complaint.stages.get(number)
    if stage is None:
        return complaint
    first = stage.answered_on or event.on
    decided = event if overall(event, None) else stage.decided_by
    return _stage(complaint, number, answered_on=first, decided_by=decided, answer_may_be_repeated=False)


def _adjudicated(complaint: Complaint, event: ev.Adjudicated) -> Complaint:
    after = _answered(complaint, 2, event)
    return _stage(after, 2, notice_received_on=event.received_on)


def _escalated(complaint: Complaint, event: ev.Escalated) -> Complaint:
    ended = _stage(complaint, 1, ended_by="escalated") if _unanswered(complaint, 1) else complaint
    opened = StageState(event.to_stage, event.on)
    return replace(ended, closed_on=None, stages={**ended.stages, event.to_stage: opened})


def _unanswered(complaint: Complaint, number: int) -> bool:
    stage = complaint.stages.get(number)
    return stage is not None and stage.open


def _late_request(complaint: Complaint, event: ev.LateRequestDecided) -> Complaint:
    after = replace(complaint, late_requests={**complaint.late_requests, event.to_stage: event.decision})
    refused = event.decision == "refused" and _unanswered(after, event.to_stage)
    return _stage(after, event.to_stage, ended_by="refused") if refused else after


def _report(complaint: Complaint, event: ev.InvestigationReportReceived) -> Complaint:
    stage = complaint.stages.get(2)
    return _stage(complaint, 2, reports=stage.reports | {event.author}) if stage else complaint


def _reopened(complaint: Complaint, _event: Event) -> Complaint:
    back = replace(complaint, closed_on=None, withdrawn_on=None, refused_by=None, settled_on=None)
    stage = back.stages.get(max(back.stages, default=1))
    if stage is None or stage.ended_by in LEFT_BEHIND:
        return back
    return _stage(back, stage.stage, answer_may_be_repeated=True, ended_by=None)


_EVOLVE: Final[dict[type[Event], Callable[[Complaint, Any], Complaint]]] = {
    ev.Received: _received,
    ev.Triaged: _triaged,
    ev.IssuesRevised: _issues_revised,
    ev.EligibilityAssessed: _assessed,
    ev.SufficientInterestDecided: _refusable,
    ev.LateAcceptanceDecided: _refusable,
    ev.EarlyResolved: lambda c, e: replace(c, settled_on=e.on),
    ev.Acknowledged: _acknowledged,
    ev.Stage1Skipped: lambda c, _: replace(_stage(c, 1, ended_by="skipped"), stage1_skipped=True),
    ev.Resolved: lambda c, e: _stage(c, e.stage, ended_by="resolved"),
    ev.AdvocateRequested: lambda c, _: replace(c, advocate_requested=True),
    ev.DeferredConcurrent: lambda c, _: replace(c, deferred=True),
    ev.Resubmitted: lambda c, _: replace(c, deferred=False),
    ev.Extended: lambda c, e: _stage(c, e.stage, extended_to=e.new_due),
    ev.StageResponded: lambda c, e: _answered(c, e.stage, e),
    ev.Escalated: _escalated,
    ev.LateRequestDecided: _late_request,
    ev.EscalationEnded: lambda c, e: _stage(c, e.to_stage, ended_by=e.disposal),
    ev.StatementOfComplaintAgreed: lambda c, e: _stage(c, 2, statement_agreed_on=e.on),
    ev.IoAppointed: lambda c, _: _stage(c, 2, io_appointed=True),
    ev.IpAppointed: lambda c, _: _stage(c, 2, ip_appointed=True),
    ev.InvestigationReportReceived: _report,
    ev.Adjudicated: _adjudicated,
    ev.PanelAppointed: lambda c, _: _stage(c, 3, panel_appointed=True),
    ev.PanelHeld: lambda c, e: _stage(c, 3, panel_held_on=e.on),
    ev.PanelReportIssued: lambda c, e: _stage(c, 3, panel_reported_on=e.on),
    ev.Stage3Responded: lambda c, e: _answered(c, 3, e),
    ev.Withdrawn: lambda c, e: replace(c, withdrawn_on=e.on),
    ev.ProcedureChanged: lambda c, e: replace(c, procedure=e.to),
    ev.Closed: lambda c, e: replace(c, closed_on=e.on),
    ev.Reopened: _reopened,
    ev.Allocated: lambda c, e: replace(c, officer=e.officer, team=e.team or c.team),
    ev.LgscoReferred: lambda c, e: replace(c, referrals=c.referrals | {e.lgsco_ref}),
    ev.RemedyAgreed: lambda c, e: replace(c, remedies=c.remedies | {e.remedy}),
    ev.LearningRecorded: lambda c, e: replace(c, learning=c.learning | {e.learning}),
}
