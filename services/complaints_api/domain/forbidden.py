"""Forbidden on the way through the stages: refused of a command, recorded of a history that did it."""

from typing import Any, Final

from complaint_events import events as ev
from complaint_events.codes import Procedure
from complaint_events.event_model import Event
from complaint_events.procedures import stages_of
from complaints_api.domain.complaint import LEFT_BEHIND, Complaint
from complaints_api.domain.rule import Breach, Setting, rule


@rule("already_acknowledged", ev.Acknowledged)
def _already_acknowledged(complaint: Complaint, event: ev.Acknowledged, _s: Setting) -> Breach | None:
    """A stage is acknowledged once, while it awaits its answer."""
    stage = complaint.stage(event.stage)
    if stage is None:
        return None
    if stage.acknowledged_on is not None:
        return Breach("stage", f"stage {event.stage} was acknowledged on {stage.acknowledged_on}")
    return None if stage.open else Breach("stage", f"stage {event.stage} no longer awaits an answer")


@rule("start_not_later", ev.StartDateAgreed, source="SI 2006/1738 reg 14(4)")
def _start_not_later(complaint: Complaint, event: ev.StartDateAgreed, setting: Setting) -> Breach | None:
    """An agreed start is later than the start that holds, and agreed while stage 1 is open."""
    clock = complaint.clock(1, setting.profile)
    if not complaint.awaits(1):
        return Breach("on", "stage 1 no longer awaits an answer")
    if clock is None or event.new_start > clock.started.on:
        return None
    return Breach("new_start", f"stage 1 counts from {clock.started.on}; an agreed start must be later")


