"""The council's own words in the annual report: Markdown in named slots, kept for a year, every version.

A slot is a section of the report. What is not filled prints nothing. The words are the council's: nothing in
them is computed, and nobody but its managers sets them. They must not tell who complained.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from markdown_it import MarkdownIt

from reporting_api.database import Engine, event_copy, narratives
from reporting_api.database.narratives import Version
from reporting_api.sections import SLOTS
from service_conventions.problems import Breach, Problem

LONGEST: Final = 50_000
"""The most characters a narrative may have."""

_READER: Final = MarkdownIt("commonmark", {"html": True})
_NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
_TRIES: Final = 5


async def filled(engine: Engine, authority: str, year: str) -> dict[str, Version]:
    """The last version of every slot that has been set for the year, by slot."""
    async with engine.connect() as connection:
        return await narratives.narratives_of(connection, authority, year)


async def set_narrative(engine: Engine, place: tuple[str, str, str], markdown: str, set_by: str) -> Version:
    """Give a slot (`place`: authority, year and slot) a new version, or find that the last one says the same.

    An empty text empties the slot. Raises `Problem`: 404 for a slot or an authority there is not, 422 for a
    text with HTML, a picture, or too long.
    """
    authority, year, slot = place
    if breaches := faults(slot, markdown):
        raise Problem("invalid-request", "See errors for each field and its rule.", breaches)
    for _ in range(_TRIES):  # somebody else may set the same slot at the same moment
        last = (await filled(engine, authority, year)).get(slot)
        if last and last.markdown == markdown:
            return last
        now = datetime.now(UTC).replace(microsecond=0)
        given = Version(slot, last.version + 1 if last else 1, markdown, now, set_by)
        async with engine.begin() as connection:
            if not await event_copy.position(connection, authority):
                raise Problem("unknown-authority", "Nothing is recorded of this authority.")
            if await narratives.add(connection, authority, year, given):
                return given
    raise Problem("stale-version", "Others keep setting this slot; try again.")


def faults(slot: str, markdown: str) -> list[Breach]:
    """What is wrong with a narrative. Raises `Problem` (404) for a slot that no section has."""
    if slot not in SLOTS:
        raise Problem("unknown-slot", f"The slots are: {', '.join(SLOTS)}.")
    if len(markdown) > LONGEST:
        return [Breach("markdown", "too_long", f"must have at most {LONGEST:,} characters")]
    if _NOT_TEXT.search(markdown):
        return [Breach("markdown", "characters", "must not contain the character 0 or half a surrogate pair")]
    kinds = _kinds(markdown)
    return [Breach("markdown", rule, says) for rule, says in _FORBIDDEN.items() if kinds & _TOKENS[rule]]


def _kinds(markdown: str) -> set[str]:
    """The kinds of token that the text has."""
    tokens = _READER.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    return {token.type for token in (*tokens, *inline)}


_FORBIDDEN: Final[Mapping[str, str]] = {
    "no_html": "must be Markdown without HTML",
    "no_pictures": "must not show pictures; charts are made from the figures",
}
_TOKENS: Final[Mapping[str, frozenset[str]]] = {
    "no_html": frozenset({"html_block", "html_inline"}),
    "no_pictures": frozenset({"image"}),
}
