"""The facts as of a date and as known at an instant, behind the connection that reports are read from."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from complaint_events.event_model import Event
from reporting_api.database import FACT_TABLES, Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.view import facts_seen
from service_conventions.problems import Problem
from tests.caseloads import RECORDED_AT, event, profile, recorded_streams
from tests.feed_app import Log, complaints_service

MONTH = timedelta(days=30)


@pytest.fixture
async def engine(fresh_reporting_url: str) -> AsyncIterator[Engine]:
    made = make_engine(fresh_reporting_url)
    yield made
    await made.dispose()


async def project(engine: Engine, log: Log) -> None:
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()


@pytest.fixture
async def merton(engine: Engine) -> Log:
    log = Log()
    log.tell_streams(recorded_streams("merton"))
    await project(engine, log)
    return log


def story() -> list[tuple[Event, datetime]]:
    """Received and answered; a month later the answer's date is corrected."""
    received = event(
        "received",
        "2022-04-04",
        method="email",
        procedure="children_statutory",
        team="mash_cp",
        issues=[{"no": 1, "theme": "other_reason"}],
    )
    answered = event(
        "stage_responded", "2022-04-20", stage=1, issue_outcomes=[{"issue": 1, "outcome": "upheld"}]
    )
    corrected = event(
        "correction_recorded",
        "2022-06-01",
        corrects={"event": "stage_responded", "stage": 1, "on": "2022-04-20"},
        changes={"on": "2022-04-21"},
        reason="misread",
    )
    return [(received, RECORDED_AT), (answered, RECORDED_AT), (corrected, RECORDED_AT + MONTH)]


