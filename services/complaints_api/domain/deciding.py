"""Deciding: may this event be recorded, given the history and the day? Pure.

An event is judged against the complaint as it stood on the event's own date, wherever it falls in the
history; what is recorded for later dates must remain possible after it. So a late entry or a correction can
never leave a history behind that could not have happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from complaint_events import events as ev
from complaint_events.event_model import Event
from complaint_events.profile import Profile, ProfileApplied, in_force
from complaint_events.reading import Recorded, amended, identity_named, read
from complaints_api.domain.authority import unknown_code
from complaints_api.domain.complaint import Complaint, fold
from complaints_api.domain.rules import Setting, declare, rules_of

BEFORE_RECEIPT: Final = "before_receipt"
UNKNOWN_CODE: Final = declare(
    "unknown_code", "A team, theme, ethnicity or age band is one of the authority's profile on that date."
)
NOTHING_TO_CORRECT: Final = declare(
    "nothing_to_correct", "A correction names an event that is recorded, by its name, date and own fields."
)
IMPOSSIBLE_CORRECTION: Final = declare(
    "impossible_correction", "A correction leaves behind an event that the history format knows."
)
SAME_EVENT_TWICE: Final = declare(
    "same_event_twice", "Two events of one name and day are told apart by `seq`, each with its own."
)
_NEXT: Final = 2**62
_NIL: Final = UUID(int=0)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An event that may not be recorded: by which rule, at which field, and why."""

    def __init__(self, rule: str, field: str, message: str) -> None:
        super().__init__(f"{rule}: {field}: {message}")
        self.rule = rule
        self.field = field
        self.message = message


class NoProfileError(LookupError):
    """An authority without a profile: nothing can be said of its codes."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a decision is made with: the day, the authority's profiles, and whether this is history.

    `texts` are the sealed fields that came with the event, `reference` the complaint's own one, `others` the
    references of complaints that the event names and that there are.
    """

    today: date
    profiles: Sequence[ProfileApplied]
    historic: bool = False
    texts: frozenset[str] = field(default_factory=frozenset)
    reference: str | None = None
    others: frozenset[str] = frozenset()

    def profile(self, day: date) -> Profile:
        """The profile in force on a day. Raises `NoProfileError` where the authority has none."""
        profile = in_force(self.profiles, day)
        if profile is None:
            raise NoProfileError("the authority has no profile: apply one first")
        return profile

    def setting(self, event: Event, whole: Sequence[Event] = ()) -> Setting:
        """What the rules may look at for an event; a profile speaks for itself."""
        profile = event if isinstance(event, ProfileApplied) else self.profile(event.on)
        return Setting(self.today, profile, self.texts, self.reference, whole, self.others)


def decide(history: Sequence[Recorded], complaint: Complaint, event: Event, given: Given) -> Complaint:
    """The complaint after `event`, if it may be recorded.

    `complaint` is what `history` folds to. Raises `Refusal`.
    """
    _refuse_unknown_codes(event, given)
    last = complaint.story[-1].on if complaint.story else None
    if isinstance(event, ev.CorrectionRecorded):
        _refuse_bad_correction(history, event, given)
    elif last is None or last <= event.on:
        _refuse(complaint, event, given, historic=given.historic)
        return complaint.evolve(event)
    else:
        _refuse_before_receipt(complaint, event, given)
    return _replayed(history, event, given)


def folded(history: Sequence[Recorded]) -> Complaint:
    """The complaint that a history reads as, corrections applied."""
    return fold(one.event for one in read(history))


def _replayed(history: Sequence[Recorded], event: Event, given: Given) -> Complaint:
    """Judge an event at its own place in the history, then all that follows it."""
    new = Recorded(_NIL, _NEXT, _NEXT, datetime.max.replace(tzinfo=UTC), "", event)
    complaint = Complaint()
    reading = _as_it_would_read([*history, new])
    whole = [one.event for one in reading]
    for one in reading:
        _refuse(complaint, one.event, given, whole, historic=given.historic or one is not new)
        complaint = complaint.evolve(one.event)
    return complaint


def _refuse_before_receipt(complaint: Complaint, event: Event, given: Given) -> None:
    """Say so of an event before receipt: at its own place there is no receipt yet that could be named."""
    for rule in rules_of(type(event), historic=True):
        breach = rule.check(complaint, event, given.setting(event)) if rule.name == BEFORE_RECEIPT else None
        if breach is not None:
            raise Refusal(rule.name, breach.field, breach.message)


def _as_it_would_read(history: Sequence[Recorded]) -> Sequence[Recorded]:
    try:
        return read(history)
    except ValidationError:
        message = "together with the earlier corrections the event would be malformed"
        raise Refusal(IMPOSSIBLE_CORRECTION, "changes", message) from None


def _refuse(
    complaint: Complaint, event: Event, given: Given, whole: Sequence[Event] = (), *, historic: bool
) -> None:
    setting = given.setting(event, whole)
    for rule in rules_of(type(event), historic=historic):
        breach = rule.check(complaint, event, setting)
        if breach is not None:
            raise Refusal(rule.name, breach.field, breach.message)


def _refuse_unknown_codes(event: Event, given: Given) -> None:
    if isinstance(event, ProfileApplied):
        return
    found = unknown_code(event, given.profile(event.on), historic=given.historic)
    if found is not None:
        raise Refusal(UNKNOWN_CODE, *found)


def _refuse_bad_correction(history: Sequence[Recorded], event: ev.CorrectionRecorded, given: Given) -> None:
    if event.on > given.today:
        raise Refusal("in_the_future", "on", f"{event.on} is later than today, {given.today}")
    target = _target(history, event)
    if target is None:
        raise Refusal(NOTHING_TO_CORRECT, "corrects", "no event of that name, date and fields is recorded")
    _refuse_idle_words(event, type(target))
    if event.voids:
        return
    try:
        after = amended(target, event.changes)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise Refusal(IMPOSSIBLE_CORRECTION, f"changes.{where}", "the event would be malformed") from None
    _refuse_unknown_codes(after, given)


def _refuse_idle_words(event: ev.CorrectionRecorded, target: type[Event]) -> None:
    """A correction stands in the open: it holds nothing but what names its event and what changes."""
    names = {"corrects"} if target is ev.CorrectionRecorded else set(target.identified_by)
    if not set(event.corrects) <= {"event", "on", "seq", *names}:
        message = "names an event by its name, on, seq and distinguishing fields only"
        raise Refusal(IMPOSSIBLE_CORRECTION, "corrects.(unknown)", message)
    if "void" in event.changes and not (event.voids and set(event.changes) == {"void"}):
        raise Refusal(IMPOSSIBLE_CORRECTION, "changes.void", "is true, and then the only change")


def _target(history: Sequence[Recorded], event: ev.CorrectionRecorded) -> Event | None:
    try:
        wanted = identity_named(event.corrects)
    except (KeyError, ValidationError):
        return None
    return next((one.event for one in history if one.event.identity == wanted), None)
