"""Whole reports of two councils: every table of the catalogue, over the facts of their histories."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reporting_api.report_document import Report, ReportTable, Section
from reporting_api.tables.answer import Answer
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.table import Table
from tests.caseloads import profile
from tests.report_tables import AS_OF, Answers, asking, facts_of_caseload, scope
from tests.reporting_api.rendering.sample import KNOWN_AT


@pytest.fixture(scope="module", params=["merton", "sandwell"])
async def whole_report(request: pytest.FixtureRequest, reporting_database_url: str) -> Report:
    """A council's report that shows every column of every table, in one section for each ten tables."""
    name = request.param
    async with asking(reporting_database_url, facts_of_caseload(name), profile(name), name) as answers:
        tables = [await _table(answers, table) for table in CATALOGUE.values()]
    sections = [
        Section(f"part-{start}", f"Tables from {start + 1}", tuple(tables[start : start + 10]))
        for start in range(0, len(tables), 10)
    ]
    return _report(name, tuple(sections))


async def _table(answers: Answers, table: Table) -> ReportTable:
    asked = scope(answers.authority, answers.profile)
    rows = await answers.table(table.id)
    columns = table.shown()
    keys = tuple(column["key"] for column in columns)
    return ReportTable(
        answer=Answer(table, asked, rows, KNOWN_AT, 593),
        columns=keys,
        labels=tuple(column["label"] for column in columns),
        cells=tuple(tuple(_printed(row.get(key)) for key in keys) for row in rows),
        numeric=tuple(column["type"] in ("integer", "percent", "number", "money") for column in columns),
        totals=frozenset(place for place, row in enumerate(rows) if "total" in row.values()),
    )


def _printed(value: Any) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _report(authority: str, sections: tuple[Section, ...]) -> Report:
    return Report(
        title=f"Every table of {authority.title()}",
        authority=authority,
        authority_name=authority.title(),
        year="2022-23",
        period=(date(2022, 4, 1), date(2023, 3, 31)),
        procedure="children_statutory",
        as_of=AS_OF,
        known_at=KNOWN_AT,
        position=593,
        complete=True,
        last_event_on=None,
        public=False,
        sections=sections,
    )
