"""The projector against a real PostgreSQL and a real HTTP feed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from reporting_api.database import FACT_TABLES, Engine, make_engine
from reporting_api.database.event_copy import checkpoints, whole_streams
from reporting_api.facts import UnfoldableStreamError
from reporting_api.fed_event import FedEvent, UnreadableEventError
from reporting_api.feed import ComplaintsAwayError, FeedError
from reporting_api.projector import Projector
from tests.caseloads import RECORDED_AT, event, profile, recorded_streams
from tests.feed_app import Log, complaints_service

Facts = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
async def engine(fresh_reporting_url: str) -> AsyncIterator[Engine]:
    made = make_engine(fresh_reporting_url)
    yield made
    await made.dispose()


@asynccontextmanager
async def projector_of(engine: Engine, log: Log, page_size: int = 1000) -> AsyncIterator[Projector]:
    async with complaints_service(log) as feed:
        yield Projector(engine, feed, page_size)


async def project(engine: Engine, log: Log, page_size: int = 1000) -> int:
    async with projector_of(engine, log, page_size) as projector:
        return await projector.catch_up()


async def facts_in(engine: Engine) -> Facts:
    """Every fact there is, as text in a fixed order, to compare two databases by."""
    found: Facts = {}
    async with engine.connect() as connection:
        for name in FACT_TABLES:
            rows = await connection.execute(text(f"SELECT row_::text FROM facts.{name} row_ ORDER BY 1"))
            found[name] = [tuple(row) for row in rows]
    return found


async def position_of(engine: Engine, authority: str) -> int:
    async with engine.connect() as connection:
        return (await checkpoints(connection))[authority].position


def received(on: str = "2022-04-04", **changed: Any) -> Any:
    stated = {
        "method": "email",
        "procedure": "children_statutory",
        "team": "mash_cp",
        "complainant": {"ref": "P-1", "category": "parent"},
        "issues": [{"no": 1, "theme": "other_reason"}],
    }
    return event("received", on, **{**stated, **changed})


def a_log(*events: Any, reference: str = "MER-1") -> Log:
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"))
    for one in events:
        log.append("merton", "complaint", reference, one)
    return log


def merton() -> Log:
    log = Log()
    log.tell_streams(recorded_streams("merton"))
    return log


async def test_every_event_of_the_feed_is_applied_and_the_checkpoint_says_so(engine: Engine) -> None:
    log = merton()
    assert await project(engine, log) == len(log.events["merton"])
    assert await position_of(engine, "merton") == len(log.events["merton"])
    facts = await facts_in(engine)
    assert len(facts["complaint"]) == 73
    assert len(facts["profile"]) == 1


@pytest.mark.parametrize("page_size", [1, 7, 100])
async def test_facts_do_not_depend_on_how_the_feed_is_cut_into_pages(
    engine: Engine, server: Any, reporting_template: str, page_size: int
) -> None:
    """Interleaved streams, so that a page continues what earlier pages began."""
    streams = recorded_streams("merton")
    told = sorted(
        ((one.event.on, stream, one.event) for stream in streams[1:] for one in stream.events),
        key=lambda one: one[0],
    )
    log = Log()
    log.tell_streams(streams[:1])
    for _, stream, one in told[:300]:
        log.append("merton", stream.kind, stream.reference, one)
    await project(engine, log)
    with server.database(reporting_template) as url:
        other = make_engine(url)
        await project(other, log, page_size)
        assert await facts_in(other) == await facts_in(engine)
        await other.dispose()


async def test_it_goes_on_where_it_was_stopped_between_pages(engine: Engine) -> None:
    log = merton()
    whole = log.events["merton"]
    log.events["merton"] = whole[:250]
    await project(engine, log, 100)
    log.events["merton"] = whole
    assert await project(engine, log, 100) == len(whole) - 250
    after_two_runs = await facts_in(engine)
    async with projector_of(engine, log) as projector:
        await projector.refold("merton")
    assert await facts_in(engine) == after_two_runs


async def test_a_page_that_fails_leaves_nothing_behind(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page and checkpoint are one transaction: a crash after the copy loses both, never one."""
    log = merton()
    async with projector_of(engine, log, 100) as projector:
        written = 0

        async def crash(*_: Any) -> None:
            nonlocal written
            written += 1
            if written == 3:
                raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr("reporting_api.database.fact_rows.remove", crash)
            with pytest.raises(ZeroDivisionError):
                await projector.catch_up()
    position = await position_of(engine, "merton")
    assert position % 100 == 0
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT max(position) FROM event")) == position
    await project(engine, log, 100)
    assert await position_of(engine, "merton") == len(log.events["merton"])


