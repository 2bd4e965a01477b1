"""Recording: load a stream, decide, seal, append. The one way into the log for commands.

Conflicts with other writers are decided again, unless the caller named the version it had seen.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from time import monotonic
from typing import Any, Final
from uuid import UUID

from complaint_events.events import EVENTS, ComplaintEvent
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded, read
from complaint_events.scalars import london_date, printable
from complaints_api.domain.complaint import Complaint, fold
from complaints_api.domain.deciding import SAME_EVENT_TWICE, Given, Refusal, decide, folded
from complaints_api.drafting import Draft, draft
from complaints_api.finding import words_recorded
from complaints_api.store.event_store import EventStore, recorded, stream_id
from complaints_api.store.log_rows import (
    Append,
    Appended,
    IdempotentKey,
    KeyTakenError,
    LoggedEvent,
    NewEvent,
    VersionConflictError,
)
from complaints_api.store.personal_data import Place, Sealer, Vault

AUTHORITY_STREAM: Final = "profile"
"""The reference of the stream that holds an authority's profiles."""

PROFILES_KEPT: Final = 2.0
"""Seconds for which a process trusts the profiles it has read."""

_ATTEMPTS: Final = 100
_LINKED: Final = "linked"
_NO_COMPLAINT: Final = Complaint()

_KeptProfiles = tuple[float, tuple[ProfileApplied, ...]]
"""When they were asked for, and what they were."""


class NotFoundError(Exception):
    """There is no such complaint in this authority."""


class StaleVersionError(Exception):
    """The complaint has changed since the version the caller had seen."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the complaint is at version {current}")
        self.current = current


@dataclass(frozen=True, slots=True)
class Command:
    """An event to be recorded: its name, its flat data, who says so, and what the caller had seen."""

    name: str
    data: Mapping[str, Any]
    actor: str
    seen: int | None = None
    once: IdempotentKey | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stream as it is: id, the authority's reference, version, events, and what they fold to."""

    stream: UUID
    kind: str
    reference: str
    logged: tuple[LoggedEvent, ...]
    history: tuple[Recorded, ...]
    complaint: Complaint

    @property
    def version(self) -> int:
        """How many events the stream has."""
        return self.logged[-1].originator_version if self.logged else 0

    def seen(self, as_of: date | None, known_at: datetime | None) -> Complaint:
        """The complaint as it stood on a date, or as it was known at an instant."""
        return fold(one.event for one in read(self.history, as_of=as_of, known_at=known_at))


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: where its event went, and the complaint just before and just after it.

    `profiles` are the authority's as they were known then. A retry gets the same, however much has been
    recorded since: only where the event went says that it was `replayed`.
    """

    appended: Appended
    reference: str
    before: Complaint
    after: Complaint
    profiles: tuple[ProfileApplied, ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a command would do: the stream as it is, and the complaint as it would be."""

    stream: Loaded
    after: Complaint
    profiles: tuple[ProfileApplied, ...]


