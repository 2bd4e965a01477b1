"""The counts of published tables as figures of one system, whichever table and row they stand in.

A row's year, month or quarter becomes the days it covers, so that a by-year table's row, a quarterly report
and a month of another table can be set beside each other.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from reporting_api.disclosure.rules import NOT_COUNTED
from reporting_api.tables.answer import Answer
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import TOTAL, Span
from reporting_api.tables.table import Table, Value

_TIMES: Final = ("year", "quarter", "month")
Place = tuple[tuple[str, Value], ...]
"""The values of a row's dimensions that are not spans of time, by their keys."""


class Cell(NamedTuple):
    """A count: which column of what table, by what procedure, over what days, for which dimension values."""

    table: str
    column: str
    procedure: str
    first: date
    last: date
    place: Place

    def at(self, key: str) -> Value:
        """The value of one of its dimensions; None where it has no such dimension."""
        return dict(self.place).get(key)

    def order(self) -> str:
        """Text that sorts cells in the same order whatever order the tables came in."""
        return "/".join(map(str, self))


class Shown(NamedTuple):
    """Where a count stands in an answer, and what it is there."""

    row: int
    cell: Cell
    value: int


def counts_of(answer: Answer) -> Iterator[Shown]:
    """Every count of a table that says something about complaints or people."""
    if answer.table.id in NOT_COUNTED:
        return
    for number, row in enumerate(answer.rows):
        for key in count_columns(answer.table):
            if isinstance(row.get(key), int):
                yield Shown(number, cell_of(answer, row, key), row[key])


def count_columns(table: Table) -> list[str]:
    """The columns that count; a change on the year before is worked out from two counts, it is none."""
    return [column.key for column in table.columns if column.type == "integer" and not column.nullable]


def cell_of(answer: Answer, row: Row, column: str) -> Cell:
    """The figure that stands in a row under a column."""
    span, scope = span_of(answer, row), answer.scope
    procedure = scope.procedure if answer.table.has_procedure else ""
    return Cell(answer.table.id, column, procedure, span.start, span.end, _place(answer.table, row))


def span_of(answer: Answer, row: Mapping[str, Any]) -> Span:
    """The days that a row is about, as far as they were known of."""
    spans = {span.key: span for span in (*answer.scope.years, *answer.scope.months)}
    keys = [dimension.key for dimension in answer.table.dimensions if dimension.key in _TIMES]
    span = spans[row[keys[0]]] if keys else answer.scope.period
    return span.until(answer.scope.as_of)


def _place(table: Table, row: Row) -> Place:
    place = {one.key: row[one.key] for one in table.dimensions if one.key not in _TIMES}
    if place.get("decision") == TOTAL:
        place["sub"] = TOTAL
    return tuple(place.items())
