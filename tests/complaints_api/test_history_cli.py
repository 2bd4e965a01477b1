"""Import and export as people run them: exit codes, what is printed, how much memory it takes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_stack.postgres import execute
from tests.complaints_api.councils import CASELOADS, Json, line, written

MERTON = CASELOADS / "merton"
SMALL, LARGE = 3_000, 30_000


@dataclass(frozen=True)
class Shell:
    """The command line on a database and a key file of its own."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url, "KEK_FILE": str(self.folder / "kek")}

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run `complaints` and give what it printed; it must end with that code."""
        done = subprocess.run(
            [sys.executable, "-m", "complaints_api.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code < 2 else done.stderr


@pytest.fixture(scope="module")
def shell(complaints_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A migrated database with Merton's profile."""
    run = Shell(complaints_database_url, tmp_path_factory.mktemp("keys"))
    run("migrate")
    assert (
        run("authority", "apply", str(MERTON / "profile.json"), "--from", "2018-04-01") == "merton: created\n"
    )
    return run


def test_a_history_goes_in_and_again_and_out(shell: Shell, tmp_path: Path) -> None:
    lines = len((MERTON / "history.jsonl").read_bytes().splitlines())
    file = str(MERTON / "history.jsonl")
    dry = shell("import", "--authority", "merton", file, "--dry-run")
    assert dry == f"{lines} lines: {lines} would be recorded, 0 unchanged, 0 refused\n"
    assert shell("import", "--authority", "merton", file).endswith(
        f"{lines} recorded, 0 unchanged, 0 refused\n"
    )
    assert f"0 recorded, {lines} unchanged, 0 refused" in shell("import", "--authority", "merton", file)
    out = tmp_path / "out.jsonl"
    shell("export", "--authority", "merton", "-o", str(out))
    assert out.read_text() == shell("export", "--authority", "merton")
    assert len(out.read_bytes().splitlines()) == lines + 1
    one = json.loads(out.read_bytes().splitlines()[1])["id"]
    assert {
        json.loads(each)["id"]
        for each in shell("export", "--authority", "merton", "--complaint", one).splitlines()
    } == {one}


def test_a_complaint_is_told_step_by_step(shell: Shell, tmp_path: Path) -> None:
    """What each event said in single words, and what it changed; no text, no hash, no equality data."""
    issues = [{"no": 1, "theme": "other_reason"}]
    personal = {"name": "Ann Invented"}
    outcomes = [{"issue": 1, "outcome": "upheld"}]
    lines: list[Json | bytes] = [
        line("received", "2022-10-03", "TOLD", method="email", issues=issues, personal=personal),
        line("letter_sent", "2022-10-04", "TOLD", letter="acknowledgement", document="ab" * 32),
        line("equality_recorded", "2022-10-05", "TOLD", subject="complainant", ref="P-1", gender="female"),
        line("decision_freeze_decided", "2022-10-07", "TOLD", frozen=False),
        line("stage_responded", "2022-10-10", "TOLD", stage=1, issue_outcomes=outcomes),
    ]
    shell("import", "--authority", "merton", str(written(tmp_path / "told.jsonl", lines)))
    told = shell("replay", "--authority", "merton", "--complaint", "TOLD")
    assert "letter_sent  (recorded" in told
    assert "\n       letter acknowledgement\n" in told
    assert "\n       stage 1 outcome: upheld\n" in told
    assert "\n       frozen no\n" in told
    assert not [word for word in ("Ann", "abab", "female", " ref ") if word in told]


def test_refused_lines_are_listed_in_order_and_end_with_1(shell: Shell, tmp_path: Path) -> None:
    wrong: list[Json | bytes] = [
        line(
            "received",
            "2022-10-03",
            id_="CLI-1",
            method="email",
            team="atlantis",
            issues=[{"no": 1, "theme": "other_reason"}],
        ),
        b"{\n",
        line("acknowledged", "2022-10-03", id_="CLI-2"),
    ]
    printed = shell(
        "import", "--authority", "merton", str(written(tmp_path / "f.jsonl", wrong)), code=1
    ).splitlines()
    assert (
        printed[0]
        == "line 1: unknown_code: team = atlantis: the authority's profile has no such team on that date"
    )
    assert printed[1].startswith("line 2: malformed_line: (line): ")
    assert printed[2].startswith("line 3: not_received: on = 2022-10-03: ")
    assert printed[3] == "3 lines: 0 recorded, 0 unchanged, 3 refused"


