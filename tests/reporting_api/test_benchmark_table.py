"""The benchmark: each authority's own tables say the same, and nobody learns another's name."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from reporting_api.api import benchmark, tables
from reporting_api.database import Engine, fact_rows, make_engine
from reporting_api.facts import Rows
from reporting_api.projector import Projector
from reporting_api.security import Caller
from reporting_api.star import ProfileFact
from reporting_api.tables.answer import scope_of
from reporting_api.tables.benchmark import BENCHMARK, compared, unnamed
from reporting_api.tables.measures import narrowed
from reporting_api.tables.periods import year_named
from service_conventions.problems import use_problem_documents
from tests.caseloads import RecordedStream, profile, recorded_streams
from tests.feed_app import Log, complaints_service
from tests.made_facts import complaint, stage

YEAR = "2022-23"
FIGURES = [column.key for column in BENCHMARK.columns]


class AnyKey:
    """Whoever asks may read every authority's reports."""

    async def caller(self, _key: str) -> Caller:
        return Caller(None, "service")


@asynccontextmanager
async def service(url: str, *told: list[RecordedStream]) -> AsyncIterator[httpx.AsyncClient]:
    engine: Engine = make_engine(url)
    log = Log()
    for streams in told:
        log.tell_streams(streams)
    log.append("quiet", "authority", "quiet", profile("merton"))
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(benchmark.router)
    app.include_router(tables.router)
    app.state.engine, app.state.keys = engine, AnyKey()
    transport, headers = httpx.ASGITransport(app), {"Authorization": "Bearer key"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client
    await engine.dispose()


def half(name: str, authority: str, part: int) -> list[RecordedStream]:
    """Another authority with every second stream of one there is."""
    streams = recorded_streams(authority)
    kept = [one for no, one in enumerate(streams) if one.kind != "complaint" or no % 2 == part]
    return [replace(one, authority=name) for one in kept]


@pytest.fixture(scope="module")
async def four(reporting_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    told = (recorded_streams("merton"), recorded_streams("sandwell"), half("zed", "merton", 0))
    async with service(reporting_database_url, *told) as client:
        yield client


async def asked(client: httpx.AsyncClient, authority: str, **options: Any) -> dict[str, Any]:
    url = f"/v1/reports/{authority}/{YEAR}/tables/benchmark"
    answer = await client.get(url, params=options)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def own_figures(client: httpx.AsyncClient, authority: str, procedure: str) -> dict[str, Any]:
    """The same figures from the authority's own tables."""

    async def rows(name: str) -> list[dict[str, Any]]:
        url = f"/v1/reports/{authority}/{YEAR}/tables/{name}"
        answer = (await client.get(url, params={"procedure": procedure})).json()
        return list(answer["rows"])

    rates = {row["measure"]: row for row in await rows("complaint_rate")}
    first = [one for one in await rows("timeliness_by_team") if one["stage"] == 1][-1]
    outcomes = [one for one in await rows("outcomes_by_team") if one["stage"] == 1][-1]
    ombudsman = (await rows("lgsco_performance"))[-1]
    received = (await rows("received_by_team"))[-1]["received"]
    return {
        "complaints": received,
        "rates": rates,
        **{key: first[key] for key in ("responded", "within_max", "within_max_pct")},
        **{key: outcomes[key] for key in ("decided", "upheld_or_partial", "upheld_or_partial_pct")},
        **{key: ombudsman[key] for key in ("investigated", "upheld", "uphold_rate_pct")},
    }


@pytest.mark.parametrize("procedure", ["children_statutory", "all"])
async def test_every_row_is_what_the_authoritys_own_tables_say(
    four: httpx.AsyncClient, procedure: str
) -> None:
    for authority in ("merton", "sandwell", "zed"):
        document = await asked(four, authority, procedure=procedure)
        (own,) = (row for row in document["rows"] if row["authority"] == authority)
        figures = await own_figures(four, authority, procedure)
        rate = figures.pop("rates").get(document["measure"])
        if rate is not None:
            assert [own[key] for key in ("service_users", "rate_pct")] == [
                rate["service_users"],
                rate["rate_pct"],
            ]
        assert {key: own[key] for key in figures} == figures
        assert own["complaints"] > 0


async def test_nobody_learns_more_than_their_own_name(four: httpx.AsyncClient) -> None:
    documents = {name: await asked(four, name, measure="children_in_need") for name in ("merton", "zed")}
    for name, document in documents.items():
        names = [row["authority"] for row in document["rows"]]
        assert [one for one in names if one != name] == ["Authority A", "Authority B"]
        assert name in names
    figures = [[[row[key] for key in FIGURES] for row in document["rows"]] for document in documents.values()]
    assert figures[0] == figures[1]


async def test_the_rate_comes_from_the_measure_asked_for(four: httpx.AsyncClient) -> None:
    sandwell = (await four.get(f"/v1/reports/sandwell/{YEAR}/tables/complaint_rate")).json()["rows"]
    assert sandwell
    for rate in sandwell:
        rows = (await asked(four, "sandwell", measure=rate["measure"]))["rows"]
        (own,) = (row for row in rows if row["authority"] == "sandwell")
        assert (own["service_users"], own["rate_pct"]) == (rate["service_users"], rate["rate_pct"])


async def test_an_authority_without_figures_sees_the_others_and_its_zeros(four: httpx.AsyncClient) -> None:
    rows = (await asked(four, "quiet"))["rows"]
    assert len(rows) == 4
    own = rows[-1]
    assert (own["authority"], own["complaints"], own["within_max_pct"]) == ("quiet", 0, None)
    assert len((await asked(four, "merton"))["rows"]) == 3


async def test_the_past_is_everybodys(four: httpx.AsyncClient) -> None:
    now = await asked(four, "merton")
    then = await asked(four, "merton", as_of="2026-01-01")
    assert then["rows"] == now["rows"]
    halfway = await asked(four, "merton", as_of="2022-12-31")
    assert halfway["complete"] is False
    assert sum(row["complaints"] for row in halfway["rows"]) < sum(row["complaints"] for row in now["rows"])


async def test_as_csv(four: httpx.AsyncClient) -> None:
    url = f"/v1/reports/merton/{YEAR}/tables/benchmark"
    answer = await four.get(url, headers={"Accept": "text/csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["authority", *FIGURES]
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        ({"measure": "made_up"}, 422, "measures recorded are: "),
        ({"procedure": "made_up"}, 422, "corporate_local"),
        ({"known_at": "2001-01-01T00:00:00Z"}, 409, "3 or more"),
    ],
)
async def test_what_cannot_be_compared(
    four: httpx.AsyncClient, options: dict[str, str], status: int, says: str
) -> None:
    answer = await four.get(f"/v1/reports/merton/{YEAR}/tables/benchmark", params=options)
    assert answer.status_code == status
    assert says in answer.text


async def test_two_authorities_are_never_compared(fresh_reporting_url: str) -> None:
    told = (recorded_streams("merton"), half("zed", "merton", 0))
    async with service(fresh_reporting_url, *told) as client:
        answer = await client.get(f"/v1/reports/merton/{YEAR}/tables/benchmark")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/too-few-authorities"


async def test_an_answer_to_a_complaint_of_years_ago_counts(fresh_reporting_url: str) -> None:
    engine = make_engine(fresh_reporting_url)
    year, now = year_named(YEAR), datetime(2022, 1, 1, tzinfo=UTC)
    async with engine.begin() as connection:
        for number, authority in enumerate(("here", "there", "yonder"), 1):
            of = complaint("2022-05-01", authority=authority)
            old = complaint("2016-05-01", authority=authority)
            other = complaint("2016-05-01", authority=authority, procedure="corporate_code")
            stages = [stage(one, 1, "2022-06-01") for one in (of, *[old] * number, other)]
            known = ProfileFact(authority, uuid4(), 1, date(2000, 1, 1), now, {"name": authority})
            facts = {"complaint": [of, old, other], "stage": stages, "profile": [known]}
            await fact_rows.add(connection, cast("Rows", facts))
        await connection.execute(text("SET LOCAL search_path = facts"))
        scope = scope_of("here", "children_statutory", (year, year), date(2026, 1, 1), ())
        rows = await compared(connection, narrowed(scope, {"measure": []}))
    await engine.dispose()
    assert sorted(row["responded"] for row in rows) == [2, 3, 4]
    assert [row["complaints"] for row in rows] == [1, 1, 1]
    assert [row["rate_pct"] for row in rows] == [None, None, None]


FIGURE = st.none() | st.integers(0, 3).map(Decimal)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIGURES, FIGURE)), min_size=1, max_size=60)


@given(ROWS, st.data())
def test_the_order_tells_no_more_than_the_figures(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    names = [f"council_{number}" for number in range(len(rows))]
    orders = []
    for _ in range(2):
        given_names = data.draw(st.permutations(names))
        named = [{"authority": name, **row} for name, row in zip(given_names, rows, strict=True)]
        shown = unnamed(named, "nobody here")
        orders.append(shown)
        assert len({row["authority"] for row in shown}) == len(rows)
        assert all(row["authority"].startswith("Authority ") for row in shown)
    assert orders[0] == orders[1]
