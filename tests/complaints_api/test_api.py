"""The API as callers use it: commands, reading, roles, versions, retries."""

import asyncio
import base64
import secrets
from typing import Any, get_args

import pytest

from complaints_api.api.casework import COMMANDS
from complaints_api.store.api_keys import Role
from tests.complaints_api.house import ALPHA, RECEIVED, House

ROLES = get_args(Role)
ACK = {"on": "2023-02-07"}


def reference() -> str:
    return f"API-{secrets.token_hex(6)}"


async def test_a_complaint_comes_in_and_is_told_where_it_went(house: House) -> None:
    before = await house.head()
    answer = await house.post("/v1/complaints", RECEIVED, "webform")
    body = answer.json()
    assert answer.status_code == 201
    assert (body["version"], body["position"]) == (1, before + 1)
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/complaints/{body['id']}"
    assert body["reference"].startswith("ALP-")


async def test_the_named_actions_drive_a_complaint_through_two_stages(house: House) -> None:
    name = (await house.receive())["reference"]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("acknowledged", ACK),
        (
            "eligibility_assessed",
            {"on": "2023-02-07", "decision": "accepted", "procedure": "children_statutory"},
        ),
        ("extended", {"on": "2023-02-15", "stage": 1, "reason": "complex", "new_due": "2023-03-06"}),
        (
            "stage_responded",
            {"on": "2023-03-01", "stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "not_upheld"}]},
        ),
        ("escalated", {"on": "2023-03-08", "to_stage": 2, "reasons": "Not answered."}),
        ("io_appointed", {"on": "2023-03-13"}),
        ("ip_appointed", {"on": "2023-03-13"}),
        ("investigation_report_received", {"on": "2023-04-14", "author": "io"}),
        ("investigation_report_received", {"on": "2023-04-14", "author": "ip"}),
        ("adjudicated", {"on": "2023-04-20", "outcome": "upheld"}),
        ("remedy_agreed", {"on": "2023-05-02", "remedy": "R-1", "source": "council", "types": ["apology"]}),
        ("remedied", {"on": "2023-05-10", "remedy": "R-1", "amount": 150}),
    ]
    for version, (event, body) in enumerate(steps, start=2):
        answer = await house.post(f"/v1/complaints/{name}/{event}", body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["version"] == version
        assert answer.headers["etag"] == f'"{version}"'
    shown = (await house.get(f"/v1/complaints/{name}")).json()
    assert (shown["state"], shown["version"]) == ("answered", 13)
    assert [stage["answered_on"] for stage in shown["stages"]] == ["2023-03-01", "2023-04-20"]
    history = (await house.get(f"/v1/complaints/{name}/history")).json()
    assert [one["event"] for one in history["events"]] == ["received", *(event for event, _ in steps)]
    assert history["events"][5]["texts"] == {"reasons": "Not answered."}


async def test_a_complaint_is_found_by_id_and_by_reference(house: House) -> None:
    made = await house.receive(reference=reference())
    by_id, by_name = [await house.get(f"/v1/complaints/{name}") for name in (made["id"], made["reference"])]
    assert by_id.json() == by_name.json()
    assert by_id.headers["etag"] == '"1"'


async def test_as_of_and_known_at_show_the_complaint_as_it_was(house: House) -> None:
    made = await house.receive()
    path = f"/v1/complaints/{made['id']}"
    await house.post(f"{path}/acknowledged", ACK)
    acknowledged = [
        (await house.get(f"{path}{query}")).json()["stages"][0]["acknowledged_on"]
        for query in ("", "?as_of=2023-02-07", "?as_of=2023-02-06", f"?known_at={made['recorded_at']}")
    ]
    assert acknowledged == ["2023-02-07", "2023-02-07", None, None]
    assert (await house.get(f"{path}?as_of=2023-02-05")).json()["state"] == "not_received"


async def test_two_payments_of_one_day_are_two_events(house: House) -> None:
    """History format: `seq` tells two equal events of one day apart; without one the service gives it."""
    made = await house.receive()
    path = f"/v1/complaints/{made['id']}"
    agreed = {"on": "2023-03-01", "remedy": "R-1", "source": "council", "types": ["apology"]}
    assert (await house.post(f"{path}/remedy_agreed", agreed)).status_code == 200
    paid = {"on": "2023-03-02", "remedy": "R-1", "amount": 50}
    for _ in range(3):
        assert (await house.post(f"{path}/remedied", paid)).status_code == 200
    events = await house.desk.load(ALPHA, "complaint", made["reference"])
    assert [one.event.seq for one in events.history[2:]] == [None, 2, 3]
    again = await house.post(f"{path}/remedied", {**paid, "seq": 3})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "seq")


