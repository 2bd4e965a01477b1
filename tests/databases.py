"""Databases for tests: a fresh, migrated one costs a copy of a template, not a run of the migrations."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from local_stack.postgres import default_folder, execute, running
from schema_migrations import Branch, upgrade

_PREFIX = "test"


@dataclass(frozen=True)
class DatabaseServer:
    """A PostgreSQL that tests may make databases on; `url` names one that is always there."""

    url: str

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the URL of a new copy of the database `template`, dropped afterwards whoever is connected."""
        name = f"{_PREFIX}_{os.getpid()}_{secrets.token_hex(4)}"
        execute(self.url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))
        finally:
            execute(self.url, f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def template(self, branch: Branch) -> Iterator[str]:
        """Give the name of a database that has every migration of `branch` and no connections."""
        with self.database() as url:
            upgrade(branch, url)
            yield urlsplit(url).path.removeprefix("/")

    def forget_the_killed(self) -> None:
        """Drop what test runs of this machine left that were killed."""
        names = f"SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^{_PREFIX}_[0-9]+_'"
        for name in (execute(self.url, names) or "").split():
            if not _is_alive(int(name.split("_")[1])):
                with suppress(Exception):
                    execute(self.url, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def database_server() -> Iterator[DatabaseServer]:
    """Give the server of `DATABASE_URL`, or an embedded one that all test runs of this checkout share."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield DatabaseServer(given)
        return
    with running(default_folder() / "tests") as embedded:
        server = DatabaseServer(embedded.url("postgres"))
        server.forget_the_killed()
        yield server


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
