"""The course of one complaint as whoever judges it asks: what was done by when, and what awaited an answer.

It looks at the complaint's events as they read, and at the legal clocks they make (`clock`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from complaint_events import events as ev
from complaint_events.clock import StageClock, answers, stage_clock
from complaint_events.codes import Procedure
from complaint_events.event_model import Event
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days, limit_for
from complaint_events.profile import Profile
from complaint_events.working_days import add_working_days


@dataclass(frozen=True, slots=True)
class Course:
    """A complaint's events in order, and the clocks they make."""

    story: Sequence[Event]
    procedure: Procedure
    profile: Profile | None
    _clocks: dict[int, StageClock | None] = field(default_factory=dict)
    _answers: dict[int, date | None] = field(default_factory=dict)
    _openings: dict[int, list[int]] = field(default_factory=dict)

    def clock(self, stage: int) -> StageClock | None:
        """The legal clock of a stage, wound once."""
        if stage not in self._clocks:
            wound = self.openings(stage)
            clock = stage_clock(self.story, stage, self.procedure, self.profile) if wound else None
            self._clocks[stage] = clock
        return self._clocks[stage]

    def answered_on(self, stage: int) -> date | None:
        """When a stage was answered first."""
        if stage not in self._answers:
            found = next((event.on for event in self.story if answers(event, stage)), None)
            self._answers[stage] = found
        return self._answers[stage]

    def openings(self, stage: int) -> Sequence[int]:
        """Where in the story a stage was opened: at the receipt, or at each request for it."""
        if stage not in self._openings:
            found = [place for place, event in enumerate(self.story) if _opens(event, stage)]
            self._openings[stage] = found
        return self._openings[stage]

    def first_of(self, stage: int, model: type[Event]) -> date | None:
        """The first day of an event of this kind since the stage was opened last."""
        return next((event.on for event in self.since_opened(stage) if isinstance(event, model)), None)

    def requests(self, stage: int) -> "Iterator[Course]":
        """For every request for a stage the course up to the next one; the last is the whole."""
        places = self.openings(stage)
        for until in [*places[1:], len(self.story)] if places else ():
            yield Course(self.story[:until], self.procedure, self.profile)

    def any_by(self, day: date, model: type[Event]) -> bool:
        """Whether an event of this kind had happened by that day."""
        return any(isinstance(event, model) and event.on <= day for event in self.story)

    def requested_on(self, stage: int) -> date | None:
        """When a later stage was asked for last."""
        asked = [e.on for e in self.story if isinstance(e, ev.Escalated) and e.to_stage == stage]
        return asked[-1] if asked else None

    def due_on(self, stage: int) -> date | None:
        """The last day for the last request for a stage, by the rules of receipt; None without either."""
        requested, received = self.requested_on(stage), self.received
        if requested is None or received is None:
            return None
        limit = limit_for(self.procedure, stage, received.on, self.profile)
        closed = closure_days(self.procedure, self.profile)
        return add_working_days(requested, limit.maximum, closed) if limit else None

    def since_opened(self, stage: int) -> Sequence[Event]:
        """The events from a stage's last opening on, that one first; none where it was not opened."""
        places = self.openings(stage)
        return self.story[places[-1] :] if places else ()

    def extensions(self, stage: int) -> Iterator[ev.Extended]:
        """The extensions of a stage since it was opened last."""
        for event in self.since_opened(stage):
            if isinstance(event, ev.Extended) and event.stage == stage:
                yield event

    def letter_on(self, letter: str, since: date) -> date | None:
        """When a letter of that template went out first, from a day on."""
        sent = (e for e in self.story if isinstance(e, ev.LetterSent) and e.letter == letter)
        return next((event.on for event in sent if event.on >= since), None)

    @property
    def complainant(self) -> ev.Complainant | None:
        """Who complains, as last stated."""
        stated = (e.complainant for e in self.story if isinstance(e, ev.Received | ev.Triaged))
        return next((one for one in reversed([*stated]) if one is not None), None)

    @property
    def category(self) -> str | None:
        """The complainant's category, as last stated."""
        complainant = self.complainant
        return complainant.category if complainant else None

    @property
    def received(self) -> ev.Received | None:
        """The complaint's receipt."""
        return next((event for event in self.story if isinstance(event, ev.Received)), None)

    def ended_by(self, stage: int, day: date) -> bool:
        """Whether by that day nothing more was owed on a stage: withdrawn, closed, settled, or left."""
        ended = False
        for event in self.story:
            if event.on <= day and ends(event, stage):
                ended = True
            elif event.on <= day and (isinstance(event, ev.Reopened) or _opens(event, stage)):
                ended = False
        return ended

    def awaited(self, stage: int, place: int) -> bool:
        """Whether a stage awaited its answer just before the event at that place of the story."""
        awaited, left = False, True
        for event in self.story[:place]:
            if _opens(event, stage):
                awaited, left = True, False
            elif answers(event, stage) or ends(event, stage):
                awaited = False
                left = left or answers(event, stage) or isinstance(event, ev.Escalated)
            elif isinstance(event, ev.Reopened):
                awaited = not left
        return awaited

    def missed_on(self, stage: int, due: date) -> date | None:
        """The day by which something owed on a stage by `due`, and never done, counts as not done.

        The calendar day after; after a deferral (reg 8) in which the time ran out, the day after the
        resubmission. None where the stage had ended by then, or the complaint has been deferred since. No
        procedure but the Act's knows deferral.
        """
        if self.ended_by(stage, due):
            return None
        stood_still = False
        for event in self.story:
            if isinstance(event, ev.DeferredConcurrent) and event.on <= due:
                stood_still = self.procedure == DEFAULT_PROCEDURE
            elif isinstance(event, ev.Resubmitted) and stood_still:
                stood_still, due = False, max(due, event.on)
        return None if stood_still else due + timedelta(days=1)


