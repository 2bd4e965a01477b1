"""OData over HTTP, as Excel and Power BI ask: documents, rows, pages, filters, errors."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reporting_api.api import odata, tables
from reporting_api.database import Engine, make_engine
from reporting_api.database.views import KEYS
from reporting_api.projector import Projector
from reporting_api.security import Caller
from reporting_api.tables.catalogue import CATALOGUE
from service_conventions.problems import use_problem_documents
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service

ROOT = "/odata/merton"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
BASIC = f"Basic {base64.b64encode(b'anybody:key').decode()}"
YEAR = {"year": "2022-23", "years": "1"}


class AnyKey:
    """Whoever asks may read Merton's reports; the key `other` belongs to another authority."""

    async def caller(self, key: str) -> Caller | None:
        if key == "nobody":
            return None
        return Caller("other" if key == "other" else "merton", "reporting")


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(odata.router)
    app.include_router(tables.router)
    app.state.engine, app.state.keys = engine, AnyKey()
    transport, headers = httpx.ASGITransport(app), {"Authorization": BASIC}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
async def merton(reporting_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    engine = make_engine(reporting_database_url)
    log = Log()
    log.tell_streams(recorded_streams("merton"))
    log.tell_streams(recorded_streams("sandwell"))
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()
    async with service(engine) as client:
        yield client
    await engine.dispose()


async def asked(client: httpx.AsyncClient, path: str, options: dict[str, str] | None = None) -> Any:
    answer = await client.get(f"{ROOT}/{path}", params=options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=minimal")
    return answer.json()


async def refused(client: httpx.AsyncClient, path: str, options: dict[str, str] | None = None) -> Any:
    answer = await client.get(f"{ROOT}/{path}", params=options)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    return answer.status_code, answer.json()["error"]


async def test_the_service_document_lists_views_and_tables(merton: httpx.AsyncClient) -> None:
    document = await asked(merton, "")
    assert document["@odata.context"] == "http://reports/odata/merton/$metadata"
    names = [one["name"] for one in document["value"]]
    assert names == [*KEYS, *(f"Tables_{name}" for name in CATALOGUE)]
    assert (await merton.get(ROOT)).json() == document


async def test_every_set_answers_with_columns_as_in_the_metadata(
    merton: httpx.AsyncClient,
) -> None:
    answer = await merton.get(f"{ROOT}/$metadata")
    assert answer.headers["content-type"] == "application/xml"
    types = {one.get("Name"): one for one in etree.fromstring(answer.content).iter(f"{EDM}EntityType")}
    names = [one["name"] for one in (await asked(merton, ""))["value"]]
    assert [*types] == names
    for name in names:
        columns = {one.get("Name"): one for one in types[name].iter(f"{EDM}Property")}
        document = await asked(merton, name, {"$top": "300"} | (YEAR if name.startswith("Tables") else {}))
        for row in document["value"]:
            assert [*row] == [*columns]
            for column, value in row.items():
                assert is_a(columns[column], value), (name, column, value)
        keys = [one.get("Name") for one in types[name].iter(f"{EDM}PropertyRef")]
        met = [tuple(row[key] for key in keys) for row in document["value"]]
        assert len(set(met)) == len(met), name


def is_a(column: etree._Element, value: Any) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "Edm.String": (str,),
        "Edm.Date": (str,),
        "Edm.Int64": (int,),
        "Edm.Decimal": (int, float),
        "Edm.Boolean": (bool,),
    }
    if value is None:
        return bool(column.get("Nullable") != "false")
    stated = column.get("Type", "")
    return isinstance(value, kinds[stated]) and isinstance(value, bool) == (stated == "Edm.Boolean")


async def test_every_column_of_every_set_says_what_it_means(merton: httpx.AsyncClient) -> None:
    document = etree.fromstring((await merton.get(f"{ROOT}/$metadata")).content)
    for one in document.iter(f"{EDM}EntityType", f"{EDM}Property"):
        said = [note.get("String") for note in one.findall(f"{EDM}Annotation")]
        assert len(said) == 1, one.get("Name")


async def test_a_tables_set_has_the_tables_own_figures(merton: httpx.AsyncClient) -> None:
    document = await asked(merton, "Tables_outcomes_by_team", YEAR)
    table = (await merton.get("/v1/reports/merton/2022-23/tables/outcomes_by_team")).json()
    shown = [{"reporting_year": "2022-23", "row": no, **row} for no, row in enumerate(table["rows"], 1)]
    assert document["value"] == shown


async def test_a_tables_set_shows_the_years_asked_for(merton: httpx.AsyncClient) -> None:
    options = {"year": "2023-24", "years": "3", "$select": "reporting_year"}
    document = await asked(merton, "Tables_volumes", options)
    assert document["@odata.context"].endswith("#Tables_volumes(reporting_year)")
    assert [row["reporting_year"] for row in document["value"]] == [
        *["2021-22"] * 2,
        *["2022-23"] * 2,
        *["2023-24"] * 2,
    ]
    once = await asked(merton, "Tables_volumes_by_year", {"year": "2022-23", "years": "3"})
    assert {row["reporting_year"] for row in once["value"]} == {"2022-23"}
    assert len(once["value"]) == 5


async def test_a_tables_set_as_known_before_anything_was(merton: httpx.AsyncClient) -> None:
    options = {**YEAR, "known_at": "2001-01-01T00:00:00Z", "$filter": "received gt 0"}
    assert (await asked(merton, "Tables_volumes", options))["value"] == []


async def test_only_the_authoritys_own_rows(merton: httpx.AsyncClient) -> None:
    for name in KEYS:
        rows = (await asked(merton, name, {"$select": "authority"}))["value"]
        assert {row["authority"] for row in rows} <= {"merton"}
    answer = await merton.get(f"{ROOT}/complaints", headers={"Authorization": "Bearer other"})
    assert answer.status_code == 404


async def test_counts_of_the_views_are_the_tables_figures(merton: httpx.AsyncClient) -> None:
    condition = (
        "population eq 'complaint' and procedure eq 'children_statutory' and "
        "(received_on ge 2022-04-01 and received_on le 2023-03-31)"
    )
    answer = await merton.get(f"{ROOT}/complaints/$count", params={"$filter": condition})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "25"
    by_year = condition.split("(", maxsplit=1)[0] + "received_year eq '2022-23'"
    options = {"$filter": by_year, "$count": "true", "$top": "0"}
    document = await asked(merton, "complaints", options)
    assert (document["@odata.count"], document["value"]) == (25, [])


async def test_pages_follow_each_other_without_a_row_lost_or_twice(merton: httpx.AsyncClient) -> None:
    options = {"$orderby": "received_on desc", "$select": "received_on", "$skip": "3", "$top": "40"}
    whole = (await asked(merton, "complaints", options))["value"]
    assert len(whole) == 40
    days = [row["received_on"] for row in whole if row["received_on"]]
    assert days == sorted(days, reverse=True)
    merton_pages, url = [], f"http://reports{ROOT}/complaints?{httpx.QueryParams(options)}"
    while url:
        answer = await merton.get(url, headers={"Prefer": "odata.maxpagesize=7"})
        merton_pages.append(answer.json()["value"])
        url = answer.json().get("@odata.nextLink", "")
    assert [len(page) for page in merton_pages] == [7, 7, 7, 7, 7, 5]
    assert [row for page in merton_pages for row in page] == whole


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        ("nothing", {}, "Tables_volumes"),
        ("Tables_nothing", {}, "complaints"),
        ("complaints", {"$filter": "team eq"}, "character 8"),
        ("complaints", {"$filter": "complainant eq 'P-1'"}, "primary_theme"),
        ("complaints", {"$filter": ""}, "character 1"),
        ("complaints", {"$select": "stream"}, "primary_theme"),
        ("complaints", {"$orderby": "team sideways"}, "primary_theme"),
        ("complaints", {"$top": "-1"}, "$top"),
        ("complaints", {"$skip": "9" * 30}, "$skip"),
        ("complaints", {"$expand": "stages"}, "$filter"),
        ("complaints", {"$format": "atom"}, "json"),
        ("complaints", {"years": "2"}, "Tables_"),
        ("Tables_volumes", {"years": "11"}, "years"),
        ("Tables_volumes", {"year": "2022"}, "rule"),
        ("Tables_volumes", {"procedure": "made_up"}, "corporate_local"),
        ("complaints/$count", {"$top": "1"}, "$filter"),
    ],
)
async def test_errors_are_in_the_shape_that_excel_shows(
    merton: httpx.AsyncClient, path: str, options: dict[str, str], says: str
) -> None:
    status, error = await refused(merton, path, options)
    assert status in (400, 404, 422)
    assert {*error} == {"code", "message", "details"}
    assert says in error["message"]


async def test_without_a_key_a_program_is_told_to_ask_for_a_password(merton: httpx.AsyncClient) -> None:
    for key in ("", "Bearer nobody"):
        answer = await merton.get(f"{ROOT}/", headers={"Authorization": key})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert answer.json()["error"]["code"] == "key-required"


@settings(max_examples=60)
@given(st.sampled_from(["$filter", "$orderby", "$select", "$top", "$count", "$skiptoken"]), st.text())
async def test_whatever_an_option_says_is_answered_or_refused(
    merton: httpx.AsyncClient, option: str, text: str
) -> None:
    answer = await merton.get(f"{ROOT}/teams", params={option: text})
    assert answer.status_code in (200, 400)
