"""A report as PDF/UA-1: tagged, with a title, a language, table headers and texts instead of pictures.

Typst lays it out from data and refuses to write what is not PDF/UA-1 by its own checks. Its fonts come with
it, so the same report is the same bytes on every machine. See ADR 13.
"""

import json
import math
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import typst
from markdown_it.tree import SyntaxTreeNode

from reporting_api.rendering.charts import svg_of
from reporting_api.rendering.narrative import FIRST_LEVEL, tree_of
from reporting_api.rendering.pages import Pages
from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import Chart, Report

TEMPLATE: Final = Path(__file__).parent / "templates" / "report.typ"
FONT: Final = "Libertinus Serif"
STANDARD: Final = "ua-1"

_SIZES: Final = ((9.0, False, 96), (8.0, False, 110), (7.0, False, 126), (8.0, True, 166), (7.0, True, 190))
"""Sizes of letters in tables, whether the page lies, and about how many letters a line has room for."""

_SMALLEST: Final = (6.0, True)
_HYPHENATED: Final = 10
"""Longer words in headings may be broken."""

_MOST_LINES: Final = 26
"""Rows of more lines than fit on half a page, and tables of such rows, may be split."""

_WIDEST: Final = 36
_LONG: Final = re.compile(rf"\S{{{_WIDEST}}}(?=\S)")
_BREAKABLE: Final = "\\g<0>\N{ZERO WIDTH SPACE}"

MISSING_NOTE: Final = (
    "\N{REPLACEMENT CHARACTER} stands for a character that the fonts of this file lack; "
    "the report as a web page has it."
)

_MISSING: Final = re.compile(r'the text `"(.*?)"` could not be displayed with')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_SURELY_THERE: Final = re.compile("[\x00-\u017f\u2010-\u2027\u2030-\u2044\u20ac\u2212]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def pdf_of(report: Report) -> bytes:
    """The report as PDF/UA-1. Characters that none of the fonts has become the replacement character."""
    data = data_of(report)
    try:
        return _compiled(data, report)
    except typst.TypstError as error:
        missing = _missing_in(error)
    with suppress(typst.TypstError):
        return _compiled(_without(missing, data), report)
    return _compiled(_without({one for one in _text(data) if not _SURELY_THERE.match(one)}, data), report)


def _compiled(data: dict[str, Any], report: Report) -> bytes:
    compiler = typst.Compiler(
        TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True, sys_inputs={"report": _text(data)}
    )
    written = compiler.compile(
        format="pdf", pdf_standards=[STANDARD], timestamp=int(report.known_at.timestamp())
    )
    if not isinstance(written, bytes):
        raise TypeError("Typst gave no single document")
    return written


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _missing_in(error: typst.TypstError) -> set[str]:
    """The characters that Typst says it could not print: of one kind, perhaps not all."""
    found = "".join(_MISSING.findall(error.diagnostic))
    plain = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), found)
    return {character for character in plain if not character.isascii()}


def _without(missing: set[str], data: dict[str, Any]) -> dict[str, Any]:
    replaced = _text(data).translate(dict.fromkeys(map(ord, missing), _REPLACEMENT))
    without: dict[str, Any] = json.loads(replaced)
    without["notices"].append(MISSING_NOTE)
    return without


def data_of(report: Report) -> dict[str, Any]:
    """What the template is given: the report as plain values, its tables fitted to the page."""
    data = Pages(report, _written, _drawn).contents()
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["block"] == "table":
                block.update(_fitted(block))
    return data


def _drawn(chart: Chart, number: int) -> str:
    return svg_of(chart, f"chart-{number}", FONT)


def _fitted(table: dict[str, Any]) -> dict[str, Any]:
    """How wide columns are, in parts of the page, how large letters are, and what stays on one page."""
    rows = [_soft(row) for row in table["rows"]]
    columns = [
        _column(column, [row["cells"][place]["text"] for row in rows])
        for place, column in enumerate(table["columns"])
    ]
    lines = [_lines(row, columns) for row in rows]
    return {
        "columns": columns,
        "rows": [{**row, "whole": high <= _MOST_LINES} for row, high in zip(rows, lines, strict=True)],
        "whole": sum(lines) + len(lines) / 2 <= _MOST_LINES,
        **_looks(sum(column["width"] for column in columns)),
    }


def _soft(row: dict[str, Any]) -> dict[str, Any]:
    """The row with places to break in words that are wider than any column."""
    cells = [{**cell, "text": _LONG.sub(_BREAKABLE, cell["text"])} for cell in row["cells"]]
    return {**row, "cells": cells}


def _column(column: dict[str, Any], cells: list[str]) -> dict[str, Any]:
    broken = any(len(word) > _HYPHENATED for word in column["label"].split())
    return {**column, "width": _width(column["label"], cells), "broken": broken}


def _lines(row: dict[str, Any], columns: list[dict[str, Any]]) -> int:
    """About how many lines the row is high."""
    pairs = zip(row["cells"], columns, strict=True)
    heights: list[int] = [math.ceil(len(cell["text"]) / column["width"]) for cell, column in pairs]
    return max(heights)


def _looks(width: int) -> dict[str, Any]:
    fitting = ((points, lying) for points, lying, room in _SIZES if width <= room)
    size, landscape = next(fitting, _SMALLEST)
    return {"size": size, "landscape": landscape}


def _width(label: str, cells: list[str]) -> int:
    """About how many letters wide a column must be: for every word, and for most cells in two lines."""
    words = [len(word) for cell in cells for word in re.split(r"[\s\u200b]", cell)]
    heading = [min(len(word), _HYPHENATED) for word in label.split()]
    longest = max((len(cell) for cell in cells), default=0)
    return min(max(*words, *heading, 4, -(-longest // 2), -(-len(label) // 4)), _WIDEST) + 3


def _written(markdown: str) -> list[dict[str, Any]]:
    """A narrative as what the template prints: elements that hold elements or words."""
    return [_element(node) for node in tree_of(markdown).children]


def _element(node: SyntaxTreeNode) -> dict[str, Any]:
    match node.type:
        case "paragraph":
            return {"kind": "words" if node.hidden else "paragraph", "nodes": _words(node.children[0])}
        case "heading":
            level = int(node.tag[1]) - FIRST_LEVEL + 2
            return {"kind": "heading", "level": level, "nodes": _words(node.children[0])}
        case "bullet_list" | "ordered_list":
            kind = "bullets" if node.type == "bullet_list" else "numbers"
            items = [[_element(child) for child in item.children] for item in node.children]
            return {"kind": kind, "start": int(node.attrs.get("start", 1)), "items": items}
        case "blockquote":
            return {"kind": "quote", "nodes": [_element(child) for child in node.children]}
        case "fence" | "code_block":
            return {"kind": "code", "text": node.content}
        case "hr":
            return {"kind": "rule"}
        case _:
            raise ValueError(f"a narrative has no {node.type}")


def _words(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    return [_word(child) for child in node.children]


def _word(node: SyntaxTreeNode) -> dict[str, Any]:
    match node.type:
        case "strong" | "em":
            return {"kind": node.type, "nodes": _words(node)}
        case "link":
            return {"kind": "link", "target": str(node.attrs["href"]), "nodes": _words(node)}
        case "code_inline":
            return {"kind": "code", "text": node.content}
        case "hardbreak":
            return {"kind": "break"}
        case "softbreak":
            return {"kind": "text", "text": " "}
        case _:
            return {"kind": "text", "text": node.content}


RENDERER: Final = Renderer("application/pdf", "pdf", pdf_of)
