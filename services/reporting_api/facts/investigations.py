"""Later stages request by request: stage 2 on the Act's basis and on the council's own, panels at stage 3.

The Act counts from the request (the written record of an oral complaint) to the adjudication; councils also
publish counts of their own, such as from the agreed statement to closing (profile, `stage2_local_basis`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from complaint_events import events as ev
from complaint_events.clock import answers, stage_clock
from complaint_events.event_model import Event
from complaint_events.local_basis import LocalCount, local_count
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.working_days import day_number, working_days_after
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Escalation, Investigation, Panel

E = TypeVar("E", bound=Event)

_STAGE: Final = 2
_PANEL_STAGE: Final = 3


def _requests(story: Story, rows: Rows, stage: int) -> Iterator[tuple[Escalation, int, int]]:
    """Each request for a stage as in `escalation`: from its place in the story up to that of the next one."""
    made = [row for row in rows.get("escalation", []) if isinstance(row, Escalation)]
    requests = {row.no: row for row in made if row.to_stage == stage}
    asked = [place for place, event in enumerate(story.events) if _asks(event, stage)]
    for no, (start, end) in enumerate(pairwise([*asked, len(story.events)]), 1):
        yield requests[no], start, end


def _asks(event: Event, stage: int) -> bool:
    return isinstance(event, ev.Escalated) and event.to_stage == stage


def _investigations(story: Story, rows: Rows) -> None:
    """One row per request for stage 2."""
    rows["investigation"] = [
        _row(story, request, story.events[:start], story.events[start:end])
        for request, start, end in _requests(story, rows, _STAGE)
    ]


def _panels(story: Story, rows: Rows) -> None:
    """One row per request for stage 3 whose panel met."""
    met = (
        (request, _first(story.events[start:end], ev.PanelHeld))
        for request, start, end in _requests(story, rows, _PANEL_STAGE)
    )
    rows["panel"] = [
        Panel(*story.key, request.no, on, day_number(request.requested_on, on, story.closure_days))
        for request, on in met
        if on is not None
    ]


def _row(story: Story, request: Escalation, before: Sequence[Event], since: Sequence[Event]) -> Investigation:
    """`since` is what belongs to this request; nothing of earlier ones moves its clock."""
    until = [*(event for event in before if not _of_stage(event)), *since]
    clock = stage_clock(until, _STAGE, story.procedure or DEFAULT_PROCEDURE, story.profile)
    adjudicated = next((event.on for event in since if answers(event, _STAGE)), None)
    closed = _closed_after(since, adjudicated)
    started = clock.started.on if clock else request.requested_on
    local = local_count(until, story.profile)
    return Investigation(
        *story.key,
        no=request.no,
        requested_on=request.requested_on,
        began=request.fate == "proceeded",
        statement_agreed_on=_statement(since),
        adjudicated_on=adjudicated,
        closed_on=closed,
        ended_on=request.ended_on,
        due_on=_extended_to(since, adjudicated) or (clock.target_on if clock else None),
        days_statutory=working_days_after(started, adjudicated, story.closure_days) if adjudicated else None,
        days_local=_days(local, story),
        day=day_number(started, adjudicated, story.closure_days) if adjudicated else None,
        within_maximum=_within(adjudicated, clock.maximum_on if clock else None),
    )


def _days(local: LocalCount | None, story: Story) -> int | None:
    if local is None or local.started_on is None or local.ended_on is None:
        return None
    return working_days_after(local.started_on, local.ended_on, story.closure_days)


def _of_stage(event: Event) -> bool:
    acknowledged = isinstance(event, ev.Acknowledged) and event.stage == _STAGE
    return acknowledged or _asks(event, _STAGE) or answers(event, _STAGE)


def _statement(since: Sequence[Event]) -> date | None:
    """The agreed statement that the answer was about: the last before it."""
    answered = next((place for place, event in enumerate(since) if answers(event, _STAGE)), len(since))
    agreed = [event.on for event in since[:answered] if isinstance(event, ev.StatementOfComplaintAgreed)]
    return agreed[-1] if agreed else None


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


FOLDS: Final[tuple[Fold, ...]] = (_investigations, _panels)
"""What this subject adds; it stands on the requests that `stages` found."""
