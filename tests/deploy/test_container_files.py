"""The container and compose files, as far as they can be checked where no engine runs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
PROJECT = DEPLOY.parent
CONTAINER_FILES = sorted(DEPLOY.glob("*.Containerfile"))


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(name)), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("file", CONTAINER_FILES, ids=lambda file: file.stem)
def test_hadolint_finds_nothing(file: Path) -> None:
    done = tool("hadolint", "--no-color", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", CONTAINER_FILES, ids=lambda file: file.stem)
def test_every_copied_path_is_there_and_let_through(file: Path) -> None:
    allowed = {
        line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", file.read_text(), re.MULTILINE)
    for path in " ".join(copied).split():
        assert (PROJECT / path).exists(), path
        assert any(path == name or path.startswith(f"{name}/") for name in allowed), path


@pytest.mark.parametrize("file", CONTAINER_FILES, ids=lambda file: file.stem)
def test_it_runs_as_nobody_special_from_hashes_and_says_how_it_is(file: Path) -> None:
    text = file.read_text()
    assert re.search(r"^USER [1-9]\d+$", text, re.MULTILINE)
    assert "--require-hashes" in text
    assert "\nHEALTHCHECK " in text


def test_compose_follows_its_specification() -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")
    assert done.returncode == 0, done.stdout


def test_only_the_services_can_be_reached_and_only_from_this_machine(compose: Any) -> None:
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert set(published) == {"complaints-api", "reporting-api"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert compose["networks"]["inside"]["internal"] is True


def test_our_containers_write_nothing_and_may_do_nothing_special(compose: Any) -> None:
    ours = [service for name, service in compose["services"].items() if name != "postgres"]
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours)


def test_every_name_used_is_declared_and_no_secret_stands_in_the_file(compose: Any) -> None:
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
    assert "://complaints:" not in json.dumps(compose)


def test_the_secrets_made_are_the_ones_compose_asks_for(compose: Any, tmp_path: Path) -> None:
    script = tmp_path / "make_secrets.sh"
    script.write_text((DEPLOY / "make_secrets.sh").read_text())
    subprocess.run(["sh", str(script)], check=True)
    made = {file.name: file.read_bytes() for file in (tmp_path / "secrets").iterdir()}
    assert {*made, "feed_key"} == set(compose["secrets"])
    assert made["complaints_password"] in made["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    subprocess.run(["sh", str(script)], check=True)
    assert {file.name: file.read_bytes() for file in (tmp_path / "secrets").iterdir()} == made


def test_secrets_reach_the_command_as_variables_unless_they_are_files(tmp_path: Path) -> None:
    (tmp_path / "feed_key").write_text("open sesame\n")
    (tmp_path / "kek").write_bytes(bytes(range(32)))
    script = (DEPLOY / "with_secrets.sh").read_text().replace("/run/secrets", str(tmp_path))
    done = subprocess.run(
        ["sh", "-c", script, "with-secrets", "sh", "-c", "echo $FEED_KEY; echo ${KEK:-none}"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "KEK_FILE": str(tmp_path / "kek")},
    )
    assert done.stdout == "open sesame\nnone\n"


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda file: file.stem)
def test_a_shell_can_read_each_script(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    assert script.stat().st_mode & 0o111
