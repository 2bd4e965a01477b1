"""The Markdown of letters: headings, paragraphs, lists, line breaks, emphasis; no links, images or HTML.

What the grammar does not know stays as it was typed. A value put into a template is escaped, so that it
reads literally whatever it holds.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER: Final = MarkdownIt("zero").enable(["heading", "list", "emphasis", "escape", "newline"])
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_NO_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def literal(value: str) -> str:
    """A value as Markdown that reads as the value itself, on one line."""
    return _PUNCTUATION.sub(r"\\\1", one_line(value))


def one_line(value: str) -> str:
    """A value without line breaks, and without what a document cannot hold."""
    return " ".join(printed(value).split())


def printed(text: str) -> str:
    """A text whose characters every document format can hold; others become the replacement character."""
    return _NO_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)


def parsed(markdown: str) -> list[Token]:
    """The tokens of a text, in order."""
    return _PARSER.parse(printed(markdown))


def as_html(tokens: list[Token]) -> str:
    """The tokens as HTML, everything in them escaped."""
    rendered: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return rendered


def blocks_of(markdown: str) -> list[str]:
    """What a reader reads, block by block, each on one line; empty blocks are left out."""
    spoken = (_spoken(token) for token in parsed(markdown) if token.type == "inline")
    return [text for text in spoken if text]


def _spoken(inline: Token) -> str:
    parts = (child.content if child.type in _SAYS else _GAPS.get(child.type, "") for child in _inner(inline))
    return one_line("".join(parts))


def _inner(inline: Token) -> list[Token]:
    return inline.children or []


_SAYS: Final = frozenset({"text", "text_special"})
_GAPS: Final = {"softbreak": " ", "hardbreak": " "}
