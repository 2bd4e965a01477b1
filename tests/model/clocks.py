"""When a stage falls due, by the model's own reading of regs 14, 17, 19 and 20 and of the Code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.model.counting import working_day
from tests.model.story import Told

ACT = "children_statutory"
LIMITS: dict[tuple[str, int], tuple[int, int]] = {
    (ACT, 1): (10, 20),
    (ACT, 2): (25, 65),
    (ACT, 3): (30, 30),
    ("corporate_code", 1): (10, 20),
    ("corporate_code", 2): (20, 40),
    ("corporate_local", 1): (15, 15),
    ("corporate_local", 2): (20, 20),
    ("non_statutory", 1): (20, 20),
}
"""Target and maximum in working days by procedure and stage (domain.md section 1)."""

ACKNOWLEDGED_WITHIN = 5
ANSWERS = {1: ("stage_responded",), 2: ("stage_responded", "adjudicated"), 3: ("stage3_responded",)}

Limits = tuple[date, date | None, date | None] | None
"""Start, target and maximum; without dates the clock stands still."""


@dataclass
class Running:
    """A stage's clock as the story so far leaves it."""

    start: date
    advocate_in_post: bool = False
    awaited: bool = False


def on(told: Told, name: str = "on") -> date:
    """A date of an event."""
    return date.fromisoformat(told[name])


def answers(told: Told, stage: int) -> bool:
    """Whether the event answers that stage."""
    return told["event"] in ANSWERS[stage] and told.get("stage", stage) == stage


def clock(story: list[Told], stage: int, procedure: str, closed: frozenset[date]) -> Limits:
    """The limits of a stage that awaits its answer; None where the procedure has no such stage."""
    own = _own(story, stage)
    if own is None or (procedure, stage) not in LIMITS:
        return None
    days: frozenset[date] = frozenset() if procedure == ACT else closed
    until = story[: story.index(own[-1]) + 1]
    running = (
        _under_the_act(until, own, stage) if procedure == ACT else _outside(own, stage, procedure, closed)
    )
    if running.awaited or _deferred(story):
        return running.start, None, None
    target, most = LIMITS[procedure, stage]
    return running.start, working_day(running.start, target, days), working_day(running.start, most, days)


def _own(story: list[Told], stage: int) -> list[Told] | None:
    """From the stage's opening: the receipt, or the last request for it."""
    opens: Callable[[Told], bool] = (
        (lambda told: bool(told["event"] == "received"))
        if stage == 1
        else (lambda told: bool(told["event"] == "escalated" and told["to_stage"] == stage))
    )
    first_answer = next((place for place, told in enumerate(story) if answers(told, stage)), len(story))
    opened = [place for place, told in enumerate(story[:first_answer]) if opens(told)]
    return story[opened[-1] : first_answer + 1] if opened else None


def _deferred(story: list[Told]) -> bool:
    """Whether it waits for other proceedings (R8); the contract does not say so of the Act alone."""
    steps = [told["event"] for told in story if told["event"] in ("deferred_concurrent", "resubmitted")]
    return steps[-1:] == ["deferred_concurrent"]


def _outside(own: list[Told], stage: int, procedure: str, closed: frozenset[date]) -> Running:
    """The Code counts from the acknowledgement, at latest from the day it was due."""
    opened = on(own[0])
    if procedure != "corporate_code":
        return Running(opened)
    sent = [on(told) for told in own if told["event"] == "acknowledged" and told.get("stage", 1) == stage]
    return Running(min([*sent, working_day(opened, ACKNOWLEDGED_WITHIN, closed)]))


def _under_the_act(story: list[Told], own: list[Told], stage: int) -> Running:
    received = next(told for told in story if told["event"] == "received")
    running = Running(on(own[0]), _in_post_at_receipt(story))
    if stage == 1:
        for told in own[1:]:
            MOVES.get(told["event"], _unmoved)(running, told)
    if stage == 2 and received.get("form") == "oral":
        written = [on(told) for told in story if told["event"] == "written_record_finalised"]
        # Silent: a request that had ended, was answered even so, and was made again, counts from the first.
        running.awaited = not written and not answers(own[-1], stage)
        running.start = max([running.start, *written[-1:]])
    return running


def _in_post_at_receipt(story: list[Told]) -> bool:
    """Triage completes what a form could not know: who complains, and through whom."""
    people = [told.get("complainant") for told in story if told["event"] in ("received", "triaged")]
    known = [person for person in people if person]
    return bool(known) and known[-1]["acting_via"] == "advocate"


def _unmoved(_running: Running, _told: Told) -> None:
    """Most events move no clock."""


def _in_time(running: Running, told: Told) -> bool:
    return on(told) <= working_day(running.start, 20)


def _interest(running: Running, told: Told) -> None:
    if told["decision"] == "accepted":
        running.start = max(running.start, on(told))


def _requested(running: Running, told: Told) -> None:
    if _in_time(running, told) and not running.advocate_in_post:
        running.awaited = True


def _appointed(running: Running, told: Told) -> None:
    """Silent: one who came unasked does not answer a later request."""
    if running.awaited:
        running.start = max(running.start, on(told))
        running.awaited, running.advocate_in_post = False, True


def _agreed(running: Running, told: Told) -> None:
    if _in_time(running, told):
        running.start = max(running.start, on(told, "new_start"))


def _resubmitted(running: Running, told: Told) -> None:
    """Silent: only stage 1 starts anew; a deferred stage 2 goes on from its request."""
    running.start = max(running.start, on(told))


MOVES: dict[str, Callable[[Running, Told], None]] = {
    "sufficient_interest_decided": _interest,
    "advocate_requested": _requested,
    "advocate_appointed": _appointed,
    "start_date_agreed": _agreed,
    "resubmitted": _resubmitted,
}
"""What moves stage 1 under the Act (R14(3), R14(4), R8(5))."""


def due(limits: Limits, extended_to: str | None) -> date | None:
    """The day that holds now: the target, or a later day it was extended to, within the maximum."""
    if limits is None or limits[1] is None or limits[2] is None:
        return None
    return min(max(limits[1], date.fromisoformat(extended_to)), limits[2]) if extended_to else limits[1]
