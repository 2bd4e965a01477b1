"""The same facts by the eventsourcing library's own projection runner, as its documentation shows it.

An application with the library's PostgreSQL recorder holds the events; a projection with a tracking recorder
as its view takes one event at a time, and in one transaction changes the facts of the event's stream and
records the tracking. Facts are made by our `facts_of`, in the same tables. In the library's favour, what its
columns lack (kind, reference, instant), each stream's earlier events and its facts are found in memory, so
that only tables where the event changed something are written to.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import Cursor
from psycopg.types.json import Jsonb
from typing_extensions import override

from benchmarks.peers import library_settings
from complaint_events.events import ProfileApplied
from complaint_events.reading import Recorded
from complaints_api.store.mapper import EventMapper
from reporting_api.database import FACT_TABLES
from reporting_api.facts import Profiles, Rows, Stream, facts_of
from reporting_api.fed_event import FedEvent

_BATCH = 1000


class Memory:
    """What the library's columns lack, by position."""

    events: ClassVar[Sequence[FedEvent]] = ()


class _Mapper(EventMapper):
    @override
    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        position: int = stored_event.id  # type: ignore[attr-defined] # what is read back is a notification
        return Memory.events[position - 1].recorded()


class Record(Application[UUID]):
    """The application that the projection follows."""

    @override
    def construct_mapper(self) -> Mapper[UUID]:
        return _Mapper()


class FactsView(PostgresTrackingRecorder):
    """The fact tables, with the position they show."""

    durably = True

    def change(self, stream: Stream, changed: Rows, tracking: Tracking) -> None:
        """Put these rows in the place of the stream's, and record the tracking, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            if not self.durably:
                cursor.execute("SET LOCAL synchronous_commit = off", prepare=True)
            for name, rows in changed.items():
                cursor.execute(_REMOVAL[name], (stream.authority, stream.id), prepare=True)
                _insert(cursor, name, rows)
            self._insert_tracking(cursor, tracking)


class RelaxedFactsView(FactsView):
    """The same, not waiting for the disk, as ours does not: what is lost is read again."""

    durably = False


_REMOVAL: Final = {
    name: f"DELETE FROM facts.{name} WHERE authority = %s AND {list(table.columns)[1].name} = %s".encode()  # noqa: S608
    for name, table in FACT_TABLES.items()
}


def _insert(cursor: Cursor[Any], name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = list(FACT_TABLES[name].columns)
    values = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO facts.{name} VALUES ({values})".encode()  # noqa: S608 - our names
    wrapped = [
        [
            Jsonb(value) if isinstance(column.type, sa.JSON) else value
            for column, value in zip(columns, row, strict=True)
        ]
        for row in rows
    ]
    for one in wrapped:
        cursor.execute(statement, one, prepare=True)


class Facts(Projection[FactsView]):
    """Facts, event by event."""

    name = "facts"

    def __init__(self, view: FactsView) -> None:
        super().__init__(view)
        self._profiles: list[ProfileApplied] = []
        self._ready = Profiles(())
        self._streams: dict[UUID, list[Recorded]] = {}
        self._facts: dict[UUID, Rows] = {}

    @override
    def process_event(self, domain_event: Recorded, tracking: Tracking) -> None:
        if isinstance(domain_event.event, ProfileApplied):
            self._profiles.append(domain_event.event)
            self._ready = Profiles(self._profiles)
        history = self._streams.setdefault(domain_event.stream, [])
        history.append(domain_event)
        stream = Memory.events[tracking.notification_id - 1].belongs_to
        old, new = self._facts.get(stream.id, {}), facts_of(stream, history, self._ready)
        changed = {name: new.get(name, []) for name in {**old, **new} if old.get(name) != new.get(name)}
        self.view.change(stream, changed, tracking)
        self._facts[stream.id] = new


def record(url: str, events: Sequence[FedEvent]) -> None:
    """Put the events into an application of the library, in the same order."""
    Memory.events = events
    application = Record(env=library_settings(url))
    for start in range(0, len(events), _BATCH):
        stored = [
            StoredEvent(one.stream, one.version, one.type, one.payload)
            for one in events[start : start + _BATCH]
        ]
        application.recorder.insert_events(stored)
    application.close()


@contextmanager
def _running(
    url: str, facts_url: str, view: type[FactsView]
) -> Iterator[ProjectionRunner[Record, FactsView]]:
    own = {f"FACTS_{name}": value for name, value in library_settings(facts_url).items()}
    with ProjectionRunner(
        application_class=Record,
        projection_class=Facts,
        view_class=view,
        env={**library_settings(url), **own},
    ) as runner:
        yield runner


def projected(url: str, facts_url: str, seconds: float, *, durably: bool) -> tuple[int, float]:
    """Follow the application's events for so many seconds; how many were projected, and a second."""
    begun = time.perf_counter()
    with _running(url, facts_url, FactsView if durably else RelaxedFactsView) as runner:
        until = partial(runner.view.has_tracking_id, runner.app_name, len(Memory.events))
        while time.perf_counter() - begun < seconds and not until():
            runner.run_forever(timeout=0.25)
        done = runner.view.max_tracking_id(runner.app_name) or 0
        took = time.perf_counter() - begun
    return done, done / took