async def test_an_unknown_event_stops_it_after_everything_before_it(engine: Engine) -> None:
    log = a_log(received(), event("eligibility_assessed", "2022-04-05", decision="refused"))
    log.events["merton"][2]["type"] = "complaint_sung"
    with pytest.raises(UnreadableEventError, match=r"position 3.*'complaint_sung', schema version 1"):
        await project(engine, log)
    assert await position_of(engine, "merton") == 2
    log.events["merton"][2]["type"] = "eligibility_assessed"
    assert await project(engine, log) == 1
    assert "ineligible" in str((await facts_in(engine))["complaint"])


async def test_a_newer_schema_version_stops_it(engine: Engine) -> None:
    log = a_log(received())
    log.events["merton"][1]["schemaversion"] = 2
    with pytest.raises(UnreadableEventError, match="schema version 2: it was written by a newer release"):
        await project(engine, log)


async def test_a_date_whose_bank_holidays_are_unknown_stops_it(engine: Engine) -> None:
    log = a_log(received("1997-05-01"))
    with pytest.raises(UnfoldableStreamError, match=r"position 2: 1997-05-01 is outside the years"):
        await project(engine, log)


async def test_a_correction_that_makes_no_event_stops_it(engine: Engine) -> None:
    changed = event(
        "correction_recorded",
        "2022-05-01",
        corrects={"event": "acknowledged", "stage": 1, "on": "2022-04-05"},
        changes={"on": "the fifth of April"},
        reason="nonsense",
    )
    log = a_log(received(), event("acknowledged", "2022-04-05"), changed)
    with pytest.raises(UnfoldableStreamError, match="position 4: ") as raised:
        await project(engine, log)
    assert "fifth" not in str(raised.value)


async def test_a_missing_position_stops_it(engine: Engine) -> None:
    log = a_log(received(), event("acknowledged", "2022-04-05"))
    log.events["merton"][2]["position"] = 4
    with pytest.raises(FeedError, match="gave position 4 where 3 must come"):
        await project(engine, log)


async def test_another_authoritys_event_stops_it(engine: Engine) -> None:
    log = a_log(received())
    log.events["merton"][1]["source"] = "/v1/authorities/sandwell"
    with pytest.raises(FeedError, match="position 2 of the feed is another authority's"):
        await project(engine, log)


async def test_a_feed_that_ends_before_the_facts_stops_it(engine: Engine) -> None:
    log = a_log(received())
    await project(engine, log)
    log.events["merton"].pop()
    with pytest.raises(FeedError, match="ends at position 1, the facts are at 2"):
        await project(engine, log)


async def test_what_is_no_feed_stops_it(engine: Engine) -> None:
    log = a_log(received())
    del log.events["merton"][1]["stream"]
    with pytest.raises(FeedError, match="none of its documented answers"):
        await project(engine, log)


async def test_a_refused_key_stops_it(engine: Engine) -> None:
    async with complaints_service(a_log(), key="another") as feed:
        with pytest.raises(FeedError, match="FEED_KEY"):
            await Projector(engine, feed).catch_up()


async def test_a_feed_that_is_away_is_tried_again_and_then_named(engine: Engine) -> None:
    log = a_log()
    log.down = True
    with pytest.raises(ComplaintsAwayError):
        await project(engine, log)
    assert len(log.asked) == 4


async def test_following_outlasts_a_feed_that_goes_away(engine: Engine) -> None:
    log = a_log()
    log.down = True
    async with projector_of(engine, log) as projector:
        following = asyncio.create_task(projector.follow())
        await asyncio.sleep(0.5)
        log.down = False
        await _reaches(engine, 1, within=10)
        following.cancel()


async def test_what_is_recorded_shows_within_a_second(engine: Engine) -> None:
    log = a_log()
    async with projector_of(engine, log) as projector:
        following = asyncio.create_task(projector.follow())
        await _reaches(engine, 1, within=10)
        log.append("merton", "complaint", "MER-1", received())
        await _reaches(engine, 2, within=1)
        following.cancel()


async def test_following_outlasts_a_database_that_drops_its_connections(engine: Engine) -> None:
    log = a_log()
    async with projector_of(engine, log) as projector:
        following = asyncio.create_task(projector.follow())
        await _reaches(engine, 1, within=10)
        await _drop_connections(engine)
        log.append("merton", "complaint", "MER-1", received())
        await _reaches(engine, 2, within=10)
        assert not following.done()
        following.cancel()


