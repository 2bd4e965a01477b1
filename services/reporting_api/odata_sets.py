"""What can be asked for by OData: the published views, and every report table over several years.

A report table's set is called `Tables_` and the table's id. Its rows are the table's own, year after year,
with the reporting year they were asked for and their number in it. A table by year is asked once: it shows
five years anyway.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import london_date
from reporting_api.database.views import Kind, Rows, given
from reporting_api.tables.answer import scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import FIRST_YEAR, Span, year_beginning, year_of
from reporting_api.tables.table import Table
from reporting_api.view import Seen

PREFIX: Final = "Tables_"
YEARS: Final = 5
MOST_YEARS: Final = 10
_KEY: Final = ("reporting_year", "row")
_KINDS: Final[Mapping[str, Kind]] = {
    "integer": "integer",
    "percent": "decimal",
    "number": "decimal",
    "money": "decimal",
    "date": "date",
    "boolean": "boolean",
}
_NUMBERED: Final = ("stage", "to_stage")
"""Dimensions whose values are numbers; among those of the others there can be a `total`."""

_MEANINGS: Final = {
    "reporting_year": "The reporting year that the table was asked for, written 2022-23.",
    "row": "The row's number in the table of that year.",
}


class Years(NamedTuple):
    """What is asked of report tables: the last reporting year (None: today's), how many, which procedure."""

    last: Span | None = None
    number: int = YEARS
    procedure: str = DEFAULT_PROCEDURE
    as_of: date | None = None


def described() -> dict[str, Rows]:
    """The set of every report table, without rows."""
    return {f"{PREFIX}{name}": _set(table, ()) for name, table in CATALOGUE.items()}


async def table_set(seen: Seen, authority: str, table: Table, years: Years) -> Rows:
    """The rows of a report table over the years asked for."""
    today = years.as_of or london_date(datetime.now(UTC))
    last = years.last or year_of(today)
    by_year = any(dimension.key == "year" for dimension in table.dimensions)
    number = 1 if by_year else min(years.number, last.start.year - FIRST_YEAR + 1)
    found = list[dict[str, Any]]()
    for first in range(last.start.year - number + 1, last.start.year + 1):
        year = year_beginning(first)
        scope = scope_of(authority, years.procedure, (year, year), today, seen.profiles)
        rows = await rows_of(seen.connection, table, scope)
        for place, row in enumerate(rows, start=1):
            found.append({"reporting_year": year.key, "row": place, **_flat(row)})
    return _set(table, found)


def _set(table: Table, rows: Any) -> Rows:
    shown = table.shown()
    kinds: dict[str, Kind] = {"reporting_year": "text", "row": "integer"}
    kinds |= {column["key"]: _KINDS.get(column["type"], "text") for column in shown}
    kinds |= {one.key: "text" for one in table.dimensions if one.key not in _NUMBERED}
    meanings = {**_MEANINGS, **{column["key"]: column["label"] for column in shown}}
    name = f"{PREFIX}{table.id}"
    says = f"{table.title} ({table.basis})"
    return Rows(name, says, kinds, meanings, _KEY, given(name, kinds, rows))


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without lists: their entries stand behind each other."""
    return {
        key: "; ".join(map(str, value)) if isinstance(value, list) else value for key, value in row.items()
    }
