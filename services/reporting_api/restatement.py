"""What became of published figures: the cells that are not what was published, and the events that did it.

The published period is asked again as of the same day, with all that is known now: time passing changes
nothing, late entries and corrections do. Why is found by replaying the log: from the published position, each
event that says something new about that day is added to the facts on its own, in the order recorded, and is
named for every cell that is another right after it. A cell's steps add up to its difference. See ADR 16.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from reporting_api import disclosure
from reporting_api.database import Engine, event_copy, publications, replaying, snapshots
from reporting_api.database.publications import Publication
from reporting_api.disclosure import Suppressed
from reporting_api.fed_event import FedEvent
from reporting_api.publishing import figures_of, told_before
from reporting_api.replay import Answers, Question, Replay
from reporting_api.restated_cells import Cell, Change, Comparison, Place, Row, changes, columns_of
from reporting_api.tables.answer import Answer
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.periods import Span, year_named
from reporting_api.view import facts_seen

_MOST_REMEMBERED: Final = 200

_Name = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a cell: by these events together, or by none: worked out anew by another release."""

    events: tuple[FedEvent, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class Restated:
    """A cell that is not what was published, and how it got there, step by step.

    `public`: the public sees what was published, and may see what it is now.
    """

    cell: Cell
    change: Change
    steps: tuple[Step, ...]
    public: bool


@dataclass(frozen=True, slots=True)
class Restatement:
    """What became of a publication by a position of the log; its cells in the order of the tables."""

    publication: Publication
    position: int
    restated: tuple[Restated, ...] = ()

    def shown(self, *, public: bool) -> tuple[Restated, ...]:
        """Every cell, or those that the public may know of."""
        return tuple(one for one in self.restated if one.public or not public)


class _State(NamedTuple):
    """What a restatement depends on: the last late entry, and how many publications the public knows."""

    last: int
    told: int


@dataclass
class Restatements:
    """Restatements of publications, each worked out once for what has been entered, one at a time."""

    engine: Engine
    _known: OrderedDict[_Name, tuple[_State, Restatement]] = field(default_factory=OrderedDict)
    _coming: dict[_Name, asyncio.Task[Restatement]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, publication: Publication) -> Restatement:
        """What has become of a publication by now. Raises `Problem` (503) where its figures are damaged."""
        return await asyncio.shield(self._task(publication))

    async def soon(self, publication: Publication, seconds: float) -> Restatement | None:
        """The same if it is found out within a time, else what was known last, if anything."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._task(publication)), seconds)
        known = self._known.get(_name(publication))
        return known[1] if known else None

    async def stop(self) -> None:
        """Give up what is being worked out."""
        coming = list(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    def _task(self, publication: Publication) -> asyncio.Task[Restatement]:
        """The work that finds it out: the same for all who ask meanwhile."""
        name = _name(publication)
        if name not in self._coming:
            task = asyncio.create_task(self._found(publication))
            self._coming[name] = task
            task.add_done_callback(lambda done: self._done(name, done))
        return self._coming[name]

    def _done(self, name: _Name, task: asyncio.Task[Restatement]) -> None:
        del self._coming[name]
        if not task.cancelled():
            task.exception()  # whoever waits has it too; nobody may be waiting any more

    async def _found(self, publication: Publication) -> Restatement:
        name = _name(publication)
        async with self._one_at_a_time:
            position, state = await self._state(publication)
            known = self._known.get(name)
            found = known[1] if known and known[0] == state else await restatement(self.engine, publication)
            self._known[name] = (state, found)
            self._known.move_to_end(name)
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return replace(found, position=max(position, found.position))

    async def _state(self, publication: Publication) -> tuple[int, _State]:
        """The log's position, and what a restatement depends on."""
        authority = publication.authority
        async with self.engine.connect() as connection:
            last = await replaying.last_entered_later(
                connection, authority, publication.position, publication.as_of
            )
            told = len(await publications.listed(connection, authority))
            return await event_copy.position(connection, authority), _State(last, told)


def _name(publication: Publication) -> _Name:
    return publication.authority, publication.year, publication.number


async def restatement(engine: Engine, publication: Publication) -> Restatement:
    """Compare a publication with the figures that are known now for the same day."""
    async with snapshots.of_the_past(engine) as connection:
        figures = await figures_of(connection, publication)
        position = await event_copy.position(connection, publication.authority)
        kept = [table for table in figures["tables"] if _is_compared(table, publication)]
        replay = Replay(connection, _question(publication, kept))
        now = await replay.now()
        others = [table for table in kept if now[table["id"]].document()["rows"] != table["rows"]]
        comparison = await _compared(replay, others, now) if others else None
    if comparison is None or not comparison.changed:
        return Restatement(publication, position)
    told = await _told(engine, publication)
    public = await asyncio.to_thread(comparison.public, told)
    restated = (
        Restated(cell, change, tuple(comparison.steps[cell]), cell in public)
        for cell, change in comparison.changed.items()
    )
    return Restatement(publication, position, tuple(restated))


def _is_compared(table: Mapping[str, Any], publication: Publication) -> bool:
    """Not a table of the year before, nor one that this release has not, or whose rows it names otherwise."""
    if table["year"][0] != publication.year or table["id"] not in CATALOGUE:
        return False
    keys = [dimension.key for dimension in CATALOGUE[table["id"]].dimensions]
    return all(key in row for key in keys for row in table["rows"])


def _question(publication: Publication, kept: Sequence[Mapping[str, Any]]) -> Question:
    year = year_named(publication.year)
    period = Span(year.key, publication.starts_on, publication.ends_on)
    return Question(
        publication.authority,
        (period, year),
        publication.procedure,
        publication.as_of,
        publication.position,
        tuple(table["id"] for table in kept),
    )


async def _told(engine: Engine, publication: Publication) -> list[Suppressed]:
    """What the public has seen of the authority by now."""
    async with facts_seen(engine, publication.authority, None, None) as seen:
        every = await publications.listed(seen.connection, publication.authority)
        return await told_before(seen.connection, every, seen.profiles)


@dataclass(frozen=True, slots=True)
class _Compared:
    """The published tables beside the same ones now, and every step between them.

    `shown` are the published cells that the public sees; `names` are those of the rows now. `answers` are
    all tables now: what is withheld from one depends on the others.
    """

    changed: Mapping[Cell, Change]
    steps: Mapping[Cell, list[Step]]
    shown: frozenset[Cell]
    answers: Answers
    names: Mapping[str, Sequence[Place]]

    def public(self, told: Sequence[Suppressed]) -> frozenset[Cell]:
        """The changed cells that the public may see as they were and as they are.

        None at all where that could tell small figures: such a publication would be refused.
        """
        withheld = disclosure.suppress(list(self.answers.values()), told)
        if withheld.given_away:
            return frozenset()
        seen_now = {
            cell
            for name, places in self.names.items()
            for cell in _seen_now(self.answers[name], places, withheld)
        }
        gone = {cell for cell in self.changed if cell.row not in self.names[cell.table]}
        new = {cell for cell, change in self.changed.items() if change.before is None}
        return frozenset((seen_now | gone) & (self.shown | new) & self.changed.keys())


async def _compared(replay: Replay, kept: Sequence[Mapping[str, Any]], now: Answers) -> _Compared:
    """The published tables that are not what they were, step by step; `now` are all tables."""
    rows = Comparison()
    published = current = rows.cells({table["id"]: table["rows"] for table in kept})
    shown = frozenset(
        cell
        for table in kept
        for cell in _visible(table["id"], rows.names[table["id"]], table["rows"], table["public"])
    )
    steps: dict[Cell, list[Step]] = {}
    async for events, answers in replay.versions([table["id"] for table in kept]):
        following = rows.cells({name: answer.document()["rows"] for name, answer in answers.items()})
        for cell, change in changes(current, following).items():
            steps.setdefault(cell, []).append(Step(events, change))
        current = following
    return _Compared(changes(published, current), steps, shown, now, dict(rows.names))


def _seen_now(answer: Answer, places: Sequence[Place], withheld: Suppressed) -> list[Cell]:
    return _visible(answer.table.id, places, answer.rows, withheld.public(answer).rows)


def _visible(name: str, names: Sequence[Place], exact: Sequence[Row], public: Sequence[Row]) -> list[Cell]:
    """The cells that the public sees as they are; none of a table whose rows it does not see."""
    if len(public) != len(exact):
        return []
    return [
        Cell(name, place, column)
        for place, row, seen in zip(names, exact, public, strict=True)
        for column in columns_of(CATALOGUE[name])
        if column in row and seen.get(column) == row[column]
    ]
