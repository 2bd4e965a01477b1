"""When a stage began, how many working days its answer took, and whether it was in time."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from complaint_events.working_days import add_working_days, day_number
from tests.oracle.complaints import Complaint
from tests.oracle.reading import Told

STATUTORY: Final = "children_statutory"
_LIMITS: Final = {
    (STATUTORY, 1): (10, 20),
    (STATUTORY, 2): (25, 65),
    (STATUTORY, 3): (30, 30),
    ("corporate_code", 1): (10, 20),
    ("corporate_code", 2): (20, 40),
    ("corporate_local", 1): (15, 15),
    ("corporate_local", 2): (20, 20),
    ("non_statutory", 1): (20, 20),
}


def _before(complaint: Complaint, stage: int) -> list[Told]:
    """The events before the first answer of a stage; all of them when there is none."""
    first = complaint.answer(stage)
    if first is None:
        return list(complaint.events)
    return list(complaint.events[: complaint.events.index(first)])


def configured(complaint: Complaint, stage: int) -> dict[str, Any]:
    """What the profile in force at receipt says of a stage of the complaint's procedure."""
    profile = complaint.profile_on(str(complaint.received_on))
    procedure = profile.get("procedures", {}).get(complaint.procedure, {})
    return procedure.get(f"stage_{stage}") or {}


def limits(complaint: Complaint, stage: int) -> tuple[int, int] | None:
    """Target and maximum in working days; none where no procedure says."""
    given = configured(complaint, stage)
    if given and judged_by(complaint) != STATUTORY:
        return given["target"], given.get("max") or given["target"]
    return _LIMITS.get((judged_by(complaint), stage))


def judged_by(complaint: Complaint) -> str:
    """The procedure whose limits count: until one is stated, the Act's."""
    return complaint.procedure or STATUTORY


def closure_days(complaint: Complaint) -> frozenset[date]:
    """Days that count as closed, for procedures other than the Act's."""
    if judged_by(complaint) == STATUTORY:
        return frozenset()
    profile = complaint.profile_on(str(complaint.received_on))
    return frozenset(date.fromisoformat(day) for day in profile.get("closure_days", []))


def requested_on(complaint: Complaint, stage: int) -> date | None:
    """The request that the answer of a later stage belongs to."""
    asked = [
        told.day
        for told in _before(complaint, stage)
        if told.event == "escalated" and told.data["to_stage"] == stage
    ]
    return asked[-1] if asked else None


def _acknowledged(complaint: Complaint, stage: int, begun: date) -> date:
    """Acknowledgement, at latest day 5."""
    latest = add_working_days(begun, 5, closure_days(complaint))
    sent = [
        told.day
        for told in _before(complaint, stage)
        if told.event == "acknowledged" and told.get("stage", 1) == stage and told.day >= begun
    ]
    return min([*sent, latest])


def started(complaint: Complaint, stage: int) -> date | None:
    """The start that the first answer of a stage is counted from."""
    begun = complaint.received_on if stage == 1 else requested_on(complaint, stage)
    if begun is None:
        return None
    if judged_by(complaint) == STATUTORY:
        return _statutory(complaint, stage, begun)
    return by_its_own_rules(complaint, stage, begun)


def by_its_own_rules(complaint: Complaint, stage: int, begun: date) -> date:
    """When a stage begun on a day starts under another procedure than the Act's."""
    default = "acknowledged" if complaint.procedure == "corporate_code" else "received"
    basis = configured(complaint, stage).get("from") or default
    return _acknowledged(complaint, stage, begun) if basis == "acknowledged" else begun


def _statutory(complaint: Complaint, stage: int, begun: date) -> date:
    if stage == 1:
        return _local_resolution(complaint, begun)
    oral = made_orally(complaint)
    records = [told.day for told in _before(complaint, 2) if told.event == "written_record_finalised"]
    return max(records[-1], begun) if stage == 2 and oral and records else begun


def made_orally(complaint: Complaint) -> bool:
    """Whether stage 2 waits for a written record."""
    return bool(complaint.last(("received",), "form") == "oral")


@dataclass
class _Course:
    """The starts that the law knows so far, and what a complaint waits for."""

    starts: list[date]
    had_advocate: bool
    awaited: bool = False
    deferred: bool = False


def _course(complaint: Complaint, received: date, events: list[Told]) -> _Course:
    course = _Course([received], complaint.acting_via == "advocate")
    for told in events:
        if told.event == "escalated":
            break
        _move(course, told, in_time=told.day <= add_working_days(max(course.starts), 20))
    return course


def _move(course: _Course, told: Told, *, in_time: bool) -> None:
    if told.event == "resubmitted" or (
        told.event == "sufficient_interest_decided" and told.data["decision"] == "accepted"
    ):
        course.starts.append(told.day)
    if told.event in ("deferred_concurrent", "resubmitted"):
        course.deferred = told.event == "deferred_concurrent"
    if told.event == "start_date_agreed" and in_time:
        course.starts.append(date.fromisoformat(told.data["new_start"]))
    if told.event == "advocate_requested" and in_time and not course.had_advocate:
        course.awaited = True
    if told.event == "advocate_appointed" and course.awaited:
        course.starts.append(told.day)
        course.had_advocate, course.awaited = True, False


def _local_resolution(complaint: Complaint, received: date) -> date:
    """The latest of the starts before the answer."""
    first = complaint.answer(1)
    course = _course(complaint, received, _before(complaint, 1))
    return max(day for day in course.starts if first is None or day <= first.day)


def due(complaint: Complaint) -> date | None:
    """By when stage 1 must be answered at the latest; none while the clock stands still."""
    received, within_days = complaint.received_on, limits(complaint, 1)
    if received is None or within_days is None:
        return None
    if judged_by(complaint) != STATUTORY:
        start = started(complaint, 1)
        return add_working_days(start, within_days[1], closure_days(complaint)) if start else None
    course = _course(complaint, received, _before(complaint, 1))
    return None if course.awaited or course.deferred else add_working_days(max(course.starts), 20)


def days_taken(complaint: Complaint, stage: int) -> int:
    """The working day on which the first answer of a stage was sent."""
    start, first = started(complaint, stage), complaint.answer(stage)
    assert first is not None
    return day_number(start or first.day, first.day, closure_days(complaint))


def within(complaint: Complaint, stage: int) -> tuple[bool, bool]:
    """Whether a stage was answered within target, and within the maximum."""
    target, most = limits(complaint, stage) or (0, 0)
    days = _panel_days(complaint) if stage == 3 else days_taken(complaint, stage)
    return (days is not None and days <= target), (days is not None and days <= most)


def _panel_days(complaint: Complaint) -> int | None:
    """Working days from the request to the panel; none without a panel."""
    asked = requested_on(complaint, 3)
    met = [told.day for told in _before(complaint, 3) if told.event == "panel_held"]
    met = [day for day in met if asked and day >= asked]
    return day_number(asked, met[0]) if asked and met else None
