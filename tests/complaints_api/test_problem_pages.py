"""Every rule by which the service refuses has a page of its own, where the type of its problem leads."""

import pytest

from complaints_api.domain.rules import NAMED
from tests.complaints_api.house import House

RECEIPT = {"event": "received", "on": "2023-02-06"}
REFUSED = {
    "unknown_code": ("triaged", {"on": "2023-02-07", "team": "nowhere"}),
    "same_event_twice": (
        "contact_logged",
        {"on": "2023-02-07", "seq": 1, "direction": "in", "method": "email"},
    ),
    "nothing_to_correct": (
        "correction_recorded",
        {"on": "2023-02-07", "corrects": {**RECEIPT, "on": "2023-02-01"}, "changes": {"void": True}},
    ),
    "impossible_correction": (
        "correction_recorded",
        {"on": "2023-02-07", "corrects": RECEIPT, "changes": {"form": "sung"}},
    ),
    "before_receipt": (
        "extended",
        {"on": "2023-02-03", "stage": 1, "reason": "complex", "new_due": "2023-03-06"},
    ),
    "extension_too_late": (
        "extended",
        {"on": "2023-02-21", "stage": 1, "reason": "complex", "new_due": "2023-03-06"},
    ),
    "linked_to_itself": ("linked", {"on": "2023-02-07", "to": "SELF-1", "relation": "related"}),
}
"""Rule, and a command that breaks it on a complaint received on 6 February 2023 and contacted once."""


async def test_every_named_rule_has_its_page(house: House) -> None:
    for name, rule in NAMED.items():
        answer = await house.client.get(f"/problems/{name}")
        assert answer.status_code == 200, name
        assert answer.json() == {"type": f"/problems/{name}", "says": f"{rule.says} ({rule.source})"}


async def test_what_is_no_problem_has_none(house: House) -> None:
    assert (await house.client.get("/problems/no_such_rule")).status_code == 404


@pytest.mark.parametrize("rule", REFUSED)
async def test_a_refusal_leads_to_its_rule(own_house: House, rule: str) -> None:
    await own_house.receive(reference="SELF-1")
    logged = {"on": "2023-02-07", "seq": 1, "direction": "in", "method": "email"}
    assert (await own_house.post("/v1/complaints/SELF-1/contact_logged", logged)).status_code == 200
    head = await own_house.head()
    event, body = REFUSED[rule]
    refused = await own_house.post(f"/v1/complaints/SELF-1/{event}", body)
    assert refused.status_code in (409, 422), refused.text
    problem = refused.json()
    assert problem["type"] == f"/problems/{rule}"
    assert problem["errors"][0]["rule"] == rule
    assert (await own_house.client.get(problem["type"])).json()["says"] == problem["detail"]
    assert await own_house.head() == head