def _opens(event: Event, stage: int) -> bool:
    if isinstance(event, ev.Escalated):
        return event.to_stage == stage
    return stage == 1 and isinstance(event, ev.Received)


_ENDS: Final[dict[type[Event], Callable[[Any, int], bool]]] = {
    ev.Escalated: lambda event, stage: event.to_stage > stage,
    ev.EscalationEnded: lambda event, stage: event.to_stage == stage,
    ev.LateRequestDecided: lambda event, stage: event.decision == "refused" and event.to_stage == stage,
    ev.Resolved: lambda event, stage: event.stage == stage,
    ev.Stage1Skipped: lambda _event, stage: stage == 1,
    ev.EligibilityAssessed: lambda event, stage: refuses(event) or event.entry_stage > stage,
    ev.SufficientInterestDecided: lambda event, _stage: refuses(event),
    ev.LateAcceptanceDecided: lambda event, _stage: refuses(event),
    ev.EarlyResolved: lambda _event, _stage: True,
    ev.Withdrawn: lambda _event, _stage: True,
    ev.Closed: lambda _event, _stage: True,
}


def ends(event: Event, stage: int) -> bool:
    """Whether an event ends a stage otherwise than by its answer."""
    ended = _ENDS.get(type(event))
    return ended is not None and ended(event, stage)


def refuses(event: Event) -> bool:
    """Whether an event refuses to consider the complaint."""
    decisions = ev.EligibilityAssessed | ev.SufficientInterestDecided | ev.LateAcceptanceDecided
    return isinstance(event, decisions) and event.decision == "refused"


Find = Callable[[Course], Iterator[date]]


class Rule(NamedTuple):
    """A requirement: its name, what it says of a breach, its source, and how a breach of it is found.

    `only` is the procedure it binds, where it does not bind all.
    """

    name: str
    says: str
    source: str
    find: Find
    only: Procedure | None = None
