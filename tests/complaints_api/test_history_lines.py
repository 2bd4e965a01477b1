"""Lines that are refused: each by number, rule, field and value, and the others go in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from complaints_api.history_file import Outcome
from tests.complaints_api.councils import TEST_PROFILE, begin, exported, imported, line, written
from tests.complaints_api.house import House

AUTHORITY = "lines"
RECEIVED = line(
    "received",
    "2022-10-03",
    method="email",
    procedure="children_statutory",
    team="north",
    issues=[{"no": 1, "theme": "staff"}],
)
ANSWERED = line("stage_responded", "2022-10-17", stage=1)
REQUESTED = line("escalated", "2022-11-11", to_stage=2)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def council(house: House) -> AsyncIterator[None]:
    await begin(house, AUTHORITY, TEST_PROFILE)
    yield


def own(number: int, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    """The same lines under a reference of their own."""
    return [{**one, "id": f"C-{number}"} for one in lines]


async def taken(house: House, tmp_path: Path, lines: list[Any]) -> Outcome:
    return await imported(house, AUTHORITY, written(tmp_path / "history.jsonl", lines))


@pytest.mark.parametrize(
    ("wrong", "rule", "field", "value"),
    [
        (b"{\n", "malformed_line", "(line)", None),
        (b'{"stream": "complaint", "on": NaN}\n', "malformed_line", "(line)", None),
        (b'{"id": "\\ud800"}\n', "malformed_line", "(line)", None),
        (b"\xff\xfe\n", "malformed_line", "(line)", None),
        (b"[" * 50_000 + b"\n", "malformed_line", "(line)", None),
        (b"[]\n", "model_type", "(body)", None),
        ({**RECEIVED, "surprise": 1}, "extra_forbidden", "(unknown)", None),
        ({**RECEIVED, "stream": "case"}, "literal_error", "stream", None),
        ({**RECEIVED, "on": 0}, "date", "on", None),
        ({**RECEIVED, "id": ""}, "string_too_short", "id", None),
        ({**RECEIVED, "seq": 1.0}, "int_type", "seq", None),
        ({**RECEIVED, "data": []}, "dict_type", "data", None),
        (line("teleported", "2022-10-03"), "unknown_event", "event", "teleported"),
        (line("compliment_recorded", "2022-10-03"), "unknown_event", "event", "compliment_recorded"),
        (
            line("compliment_recorded", "2022-10-03", stream="compliment", team="east", source="parent"),
            "unknown_code",
            "team",
            "east",
        ),
        (
            line("compliment_recorded", "2022-10-03", stream="compliment", team="north", source="king"),
            "literal_error",
            "source",
            "king",
        ),
        (line("acknowledged", "2022-10-02", id_="C-0"), "before_receipt", "on", "2022-10-02"),
        (line("acknowledged", "2022-10-03", id_="nobody"), "not_received", "on", "2022-10-03"),
        (
            line("adjudicated", "2022-10-20", id_="C-0", outcome="upheld"),
            "stage_2_not_requested",
            "on",
            "2022-10-20",
        ),
        (line("stage_responded", "2022-10-20", id_="C-0", stage=2), "stage_not_opened", "stage", "2"),
        (
            line("stage_responded", "2022-10-20", id_="C-0", stage=1, surprise="Ann"),
            "extra_forbidden",
            "(unknown)",
            None,
        ),
        (line("acknowledged", "2099-01-01", id_="C-0"), "in_the_future", "on", "2099-01-01"),
        (
            line("contact_logged", "2022-10-20", id_="C-0", direction="in", method="email", note=5),
            "text",
            "note",
            None,
        ),
        (
            line("cost_recorded", "2022-10-20", id_="C-0", stage=1, amount=0.001),
            "money",
            "amount",
            "0.001",
        ),
    ],
)
async def test_a_refused_line_is_told_by_number_rule_field_and_value(
    house: House, tmp_path: Path, wrong: Any, rule: str, field: str, value: str | None
) -> None:
    before = await house.desk.store.head(AUTHORITY)
    outcome = await taken(house, tmp_path, [*own(0, RECEIVED), wrong, b"\n"])
    told = [(one.number, one.rule, one.field, one.value) for one in outcome.refused]
    assert told == [(2, rule, field, value)]
    assert "Ann" not in str(outcome.refused[0])
    assert outcome.lines == outcome.recorded + outcome.unchanged + 1
    assert await house.desk.store.head(AUTHORITY) == (before or 0) + outcome.recorded


async def test_a_refused_line_does_not_keep_the_others_out(house: House, tmp_path: Path) -> None:
    lines = own(1, RECEIVED, line("acknowledged", "2022-10-01"), ANSWERED, line("withdrawn", "2022-10-20"))
    outcome = await taken(house, tmp_path, [*lines, *own(1, REQUESTED), *own(2, RECEIVED)])
    assert [(one.number, one.rule) for one in outcome.refused] == [
        (2, "before_receipt"),
        (5, "after_withdrawal"),
    ]
    assert outcome.recorded == 4


async def test_sandwells_person_3_as_printed_cannot_have_happened(house: House, tmp_path: Path) -> None:
    """Statement, adjudication and closing are printed with the year before the request's."""
    lines = own(
        3,
        RECEIVED,
        ANSWERED,
        REQUESTED,
        line("statement_of_complaint_agreed", "2022-01-12"),
        line("adjudicated", "2022-04-06", outcome="upheld"),
        line("closed", "2022-06-09"),
    )
    outcome = await taken(house, tmp_path, lines)
    assert [(one.number, one.rule, one.value) for one in outcome.refused] == [
        (4, "before_receipt", "2022-01-12"),
        (5, "before_receipt", "2022-04-06"),
        (6, "before_receipt", "2022-06-09"),
    ]
    assert all(f"{one.value} is before receipt on 2022-10-03" == one.message for one in outcome.refused)
    again = await taken(house, tmp_path, lines)
    assert again.refused == outcome.refused
    right = own(
        3,
        line("statement_of_complaint_agreed", "2023-01-12"),
        line("adjudicated", "2023-04-06", outcome="upheld"),
        line("closed", "2023-06-09"),
    )
    assert (await taken(house, tmp_path, right)).refused == []