@rule("skip_not_allowed", ev.Stage1Skipped, source="SI 2006/1738 reg 14(1)")
def _skip_not_allowed(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Stage 1 is skipped by agreement, under the Act, while it is open."""
    if complaint.procedure not in (None, "children_statutory"):
        return Breach("on", "only the statutory procedure lets stage 1 be skipped")
    return None if complaint.awaits(1) else Breach("on", "stage 1 no longer awaits an answer")


@rule("already_deferred", ev.DeferredConcurrent, source="SI 2006/1738 reg 8(1)")
def _already_deferred(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """A complaint that waits for other proceedings comes back before it is deferred again."""
    return Breach("on", "the complaint is deferred already") if complaint.deferred else None


@rule("not_deferred", ev.Resubmitted, source="SI 2006/1738 reg 8(5)")
def _not_deferred(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Only a complaint that was deferred is resubmitted."""
    return None if complaint.deferred else Breach("on", "the complaint was not deferred")


@rule(
    "procedure_has_no_such_stage",
    ev.Escalated,
    ev.StageResponded,
    ev.ProcedureChanged,
    source="SI 2006/1738 regs 14, 17-20; LGSCO Code section 6; the council's own",
)
def _no_such_stage(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A complaint moves only through its procedure's stages, and is answered as that procedure answers."""
    if isinstance(event, ev.ProcedureChanged):
        return _without("to", event.to, max(complaint.stages, default=1))
    if complaint.procedure is None:
        return None
    if isinstance(event, ev.Escalated):
        return _without("to_stage", complaint.procedure, event.to_stage)
    if complaint.procedure == "children_statutory" and event.stage == 2:
        return Breach("stage", "stage 2 of the statutory procedure is answered by adjudicated")
    return _without("stage", complaint.procedure, event.stage)


def _without(name: str, procedure: Procedure, number: int) -> Breach | None:
    found = number in stages_of(procedure)
    return None if found else Breach(name, f"the procedure {procedure} has no stage {number}")


@rule(
    "not_by_this_procedure",
    ev.StartDateAgreed,
    ev.WrittenRecordFinalised,
    ev.Adjudicated,
    ev.PanelAppointed,
    ev.PanelHeld,
    ev.PanelReportIssued,
    ev.Stage3Responded,
    source="SI 2006/1738 regs 14(4), 16, 17, 19, 20",
)
def _not_by_this_procedure(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Agreed starts, written records, adjudication and panels belong to the statutory procedure."""
    other = complaint.procedure not in (None, "children_statutory")
    return Breach("on", f"the procedure is {complaint.procedure}") if other else None


_STAGE_OF: Final[dict[type[Event], int]] = {
    ev.Adjudicated: 2,
    ev.StatementOfComplaintAgreed: 2,
    ev.IoAppointed: 2,
    ev.IpAppointed: 2,
    ev.InvestigationReportReceived: 2,
    ev.PanelAppointed: 3,
    ev.PanelHeld: 3,
    ev.PanelReportIssued: 3,
    ev.Stage3Responded: 3,
}
_ANSWERS: Final = (ev.StageResponded, ev.Adjudicated, ev.Stage3Responded)


@rule(
    "stage_over", ev.StageResponded, ev.Resolved, *_STAGE_OF, source="SI 2006/1738 regs 14(1), 15(1), 17-20"
)
def _stage_over(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """Nothing more is done at a stage that was skipped, settled, ended or answered.

    A second answer, and an answer after the request for the next stage, cannot have happened at all: they
    have rules of their own.
    """
    kind: type[Event] = type(event)
    number = _STAGE_OF.get(kind) or event.stage
    stage = complaint.stage(number)
    if stage is None or complaint.answerable(number) or stage.ended_by in LEFT_BEHIND:
        return None
    if stage.ended_by is not None:
        return Breach("on", f"stage {number} has ended: {stage.ended_by}")
    return (
        None
        if isinstance(event, _ANSWERS)
        else Breach("on", f"stage {number} was answered on {stage.answered_on}")
    )


@rule("stage_never_opened", ev.Withdrawn, ev.CostRecorded)
def _stage_never_opened(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A withdrawal or a cost names a stage that the complaint has reached."""
    if complaint.received is None or event.stage is None or complaint.stage(event.stage):
        return None
    return Breach("stage", f"on {event.on} stage {event.stage} had not been opened")


@rule("issues_undecided", ev.StageResponded, source="SI 2006/1738 regs 14, 17; LGSCO Code 6.6")
def _issues_undecided(complaint: Complaint, event: ev.StageResponded, _s: Setting) -> Breach | None:
    """An answer decides every issue."""
    decided = {finding.issue for finding in event.issue_outcomes or ()}
    missing = [str(issue.no) for issue in complaint.current_issues if issue.no not in decided]
    if not missing:
        return None
    return Breach("issue_outcomes", f"no outcome is given for issue {', '.join(missing)}")


@rule("outcome_not_in_use", ev.StageResponded, ev.Adjudicated, ev.Stage3Responded)
def _outcome_not_in_use(_c: Complaint, event: Any, setting: Setting) -> Breach | None:
    """An answer uses only the outcomes that the authority's profile has in use on its date."""
    found = [(f"issue_outcomes.{n}.outcome", one.outcome) for n, one in enumerate(event.issue_outcomes or ())]
    for where, outcome in [*found, ("outcome", event.outcome)]:
        if outcome is not None and not setting.profile.allows(outcome, event.on):
            return Breach(where, "this outcome is not in use by the authority on that date")
    return None


@rule("nothing_offered", ev.AdrConcluded, source="mediation is voluntary: councils' guidance")
def _nothing_offered(complaint: Complaint, event: ev.AdrConcluded, _s: Setting) -> Breach | None:
    """Mediation, or another way to settle, ends when it was offered."""
    offered = any(isinstance(told, ev.AdrOffered) for told in complaint.story)
    return None if offered else Breach("on", f"on {event.on} nothing had been offered")


@rule("procedure_not_that", ev.ProcedureChanged)
def _procedure_not_that(complaint: Complaint, event: ev.ProcedureChanged, _s: Setting) -> Breach | None:
    """A change of procedure goes from the present one to another one, before the final answer."""
    if complaint.procedure is not None and event.from_ != complaint.procedure:
        return Breach("from", f"the procedure is {complaint.procedure}")
    if event.to == complaint.procedure:
        return Breach("to", "this is the procedure it has")
    answered = [stage.answered_on for stage in complaint.stages.values() if stage.answered_on]
    awaited = any(stage.open for stage in complaint.stages.values())
    final = bool(answered) and not awaited
    return Breach("to", f"the final answer was sent on {max(answered)}") if final else None
