"""`complaints letters`: an authority sees, replaces and restores its own templates."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from complaints_api.cli import app
from complaints_api.letters.composing import TEMPLATES, built_in
from complaints_api.settings import settings
from tests.complaints_api.test_history_cli import MERTON, Shell

OF_MERTON = ("--authority", "merton")


Run = Callable[..., str]


@pytest.fixture(scope="module")
def shell(complaints_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The command line as a process of its own, with one authority."""
    made = Shell(complaints_database_url, tmp_path_factory.mktemp("keys"))
    made("migrate")
    made("authority", "apply", str(MERTON / "profile.json"), "--from", "2018-04-01")
    return made


@pytest.fixture
def run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The same command line within this process, which starts faster."""
    monkeypatch.setenv("DATABASE_URL", shell.url)
    settings.cache_clear()

    def invoke(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["letters", *words])
        assert done.exit_code == code, done.output
        return done.output

    yield invoke
    settings.cache_clear()


def whose(run: Run, name: str) -> str:
    rows = (line.split("\t") for line in run("list", *OF_MERTON).splitlines())
    return {row[0]: row[1] for row in rows}[name]


def test_every_template_is_listed_and_shown(run: Run, shell: Shell) -> None:
    assert shell("letters", "list", *OF_MERTON) == run("list", *OF_MERTON)
    listed = run("list", *OF_MERTON).splitlines()
    assert [line.split("\t")[:2] for line in listed] == [[name, "built in"] for name in TEMPLATES]
    assert run("show", *OF_MERTON, "extension") == built_in("extension")


def test_a_template_is_replaced_shown_and_restored(run: Run, tmp_path: Path) -> None:
    own = built_in("refusal").replace(
        "Thank you for writing to us.", "We are glad that you wrote: thank you."
    )
    file = tmp_path / "refusal.md"
    file.write_text(own, encoding="utf-8")
    assert run("replace", *OF_MERTON, "refusal", str(file)) == ("merton: refusal replaced, version 1\n")
    assert whose(run, "refusal").startswith("own, version 1 of 20")
    assert run("show", *OF_MERTON, "refusal") == own
    assert run("show", *OF_MERTON, "refusal", "--built-in") == built_in("refusal")
    assert run("restore", *OF_MERTON, "refusal") == "merton: refusal is the built-in one\n"
    assert whose(run, "refusal") == "built in"
    assert "version 3" in run("replace", *OF_MERTON, "refusal", str(file))
    run("restore", *OF_MERTON, "refusal")


def test_a_template_that_lacks_something_is_refused_with_every_requirement(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "extension.md"
    file.write_text("We need more time, until {{ extended_to }}.")
    printed = run("replace", *OF_MERTON, "extension", str(file), code=1).splitlines()
    assert [line.partition(" lacks ")[2].partition(":")[0] for line in printed] == [
        "paragraphs",
        "why_extended",
        "ombudsman",
    ]
    assert "SI 2006/1738 regs 14(5), 17(6)" in printed[1]
    file.write_text("{{ nobody }}")
    printed = run("replace", *OF_MERTON, "extension", str(file), code=1).splitlines()
    assert printed == ["refused: extension: there is no value of the name 'nobody'"]
    assert whose(run, "extension") == "built in"


def test_a_frame_is_tried_on_every_letter(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "frame.md"
    file.write_text("{{ name }}, {{ reference }}")
    printed = run("replace", *OF_MERTON, "frame", str(file), code=1)
    assert "adjudication lacks panel_until" in printed
    assert "refusal lacks why_refused" in printed


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "--authority", "nowhere"), "no such authority"),
        (("show", *OF_MERTON, "love_letter"), "must be one of"),
        (("replace", *OF_MERTON, "refusal", "/no/such/file.md"), "does not exist"),
        (("replace", *OF_MERTON, "refusal", "/"), "is a directory"),
        (("replace", *OF_MERTON, "love_letter", __file__), "must be one of"),
        (("restore", "--authority", "nowhere", "refusal"), "no such authority"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(run: Run, words: tuple[str, ...], says: str) -> None:
    printed = " ".join(run(*words, code=2).replace("│", " ").split())
    assert says in printed


def test_a_file_that_is_no_text_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "refusal.md"
    for content in (b"\xff\xfe", b"", b" \n", b"a\0b"):
        file.write_bytes(content)
        assert "FILE" in run("replace", *OF_MERTON, "refusal", str(file), code=2)
