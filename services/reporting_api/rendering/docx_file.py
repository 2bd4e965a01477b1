"""A report as a Word document that a council can go on editing, and that a screen reader can find its way in.

Headings, captions, lists and notes are styles, not looks; tables have a marked header row that repeats on
every page; fields count tables and charts (as the web page and the PDF count them), number pages and keep
the contents. The contents are links from the start; Word puts page numbers to them when they are updated
(F9), which no file can do beforehand.

A chart is a picture with its text as the alternative, and under it the same figures as a table. Word cannot
show an SVG without a raster beside it, and a chart of Word's own (DrawingML) would bring a workbook that
holds figures once more, to be withheld and kept consistent once more. So the SVG that the web page shows is
drawn as PNG by Typst, which prints the PDF anyway and needs nothing from the system; who cannot see the
picture, or wants to copy a number from it, has the table.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from docx.document import Document
from docx.shared import Length
from docx.text.paragraph import Paragraph as WordParagraph

from reporting_api.rendering import charts
from reporting_api.rendering.archive import without_clock
from reporting_api.rendering.chart_picture import png_of
from reporting_api.rendering.docx_narrative import write_narrative
from reporting_api.rendering.docx_page import MARGIN, SHORT_SIDE, blank, turn
from reporting_api.rendering.docx_xml import LISTED_LEVELS, Grid, contents, field_runs, marked, table
from reporting_api.rendering.narrative import FIRST_LEVEL, printed
from reporting_api.rendering.provenance import (
    NOT_APPLICABLE,
    WITHHELD_NOTE,
    WholeTable,
    about,
    in_words,
    statements,
    worked_out,
)
from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import (
    SUPPRESSED,
    Chart,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    ReportTable,
    Section,
)

_MANY_COLUMNS: Final = 7
"""A table with more columns than this is printed across."""


def docx_of(report: Report) -> bytes:
    """The document; the same report gives the same bytes."""
    document = blank(report)
    writer = _Writer(document)
    writer.open(report)
    for section in report.sections:
        writer.section(section)
    writer.close()
    written = io.BytesIO()
    document.save(written)
    return without_clock(written.getvalue())


@dataclass(slots=True)
class _Writer:
    """Writes a report's blocks at the end of a document, and remembers its headings for the contents."""

    document: Document
    headings: list[tuple[int, WordParagraph]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)

    def open(self, report: Report) -> None:
        """The title, and what the report says of itself; the contents go after it."""
        self._paragraph(report.title, "Title")
        self._paragraph(f"{report.authority_name}, {report.year}", "Subtitle")
        for label, value in statements(report):
            paragraph = self._paragraph("", "List Bullet")
            paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(printed(in_words(value)))

    def close(self) -> None:
        """Put the contents before the first section: all headings are known now."""
        entries = []
        for number, (level, paragraph) in enumerate(self.headings, 1):
            mark = f"_Toc{number:06}"
            marked(paragraph, number, mark)
            entries.append((level, paragraph.text, mark))
        if entries:
            first: Any = self.headings[0][1]
            first._p.addprevious(contents([entry for entry in entries if entry[0] <= LISTED_LEVELS]))  # noqa: SLF001

    def section(self, section: Section) -> None:
        """A heading, and the blocks under it; a table of many columns is on a page of its own, across."""
        turn(self.document, wide=False)
        self.heading(section.title, FIRST_LEVEL - 1)
        for block in section.blocks:
            turn(self.document, wide=isinstance(block, ReportTable) and len(block.columns) > _MANY_COLUMNS)
            _WRITERS[type(block)](self, block)

    def heading(self, text: str, level: int) -> WordParagraph:
        """A heading; the report's title has level 1 and no number in Word, so that sections begin with 1."""
        paragraph = self._paragraph(text, f"Heading {level - 1}")
        self.headings.append((level - 1, paragraph))
        return paragraph

    def paragraph(self, block: Paragraph) -> None:
        """Sentences; a term that they define stands out."""
        paragraph = self._paragraph("")
        if block.term:
            paragraph.add_run(printed(block.term), "Strong")
        paragraph.add_run(printed(block.text.removeprefix(block.term or "")))

    def narrative(self, block: Narrative) -> None:
        write_narrative(self.document, block.markdown, self.heading)

    def key_figures(self, block: KeyFigures) -> None:
        """A table of them; the column of changes only where there is one."""
        columns = {
            "Figure": [one.label for one in block.figures],
            "Value": [one.value for one in block.figures],
            "Change on the year before": [one.change or NOT_APPLICABLE for one in block.figures],
            "How it was worked out": [worked_out(one) for one in block.figures],
        }
        if all(one.change is None for one in block.figures):
            del columns["Change on the year before"]
        numeric = [label not in ("Figure", "How it was worked out") for label in columns]
        self._paragraph("Key figures", "Caption")
        self._table(Grid("Key figures", tuple(columns), list(zip(*columns.values(), strict=True)), numeric))

    def report_table(self, block: ReportTable) -> None:
        """Caption, table, and a note on what it counts and what is withheld."""
        cells = [[_IN_WORDS.get(text, text) for text in row] for row in block.cells]
        self._caption("Table", block.answer.table.title)
        self._table(Grid(block.answer.table.title, block.labels, cells, block.numeric, block.totals))
        withheld = WITHHELD_NOTE if any(SUPPRESSED in row for row in block.cells) else None
        said = (about(WholeTable(block.answer.table.id, "", block.answer, block.note)), withheld)
        self._paragraph(" ".join(filter(None, said)), "Table Note")

    def chart(self, block: Chart) -> None:
        """A picture that says what it shows, and the same as a table; only words where there is no figure."""
        number = self._caption("Chart", block.title)
        if not charts.has_figures(block):
            self._paragraph(block.text)
            return
        self._picture(block, number)
        unit = f" ({block.unit})" if block.unit else ""
        labels = ("", *(f"{series.label}{unit}" for series in block.series))
        numeric = (False, *(True for _ in block.series))
        figures = Grid(f"Figures of chart {number}", labels, charts.rows_of(block), numeric)
        self._paragraph(figures.title, "Caption")
        self._table(figures)

    def _picture(self, chart: Chart, number: int) -> None:
        picture = io.BytesIO(png_of(chart))
        paragraph = self._paragraph("")
        paragraph.paragraph_format.keep_with_next = True
        shape: Any = paragraph.add_run().add_picture(picture, width=Length(SHORT_SIDE - 2 * MARGIN))
        about = shape._inline.docPr  # noqa: SLF001 - there is no public way to describe a picture
        about.set("name", f"Chart {number}")
        about.set("title", printed(chart.title))
        about.set("descr", printed(chart.text))

    def _table(self, grid: Grid) -> None:
        if not grid.cells:
            self._paragraph("There are no entries.")
            return
        page: Any = self.document.sections[-1]
        width = Length(page.page_width - page.left_margin - page.right_margin)
        body: Any = self.document.element.body
        body.insert_element_before(table(grid, width.twips), "w:sectPr")

    def _caption(self, kind: str, title: str) -> int:
        """A caption such as "Table 3: Volumes", in which Word counts. Returns the number."""
        number = self.counted[kind] = self.counted.get(kind, 0) + 1
        paragraph: Any = self._paragraph(f"{kind} ", "Caption")
        paragraph._p.extend(field_runs(f"SEQ {kind} \\* ARABIC", str(number)))  # noqa: SLF001 - as above
        paragraph.add_run(printed(f": {title}"))
        return number

    def _paragraph(self, text: str, style: str = "Normal") -> WordParagraph:
        """A paragraph; its style goes in by id, because python-docx looks one up in every style there is."""
        if not self.styles:
            self.styles.update({one.name: one.style_id for one in self.document.styles if one.name})
        paragraph = self.document.add_paragraph(printed(text))
        paragraph._p.style = self.styles[style]  # noqa: SLF001 - as above
        return paragraph


_IN_WORDS: Final = {
    **dict.fromkeys(("", "-", "\N{EN DASH}", "N/A"), NOT_APPLICABLE),
    SUPPRESSED: f"{SUPPRESSED} withheld",
}
"""Cells without a figure; Word cannot say one thing and show another, so both are said."""

_WRITERS: Final[dict[type, Callable[[_Writer, Any], None]]] = {
    Paragraph: _Writer.paragraph,
    Narrative: _Writer.narrative,
    KeyFigures: _Writer.key_figures,
    ReportTable: _Writer.report_table,
    Chart: _Writer.chart,
}

RENDERER: Final = Renderer(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", docx_of
)
