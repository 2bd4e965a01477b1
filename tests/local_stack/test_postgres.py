"""The embedded PostgreSQL: who may run it, what it survives, who stops it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_stack.postgres import ensure_database, execute, running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")

# What each child does inside `running`: say the URL, then stay until told to go.
STAY = """
import sys
from pathlib import Path
from local_stack.postgres import running
with running(Path(sys.argv[1])) as server:
    print(server.url("kept"), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can reach, as a checkout in /srv or in an open home would be."""
    made = Path(tempfile.mkdtemp(prefix="complaints-record-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def stay(folder: Path) -> tuple[subprocess.Popen[str], str]:
    child = subprocess.Popen(
        [sys.executable, "-c", STAY, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout
    return child, child.stdout.readline().strip()


def as_nobody(folder: Path) -> subprocess.CompletedProcess[str]:
    """Stay a moment as `nobody`; the interpreter itself may lie where only root can read."""
    nobody = pwd.getpwnam("nobody")
    become = (
        f"import os; os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})\nwith running"
    )
    return subprocess.run(
        [sys.executable, "-c", STAY.replace("with running", become), str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        env={"HOME": "/"},
        text=True,
        check=False,
    )


def end(child: subprocess.Popen[str], how: signal.Signals) -> None:
    child.send_signal(how)
    child.wait(timeout=30)
    for pipe in (child.stdin, child.stdout):
        assert pipe
        pipe.close()


def server_process(folder: Path) -> int | None:
    pid_file = folder / "postgres" / "data" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


def test_it_keeps_its_data_from_one_run_to_the_next(folder: Path) -> None:
    with running(folder) as server:
        execute(server.url("kept"), "CREATE TABLE stone AS SELECT 'grey' AS colour")
        first = server.url("kept")
    assert server_process(folder) is None
    with running(folder) as server:
        assert execute(server.url("kept"), "SELECT colour FROM stone") == "grey"
        assert server.url("kept") == first


def test_it_is_durable_private_and_silent_about_what_is_written(folder: Path) -> None:
    secret = "the child's own words"
    with running(folder) as server:
        url = server.url("kept")
        assert execute(url, "SHOW fsync") == "on"
        assert execute(url, "SHOW listen_addresses") == "127.0.0.1"
        assert server.password not in repr(server)
        with pytest.raises(Exception, match="invalid input syntax"):
            execute(url, f"SELECT '{secret.replace(chr(39), '')}'::int")
        with pytest.raises(Exception, match="password"):
            execute(url.replace(server.password, "guessed"), "SELECT 1")
    assert (folder / "postgres" / "password").stat().st_mode & 0o077 == 0
    assert "words" not in (folder / "postgres.log").read_text()
    assert (folder / "postgres.log").stat().st_mode & 0o077 == 0


def test_a_database_with_an_awkward_name_is_made_once(folder: Path) -> None:
    with running(folder) as server:
        url = server.url('a "quoted" näme')
        ensure_database(url.replace("postgresql://", "postgresql+asyncpg://"))
        assert execute(url, "SELECT current_database()") == 'a "quoted" näme'


def test_the_last_one_out_stops_it(folder: Path) -> None:
    with running(folder) as first:
        with running(folder) as second:
            assert second == first
        assert execute(first.url("kept"), "SELECT 1") == "1"
    assert server_process(folder) is None


def test_starts_at_the_same_moment_share_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        children = list(pool.map(lambda _: stay(folder), range(4)))
    assert len({url for _, url in children}) == 1
    for child, _ in children[:3]:
        end(child, signal.SIGINT)
    assert execute(children[3][1], "SELECT 1") == "1"
    end(children[3][0], signal.SIGINT)
    assert server_process(folder) is None


def test_ctrl_c_stops_it(folder: Path) -> None:
    child, url = stay(folder)
    assert execute(url, "SELECT 1") == "1"
    end(child, signal.SIGINT)
    assert server_process(folder) is None


def test_a_server_whose_user_was_killed_is_adopted(folder: Path) -> None:
    child, url = stay(folder)
    execute(url, "CREATE TABLE stone AS SELECT 'grey' AS colour")
    end(child, signal.SIGKILL)
    left = server_process(folder)
    with running(folder) as server:
        assert server_process(folder) == left
        assert execute(server.url("kept"), "SELECT colour FROM stone") == "grey"
    assert server_process(folder) is None


def test_data_survives_when_server_and_user_are_killed(folder: Path) -> None:
    child, url = stay(folder)
    execute(url, "CREATE TABLE stone AS SELECT 'grey' AS colour")
    left = server_process(folder)
    assert left
    os.kill(left, signal.SIGKILL)
    end(child, signal.SIGKILL)
    with running(folder) as server:
        assert execute(server.url("kept"), "SELECT colour FROM stone") == "grey"


def test_a_pid_file_that_names_somebody_else_is_not_believed(folder: Path) -> None:
    with running(folder):
        pass
    (folder / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n1\n5432\n")
    with running(folder) as server:
        assert execute(server.url("kept"), "SELECT 1") == "1"


@pytest.mark.parametrize("after", [0.02, 0.4])
def test_a_creation_that_was_killed_leaves_nothing_in_the_way(folder: Path, after: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", STAY, str(folder)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while not list(folder.glob("postgres.new-*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    child.kill()
    child.wait()
    with running(folder) as server:
        assert execute(server.url("kept"), "SELECT 1") == "1"
    assert not list(folder.glob("postgres.new-*"))


@as_root
def test_as_root_the_server_runs_as_nobody_and_nothing_else_changes(folder: Path) -> None:
    before = folder.stat()
    with running(folder):
        process = server_process(folder)
        assert Path(f"/proc/{process}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert (before.st_mode, before.st_uid) == (folder.stat().st_mode, folder.stat().st_uid)


@as_root
def test_as_root_a_closed_home_stays_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o700)
    monkeypatch.setattr(
        "local_stack.postgres._FAR_HOME", Path(tempfile.mkdtemp(prefix="complaints-record-far-"))
    )
    far = Path(os.path.realpath(sys.modules["local_stack.postgres"]._FAR_HOME))
    far.chmod(0o755)
    inner = folder / "checkout" / ".local"
    with running(inner) as server:
        assert execute(server.url("kept"), "SELECT 1") == "1"
        assert (inner / "postgres").resolve().is_relative_to(far)
    assert folder.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(far)


@as_root
def test_an_ordinary_user_runs_it_with_their_own_hands(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    done = as_nobody(folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "postgres").stat().st_uid == nobody.pw_uid
    with running(folder) as server:
        assert execute(server.url("again"), "SELECT 1") == "1"


@as_root
def test_a_folder_of_somebody_elses_is_named_as_the_reason(folder: Path) -> None:
    with running(folder):
        pass
    done = as_nobody(folder)
    assert f"{folder}/postgres.lock belongs to root" in done.stderr
