"""What comes beside a complaint over HTTP: recorded, read back, corrected, by whom, and in the feed."""

from typing import Any

import pytest

from complaints_api.api.other_streams import KINDS, Kind
from tests.complaint_events.stories import NEEDED
from tests.complaints_api.house import House

Json = dict[str, Any]
TEXTS = {"compliment_recorded": "She listened.", "informal_feedback_recorded": "The room was cold."}
OTHER_FIELD: dict[str, Json] = {
    "compliment_recorded": {"team": "south"},
    "informal_feedback_recorded": {"from": "other"},
    "service_request_recorded": {"team": "south"},
    "service_users_recorded": {"count": 410},
}
WRONG: dict[str, tuple[Json, str]] = {
    "compliment_recorded": ({"team": "nowhere"}, "team"),
    "informal_feedback_recorded": ({"theme": "staffing"}, "theme"),
    "service_request_recorded": ({"team": "nowhere"}, "team"),
    "service_users_recorded": ({"year": "2022-24"}, "year"),
}

every = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)


def body_of(kind: Kind, **changes: Any) -> Json:
    text = {"text": TEXTS[kind.event]} if kind.event in TEXTS else {}
    return {"on": "2023-02-06", **NEEDED[kind.event], **text, **changes}


async def made(house: House, kind: Kind, **changes: Any) -> Json:
    answer = await house.post(f"/v1/{kind.path}", body_of(kind, **changes))
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


@every
async def test_it_is_recorded_and_read_back_under_either_name(house: House, kind: Kind) -> None:
    answer = await house.post(f"/v1/{kind.path}", body_of(kind))
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/{kind.path}/{answer.json()['id']}"
    assert answer.json()["reference"].startswith("ALP-")
    by_id = await house.get(answer.headers["location"])
    by_name = await house.get(f"/v1/{kind.path}/{answer.json()['reference']}")
    assert by_id.status_code == 200
    assert by_id.json() == by_name.json()
    assert by_id.headers["etag"] == '"1"'
    recorded = by_id.json()["recorded"]
    assert by_id.json()["event"] == kind.event
    assert {name: recorded[name] for name in body_of(kind)} == body_of(kind)
    assert recorded["actor"] == "the caseworker"


@every
async def test_a_text_is_for_casework_and_an_auditor_sees_only_its_name(house: House, kind: Kind) -> None:
    place = f"/v1/{kind.path}/{(await made(house, kind))['id']}"
    audited = await house.get(place, "auditor")
    assert audited.status_code == 200
    assert audited.json()["recorded"].get("sealed", []) == (["text"] if kind.event in TEXTS else [])
    assert TEXTS.get(kind.event, "no such text") not in audited.text


