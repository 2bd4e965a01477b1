"""A council's published years go in as a history and come out as the published tables, cell by cell."""

from collections.abc import Iterator
from typing import Any

import pytest

from reporting_api.tables.catalogue import CATALOGUE
from tests.journeys.stack import CASELOADS, Stack, Tables, expected, selected

COUNCILS = ["merton", "sandwell"]


@pytest.fixture(scope="module", params=COUNCILS)
def council(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Tables]:
    """A council whose history has been imported and read by the reporting service."""
    folder = CASELOADS / request.param
    stack.run("complaints", "authority", "apply", str(folder / "profile.json"))
    said = stack.run(
        "complaints", "import", "--authority", request.param, str(folder / "history.jsonl")
    ).splitlines()[-1]
    lines = len((folder / "history.jsonl").read_text().splitlines())
    assert said == f"{lines} lines: {lines} recorded, 0 unchanged, 0 refused"
    with stack.tables(request.param) as tables:
        tables.wait_for(lines + 1)
        yield tables


def test_every_published_cell(council: Tables) -> None:
    wrong: list[Any] = []
    compared = 0
    for entry in expected(council.authority):
        if entry["table"] not in CATALOGUE:
            continue
        query = {"procedure": entry["procedure"]} if entry["procedure"] else {}
        table = council.read(entry["table"], entry["year"], **query)
        for wanted in entry["rows"]:
            row = selected(table["rows"], wanted)
            compared += len(wanted)
            wrong += [(entry["table"], wanted, key) for key in wanted if row.get(key) != wanted[key]]
    assert not wrong
    assert compared > 300


def test_importing_again_changes_nothing(stack: Stack, council: Tables) -> None:
    before = council.read("volumes", "2022-23")
    history = str(CASELOADS / council.authority / "history.jsonl")
    said = stack.run("complaints", "import", "--authority", council.authority, history)
    assert ": 0 recorded" in said
    after = council.read("volumes", "2022-23")
    assert (after["rows"], after["as_of_position"]) == (before["rows"], before["as_of_position"])


def test_a_moved_record_makes_the_same_tables(
    stack: Stack, council: Tables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("moved")
    moved = f"{council.authority}_moved"
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    stack.run("complaints", "export", "--authority", council.authority, "-o", str(first))
    profile = (CASELOADS / council.authority / "profile.json").read_text()
    (folder / "profile.json").write_text(profile.replace(f'"{council.authority}"', f'"{moved}"', 1))
    stack.run("complaints", "authority", "apply", str(folder / "profile.json"))
    stack.run("complaints", "import", "--authority", moved, "--restore", str(first))
    stack.run("complaints", "export", "--authority", moved, "-o", str(second))
    assert second.read_text().splitlines()[1:] == first.read_text().splitlines()[1:]
    with stack.tables(moved) as tables:
        tables.wait_for(len(first.read_text().splitlines()))
        for name in CATALOGUE:
            assert tables.read(name, "2022-23")["rows"] == council.read(name, "2022-23")["rows"], name
