"""How the model reads a history: plain dictionaries, corrected, in order of date."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

Told = dict[str, Any]
"""One event as a flat dictionary: `event`, `on` and its fields; dates are ISO strings."""

MARKS = {
    "linked": ("to",),
    "contact_logged": (),
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
"""The fields marked † in the history format; every event also has `on` and `seq`."""

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "acknowledged": {"stage": 1},
    "investigation_report_received": {"author": "io"},
}


Name = tuple[Any, ...]


def name_of(told: Mapping[str, Any]) -> Name:
    """What tells an event from the others of its complaint."""
    event = told["event"]
    marked = [told.get(mark, DEFAULTS.get(event, {}).get(mark)) for mark in MARKS.get(event, ())]
    if event == "correction_recorded":
        marked = [json.dumps(told["corrects"], sort_keys=True)]
    return (event, told["on"], told.get("seq"), *marked)


def changes_of(history: Iterable[Told]) -> dict[Name, Told]:
    """By event the fields that corrections give it: of several for one field the last recorded."""
    found: dict[Name, Told] = {}
    for told in reversed(list(history)):
        if told["event"] == "correction_recorded":
            stands = {**told, **found.get(name_of(told), {})}
            if stands.get("void") is not True:
                found[name_of(stands["corrects"])] = {
                    **stands["changes"],
                    **found.get(name_of(stands["corrects"]), {}),
                }
    return found


def as_it_reads(history: Iterable[Told], until: date | None = None) -> list[Told]:
    """The events without corrections and what they take back, in order of date, then of recording."""
    history = list(history)
    changes = changes_of(history)
    plain = [one for one in history if one["event"] != "correction_recorded"]
    amended = [{**one, **changes.get(name_of(one), {})} for one in plain]
    kept = [one for one in amended if one.get("void") is not True]
    in_time = [one for one in kept if until is None or one["on"] <= until.isoformat()]
    return sorted(in_time, key=lambda one: one["on"])


def known_by(history: Iterable[tuple[datetime, Told]], instant: datetime) -> list[Told]:
    """What had been recorded at an instant."""
    return [told for recorded_at, told in history if recorded_at <= instant]