OPERATIONS: dict[tuple[str, str], set[str]] = {
    ("POST", "/v1/complaints"): {"webform", "caseworker", "manager"},
    ("POST", "/v1/complaints/{id}/acknowledged"): {"caseworker", "manager"},
    ("GET", "/v1/complaints/{id}"): {"caseworker", "manager", "auditor"},
    ("GET", "/v1/complaints/{id}/history"): {"caseworker", "manager", "auditor"},
    ("GET", "/v1/events?authority=alpha"): {"caseworker", "manager", "auditor", "service"},
    ("GET", "/v1/authorities"): {"service"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_each_role_may_do_what_is_its_own(house: House, role: str, operation: tuple[str, str]) -> None:
    method, path = operation
    path = path.replace("{id}", (await house.receive())["id"])
    before = await house.head()
    body = RECEIVED if path.endswith("complaints") else ACK
    answer = await house.client.request(
        method, path, headers=house.bearing(role), json=body if method == "POST" else None
    )
    if role in OPERATIONS[operation]:
        assert answer.is_success, answer.text
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/role-not-allowed")
        assert await house.head() == before


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_no_command_is_open_to_a_web_form_or_a_reader(house: House, name: str) -> None:
    for role in ("webform", "auditor", "reporting", "admin", "service"):
        answer = await house.post("/v1/complaints/any/" + name, {}, role)
        assert answer.status_code == 403, role
    assert (await house.post("/v1/complaints/any/" + name, {})).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nothing"},
        {"Authorization": "Bearer crk_0123456789ab_nothing"},
        {"Authorization": "Digest abc"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"user:crk_x_y").decode()},
    ],
)
async def test_without_a_valid_key_nothing_is_answered(house: House, sent: dict[str, str]) -> None:
    answer = await house.client.get("/v1/events", headers=sent)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_may_come_as_basic_password(house: House) -> None:
    sent = base64.b64encode(f"anyone:{house.keys['auditor']}".encode()).decode()
    answer = await house.client.get("/v1/events", headers={"Authorization": f"Basic {sent}"})
    assert answer.status_code == 200


async def test_the_service_key_asks_whose_a_key_is(house: House) -> None:
    path = "/v1/keys/check"
    known = await house.post(path, {"key": house.keys["reporting"]}, "service")
    assert known.json() == {"authority": ALPHA, "role": "reporting", "name": "the reporting", "teams": []}
    assert (await house.post(path, {"key": "crk_no_key"}, "service")).status_code == 404
    assert (await house.post(path, {}, "service")).status_code == 404
    assert (await house.post(path, {"key": house.keys["reporting"]}, "admin")).status_code == 403


async def test_another_authoritys_complaint_is_not_there(house: House) -> None:
    made = await house.receive(reference=reference())
    foreign = {"Authorization": f"Bearer {house.foreign['manager']}"}
    for name in (made["id"], made["reference"]):
        path = f"/v1/complaints/{name}"
        answers = [
            await house.client.get(path, headers=foreign),
            await house.client.get(f"{path}/history", headers=foreign),
            await house.client.post(f"{path}/acknowledged", headers=foreign, json=ACK),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.json()["type"] for answer in answers} == {"/problems/unknown-complaint"}
    feed = await house.client.get("/v1/events?authority=alpha", headers=foreign)
    assert (feed.status_code, feed.json()["type"]) == (404, "/problems/unknown-authority")
    same = await house.client.post(
        "/v1/complaints", headers=foreign, json={**RECEIVED, "reference": made["reference"]}
    )
    assert same.status_code == 201
    assert same.json()["id"] != made["id"]


@pytest.mark.parametrize(
    "tag", ['"2"', '"0"', '"99"', "2", 'W/"1"', '"abc"', '"-1"', '"1', "'1'", '"99999999999"']
)
async def test_a_stale_or_strange_version_is_412_and_nothing_written(house: House, tag: str) -> None:
    made = await house.receive()
    before = await house.head()
    answer = await house.post(f"/v1/complaints/{made['id']}/acknowledged", ACK, If_Match=tag)
    if tag == '"1':
        assert answer.status_code in (200, 412)
        return
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert await house.head() == before


