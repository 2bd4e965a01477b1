"""Every table of a report as CSV in one zip archive, with what the figures are and what the columns mean.

`README.txt` is for people, `metadata.csv` for programmes: one line for each column of each file, with the
table's basis, period and provenance on it, so that a file can be read without the report.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final

from reporting_api.rendering.archive import zipped
from reporting_api.rendering.csv_file import cell, csv_of
from reporting_api.rendering.provenance import (
    Statement,
    WholeTable,
    about,
    basis_of,
    in_words,
    statements,
    whole_tables,
)
from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import Report
from reporting_api.tables.table import Table

_TYPES: Final = {
    "text": "Text or a code",
    "integer": "A whole number",
    "number": "A number with one decimal",
    "percent": "A percentage (52.2, not 0.522), rounded once to one decimal",
    "date": "A day, written YYYY-MM-DD",
    "boolean": "true or false",
    "money": "An amount in pounds sterling",
    "list": "Codes, separated by semicolons",
}
_HEADER: Final = (
    "file",
    "title",
    "section",
    "basis",
    "procedure",
    "from",
    "to",
    "complete",
    "as_of",
    "known_at",
    "as_of_position",
    "column",
    "label",
    "type",
    "description",
)
_HOW_TO_READ: Final = """\
Each file is one table, in UTF-8 with a byte order mark; its first line has the columns' keys.
metadata.csv says what each column is. An empty cell means that a value does not apply.
A row whose value is "total" stands for all rows of its kind: do not add it to them.
A text that a spreadsheet might take for a formula has an apostrophe before it.
"""


def csv_zip_of(report: Report) -> bytes:
    """The archive: README.txt, metadata.csv, then a file for each table in the report's order."""
    tables = whole_tables(report)
    files = [(_file(table), csv_of(table.answer)) for table in tables]
    about = ("README.txt", _readme(report, tables)), ("metadata.csv", _metadata(tables))
    return zipped([*about, *files])


def _file(table: WholeTable) -> str:
    return f"{table.name}.csv"


def _readme(report: Report, tables: tuple[WholeTable, ...]) -> bytes:
    said = "\n".join(_line(statement) for statement in statements(report))
    listed = "\n".join(f"{_file(table)}: {table.answer.table.title}. {about(table)}" for table in tables)
    text = f"{report.title}\n\n{said}\n\n{_HOW_TO_READ}\n{listed}\n"
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _line(statement: Statement) -> str:
    return f"{statement.label}: {in_words(statement.value)}"


def _metadata(tables: tuple[WholeTable, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows([cell(value) for value in row] for table in tables for row in _columns(table))
    return text.getvalue().encode("utf-8-sig")


def _columns(table: WholeTable) -> Iterator[tuple[Any, ...]]:
    answer, scope = table.answer, table.answer.scope
    known_at = answer.known_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    whole = (
        _file(table),
        answer.table.title,
        table.section,
        basis_of(answer),
        scope.procedure if answer.table.has_procedure else None,
        scope.period.start,
        scope.period.end,
        scope.complete,
        scope.as_of,
        known_at,
        answer.position,
    )
    for column in answer.table.shown():
        key, label, kind = column["key"], column["label"], column["type"]
        yield (*whole, key, label, kind, _description(answer.table, key, kind))


def _description(table: Table, key: str, kind: str) -> str:
    if any(dimension.key == key for dimension in table.dimensions):
        return f"{_TYPES[kind]}; the table has a row for each"
    made_of = next((column for column in table.columns if column.key == key and column.numerator), None)
    if made_of is None:
        return _TYPES[kind]
    whole = f"the {made_of.denominator} of the total row" if made_of.of_total else made_of.denominator
    return f"{_TYPES[kind]}: {made_of.numerator} of {whole}"


RENDERER: Final = Renderer("application/zip", "zip", csv_zip_of)
