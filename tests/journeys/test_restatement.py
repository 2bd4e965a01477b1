"""A published year, three corrections, and the restatement: exactly the changed cells, and why."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from reporting_api.sections import TABLES
from reporting_api.tables.catalogue import CATALOGUE
from tests.journeys.stack import CASELOADS, Stack, Tables

YEAR: Final = "2022-23"
COUNCIL: Final = "merton_restated"
REGISTERS: Final = {"stage2_register": "case", "lgsco_remedies": "remedy"}

Json = dict[str, Any]
Cells = dict[tuple[str, str, str], Any]


@dataclass(frozen=True)
class Published:
    """A council that has published its year, and what its tables then were."""

    stack: Stack
    tables: Tables
    manager: httpx.Client
    publication: Json
    before: Cells


@pytest.fixture(scope="module")
def published(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Merton's years under a name of their own, published by its manager."""
    folder = tmp_path_factory.mktemp("restated")
    profile = (CASELOADS / "merton" / "profile.json").read_text()
    (folder / "profile.json").write_text(profile.replace('"merton"', f'"{COUNCIL}"', 1))
    stack.run("complaints", "authority", "apply", str(folder / "profile.json"))
    history = CASELOADS / "merton" / "history.jsonl"
    stack.run("complaints", "import", "--authority", COUNCIL, str(history))
    headers = {"Authorization": f"Bearer {stack.key('manager', COUNCIL)}"}
    with (
        stack.tables(COUNCIL) as tables,
        httpx.Client(base_url=stack.reporting, headers=headers, timeout=60) as manager,
    ):
        tables.wait_for(len(history.read_text().splitlines()) + 1)
        answer = manager.post(f"/v1/reports/{COUNCIL}/{YEAR}/publications", json={"note": "First edition"})
        assert answer.status_code == 201, answer.text
        publication = answer.json()
        yield Published(stack, tables, manager, publication, cells(tables, publication["as_of"]))


def cells(tables: Tables, as_of: str) -> Cells:
    """Every cell of every table of the report, by table, row and column: an independent reading of them."""
    found: Cells = {}
    for name in TABLES:
        table = tables.read(name, YEAR, as_of=as_of)
        keys = [one.key for one in CATALOGUE[name].dimensions]
        columns = [one.key for one in CATALOGUE[name].columns if one.key != REGISTERS.get(name)]
        for number, row in enumerate(table["rows"], start=1):
            place = {key: row[key] for key in keys} or {"row": number}
            for column in columns:
                if column in row:
                    found[name, json.dumps(place), column] = row[column]
    return found


def received(reference: str) -> Json:
    """The receipt of one of the complaints, as the history has it."""
    lines = map(json.loads, (CASELOADS / "merton" / "history.jsonl").read_text().splitlines())
    found: Json = next(one for one in lines if one["id"] == reference and one["event"] == "received")
    return found


def answered(reference: str) -> Json:
    """The answer at stage 1 to one of the complaints."""
    lines = map(json.loads, (CASELOADS / "merton" / "history.jsonl").read_text().splitlines())
    found: Json = next(one for one in lines if one["id"] == reference and one["event"] == "stage_responded")
    return found


def corrections() -> dict[str, Json]:
    """An outcome, a month and a team that were recorded wrong, each of another complaint."""
    answer = answered("MER-22-003")
    outcomes = [{**one, "outcome": "upheld"} for one in answer["data"]["issue_outcomes"]]
    marks = {"event": "stage_responded", "on": answer["on"], "stage": 1}
    return {
        "MER-22-003": {"corrects": marks, "changes": {"issue_outcomes": outcomes}},
        "MER-22-005": {
            "corrects": {"event": "received", "on": received("MER-22-005")["on"]},
            "changes": {"on": "2022-04-29"},
        },
        "MER-22-006": {
            "corrects": {"event": "received", "on": received("MER-22-006")["on"]},
            "changes": {"team": "mash_cp"},
        },
    }


@pytest.fixture(scope="module")
def corrected(published: Published) -> dict[str, int]:
    """The corrections recorded through the complaints service; the position of each by its complaint."""
    positions = {}
    with published.stack.caller("manager", COUNCIL) as caller:
        for reference, body in corrections().items():
            place = f"/v1/complaints/{reference}"
            tag = caller.get(place).headers["ETag"]
            answer = caller.post(
                f"{place}/correction_recorded",
                json={**body, "reason": "Found when the figures were checked."},
                headers={"If-Match": tag},
            )
            assert answer.status_code == 200, answer.text
            positions[reference] = answer.json()["position"]
    published.tables.wait_for(max(positions.values()))
    return positions


