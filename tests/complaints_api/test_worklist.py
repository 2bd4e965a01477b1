"""The worklist over HTTP: what is owed, in order and in pages, as soon as a command was answered."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from complaint_events.codes import Procedure
from complaint_events.working_days import add_working_days, working_days_after
from complaints_api.api.worklist_asked import WorklistPage
from complaints_api.domain.due import DUES, NO_DAY, due, spans, working_days_left
from complaints_api.recording import AUTHORITY_STREAM, Command, Recording
from complaints_api.store.api_keys import ApiKeys
from complaints_api.store.worklist_reading import COUNTED_BY
from tests.complaint_events.stories import PROFILE_JSON
from tests.complaints_api.councils import imported, line, written
from tests.complaints_api.house import ALPHA, BETA, House

Json = dict[str, Any]
TODAY = date(2023, 4, 12)
"""A Wednesday; what was received on 29 March is to be answered by Friday (two bank holidays at Easter)."""

DRAWN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recording, "today", property(lambda _: TODAY))


async def listed(house: House, query: str = "", role: str = "caseworker") -> Json:
    """A page of the worklist that includes every command so far."""
    answer = await house.get(f"/v1/worklist{query}", role)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    assert (found["as_of_position"], found["behind"]) == (await house.head(), 0)
    return found


async def owed(house: House, made: Json, query: str = "?limit=200") -> dict[str, Json]:
    """What the worklist says is owed on one complaint."""
    items = (await listed(house, query))["items"]
    return {one["obligation"]: one for one in items if one["id"] == made["id"]}


async def done(house: House, made: Json, event: str, on: str, **data: Any) -> None:
    """Record an event of a complaint."""
    answer = await house.post(f"/v1/complaints/{made['id']}/{event}", {"on": on, **data})
    assert answer.status_code == 200, answer.text


async def test_a_row_says_what_is_owed_by_when_and_whose_it_is(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29", reference="A/1")
    respond = (await owed(own_house, made))["respond"]
    assert respond == {
        "id": made["id"],
        "reference": "A/1",
        "version": 1,
        "obligation": "respond",
        "words": "Send the answer.",
        "stage": 1,
        "about": None,
        "waiting_on": "council",
        "waiting_for": None,
        "starts_on": "2023-03-29",
        "rule": "SI 2006/1738 reg 14(1), (5)",
        "due_on": "2023-04-14",
        "target_on": "2023-04-14",
        "maximum_on": "2023-04-28",
        "extended_to": None,
        "working_days_left": 2,
        "due": "soon",
        "urgent": False,
        "team": "north",
        "officer": None,
        "procedure": "children_statutory",
        "write_with_care": False,
    }


async def test_a_command_moves_its_row_in_the_very_next_answer(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29")
    assert "respond" in await owed(own_house, made)
    answer = [{"issue": 1, "outcome": "upheld"}]
    await done(own_house, made, "stage_responded", "2023-04-11", stage=1, issue_outcomes=answer)
    left = await owed(own_house, made)
    assert "respond" not in left
    assert left["may_ask_for_stage_2"]["waiting_on"] == "complainant"
    assert (left["may_ask_for_stage_2"]["due"], left["may_ask_for_stage_2"]["due_on"]) == ("none", None)
    await done(own_house, made, "closed", "2023-04-12")
    assert await owed(own_house, made) == {}


async def test_allocation_moves_a_complaint_between_officers_and_teams(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29")
    assert "respond" in await owed(own_house, made, "?officer=none&team=north")
    await done(own_house, made, "allocated", "2023-04-11", officer="officer-7", team="south")
    assert "respond" in await owed(own_house, made, "?officer=officer-7&team=south")
    for gone in ("?officer=none", "?team=north", "?officer=officer-8"):
        assert await owed(own_house, made, gone) == {}
    await done(own_house, made, "allocated", "2023-04-12", officer="officer-8")
    assert "respond" in await owed(own_house, made, "?officer=officer-8&team=south")
    assert await owed(own_house, made, "?officer=officer-7") == {}


async def test_an_extension_moves_the_day(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29")
    await done(own_house, made, "extended", "2023-04-12", stage=1, reason="complex", new_due="2023-04-25")
    respond = (await owed(own_house, made))["respond"]
    assert (respond["due_on"], respond["extended_to"], respond["due"]) == (
        "2023-04-25",
        "2023-04-25",
        "later",
    )


async def test_a_concern_for_a_child_comes_before_everything_else(own_house: House) -> None:
    overdue = await own_house.receive(on="2022-11-01")
    flagged = await own_house.receive(on="2023-04-12", safeguarding_flag=True)
    first, second, *_ = (await listed(own_house))["items"]
    assert (first["id"], first["obligation"], first["urgent"], first["due"]) == (
        flagged["id"],
        "refer_safeguarding",
        True,
        "today",
    )
    assert (second["id"], second["due"], second["urgent"]) == (overdue["id"], "overdue", False)
    await done(own_house, flagged, "safeguarding_referred", "2023-04-12")
    assert (await listed(own_house))["items"][0]["id"] == overdue["id"]


@pytest.mark.parametrize("told", ["safe_contact", "adjustments"])
async def test_who_is_to_be_written_to_with_care_is_marked(own_house: House, told: str) -> None:
    plain = await own_house.receive(on="2023-03-29", personal={"name": "Ann"})
    made = await own_house.receive(on="2023-03-29", personal={"name": "Bea", told: "Ring after six."})
    later = await own_house.receive(on="2023-03-29", personal={"name": "Cat"})
    await done(own_house, later, "details_changed", "2023-04-11", personal={told: "Large print."})
    for one, care in ((plain, False), (made, True), (later, True)):
        assert {row["write_with_care"] for row in (await owed(own_house, one)).values()} == {care}
    answer = await own_house.get("/v1/worklist")
    assert not any(word in answer.text for word in ("Ann", "Bea", "six", "print", "P-1"))


async def test_an_import_is_in_the_list_when_it_is_done(own_house: House, tmp_path: Path) -> None:
    data = {key: value for key, value in RECEIVED_DATA.items() if key != "on"}
    lines = [line("received", "2023-03-29", id_=f"I-{n}", **data) for n in range(120)]
    outcome = await imported(own_house, ALPHA, written(tmp_path / "history.jsonl", lines))
    assert outcome.recorded == 120
    found = await listed(own_house, "?obligation=respond&limit=200")
    assert sorted(one["reference"] for one in found["items"]) == sorted(f"I-{n}" for n in range(120))


RECEIVED_DATA: Json = {
    "method": "email",
    "procedure": "corporate_local",
    "team": "north",
    "complainant": {"ref": "P-1", "category": "parent"},
    "issues": [{"no": 1, "theme": "staff"}],
}


async def test_a_new_profile_moves_the_days_that_rest_on_it(own_house: House) -> None:
    made = await own_house.receive(**{**RECEIVED_DATA, "on": "2023-03-29"})
    assert (await owed(own_house, made))["respond"]["due_on"] == "2023-04-21"
    limits = {"corporate_local": {"stage_1": {"from": "received", "target": 20}}}
    shut = {"procedures": limits, "closure_days": ["2023-04-13"]}
    applied = Command("profile_applied", {"on": "2019-04-01", **PROFILE_JSON, **shut}, "setup")
    await own_house.desk.record(ALPHA, "authority", AUTHORITY_STREAM, applied)
    own_house.desk._profiles.clear()
    respond = (await owed(own_house, made))["respond"]
    assert respond["due_on"] == "2023-05-02"
    assert respond["working_days_left"] == 12


async def test_only_readers_of_the_record_see_it_and_only_their_own(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29")
    for role in ("caseworker", "manager", "auditor"):
        assert (await listed(own_house, role=role))["items"]
    for role in ("webform", "reporting", "admin", "service"):
        assert (await own_house.get("/v1/worklist", role)).status_code == 403
        assert (await own_house.get("/v1/worklist/counts", role)).status_code == 403
    key = await ApiKeys(own_house.desk.store.engine).create(BETA, "caseworker", "other")
    theirs = await own_house.client.get("/v1/worklist", headers={"Authorization": f"Bearer {key}"})
    assert theirs.json()["items"] == []
    assert made["id"] not in theirs.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("due=now", "due"),
        ("waiting_on=officer", "waiting_on"),
        ("obligation=tea", "obligation"),
        ("stage=4", "stage"),
        ("stage=", "stage"),
        ("procedure=adult", "procedure"),
        ("team=a%20b", "team"),
        ("officer=", "officer"),
        ("officer=a%00b", "officer"),
        ("soon_within=-1", "soon_within"),
        ("soon_within=61", "soon_within"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1.0", "limit"),
        ("limit=%D9%A3", "limit"),
        ("cursor=", "cursor"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("cursor=bnVsbA==", "cursor"),
        ("cursor=WzEsMiwzLDRd", "cursor"),
        ("team=north&team=south", "team"),
        ("person=Ann", "(unknown)"),
        ("Ann=1&Ann=2", "(unknown)"),
    ],
)
async def test_a_wrong_parameter_is_named_and_not_repeated(house: House, query: str, field: str) -> None:
    for path in ("/v1/worklist", "/v1/worklist/counts"):
        answer = await house.get(f"{path}?{query}")
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
        page_only = path.endswith("counts") and field in ("limit", "cursor")
        assert answer.json()["errors"][0]["field"] == ("(unknown)" if page_only else field)
        assert "Ann" not in answer.text


@given(cursor=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
@DRAWN
async def test_a_made_up_cursor_is_a_422(house: House, cursor: str) -> None:
    answer = await house.client.get(
        "/v1/worklist", params={"cursor": cursor}, headers=house.bearing("caseworker")
    )
    assert answer.status_code == 422


PROCEDURES: tuple[Procedure, ...] = ("children_statutory", "corporate_code", "non_statutory")


@pytest.fixture
async def many(house: House) -> House:
    """A house with a worklist of some two hundred rows of many kinds; made once."""
    if await house.head() > 100:
        return house
    for n in range(40):
        made = await house.receive(
            on=f"2023-0{n % 3 + 1}-{n % 9 + 10}",
            procedure=PROCEDURES[n % 3],
            team=("north", "south")[n % 2],
            safeguarding_flag=n % 7 == 0,
            complainant={"ref": f"P-{n}", "category": "child_in_need" if n % 5 == 0 else "parent"},
        )
        if n % 4 == 0:
            await done(house, made, "allocated", "2023-04-11", officer=f"officer-{n % 3}")
        if n % 3 == 0:
            answer = [{"issue": 1, "outcome": "upheld"}]
            await done(house, made, "stage_responded", "2023-04-11", stage=1, issue_outcomes=answer)
        if n % 6 == 0:
            await done(house, made, "escalated", "2023-04-12", to_stage=2)
    for n in range(61):
        await house.receive(on="2023-04-12", reference=f"equal-{n}")
    return house


async def paged(house: House, filters: str, limit: int) -> list[Json]:
    """The whole list, page after page by the `Link`."""
    found: list[Json] = []
    url = f"/v1/worklist?limit={limit}{filters}"
    while True:
        answer = await house.get(url)
        page = answer.json()
        assert 0 < len(page["items"]) <= limit or not (page["items"] or found)
        found += page["items"]
        if page["next"] is None:
            assert "next" not in answer.links
            return found
        assert len(page["items"]) == limit
        url = answer.links["next"]["url"]


def _key(item: Json) -> tuple[bool, str, str]:
    return (not item["urgent"], item["due_on"] or "9999", item["id"])


FILTERS = [
    "",
    "&team=north",
    "&team=none",
    "&officer=none",
    "&officer=officer-0&team=north",
    "&due=overdue",
    "&due=none&waiting_on=complainant",
    "&stage=none",
    "&stage=2",
    "&procedure=corporate_code&due=overdue",
    "&obligation=refer_safeguarding",
    "&obligation=respond&team=south",
]


@given(limit=st.integers(1, 200), filters=st.sampled_from(FILTERS))
@DRAWN
async def test_paging_gives_every_row_once_and_in_order(many: House, limit: int, filters: str) -> None:
    found = await paged(many, filters, limit)
    whole = await paged(many, filters, 200)
    assert found == whole
    assert [_key(one) for one in found] == sorted(_key(one) for one in found)
    marks = Counter((one["id"], one["obligation"], one["stage"], one["about"]) for one in found)
    assert set(marks.values()) <= {1}


@pytest.mark.parametrize("filters", FILTERS)
async def test_a_filter_leaves_exactly_the_rows_that_meet_it(many: House, filters: str) -> None:
    asked = dict(part.split("=") for part in filters.split("&") if part)
    met = [
        one
        for one in await paged(many, "", 200)
        if all(
            str(one[name]) == (value if name == "due" else value.replace("none", "None"))
            for name, value in asked.items()
        )
    ]
    assert await paged(many, filters, 200) == met
    assert bool(met) is (filters != "&team=none")


@pytest.mark.parametrize("filters", FILTERS)
async def test_counts_are_those_of_the_list(many: House, filters: str) -> None:
    rows = await paged(many, filters, 200)
    answer = await many.get(f"/v1/worklist/counts?{filters.lstrip('&')}")
    assert answer.status_code == 200, answer.text
    counted = answer.json()
    assert (counted["as_of_position"], counted["behind"]) == (await many.head(), 0)
    assert counted["total"] == len(rows)
    assert {word: counted[word] for word in DUES} == {
        word: sum(one["due"] == word for one in rows) for word in DUES
    }
    for name in COUNTED_BY:
        found = {(row[name], word): row[word] for row in counted[f"by_{name}"] for word in DUES if row[word]}
        assert found == dict(Counter((one[name], one["due"]) for one in rows))
        assert all(row["total"] == sum(row[word] for word in DUES) for row in counted[f"by_{name}"])


async def test_answers_are_as_they_are_described(many: House) -> None:
    described = (await many.client.get("/openapi.json")).json()
    for path in ("/v1/worklist", "/v1/worklist/counts"):
        content = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": described["components"]}
        answer = (await many.get(path)).json()
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer)
        for shown in (answer, *answer.get("items", ())):
            name = "Worklist" if "items" in answer else "WorklistCounts"
            own = described["components"]["schemas"][name]["properties"]
            known = own if shown is answer else own["items"]["items"]["properties"]
            assert set(shown) == set(known)
    parameters = {one["name"] for one in described["paths"]["/v1/worklist"]["get"]["parameters"]}
    assert parameters == set(WorklistPage.model_fields)


async def test_soon_is_as_near_as_one_says(own_house: House) -> None:
    made = await own_house.receive(on="2023-03-29")
    for within, word in ((0, "later"), (1, "later"), (2, "soon"), (3, "soon")):
        found = await owed(own_house, made, f"?due={word}&soon_within={within}")
        assert found["respond"]["due"] == word


@given(
    st.dates(date(2001, 1, 1), date(2034, 1, 1)),
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 60),
)
def test_every_day_lies_in_one_span(today: date, falls_on: date, within: int) -> None:
    seen = spans(today, within)
    inside = [word for word, span in seen.items() if span.first <= falls_on <= span.last]
    assert inside == [due(falls_on, seen)]
    assert (inside == ["overdue"]) is (falls_on < today)
    if inside == ["soon"]:
        assert working_days_after(today, falls_on) <= within
        assert falls_on <= add_working_days(today, within)
    left = working_days_left(today, falls_on)
    assert (left is None) is not (2000 <= falls_on.year <= 2035)
    assert due(NO_DAY, seen) == "none"
