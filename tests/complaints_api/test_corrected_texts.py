"""Corrected personal details read as if they had been so from the start, and as they were known before."""

from typing import Any

from tests.complaints_api.house import House

RECEIPT = {"event": "received", "on": "2023-02-06"}
FIX = {"event": "correction_recorded", "on": "2023-03-01", "corrects": RECEIPT}


async def corrected(house: House, path: str, on: str, corrects: dict[str, Any], **changes: Any) -> str:
    """Record a correction; gives the instant at which it was recorded."""
    body = {"on": on, "corrects": corrects, "changes": changes, "reason": "misheard"}
    answer = await house.post(f"{path}/correction_recorded", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["recorded_at"])


async def personal(house: House, path: str, query: str = "") -> dict[str, str]:
    found: dict[str, str] = (await house.get(f"{path}{query}")).json()["personal"]
    return found


async def test_a_corrected_name_is_the_name_and_the_object_is_replaced_whole(house: House) -> None:
    made = await house.receive(personal={"name": "Anne", "email": "anne@example.test"})
    path = f"/v1/complaints/{made['id']}"
    await corrected(house, path, "2023-03-01", RECEIPT, personal={"name": "Ann"})
    assert await personal(house, path) == {"name": "Ann"}
    before = await personal(house, path, f"?known_at={made['recorded_at']}")
    assert before == {"name": "Anne", "email": "anne@example.test"}


async def test_the_last_correction_stands_and_one_taken_back_does_not(house: House) -> None:
    made = await house.receive(personal={"name": "Anne"})
    path = f"/v1/complaints/{made['id']}"
    first = await corrected(house, path, "2023-03-01", RECEIPT, personal={"name": "Ann"})
    second = await corrected(house, path, "2023-03-02", RECEIPT, personal={"name": "Anna"})
    assert await personal(house, path) == {"name": "Anna"}
    assert await personal(house, path, f"?known_at={first}") == {"name": "Ann"}
    await corrected(house, path, "2023-03-03", {**FIX, "on": "2023-03-02"}, void=True)
    assert await personal(house, path) == {"name": "Ann"}
    assert await personal(house, path, f"?known_at={second}") == {"name": "Anna"}


async def test_a_correction_of_a_correction_and_what_it_leaves_alone(house: House) -> None:
    made = await house.receive(personal={"name": "Anne"})
    path = f"/v1/complaints/{made['id']}"
    await house.post(f"{path}/details_changed", {"on": "2023-02-07", "personal": {"phone": "07700900123"}})
    await corrected(house, path, "2023-03-01", RECEIPT, personal={"name": "Ann"})
    await corrected(house, path, "2023-03-02", FIX, changes={"personal": {"name": "Hannah"}})
    assert await personal(house, path) == {"name": "Hannah", "phone": "07700900123"}


async def test_a_correction_of_other_fields_leaves_the_details(house: House) -> None:
    made = await house.receive(personal={"name": "Anne"})
    path = f"/v1/complaints/{made['id']}"
    await corrected(house, path, "2023-03-01", RECEIPT, team="south")
    assert await personal(house, path) == {"name": "Anne"}
    assert (await house.get(path)).json()["team"] == "south"
