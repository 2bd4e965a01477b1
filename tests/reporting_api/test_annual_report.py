"""The annual report: composed from its own tables and from nothing else, whatever happened."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reporting_api.annual_report import Wanted, asked, compose, published, report_of
from reporting_api.database import Engine, make_engine
from reporting_api.narrative import set_narrative
from reporting_api.projector import Projector
from reporting_api.rendering.json_file import json_of
from reporting_api.report_document import SUPPRESSED, Narrative, Report
from reporting_api.sections import PARTS, TABLES
from reporting_api.sections.notes import ENTRIES
from reporting_api.sections.setting import Setting
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.periods import Span, year_named
from reporting_api.view import Seen, facts_seen
from tests.caseloads import event, profile, recorded_streams
from tests.feed_app import Log, complaints_service
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import AUTHORITY
from tests.oracle.comparing import asked as recorded
from tests.oracle.histories import history
from tests.oracle.numbers import PROCEDURES, Known
from tests.oracle.story import TODAY
from tests.reporting_api.reports_told import (
    check_charts,
    check_key_figures,
    check_texts,
    key_figures,
    paragraphs,
    text_of,
)

KNOWN_AT: Final = datetime(2027, 1, 1, tzinfo=UTC)
AS_OF: Final = date(2026, 11, 20)
YEAR: Final = year_named("2022-23")
HALF: Final = Span("2022-23", date(2022, 4, 1), date(2022, 9, 30))


def wanted(authority: str = "merton", year: str = "2022-23", **given: Any) -> Wanted:
    named = year_named(year)
    asked_for = Wanted(authority, (named, named), "children_statutory", as_of=AS_OF, known_at=KNOWN_AT)
    return replace(asked_for, **given)


async def projected(url: str, log: Log) -> Engine:
    engine = make_engine(url)
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()
    return engine


@pytest.fixture(scope="module")
async def engine(reporting_database_url: str) -> AsyncIterator[Engine]:
    """Both published years."""
    log = Log()
    for authority in ("merton", "sandwell"):
        log.tell_streams(recorded_streams(authority))
    made = await projected(reporting_database_url, log)
    yield made
    await made.dispose()


async def composed(engine: Engine, of: Wanted) -> Report:
    """The report, once all that it tells has been looked up in its tables."""
    async with facts_seen(engine, of.authority, of.as_of, of.known_at) as seen:
        setting = await asked(seen, of, KNOWN_AT)
    return check(published(setting) if of.public else setting, seen.position)


def check(setting: Setting, position: int = 0) -> Report:
    """The report composed, all that it tells looked up."""
    report = report_of(setting, KNOWN_AT, position)
    check_texts(report, setting)
    check_key_figures(report, setting)
    check_charts(report, list(setting.answers.values()))
    return report


def test_every_table_stands_in_one_section() -> None:
    assert sorted(TABLES) == sorted(set(CATALOGUE) - {"benchmark"})
    assert len({part.id for part in PARTS}) == len(PARTS)


@pytest.mark.slow
@settings(max_examples=15, phases=[Phase.generate], deadline=None)  # a smaller seed is no smaller history
@given(
    seed=st.integers(1, 10**6),
    procedure=st.sampled_from((*PROCEDURES, "all")),
    as_of=st.sampled_from((TODAY, date(2023, 2, 10))),
    period=st.sampled_from((YEAR, HALF)),
)
async def test_every_number_told_is_the_cell_it_comes_from(
    seed: int, procedure: str, as_of: date, period: Span, fresh_reporting: str
) -> None:
    async with recorded(fresh_reporting, Known(history(seed, 40), VERSIONS, as_of)) as record:
        await record.connection.exec_driver_sql("SET search_path TO facts, public")
        seen = Seen(record.connection, 0, tuple(record.profiles))
        of = Wanted(AUTHORITY, (period, YEAR), procedure, as_of=as_of)
        setting = await asked(seen, of, KNOWN_AT)
    check(setting)
    check(published(setting))


@pytest.fixture(scope="module")
def fresh_reporting(reporting_database_url: str) -> str:
    """The shared database: what a random history puts there is rolled back."""
    return reporting_database_url


async def test_what_merton_published(engine: Engine) -> None:
    report = await composed(engine, wanted())
    assert report.title == "Children's social care complaints: annual report 2022-23"
    assert "12 of the 23 complaints decided at stage 1 were upheld or partly upheld (52.2%)." in text_of(
        report, "outcomes"
    )
    timeliness = text_of(report, "timeliness")
    assert (
        "3 of the 23 complaints answered at stage 1 were answered within 10 working days (13.0%)."
        in timeliness
    )
    assert "None of the 8 complaints answered at stage 2 was answered within 65 working days" in timeliness
    assert "1 of the 3 complaints investigated by the Ombudsman was upheld (33.3%)." in text_of(
        report, "ombudsman"
    )
    figures = key_figures(report)
    assert figures["Complaints received"].value == "25"
    assert figures["Complaints received"].change == "5 more than the year before (20, +25.0%)"
    upheld = figures["Upheld or partly upheld at stage 1"]
    assert (upheld.value, upheld.numerator, upheld.denominator) == ("52.2%", "12", "23")


async def test_what_sandwell_published(engine: Engine) -> None:
    report = await composed(engine, wanted("sandwell"))
    assert (
        "241 complaints were received in 2022-23, 36 more than the 205 of the year before (+17.6%)."
        in text_of(report, "volumes")
    )
    assert "155 of the 241 complaints decided at stage 1 were upheld or partly upheld (64.3%)." in text_of(
        report, "outcomes"
    )
    assert "25 people complained more than once and made 79 complaints" in text_of(report, "customer_groups")
    assert "15 of the 22 complaints made by children" in text_of(report, "children")
    assert "156 more than the 203 of the year before (+76.8%)" in text_of(report, "compliments")


async def test_the_parsed_sentence_agrees_with_the_table(engine: Engine) -> None:
    for authority in ("merton", "sandwell"):
        report = await composed(engine, wanted(authority))
        table = next(one for one in report.tables() if one.answer.table.id == "outcomes_by_team")
        told = re.search(
            r"(\d+) of the (\d+) complaints decided at stage 1 were upheld or partly upheld \(([\d.]+)%\)",
            text_of(report, "outcomes"),
        )
        row = next(row for row in table.answer.rows if (row["stage"], row["team"]) == (1, "total"))
        assert told is not None
        assert (int(told[1]), int(told[2])) == (row["upheld_or_partial"], row["decided"])
        assert float(told[3]) == round(100 * int(told[1]) / int(told[2]), 1)


@pytest.mark.parametrize("procedure", ["children_statutory", "corporate_code", "non_statutory", "all"])
@pytest.mark.parametrize("authority", ["merton", "sandwell"])
async def test_both_published_councils_by_every_procedure(
    engine: Engine, authority: str, procedure: str
) -> None:
    report = await composed(engine, wanted(authority, procedure=procedure))
    assert [section.id for section in report.sections] == [part.id for part in PARTS]
    assert report.complete


async def test_what_the_public_sees_tells_no_small_figure(engine: Engine) -> None:
    report = await composed(engine, wanted(public=True))
    assert report == await compose(engine, wanted(public=True))
    shown = {table.answer.table.id for table in report.tables()}
    assert shown == set(TABLES) - {"stage2_register", "lgsco_remedies"}
    assert key_figures(report)["Requests for stage 3"].value == SUPPRESSED
    assert key_figures(report)["Complaints received"].value == "25"
    assert "upheld" not in text_of(report, "ombudsman").split("These are")[0]
    assert "[c] stands in their place" in text_of(report, "data_notes")
    assert "has not entered its own review" not in text_of(report, "effectiveness")
    small = {str(number) for number in range(1, 6)}
    outcomes = next(table for table in report.tables() if table.answer.table.id == "outcomes_by_team")
    counts = [cell for row in outcomes.cells for cell in row[2:-1]]
    assert SUPPRESSED in counts
    assert not small & set(counts)
    assert outcomes.note is not None
    assert SUPPRESSED in outcomes.note


async def test_half_a_year_tells_nothing_of_the_whole_one(engine: Engine) -> None:
    report = await composed(engine, wanted(spans=(HALF, YEAR)))
    assert report.title == "Children's social care complaints: report, 1 April 2022 to 30 September 2022"
    assert report.period == (HALF.start, HALF.end)
    by_year = {name for name in TABLES if any(one.key == "year" for one in CATALOGUE[name].dimensions)}
    told = {source.table for one in paragraphs(report) for source in one.sources}
    assert not told & by_year
    received = key_figures(report)["Complaints received"]
    assert int(received.value) < 25
    assert "the same period a year before" in (received.change or "")


async def test_a_long_table_prints_only_rows_with_figures(engine: Engine) -> None:
    report = await composed(engine, wanted())
    table = next(one for one in report.tables() if one.answer.table.id == "lgsco_decisions_by_year")
    printed = [row for row in table.answer.rows if row["decided"] or row["decision"] == "total"]
    assert len(table.cells) == len(printed) < len(table.answer.rows) == 115
    assert [row[-1] for row in table.cells] == [str(row["decided"]) for row in printed]
    assert table.totals == {number for number, row in enumerate(printed) if "total" in row.values()}
    assert (table.note or "").endswith("Rows in which every figure is 0 are left out.")


async def test_a_year_not_over(engine: Engine) -> None:
    report = await composed(engine, wanted(as_of=date(2022, 12, 31)))
    assert not report.complete
    assert report.last_event_on is not None
    assert date(2022, 12, 1) < report.last_event_on <= date(2022, 12, 31)
    assert "This year is not over: the figures are those of 31 December 2022." in text_of(
        report, "introduction"
    )
    assert all(figure.change is None for figure in key_figures(report).values())
    assert "than the" not in text_of(report, "volumes")


async def test_an_authority_without_complaints(fresh_reporting_url: str) -> None:
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"))
    engine = await projected(fresh_reporting_url, log)
    report = await composed(engine, wanted())
    await engine.dispose()
    assert report.last_event_on is None
    assert "No complaints were received in 2022-23" in text_of(report, "volumes")
    assert "No complaints were decided at stage 1 in this year." in text_of(report, "outcomes")
    assert "%" not in text_of(report, "outcomes") + text_of(report, "timeliness")
    assert key_figures(report)["Upheld or partly upheld at stage 1"].value == "not applicable"
    assert all(
        table.cells or not table.answer.table.dimensions for table in report.tables() if _listed(table)
    )


def _listed(table: Any) -> bool:
    return table.answer.table.id not in {"complaint_rate", "complaint_rate_by_team"}


async def test_as_known_before_a_correction(fresh_reporting_url: str) -> None:
    log = Log()
    log.append("merton", "authority", "merton", profile("merton"), datetime(2022, 4, 1, 9, tzinfo=UTC))
    issues = [{"no": 1, "theme": "other_reason"}]
    received = event("received", "2022-04-04", method="email", procedure="children_statutory", issues=issues)
    log.append("merton", "complaint", "MER-1", received, datetime(2022, 4, 4, 9, tzinfo=UTC))
    log.append("merton", "complaint", "MER-2", received, datetime(2023, 6, 1, 9, tzinfo=UTC))
    engine = await projected(fresh_reporting_url, log)
    then = await composed(engine, wanted(known_at=datetime(2023, 5, 1, tzinfo=UTC)))
    now = await composed(engine, wanted())
    await engine.dispose()
    assert key_figures(then)["Complaints received"].value == "1"
    assert key_figures(now)["Complaints received"].value == "2"
    assert "The only event dated in this year was not recorded after its last day." in text_of(
        then, "data_notes"
    )
    assert "1 of the 2 events dated in this year was recorded after its last day." in text_of(
        now, "data_notes"
    )


async def test_the_councils_own_words(engine: Engine) -> None:
    place = ("sandwell", "2022-23", "effectiveness")
    before = await composed(engine, wanted("sandwell"))
    assert "has not entered its own review" in text_of(before, "effectiveness")
    await set_narrative(engine, place, "It *worked*.", "a manager")
    report = await composed(engine, wanted("sandwell", known_at=datetime.now(UTC)))
    narratives = [block for one in report.sections for block in one.blocks if isinstance(block, Narrative)]
    assert narratives == [Narrative("effectiveness", "It *worked*.")]
    assert "has not entered its own review" not in text_of(report, "effectiveness")
    then = await composed(engine, wanted("sandwell", known_at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
    assert not [block for one in then.sections for block in one.blocks if isinstance(block, Narrative)]


async def test_versions_of_the_councils_words(engine: Engine) -> None:
    place = ("merton", "2021-22", "introduction")
    first = await set_narrative(engine, place, "One.", "a")
    again = await set_narrative(engine, place, "One.", "b")
    second = await set_narrative(engine, place, "Two.", "b")
    assert (first.version, again, second.version) == (1, first, 2)
    emptied = await set_narrative(engine, place, "", "b")
    assert emptied.version == 3
    report = await compose(engine, wanted(year="2021-22", known_at=datetime.now(UTC)))
    assert not [block for one in report.sections for block in one.blocks if isinstance(block, Narrative)]


_PRINT: Final = """
import asyncio, sys
from datetime import UTC, date, datetime
from reporting_api.annual_report import Wanted, compose
from reporting_api.database import make_engine
from reporting_api.rendering.json_file import json_of
from reporting_api.tables.periods import year_named
async def main():
    engine, year = make_engine(sys.argv[1]), year_named("2022-23")
    of = Wanted("merton", (year, year), "all", date(2026, 11, 20), datetime(2027, 1, 1, tzinfo=UTC))
    sys.stdout.buffer.write(json_of(await compose(engine, of)))
    await engine.dispose()
asyncio.run(main())
"""


def printed_elsewhere(url: str, **environment: str) -> bytes:
    """The report of another process."""
    command = [sys.executable, "-c", _PRINT, url]
    given = {**os.environ, "LC_ALL": "C", **environment}
    return subprocess.run(command, env=given, capture_output=True, check=True).stdout


async def test_the_same_bytes_by_every_hash_seed_and_time_zone(
    engine: Engine, reporting_database_url: str
) -> None:
    there = wanted(procedure="all")
    expected = hashlib.sha256(json_of(await compose(engine, there))).hexdigest()
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/Los_Angeles")):
        printed = printed_elsewhere(reporting_database_url, PYTHONHASHSEED=seed, TZ=zone)
        assert hashlib.sha256(printed).hexdigest() == expected


async def test_figures_about_entries_are_told_as_such(engine: Engine) -> None:
    report = await composed(engine, wanted())
    notes = next(one for one in paragraphs(report) if any(s.table == ENTRIES for s in one.sources))
    assert [source.shown for source in notes.sources] == ["all", "319", "no"]
