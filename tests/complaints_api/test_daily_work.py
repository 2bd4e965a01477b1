"""What daily work needs to know of the people in a complaint, and of those linked to it, over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from tests.complaint_events.stories import NEEDED
from tests.complaints_api.councils import imported, line, written
from tests.complaints_api.house import ALPHA, House

PERSONAL = {
    "name": "Anne Example",
    "address": "1 High Street",
    "email": "anne@example.test",
    "safe_contact": "Text first; never ring the house.",
    "adjustments": "Large print.",
}
Json = dict[str, Any]


async def told(house: House, made: Json, *steps: tuple[str, Json]) -> str:
    """Give the complaint these commands one by one; gives its path."""
    path = f"/v1/complaints/{made['id']}"
    for event, body in steps:
        answer = await house.post(f"{path}/{event}", body)
        assert answer.status_code == 200, (event, answer.text)
    return path


async def read(house: House, path: str, role: str = "caseworker") -> Json:
    answer = await house.get(path, role)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_whoever_would_write_sees_how_to_and_others_only_that_care_is_needed(house: House) -> None:
    """Issue: safe-contact instructions and adjustments are shown wherever somebody would write."""
    path = await told(house, await house.receive(personal=PERSONAL))
    shown = await read(house, path)
    assert shown["writing_to"] == {
        **PERSONAL,
        "phone": None,
        "acting_via": "self",
        "advocacy_provider": None,
    }
    assert shown["write_with_care"] is True
    audited = await house.get(path, "auditor")
    assert audited.json()["write_with_care"] is True
    assert not {"writing_to", "personal"} & audited.json().keys()
    for text in PERSONAL.values():
        assert text not in audited.text


async def test_without_instructions_no_care_is_asked_for_until_they_are_given(house: House) -> None:
    made = await house.receive(personal={"name": "Anne"})
    changed = {"on": "2023-02-08", "personal": {"safe_contact": "By e-mail only."}}
    path = await told(house, made, ("details_changed", changed))
    assert (await read(house, path))["write_with_care"] is True
    for query in ("?as_of=2023-02-07", f"?known_at={made['recorded_at']}"):
        for role in ("caseworker", "auditor"):
            assert (await read(house, path + query, role))["write_with_care"] is False
    assert (await read(house, path + "?as_of=2023-02-07"))["writing_to"]["safe_contact"] is None


async def test_instructions_taken_back_by_a_correction_are_asked_of_nobody_any_more(house: House) -> None:
    made = await house.receive(personal=PERSONAL)
    fix = {
        "on": "2023-03-01",
        "corrects": {"event": "received", "on": "2023-02-06"},
        "changes": {"personal": {"name": "Anne Example"}},
        "reason": "The instructions were another person's.",
    }
    path = await told(house, made, ("correction_recorded", fix))
    for role in ("caseworker", "auditor"):
        assert (await read(house, path, role))["write_with_care"] is False
        then = await read(house, f"{path}?known_at={made['recorded_at']}", role)
        assert then["write_with_care"] is True
    assert (await read(house, path))["writing_to"]["safe_contact"] is None


async def test_a_representative_and_consent_read_as_last_stated(house: House) -> None:
    made = await house.receive()
    first = {"on": "2023-02-08", "complainant": {"acting_via": "representative"}, "consent": "Signed today."}
    second = {"on": "2023-02-20", "complainant": {"acting_via": "advocate", "advocacy_provider": "Coram"}}
    path = await told(house, made, ("details_changed", first), ("details_changed", second))
    shown = await read(house, path)
    assert shown["details"] == {
        "changed_on": "2023-02-20",
        "acting_via": "advocate",
        "advocacy_provider": "Coram",
        "consent_given": True,
        "consent": "Signed today.",
    }
    assert shown["complainant"] == {
        "ref": "P-1",
        "category": "parent",
        "acting_via": "advocate",
        "advocacy_provider": "Coram",
    }
    before = await read(house, f"{path}?as_of=2023-02-10")
    assert (before["details"]["changed_on"], before["complainant"]["acting_via"]) == (
        "2023-02-08",
        "representative",
    )
    audited = await house.get(path, "auditor")
    assert audited.json()["details"]["consent_given"] is True
    assert "Signed today." not in audited.text
    assert (await read(house, f"{path}?as_of=2023-02-07"))["details"]["consent_given"] is False


async def test_an_appointed_advocate_is_whom_one_writes_to(house: House) -> None:
    path = await told(
        house,
        await house.receive(),
        ("advocate_requested", {"on": "2023-02-08"}),
        ("advocate_appointed", {"on": "2023-02-10", "provider": "Jigsaw 4 U"}),
    )
    shown = await read(house, path)
    assert shown["writing_to"]["advocacy_provider"] == "Jigsaw 4 U"
    assert [one["event"] for one in shown["decisions"]] == ["advocate_requested", "advocate_appointed"]


async def test_a_form_that_left_things_open_is_completed_by_triage(house: House) -> None:
    made = await house.receive(complainant=None, anonymous=True, team=None)
    path = f"/v1/complaints/{made['id']}"
    before = await read(house, path)
    assert (before["anonymous"], before["complainant"]) == (True, None)
    triaged = {
        "on": "2023-02-07",
        "complainant": {"ref": "P-7", "category": "child_in_need"},
        "children": [{"ref": "P-7"}],
    }
    await told(house, made, ("triaged", triaged))
    after = await read(house, path)
    assert (after["anonymous"], after["complainant"]["ref"]) == (False, "P-7")
    assert after["children"] == [{"ref": "P-7"}]
    assert (await read(house, f"{path}?as_of=2023-02-06"))["anonymous"] is True


async def test_a_safeguarding_flag_is_urgent_until_it_is_passed_on(house: House) -> None:
    made = await house.receive(safeguarding_flag=True)
    path = f"/v1/complaints/{made['id']}"
    assert (await read(house, path))["safeguarding"] == {
        "flagged": True,
        "referred_on": None,
        "urgent": True,
    }
    await told(house, made, ("safeguarding_referred", {"on": "2023-02-07", "note": "To the MASH."}))
    after = {"flagged": True, "referred_on": "2023-02-07", "urgent": False}
    assert (await read(house, path))["safeguarding"] == after
    assert (await read(house, f"{path}?as_of=2023-02-06"))["safeguarding"]["urgent"] is True
    unflagged = await read(house, f"/v1/complaints/{(await house.receive())['id']}")
    assert unflagged["safeguarding"] == {"flagged": False, "referred_on": None, "urgent": False}


async def test_the_contact_log_says_who_wrote_it_down_and_keeps_the_note_for_casework(house: House) -> None:
    contact = {"on": "2023-02-09", "direction": "out", "method": "telephone", "note": "Sister answered."}
    path = await told(house, await house.receive(), ("contact_logged", contact))
    [one] = (await read(house, path))["contacts"]
    assert one.pop("recorded_at").endswith("Z")
    assert one == {**contact, "actor": "the caseworker"}
    audited = await house.get(path, "auditor")
    assert audited.json()["contacts"][0]["sealed"] == ["note"]
    assert "Sister" not in audited.text
    assert (await read(house, f"{path}?as_of=2023-02-08"))["contacts"] == []


async def test_joint_and_duplicate_complaints_are_seen_from_both_sides(house: House) -> None:
    ours, theirs = await house.receive(reference="L-1"), await house.receive(reference="L-2")
    link = {"on": "2023-02-10", "to": "L-2", "relation": "duplicate"}
    path = await told(house, ours, ("linked", link))
    other = f"/v1/complaints/{theirs['id']}"
    assert (await read(house, path))["links"] == [link]
    assert (await read(house, path))["linked_from"] == []
    back = await read(house, other)
    assert back["linked_from"] == [{"from": "L-1", "relation": "duplicate", "on": "2023-02-10"}]
    assert back["links"] == []
    assert (await read(house, f"{other}?as_of=2023-02-09"))["linked_from"] == []
    assert (await read(house, f"{other}?known_at={theirs['recorded_at']}"))["linked_from"] == []


@pytest.mark.parametrize(("to", "rule"), [("L-404", "linked_to_nothing"), ("L-9", "linked_to_itself")])
async def test_a_link_to_nothing_or_to_itself_is_refused(house: House, to: str, rule: str) -> None:
    reference = f"L-9-{rule}" if to != "L-9" else "L-9"
    made = await house.receive(reference=reference)
    before = await house.head()
    answer = await house.post(
        f"/v1/complaints/{made['id']}/linked", {"on": "2023-02-10", "to": to, "relation": "related"}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{rule}")
    assert answer.json()["errors"][0]["field"] == "to"
    assert await house.head() == before
    assert (await house.get(f"/problems/{rule}")).status_code == 200


async def test_another_authoritys_complaint_is_no_complaint_to_link_to(house: House) -> None:
    theirs = {"Authorization": f"Bearer {house.foreign['caseworker']}"}
    body = {
        "reference": "FOREIGN-1",
        "on": "2023-02-06",
        "method": "email",
        "issues": [{"no": 1, "theme": "staff"}],
    }
    assert (await house.client.post("/v1/complaints", json=body, headers=theirs)).status_code == 201
    made = await house.receive()
    link = {"on": "2023-02-10", "to": "FOREIGN-1", "relation": "joint"}
    answer = await house.post(f"/v1/complaints/{made['id']}/linked", link)
    assert answer.json()["type"] == "/problems/linked_to_nothing"


async def test_history_is_taken_with_a_link_to_a_complaint_that_is_not_there(
    own_house: House, tmp_path: Path
) -> None:
    """An old system's reference may never have been moved; it happened all the same."""
    file = written(
        tmp_path / "history.jsonl",
        [
            line("received", "2023-02-06", **NEEDED["received"]),
            line("linked", "2023-02-08", to="OLD-77", relation="joint"),
        ],
    )
    outcome = await imported(own_house, ALPHA, file)
    assert not outcome.refused
    links = (await read(own_house, "/v1/complaints/C-1"))["links"]
    assert links == [{"on": "2023-02-08", "to": "OLD-77", "relation": "joint"}]
