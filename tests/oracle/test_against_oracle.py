"""The report tables over random histories, cell by cell against an independent reading of the contract."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reporting_api.tables.catalogue import CATALOGUE
from tests.caseloads import FOLDER, expected
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import EVERY, asked, row_at, wanted
from tests.oracle.histories import history
from tests.oracle.numbers import PROCEDURES, Known
from tests.oracle.story import TODAY

PERIOD_HALF_OVER: Final = date(2023, 2, 10)
YEARS: Final = ("2021-22", "2022-23", "2023-24")
COMPLAINTS: Final = 250


@settings(max_examples=3, phases=[Phase.generate])  # a smaller seed is no smaller history
@given(seed=st.integers(1, 10**6), as_of=st.sampled_from((TODAY, PERIOD_HALF_OVER)))
async def test_the_services_and_the_oracle_tell_the_same(
    seed: int, as_of: date, reporting_database_url: str
) -> None:
    known = Known(history(seed, COMPLAINTS), VERSIONS, as_of)
    questions = [
        (name, procedure, of) for name in EVERY for procedure in (*PROCEDURES, "all") for of in YEARS
    ]
    async with asked(reporting_database_url, known) as sides:
        found = [
            told for name, procedure, of in questions for told in await sides.differences(name, procedure, of)
        ]
    assert found == []


def _published(authority: str) -> Known:
    folder = FOLDER / authority
    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    profile = {**json.loads((folder / "profile.json").read_text()), "on": "2000-01-01"}
    return Known(lines, (profile,), TODAY)


def _missed(entry: dict[str, Any], known: Known) -> Iterator[str]:
    rows = wanted(entry["table"], known, entry["procedure"] or "all", entry["year"])
    for cells in entry["rows"]:
        row = row_at(entry["table"], rows, cells)
        for key in cells.keys() - {"note"}:
            given_cell = row[key].isoformat() if isinstance(row[key], date) else row[key]
            if key in cells and given_cell != cells[key]:
                yield f"{entry['table']} {entry['year']} {cells}: {key} is {row[key]}"


def test_the_oracle_reads_every_table_there_is() -> None:
    assert EVERY.keys() == CATALOGUE.keys()


@pytest.mark.parametrize("authority", ["merton", "sandwell"])
def test_the_oracle_alone_reproduces_what_was_published(authority: str) -> None:
    known = _published(authority)
    entries = [entry for entry in expected(authority) if entry["table"] in EVERY]
    assert [told for entry in entries for told in _missed(entry, known)] == []
