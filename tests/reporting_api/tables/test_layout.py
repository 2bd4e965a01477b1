"""Rounding, reporting years and their parts, CSV cells."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_api.rendering.csv_file import cell
from reporting_api.tables.layout import percentage
from reporting_api.tables.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Span,
    months_of,
    year_beginning,
    year_named,
    year_of,
    years_ending,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (49, 400, "12.3"),  # 12.25
        (-49, 400, "-12.3"),
        (7, 16, "43.8"),  # 43.75
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (1, 2000, "0.1"),  # 0.05
        (9, 20000, "0.0"),  # 0.045: rounded once, never to 0.05 first
    ],
)
def test_percentages_round_half_away_from_zero_once(numerator: int, denominator: int, shown: str) -> None:
    assert str(percentage(numerator, denominator)) == shown


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_percentages_are_exact(numerator: int, denominator: int) -> None:
    tenths = Fraction(abs(numerator) * 1000, denominator)
    nearest = floor(tenths + Fraction(1, 2))
    assert percentage(numerator, denominator) == Decimal(nearest if numerator >= 0 else -nearest) / 10


def test_without_a_base_there_is_no_percentage() -> None:
    assert percentage(0, 0) is None
    assert percentage(3, None) is None
    assert percentage(None, 3) is None


@given(st.integers(FIRST_YEAR, LAST_YEAR))
def test_a_year_is_found_by_its_name_and_by_its_days(first: int) -> None:
    year = year_beginning(first)
    assert year_named(year.key) == year == year_of(year.start) == year_of(year.end)


def test_years_across_the_century() -> None:
    assert year_beginning(1999).key == "1999-00"
    assert [year.key for year in years_ending(year_named("2001-02"))] == [
        "1997-98",
        "1998-99",
        "1999-00",
        "2000-01",
        "2001-02",
    ]


@pytest.mark.parametrize(
    "name", ["2022", "2022-24", "2022-2023", "1999-00", "2035-36", "22-23", "", "2022-23 ", "٢٠٢٢-٢٣"]
)
def test_what_is_no_reporting_year(name: str) -> None:
    with pytest.raises(ValueError, match="reporting year"):
        year_named(name)


def test_the_months_and_quarters_of_a_year_join_without_gaps() -> None:
    year = year_named("2023-24")
    spans = months_of(year)
    months = [span for span in spans if "-" in span.key]
    quarters = [span for span in spans if span.key.startswith("Q")]
    assert [span.key for span in quarters] == ["Q1", "Q2", "Q3", "Q4"]
    assert len(months) == 12
    for parts in (months, quarters):
        assert parts[0].start == year.start
        assert parts[-1].end == year.end
        assert all((after.start - before.end).days == 1 for before, after in pairwise(parts))
    assert Span("2024-02", date(2024, 2, 1), date(2024, 2, 29)) in months


def test_quarters_of_a_longer_period_name_their_year() -> None:
    spans = months_of(Span("", date(2022, 10, 1), date(2024, 3, 31)))
    keys = [span.key for span in spans]
    assert len(set(keys)) == len(keys)
    assert [key for key in keys if "Q4" in key] == ["2022-23 Q4", "2023-24 Q4"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-sum", "'-sum"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("-5", "-5"),
        ("+1.5", "+1.5"),
        (-5, "-5"),
        (Decimal("-12.5"), "-12.5"),
        ("plain", "plain"),
        (None, ""),
        (True, "true"),
        (date(2022, 4, 1), "2022-04-01"),
        (["apology", "reassessment"], "apology; reassessment"),
        (["=cmd"], "'=cmd"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown
