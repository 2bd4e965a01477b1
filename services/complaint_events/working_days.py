"""Working days of England and Wales, as the regulations count them.

A working day is not a Saturday, a Sunday, Christmas Day, Boxing Day, Good Friday or a bank holiday in England
and Wales under the Banking and Financial Dealings Act 1971 (SI 2006/1738 reg 2). Most bank holidays stand
in that Act's Schedule 1 or are proclaimed every year; one-offs (19 September 2022, 8 May 2023) come by
proclamation alone. The dates come from the maintained `holidays` package; `PROCLAIMED` adds what it does
not know yet.

The start day is day 0: the Nth working day is the Nth one after it. A date outside the years covered is an
error, never "no holiday".
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Final

from holidays import country_holidays

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2035

PROCLAIMED: Final[dict[date, str]] = {}
"""Bank holidays proclaimed since the release of the `holidays` package in use: date and name."""

_SATURDAY: Final = 5


class YearOutOfRangeError(ValueError):
    """A date whose bank holidays are not known here."""

    def __init__(self, day: date) -> None:
        """Name the date and the years covered."""
        super().__init__(f"{day} is outside the years {FIRST_YEAR}-{LAST_YEAR} whose bank holidays are known")
        self.day = day


@cache
def bank_holidays() -> dict[date, str]:
    """Every bank holiday covered, with its name; Good Friday and Christmas Day included."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    known = country_holidays("GB", subdiv="ENG", years=years)
    return dict(sorted({**dict(known.items()), **PROCLAIMED}.items()))


@cache
def _working_days() -> list[int]:
    day, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    every = (day + timedelta(days=offset) for offset in range((last - day).days + 1))
    closed = bank_holidays()
    return [one.toordinal() for one in every if one.weekday() < _SATURDAY and one not in closed]


@lru_cache(maxsize=64)
def _calendar(closure_days: frozenset[date]) -> list[int]:
    closed = {day.toordinal() for day in closure_days}
    return [day for day in _working_days() if day not in closed] if closed else _working_days()


def _covered(day: date) -> int:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise YearOutOfRangeError(day)
    return day.toordinal()


def is_working_day(day: date, closure_days: Collection[date] = ()) -> bool:
    """Whether a day is a working day. Raises `YearOutOfRangeError`."""
    days, wanted = _calendar(frozenset(closure_days)), _covered(day)
    place = bisect_left(days, wanted)
    return place < len(days) and days[place] == wanted


def add_working_days(start: date, count: int, closure_days: Collection[date] = ()) -> date:
    """The `count`th working day after `start`, which is day 0 even when it is no working day itself.

    Raises `YearOutOfRangeError` when the start or the answer is not covered.
    """
    days = _calendar(frozenset(closure_days))
    place = bisect_right(days, _covered(start)) + count - 1
    if count == 0:
        return start
    if place >= len(days):
        raise YearOutOfRangeError(date(LAST_YEAR + 1, 1, 1))
    return date.fromordinal(days[place])


def working_days_after(start: date, end: date, closure_days: Collection[date] = ()) -> int:
    """How many working days lie after `start` and not after `end`; 0 when `end` is not later."""
    days = _calendar(frozenset(closure_days))
    return max(0, bisect_right(days, _covered(end)) - bisect_right(days, _covered(start)))


def day_number(start: date, end: date, closure_days: Collection[date] = ()) -> int:
    """The least N for which `end` is on or before the Nth working day after `start`; 0 when not later.

    A Saturday is counted with the working day that follows it, so that "answered on day 10" and "answered
    by the tenth working day" are one statement.
    """
    if end <= start:
        return 0
    return working_days_after(start, end - timedelta(days=1), closure_days) + 1


def same_day_next_year(day: date) -> date:
    """The same calendar date a year on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
