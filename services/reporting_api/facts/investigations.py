"""Stage 2 request by request: its dates, on the Act's basis first and on the council's own beside it.

The Act counts from the request (the written record of an oral complaint) to the adjudication; councils also
publish counts of their own, such as from the agreed statement to closing (profile, `stage2_local_basis`).
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from complaint_events import events as ev
from complaint_events.clock import answers, stage_clock
from complaint_events.event_model import Event
from complaint_events.local_basis import local_count
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.working_days import working_days_after
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Escalation, Investigation

E = TypeVar("E", bound=Event)

_STAGE: Final = 2


def _investigations(story: Story, rows: Rows) -> None:
    """One row per request for stage 2, beside its row in `escalation`."""
    made = [row for row in rows.get("escalation", []) if isinstance(row, Escalation)]
    requests = {row.no: row for row in made if row.to_stage == _STAGE}
    asked = [place for place, event in enumerate(story.events) if _asks(event)]
    rows["investigation"] = [
        _row(story, requests[no], story.events[:end], story.events[start:end])
        for no, (start, end) in enumerate(pairwise([*asked, len(story.events)]), 1)
    ]


def _asks(event: Event) -> bool:
    return isinstance(event, ev.Escalated) and event.to_stage == _STAGE


def _row(story: Story, request: Escalation, until: Sequence[Event], since: Sequence[Event]) -> Investigation:
    """`until` is the story up to the next request, `since` what belongs to this one."""
    clock = stage_clock(until, _STAGE, story.procedure or DEFAULT_PROCEDURE, story.profile)
    statement = _first(since, ev.StatementOfComplaintAgreed)
    adjudicated = next((event.on for event in since if answers(event, _STAGE)), None)
    closed = _closed_after(since, adjudicated)
    started = clock.started.on if clock else request.requested_on
    local = local_count(until, story.profile)
    return Investigation(
        *story.key,
        no=request.no,
        requested_on=request.requested_on,
        began=request.fate == "proceeded",
        statement_agreed_on=statement,
        adjudicated_on=adjudicated,
        closed_on=closed,
        ended_on=request.ended_on,
        due_on=_extended_to(since, adjudicated) or (clock.target_on if clock else None),
        days_statutory=working_days_after(started, adjudicated, story.closure_days) if adjudicated else None,
        days_local=local.working_days() if local else None,
        within_target=_within(adjudicated, clock.target_on if clock else None),
        within_maximum=_within(adjudicated, clock.maximum_on if clock else None),
    )


def _first(since: Sequence[Event], kind: type[E]) -> date | None:
    return next((event.on for event in since if isinstance(event, kind)), None)


def _closed_after(since: Sequence[Event], adjudicated: date | None) -> date | None:
    """The first closing after the adjudication."""
    if adjudicated is None:
        return None
    place = next(place for place, event in enumerate(since) if answers(event, _STAGE))
    return _first(since[place:], ev.Closed)


def _extended_to(since: Sequence[Event], adjudicated: date | None) -> date | None:
    """The day of the last extension before the answer."""
    extended = [
        event.new_due
        for event in since
        if isinstance(event, ev.Extended)
        and event.stage == _STAGE
        and (adjudicated is None or event.on <= adjudicated)
    ]
    return extended[-1] if extended else None


def _within(adjudicated: date | None, due: date | None) -> bool | None:
    return None if adjudicated is None or due is None else adjudicated <= due


FOLDS: Final[tuple[Fold, ...]] = (_investigations,)
"""What this subject adds; it stands on the requests that `stages` found."""
