"""A report as a workbook: a sheet of contents and provenance, then every whole table on a sheet of its own.

Each table is an Excel table named by its id, so that a formula (`=SUM(volumes[Received])`), a pivot table or
Power Query can ask for it, and a screen reader reads its header row. Percentages are numbers such as 52.2
under a heading with "%", as in the JSON; a figure that does not apply is the words "not applicable" rather
than an empty cell, which a formula would take for 0. No text is ever taken for a formula or a link.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import xlsxwriter

from reporting_api.rendering.narrative import printed
from reporting_api.rendering.provenance import (
    NOT_APPLICABLE,
    WholeTable,
    about,
    basis_of,
    in_words,
    statements,
    whole_tables,
)
from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import Report
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import TOTAL

CONTENTS: Final = "Contents"
"""The first sheet's name."""

HEADER_ROW: Final = 3
"""The row of a table's headings, counted from 0; above it are its title, what it counts and a way back."""

_LONGEST_SHEET_NAME: Final = 31
_LONGEST_TEXT: Final = 32_767
_FIRST_YEAR: Final = 1900
_NARROWEST: Final = 9
_WIDEST: Final = 48
_A4: Final = 9

_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 14},
    "label": {"bold": True, "valign": "top"},
    "header": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E7E6E6", "bottom": 1},
    "wrapped": {"text_wrap": True, "valign": "top", "align": "left"},
    "integer": {"num_format": "#,##0", "align": "right", "valign": "top"},
    "number": {"num_format": "#,##0.0", "align": "right", "valign": "top"},
    "percent": {"num_format": "0.0", "align": "right", "valign": "top"},
    "money": {"num_format": "[$£-809]#,##0.00", "align": "right", "valign": "top"},
    "date": {"num_format": "d mmm yyyy", "align": "left", "valign": "top"},
    "instant": {"num_format": 'd mmm yyyy hh:mm:ss "UTC"', "align": "left", "valign": "top"},
}
"""How cells look: by the type of their column, or by what they are there for."""

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def xlsx_of(report: Report) -> bytes:
    """The workbook; the same report gives the same bytes. Raises as `whole_tables` does."""
    written = io.BytesIO()
    tables = whole_tables(report)
    book = _Book(xlsxwriter.Workbook(written, _OPTIONS))
    book.describe(report)
    book.write(report, tables)
    book.workbook.close()
    return written.getvalue()


class _Heading(NamedTuple):
    """What makes rows of cells an Excel table: where, how many, under which name and headings."""

    top: int
    rows: int
    name: str
    title: str
    labels: Sequence[str]


