"""Two councils' histories in and out: nothing refused, nothing twice, nothing lost."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from complaint_events.reading import read
from complaints_api.history_file import NotEmptyError, Outcome
from tests.complaints_api.councils import (
    CASELOADS,
    bare,
    begin,
    exported,
    imported,
    profile_of,
    shuffled,
    written,
)
from tests.complaints_api.house import House

COUNCILS = ("merton", "sandwell")


@dataclass
class Moved:
    """A caseload that has been imported into an authority of its own."""

    council: str
    outcome: Outcome

    @property
    def file(self) -> Path:
        return CASELOADS / self.council / "history.jsonl"

    @property
    def lines(self) -> list[bytes]:
        return self.file.read_bytes().splitlines(keepends=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=COUNCILS)
async def moved(house: House, request: pytest.FixtureRequest) -> AsyncIterator[Moved]:
    council: str = request.param
    await begin(house, council, profile_of(council))
    yield Moved(council, await imported(house, council, CASELOADS / council / "history.jsonl"))


async def head(house: House, authority: str) -> int:
    return await house.desk.store.head(authority) or 0


async def test_every_line_is_taken(house: House, moved: Moved) -> None:
    assert moved.outcome.refused == []
    assert moved.outcome.lines == moved.outcome.recorded == len(moved.lines)
    assert await head(house, moved.council) == len(moved.lines) + 1


async def test_the_same_file_again_changes_nothing(house: House, moved: Moved) -> None:
    before = await head(house, moved.council)
    again = await imported(house, moved.council, moved.file)
    assert (again.recorded, again.unchanged, again.refused) == (0, len(moved.lines), [])
    assert await head(house, moved.council) == before


async def test_a_dry_run_writes_nothing_and_says_the_same(house: House, moved: Moved) -> None:
    authority = f"dry_{moved.council}"
    await begin(house, authority, profile_of(moved.council))
    outcome = await imported(house, authority, moved.file, dry_run=True)
    assert (outcome.recorded, outcome.refused) == (len(moved.lines), [])
    assert await head(house, authority) == 1
    assert await house.sql("SELECT count(*) FROM keystore.subject_key WHERE authority = $1", authority) == 0


async def test_an_export_says_what_the_file_said(house: House, moved: Moved) -> None:
    out = bare(await exported(house, moved.council))
    assert out[0]["event"] == "profile_applied"
    given = {(one["stream"], one["id"], one["event"], one["on"], one.get("seq")) for one in bare(moved.lines)}
    got = {(one["stream"], one["id"], one["event"], one["on"], one.get("seq")) for one in out[1:]}
    assert got == given
    by_place = {(one["id"], one["event"], one["on"]): one["data"] for one in out}
    for one in bare(moved.lines):
        if one["event"] == "received":
            found = by_place[one["id"], one["event"], one["on"]]
            assert {**found, **one["data"]}["issues"] == found["issues"]
            assert found["complainant"]["ref"] == one["data"]["complainant"]["ref"]


async def test_an_export_into_an_empty_authority_exports_the_same(
    house: House, moved: Moved, tmp_path: Path
) -> None:
    out = await exported(house, moved.council)
    authority = f"again_{moved.council}"
    await begin(house, authority, profile_of(moved.council))
    outcome = await imported(house, authority, written(tmp_path / "out.jsonl", out))
    assert (outcome.refused, outcome.unchanged) == ([], 1)
    assert bare(await exported(house, authority)) == bare(out)


async def test_a_restore_keeps_every_byte(house: House, moved: Moved, tmp_path: Path) -> None:
    """Recorded times, actors and positions too, so that what was known when survives the move."""
    out = await exported(house, moved.council)
    authority = f"restored_{moved.council}"
    await begin(house, authority)
    outcome = await imported(house, authority, written(tmp_path / "out.jsonl", out), restore=True)
    assert outcome.refused == []
    assert await exported(house, authority) == out
    with pytest.raises(NotEmptyError):
        await imported(house, authority, moved.file, restore=True)


async def test_another_order_of_the_lines_makes_the_same_record(
    house: House, moved: Moved, tmp_path: Path
) -> None:
    authority = f"shuffled_{moved.council}"
    await begin(house, authority, profile_of(moved.council))
    mixed = shuffled(moved.lines)
    assert mixed != moved.lines
    outcome = await imported(house, authority, written(tmp_path / "mixed.jsonl", mixed))
    assert outcome.refused == []
    ours, theirs = [bare(await exported(house, one)) for one in (authority, moved.council)]

    def streams(lines: list[dict[str, object]]) -> dict[tuple[object, object], list[str]]:
        found: dict[tuple[object, object], list[str]] = {}
        for one in lines:
            found.setdefault((one["stream"], one["id"]), []).append(json.dumps(one, sort_keys=True))
        return found

    assert streams(ours) == streams(theirs)


async def test_the_same_line_with_other_data_is_a_conflict(
    house: House, moved: Moved, tmp_path: Path
) -> None:
    lines = moved.lines[:40]
    place, old = next((n, json.loads(one)) for n, one in enumerate(lines) if b'"received"' in one)
    other = {
        **old,
        "data": {**old["data"], "method": "letter" if old["data"]["method"] != "letter" else "email"},
    }
    before = await head(house, moved.council)
    file = written(tmp_path / "other.jsonl", [*lines[:place], other, *lines[place + 1 :]])
    outcome = await imported(house, moved.council, file)
    (refused,) = outcome.refused
    assert (refused.number, refused.rule, refused.field) == (place + 1, "conflicting_line", "data")
    assert outcome.unchanged == len(lines) - 1
    assert await head(house, moved.council) == before


async def test_what_was_known_at_an_instant_survives_a_restore(house: House, tmp_path: Path) -> None:
    """A complaint recorded step by step reads, in its new place, as it was known in the old one."""
    made = await house.receive(reference="KNOWN", personal={"name": "Ann"})
    for on in ("2023-02-07", "2023-02-08"):
        body = {"on": on, "direction": "in", "method": "email", "note": "rang"}
        await house.post(f"/v1/complaints/{made['id']}/contact_logged", body)
    await begin(house, "moved_house")
    file = written(tmp_path / "out.jsonl", await exported(house, "alpha"))
    assert (await imported(house, "moved_house", file, restore=True)).refused == []
    old, new = [await house.desk.load(one, "complaint", "KNOWN") for one in ("alpha", "moved_house")]
    moments = [one.recorded_at for one in old.history]
    assert [one.recorded_at for one in new.history] == moments
    for moment in (*moments, moments[0] - timedelta(microseconds=1)):
        known = [[one.event for one in read(loaded.history, known_at=moment)] for loaded in (old, new)]
        assert len(known[0]) == sum(one <= moment for one in moments)
        assert [event.on for event in known[0]] == [event.on for event in known[1]]
    assert (await exported(house, "moved_house", "KNOWN"))[0] == (await exported(house, "alpha", "KNOWN"))[0]
