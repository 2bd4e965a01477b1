"""The log: gapless and in commit order, whole groups or single failures, never changed afterwards."""

import asyncio
import secrets
from uuid import UUID, uuid4

import asyncpg
import pytest
from eventsourcing.persistence import IntegrityError

from complaint_events.event_model import Event
from complaints_api.recording import Command
from complaints_api.store.event_store import EventStore, stream_id
from complaints_api.store.group_commit import GroupCommit
from complaints_api.store.log_rows import (
    Append,
    Appended,
    IdempotentKey,
    KeyTakenError,
    NewEvent,
    UnknownAuthorityError,
    VersionConflictError,
)
from tests.complaint_events.stories import happened
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House

WRITERS = 64


def new(stream: UUID, event: Event, version: int = 1) -> NewEvent:
    return NewEvent(stream, version, event.event, event.encoded(), event.on, "tester")


def append(
    stream: UUID | None = None,
    *,
    expected: int = 0,
    event: Event | None = None,
    reference: str | None = None,
    once: IdempotentKey | None = None,
    keys: tuple[tuple[str, bytes], ...] = (),
) -> Append:
    """One event for the end of a stream; a new stream where none is named."""
    stream = stream or uuid4()
    event = event or happened("received", "2023-02-06")
    return Append(
        stream,
        expected,
        (new(stream, event, expected + 1),),
        "complaint",
        reference or str(stream),
        once,
        keys,
    )


def once(text: str) -> IdempotentKey:
    return IdempotentKey("caseworker|POST /v1/complaints", text.encode().ljust(32), b"the request")


async def test_positions_are_gapless_and_in_commit_order_for_a_reader_at_any_moment(own_house: House) -> None:
    """A reader that follows while 64 write sees every position once, in order, none skipped."""
    store, seen = own_house.desk.store, list[int]()
    start = await own_house.head()
    writing = True

    async def follow() -> None:
        while writing or await store.head(ALPHA) != start + len(seen):
            seen.extend(row.id for row in await store.page(ALPHA, start + len(seen), 7))

    reader = asyncio.create_task(follow())
    other = EventStore(store.engine)  # as another process of the service would be
    writers = [(store if n % 2 else other).append(ALPHA, append()) for n in range(WRITERS)]
    positions = [answer.position for answer in await asyncio.gather(*writers)]
    writing = False
    await asyncio.wait_for(reader, 30)
    assert sorted(positions) == list(range(start + 1, start + WRITERS + 1))
    assert seen == sorted(positions)


async def test_a_group_never_mixes_authorities(own_house: House) -> None:
    store = own_house.desk.store
    both = [store.append(authority, append()) for _ in range(20) for authority in (ALPHA, BETA)]
    answers = await asyncio.gather(*both)
    for authority, own in ((ALPHA, answers[::2]), (BETA, answers[1::2])):
        assert sorted(one.position for one in own) == list(range(2, 22))
        assert await store.head(authority) == 21


