"""Published years as recorded streams, without the complaints service: for tests of what reads events."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from complaint_events.event_model import Event, split_texts
from complaint_events.events import EVENTS
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded

FOLDER = Path(__file__).parent / "caseloads"
RECORDED_AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
_STREAMS = UUID("6a9d1c1e-3a5b-4f0e-9a55-0f6f3f1f7d11")


@dataclass(frozen=True)
class Line:
    """One line of a history file: which stream it belongs to, and the event."""

    kind: str
    reference: str
    event: Event


@dataclass(frozen=True)
class RecordedStream:
    """One stream as a log would hold it."""

    authority: str
    kind: str
    reference: str
    events: tuple[Recorded, ...]

    @property
    def id(self) -> UUID:
        return self.events[0].stream


def stream_id(authority: str, kind: str, reference: str) -> UUID:
    """The id of a stream, the same in every run."""
    return uuid5(_STREAMS, f"{authority}/{kind}/{reference}")


def event(name: str, on: str | date, /, **data: Any) -> Event:
    """An event of the history format; texts about people are left off."""
    model = EVENTS[name]
    coded, _ = split_texts(model.texts, data)
    return model.model_validate({"event": name, "on": str(on), **coded})


def profile(authority: str) -> ProfileApplied:
    """The authority's profile, in force from the beginning."""
    fields = json.loads((FOLDER / authority / "profile.json").read_text())
    return ProfileApplied.model_validate({"event": "profile_applied", "on": "2000-01-01", **fields})


def lines(authority: str) -> Iterator[Line]:
    """Every line of the authority's history, in the file's order."""
    with (FOLDER / authority / "history.jsonl").open(encoding="utf-8") as file:
        for one in map(json.loads, file):
            made = event(one["event"], one["on"], **one.get("data", {}))
            extra = {name: one[name] for name in ("seq",) if name in one}
            yield Line(one["stream"], one["id"], made.model_copy(update=extra) if extra else made)


def recorded_streams(authority: str, told: Sequence[Line] | None = None) -> list[RecordedStream]:
    """The profile's stream and every other one, each sorted by date, positions running stream by stream."""
    by_stream: dict[tuple[str, str], list[Event]] = {("authority", authority): [profile(authority)]}
    for line in lines(authority) if told is None else told:
        by_stream.setdefault((line.kind, line.reference), []).append(line.event)
    positions = count(1)
    return [
        recorded(authority, kind, reference, sorted(events, key=lambda one: one.on), positions)
        for (kind, reference), events in by_stream.items()
    ]


def recorded(
    authority: str, kind: str, reference: str, events: Sequence[Event], positions: Iterator[int]
) -> RecordedStream:
    """Events as recorded in this order, a millisecond after each other."""
    stream = stream_id(authority, kind, reference)
    made = [
        Recorded(stream, version, at, RECORDED_AT + timedelta(milliseconds=at), "import", one)
        for version, (one, at) in enumerate(zip(events, positions, strict=False), 1)
    ]
    return RecordedStream(authority, kind, reference, tuple(made))


def expected(authority: str) -> list[dict[str, Any]]:
    """Every figure the authority's publication prints, as cells of the report tables."""
    found: list[dict[str, Any]] = json.loads((FOLDER / authority / "expected.json").read_text())
    return found
