"""The small types that events are made of: days, instants, references, money, text.

All of them are strict: a date is a string `YYYY-MM-DD` (never a number, which a lenient parser would take
for 1 January 1970), money has at most two decimals, and no text holds a NUL or a lone surrogate.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

LONDON: Final = ZoneInfo("Europe/London")
"""Business dates are dates in London (domain: occurred_on is a Europe/London date)."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MOST_MONEY: Final = Decimal(10_000_000)


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a date written YYYY-MM-DD")


def _instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            moment.astimezone(LONDON)  # the calendar's first and last hours have no date there
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("instant", "must be an instant with an offset, written as in RFC 3339")


def _money(value: object) -> Decimal:
    amount: Decimal | None = None
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = None
    if amount is None or not amount.is_finite() or not 0 <= amount < _MOST_MONEY:
        raise PydanticCustomError("money", "must be an amount in pounds from 0 to under 10,000,000")
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise PydanticCustomError("money", "must have at most two decimals")
    return cents + 0  # minus nothing is nothing


def _consecutive(value: str) -> str:
    if int(value[5:]) != (int(value[2:4]) + 1) % 100:
        raise PydanticCustomError("reporting_year", "must be two consecutive years, written 2022-23")
    return value


def printable(text: str) -> bool:
    """Whether a text has neither control characters nor lone surrogates."""
    return _UNPRINTABLE.search(text) is None


def _printable(value: object) -> object:
    if isinstance(value, str) and not printable(value):
        raise PydanticCustomError("characters", "must not contain control characters or lone surrogates")
    return value


def _whole(value: object) -> object:
    if type(value) is not int:
        raise PydanticCustomError("whole_number", "must be a whole number")
    return value


def london_date(instant: datetime) -> date:
    """The business date of an instant: its date in London."""
    return instant.astimezone(LONDON).date()


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A business date, `YYYY-MM-DD`."""

Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment with an offset (RFC 3339), kept in UTC."""

Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 10_000_000}),
]
"""Pounds sterling, at most two decimals; a number in JSON.

The schema does not say `multipleOf` 0.01: in binary fractions 0.07 is none, and validators would refuse it.
"""

WHOLE_NUMBER: Final = BeforeValidator(_whole)
"""Guards a list of numbers: without it `true` and `1.0` would pass for 1."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""A word of a council's own list: team, theme, ethnicity, age band, measure."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=100), BeforeValidator(_printable)]
"""A council's own reference: of a complaint, person, remedy, learning point or Ombudsman case."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=300), BeforeValidator(_printable)]
"""A short text written for publication; never personal data."""

Sentences = Annotated[str, StringConstraints(min_length=1, max_length=5000), BeforeValidator(_printable)]
"""A longer text written for publication; never personal data."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=100_000), BeforeValidator(_printable)]
"""Free text about people; sealed before it is stored."""

ReportingYear = Annotated[
    str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-[0-9]{2}$"), AfterValidator(_consecutive)
]
"""A reporting year, 1 April to 31 March, written `2022-23` (R13(4))."""

Count = Annotated[int, Field(ge=0, le=100_000_000)]
"""How many; never negative."""

SequenceNumber = Annotated[int, Field(ge=0, le=999_999_999)]
"""Tells two otherwise equal events of one day apart."""

Years = Annotated[int, Field(ge=0, le=130)]
"""An age in whole years."""