async def test_a_conflict_fails_its_own_append_only(house: House) -> None:
    store, stream = house.desk.store, uuid4()
    await store.append(ALPHA, append(stream))
    before = await house.head()
    stale = append(stream, expected=0, reference="stale")
    ahead = append(stream, expected=7, reference="ahead")
    answers = await asyncio.gather(
        *(store.append(ALPHA, one) for one in (append(), stale, append(), ahead, append())),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [
        Appended,
        VersionConflictError,
        Appended,
        VersionConflictError,
        Appended,
    ]
    assert [one.current for one in answers if isinstance(one, VersionConflictError)] == [1, 1]
    assert await house.head() == before + 3
    assert await house.sql("SELECT count(*) FROM event WHERE stream = $1", stream) == 1


async def test_of_many_that_saw_the_same_version_one_is_recorded(house: House) -> None:
    store, stream = house.desk.store, uuid4()
    answers = await asyncio.gather(
        *(store.append(ALPHA, append(stream)) for _ in range(16)), return_exceptions=True
    )
    assert sum(isinstance(one, Appended) for one in answers) == 1
    assert sum(isinstance(one, VersionConflictError) for one in answers) == 15


async def test_what_the_database_itself_refuses_fails_alone_too(house: House) -> None:
    """Two streams under one reference: nobody checks for it before, a constraint does."""
    store, before = house.desk.store, await house.head()
    taken = append(reference=f"taken-{secrets.token_hex(4)}")
    await store.append(ALPHA, taken)
    answers = await asyncio.gather(
        *(store.append(ALPHA, one) for one in (append(), append(reference=taken.reference), append())),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [Appended, IntegrityError, Appended]
    assert await house.head() == before + 3


async def test_a_caller_that_goes_away_does_not_take_the_group_back(house: House) -> None:
    store, left = house.desk.store, append()
    before = await house.head()
    waiting = asyncio.create_task(store.append(ALPHA, left))
    staying = asyncio.create_task(store.append(ALPHA, append()))
    await asyncio.sleep(0)
    waiting.cancel()
    await staying
    assert waiting.cancelled()
    assert await house.head() == before + 2
    assert await house.sql("SELECT count(*) FROM event WHERE stream = $1", left.stream) == 1


async def test_a_retry_with_the_same_key_is_answered_as_before_and_records_nothing(house: House) -> None:
    store, key = house.desk.store, once(secrets.token_hex(8))
    first = await store.append(ALPHA, append(once=key))
    before = await house.head()
    again = await store.append(ALPHA, append(once=key))
    assert again.replayed
    assert (again.stream, again.version, again.position) == (first.stream, first.version, first.position)
    assert again.recorded_at == first.recorded_at
    assert await store.done_before(ALPHA, key) == again
    assert await house.head() == before
    assert await store.done_before(BETA, key) is None


async def test_of_equal_retries_at_one_moment_one_is_recorded(house: House) -> None:
    store, key = house.desk.store, once(secrets.token_hex(8))
    before = await house.head()
    answers = await asyncio.gather(*(store.append(ALPHA, append(once=key)) for _ in range(12)))
    assert len({one.position for one in answers}) == 1
    assert sum(not one.replayed for one in answers) == 1
    assert await house.head() == before + 1


async def test_another_data_key_of_the_same_subject_is_refused_and_nothing_written(house: House) -> None:
    store, before = house.desk.store, await house.head()
    subject = secrets.token_hex(8)
    await store.append(ALPHA, append(keys=((subject, b"first"),)))
    with pytest.raises(KeyTakenError):
        await store.append(ALPHA, append(keys=((subject, b"second"),)))
    assert await house.head() == before + 1
    assert await house.sql("SELECT wrapped FROM keystore.subject_key WHERE subject = $1", subject) == b"first"


async def test_complaints_of_one_person_at_one_moment_share_one_data_key(house: House) -> None:
    """All of them make a key at first; those that lost seal again with the one that stands."""
    data = {**RECEIVED, "complainant": {"ref": "P-many", "category": "parent"}, "personal": {"name": "Ann"}}
    names = [f"MANY-{n}" for n in range(12)]
    made = Command("received", data, "tester")
    await asyncio.gather(*(house.desk.begin(ALPHA, "complaint", name, made) for name in names))
    sealer = await house.desk.vault.sealer(ALPHA)
    keys = "SELECT count(*) FROM keystore.subject_key WHERE subject = $1"
    assert await house.sql(keys, sealer.pseudonym("P-many")) == 1
    for name in names:
        opened = await house.desk.vault.open_texts(ALPHA, stream_id(ALPHA, "complaint", name))
        assert opened == {1: {"personal.name": "Ann"}}


async def test_an_authority_that_was_never_begun_has_no_log(house: House) -> None:
    store = house.desk.store
    with pytest.raises(UnknownAuthorityError):
        await store.append("nowhere", append())
    assert await store.head("nowhere") is None
    assert await store.add_authority(ALPHA) is False


async def test_the_very_bytes_of_the_event_are_kept(house: House) -> None:
    event = happened("received", "2023-02-06", at="2023-02-06T12:30:00+00:00", grounds_arose_on="2022-12-24")
    one = append(event=event)
    answer = await house.desk.store.append(ALPHA, one)
    payload = await house.sql(
        "SELECT payload FROM event WHERE authority = $1 AND position = $2", ALPHA, answer.position
    )
    assert payload == event.encoded()
    (row,) = await house.desk.store.logged(ALPHA, [one.stream])
    assert (row.state, row.effective_on, row.actor) == (event.encoded(), event.on, "tester")
    assert await house.desk.store.logged(BETA, [one.stream]) == []


@pytest.mark.parametrize("table", ["event", "sealed", "stream", "person", "keystore.subject_key"])
@pytest.mark.parametrize("change", ["UPDATE {} SET authority = authority", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_service_may_not_change_what_is_recorded(house: House, table: str, change: str) -> None:
    connection = await asyncpg.connect(house.url, server_settings={"role": "complaints_service"})
    try:
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") >= 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(change.format(table))
    finally:
        await connection.close()


async def test_the_application_works_as_that_role(house: House) -> None:
    async with house.desk.store.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        assert await raw.fetchval("SELECT current_user") == "complaints_service"


async def test_writers_leave_nothing_behind(house: House) -> None:
    """When all are answered, no queue and no task of the group commit remains."""
    group = GroupCommit(house.desk.store.engine)
    await asyncio.gather(*(group.append(ALPHA, append()) for _ in range(30)))
    await group.finished()
    assert (group._queues, group._writers) == ({}, {})
