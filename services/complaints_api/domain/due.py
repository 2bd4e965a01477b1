"""How near the day is on which something falls: seen from today, in working days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, get_args

from complaint_events.working_days import YearOutOfRangeError, add_working_days, working_days_after

Due = Literal["overdue", "today", "soon", "later", "none"]
"""Past its day, on it, within so many working days of it, before that, or without a day."""

DUES: Final[tuple[Due, ...]] = get_args(Due)

NO_DAY: Final = date.max
"""On this day falls what has no time limit, or whose clock stands still: after everything else."""

_DAY: Final = timedelta(days=1)


class Span(NamedTuple):
    """Days from `first` to `last`, both included; empty where `last` is before `first`."""

    first: date
    last: date


def spans(today: date, soon_within: int) -> Mapping[Due, Span]:
    """The days that each word stands for; `soon` are the `soon_within` working days after today."""
    soon_until = add_working_days(today, soon_within)
    return {
        "overdue": Span(date.min, today - _DAY),
        "today": Span(today, today),
        "soon": Span(today + _DAY, soon_until),
        "later": Span(soon_until + _DAY, NO_DAY - _DAY),
        "none": Span(NO_DAY, NO_DAY),
    }


def due(falls_on: date, seen: Mapping[Due, Span]) -> Due:
    """Which of the spans a day lies in."""
    return next(word for word, span in seen.items() if span.first <= falls_on <= span.last)


def working_days_left(today: date, falls_on: date, closed: frozenset[date] = frozenset()) -> int | None:
    """Working days after today until the day; 0 on it and past it; None where they cannot be counted."""
    try:
        return None if falls_on == NO_DAY else working_days_after(today, falls_on, closed)
    except YearOutOfRangeError:
        return None
