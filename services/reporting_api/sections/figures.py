"""The key figures: each one cell, its numerator and denominator, and its change on the year before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporting_api.report_document import Figure, KeyFigures
from reporting_api.sections.cells import Cell, Line, line
from reporting_api.sections.setting import Setting
from reporting_api.tables.layout import percentage


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that stands first: the cell `column`, and of a percentage what it is worked out of.

    `of` says in words what the denominator counts; `counted` says by which date, in words.
    """

    label: str
    table: str
    column: str
    counted: str
    numerator: str | None = None
    denominator: str | None = None
    of: str = ""
    at: Mapping[str, Any] = field(default_factory=dict)

    def figure(self, setting: Setting) -> Figure | None:
        """The figure for a report; None where the table has no such row."""
        row = setting.line(self.table, self.at)
        if row is None:
            return None
        value, parts = row[self.column], self._parts(row)
        earlier = self._earlier(setting)
        change = None if earlier is None else _change(value, earlier, setting)
        numerator, denominator = (cell.text for cell in parts) if parts else (None, None)
        compared = () if change is None or earlier is None else (earlier.source(),)
        sources = (value.source(_value(value)), *(cell.source() for cell in parts), *compared)
        basis = self._basis(numerator, denominator)
        return Figure(self.label, _value(value), basis, change, numerator, denominator, sources)

    def _parts(self, row: Line) -> list[Cell]:
        if self.numerator is None or self.denominator is None:
            return []
        return [row[self.numerator], row[self.denominator]]

    def _basis(self, numerator: str | None, denominator: str | None) -> str:
        return (
            self.counted if numerator is None else f"{numerator} of {denominator} {self.of}, {self.counted}"
        )

    def _earlier(self, setting: Setting) -> Cell | None:
        if not setting.compared or self.table not in setting.before:
            return None
        row = line(setting.before, self.table, self.at)
        return None if row is None else row[self.column]


def key_figures(wanted: tuple[KeyFigure, ...], setting: Setting) -> KeyFigures | None:
    """The figures that can be told of a report; None where that is none."""
    found = tuple(figure for one in wanted if (figure := one.figure(setting)))
    return KeyFigures(found) if found else None


def _value(cell: Cell) -> str:
    return "not applicable" if cell.value is None else cell.text


def _change(now: Cell, earlier: Cell, setting: Setting) -> str | None:
    """The change in words: of counts on the earlier count, of percentages in percentage points."""
    when = "the year before" if setting.whole_year else "the same period a year before"
    if now.number is None or earlier.number is None:
        return None
    change = now.number - earlier.number
    if change == 0:
        return f"the same as {when}"
    if now.kind == "percent":
        return f"{abs(change):,.1f} percentage points {_way(change)} than {when} ({earlier.text})"
    more = "more" if change > 0 else "fewer"
    on_earlier = percentage(int(change), int(earlier.number))
    worked_out = "" if on_earlier is None else f", {_signed(on_earlier)}%"
    return f"{abs(change):,} {more} than {when} ({earlier.text}{worked_out})"


def _way(change: Decimal) -> str:
    return "higher" if change > 0 else "lower"


def _signed(number: Decimal) -> str:
    return f"{number:+,.1f}".replace("-", "\N{MINUS SIGN}")
