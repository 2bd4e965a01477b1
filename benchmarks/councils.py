"""Councils with many years of history: a published one's five years, over and over, and others like it.

The first council's events are projected as any are. The others' facts are copies of its last ten years, of
each complaint in nine of ten of them, so that no two councils have the same figures.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final

import asyncpg
from pydantic_core import to_json

from benchmarks.histories import FOLDER
from complaint_events.event_model import Event
from reporting_api.database import FACT_TABLES, Engine
from reporting_api.fed_event import FedEvent
from reporting_api.projector import Projector
from tests.caseloads import event, profile, stream_id

OWN: Final = "sandwell"
"""The council whose report is asked for."""

COMPARED: Final = ("complaint", "stage", "ruling", "service_users", "profile")
"""The facts that the benchmark of authorities reads: what the other councils have."""

_WEEKS: Final = 261
"""Five years and a day: the weekdays stay as they were."""

_RECORDED_AT: Final = datetime(2026, 4, 1, 10, tzinfo=UTC)
_DATE: Final = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")
_YEAR: Final = re.compile(r'"(20\d\d)-(\d\d)"')


class History:
    """A feed of one council: `rounds` times five years, ending with 2022-23, about 500 complaints a year."""

    def __init__(self, rounds: int) -> None:
        """Make every event, the profile's first."""
        numbers, versions = count(1), dict[str, int]()
        self.events = [
            _fed(next(numbers), versions, kind, reference, one)
            for kind, reference, one in (("authority", OWN, profile(OWN)), *_lines(rounds))
        ]

    async def heads(self) -> dict[str, int]:
        """The last position."""
        return {OWN: len(self.events)}

    async def page(self, authority: str, after: int, limit: int = 1000) -> list[FedEvent]:
        """The events that follow a position."""
        assert authority == OWN
        return self.events[after : after + limit]


def _lines(rounds: int) -> Iterator[tuple[str, str, Event]]:
    original = (FOLDER / "history.jsonl").read_text(encoding="utf-8").splitlines()
    for number in reversed(range(rounds)):
        told = [json.loads(_earlier(line, number)) for line in original]
        for copy, share in enumerate((1, 1, 10)):
            for line in told:
                if stream_id(OWN, line["stream"], line["id"]).int % share == 0:
                    reference = f"{line['id']}-{number}-{copy}"
                    yield line["stream"], reference, event(line["event"], line["on"], **line.get("data", {}))


def _earlier(line: str, number: int) -> str:
    """The line as of five years before, or ten, or more."""
    back = timedelta(weeks=_WEEKS * number)
    moved = _DATE.sub(lambda found: str(date.fromisoformat(found[1]) - back), line)
    return _YEAR.sub(lambda found: f'"{_less(found[1], number)}-{_less(found[2], number)}"', moved)


def _less(year: str, number: int) -> str:
    return f"{int(year) - 5 * number:0{len(year)}}"


def _fed(position: int, versions: dict[str, int], kind: str, reference: str, one: Event) -> FedEvent:
    place = f"{kind}/{reference}"
    versions[place] = versions.get(place, 0) + 1
    payload = to_json({"event": one.event, "on": one.on.isoformat(), **one.data()})
    return FedEvent(
        authority=OWN,
        position=position,
        stream=stream_id(OWN, kind, reference),
        kind=kind,
        reference=reference,
        version=versions[place],
        type=one.event,
        schema_version=one.class_version,
        effective_on=one.on,
        recorded_at=_RECORDED_AT + timedelta(milliseconds=position),
        payload=payload,
    )


async def project(engine: Engine, rounds: int) -> int:
    """Project the first council's history; how many events it has."""
    return await Projector(engine, History(rounds)).catch_up()


async def add_others(url: str, number: int) -> int:
    """Give so many more councils facts of ten years; how many complaints they have together."""
    connection = await asyncpg.connect(url)
    for name in COMPARED:
        await connection.execute(_copy(name), number)
    found = await connection.fetchval("SELECT count(*) FROM facts.complaint WHERE authority <> $1", OWN)
    await connection.close()
    await vacuum(url)
    return int(found)


async def vacuum(url: str) -> None:
    """Have the database know what is in it, as it does by itself within a minute."""
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _copy(name: str) -> str:
    """The SQL that copies a fact table's rows, under other names and identities."""
    stream, *others = list(FACT_TABLES[name].columns)[1:]
    columns = ", ".join(f"one.{column.name}" for column in others)
    chosen = "CROSS JOIN generate_series(1, $1) AS council"
    if "complaint" in (name, stream.name):
        chosen += """
            JOIN facts.complaint AS kept ON (kept.authority, kept.complaint) = (one.authority, one.complaint)
                AND kept.received_on >= '2013-04-01'
                AND abs(hashtext(kept.reference || council)) % 10 > 0
        """
    return f"""
        INSERT INTO facts.{name}
        SELECT 'council-' || council, md5(one.{stream.name}::text || council)::uuid, {columns}
        FROM facts.{name} AS one {chosen}
        WHERE one.authority = '{OWN}'
    """  # noqa: S608 - our names
