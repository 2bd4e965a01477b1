"""`make run`: the whole product on this machine, set up, filled with the demo and started, until Ctrl-C.

Without `DATABASE_URL` the data lie in an embedded PostgreSQL in `.local/`. The settings of what runs are in
`.local/settings.env` while it runs, so that the command lines in another terminal work on the same databases.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console

from local_stack import demo
from local_stack.children import Child, ChildDiedError, child, wait_until_ready
from local_stack.postgres import PostgresUnavailableError, default_folder, ensure_database, running

_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 60
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_screen = Console(highlight=False, soft_wrap=True)


class BadSettingError(RuntimeError):
    """A setting of the caller's cannot be met; the message is one line."""


@dataclass(frozen=True)
class Settings:
    """What the environment says about this run."""

    database_url: str | None
    reporting_database_url: str | None
    complaints_port: int
    reporting_port: int
    with_demo: bool
    folder: Path

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the variables; raise if a port is no port."""
        return cls(
            database_url=os.environ.get("DATABASE_URL") or None,
            reporting_database_url=os.environ.get("REPORTING_DATABASE_URL") or None,
            complaints_port=_port("COMPLAINTS_PORT", 8000),
            reporting_port=_port("REPORTING_PORT", 8001),
            with_demo=os.environ.get("DEMO", "1") != "0",
            folder=default_folder(),
        )

    @property
    def complaints_url(self) -> str:
        """Where the complaints service answers."""
        return f"http://{_HOST}:{self.complaints_port}"

    @property
    def reporting_url(self) -> str:
        """Where the reporting service answers."""
        return f"http://{_HOST}:{self.reporting_port}"

    def require_free_ports(self) -> None:
        """Raise if somebody else listens where a service is to listen."""
        for variable, port in (
            ("COMPLAINTS_PORT", self.complaints_port),
            ("REPORTING_PORT", self.reporting_port),
        ):
            if not _is_free(port):
                raise BadSettingError(f"Port {port} is in use: stop what listens there, or set {variable}.")


def main() -> int:
    """Run until Ctrl-C or SIGTERM (exit code 0), or until a part of it dies (1); 2 if it cannot start."""
    for ending in _ENDINGS:  # SIGINT too: a shell starts background jobs deaf to it
        signal.signal(ending, _as_ctrl_c)
    try:
        _run(Settings.from_environment())
    except KeyboardInterrupt:
        _screen.print("\nStopped.")
        return 0
    except (ChildDiedError, demo.SetUpError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - as it is, no markup
        return 1
    except (BadSettingError, PostgresUnavailableError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - as it is, no markup
        return 2
    return 0


def _run(settings: Settings) -> None:
    settings.require_free_ports()
    with ExitStack() as stack:
        databases = stack.enter_context(_databases(settings))
        complaints, reporting = _environments(settings, databases)
        keys = _set_up(settings, complaints, reporting)
        stack.enter_context(_settings_file(settings.folder, {**complaints, **reporting}))
        children = _start(stack, settings, complaints, reporting)
        _introduce(settings, keys)
        _watch(children)


@contextmanager
def _databases(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give the URLs of both databases, on the embedded server unless the caller named one."""
    if settings.database_url:
        reporting = settings.reporting_database_url or _beside(settings.database_url)
        for url in (settings.database_url, reporting):
            ensure_database(url)
        yield settings.database_url, reporting
        return
    _say("Starting PostgreSQL")
    with running(settings.folder) as server:
        yield server.url("complaints"), settings.reporting_database_url or server.url("reporting")


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_reporting"))


