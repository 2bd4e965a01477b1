"""A report asked again is answered from memory, and never with other facts' figures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from reporting_api import remembered
from reporting_api.annual_report import Wanted, asked
from reporting_api.database import Engine, event_copy, make_engine
from reporting_api.database.entries import Entries
from reporting_api.projector import Projector
from reporting_api.remembered import MOST, Figures
from reporting_api.tables.periods import year_named
from reporting_api.view import facts_seen
from tests.caseloads import event, recorded_streams
from tests.feed_app import Log, complaints_service

YEAR = year_named("2022-23")
WANTED = Wanted("merton", (YEAR, YEAR), "children_statutory")

_RECEIVED = event(
    "received",
    "2022-05-03",
    method="email",
    procedure="children_statutory",
    issues=[{"no": 1, "theme": "other_reason"}],
)


@asynccontextmanager
async def service(url: str) -> AsyncIterator[tuple[Log, Projector, Engine]]:
    engine, log = make_engine(url), Log()
    log.tell_streams(recorded_streams("merton"))
    async with complaints_service(log) as feed:
        projector = Projector(engine, feed)
        await projector.catch_up()
        yield log, projector, engine
    await engine.dispose()


@pytest.fixture
async def merton(fresh_reporting_url: str) -> AsyncIterator[tuple[Log, Projector, Engine]]:
    async with service(fresh_reporting_url) as made:
        yield made


async def received(engine: Engine, wanted: Wanted = WANTED) -> int:
    """How many complaints the report says were received."""
    async with facts_seen(engine, wanted.authority, wanted.as_of, wanted.known_at) as seen:
        setting = await asked(seen, wanted, datetime.now(UTC))
    total: int = setting.answers["volumes"].rows[-1]["received"]
    return total


async def lose_the_complaints(engine: Engine) -> None:
    """What nobody may do: facts changed without an event, so that memory and facts can be told apart."""
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM facts.complaint"))


async def test_the_same_facts_are_not_asked_twice(merton: tuple[Log, Projector, Engine]) -> None:
    engine = merton[2]
    first = await received(engine)
    await lose_the_complaints(engine)
    assert await received(engine) == first > 0


async def test_an_event_is_seen_at_once(merton: tuple[Log, Projector, Engine]) -> None:
    log, projector, engine = merton
    first = await received(engine)
    log.append("merton", "complaint", "NEW-1", _RECEIVED)
    await projector.catch_up()
    assert await received(engine) == first + 1


async def test_facts_folded_anew_at_the_same_position_are_asked_anew(
    merton: tuple[Log, Projector, Engine],
) -> None:
    _, projector, engine = merton
    first = await received(engine)
    await lose_the_complaints(engine)
    remembered.forget()
    assert await received(engine) == 0
    await projector.refold("merton")
    assert await received(engine) == first


async def test_every_question_has_its_own_answer(merton: tuple[Log, Projector, Engine]) -> None:
    engine = merton[2]
    first = await received(engine)
    before = year_named("2021-22")
    half = YEAR._replace(end=date(2022, 9, 30))
    for other in (
        replace(WANTED, spans=(before, before)),
        replace(WANTED, spans=(half, YEAR)),
        replace(WANTED, as_of=date(2022, 6, 30)),
        replace(WANTED, known_at=datetime(2020, 1, 1, tzinfo=UTC)),
    ):
        assert await received(engine, other) < first
    assert await received(engine) == first


async def test_the_past_is_not_remembered(merton: tuple[Log, Projector, Engine]) -> None:
    engine = merton[2]
    later = replace(WANTED, known_at=datetime.now(UTC) + timedelta(days=365))
    assert await received(engine, later) > 0
    await lose_the_complaints(engine)
    assert await received(engine, later) == 0


async def test_only_the_last_few_are_kept(merton: tuple[Log, Projector, Engine]) -> None:
    found: list[int] = []

    async def find(number: int) -> Figures:
        found.append(number)
        return Figures({}, {}, Entries(None, number, 0, 0))

    async with merton[2].connect() as connection:
        assert await event_copy.state(connection, "merton") is not None
        for number in (*range(MOST + 1), MOST, 1, 0):
            given = await remembered.figures(connection, "merton", number, partial(find, number))
            assert given.entries.dated == number
    assert found == [*range(MOST + 1), 0]
