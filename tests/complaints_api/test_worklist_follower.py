"""The worklist follows the log: every complaint as it stands now, whoever catches up, in whatever pages."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import count
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json
from sqlalchemy import select

from complaint_events import working_days
from complaint_events.profile import ProfileApplied
from complaints_api import worklist as worklist_module
from complaints_api.recording import AUTHORITY_STREAM, Command, Recording, loaded
from complaints_api.store import schema
from complaints_api.store.event_store import EventStore, make_engine, stream_id
from complaints_api.worklist import AsOf, Worklist, standing_of
from tests.complaint_events.stories import NEEDED, PROFILE_JSON
from tests.complaints_api.councils import begin
from tests.complaints_api.house import ALPHA, House

Json = dict[str, Any]


@asynccontextmanager
async def following(desk: Recording, page_size: int = 500) -> AsyncIterator[Worklist]:
    """A process's own worklist, as it is right after a start."""
    worklist = Worklist(desk.store, page_size)
    try:
        yield worklist
    finally:
        await worklist.close()


async def rows(house: House, authority: str = ALPHA) -> dict[str, list[Json]]:
    """The tables as they are."""
    found = {}
    for table in ("summary", "owed"):
        query = f"SELECT jsonb_agg(to_jsonb(t) - 'authority') FROM {table} t WHERE authority = $1"
        found[table] = _in_order(json.loads(await house.sql(query, authority) or "[]"))
    return found


async def made_anew(desk: Recording, authority: str = ALPHA) -> dict[str, list[Json]]:
    """The tables as the log says they should be: every stream folded, no page, no checkpoint."""
    async with desk.store.engine.connect() as connection:
        table = schema.stream
        query = select(table.c.stream).where(table.c.authority == authority, table.c.kind == "complaint")
        streams = list(await connection.scalars(query))
    profile_rows = await desk.store.logged(
        authority, [stream_id(authority, ProfileApplied.kind, AUTHORITY_STREAM)]
    )
    story = loaded(tuple(profile_rows)).complaint.story
    profiles = [event for event in story if isinstance(event, ProfileApplied)]
    found: dict[str, list[Json]] = {"summary": [], "owed": []}
    for stream in streams:
        own = await desk.store.logged(authority, [stream])
        standing = standing_of(loaded(tuple(own)), profiles)
        found["summary"].append(standing.summary._asdict())
        found["owed"] += [row._asdict() for row in standing.owed]
    as_json = json.loads(to_json(found).replace(b"9999-12-31", b"infinity"))
    return {name: _in_order(table) for name, table in as_json.items()}


def _in_order(found: list[Json]) -> list[Json]:
    return sorted(found, key=lambda row: (row["stream"], row.get("number", 0)))


