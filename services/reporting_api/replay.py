"""An authority's log replayed from a position on, as of one day: the tables after each event that counts.

It happens in fact tables that only its own connection has, so it neither sees nor disturbs the projector.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded
from reporting_api.database import Connection, event_copy, fact_rows, replaying, snapshots
from reporting_api.facts import Profiles, Rows, Stream, facts_of, facts_of_all
from reporting_api.fed_event import FedEvent
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import Span

MOST_STEPS: Final = 60
"""Of more events that count, neighbours in the log are replayed together."""

PROFILE: Final = "profile_applied"

Answers = dict[str, Answer]


class Replayed(NamedTuple):
    """The tables right after these events; after none of them: as they were at the beginning."""

    events: tuple[FedEvent, ...]
    answers: Answers


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked again and again: these tables, of an authority, as of a day, from a position on."""

    authority: str
    spans: tuple[Span, Span]
    procedure: str
    as_of: date
    position: int
    tables: tuple[str, ...]


@dataclass
class Replay:
    """A replay over the own fact tables of `connection`, made by `snapshots.of_the_past`."""

    connection: Connection
    question: Question
    _applied: list[FedEvent] = field(default_factory=list)
    _histories: dict[UUID, list[FedEvent]] = field(default_factory=dict)
    _counting: list[FedEvent] = field(default_factory=list)

    async def now(self) -> Answers:
        """The tables as they are with all that is known; to be asked first."""
        asked = self.question
        later = await replaying.entered_later(self.connection, asked.authority, asked.position, asked.as_of)
        self._applied = await event_copy.profiles_applied(self.connection, asked.authority)
        await self._read(later)
        self._counting = await asyncio.to_thread(lambda: [one for one in later if self._counts(one)])
        last = self._counting[-1].position if self._counting else asked.position
        await snapshots.make_own_tables(self.connection)
        await self._lay_all(last)
        return await self._answers(asked.tables, last)

    async def versions(self, tables: Sequence[str]) -> AsyncIterator[Replayed]:
        """Some tables as they were at the position, then after each event that changed a fact, in order."""
        position = self.question.position
        await self._bring(self._counting, position)
        yield Replayed((), await self._answers(tables, position))
        for events in in_steps(self._counting, MOST_STEPS):
            await self._bring(events, events[-1].position)
            yield Replayed(tuple(events), await self._answers(tables, events[-1].position))

    async def _read(self, later: Iterable[FedEvent]) -> None:
        """The whole histories of the streams of these events."""
        streams = list({event.stream for event in later})
        for event in await event_copy.events_of(self.connection, self.question.authority, streams):
            self._histories.setdefault(event.stream, []).append(event)

    def _counts(self, event: FedEvent) -> bool:
        """Whether the facts of its stream are other ones right after it; a profile may change any."""
        if event.type == PROFILE:
            return True
        profiles = Profiles(self._profiles(event.position))
        after, before = (self._facts(event, upto, profiles) for upto in (event.position, event.position - 1))
        return after != before

    def _facts(self, event: FedEvent, position: int, profiles: Profiles) -> Rows:
        history = _recorded(self._histories[event.stream], position)
        return facts_of(event.belongs_to, history, profiles, as_of=self.question.as_of)

    def _profiles(self, position: int) -> list[ProfileApplied]:
        """The versions known at a position that had begun by the day, as `view` has them."""
        applied = [(one.position, one.recorded().event) for one in self._applied]
        every = [(at, event) for at, event in applied if isinstance(event, ProfileApplied)]
        known = [event for at, event in every if at <= position]
        begun = [event for event in known if event.on <= self.question.as_of]
        return begun or known[:1] or [event for _, event in every[:1]]

    async def _bring(self, events: Sequence[FedEvent], position: int) -> None:
        """Bring the facts that these events have to do with to a position."""
        if any(event.type == PROFILE for event in events):
            await replaying.empty(self.connection)
            await self._lay_all(position)
            return
        profiles = Profiles(self._profiles(position))
        touched = {event.stream: event for event in events}
        await replaying.remove(self.connection, self.question.authority, list(touched))
        for event in touched.values():
            rows = self._facts(event, position, profiles)
            await fact_rows.add(self.connection, rows, snapshots.OWN)

    async def _lay_all(self, position: int) -> None:
        """The facts of every stream up to a position; the tables have none."""
        profiles = Profiles(self._profiles(position))

        def folded(streams: list[list[FedEvent]]) -> Rows:
            known = ((stream[0].belongs_to, _recorded(stream, position)) for stream in streams)
            return facts_of_all(_begun(known), profiles, as_of=self.question.as_of)

        async for streams in event_copy.whole_streams(self.connection, self.question.authority):
            await fact_rows.add(self.connection, await asyncio.to_thread(folded, streams), snapshots.OWN)
        await replaying.analyse(self.connection)

    async def _answers(self, tables: Sequence[str], position: int) -> Answers:
        asked = self.question
        profiles = self._profiles(position)
        scope = scope_of(asked.authority, asked.procedure, asked.spans, asked.as_of, profiles)
        known_at = await replaying.recorded_at(self.connection, asked.authority, position)
        return {
            name: Answer(
                CATALOGUE[name],
                scope,
                await rows_of(self.connection, CATALOGUE[name], scope),
                known_at,
                position,
            )
            for name in tables
        }


def in_steps(events: Sequence[FedEvent], most: int) -> list[Sequence[FedEvent]]:
    """The events one by one; of more than `most`, in at most that many runs of neighbours."""
    size = max(1, -(-len(events) // most))
    return [events[start : start + size] for start in range(0, len(events), size)]


def _recorded(history: Iterable[FedEvent], position: int) -> list[Recorded]:
    return [event.recorded() for event in history if event.position <= position]


def _begun(streams: Iterable[tuple[Stream, list[Recorded]]]) -> Iterable[tuple[Stream, list[Recorded]]]:
    return ((stream, history) for stream, history in streams if history)
