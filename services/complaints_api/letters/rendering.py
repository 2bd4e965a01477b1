"""A letter's Markdown as a document to send: a web page that stands alone, or a Word file.

Both are pure: the same letter gives the same bytes, so the hash recorded with a letter can be shown again.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from typing import Any, Final, Literal, NamedTuple

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from complaints_api.letters.markdown import as_html, parsed, printed

Format = Literal["html", "docx"]
LANGUAGE: Final = "en-GB"


class Head(NamedTuple):
    """What a document says of itself; nothing about the person."""

    title: str
    author: str
    on: date


class Kind(NamedTuple):
    """A format: its media type, and how a letter is made in it."""

    media_type: str
    render: Callable[[str, Head], bytes]


_PAGE: Final = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title} - {author}</title>
<style>
body {{ font: 1rem/1.5 Arial, Helvetica, sans-serif; color: #000; background: #fff; margin: 2rem auto;
  max-width: 40rem; padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; }} h3 {{ font-size: 1rem; }}
h1, h2, h3 {{ line-height: 1.25; break-after: avoid; }}
@page {{ size: A4; margin: 2.5cm; }}
@media print {{ body {{ margin: 0; max-width: none; padding: 0; font-size: 12pt; }} p, li {{ orphans: 3; }} }}
</style>
</head>
<body>
<main>
{letter}</main>
</body>
</html>
"""


def html(markdown: str, head: Head) -> bytes:
    """The letter as a page that needs nothing else, reads on a phone and prints on A4."""
    letter = as_html(parsed(markdown))
    title, author = escape(printed(head.title)), escape(printed(head.author))
    return _PAGE.format(language=LANGUAGE, title=title, author=author, letter=letter).encode()


def word(markdown: str, head: Head) -> bytes:
    """The letter as a Word document with real headings and lists, in A4."""
    document = docx.Document()
    _set_up(document, head)
    _Writer(document).write(parsed(markdown))
    written = io.BytesIO()
    document.save(written)
    return _without_clock(written.getvalue())


KINDS: Final[Mapping[Format, Kind]] = {
    "html": Kind("text/html; charset=utf-8", html),
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}
"""Every format that a letter can have."""


def _set_up(document: Document, head: Head) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2.5))
    for name, size in (("Normal", 12), ("Heading 1", 18), ("Heading 2", 14), ("Heading 3", 12)):
        _font(document.styles[name], size)
    written = datetime(head.on.year, head.on.month, head.on.day, tzinfo=UTC)
    about = document.core_properties
    about.title, about.author, about.language = printed(head.title), printed(head.author), LANGUAGE
    about.last_modified_by, about.comments, about.revision = about.author, "", 1
    about.created = about.modified = written


def _font(style: Any, size: int) -> None:
    """Arial in black, in every script's slot of the style, and the language it is written in."""
    style.font.name, style.font.size = "Arial", Pt(size)
    properties = style.element.get_or_add_rPr()
    for colour in properties.findall(qn("w:color")):
        properties.remove(colour)
    fonts = properties.rFonts
    for slot in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[slot]
    for slot in ("w:eastAsia", "w:cs"):
        fonts.set(qn(slot), "Arial")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    properties.append(language)


@dataclass(slots=True)
class _List:
    """A list that is being written: its style, and the numbering it counts with."""

    style: str
    numbering: int | None = None


@dataclass(slots=True)
class _Writer:
    """Writes tokens into a document, one paragraph for each block."""

    document: Document
    lists: list[_List] = field(default_factory=list)
    heading: int = 0

    def write(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            match token.type:
                case "heading_open":
                    self.heading = min(int(token.tag[1:]), 3)
                case "heading_close":
                    self.heading = 0
                case "bullet_list_open" | "ordered_list_open":
                    self.lists.append(self._list(token))
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "inline":
                    _spans(self._paragraph(), token.children or [])
                case _:
                    pass

    def _paragraph(self) -> Paragraph:
        if self.heading:
            return self.document.add_paragraph(style=f"Heading {self.heading}")
        if not self.lists:
            return self.document.add_paragraph()
        inner = self.lists[-1]
        paragraph = self.document.add_paragraph(style=inner.style)
        if inner.numbering is not None:
            number = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - no public way
            number.get_or_add_numId().val = inner.numbering
        return paragraph

    def _list(self, token: Token) -> _List:
        """A list of its own style; a numbered one counts from its own start."""
        ordered = token.type == "ordered_list_open"
        depth = min(len(self.lists) + 1, 3)
        style = ("List Number" if ordered else "List Bullet") + (f" {depth}" if depth > 1 else "")
        return _List(style, self._numbering(style, int(token.attrGet("start") or 1)) if ordered else None)

    def _numbering(self, style: str, start: int) -> int:
        """A numbering like the style's, that begins anew."""
        properties: Any = self.document.styles[style].element
        numbers: Any = self.document.part.numbering_part.element
        like = numbers.num_having_numId(properties.pPr.numPr.numId.val)
        made = numbers.add_num(like.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        number: int = made.numId
        return number


def _spans(paragraph: Paragraph, children: Iterable[Token]) -> None:
    bold = italic = 0
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "hardbreak":
                paragraph.add_run().add_break()
            case "softbreak":
                paragraph.add_run(" ")
            case _:
                run = paragraph.add_run(child.content)
                run.bold, run.italic = bool(bold) or None, bool(italic) or None


_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def _without_clock(archive: bytes) -> bytes:
    """The same archive without the time at which it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return written.getvalue()
