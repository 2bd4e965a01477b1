"""Lines of a history as they read: corrected, in order, nothing after the day asked for. Naive on purpose.

It follows the text of the history format and shares no code with the services.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

Data = dict[str, Any]

MARKS: Final[dict[str, tuple[str, ...]]] = {
    "linked": ("to",),
    "reminder_sent": ("obligation",),
    "letter_sent": ("letter",),
    "equality_recorded": ("subject", "ref"),
    "acknowledged": ("stage",),
    "resolved": ("stage",),
    "extended": ("stage",),
    "stage_responded": ("stage",),
    "escalated": ("to_stage",),
    "late_request_decided": ("to_stage",),
    "escalation_ended": ("to_stage",),
    "investigation_report_received": ("author",),
    "adr_offered": ("type",),
    "lgsco_referred": ("lgsco_ref",),
    "lgsco_decided": ("lgsco_ref",),
    "remedy_agreed": ("remedy",),
    "remedied": ("remedy",),
    "satisfaction_recorded": ("remedy",),
    "learning_recorded": ("learning",),
    "learning_implemented": ("learning",),
    "learning_not_implemented": ("learning",),
    "cost_recorded": ("what",),
    "correction_recorded": ("corrects",),
}
"""The fields marked with a dagger."""

_DEFAULTS: Final = {("acknowledged", "stage"): 1, ("investigation_report_received", "author"): "io"}


@dataclass(frozen=True)
class Told:
    """One line: what happened on which day."""

    event: str
    on: str
    data: Data = field(default_factory=dict)
    seq: int | None = None

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)

    def get(self, name: str, default: Any = None) -> Any:
        found = self.data.get(name)
        return default if found is None else found


def streams(lines: Iterable[Data], as_of: date) -> Iterator[tuple[str, str, list[Told]]]:
    """Every stream's kind, reference and events, as they read on a day."""
    found: dict[tuple[str, str], list[Told]] = {}
    for line in lines:
        told = Told(line["event"], line["on"], line.get("data", {}), line.get("seq"))
        found.setdefault((line["stream"], line["id"]), []).append(told)
    for (kind, reference), events in found.items():
        read = as_read(sorted(events, key=_place))
        yield kind, reference, [told for told in read if told.day <= as_of]


def as_read(recorded: Sequence[Told]) -> list[Told]:
    """Events in the order of recording, corrected and in the order in which they happened."""
    amended = [_amended(told, recorded) for told in recorded if told.event != "correction_recorded"]
    return sorted((told for told in amended if told is not None), key=_place)


def _place(told: Told) -> tuple[str, bool]:
    """Of one day, receipt comes first; else the file's order holds."""
    return told.on, told.event != "received"


def _amended(told: Told, recorded: Sequence[Told]) -> Told | None:
    data, on, void = dict(told.data), told.on, False
    for changes in _changes_of(told, recorded):
        void = changes.get("void", void)
        on = changes.get("on", on)
        data |= {name: value for name, value in changes.items() if name not in ("void", "on")}
    return None if void else Told(told.event, on, data, told.seq)


def _changes_of(told: Told, recorded: Sequence[Told]) -> Iterator[Data]:
    """The changes that corrections make of an event, in the order in which they were recorded."""
    for one in recorded:
        if one.event == "correction_recorded" and one is not told and _names(one.data["corrects"], told):
            correction = _amended(one, recorded)
            if correction is not None:
                yield correction.data["changes"]


def _names(corrects: Data, told: Told) -> bool:
    if (corrects["event"], corrects["on"], corrects.get("seq")) != (told.event, told.on, told.seq):
        return False
    marks = MARKS.get(told.event, ())
    return all(_mark(corrects, told.event, mark) == _mark(told.data, told.event, mark) for mark in marks)


def _mark(data: Data, event: str, mark: str) -> Any:
    return data.get(mark, _DEFAULTS.get((event, mark)))