async def test_following_outlasts_a_database_that_keeps_going_away(engine: Engine) -> None:
    """Whatever the moment, a page and its checkpoint are there or not: the facts come out the same."""
    log = merton()
    watching = make_engine(engine.url.render_as_string(hide_password=False))
    async with projector_of(engine, log, 40) as projector:
        following = asyncio.create_task(projector.follow())
        for pause in range(25):
            await asyncio.sleep(0.005 * (pause % 7))
            await _drop_connections(watching)
        await _reaches(watching, len(log.events["merton"]), within=30)
        assert not following.done()
        following.cancel()
        together = await facts_in(watching)
        await projector.refold("merton")
    assert await facts_in(watching) == together
    await watching.dispose()


async def _reaches(engine: Engine, position: int, within: float) -> None:
    async with asyncio.timeout(within):
        while not await _has(engine, position):  # noqa: ASYNC110 - the database says when
            await asyncio.sleep(0.02)


async def _has(engine: Engine, position: int) -> bool:
    async with engine.connect() as connection:
        found = (await checkpoints(connection)).get("merton")
    return found is not None and found.position >= position


async def _drop_connections(engine: Engine) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    async with engine.connect() as connection:
        await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))


async def test_a_correction_changes_the_facts_of_what_it_corrects(engine: Engine) -> None:
    log = a_log(received(), event("acknowledged", "2022-04-05"))
    await project(engine, log)
    correction = event(
        "correction_recorded",
        "2022-05-01",
        corrects={"event": "acknowledged", "stage": 1, "on": "2022-04-05"},
        changes={"on": "2022-04-08"},
        reason="typed wrongly",
    )
    log.append("merton", "complaint", "MER-1", correction)
    await project(engine, log)
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT acknowledged_on FROM facts.complaint"))).one()
    assert str(row.acknowledged_on) == "2022-04-08"


async def test_a_new_profile_refolds_the_authority(engine: Engine) -> None:
    """Types come from the profile in force at receipt; a profile from before then changes them."""
    log = a_log(received())
    await project(engine, log)
    assert "assessment_care_management_review" not in str((await facts_in(engine))["issue"])
    changed = profile("merton").model_dump(mode="json", by_alias=True, exclude_none=True)
    for theme in changed["themes"]:
        theme["type"] = "assessment_care_management_review"
    log.append("merton", "authority", "merton", event("profile_applied", "2020-01-01", **_fields(changed)))
    await project(engine, log)
    facts = await facts_in(engine)
    assert "assessment_care_management_review" in str(facts["issue"])
    assert len(facts["profile"]) == 2


def _fields(profile_: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in profile_.items() if name not in ("event", "on")}


async def test_two_projectors_do_not_disturb_each_other(engine: Engine) -> None:
    log = merton()
    async with projector_of(engine, log, 50) as one, projector_of(engine, log, 30) as other:
        await asyncio.gather(one.catch_up(), other.catch_up())
    together = await facts_in(engine)
    async with projector_of(engine, log) as projector:
        await projector.refold("merton")
    assert await facts_in(engine) == together


async def test_a_rebuild_makes_the_same_facts(engine: Engine) -> None:
    log = merton()
    await project(engine, log)
    before = await facts_in(engine)
    async with projector_of(engine, log, 33) as projector:
        await projector.refold("merton")
        assert await facts_in(engine) == before
        await projector.forget("merton")
        assert not any((await facts_in(engine)).values())
        assert await projector.catch_up() == len(log.events["merton"])
    assert await facts_in(engine) == before


async def test_authorities_are_kept_apart(engine: Engine) -> None:
    log = merton()
    log.append("sandwell", "authority", "sandwell", profile("sandwell"))
    log.append("sandwell", "complaint", "MER-22-001", received(team="x"))
    await project(engine, log)
    before = await facts_in(engine)
    async with projector_of(engine, log) as projector:
        await projector.forget("merton")
        assert len((await facts_in(engine))["complaint"]) == 1
        await projector.catch_up()
    assert await facts_in(engine) == before


async def test_streams_are_read_whole_whatever_the_chunk(engine: Engine) -> None:
    log = merton()
    await project(engine, log)

    async def cut(chunk: int) -> list[list[FedEvent]]:
        async with engine.connect() as connection:
            return [
                stream async for streams in whole_streams(connection, "merton", chunk) for stream in streams
            ]

    whole = await cut(5000)
    assert sum(len(stream) for stream in whole) == len(log.events["merton"])
    assert await cut(1) == await cut(13) == whole


async def test_the_copy_keeps_when_an_event_was_recorded(engine: Engine) -> None:
    log = a_log()
    at = RECORDED_AT + timedelta(hours=3, microseconds=123456)
    log.append("merton", "complaint", "MER-1", received(), at)
    await project(engine, log)
    async with engine.connect() as connection:
        assert (await checkpoints(connection))["merton"].recorded_at == at
