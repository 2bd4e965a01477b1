"""The reporting service over HTTP: keys, problems, health, metrics; a real feed behind it."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from reporting_api.app import create_app
from reporting_api.database import make_engine
from reporting_api.database.schema import REVISION
from reporting_api.projector import Projector
from reporting_api.settings import Settings
from service_conventions.callers import Caller, RememberedKeys
from tests.caseloads import profile, recorded_streams
from tests.feed_app import SERVICE_KEY, Log, complaints_service, feed_app

VOLUMES = "/v1/reports/merton/2022-23/tables/volumes"
KEYS: dict[str, dict[str, Any]] = {
    "reader": {"authority": "merton", "role": "reporting", "name": "r", "teams": []},
    "manager": {"authority": "merton", "role": "manager", "name": "m", "teams": []},
    "auditor": {"authority": "merton", "role": "auditor", "name": "a", "teams": []},
    "webform": {"authority": "merton", "role": "webform", "name": "w", "teams": []},
    "other": {"authority": "sandwell", "role": "reporting", "name": "s", "teams": []},
    SERVICE_KEY: {"authority": None, "role": "service", "name": "reporting service", "teams": []},
}

Asking = Callable[[Log], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def asking(fresh_reporting_url: str, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """A client of the service, whose own client of the complaints service reaches the log's application."""

    @asynccontextmanager
    async def client_of(log: Log) -> AsyncIterator[httpx.AsyncClient]:
        log.keys.update(KEYS)
        real = httpx.AsyncClient

        def inside(**options: Any) -> httpx.AsyncClient:
            return real(transport=httpx.ASGITransport(feed_app(log)), **options)

        app = create_app(_settings(fresh_reporting_url))
        with monkeypatch.context() as patch:
            patch.setattr("reporting_api.app.httpx.AsyncClient", inside)
            running = app.router.lifespan_context(app)
            await running.__aenter__()
        try:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with real(transport=transport, base_url="http://reporting.test") as client:
                yield client
        finally:
            await running.__aexit__(None, None, None)

    return client_of


def _settings(url: str) -> Settings:
    return Settings(
        reporting_database_url=SecretStr(url),
        complaints_url="http://complaints.test",
        feed_key=SecretStr(SERVICE_KEY),
    )


@pytest.fixture
async def log(fresh_reporting_url: str) -> Log:
    """Merton's years, projected."""
    told = Log()
    told.tell_streams(recorded_streams("merton"))
    engine = make_engine(fresh_reporting_url)
    async with complaints_service(told) as feed:
        await Projector(engine, feed).catch_up()
    await engine.dispose()
    return told


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"powerbi:{password}".encode()).decode()}


@pytest.mark.parametrize("headers", [bearer("reader"), basic("reader"), bearer("manager"), bearer("auditor")])
async def test_a_reader_of_the_authority_gets_a_table(
    asking: Asking, log: Log, headers: dict[str, str]
) -> None:
    async with asking(log) as client:
        response = await client.get(VOLUMES, headers=headers)
    assert response.status_code == 200
    table = response.json()
    assert table["as_of_position"] == len(log.events["merton"])
    statutory = next(row for row in table["rows"] if row["procedure"] == "children_statutory")
    assert (statutory["received"], statutory["responded"]) == (25, 23)


