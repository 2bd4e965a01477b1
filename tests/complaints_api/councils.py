"""Councils' histories in and out of a running service, as import and export do it."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from complaints_api.history_file import Import, Outcome, export_lines
from complaints_api.recording import AUTHORITY_STREAM, Command
from tests.complaint_events.stories import PROFILE_JSON
from tests.complaints_api.house import House

CASELOADS = Path(__file__).parents[1] / "caseloads"
WRITTEN_BY_EXPORT = ("recorded_at", "actor", "position")
Json = dict[str, Any]


def profile_of(council: str) -> Json:
    """A caseload's profile, without the authority that it was written for."""
    found: Json = json.loads((CASELOADS / council / "profile.json").read_bytes())
    return {name: value for name, value in found.items() if name != "authority"}


async def begin(house: House, authority: str, profile: Json | None = None) -> None:
    """An authority with its profile from 2018, or (None) with no event at all."""
    await house.desk.store.add_authority(authority)
    await house.desk.vault.add_authority(authority)
    if profile is not None:
        command = Command("profile_applied", {"on": "2018-04-01", **profile}, "setup")
        await house.desk.begin(authority, "authority", AUTHORITY_STREAM, command)
    house.desk._profiles.clear()


async def imported(
    house: House, authority: str, file: Path, *, dry_run: bool = False, restore: bool = False
) -> Outcome:
    """What became of a file's lines."""
    return await Import(house.desk, authority, dry_run=dry_run, restore=restore).run(file)


async def exported(house: House, authority: str, complaint: str | None = None) -> list[bytes]:
    """The export, line by line."""
    return [line async for line in export_lines(house.desk, authority, complaint)]


def bare(lines: Iterable[bytes]) -> list[Json]:
    """Lines without what an export adds."""
    read = (json.loads(line) for line in lines)
    return [{name: value for name, value in one.items() if name not in WRITTEN_BY_EXPORT} for one in read]


def written(file: Path, lines: Iterable[Json | bytes]) -> Path:
    """A history file of these lines."""
    raw = (one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    file.write_bytes(b"".join(raw))
    return file


def shuffled(lines: list[bytes]) -> list[bytes]:
    """In another order, but for events of one stream on one day, whose order says which came first."""
    drawn = random.Random(7)  # noqa: S311 - any order will do, the same in every run
    keys = [drawn.random() for _ in lines]
    days: dict[tuple[str, str, str], list[int]] = {}
    for place, line in enumerate(lines):
        one = json.loads(line)
        days.setdefault((one["stream"], one["id"], one["on"]), []).append(place)
    for places in days.values():
        for place, key in zip(places, sorted(keys[place] for place in places), strict=True):
            keys[place] = key
    return [lines[place] for place in sorted(range(len(lines)), key=keys.__getitem__)]


def line(event: str, on: str, id_: str = "C-1", stream: str = "complaint", **data: Any) -> Json:
    """One line of a history."""
    return {"stream": stream, "id": id_, "event": event, "on": on, "data": data}


TEST_PROFILE = PROFILE_JSON
