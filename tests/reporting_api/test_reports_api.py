"""The annual report over HTTP: its document, its formats, the council's own words, and wrong questions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from reporting_api.api import question, reports
from reporting_api.api.report_shape import ReportDocument
from reporting_api.database import Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.rendering import RENDERERS
from reporting_api.sections import PARTS, SLOTS
from reporting_api.security import Caller
from service_conventions.problems import use_problem_documents
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service

MERTON = "/v1/reports/merton/2022-23"
WORDS = f"{MERTON}/narratives/effectiveness"


class Keys:
    """A key is named after its role; `other` is another authority's manager."""

    async def caller(self, key: str) -> Caller | None:
        if key == "other":
            return Caller("other", "manager")
        return Caller("merton", key, f"the {key}") if key != "nobody" else None


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(reports.router)
    app.state.engine, app.state.keys = engine, Keys()
    transport, headers = httpx.ASGITransport(app), {"Authorization": "Bearer manager"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
async def merton(reporting_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    engine, log = make_engine(reporting_database_url), Log()
    log.tell_streams(recorded_streams("merton"))
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()
    async with service(engine) as client:
        yield client
    await engine.dispose()


async def refused(client: httpx.AsyncClient, url: str, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(url, params=parameters)
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    return document


async def test_the_document_has_the_shape_that_is_promised(merton: httpx.AsyncClient) -> None:
    answer = await merton.get(MERTON)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    document = ReportDocument.model_validate_json(answer.content, strict=False)
    assert document.model_dump(mode="json", by_alias=True)["sections"][0]["id"] == "introduction"
    assert [section.id for section in document.sections] == [part.id for part in PARTS]
    assert (document.authority_name, document.as_of_position) == ("London Borough of Merton", 593)
    assert document.complete


async def test_a_table_in_the_report_is_the_table_at_its_own_address(merton: httpx.AsyncClient) -> None:
    given = {"as_of": "2026-11-20", "known_at": "2027-01-01T00:00:00Z"}
    document = (await merton.get(MERTON, params=given)).json()
    tables = [
        block["table"]
        for section in document["sections"]
        for block in section["blocks"]
        if block["block"] == "table"
    ]
    outcomes = next(table for table in tables if table["id"] == "outcomes_by_team")
    assert (outcomes["basis"], outcomes["as_of_position"]) == ("flow", 593)
    total = next(row for row in outcomes["rows"] if (row["stage"], row["team"]) == (1, "total"))
    assert (total["upheld_or_partial"], total["decided"]) == (12, 23)


@pytest.mark.parametrize("name", list(RENDERERS))
async def test_every_format_by_name_and_by_header(merton: httpx.AsyncClient, name: str) -> None:
    kind = RENDERERS[name].media_type
    by_name = await merton.get(MERTON, params={"format": name})
    by_header = await merton.get(MERTON, headers={"Accept": kind.split(";")[0]})
    for answer in (by_name, by_header):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == kind
        assert answer.headers["vary"] == "Accept"
        assert answer.content


async def test_half_a_year_and_a_year_not_over(merton: httpx.AsyncClient) -> None:
    half = (await merton.get(MERTON, params={"to": "2022-09-30"})).json()
    assert half["period"] == {"from": "2022-04-01", "to": "2022-09-30"}
    unfinished = (await merton.get(MERTON, params={"as_of": "2022-12-31"})).json()
    assert unfinished["complete"] is False
    assert "2022-12-01" < unfinished["last_event_on"] <= "2022-12-31"


@pytest.mark.parametrize(
    ("parameters", "field", "says"),
    [
        ({"procedure": "made_up"}, "procedure", "corporate_local"),
        ({"format": "png"}, "format", ", ".join(RENDERERS)),
        ({"to": "2022-09-29"}, "to", "30 September"),
        ({"public": "perhaps"}, "public", ""),
        ({"yaer": "2022"}, "yaer", ""),
    ],
)
async def test_a_wrong_question_is_answered_with_what_exists(
    merton: httpx.AsyncClient, parameters: dict[str, str], field: str, says: str
) -> None:
    problem = await refused(merton, MERTON, **parameters)
    assert problem["status"] == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert says in problem["errors"][0]["message"]


async def test_an_unknown_year_and_an_unknown_authority(merton: httpx.AsyncClient) -> None:
    problem = await refused(merton, "/v1/reports/merton/2022-24")
    assert "2000-01 to 2034-35" in problem["errors"][0]["message"]
    stranger = await merton.get("/v1/reports/merton/2022-23", headers={"Authorization": "Bearer other"})
    assert stranger.status_code == 404
    assert (await merton.get(MERTON, headers={"Authorization": "Bearer caseworker"})).status_code == 403
    assert (await merton.get(MERTON, headers={"Authorization": "Bearer nobody"})).status_code == 401


async def test_a_format_there_is_not(merton: httpx.AsyncClient) -> None:
    answer = await merton.get(MERTON, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/json" in answer.json()["detail"]


async def test_a_position_not_reached(merton: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "PATIENCE_SECONDS", 0.1)
    problem = await refused(merton, MERTON, min_position=594)
    assert problem["status"] == 503
    assert "593" in problem["detail"]


async def test_the_councils_own_words(merton: httpx.AsyncClient) -> None:
    given = await merton.put(WORDS, json={"markdown": "It *worked*."})
    assert given.status_code == 200
    assert (given.json()["version"], given.json()["set_by"]) == (1, "the manager")
    again = await merton.put(WORDS, json={"markdown": "It *worked*."})
    assert again.json() == given.json()
    slots = (await merton.get(f"{MERTON}/narratives")).json()["slots"]
    assert [slot["slot"] for slot in slots] == list(SLOTS)
    assert [slot["slot"] for slot in slots if slot["version"]] == ["effectiveness"]
    document = (await merton.get(MERTON)).json()
    blocks = next(one for one in document["sections"] if one["id"] == "effectiveness")["blocks"]
    assert {"block": "narrative", "slot": "effectiveness", "markdown": "It *worked*."} in blocks


@pytest.mark.parametrize(
    ("markdown", "rule"),
    [
        ("<div>x</div>", "no_html"),
        ("a <b>word</b>", "no_html"),
        ("![a](https://example.org/a.png)", "no_pictures"),
        ("x" * 50_001, "too_long"),
        ("a\x00b", "characters"),
    ],
)
async def test_words_that_cannot_be_printed(merton: httpx.AsyncClient, markdown: str, rule: str) -> None:
    url = f"{MERTON}/narratives/learning"
    answer = await merton.put(url, json={"markdown": markdown})
    assert answer.status_code == 422
    assert [error["rule"] for error in answer.json()["errors"]] == [rule]
    assert markdown not in answer.text
    slots = (await merton.get(f"{MERTON}/narratives")).json()["slots"]
    assert next(slot for slot in slots if slot["slot"] == "learning")["version"] is None


async def test_what_looks_like_html_but_is_none(merton: httpx.AsyncClient) -> None:
    text = "5 < 6, and `<b>` is code, and <https://example.org> is a link."
    answer = await merton.put(f"{MERTON}/narratives/stages", json={"markdown": text})
    assert answer.status_code == 200


async def test_only_managers_set_words_and_only_in_slots_there_are(merton: httpx.AsyncClient) -> None:
    reporting = {"Authorization": "Bearer reporting"}
    assert (await merton.put(WORDS, json={"markdown": "x"}, headers=reporting)).status_code == 403
    unknown = await merton.put(f"{MERTON}/narratives/nothing", json={"markdown": "x"})
    assert unknown.status_code == 404
    assert all(slot in unknown.json()["detail"] for slot in SLOTS)
    assert (await merton.put(WORDS, json={"markdown": 1})).status_code == 422
    surrogate = await merton.put(
        WORDS, content=b'{"markdown": "\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert [error["rule"] for error in surrogate.json()["errors"]] == ["characters"]
