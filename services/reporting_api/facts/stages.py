"""The course of a complaint: its time in the stage 1 balance, its stages, the requests for the next one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, cast

from complaint_events import events as ev
from complaint_events.clock import StageClock, Started, answers
from complaint_events.codes import Outcome
from complaint_events.event_model import Event
from complaint_events.outcomes import Answer, overall
from complaint_events.working_days import day_number
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Escalation, Fate, Spell, StageFact

NO_LIMIT: Final = "no limit"
"""The start rule of a stage that no procedure sets a limit for; it counts from its opening."""

Leaving = Literal["responded", "withdrawn", "other_disposal"]


@dataclass(slots=True)
class _Balance:
    """The spells so far, as (entered on, by, left on, by), and whether a reopening may begin another."""

    spells: list[tuple[date, Literal["received", "reopened"], date | None, Leaving | None]] = field(
        default_factory=list
    )
    inside: bool = False
    past_stage_1: bool = False

    def enter(self, on: date, by: Literal["received", "reopened"]) -> None:
        if not self.inside and not self.past_stage_1:
            self.spells.append((on, by, None, None))
            self.inside = True

    def leave(self, on: date, by: Leaving) -> None:
        if self.inside:
            self.spells[-1] = (*self.spells[-1][:2], on, by)
            self.inside = False


def _received(balance: _Balance, event: Any) -> None:
    if not balance.spells:
        balance.enter(event.on, "received")


def _reopened(balance: _Balance, event: Any) -> None:
    balance.enter(event.on, "reopened")


def _responded(balance: _Balance, event: Any) -> None:
    if event.stage == 1:
        balance.leave(event.on, "responded")
        balance.past_stage_1 = True


def _withdrawn(balance: _Balance, event: Any) -> None:
    balance.leave(event.on, "withdrawn")


def _closed(balance: _Balance, event: Any) -> None:
    balance.leave(event.on, "other_disposal")


def _escalated(balance: _Balance, event: Any) -> None:
    if event.to_stage == 2:
        balance.leave(event.on, "other_disposal")
        balance.past_stage_1 = True


_MOVES: Final[dict[type[Event], Callable[[_Balance, Any], None]]] = {
    ev.Received: _received,
    ev.Reopened: _reopened,
    ev.StageResponded: _responded,
    ev.Withdrawn: _withdrawn,
    ev.Closed: _closed,
    ev.Escalated: _escalated,
}
"""What moves a complaint into or out of the stage 1 balance. Neither `resolved` nor `stage1_skipped` does."""


def _spells(story: Story, rows: Rows) -> None:
    """The times in the stage 1 balance; none for an entry straight at stage 2."""
    if story.received is None or story.entry_stage == 2:
        return
    balance = _Balance()
    for event in story.events:
        move = _MOVES.get(type(event))
        if move is not None:
            move(balance, event)
    rows["spell"] = [
        Spell(*story.key, no, entered_on, entered_by, left_on, left_by)
        for no, (entered_on, entered_by, left_on, left_by) in enumerate(balance.spells, 1)
    ]


_ANSWERS: Final = (ev.StageResponded, ev.Adjudicated, ev.Stage3Responded)


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage: where in the story it was opened, its answers, and what happened from opening to answer."""

    stage: int
    opened: Event
    given: tuple[Answer, ...]
    since: tuple[Event, ...]

    @property
    def first(self) -> Answer | None:
        return self.given[0] if self.given else None


def _stages(story: Story, rows: Rows) -> None:
    """One row per stage that was opened."""
    if story.received is None:
        return
    opened = [stage for number in (1, 2, 3) if (stage := _stage(story, number))]
    rows["stage"] = [_row(story, stage) for stage in opened]


def _stage(story: Story, stage: int) -> _Stage | None:
    if stage == 1 and story.entry_stage == 2:
        return None
    if stage > 1 and not any(event.to_stage == stage for event in story.every(ev.Escalated)):
        return None
    given: list[Answer] = []
    opened: Event | None = None
    since: list[Event] = []
    for event in story.events:
        if isinstance(event, _ANSWERS) and answers(event, stage):
            given.append(event)
        elif not given and _opens(story, event, stage):
            opened, since = event, []
        elif not given:
            since.append(event)
    return _Stage(stage, opened, tuple(given), tuple(since)) if opened else None


def _opens(story: Story, event: Event, stage: int) -> bool:
    if stage == 1:
        return event is story.received
    return isinstance(event, ev.Escalated) and event.to_stage == stage


def _row(story: Story, stage: _Stage) -> StageFact:
    clock = _clock(story, stage)
    first, met_on = stage.first, _met_on(stage)
    decision = _decision(story, stage.given)
    ended_on, ended_by = (None, None) if first else _ending(stage.since, stage.stage)
    return StageFact(
        *story.key,
        stage=stage.stage,
        team=(first.team if first else None) or story.team,
        opened_on=stage.opened.on,
        start_on=clock.started.on,
        start_rule=clock.started.rule,
        target_on=clock.target_on,
        maximum_on=clock.maximum_on,
        waiting_for=clock.waiting_for,
        acknowledged_on=_first_of(stage, ev.Acknowledged),
        extended_on=_first_of(stage, ev.Extended),
        answered_on=first.on if first else None,
        met_on=met_on,
        decided=decision is not None,
        outcome=decision,
        day=day_number(clock.started.on, met_on, story.closure_days) if met_on else None,
        within_target=_within(first, met_on, clock.target_on),
        within_maximum=_within(first, met_on, clock.maximum_on),
        ended_on=ended_on,
        ended_by=ended_by,
        settled_on=_settled_on(stage),
    )


