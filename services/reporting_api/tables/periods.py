"""Reporting years (1 April to 31 March, written "2022-23"), their quarters and months, and other periods."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2034
"""The reporting years that can be asked for, by the year they begin in: those with a known calendar."""

YEARS_COMPARED: Final = 5
"""How many rows a table by year has."""

TOTAL: Final = "total"

_YEAR: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER_STARTS: Final = (4, 7, 10, 1)
_MONTHS_IN_QUARTER: Final = 3
_QUARTERS_IN_YEAR: Final = 4


class Span(NamedTuple):
    """Some days, first and last included, under the name that a table's row gives them."""

    key: str
    start: date
    end: date

    def until(self, day: date) -> "Span":
        """What of it lies on or before `day`: if it begins later, no day at all, the day after `day`."""
        start = self.start if self.start <= day else day + timedelta(days=1)
        return self._replace(start=start, end=min(self.end, day))


def year_beginning(first: int) -> Span:
    """The reporting year that begins on 1 April of that year."""
    return Span(f"{first}-{(first + 1) % 100:02}", date(first, 4, 1), date(first + 1, 3, 31))


def year_named(name: str) -> Span:
    """The reporting year of that name. Raises `ValueError` for any other text or a year out of range."""
    found = _YEAR.fullmatch(name)
    year = year_beginning(int(found[1])) if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR else None
    if year is None or year.key != name:
        raise ValueError("a reporting year is written like 2022-23")
    return year


def year_of(day: date) -> Span:
    """The reporting year that a day falls in."""
    return year_beginning(day.year if day >= date(day.year, 4, 1) else day.year - 1)


def years_ending(last: Span) -> tuple[Span, ...]:
    """The five reporting years of which `last` is the last."""
    first = last.start.year - YEARS_COMPARED + 1
    return tuple(year_beginning(first + number) for number in range(YEARS_COMPARED))


def months_of(period: Span) -> tuple[Span, ...]:
    """The months of a period of whole quarters, each quarter after its three months, then the total.

    In a period longer than a year a quarter's key names its year too, since `Q1` comes twice.
    """
    starts = _month_starts(period)
    long = len(starts) > _MONTHS_IN_QUARTER * _QUARTERS_IN_YEAR
    spans: list[Span] = []
    for place, start in enumerate(starts, start=1):
        spans.append(Span(f"{start:%Y-%m}", start, _last_day_of(start)))
        if place % _MONTHS_IN_QUARTER == 0:
            spans.append(_quarter_ending_with(spans[-_MONTHS_IN_QUARTER:], with_year=long))
    return (*spans, Span(TOTAL, period.start, period.end))


def is_quarter_start(day: date) -> bool:
    """Whether a quarter of a reporting year begins on the day."""
    return day.day == 1 and day.month in _QUARTER_STARTS


def is_quarter_end(day: date) -> bool:
    """Whether a quarter of a reporting year ends on the day."""
    return is_quarter_start(day + timedelta(days=1))


def _month_starts(period: Span) -> list[date]:
    months = range(period.start.year * 12 + period.start.month - 1, period.end.year * 12 + period.end.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _last_day_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _quarter_ending_with(months: list[Span], *, with_year: bool) -> Span:
    start, end = months[0].start, months[-1].end
    name = f"Q{_QUARTER_STARTS.index(start.month) + 1}"
    return Span(f"{year_of(start).key} {name}" if with_year else name, start, end)
