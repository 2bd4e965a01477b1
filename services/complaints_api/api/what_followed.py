"""What happened on a complaint beside its stages: decisions, contacts, remedies, learning and so on.

Each subject is a row of data: which events it lists, or which event begins a thing and which later ones say
what became of it. One engine reads the rows, for a complaint as it stands as for one as it was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from complaint_events import events as ev
from complaint_events.event_model import Event
from complaint_events.reading import Recorded
from complaints_api.revealing import with_texts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """A history as it reads, with its sealed texts by version: opened, or (for others) their names alone."""

    story: Sequence[Recorded]
    texts: Mapping[int, Mapping[str, str]]
    opened: bool

    @property
    def events(self) -> list[Event]:
        """The events alone, in order."""
        return [one.event for one in self.story]

    def shown(self, one: Recorded) -> Json:
        """An event's day and fields, with its opened texts in their places or the names of sealed ones."""
        texts = self.texts.get(one.version, {})
        data = {"on": one.event.on, **one.event.data()}
        if self.opened:
            return with_texts(data, texts)
        return {**data, **({"sealed": sorted(texts)} if texts else {})}


class Listed(NamedTuple):
    """A subject that is a list of events: `named` shows which event, `witnessed` who recorded it and when."""

    name: str
    says: str
    events: tuple[type[Event], ...]
    named: bool = False
    witnessed: bool = False


LISTS: Final[tuple[Listed, ...]] = (
    Listed(
        "decisions",
        "what was decided or agreed about the complaint beside its answers, in order of date",
        (
            ev.EligibilityAssessed,
            ev.SufficientInterestDecided,
            ev.LateAcceptanceDecided,
            ev.EarlyResolved,
            ev.Stage1Skipped,
            ev.StartDateAgreed,
            ev.AdvocacyInfoGiven,
            ev.AdvocateRequested,
            ev.AdvocateAppointed,
            ev.DeferredConcurrent,
            ev.Resubmitted,
            ev.DecisionFreezeDecided,
            ev.LateRequestDecided,
            ev.EscalationEnded,
            ev.Resolved,
            ev.AdrOffered,
            ev.AdrConcluded,
            ev.ProcedureChanged,
            ev.Withdrawn,
            ev.Closed,
            ev.Reopened,
            ev.LegalHoldSet,
            ev.LegalHoldReleased,
        ),
        named=True,
    ),
    Listed("contacts", "the contact log", (ev.ContactLogged,), witnessed=True),
    Listed("links", "the complaints that this one was linked to", (ev.Linked,)),
    Listed("letters_sent", "which letter went out, and the hash of the document", (ev.LetterSent,)),
    Listed("reminders_sent", "reminders of what fell due", (ev.ReminderSent,)),
    Listed("surveys", "the complainant's answers afterwards", (ev.SurveyRecorded,)),
)
"""Subjects that are lists of events."""


class Thread(NamedTuple):
    """A subject of things that begin and come to something: the event that begins one, and those that follow.

    `key` is the field by which they belong together, `begun` what the first one's day is called, `until`
    what is shown while nothing has followed; a follower's function says what it changes, given both.
    """

    name: str
    says: str
    begins: type[Event]
    key: str
    begun: str
    until: Json
    then: Mapping[type[Event], Callable[[Json, Json], Json]]


def _paid(remedy: Json, payment: Json) -> Json:
    paid = round((remedy["paid"] or 0) + payment["amount"], 2) if "amount" in payment else remedy["paid"]
    return {"achieved_on": payment["on"], "paid": paid}


def _implemented(*, done: bool) -> Callable[[Json, Json], Json]:
    return lambda _, end: {
        "implemented": done,
        "ended_on": end["on"],
        "reason": end.get("reason"),
    }


THREADS: Final[tuple[Thread, ...]] = (
    Thread(
        "remedies",
        "what was agreed to put things right, what was paid, and when it was done",
        ev.RemedyAgreed,
        "remedy",
        "agreed_on",
        {"achieved_on": None, "paid": None, "satisfaction": None},
        {
            ev.Remedied: _paid,
            ev.SatisfactionRecorded: lambda _, verdict: {"satisfaction": verdict["status"]},
        },
    ),
    Thread(
        "learning",
        "what the council means to change; `implemented` is null until it has or has not been",
        ev.LearningRecorded,
        "learning",
        "recorded_on",
        {"implemented": None, "ended_on": None},
        {
            ev.LearningImplemented: _implemented(done=True),
            ev.LearningNotImplemented: _implemented(done=False),
        },
    ),
    Thread(
        "lgsco",
        "referrals to the Ombudsman, with the last decision on each",
        ev.LgscoReferred,
        "lgsco_ref",
        "referred_on",
        {"decided_on": None, "decision": None, "sub": None},
        {
            ev.LgscoDecided: lambda _, decided: {
                "decided_on": decided["on"],
                "decision": decided["decision"],
                "sub": decided.get("sub"),
                "recommendations_accepted": decided.get("recommendations_accepted"),
            }
        },
    ),
)
"""Subjects of things that begin and come to something."""

COSTS: Final = "what the complaint cost, in pounds: the total, and by stage"


def what_followed(reading: Reading) -> Json:
    """Every subject by name, as the history reads."""
    return {
        **{subject.name: listed(reading, reading.story, subject) for subject in LISTS},
        **{subject.name: followed(reading, subject) for subject in THREADS},
        "costs": _costs(reading.events),
    }


def listed(reading: Reading, among: Iterable[Recorded], subject: Listed) -> list[Json]:
    """The subject's events among some of the history, in order."""
    return [_entry(reading, one, subject) for one in among if isinstance(one.event, subject.events)]


def _entry(reading: Reading, one: Recorded, subject: Listed) -> Json:
    name = {"event": one.event.event} if subject.named else {}
    witness = {"recorded_at": one.recorded_at, "actor": one.actor} if subject.witnessed else {}
    return {**name, **reading.shown(one), **witness}


def followed(reading: Reading, subject: Thread) -> list[Json]:
    """The subject's things in the order in which they began, each with what became of it."""
    found: dict[str, Json] = {}
    for one in reading.story:
        step = subject.then.get(type(one.event))
        shown = reading.shown(one)
        key = shown.get(subject.key)
        if isinstance(one.event, subject.begins):
            found[str(key)] = {**subject.until, subject.begun: shown.pop("on"), **shown}
        elif step is not None and key in found:
            found[str(key)].update(step(found[str(key)], shown))
    return list(found.values())


def _costs(events: Sequence[Event]) -> Json:
    costs = [event for event in events if isinstance(event, ev.CostRecorded)]
    stages = sorted({cost.stage for cost in costs})
    of = {stage: sum(cost.amount for cost in costs if cost.stage == stage) for stage in stages}
    return {
        "total": float(sum(of.values())),
        "stages": [{"stage": stage, "amount": float(amount)} for stage, amount in of.items()],
    }