def restatement(published: Published) -> Json:
    """The exact restatement of the publication."""
    answer = published.manager.get(f"/v1/reports/{COUNCIL}/{YEAR}/publications/1/restatement")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_what_was_published_can_be_read_by_everybody(published: Published) -> None:
    for kept in published.publication["formats"]:
        read = httpx.get(f"{published.stack.reporting}{kept['url']}")
        assert hashlib.sha256(read.content).hexdigest() == kept["sha256"]
        assert "restatement" not in read.headers["Link"]


def test_the_changed_cells_are_those_that_differ(published: Published, corrected: dict[str, int]) -> None:
    after = cells(published.tables, published.publication["as_of"])
    found = restatement(published)
    different = {
        cell for cell in {**published.before, **after} if published.before.get(cell) != after.get(cell)
    }
    restated = {(one["table"], json.dumps(one["row"]), one["column"]): one for one in found["changed"]}
    assert restated.keys() == different
    for cell, one in restated.items():
        assert (one["published"], one["now"]) == (published.before.get(cell), after.get(cell))
    assert found["cells"] == len(different) > 0
    assert found["position"] == max(corrected.values())


def test_each_correction_is_named_for_its_cells(published: Published, corrected: dict[str, int]) -> None:
    found = restatement(published)
    named = {one["reference"]: one for one in found["events"]}
    assert {reference: one["position"] for reference, one in named.items()} == corrected
    for reference, body in corrections().items():
        assert named[reference]["type"] == "correction_recorded"
        assert named[reference]["corrects"] == body["corrects"]
        assert named[reference]["fields"] == sorted(body["changes"])
    by_event = {
        reference: {
            one["table"] for one in found["changed"] for step in one["because"] if position in step["events"]
        }
        for reference, position in corrected.items()
    }
    assert {"outcomes_by_team", "issues_by_theme"} <= by_event["MER-22-003"]
    assert "monthly" in by_event["MER-22-005"]
    assert "received_by_team" not in by_event["MER-22-003"] | by_event["MER-22-005"]
    assert {"received_by_team", "received_by_team_year"} <= by_event["MER-22-006"]
    assert "monthly" not in by_event["MER-22-006"]


def test_the_public_is_told_and_what_was_published_stands(
    published: Published, corrected: dict[str, int]
) -> None:
    page = next(one for one in published.publication["formats"] if one["format"] == "html")
    read = _page_with_its_link(published, page["url"])
    assert hashlib.sha256(read.content).hexdigest() == page["sha256"]
    public = httpx.get(f"{published.stack.reporting}{page['url'].partition('?')[0]}/restatement")
    told = public.json()
    assert f'title="restated since: {told["cells"]} cells"' in read.headers["Link"]
    assert 0 < told["cells"] <= restatement(published)["cells"]
    assert sum(one["events"] for one in told["events"]) <= len(corrected)
    assert all(reference not in public.text for reference in corrected)


def _page_with_its_link(published: Published, url: str) -> httpx.Response:
    """The page once the service has found out, in the background, that it has been restated."""
    until = time.monotonic() + 30
    while "restatement" not in (read := httpx.get(f"{published.stack.reporting}{url}")).headers["Link"]:
        assert time.monotonic() < until, "no restatement is told of"
        time.sleep(0.1)
    return read


def test_the_command_line_says_the_same(
    published: Published, corrected: dict[str, int], tmp_path: Path
) -> None:
    here = ("--authority", COUNCIL, "--year", YEAR)
    listed = published.stack.run("reporting", "publications", "--authority", COUNCIL)
    assert published.publication["content_hash"] in listed
    file = tmp_path / "restatement.json"
    said = published.stack.run("reporting", "restatement", *here, "-o", str(file))
    assert json.loads(file.read_text()) == restatement(published)
    assert all(f"event {position}: " in said for position in corrected.values())
    public = published.stack.run("reporting", "restatement", *here, "--public")
    assert all(reference not in public for reference in corrected)
    published.stack.run("reporting", "restatement", *here, "--number", "7", code=1)
    again = published.stack.run("reporting", "publish", *here, "--format", "json", "--note", "Second edition")
    assert again.startswith("Published number 2: ")
    same = published.stack.run("reporting", "publish", *here, "--format", "json")
    assert same.startswith("Nothing has changed since number 2: ")
    published.stack.run("reporting", "publish", *here, "--format", "odt", code=1)
