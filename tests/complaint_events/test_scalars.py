"""Days, instants, money, texts: strict, so that nothing is taken for what it is not."""

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from complaint_events.events import EVENTS
from complaint_events.scalars import (
    Code,
    Count,
    Day,
    Instant,
    Label,
    Money,
    Reference,
    ReportingYear,
    Text,
    london_date,
)
from tests.complaint_events.stories import happened

DAY: TypeAdapter[date] = TypeAdapter(Day)
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
MONEY: TypeAdapter[Decimal] = TypeAdapter(Money)
CONTROL = [chr(n) for n in (0, 1, 8, 11, 12, 14, 31, 127)]


def refused(adapter: TypeAdapter[Any], value: object) -> str:
    """The error with which a value is refused; it must not repeat the value."""
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value, strict=True)
    return str(caught.value.errors(include_input=False, include_url=False)[0]["msg"])


@pytest.mark.parametrize(
    "wrong",
    [
        0,
        0.0,
        19_000,
        1_680_000_000,
        True,
        None,
        "0",
        "1680000000",
        "",
        "2023-4-3",
        "20230403",
        "2023-W14-1",
        "2023-04-03T00:00:00",
        "2023-04-03Z",
        " 2023-04-03",
        "2023-04-03\n",
        "2023-02-29",
        "2023-04-31",
        "0000-01-01",
        "03/04/2023",
        "٢٠٢٣-٠٤-٠٣",
        datetime(2023, 4, 3, tzinfo=UTC),
        ["2023-04-03"],
    ],
)
def test_a_day_is_written_out_never_a_number(wrong: object) -> None:
    """0 is not 1 January 1970."""
    assert "YYYY-MM-DD" in refused(DAY, wrong)


def test_the_29th_of_february_is_a_day_in_leap_years_only() -> None:
    assert DAY.validate_python("2024-02-29") == date(2024, 2, 29)
    refused(DAY, "2100-02-29")


@given(st.dates())
def test_every_day_is_read_as_written(day: date) -> None:
    assert DAY.validate_python(day.isoformat()) == day
    assert DAY.validate_json(DAY.dump_json(day)) == day


@pytest.mark.parametrize(
    "wrong",
    [
        0,
        1_680_000_000.5,
        True,
        None,
        "2023-04-03T10:00:00",
        "2023-04-03",
        "yesterday",
        "2023-04-03T25:00:00Z",
        datetime(2023, 4, 3, 10, 0),  # noqa: DTZ001 - an instant without offset is what is refused
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_instant_has_an_offset(wrong: object) -> None:
    """The first and the last moments of the calendar have no date in London: refused, not a crash."""
    assert "offset" in refused(INSTANT, wrong)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_an_instant_is_kept_in_utc(moment: datetime) -> None:
    read = INSTANT.validate_python(moment.isoformat())
    assert read.utcoffset() is not None
    assert read.tzinfo is UTC
    assert abs((read - moment).total_seconds()) < 60  # offsets of the nineteenth century had seconds


@pytest.mark.parametrize(
    ("at", "on"),
    [
        ("2023-06-14T23:30:00+00:00", "2023-06-15"),
        ("2023-06-14T22:59:59+00:00", "2023-06-14"),
        ("2023-06-15T00:00:00+01:00", "2023-06-15"),
        ("2023-01-14T23:30:00+00:00", "2023-01-14"),
        ("2023-03-26T00:59:59Z", "2023-03-26"),
        ("2023-10-28T23:00:00Z", "2023-10-29"),
        ("2023-10-29T23:59:59Z", "2023-10-29"),
    ],
)
def test_at_falls_on_its_date_in_london(at: str, on: str) -> None:
    """In summer London's day begins at 23:00 UTC of the day before."""
    assert london_date(datetime.fromisoformat(at)).isoformat() == on
    assert happened("acknowledged", on, at=at).on.isoformat() == on
    other = "2023-06-01"
    with pytest.raises(ValidationError, match="London date"):
        happened("acknowledged", other, at=at)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (0, "0.00"),
        (12, "12.00"),
        (12.5, "12.50"),
        (0.07, "0.07"),
        ("1234.56", "1234.56"),
        (9_999_999.99, "9999999.99"),
        (Decimal("3.1"), "3.10"),
    ],
)
def test_money_has_pence(given_: object, kept: str) -> None:
    amount = MONEY.validate_python(given_)
    assert str(amount) == kept
    assert json.loads(MONEY.dump_json(amount)) == float(kept)


