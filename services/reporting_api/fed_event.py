"""One event as the feed gives it and as the service's own copy keeps it."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from complaint_events.event_model import UnknownEventError
from complaint_events.events import read_event
from complaint_events.reading import Recorded
from reporting_api.facts import Stream

FEED_ACTOR = ""
"""Who recorded an event is not in the feed."""


class UnreadableEventError(Exception):
    """An event that this release cannot read; it names type, version and position, never content."""

    def __init__(self, event: "FedEvent", reason: str) -> None:
        """`reason` ends the sentence."""
        super().__init__(
            f"{event.authority}, position {event.position}: cannot read event type {event.type!r}, "
            f"schema version {event.schema_version}: {reason}"
        )
        self.event = event


class FedEvent(NamedTuple):
    """The columns of the event copy, in order. `payload` is the event as JSON; nothing in it is sealed."""

    authority: str
    position: int
    stream: UUID
    kind: str
    reference: str
    version: int
    type: str
    schema_version: int
    effective_on: date
    recorded_at: datetime
    payload: bytes

    @property
    def belongs_to(self) -> Stream:
        """The stream it belongs to."""
        return Stream(self.authority, self.stream, self.kind, self.reference)

    def recorded(self) -> Recorded:
        """The event itself. Raises `UnreadableEventError` where a newer release is needed."""
        try:
            event = read_event(self.type, self.schema_version, self.payload)
        except UnknownEventError:
            raise UnreadableEventError(
                self, "it was written by a newer release; upgrade, then go on"
            ) from None
        except ValueError as error:
            raise UnreadableEventError(self, "its fields are not those of this release") from error
        return Recorded(self.stream, self.version, self.position, self.recorded_at, FEED_ACTOR, event)
