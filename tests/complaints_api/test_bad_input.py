"""Bad input: a problem that names field and rule, nothing written, no 5xx, no echo."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.complaints_api.house import RECEIVED, House

CANARY = "c4n4ry-0f-w4nd3r"
WITH_ISSUE: dict[str, Any] = {**RECEIVED, "issues": [{"no": 1, "theme": "staff"}]}


def raw(**changes: Any) -> bytes:
    return json.dumps({**RECEIVED, **changes}).encode()


async def sent(house: House, body: bytes, path: str = "/v1/complaints", **headers: str) -> Any:
    """Send bytes as they are; whatever comes back is a problem, nothing is written and nothing echoed."""
    before = await house.head()
    kind = {"content-type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    answer = await house.client.post(path, content=body, headers=house.bearing("caseworker", **kind))
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)
    assert await house.head() == before
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'single': 1}",
        b'{"a": 1,}',
        b"NaN",
        b'{"on": NaN}',
        b'{"amount": Infinity}',
        b'{"amount": -Infinity}',
        b'{"method": "\\ud800"}',
        b'{"method": "\\udfff\\ud800"}',
        b'{"method": "\xff\xfe"}',
        b'{"method": "\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": 1' + b"0" * 5000 + b"}",
        b"\x00",
        CANARY.encode(),
    ],
)
async def test_what_is_no_json(house: House, body: bytes) -> None:
    assert (await sent(house, body))["status"] in (400, 422)


@pytest.mark.parametrize("body", [b"[]", b"0", b"null", b'"text"', b"true", f'["{CANARY}"]'.encode()])
async def test_what_is_no_json_object(house: House, body: bytes) -> None:
    problem = await sent(house, body)
    assert problem["errors"] == [{"field": "(body)", "rule": "object", "message": "must be a JSON object"}]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"on": 0}, "on", "date"),
        ({"on": 19_400}, "on", "date"),
        ({"on": 1.5}, "on", "date"),
        ({"on": True}, "on", "date"),
        ({"on": "0"}, "on", "date"),
        ({"on": "2023-02-30"}, "on", "date"),
        ({"on": CANARY}, "on", "date"),
        ({"on": "2099-01-01"}, "on", "in_the_future"),
        ({"on": "1999-12-31"}, "on", "outside_calendar"),
        ({"at": "2023-02-06T10:00:00"}, "at", "instant"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "instant"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "at", "instant"),
        ({"at": "2023-02-07T10:00:00Z"}, "(body)", "at_not_on"),
        ({"grounds_arose_on": 0}, "grounds_arose_on", "date"),
        ({"grounds_arose_on": "2023-02-07"}, "grounds_arose_on", "grounds_before_receipt"),
        ({"method": CANARY}, "method", "literal_error"),
        ({"method": 5}, "method", "literal_error"),
        ({"method": None}, "method", "literal_error"),
        ({"team": CANARY.replace("-", "_")}, "team", "unknown_code"),
        ({"team": f"{CANARY}!"}, "team", "string_pattern_mismatch"),
        ({"team": "not_recorded"}, "team", "unknown_code"),
        ({"issues": []}, "issues", "too_short"),
        ({"issues": {"no": 1}}, "issues", "tuple_type"),
        ({"issues": [{"no": "1", "theme": "staff"}]}, "issues.0.no", "int_type"),
        ({"issues": [{"no": True, "theme": "staff"}]}, "issues.0.no", "int_type"),
        ({"issues": [{"no": 1.0, "theme": "staff"}]}, "issues.0.no", "int_type"),
        ({"issues": [{"no": 1, "theme": f"{CANARY}!"}]}, "issues.0.theme", "string_pattern_mismatch"),
        ({"issues": [{"no": 1, "theme": "canary"}]}, "issues.0.theme", "unknown_code"),
        ({"issues": [{"no": 1, "theme": "staff", CANARY: 1}]}, "issues.0.(unknown)", "extra_forbidden"),
        ({CANARY: 1}, "(unknown)", "extra_forbidden"),
        ({"complainant": CANARY}, "complainant", "model_type"),
        ({"complainant": {"category": CANARY}}, "complainant.category", "literal_error"),
        ({"complainant": {"category": "parent", "ref": CANARY * 20}}, "complainant.ref", "string_too_long"),
        ({"complainant": {"category": "parent", "ref": f"{CANARY}\x00"}}, "complainant.ref", "characters"),
        ({"children": [{"ref": ""}]}, "children.0.ref", "string_too_short"),
        ({"children": [{"ref": 5}]}, "children.0.ref", "string_type"),
        ({"personal": CANARY}, "personal", "object"),
        ({"personal": {CANARY: "x"}}, "personal", "unknown_field"),
        ({"personal": {"name": f"{CANARY}\x00"}}, "personal.name", "text"),
        ({"personal": {"name": [CANARY]}}, "personal.name", "text"),
        ({"reference": f"{CANARY}\x00"}, "reference", "text"),
        ({"reference": 5}, "reference", "text"),
        ({"reference": CANARY * 20}, "reference", "text"),
        ({"submission_reference": 5}, "Idempotency-Key", "length"),
        ({"submission_reference": ""}, "Idempotency-Key", "length"),
        ({"seq": 10**30}, "seq", "less_than_equal"),
        ({"seq": "1"}, "seq", "int_type"),
        ({"anonymous": "yes"}, "anonymous", "bool_type"),
        ({"event": CANARY}, "event", "literal_error"),
    ],
)
async def test_a_field_that_breaks_a_rule_is_named_with_it(
    house: House, changes: dict[str, Any], field: str, rule: str
) -> None:
    problem = await sent(house, raw(**changes))
    found = [(one["field"], one["rule"]) for one in problem["errors"]]
    assert (field, rule) in found, found


OUTCOMES = "'upheld', 'partially_upheld', 'not_upheld' or 'inconclusive'"


@pytest.mark.parametrize(
    ("event", "body", "said"),
    [
        (
            "acknowledged",
            {CANARY: 1},
            {"(unknown)": "is not a field of this event; there are: at, on, seq, stage"},
        ),
        ("contact_logged", {"direction": "in"}, {"method": "must be given"}),
        ("contact_logged", {"direction": CANARY, "method": "email"}, {"direction": "must be 'in' or 'out'"}),
        ("acknowledged", {"on": "6/2/2023"}, {"on": "must be a date written YYYY-MM-DD"}),
        (
            "stage_responded",
            {"stage": 1, "issue_outcomes": [{"issue": 1, "outcome": CANARY}]},
            {"issue_outcomes.0.outcome": f"must be {OUTCOMES}"},
        ),
    ],
)
async def test_what_a_field_must_be_is_said_in_plain_words(
    house: House, event: str, body: dict[str, Any], said: dict[str, str]
) -> None:
    """Each error once: a list is not called empty because what stood in it was wrong."""
    made = await house.receive()
    problem = await sent(house, json.dumps(body).encode(), f"/v1/complaints/{made['id']}/{event}")
    assert {one["field"]: one["message"] for one in problem["errors"]} == said


async def test_every_error_is_told_at_once(house: House) -> None:
    problem = await sent(house, raw(on=0, method=5, surprise=1))
    assert {one["field"] for one in problem["errors"]} == {"on", "method", "(unknown)"}


@pytest.mark.parametrize(
    ("event", "body", "field", "rule"),
    [
        ("acknowledged", {"on": "2023-02-05"}, "on", "before_receipt"),
        ("acknowledged", {"on": "2099-01-01"}, "on", "in_the_future"),
        ("acknowledged", {"on": "2023-02-07", "stage": True}, "stage", "whole_number"),
        ("acknowledged", {"on": "2023-02-07", "stage": 4}, "stage", "literal_error"),
        ("acknowledged", {"on": "2023-02-07", "stage": 2}, "stage", "stage_not_opened"),
        ("adjudicated", {"on": "2023-02-07", "outcome": "upheld"}, "on", "stage_2_not_requested"),
        ("cost_recorded", {"on": "2023-02-07", "stage": 1, "amount": 0.001}, "amount", "money"),
        ("cost_recorded", {"on": "2023-02-07", "stage": 1, "amount": "NaN"}, "amount", "money"),
        (
            "contact_logged",
            {"on": "2023-02-07", "direction": "in", "method": "email", "note": 5},
            "note",
            "text",
        ),
        (
            "learning_recorded",
            {"on": "2023-02-07", "learning": "L", "theme": "staff", "action": f"{CANARY}\x00"},
            "action",
            "characters",
        ),
    ],
)
async def test_a_command_that_breaks_a_rule(
    house: House, event: str, body: dict[str, Any], field: str, rule: str
) -> None:
    made = await house.receive()
    problem = await sent(house, json.dumps(body).encode(), f"/v1/complaints/{made['id']}/{event}")
    found = [(one["field"], one["rule"]) for one in problem["errors"]]
    assert (field, rule) in found, found


async def test_a_body_of_two_megabytes(house: House) -> None:
    assert (await sent(house, raw(personal={"narrative": "a" * 2_000_000})))["status"] == 413


async def test_a_text_beyond_what_any_letter_has(house: House) -> None:
    problem = await sent(house, raw(personal={"narrative": "a" * 100_001}))
    assert problem["errors"][0]["field"] == "personal.narrative"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*"])
async def test_another_media_type(house: House, kind: str) -> None:
    assert (await sent(house, raw(), content_type=kind))["status"] == 415


@pytest.mark.parametrize(
    "path",
    [
        "/v1/complaints/%00/acknowledged",
        f"/v1/complaints/{CANARY}/acknowledged",
        "/v1/complaints/%ED%A0%80/acknowledged",
        "/v1/complaints/" + "9" * 5000 + "/acknowledged",
        "/v1/complaints/..%2f..%2f/acknowledged",
        "/v1/complaints/x/teleported",
        "/v1/complaints/x/personal_data_erased",
        "/v1/complaints/x/received",
        "/v1/nothing",
    ],
)
async def test_a_path_to_nowhere(house: House, path: str) -> None:
    for headers in ({}, {"Idempotency_Key": "one"}):
        assert (await sent(house, b"{}", path, **headers))["status"] in (404, 405)


@pytest.mark.parametrize(
    "query",
    [
        "as_of=0",
        f"as_of={CANARY}",
        "as_of=2023-02-30",
        "as_of=",
        "known_at=2023-02-06",
        "known_at=0",
        "known_at=0001-01-01T00:00:00%2B14:00",
        "known_at=9999-12-31T23:59:59-14:00",
        "known_at=%00",
    ],
)
async def test_a_time_that_is_none(house: House, query: str) -> None:
    made = await house.receive()
    answer = await house.get(f"/v1/complaints/{made['id']}?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]
    assert CANARY not in answer.text


@pytest.mark.parametrize("key", ["x" * 256, "x" * 5000])
async def test_an_idempotency_key_without_end(house: House, key: str) -> None:
    assert (await sent(house, raw(), Idempotency_Key=key))["errors"][0]["field"] == "Idempotency-Key"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "on",
        "at",
        "seq",
        "method",
        "issues",
        "team",
        "complainant",
        "children",
        "personal",
        "procedure",
        "form",
        "x",
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FIELDS, JSON, min_size=1, max_size=3))
async def test_whatever_stands_in_whatever_field_there_is_no_5xx(
    house: House, changes: dict[str, Any]
) -> None:
    before = await house.head()
    answer = await house.client.post(
        "/v1/complaints",
        content=raw(**changes),
        headers=house.bearing("caseworker", **{"content-type": "application/json"}),
    )
    assert answer.status_code in (201, 400, 422), (answer.status_code, changes)
    assert await house.head() == before + (answer.status_code == 201)
