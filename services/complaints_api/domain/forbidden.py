"""What the law or good order forbids: refused of a command, recorded of a history that did it."""

from datetime import date
from typing import Any

from complaint_events import events as ev
from complaint_events.clock import panel_request_until
from complaint_events.event_model import Event
from complaint_events.procedures import STAGE_1_WAIT_AT_MOST, rules_for, stages_of
from complaint_events.working_days import add_working_days, same_day_next_year
from complaints_api.domain.complaint import Complaint
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


@rule("acceptance_needs_procedure", ev.EligibilityAssessed)
def _acceptance_needs_procedure(_c: Complaint, event: ev.EligibilityAssessed, _s: Setting) -> Breach | None:
    """An accepted complaint is accepted under a procedure."""
    missing = event.decision == "accepted" and event.procedure is None
    return Breach("procedure", "acceptance names the procedure") if missing else None


@rule("not_sufficient_interest", ev.SufficientInterestDecided, source="SI 2006/1738 reg 12")
def _not_sufficient_interest(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Sufficient interest is decided only for a person who is not entitled otherwise."""
    entitled = complaint.category != "sufficient_interest"
    return Breach("decision", "the complainant's category needs no such decision") if entitled else None


@rule("not_late", ev.LateAcceptanceDecided, source="SI 2006/1738 reg 9")
def _not_late(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Acceptance out of time is decided only when a year had passed since the grounds arose."""
    received = complaint.received
    if received is None or received.grounds_arose_on is None:
        return Breach("decision", "the complaint does not say when its grounds arose")
    limit = same_day_next_year(received.grounds_arose_on)
    return None if limit < received.on else Breach("decision", f"the complaint was in time until {limit}")


@rule("settlement_too_late", ev.EarlyResolved)
def _settlement_too_late(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Early settlement comes before any formal stage: before acceptance and before an answer."""
    begun = complaint.accepted or any(stage.answered_on for stage in complaint.stages.values())
    return Breach("on", "a formal stage has begun") if begun else None


@rule("start_not_later", ev.StartDateAgreed, source="SI 2006/1738 reg 14(4)")
def _start_not_later(complaint: Complaint, event: ev.StartDateAgreed, setting: Setting) -> Breach | None:
    """An agreed start is later than the start that holds, and agreed while stage 1 is open."""
    clock = complaint.clock(1, setting.profile)
    if not _awaits(complaint, 1):
        return Breach("on", "stage 1 no longer awaits an answer")
    if clock is None or event.new_start > clock.started.on:
        return None
    return Breach("new_start", f"stage 1 counts from {clock.started.on}; an agreed start must be later")


@rule("skip_not_allowed", ev.Stage1Skipped, source="SI 2006/1738 reg 14(1)")
def _skip_not_allowed(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Stage 1 is skipped by agreement, under the Act, while it is open."""
    if complaint.procedure not in (None, "children_statutory"):
        return Breach("on", "only the statutory procedure lets stage 1 be skipped")
    return None if _awaits(complaint, 1) else Breach("on", "stage 1 no longer awaits an answer")


@rule("no_appointment_without_request", ev.IoAppointed, ev.IpAppointed, source="SI 2006/1738 reg 17(2)")
def _no_appointment(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Investigators are appointed for a stage 2 that was requested."""
    return None if complaint.stage(2) else Breach("on", "stage 2 has not been requested")


@rule("not_deferred", ev.Resubmitted, source="SI 2006/1738 reg 8(5)")
def _not_deferred(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Only a complaint that was deferred is resubmitted."""
    return None if complaint.deferred else Breach("on", "the complaint was not deferred")


def _awaits(complaint: Complaint, number: int) -> bool:
    stage = complaint.stage(number)
    return stage is not None and stage.open


@rule("extension_of_answered_stage", ev.Extended)
def _extension_of_answered(complaint: Complaint, event: ev.Extended, _s: Setting) -> Breach | None:
    """Only a stage that awaits its answer is extended."""
    if complaint.stage(event.stage) is None or _awaits(complaint, event.stage):
        return None
    return Breach("stage", f"stage {event.stage} no longer awaits an answer")


@rule("extension_reason", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)")
def _extension_reason(complaint: Complaint, event: ev.Extended, _s: Setting) -> Breach | None:
    """Under the Act stage 1 is extended only because the complaint is complex, and stage 3 never."""
    if complaint.procedure is None or complaint.received is None:
        return None
    reasons = rules_for(complaint.procedure, complaint.received.on).extension_reasons.get(event.stage, ())
    if event.reason in reasons:
        return None
    allowed = ", ".join(reasons) or "none"
    return Breach("reason", f"stage {event.stage} is extended for these reasons only: {allowed}")


@rule("extension_beyond_maximum", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4")
def _extension_beyond_maximum(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """No extension goes beyond the maximum: stage 1 day 20, stage 2 day 65 from the start."""
    clock = complaint.clock(event.stage, setting.profile)
    if clock is None or clock.maximum_on is None or event.new_due <= clock.maximum_on:
        return None
    return Breach("new_due", f"the latest date allowed is {clock.maximum_on}")


@rule("extension_too_late", ev.Extended, source="SI 2006/1738 reg 17(6)")
def _extension_too_late(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """A stage is extended before its present due date has passed."""
    due = _due(complaint, event.stage, setting)
    told_on = event.told_on or event.on
    if due is None or max(told_on, event.on) <= due:
        return None
    return Breach("on", f"the answer was due on {due}; by {max(told_on, event.on)} that day had passed")


@rule("extension_not_later", ev.Extended)
def _extension_not_later(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """An extension sets a later date than the one that holds."""
    due = _due(complaint, event.stage, setting)
    if due is None or event.new_due > due:
        return None
    return Breach("new_due", f"the answer is due on {due}; a new date must be later")


def _due(complaint: Complaint, number: int, setting: Setting) -> date | None:
    stage, clock = complaint.stage(number), complaint.clock(number, setting.profile)
    if stage is not None and stage.extended_to is not None:
        return stage.extended_to
    return clock.target_on if clock else None


@rule("procedure_has_no_such_stage", ev.Escalated, ev.StageResponded)
def _no_such_stage(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A complaint moves only through its procedure's stages, and is answered as that procedure answers."""
    if complaint.procedure is None:
        return None
    name = "to_stage" if isinstance(event, ev.Escalated) else "stage"
    number = getattr(event, name)
    by_adjudication = complaint.procedure == "children_statutory" and name == "stage" and number == 2
    if by_adjudication:
        return Breach(name, "stage 2 of the statutory procedure is answered by adjudicated")
    if number in stages_of(complaint.procedure):
        return None
    return Breach(name, f"the procedure {complaint.procedure} has no stage {number}")


@rule("not_by_this_procedure", ev.Adjudicated, ev.PanelAppointed, ev.PanelHeld, ev.Stage3Responded)
def _not_by_this_procedure(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Adjudication and panels belong to the statutory procedure."""
    other = complaint.procedure not in (None, "children_statutory")
    return Breach("on", f"the procedure is {complaint.procedure}") if other else None


@rule("issues_undecided", ev.StageResponded)
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


@rule("stage_1_unfinished", ev.Escalated, source="SI 2006/1738 regs 14(1), 17(1)")
def _stage_1_unfinished(complaint: Complaint, event: ev.Escalated, setting: Setting) -> Breach | None:
    """Stage 2 is requested when stage 1 was answered, is overdue, was skipped, or was not entered.

    While its clock stands still, stage 1 is overdue for this purpose 20 working days after its last start:
    waiting must not keep anybody from the next stage for ever.
    """
    stage, clock = complaint.stage(1), complaint.clock(1, setting.profile)
    if event.to_stage != 2 or stage is None or not stage.open or clock is None:
        return None
    due = stage.extended_to or clock.target_on or add_working_days(clock.started.on, STAGE_1_WAIT_AT_MOST)
    if event.on > due:
        return None
    return Breach("to_stage", f"stage 1 has not been answered and is not due before {due}")


@rule("stage_2_unanswered", ev.Escalated, source="SI 2006/1738 reg 18(1)")
def _stage_2_unanswered(complaint: Complaint, event: ev.Escalated, _s: Setting) -> Breach | None:
    """A panel is requested after the notice of the stage 2 response."""
    stage = complaint.stage(2)
    if event.to_stage != 3 or (stage is not None and stage.answered_on is not None):
        return None
    return Breach("to_stage", "stage 2 has not been adjudicated")


@rule("panel_request_needs_reasons", ev.Escalated, source="SI 2006/1738 reg 18(2)")
def _panel_needs_reasons(_c: Complaint, event: ev.Escalated, setting: Setting) -> Breach | None:
    """A request for a panel sets out the reasons for dissatisfaction."""
    missing = event.to_stage == 3 and "reasons" not in setting.texts
    return Breach("reasons", "a request for a panel gives its reasons") if missing else None


@rule("panel_request_late", ev.Escalated, source="SI 2006/1738 reg 18(2)")
def _panel_request_late(complaint: Complaint, event: ev.Escalated, _s: Setting) -> Breach | None:
    """A panel is requested within 20 working days of receiving the notice, or a late request was accepted."""
    stage = complaint.stage(2)
    if event.to_stage != 3 or stage is None or stage.answered_on is None:
        return None
    last = panel_request_until(stage.answered_on, stage.notice_received_on)
    if event.on <= last or complaint.late_requests.get(3) == "accepted":
        return None
    return Breach("on", f"the request was possible until {last}; decide on the late request first")


@rule("nobody_independent_appointed", ev.Adjudicated, source="SI 2006/1738 reg 17(2)")
def _no_independent_person(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Stage 2 is adjudicated with an independent person appointed."""
    stage = complaint.stage(2)
    missing = stage is not None and not stage.ip_appointed
    return Breach("on", "no independent person has been appointed") if missing else None


@rule("report_missing", ev.Adjudicated, source="SI 2006/1738 reg 17; councils' guidance")
def _report_missing(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """The reports of the investigating officer and of the independent person precede adjudication."""
    stage = complaint.stage(2)
    missing = sorted({"io", "ip"} - stage.reports) if stage is not None else []
    return Breach("on", f"no report has come in from: {', '.join(missing)}") if missing else None


@rule("author_not_appointed", ev.InvestigationReportReceived)
def _author_not_appointed(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A report comes from somebody who was appointed."""
    stage = complaint.stage(2)
    missing = stage is not None and not getattr(stage, f"{event.author}_appointed")
    return Breach("author", "nobody has been appointed to write it") if missing else None


@rule("panel_out_of_order", ev.PanelHeld, ev.PanelReportIssued, ev.Stage3Responded, source="regs 19, 20")
def _panel_out_of_order(complaint: Complaint, event: Event, _s: Setting) -> Breach | None:
    """A panel is appointed, meets, reports, and is answered, in that order."""
    stage = complaint.stage(3)
    if stage is None:
        return None
    before: dict[type[Event], tuple[object, str]] = {
        ev.PanelHeld: (stage.panel_appointed, "no panel has been appointed"),
        ev.PanelReportIssued: (stage.panel_held_on, "the panel has not met"),
        ev.Stage3Responded: (stage.panel_reported_on, "the panel has not reported"),
    }
    done, missing = before[type(event)]
    return None if done else Breach("on", missing)


@rule("procedure_not_that", ev.ProcedureChanged)
def _procedure_not_that(complaint: Complaint, event: ev.ProcedureChanged, _s: Setting) -> Breach | None:
    """A change of procedure starts from the present one and comes before the final answer."""
    if complaint.procedure is not None and event.from_ != complaint.procedure:
        return Breach("from", f"the procedure is {complaint.procedure}")
    answered = any(stage.answered_on for stage in complaint.stages.values())
    return Breach("to", "the complaint has been answered") if answered else None


@rule("obligation_open", ev.Closed)
def _obligation_open(complaint: Complaint, event: ev.Closed, _s: Setting) -> Breach | None:
    """A complaint is not closed as responded while a stage awaits its answer."""
    opened = [number for number, stage in complaint.stages.items() if stage.open]
    if complaint.over or not opened or event.disposal not in (None, "responded", "panel_completed"):
        return None
    return Breach("disposal", f"stage {max(opened)} awaits its answer")


@rule("not_closed", ev.Reopened)
def _not_closed(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """Only a complaint that is over is reopened."""
    return None if complaint.over else Breach("on", "the complaint is open")
