"""The blind index made again from the sealed texts.

For a record that is older than the index, and for a release that reads words otherwise. The service may run
meanwhile. What was erased has no words.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from complaints_api.finding import words_recorded
from complaints_api.recording import Recording
from complaints_api.store.blind_index import WordsOf, put
from complaints_api.store.log_rows import LoggedEvent
from complaints_api.store.personal_data import ERASED, Sealer

_Opened = Mapping[UUID, Mapping[int, Mapping[str, str]]]


async def reindexed(desk: Recording, authority: str) -> int:
    """Index every event of an authority that tells personal details; how many do."""
    sealer = await desk.vault.sealer(authority)
    done = 0
    async for page in desk.store.pages(authority):
        opened = await desk.vault.open_many(authority, {row.stream for row in page if row.sealed})
        done += await put(desk.store.engine, authority, list(_words(sealer, page, opened)))
    return done


def _words(sealer: Sealer, page: Sequence[LoggedEvent], opened: _Opened) -> Iterator[WordsOf]:
    for row in page:
        texts = opened.get(row.stream, {}).get(row.originator_version, {})
        words = words_recorded({path: text for path, text in texts.items() if text != ERASED})
        if words:
            yield WordsOf(row.stream, row.originator_version, sealer.words(words))
