"""A complaint's stages as they are shown: the legal clock, who was appointed, what came in, the answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.clock import StageClock
from complaint_events.event_model import Event
from complaint_events.outcomes import overall
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days
from complaint_events.profile import ProfileApplied, in_force
from complaint_events.reading import Recorded
from complaint_events.working_days import working_days_after
from complaints_api.api.explaining import local_basis
from complaints_api.api.what_followed import Listed, Reading, listed
from complaints_api.domain.complaint import Complaint, StageState

Json = dict[str, Any]

_EXTENSIONS: Final = Listed("extensions", "each extension of the stage, with its reason", (ev.Extended,))

_LISTS: Final[dict[int, tuple[Listed, ...]]] = {
    2: (
        Listed(
            "appointed",
            "investigating officer and independent person",
            (ev.IoAppointed, ev.IpAppointed),
            named=True,
        ),
        Listed("reports", "the investigators' reports", (ev.InvestigationReportReceived,)),
    ),
}

_DAYS: Final[dict[int, dict[str, type[Event]]]] = {
    2: {
        "written_record_on": ev.WrittenRecordFinalised,
        "statement_agreed_on": ev.StatementOfComplaintAgreed,
    },
    3: {
        "panel_appointed_on": ev.PanelAppointed,
        "panel_held_on": ev.PanelHeld,
        "panel_report_on": ev.PanelReportIssued,
    },
}
"""What has a day of its own in a stage: the last one since the stage was requested."""


def stages(
    complaint: Complaint, reading: Reading, profiles: Sequence[ProfileApplied], judged_on: date
) -> list[Json]:
    """Every stage that was opened, in order, as judged on a day."""
    return [
        _stage(complaint, state, reading, profiles, judged_on)
        for _, state in sorted(complaint.stages.items())
    ]


def _stage(
    complaint: Complaint,
    state: StageState,
    reading: Reading,
    profiles: Sequence[ProfileApplied],
    judged_on: date,
) -> Json:
    profile = in_force(profiles, complaint.received.on) if complaint.received else None
    own = _since(reading.story, state.stage)
    return {
        "stage": state.stage,
        "open": state.open,
        "opened_on": state.opened_on,
        "acknowledged_on": state.acknowledged_on,
        "clock": _clock(complaint, state, profile, judged_on),
        "extended_to": state.extended_to,
        "extensions": [one for one in listed(reading, own, _EXTENSIONS) if one["stage"] == state.stage],
        **{one.name: listed(reading, own, one) for one in _LISTS.get(state.stage, ())},
        **{name: _last(own, model) for name, model in _DAYS.get(state.stage, {}).items()},
        **_answer(state, profiles),
        **({"local_basis": local_basis(complaint, profile, judged_on)} if state.stage == 2 else {}),
    }


def _since(story: Sequence[Recorded], stage: int) -> Sequence[Recorded]:
    """What happened since the stage was last opened; of stage 1, everything."""
    opened = [
        place
        for place, one in enumerate(story)
        if isinstance(one.event, ev.Escalated) and one.event.to_stage == stage
    ]
    return story[opened[-1] :] if opened else story


def _last(own: Sequence[Recorded], model: type[Event]) -> date | None:
    return next((one.event.on for one in reversed(own) if isinstance(one.event, model)), None)


def _answer(state: StageState, profiles: Sequence[ProfileApplied]) -> Json:
    answer = state.decided_by
    findings = answer.issue_outcomes if answer else None
    return {
        "answered_on": state.answered_on,
        "outcome": overall(answer, in_force(profiles, answer.on)) if answer else None,
        "issue_outcomes": [finding.model_dump() for finding in findings or ()],
        "answered_by": answer.team if answer else None,
        **({"notice_received_on": state.notice_received_on} if state.stage == 2 else {}),
        "ended_by": state.ended_by,
    }


def _clock(
    complaint: Complaint, state: StageState, profile: ProfileApplied | None, judged_on: date
) -> Json | None:
    clock = complaint.clock(state.stage, profile)
    if clock is None:
        return None
    return {
        "started_on": clock.started.on,
        "rule": clock.started.rule,
        "target_on": clock.target_on,
        "maximum_on": clock.maximum_on,
        "waiting_for": clock.waiting_for,
        "working_days": _working_days(complaint, state, clock, profile, judged_on),
    }


def _working_days(
    complaint: Complaint,
    state: StageState,
    clock: StageClock,
    profile: ProfileApplied | None,
    judged_on: date,
) -> int | None:
    """Working days taken, or so far; None while the clock stands still or where the stage just ended."""
    procedure = complaint.procedure or DEFAULT_PROCEDURE
    met_on = _met_on(state, procedure) or (judged_on if state.open and complaint.over is None else None)
    if met_on is None or clock.waiting_for is not None:
        return None
    return working_days_after(clock.started.on, met_on, closure_days(procedure, profile))


def _met_on(state: StageState, procedure: str) -> date | None:
    """What the limit is about: the answer; for a panel its meeting (SI 2006/1738 reg 19(4))."""
    panel = state.stage == 3 and procedure == DEFAULT_PROCEDURE
    return state.panel_held_on if panel else state.answered_on
