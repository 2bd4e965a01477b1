"""Child processes that live as long as we do: they stop when we stop, and we learn when one of them dies."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 10
_LINES_OF_A_DEATH = 15


class ChildDiedError(RuntimeError):
    """A child ended by itself; the message names it and ends with what it last said."""


@dataclass(frozen=True)
class Child:
    """One running command and the file it writes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise if it is no longer running."""
        code = self.process.poll()
        if code is not None:
            raise ChildDiedError(f"{self.name} stopped with exit code {code}:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Ask it to end, and make it if it does not."""
        self.process.terminate()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def child(name: str, command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Child]:
    """Start `command` and stop it at the end; it dies with us even if we are killed."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C reaches us alone, so that we can stop them in order
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread of ours runs yet
        )
    started = Child(name, process, log)
    try:
        yield started
    finally:
        started.stop()


def wait_until_ready(url: str, children: list[Child], patience: float) -> None:
    """Return once `url` answers 200; raise if a child dies or patience ends first."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for each in children:
            each.check()
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise ChildDiedError(f"{url} did not become ready:\n{last_lines(children[-1].log)}")


def last_lines(log: Path) -> str:
    """Give the end of a log, as much as fits a screen."""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-_LINES_OF_A_DEATH:])


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
