"""The same events give the same bytes: facts and reports, whatever the batches, hash seeds and time zones."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from reporting_api.database import FACT_TABLES
from reporting_api.rendering import RENDERERS
from tests.databases import DatabaseServer

pytestmark = pytest.mark.slow

_ROOT: Final = Path(__file__).resolve().parents[2]


class Surroundings(NamedTuple):
    """What a rebuild must not depend on: the time zones of process and database, hash seed and batches."""

    here: str
    there: str
    seed: int
    page_size: int


SURROUNDINGS: Final = (
    Surroundings("UTC", "UTC", 0, 1000),
    Surroundings("Pacific/Kiritimati", "America/Los_Angeles", 1, 7),
    Surroundings("America/New_York", "Asia/Kathmandu", 4711, 64),
)


@pytest.fixture(scope="module")
def told(server: DatabaseServer, reporting_template: str) -> list[dict[str, Any]]:
    """What each process said, as `rebuilt` says it; they run side by side."""

    def one(given: Surroundings) -> dict[str, Any]:
        with server.database(reporting_template) as url:
            return _rebuilt(url, given)

    with ThreadPoolExecutor(len(SURROUNDINGS)) as threads:
        return list(threads.map(one, SURROUNDINGS))


def _rebuilt(url: str, given: Surroundings) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.reporting_api.rebuilt", url, str(given.page_size), given.there]
    environment = {**os.environ, "TZ": given.here, "PYTHONHASHSEED": str(given.seed)}
    done = subprocess.run(command, env=environment, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_surroundings_were_different_ones(told: list[dict[str, Any]]) -> None:
    assert [one["there"] for one in told] == [given.there for given in SURROUNDINGS]
    assert [one["here"][-6:] for one in told] == ["+00:00", "-10:40", "-05:00"]
    assert len({one["hashed"] for one in told}) == len(SURROUNDINGS)


def test_the_facts_are_identical(told: list[dict[str, Any]]) -> None:
    first, *others = (one["facts"] for one in told)
    assert list(first) == list(FACT_TABLES)
    assert not first["complaint"].startswith("0 rows")
    for other in others:
        assert other == first


def test_the_reports_are_identical_in_every_format(told: list[dict[str, Any]]) -> None:
    first, *others = (one["reports"] for one in told)
    assert set(first) == {*RENDERERS, "public", "past"}
    assert len(set(first.values())) == len(first)
    for other in others:
        assert other == first
