"""Folding a whole authority from the event copy, in bounded memory: a rebuild, a new profile, a look back."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from complaint_events.events import ProfileApplied
from complaint_events.reading import Recorded
from reporting_api.database import Connection, event_copy, fact_rows
from reporting_api.database.schema import FACTS_SCHEMA
from reporting_api.facts import Profiles, Rows, Stream, facts_of_all
from reporting_api.fed_event import FedEvent


async def fold_all(
    connection: Connection,
    authority: str,
    profiles: Profiles,
    *,
    schema: str = FACTS_SCHEMA,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> None:
    """Add the facts of every stream of the authority to the fact tables of `schema`, which have none.

    In memory are some thousand events at a time.
    """

    def fold(streams: list[list[FedEvent]]) -> Rows:
        return facts_of_all(map(_stream, streams), profiles, as_of=as_of, known_at=known_at)

    async for streams in event_copy.whole_streams(connection, authority):
        await fact_rows.add(connection, await asyncio.to_thread(fold, streams), schema)


async def profiles_of(connection: Connection, authority: str) -> list[tuple[datetime, ProfileApplied]]:
    """Every version of the authority's profile in the order recorded, with when that was."""
    return [
        (one.recorded_at, one.event)
        for fed in await event_copy.profiles_applied(connection, authority)
        if isinstance((one := fed.recorded()).event, ProfileApplied)
    ]


def _stream(events: Sequence[FedEvent]) -> tuple[Stream, list[Recorded]]:
    return events[0].belongs_to, [event.recorded() for event in events]
