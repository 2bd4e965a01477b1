"""`reporting query`: answers agree with the report tables and the facts, and small figures stay hidden."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from reporting_api.api import query, tables
from reporting_api.asking import Inquiry, ask, catalogue
from reporting_api.database import Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.report_document import SUPPRESSED
from reporting_api.security import Caller
from reporting_api.tables.measures import GROUPINGS, MEASURES, groupings_of
from service_conventions.problems import Problem, use_problem_documents
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service

YEAR = {"first": date(2022, 4, 1), "last": date(2023, 3, 31)}
LONG = {"first": date(2018, 4, 1), "last": date(2024, 3, 31)}
IN_URL = {"from": "2022-04-01", "to": "2023-03-31"}


class AnyKey:
    """Whoever asks may read every authority's reports."""

    async def caller(self, _key: str) -> Caller:
        return Caller(None, "service")


@pytest.fixture(scope="module")
async def engine(reporting_database_url: str) -> AsyncIterator[Engine]:
    made = make_engine(reporting_database_url)
    log = Log()
    for authority in ("merton", "sandwell"):
        log.tell_streams(recorded_streams(authority))
    async with complaints_service(log) as feed:
        await Projector(made, feed).catch_up()
    yield made
    await made.dispose()


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(query.router)
    app.include_router(tables.router)
    app.state.engine, app.state.keys = engine, AnyKey()
    transport, headers = httpx.ASGITransport(app), {"Authorization": "Bearer key"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client


async def answered(engine: Engine, authority: str, **inquiry: Any) -> dict[tuple[Any, ...], Any]:
    """The figures by the values of the groupings."""
    reply = await ask(engine, authority, Inquiry(**inquiry))
    by, rows = inquiry.get("by", ()), reply.answer.rows
    found = {tuple(row[name] for name in by): row[inquiry["measure"]] for row in rows}
    assert len(found) == len(rows)
    return found


async def table(engine: Engine, authority: str, name: str) -> list[dict[str, Any]]:
    url = f"/v1/reports/{authority}/2022-23/tables/{name}"
    async with service(engine) as client:
        answer = await client.get(url, params={"procedure": "children_statutory"})
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


STATUTORY = {"where": ("procedure=children_statutory",)}


@pytest.mark.parametrize("authority", ["merton", "sandwell"])
@pytest.mark.parametrize(
    ("measure", "by", "name", "column"),
    [
        ("complaints_received", ("team",), "received_by_team", "received"),
        ("complaints_received", ("category",), "complainant_categories", "received"),
        ("complaints_received", ("method",), "methods", "received"),
        ("answers_sent", ("stage", "team"), "stage_counts_by_team", "completed"),
        ("issues_decided", ("type",), "issues_by_type", "issues"),
        ("compliments_received", ("team",), "compliments_by_team", "received"),
        ("breaches", ("rule",), "conformity", "complaints"),
    ],
)
async def test_answers_agree_with_the_report_tables(
    engine: Engine, authority: str, measure: str, by: tuple[str, ...], name: str, column: str
) -> None:
    where = STATUTORY if "procedure" in MEASURES[measure].columns else {}
    found = await answered(engine, authority, measure=measure, by=by, **YEAR, **where)
    printed = {
        tuple(str(row[key]) for key in by): row[column] for row in await table(engine, authority, name)
    }
    assert {key: number for key, number in found.items() if "total" not in key and number} == {
        key: number for key, number in printed.items() if "total" not in key and number
    }


async def test_answers_agree_with_a_count_of_the_facts(engine: Engine) -> None:
    by = ("team", "year", "category")
    found = await answered(engine, "sandwell", measure="complaints_received", by=by, **LONG)
    async with engine.connect() as connection:
        query = "SELECT * FROM facts.complaint WHERE authority = 'sandwell' AND population = 'complaint'"
        rows = [dict(row) for row in (await connection.execute(sa.text(query))).mappings()]
    expected = Counter[tuple[str, ...]]()
    for row in rows:
        day = row["received_on"]
        if LONG["first"] <= day <= LONG["last"]:
            first = day.year - (day < date(day.year, 4, 1))
            key = (row["team"], f"{first}-{(first + 1) % 100:02}", row["category"])
            for size in range(4):
                for hidden in combinations(range(3), size):
                    expected[tuple("total" if no in hidden else value for no, value in enumerate(key))] += 1
    assert {key: number for key, number in found.items() if number} == expected
    assert expected["total", "total", "total"] > 100


@pytest.mark.parametrize("measure", list(MEASURES))
async def test_every_measure_answers_by_each_of_its_groupings_and_adds_up(
    engine: Engine, measure: str
) -> None:
    total = (await answered(engine, "merton", measure=measure, **LONG))[()]
    for name in groupings_of(MEASURES[measure]):
        found = await answered(engine, "merton", measure=measure, by=(name,), **LONG)
        assert found.pop(("total",)) == total == sum(found.values()), name
        values = GROUPINGS[name].values
        assert not values or {key for (key,) in found} <= {*values}, name


async def test_narrowing_keeps_to_the_values_named(engine: Engine) -> None:
    whole = await answered(engine, "merton", measure="complaints_received", by=("team", "year"), **LONG)
    teams = [team for team, year in whole if year == "total" and team != "total"][:2]
    where = tuple(f"team={team}" for team in teams)
    found = await answered(
        engine, "merton", measure="complaints_received", by=("team", "year"), where=where, **LONG
    )
    assert {team for team, _ in found} == {*teams, "total"}
    for key, number in found.items():
        assert key[0] == "total" or number == whole[key]
    assert found["total", "total"] == sum(whole[team, "total"] for team in teams)


async def test_years_and_quarters_in_which_nothing_happened_are_there(engine: Engine) -> None:
    spans = {"first": date(2000, 4, 1), "last": date(2001, 6, 30)}
    years = await answered(engine, "merton", measure="complaints_received", by=("year",), **spans)
    assert years == {("2000-01",): 0, ("2001-02",): 0, ("total",): 0}
    quarters = await answered(engine, "merton", measure="complaints_received", by=("quarter",), **spans)
    assert [*quarters][-2:] == [("2001-02 Q1",), ("total",)]


async def test_quarters_are_named_alike_with_and_without_complaints(engine: Engine) -> None:
    found = await answered(engine, "merton", measure="complaints_received", by=("quarter",), **YEAR)
    assert [*found] == [*((f"2022-23 Q{number}",) for number in (1, 2, 3, 4)), ("total",)]
    assert found["total",] == 25
    rows = {row["quarter"]: row["received"] for row in await table(engine, "merton", "timeliness_by_quarter")}
    for number in (1, 2, 3, 4):
        assert found[f"2022-23 Q{number}",] >= rows[f"Q{number}"]


@pytest.mark.parametrize("by", [(), ("team",), ("category", "stage"), ("year", "team")])
async def test_small_figures_are_withheld_and_cannot_be_subtracted(
    engine: Engine, by: tuple[str, ...]
) -> None:
    inquiry: dict[str, Any] = {"measure": "answers_sent", "by": by, **YEAR}
    exact = await answered(engine, "merton", **inquiry)
    public = await answered(engine, "merton", suppress=True, **inquiry)
    assert [*public] == [*exact]
    hidden = {key for key, number in public.items() if number == SUPPRESSED}
    assert {key for key, number in exact.items() if 1 <= number <= 5} <= hidden
    assert all(public[key] == exact[key] for key in exact.keys() - hidden)
    assert by in [(), ("team",)] or hidden
    for place in range(len(by)):
        for line in {(*key[:place], "*", *key[place + 1 :]) for key in hidden}:
            together = [key for key in hidden if (*key[:place], "*", *key[place + 1 :]) == line]
            assert len(together) != 1, "a single hidden figure of a sum is told by the others"


async def test_what_is_withheld_is_said(engine: Engine) -> None:
    days = (YEAR["first"], YEAR["last"])
    inquiry = Inquiry(measure="answers_sent", by=("team",), suppress=True, first=days[0], last=days[1])
    reply = await ask(engine, "merton", inquiry)
    assert reply.note is not None
    assert SUPPRESSED in reply.note
    assert reply.document()["note"] == reply.note


@pytest.mark.parametrize(
    ("inquiry", "field", "says"),
    [
        ({"measure": "secrets"}, "measure", "complaints_received"),
        ({"by": ("complainant",)}, "by", "point_of_receipt"),
        ({"by": ("team", "team")}, "by", "each once"),
        ({"by": ("team", "theme", "year", "category")}, "by", "at most 3"),
        ({"where": ("reference=MER-1",)}, "where", "point_of_receipt"),
        ({"where": ("team",)}, "where", "grouping=value"),
        ({"where": ("team=",)}, "where", "grouping=value"),
        ({"where": ("provider=\0",)}, "where", "grouping=value"),
        ({"where": ("team=' OR 1=1",)}, "where", "mash_cp"),
        ({"where": ("category=fathers",)}, "where", "child_looked_after"),
        ({"where": ("young=maybe",)}, "where", "true, false"),
        ({"first": date(1900, 1, 1)}, "from", "2000-04-01"),
        ({"last": date(9999, 12, 31)}, "to", "2035-03-31"),
        ({"first": date(2023, 4, 1), "last": date(2022, 4, 1)}, "to", "first day"),
    ],
)
async def test_what_there_is_not_is_answered_with_what_there_is(
    engine: Engine, inquiry: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(Problem) as problem:
        await ask(engine, "merton", Inquiry(**{"measure": "complaints_received", **inquiry}))
    (breach,) = problem.value.errors
    assert breach.field == field
    assert says in breach.message


async def test_over_http(engine: Engine) -> None:
    asked = {**IN_URL, "measure": "complaints_received", "by": ["team", "year"]}
    async with service(engine) as client:
        answer = await client.get(
            "/v1/query/merton", params={**asked, "where": "procedure=children_statutory"}
        )
        as_csv = await client.get("/v1/query/merton", params={**asked, "format": "csv"})
        listed = await client.get("/v1/query/merton/catalogue")
        wrong = await client.get("/v1/query/merton", params={"measure": "x"})
        unheard = await client.get("/v1/query/merton", params={"sql": "SELECT 1"})
    document = answer.json()
    assert document["where"] == {"procedure": ["children_statutory"]}
    assert document["period"] == IN_URL
    assert [one["key"] for one in document["columns"]] == [
        "team",
        "team_label",
        "year",
        "complaints_received",
    ]
    assert document["rows"][-1] == {
        "team": "total",
        "team_label": "Total",
        "year": "total",
        "complaints_received": 25,
    }
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert rows[-1]["complaints_received"] == "25"
    assert [one["name"] for one in listed.json()["measures"]] == [*MEASURES]
    assert (wrong.status_code, unheard.status_code) == (422, 422)


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    reporting = Path(sys.executable).with_name("python")
    code = "from reporting_api.cli import main; main()"
    return subprocess.run(
        [reporting, "-c", code, "query", *arguments],
        env={"REPORTING_DATABASE_URL": url, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("engine")
def test_on_the_command_line(reporting_database_url: str) -> None:
    asked = ("--authority", "merton", "--measure", "complaints_received", "--by", "year")
    days = ("--from", "2022-04-01", "--to", "2023-03-31")
    done = command(reporting_database_url, *asked, *days)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"][-1] == {"year": "total", "complaints_received": 25}
    done = command(reporting_database_url, *asked, *days, "--format", "csv", "--suppress")
    assert done.stdout.splitlines()[-1] == "total,25"
    done = command(reporting_database_url, *asked, "--from", "yesterday")
    assert (done.returncode, done.stdout) == (1, "")
    assert "YYYY-MM-DD" in done.stderr
    done = command(reporting_database_url, "--authority", "merton", "--measure", "x")
    assert done.returncode == 1
    assert "complaints_received" in done.stderr
    done = command("", "--list")
    assert json.loads(done.stdout) == catalogue()
