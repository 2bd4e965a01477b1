"""An API process is killed under load, again and again: what was acknowledged is there, once."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import pytest

from complaints_api.recording import AUTHORITY_STREAM, Command, Recording
from complaints_api.store.api_keys import ApiKeys
from complaints_api.store.event_store import EventStore, make_engine
from complaints_api.store.personal_data import Vault, read_kek
from tests.complaint_events.stories import NEEDED, PROFILE_JSON

AUTHORITY = "alpha"
CLIENTS = 32
KILLS = 20
BODY = {**NEEDED["received"], "on": "2023-02-06", "personal": {"name": "Ann"}}
SERVE = "from complaints_api.cli import app; app(['serve'])"


@dataclass
class Service:
    """One API process after another, on one port."""

    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start a process and wait until it answers."""
        process = self.begin()
        async with httpx.AsyncClient() as client:
            for _ in range(1200):
                with suppress(httpx.TransportError):
                    if (await client.get(f"{self.address}/health/ready")).status_code == 200:
                        return
                assert process.poll() is None, "the service did not start"
                await asyncio.sleep(0.025)
        raise AssertionError("the service never got ready")

    def begin(self) -> subprocess.Popen[bytes]:
        """Start a process."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self.process

    def kill(self) -> None:
        """Kill -9: no goodbye to anybody."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Tally:
    """What the clients were told: a reference for each key, as often as it was acknowledged."""

    sent: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    retried: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    stop: bool = False


async def client(address: str, key: str, number: int, tally: Tally) -> None:
    """Send one complaint after another, each until it is acknowledged; some once more even then."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as web:
        while not tally.stop:
            tally.sent += 1
            mark = f"{number}-{tally.sent}"
            await insist(web, mark, tally)
            if tally.sent % 10 == 0:
                tally.retried.add(mark)
                await insist(web, mark, tally)


async def insist(web: httpx.AsyncClient, mark: str, tally: Tally) -> None:
    """Send a complaint until a process lives long enough to acknowledge it, always with the same key."""
    while True:
        try:
            answer = await web.post("/v1/complaints", json=BODY, headers={"Idempotency-Key": mark})
        except httpx.TransportError:
            tally.retried.add(mark)
            await asyncio.sleep(0.02)
            continue
        if answer.status_code != 201:
            tally.wrong.append(f"{answer.status_code} {answer.text}")
            return
        reference = answer.json()["reference"]
        if tally.acknowledged.setdefault(mark, reference) != reference:
            tally.wrong.append(f"{mark} was acknowledged as two complaints")
        return


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncIterator[tuple[Service, str]]:
    """An authority, a key for its web form, and a service that can be killed."""
    kek = read_kek(folder / "kek", make=True)
    engine = make_engine(url, pool_size=2)
    desk = Recording(EventStore(engine), Vault(engine, kek))
    await desk.store.add_authority(AUTHORITY)
    await desk.vault.add_authority(AUTHORITY)
    applied = Command("profile_applied", {"on": "2018-04-01", **PROFILE_JSON}, "setup")
    await desk.begin(AUTHORITY, "authority", AUTHORITY_STREAM, applied)
    key = await ApiKeys(engine).create(AUTHORITY, "webform", "form")
    await desk.store.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    named = {"DATABASE_URL": url, "KEK_FILE": str(folder / "kek"), "COMPLAINTS_PORT": str(port)}
    service = Service({**os.environ, **named}, port)
    try:
        yield service, key
    finally:
        service.kill()


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    fresh_complaints_url: str, tmp_path: Path
) -> None:
    """Twenty kills at moments nobody chose, under 32 clients that never give up."""
    moments, tally = random.Random(1706), Tally()  # noqa: S311 - moments, not secrets
    async with serving(fresh_complaints_url, tmp_path) as (service, key):
        await service.start()
        clients = [asyncio.create_task(client(service.address, key, n, tally)) for n in range(CLIENTS)]
        for _ in range(KILLS):
            before = len(tally.acknowledged)
            while len(tally.acknowledged) < before + CLIENTS:
                await asyncio.sleep(0.01)
                assert not tally.wrong
            await asyncio.sleep(moments.uniform(0, 0.4))
            service.kill()
            await service.start()
        tally.stop = True
        await asyncio.gather(*clients)
    assert tally.wrong == []
    assert len(tally.acknowledged) == tally.sent
    assert len(tally.retried) > KILLS, "no request was under way when the process died: this shows nothing"
    await there_once(fresh_complaints_url, tally)


async def there_once(url: str, tally: Tally) -> None:
    """The log holds exactly what was acknowledged: whole, gapless, each complaint one receipt."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT s.reference, e.position, e.payload FROM event e JOIN stream s USING (authority, stream) "
            "WHERE e.type = 'received' ORDER BY e.position"
        )
        head = await connection.fetchval("SELECT position FROM head WHERE authority = $1", AUTHORITY)
        texts = await connection.fetchval("SELECT count(*) FROM sealed")
        keys = await connection.fetchval("SELECT count(*) FROM idempotency")
    finally:
        await connection.close()
    assert sorted(row["reference"] for row in rows) == sorted(tally.acknowledged.values())
    assert [row["position"] for row in rows] == list(range(2, head + 1))
    assert all(json.loads(row["payload"])["event"] == "received" for row in rows)
    assert texts == keys == len(rows)