@pytest.fixture
async def one_complaint(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"), RECORDED_AT - MONTH)
    for happened, at in story():
        log.append("merton", "complaint", "MER-1", happened, at)
    await project(engine, log)
    monkeypatch.setattr("reporting_api.view.datetime", _MuchLater)
    return log


class _MuchLater(datetime):
    """The test's own now: after everything was recorded."""

    @classmethod
    def now(cls, tz: Any = None) -> "_MuchLater":
        return cls(2027, 6, 1, tzinfo=tz)


async def answered_on(
    engine: Engine, as_of: date | None = None, known_at: datetime | None = None
) -> date | None:
    async with facts_seen(engine, "merton", as_of, known_at) as seen:
        found: date | None = await seen.connection.scalar(text("SELECT answered_on FROM stage"))
        return found


@pytest.mark.usefixtures("one_complaint")
async def test_without_a_date_it_is_what_was_projected(engine: Engine) -> None:
    assert await answered_on(engine) == date(2022, 4, 21)


@pytest.mark.usefixtures("one_complaint")
async def test_as_of_a_date_later_events_are_left_out_but_not_corrections(engine: Engine) -> None:
    """History: a correction obeys `known_at` only; `as_of` applies to the corrected date."""
    assert await answered_on(engine, as_of=date(2022, 4, 21)) == date(2022, 4, 21)
    assert await answered_on(engine, as_of=date(2022, 4, 20)) is None


@pytest.mark.usefixtures("one_complaint")
async def test_known_at_an_instant_what_was_recorded_later_is_left_out(engine: Engine) -> None:
    assert await answered_on(engine, known_at=RECORDED_AT + MONTH - timedelta(seconds=1)) == date(2022, 4, 20)
    assert await answered_on(engine, known_at=RECORDED_AT + MONTH) == date(2022, 4, 21)


async def test_the_position_is_that_of_what_was_known(engine: Engine, one_complaint: Log) -> None:
    async with facts_seen(engine, "merton", None, RECORDED_AT) as seen:
        assert seen.position == 3
    async with facts_seen(engine, "merton", None, None) as seen:
        assert seen.position == len(one_complaint.events["merton"])


@pytest.mark.usefixtures("one_complaint")
@pytest.mark.parametrize(
    ("authority", "known_at"),
    [("nowhere", None), ("nowhere", RECORDED_AT)],
)
async def test_an_authority_of_which_nothing_is_known_is_a_problem(
    engine: Engine, authority: str, known_at: datetime | None
) -> None:
    with pytest.raises(Problem) as raised:
        async with facts_seen(engine, authority, None, known_at):
            pass
    assert raised.value.name == "unknown-authority"


@pytest.mark.usefixtures("one_complaint")
async def test_before_anything_was_known_there_is_the_first_profile_and_no_fact(engine: Engine) -> None:
    async with facts_seen(engine, "merton", None, RECORDED_AT - 2 * MONTH) as seen:
        assert (seen.position, len(seen.profiles)) == (0, 1)


@pytest.mark.usefixtures("one_complaint")
async def test_the_profiles_are_those_of_the_time(engine: Engine) -> None:
    """The first is in force from the beginning, also before its own date."""
    async with facts_seen(engine, "merton", date(1999, 1, 1), None) as seen:
        assert [one.name for one in seen.profiles] == ["London Borough of Merton"]


@pytest.mark.usefixtures("merton")
async def test_yesterdays_facts_are_the_same_when_nothing_happened_since(engine: Engine) -> None:
    """Folding for one answer gives exactly what the projector gives."""
    found = []
    for as_of in (None, datetime.now(UTC).date() - timedelta(days=1)):
        async with facts_seen(engine, "merton", as_of, None) as seen:
            found.append(
                {
                    name: (await seen.connection.execute(text(f"SELECT t::text FROM {name} t ORDER BY 1")))
                    .scalars()
                    .all()
                    for name in FACT_TABLES
                }
            )
    assert found[0] == found[1]
    assert len(found[0]["complaint"]) == 73


@pytest.mark.usefixtures("merton")
async def test_a_query_by_the_tables_themselves_sees_the_same(engine: Engine) -> None:
    async with facts_seen(engine, "merton", date(2019, 1, 1), None) as seen:
        by_name = await seen.connection.scalar(text("SELECT count(*) FROM complaint"))
        by_table = (await seen.connection.execute(select(FACT_TABLES["complaint"]))).all()
    assert 0 < by_name == len(by_table) < 73


@pytest.mark.usefixtures("merton")
async def test_nothing_is_left_behind(engine: Engine) -> None:
    """The connection goes back as it was: its own tables gone, its search path the server's."""
    async with facts_seen(engine, "merton", date(2019, 1, 1), None):
        pass
    async with engine.connect() as connection:
        assert await connection.scalar(text("SHOW search_path")) == '"$user", public'
        assert await connection.scalar(text("SELECT to_regclass('pg_temp.complaint') IS NULL"))
        assert await connection.scalar(text("SHOW transaction_read_only")) == "off"


@pytest.mark.usefixtures("merton")
async def test_what_is_projected_meanwhile_does_not_show(engine: Engine, merton: Log) -> None:
    """All figures of one answer come from one snapshot, and so does its position."""
    async with facts_seen(engine, "merton", None, None) as seen:
        before = await seen.connection.scalar(text("SELECT count(*) FROM complaint"))
        for happened, at in story()[:1]:
            merton.append("merton", "complaint", "NEW-1", happened, at)
        await project(engine, merton)
        assert await seen.connection.scalar(text("SELECT count(*) FROM complaint")) == before
    async with facts_seen(engine, "merton", None, None) as seen:
        assert await seen.connection.scalar(text("SELECT count(*) FROM complaint")) == before + 1


@pytest.mark.usefixtures("merton")
async def test_a_report_cannot_write(engine: Engine) -> None:
    async with facts_seen(engine, "merton", None, None) as seen:
        with pytest.raises(DBAPIError, match="read-only"):
            await seen.connection.execute(text("DELETE FROM complaint"))


@pytest.mark.usefixtures("one_complaint")
async def test_it_outlasts_a_database_that_drops_its_connections(engine: Engine) -> None:
    await answered_on(engine)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    other = make_engine(engine.url.render_as_string(hide_password=False))
    async with other.connect() as connection:
        await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    await other.dispose()
    assert await answered_on(engine) == date(2022, 4, 21)