@dataclass(slots=True)
class _Book:
    """A workbook that is being written, with the formats made so far."""

    workbook: Any
    formats: dict[tuple[str, bool], Any] = field(default_factory=dict)

    def describe(self, report: Report) -> None:
        self.workbook.set_properties(
            {
                "title": printed(report.title),
                "subject": f"Complaints {report.year}",
                "author": printed(report.authority_name),
                "company": printed(report.authority_name),
                "comments": f"Figures from events up to position {report.position}.",
                "created": report.known_at.astimezone(UTC).replace(tzinfo=None),
            }
        )

    def write(self, report: Report, tables: Sequence[WholeTable]) -> None:
        named = [(_sheet_name(table.name, place), table) for place, table in enumerate(tables, 1)]
        contents = self.workbook.add_worksheet(CONTENTS)
        top = self._about(contents, report)
        self._contents(contents, top, named)
        for name, table in named:
            self._table(self.workbook.add_worksheet(name), table)

    def _about(self, sheet: Any, report: Report) -> int:
        """What the report says of itself. Returns the row after it."""
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 60)
        _text(sheet, (0, 0), report.title, self._look("title"))
        said = statements(report)
        for place, (label, value) in enumerate(said, 1):
            _text(sheet, (place, 0), label, self._look("label"))
            kind = (
                "instant" if isinstance(value, datetime) else "date" if isinstance(value, date) else "wrapped"
            )
            _cell(sheet, (place, 1), value, self._look(kind))
        return len(said) + 1

    def _contents(self, sheet: Any, top: int, named: Sequence[tuple[str, WholeTable]]) -> None:
        """Which sheets there are, with a link to each."""
        for place, (name, table) in enumerate(named, top + 1):
            sheet.write_url(place, 0, f"internal:'{name}'!A1", string=name)
            said = (table.answer.table.title, table.section, basis_of(table.answer))
            for column, text in enumerate(said, 1):
                _text(sheet, (place, column), text, self._look("wrapped"))
        labels = ("Sheet", "Table", "Section", "Basis")
        self._mark(sheet, _Heading(top, len(named), "contents", "The tables of this workbook", labels))
        _print_well(sheet)

    def _table(self, sheet: Any, table: WholeTable) -> None:
        columns, rows = table.answer.table.shown(), table.answer.rows
        labels, title = _labels(columns), table.answer.table.title
        _text(sheet, (0, 0), title, self._look("title"))
        _text(sheet, (1, 0), about(table) if rows else f"{about(table)} There are no entries.")
        sheet.write_url(2, 0, f"internal:'{CONTENTS}'!A1", string="Back to the contents")
        for place, row in enumerate(rows, HEADER_ROW + 1):
            bold = any(row.get(dimension.key) == TOTAL for dimension in table.answer.table.dimensions)
            for column, one in enumerate(columns):
                _cell(sheet, (place, column), row.get(one["key"]), self._look(one["type"], bold=bold))
        self._mark(sheet, _Heading(HEADER_ROW, len(rows), table.name, title, labels))
        for place, width in enumerate(_widths(columns, labels, rows)):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(HEADER_ROW + 1, 0)
        sheet.repeat_rows(HEADER_ROW)
        _print_well(sheet)

    def _mark(self, sheet: Any, heading: _Heading) -> None:
        """Make cells an Excel table with a header row and a filter; one without entries has an empty row."""
        top, rows, name, title, labels = heading
        columns = [{"header": label, "header_format": self._look("header")} for label in labels]
        options = {"name": name, "title": title, "description": title, "columns": columns, "style": None}
        if sheet.add_table(top, 0, top + max(rows, 1), len(labels) - 1, options):
            raise ValueError(f"no Excel table can be made of {name}")

    def _look(self, kind: str, *, bold: bool = False) -> Any:
        """The format of that look, made once; text, truths and lists have none of their own."""
        if (kind, bold) not in self.formats:
            look = _LOOKS.get(kind, _LOOKS["wrapped"])
            self.formats[kind, bold] = self.workbook.add_format({**look, "bold": True} if bold else look)
        return self.formats[kind, bold]


def _sheet_name(name: str, place: int) -> str:
    """The table's name if a sheet may have it, else as much of it as there is room for, and its number."""
    room = _LONGEST_SHEET_NAME - len(f"_{place}")
    return name if len(name) <= _LONGEST_SHEET_NAME else f"{name[:room]}_{place}"


def _labels(columns: Sequence[dict[str, str]]) -> list[str]:
    """The columns' headings: a percentage's has a "%", and no two are the same, as Excel demands."""
    labels: list[str] = []
    for column in columns:
        label = column["label"]
        if column["type"] == "percent" and "%" not in label:
            label = f"{label} (%)"
        taken = label.casefold() in {other.casefold() for other in labels}
        labels.append(f"{label} [{column['key']}]" if taken else label)
    return labels


def _cell(sheet: Any, place: tuple[int, int], value: Any, look: Any) -> None:
    """One cell, by what its value is; whatever is no truth, number or day is text."""
    if isinstance(value, bool):
        sheet.write_boolean(*place, value, look)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(*place, float(value), look)
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        day = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(*place, day, look)
    else:
        _text(sheet, place, _as_text(value), look)


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return NOT_APPLICABLE if value is None else str(value)


def _text(sheet: Any, place: tuple[int, int], text: str, look: Any = None) -> None:
    """Text as text: no formula, no link, and none of the markup that xlsxwriter would write as it stands."""
    plain = printed(text)[:_LONGEST_TEXT]
    if plain.startswith("<r>") and plain.endswith("</r>"):
        plain += " "
    sheet.write_string(*place, plain, look)


def _widths(columns: Sequence[dict[str, str]], labels: Sequence[str], rows: Sequence[Row]) -> Iterator[int]:
    """How wide the columns are, in characters: their longest cell, or longest word of their heading."""
    for column, label in zip(columns, labels, strict=True):
        words = (len(word) + 3 for word in label.split())
        cells = (len(_shown(row.get(column["key"]))) + 2 for row in rows)
        yield min(max(_NARROWEST, *words, *cells), _WIDEST)


def _shown(value: Any) -> str:
    return in_words(value) if isinstance(value, date) else _as_text(value)


def _print_well(sheet: Any) -> None:
    """On A4 across, as wide as the page, numbered."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


RENDERER: Final = Renderer(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", xlsx_of
)
