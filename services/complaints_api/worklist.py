"""The worklist kept up with the log: caught up when somebody asks, so that a command is seen at once.

Nothing is written when a command is recorded. Whoever reads the tables `summary` and `owed` calls
`Worklist.caught_up` first; it works in what the log has beyond the checkpoint, page by page, each page and
its checkpoint in one transaction under the follower's lock. Any number of processes may do so at once.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from time import monotonic
from typing import Final, NamedTuple

from complaint_events import procedures
from complaint_events.events import EVENTS
from complaint_events.profile import ProfileApplied, in_force
from complaint_events.working_days import bank_holidays
from complaints_api.domain.standing import Known, Standing, standing, unreadable
from complaints_api.recording import AUTHORITY_STREAM, Loaded, loaded
from complaints_api.revealing import WITH_CARE
from complaints_api.store import following, worklist
from complaints_api.store.availability import DATABASE_ERRORS
from complaints_api.store.event_store import EventStore, stream_id
from complaints_api.store.following import Reached
from complaints_api.store.log_rows import LoggedEvent
from complaints_api.store.personal_data import kept_digests

REVISION: Final = 1
"""Raise it when the rows come out otherwise for the same events: every row is then made again."""

PATIENCE: Final = 2.0
"""Seconds for which a reader waits for the worklist to catch up, before it answers with what there is."""

PAGE_SIZE: Final = 500
"""Positions of the log that one transaction works in."""

_COMPLAINTS_A_TURN: Final = 20

_log: Final = logging.getLogger(__name__)


class AsOf(NamedTuple):
    """The position of the log that the worklist's rows include, and how many more there are."""

    position: int
    behind: int


def rules_in_force() -> str:
    """A digest of what rows rest on beside the log: calendar, limits, kinds of event, how rows are made."""
    rests_on = (
        REVISION,
        sorted((name, model.class_version) for name, model in EVENTS.items()),
        bank_holidays(),
        procedures.RULES,
        procedures.PANEL_REPORT_WITHIN,
        procedures.PANEL_RESPONSE_WITHIN,
        procedures.STAGE_3_REQUEST_WITHIN,
        procedures.DEEMED_DELIVERY,
    )
    return hashlib.sha256(repr(rests_on).encode()).hexdigest()[:16]


