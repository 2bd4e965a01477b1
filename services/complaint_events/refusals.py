"""Refusals that went wrong: of a complaint, of stage 2, of a panel. Finders for the rows of `faults`."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from complaint_events import events as ev
from complaint_events.clock import panel_request_until
from complaint_events.course import Course, Find, refuses
from complaint_events.event_model import Event
from complaint_events.working_days import same_day_next_year

_NOT_ENTITLED_OTHERWISE: Final = (None, "sufficient_interest", "other_not_entitled")
"""Categories whose right to complain needs a decision, or that have none; every other is named by the Act."""


def _refused(course: Course, stage: int) -> Iterator[ev.EscalationEnded | ev.LateRequestDecided]:
    """The refusals of requests for a stage, the first of each request."""
    refused = False
    for event in course.story:
        if isinstance(event, ev.Escalated) and event.to_stage == stage:
            refused = False
        elif _refuses_stage(event, stage) and not refused:
            refused = True
            yield event  # type: ignore[misc] # one of the two, as was just asked


def _refuses_stage(event: Event, stage: int) -> bool:
    if isinstance(event, ev.EscalationEnded):
        return event.to_stage == stage and event.disposal == "refused"
    return (
        isinstance(event, ev.LateRequestDecided) and event.to_stage == stage and event.decision == "refused"
    )


def stage_2_refused(course: Course) -> Iterator[date]:
    """Stage 2 refused, but not to somebody whom the Act does not entitle."""
    if course.category != "other_not_entitled":
        yield from (event.on for event in _refused(course, 2))


def stage_3_refused(course: Course) -> Iterator[date]:
    """A panel refused; a decision on lateness is no fault, unless the request was in time on any reading."""
    for event in _refused(course, 3):
        asked = course.requested_on(3) or event.on
        if not isinstance(event, ev.LateRequestDecided) or _in_time_for_panel(course, min(asked, event.on)):
            yield event.on


def _in_time_for_panel(course: Course, asked_on: date) -> bool:
    notices = [event for event in course.story if isinstance(event, ev.Adjudicated)]
    return any(
        asked_on <= panel_request_until(notice.on, notice.received_on or notice.on) for notice in notices
    )


def _assessed_refused(course: Course) -> Iterator[ev.EligibilityAssessed]:
    for event in course.story:
        if isinstance(event, ev.EligibilityAssessed) and event.decision == "refused":
            yield event


def refused_without_reason(course: Course) -> Iterator[date]:
    """Eligibility refused without a reason as a code, and not by a decision that is its own reason."""
    decided = (ev.SufficientInterestDecided, ev.LateAcceptanceDecided)
    for event in _assessed_refused(course):
        if event.reason is None and not any(course.any_by(event.on, model) for model in decided):
            yield event.on


def refused_undecided(reason: str, model: type[Event]) -> Find:
    """A refusal for a reason that needs a decision of its own, without that decision."""

    def find(course: Course) -> Iterator[date]:
        for event in _assessed_refused(course):
            if event.reason == reason and not course.any_by(event.on, model):
                yield event.on

    return find


def refused_in_time(course: Course) -> Iterator[date]:
    """Refused for lateness, although received within a year of the grounds."""
    received = course.received
    if received is None or received.grounds_arose_on is None:
        return
    if received.on <= same_day_next_year(received.grounds_arose_on):
        late = (event.on for event in course.story if refuses(event) and _for_lateness(event))
        yield from [*late][:1]


def _for_lateness(event: Event) -> bool:
    return isinstance(event, ev.LateAcceptanceDecided) or getattr(event, "reason", None) == "out_of_time"


def refused_although_entitled(course: Course) -> Iterator[date]:
    """Refused for who complains, although the category stated is one that the Act names."""
    if course.category in _NOT_ENTITLED_OTHERWISE:
        return
    reasons = ("not_entitled_complainant", "no_sufficient_interest")
    for event in course.story:
        by_interest = isinstance(event, ev.SufficientInterestDecided)
        if refuses(event) and (by_interest or getattr(event, "reason", None) in reasons):
            yield event.on
            return
