"""The authority's own lists over HTTP: what forms offer, and what screens show in the place of codes."""

import pytest

from tests.complaints_api.house import House

ROLES = ("webform", "caseworker", "auditor")


@pytest.mark.parametrize("role", ROLES)
async def test_who_fills_in_forms_reads_the_lists(house: House, role: str) -> None:
    answer = await house.get("/v1/profile", role)
    assert answer.status_code == 200
    profile = answer.json()
    assert {"code", "label", "group"} == set(profile["teams"][0])
    assert {"code", "label", "parent", "type", "use"} == set(profile["themes"][0])
    assert "procedures" in profile


async def test_a_reporting_key_is_not_for_this(house: House) -> None:
    assert (await house.get("/v1/profile", "service")).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"), [("on=yesterday", "on"), ("on=2023-02-30", "on"), ("jane=1", "(unknown)")]
)
async def test_a_day_is_a_day_and_nothing_else_is_asked(house: House, query: str, field: str) -> None:
    answer = await house.get(f"/v1/profile?{query}")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert "jane" not in answer.text
