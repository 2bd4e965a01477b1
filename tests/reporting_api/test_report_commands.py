"""Reports and the council's own words on the command line."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from reporting_api.cli import cli
from reporting_api.database import make_engine
from reporting_api.projector import Projector
from reporting_api.rendering import RENDERERS
from reporting_api.sections import SLOTS
from reporting_api.settings import settings
from tests.caseloads import recorded_streams
from tests.feed_app import Log, complaints_service

MERTON = ("--authority", "merton", "--year", "2022-23")


async def fill(url: str) -> None:
    engine, log = make_engine(url), Log()
    log.tell_streams(recorded_streams("merton"))
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()
    await engine.dispose()


@pytest.fixture(scope="module")
def filled(reporting_database_url: str) -> str:
    """A database with Merton's year."""
    asyncio.run(fill(reporting_database_url))
    return reporting_database_url


@pytest.fixture
def database(filled: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The commands' setting of it."""
    monkeypatch.setenv("REPORTING_DATABASE_URL", filled)
    settings.cache_clear()
    yield filled
    settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.mark.parametrize("name", list(RENDERERS))
def test_a_report_in_every_format(database: str, tmp_path: Path, name: str) -> None:
    assert database
    file = tmp_path / "report"
    result = run("report", *MERTON, "--format", name, "-o", str(file))
    assert (result.exit_code, result.output) == (0, "")
    assert file.stat().st_size > 1000


def test_half_a_year_as_the_public_sees_it(database: str, tmp_path: Path) -> None:
    assert database
    file = tmp_path / "report.json"
    asked = ("--to", "2022-09-30", "--procedure", "all", "--as-of", "2026-11-20", "--public")
    result = run("report", *MERTON, *asked, "-o", str(file))
    assert result.exit_code == 0, result.output
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["period"] == {"from": "2022-04-01", "to": "2022-09-30"}
    assert (report["procedure"], report["as_of"], report["public"]) == ("all", "2026-11-20", True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--year", "2022-24"), "2000-01 to 2034-35"),
        (("--to", "2022-09-29"), "30 September"),
        (("--procedure", "made_up"), "corporate_local"),
        (("--format", "png"), "json, html, pdf"),
        (("--known-at", "yesterday"), "--known-at"),
        (("--authority", "nobody"), "Nothing is recorded of this authority."),
        (("-o", "/nowhere/report.json"), "cannot be written"),
    ],
)
def test_a_wrong_question(database: str, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    assert database
    file = tmp_path / "report.json"
    result = run("report", *MERTON, "-o", str(file), *arguments)
    assert result.exit_code == 1
    assert says in result.output
    assert not file.exists()


def test_the_councils_own_words(database: str, tmp_path: Path) -> None:
    assert database
    text = tmp_path / "words.md"
    text.write_text("It *worked*.", encoding="utf-8")
    assert run("narrative", "set", *MERTON, "learning", str(text)).output == "learning: version 1.\n"
    assert "learning: version 1, 12 characters" in run("narrative", "list", *MERTON).output
    text.write_text("<b>It worked.</b>", encoding="utf-8")
    refused = run("narrative", "set", *MERTON, "learning", str(text))
    assert refused.exit_code == 1
    assert "without HTML" in refused.output
    unknown = run("narrative", "set", *MERTON, "nothing", str(text))
    assert all(slot in unknown.output for slot in SLOTS)
    assert run("narrative", "set", *MERTON, "learning", str(tmp_path / "none.md")).exit_code == 1
    text.write_text("Nobody's.", encoding="utf-8")
    nobody = run("narrative", "set", "--authority", "nobody", "--year", "2022-23", "learning", str(text))
    assert (nobody.exit_code, nobody.output) == (1, "Nothing is recorded of this authority.\n")