def _scripts() -> tuple[list[tuple[str, Json]], ...]:
    """What may happen to some complaints, each in its order; and to the authority's profile, as the last."""
    answer = {"stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}
    void = {"event": "acknowledged", "stage": 1, "on": "2023-03-30"}
    procedures = {"corporate_local": {"stage_1": {"from": "received", "target": 30}}}
    return (
        [
            ("received", {"on": "2023-03-29", "procedure": "corporate_local", "safeguarding_flag": True}),
            ("safeguarding_referred", {"on": "2023-03-29"}),
            ("acknowledged", {"on": "2023-03-30"}),
            ("allocated", {"on": "2023-03-31", "officer": "officer-7", "team": "south"}),
            ("correction_recorded", {"on": "2023-04-03", "corrects": void, "changes": {"void": True}}),
        ],
        [
            ("received", {"on": "2023-03-29", "personal": {"name": "Ann"}}),
            ("extended", {"on": "2023-04-11", "stage": 1, "reason": "complex", "new_due": "2023-04-20"}),
            ("details_changed", {"on": "2023-04-12", "personal": {"safe_contact": "Not at home."}}),
            ("stage_responded", {"on": "2023-04-20", **answer}),
            ("escalated", {"on": "2023-04-21", "to_stage": 2}),
            ("linked", {"on": "2023-04-21", "to": "S-0", "relation": "related"}),
        ],
        [("received", {"on": "2023-03-30", "team": None}), ("withdrawn", {"on": "2023-04-03"})],
        [("profile_applied", {"on": "2018-05-01", **PROFILE_JSON, "procedures": procedures})],
    )


class Office:
    """An authority of its own in which scripted things happen."""

    _numbers = count()

    def __init__(self, house: House) -> None:
        self.desk, self.code = house.desk, f"office-{next(self._numbers)}"
        self.scripts: list[Iterator[tuple[str, Json]]] = [iter(script) for script in _scripts()]
        self.begun: set[int] = set()

    async def go_on(self, number: int) -> None:
        """Let the next event of a script happen, if there is one."""
        event = next(self.scripts[number], None)
        if event is None:
            return
        command = Command(event[0], {**NEEDED.get(event[0], {}), **event[1]}, "officer")
        if event[0] == "profile_applied":
            await self.desk.record(self.code, "authority", AUTHORITY_STREAM, command)
            self.desk._profiles.clear()
        elif number not in self.begun:
            self.begun.add(number)
            await self.desk.begin(self.code, "complaint", f"S-{number}", command)
        else:
            await self.desk.record(self.code, "complaint", f"S-{number}", command)


CATCH_UP = st.tuples(st.just("catch up"), st.integers(1, 7))
HAPPEN = st.tuples(st.just("happen"), st.integers(0, 3))
IN_TURN = [
    step
    for pages in range(1, 7)
    for step in (("happen", 0), ("happen", 1), ("happen", 2), ("catch up", pages))
]
"""Every complaint goes on by one event, and it is caught up, until nothing more happens."""


@given(course=st.lists(HAPPEN | HAPPEN | CATCH_UP, max_size=30), last=st.integers(1, 7))
@example(course=[*IN_TURN, ("happen", 3)], last=2)
@example(course=[("happen", 3), *IN_TURN], last=1)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
async def test_whenever_and_in_whatever_pages_it_is_as_if_made_anew(
    house: House, course: list[tuple[str, int]], last: int
) -> None:
    office = Office(house)
    await begin(house, office.code, PROFILE_JSON)
    for what, number in [*course, ("catch up", last)]:
        if what == "happen":
            await office.go_on(number)
            continue
        async with following(house.desk, number) as worklist:
            assert await worklist.caught_up(office.code) == (await house.desk.store.head(office.code), 0)
            assert await rows(house, office.code) == await made_anew(house.desk, office.code)


async def filled(house: House, complaints: int) -> None:
    """Complaints with some events each, those of one day lying together as in a council's week."""
    made = [await house.receive(on="2023-03-29") for _ in range(complaints)]
    for event in ("acknowledged", "advocacy_info_given"):
        for one in made:
            await house.post(f"/v1/complaints/{one['id']}/{event}", {"on": "2023-04-03"})


async def test_processes_that_catch_up_at_once_take_turns(own_house: House) -> None:
    await filled(own_house, 40)
    engines = [make_engine(own_house.url) for _ in range(4)]
    worklists = [Worklist(EventStore(engine), page_size=size) for size, engine in enumerate(engines, 3)]
    try:
        reached = await asyncio.gather(*(one.caught_up(ALPHA, 60) for one in worklists))
        assert reached == [(await own_house.head(), 0)] * 4
        assert await rows(own_house) == await made_anew(own_house.desk)
    finally:
        for one in worklists:
            await one.close()
            await one.store.close()


async def test_each_complaint_is_worked_in_once_however_its_events_lie(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(own_house, 30)
    times: list[str] = []

    def counted(stream: Any, profiles: Any) -> Any:
        times.append(stream.reference)
        return standing_of(stream, profiles)

    monkeypatch.setattr(worklist_module, "standing_of", counted)
    async with following(own_house.desk, page_size=10) as worklist:
        await worklist.caught_up(ALPHA)
    assert len(times) == len(set(times)) == 30


async def test_a_bank_holiday_proclaimed_since_moves_what_is_running(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that knows one more holiday is started on the tables that the one before has made."""
    await own_house.receive(on="2023-03-29")
    assert await _respond_falls_on(own_house) == "2023-04-14"
    try:
        monkeypatch.setitem(working_days.PROCLAIMED, date(2023, 4, 13), "A coronation")
        _forget_the_calendar()
        own_house.app.state.worklist = Worklist(own_house.desk.store)
        assert await _respond_falls_on(own_house) == "2023-04-17"
    finally:
        monkeypatch.undo()
        _forget_the_calendar()


async def _respond_falls_on(house: House) -> str:
    answer = (await house.get("/v1/worklist?obligation=respond")).json()
    assert answer["behind"] == 0
    (row,) = answer["items"]
    assert isinstance(row["due_on"], str)
    return row["due_on"]


def _forget_the_calendar() -> None:
    for kept in (working_days.bank_holidays, working_days._working_days, working_days._calendar):
        kept.cache_clear()


async def test_rows_made_otherwise_are_made_again_and_stand_until_then(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(own_house, 5)
    async with following(own_house.desk) as worklist:
        await worklist.caught_up(ALPHA)
    await own_house.sql("UPDATE owed SET obligation = 'tea'")
    async with following(own_house.desk) as worklist:
        assert (await worklist.caught_up(ALPHA)).behind == 0
        assert await own_house.sql("SELECT count(*) FROM owed WHERE obligation = 'tea'") > 0
    monkeypatch.setattr(worklist_module, "REVISION", worklist_module.REVISION + 1)
    async with following(own_house.desk) as worklist, _lock_held(own_house):
        assert await worklist.caught_up(ALPHA, 0.1) == (0, await own_house.head())
        assert await own_house.sql("SELECT count(*) FROM owed WHERE obligation = 'tea'") > 0
    async with following(own_house.desk) as worklist:
        assert (await worklist.caught_up(ALPHA)).behind == 0
    assert await rows(own_house) == await made_anew(own_house.desk)


@asynccontextmanager
async def _lock_held(house: House) -> AsyncIterator[None]:
    """Another process is busy with the authority's worklist."""
    connection = await asyncpg.connect(house.url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM checkpoint WHERE authority = $1 FOR UPDATE", ALPHA)
            yield
    finally:
        await connection.close()


async def test_a_reader_does_not_wait_for_ever_and_what_was_begun_goes_on(own_house: House) -> None:
    async with following(own_house.desk) as worklist:
        before = await worklist.caught_up(ALPHA)
        made = await own_house.receive()
        async with _lock_held(own_house):
            assert await worklist.caught_up(ALPHA, 0.05) == AsOf(before.position, 1)
            others = [asyncio.create_task(worklist.caught_up(ALPHA, 30)) for _ in range(40)]
            await own_house.receive()
        reached = await asyncio.wait_for(asyncio.gather(*others), 30)
        assert {one.behind for one in reached} == {0}
        assert min(one.position for one in reached) >= made["position"]
    assert await rows(own_house) == await made_anew(own_house.desk)


async def test_what_is_stopped_midway_is_begun_again(own_house: House) -> None:
    await filled(own_house, 20)
    worklist = Worklist(own_house.desk.store, page_size=4)
    await worklist.caught_up(ALPHA, 0.0)
    await worklist.close()
    async with following(own_house.desk) as again:
        assert await again.caught_up(ALPHA) == (await own_house.head(), 0)
    assert await rows(own_house) == await made_anew(own_house.desk)


async def test_a_database_that_goes_away_is_the_readers_error_and_tried_again(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await own_house.receive()
    async with following(own_house.desk) as worklist:
        with monkeypatch.context() as broken:
            broken.setattr(EventStore, "logged", _away)
            with pytest.raises(ConnectionResetError):
                await worklist.caught_up(ALPHA)
        assert await worklist.caught_up(ALPHA) == (await own_house.head(), 0)


async def _away(*_: object) -> None:
    raise ConnectionResetError


async def test_an_authority_that_is_not_there_has_nothing(own_house: House) -> None:
    async with following(own_house.desk) as worklist:
        assert await worklist.caught_up("nowhere") == (0, 0)
