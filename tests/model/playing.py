"""One complaint played at once by the service's domain and by the model, compared after every command."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from complaint_events.event_model import Event
from complaint_events.events import EVENTS
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded, read
from complaints_api.domain.complaint import Complaint, fold
from complaints_api.domain.deciding import Given, Refusal, decide, folded
from complaints_api.domain.obligations import obligations
from tests.complaint_events.stories import profile
from tests.model.clocks import on
from tests.model.commands import Dice, chance, command
from tests.model.counting import working_day
from tests.model.model import judged
from tests.model.standing import Standing, stands
from tests.model.story import Told, as_it_reads, known_by
from tests.model.unlawful import PARTIALLY_UNTIL
from tests.model.words import explains

STREAM = UUID(int=1)
CLOSED = ("2022-12-28", "2022-12-29", "2022-12-30", "2023-12-27", "2023-12-28", "2023-12-29")
PROFILE = profile(closure_days=CLOSED, outcomes={"partially_upheld": {"until": PARTIALLY_UNTIL}})
CLOSURE_DAYS = frozenset(date.fromisoformat(day) for day in CLOSED)
OTHERS = frozenset({"OWN-1", "OTHER-1", "OTHER-2"})


class DivergenceError(AssertionError):
    """The service and the model do not agree."""


def event_of(told: Told) -> Event:
    """The model's dictionary as the service's event."""
    own = {name: value for name, value in told.items() if not name.startswith("_") and name != "event"}
    return EVENTS[told["event"]].model_validate(own)


class Play:
    """A complaint in both worlds."""

    def __init__(self, today: date, profiles: tuple[ProfileApplied, ...] = (PROFILE,)) -> None:
        """Begin with nothing recorded."""
        self.today = today
        self.profiles = profiles
        self.told: list[tuple[datetime, Told]] = []
        self.history: list[Recorded] = []
        self.live = Complaint()
        self.standing = Standing(CLOSURE_DAYS)
        self.counts: Counter[str] = Counter()

    @property
    def recorded(self) -> list[Told]:
        """What the model has on record."""
        return [told for _, told in self.told]

    def step(self, dice: Dice) -> None:
        """Some days pass; one command, live or as history; everything is compared."""
        self.today = next_day(dice, self.standing, self.today)
        told = command(dice, self.standing, self.recorded, self.today)
        self.do(told, live=chance(dice, 65))
        self.look_back(dice)

    def do(self, told: Told, *, live: bool) -> None:
        """One command in both worlds."""
        event = event_of(told)
        texts = frozenset(told["_texts"])
        given = Given(self.today, self.profiles, not live, texts, reference="OWN-1", others=OTHERS)
        expected = judged(self.recorded, told, self.today, live=live, closure_days=CLOSURE_DAYS)
        try:
            after = decide(self.history, self.live, event, given)
        except Refusal as refusal:
            self._refused(told, refusal, expected.words, live=live)
            return
        self.agree("accepted", set(), set(expected.words), told, live)
        self._record(told, event, after)

    def _refused(self, told: Told, refusal: Refusal, words: frozenset[str], *, live: bool) -> None:
        self.counts[refusal.rule] += 1
        self.agree(f"refused {refusal}", True, bool(words), told, live)
        self.agree(f"why {refusal}", True, explains(refusal.rule, words), words, told, live)

    def _record(self, told: Told, event: Event, after: Complaint) -> None:
        self.counts[told["event"]] += 1
        at = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=len(self.told))
        number = len(self.history) + 1
        self.told.append((at, told))
        self.history.append(Recorded(STREAM, number, number, at, "tester", event))
        self.live = after
        self.standing = stands(as_it_reads(self.recorded), CLOSURE_DAYS)
        self.agree("live is replayed", after, folded(self.history), told)
        self.alike(self.standing, after, told)

    def alike(self, standing: Standing, complaint: Complaint, *context: Any) -> None:
        """State, stages and dates are the same in both."""
        mine, theirs = summary(standing), seen(complaint)
        for name, value in mine.items():
            self.agree(name, theirs[name], value, *context)

    def look_back(self, dice: Dice) -> None:
        """The complaint as of a day, as known at an instant, or both."""
        if not self.told:
            return
        known_at = dice.pick(self.told)[0] if chance(dice, 60) else None
        as_of = date.fromisoformat(dice.pick(self.recorded)["on"]) if chance(dice, 60) else None
        known = self.recorded if known_at is None else known_by(self.told, known_at)
        visible = as_it_reads(known, as_of)
        complaint = fold(one.event for one in read(self.history, as_of=as_of, known_at=known_at))
        self.agree("as of", complaint, fold(event_of(told) for told in visible), as_of, known_at)
        self.alike(stands(visible, CLOSURE_DAYS), complaint, as_of, known_at)

    def agree(self, what: str, service: Any, model: Any, *context: Any) -> None:
        """Raise, with the story so far, where the two differ."""
        if service != model:
            lines = [
                f"{what}: service {service!r}, model {model!r}",
                *map(str, context),
                f"today {self.today}",
            ]
            raise DivergenceError("\n".join([*lines, "story:", *map(str, self.recorded)]))


def next_day(dice: Dice, at: Standing, today: date) -> date:
    """Some days later; every fourth time the last day of some limit, or the day after it."""
    last = [day for number in at.open_stages() for day in at.limits(number) or () if day]
    last += [working_day(day, 20) for day in (at.notice_on, on(at.received) if at.received else None) if day]
    ahead = sorted({day for day in last if day >= today})
    if ahead and chance(dice, 25):
        return dice.pick(ahead) + timedelta(days=dice.upto(0, 1))
    return today + timedelta(days=dice.pick((0, 0, 0, 1, 1, 2, 5, 8, 15, 32)))


def summary(standing: Standing) -> dict[str, Any]:
    """What is compared, by the model."""
    return {
        "open": standing.open_stages(),
        "stages": {number: stage.opened for number, stage in standing.stages.items()},
        "acknowledged": {number: stage.acknowledged for number, stage in standing.stages.items()},
        "extended": {number: stage.extended for number, stage in standing.stages.items()},
        "answered": {number: stage.answered for number, stage in standing.stages.items()},
        "procedure": standing.procedure,
        "issues": standing.issues,
        "over": (bool(standing.over)),
        "known": {one for one in standing.known if one[0] != "decision"},
        "state": standing.word(),
        "clocks": {number: standing.limits(number) for number in standing.open_stages()},
        "due": {} if standing.over else _answers_due(standing),
    }


def seen(complaint: Complaint) -> dict[str, Any]:
    """The same by the service."""
    stages = complaint.stages
    known = {"referral": complaint.referrals, "remedy": complaint.remedies, "learning": complaint.learning}
    return {
        "open": sorted(number for number, stage in stages.items() if stage.open),
        "stages": {number: stage.opened_on.isoformat() for number, stage in stages.items()},
        "acknowledged": {number: _iso(stage.acknowledged_on) for number, stage in stages.items()},
        "extended": {number: _iso(stage.extended_to) for number, stage in stages.items()},
        "answered": {number: _iso(stage.answered_on) for number, stage in stages.items()},
        "procedure": complaint.procedure,
        "issues": {issue.no for issue in complaint.current_issues},
        "over": complaint.over is not None,
        "known": {(kind, name) for kind, names in known.items() for name in names},
        "state": complaint.state,
        "due": {
            owed.stage: owed.due_on
            for owed in obligations(complaint, PROFILE)
            if owed.name == "respond" and owed.stage is not None
        },
        "clocks": {number: _limits(complaint, number) for number, stage in stages.items() if stage.open},
    }


def _answers_due(standing: Standing) -> dict[int, date | None]:
    """By stage when its answer is due; under the Act a panel meets first, which is another obligation."""
    act = standing.procedure in (None, "children_statutory")
    waiting = [number for number in standing.open_stages() if standing.limits(number) is not None]
    return {number: standing.due(number) for number in waiting if not (act and number == 3)}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _limits(complaint: Complaint, number: int) -> Any:
    found = complaint.clock(number, PROFILE)
    return None if found is None else (found.started.on, found.target_on, found.maximum_on)
