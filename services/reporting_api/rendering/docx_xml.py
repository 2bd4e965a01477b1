"""WordprocessingML that python-docx has no words for: fields, links, bookmarks, and tables with their marks.

Every text that goes in is escaped here, and characters that XML cannot hold are replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reporting_api.rendering.narrative import printed

LISTED_LEVELS: Final = 2
"""The levels of headings that the contents list."""

_NAME: Final = re.compile(r"<[\w:]+")
_FIELD_PARTS: Final = ("begin", "separate", "end")
_HEADER_SHADE: Final = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>'
_RIGHT: Final = '<w:jc w:val="right"/>'
_ROOMY: Final = 9
"""A table with more columns than this has smaller letters."""

_LONGEST_WORD: Final = 14
_WIDEST: Final = 30


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is printed: headings, cells, which columns are figures and which rows are totals."""

    title: str
    labels: Sequence[str]
    cells: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    totals: frozenset[int] = frozenset()

    def style(self, name: str) -> str:
        """The id of a style of cells, in the size that so many columns leave room for."""
        return f"{name}Small" if len(self.labels) > _ROOMY else name


def element(xml: str) -> Any:
    """An element of the main namespace."""
    name = _NAME.match(xml)
    if name is None:
        raise ValueError("an element begins with its name")
    return parse_xml(f"{name[0]} {nsdecls('w', 'r')}{xml[name.end() :]}")


def safe(text: str) -> str:
    """A text as XML has it, in an element or an attribute."""
    return escape(printed(text))


def run(text: str, style: str = "") -> str:
    """A run of text, in a character style if there is one."""
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{safe(text)}</w:t></w:r>'


def field_runs(instruction: str, shown: str) -> list[Any]:
    """A field that Word works out, and what stands there until it has."""
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in _FIELD_PARTS)
    code = f'<w:r><w:instrText xml:space="preserve"> {safe(instruction)} </w:instrText></w:r>'
    return [element(part) for part in (begin, code, middle, run(shown), end)]


def marked(paragraph: Any, number: int, name: str) -> None:
    """Put a bookmark around all that a paragraph holds."""
    whole = paragraph._p  # noqa: SLF001 - there is no public way to add a bookmark
    whole.get_or_add_pPr().addnext(element(f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'))
    whole.append(element(f'<w:bookmarkEnd w:id="{number}"/>'))


def contents(entries: Sequence[tuple[int, str, str]]) -> Any:
    """A table of contents that Word can update; each entry is a level, a text and a bookmark to go to."""
    code = rf'<w:r><w:instrText xml:space="preserve"> TOC \o "1-{LISTED_LEVELS}" \h \z </w:instrText></w:r>'
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in _FIELD_PARTS)
    lines = [
        f'<w:p><w:pPr><w:pStyle w:val="toc{level}"/></w:pPr>{begin + code + middle if not place else ""}'
        f'<w:hyperlink w:anchor="{mark}" w:history="1">{run(text)}</w:hyperlink></w:p>'
        for place, (level, text, mark) in enumerate(entries)
    ]
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    title = '<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>Contents</w:t></w:r></w:p>'
    return element(
        f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{title}{''.join(lines)}<w:p>{end}</w:p>"
        "</w:sdtContent></w:sdt>"
    )


def table(grid: Grid, width: int) -> Any:
    """A table of that width in twentieths of a point; its header row repeats and no row is split."""
    widths = _widths(grid, width)
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    rows = "".join(_row(grid, place, cells, widths) for place, cells in enumerate(grid.cells))
    return element(
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
        f"<w:tblCellMar>{_cell_margin('left')}{_cell_margin('right')}</w:tblCellMar>"
        '<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0"'
        ' w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{safe(grid.title)}"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{_header(grid, widths)}{rows}</w:tbl>"
    )


def _cell_margin(side: str) -> str:
    return f'<w:{side} w:w="60" w:type="dxa"/>'


def _header(grid: Grid, widths: Sequence[int]) -> str:
    cells = (
        _cell(label, _HEADER_SHADE, width, _paragraph(grid.style("TableHeading"), right=numeric))
        for label, width, numeric in zip(grid.labels, widths, grid.numeric, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(grid: Grid, place: int, texts: Sequence[str], widths: Sequence[int]) -> str:
    strong = "Strong" if place in grid.totals else ""
    cells = (
        _cell(text, "", width, _paragraph(grid.style("TableFigure" if numeric else "TableText")), strong)
        for text, width, numeric in zip(texts, widths, grid.numeric, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, shade: str, width: int, paragraph: str, strong: str = "") -> str:
    about = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
    return f"<w:tc>{about}<w:p>{paragraph}{run(text, strong)}</w:p></w:tc>"


def _paragraph(style: str, *, right: bool = False) -> str:
    return f'<w:pPr><w:pStyle w:val="{style}"/>{_RIGHT if right else ""}</w:pPr>'


def _widths(grid: Grid, width: int) -> list[int]:
    """Columns in proportion to what they need, none narrower than a long word of its own."""
    needs = [_need(label, [row[place] for row in grid.cells]) for place, label in enumerate(grid.labels)]
    return [width * need // sum(needs) for need in needs]


def _need(label: str, texts: Sequence[str]) -> int:
    longest_word = max((len(word) for text in (label, *texts) for word in text.split()), default=1)
    longest = max((len(text) for text in texts), default=1)
    return max(min(longest_word, _LONGEST_WORD), min(longest, _WIDEST), 4) + 2
