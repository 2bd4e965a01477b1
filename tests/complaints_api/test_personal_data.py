"""Personal data: in the clear nowhere, bound to its place, pseudonymous, unreadable without its key."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from complaints_api.recording import Command
from complaints_api.store.event_store import stream_id
from complaints_api.store.personal_data import ERASED, TamperedTextError, Vault
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House

CANARIES = {
    "name": "Canary Nightingale",
    "email": "canary@example.test",
    "phone": "07700900123",
    "address": "1 Canary Wharf",
    "narrative": "Canary wrote this",
    "desired_outcome": "Canary wants this",
    "safe_contact": "Canary by night only",
    "adjustments": "Canary needs large print",
}
REFS = ("CANARY-REF-1", "CANARY-REF-2", "CANARY-REF-3")


async def posted(house: House, reference: str) -> str:
    """A complaint with a canary in every field that is about a person, through several commands."""
    await house.receive(
        reference=reference,
        personal=CANARIES,
        complainant={"ref": REFS[0], "category": "parent"},
        children=[{"ref": REFS[1]}],
    )
    steps: list[tuple[str, dict[str, Any]]] = [
        ("contact_logged", {"on": "2023-02-07", "direction": "in", "method": "email", "note": "Canary rang"}),
        (
            "details_changed",
            {"on": "2023-02-07", "personal": {"name": "Canary Swift"}, "consent": "Canary agrees"},
        ),
        ("equality_recorded", {"on": "2023-02-07", "subject": "child", "ref": REFS[2], "gender": "female"}),
        (
            "eligibility_assessed",
            {"on": "2023-02-08", "decision": "refused", "reason": "out_of_time", "note": "Canary late"},
        ),
        ("closed", {"on": "2023-02-09", "reason": "Canary gone", "note": "Canary flew"}),
    ]
    for event, body in steps:
        answer = await house.post(f"/v1/complaints/{reference}/{event}", body)
        assert answer.status_code == 200, answer.text
    return reference


async def everything(url: str) -> bytes:
    """Every column of every row of every table, as bytes."""
    connection = await asyncpg.connect(url)
    try:
        named = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        rows = [await connection.fetch(f"SELECT * FROM {name[0]}") for name in named]
    finally:
        await connection.close()
    assert len(named) >= 9
    return b"\n".join(_bytes(value) for table in rows for row in table for value in row.values())


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


async def test_no_table_holds_a_word_about_a_person_in_the_clear(own_house: House) -> None:
    await posted(own_house, "C-1")
    found = await everything(own_house.url)
    assert b"out_of_time" in found
    for canary in (*CANARIES.values(), *REFS, "Canary", "canary", "CANARY"):
        assert canary.encode() not in found, canary
        assert canary.encode().hex().encode() not in found


async def test_a_correction_leaves_no_word_in_the_clear_either(own_house: House) -> None:
    reference = (await own_house.receive(personal={"name": "Ann"}))["reference"]
    receipt = {"event": "received", "on": "2023-02-06"}
    changes = {"personal": {"name": "Canary"}, "complainant": {"ref": REFS[0], "category": "parent"}}
    body = {"on": "2023-03-01", "corrects": receipt, "changes": changes, "reason": "Canary misheard"}
    path = f"/v1/complaints/{reference}/correction_recorded"
    assert (await own_house.post(path, body)).status_code == 200
    named = {"event": "correction_recorded", "on": "2023-03-01", "corrects": receipt}
    again = {"on": "2023-03-02", "corrects": named, "changes": {"changes": changes}}
    assert (await own_house.post(path, again)).status_code == 200
    head = await own_house.head()
    for idle in (
        {"corrects": {**receipt, "note": "Canary"}, "changes": {"void": True}},
        {"corrects": receipt, "changes": {"void": True, "note": "Canary"}},
        {"corrects": receipt, "changes": {"void": "Canary"}},
        {"corrects": receipt, "changes": {"texts": "Canary"}},
    ):
        refused = await own_house.post(path, {"on": "2023-03-03", **idle})
        assert refused.status_code in (409, 422), refused.text
        assert "Canary" not in refused.text
    assert await own_house.head() == head
    found = await everything(own_house.url)
    assert b"Canary" not in found
    assert REFS[0].encode() not in found


async def test_those_who_do_the_casework_read_it_and_nobody_else(house: House) -> None:
    reference = await posted(house, "C-2")
    shown = (await house.get(f"/v1/complaints/{reference}")).json()
    assert shown["personal"]["name"] == "Canary Swift"
    assert shown["personal"]["address"] == CANARIES["address"]
    assert shown["complainant"]["ref"] == REFS[0]
    for path in (
        f"/v1/complaints/{reference}",
        f"/v1/complaints/{reference}/history",
        "/v1/events?limit=1000",
    ):
        seen = (await house.get(path, "auditor")).text
        assert "canary" not in seen.lower(), path
    history = (await house.get(f"/v1/complaints/{reference}/history", "auditor")).json()["events"]
    assert history[0]["sealed"] == sorted(f"personal.{name}" for name in CANARIES)


async def test_a_ciphertext_opens_in_its_own_place_only(own_house: House) -> None:
    """Moved to another field, version, stream or subject it is tampering, not a text."""
    for reference in ("C-3", "C-4"):
        await own_house.receive(reference=reference, personal={"name": "Ann", "email": "ann@example.test"})
    vault = own_house.desk.vault
    one, other = (stream_id(ALPHA, "complaint", reference) for reference in ("C-3", "C-4"))
    assert (await vault.open_texts(ALPHA, one))[1]["personal.name"] == "Ann"
    field = "stream = $1 AND field = 'personal.name'"
    own = await own_house.sql(f"SELECT ciphertext FROM sealed WHERE {field}", one)
    moves = [
        (other, "personal.name"),
        (one, "personal.email"),
    ]
    for stream, name in moves:
        put = "UPDATE sealed SET ciphertext = $1 WHERE stream = $2 AND field = $3"
        kept = await own_house.sql(
            "SELECT ciphertext FROM sealed WHERE stream = $1 AND field = $2", stream, name
        )
        await own_house.sql(put, own, stream, name)
        with pytest.raises(TamperedTextError):
            await vault.open_texts(ALPHA, stream)
        await own_house.sql(put, kept, stream, name)
        assert (await vault.open_texts(ALPHA, stream))[1]["personal.name"] == "Ann"


async def test_a_changed_bit_is_tampering(own_house: House) -> None:
    await own_house.receive(reference="C-5", personal={"name": "Ann"})
    stream = stream_id(ALPHA, "complaint", "C-5")
    await own_house.sql(
        "UPDATE sealed SET ciphertext = set_byte(ciphertext, 14, get_byte(ciphertext, 14) # 1)"
    )
    with pytest.raises(TamperedTextError):
        await own_house.desk.vault.open_texts(ALPHA, stream)


async def test_without_its_key_a_text_is_erased_and_the_record_stays(own_house: House) -> None:
    await posted(own_house, "C-6")
    await own_house.sql("DELETE FROM keystore.subject_key WHERE authority = $1", ALPHA)
    shown = (await own_house.get("/v1/complaints/C-6")).json()
    assert shown["personal"]["name"] == ERASED
    assert shown["state"] == "refused"
    assert REFS[0] not in json.dumps(shown)
    history = await own_house.get("/v1/complaints/C-6/history")
    assert history.status_code == 200
    assert "canary" not in history.text.lower()


async def test_a_pseudonym_is_stable_within_an_authority_and_another_in_each(house: House) -> None:
    desk = house.desk
    ours, again = await desk.vault.sealer(ALPHA), await desk.vault.sealer(ALPHA)
    theirs = await desk.vault.sealer(BETA)
    assert ours.pseudonym("P-1") == again.pseudonym("P-1")
    assert len({ours.pseudonym("P-1"), ours.pseudonym("P-2"), theirs.pseudonym("P-1")}) == 3


async def test_a_person_has_one_pseudonym_across_complaints(house: House) -> None:
    for reference in ("C-7", "C-8"):
        await house.receive(reference=reference, complainant={"ref": "P-one", "category": "parent"})
    shown = [(await house.get(f"/v1/complaints/{name}", "auditor")).json() for name in ("C-7", "C-8")]
    refs = {one["complainant"]["ref"] for one in shown}
    assert len(refs) == 1
    assert refs != {"P-one"}


async def test_another_key_encryption_key_opens_nothing(own_house: House) -> None:
    await own_house.receive(reference="C-9", personal={"name": "Ann"})
    stranger = Vault(own_house.desk.store.engine, b"x" * 32)
    with pytest.raises(InvalidTag):
        await stranger.open_texts(ALPHA, stream_id(ALPHA, "complaint", "C-9"))


async def test_of_one_text_twice_nobody_sees_that_it_is_the_same(own_house: House) -> None:
    made = Command("received", {**RECEIVED, "personal": {"name": "Ann"}}, "tester")
    await asyncio.gather(*(own_house.desk.begin(ALPHA, "complaint", f"T-{n}", made) for n in range(4)))
    assert await own_house.sql("SELECT count(DISTINCT ciphertext) FROM sealed") == 4
