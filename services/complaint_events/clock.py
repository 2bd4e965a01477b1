"""The legal clock of a stage: when it started and why, and by when it must be answered.

One engine for deadlines and for figures. It looks at a complaint's events as they read (`reading.read`) and
takes each possible start in turn; of several, the latest before the answer holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from complaint_events import events as ev
from complaint_events.codes import Procedure
from complaint_events.event_model import Event
from complaint_events.procedures import (
    DEEMED_DELIVERY,
    STAGE_3_REQUEST_WITHIN,
    Limit,
    closure_days,
    limit_for,
    rules_for,
)
from complaint_events.profile import Profile
from complaint_events.working_days import add_working_days


class Started(NamedTuple):
    """A date from which a stage counts, and the rule that makes it so."""

    on: date
    rule: str


@dataclass(frozen=True, slots=True)
class StageClock:
    """When a stage counts from and falls due. Without dates it has not started or stands still.

    `starts` are all the starts there were, the first one first: what moved the clock.
    """

    stage: int
    started: Started
    target_on: date | None
    maximum_on: date | None
    waiting_for: str | None = None
    starts: tuple[Started, ...] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """How a clock has run so far: its starts, and what it waits for."""

    starts: tuple[Started, ...]
    limit: Limit
    via_advocate: bool = False
    advocate_asked_for: bool = False
    advocate_appointed: bool = False
    deferred: bool = False
    unwritten: bool = False

    @property
    def waiting_for(self) -> str | None:
        if self.deferred:
            return DEFERRED
        if self.advocate_asked_for:
            return AWAITING_ADVOCATE
        return AWAITING_RECORD if self.unwritten else None

    @property
    def start(self) -> date:
        return max(self.starts).on

    @property
    def last_day(self) -> date:
        return add_working_days(self.start, self.limit.maximum)

    def moved(self, on: date, rule: str) -> "_Course":
        return replace(self, starts=(*self.starts, Started(on, rule)))


AWAITING_ADVOCATE: Final = "awaiting_advocate"
DEFERRED: Final = "deferred_concurrent"
AWAITING_RECORD: Final = "awaiting_written_record"


def _interest_decided(course: _Course, event: Event) -> _Course:
    accepted = isinstance(event, ev.SufficientInterestDecided) and event.decision == "accepted"
    return course.moved(event.on, "SI 2006/1738 reg 14(3)(a)") if accepted else course


def _advocate_requested(course: _Course, event: Event) -> _Course:
    in_time = event.on <= course.last_day
    had_one = course.via_advocate or course.advocate_appointed
    return replace(course, advocate_asked_for=True) if in_time and not had_one else course


def _advocate_appointed(course: _Course, event: Event) -> _Course:
    if not course.advocate_asked_for:
        return course
    moved = course.moved(event.on, "SI 2006/1738 reg 14(3)(b)")
    return replace(moved, advocate_asked_for=False, advocate_appointed=True)


def _start_agreed(course: _Course, event: Event) -> _Course:
    if not isinstance(event, ev.StartDateAgreed) or event.on > course.last_day:
        return course
    return course.moved(event.new_start, "SI 2006/1738 reg 14(4)")


def _deferred(course: _Course, _event: Event) -> _Course:
    return replace(course, deferred=True)


def _resubmitted(course: _Course, event: Event) -> _Course:
    return replace(course.moved(event.on, "SI 2006/1738 reg 8(5)"), deferred=False)


Move = Callable[[_Course, Event], _Course]

_STAGE_1_MOVES: Final[dict[type[Event], Move]] = {
    ev.SufficientInterestDecided: _interest_decided,
    ev.AdvocateRequested: _advocate_requested,
    ev.AdvocateAppointed: _advocate_appointed,
    ev.StartDateAgreed: _start_agreed,
    ev.DeferredConcurrent: _deferred,
    ev.Resubmitted: _resubmitted,
}
"""What moves stage 1 under the Act. Later stages count from their request, or from the written record."""


_ANSWERED_BY: Final[dict[type[Event], int]] = {ev.Adjudicated: 2, ev.Stage3Responded: 3}


def answers(event: Event, stage: int) -> bool:
    """Whether an event is the council's final answer of that stage."""
    if isinstance(event, ev.StageResponded):
        return event.stage == stage
    return stage == _ANSWERED_BY.get(type(event))


