"""The feed: whole pages in commit order, nothing sealed, an answer as soon as there is one."""

import asyncio
from typing import Any

import httpx
import pytest

from complaint_events.events import EVENTS, read_event
from tests.complaints_api.house import ALPHA, BETA, House

MEDIA_TYPE = "application/cloudevents-batch+json"


async def page(house: House, query: str = "", role: str = "auditor") -> httpx.Response:
    answer = await house.get(f"/v1/events{query}", role)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(MEDIA_TYPE)
    return answer


async def whole(house: House, limit: int) -> list[dict[str, Any]]:
    """Every event, by following `next` until a page is empty."""
    found: list[dict[str, Any]] = []
    url = f"?limit={limit}"
    while True:
        answer = await page(house, url)
        if not answer.json():
            return found
        found += answer.json()
        url = "?" + answer.links["next"]["url"].partition("?")[2]


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
async def test_pages_resume_without_a_gap_and_without_a_repeat(house: House, limit: int) -> None:
    for _ in range(5):
        await house.receive(personal={"name": "Ann"})
    found = await whole(house, limit)
    assert [one["position"] for one in found] == list(range(1, await house.head() + 1))
    assert len({one["id"] for one in found}) == len(found)


async def test_an_event_is_a_cloud_event_whose_data_are_the_stored_bytes(house: House) -> None:
    made = await house.receive(personal={"name": "Ann"}, complainant={"ref": "P-5", "category": "parent"})
    (one,) = (await page(house, f"?after={made['position'] - 1}&limit=1")).json()
    assert (one["specversion"], one["type"], one["source"]) == ("1.0", "received", f"/v1/authorities/{ALPHA}")
    assert (one["subject"], one["stream"]) == (made["reference"], made["id"])
    assert (one["streamversion"], one["schemaversion"]) == (1, EVENTS["received"].class_version)
    assert one["time"] == made["recorded_at"]
    assert one["effectiveon"] == one["data"]["on"]
    stored = await house.sql(
        "SELECT payload FROM event WHERE authority = $1 AND position = $2", ALPHA, made["position"]
    )
    raw = (await page(house, f"?after={made['position'] - 1}&limit=1")).content
    assert stored in raw
    assert read_event(one["type"], one["schemaversion"], stored).data()["team"] == "north"
    assert b"P-5" not in raw
    assert b"Ann" not in raw


@pytest.mark.parametrize("beyond", [1, 10**6, 10**18 - 1, 2**63 - 1])
async def test_beyond_the_end_there_is_an_empty_page(house: House, beyond: int) -> None:
    after = min(await house.head() + beyond, 2**63 - 1)
    answer = await page(house, f"?after={after}")
    assert answer.json() == []
    assert answer.headers["feed-head"] == str(await house.head())
    assert f"after={after}&" in answer.links["next"]["url"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("after=1.0", "after"),
        ("after=", "after"),
        ("after=9223372036854775808", "after"),
        ("after=" + "9" * 5000, "after"),
        ("after=٣", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("wait=31", "wait"),
        ("wait=-1", "wait"),
    ],
)
async def test_a_number_out_of_range_is_named(house: House, query: str, field: str) -> None:
    answer = await house.get(f"/v1/events?{query}", "auditor")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_waiting_ends_as_soon_as_an_event_comes(house: House) -> None:
    """With thirty seconds to wait, and an event after a moment: the page comes with the event."""
    after = await house.head()
    waiting = asyncio.create_task(page(house, f"?after={after}&wait=30"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    made = await house.receive()
    answer = await asyncio.wait_for(waiting, 10)
    assert [one["position"] for one in answer.json()] == [made["position"]]


async def test_waiting_in_vain_ends_with_an_empty_page(house: House) -> None:
    assert (await page(house, f"?after={await house.head()}&wait=1")).json() == []


async def test_waiting_holds_no_connection_that_others_need(house: House) -> None:
    """More readers wait than the pool has connections; commands are still taken."""
    after = await house.head()
    waiting = [asyncio.create_task(page(house, f"?after={after}&wait=20")) for _ in range(40)]
    await asyncio.sleep(0.05)
    await house.receive()
    pages = await asyncio.wait_for(asyncio.gather(*waiting), 20)
    assert all(len(one.json()) == 1 for one in pages)


@pytest.mark.parametrize("authority", ["nowhere", "%00", "%ED%A0%80", "' OR 1=1", ""])
async def test_an_unknown_authority_has_no_feed(house: House, authority: str) -> None:
    for role in ("service", "auditor"):
        answer = await house.get(f"/v1/events?authority={authority}", role)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-authority")


async def test_a_service_key_says_whose_feed_it_reads(house: House) -> None:
    assert (await house.get("/v1/events", "service")).status_code == 404
    for authority in (ALPHA, BETA):
        found = (await page(house, f"?authority={authority}&limit=1", "service")).json()
        assert found[0]["source"] == f"/v1/authorities/{authority}"
    listed = (await house.get("/v1/authorities", "service")).json()["authorities"]
    assert {one["authority"]: one["position"] for one in listed} == {
        ALPHA: await house.head(),
        BETA: await house.desk.store.head(BETA),
    }


async def test_a_reader_that_follows_while_others_write_misses_nothing(own_house: House) -> None:
    async def follow(until: int) -> list[int]:
        seen: list[int] = []
        while len(seen) < until:
            found = (await page(own_house, f"?after={len(seen)}&limit=5&wait=5")).json()
            seen += [one["position"] for one in found]
        return seen

    readers = [asyncio.create_task(follow(41)) for _ in range(3)]
    await asyncio.gather(*(own_house.receive() for _ in range(40)))
    for seen in await asyncio.wait_for(asyncio.gather(*readers), 20):
        assert seen == list(range(1, 42))
