"""Working days (SI 2006/1738 reg 2): what they skip, how they are counted, where they end."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaint_events.procedures import closure_days
from complaint_events.working_days import (
    FIRST_YEAR,
    LAST_YEAR,
    YearOutOfRangeError,
    add_working_days,
    bank_holidays,
    day_number,
    is_working_day,
    same_day_next_year,
    working_days_after,
)
from tests.complaint_events.stories import profile

CASELOADS = Path(__file__).parents[1] / "caseloads"
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR - 2, 12, 31))
COUNTS = st.integers(1, 130)
CLOSED = st.frozensets(st.dates(date(2022, 1, 1), date(2023, 12, 31)), max_size=8)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ("2023-05-08", "the Coronation"),
        ("2022-09-19", "the Queen's funeral"),
        ("2022-06-02", "spring bank holiday, moved"),
        ("2022-06-03", "the Platinum Jubilee"),
        ("2021-12-27", "Christmas Day 2021 was a Saturday"),
        ("2021-12-28", "Boxing Day 2021 was a Sunday"),
        ("2022-01-03", "New Year's Day 2022 was a Saturday"),
        ("2023-01-02", "New Year's Day 2023 was a Sunday"),
        ("2022-12-27", "Christmas Day 2022 was a Sunday"),
        ("2023-04-07", "Good Friday"),
        ("2023-04-10", "Easter Monday"),
        ("2020-05-08", "the early May holiday, moved to VE Day"),
        ("2024-08-26", "the last Monday of August"),
        ("2012-06-05", "the Diamond Jubilee"),
        ("2011-04-29", "the royal wedding"),
    ],
)
def test_a_bank_holiday_is_no_working_day(one: str, why: str) -> None:
    assert day(one).weekday() < 5, why
    assert not is_working_day(day(one)), why


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ("2022-05-30", "the spring holiday of 2022 was moved from here"),
        ("2020-05-04", "the early May holiday of 2020 was moved from here"),
        ("2022-08-01", "a holiday of Scotland alone"),
        ("2023-03-17", "a holiday of Northern Ireland alone"),
        ("2021-12-24", "Christmas Eve is no holiday"),
        ("2022-01-04", "2 January's substitute is Scotland's"),
        ("2023-12-27", "nothing was moved in 2023"),
    ],
)
def test_a_holiday_elsewhere_or_moved_away_is_a_working_day(one: str, why: str) -> None:
    assert is_working_day(day(one)), why


def test_a_year_has_eight_holidays_on_weekdays_and_more_only_when_proclaimed() -> None:
    years = [one.year for one in bank_holidays() if one.weekday() < 5]
    usual = {year: years.count(year) for year in range(2003, 2026)}
    more = {year: count for year, count in usual.items() if count != 8}
    assert more == {2011: 9, 2012: 9, 2022: 10, 2023: 9}


def register() -> list[dict[str, str | int]]:
    tables = json.loads((CASELOADS / "sandwell" / "expected.json").read_text())
    rows: list[dict[str, str | int]] = next(one for one in tables if one["table"] == "stage2_register")[
        "rows"
    ]
    return rows


@pytest.mark.parametrize(("person", "counted"), [(1, 75), (6, 96), (7, 91)])
def test_the_councils_own_count_is_working_days_after_the_signed_statement(person: int, counted: int) -> None:
    """Sandwell 2022-23, table 13: from the statement signed to the complaint closed."""
    row = next(row for row in register() if row["case"] == person)
    signed, closed = day(str(row["statement_agreed_on"])), day(str(row["closed_on"]))
    assert working_days_after(signed, closed) == counted == row["working_days_local"]
    assert is_working_day(closed)
    assert day_number(signed, closed) == counted


def test_all_seven_investigations_of_the_register_count_as_published() -> None:
    """A notice sent on a bank holiday (the first, on 3 June 2022) counts the working days before it."""
    dates = [(day(str(row["requested_on"])), day(str(row["adjudicated_on"]))) for row in register()]
    assert [working_days_after(*pair) for pair in dates] == [102, 67, 101, 71, 94, 110, 110]
    assert not is_working_day(dates[0][1])
    assert day_number(*dates[0]) == 103


def test_the_start_day_is_day_0() -> None:
    monday = day("2023-02-06")
    assert add_working_days(monday, 0) == monday
    assert add_working_days(monday, 1) == day("2023-02-07")
    assert add_working_days(monday, 10) == day("2023-02-20")
    assert working_days_after(monday, monday) == 0
    assert day_number(monday, monday) == 0


def test_receipt_on_a_non_working_day_counts_from_that_day() -> None:
    """Saturday, Sunday and Good Friday are day 0 like any other; day 1 is the next working day."""
    assert add_working_days(day("2023-02-04"), 1) == day("2023-02-06")
    assert add_working_days(day("2023-02-05"), 1) == day("2023-02-06")
    assert add_working_days(day("2023-04-07"), 1) == day("2023-04-11")
    assert add_working_days(day("2023-02-04"), 0) == day("2023-02-04")


def test_a_saturday_after_the_due_friday_is_late() -> None:
    received, due_friday = day("2023-02-03"), day("2023-02-17")
    assert add_working_days(received, 10) == due_friday
    assert day_number(received, due_friday) == 10
    assert day_number(received, due_friday + timedelta(days=1)) == 11
    assert working_days_after(received, due_friday + timedelta(days=1)) == 10


def test_the_councils_closure_days_are_not_skipped_under_the_act() -> None:
    """Regulation 2 names no closure of the council; other procedures may have them."""
    shut = profile(closure_days=["2023-12-27", "2023-12-28", "2023-12-29"])
    assert closure_days("children_statutory", shut) == frozenset()
    assert len(closure_days("corporate_local", shut)) == 3
    received = day("2023-12-22")
    act = add_working_days(received, 10, closure_days("children_statutory", shut))
    own = add_working_days(received, 10, closure_days("corporate_local", shut))
    assert (act, own) == (day("2024-01-10"), day("2024-01-15"))


@pytest.mark.parametrize(
    "outside", [date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1), date.max, date.min]
)
def test_a_year_out_of_range_is_an_error_never_no_holiday(outside: date) -> None:
    inside = day("2023-02-06")
    for attempt in (
        lambda: is_working_day(outside),
        lambda: add_working_days(outside, 0),
        lambda: add_working_days(outside, 1),
        lambda: working_days_after(inside, outside),
        lambda: working_days_after(outside, inside),
    ):
        with pytest.raises(YearOutOfRangeError, match=f"{FIRST_YEAR}-{LAST_YEAR}"):
            attempt()


def test_an_answer_beyond_the_years_covered_is_an_error() -> None:
    with pytest.raises(YearOutOfRangeError):
        add_working_days(date(LAST_YEAR, 12, 31), 1)


def test_the_29th_of_february_has_its_anniversary_on_the_28th() -> None:
    assert same_day_next_year(day("2024-02-29")) == day("2025-02-28")
    assert same_day_next_year(day("2023-02-28")) == day("2024-02-28")
    assert is_working_day(day("2024-02-29"))
    assert add_working_days(day("2024-02-28"), 2) == day("2024-03-01")


@given(DAYS, COUNTS, CLOSED)
def test_counting_undoes_adding(start: date, count: int, closed: frozenset[date]) -> None:
    reached = add_working_days(start, count, closed)
    assert is_working_day(reached, closed)
    assert working_days_after(start, reached, closed) == count
    assert day_number(start, reached, closed) == count


@given(DAYS, st.integers(1, 200), CLOSED)
def test_the_day_number_is_the_least_day_by_which_it_was_done(
    start: date, later: int, closed: frozenset[date]
) -> None:
    end = start + timedelta(days=later)
    number = day_number(start, end, closed)
    assert number >= 1
    assert end <= add_working_days(start, number, closed)
    assert number == 1 or end > add_working_days(start, number - 1, closed)


@given(DAYS, st.integers(0, 60), st.integers(0, 60), CLOSED)
def test_more_days_and_later_starts_never_come_earlier(
    start: date, few: int, more: int, closed: frozenset[date]
) -> None:
    first = add_working_days(start, few, closed)
    assert first <= add_working_days(start, few + more, closed)
    assert first <= add_working_days(start + timedelta(days=more), few, closed)


@given(DAYS, COUNTS, CLOSED)
def test_a_closed_council_is_never_due_sooner(start: date, count: int, closed: frozenset[date]) -> None:
    assert add_working_days(start, count) <= add_working_days(start, count, closed)


@given(DAYS, st.integers(0, 300))
def test_weeks_have_at_most_five_working_days(start: date, later: int) -> None:
    """An independent count, one day at a time."""
    end = start + timedelta(days=later)
    each = [start + timedelta(days=n) for n in range(1, later + 1)]
    counted = sum(one.weekday() < 5 and one not in bank_holidays() for one in each)
    assert working_days_after(start, end) == counted
