"""The demo: one council's published years as case histories, and a key for each role."""

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_stack.postgres import execute

AUTHORITY = "merton"
ROLES = ("webform", "caseworker", "manager", "auditor", "reporting", "admin")

# Which database this is: the number of the cluster and of the database in it. A new one is told apart.
_IDENTITY = """SELECT system_identifier || '-' || oid FROM pg_control_system(), pg_database
               WHERE datname = current_database()"""


class SetUpError(RuntimeError):
    """A step of the set-up failed; the message ends with what the command said."""


def run_command(name: str, *arguments: str, environment: Mapping[str, str]) -> str:
    """Run one of the product's own commands to its end and give what it printed."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    done = subprocess.run(  # noqa: S603 - our own commands
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SetUpError(f"`{name} {' '.join(arguments)}` failed with exit code {done.returncode}:\n{said}")
    return done.stdout


@dataclass
class Keys:
    """The keys made for one database, kept in a private file so that later runs print the same ones."""

    file: Path
    environment: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict)
    _all: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: Path, environment: Mapping[str, str]) -> "Keys":
        """Read what earlier runs made for the database of `environment`."""
        content: Any = json.loads(file.read_text()) if file.exists() else {}
        identity = execute(environment["DATABASE_URL"], _IDENTITY) or ""
        known = content.setdefault(identity, {})
        return cls(file, environment, known, content)

    @property
    def has_demo(self) -> bool:
        """Whether an earlier run went all the way: the demo's keys are made after its history is in."""
        return all(role in self.known for role in ROLES)

    def feed(self) -> str:
        """Give the reporting service's key; it belongs to no authority."""
        self._make({"service": ["--role", "service", "--name", "reporting service"]})
        return self.known["service"]

    def demo(self) -> dict[str, str]:
        """Give one key per role of the demo authority."""
        self._make(
            {role: ["--authority", AUTHORITY, "--role", role, "--name", f"demo {role}"] for role in ROLES}
        )
        return {role: self.known[role] for role in ROLES}

    def _make(self, wanted: Mapping[str, list[str]]) -> None:
        missing = [role for role in wanted if role not in self.known]
        with ThreadPoolExecutor(max_workers=3) as pool:
            for role, key in zip(
                missing, pool.map(lambda role: self._create(wanted[role]), missing), strict=True
            ):
                self.known[role] = key
        if missing:
            self._keep()

    def _create(self, options: list[str]) -> str:
        return run_command(
            "complaints", "keys", "create", *options, environment=self.environment
        ).splitlines()[-1]

    def _keep(self) -> None:
        self.file.touch(0o600)
        new = self.file.with_suffix(".new")
        new.touch(0o600)
        new.write_text(json.dumps(self._all, indent=1))
        new.replace(self.file)


def load(examples: Path, environment: Mapping[str, str]) -> None:
    """Bring in the demo authority and its history; a history that is in already changes nothing."""
    folder = examples / AUTHORITY
    run_command("complaints", "authority", "apply", str(folder / "profile.json"), environment=environment)
    history = str(folder / "history.jsonl")
    run_command("complaints", "import", "--authority", AUTHORITY, history, environment=environment)