async def test_the_service_key_reads_every_authority(asking: Asking, log: Log) -> None:
    async with asking(log) as client:
        assert (await client.get(VOLUMES, headers=bearer(SERVICE_KEY))).status_code == 200
        unknown = await client.get(VOLUMES.replace("merton", "nowhere"), headers=bearer(SERVICE_KEY))
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-authority")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({}, 401, "key-required"),
        (bearer("nobody's"), 401, "key-required"),
        ({"Authorization": "Basic ////"}, 401, "key-required"),
        ({"Authorization": "Basic not base64"}, 401, "key-required"),
        ({"Authorization": "Negotiate x"}, 401, "key-required"),
        (bearer("webform"), 403, "role-not-allowed"),
        (bearer("other"), 404, "unknown-authority"),
    ],
)
async def test_everybody_else_gets_a_problem(
    asking: Asking, log: Log, headers: dict[str, str], status: int, kind: str
) -> None:
    async with asking(log) as client:
        response = await client.get(VOLUMES, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{kind}"
    assert (response.headers.get("www-authenticate") == "Bearer") == (status == 401)


async def test_another_authoritys_answer_is_that_of_an_unknown_one(asking: Asking, log: Log) -> None:
    """A key must not learn which other authorities there are."""
    async with asking(log) as client:
        there = await client.get(VOLUMES, headers=bearer("other"))
        nowhere = await client.get(VOLUMES.replace("merton", "nowhere"), headers=bearer("other"))
    assert there.json() == nowhere.json()


async def test_a_key_cannot_be_checked_while_the_complaints_service_is_away(asking: Asking, log: Log) -> None:
    async with asking(log) as client:
        assert (await client.get(VOLUMES, headers=bearer("reader"))).status_code == 200
        log.down = True
        remembered = await client.get(VOLUMES, headers=bearer("reader"))
        new = await client.get(VOLUMES, headers=bearer("manager"))
    assert remembered.status_code == 200
    assert (new.status_code, new.json()["type"]) == (503, "/problems/complaints-service-away")


async def test_what_a_key_is_is_asked_again_after_a_minute_and_what_is_none_after_five_seconds() -> None:
    times, asked = [0.0], list[str]()

    async def check(key: str) -> Caller | None:
        asked.append(key)
        return Caller("merton", "reporting") if key == "known" else None

    keys = RememberedKeys(check, lambda: times[0])
    for times[0] in (0.0, 4.9, 5.1, 59.0, 61.0):
        await keys.caller("known")
    assert asked == ["known", "known"]
    for times[0] in (0.0, 4.9, 5.1):
        assert await keys.caller("unknown") is None
    assert asked[2:] == ["unknown", "unknown"]


async def test_health_says_how_far_behind_the_facts_are(asking: Asking, log: Log) -> None:
    log.append("merton", "authority", "merton", profile("merton"))
    async with asking(log) as client:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        response = await client.get("/health/ready")
        metrics = await client.get("/metrics")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ready", "events_behind": {"merton": 1}}
    assert 'reporting_projection_events_behind{authority="merton"} 1\n' in metrics.text
    assert f'reporting_projection_position{{authority="merton"}} {len(log.events["merton"]) - 1}\n' in (
        metrics.text
    )


async def test_it_stays_ready_while_the_complaints_service_is_away(asking: Asking, log: Log) -> None:
    log.down = True
    async with asking(log) as client:
        assert (await client.get("/health/ready")).status_code == 200
        assert "reporting_projection_position" in (await client.get("/metrics")).text


async def test_it_is_not_ready_without_its_migrations(server: Any) -> None:
    with server.database() as url:
        app = create_app(_settings(url))
        async with _directly(app) as client:
            response = await client.get("/health/ready")
    assert (response.status_code, response.json()["database"]) == (503, "not migrated")


async def test_a_database_that_is_away_is_a_503(server: Any) -> None:
    url = server.url.rsplit(":", 1)[0] + ":9/nothing"
    async with _directly(create_app(_settings(url))) as client:
        ready = await client.get("/health/ready")
        metrics = await client.get("/metrics")
    assert (ready.status_code, ready.json()["database"]) == (503, "away")
    assert (metrics.status_code, metrics.json()["type"]) == (503, "/problems/database-away")


@asynccontextmanager
async def _directly(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting.test") as client:
            yield client


async def test_unknown_paths_and_methods_are_problems_too(asking: Asking) -> None:
    async with asking(Log()) as client:
        missing = await client.get("/v1/nothing")
        method = await client.post("/health/live")
        known = await client.get("/problems/unknown-table")
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/not-found")
    assert (method.status_code, method.json()["type"]) == (405, "/problems/method-not-allowed")
    assert known.status_code == 200


async def test_the_documentation_needs_no_network(asking: Asking) -> None:
    async with asking(Log()) as client:
        page = await client.get("/docs")
        description = (await client.get("/openapi.json")).json()
    assert page.status_code == 200
    assert "https://" not in page.text
    route = description["paths"]["/v1/reports/{authority}/{year}/tables/{table}"]["get"]
    assert {"bearer": []} in route["security"]
    assert description["openapi"].startswith("3.1")


def test_the_release_expects_its_newest_migration() -> None:
    versions = Path(__file__).parents[2] / "migrations" / "reporting" / "versions"
    assert max(file.name for file in versions.glob("*.py")).startswith(REVISION)
