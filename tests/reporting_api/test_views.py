"""The published views: one for each fact that is about no person, described, read by a role of their own."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from local_stack.postgres import execute
from reporting_api.database import Connection, Engine, make_engine
from reporting_api.database.views import KEYS, SCHEMA, published
from reporting_api.projector import Projector
from reporting_api.star import FACTS
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service

ABOUT_PEOPLE = {"named_person", "equality"}
SHOWN_AS = {
    "learning": "learning",
    "feedback": "feedback",
    "remedy": "remedies",
    "breach": "breaches",
    "adr": "adr_offers",
    "service_users": "service_users",
}
FACTS_SQL = "SELECT count(*) FROM facts.complaint"


@pytest.fixture(scope="module")
async def engine(reporting_database_url: str) -> AsyncIterator[Engine]:
    made = make_engine(reporting_database_url)
    log = Log()
    for authority in ("merton", "sandwell"):
        log.tell_streams(recorded_streams(authority))
    async with complaints_service(log) as feed:
        await Projector(made, feed).catch_up()
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
def login(reporting_database_url: str) -> Iterator[str]:
    """A login of a council's dashboard, which is to see Merton's rows only."""
    name = f"test_reader_{secrets.token_hex(4)}"
    execute(reporting_database_url, f"CREATE ROLE {name} LOGIN IN ROLE reporting_reader")
    execute(reporting_database_url, f"INSERT INTO published_reader VALUES ('{name}', 'merton')")
    yield name
    execute(reporting_database_url, f"DROP OWNED BY {name}")
    execute(reporting_database_url, f"DROP ROLE {name}")


@asynccontextmanager
async def as_(engine: Engine, login: str) -> AsyncIterator[Connection]:
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"SET SESSION AUTHORIZATION {login}"))
        yield connection
        await connection.rollback()
        await connection.execute(sa.text("RESET SESSION AUTHORIZATION"))


async def test_every_fact_but_those_about_people_has_a_view(engine: Engine) -> None:
    expected = {SHOWN_AS.get(name, f"{name}s") for name in FACTS.keys() - ABOUT_PEOPLE - {"profile"}}
    assert expected | {"teams", "themes"} == {*KEYS}
    async with engine.connect() as connection:
        made = await connection.run_sync(lambda one: sa.inspect(one).get_view_names(SCHEMA))
    assert {*made} == {*KEYS}


async def test_no_view_tells_a_stream_or_a_person(engine: Engine) -> None:
    async with engine.connect() as connection:
        views = await published(connection, "merton")
        ids = "SELECT person FROM facts.named_person UNION SELECT complaint::text FROM facts.complaint"
        secret = {*(await connection.execute(sa.text(ids))).scalars()}
        assert len(secret) > 100
        for name, rows in views.items():
            assert not {"complainant", "person", "complaint", "stream"} & rows.kinds.keys(), name
            shown = await connection.execute(sa.select(rows.source))
            assert secret.isdisjoint(str(value) for row in shown for value in row), name


async def test_views_and_columns_are_described_and_keys_tell_rows_apart(engine: Engine) -> None:
    async with engine.connect() as connection:
        for rows in (await published(connection, "merton")).values():
            assert rows.says
            assert all(rows.meanings.values())
            key = [rows.source.c.authority, *(rows.source.c[name] for name in rows.key)]
            met = [tuple(one) for one in await connection.execute(sa.select(*key))]
            assert len(set(met)) == len(met), rows.name
            assert None not in {value for one in met for value in one}


async def test_a_reader_sees_the_rows_of_its_authority_only(engine: Engine, login: str) -> None:
    async with as_(engine, login) as connection:
        for name in KEYS:
            found = await connection.execute(sa.text(f"SELECT DISTINCT authority FROM published.{name}"))
            assert {*found.scalars()} <= {"merton"}
        query = "SELECT count(*) FROM published.complaints WHERE population = 'complaint'"
        seen = await connection.scalar(sa.text(query))
    async with engine.connect() as connection:
        where = "WHERE population = 'complaint' AND authority = 'merton'"
        assert seen == await connection.scalar(sa.text(f"{FACTS_SQL} {where}")) > 0
        assert await connection.scalar(sa.text(f"{FACTS_SQL} WHERE authority = 'sandwell'")) > 0


async def test_what_a_session_sets_does_not_widen_what_it_sees(engine: Engine, login: str) -> None:
    async with as_(engine, login) as connection:
        await connection.execute(sa.text("SET ROLE reporting_reader"))
        found = await connection.execute(sa.text("SELECT DISTINCT authority FROM published.complaints"))
        assert [*found.scalars()] == ["merton"]


@pytest.mark.parametrize(
    "statement",
    [
        FACTS_SQL,
        "SELECT count(*) FROM public.event",
        "SELECT * FROM public.published_reader",
        "INSERT INTO public.published_reader VALUES (session_user, 'sandwell')",
        "DELETE FROM published.complaints",
        "UPDATE published.compliments SET source = 'x'",
        "CREATE TABLE published.mine ()",
    ],
)
async def test_a_reader_may_do_nothing_else(engine: Engine, login: str, statement: str) -> None:
    async with as_(engine, login) as connection:
        with pytest.raises(DBAPIError, match=r"permission denied|cannot"):
            await connection.execute(sa.text(statement))


async def test_the_reporting_year_begins_on_1_april(engine: Engine) -> None:
    query = """SELECT DISTINCT received_year FROM published.compliments
        WHERE received_on BETWEEN :first AND :last"""
    async with engine.connect() as connection:
        for year in (2021, 2022):
            found = await connection.execute(
                sa.text(query.replace(":first", f"'{year}-04-01'").replace(":last", f"'{year + 1}-03-31'"))
            )
            assert [*found.scalars()] == [f"{year}-{(year + 1) % 100}"]
