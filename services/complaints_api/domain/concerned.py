"""Whom a complaint is from and about as last stated, a concern for a child in it, and its links."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from complaint_events import events as ev
from complaint_events.event_model import Event

Json = dict[str, Any]


class Safeguarding(NamedTuple):
    """Whether the complaint came with a safeguarding flag, and when the concern was last passed on."""

    flagged: bool
    referred_on: date | None


def safeguarding(story: Sequence[Event]) -> Safeguarding:
    """What a complaint's events say of a safeguarding concern."""
    flagged = any(isinstance(event, ev.Received) and event.safeguarding_flag for event in story)
    referred = [event.on for event in story if isinstance(event, ev.SafeguardingReferred)]
    return Safeguarding(flagged, referred[-1] if referred else None)


def complainant_as_stated(story: Sequence[Event]) -> Json | None:
    """The complainant's reference, category, and through whom they act, as last stated; None: not stated.

    Receipt and triage state the whole; changed details and an appointed advocate replace what they name.
    """
    stated: Json | None = None
    for event in story:
        step = _STATES.get(type(event))
        stated = step(stated, event) if step else stated
    return stated


def _whole(stated: Json | None, event: Any) -> Json | None:
    own: Json | None = event.complainant.model_dump(exclude_none=True) if event.complainant else None
    return own or stated


def _changed(stated: Json | None, event: Any) -> Json | None:
    new = event.complainant.model_dump(exclude_none=True) if event.complainant else {}
    return {**(stated or {}), **new} or None


def _advocate(stated: Json | None, event: Any) -> Json | None:
    return {**(stated or {}), "advocacy_provider": event.provider} if event.provider else stated


_STATES: Final[dict[type[Event], Callable[[Json | None, Any], Json | None]]] = {
    ev.Received: _whole,
    ev.Triaged: _whole,
    ev.DetailsChanged: _changed,
    ev.AdvocateAppointed: _advocate,
}


def children_as_stated(story: Sequence[Event]) -> list[Json]:
    """The children concerned, as last stated."""
    stating = (event for event in story if isinstance(event, ev.Received | ev.Triaged) and event.children)
    children = [event.children or () for event in stating]
    return [child.model_dump() for child in children[-1]] if children else []


def anonymous(story: Sequence[Event]) -> bool:
    """Whether the complaint came without a name and nobody has been named since."""
    came_so = any(isinstance(event, ev.Received) and event.anonymous for event in story)
    return came_so and "ref" not in (complainant_as_stated(story) or {})


def links_to(story: Sequence[Event], reference: str) -> list[ev.Linked]:
    """The links of a complaint's events to the complaint of that reference."""
    return [event for event in story if isinstance(event, ev.Linked) and event.to == reference]
