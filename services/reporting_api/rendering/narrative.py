"""The council's own words: Markdown as tokens that every format prints, without HTML, pictures or scripts.

A heading in a narrative stands below the heading of its section, and none is skipped, whatever was typed.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

FIRST_LEVEL: Final = 3
"""The level of a narrative's first heading: the report has 1, its sections 2."""

_LAST_LEVEL: Final = 6
_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_NO_CHARACTERS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class _Grammar(MarkdownIt):
    """Markdown whose links lead to the web or to a mailbox, nowhere else."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        try:
            return urlsplit(url).scheme.lower() in _SCHEMES
        except ValueError:
            return False


_PARSER: Final = _Grammar("commonmark", {"html": False}).disable(["html_block", "html_inline"])


def printed(text: str) -> str:
    """A text whose characters every format can hold; others become the replacement character."""
    return _NO_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)


def tokens_of(markdown: str) -> list[Token]:
    """The tokens of a narrative: headings of levels 3 to 6 without gaps, a picture as its description.

    A heading without words is left out; a link without words says where it leads.
    """
    tokens = _PARSER.parse(printed(markdown))
    for token in tokens:
        if token.children:
            token.children = _with_link_texts([_without_picture(child) for child in token.children])
    tokens = _without_empty_headings(tokens)
    _set_levels(tokens)
    return tokens


def tree_of(markdown: str) -> SyntaxTreeNode:
    """The same as a tree, for formats that are built element by element."""
    return SyntaxTreeNode(tokens_of(markdown))


def html_of(markdown: str) -> str:
    """The same as HTML, in which everything typed is escaped."""
    rendered: str = _PARSER.renderer.render(tokens_of(markdown), _PARSER.options, {})
    return rendered


def levels_without_gaps(typed: Iterable[int], first: int) -> list[int]:
    """The levels that headings get: in the order typed, the outermost `first`, none more than one deeper."""
    levels: list[int] = []
    open_levels: list[int] = []
    for level in typed:
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        levels.append(min(first + len(open_levels) - 1, _LAST_LEVEL))
    return levels


def _set_levels(tokens: list[Token]) -> None:
    typed = [token for token in tokens if token.type == "heading_open"]
    levels = levels_without_gaps((int(token.tag[1]) for token in typed), FIRST_LEVEL)
    closing = [token for token in tokens if token.type == "heading_close"]
    for opened, closed, level in zip(typed, closing, levels, strict=True):
        opened.tag = closed.tag = f"h{level}"


def _without_picture(token: Token) -> Token:
    return Token("text", "", 0, content=token.content) if token.type == "image" else token


def _without_empty_headings(tokens: list[Token]) -> list[Token]:
    empty = {
        place
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and not _spoken(tokens[place + 1].children or [])
    }
    return [token for place, token in enumerate(tokens) if empty.isdisjoint((place, place - 1, place - 2))]


def _with_link_texts(tokens: list[Token]) -> list[Token]:
    """The same, with the address as the text of every link that has none (links do not nest)."""
    found: list[Token] = []
    for token in tokens:
        if token.type == "link_close":
            start = max(place for place, one in enumerate(found) if one.type == "link_open")
            if not _spoken(found[start:]):
                found.append(Token("text", "", 0, content=str(found[start].attrGet("href"))))
        found.append(token)
    return found


def _spoken(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens).strip()