def stage_clock(
    story: Sequence[Event], stage: int, procedure: Procedure, profile: Profile | None
) -> StageClock | None:
    """The clock of a stage of a complaint whose events read as `story`, in order.

    None where the stage has not been opened or the procedure has no such stage. Raises
    `working_days.YearOutOfRangeError`.
    """
    received = next((event for event in story if isinstance(event, ev.Received)), None)
    if received is None:
        return None
    limit = limit_for(procedure, stage, received.on, profile)
    if limit is None:
        return None
    answer = next((place for place, event in enumerate(story) if answers(event, stage)), len(story))
    opened = _opening(story[:answer], stage, received)
    if opened is None:
        return None
    answered_on = story[answer].on if answer < len(story) else None
    closed = closure_days(procedure, profile)
    if procedure == "children_statutory":
        course = _under_the_act(story, slice(opened, answer), stage, limit, received)
    else:
        within = rules_for(procedure, received.on).acknowledge_within.get(stage, 0)
        course = _Course((_other_start(story[opened:answer], stage, limit, within, closed),), limit)
    return _clock(course, stage, answered_on, closed)


def _opening(before: Sequence[Event], stage: int, received: Event) -> int | None:
    """Where in the story the stage was opened: the receipt, or the last request for it."""
    places = [
        place
        for place, event in enumerate(before)
        if (stage == 1 and event is received) or (isinstance(event, ev.Escalated) and event.to_stage == stage)
    ]
    return places[-1] if places else None


def _under_the_act(
    story: Sequence[Event], span: slice, stage: int, limit: Limit, received: ev.Received
) -> _Course:
    """The course of a stage over the span of the story from its opening to its answer, or to now."""
    since = story[span]
    course = _Course((Started(since[0].on, limit.source),), limit, _via_advocate(story, received))
    if stage == 1:
        return _stage_1(course, since)
    return (
        _oral(course, story[: span.stop], since[0].on) if stage == 2 and received.form == "oral" else course
    )


def _stage_1(course: _Course, since: Sequence[Event]) -> _Course:
    for event in since:
        if isinstance(event, ev.Escalated):
            break
        move = _STAGE_1_MOVES.get(type(event))
        course = move(course, event) if move else course
    return course


def _via_advocate(story: Sequence[Event], received: ev.Received) -> bool:
    stated = [event.complainant for event in story if isinstance(event, ev.Triaged) and event.complainant]
    complainant = stated[-1] if stated else received.complainant
    return complainant is not None and complainant.acting_via == "advocate"


def _oral(course: _Course, before: Sequence[Event], requested_on: date) -> _Course:
    """Oral representations: the final written record starts stage 2, never before it was asked for."""
    records = [event.on for event in before if isinstance(event, ev.WrittenRecordFinalised)]
    if not records:
        return replace(course, unwritten=True)
    written = Started(max(records[-1], requested_on), "SI 2006/1738 reg 17(5)")
    return replace(course, starts=(written,))


def _other_start(
    since: Sequence[Event], stage: int, limit: Limit, within: int, closed: frozenset[date]
) -> Started:
    """The start outside the Act: the opening itself, or its acknowledgement, at latest the day it was due."""
    opened_on = since[0].on
    if limit.starts_from != "acknowledged":
        return Started(opened_on, limit.source)
    sent = [event.on for event in since if isinstance(event, ev.Acknowledged) and event.stage == stage]
    return Started(min([*sent, add_working_days(opened_on, within, closed)]), limit.source)


def _clock(course: _Course, stage: int, answered_on: date | None, closed: frozenset[date]) -> StageClock:
    begun = [start for start in course.starts if answered_on is None or start.on <= answered_on]
    start = max(begun, default=course.starts[0])
    if answered_on is None and course.waiting_for:
        return StageClock(stage, start, None, None, course.waiting_for, course.starts)
    target = add_working_days(start.on, course.limit.target, closed)
    maximum = add_working_days(start.on, course.limit.maximum, closed)
    return StageClock(stage, start, target, maximum, None, course.starts)


def panel_request_until(notice_sent_on: date, notice_received_on: date | None) -> date:
    """The last day to ask for a review panel: 20 working days from receiving the notice (reg 18(2)).

    Without a recorded receipt the notice counts as received two working days after it was sent.
    """
    received = notice_received_on or add_working_days(notice_sent_on, DEEMED_DELIVERY)
    return add_working_days(received, STAGE_3_REQUEST_WITHIN)
