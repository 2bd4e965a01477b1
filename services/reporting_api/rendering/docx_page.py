"""The page and the styles that a report in Word is set in: A4, Arial, black on white, British English."""

from datetime import UTC
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from reporting_api.rendering.docx_xml import element, field_runs
from reporting_api.rendering.narrative import printed
from reporting_api.report_document import Report

LANGUAGE: Final = "en-GB"
MARGIN: Final = Cm(2)
SHORT_SIDE: Final = Cm(21)
LONG_SIDE: Final = Cm(29.7)

_FONT: Final = "Arial"
_LINK: Final = RGBColor(0x0B, 0x3D, 0x91)
"""10.5 to 1 on white: more than the 7 to 1 of WCAG's AAA."""

_SIZES: Final = {
    "Normal": 12,
    "Title": 24,
    "Subtitle": 14,
    "TOC Heading": 18,
    "Heading 1": 18,
    "Heading 2": 15,
    "Heading 3": 13,
    "Heading 4": 12,
    "Heading 5": 12,
    "Caption": 12,
    "Header": 10,
    "Footer": 10,
}
_LISTS: Final = ("toc 1", "toc 2")
"""Styles of Word's own that the template lacks."""

_CELLS: Final = ("Table Text", "Table Figure", "Table Heading")
_CELL_SIZES: Final = {"": 10, " Small": 8.5}
"""The styles of cells come in two sizes: fourteen columns fit a page across in the smaller one."""


def blank(report: Report) -> Document:
    """A document without content, set up for the report."""
    document = docx.Document()
    _drop_thumbnail(document)
    _describe(document, report)
    _settings(document)
    _plain_styles(document)
    _own_styles(document)
    _orient(document.sections[0], wide=False)
    _running_lines(document, report)
    return document


def turn(document: Document, *, wide: bool) -> None:
    """What comes next is on pages that are wide, or are not."""
    if (document.sections[-1].orientation == WD_ORIENT.LANDSCAPE) != wide:
        _orient(document.add_section(WD_SECTION.NEW_PAGE), wide=wide)


def _drop_thumbnail(document: Document) -> None:
    """Leave out the template's picture of its own empty page."""
    rels = document.part.package.rels
    for key in [key for key, rel in rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        rels.pop(key)


def _describe(document: Document, report: Report) -> None:
    about = document.core_properties
    about.title, about.author = printed(report.title), printed(report.authority_name)
    about.subject, about.language = f"Complaints {report.year}", LANGUAGE
    about.comments = f"Figures from events up to position {report.position}."
    about.last_modified_by, about.revision = about.author, 1
    about.created = about.modified = report.known_at.astimezone(UTC).replace(microsecond=0)


def _settings(document: Document) -> None:
    settings: Any = document.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for zoom in settings.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _plain_styles(document: Document) -> None:
    """One font, one language, no colour: black on white in every style."""
    styles: Any = document.styles.element
    for properties in list(styles.iter(qn("w:rPr"))):
        for name in ("w:rFonts", "w:color", "w:lang"):
            for old in properties.findall(qn(name)):
                properties.remove(old)
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    defaults.insert(
        0, element(f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" w:eastAsia="{_FONT}"/>')
    )
    defaults.append(element(f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/>'))
    for name, size in _SIZES.items():
        document.styles[name].font.size = Pt(size)


def _own_styles(document: Document) -> None:
    for name in _LISTS:
        _own_style(document, name, 12, builtin=True)
    for name, size in ((f"{name}{small}", size) for name in _CELLS for small, size in _CELL_SIZES.items()):
        style = _own_style(document, name, size)
        style.font.bold = name.startswith("Table Heading") or None
        if name.startswith("Table Figure"):
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _own_style(document, "Table Note", 10).paragraph_format.space_after = Pt(12)
    document.styles["toc 2"].paragraph_format.left_indent = Cm(1)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    document.styles["Caption"].paragraph_format.space_before = Pt(14)
    document.styles["Normal"].paragraph_format.space_before = Pt(6)
    link: Any = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.underline, link.font.color.rgb = True, _LINK


def _own_style(document: Document, name: str, size: float, *, builtin: bool = False) -> Any:
    style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin)
    style.base_style = document.styles["Normal"]
    style.font.size = Pt(size)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
    style.paragraph_format.keep_with_next = name.startswith("Table Heading") or None
    return style


def _orient(section: Any, *, wide: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (LONG_SIDE, SHORT_SIDE) if wide else (SHORT_SIDE, LONG_SIDE)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, MARGIN)


def _running_lines(document: Document, report: Report) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].add_run(printed(f"{report.authority_name}: {report.title}"))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("Page ", field_runs("PAGE", "1"), " of ", field_runs("NUMPAGES", "1")):
        _append(footer, part)


def _append(paragraph: Any, part: str | list[Any]) -> None:
    if isinstance(part, str):
        paragraph.add_run(part)
    else:
        paragraph._p.extend(part)  # noqa: SLF001 - there is no public way to add a field
