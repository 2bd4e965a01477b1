"""The database goes away and comes back: 503 meanwhile, and no restart of the service."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import httpx

from tests.complaints_api.house import ALPHA, RECEIVED, House
from tests.databases import DatabaseServer


class Door:
    """Shuts one database against everybody, and opens it again."""

    def __init__(self, server: DatabaseServer, url: str) -> None:
        self._server = server.url
        self._name = urlsplit(url).path.removeprefix("/")

    async def _say(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def throw_out(self) -> None:
        """End every connection, and wait until it has ended."""
        await self._say(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )

    async def shut(self) -> None:
        await self._say(f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS false')
        await self.throw_out()

    async def open(self) -> None:
        await self._say(f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS true')


async def asked(house: House) -> list[httpx.Response]:
    """A command, a reading, the feed and readiness."""
    return [
        await house.post("/v1/complaints", RECEIVED),
        await house.get("/v1/complaints/KEPT"),
        await house.get("/v1/events?limit=1"),
        await house.client.get("/health/ready"),
    ]


async def idle(house: House) -> None:
    """Until no writer holds a connection: one that lingers for the next group does not know it was cut."""
    await house.desk.store._group_commit.finished()


async def test_a_database_that_is_away_is_503_and_one_that_is_back_is_used_again(
    own_house: House, server: DatabaseServer
) -> None:
    await own_house.receive(reference="KEPT")
    assert [answer.status_code for answer in await asked(own_house)] == [201, 200, 200, 200]
    door = Door(server, own_house.url)
    await door.shut()
    try:
        away = await asked(own_house)
        assert [answer.status_code for answer in away] == [503, 503, 503, 503]
        for answer in away[:3]:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "/problems/database-away"
            assert answer.headers["retry-after"] == "2"
            assert "postgres" not in answer.text
        assert away[3].json()["ready"] is False
        assert (await own_house.client.get("/health/live")).status_code == 200
    finally:
        await door.open()
    assert [answer.status_code for answer in await asked(own_house)] == [201, 200, 200, 200]


async def test_connections_that_were_cut_are_made_anew(own_house: House, server: DatabaseServer) -> None:
    """A restart of the database: every pooled connection is dead, and nobody notices."""
    await own_house.receive(reference="KEPT")
    await asyncio.gather(*(own_house.receive() for _ in range(20)))
    for _ in range(3):
        await idle(own_house)
        await Door(server, own_house.url).throw_out()
        assert [answer.status_code for answer in await asked(own_house)] == [201, 200, 200, 200]


async def test_cut_in_the_middle_of_writing_a_complaint_is_recorded_or_refused_and_never_twice(
    own_house: House, server: DatabaseServer
) -> None:
    """Each complaint is retried with its key until it is acknowledged; then it is there once."""
    door = Door(server, own_house.url)

    async def insist(number: int) -> None:
        body = {**RECEIVED, "reference": f"CUT-{number}"}
        for _ in range(50):
            answer = await own_house.post("/v1/complaints", body, Idempotency_Key=f"key-{number}")
            if answer.status_code == 201:
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.02)
        raise AssertionError("never acknowledged")

    writing = [asyncio.create_task(insist(number)) for number in range(200)]
    for _ in range(5):
        await asyncio.sleep(0.03)
        await door.throw_out()
    await asyncio.gather(*writing)
    counted = "SELECT count(*) FROM stream WHERE authority = $1 AND reference LIKE 'CUT-%'"
    assert await own_house.sql(counted, ALPHA) == 200
    events = "SELECT count(*) FROM event WHERE authority = $1 AND type = 'received'"
    assert await own_house.sql(events, ALPHA) == 200
    assert await own_house.head() == await own_house.sql(
        "SELECT max(position) FROM event WHERE authority = $1", ALPHA
    )


async def test_who_waits_at_the_feed_is_told_and_may_ask_again(
    own_house: House, server: DatabaseServer
) -> None:
    door, after = Door(server, own_house.url), await own_house.head()
    waiting = asyncio.create_task(own_house.get(f"/v1/events?after={after}&wait=20"))
    await asyncio.sleep(0.15)
    await door.shut()
    try:
        answer = await asyncio.wait_for(waiting, 15)
        assert answer.status_code == 503
    finally:
        await door.open()
    assert (await own_house.get(f"/v1/events?after={after}")).status_code == 200
