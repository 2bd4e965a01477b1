"""A restatement as JSON: exact for the council's own staff, and as the public may see it.

To the public an event is its type, what type it corrects, and the day on which it was entered; nobody's
reference, date or place in the log.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from complaint_events.event_model import Event
from complaint_events.events import CorrectionRecorded
from complaint_events.scalars import london_date
from reporting_api.fed_event import FedEvent
from reporting_api.restated_cells import Cell
from reporting_api.restatement import Restated, Restatement, Step
from reporting_api.tables.catalogue import CATALOGUE

_PSEUDONYM = "ref"


def exact(restatement: Restatement) -> dict[str, Any]:
    """Every cell that changed, what it was and is, and after which events it was another."""
    restated = restatement.shown(public=False)
    return {
        **_about(restatement),
        "published_position": restatement.publication.position,
        "position": restatement.position,
        "cells": len(restated),
        "changed": [{**_cell(one), "because": [_step(step) for step in one.steps]} for one in restated],
        "events": [_event(event) for event in _events(restated)],
    }


def public(restatement: Restatement) -> dict[str, Any]:
    """The cells of which the public sees both what was published and what it is now.

    `withheld`: other cells changed too.
    """
    restated = restatement.shown(public=True)
    return {
        **_about(restatement),
        "cells": len(restated),
        "withheld": len(restated) < len(restatement.restated),
        "changed": [{**_cell(one), "because": _counted(_events([one]))} for one in restated],
        "events": _counted(_events(restated)),
    }


def _about(restatement: Restatement) -> dict[str, Any]:
    publication = restatement.publication
    return {
        "authority": publication.authority,
        "year": publication.year,
        "number": publication.number,
        "title": publication.title,
        "procedure": publication.procedure,
        "period": {"from": publication.starts_on.isoformat(), "to": publication.ends_on.isoformat()},
        "as_of": publication.as_of.isoformat(),
        "published_at": instant(publication.published_at),
    }


def _cell(restated: Restated) -> dict[str, Any]:
    cell, change = restated.cell, restated.change
    return {
        "table": cell.table,
        "title": CATALOGUE[cell.table].title,
        "row": dict(cell.row),
        "column": cell.column,
        "label": label_of(cell),
        "published": change.before,
        "now": change.after,
        "difference": change.difference,
    }


def label_of(cell: Cell) -> str:
    """What the cell's column is called in print."""
    return next(one.label for one in CATALOGUE[cell.table].columns if one.key == cell.column)


def _step(step: Step) -> dict[str, Any]:
    change = step.change
    return {
        "events": [event.position for event in step.events],
        "before": change.before,
        "after": change.after,
        "difference": change.difference,
    }


def _events(restated: Iterable[Restated]) -> list[FedEvent]:
    """The events that changed any of these cells, in the order recorded."""
    found = {event.position: event for one in restated for step in one.steps for event in step.events}
    return [found[position] for position in sorted(found)]


def _event(event: FedEvent) -> dict[str, Any]:
    told = event.recorded().event
    return {
        "position": event.position,
        "type": event.type,
        "kind": event.kind,
        "reference": event.reference,
        "on": event.effective_on.isoformat(),
        "recorded_at": instant(event.recorded_at),
        "corrects": _corrected(told),
        "fields": sorted(told.changes) if isinstance(told, CorrectionRecorded) else [],
    }


def _corrected(told: Event) -> dict[str, Any] | None:
    """What a correction corrects: the event's name, its date, and what else tells it; nobody's pseudonym."""
    if not isinstance(told, CorrectionRecorded):
        return None
    return {key: value for key, value in told.corrects.items() if key != _PSEUDONYM}


def _counted(events: Sequence[FedEvent]) -> list[dict[str, Any]]:
    kinds = Counter(map(_kind, events))
    return [
        {"type": kind, "corrects": corrects, "recorded_on": recorded_on, "events": count}
        for (kind, corrects, recorded_on), count in kinds.items()
    ]


def _kind(event: FedEvent) -> tuple[str, str | None, str]:
    corrects = _corrected(event.recorded().event)
    named = str(corrects["event"]) if corrects else None
    return event.type, named, london_date(event.recorded_at).isoformat()


def instant(at: datetime) -> str:
    """An instant as JSON has it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
