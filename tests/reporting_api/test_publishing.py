"""Publishing: exactly what was published is kept, served to everybody, and compared with what is known."""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from complaint_events.profile import Team
from complaint_events.scalars import london_date
from local_stack.postgres import execute
from reporting_api.annual_report import Wanted, asked
from reporting_api.api import publications as api
from reporting_api.api import question, reports
from reporting_api.app import create_app
from reporting_api.database import Engine, make_engine
from reporting_api.database.publications import Publication, Request
from reporting_api.disclosure import suppress
from reporting_api.projector import Projector
from reporting_api.publishing import FORMATS, Order, publish
from reporting_api.replay import MOST_STEPS, in_steps
from reporting_api.report_document import SUPPRESSED
from reporting_api.restated_cells import Cell, Cells, Comparison, changes
from reporting_api.restatement import Restatement, Restatements, _Compared, restatement
from reporting_api.security import Caller
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.periods import year_named
from reporting_api.tables.table import counts
from reporting_api.view import facts_seen
from service_conventions.problems import Problem, use_problem_documents
from tests.caseloads import event, lines, profile, recorded_streams
from tests.feed_app import Log, complaints_service
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import profiles_of
from tests.oracle.histories import history
from tests.reporting_api.test_disclosure import by_method, by_team

MINE: Final = "/v1/reports/merton/2022-23/publications"
LIGHT: Final = ("json", "html")
NEW: Final = "portal"
"""A way in which nobody complained."""

YEAR: Final = year_named("2022-23")

Json = dict[str, Any]


class Keys:
    """A key is its role; `other` manages another authority's complaints."""

    async def caller(self, key: str) -> Caller | None:
        if key == "other":
            return Caller("sandwell", "manager", "Somebody else")
        return Caller("merton", key, f"The {key}") if key in {"manager", "reporting", "caseworker"} else None


@dataclass
class Council:
    """An authority whose feed is followed, and the service's clients."""

    engine: Engine
    log: Log
    public: httpx.AsyncClient
    keyed: httpx.AsyncClient

    async def catch_up(self) -> None:
        async with complaints_service(self.log) as feed:
            await Projector(self.engine, feed).catch_up()

    async def corrected(self, reference: str, corrects: Json, **changes: Any) -> int:
        """Record a correction of one of Merton's complaints now; gives its position."""
        told = event("correction_recorded", "2026-11-20", corrects=corrects, changes=changes)
        position = self.log.append("merton", "complaint", reference, told, datetime.now(UTC))
        await self.catch_up()
        return position

    async def publish(self, **body: Any) -> Json:
        answer = await self.keyed.post(MINE, json={"formats": LIGHT, **body})
        assert answer.status_code in (200, 201), answer.text
        return {**answer.json(), "status": answer.status_code}

    async def restated(self, number: int = 1) -> Json:
        answer = await self.keyed.get(f"{MINE}/{number}/restatement")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@asynccontextmanager
async def council(url: str, authority: str = "merton") -> AsyncIterator[Council]:
    """Merton or another, projected, without processes."""
    engine = make_engine(url)
    log = Log()
    log.tell_streams(recorded_streams(authority))
    app = FastAPI()
    use_problem_documents(app)
    for router in (api.router, api.public, reports.router):
        app.include_router(router)
    app.state.engine, app.state.keys, app.state.restatements = engine, Keys(), Restatements(engine)
    transport = httpx.ASGITransport(app)
    with_key = {"Authorization": "Bearer manager"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://reports") as public,
        httpx.AsyncClient(transport=transport, base_url="http://reports", headers=with_key) as keyed,
    ):
        made = Council(engine, log, public, keyed)
        await made.catch_up()
        yield made
    await app.state.restatements.stop()
    await engine.dispose()


@pytest.fixture
async def merton(fresh_reporting_url: str) -> AsyncIterator[Council]:
    async with council(fresh_reporting_url) as made:
        yield made


