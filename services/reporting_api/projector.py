"""Follows every authority's feed and keeps the facts: a page and its checkpoint in one transaction.

The projector may be stopped, killed or started twice at any moment: the checkpoint says where to go on, an
advisory lock keeps two writers of one authority apart, and whoever finds that another went on starts again
from the checkpoint.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from complaint_events.reading import Recorded
from reporting_api.database import AWAY, FACT_TABLES, Connection, Engine, event_copy, fact_rows, is_away
from reporting_api.facts import Profiles, Stream, facts_of_all
from reporting_api.fed_event import FedEvent, UnreadableEventError
from reporting_api.feed import PAGE_SIZE, ComplaintsAwayError, FeedError
from reporting_api.folding import fold_all, profiles_of

POLL_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 5.0
_PAGES_A_TURN: Final = 20
_EVENTS_REMEMBERED: Final = 50_000

_log: Final = logging.getLogger(__name__)

_TABLES_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "compliment": ("compliment",),
    "feedback": ("feedback",),
    "service_users": ("service_users",),
    "service_request": (),
    "authority": ("profile",),
}
_COMPLAINT_TABLES: Final = tuple(
    name for name in FACT_TABLES if all(name not in other for other in _TABLES_OF_KIND.values())
)


class Feed(Protocol):
    """Whatever gives every authority's events in order."""

    async def heads(self) -> dict[str, int]:
        """The last position of every authority."""

    async def page(self, authority: str, after: int, limit: int = PAGE_SIZE) -> list[FedEvent]:
        """The events that follow a position."""


class _AnotherProjectorError(Exception):
    """Somebody else moved the checkpoint: what is remembered here is no longer the whole story."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Events that can be read, what they say, where the page ends, and why it could not be read to there."""

    events: list[FedEvent]
    recorded: list[Recorded]
    last: int
    unreadable: UnreadableEventError | None = None


class _RecentStreams:
    """The events of the streams touched last, so that a page need not read them again; bounded."""

    def __init__(self) -> None:
        self._events: OrderedDict[UUID, list[Recorded]] = OrderedDict()
        self._count = 0

    def get(self, stream: UUID) -> list[Recorded] | None:
        return self._events.get(stream)

    def put(self, stream: UUID, events: list[Recorded]) -> None:
        self._count += len(events) - len(self._events.get(stream, ()))
        self._events[stream] = events
        self._events.move_to_end(stream)
        while self._count > _EVENTS_REMEMBERED and len(self._events) > 1:
            self._count -= len(self._events.popitem(last=False)[1])


@dataclass
class _Authority:
    """What is remembered of an authority between its pages."""

    position: int
    profiles: Profiles
    recent: _RecentStreams = field(default_factory=_RecentStreams)