def _clock(story: Story, stage: _Stage) -> StageClock:
    found = story.course.clock(stage.stage)
    return found or StageClock(stage.stage, Started(stage.opened.on, NO_LIMIT), None, None)


def _first_of(stage: _Stage, kind: type[ev.Acknowledged | ev.Extended]) -> date | None:
    of_stage = (event.on for event in stage.since if isinstance(event, kind) and event.stage == stage.stage)
    return next(of_stage, None)


def _met_on(stage: _Stage) -> date | None:
    """What the limit is about: the answer; at stage 3 the panel's meeting."""
    if stage.stage == 3:
        return next((event.on for event in stage.since if isinstance(event, ev.PanelHeld)), None)
    return stage.first.on if stage.first else None


def _within(first: Answer | None, met_on: date | None, due_on: date | None) -> bool | None:
    if first is None or due_on is None:
        return None
    return met_on is not None and met_on <= due_on


def _decision(story: Story, given: Sequence[Answer]) -> Outcome | None:
    """What the last answer decided; an old one may only say that the stage was completed."""
    decided = (overall(answer, story.profiles.in_force(answer.on)) for answer in reversed(given))
    return next(filter(None, decided), None)


def _ending(since: Sequence[Event], stage: int) -> tuple[date | None, str | None]:
    """How a stage or request that was not answered ended, unless the complaint was taken up again.

    A request for the next stage ends it for good: a reopened complaint does not come back to it.
    """
    ended: tuple[date | None, str | None] = (None, None)
    for event in since:
        if isinstance(event, ev.Escalated) and event.to_stage > stage:
            return ended if ended[0] else (event.on, event.event)
        if isinstance(event, ev.Reopened):
            ended = (None, None)
        elif ended[0] is None and (how := _ends(event, stage)):
            ended = (event.on, how)
    return ended


def _ends(event: Event, stage: int) -> str | None:
    """How an event ends a stage, if it does."""
    if isinstance(event, ev.EscalationEnded):
        return event.disposal if event.to_stage == stage else None
    if isinstance(event, ev.LateRequestDecided):
        return "refused" if event.to_stage == stage and event.decision == "refused" else None
    return event.event if isinstance(event, ev.Withdrawn | ev.Closed) else None


def _settled_on(stage: _Stage) -> date | None:
    """When an unanswered stage was settled or skipped; neither takes it out of the balance."""
    settled: date | None = None
    for event in stage.since:
        if isinstance(event, ev.Escalated):
            break
        if isinstance(event, ev.Reopened):
            settled = None
        elif settled is None and _settles(event, stage.stage):
            settled = event.on
    return settled


def _settles(event: Event, stage: int) -> bool:
    skipped = isinstance(event, ev.Stage1Skipped) and stage == 1
    return skipped or (isinstance(event, ev.Resolved) and event.stage == stage)


_BEGINS: Final[dict[int, frozenset[type[Event]]]] = {
    2: frozenset(
        {
            ev.StatementOfComplaintAgreed,
            ev.IoAppointed,
            ev.IpAppointed,
            ev.InvestigationReportReceived,
            ev.Adjudicated,
        }
    ),
    3: frozenset({ev.PanelAppointed, ev.PanelHeld, ev.PanelReportIssued, ev.Stage3Responded}),
}
"""What shows that a requested stage went ahead; beside it an answer of that stage."""


def _escalations(story: Story, rows: Rows) -> None:
    """One row per request for a stage, numbered within the stage."""
    asked = {2: 0, 3: 0}
    for place, event in enumerate(story.events):
        if isinstance(event, ev.Escalated):
            asked[event.to_stage] += 1
            later = _until_next(story.events[place + 1 :], event.to_stage)
            rows.setdefault("escalation", []).append(_request(story, event, asked[event.to_stage], later))


def _until_next(later: Sequence[Event], stage: int) -> Sequence[Event]:
    """What happened to one request: all that followed, up to the next request for the same stage."""
    again = (n for n, e in enumerate(later) if isinstance(e, ev.Escalated) and e.to_stage == stage)
    return later[: next(again, len(later))]


def _request(story: Story, event: ev.Escalated, no: int, later: Sequence[Event]) -> Escalation:
    stage = event.to_stage
    given = tuple(one for one in later if isinstance(one, _ANSWERS) and answers(one, stage))
    fate, fate_on = _fate(later, stage)
    unanswered = later[: later.index(given[0])] if given else later
    ended_on, ended_by = _ending(unanswered, stage)
    return Escalation(
        *story.key,
        to_stage=stage,
        no=no,
        requested_on=event.on,
        direct=stage == story.entry_stage and no == 1,
        fate=fate,
        fate_on=fate_on,
        outcome=_decision(story, given) if fate == "proceeded" else None,
        answered_on=given[0].on if given else None,
        ended_on=ended_on,
        ended_by=ended_by,
    )


def _fate(later: Sequence[Event], stage: int) -> tuple[Fate, date | None]:
    """What became of a request: the first of going ahead, its ending, and the complaint's withdrawal."""
    for event in later:
        if type(event) in _BEGINS[stage] or answers(event, stage):
            return "proceeded", event.on
        if not isinstance(event, ev.Closed) and (how := _ends(event, stage)):
            return cast("Fate", how), event.on
    return "awaiting", None


FOLDS: Final[tuple[Fold, ...]] = (_spells, _stages, _escalations)
"""What this subject adds; escalations take their outcome from the stages before them."""
