"""The eventsourcing library's own published recorder tests, against our store.

The library's recorders are synchronous and know nothing but streams, topics and bytes; ours is not and knows
more. A bridge of this size between the two is all that an application of the library would need.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from datetime import date
from threading import Event, Lock, Thread
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID

import pytest
from eventsourcing import cryptography, persistence
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from complaints_api.store.event_store import EventStore, make_engine
from complaints_api.store.log_rows import Append, LoggedEvent, NewEvent

# The published tests import the library's cipher of a package we do not need; its other one will do.
with patch.dict(sys.modules, {"eventsourcing.cipher": cryptography}):
    from eventsourcing.tests import persistence as published

AUTHORITY = "library"
_POLL_SECONDS = 0.02
_Result = TypeVar("_Result")


class LoopThread:
    """An event loop in a thread of its own, for callers that have none."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = True
        self._submitting = Lock()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        with self._submitting:
            if not self._open:
                work.close()
                raise RuntimeError("the loop is closed")
            running = asyncio.run_coroutine_threadsafe(work, self._loop)
        return running.result(timeout=60)

    def close(self, last: Callable[[], Awaitable[None]]) -> None:
        """Let what runs end, for the published tests leave readers running; then do what is last."""
        with self._submitting:
            self._open = False
        asyncio.run_coroutine_threadsafe(self._drain(last), self._loop).result(timeout=60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @staticmethod
    async def _drain(last: Callable[[], Awaitable[None]]) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        await last()


class Subscription(persistence.Subscription["Bridge"]):
    """Notifications as they come, by asking again: the feed is polled too."""

    def __init__(self, recorder: "Bridge", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._stopped = Event()

    @override
    def stop(self) -> None:
        super().stop()
        self._stopped.set()

    @override
    def __next__(self) -> persistence.Notification:
        while not self._stopped.is_set():
            found = self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            )
            if found:
                self._last_notification_id = found[0].id
                return found[0]
            self._stopped.wait(_POLL_SECONDS)
        raise StopIteration


class Bridge(persistence.ApplicationRecorder):
    """Our store, as the library sees a recorder: one authority's log is the application sequence."""

    def __init__(self, store: EventStore, loop: LoopThread) -> None:
        self._store = store
        self._loop = loop

    @override
    def insert_events(
        self, stored_events: Sequence[persistence.StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        if not stored_events:
            return []
        appended = self._loop.run(self._store.append(AUTHORITY, _append(stored_events)))
        return list(range(appended.position - len(stored_events) + 1, appended.position + 1))

    @override
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[persistence.StoredEvent]:
        events = self._loop.run(self._store.logged(AUTHORITY, [UUID(str(originator_id))]))
        found = [
            _stored(event)
            for event in (reversed(events) if desc else events)
            if (gt is None or event.originator_version > gt)
            and (lte is None or event.originator_version <= lte)
        ]
        return found[:limit]

    @override
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[persistence.Notification]:
        after = (start or 0) - (1 if start and inclusive_of_start else 0)
        found: list[persistence.Notification] = []
        while len(found) < limit:
            page = self._loop.run(self._store.page(AUTHORITY, after, limit, upto=stop))
            if not page:
                break
            found += [event for event in page if not topics or event.topic in topics]
            after = page[-1].id
        return found[:limit]

    @override
    def max_notification_id(self) -> int | None:
        return self._loop.run(self._store.head(AUTHORITY)) or None

    @override
    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription:
        return Subscription(self, gt, topics)


def _append(stored: Sequence[persistence.StoredEvent]) -> Append:
    stream = UUID(str(stored[0].originator_id))
    events = tuple(
        NewEvent(stream, one.originator_version, one.topic, one.state, date(2025, 4, 1), "library")
        for one in stored
    )
    expected = stored[0].originator_version - 1
    return Append(stream, expected, events, kind="complaint", reference=str(stream))


def _stored(event: LoggedEvent) -> persistence.StoredEvent:
    return persistence.StoredEvent(event.originator_id, event.originator_version, event.topic, event.state)


class TestOurStoreAsTheLibrarysRecorder(published.ApplicationRecorderTestCase[Bridge]):
    """Every case the library publishes for application recorders, the optional subscription included."""

    @pytest.fixture(autouse=True)
    def _bridged(self, fresh_complaints_url: str) -> Iterator[None]:
        loop = LoopThread()
        engine = loop.run(_made(fresh_complaints_url))
        store = EventStore(engine)
        loop.run(store.add_authority(AUTHORITY))
        self._bridge = Bridge(store, loop)
        yield
        loop.close(engine.dispose)

    @override
    def create_recorder(self) -> Bridge:
        return self._bridge

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()

    def test_events_of_one_write_with_the_same_version_are_refused_together(self) -> None:
        recorder = self.create_recorder()
        event = persistence.StoredEvent(UUID(int=1), 1, "topic", b"state")
        with pytest.raises(persistence.IntegrityError):
            recorder.insert_events([event, event])
        assert recorder.max_notification_id() is None

    def test_a_position_that_is_not_taken_is_never_skipped(self) -> None:
        """After refused writes the positions still have no gap."""
        recorder = self.create_recorder()
        stream = UUID(int=1)
        first = persistence.StoredEvent(stream, 1, "topic", b"\x00\xff")
        assert recorder.insert_events([first]) == [1]
        for _ in range(3):
            with pytest.raises(persistence.IntegrityError):
                recorder.insert_events([first])
        second = persistence.StoredEvent(stream, 2, "topic", b"")
        assert recorder.insert_events([second]) == [2]
        assert [one.state for one in recorder.select_events(stream)] == [b"\x00\xff", b""]


async def _made(url: str) -> AsyncEngine:
    return make_engine(url)