@dataclass
class Worklist:
    """Keeps the worklists of all authorities up with their logs."""

    store: EventStore
    page_size: int = PAGE_SIZE
    _made_by: str = field(default_factory=rules_in_force)
    _catching_up: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _one_page_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def caught_up(self, authority: str, patience: float = PATIENCE) -> AsOf:
        """Work in what the log has now, waiting at most `patience` seconds; how far the rows are.

        What is not done by then goes on without the caller.
        """
        until, wanted = monotonic() + patience, None
        while True:
            as_of = await self._as_of(authority)
            wanted = as_of.position + as_of.behind if wanted is None else wanted
            if as_of.position >= wanted or monotonic() >= until:
                return as_of
            await self._wait(authority, until - monotonic())

    async def nudged(self, authority: str, patience: float) -> None:
        """Catch up for a reader that gives more than these tables: it is never told of an error.

        It waits at most `patience` seconds, and only where one page will do; the rest goes on without it.
        """
        try:
            behind = (await self._as_of(authority)).behind
            if behind > self.page_size:
                await self._wait(authority, 0.0)
            elif behind:
                await self.caught_up(authority, patience)
        except DATABASE_ERRORS:
            return  # which its own reading meets, or not
        except Exception as error:  # noqa: BLE001 - logged without its text, which may repeat the record
            _log.error("%s: no worklist: %s", authority, type(error).__name__)

    async def close(self) -> None:
        """Stop catching up; what was begun is undone and begun again by whoever reads next."""
        tasks = list(self._catching_up.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, authority: str, seconds: float) -> None:
        """Wait for the one task of this process that catches up with this authority."""
        task = self._catching_up.get(authority)
        if task is None:
            task = asyncio.create_task(self._catch_up(authority))
            self._catching_up[authority] = task
            task.add_done_callback(lambda done: self._ended(authority, done))
        await asyncio.wait([task], timeout=seconds)
        if task.done():
            task.result()

    def _ended(self, authority: str, task: asyncio.Task[None]) -> None:
        """Forget the task; its error is for those who wait, and the next reader tries again."""
        del self._catching_up[authority]
        if not task.cancelled():
            task.exception()

    async def _catch_up(self, authority: str) -> None:
        while True:
            async with self._one_page_at_a_time:
                if not await self._work_in_a_page(authority):
                    return

    async def _as_of(self, authority: str) -> AsOf:
        async with self.store.engine.connect() as connection:
            found = await worklist.distance(connection, authority)
        ours = found.reached.basis.startswith(f"{self._made_by}:")
        at = found.reached.position if ours else 0
        return AsOf(at, max(0, found.head - at))

    async def _work_in_a_page(self, authority: str) -> bool:
        """Work in the page after the checkpoint, or begin again where it rests on other rules; False: done.

        What a page says is read after its end is known, so the profiles include any that is in it.
        """
        async with self.store.engine.begin() as connection:
            at = await following.reached(connection, authority, worklist.FOLLOWER)
            head = (await worklist.distance(connection, authority)).head
            profiles = await self._profiles(authority)
            if at.basis != profiles.basis:
                await following.move(connection, authority, worklist.FOLLOWER, Reached(0, profiles.basis))
                return True
            last = min(head, at.position + self.page_size)
            streams = await worklist.finished_within(connection, authority, at.position, last)
            rows = await self.store.logged(authority, streams)
            standings = await _standings(authority, rows, profiles.applied)
            await worklist.replace_rows(connection, authority, standings)
            await following.move(connection, authority, worklist.FOLLOWER, Reached(last, profiles.basis))
        return last < head

    async def _profiles(self, authority: str) -> "_Profiles":
        rows = await self.store.logged(
            authority, [stream_id(authority, ProfileApplied.kind, AUTHORITY_STREAM)]
        )
        read = loaded(tuple(rows)).complaint.story if rows else ()
        applied = tuple(event for event in read if isinstance(event, ProfileApplied))
        return _Profiles(applied, f"{self._made_by}:{rows[-1].id if rows else 0}")


class _Profiles(NamedTuple):
    """An authority's profiles, and what the rows made with them rest on."""

    applied: tuple[ProfileApplied, ...]
    basis: str


async def _standings(
    authority: str, rows: Sequence[LoggedEvent], profiles: Sequence[ProfileApplied]
) -> list[Standing]:
    """The rows of whole streams, letting others have the processor now and then."""
    found = []
    for number, (_, events) in enumerate(groupby(rows, key=lambda row: row.stream), 1):
        found.append(_standing(authority, tuple(events), profiles))
        if number % _COMPLAINTS_A_TURN == 0:
            await asyncio.sleep(0)
    return found


def _standing(authority: str, rows: tuple[LoggedEvent, ...], profiles: Sequence[ProfileApplied]) -> Standing:
    """How a complaint stands; one that cannot be read as such, so that it holds up no other."""
    try:
        return standing_of(loaded(rows), profiles)
    except Exception as error:  # noqa: BLE001 - logged without its text, which may repeat the record
        last = rows[-1]
        _log.error("%s: complaint %s cannot be read: %s", authority, last.stream, type(error).__name__)
        known = Known(last.stream, last.reference, last.originator_version, write_with_care=True)
        return unreadable(known, last.effective_on)


def standing_of(stream: Loaded, profiles: Sequence[ProfileApplied]) -> Standing:
    """How a complaint of the log stands."""
    with_care = any(_asks_for_care(row) for row in stream.logged)
    received = stream.complaint.received
    profile = in_force(profiles, received.on) if received else None
    known = Known(stream.stream, stream.reference, stream.version, with_care)
    return standing(known, stream.complaint, profile)


def _asks_for_care(row: LoggedEvent) -> bool:
    """Whether an event told how to write to the person; the names of its sealed fields say so."""
    return any(name.rpartition(".")[2] in WITH_CARE for name in kept_digests(row.sealed))
