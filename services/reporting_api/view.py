"""The facts as they are, or as they were at another date or instant, behind one connection.

A table's query need not know: it names the fact tables without a schema, and the connection's search path
decides whether they are the projected ones or temporary ones folded for this one answer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from complaint_events.events import ProfileApplied
from reporting_api.database import Connection, Engine


@dataclass(frozen=True, slots=True)
class Seen:
    """One consistent snapshot: every query on `connection` sees the facts as of `position`."""

    connection: Connection
    position: int
    profiles: tuple[ProfileApplied, ...]


@asynccontextmanager
async def facts_seen(
    engine: Engine, authority: str, as_of: date | None, known_at: datetime | None
) -> AsyncIterator[Seen]:
    """The facts of an authority, effective by `as_of` and recorded by `known_at` (None: all there is).

    Raises `Problem` (404) for an authority that no event is known of.
    """
    raise NotImplementedError
    yield
