"""Forbidden at stages 2 and 3: refused of a command, recorded of a history that did it."""

from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.clock import panel_request_until
from complaint_events.event_model import Event
from complaint_events.procedures import STAGE_1_WAIT_AT_MOST
from complaint_events.working_days import add_working_days
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.obligation import under_the_act
from complaints_api.domain.rule import Breach, Setting, rule


@rule("no_prior_response", ev.Escalated, source="LGSCO Complaint Handling Code 2024, section 6")
def _no_prior_response(complaint: Complaint, event: ev.Escalated, _s: Setting) -> Breach | None:
    """Outside the Act stage 2 reviews the stage 1 response: there must be one, or agreed terms."""
    stage = complaint.stage(1)
    if event.to_stage != 2 or complaint.procedure in (None, "children_statutory") or stage is None:
        return None
    responded = stage.answered_on is not None or stage.ended_by == "resolved"
    return None if responded else Breach("to_stage", "stage 1 has had no response")


@rule("stage_1_unfinished", ev.Escalated, source="SI 2006/1738 regs 14(1), 17(1)")
def _stage_1_unfinished(complaint: Complaint, event: ev.Escalated, setting: Setting) -> Breach | None:
    """Stage 2 is requested when stage 1 was answered, is overdue, was skipped, or was not entered.

    While its clock stands still, stage 1 is overdue for this purpose 20 working days after its last start:
    waiting must not keep anybody from the next stage for ever.
    """
    stage, clock = complaint.stage(1), complaint.clock(1, setting.profile)
    if event.to_stage != 2 or stage is None or not stage.open or clock is None:
        return None
    waited = add_working_days(clock.started.on, STAGE_1_WAIT_AT_MOST)
    due = complaint.due_on(1, setting.profile) or waited
    if event.on > due:
        return None
    return Breach("to_stage", f"stage 1 has not been answered and is not due before {due}")


@rule("stage_2_unanswered", ev.Escalated, source="SI 2006/1738 reg 18(1)")
def _stage_2_unanswered(complaint: Complaint, event: ev.Escalated, setting: Setting) -> Breach | None:
    """A panel is requested after the notice of the stage 2 response."""
    stage = complaint.stage(2)
    if event.to_stage != 3 or (stage is not None and stage.answered_on is not None):
        return None
    later = setting.later(ev.Adjudicated, "the adjudication")
    return Breach("to_stage", f"on {event.on} stage 2 had not been adjudicated{later}")


@rule("panel_request_needs_reasons", ev.Escalated, source="SI 2006/1738 reg 18(2)")
def _panel_needs_reasons(_c: Complaint, event: ev.Escalated, setting: Setting) -> Breach | None:
    """A request for a panel sets out the reasons for dissatisfaction."""
    missing = event.to_stage == 3 and "reasons" not in setting.texts
    return Breach("reasons", "a request for a panel gives its reasons") if missing else None


@rule("panel_request_late", ev.Escalated, source="SI 2006/1738 reg 18(2)")
def _panel_request_late(complaint: Complaint, event: ev.Escalated, _s: Setting) -> Breach | None:
    """A panel is requested within 20 working days of receiving the notice, or a late request was accepted."""
    last = _panel_request_until(complaint)
    if event.to_stage != 3 or last is None:
        return None
    if event.on <= last or complaint.late_requests.get(3) == "accepted":
        return None
    return Breach("on", f"the request was possible until {last}; decide on the late request first")


@rule("not_a_late_request", ev.LateRequestDecided, source="SI 2006/1738 regs 15(2), 18(2)")
def _not_a_late_request(complaint: Complaint, event: ev.LateRequestDecided, _s: Setting) -> Breach | None:
    """Only a panel request after its 20 working days is decided on as late; stage 2 has no limit."""
    if event.to_stage == 2:
        under_the_act = complaint.procedure in (None, "children_statutory")
        return Breach("to_stage", "a request for stage 2 is never late") if under_the_act else None
    last, asked = _panel_request_until(complaint), complaint.stage(3)
    if last is None:
        return Breach("to_stage", "stage 2 has not been adjudicated")
    on = asked.opened_on if asked else event.on
    return (
        None if on > last else Breach("on", f"the request was possible until {last}, and {on} is not later")
    )