@pytest.fixture(scope="module")
async def published(reporting_database_url: str) -> AsyncIterator[tuple[Council, httpx.Response]]:
    """Merton's year published in every format: for tests that change nothing."""
    async with council(reporting_database_url) as made:
        yield made, await made.keyed.post(MINE, json={"note": "As agreed by the committee."})


Published = tuple[Council, httpx.Response]


def received(reference: str) -> Json:
    """How a correction names the receipt of one of Merton's complaints."""
    on = next(one.event.on for one in lines("merton") if one.reference == reference)
    return {"event": "received", "on": str(on)}


def complaints_received() -> Iterator[str]:
    """References of the year's complaints."""
    for line in lines("merton"):
        if line.event.event == "received" and YEAR.start <= line.event.on <= YEAR.end:
            yield line.reference


async def test_what_is_published_is_pinned_and_hashed(published: Published) -> None:
    _, answer = published
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{MINE}/1"
    assert (told["number"], told["as_of_position"], told["published_by"]) == (1, 593, "The manager")
    assert told["note"] == "As agreed by the committee."
    assert {one["format"] for one in told["formats"]} == set(FORMATS)
    sums = sorted((f"report.{_ending(one['format'])}", one["sha256"]) for one in told["formats"])
    listed = "".join(f"{sha256}  {name}\n" for name, sha256 in sums)
    assert told["content_hash"] == hashlib.sha256(listed.encode()).hexdigest()


def _ending(name: str) -> str:
    return "zip" if name == "csv" else name


@pytest.mark.parametrize("name", FORMATS)
async def test_everybody_reads_the_very_bytes(published: Published, name: str) -> None:
    council, answer = published
    kept = next(one for one in answer.json()["formats"] if one["format"] == name)
    read = await council.public.get(kept["url"])
    assert read.status_code == 200
    assert hashlib.sha256(read.content).hexdigest() == kept["sha256"]
    assert len(read.content) == kept["size"]
    assert read.headers["etag"] == f'"{kept["sha256"]}"'
    assert read.headers["content-type"] == kept["media_type"]
    again = await council.public.get(kept["url"], headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", read.headers["etag"])
    head = await council.public.head(kept["url"])
    assert (head.status_code, head.headers["content-length"]) == (200, str(kept["size"]))


async def test_small_figures_are_withheld_from_what_is_published(published: Published) -> None:
    council, _ = published
    document = (await council.public.get("/published/merton/2022-23/1?format=json")).json()
    assert document["public"] is True
    exact = (await council.keyed.get("/v1/reports/merton/2022-23")).json()
    public, whole = (
        next(one["rows"] for one in _tables(each) if one["id"] == "received_by_team")
        for each in (document, exact)
    )
    both = zip(public, whole, strict=True)
    small = [shown["received"] for shown, true in both if 1 <= true["received"] <= 5]
    assert small
    assert set(small) == {SUPPRESSED}
    archive = await council.public.get("/published/merton/2022-23/1?format=csv")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert SUPPRESSED in files.read("received_by_team.csv").decode()


def _tables(document: Json) -> list[Json]:
    blocks = [block for section in document["sections"] for block in section["blocks"]]
    return [block["table"] for block in blocks if block["block"] == "table"]


async def test_the_last_publication_is_a_page_for_people_and_says_what_it_is(published: Published) -> None:
    council, answer = published
    page = await council.public.get("/published/merton/2022-23", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-location"] == "/published/merton/2022-23/1?format=html"
    assert page.headers["link"] == '</published/merton/2022-23/1>; rel="bookmark"'
    assert "max-age" in page.headers["cache-control"]
    assert "script-src" not in page.headers["content-security-policy"]
    at = datetime.fromisoformat(answer.json()["published_at"])
    assert page.headers["last-modified"] == f"{at:%a, %d %b %Y %H:%M:%S} GMT"
    listed = (await council.public.get("/published/merton")).json()["publications"]
    assert [one["content_hash"] for one in listed] == [answer.json()["content_hash"]]
    assert "published_by" not in listed[0]


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/published/nowhere", 404, "unknown-publication"),
        ("/published/nowhere/2022-23", 404, "unknown-publication"),
        ("/published/merton/2021-22", 404, "unknown-publication"),
        ("/published/merton/2022-23/2", 404, "unknown-publication"),
        ("/published/merton/2022-23/2/restatement", 404, "unknown-publication"),
        ("/published/merton/2022-23/1?format=odt", 404, "unknown-publication"),
        ("/published/merton/2022-23?procedure=all", 404, "unknown-publication"),
        ("/published/merton/2022-23?procedure=none", 422, "invalid-request"),
        ("/published/merton/2022-23?from=2022-05-01", 422, "invalid-request"),
        ("/published/merton/2022-24", 422, "invalid-request"),
        ("/published/merton/2022-23/0", 422, "invalid-request"),
        ("/published/merton/2022-23/99999999999", 422, "invalid-request"),
    ],
)
async def test_what_was_not_published(published: Published, path: str, status: int, kind: str) -> None:
    problem = await published[0].public.get(path)
    assert (problem.status_code, problem.json()["type"]) == (status, f"/problems/{kind}")