@dataclass
class Projector:
    """Keeps the facts in `engine` up with `feed`."""

    engine: Engine
    feed: Feed
    page_size: int = PAGE_SIZE
    _remembered: dict[str, _Authority] = field(default_factory=dict)

    async def follow(self) -> None:
        """Keep up for ever, outlasting a feed or database that goes away.

        Raises `UnreadableEventError`, `UnfoldableStreamError` or `FeedError` where going on would be wrong.
        """
        pause = POLL_SECONDS
        while True:
            try:
                more = await self._turn()
                pause = 0.0 if more else POLL_SECONDS
            except (ComplaintsAwayError, *AWAY) as error:
                if not (isinstance(error, ComplaintsAwayError) or is_away(error)):
                    raise
                pause = min(max(pause, POLL_SECONDS) * 2, _LONGEST_PAUSE_SECONDS)
                _log.warning("Trying again in %.1f s: %s", pause, type(error).__name__)
            await asyncio.sleep(pause)

    async def catch_up(self) -> int:
        """Go on until every feed's end; gives how many events were applied."""
        before = sum((await self._positions()).values())
        while await self._turn():
            pass
        return sum((await self._positions()).values()) - before

    async def refold(self, authority: str) -> None:
        """Make every fact of the authority anew from the event copy, in one transaction."""
        async with self.engine.begin() as connection:
            await event_copy.hold(connection, authority)
            await self._refold(connection, authority)

    async def forget(self, authority: str) -> None:
        """Drop every fact and the event copy, so that the feed is read again from the beginning."""
        self._remembered.pop(authority, None)
        async with self.engine.begin() as connection:
            await event_copy.hold(connection, authority)
            await fact_rows.remove_all(connection, authority)
            await event_copy.forget(connection, authority)

    async def _positions(self) -> dict[str, int]:
        async with self.engine.connect() as connection:
            found = await event_copy.checkpoints(connection)
        return {authority: one.position for authority, one in found.items()}

    async def _turn(self) -> bool:
        """Some pages of every authority that is behind; whether there may be more."""
        heads, positions = await self.feed.heads(), await self._positions()
        behind = [name for name, head in sorted(heads.items()) if positions.get(name, 0) != head]
        for authority in behind:
            await self._read_on(authority, positions.get(authority, 0), heads[authority])
        return bool(behind)

    async def _read_on(self, authority: str, after: int, head: int) -> None:
        if after > head:
            raise FeedError(
                f"{authority}: the feed ends at position {head}, the facts are at {after}. If the complaints "
                "record was replaced, run `reporting rebuild --from-feed`."
            )
        try:
            await self._pages(authority, after, head)
        except BaseException as error:
            self._remembered.pop(authority, None)
            if not isinstance(error, _AnotherProjectorError):
                raise

    async def _pages(self, authority: str, after: int, head: int) -> None:
        """Apply pages, each while the next one is on its way."""
        last = min(head, after + _PAGES_A_TURN * self.page_size)
        coming = asyncio.create_task(self._next_page(authority, after, last))
        try:
            while page := await coming:
                coming = asyncio.create_task(self._next_page(authority, page.last, last))
                if page.events:
                    await self._commit(authority, page)
                if page.unreadable is not None:
                    raise page.unreadable
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _next_page(self, authority: str, after: int, last: int) -> _Page | None:
        if after >= last:
            return None
        events = await self.feed.page(authority, after, self.page_size)
        return _page(events) if events else None

    async def _commit(self, authority: str, page: _Page) -> None:
        async with self.engine.begin() as connection:
            position = await event_copy.hold(connection, authority)
            known = await self._known(connection, authority, position)
            if position != page.events[0].position - 1 or position != known.position:
                raise _AnotherProjectorError
            if any(event.type == "profile_applied" for event in page.events):
                await event_copy.keep(connection, page.events)
                await self._refold(connection, authority)
                self._remembered.pop(authority)
                return
            first = {event.stream: event for event in reversed(page.events)}
            touched = await _whole(connection, known, first, page.recorded)
            await event_copy.keep(connection, page.events)
            await fact_rows.remove(connection, authority, _by_tables(first.values()))
            await fact_rows.add(connection, facts_of_all(touched.items(), known.profiles))
        for stream, history in touched.items():
            known.recent.put(stream.id, history)
        known.position = page.events[-1].position

    async def _known(self, connection: Connection, authority: str, position: int) -> _Authority:
        if authority not in self._remembered:
            profiles = [profile for _, profile in await profiles_of(connection, authority)]
            self._remembered[authority] = _Authority(position, Profiles(profiles))
        return self._remembered[authority]

    async def _refold(self, connection: Connection, authority: str) -> None:
        profiles = [profile for _, profile in await profiles_of(connection, authority)]
        await fact_rows.remove_all(connection, authority)
        await fold_all(connection, authority, Profiles(profiles))


def _page(events: list[FedEvent]) -> _Page:
    """A page read as far as it can be."""
    recorded: list[Recorded] = []
    for event in events:
        try:
            recorded.append(event.recorded())
        except UnreadableEventError as error:
            return _Page(events[: len(recorded)], recorded, events[-1].position, error)
    return _Page(events, recorded, events[-1].position)


async def _whole(
    connection: Connection, known: _Authority, first: Mapping[UUID, FedEvent], recorded: Iterable[Recorded]
) -> dict[Stream, list[Recorded]]:
    """The whole history of every stream that a page touches: remembered, read, and what the page adds.

    `first` is each stream's first event in the page.
    """
    unknown = [id_ for id_, event in first.items() if event.version > 1 and known.recent.get(id_) is None]
    read: dict[UUID, list[Recorded]] = {}
    if unknown:
        authority = first[unknown[0]].authority
        for event in await event_copy.events_of(connection, authority, unknown):
            read.setdefault(event.stream, []).append(event.recorded())
    histories = {id_: list(known.recent.get(id_) or read.get(id_, [])) for id_ in first}
    for one in recorded:
        histories[one.stream].append(one)
    return {event.belongs_to: histories[id_] for id_, event in first.items()}


def _by_tables(first: Iterable[FedEvent]) -> dict[tuple[str, ...], list[UUID]]:
    """The streams that may have facts already, by the tables that those are in."""
    found: dict[tuple[str, ...], list[UUID]] = {}
    for event in first:
        if event.version > 1:
            found.setdefault(_TABLES_OF_KIND.get(event.kind, _COMPLAINT_TABLES), []).append(event.stream)
    return found
