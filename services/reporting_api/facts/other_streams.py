"""The streams that are no complaints: compliments, informal feedback, population figures, the profile."""

from collections.abc import Iterator
from typing import Final, TypeVar

from complaint_events import events as ev
from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Compliment, Feedback, ProfileFact, ServiceUsers

E = TypeVar("E", bound=Event)


def _of(story: Story, kind: type[E]) -> Iterator[tuple[Recorded, E]]:
    return ((one, one.event) for one in story.recorded if isinstance(one.event, kind))


def _compliments(story: Story, rows: Rows) -> None:
    """External is what does not come from the council's own staff, unless the record says otherwise."""
    rows["compliment"] = [
        Compliment(*story.key, event.on, event.team, event.source, _external(event))
        for _, event in _of(story, ev.ComplimentRecorded)
    ]


def _external(event: ev.ComplimentRecorded) -> bool:
    return event.source != "internal_staff" if event.external is None else event.external


def _feedback(story: Story, rows: Rows) -> None:
    rows["feedback"] = [
        Feedback(*story.key, event.on, event.theme, event.from_)
        for _, event in _of(story, ev.InformalFeedbackRecorded)
    ]


def _service_users(story: Story, rows: Rows) -> None:
    rows["service_users"] = [
        ServiceUsers(
            *story.key,
            one.position,
            event.year,
            event.measure,
            event.group.ethnicity if event.group else None,
            event.group.team if event.group else None,
            event.count,
            event.rate,
        )
        for one, event in _of(story, ev.ServiceUsersRecorded)
    ]


def _profile(story: Story, rows: Rows) -> None:
    rows["profile"] = [
        ProfileFact(*story.key, one.position, event.on, one.recorded_at, event.data())
        for one, event in _of(story, ProfileApplied)
    ]


FOLDS: Final[dict[str, tuple[Fold, ...]]] = {
    "compliment": (_compliments,),
    "feedback": (_feedback,),
    "service_users": (_service_users,),
    "authority": (_profile,),
}
"""What each kind of stream adds; requests for a service are counted nowhere."""
