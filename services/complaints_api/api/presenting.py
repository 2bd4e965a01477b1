"""How a complaint is shown: its state, its stages, and each open deadline with the reason for that day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from complaint_events.clock import StageClock
from complaint_events.outcomes import overall
from complaint_events.profile import Profile, ProfileApplied, in_force
from complaint_events.reading import Recorded, read
from complaint_events.working_days import working_days_after
from complaints_api.api.request import CASEWORK
from complaints_api.domain.complaint import Complaint, StageState, fold
from complaints_api.recording import Loaded, Recording
from complaints_api.revealing import with_references
from service_conventions.callers import Caller

Json = dict[str, Any]


async def complaint_document(
    desk: Recording,
    authority: str,
    stream: Loaded,
    caller: Caller,
    as_of: date | None,
    known_at: datetime | None,
) -> Json:
    """The complaint as JSON, as it stood or was known; personal details for those who do the casework."""
    story = read(stream.history, as_of=as_of, known_at=known_at)
    complaint = fold(one.event for one in story)
    judged_on = min(as_of or desk.today, desk.today)
    profiles = await desk.profiles(authority)
    profile = in_force(profiles, complaint.received.on if complaint.received else judged_on)
    shown = {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        **_statement(complaint),
        "stages": [_stage(stage, profiles) for _, stage in sorted(complaint.stages.items())],
        "deadlines": deadlines(complaint, profile, judged_on),
    }
    if caller.role in CASEWORK:
        shown["personal"] = await _personal(desk, authority, stream, story)
        shown = await with_references(desk.vault, authority, shown)
    return shown


def _statement(complaint: Complaint) -> Json:
    received = complaint.received
    own = received.data() if received else {}
    return {
        "state": complaint.state,
        "procedure": complaint.procedure,
        "received_on": received.on if received else None,
        "team": complaint.team,
        "officer": complaint.officer,
        "method": own.get("method"),
        "form": own.get("form"),
        "complainant": own.get("complainant"),
        "children": own.get("children", []),
        "issues": [issue.model_dump(exclude_none=True) for issue in complaint.current_issues],
        "withdrawn_on": complaint.withdrawn_on,
        "closed_on": complaint.closed_on,
        "lgsco_refs": sorted(complaint.referrals),
        "remedies": sorted(complaint.remedies),
    }


def _stage(stage: StageState, profiles: Sequence[ProfileApplied]) -> Json:
    answer = stage.decided_by
    return {
        "stage": stage.stage,
        "open": stage.open,
        "opened_on": stage.opened_on,
        "acknowledged_on": stage.acknowledged_on,
        "extended_to": stage.extended_to,
        "answered_on": stage.answered_on,
        "outcome": overall(answer, in_force(profiles, answer.on)) if answer else None,
        "ended_by": stage.ended_by,
    }


def deadlines(complaint: Complaint, profile: Profile | None, judged_on: date) -> list[Json]:
    """For each stage that awaits its answer: from when it counts and why, and by when the answer is due."""
    found: list[Json] = []
    for number, stage in sorted(complaint.stages.items()):
        clock = complaint.clock(number, profile) if stage.open and not complaint.over else None
        if clock is not None:
            found.append(_deadline(stage, clock, judged_on))
    return found


def _deadline(stage: StageState, clock: StageClock, judged_on: date) -> Json:
    due_on = stage.extended_to or clock.target_on
    if due_on and clock.maximum_on:
        due_on = min(due_on, clock.maximum_on)
    return {
        "obligation": "respond",
        "stage": stage.stage,
        "starts_on": clock.started.on,
        "rule": clock.started.rule,
        "target_on": clock.target_on,
        "maximum_on": clock.maximum_on,
        "due_on": due_on,
        "working_days_left": working_days_after(judged_on, due_on) if due_on else None,
        "overdue": due_on is not None and judged_on > due_on,
        "waiting_for": clock.waiting_for,
        "reason": _reason(stage, clock, due_on),
    }


def _reason(stage: StageState, clock: StageClock, due_on: date | None) -> str:
    if due_on is None:
        return f"Stage {stage.stage} has no due date while it waits: {clock.waiting_for}."
    start = f"Stage {stage.stage} counts from {clock.started.on}, which is day 0 ({clock.started.rule})"
    if stage.extended_to:
        return f"{start}; it was extended to {stage.extended_to}, at most {clock.maximum_on}."
    return f"{start}; only working days count, so the answer is due on {due_on}, at most {clock.maximum_on}."


async def _personal(desk: Recording, authority: str, stream: Loaded, story: list[Recorded]) -> Json:
    """The personal details as last stated."""
    opened = await desk.vault.open_texts(authority, stream.stream)
    details: Json = {}
    for one in story:
        for name, text in opened.get(one.version, {}).items():
            field, _, inner = name.partition(".")
            if field == "personal":
                details[inner] = text
    return details
