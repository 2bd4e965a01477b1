"""One complaint whose record cannot be read: it is listed as such, and everything else goes on.

That happens to events of a newer release after going back to an older one, and to a damaged row.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest

from complaint_events.events import EVENTS
from complaints_api import worklist as worklist_module
from complaints_api.api import casework
from complaints_api.domain.obligations import UNREADABLE
from complaints_api.domain.reminders import Rhythm
from complaints_api.recording import Recording
from complaints_api.scheduling import Scheduler
from complaints_api.worklist import Worklist
from tests.complaints_api.house import ALPHA, House

CANARY = "c4n4ry-1n-4-br0k3n-r0w"
BREAKS = [
    "UPDATE event SET type = 'invented_since' WHERE stream = $1",
    f'UPDATE event SET payload = \'{{"on": "{CANARY}"}}\'::bytea WHERE stream = $1',
    "UPDATE event SET payload = '\\x00'::bytea WHERE stream = $1",
]
Json = dict[str, Any]


async def damaged(house: House, statement: str = BREAKS[0]) -> Json:
    """A complaint that links to `SOUND`, and cannot be read any more."""
    made = await house.receive(reference="BROKEN", on="2023-02-06")
    await house.post(
        "/v1/complaints/BROKEN/linked", {"on": "2023-02-07", "to": "SOUND", "relation": "related"}
    )
    await house.sql(statement, made["id"])
    return made


async def listed(house: House) -> dict[str, list[Json]]:
    """What is owed, by the complaint's reference."""
    answer = await house.get("/v1/worklist?limit=200")
    assert answer.status_code == 200, answer.text
    assert answer.json()["behind"] == 0
    found: dict[str, list[Json]] = {}
    for item in answer.json()["items"]:
        found.setdefault(item["reference"], []).append(item)
    return found


@pytest.mark.parametrize("statement", BREAKS)
async def test_it_is_listed_first_and_the_others_go_on(
    own_house: House, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    await own_house.receive(reference="SOUND", on="2023-02-06")
    made = await damaged(own_house, statement)
    found = await listed(own_house)
    assert next(iter(found)) == "BROKEN"
    (row,) = found["BROKEN"]
    assert (row["obligation"], row["urgent"], row["due"], row["version"]) == (UNREADABLE, True, "none", 2)
    assert (row["starts_on"], row["write_with_care"]) == ("2023-02-07", True)
    assert "respond" in [one["obligation"] for one in found["SOUND"]]
    await own_house.receive(reference="LATER", on="2023-02-07")
    assert "LATER" in await listed(own_house)
    assert made["id"] in caplog.text
    assert CANARY not in caplog.text


async def test_it_is_found_and_counted_as_such(own_house: House) -> None:
    await own_house.receive(reference="SOUND", on="2023-02-06")
    await damaged(own_house)
    found = await own_house.post("/v1/complaints/search", {"state": "unreadable"})
    assert [one["reference"] for one in found.json()["items"]] == ["BROKEN"]
    counts = (await own_house.get("/v1/worklist/counts")).json()
    assert {UNREADABLE: 1}.items() <= {
        one["obligation"]: one["total"] for one in counts["by_obligation"]
    }.items()


async def test_the_complaint_that_it_links_to_is_read_before_and_after_it_is_noticed(
    own_house: House,
) -> None:
    await own_house.receive(reference="SOUND", on="2023-02-06")
    made = await own_house.receive(reference="BROKEN", on="2023-02-06")
    await own_house.post(
        "/v1/complaints/BROKEN/linked", {"on": "2023-02-07", "to": "SOUND", "relation": "related"}
    )
    assert len((await own_house.get("/v1/complaints/SOUND")).json()["linked_from"]) == 1
    await own_house.sql(BREAKS[0], made["id"])
    unnoticed = await own_house.get("/v1/complaints/SOUND")
    assert (unnoticed.status_code, unnoticed.json()["linked_from"]) == (200, [])
    await own_house.sql("DELETE FROM checkpoint")
    assert "BROKEN" in await listed(own_house)
    assert (await own_house.get("/v1/complaints/SOUND")).status_code == 200


async def test_whoever_can_read_it_makes_its_rows_again(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that knows more kinds of event does not go on showing it as unreadable."""
    await own_house.receive(reference="SOUND", on="2023-02-06")
    made = await damaged(own_house)
    assert len((await listed(own_house))["BROKEN"]) == 1
    await own_house.sql("UPDATE event SET type = 'received' WHERE stream = $1 AND version = 1", made["id"])
    await own_house.sql("UPDATE event SET type = 'linked' WHERE stream = $1 AND version = 2", made["id"])
    kinds = {**EVENTS, "invented_since": EVENTS["linked"]}
    monkeypatch.setattr(worklist_module, "EVENTS", kinds)
    own_house.app.state.worklist = Worklist(own_house.desk.store)
    assert "respond" in [one["obligation"] for one in (await listed(own_house))["BROKEN"]]


@pytest.mark.parametrize("noticed", [True, False])
async def test_the_others_are_reminded_of(own_house: House, *, noticed: bool) -> None:
    """Whether it was damaged before its rows were made or since: 20 February is the day for all of them."""
    for reference in ("AHEAD", "SOUND"):
        await own_house.receive(reference=reference, on="2023-02-06")
    made = await own_house.receive(reference="BROKEN", on="2023-02-06")
    if not noticed:
        await listed(own_house)
    await own_house.sql(BREAKS[0], made["id"])
    now = datetime(2023, 2, 20, 9, tzinfo=UTC)
    desk = Recording(own_house.desk.store, own_house.desk.vault, lambda: now)
    scheduler = Scheduler(desk, Worklist(desk.store), Rhythm(), lambda: now)
    try:
        assert (await scheduler.catch_up()).recorded == 2
    finally:
        await scheduler.worklist.close()
    for reference in ("AHEAD", "SOUND"):
        stream = await desk.load(ALPHA, "complaint", reference)
        assert stream.history[-1].event.event == "reminder_sent"


async def test_a_complaint_is_read_although_the_worklist_cannot_be_made(
    own_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await own_house.receive(reference="SOUND", on="2023-02-06")

    async def fails(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(Worklist, "_work_in_a_page", fails)
    assert (await own_house.get("/v1/complaints/SOUND")).status_code == 200
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text


@asynccontextmanager
async def never_done(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Catching up hangs; of which authorities it was begun."""
    begun: list[str] = []

    async def hangs(_worklist: Worklist, authority: str) -> bool:
        begun.append(authority)
        await asyncio.sleep(60)
        return True

    with monkeypatch.context() as patched:
        patched.setattr(Worklist, "_work_in_a_page", hangs)
        yield begun


@pytest.mark.parametrize(("page_size", "patience"), [(500, casework.LINKS_WAIT), (1, 60.0)])
async def test_reading_a_complaint_waits_a_moment_at_most_and_not_at_all_for_a_long_way(
    own_house: House, monkeypatch: pytest.MonkeyPatch, page_size: int, patience: float
) -> None:
    monkeypatch.setattr(casework, "LINKS_WAIT", patience)
    await own_house.receive(reference="SOUND", on="2023-02-06")
    await own_house.receive(on="2023-02-06")
    own_house.app.state.worklist = worklist = Worklist(own_house.desk.store, page_size)
    async with never_done(monkeypatch) as begun:
        since = monotonic()
        assert (await own_house.get("/v1/complaints/SOUND")).status_code == 200
        assert monotonic() - since < 5
        assert begun == [ALPHA]
        await worklist.close()