async def test_a_date_before_what_it_needs_is_refused_naming_both(house: House, tmp_path: Path) -> None:
    """The request comes later in the stream: the refusal of the earlier statement and report names it too."""
    statement = line("statement_of_complaint_agreed", "2022-11-10")
    panel = line("panel_held", "2022-11-14")
    outcome = await taken(house, tmp_path, own(61, RECEIVED, ANSWERED, statement, REQUESTED, panel))
    refused = {one.number: one for one in outcome.refused}
    assert refused[3].message == "on 2022-11-10 stage 2 had not been requested; the request is of 2022-11-11"
    assert refused[5].message == "on 2022-11-14 stage 3 had not been requested"
    assert outcome.recorded == 3


async def test_what_the_law_forbade_but_happened_is_taken(house: House, tmp_path: Path) -> None:
    """A late answer, no acknowledgement, no assessment, a panel asked for late and without reasons."""
    lines = own(
        4,
        RECEIVED,
        line("stage_responded", "2023-01-20", stage=1),
        line("escalated", "2023-01-27", to_stage=2),
        line("adjudicated", "2023-06-30", outcome="not_upheld"),
        line("escalated", "2023-09-29", to_stage=3),
        line("stage3_responded", "2023-12-20", outcome="upheld"),
    )
    assert (await taken(house, tmp_path, lines)).refused == []


async def test_a_late_line_finds_its_place_in_a_stream_that_is_there(house: House, tmp_path: Path) -> None:
    assert (await taken(house, tmp_path, own(5, RECEIVED, ANSWERED, REQUESTED))).recorded == 3
    late = await taken(house, tmp_path, own(5, line("acknowledged", "2022-10-05"), RECEIVED))
    assert (late.recorded, late.unchanged, late.refused) == (1, 1, [])
    too_late = await taken(house, tmp_path, own(5, line("withdrawn", "2022-10-10")))
    assert [one.rule for one in too_late.refused] == ["after_withdrawal"]