async def test_the_version_that_was_seen_is_taken(house: House) -> None:
    made = await house.receive()
    path = f"/v1/complaints/{made['id']}/contact_logged"
    body = {**ACK, "direction": "in", "method": "email"}
    assert (await house.post(path, body, If_Match='"1"')).status_code == 200
    stale = await house.post(path, body, If_Match='"1"')
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
    assert (await house.post(path, body, If_Match="*")).status_code == 200


async def test_of_many_that_saw_one_version_one_is_taken(house: House) -> None:
    made = await house.receive()
    body = {**ACK, "direction": "in", "method": "email"}
    path = f"/v1/complaints/{made['id']}/contact_logged"
    answers = await asyncio.gather(*(house.post(path, body, If_Match='"1"') for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


async def test_without_a_version_all_of_many_are_taken_in_turn(house: House) -> None:
    made = await house.receive()
    body = {**ACK, "direction": "in", "method": "email"}
    path = f"/v1/complaints/{made['id']}/contact_logged"
    answers = await asyncio.gather(*(house.post(path, body) for _ in range(10)))
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 12))


async def test_a_retry_is_answered_as_the_first_and_recorded_once(house: House) -> None:
    key = secrets.token_hex(8)
    before = await house.head()
    first, again = [await house.post("/v1/complaints", RECEIVED, Idempotency_Key=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["etag"] == again.headers["etag"]
    assert await house.head() == before + 1


async def test_a_retry_of_ones_own_success_is_not_stale(house: House) -> None:
    """The key is looked at before `If-Match`."""
    made = await house.receive()
    path, key = f"/v1/complaints/{made['id']}/acknowledged", secrets.token_hex(8)
    first, again = [await house.post(path, ACK, If_Match='"1"', Idempotency_Key=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


async def test_equal_requests_at_one_moment_are_recorded_once_and_answered_alike(house: House) -> None:
    for _ in range(5):
        made = await house.receive()
        path, key = f"/v1/complaints/{made['id']}/acknowledged", secrets.token_hex(8)
        answers = await asyncio.gather(*(house.post(path, ACK, Idempotency_Key=key) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["position"] for answer in answers}) == 1


async def test_a_key_that_stood_for_another_request_is_refused(house: House) -> None:
    key = secrets.token_hex(8)
    assert (await house.post("/v1/complaints", RECEIVED, Idempotency_Key=key)).status_code == 201
    before = await house.head()
    other = await house.post("/v1/complaints", {**RECEIVED, "team": "south"}, Idempotency_Key=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await house.head() == before
    another_caller = await house.post("/v1/complaints", RECEIVED, "manager", Idempotency_Key=key)
    assert another_caller.status_code == 201
    assert await house.head() == before + 1


async def test_a_form_that_cannot_send_headers_sends_a_submission_reference(house: House) -> None:
    body = {**RECEIVED, "submission_reference": secrets.token_hex(8)}
    first, again = [await house.post("/v1/complaints", body, "webform") for _ in range(2)]
    assert first.json() == again.json()


async def test_a_reference_stands_for_one_complaint(house: House) -> None:
    body = {**RECEIVED, "reference": reference()}
    assert (await house.post("/v1/complaints", body)).json()["reference"] == body["reference"]
    taken = await house.post("/v1/complaints", body)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/reference-taken")


async def test_the_service_says_how_it_is(house: House) -> None:
    assert (await house.client.get("/health/live")).json() == {"status": "live"}
    ready = await house.client.get("/health/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    metrics = (await house.client.get("/metrics")).text
    assert f'complaints_log_position{{authority="alpha"}} {await house.head()}' in metrics


async def test_a_problems_type_leads_to_what_it_means(house: House) -> None:
    made = await house.receive()
    path = f"/v1/complaints/{made['id']}/acknowledged"
    assert (await house.post(path, ACK)).status_code == 200
    answer = await house.post(path, ACK)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/already_acknowledged")
    assert "2023-02-07" in problem["errors"][0]["message"]
    explained = (await house.client.get(problem["type"])).json()
    assert explained["says"] == problem["detail"]
