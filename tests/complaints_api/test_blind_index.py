"""The blind index holds what was recorded, when it was recorded, and no word of it that could be read."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError

from complaints_api.finding import words_asked
from complaints_api.store.blind_index import streams_with
from complaints_api.store.event_store import stream_id
from complaints_api.store.log_rows import Append, Appended, FoundBy, IdempotentKey, NewEvent
from tests.complaint_events.stories import happened
from tests.complaints_api.councils import imported, line, written
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House
from tests.complaints_api.test_personal_data import everything

ANN = {
    "name": "Zoë Anne O'Brien",
    "email": "Zoe@Example.test",
    "phone": "+44 7700 900123",
    "address": "1 High Street, RG40 1BN",
}
ONCE = IdempotentKey("caseworker|POST /v1/complaints", b"k" * 32, b"the request")


async def found(house: House, authority: str = ALPHA, **asked: str) -> set[UUID]:
    sealer = await house.desk.vault.sealer(authority)
    async with house.desk.store.engine.connect() as connection:
        words = sealer.words(words_asked(asked))
        told = [await connection.execute(streams_with(authority, word)) for word in words]
        return set.intersection(*({row.stream for row in rows} for rows in told))


async def rows(house: House) -> int:
    count: int = await house.sql("SELECT count(*) FROM blind_index")
    return count


def append(
    stream: UUID, *words: int, expected: int = 0, once: IdempotentKey | None = None, reference: str = ""
) -> Append:
    event = happened("received", "2023-02-06")
    versions = range(expected + 1, expected + 1 + max(1, len(words)))
    events = tuple(
        NewEvent(stream, version, event.event, event.encoded(), event.on, "tester") for version in versions
    )
    marked = (replace(one, found_by=FoundBy("S", (word,))) for one, word in zip(events, words, strict=False))
    return Append(stream, expected, tuple(marked) or events, "complaint", reference or str(stream), once)


async def stored(house: House, stream: UUID) -> dict[int, list[int]]:
    """The words in the index by version of a stream."""
    query = "SELECT json_object_agg(version, words)::text FROM blind_index WHERE stream = $1"
    told = await house.sql(query, stream)
    return {int(version): words for version, words in json.loads(told).items()} if told else {}


async def test_every_word_of_a_group_goes_to_its_own_event(own_house: House) -> None:
    store, streams = own_house.desk.store, [uuid4() for _ in range(4)]
    await store.append_all(
        ALPHA,
        [append(streams[0], 1, -2), append(streams[1]), append(streams[2], 2**63 - 1), append(streams[3])],
    )
    assert [await stored(own_house, one) for one in streams] == [{1: [1], 2: [-2]}, {}, {1: [2**63 - 1]}, {}]


async def test_a_conflict_a_replay_and_a_failure_leave_no_rows(own_house: House) -> None:
    store, stream, other = own_house.desk.store, uuid4(), uuid4()
    await store.append(ALPHA, append(stream, 1, once=ONCE))
    assert await stored(own_house, stream) == {1: [1]}
    answers = await store.append_all(
        ALPHA, [append(stream, 2), append(stream, 3, once=ONCE), append(other, 4), append(other, 5)]
    )
    assert [isinstance(answer, Exception) for answer in answers] == [True, False, False, True]
    assert isinstance(answers[1], Appended)
    assert answers[1].replayed
    assert await stored(own_house, stream) == {1: [1]}
    assert await stored(own_house, other) == {1: [4]}
    with pytest.raises(IntegrityError):
        await store.append(ALPHA, append(uuid4(), 6, reference=str(stream)))
    assert await rows(own_house) == 2


async def test_of_many_that_saw_the_same_version_one_is_indexed(own_house: House) -> None:
    store, stream = own_house.desk.store, uuid4()
    answers = await asyncio.gather(
        *(store.append(ALPHA, append(stream, n)) for n in range(16)), return_exceptions=True
    )
    recorded = [n for n, answer in enumerate(answers) if isinstance(answer, Appended)]
    assert await stored(own_house, stream) == {1: recorded}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "obrien zoe"},
        {"name": "ANNE"},
        {"email": "zoe@example.TEST"},
        {"phone": "07700 900 123"},
        {"phone": "0044 7700900123"},
        {"postcode": "rg401bn"},
        {"name": "Zoe", "phone": "07700900123", "postcode": "RG40 1BN", "email": "zoe@example.test"},
    ],
)
async def test_a_complaint_is_found_however_the_person_is_spelled(
    house: House, asked: dict[str, str]
) -> None:
    made = await house.receive(personal=ANN)
    assert UUID(made["id"]) in await found(house, **asked)
    assert not await found(house, BETA, **asked)


async def test_every_word_must_be_there(house: House) -> None:
    made = await house.receive(personal={"name": "Ingrid Quill", "email": "quill@example.test"})
    assert await found(house, name="Quill", email="quill@example.test") == {UUID(made["id"])}
    assert not await found(house, name="Quill Nobody")
    assert not await found(house, name="Quill", email="nobody@example.test")


async def test_old_and_new_details_find_it_and_so_do_corrected_ones(house: House) -> None:
    made = await house.receive(personal={"name": "Ottilie Vane"})
    path = f"/v1/complaints/{made['id']}"
    changed = {"on": "2023-02-07", "personal": {"email": "vane@example.test", "name": "Ottilie Marsh"}}
    assert (await house.post(f"{path}/details_changed", changed)).status_code == 200
    corrected = {
        "on": "2023-02-08",
        "corrects": {"event": "received", "on": "2023-02-06"},
        "changes": {"personal": {"name": "Otylia Vane"}},
    }
    assert (await house.post(f"{path}/correction_recorded", corrected)).status_code == 200
    for asked in ("Vane", "Marsh", "Otylia", "Ottilie Marsh", "Otylia Marsh"):
        assert await found(house, name=asked) == {UUID(made["id"])}, asked
    assert await found(house, name="Ottilie", email="vane@example.test") == {UUID(made["id"])}


async def test_an_import_fills_it_too_once(own_house: House, tmp_path: Path) -> None:
    data = {name: value for name, value in RECEIVED.items() if name != "on"}
    lines = [
        line("received", "2023-02-06", f"I-{n}", **data, personal={"name": f"Imported Number{n}"})
        for n in range(3)
    ]
    file = written(tmp_path / "history.jsonl", lines)
    for _ in range(2):
        outcome = await imported(own_house, ALPHA, file)
        assert not outcome.refused
        assert await rows(own_house) == 3
    assert await found(own_house, name="number2") == {stream_id(ALPHA, "complaint", "I-2")}
    assert len(await found(own_house, name="imported")) == 3


async def test_nothing_of_it_can_be_read_and_no_two_authorities_share_a_word(own_house: House) -> None:
    made = await own_house.receive(personal=ANN, complainant={"ref": "P-1", "category": "parent"})
    sealers = [await own_house.desk.vault.sealer(authority) for authority in (ALPHA, BETA)]
    words = words_asked(
        {"name": ANN["name"], "email": ANN["email"], "phone": ANN["phone"], "postcode": "RG401BN"}
    )
    ours, theirs = (set(sealer.words(words)) for sealer in sealers)
    assert not ours & theirs
    kept = await own_house.sql("SELECT words FROM blind_index WHERE stream = $1", UUID(made["id"]))
    assert ours <= set(kept)
    assert await own_house.sql("SELECT subject FROM blind_index") == sealers[0].pseudonym("P-1")
    everywhere = (await everything(own_house.url)).lower()
    for word in (*(one.partition("|")[2] for one in words), *ANN.values()):
        assert len(word) < 4 or word.lower().encode() not in everywhere, word
