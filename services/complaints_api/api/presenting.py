"""How a complaint is shown: its state, its stages, and each open deadline with the reason for that day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from complaint_events.conformity import RULES, nonconformities
from complaint_events.outcomes import overall
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.profile import ProfileApplied, in_force
from complaint_events.reading import Recorded, read
from complaints_api.api.explaining import deadlines
from complaints_api.api.request import CASEWORK
from complaints_api.domain.complaint import Complaint, StageState, fold
from complaints_api.recording import Loaded, Recording
from complaints_api.revealing import personal_details, with_references
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
    profiles = await desk.profiles(authority)
    shown = {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        **_statement(complaint),
        "stages": [_stage(stage, profiles) for _, stage in sorted(complaint.stages.items())],
        "deadlines": _owed(complaint, profiles, _judged_on(desk, as_of)),
        "nonconformities": _not_done(complaint, profiles, _judged_on(desk, as_of)),
    }
    if caller.role in CASEWORK:
        shown["personal"] = await _personal(desk, authority, stream, story, known_at)
        shown = await with_references(desk.vault, authority, shown)
    return shown


async def deadlines_document(
    desk: Recording, authority: str, stream: Loaded, as_of: date | None, known_at: datetime | None
) -> Json:
    """What is owed on the complaint, as it stood or was known."""
    complaint, judged_on = stream.seen(as_of, known_at), _judged_on(desk, as_of)
    return {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        "judged_on": judged_on,
        "deadlines": _owed(complaint, await desk.profiles(authority), judged_on),
    }


def _judged_on(desk: Recording, as_of: date | None) -> date:
    return min(as_of or desk.today, desk.today)


def _owed(complaint: Complaint, profiles: Sequence[ProfileApplied], judged_on: date) -> list[Json]:
    profile = in_force(profiles, complaint.received.on if complaint.received else judged_on)
    return deadlines(complaint, profile, judged_on)


def _not_done(complaint: Complaint, profiles: Sequence[ProfileApplied], judged_on: date) -> list[Json]:
    """What has not been done as required by that day, with the requirement and its source."""
    profile = in_force(profiles, complaint.received.on if complaint.received else judged_on)
    found = nonconformities(complaint.story, complaint.procedure or DEFAULT_PROCEDURE, profile)
    rules = {rule.name: rule for rule in RULES}
    return [
        {"rule": one.rule, "on": one.on, "says": rules[one.rule].says, "source": rules[one.rule].source}
        for one in found
        if one.on <= judged_on
    ]


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


async def _personal(
    desk: Recording, authority: str, stream: Loaded, story: list[Recorded], known_at: datetime | None
) -> Json:
    """The personal details as last stated, corrections applied."""
    known = [one for one in stream.history if known_at is None or one.recorded_at <= known_at]
    return await personal_details(desk.vault, authority, stream.stream, known, story)