class Recording:
    """Commands on the streams of any authority."""

    def __init__(self, store: EventStore, vault: Vault, now: Callable[[], datetime] | None = None) -> None:
        self.store = store
        self.vault = vault
        self._now = now or (lambda: datetime.now(UTC))
        self._profiles: dict[str, _KeptProfiles] = {}
        self._reading_profiles = asyncio.Lock()

    @property
    def today(self) -> date:
        """The business date: today in London."""
        return london_date(self._now())

    async def profiles(self, authority: str) -> tuple[ProfileApplied, ...]:
        """The authority's profiles, at most `PROFILES_KEPT` seconds old."""
        kept = self._profiles.get(authority)
        if kept is not None and monotonic() - kept[0] <= PROFILES_KEPT:
            return kept[1]
        async with self._reading_profiles:
            return await self._profiles_read_since(authority, kept)

    async def _profiles_read_since(
        self, authority: str, old: _KeptProfiles | None
    ) -> tuple[ProfileApplied, ...]:
        """Read them, unless whoever read before us in the queue just did."""
        kept = self._profiles.get(authority)
        if kept is None or kept is old:
            asked_at = monotonic()
            kept = (asked_at, await self._read_profiles(authority))
            self._profiles[authority] = kept
        return kept[1]

    async def _read_profiles(
        self, authority: str, known_at: datetime | None = None
    ) -> tuple[ProfileApplied, ...]:
        stream = stream_id(authority, ProfileApplied.kind, AUTHORITY_STREAM)
        logged = await self.store.logged(authority, [stream])
        events = (one.event for one in read((recorded(row) for row in logged), known_at=known_at))
        return tuple(event for event in events if isinstance(event, ProfileApplied))

    async def load(self, authority: str, kind: str, name: str) -> Loaded:
        """A stream by its id or the authority's reference. Raises `NotFoundError`."""
        by_reference = stream_id(authority, kind, name)
        wanted = [by_reference, *_as_id(name)]
        rows = tuple(await self.store.logged(authority, wanted))
        if not rows or rows[0].kind != kind:
            raise NotFoundError
        return loaded(rows)

    async def begin(self, authority: str, kind: str, reference: str, command: Command) -> Appended:
        """Record the first event of a new stream. Raises `VersionConflictError` when there is one."""
        return (await self._record(authority, _unbegun(authority, kind, reference), command)).appended

    async def record(self, authority: str, kind: str, name: str, command: Command) -> Appended:
        """Record an event of an existing stream and say where it went. Raises as `carry_out`."""
        return (await self.carry_out(authority, kind, name, command)).appended

    async def carry_out(self, authority: str, kind: str, name: str, command: Command) -> Done:
        """Record an event of an existing stream and say what it did; a retry is told what the first did.

        Raises `NotFoundError`, `StaleVersionError`, `Refusal`, `InvalidError`.
        """
        if command.once and (before := await self.store.done_before(authority, command.once)):
            return await self._done_before(authority, kind, before)
        try:
            done = await self._record_next(authority, kind, name, command)
        except (Refusal, StaleVersionError):
            # the same request, sent twice at once: the other one may have been recorded meanwhile
            if command.once and (before := await self.store.done_before(authority, command.once)):
                return await self._done_before(authority, kind, before)
            raise
        return await self._done_before(authority, kind, done.appended) if done.appended.replayed else done

    async def rehearse(self, authority: str, kind: str, name: str, command: Command) -> Rehearsed:
        """Decide as `carry_out` does, and record nothing. Raises the same."""
        stream = await self.load(authority, kind, name)
        _refuse_stale(command, stream)
        return await self._rehearsed(authority, stream, command)

    async def rehearse_beginning(
        self, authority: str, kind: str, reference: str, command: Command
    ) -> Rehearsed:
        """Decide as `begin` does, and record nothing. Raises the same."""
        stream = _unbegun(authority, kind, reference)
        if rows := await self.store.logged(authority, [stream.stream]):
            raise VersionConflictError(len(rows))
        return await self._rehearsed(authority, stream, command)

    async def _rehearsed(self, authority: str, stream: Loaded, command: Command) -> Rehearsed:
        given = await self._given(authority, command)
        _made, after = _decided(await self.vault.sealer(authority), stream, command, given)
        return Rehearsed(stream, after, tuple(given.profiles))

    async def _done_before(self, authority: str, kind: str, appended: Appended) -> Done:
        """What the command did whose event is there already, as it was known when it was recorded."""
        stream = await self.load(authority, kind, str(appended.stream))
        before, after = (folded(stream.history[:n]) for n in (appended.version - 1, appended.version))
        profiles = await self._read_profiles(authority, appended.recorded_at)
        return Done(appended, stream.reference, before, after, profiles)

    async def _record_next(self, authority: str, kind: str, name: str, command: Command) -> Done:
        for attempt in range(_ATTEMPTS):
            stream = await self.load(authority, kind, name)
            _refuse_stale(command, stream)
            try:
                return await self._record(authority, stream, command)
            except VersionConflictError as conflict:
                if command.seen is not None or attempt == _ATTEMPTS - 1:
                    raise StaleVersionError(conflict.current) from None
        raise AssertionError("the last attempt returns or raises")

    async def _record(self, authority: str, stream: Loaded, command: Command) -> Done:
        given = await self._given(authority, command)
        for _ in range(_ATTEMPTS):
            append, after = await self._sealed(authority, stream, command, given)
            try:
                appended = await self.store.append(authority, append)
            except KeyTakenError:
                continue
            return Done(appended, stream.reference, stream.complaint, after, tuple(given.profiles))
        raise KeyTakenError("data keys of this subject are being made by others")

    async def _given(self, authority: str, command: Command) -> Given:
        """The day, the profiles, and which of the complaints that the command names there are."""
        named = command.data.get("to") if command.name == _LINKED else None
        others: frozenset[str] = frozenset()
        if isinstance(named, str) and printable(named):
            stream = stream_id(authority, ComplaintEvent.kind, named)
            others = frozenset((await self.store.references(authority, [stream])).values())
        return Given(self.today, await self.profiles(authority), others=others)

    async def _sealed(
        self, authority: str, stream: Loaded, command: Command, given: Given
    ) -> tuple[Append, Complaint]:
        sealer = await self.vault.sealer(authority)
        made, after = _decided(sealer, stream, command, given)
        if stream.logged or made.persons:
            await self.vault.lend(sealer, subjects_of(made, after, stream.stream))
        after_it = replace(stream, complaint=after)
        events = [(made, command.actor, None)]
        return sealed_append(sealer, after_it, stream.version, events, command.once), after


