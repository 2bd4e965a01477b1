"""A stream's events as the folds look at them: by class, with what several folds need worked out once."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import UUID

from complaint_events import events as ev
from complaint_events.codes import Procedure
from complaint_events.course import Course
from complaint_events.event_model import Event
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded
from reporting_api.star import NOT_RECORDED

E = TypeVar("E", bound=Event)

Rows = dict[str, list[tuple[Any, ...]]]
"""Rows by fact table; a table without rows is absent."""


class Stream(NamedTuple):
    """Whose record, which stream of it, and what the authority calls it."""

    authority: str
    id: UUID
    kind: str
    reference: str


class Profiles:
    """The versions of an authority's profile, ready to be asked by date."""

    def __init__(self, applied: Sequence[ProfileApplied]) -> None:
        """`applied` in the order recorded."""
        self.applied: Final = tuple(applied)
        self._ordered: Final = sorted(applied, key=lambda profile: profile.on)
        self._begins: Final = [profile.on for profile in self._ordered]
        self._types: Final[dict[tuple[int, str], str]] = {}

    @classmethod
    def of(cls, profiles: "Sequence[ProfileApplied] | Profiles") -> "Profiles":
        """The same, made ready if they are not yet."""
        return profiles if isinstance(profiles, Profiles) else cls(profiles)

    def in_force(self, day: date) -> ProfileApplied | None:
        """The profile in force on a day, as `complaint_events.profile.in_force`."""
        return self._ordered[self._place(day)] if self._ordered else None

    def type_of(self, theme: str, day: date) -> str:
        """The national type of a theme by the profile of that day, else by the next one that knows it."""
        key = (self._place(day), theme)
        if key not in self._types:
            later = (profile.type_of(theme) for profile in self._ordered[key[0] :])
            self._types[key] = next(filter(None, later), NOT_RECORDED)
        return self._types[key]

    def _place(self, day: date) -> int:
        return max(bisect_right(self._begins, day) - 1, 0)


_STATES_PROCEDURE: Final[dict[type[Event], Callable[[Any], Procedure | None]]] = {
    ev.Received: lambda event: event.procedure,
    ev.Triaged: lambda event: event.procedure,
    ev.EligibilityAssessed: lambda event: event.procedure if event.decision == "accepted" else None,
    ev.ProcedureChanged: lambda event: event.to,
}
"""Events that say by which procedure a complaint is considered; the last one holds, from receipt."""


class Story:
    """One stream's events as they read, grouped by class, and what is true of the complaint throughout.

    `received` is the receipt, None where there is only an Ombudsman referral; `procedure` the one the
    complaint has now; `team`, `complainant` and `children` are as last stated; `entry_stage` where it was
    taken in; `profile` the one it is judged by, in force when it was received; `closure_days` those that do
    not count for it; `course` its legal clocks, each wound once.
    """

    def __init__(self, stream: Stream, recorded: Sequence[Recorded], profiles: Profiles) -> None:
        """`recorded` as `reading.read` gives it."""
        self.stream: Final = stream
        self.key: Final = (stream.authority, stream.id)
        self.recorded: Final = recorded
        self.profiles: Final = profiles
        self.events: Final = [one.event for one in recorded]
        self._by: Final[dict[type[Event], list[Event]]] = {}
        for event in self.events:
            self._by.setdefault(type(event), []).append(event)
        self.received: Final = self.first(ev.Received)
        self.procedure: Final = _procedure(self.events)
        stating: list[ev.Received | ev.Triaged] = [*self.every(ev.Triaged)[::-1], *self.every(ev.Received)]
        self.team: Final = next((one.team for one in stating if one.team), NOT_RECORDED)
        self.complainant: Final = next((one.complainant for one in stating if one.complainant), None)
        self.children: Final = next((one.children for one in stating if one.children is not None), ())
        accepted = [one for one in self.every(ev.EligibilityAssessed) if one.decision == "accepted"]
        self.entry_stage: Final[int] = accepted[-1].entry_stage if accepted else 1
        self.profile: Final = profiles.in_force(self.received.on) if self.received else None
        self.closure_days: Final = (
            closure_days(self.procedure, self.profile) if self.procedure else frozenset[date]()
        )
        self.course: Final = Course(self.events, self.procedure or DEFAULT_PROCEDURE, self.profile)

    def every(self, kind: type[E]) -> list[E]:
        """The events of a class, in order."""
        return cast("list[E]", self._by.get(kind, _NONE))

    def first(self, kind: type[E]) -> E | None:
        """The first event of a class."""
        found = self._by.get(kind)
        return cast("E", found[0]) if found else None

    def last(self, kind: type[E]) -> E | None:
        """The last event of a class."""
        found = self._by.get(kind)
        return cast("E", found[-1]) if found else None


def _procedure(events: Sequence[Event]) -> Procedure | None:
    for event in reversed(events):
        states = _STATES_PROCEDURE.get(type(event))
        if states is not None and (stated := states(event)) is not None:
            return stated
    return None


_NONE: Final[list[Event]] = []

Fold = Callable[[Story, Rows], None]
"""Adds the rows of some fact tables, made from a story."""
