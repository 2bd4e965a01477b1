"""The council's own words in a Word document: real headings, lists, quotations and links."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token

from reporting_api.rendering.docx_xml import element
from reporting_api.rendering.narrative import tokens_of

_DEEPEST: Final = 3
"""The levels of lists that Word's template has styles for."""


def write_narrative(document: Document, markdown: str, heading: Callable[[str, int], Paragraph]) -> None:
    """Add a narrative at the end; `heading` adds one of its headings, whose level is that of `narrative`."""
    writer = _Writer(document, heading)
    for token in tokens_of(markdown):
        writer.take(token)


@dataclass(slots=True)
class _List:
    """A list that is being written: its style, the numbering it counts with, whether an item has begun."""

    style: str
    numbering: int | None = None
    begun: bool = False


@dataclass(slots=True)
class _Writer:
    """Writes tokens, one paragraph for each block."""

    document: Document
    heading: Callable[[str, int], Paragraph]
    lists: list[_List] = field(default_factory=list)
    level: int = 0
    quotes: int = 0

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(self._list(token))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.lists[-1].begun = False
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "inline":
                _Spans(self._paragraph()).write(token.children or [])
            case "code_block" | "fence":
                self._paragraph().add_run(token.content.rstrip("\n"))
            case _:
                pass

    def _paragraph(self) -> Paragraph:
        if self.level:
            return self.heading("", self.level)
        if self.lists:
            return self._item(self.lists[-1])
        return self.document.add_paragraph(style="Quote" if self.quotes else None)

    def _item(self, inner: _List) -> Paragraph:
        """The first paragraph of an item has its bullet or number; others continue it."""
        if inner.begun:
            return self.document.add_paragraph(style=_deep("List Continue", len(self.lists)))
        inner.begun = True
        paragraph = self.document.add_paragraph(style=inner.style)
        if inner.numbering is not None:
            number: Any = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - no public way
            number.get_or_add_numId().val = inner.numbering
        return paragraph

    def _list(self, token: Token) -> _List:
        """A list of its own style; a numbered one counts from its own start."""
        ordered = token.type == "ordered_list_open"
        style = _deep("List Number" if ordered else "List Bullet", len(self.lists) + 1)
        start = token.attrGet("start")
        return _List(style, self._numbering(style, 1 if start is None else int(start)) if ordered else None)

    def _numbering(self, style: str, start: int) -> int:
        """A numbering like the style's, that begins anew."""
        properties: Any = self.document.styles[style].element
        numbers: Any = self.document.part.numbering_part.element
        like = numbers.num_having_numId(properties.pPr.numPr.numId.val)
        made = numbers.add_num(like.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        number: int = made.numId
        return number


def _deep(style: str, depth: int) -> str:
    return style if depth == 1 else f"{style} {min(depth, _DEEPEST)}"


@dataclass(slots=True)
class _Spans:
    """Writes what stands in one paragraph: words, stressed or not, and links."""

    paragraph: Paragraph
    bold: int = 0
    italic: int = 0
    link: Any = None

    def write(self, children: Iterable[Token]) -> None:
        for child in children:
            match child.type:
                case "strong_open" | "strong_close":
                    self.bold += child.nesting
                case "em_open" | "em_close":
                    self.italic += child.nesting
                case "link_open":
                    self.link = self._link(str(child.attrGet("href")))
                case "link_close":
                    self.link = None
                case "hardbreak":
                    self._run("").add_break()
                case "softbreak":
                    self._run(" ")
                case _:
                    self._run(child.content)

    def _link(self, address: str) -> Any:
        part: Any = self.paragraph.part
        target = part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = element(f'<w:hyperlink r:id="{target}" w:history="1"/>')
        self.paragraph._p.append(link)  # noqa: SLF001 - there is no public way to add a link
        return link

    def _run(self, text: str) -> Run:
        run = self.paragraph.add_run(text)
        run.bold, run.italic = bool(self.bold) or None, bool(self.italic) or None
        if self.link is not None:
            run.style = "Hyperlink"
            self.link.append(run._r)  # noqa: SLF001 - moves it into the link
        return run