@every
async def test_a_retry_gets_the_same_answer_and_records_nothing(house: House, kind: Kind) -> None:
    key = {"Idempotency_Key": f"once-{kind.path}"}
    first = await house.post(f"/v1/{kind.path}", body_of(kind), **key)
    before = await house.head()
    again = await house.post(f"/v1/{kind.path}", body_of(kind), **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await house.head() == before
    other = await house.post(f"/v1/{kind.path}", body_of(kind, on="2023-02-07"), **key)
    assert other.json()["type"] == "/problems/idempotency-key-reused"


@every
async def test_an_own_reference_stands_for_one_record_of_its_kind(house: House, kind: Kind) -> None:
    reference = f"OWN-{kind.one}"
    assert (await made(house, kind, reference=reference))["reference"] == reference
    again = await house.post(f"/v1/{kind.path}", body_of(kind, reference=reference))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/reference-taken")
    elsewhere = await house.receive(reference=reference)
    assert elsewhere["reference"] == reference


@every
async def test_what_is_wrong_is_refused_by_field_and_changes_nothing(house: House, kind: Kind) -> None:
    wrong, field = WRONG[kind.event]
    before = await house.head()
    bodies: list[Any] = [body_of(kind, **one) for one in (wrong, {"on": "2999-01-04"}, {"nonsense": 1})]
    for body in [*bodies, []]:
        answer = await house.post(f"/v1/{kind.path}", body)
        assert answer.status_code == 422, answer.text
    answer = await house.post(f"/v1/{kind.path}", body_of(kind, **wrong))
    assert answer.json()["errors"][0]["field"] == field
    assert await house.head() == before


@every
@pytest.mark.parametrize("role", ["webform", "reporting", "admin", "service"])
async def test_only_those_who_do_the_casework_record_them(house: House, kind: Kind, role: str) -> None:
    """Interface: a web form may only post complaints."""
    before = await house.head()
    assert (await house.post(f"/v1/{kind.path}", body_of(kind), role)).status_code == 403
    place = f"/v1/{kind.path}/any"
    assert (await house.get(place, role)).status_code == 403
    assert (await house.post(f"{place}/correction_recorded", {}, role)).status_code == 403
    assert await house.head() == before


@every
async def test_a_correction_shows_from_then_on_and_known_at_shows_what_was_said(
    house: House, kind: Kind
) -> None:
    first = await made(house, kind)
    place = f"/v1/{kind.path}/{first['id']}"
    corrects = {"event": kind.event, "on": "2023-02-06"}
    fix = {"on": "2023-03-01", "corrects": corrects, "changes": OTHER_FIELD[kind.event], "reason": "misread"}
    answer = await house.post(f"{place}/correction_recorded", fix, If_Match='"1"')
    assert (answer.status_code, answer.headers["location"]) == (200, place)
    now, then = (await house.get(place)).json(), await house.get(f"{place}?known_at={first['recorded_at']}")
    [(field, value)] = OTHER_FIELD[kind.event].items()
    assert now["recorded"][field] == value
    assert then.json()["recorded"][field] == body_of(kind)[field]
    stale = await house.post(f"{place}/correction_recorded", fix, If_Match='"1"')
    assert stale.status_code == 412


async def test_a_corrected_text_is_sealed_again_and_a_compliment_can_be_taken_back(house: House) -> None:
    kind = KINDS[0]
    place = f"/v1/{kind.path}/{(await made(house, kind))['id']}"
    corrects = {"event": kind.event, "on": "2023-02-06"}
    for changes, shown in (({"text": "He listened."}, "He listened."), ({"void": True}, None)):
        fix = {"on": "2023-03-01", "corrects": corrects, "changes": changes, "reason": "misheard"}
        assert (await house.post(f"{place}/correction_recorded", fix)).status_code == 200
        recorded = (await house.get(place)).json()["recorded"]
        assert (recorded["text"] if recorded else None) == shown
    fed = await house.get("/v1/events?limit=1000")
    assert "listened" not in fed.text


@every
async def test_a_correction_that_names_nothing_is_refused(house: House, kind: Kind) -> None:
    place = f"/v1/{kind.path}/{(await made(house, kind))['id']}"
    fix = {
        "on": "2023-03-01",
        "corrects": {"event": kind.event, "on": "2023-02-05"},
        "changes": OTHER_FIELD[kind.event],
    }
    answer = await house.post(f"{place}/correction_recorded", fix)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing_to_correct")


@every
async def test_one_kind_is_not_found_among_another_nor_by_another_authority(house: House, kind: Kind) -> None:
    record = await made(house, kind)
    complaint = await house.receive()
    theirs = {"Authorization": f"Bearer {house.foreign['caseworker']}"}
    foreign = await house.client.get(f"/v1/{kind.path}/{record['id']}", headers=theirs)
    for answer in (
        foreign,
        await house.get(f"/v1/{kind.path}/{complaint['id']}"),
        await house.get(f"/v1/{kind.path}/nothing"),
        await house.post(f"/v1/{kind.path}/nothing/correction_recorded", {"on": "2023-03-01"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert (await house.get(f"/v1/complaints/{record['id']}")).status_code == 404
