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
from complaint_events.procedures import Limit, closure_days, limit_for, rules_for
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
    advocate_seen: bool = False
    waiting_for: str | None = None

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
    late = course.via_advocate or course.advocate_seen or event.on > course.last_day
    return course if late or course.waiting_for else replace(course, waiting_for=AWAITING_ADVOCATE)


def _advocate_appointed(course: _Course, event: Event) -> _Course:
    if course.waiting_for == AWAITING_ADVOCATE:
        course = replace(course.moved(event.on, "SI 2006/1738 reg 14(3)(b)"), waiting_for=None)
    return replace(course, advocate_seen=True)


def _start_agreed(course: _Course, event: Event) -> _Course:
    if not isinstance(event, ev.StartDateAgreed) or event.on > course.last_day:
        return course
    return course.moved(event.new_start, "SI 2006/1738 reg 14(4)")


def _deferred(course: _Course, _event: Event) -> _Course:
    return replace(course, waiting_for=DEFERRED)


def _resubmitted(course: _Course, event: Event) -> _Course:
    return replace(course.moved(event.on, "SI 2006/1738 reg 8(5)"), waiting_for=None)


Move = Callable[[_Course, Event], _Course]

_CONCURRENT: Final[dict[type[Event], Move]] = {ev.DeferredConcurrent: _deferred, ev.Resubmitted: _resubmitted}
_MOVES: Final[dict[int, dict[type[Event], Move]]] = {
    1: {
        ev.SufficientInterestDecided: _interest_decided,
        ev.AdvocateRequested: _advocate_requested,
        ev.AdvocateAppointed: _advocate_appointed,
        ev.StartDateAgreed: _start_agreed,
        **_CONCURRENT,
    },
    2: _CONCURRENT,
    3: _CONCURRENT,
}
"""What moves the clock of each stage under the Act."""


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
        course = _under_the_act(story[:answer], opened, stage, limit, received)
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
    before: Sequence[Event], opened: int, stage: int, limit: Limit, received: ev.Received
) -> _Course:
    complainant = _complainant(before, received)
    via_advocate = complainant is not None and complainant.acting_via == "advocate"
    course = _Course((Started(before[opened].on, limit.source),), limit, via_advocate)
    for event in before[opened + 1 :]:
        move = _MOVES[stage].get(type(event))
        course = move(course, event) if move else course
    return _oral(course, before, before[opened].on) if stage == 2 and received.form == "oral" else course


def _complainant(before: Sequence[Event], received: ev.Received) -> ev.Complainant | None:
    stated = [event.complainant for event in before if isinstance(event, ev.Triaged) and event.complainant]
    return stated[-1] if stated else received.complainant


def _oral(course: _Course, before: Sequence[Event], requested_on: date) -> _Course:
    """Oral representations: the final written record starts stage 2, never before it was asked for."""
    records = [event for event in before if isinstance(event, ev.WrittenRecordFinalised)]
    if course.waiting_for:
        return course
    if not records:
        return replace(course, waiting_for=AWAITING_RECORD)
    written = Started(max(records[-1].on, requested_on), "SI 2006/1738 reg 17(5)")
    later = tuple(start for start in course.starts[1:] if start.on >= written.on)
    return replace(course, starts=(written, *later))


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
