"""Search: what is asked for is found, all of it once, by those who may ask, and nothing of it is repeated."""

import logging
from collections import Counter
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints_api.recording import Command
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House

PATH = "/v1/complaints/search"
CANARY = "c4n4ry-0f-w4nd3r"
Json = dict[str, Any]

MANY: list[Json] = [
    {
        "reference": f"S-{n:02}",
        "on": f"2023-02-{1 + n // 3:02}",
        "team": ("north", "south")[n % 2],
        "issues": [{"no": 1, "theme": ("delay", "staff", "rude")[n % 3]}],
        "procedure": ("children_statutory", "corporate_code")[n % 5 == 0],
        "complainant": {"ref": f"P-{n % 4}", "category": ("parent", "care_leaver")[n % 7 == 0]},
        "children": [{"ref": f"K-{n % 3}"}],
        "personal": {"name": f"Sought Number{n}", "phone": f"07700 9001{n:02}"},
    }
    for n in range(20)
]
"""Complaints that differ in everything one can look for."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def many(house: House) -> House:
    """A house with these complaints, some of which have gone on, and one referral without a complaint."""
    for one in MANY:
        await house.receive(**one)
    steps: list[tuple[str, str, Json]] = [
        ("S-01", "allocated", {"on": "2023-02-20", "officer": "olive"}),
        ("S-02", "withdrawn", {"on": "2023-02-20", "reason": "satisfied"}),
        ("S-03", "linked", {"on": "2023-02-20", "to": "S-01", "relation": "related"}),
        ("S-04", "details_changed", {"on": "2023-02-20", "personal": {"safe_contact": "by post only"}}),
    ]
    for reference, event, data in steps:
        answer = await house.post(f"/v1/complaints/{reference}/{event}", data)
        assert answer.status_code == 200, answer.text
    for authority in (ALPHA, BETA):
        referred = Command("lgsco_referred", {"on": "2023-03-01", "lgsco_ref": "23 000 001"}, "tester")
        await house.desk.begin(authority, "complaint", "S-LGO", referred)
    return house


async def search(house: House, role: str = "caseworker", **criteria: Any) -> Json:
    answer = await house.post(PATH, criteria, role)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    assert found["as_of_position"] == await house.head()
    assert found["behind"] == 0
    return found


async def references(house: House, **criteria: Any) -> list[str]:
    return [one["reference"] for one in (await search(house, limit=200, **criteria))["items"]]


def expected(chosen: Any) -> list[str]:
    return sorted(one["reference"] for one in MANY if chosen(one))


CRITERIA: list[tuple[Json, Any]] = [
    ({"reference": "S-1"}, lambda one: one["reference"].startswith("S-1")),
    ({"reference": "S-07"}, lambda one: one["reference"] == "S-07"),
    ({"reference": "S_07"}, lambda _: False),
    ({"reference": "%"}, lambda _: False),
    ({"received_from": "2023-02-04"}, lambda one: one["on"] >= "2023-02-04"),
    ({"received_to": "2023-02-04"}, lambda one: one["on"] <= "2023-02-04"),
    ({"received_from": "2023-02-03", "received_to": "2023-02-03"}, lambda one: one["on"] == "2023-02-03"),
    ({"team": "north"}, lambda one: one["team"] == "north"),
    ({"team": "nowhere"}, lambda _: False),
    ({"theme": "rude"}, lambda one: one["issues"][0]["theme"] == "rude"),
    ({"theme": "staff"}, lambda one: one["issues"][0]["theme"] in ("staff", "rude")),
    ({"theme": "heading"}, lambda one: one["issues"][0]["theme"] == "delay"),
    ({"state": "withdrawn"}, lambda one: one["reference"] == "S-02"),
    ({"state": "stage_1", "stage": 1}, lambda one: one["reference"] != "S-02"),
    ({"procedure": "corporate_code"}, lambda one: one["procedure"] == "corporate_code"),
    ({"officer": "olive"}, lambda one: one["reference"] == "S-01"),
    ({"category": "care_leaver"}, lambda one: one["complainant"]["category"] == "care_leaver"),
    ({"person": "P-3"}, lambda one: one["complainant"]["ref"] == "P-3"),
    ({"person": "K-2"}, lambda one: one["children"][0]["ref"] == "K-2"),
    ({"linked_to": "S-01"}, lambda one: one["reference"] == "S-03"),
    ({"complainant": {"name": "number7 SOUGHT"}}, lambda one: one["reference"] == "S-07"),
    (
        {"complainant": {"phone": "+44 (0)7700 900112", "name": "sought"}},
        lambda one: one["reference"] == "S-12",
    ),
    ({"complainant": {"phone": "07700900112", "name": "number1"}}, lambda _: False),
    (
        {"team": "south", "theme": "delay", "complainant": {"name": "sought"}, "received_from": "2023-02-02"},
        lambda one: (
            one["team"] == "south" and one["issues"][0]["theme"] == "delay" and one["on"] >= "2023-02-02"
        ),
    ),
]


@pytest.mark.parametrize(("criteria", "chosen"), CRITERIA, ids=[str(criteria) for criteria, _ in CRITERIA])
async def test_each_criterion_finds_what_meets_it(many: House, criteria: Json, chosen: Any) -> None:
    assert sorted(await references(many, **criteria)) == expected(chosen)


async def test_a_referral_without_a_complaint_is_found_too(many: House) -> None:
    assert await references(many, state="referral_only") == ["S-LGO"]
    assert (await references(many, reference="S-"))[0] == "S-LGO"


async def test_what_is_shown(many: House) -> None:
    (one,) = (await search(many, reference="S-04"))["items"]
    shown = (await many.get("/v1/complaints/S-04")).json()
    same = ("id", "reference", "version", "state", "procedure", "team", "officer", "received_on")
    assert {name: one[name] for name in same} == {name: shown[name] for name in same}
    assert (one["stage"], one["category"], one["themes"]) == (1, "parent", ["staff"])
    assert (one["urgent"], one["write_with_care"]) == (False, True)
    assert len(one) == 13


@given(
    limit=st.integers(1, 25), criteria=st.sampled_from([{"reference": "S-"}, *(one for one, _ in CRITERIA)])
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.asyncio(loop_scope="session")
async def test_paging_gives_every_complaint_once_in_order(many: House, limit: int, criteria: Json) -> None:
    whole = (await search(many, limit=200, **criteria))["items"]
    paged: list[Json] = []
    cursor: str | None = None
    while True:
        page = await search(many, limit=limit, cursor=cursor, **criteria)
        paged += page["items"]
        cursor = page["next"]
        assert len(page["items"]) == limit or cursor is None
        if cursor is None:
            break
    assert paged == whole
    assert max(Counter(one["id"] for one in paged).values(), default=1) == 1
    dated = [one["received_on"] for one in paged if one["received_on"]]
    assert dated == sorted(dated, reverse=True)


async def test_another_authority_finds_nothing_of_it(many: House) -> None:
    for criteria in ({"reference": "S-0"}, {"complainant": {"name": "sought"}}, {"person": "P-1"}):
        key = {"Authorization": f"Bearer {many.foreign['caseworker']}"}
        answer = await many.client.post(PATH, json=criteria, headers=key)
        assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_a_complaint_is_found_at_once_as_it_stands_now(house: House) -> None:
    made = await house.receive(reference="NOW-1", personal={"name": "Perpetua Immediate"})
    (one,) = (await search(house, complainant={"name": "perpetua"}))["items"]
    assert (one["id"], one["version"]) == (made["id"], 1)
    taken_back = {
        "on": "2023-02-08",
        "corrects": {"event": "received", "on": RECEIVED["on"]},
        "changes": {"personal": {"name": "Patience Immediate"}, "team": "south"},
    }
    answer = await house.post("/v1/complaints/NOW-1/correction_recorded", taken_back)
    assert answer.status_code == 200, answer.text
    for name in ("Perpetua", "Patience Immediate"):
        (one,) = (await search(house, complainant={"name": name}))["items"]
        assert (one["reference"], one["version"], one["team"]) == ("NOW-1", 2, "south")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("caseworker", 200),
        ("manager", 200),
        ("auditor", 200),
        ("webform", 403),
        ("reporting", 403),
        ("admin", 403),
    ],
)
async def test_who_may_search(many: House, role: str, status: int) -> None:
    assert (await many.post(PATH, {"reference": "S-0"}, role)).status_code == status


@pytest.mark.parametrize("field", ["person", "complainant"])
async def test_an_auditor_does_not_look_for_persons(many: House, field: str) -> None:
    asked = {"person": CANARY, "complainant": {"name": CANARY}}[field]
    answer = await many.post(PATH, {"team": "north", field: asked}, "auditor")
    assert answer.status_code == 403
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("criteria", "field", "rule"),
    [
        ({}, "(body)", "criterion"),
        ({"limit": 5}, "(body)", "criterion"),
        ({"team": None}, "(body)", "criterion"),
        ({CANARY: 1}, "(unknown)", "extra_forbidden"),
        ({"complainant": {CANARY: 1}}, "complainant.(unknown)", "extra_forbidden"),
        ({"complainant": {}}, "complainant", "criterion"),
        ({"complainant": {"name": None}}, "complainant", "criterion"),
        ({"complainant": CANARY}, "complainant", "model_type"),
        ({"complainant": {"name": ""}}, "complainant.name", "string_too_short"),
        ({"complainant": {"name": CANARY * 20}}, "complainant.name", "string_too_long"),
        ({"complainant": {"name": "\x00"}}, "complainant.name", "words"),
        ({"complainant": {"name": "-"}}, "complainant.name", "words"),
        ({"complainant": {"name": "a b c d e f g h i j k"}}, "complainant.name", "words"),
        ({"complainant": {"email": CANARY}}, "complainant.email", "words"),
        ({"complainant": {"phone": "none"}}, "complainant.phone", "words"),
        ({"complainant": {"postcode": CANARY[6:]}}, "complainant.postcode", "words"),
        ({"received_from": CANARY}, "received_from", "date"),
        ({"received_from": "2023-02-02", "received_to": "2023-02-01"}, "(body)", "received_to"),
        ({"state": CANARY}, "state", "literal_error"),
        ({"procedure": CANARY}, "procedure", "literal_error"),
        ({"category": CANARY}, "category", "literal_error"),
        ({"stage": 4}, "stage", "literal_error"),
        ({"stage": True}, "stage", "whole_number"),
        ({"team": CANARY + "!"}, "team", "string_pattern_mismatch"),
        ({"reference": 7}, "reference", "string_type"),
        ({"team": "north", "limit": 0}, "limit", "greater_than_equal"),
        ({"team": "north", "limit": 201}, "limit", "less_than_equal"),
        ({"team": "north", "limit": "5"}, "limit", "int_type"),
    ],
)
async def test_a_search_that_breaks_a_rule(many: House, criteria: Json, field: str, rule: str) -> None:
    answer = await many.post(PATH, criteria)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {(one["field"], one["rule"]) for one in answer.json()["errors"]} == {(field, rule)}
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "cursor", [CANARY, "", "W10=", 7, [], {}, "bnVsbA==", "WzEsMl0=", "\u00e9", "WyIwMDAwLTAwLTAwIiwgMV0="]
)
async def test_a_cursor_that_no_answer_gave(many: House, cursor: Any) -> None:
    answer = await many.post(PATH, {"team": "north", "cursor": cursor})
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["field"], error["rule"]) == ("cursor", "cursor")
    assert CANARY not in answer.text


async def test_nothing_that_is_asked_for_is_logged(many: House, caplog: pytest.LogCaptureFixture) -> None:
    """Not even by a logger that tells all."""
    with caplog.at_level(logging.DEBUG):
        await search(many, complainant={"name": CANARY, "email": f"{CANARY}@example.test"}, person=CANARY)
        await many.post(PATH, {"complainant": {"phone": CANARY}, "state": CANARY})
    assert CANARY not in caplog.text
