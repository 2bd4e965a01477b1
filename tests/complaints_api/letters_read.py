"""Letters opened again as their readers open them: a page by an HTML parser, a Word file by python-docx."""

import io
from html.parser import HTMLParser

import docx
from docx.document import Document

from complaints_api.letters.markdown import one_line

_VOID = frozenset({"meta", "br", "link", "img"})


class Page(HTMLParser):
    """What a page says, its elements in order, and whether each was closed where it belongs."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(content.decode())
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.said.append(" ")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.said.append(" ")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.said.append(data)

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def text(self) -> str:
        return one_line("".join(self.said))


def word_file(content: bytes) -> Document:
    """The Word file that these bytes are."""
    return docx.Document(io.BytesIO(content))


def text_of(format_: str, content: bytes) -> str:
    """What a reader of a letter reads, on one line."""
    if format_ == "html":
        return Page(content).text
    return one_line(" ".join(paragraph.text for paragraph in word_file(content).paragraphs))
