"""The cells of the report's tables, as its sentences, figures and charts read them: there is no other source.

A cell is withheld (`SUPPRESSED`) where disclosure control says so; what is told of it then is the marker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from reporting_api.report_document import SUPPRESSED, Source
from reporting_api.sections.labels import day_in_words
from reporting_api.tables.answer import Answer
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import TOTAL
from reporting_api.tables.table import Dimension, Table

Answers = Mapping[str, Answer]
"""The answers of the report's tables by the tables' ids."""

NOT_APPLICABLE: Final = "N/A"
NOTHING: Final = "\N{EN DASH}"

_PATTERNS: Final = {"money": "\N{POUND SIGN}{:,.2f}", "percent": "{:,.1f}", "number": "{:,.1f}"}
_KINDS: Final[dict[str, dict[str, str]]] = {}
"""The types of each table's columns, remembered: every sentence asks."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    table: str
    year: str
    row: int
    column: str
    kind: str
    value: Any

    @property
    def withheld(self) -> bool:
        """Whether disclosure control has taken the figure out."""
        return bool(self.value == SUPPRESSED)

    @property
    def number(self) -> Decimal | None:
        """The figure; None where there is none to tell: not applicable, or withheld."""
        return None if self.value is None or self.withheld else Decimal(self.value)

    @property
    def text(self) -> str:
        """The figure as a sentence has it, with its unit."""
        return shown(self.value, self.kind, percent_sign=True)

    def source(self, told: str | None = None) -> Source:
        """Where the figure comes from, told as it is or in other words."""
        return Source(self.table, self.year, self.row, self.column, self.text if told is None else told)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table's answer."""

    answer: Answer
    row: int

    def __getitem__(self, column: str) -> Cell:
        """The cell of a column. Raises `KeyError` for a column that the row does not have."""
        answer = self.answer
        value = answer.rows[self.row][column]
        return Cell(
            answer.table.id, answer.scope.year.key, self.row, column, _kind(answer.table, column), value
        )


def _kind(table: Table, column: str) -> str:
    kinds = _KINDS.get(table.id)
    if kinds is None:
        kinds = _KINDS[table.id] = {one["key"]: one["type"] for one in table.shown()}
    return kinds[column]


def shown(value: Any, kind: str, *, percent_sign: bool = False) -> str:
    """A value of a column of some type as text for people."""
    if value is None:
        return NOT_APPLICABLE if kind in ("percent", "number") else NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return day_in_words(value)
    pattern = _PATTERNS.get(kind, "{:,}")
    text = pattern.format(value).replace("-", "\N{MINUS SIGN}")
    text = text.removesuffix(".00") if kind == "money" else text
    return f"{text}%" if percent_sign and kind == "percent" else text


def line(answers: Answers, table: str, place: Mapping[str, Any]) -> Line | None:
    """The row of these values of the dimensions; None where the table has no such row.

    A dimension left out means its total, else the year asked for, else null, else its only value.
    """
    answer = answers[table]
    found = list(enumerate(answer.rows))
    for dimension in answer.table.dimensions:
        wanted = place.get(dimension.key, _default(dimension, found, answer.scope.year.key))
        found = [(number, row) for number, row in found if row[dimension.key] == wanted]
    return Line(answer, found[0][0]) if found else None


def _default(dimension: Dimension, rows: list[tuple[int, Row]], year: str) -> Any:
    there = [row[dimension.key] for _, row in rows]
    found = (value for value in (TOTAL, year, "code", None) if value in there)
    return next(found, there[0] if there else None)


def lines(answers: Answers, table: str, place: Mapping[str, Any]) -> list[Line]:
    """Every row with these values of the dimensions, in printing order."""
    answer = answers[table]
    return [
        Line(answer, number)
        for number, row in enumerate(answer.rows)
        if all(row[key] == value for key, value in place.items())
    ]
