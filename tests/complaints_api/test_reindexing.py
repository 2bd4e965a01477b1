"""The blind index made again is the one that was written with the events."""

import json
from pathlib import Path
from typing import Any

from complaints_api.reindexing import reindexed
from tests.complaints_api.councils import Json, line, written
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House
from tests.complaints_api.test_history_cli import MERTON, Shell


async def index(house: House) -> Any:
    query = "SELECT json_agg(b ORDER BY authority, stream, version)::text FROM blind_index b"
    return json.loads(await house.sql(query) or "[]")


async def told(house: House) -> Any:
    """Some personal details, changed and corrected; the index of them."""
    for name in ("Ann", "Bea"):
        made = await house.receive(personal={"name": f"{name} Lee", "address": "1 High St RG40 1BN"})
        path = f"/v1/complaints/{made['id']}"
        note = {"on": "2023-02-07", "direction": "in", "method": "email", "note": "Ann rang"}
        corrected = {
            "on": "2023-02-08",
            "corrects": {"event": "received", "on": RECEIVED["on"]},
            "changes": {"personal": {"email": f"{name}@example.test"}},
        }
        for event, data in (("contact_logged", note), ("correction_recorded", corrected)):
            assert (await house.post(f"{path}/{event}", data)).status_code == 200
    found = await index(house)
    assert len(found) == 4
    return found


async def test_an_index_that_was_lost_is_made_again_as_it_was(own_house: House) -> None:
    before = await told(own_house)
    await own_house.sql("DELETE FROM blind_index WHERE version = 1")
    await own_house.sql("UPDATE blind_index SET words = '{1}'")
    for _ in range(2):
        assert await reindexed(own_house.desk, ALPHA) == 4
        assert await index(own_house) == before
    assert await reindexed(own_house.desk, BETA) == 0


async def test_what_was_erased_is_not_indexed_again(own_house: House) -> None:
    await told(own_house)
    await own_house.sql("DELETE FROM blind_index")
    await own_house.sql("DELETE FROM keystore.subject_key")
    assert await reindexed(own_house.desk, ALPHA) == 0
    assert await index(own_house) == []


def test_as_people_run_it(fresh_complaints_url: str, tmp_path: Path) -> None:
    shell = Shell(fresh_complaints_url, tmp_path)
    shell("migrate")
    shell("authority", "apply", str(MERTON / "profile.json"))
    data: Json = {
        "method": "email",
        "issues": [{"no": 1, "theme": "not_recorded"}],
        "procedure": "corporate_code",
    }
    named = {
        **data,
        "team": "not_recorded",
        "complainant": {"category": "parent"},
        "personal": {"name": "Ann"},
    }
    shell(
        "import",
        "--authority",
        "merton",
        str(written(tmp_path / "h.jsonl", [line("received", "2023-02-06", **named)])),
    )
    assert shell("reindex", "--authority", "merton") == "merton: 1 events indexed\n"
    assert shell("reindex", "--authority", "nowhere", code=2) == "There is no authority nowhere.\n"