async def test_what_there_is_is_said(published: Published) -> None:
    problem = (await published[0].public.get("/published/merton/2022-23/2")).json()
    assert "1: Children's social care complaints" in problem["detail"]
    wrong_format = (await published[0].public.get("/published/merton/2022-23/1?format=odt")).json()
    assert "docx" in wrong_format["detail"]
    taken = await published[0].public.get("/published/merton/2022-23", headers={"Accept": "image/png"})
    assert taken.status_code == 406


@pytest.mark.parametrize(
    ("key", "status"), [(None, 401), ("nobody", 401), ("reporting", 403), ("other", 404)]
)
async def test_only_the_authoritys_managers_publish(
    published: Published, key: str | None, status: int
) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = await published[0].public.post(MINE, json={}, headers=headers)
    assert answer.status_code == status
    assert len((await published[0].keyed.get(MINE)).json()["publications"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"formats": []},
        {"formats": ["odt"]},
        {"note": "\x00"},
        {"note": "x" * 2001},
        {"procedure": "made_up"},
        {"from": "2022-05-01"},
        {"as_of": "2022-05-01"},
    ],
)
async def test_a_wrong_order_publishes_nothing(published: Published, body: Json) -> None:
    answer = await published[0].keyed.post(MINE, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert len((await published[0].keyed.get(MINE)).json()["publications"]) == 1


def test_nothing_else_needs_no_key() -> None:
    open_to_all = {
        path
        for path, methods in create_app().openapi()["paths"].items()
        for method in methods.values()
        if not method.get("security")
    }
    assert {path for path in open_to_all if path.startswith("/published")} == {
        "/published/{authority}",
        "/published/{authority}/{year}",
        "/published/{authority}/{year}/{number}",
        "/published/{authority}/{year}/{number}/restatement",
    }
    assert {path for path in open_to_all if not path.startswith("/published")} <= {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/problems/{name}",
    }


async def test_the_keyed_addresses_need_one(published: Published) -> None:
    for path in (MINE, f"{MINE}/1", f"{MINE}/1/restatement"):
        assert (await published[0].public.get(path)).status_code == 401
        assert (await published[0].keyed.get(path)).status_code == 200


async def test_the_same_again_is_the_same_publication(merton: Council) -> None:
    first = await merton.publish()
    assert (first["status"], first["number"]) == (201, 1)
    again = await merton.publish()
    assert (again["status"], again["content_hash"]) == (200, first["content_hash"])
    assert (await merton.publish(note="For the committee"))["number"] == 2
    assert (await merton.publish(note="For the committee"))["status"] == 200
    assert (await merton.publish(to="2022-09-30"))["number"] == 3
    latest = await merton.public.get("/published/merton/2022-23")
    half = await merton.public.get("/published/merton/2022-23?to=2022-09-30")
    assert latest.headers["content-location"].startswith("/published/merton/2022-23/2?")
    assert half.headers["content-location"].startswith("/published/merton/2022-23/3?")


async def test_what_changed_is_a_new_publication(merton: Council) -> None:
    await merton.publish()
    merton.log.append(
        "merton", "feedback", "F-1", event("informal_feedback_recorded", "2026-11-20", **FEEDBACK)
    )
    await merton.catch_up()
    assert (await merton.publish())["number"] == 1, "it is of another year"
    words = {"markdown": "We have listened."}
    slot = "/v1/reports/merton/2022-23/narratives/introduction"
    assert (await merton.keyed.put(slot, json=words)).status_code == 200
    assert (await merton.publish())["number"] == 2
    reference = next(complaints_received())
    await merton.corrected(reference, received(reference), method=NEW)
    assert (await merton.publish())["number"] == 3
    first = await merton.public.get("/published/merton/2022-23/1?format=html")
    assert "We have listened." not in first.text


FEEDBACK: Final = {"theme": "other_reason", "from": "child"}


async def test_what_would_tell_small_figures_is_not_published(fresh_reporting_url: str) -> None:
    """What the public knows of the year before tells how many were answered in a year without new complaints.

    See test_disclosure.test_what_is_said_to_be_given_away_is_what_an_attacker_finds.
    """
    as_sandwell = {"Authorization": "Bearer other"}
    async with council(fresh_reporting_url, "sandwell") as made:

        async def publish(year: str) -> httpx.Response:
            place = f"/v1/reports/sandwell/{year}/publications"
            return await made.keyed.post(place, json={"formats": ["json"]}, headers=as_sandwell)

        assert (await publish("2022-23")).status_code == 201
        for _ in range(2):
            refused = await publish("2023-24")
            assert refused.status_code == 409
            assert refused.json()["type"] == "/problems/would-reveal"
            assert "monthly, outcomes_by_team, response_bands, " in refused.json()["detail"]
        assert (await publish("2022-23")).status_code == 200
        found = await made.public.get("/published/sandwell")
        assert [one["year"] for one in found.json()["publications"]] == ["2022-23"]


async def test_a_repeated_request_publishes_once(merton: Council) -> None:
    named = {"Idempotency-Key": "publish-2022-23"}
    first = await merton.keyed.post(MINE, json={"formats": LIGHT}, headers=named)
    reference = next(complaints_received())
    await merton.corrected(reference, received(reference), method=NEW)
    again = await merton.keyed.post(MINE, json={"formats": LIGHT}, headers=named)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await merton.keyed.post(MINE, json={"formats": ["json"]}, headers=named)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_an_authority_of_which_nothing_is_known(merton: Council) -> None:
    with pytest.raises(Problem) as problem:
        await publish(merton.engine, Order("nowhere", (YEAR, YEAR), "all", "me", request=Request("k", "a")))
    assert problem.value.name == "unknown-authority"


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET year = '2000-01'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.parametrize("table", ["publication", "publication_format"])
async def test_what_is_kept_cannot_be_changed(
    published: Published, reporting_database_url: str, statement: str, table: str
) -> None:
    with pytest.raises(Exception, match="never changed"):
        execute(reporting_database_url, statement.format(table))
    assert (await published[0].public.get("/published/merton/2022-23/1")).status_code == 200


DAMAGES: Final = {
    "a byte": "UPDATE publication_format SET content = set_byte(content, 1000, 0) WHERE format = 'html'",
    "a hash and its bytes": "UPDATE publication_format SET content = 'x', sha256 = "
    "encode(sha256('x'), 'hex') WHERE format = 'html'",
    "the hash of the whole": "UPDATE publication SET content_hash = md5('x')",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_what_was_damaged_is_not_shown(
    merton: Council, fresh_reporting_url: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    await merton.publish()
    assert (await merton.public.get("/published/merton/2022-23/1?format=html")).status_code == 200
    _in_spite_of_triggers(fresh_reporting_url, DAMAGES[damage])
    answer = await merton.public.get("/published/merton/2022-23/1?format=html")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/publication-damaged")
    assert "publication merton 2022-23 1: html is not what was published" in caplog.text


async def test_a_position_not_reached_publishes_nothing(
    merton: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PATIENCE_SECONDS", 0.1)
    late = await merton.keyed.post(f"{MINE}?min_position=594", json={})
    assert (late.status_code, late.json()["type"]) == (503, "/problems/position-not-reached")
    there = await merton.keyed.post(f"{MINE}?min_position=593", json={"formats": ["json"]})
    assert (there.status_code, there.json()["number"]) == (201, 1)


@pytest.mark.parametrize("figures", ["'x'", "(SELECT figures FROM publication WHERE number = 2)"])
async def test_damaged_figures_are_compared_with_nothing(
    merton: Council, fresh_reporting_url: str, figures: str
) -> None:
    await merton.publish()
    reference = next(complaints_received())
    await merton.corrected(reference, received(reference), method=NEW)
    await merton.publish()
    _in_spite_of_triggers(fresh_reporting_url, f"UPDATE publication SET figures = {figures} WHERE number = 1")
    answer = await merton.keyed.get(f"{MINE}/1/restatement")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/publication-damaged")


def _in_spite_of_triggers(url: str, statement: str) -> None:
    """What only somebody with the whole database in hand could do."""
    for table in ("publication", "publication_format"):
        execute(url, f"ALTER TABLE {table} DISABLE TRIGGER USER")
    execute(url, statement)


async def test_time_passing_is_no_restatement(merton: Council) -> None:
    """What happened after the publication, even if recorded of its complaints, restates nothing."""
    await merton.publish()
    reference = next(complaints_received())
    later = london_date(datetime.now(UTC)) + timedelta(days=1)
    merton.log.append("merton", "complaint", reference, event("cost_recorded", later, stage=1, amount=900))
    new = event("received", later, method="email", issues=[{"no": 1, "theme": "other_reason"}])
    merton.log.append("merton", "complaint", "NEW-1", new)
    await merton.catch_up()
    found = await merton.restated()
    assert (found["cells"], found["changed"], found["events"]) == (0, [], [])
    assert found["position"] == found["published_position"] + 2
    page = await merton.public.get("/published/merton/2022-23/1")
    assert "restatement" not in page.headers["link"]


async def test_a_correction_restates_its_cells_and_is_named(merton: Council) -> None:
    await merton.publish()
    reference = next(complaints_received())
    position = await merton.corrected(reference, received(reference), method=NEW)
    found = await merton.restated()
    assert {one["table"] for one in found["changed"]} == {"methods"}
    assert sorted(one["difference"] for one in found["changed"]) == [-1, 1]
    assert all([step["events"] for step in one["because"]] == [[position]] for one in found["changed"])
    (told,) = found["events"]
    assert (told["type"], told["position"], told["reference"]) == ("correction_recorded", position, reference)
    assert (told["corrects"], told["fields"]) == (received(reference), ["method"])


async def test_what_is_taken_back_restates_nothing(merton: Council) -> None:
    await merton.publish()
    reference = next(complaints_received())
    before = next(one.event.data()["method"] for one in lines("merton") if one.reference == reference)
    await merton.corrected(reference, received(reference), method=NEW)
    await merton.corrected(reference, received(reference), method=before)
    assert (await merton.restated())["cells"] == 0


async def test_a_cell_changed_twice_has_both_steps(merton: Council) -> None:
    await merton.publish()
    references = list(complaints_received())[:2]
    positions = [await merton.corrected(one, received(one), method=NEW) for one in references]
    changed = (await merton.restated())["changed"]
    letters = next(one for one in changed if one["row"].get("method") == NEW)
    assert letters["difference"] == 2
    assert [(step["events"], step["difference"]) for step in letters["because"]] == [
        ([position], 1) for position in positions
    ]


async def test_a_register_keeps_its_rows(merton: Council) -> None:
    """A corrected date of one complaint leaves the other rows of the register alone, wherever it stands."""
    await merton.publish()
    report = (await merton.keyed.get("/v1/reports/merton/2022-23")).json()
    register = next(one for one in _tables(report) if one["id"] == "learning_actions")["rows"]
    line = next(
        one
        for one in lines("merton")
        if one.event.event == "learning_recorded" and one.event.data()["action"] == register[3]["action"]
    )
    marks = {
        "event": "learning_recorded",
        "on": str(line.event.on),
        "learning": line.event.data()["learning"],
    }
    await merton.corrected(line.reference, marks, action="Another action")
    changed = (await merton.restated())["changed"]
    assert [(one["table"], one["row"], one["column"], one["now"]) for one in changed] == [
        ("learning_actions", {"row": 4}, "action", "Another action")
    ]


def test_a_register_that_was_empty_has_new_rows() -> None:
    """Rows of a register that had none when it was published have numbers of their own, and stay apart."""
    row = {column.key: None for column in CATALOGUE["learning_actions"].columns}
    first, second = {**row, "theme": "a", "action": "One"}, {**row, "theme": "b", "action": "Two"}
    versions = Comparison()
    none, one, both = (versions.cells({"learning_actions": rows}) for rows in ([], [second], [first, second]))
    assert not none
    assert {cell.row for cell in one} == {(("row", 1),)}
    assert {(cell.row, change.after) for cell, change in changes(one, both).items()} == {
        ((("row", 2),), "a"),
        ((("row", 2),), "One"),
    }


async def test_a_profile_from_an_earlier_day_restates_too(merton: Council) -> None:
    await merton.publish()
    old = profile("merton")
    teams = (*old.teams, Team(code="brand_new", label="Brand new"))
    position = merton.log.append(
        "merton", "authority", "merton", old.model_copy(update={"teams": teams, "on": date(2022, 4, 1)})
    )
    await merton.catch_up()
    found = await merton.restated()
    assert {one["row"]["team"] for one in found["changed"]} == {"brand_new"}
    assert [one["position"] for one in found["events"]] == [position]


def test_the_public_is_told_no_restatement_that_would_tell_small_figures() -> None:
    """3 and 3 of 6 are safe, 1 and 3 and 2 of 6 are not: then nothing is told, whatever its own cells say."""
    told, now = (
        {
            "received_by_team": by_team(**teams, total=6),
            "methods": by_method(**methods, total=6),
        }
        for teams, methods in (
            ({"north": 0, "south": 3, "west": 3}, {"email": 6, "letter": 0}),
            ({"north": 1, "south": 3, "west": 2}, {"email": 0, "letter": 6}),
        )
    )
    first = suppress(list(told.values()))
    assert not first.given_away
    rows = Comparison()
    published, shown, current = (
        rows.cells({name: answer.document()["rows"] for name, answer in answers.items()})
        for answers in (told, {name: first.public(one) for name, one in told.items()}, now)
    )
    changed = changes(published, current)
    seen = frozenset(cell for cell in changed if shown[cell] == published[cell])
    compared = _Compared(changed, {}, seen, now, dict(rows.names))
    assert {cell.table for cell in compared.public([])} == {"methods"}
    assert compared.public([first]) == frozenset()


async def test_the_public_sees_what_a_new_publication_would_show(merton: Council) -> None:
    await merton.publish()
    for reference in list(complaints_received())[:4]:
        await merton.corrected(reference, received(reference), team="adolescent", method=NEW)
    exact = await merton.restated()
    answer = await merton.public.get("/published/merton/2022-23/1/restatement")
    found = answer.json()
    assert 0 < found["cells"] < exact["cells"]
    assert found["withheld"] is True
    assert "reference" not in answer.text
    assert "position" not in answer.text
    assert all(reference not in answer.text for reference in complaints_received())
    page = await merton.public.get("/published/merton/2022-23/1")
    said = f'rel="restatement"; title="restated since: {found["cells"]} cells"'
    assert said in page.headers["link"]
    (told,) = found["events"]
    assert told == _counted(told["events"])
    assert 1 <= told["events"] <= 4, "the others changed only what is withheld"
    tables = {}
    for number, key in ((1, "published"), (2, "now")):
        if number > 1:
            await merton.publish()
        document = (await merton.public.get(f"/published/merton/2022-23/{number}?format=json")).json()
        tables[key] = {one["id"]: one for one in _tables(document)}
    for cell in found["changed"]:
        for key, of_publication in tables.items():
            if cell[key] is not None:
                assert cell[key] in _column(of_publication[cell["table"]], cell), (cell, key)


def _column(table: Json, cell: Json) -> list[Any]:
    place = {key: value for key, value in cell["row"].items() if key != "row"}
    return [row[cell["column"]] for row in table["rows"] if place.items() <= row.items()]


def _counted(events: int) -> Json:
    return {
        "type": "correction_recorded",
        "corrects": "received",
        "recorded_on": london_date(datetime.now(UTC)).isoformat(),
        "events": events,
    }


@settings(max_examples=6, phases=[Phase.generate], deadline=None)
@given(seed=st.integers(1, 10**6))
async def test_changed_cells_are_those_that_differ_and_their_steps_add_up(
    seed: int, random_databases: Iterator[str]
) -> None:
    """Any history, published halfway: the restatement against tables asked before and after."""
    async with _database(next(random_databases)) as engine:
        await _restated_as_told(engine, seed)


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


async def _restated_as_told(engine: Engine, seed: int) -> None:
    log, rest = Log(), _halved(seed)
    for kind, reference, told in rest.first:
        log.append("here", kind, reference, told)
    await _project(engine, log)
    publication, _ = await publish(engine, Order("here", (YEAR, YEAR), "all", "me", ("json",)))
    before = await _cells(engine, publication)
    for kind, reference, told in rest.later:
        log.append("here", kind, reference, told)
    await _project(engine, log)
    after = await _cells(engine, publication)
    pinned = await _cells(engine, publication, publication.known_at)
    found = await restatement(engine, publication)
    assert pinned == before, "as published, asked by what was known then"
    _check(found, before, after)


async def test_two_at_once_publish_once(merton: Council) -> None:
    both = await asyncio.gather(merton.publish(formats=["json"]), merton.publish(formats=["json"]))
    assert sorted(one["status"] for one in both) == [200, 201]
    assert {one["number"] for one in both} == {1}


async def test_whoever_reads_a_publication_does_not_wait_for_its_restatement(merton: Council) -> None:
    order = Order("merton", (YEAR, YEAR), "children_statutory", "me", ("json",))
    publication, _ = await publish(merton.engine, order)
    reference = next(complaints_received())
    await merton.corrected(reference, received(reference), method=NEW)
    restatements = Restatements(merton.engine)
    assert await restatements.soon(publication, 0) is None
    found = await restatements.of(publication)
    assert found.restated
    assert await restatements.soon(publication, 0) == found
    await restatements.stop()


def _check(found: Restatement, before: Cells, after: Cells) -> None:
    restated = {one.cell: one for one in found.restated}
    dimensional = {cell: one for cell, one in restated.items() if CATALOGUE[cell.table].dimensions}
    different = {cell for cell in {**before, **after} if before.get(cell) != after.get(cell)}
    assert dimensional.keys() == different
    for cell, one in dimensional.items():
        assert (one.change.before, one.change.after) == (before.get(cell), after.get(cell))
    for one in restated.values():
        assert one.steps[0].change.before == one.change.before
        assert one.steps[-1].change.after == one.change.after
        assert all(step.events for step in one.steps)
        differences = [step.change.difference for step in one.steps]
        known = [difference for difference in differences if difference is not None]
        if len(known) == len(differences):
            assert sum(known) == pytest.approx(one.change.difference)


@dataclass(frozen=True)
class _Halves:
    first: list[tuple[str, str, Any]]
    later: list[tuple[str, str, Any]]


def _halved(seed: int) -> _Halves:
    """A random history, each stream of it cut somewhere; the second profile is sometimes late too."""
    random = Random(seed)  # noqa: S311 - a made-up history needs no secret
    old, new = (("authority", "here", one) for one in profiles_of(VERSIONS))
    halves = _Halves([old], [])
    (halves.first if random.random() < 0.5 else halves.later).append(new)
    by_stream: dict[tuple[str, str], list[Any]] = {}
    for line in history(seed, 25):
        made = event(line["event"], line["on"], **line.get("data", {}))
        extra = {name: line[name] for name in ("seq",) if name in line}
        by_stream.setdefault((line["stream"], line["id"]), []).append(made.model_copy(update=extra))
    for (kind, reference), told in by_stream.items():
        cut = len(told) if random.random() < 0.7 else random.randint(0, len(told))
        halves.first.extend((kind, reference, one) for one in told[:cut])
        halves.later.extend((kind, reference, one) for one in told[cut:])
    return halves


async def _project(engine: Engine, log: Log) -> None:
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()


async def _cells(engine: Engine, publication: Publication, known_at: datetime | None = None) -> Cells:
    """Every cell of the tables that have dimensions, as of the day of the publication."""
    wanted = Wanted("here", (YEAR, YEAR), "all", as_of=publication.as_of)
    async with facts_seen(engine, "here", publication.as_of, known_at) as seen:
        setting = await asked(seen, wanted, publication.known_at)
    found: dict[Cell, Any] = {}
    for name, answer in setting.answers.items():
        keys = [one.key for one in answer.table.dimensions]
        columns = [one.key for one in answer.table.columns]
        for row in answer.document()["rows"] if keys else []:
            place = tuple((key, row[key]) for key in keys)
            found.update({Cell(name, place, column): row[column] for column in columns if column in row})
    return found


@pytest.fixture(scope="module")
def random_databases(server: Any, reporting_template: str) -> Iterator[Iterator[str]]:
    """As many empty databases as examples want."""

    def made() -> Iterator[str]:
        while True:
            with server.database(reporting_template) as url:
                yield url

    urls = made()
    yield urls
    urls.close()  # type: ignore[attr-defined]


def test_many_events_are_replayed_in_runs_of_neighbours() -> None:
    many: list[Any] = list(range(MOST_STEPS * 3 + 1))
    steps = in_steps(many, MOST_STEPS)
    assert len(steps) <= MOST_STEPS
    assert [one for step in steps for one in step] == many
    assert in_steps(many[:MOST_STEPS], MOST_STEPS) == [[one] for one in many[:MOST_STEPS]]


async def test_events_replayed_together_are_named_together(
    merton: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    await merton.publish()
    positions = [
        await merton.corrected(one, received(one), method=NEW) for one in list(complaints_received())[:2]
    ]
    monkeypatch.setattr("reporting_api.replay.MOST_STEPS", 1)
    letters = next(one for one in (await merton.restated())["changed"] if one["row"].get("method") == NEW)
    assert [(step["events"], step["difference"]) for step in letters["because"]] == [(positions, 2)]


async def test_what_another_release_works_out_differently_is_said_to_be_nobodys_event(
    merton: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    await merton.publish()
    now = CATALOGUE["methods"]
    monkeypatch.setitem(CATALOGUE, "methods", replace(now, sql=now.sql.replace("count(*)", "2 * count(*)")))
    changed = (await merton.restated())["changed"]
    assert {one["table"] for one in changed} == {"methods"}
    assert all(one["now"] == 2 * one["published"] for one in changed)
    assert all([step["events"] for step in one["because"]] == [[]] for one in changed)


async def test_columns_and_tables_that_a_release_adds_or_drops_are_no_restatement(
    merton: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    await merton.publish()
    now = CATALOGUE["methods"]
    more = replace(
        now,
        columns=(*now.columns, *counts("more")),
        sql=now.sql.replace("AS received", "AS received, 7 AS more"),
    )
    monkeypatch.setitem(CATALOGUE, "methods", more)
    monkeypatch.setitem(CATALOGUE, "panels", CATALOGUE["adr"])
    monkeypatch.delitem(CATALOGUE, "survey")
    assert (await merton.restated())["changed"] == []
