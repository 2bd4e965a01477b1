"""A report table over HTTP: its document, its CSV, and how wrong questions are answered."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from complaint_events.profile import Team
from reporting_api.api import question
from reporting_api.api import tables as api
from reporting_api.database import Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.security import Caller
from reporting_api.tables.catalogue import CATALOGUE
from service_conventions.problems import use_problem_documents
from tests.caseloads import profile, recorded_streams
from tests.feed_app import Log, complaints_service

MERTON = "/v1/reports/merton/2022-23/tables"


class AnyKey:
    """Whoever asks may read Merton's reports; the key `other` belongs to another authority."""

    async def caller(self, key: str) -> Caller:
        return Caller("other" if key == "other" else "merton", "reporting")


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(api.router)
    app.state.engine, app.state.keys = engine, AnyKey()
    transport, headers = httpx.ASGITransport(app), {"Authorization": "Bearer key"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client


async def project(engine: Engine, log: Log) -> None:
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()


@pytest.fixture(scope="module")
async def merton(reporting_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    engine = make_engine(reporting_database_url)
    log = Log()
    log.tell_streams(recorded_streams("merton"))
    await project(engine, log)
    async with service(engine) as client:
        yield client
    await engine.dispose()


async def asked(client: httpx.AsyncClient, path: str, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(f"{MERTON}/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def refused(client: httpx.AsyncClient, url: str, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(url, params=parameters)
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == answer.status_code
    return document


async def test_the_document(merton: httpx.AsyncClient) -> None:
    document = await asked(merton, "outcomes_by_team", as_of="2026-11-20", known_at="2027-01-01T00:00:00Z")
    rows = document.pop("rows")
    columns = document.pop("columns")
    position = document.pop("as_of_position")
    assert document == {
        "id": "outcomes_by_team",
        "title": "Complaint outcomes by team and stage",
        "authority": "merton",
        "period": {"from": "2022-04-01", "to": "2023-03-31"},
        "procedure": "children_statutory",
        "basis": "flow",
        "complete": True,
        "as_of": "2026-11-20",
        "known_at": "2027-01-01T00:00:00Z",
    }
    assert position == 593
    assert columns[0] == {"key": "stage", "label": "Stage", "type": "integer"}
    assert [column["key"] for column in columns] == list(rows[0])
    total = next(row for row in rows if row["stage"] == 1 and row["team"] == "total")
    assert (total["decided"], total["upheld_or_partial"], total["upheld_or_partial_pct"]) == (23, 12, 52.2)


async def test_tables_of_other_streams_say_that_they_have_no_procedure(merton: httpx.AsyncClient) -> None:
    assert (await asked(merton, "compliments_by_team", procedure="corporate_code"))["procedure"] is None


@pytest.mark.parametrize("name", list(CATALOGUE))
async def test_every_table_answers_in_both_formats(merton: httpx.AsyncClient, name: str) -> None:
    document = await asked(merton, name)
    answer = await merton.get(f"{MERTON}/{name}", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert read[0] == [column["key"] for column in document["columns"]]
    assert len(read) == len(document["rows"]) + 1


async def test_the_named_format_goes_before_the_header(merton: httpx.AsyncClient) -> None:
    answer = await merton.get(f"{MERTON}/volumes?format=csv", headers={"Accept": "application/json"})
    assert answer.text.splitlines()[1].startswith("children_statutory,")
    assert 'filename="merton_2022-23_volumes.csv"' in answer.headers["content-disposition"]


async def test_half_a_year(merton: httpx.AsyncClient) -> None:
    halves = [
        await asked(merton, "volumes", to="2022-09-30"),
        await asked(merton, "volumes", **{"from": "2022-10-01"}),
    ]
    assert halves[0]["period"] == {"from": "2022-04-01", "to": "2022-09-30"}
    assert sum(half["rows"][-1]["received"] for half in halves) == 25
    assert halves[0]["rows"][-1]["carried_forward"] == halves[1]["rows"][-1]["brought_forward"]


async def test_as_of_a_day_within_the_year(merton: httpx.AsyncClient) -> None:
    then = await asked(merton, "volumes", as_of="2022-06-30")
    assert then["complete"] is False
    first_quarter = await asked(merton, "volumes", to="2022-06-30", as_of="2022-06-30")
    assert then["rows"] == first_quarter["rows"]
    assert 0 < then["rows"][-1]["received"] < 25


async def test_before_anything_was_known_there_are_zero_rows(merton: httpx.AsyncClient) -> None:
    document = await asked(merton, "volumes", known_at="2001-01-01T00:00:00Z")
    assert document["as_of_position"] == 0
    assert document["rows"]
    assert all(row["received"] == 0 for row in document["rows"])


async def test_an_unknown_table_is_answered_with_the_tables_there_are(merton: httpx.AsyncClient) -> None:
    problem = await refused(merton, f"{MERTON}/nothing")
    assert problem["status"] == 404
    assert all(name in problem["detail"] for name in CATALOGUE)


@pytest.mark.parametrize(
    ("parameters", "field", "says"),
    [
        ({"procedure": "made_up"}, "procedure", "corporate_local"),
        ({"format": "docx"}, "format", "csv"),
        ({"from": "2022-05-01"}, "from", "1 April"),
        ({"to": "2022-09-29"}, "to", "30 September"),
        ({"from": "2022-10-01", "to": "2022-06-30"}, "to", "first day"),
        ({"from": "0001-01-01"}, "from", "2000-04-01"),
        ({"to": "9999-12-31"}, "to", "2035-03-31"),
        ({"as_of": "0"}, "as_of", "YYYY-MM-DD"),
        ({"known_at": "2022-04-01"}, "known_at", "offset"),
        ({"min_position": "-1"}, "min_position", "0"),
        ({"min_position": "9" * 30}, "min_position", ""),
        ({"procdure": "all"}, "procdure", ""),
    ],
)
async def test_a_wrong_question_is_answered_with_what_exists(
    merton: httpx.AsyncClient, parameters: dict[str, str], field: str, says: str
) -> None:
    problem = await refused(merton, f"{MERTON}/volumes", **parameters)
    assert problem["status"] == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert says in problem["errors"][0]["message"]


@pytest.mark.parametrize("year", ["2022", "2022-24", "1899-00", "next"])
async def test_an_unknown_year(merton: httpx.AsyncClient, year: str) -> None:
    problem = await refused(merton, f"/v1/reports/merton/{year}/tables/volumes")
    assert problem["status"] == 422
    assert "2000-01 to 2034-35" in problem["errors"][0]["message"]


async def test_a_format_there_is_not(merton: httpx.AsyncClient) -> None:
    answer = await merton.get(f"{MERTON}/volumes", headers={"Accept": "application/pdf"})
    assert answer.status_code == 406


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/csv, application/json;q=0.5", "text/csv; charset=utf-8"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/csv;q=many, application/json;q=0.1", "application/json"),
    ],
)
async def test_the_format_liked_best(merton: httpx.AsyncClient, accept: str, kind: str) -> None:
    answer = await merton.get(f"{MERTON}/volumes", headers={"Accept": accept})
    assert answer.headers["content-type"] == kind


async def test_another_authoritys_key_learns_nothing(merton: httpx.AsyncClient) -> None:
    answer = await merton.get(f"{MERTON}/volumes", headers={"Authorization": "Bearer other"})
    assert answer.status_code == 404


async def test_a_position_not_reached_says_how_far_the_figures_are(
    merton: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PATIENCE_SECONDS", 0.1)
    assert (await asked(merton, "volumes", min_position=593))["as_of_position"] == 593
    problem = await refused(merton, f"{MERTON}/volumes", min_position=594)
    assert problem["status"] == 503
    assert "593" in problem["detail"]


async def test_an_authority_without_complaints_has_zero_rows(fresh_reporting_url: str) -> None:
    engine = make_engine(fresh_reporting_url)
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"))
    await project(engine, log)
    async with service(engine) as client:
        document = await asked(client, "monthly")
    await engine.dispose()
    assert len(document["rows"]) == 17
    assert document["rows"][-1]["within_10_pct"] is None


async def test_a_team_named_like_a_formula_is_harmless(fresh_reporting_url: str) -> None:
    engine = make_engine(fresh_reporting_url)
    log = Log()
    team = Team(code="sums", label="=1+1")
    log.append("merton", "authority", "merton", profile("merton").model_copy(update={"teams": (team,)}))
    await project(engine, log)
    async with service(engine) as client:
        answer = await client.get(f"{MERTON}/received_by_team?format=csv")
    await engine.dispose()
    assert answer.text.splitlines()[1] == "sums,'=1+1,,0"


async def test_the_profile_in_force_at_the_end_of_the_period_names_the_rows(fresh_reporting_url: str) -> None:
    engine = make_engine(fresh_reporting_url)
    log, old = Log(), profile("merton")
    new = old.model_copy(update={"teams": (Team(code="all_in_one", label="One"),), "on": date(2023, 4, 1)})
    log.append("merton", "authority", "merton", old)
    log.append("merton", "authority", "merton", new)
    await project(engine, log)
    async with service(engine) as client:
        before = await asked(client, "received_by_team")
        after = (await client.get("/v1/reports/merton/2023-24/tables/received_by_team")).json()
        then = await client.get(
            "/v1/reports/merton/2023-24/tables/received_by_team", params={"as_of": "2023-03-31"}
        )
    await engine.dispose()
    assert before["rows"][0]["team"] == "access_cwd"
    assert [row["team"] for row in after["rows"]] == ["all_in_one", "not_recorded", "total"]
    assert then.json()["rows"] == before["rows"]
