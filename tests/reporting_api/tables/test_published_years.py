"""The published figures of two councils, cell by cell, from the facts of their histories."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reporting_api.tables.catalogue import CATALOGUE
from tests.caseloads import expected, profile
from tests.report_tables import Answers, asking, facts_of_caseload, selected


@pytest.fixture(scope="module", params=["merton", "sandwell"])
async def council(request: pytest.FixtureRequest, reporting_database_url: str) -> AsyncIterator[Answers]:
    """A published year's history, in the facts."""
    name = request.param
    async with asking(reporting_database_url, facts_of_caseload(name), profile(name), name) as answers:
        yield answers


def entries(authority: str) -> list[dict[str, Any]]:
    """What the publication prints of the tables there are."""
    return [entry for entry in expected(authority) if entry["table"] in CATALOGUE]


def dimensions(entry: dict[str, Any]) -> set[str]:
    return {dimension.key for dimension in CATALOGUE[entry["table"]].dimensions}


NAMED_BY = frozenset({"remedy", "case", "procedure", "stage"})
"""What tells the rows of a register apart."""


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def differences(entry: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    keys = dimensions(entry)
    for wanted in entry["rows"]:
        row = _row(entry, rows, wanted)
        for key in wanted.keys() - keys:
            if plain(row[key]) != wanted[key]:
                yield f"{entry['table']} {entry['year']} {wanted}: {key} is {row[key]}"


def _row(entry: dict[str, Any], rows: list[dict[str, Any]], wanted: dict[str, Any]) -> dict[str, Any]:
    if CATALOGUE[entry["table"]].dimensions:
        place = {key: wanted[key] for key in wanted.keys() & dimensions(entry)}
        return selected(entry["table"], rows, place)
    named = wanted.keys() & NAMED_BY
    return next(row for row in rows if all(row[key] == wanted[key] for key in named))


async def test_every_published_cell_is_reproduced(council: Answers) -> None:
    found: list[str] = []
    for entry in entries(council.authority):
        rows = await council.table(entry["table"], entry["year"], procedure=entry["procedure"])
        found += differences(entry, rows)
    assert found == []


@pytest.mark.parametrize(("authority", "tables", "cells"), [("merton", 20, 422), ("sandwell", 23, 178)])
def test_how_much_is_compared(authority: str, tables: int, cells: int) -> None:
    compared = entries(authority)
    assert len({entry["table"] for entry in compared}) >= tables
    assert sum(len(row.keys() - dimensions(entry)) for entry in compared for row in entry["rows"]) >= cells


async def test_merton_has_the_three_printed_remedies_and_no_other(council: Answers) -> None:
    if council.authority == "merton":
        assert len(await council.table("lgsco_remedies")) == 3
