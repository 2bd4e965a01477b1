"""Charts of the report's tables, and what they show in words for whoever does not see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reporting_api.report_document import Chart, Series
from reporting_api.sections.cells import Cell, Line
from reporting_api.sections.labels import row_name
from reporting_api.sections.setting import Setting
from reporting_api.tables.periods import TOTAL

WITHHELD: Final = "Figures that are withheld are not shown."

_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of some columns of a table over one of its dimensions.

    `over_time` keeps every category and tells the trend; else categories without any figure are left out.
    """

    id: str
    title: str
    table: str
    by: str
    columns: Mapping[str, str]
    kind: Literal["bars", "stacked", "lines"] = "bars"
    at: Mapping[str, Any] = field(default_factory=dict)
    over_time: bool = False
    unit: str = ""

    def chart(self, setting: Setting) -> Chart | None:
        """The chart for a report; None where there is no figure to show."""
        rows = [row for row in setting.lines(self.table, self.at) if self._is_shown(row)]
        if not any(row[key].number for row in rows for key in self.columns):
            return None
        names = tuple(_name(setting, row, self.by) for row in rows)
        cells = {said: [row[key] for row in rows] for key, said in self.columns.items()}
        series = tuple(Series(said, tuple(map(_height, of))) for said, of in cells.items())
        return Chart(self.id, self.kind, self.title, self._text(names, cells), names, series, self.unit)

    def _is_shown(self, row: Line) -> bool:
        figures = row.answer.rows[row.row]
        if figures[self.by] == TOTAL or figures.get("parent") is not None or str(figures[self.by])[:1] == "Q":
            return False
        return self.over_time or any(row[key].value for key in self.columns)

    def _text(self, names: Sequence[str], cells: Mapping[str, list[Cell]]) -> str:
        told = [self._series_text(said, names, of) for said, of in cells.items()]
        if any(cell.withheld for of in cells.values() for cell in of):
            told.append(WITHHELD)
        return " ".join(told)

    def _series_text(self, said: str, names: Sequence[str], cells: Sequence[Cell]) -> str:
        figures = [(name, cell) for name, cell in zip(names, cells, strict=True) if cell.number is not None]
        if not figures:
            return f"{said}: no figures."
        is_told = self.over_time and len(figures) > 1 and any(cell.value for _, cell in figures)
        trend = _trend(*figures[0], *figures[-1]) if is_told else ""
        extremes = "" if any(cell.withheld for cell in cells) else _extremes(figures)
        parts = "; ".join(part for part in (trend, extremes) if part)
        return f"{said}: {parts or _each(figures)}."


def _height(cell: Cell) -> float | None:
    return None if cell.number is None else float(cell.number)


def _name(setting: Setting, row: Line, by: str) -> str:
    return row_name(setting.scope, row.answer.rows[row.row], by)


def _trend(first: str, start: Cell, last: str, end: Cell) -> str:
    if start.value == end.value:
        return f"{start.text} in {first} and again in {last}"
    way = "up" if end.value > start.value else "down"
    return f"{way} from {start.text} in {first} to {end.text} in {last}"


def _extremes(figures: Sequence[tuple[str, Cell]]) -> str:
    if len(figures) == 1:
        return ""
    values = [cell.value for _, cell in figures]
    if min(values) == max(values):
        return "" if values[0] else f"none in any of {len(figures)}"
    return f"largest {_those(figures, max(values))}; smallest {_those(figures, min(values))}"


def _those(figures: Sequence[tuple[str, Cell]], value: Any) -> str:
    """The categories that have this figure: "12 (Email)"."""
    names = [name for name, cell in figures if cell.value == value]
    shown = next(cell.text for _, cell in figures if cell.value == value)
    if len(names) > _MOST_NAMED:
        return f"{shown} ({len(names)} of {len(figures)})"
    return f"{shown} ({', '.join(names)})"


def _each(figures: Sequence[tuple[str, Cell]]) -> str:
    return ", ".join(f"{cell.text} ({name})" for name, cell in figures)