@pytest.mark.parametrize(
    "wrong",
    [
        -0.01,
        0.001,
        12.345,
        10_000_000,
        math.nan,
        math.inf,
        -math.inf,
        "NaN",
        "Infinity",
        "",
        "£5",
        "1,000",
        True,
        None,
        [5],
        "1e-400",
        "sNaN",
        "9" * 5000,
    ],
)
def test_what_is_no_money(wrong: object) -> None:
    refused(MONEY, wrong)


def test_no_money_is_less_than_nothing() -> None:
    """Minus nothing is nothing: one amount, one way to write it."""
    assert MONEY.dump_json(MONEY.validate_python(-0.0)) == b"0.0"


@given(st.integers(0, 999_999_999))
def test_every_penny_comes_back(pence: int) -> None:
    amount = Decimal(pence) / 100
    assert MONEY.validate_json(MONEY.dump_json(MONEY.validate_python(str(amount)))) == amount
    assert MONEY.validate_python(pence / 100) == amount


@pytest.mark.parametrize("kind", [Reference, Label, Text])
@pytest.mark.parametrize("bad", [*CONTROL, "\ud800"])
def test_no_text_holds_a_control_character_or_half_a_pair(kind: Any, bad: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    assert adapter.validate_python("tab\tand\nline, é, 👍") == "tab\tand\nline, é, 👍"
    refused(adapter, f"before{bad}after")


@pytest.mark.parametrize("kind", [Reference, Label, Text, Code])
@pytest.mark.parametrize("bad", ["", 5, None, b"bytes", True, ["x"]])
def test_a_text_is_a_text_and_not_empty(kind: Any, bad: object) -> None:
    refused(TypeAdapter(kind), bad)


@pytest.mark.parametrize("bad", ["north team", "north\n", "-north", "nörth", "n" * 65, "north;--"])
def test_a_code_is_one_plain_word(bad: str) -> None:
    """Councils bring the codes of their own systems: `CIC-2` and `16.plus` are words too."""
    adapter: TypeAdapter[str] = TypeAdapter(Code)
    for word in ("north_2", "CIC-2", "16.plus"):
        assert adapter.validate_python(word) == word
    refused(adapter, bad)


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\x1b[2J"])
def test_what_is_written_for_publication_is_printable_too(bad: str) -> None:
    """A NUL in a published sentence would stop every reader that keeps text in PostgreSQL."""
    with pytest.raises(ValidationError):
        happened("learning_recorded", "2023-05-01", action=f"Answer{bad} calls.")


@pytest.mark.parametrize("bad", ["2022", "22-23", "2022/23", "2022-2023", "1822-23", "2022-24", "2022-22"])
def test_a_reporting_year_is_two_consecutive_years(bad: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(ReportingYear)
    assert [adapter.validate_python(year) for year in ("2022-23", "1999-00", "2009-10")]
    refused(adapter, bad)


@pytest.mark.parametrize("bad", [True, 1.0, "1", -1, 10**9, None])
def test_a_count_is_a_whole_number(bad: object) -> None:
    refused(TypeAdapter(Count), bad)


def test_no_number_of_an_event_is_endless() -> None:
    """`seq` tells a few events of one day apart; a number no other reader can hold is none."""
    assert happened("remedied", "2023-05-01", seq=3).seq == 3
    for seq in (10**30, -1, True, 1.0, "1"):
        with pytest.raises(ValidationError):
            EVENTS["remedied"].model_validate({"on": "2023-05-01", "remedy": "R-1", "seq": seq})
