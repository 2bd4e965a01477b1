"""What a council does not do as required, over HTTP: shown, warned of, rehearsed, imported."""

import secrets
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio

from complaint_events.conformity import RULES
from complaint_events.event_model import Event
from complaints_api.recording import AUTHORITY_STREAM, Command
from tests.complaint_events import test_conformity
from tests.complaint_events.fault_stories import PATTERNS
from tests.complaint_events.stories import PROFILE_JSON
from tests.complaints_api.councils import imported, line, written
from tests.complaints_api.house import ALPHA, APPLIED, RECEIVED, House

ACK = {"on": "2023-02-07"}
ACCEPTED = {"on": "2023-02-07", "decision": "accepted", "procedure": "children_statutory"}
LATE_ANSWER = {"on": "2023-03-07", "stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}
EXTENDED = {"on": "2023-02-15", "stage": 1, "reason": "complex", "new_due": "2023-03-06"}
NO_NOTICE = {
    "rule": "extension_without_notice",
    "on": "2023-02-15",
    "says": "A stage was extended and the record does not show that the complainant was told in time.",
    "source": "SI 2006/1738 reg 17(6); LGSCO Complaint Handling Code 2024, 6.5",
}


UNDER_THE_CODE = {"procedure": "corporate_code"}
"""Where a notice is asked for at stage 1 too (CHC 6.5)."""


async def begun(house: House, **changes: Any) -> str:
    """The path of a new complaint."""
    return f"/v1/complaints/{(await house.receive(**changes))['id']}"


async def shown(house: House, path: str) -> dict[str, Any]:
    answer = await house.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_command_answers_with_what_it_brings_about(house: House) -> None:
    path = await begun(house, **UNDER_THE_CODE)
    assert (await house.post(f"{path}/acknowledged", ACK)).json()["warnings"] == []
    extended = await house.post(f"{path}/extended", EXTENDED)
    assert extended.json()["warnings"][-1] == NO_NOTICE
    answered = (await house.post(f"{path}/stage_responded", {**LATE_ANSWER, "on": "2023-03-15"})).json()
    assert [(one["rule"], one["on"]) for one in answered["warnings"]] == [
        ("stage_1_late", "2023-03-15"),
        ("no_eligibility_decision", "2023-03-15"),
    ]
    rules = {rule.name: rule for rule in RULES}
    for one in answered["warnings"]:
        assert (one["says"], one["source"]) == (rules[one["rule"]].says, rules[one["rule"]].source)
    listed = {one["rule"] for one in (await shown(house, path))["nonconformities"]}
    assert listed >= {"extension_without_notice", "stage_1_late", "no_eligibility_decision"}


async def test_a_receipt_answers_without_warnings(house: House) -> None:
    """It is the busiest path; whoever enters an old complaint may rehearse it, or read it afterwards."""
    assert "warnings" not in await house.receive()


async def test_a_complaint_shows_what_will_not_have_been_done_in_time(house: House) -> None:
    today = house.desk.today
    path = await begun(house, on=today.isoformat())
    found = await shown(house, path)
    assert found["nonconformities"] == []
    (warned,) = found["warnings"]
    assert set(warned) == {"rule", "arises_on", "says", "source"}
    assert (warned["rule"], warned["source"]) == ("stage_1_unanswered", "SI 2006/1738 reg 14(5)")
    assert date.fromisoformat(warned["arises_on"]) > today + timedelta(days=27)
    stated = await shown(house, await begun(house))
    assert [one["rule"] for one in stated["nonconformities"]] == ["stage_1_unanswered"]
    assert stated["warnings"] == []


async def test_a_warning_becomes_a_nonconformity_on_its_day(house: House) -> None:
    path = await begun(house)
    before, on_the_day = [await shown(house, f"{path}?as_of=2023-03-0{day}") for day in (6, 7)]
    assert [(one["rule"], one["arises_on"]) for one in before["warnings"]] == [
        ("stage_1_unanswered", "2023-03-07")
    ]
    assert before["warnings"][0]["says"] == (
        "If nothing is done, this will count from 7 March 2023: "
        "Stage 1 has not been answered and its maximum has passed."
    )
    assert before["nonconformities"] == on_the_day["warnings"] == []
    assert [one["rule"] for one in on_the_day["nonconformities"]] == ["stage_1_unanswered"]


async def test_a_retry_is_answered_byte_for_byte_whatever_has_happened_since(house: House) -> None:
    path, key = await begun(house, **UNDER_THE_CODE), secrets.token_hex(8)
    first = await house.post(f"{path}/extended", EXTENDED, Idempotency_Key=key)
    letter = {"on": "2023-02-16", "letter": "extension", "document": "0" * 64}
    assert (await house.post(f"{path}/letter_sent", letter)).status_code == 200
    assert (await house.post(f"{path}/withdrawn", {"on": "2023-02-20"})).status_code == 200
    again = await house.post(f"{path}/extended", EXTENDED, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert first.json()["warnings"][-1] == NO_NOTICE


async def test_a_retry_is_told_by_the_profile_that_was_known_then(own_house: House) -> None:
    """A profile applied since, even for dates before, changes no answer that was given."""
    local = {"procedure": "corporate_local", "on": "2023-02-06"}
    path, key = await begun(own_house, **local), secrets.token_hex(8)
    late = {**LATE_ANSWER, "on": "2023-02-28"}
    first = await own_house.post(f"{path}/stage_responded", late, Idempotency_Key=key)
    assert "stage_1_late" in [one["rule"] for one in first.json()["warnings"]]
    longer: dict[str, Any] = {
        "corporate_local": {"stage_1": {"from": "received", "target": 30}, "stage_2": {"target": 20}}
    }
    applied: dict[str, Any] = {**PROFILE_JSON, "on": "2018-04-02", "procedures": longer}
    await own_house.desk.record(
        ALPHA, "authority", AUTHORITY_STREAM, Command(APPLIED.name, applied, APPLIED.actor)
    )
    own_house.desk._profiles.clear()
    assert "stage_1_late" not in [one["rule"] for one in (await shown(own_house, path))["nonconformities"]]
    again = await own_house.post(f"{path}/stage_responded", late, Idempotency_Key=key)
    assert again.content == first.content


async def test_a_correction_brings_about_what_it_reveals(house: House) -> None:
    path = await begun(house)
    for name, body in (("acknowledged", ACK), ("eligibility_assessed", ACCEPTED)):
        await house.post(f"{path}/{name}", body)
    answered = await house.post(f"{path}/stage_responded", {**LATE_ANSWER, "on": "2023-02-20"})
    assert answered.json()["warnings"] == []
    wrong: dict[str, Any] = {"event": "stage_responded", "stage": 1, "on": "2023-02-20"}
    changed = {
        "on": "2023-03-20",
        "corrects": wrong,
        "changes": {"on": "2023-03-08"},
        "reason": "Misread.",
    }
    corrected = await house.post(f"{path}/correction_recorded", changed)
    assert [(one["rule"], one["on"]) for one in corrected.json()["warnings"]] == [
        ("stage_1_over_target_not_extended", "2023-03-08"),
        ("stage_1_late", "2023-03-08"),
    ]


async def test_a_rehearsal_decides_everything_and_records_nothing(house: House) -> None:
    path = await begun(house, **UNDER_THE_CODE)
    head, key = await house.head(), secrets.token_hex(8)
    would = await house.post(f"{path}/extended?dry_run=true", EXTENDED, Idempotency_Key=key)
    assert (would.status_code, would.headers["etag"]) == (200, '"1"')
    body = would.json()
    assert (body["would_record"], body["version"], body["warnings"][-1]) == (True, 1, NO_NOTICE)
    assert set(body) == {"would_record", "version", "warnings", "deadlines"}
    assert await house.head() == head
    assert (await shown(house, path))["stages"][0]["extended_to"] is None
    done = await house.post(f"{path}/extended?dry_run=false", EXTENDED, Idempotency_Key=key)
    assert (done.status_code, done.json()["version"]) == (200, 2)
    after = (await shown(house, path))["deadlines"]
    assert {one["obligation"]: one["due_on"] for one in body["deadlines"]} == {
        one["obligation"]: one["due_on"] for one in after
    }
    assert "2023-03-06" in [one["due_on"] for one in body["deadlines"]]


async def test_a_rehearsal_after_a_success_of_the_same_key_decides_anew(house: House) -> None:
    path, key = await begun(house), secrets.token_hex(8)
    assert (await house.post(f"{path}/acknowledged", ACK, Idempotency_Key=key)).status_code == 200
    would = await house.post(f"{path}/acknowledged?dry_run=true", ACK, Idempotency_Key=key)
    assert (would.status_code, would.json()["type"]) == (409, "/problems/already_acknowledged")


async def test_a_rehearsal_is_refused_as_the_command_would_be(house: House) -> None:
    path, head = await begun(house), await house.head()
    too_late = {**EXTENDED, "on": "2023-02-21", "new_due": "2023-03-06"}
    for body, role, headers in (
        (too_late, "caseworker", {}),
        ({**EXTENDED, "reason": "no code"}, "caseworker", {}),
        (EXTENDED, "caseworker", {"If_Match": '"7"'}),
        (EXTENDED, "auditor", {}),
    ):
        answers = [
            await house.post(f"{path}/extended{query}", body, role, **headers)
            for query in ("?dry_run=true", "")
        ]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert answers[0].json() == answers[1].json()
    missing = await house.post("/v1/complaints/none/extended?dry_run=true", EXTENDED)
    assert missing.status_code == 404
    assert await house.head() == head


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("dry_run=yes", "dry_run"),
        ("dry_run=", "dry_run"),
        ("dry_run=TRUE", "dry_run"),
        ("dry_run=true&dry_run=true", "dry_run"),
        ("dryrun=true", "(query)"),
        ("dry_run=true&jane.doe%40example.org=1", "(query)"),
        ("as_of=2023-02-07", "(query)"),
    ],
)
@pytest.mark.parametrize("command", ["", "/{id}/acknowledged"])
async def test_a_command_takes_nothing_else_in_its_query(
    house: House, query: str, field: str, command: str
) -> None:
    path = await begun(house)
    head = await house.head()
    place = "/v1/complaints" + command.replace("/{id}", path.removeprefix("/v1/complaints"))
    answer = await house.post(f"{place}?{query}", ACK if command else RECEIVED)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert "jane" not in answer.text
    assert await house.head() == head


