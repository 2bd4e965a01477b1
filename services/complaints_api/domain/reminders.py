"""Reminders: of what is owed, what is to be reminded of on a day. Pure.

A reminder has points, all of them working days: so many working days before the day on which something is
due, that day itself, and each working day after it. On any day only the latest point that has come counts. It
is met when a reminder went out on it or since, so a scheduler that was away makes good with one reminder,
however many it missed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from complaint_events.working_days import add_working_days, is_working_day, working_days_after

REMINDED: Final = ("council", "panel")
"""Whom reminders are for: those whose duty the council's office keeps an eye on."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When reminders go out: so many working days before the day it is due, on the day, and after it.

    Each working day after it, but no more than `days_after`: a history just imported reminds nobody of what
    was due years ago. The worklist goes on showing it.
    """

    days_before: frozenset[int] = frozenset({3})
    on_the_day: bool = True
    days_after: int = 20

    def window(self, today: date) -> tuple[date, date]:
        """The first and last due day of which a reminder can go out on a day."""
        return (
            _working_day_before(today, self.days_after),
            add_working_days(today, max(self.days_before, default=0) + 1),
        )

    def point(self, starts_on: date, due_on: date, today: date) -> date | None:
        """The latest point that has come by `today` for what is owed since `starts_on`; None before any.

        After the due day what was missed before it is past: then only the points after it count.
        """
        late = working_days_after(due_on, today)
        if late:
            return add_working_days(due_on, late) if late <= self.days_after else None
        return max((day for day in self._until_due(starts_on, due_on) if day <= today), default=None)

    def _until_due(self, starts_on: date, due_on: date) -> Iterator[date]:
        """The points up to the due day; a warning in advance comes after the day on which the time began."""
        before = (_working_day_before(due_on, count) for count in self.days_before)
        yield from (day for day in before if day > starts_on)
        if self.on_the_day:
            yield _working_day_before(due_on, 0)


@lru_cache(maxsize=4096)
def _working_day_before(day: date, count: int) -> date:
    """The `count`th working day before a day; for 0 the day itself or, at a weekend, the one before it."""
    found = day
    while not is_working_day(found) or working_days_after(found, day) < count:
        found -= _DAY
    return found


class Owed(NamedTuple):
    """Something owed with a day on which it is due, as the worklist has it at a version of its stream."""

    stream: UUID
    version: int
    obligation: str
    starts_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that is to go out today, unless one of the same went out since its point came.

    Two remedies due on one day are one reminder: the event names the obligation and the day, no more.
    """

    stream: UUID
    version: int
    obligation: str
    due_on: date
    point: date
    today: date

    @property
    def key(self) -> bytes:
        """Under this key it is recorded: the same for every scheduler, once a day."""
        return self._key(self.today)

    @property
    def met_by(self) -> list[bytes]:
        """The keys under which one that meets its point may have been recorded."""
        days = range((self.today - self.point).days + 1)
        return [self._key(self.point + count * _DAY) for count in days]

    def _key(self, day: date) -> bytes:
        named = f"{self.stream}|{self.obligation}|{self.due_on}|{day}"
        return hashlib.sha256(named.encode()).digest()


def reminders(owed: Iterable[Owed], rhythm: Rhythm, today: date) -> list[Reminder]:
    """What is to be reminded of today, one for each obligation and due day; nothing on a day off."""
    if not is_working_day(today):
        return []
    found: dict[tuple[UUID, str, date], Reminder] = {}
    for one in owed:
        point = rhythm.point(one.starts_on, one.due_on, today)
        if point is not None:
            made = Reminder(one.stream, one.version, one.obligation, one.due_on, point, today)
            found.setdefault((one.stream, one.obligation, one.due_on), made)
    return list(found.values())
