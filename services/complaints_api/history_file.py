"""Case histories as JSON Lines: a council's years in and out.

An import goes over the file twice. The first pass notes where each line begins and to which stream and day it
belongs; the second reads lines stream by stream, in order of date, and records them in large groups. So the
file need not be in order, and never lies in memory as a whole.

An import is idempotent: a line whose identity is recorded with the same data changes nothing, with other data
it is a conflict. Lines that cannot have happened are refused one by one; the rest goes in.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

from pydantic import Field, ValidationError
from pydantic_core import from_json, to_json

from complaint_events import events as ev
from complaint_events.event_model import Json, Strictly
from complaint_events.profile import ProfileApplied
from complaint_events.reading import CHANGED_TEXTS, Recorded
from complaint_events.scalars import Day, Instant, Reference, SequenceNumber
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.deciding import Given, Refusal, decide
from complaints_api.drafting import Draft, InvalidError, draft, field_errors
from complaints_api.recording import (
    AUTHORITY_STREAM,
    Loaded,
    Recording,
    loaded,
    sealed_append,
    subjects_of,
)
from complaints_api.revealing import with_references, with_texts
from complaints_api.store.event_store import stream_id
from complaints_api.store.log_rows import Append, LoggedEvent, VersionConflictError
from complaints_api.store.personal_data import Sealer, kept_digests

BATCH: Final = 2000
"""Lines recorded in one transaction, as long as no stream is longer."""

ACTOR: Final = "import"
_CONFLICTING: Final = "conflicting_line"
_LATER: Final = 2**61
_ATTEMPTS: Final = 5
_NOT_YET: Final = datetime.max.replace(tzinfo=UTC)


class Line(Strictly):
    """One line of a history file."""

    stream: Literal[ev.STREAM_KINDS]  # type: ignore[valid-type] # the registry's kinds
    id: Reference
    event: str
    on: Day
    at: Instant | None = None
    seq: SequenceNumber | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    recorded_at: Instant | None = None
    actor: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    position: Annotated[int, Field(ge=1)] | None = None

    def flat(self) -> Json:
        """The event's data as a command has them: with `on`, `at` and `seq` among them."""
        beside = {"on": self.on, "at": self.at, "seq": self.seq}
        return {**self.data, **{name: value for name, value in beside.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not recorded: its number, the rule, the field, its value if it is a code, and why."""

    number: int
    rule: str
    field: str
    value: str | None
    message: str

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value is not None else ""
        return f"line {self.number}: {self.rule}: {self.field}{shown}: {self.message}"


@dataclass(slots=True)
class Outcome:
    """What became of a file's lines."""

    lines: int = 0
    recorded: int = 0
    unchanged: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


class _Place(NamedTuple):
    """Where a line is, and where it goes: stream by first appearance, then date, then the file's order."""

    stream: int
    on: int
    later: bool
    number: int
    offset: int


class NotEmptyError(Exception):
    """A restore needs an authority that has no events but its profile."""


Mapped = mmap | BytesIO


@contextmanager
def _mapped(path: Path) -> Iterator[Mapped]:
    """The file as memory that the system pages in and out; an empty one cannot be mapped."""
    if path.stat().st_size == 0:
        yield BytesIO()
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        yield text


Progress = Callable[[int, int], None]
"""Told after each group: lines done, and lines in all."""


class Import:
    """One import of one file into one authority."""

    def __init__(
        self,
        desk: Recording,
        authority: str,
        *,
        dry_run: bool = False,
        restore: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._desk = desk
        self._authority = authority
        self._dry_run = dry_run
        self._restore = restore
        self._progress = progress or (lambda _done, _all: None)
        self._profiles: tuple[ProfileApplied, ...] = ()
        self.outcome = Outcome()

    async def run(self, path: Path) -> Outcome:
        """Record the file's lines. Raises `NotEmptyError`, `OSError`, and the database's errors."""
        self._profiles = await self._desk.profiles(self._authority)
        if self._restore and await self._has_complaints():
            raise NotEmptyError("--restore needs an authority without events")
        with _mapped(path) as text:
            places = self._places(text)
            done = 0
            for batch in self._batches(places):
                await self._record([(place.number, self._line(text, place)) for place in batch])
                done += len(batch)
                self._progress(done, len(places))
        return self.outcome

    async def _has_complaints(self) -> bool:
        page = await self._desk.store.page(self._authority, 0, BATCH)
        return any(row.kind != ProfileApplied.kind for row in page)

    def _places(self, text: Mapped) -> list[_Place]:
        """The first pass: every readable line's place, in the order of recording."""
        streams: dict[tuple[str, str], int] = {("authority", AUTHORITY_STREAM): 0}
        found: list[_Place] = []
        offset = 0
        for number, raw in enumerate(iter(text.readline, b""), start=1):
            if raw.strip():
                self.outcome.lines += 1
                line = self._read(number, raw)
                if line is not None:
                    found.append(_place(line, streams, number, offset, restore=self._restore))
            offset += len(raw)
        found.sort()
        return found

    def _read(self, number: int, raw: bytes) -> Line | None:
        try:
            line = Line.model_validate(from_json(raw, allow_inf_nan=False))
        except ValidationError as error:
            self._refuse_all(number, field_errors(error))
        except (ValueError, RecursionError):
            self._refuse(number, "malformed_line", "(line)", "is no well-formed JSON in UTF-8")
        else:
            model = ev.EVENTS.get(line.event)
            if model is not None and (model.kind == line.stream or model is ev.CorrectionRecorded):
                return line
            known = "is no event of that stream" if model else "is no event of the published language"
            self._refuse(number, "unknown_event", "event", known, line.event)
        return None

    @staticmethod
    def _line(text: Mapped, place: _Place) -> Line:
        text.seek(place.offset)
        return Line.model_validate(from_json(text.readline()))

    def _batches(self, places: Sequence[_Place]) -> Iterator[list[_Place]]:
        """Places in groups of about `BATCH`; but for a restore no stream is cut, and profiles go first."""
        batch: list[_Place] = []
        for place in places:
            cut = not batch or self._restore or place.stream != batch[-1].stream
            if batch and cut and (len(batch) >= BATCH or batch[-1].stream == 0):
                yield batch
                batch = []
            batch.append(place)
        if batch:
            yield batch

    async def _record(self, lines: list[tuple[int, Line]]) -> None:
        """Decide on lines, then record what may be, again if another writer was faster."""
        for _ in range(_ATTEMPTS):
            group = _Group(
                self._desk, self._authority, Given(self._desk.today, self._profiles, historic=True)
            )
            await group.decide(lines, restore=self._restore)
            if self._dry_run or await self._appended(group):
                break
        else:
            raise VersionConflictError(0)
        self.outcome.recorded += len(group.made)
        self.outcome.unchanged += group.unchanged
        self.outcome.refused += group.refused
        self._profiles = (*self._profiles, *group.profiles)

    async def _appended(self, group: "_Group") -> bool:
        appends = await group.appends(one_by_one=self._restore)
        answers = await self._desk.store.append_all(self._authority, appends) if appends else []
        failed = [answer for answer in answers if isinstance(answer, Exception)]
        return not failed

    def _refuse_all(self, number: int, errors: Sequence[Any]) -> None:
        for error in errors:
            self._refuse(number, error.rule, error.field, error.message)

    def _refuse(self, number: int, rule: str, where: str, message: str, value: str | None = None) -> None:
        self.outcome.refused.append(RefusedLine(number, rule, where, value, message))


def _place(
    line: Line, streams: dict[tuple[str, str], int], number: int, offset: int, *, restore: bool
) -> _Place:
    if restore:
        return _Place(1, line.position or _LATER, later=False, number=number, offset=offset)
    stream = streams.setdefault(_key(line), len(streams))
    return _Place(stream, line.on.toordinal(), line.event != "received", number, offset)


def _key(line: Line) -> tuple[str, str]:
    """The stream a line belongs to; an authority has one profile stream, whatever the file calls it."""
    return (line.stream, AUTHORITY_STREAM if line.stream == ProfileApplied.kind else line.id)


@dataclass(slots=True)
class _Made:
    """A line that will be recorded."""

    line: Line
    stream: UUID
    draft: Draft


class _Group:
    """The lines of one transaction, and the streams they belong to."""

    def __init__(self, desk: Recording, authority: str, given: Given) -> None:
        self._desk = desk
        self._authority = authority
        self._given = given
        self._streams: dict[UUID, Loaded] = {}
        self._seen: dict[UUID, dict[tuple[object, ...], tuple[bytes, dict[str, str]]]] = {}
        self._versions: dict[UUID, int] = {}
        self._sealer: Sealer | None = None
        self.made: list[_Made] = []
        self.unchanged = 0
        self.refused: list[RefusedLine] = []
        self.profiles: list[ProfileApplied] = []

    async def decide(self, lines: list[tuple[int, Line]], *, restore: bool) -> None:
        """Decide on each line in turn; a refused one does not keep the others out."""
        self._sealer = await self._desk.vault.sealer(self._authority)
        await self._load({_key(line) for _, line in lines})
        early: list[tuple[int, Line, Refusal]] = []
        for number, line in lines:
            try:
                self._decide(line, self._sealer)
            except InvalidError as error:
                for one in error.errors:
                    self._refuse(number, line, one.rule, one.field, one.message)
            except Refusal as refusal:
                early.append((number, line, refusal))
        for number, line, said in early:
            told = self._told_in_full(line, said, self._sealer)
            self._refuse(number, line, told.rule, told.field, told.message)
        if restore:
            self.made.sort(key=lambda made: made.line.position or _LATER)

    async def _load(self, keys: set[tuple[str, str]]) -> None:
        ids = {stream_id(self._authority, kind, name): (kind, name) for kind, name in keys}
        rows: dict[UUID, list[LoggedEvent]] = {}
        for row in await self._desk.store.logged(self._authority, list(ids)):
            rows.setdefault(row.stream, []).append(row)
        for stream, (kind, name) in ids.items():
            own = tuple(rows.get(stream, ()))
            new = Loaded(stream, kind, name, (), (), Complaint())
            self._streams[stream] = loaded(own) if own else new
            self._versions[stream] = self._streams[stream].version
            self._seen[stream] = {
                one.event.identity: (row.state, kept_digests(row.sealed))
                for row, one in zip(own, self._streams[stream].history, strict=True)
            }

    def _decide(self, line: Line, sealer: Sealer) -> None:
        made = draft(line.event, line.flat(), sealer.pseudonym)
        event = made.event
        if isinstance(event, ProfileApplied):
            event = event.model_copy(update={"authority": None})
            made = replace(made, event=event)
            self._given = replace(self._given, profiles=(*self._given.profiles, event))
        id_ = stream_id(self._authority, *_key(line))
        stream, seen = self._streams[id_], self._seen[id_]
        digests = {name: sealer.digest(name, text) for name, text in made.texts.items()}
        if event.identity in seen:
            self._same(seen[event.identity], (event.encoded(), digests))
            return
        given = replace(self._given, texts=frozenset(made.texts))
        after = decide(stream.history, stream.complaint, event, given)
        self._keep(line, stream, made, after)
        seen[event.identity] = (event.encoded(), digests)

    def _told_in_full(self, line: Line, refusal: Refusal, sealer: Sealer) -> Refusal:
        """The refusal as it reads once the later lines are known: it names the date that it contradicts."""
        if refusal.rule == _CONFLICTING:
            return refusal
        stream = self._streams[stream_id(self._authority, *_key(line))]
        made = draft(line.event, line.flat(), sealer.pseudonym)
        try:
            decide(stream.history, stream.complaint, made.event, self._given)
        except Refusal as again:
            return again
        return refusal

    def _same(self, old: tuple[bytes, dict[str, str]], new: tuple[bytes, dict[str, str]]) -> None:
        if old != new:
            raise Refusal(_CONFLICTING, "data", "this event is recorded with other data")
        self.unchanged += 1

    def _keep(self, line: Line, stream: Loaded, made: Draft, after: Complaint) -> None:
        place = _LATER + len(self.made)
        moment = line.recorded_at or _NOT_YET
        new = Recorded(stream.stream, place, place, moment, ACTOR, made.event)
        self._streams[stream.stream] = replace(stream, history=(*stream.history, new), complaint=after)
        self.made.append(_Made(line, stream.stream, made))
        if isinstance(made.event, ProfileApplied):
            self.profiles.append(made.event)

    def _refuse(self, number: int, line: Line, rule: str, where: str, message: str) -> None:
        self.refused.append(RefusedLine(number, rule, where, _shown(line, where), message))

    async def appends(self, *, one_by_one: bool) -> list[Append]:
        """What to write: the lines of a stream together, or for a restore each line in its position."""
        sealer = self._sealer
        if sealer is None:
            return []
        subjects: set[str] = set()
        for made in self.made:
            subjects |= subjects_of(made.draft, self._streams[made.stream].complaint, made.stream)
        await self._desk.vault.lend(sealer, subjects)
        known = set(sealer.keys)
        groups: dict[object, list[_Made]] = {}
        for number, made in enumerate(self.made):
            groups.setdefault(number if one_by_one else made.stream, []).append(made)
        return [self._append(sealer, group, known, restore=one_by_one) for group in groups.values()]

    def _append(self, sealer: Sealer, group: list[_Made], known: set[str], *, restore: bool) -> Append:
        stream = self._streams[group[0].stream]
        drafts = []
        for made in group:
            new = {name: own for name, own in made.draft.persons.items() if name not in known}
            known |= set(new)
            actor = made.line.actor if restore else None
            recorded_at = made.line.recorded_at if restore else None
            drafts.append((replace(made.draft, persons=new), actor or ACTOR, recorded_at))
        before = self._versions[stream.stream]
        self._versions[stream.stream] = before + len(group)
        return sealed_append(sealer, stream, before, drafts)


def _shown(line: Line, where: str) -> str | None:
    """The value at a refused field, where it is a code or a date; texts and references stay out of sight."""
    value: Any = {**line.data, "on": line.on.isoformat(), "event": line.event}
    steps = where.split(".")
    model = ev.EVENTS.get(line.event)
    sealed = {name.partition(".")[0] for name in model.texts} if model else set()
    if steps[0] in sealed or steps[-1] in ("ref", "subject"):
        return None
    for step in steps:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, ValueError, IndexError, TypeError):
            return None
    return str(value)[:64] if isinstance(value, str | int | float | bool) else None


async def export_lines(desk: Recording, authority: str, complaint: str | None = None) -> AsyncIterator[bytes]:
    """An authority's history, or one complaint's, as lines in the order of the log."""
    if complaint is not None:
        stream = await desk.load(authority, "complaint", complaint)
        for line in await _exported(desk, authority, list(stream.logged)):
            yield line
        return
    async for page in desk.store.pages(authority):
        for line in await _exported(desk, authority, page):
            yield line


async def _exported(desk: Recording, authority: str, page: list[LoggedEvent]) -> list[bytes]:
    sealed = {row.stream for row in page if row.sealed}
    opened = await desk.vault.open_many(authority, sealed)
    rows = [_row(row, opened.get(row.stream, {}).get(row.originator_version, {})) for row in page]
    return [to_json(row) + b"\n" for row in await with_references(desk.vault, authority, rows)]


def _row(row: LoggedEvent, texts: dict[str, str]) -> Json:
    stored: Json = from_json(row.state)
    beside: Json = {name: stored.pop(name) for name in ("event", "on", "at", "seq") if name in stored}
    changes = stored.get("changes")
    while isinstance(changes, dict):
        changes.pop(CHANGED_TEXTS, None)
        changes = changes.get("changes")
    return {
        "stream": row.kind,
        "id": row.reference,
        **beside,
        "data": with_texts(stored, texts),
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "position": row.id,
    }


__all__ = ["BATCH", "Import", "NotEmptyError", "Outcome", "RefusedLine", "export_lines"]