async def test_a_receipt_is_rehearsed_too(house: House) -> None:
    head, body = await house.head(), {**RECEIVED, "reference": f"DRY-{secrets.token_hex(6)}"}
    would = await house.post("/v1/complaints?dry_run=true", body, "webform")
    assert would.status_code == 200
    said = would.json()
    assert (said["would_record"], said["version"]) == (True, 0)
    assert [one["rule"] for one in said["warnings"]] == ["stage_1_unanswered"]
    assert "etag" not in would.headers
    assert "respond" in [one["obligation"] for one in said["deadlines"]]
    assert await house.head() == head
    assert (await house.post("/v1/complaints", body, "webform")).status_code == 201
    taken = await house.post("/v1/complaints?dry_run=true", body, "webform")
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/reference-taken")
    unknown = await house.post("/v1/complaints?dry_run=true", {**RECEIVED, "team": "nobody"}, "webform")
    assert unknown.status_code == 422


STORIES: list[tuple[str, str, tuple[Event, ...]]] = [
    *((rule, on, story) for rule, on, story in test_conformity.BROKEN),
    (
        "stage_1_over_target_not_extended",
        "2023-02-21",
        (
            *test_conformity.TO_PANEL[:3],
            test_conformity.ANSWERED.model_copy(update={"on": date(2023, 2, 21)}),
        ),
    ),
    *((one.rule, one.on, one.broken) for one in PATTERNS),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def council(house: House, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose authority has imported every story that shows a breach."""
    lines = [
        line(event.event, event.on.isoformat(), f"H-{number}", **event.data())
        for number, (_rule, _on, story) in enumerate(STORIES)
        for event in story
    ]
    outcome = await imported(house, ALPHA, written(tmp_path_factory.mktemp("history") / "h.jsonl", lines))
    assert outcome.refused == []
    assert outcome.recorded == len(lines)
    yield house


def test_every_requirement_is_imported() -> None:
    assert {rule for rule, _on, _story in STORIES} == {rule.name for rule in RULES}


@pytest.mark.parametrize("number", range(len(STORIES)), ids=lambda n: f"{STORIES[n][0]}-{STORIES[n][1]}")
async def test_an_imported_history_shows_what_was_not_done(council: House, number: int) -> None:
    rule, on, _story = STORIES[number]
    found = (await shown(council, f"/v1/complaints/H-{number}"))["nonconformities"]
    row = next(row for row in RULES if row.name == rule)
    assert {"rule": rule, "on": on, "says": row.says, "source": row.source} in found
