"""Child processes: stopped with us, missed when they die, never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local_stack.children import ChildDiedError, child, wait_until_ready

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", DEAF]


def is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_it_is_stopped_at_the_end(tmp_path: Path) -> None:
    with child("sleeper", SLEEP, os.environ, tmp_path / "log") as sleeper:
        sleeper.check()
    assert sleeper.process.returncode == -signal.SIGTERM


def test_one_that_will_not_stop_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_stack.children._GRACE_SECONDS", 0.2)
    log = tmp_path / "log"
    with child("mule", STUBBORN, os.environ, log) as mule:
        while "up" not in log.read_text():
            time.sleep(0.01)
    assert mule.process.returncode == -signal.SIGKILL


def test_a_death_is_reported_with_its_last_words(tmp_path: Path) -> None:
    dies = [sys.executable, "-c", "import sys; print('no space left'); sys.exit(3)"]
    with child("mayfly", dies, os.environ, tmp_path / "log") as mayfly:
        mayfly.process.wait()
        with pytest.raises(ChildDiedError, match=r"mayfly stopped with exit code 3:\n  no space left"):
            mayfly.check()


def test_waiting_ends_when_a_child_dies(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/health/ready"
    dies = [sys.executable, "-c", "import sys; sys.exit(1)"]
    with (
        child("mayfly", dies, os.environ, tmp_path / "log") as mayfly,
        pytest.raises(ChildDiedError, match="mayfly"),
    ):
        wait_until_ready(url, [mayfly], patience=30)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_it_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = f"""
import os, time
from pathlib import Path
from local_stack.children import child
with child("mule", {STUBBORN!r}, os.environ, Path({str(tmp_path / "log")!r})) as mule:
    print(mule.process.pid, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)
