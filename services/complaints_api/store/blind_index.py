"""The blind index: complaints found by names and contacts that the database cannot read.

A row holds keyed hashes (8 bytes of an HMAC-SHA-256 under the authority's secret) of the words of one event's
personal details. It is written by the statement that appends the event, so it is there when and only when the
event is; a conflict or a replay leaves none. Whoever has the database but not the key-encryption key can
neither read a word nor try one; equal words of one authority show as equal.

Rows are of what was recorded, not of what holds: a corrected name, or the one before a marriage, still finds
its complaint. Erasing a person deletes the rows of that subject.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.log_rows import Append, FoundBy
from complaints_api.store.working_tables import blind_index

_APPEND_WITH_WORDS: Final = """
WITH answered AS MATERIALIZED (
    SELECT * FROM append_group({arguments}) WITH ORDINALITY
        AS a (outcome, o_stream, o_version, o_position, o_recorded_at, o_request, n)
), indexed AS (
    INSERT INTO blind_index (authority, stream, version, subject, words)
    SELECT $1, answered.o_stream, i.version, i.subject, i.words::bigint[]
      FROM answered
      JOIN unnest(${n}::int[], ${version}::int[], ${subject}::text[], ${words}::text[])
        AS i (n, version, subject, words) ON i.n = answered.n
     WHERE answered.outcome = 'appended'
)
SELECT * FROM answered ORDER BY n
"""
"""`append_group` and the index rows of what it appended, in one statement: both or neither."""


def append_with_words(arguments: int) -> str:
    """The statement that appends and indexes, where `append_group` takes so many arguments."""
    names = ("n", "version", "subject", "words")
    places = {name: arguments + place for place, name in enumerate(names, start=1)}
    given = ", ".join(f"${n}" for n in range(1, arguments + 1))
    return _APPEND_WITH_WORDS.format(arguments=given, **places)


def word_columns(appends: Sequence[Append]) -> list[list[Any]]:
    """The index rows of appends as arrays: which append, version, subject, and the words as an array's text.

    Empty when no event has words: then there is nothing to index.
    """
    rows = list(_rows(appends))
    if not rows:
        return []
    return [
        [number for number, _, _ in rows],
        [version for _, version, _ in rows],
        [found.subject for _, _, found in rows],
        [f"{{{','.join(map(str, found.words))}}}" for _, _, found in rows],
    ]


def _rows(appends: Sequence[Append]) -> Iterable[tuple[int, int, FoundBy]]:
    for number, append in enumerate(appends, start=1):
        for event in append.events:
            if event.found_by is not None:
                yield number, event.originator_version, event.found_by


def streams_with(authority: str, word: int) -> Select[tuple[UUID]]:
    """The query for the streams among whose recorded personal details this word is."""
    return select(blind_index.c.stream).where(
        blind_index.c.authority == authority, blind_index.c.words.contains([word])
    )


class WordsOf(NamedTuple):
    """The keyed hashes of the words of one event's personal details."""

    stream: UUID
    version: int
    words: tuple[int, ...]


_PUT: Final = text("""
INSERT INTO blind_index (authority, stream, version, subject, words)
SELECT :authority, given.stream, given.version, kept.subject, given.words
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (stream uuid, version int, words bigint[])
  CROSS JOIN LATERAL (
    SELECT s.subject FROM sealed s JOIN keystore.subject_key k USING (authority, subject)
     WHERE s.authority = :authority AND s.stream = given.stream AND s.version = given.version LIMIT 1
  ) kept
ON CONFLICT (authority, stream, version) DO UPDATE SET words = excluded.words
""")


async def put(engine: AsyncEngine, authority: str, rows: Sequence[WordsOf]) -> int:
    """Index events that are in the log, as those whose texts they are of; nothing of who was erased."""
    given = to_json([row._asdict() for row in rows]).decode()
    async with engine.begin() as connection:
        done = await connection.execute(_PUT, {"authority": authority, "rows": given})
    return done.rowcount
