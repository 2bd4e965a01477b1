"""What must hold of every table whatever happened: over random histories that an import would take."""

from datetime import date
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reporting_api.tables.answer import scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import Row, rows_of
from reporting_api.tables.periods import Span, year_named
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import AUTHORITY, Asked, asked
from tests.oracle.histories import history
from tests.oracle.numbers import PROCEDURES, Known
from tests.oracle.story import TODAY
from tests.reporting_api.tables.invariants import broken_between, broken_in, broken_over_quarters, rounded

COMPLAINTS: Final = 120
PERIOD_HALF_OVER: Final = date(2023, 2, 10)
YEARS: Final = ("2021-22", "2022-23", "2023-24")
_OWN_PERIODS: Final = frozenset({"year", "month", "quarter"})


async def rows(sides: Asked, name: str, procedure: str, of: Span, year: Span) -> list[Row]:
    scope = scope_of(AUTHORITY, procedure, (of, year), sides.known.as_of, sides.profiles)
    return await rows_of(sides.connection, CATALOGUE[name], scope)


def quarters(year: Span) -> list[Span]:
    first = year.start.year
    starts = [date(first, month, 1) for month in (4, 7, 10)] + [date(first + 1, 1, 1)]
    ends = [date(first, 6, 30), date(first, 9, 30), date(first, 12, 31), year.end]
    return [Span(year.key, start, end) for start, end in zip(starts, ends, strict=True)]


def by_period(name: str) -> bool:
    """Whether a table has one figure for the period asked for."""
    dimensions = CATALOGUE[name].dimensions
    return bool(dimensions) and not _OWN_PERIODS & {dimension.key for dimension in dimensions}


@settings(max_examples=6, phases=[Phase.generate], deadline=None)  # a smaller seed is no smaller history
@given(
    seed=st.integers(1, 10**6),
    as_of=st.sampled_from((TODAY, PERIOD_HALF_OVER)),
    of=st.sampled_from(YEARS),
)
async def test_every_table_keeps_its_invariants(
    seed: int, as_of: date, of: str, reporting_database_url: str
) -> None:
    year, found = year_named(of), list[str]()
    async with asked(reporting_database_url, Known(history(seed, COMPLAINTS), VERSIONS, as_of)) as sides:
        for procedure in (*PROCEDURES, "all"):
            tables = {name: await rows(sides, name, procedure, year, year) for name in CATALOGUE}
            found += [told for name in CATALOGUE for told in broken_in(name, tables[name])]
            found += broken_between(tables, year)
            for name in filter(by_period, CATALOGUE):
                parts = [await rows(sides, name, procedure, one, year) for one in quarters(year)]
                found += broken_over_quarters(name, tables[name], parts)
    assert found == []


METHODS: Final = [{"method": "email", "received": 2}, {"method": "total", "received": 2}]
BANDS: Final = [{"band": "0-10", "responded": 1, "pct": 12.5}, {"band": "total", "responded": 8, "pct": 100}]


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [
        ("methods", [*METHODS, METHODS[0]], "stands twice"),
        ("methods", [METHODS[0], {"method": "total", "received": 3}], "received of the rows is 2"),
        ("methods", [{"method": "email", "received": -1}], "is negative"),
        ("methods", [{"method": "email", "received": None}], "is null"),
        ("response_bands", [{**BANDS[0], "pct": 12.4}, BANDS[1]], "pct should be 25/2"),
        ("stage_counts_by_team", [{"stage": 6, "team": "total", "completed": 0}], "stages are added"),
    ],
)
def test_what_is_broken_is_told(name: str, rows: list[Row], told: str) -> None:
    """The checks themselves: figures that contradict each other do not pass."""
    assert any(told in one for one in broken_in(name, rows))


def test_halves_are_rounded_away_from_zero() -> None:
    """Report tables, rule 5."""
    found = [rounded(Fraction(number)) for number in ("0.05", "-0.05", "12.25", "12.24999")]
    assert [float(one) for one in found] == [0.1, -0.1, 12.3, 12.2]


def test_quarters_that_are_not_the_year_are_told() -> None:
    email, letter = {"method": "email", "received": 1}, {"method": "letter", "received": 1}
    assert [*broken_over_quarters("methods", [email], [[email], [], [], []])] == []
    assert [*broken_over_quarters("methods", [email], [[email], [email], [], []])] != []
    assert [*broken_over_quarters("methods", [email], [[email], [letter], [], []])] != []
