"""What the pages of a report show, worked out once for every format that has pages: HTML and PDF.

Plain values that a template walks: numbered tables and charts, cells that say what they are, and what the
report says of itself. A template decides nothing but looks.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final

from markupsafe import Markup

from reporting_api.rendering.charts import has_figures, rows_of
from reporting_api.rendering.narrative import printed
from reporting_api.rendering.provenance import (
    NOT_APPLICABLE,
    WITHHELD_NOTE,
    WholeTable,
    about,
    in_words,
    statements,
)
from reporting_api.report_document import (
    SUPPRESSED,
    Block,
    Chart,
    Figure,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    ReportTable,
)

LANGUAGE: Final = ("en", "GB")
"""Language and region of every report."""

_KINDS: Final = {
    SUPPRESSED: "withheld",
    NOT_APPLICABLE: "not_applicable",
    "N/A": "not_applicable",
    "": "none",
    "-": "none",
    "\N{EN DASH}": "none",
}
"""Cells that hold no figure, by their text."""


class Pages:
    """The contents of one report's pages.

    `write` turns a narrative's Markdown into what the format prints, `draw` a chart (and is told its number).
    """

    def __init__(
        self, report: Report, write: Callable[[str], Any], draw: Callable[[Chart, int], Any]
    ) -> None:
        self._report, self._write, self._draw = report, write, draw
        self._charts, self._tables = count(1), count(1)
        self._ids: set[str] = set()

    def contents(self) -> dict[str, Any]:
        """Everything, in order."""
        report = self._report
        start, end = report.period
        shown = {
            "title": report.title,
            "authority": report.authority_name,
            "language": LANGUAGE[0],
            "region": LANGUAGE[1],
            "period": f"{in_words(start)} to {in_words(end)}",
            "notices": list(_notices(report)),
            "sections": [
                {
                    "id": self._id(section.id),
                    "title": section.title,
                    "blocks": [shown for block in section.blocks for shown in self._block(block)],
                }
                for section in report.sections
            ],
            "statements": [
                {"label": statement.label, "value": in_words(statement.value)}
                for statement in statements(report)
            ],
        }
        return {key: _printable(value) for key, value in shown.items()}

    def _id(self, wanted: str) -> str:
        """An id like the one wanted that no other section has."""
        plain = "section-" + re.sub("[^a-z0-9]+", "-", wanted.lower())
        numbered = (plain, *(f"{plain}-{number}" for number in range(2, len(self._ids) + 3)))
        free = next(one for one in numbered if one not in self._ids)
        self._ids.add(free)
        return free

    def _block(self, block: Block) -> Iterator[dict[str, Any]]:
        match block:
            case Paragraph():
                term = block.term or ""
                yield {"block": "paragraph", "term": term, "text": block.text.removeprefix(term)}
            case Narrative():
                if block.markdown.strip():
                    yield {"block": "narrative", "content": self._write(block.markdown)}
            case KeyFigures():
                yield {"block": "key_figures", "figures": [_figure(figure) for figure in block.figures]}
            case ReportTable():
                yield _table(block, next(self._tables))
            case Chart():
                yield self._chart(block, next(self._charts))

    def _chart(self, chart: Chart, number: int) -> dict[str, Any]:
        return {
            "block": "chart",
            "number": number,
            "title": chart.title,
            "text": chart.text,
            "drawing": self._draw(chart, number),
            "has_figures": has_figures(chart),
            "series": [series.label for series in chart.series],
            "rows": rows_of(chart),
        }


def _notices(report: Report) -> Iterator[str]:
    """What a reader must know before the first figure."""
    if not report.complete:
        until = report.last_event_on
        reached = f" They go up to {in_words(until)}, the date of the last event." if until else ""
        yield f"The year is not over: the figures are not final.{reached}"
    if report.public:
        yield WITHHELD_NOTE


def _figure(figure: Figure) -> dict[str, Any]:
    """A key figure; that it is a part of a whole is said before its basis, unless that says so itself."""
    ratio = f"{figure.numerator} of {figure.denominator}" if figure.numerator and figure.denominator else ""
    said = [ratio, figure.basis] if ratio and ratio not in figure.basis else [figure.basis]
    return {
        "label": figure.label,
        "value": _cell(figure.value)["text"],
        "basis": "; ".join(said),
        "change": figure.change or "",
    }


def _table(table: ReportTable, number: int) -> dict[str, Any]:
    headers = _row_headers(table)
    rows = [
        {
            "total": place in table.totals,
            "cells": [{**_cell(text), "header": header} for text, header in zip(row, headers, strict=True)],
        }
        for place, row in enumerate(table.cells)
    ]
    answer = table.answer
    return {
        "block": "table",
        "number": number,
        "title": answer.table.title,
        "about": about(WholeTable(answer.table.id, "", answer, None)),
        "columns": [
            {"label": label, "numeric": numeric, "header": header}
            for label, numeric, header in zip(table.labels, table.numeric, headers, strict=True)
        ],
        "rows": rows,
        "withheld": WITHHELD_NOTE if any(SUPPRESSED in row for row in table.cells) else "",
        "note": table.note or "",
    }


def _row_headers(table: ReportTable) -> list[bool]:
    """Which columns name their row: those of the dimensions; in a register of texts the first."""
    asked = table.answer.table
    naming = {dimension.key for dimension in asked.dimensions}
    naming |= {one.key for dimension in asked.dimensions for one in dimension.beside}
    headers = [key in naming for key in table.columns]
    if not any(headers) and table.numeric and not table.numeric[0]:
        headers[0] = True
    return headers


def _cell(text: str) -> dict[str, str]:
    kind = _KINDS.get(text.strip(), "plain")
    return {"kind": kind, "text": NOT_APPLICABLE if kind == "not_applicable" else text}


def _printable(value: Any) -> Any:
    """The same value with nothing in its texts that a document cannot hold."""
    match value:
        case Markup():
            return value
        case str():
            return printed(value)
        case dict():
            return {key: _printable(one) for key, one in value.items()}
        case list() | tuple():
            return [_printable(one) for one in value]
        case _:
            return value