@pytest.mark.parametrize(
    "words",
    [
        ("import", "--authority", "nowhere", str(MERTON / "history.jsonl")),
        ("import", "--authority", "merton", "/no/such/file.jsonl"),
        ("export", "--authority", "nowhere"),
        ("export", "--authority", "merton", "--complaint", "no-such"),
        ("import", "--authority", "merton", str(MERTON / "history.jsonl"), "--restore"),
        ("authority", "apply", "/no/such/profile.json"),
        ("keys", "create", "--role", "king", "--authority", "merton"),
        ("keys", "create", "--role", "caseworker"),
        ("keys", "create", "--role", "caseworker", "--authority", "nowhere"),
        ("teleport",),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell(*words, code=2).strip()


def test_a_profile_is_applied_once_and_again_when_it_has_changed(shell: Shell, tmp_path: Path) -> None:
    same = str(MERTON / "profile.json")
    assert shell("authority", "apply", same, "--from", "2018-04-01") == "merton: unchanged\n"
    changed = json.loads(Path(same).read_bytes()) | {"closure_days": ["2023-12-27"]}
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(changed))
    assert shell("authority", "apply", str(file), "--from", "2023-04-01") == "merton: updated\n"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(changed | {"surprise": 1}))
    assert "is not a field" in shell("authority", "apply", str(wrong), code=2)


def test_a_key_is_printed_alone_on_the_last_line(shell: Shell) -> None:
    made = shell(
        "keys", "create", "--authority", "merton", "--role", "caseworker", "--name", "Jo"
    ).splitlines()
    assert made[-1].startswith("crk_")
    assert execute(shell.url, "SELECT count(*) FROM api_key WHERE name = 'Jo'") == "1"
    kept = execute(shell.url, "SELECT string_agg(api_key::text, ' ') FROM api_key") or ""
    assert made[-1].rpartition("_")[2] not in kept


PEAK = """
import resource, sys
sys.argv = ["complaints", *sys.argv[1:]]
from complaints_api.cli import app
try:
    app(standalone_mode=False)
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(shell: Shell, file: Path) -> int:
    """The most memory that importing a file took, in kilobytes."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "import", "--authority", "merton", str(file)],
        env=shell.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    *told, most = done.stdout.splitlines()
    lines = len(file.read_bytes().splitlines())
    assert told == [f"{lines} lines: {lines} recorded, 0 unchanged, 0 refused"]
    return int(most)


def generated(file: Path, lines: int) -> Path:
    """A file of complaints with five lines each, texts included."""
    personal = {"name": "Ann Example", "narrative": "What happened. " * 20}
    issues = [{"no": 1, "theme": "other_reason"}]
    rows = []
    for number in range(lines // 5):
        name = f"BIG-{lines}-{number}"
        note = {"direction": "in", "method": "email", "note": "She rang. " * 10}
        rows += [
            line("received", "2022-10-03", name, method="email", issues=issues, personal=personal),
            line("acknowledged", "2022-10-04", name),
            line("contact_logged", "2022-10-05", name, **note),
            line("stage_responded", "2022-10-14", name, stage=1),
            line("closed", "2022-10-21", name),
        ]
    return written(file, rows)


@pytest.mark.slow
def test_a_large_file_does_not_lie_in_memory(shell: Shell, tmp_path: Path) -> None:
    """Ten times the lines: what grows is the index of lines and the pages of the mapped file, not the lines.

    A line as objects takes about five kilobytes; the bound is one.
    """
    small = peak(shell, generated(tmp_path / "small.jsonl", SMALL))
    large = peak(shell, generated(tmp_path / "large.jsonl", LARGE))
    mapped = (tmp_path / "large.jsonl").stat().st_size // 1024
    print(f"peak {small} kB for {SMALL} lines, {large} kB for {LARGE}, file {mapped} kB")
    assert large - small - mapped < LARGE - SMALL