async def test_a_line_twice_in_one_file_is_one_event(house: House, tmp_path: Path) -> None:
    outcome = await taken(house, tmp_path, own(6, RECEIVED, ANSWERED, RECEIVED, ANSWERED))
    assert (outcome.recorded, outcome.unchanged, outcome.refused) == (2, 2, [])
    agreed = line("remedy_agreed", "2022-11-01", remedy="R-1", source="council", types=["apology"])
    paid = [
        {**line("remedied", "2022-11-02", remedy="R-1", amount=50), "seq": number} for number in (1, 2, 2)
    ]
    outcome = await taken(house, tmp_path, own(6, agreed, *paid))
    assert (outcome.recorded, outcome.unchanged) == (3, 1)


async def test_sealed_texts_are_recognised_without_being_kept(house: House, tmp_path: Path) -> None:
    note = line("contact_logged", "2022-10-05", direction="in", method="email", note="Ann rang")
    await taken(house, tmp_path, own(7, RECEIVED, note))
    again = await taken(house, tmp_path, own(7, note))
    assert (again.unchanged, again.refused) == (1, [])
    other = await taken(house, tmp_path, own(7, {**note, "data": {**note["data"], "note": "Ben rang"}}))
    assert [one.rule for one in other.refused] == ["conflicting_line"]
    assert "Ben" not in str(other.refused[0])
    assert [b"Ann rang" in one for one in await exported(house, AUTHORITY, "C-7")] == [False, True]


async def test_corrections_go_out_and_come_in(house: House, tmp_path: Path) -> None:
    """Their texts too, and a correction of a correction."""
    receipt = {"event": "received", "on": "2022-10-03"}
    fix = line(
        "correction_recorded",
        "2023-01-10",
        corrects=receipt,
        changes={
            "team": "south",
            "personal": {"name": "Ann"},
            "complainant": {"ref": "P-9", "category": "parent"},
        },
        reason="misfiled",
    )
    named = {"event": "correction_recorded", "on": "2023-01-10", "corrects": receipt}
    again = line(
        "correction_recorded",
        "2023-01-11",
        corrects=named,
        changes={"changes": {"personal": {"name": "Hannah"}}},
    )
    assert (await taken(house, tmp_path, own(8, RECEIVED, fix, again))).refused == []
    out = await exported(house, AUTHORITY, "C-8")
    assert (await taken(house, tmp_path, out)).unchanged == 3
    await begin(house, "elsewhere", TEST_PROFILE)
    moved = await imported(house, "elsewhere", written(tmp_path / "out.jsonl", out))
    assert (moved.recorded, moved.refused) == (3, [])
    moved_out = await exported(house, "elsewhere", "C-8")
    assert [b'"Ann"' in one for one in moved_out] == [False, True, False]
    assert [b'"Hannah"' in one for one in moved_out] == [False, False, True]


async def test_equal_commands_of_one_day_go_out_and_come_in(house: House, tmp_path: Path) -> None:
    made = await house.receive(reference="TWICE")
    for note in ("first", "second"):
        body = {"on": "2023-02-07", "direction": "in", "method": "email", "note": note}
        assert (await house.post(f"/v1/complaints/{made['id']}/contact_logged", body)).status_code == 200
    out = written(tmp_path / "out.jsonl", await exported(house, "alpha", "TWICE"))
    await begin(house, "third", TEST_PROFILE)
    moved = await imported(house, "third", out)
    assert (moved.recorded, moved.refused) == (3, [])


async def test_an_empty_file_and_empty_lines_are_no_lines(house: House, tmp_path: Path) -> None:
    assert (await taken(house, tmp_path, [])).lines == 0
    assert (await taken(house, tmp_path, [b"\n", b"  \n"])).lines == 0
