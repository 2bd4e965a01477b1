"""What it is to be owed: an obligation, a kind of obligation, and what every kind asks of a complaint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from complaint_events.clock import Started
from complaint_events.event_model import Event
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.profile import Profile
from complaints_api.domain.complaint import Complaint

Party = Literal["council", "complainant", "panel", "lgsco"]

AGREED: Final = "as agreed"
"""The rule of a day that was agreed with the complainant, and follows from no count."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed on a complaint that has not been done, or that somebody may still ask for.

    `starts_on` is day 0 of its time, by `rule`. `target_on` and `maximum_on` are the limits; `due_on` is the
    day that holds now: the target, or an extension within the maximum. `starts` are the starts that moved
    it, `extended_to` an extension. Without `due_on` there is no time limit, or the clock stands still
    (`waiting_for`). What waits on the complainant is a right, which lasts until `due_on`. Nothing here
    depends on today's date.
    """

    name: str
    waiting_on: Party
    starts_on: date
    rule: str
    stage: int | None = None
    about: str | None = None
    target_on: date | None = None
    maximum_on: date | None = None
    due_on: date | None = None
    extended_to: date | None = None
    waiting_for: str | None = None
    starts: tuple[Started, ...] = ()
    urgent: bool = False


class Kind(NamedTuple):
    """A kind of obligation: name, whom it waits for, what it asks in plain words, and how it is found."""

    name: str
    waiting_on: Party
    words: str
    find: Callable[["Kind", Complaint, Profile | None], Iterable[Obligation]]


def running(complaint: Complaint) -> bool:
    """Whether the complaint is being considered: it was received and is not over."""
    return complaint.received is not None and complaint.over is None


def owed_since(kind: Kind, on: date, rule: str, about: str | None = None) -> Obligation:
    """Something owed since a day, without a time limit."""
    return Obligation(kind.name, kind.waiting_on, on, rule, about=about)


def happened(complaint: Complaint, *models: type[Event]) -> bool:
    """Whether any event of these kinds has happened to a complaint."""
    return any(isinstance(event, models) for event in complaint.story)


def under_the_act(complaint: Complaint) -> bool:
    """Whether the Act's procedure holds, as it does until another is stated."""
    return (complaint.procedure or DEFAULT_PROCEDURE) == DEFAULT_PROCEDURE
