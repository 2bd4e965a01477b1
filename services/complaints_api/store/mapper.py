"""Between domain events and stored events: the `eventsourcing` library's Mapper with typed encoding.

The library's own transcoder takes no dates and lets user data pass for types; here an event is exactly what
its Pydantic model says, and topics are the names of the published language, never paths of classes.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from typing_extensions import override

from complaint_events.events import read_event
from complaint_events.reading import Recorded
from complaints_api.store.log_rows import LoggedEvent

_NEVER = datetime.min.replace(tzinfo=UTC)


class EventMapper(Mapper[UUID]):
    """Maps `Recorded` events of the published language to stored events and back, upcasting old ones."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    @override
    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        recorded: Any = domain_event
        return StoredEvent(
            recorded.originator_id,
            recorded.originator_version,
            recorded.event.event,
            recorded.event.encoded(),
        )

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        logged = stored_event if isinstance(stored_event, LoggedEvent) else None
        version = logged.schema_version if logged else 1
        return Recorded(
            stream=UUID(str(stored_event.originator_id)) if not logged else logged.stream,
            version=stored_event.originator_version,
            position=logged.id if logged else 0,
            recorded_at=logged.recorded_at if logged else _NEVER,
            actor=logged.actor if logged else "",
            event=read_event(stored_event.topic, version, stored_event.state),
        )