def _unbegun(authority: str, kind: str, reference: str) -> Loaded:
    return Loaded(stream_id(authority, kind, reference), kind, reference, (), (), _NO_COMPLAINT)


def _refuse_stale(command: Command, stream: Loaded) -> None:
    if command.seen is not None and command.seen != stream.version:
        raise StaleVersionError(stream.version)


def _decided(sealer: Sealer, stream: Loaded, command: Command, given: Given) -> tuple[Draft, Complaint]:
    """The event that a command makes, and the complaint after it."""
    data = {"on": given.today.isoformat(), **command.data}
    made = _told_apart(draft(command.name, data, sealer.pseudonym), stream.history)
    texts = frozenset(made.texts)
    asked = replace(given, texts=texts, reference=stream.reference)
    return made, decide(stream.history, stream.complaint, made.event, asked)


def _told_apart(made: Draft, history: Sequence[Recorded]) -> Draft:
    """The draft with a `seq` of its own where the stream has an event of the same identity."""
    known = {one.event.identity for one in history}
    if made.event.identity not in known:
        return made
    if made.event.seq is not None:
        raise Refusal(SAME_EVENT_TWICE, "seq", "an event of this name, date and seq is recorded")
    numbered = (made.event.model_copy(update={"seq": number}) for number in count(2))
    return replace(made, event=next(event for event in numbered if event.identity not in known))


def loaded(rows: tuple[LoggedEvent, ...]) -> Loaded:
    """A stream of its stored events, all of them, in order of version."""
    history = tuple(recorded(row) for row in rows)
    return Loaded(rows[0].stream, rows[0].kind, rows[0].reference, rows, history, folded(history))


def subjects_of(made: Draft, complaint: Complaint, stream: UUID) -> set[str]:
    """Whose data keys an event needs: the persons it names, and whoever its texts are about."""
    return {*made.persons, *([subject_of(complaint, stream)] if made.texts else [])}


def subject_of(complaint: Complaint, stream: UUID) -> str:
    """Whom a complaint's texts are about: the complainant, or where nobody is named the stream itself."""
    return complaint.complainant or str(stream)


def sealed_append(
    sealer: Sealer,
    stream: Loaded,
    version: int,
    made: Sequence[tuple[Draft, str, datetime | None]],
    once: IdempotentKey | None = None,
) -> Append:
    """Drafts with actor and recorded time, sealed and made ready to append after `version` of their stream.

    The stream's complaint is the one after them, which says whom their texts are about.
    """
    subject = subject_of(stream.complaint, stream.stream)
    expected, events = version, []
    persons: dict[str, bytes] = {}
    for one, actor, recorded_at in made:
        version += 1
        place = Place(sealer.authority, stream.stream, version, one.event.event)
        kept, texts = sealer.seal(place, one.texts, subject)
        events.append(
            NewEvent(
                originator_id=stream.stream,
                originator_version=version,
                topic=one.event.event,
                state=one.event.encoded(),
                effective_on=one.event.on,
                actor=actor,
                schema_version=EVENTS[one.event.event].class_version,
                recorded_at=recorded_at,
                sealed=kept,
                texts=texts,
                found_by=sealer.found_by(subject, words_recorded(one.texts)),
            )
        )
        persons |= {name: sealer.seal_person(name, own) for name, own in one.persons.items()}
    return Append(
        stream=stream.stream,
        expected=expected,
        events=tuple(events),
        kind=stream.kind,
        reference=stream.reference,
        once=once,
        keys=sealer.taken([*persons, subject]),
        persons=tuple(persons.items()),
    )


def _as_id(name: str) -> list[UUID]:
    try:
        return [UUID(name)]
    except ValueError:
        return []