def _environments(settings: Settings, databases: tuple[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Give each service its own settings: neither learns the other's database."""
    own = ("DATABASE_URL", "REPORTING_DATABASE_URL", "FEED_KEY")
    shared = {name: value for name, value in os.environ.items() if name not in own}
    complaints = {**shared, "DATABASE_URL": databases[0], "COMPLAINTS_PORT": str(settings.complaints_port)}
    reporting = {
        **shared,
        "REPORTING_DATABASE_URL": databases[1],
        "REPORTING_PORT": str(settings.reporting_port),
        "COMPLAINTS_URL": os.environ.get("COMPLAINTS_URL") or settings.complaints_url,
    }
    return complaints, reporting


def _set_up(settings: Settings, complaints: dict[str, str], reporting: dict[str, str]) -> dict[str, str]:
    """Bring databases, demo and keys to where the services can start; gives the demo keys by role."""
    _say("Bringing the databases up to date")
    demo.run_command("complaints", "migrate", environment=complaints)
    demo.run_command("reporting", "migrate", environment=reporting)
    keys = demo.Keys.of(settings.folder / "keys.json", complaints)
    reporting["FEED_KEY"] = os.environ.get("FEED_KEY") or keys.feed()
    if not settings.with_demo:
        return {}
    if not keys.has_demo:
        _say("Loading the demo authority's history")
        demo.load(settings.folder.parent / "examples", complaints)
    return keys.demo()


def _start(
    stack: ExitStack, settings: Settings, complaints: dict[str, str], reporting: dict[str, str]
) -> list[Child]:
    """Start services, scheduler and projector; return when both services are ready."""
    _say("Starting the services")
    children: list[Child] = []
    for name, command, environment in (
        ("complaints", ["complaints", "serve"], complaints),
        ("scheduler", ["complaints", "remind"], complaints),
        ("reporting", ["reporting", "serve"], reporting),
        ("projector", ["reporting", "project"], reporting),
    ):
        program = str(Path(sys.executable).with_name(command[0]))
        log = settings.folder / f"{name}.log"
        children.append(stack.enter_context(child(name, [program, *command[1:]], environment, log)))
    for url in (settings.complaints_url, settings.reporting_url):
        wait_until_ready(f"{url}/health/ready", children, _PATIENCE_SECONDS)
    return children


@contextmanager
def _settings_file(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Keep what the command lines need in a private file, as long as it is true."""
    names = ("DATABASE_URL", "REPORTING_DATABASE_URL", "COMPLAINTS_URL", "FEED_KEY")
    file = folder / "settings.env"
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_text("".join(f"{name}='{environment[name]}'\n" for name in names))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _introduce(settings: Settings, keys: dict[str, str]) -> None:
    _screen.print(f"\n[bold]Complaints[/]  {settings.complaints_url}   docs {settings.complaints_url}/docs")
    _screen.print(f"[bold]Reporting[/]   {settings.reporting_url}   docs {settings.reporting_url}/docs")
    if keys:
        _screen.print("\n[bold]Demo keys[/] (authority merton; invented people, real published figures)")
        for role, key in keys.items():
            _screen.print(f"  {role:<12}{key}", markup=False)
        _screen.print("\n[bold]Try[/]")
        _screen.print(_first_things(settings, keys), markup=False)
    _screen.print("\nCtrl-C stops everything.")


def _first_things(settings: Settings, keys: dict[str, str]) -> str:
    complaints = f"{settings.complaints_url}/v1/complaints"
    volumes = f"{settings.reporting_url}/v1/reports/{demo.AUTHORITY}/2022-23/tables/volumes"
    return f"""\
  # a parent complains on the council's web form
  curl -s {complaints} -H 'Authorization: Bearer {keys["webform"]}' \\
    -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-try' \\
    -d '{{"method": "online_form", "issues": [{{"no": 1, "theme": "delays"}}],
         "personal": {{"name": "A. Parent", "narrative": "Nobody calls back"}}}}'
  # a case worker reads one of the demo's
  curl -s {complaints}/MER-22-001 -H 'Authorization: Bearer {keys["caseworker"]}'
  # a table of its year, as the council publishes it
  curl -s {volumes} -H 'Authorization: Bearer {keys["reporting"]}'"""


def _watch(children: list[Child]) -> None:
    while True:
        for each in children:
            each.check()
        time.sleep(0.25)


def _say(step: str) -> None:
    _screen.print(f"{step} …")


def _port(variable: str, default: int) -> int:
    given = os.environ.get(variable) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 2**16:
        raise BadSettingError(f"{variable} is {given!r}: it must be a port number, 1 to 65535.")
    return int(given)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    # Stopping is bounded in time: a second signal must not cut it short.
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
