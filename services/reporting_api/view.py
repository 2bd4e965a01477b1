"""The facts as they are, or as they were at another date or instant, behind one connection.

A table's query need not know: it names the fact tables without a schema (or as `database.FACT_TABLES`), and
the connection decides whether they are the projected ones or temporary ones folded for this one answer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from complaint_events.events import ProfileApplied
from complaint_events.scalars import london_date
from reporting_api.database import Connection, Engine, event_copy, snapshots
from reporting_api.facts import Profiles
from reporting_api.folding import fold_all, profiles_of
from service_conventions.problems import Problem


@dataclass(frozen=True, slots=True)
class Seen:
    """One consistent snapshot: every query on `connection` sees the facts as of `position`."""

    connection: Connection
    position: int
    profiles: tuple[ProfileApplied, ...]


@asynccontextmanager
async def facts_seen(
    engine: Engine,
    authority: str,
    as_of: date | None,
    known_at: datetime | None,
    *,
    everybodys: bool = False,
) -> AsyncIterator[Seen]:
    """The facts of an authority, effective by `as_of` and recorded by `known_at` (None: all there is).

    The facts of the past are those of the authority alone, unless they are to be `everybodys`.

    Before anything was known there is nothing to count: zero rows, under the authority's first profile.
    Raises `Problem` (404) for an authority of which nothing is known at all.
    """
    past = _is_past(as_of, known_at)
    open_snapshot = snapshots.of_the_past if past else snapshots.of_the_present
    async with open_snapshot(engine) as connection:
        position = await event_copy.position(connection, authority, known_at)
        profiles = await _profiles(connection, authority, as_of, known_at)
        if not profiles:
            raise Problem("unknown-authority", "Nothing is recorded of this authority.")
        if past:
            await snapshots.make_own_tables(connection)
            for one in sorted({authority, *(await event_copy.checkpoints(connection) if everybodys else ())}):
                await _fold_past(connection, one, as_of, known_at)
        yield Seen(connection, position, tuple(profiles))


async def _fold_past(
    connection: Connection, authority: str, as_of: date | None, known_at: datetime | None
) -> None:
    """Fold what was known then into the connection's own tables."""
    profiles = Profiles(await _profiles(connection, authority, as_of, known_at))
    await fold_all(connection, authority, profiles, schema=snapshots.OWN, as_of=as_of, known_at=known_at)


def _is_past(as_of: date | None, known_at: datetime | None) -> bool:
    now = datetime.now(UTC)
    return (as_of is not None and as_of < london_date(now)) or (known_at is not None and known_at < now)


async def _profiles(
    connection: Connection, authority: str, as_of: date | None, known_at: datetime | None
) -> list[ProfileApplied]:
    """The versions that were recorded and had begun by then; the first one is in force from the beginning."""
    recorded = await profiles_of(connection, authority)
    known = [profile for at, profile in recorded if known_at is None or at <= known_at]
    begun = [profile for profile in known if as_of is None or profile.on <= as_of]
    return begun or known[:1] or [profile for _, profile in recorded[:1]]