def _panel_request_until(complaint: Complaint) -> date | None:
    """The last day on which a panel could be asked for in time; None without a notice."""
    stage = complaint.stage(2)
    if stage is None or stage.answered_on is None:
        return None
    return panel_request_until(stage.answered_on, stage.notice_received_on)


@rule(
    "stage_2_not_refusable",
    ev.EscalationEnded,
    source="SI 2006/1738 reg 17(1)(b); LGSCO decision 24 015 996",
)
def _stage_2_not_refusable(complaint: Complaint, event: ev.EscalationEnded, _s: Setting) -> Breach | None:
    """Under the Act a request for stage 2 must be considered: the council has no power to refuse it."""
    asked = complaint.stage(2)
    if event.to_stage != 2 or event.disposal != "refused" or asked is None or not under_the_act(complaint):
        return None
    return Breach(
        "disposal", f"stage 2, requested on {asked.opened_on}, is not refused: it must be considered"
    )


@rule("not_oral", ev.WrittenRecordFinalised, source="SI 2006/1738 reg 16(1)")
def _not_oral(complaint: Complaint, _event: Event, _s: Setting) -> Breach | None:
    """A written record is made of representations that were made orally."""
    written = complaint.received is not None and complaint.received.form != "oral"
    return Breach("on", "the complaint was made in writing") if written else None


@rule("no_appointment_without_request", ev.IoAppointed, ev.IpAppointed, source="SI 2006/1738 reg 17(2)")
def _no_appointment(complaint: Complaint, event: Event, setting: Setting) -> Breach | None:
    """Investigators are appointed for a stage 2 that was requested."""
    if complaint.stage(2):
        return None
    later = setting.later(ev.Escalated, "the request", to_stage=2)
    return Breach("on", f"on {event.on} stage 2 had not been requested{later}")


@rule(
    "independent_person_internal", ev.IpAppointed, ev.InvestigationReportReceived, source="SI 2006/1738 reg 2"
)
def _independent_person_internal(_c: Complaint, event: Any, _s: Setting) -> Breach | None:
    """The independent person is neither a member nor an officer of the authority; an investigator may be."""
    independent = isinstance(event, ev.IpAppointed) or event.author == "ip"
    internal = independent and event.internal is True
    return Breach("internal", "the independent person comes from outside the authority") if internal else None


@rule("author_not_appointed", ev.InvestigationReportReceived, source="SI 2006/1738 reg 17(2)")
def _author_not_appointed(complaint: Complaint, event: Any, _s: Setting) -> Breach | None:
    """A report comes from somebody who was appointed."""
    stage = complaint.stage(2)
    missing = stage is not None and not getattr(stage, f"{event.author}_appointed")
    return Breach("author", "nobody has been appointed to write it") if missing else None


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


_BEFORE: Final[dict[type[Event], tuple[type[Event], str, str, str]]] = {
    ev.PanelHeld: (ev.PanelAppointed, "panel_appointed", "no panel had been appointed", "the appointment"),
    ev.PanelReportIssued: (ev.PanelHeld, "panel_held_on", "the panel had not met", "the meeting"),
    ev.Stage3Responded: (
        ev.PanelReportIssued,
        "panel_reported_on",
        "the panel had not reported",
        "the report",
    ),
}
"""What each step of a review panel follows: the event, what shows it, and how its absence is told."""


@rule("panel_out_of_order", *_BEFORE, source="SI 2006/1738 regs 19, 20")
def _panel_out_of_order(complaint: Complaint, event: Event, setting: Setting) -> Breach | None:
    """A panel is appointed, meets, reports, and is answered, in that order."""
    model, shown, missing, what = _BEFORE[type(event)]
    stage = complaint.stage(3)
    if stage is None or getattr(stage, shown):
        return None
    return Breach("on", f"on {event.on} {missing}{setting.later(model, what)}")
