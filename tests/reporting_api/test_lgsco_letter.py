"""The Ombudsman's annual letter, entered and compared: over HTTP, in the report and on the command line."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from reporting_api.annual_report import Wanted, compose
from reporting_api.api import lgsco_letter
from reporting_api.cli import cli
from reporting_api.database import Engine, make_engine, ombudsman
from reporting_api.database.ombudsman import Version
from reporting_api.ombudsman_letter import FIGURES, Compared, Letter, set_letter
from reporting_api.ombudsman_timeline import Remedy, Timeline, remedies
from reporting_api.projector import Projector
from reporting_api.publishing import Order, publish
from reporting_api.security import Caller
from reporting_api.settings import settings
from reporting_api.tables.periods import year_named
from service_conventions.problems import use_problem_documents
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service
from tests.reporting_api.reports_told import text_of

LETTER = "/v1/reports/merton/2022-23/lgsco-letter"
YEAR = year_named("2022-23")

AGREEING = {
    "received": 10,
    "decided": 10,
    "not_for_us": 3,
    "assessed_and_closed": 4,
    "investigated": 3,
    "upheld": 1,
    "uphold_rate_pct": 33,
    "compliance_recorded": 3,
    "compliant": 2,
    "compliance_pct": 66.7,
}


class Keys:
    """A key is named after its role; `other` is another authority's manager."""

    async def caller(self, key: str) -> Caller | None:
        if key == "other":
            return Caller("other", "manager")
        return Caller("merton", key, f"the {key}") if key != "nobody" else None


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    use_problem_documents(app)
    app.include_router(lgsco_letter.router)
    app.state.engine, app.state.keys = engine, Keys()
    transport, headers = httpx.ASGITransport(app), {"Authorization": "Bearer manager"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reports", headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
async def engine(reporting_database_url: str) -> AsyncIterator[Engine]:
    made, log = make_engine(reporting_database_url), Log()
    log.tell_streams(recorded_streams("merton"))
    async with complaints_service(log) as feed:
        await Projector(made, feed).catch_up()
    yield made
    await made.dispose()


@pytest.fixture
async def merton(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    async with service(engine) as client:
        yield client


async def put(client: httpx.AsyncClient, figures: dict[str, Any], year: str = "2022-23") -> dict[str, Any]:
    answer = await client.put(f"/v1/reports/merton/{year}/lgsco-letter", json=figures)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_before_a_letter_there_are_the_councils_figures(merton: httpx.AsyncClient) -> None:
    document = (await merton.get("/v1/reports/merton/2021-22/lgsco-letter")).json()
    assert (document["entered"], document["agrees"], document["differences"]) == (None, None, [])
    figures = {one["figure"]: one for one in document["figures"]}
    assert list(figures) == [figure.key for figure in FIGURES]
    assert figures["received"]["council"] == 15


@pytest.mark.usefixtures("no_letter")
async def test_a_letter_that_agrees(merton: httpx.AsyncClient) -> None:
    document = await put(merton, AGREEING)
    assert (document["agrees"], document["differences"]) == (True, []), document["differences"]
    entered = document["entered"]
    assert (entered["version"], entered["set_by"]) == (1, "the manager")
    assert {key: value for key, value in entered["figures"].items() if value is not None} == {
        **AGREEING,
        "procedure": "children_statutory",
    }
    assert (await merton.get(LETTER)).json() == document
    assert (await put(merton, AGREEING))["entered"]["version"] == 1


async def test_every_count_is_that_of_the_complaints_behind_it(merton: httpx.AsyncClient) -> None:
    for year in ("2018-19", "2019-20", "2020-21", "2021-22", "2022-23"):
        document = (await merton.get(f"/v1/reports/merton/{year}/lgsco-letter")).json()
        for one in document["figures"]:
            if not one["figure"].endswith("_pct"):
                assert one["council"] == len(one["complaints"]), (year, one["figure"])


async def test_differences_come_with_the_complaints_behind_them(merton: httpx.AsyncClient) -> None:
    document = await put(merton, {**AGREEING, "upheld": 2, "uphold_rate_pct": 67})
    assert document["agrees"] is False
    differing = {one["figure"]: one for one in document["differences"]}
    assert list(differing) == ["upheld", "uphold_rate_pct"]
    assert (differing["upheld"]["letter"], differing["upheld"]["council"]) == (2, 1)
    assert (differing["uphold_rate_pct"]["letter"], differing["uphold_rate_pct"]["council"]) == (67, 33.3)
    assert len(differing["upheld"]["complaints"]) == 1
    assert len(differing["uphold_rate_pct"]["complaints"]) == 3
    counted = differing["upheld"]["complaints"][0]
    course = next(one for one in document["timelines"] if one["reference"] == counted["reference"])
    ruling = {"lgsco_ref": counted["counted"], "decided_on": counted["on"], "decision": "upheld"}
    assert (
        ruling.items() <= next(one for one in course["rulings"] if one["decided_on"] == counted["on"]).items()
    )
    assert counted["counted"] in [one["lgsco_ref"] for one in course["referrals"]]
    assert course["stages"][0]["stage"] == 1
    named = {each["reference"] for one in document["figures"] for each in one["complaints"]}
    named |= {each["reference"] for listed in document["remedies"].values() for each in listed}
    assert {one["reference"] for one in document["timelines"]} == named


async def test_earlier_versions_are_kept(merton: httpx.AsyncClient, engine: Engine) -> None:
    first = Version(1, {"received": 7}, datetime(2020, 7, 20, tzinfo=UTC), "somebody")
    async with engine.begin() as connection:
        assert await ombudsman.add_letter(connection, "merton", "2019-20", first)
        assert not await ombudsman.add_letter(connection, "merton", "2019-20", first)
    document = await put(merton, {"received": 8}, "2019-20")
    assert (document["entered"]["version"], document["entered"]["figures"]["received"]) == (2, 8)
    async with engine.connect() as connection:
        before = datetime(2020, 7, 19, tzinfo=UTC)
        assert await ombudsman.letter_of(connection, "merton", "2019-20", before) is None
        assert await ombudsman.letter_of(connection, "merton", "2019-20", first.set_at) == first


async def test_remedies_due_late_and_outstanding(merton: httpx.AsyncClient) -> None:
    found = (await merton.get(LETTER)).json()["remedies"]
    assert {state: sorted(one["remedy"] for one in listed) for state, listed in found.items()} == {
        "due": ["20010409", "22000100"],
        "late": ["21010242", "22000100"],
        "outstanding": [],
        "overdue": [],
    }
    before = (await merton.get("/v1/reports/merton/2021-22/lgsco-letter")).json()["remedies"]
    assert [one["remedy"] for one in before["due"]] == ["21010242"]
    assert "21010242" in [one["remedy"] for one in before["overdue"]]
    early = (await merton.get(LETTER, params={"as_of": "2022-05-20"})).json()["remedies"]
    assert [one["remedy"] for one in early["overdue"]] == ["22000100"]
    assert {one["remedy"] for one in early["outstanding"]} == {"20010409", "22000100"}


def remedy(**changed: Any) -> Timeline:
    given = {
        "remedy": "R",
        "lgsco_ref": None,
        "types": ["apology"],
        "agreed_on": date(2022, 5, 1),
        "due_on": date(2022, 6, 1),
        "achieved_on": None,
        "status": "pending",
        "verdict": None,
        "verdict_on": None,
    }
    made = Remedy.model_validate({**given, **changed})
    return Timeline(reference="C", received_on=None, stages=[], referrals=[], rulings=[], remedies=[made])


@pytest.mark.parametrize(
    ("changed", "states"),
    [
        ({"achieved_on": date(2022, 6, 1)}, {"due"}),
        ({"achieved_on": date(2022, 6, 2)}, {"due", "late"}),
        ({"achieved_on": date(2023, 4, 1)}, {"due", "outstanding", "overdue"}),
        ({}, {"due", "outstanding", "overdue"}),
        ({"due_on": None}, {"outstanding"}),
        ({"due_on": date(2023, 3, 31)}, {"due", "outstanding"}),
        ({"agreed_on": date(2023, 4, 1), "due_on": date(2023, 4, 9)}, set()),
        ({"verdict": "complete_satisfied", "verdict_on": date(2022, 5, 30)}, {"due"}),
        ({"verdict": "completed_late", "verdict_on": date(2022, 6, 30)}, {"due", "late"}),
        (
            {"verdict": "not_complete_not_satisfied", "verdict_on": date(2022, 7, 1)},
            {"due", "outstanding", "overdue"},
        ),
    ],
)
def test_the_states_of_a_remedy(changed: dict[str, Any], states: set[str]) -> None:
    every = ("due", "late", "outstanding", "overdue")
    assert {state for state in every if remedies(state, [remedy(**changed)], YEAR)} == states


@pytest.mark.parametrize(
    ("letter", "council", "agrees"),
    [
        (Decimal(79), Decimal(3100) / 39, True),
        (Decimal("79.5"), Decimal(3100) / 39, True),
        (Decimal("79.4"), Decimal(3100) / 39, False),
        (Decimal(50), Decimal(99) / 2, True),  # half away from zero
        (Decimal(49), Decimal("49.46"), True),  # rounded once: not 49.5 and then 50
        (Decimal(0), None, False),
        (0, 0, True),
        (None, 3, None),
    ],
)
def test_a_percentage_agrees_as_exactly_as_the_letter_gives_it(
    letter: int | Decimal | None, council: int | Decimal | None, agrees: bool | None
) -> None:
    assert Compared(FIGURES[0], letter, council).agrees is agrees


def test_the_councils_percentage_is_rounded_once_half_away_from_zero() -> None:
    assert Compared(FIGURES[0], None, Decimal(100) / 16).rounded == Decimal("6.3")
    assert Compared(FIGURES[0], None, None).rounded is None


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({}, "body", "no_figure"),
        ({"upheld": 4, "investigated": 3}, "upheld", "part_of"),
        ({"compliant": 4, "compliance_recorded": 3}, "compliant", "part_of"),
        ({**AGREEING, "decided": 11}, "investigated", "groups"),
        ({"uphold_rate_pct": 100.1}, "uphold_rate_pct", "less_than_equal"),
        ({"uphold_rate_pct": 33.33}, "uphold_rate_pct", "decimal_max_places"),
        ({"received": -1}, "received", "greater_than_equal"),
        ({"received": "ten"}, "received", "int_type"),
        ({"received": True}, "received", "int_type"),
        ({"complaints": 1, "received": 1}, "complaints", "extra_forbidden"),
        ({"procedure": "made_up", "received": 1}, "procedure", "literal_error"),
    ],
)
async def test_wrong_figures_change_nothing(
    merton: httpx.AsyncClient, body: dict[str, Any], field: str, rule: str
) -> None:
    before = (await merton.get(LETTER)).json()
    answer = await merton.put(LETTER, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (field, rule) in [(one["field"], one["rule"]) for one in answer.json()["errors"]], answer.text
    assert (await merton.get(LETTER)).json() == before


async def test_who_may_enter_and_read_it(merton: httpx.AsyncClient) -> None:
    def bearer(key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    for role in ("auditor", "reporting", "service"):
        refused = await merton.put(LETTER, json=AGREEING, headers=bearer(role))
        assert (refused.status_code, refused.json()["detail"].split(": ")[1]) == (403, "manager.")
        assert (await merton.get(LETTER, headers=bearer(role))).status_code == 200
    for method in ("GET", "PUT"):
        for key, status in (("other", 404), ("nobody", 401), ("caseworker", 403)):
            answer = await merton.request(method, LETTER, headers=bearer(key), json=AGREEING)
            assert answer.status_code == status
    wrong = await merton.get("/v1/reports/merton/2022-24/lgsco-letter")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "year")


async def said(engine: Engine, **changed: Any) -> str:
    wanted = replace(Wanted("merton", (YEAR, YEAR), "children_statutory", date(2026, 11, 20)), **changed)
    return text_of(await compose(engine, wanted), "ombudsman")


@pytest.fixture
async def no_letter(engine: Engine) -> None:
    """As if no letter had been entered."""
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM lgsco_letter")


@pytest.mark.usefixtures("no_letter")
async def test_the_report_says_whether_it_agrees(engine: Engine) -> None:
    assert "have not been entered" in await said(engine)
    assert "letter" not in await said(engine, public=True)
    await set_letter(engine, ("merton", "2022-23"), Letter.model_validate(AGREEING), "somebody")
    assert "annual letter gives the same figures." in await said(engine)
    assert "are not compared here, because some are withheld" in await said(engine, public=True)
    assert "annual letter" not in await said(engine, procedure="all")
    half = (YEAR._replace(end=date(2022, 9, 30)), YEAR)
    assert "annual letter" not in await said(engine, spans=half)
    other = Letter.model_validate({**AGREEING, "upheld": 2, "received": 11})
    await set_letter(engine, ("merton", "2022-23"), other, "somebody")
    assert "other figures than the council's record: complaints received; complaints upheld." in await said(
        engine
    )


@pytest.mark.usefixtures("engine")
def test_on_the_command_line(
    reporting_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTING_DATABASE_URL", reporting_database_url)
    settings.cache_clear()
    file, place = tmp_path / "letter.json", ("--authority", "merton", "--year", "2020-21")

    def run(command: str, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["lgsco-letter", command, *place, *arguments])
        return result.exit_code, result.output

    assert "No letter was entered" in run("show")[1]
    file.write_text(json.dumps({"received": 99}), encoding="utf-8")
    assert run("set", str(file)) == (0, "2020-21: version 1.\n")
    code, output = run("show", "-o", str(tmp_path / "compared.json"))
    assert code == 0
    assert "complaints received: letter 99, council 1: DIFFERS" in output
    assert "MER-18-001" in output
    assert json.loads((tmp_path / "compared.json").read_text())["agrees"] is False
    file.write_text('{"received": "secret"}', encoding="utf-8")
    code, output = run("set", str(file))
    assert (code, "received" in output, "secret" in output) == (1, True, False)
    assert run("set", str(tmp_path / "none.json"))[0] == 1
    settings.cache_clear()


@pytest.mark.usefixtures("no_letter")
async def test_a_letter_makes_a_new_publication(engine: Engine) -> None:
    order = Order("merton", (YEAR, YEAR), "children_statutory", "somebody", ("json",))
    first, _ = await publish(engine, order)
    assert await publish(engine, order) == (first, False)
    await set_letter(engine, ("merton", "2022-23"), Letter.model_validate(AGREEING), "somebody")
    second, is_new = await publish(engine, order)
    assert (second.number, is_new) == (2, True)
