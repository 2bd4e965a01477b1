"""Reading a stream's history: what was known at an instant, with corrections applied, as of a date.

Both services read histories this way, so a corrected date means the same for a deadline and for a figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from complaint_events.event_model import Event, Json
from complaint_events.events import EVENTS, CorrectionRecorded

CHANGED_TEXTS: Final = "texts"
"""Among a correction's changes: sealed texts change too, and stand sealed beside the correction."""

_MARKS: Final = frozenset({"void", CHANGED_TEXTS})


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it: where it stands, when it was recorded, and by whom.

    `position` counts within the authority's log, `version` within the stream; both start at 1.
    """

    stream: UUID
    version: int
    position: int
    recorded_at: datetime
    actor: str
    event: Event

    @property
    def originator_id(self) -> UUID:
        """The stream, by the `eventsourcing` library's name."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The version within the stream, by the `eventsourcing` library's name."""
        return self.version


def read(
    history: Iterable[Recorded], *, as_of: date | None = None, known_at: datetime | None = None
) -> list[Recorded]:
    """The history as it reads: recorded by `known_at`, corrected, effective by `as_of`, in order of date.

    Events of one day keep the order in which they were recorded. Corrections themselves are left out: they
    show in what they correct. They obey `known_at` only, never `as_of`, which applies to the corrected date.
    """
    known = [one for one in history if known_at is None or one.recorded_at <= known_at]
    events = corrected(known)
    dated = [one for one in events if as_of is None or one.event.on <= as_of]
    return sorted(dated, key=lambda one: (one.event.on, one.position))


def corrected(history: Sequence[Recorded]) -> list[Recorded]:
    """The events with every correction applied and without the corrections and what they void."""
    if not any(type(one.event) is CorrectionRecorded for one in history):
        return list(history)
    changes = _changes(history)
    standing: list[Recorded] = []
    for one in history:
        if type(one.event) is CorrectionRecorded:
            continue
        change = changes.get(one.event.identity)
        if change is None:
            standing.append(one)
        elif not change.get("void", False):
            standing.append(replace(one, event=amended(one.event, change)))
    return standing


def _changes(history: Sequence[Recorded]) -> dict[tuple[object, ...], Json]:
    """The changes by identity of their target, the last recorded winning each field.

    Taken from the last to the first, so that a correction of a correction is known before its target.
    """
    found: dict[tuple[object, ...], Json] = {}
    for one in reversed(history):
        if not isinstance(one.event, CorrectionRecorded):
            continue
        own = found.get(one.event.identity, {})
        if own.get("void", False):
            continue
        target = identity_named(one.event.corrects)
        new = own.get("changes", one.event.changes)
        found[target] = {**new, **found.get(target, {})}
    return found


def identity_named(corrects: Mapping[str, object]) -> tuple[object, ...]:
    """The identity of the event that `corrects` names: its name, `on`, `seq` and distinguishing fields.

    Raises `KeyError` for an unknown event name, `pydantic.ValidationError` for a malformed date.
    """
    model = EVENTS[str(corrects["event"])]
    on = Event.model_validate({"event": "named", "on": corrects.get("on"), "seq": corrects.get("seq")})
    defaults = {name: field.default for name, field in model.model_fields.items()}
    if model is CorrectionRecorded:
        named = CorrectionRecorded.model_validate(
            {
                "on": corrects.get("on"),
                "seq": corrects.get("seq"),
                "corrects": corrects.get("corrects"),
                "changes": {"void": True},
            }
        )
        return named.identity
    marks = (corrects.get(name, defaults.get(name)) for name in model.identified_by)
    return (corrects["event"], on.on, on.seq, *marks)


def amended(event: Event, changes: Mapping[str, object]) -> Event:
    """The event as it would have been with these fields; lists and objects are replaced whole.

    Raises `pydantic.ValidationError` when the result is no event.
    """
    stated = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    fields = {name: value for name, value in changes.items() if name not in _MARKS}
    moved = {"at": None} if "on" in fields and "at" not in fields else {}
    return type(event).model_validate({**stated, **moved, **fields})
