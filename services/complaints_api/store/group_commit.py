"""Group commit: the appends that wait at one moment are written in one transaction.

Each authority has a queue and at most one writer in this process, so a group never mixes authorities. The
writer calls one SQL function, `append_group`, which locks the authority's head row, checks each append's
expected version and idempotency key, inserts, and advances the head. A conflict fails its own append only; an
unexpected error makes the writer try each append of the group alone. Nobody is answered before the commit.
A group whose events tell personal details writes its rows of the blind index in the same statement.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

import asyncpg
from eventsourcing.persistence import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from complaints_api.store.blind_index import append_with_words, word_columns
from complaints_api.store.log_rows import (
    Append,
    Appended,
    KeyTakenError,
    UnknownAuthorityError,
    VersionConflictError,
)

LARGEST_GROUP: Final = 512
"""Appends written in one transaction at most; bounds the wait of the first and the lock on the head."""

LINGER_SECONDS: Final = 0.02
"""How long a writer keeps its connection when nobody waits: the next append is mostly on its way."""

MOST_LINGERING: Final = 2
"""Writers at most that linger, so that a process with many authorities keeps connections for reading."""

_ARGUMENTS: Final = 28
_GIVEN: Final = ", ".join(f"${n}" for n in range(1, _ARGUMENTS + 1))
_CALL: Final = f"SELECT * FROM append_group({_GIVEN})"  # noqa: S608 - placeholders only
_CALL_WITH_WORDS: Final = append_with_words(_ARGUMENTS)

Answer = Appended | Exception
_Waiting = tuple[Append, asyncio.Future[Appended]]


class _Queue:
    """The appends that wait for one authority's writer."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._came = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, one: _Waiting) -> None:
        self._waiting.append(one)
        self._came.set()

    def take(self, most: int) -> list[_Waiting]:
        return [self._waiting.popleft() for _ in range(min(len(self), most))]

    async def filled(self) -> bool:
        """Whether somebody comes within `LINGER_SECONDS`."""
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await self._came.wait()
        return len(self) > 0


class GroupCommit:
    """Appends to the log of any authority, many callers at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queues: dict[str, _Queue] = {}
        self._writers: dict[str, asyncio.Task[None]] = {}

    async def append(self, authority: str, append: Append) -> Appended:
        """Record the events durably and say where they went.

        Raises `VersionConflictError`, `KeyTakenError`, `UnknownAuthorityError`, another `IntegrityError`, or
        the database's own error.
        A caller that is cancelled does not take the append back.
        """
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(authority, _Queue()).put((append, answer))
        if authority not in self._writers:
            self._writers[authority] = asyncio.create_task(self._write(authority))
        return await answer

    async def finished(self) -> None:
        """Wait until nobody waits and no writer holds a connection."""
        while self._writers:
            await asyncio.gather(*self._writers.values(), return_exceptions=True)

    async def _write(self, authority: str) -> None:
        """Write group after group until nobody waits."""
        queue = self._queues[authority]
        try:
            async with self._engine.connect() as connection:
                await self._write_on(connection, authority, queue)
        except Exception as error:  # noqa: BLE001 - every waiting caller must hear of it
            _answer(queue.take(len(queue)), error)
        finally:
            del self._writers[authority]
            if queue:
                self._writers[authority] = asyncio.create_task(self._write(authority))
            else:
                self._queues.pop(authority, None)

    async def _more(self, queue: _Queue) -> bool:
        return len(self._writers) <= MOST_LINGERING and await queue.filled()

    async def _write_on(self, connection: AsyncConnection, authority: str, queue: _Queue) -> None:
        driver = await _driver(connection)
        try:
            while queue or await self._more(queue):
                await _write_group(driver, authority, queue.take(LARGEST_GROUP))
        except BaseException:
            await connection.invalidate()
            raise


async def _write_group(driver: Any, authority: str, group: Sequence[_Waiting]) -> None:
    try:
        answers = await _append_group(driver, authority, [append for append, _ in group])
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
        if len(group) == 1:
            _answer(group, _meaning(error))
            return
        for one in group:
            await _write_group(driver, authority, [one])
        return
    except BaseException as error:
        _answer(group, error if isinstance(error, Exception) else asyncio.CancelledError())
        raise
    for (_, waiting), answer in zip(group, answers, strict=True):
        _settle(waiting, answer)


async def append_group(
    connection: AsyncConnection, authority: str, appends: Sequence[Append]
) -> list[Answer]:
    """Write appends of one authority in one transaction; an answer or an error for each.

    Raises the driver's error, with nothing written, when the transaction as a whole fails.
    """
    return await _append_group(await _driver(connection), authority, appends)


async def _append_group(driver: Any, authority: str, appends: Sequence[Append]) -> list[Answer]:
    words = word_columns(appends)
    call = _CALL_WITH_WORDS if words else _CALL
    rows = await driver.fetch(call, authority, *_columns(appends), *words)
    return [_meant(row) for row in rows]


async def _driver(connection: AsyncConnection) -> Any:
    """The driver's own connection: asked for once, as asking costs a switch of stacks."""
    found = (await connection.get_raw_connection()).driver_connection
    if found is None:
        raise ConnectionError("the connection is closed")
    return found


def _meant(row: Any) -> Answer:
    match row["outcome"]:
        case "conflict":
            return VersionConflictError(row["o_version"])
        case "rekey":
            return KeyTakenError("another data key exists")
        case outcome:
            return Appended(
                row["o_stream"],
                row["o_version"],
                row["o_position"],
                row["o_recorded_at"],
                replayed=outcome == "replayed",
                request=row["o_request"],
            )


def _meaning(error: Exception) -> Exception:
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return UnknownAuthorityError("no such authority")
    if isinstance(error, asyncpg.UniqueViolationError):
        return IntegrityError("the stream has that version, or the reference another stream")
    return error


def _columns(appends: Sequence[Append]) -> list[list[Any]]:
    """The appends as the arrays that `append_group` takes, in its order.

    Events, texts, keys and persons lie end to end; each append says up to where its own reach.
    """
    events = [event for append in appends for event in append.events]
    texts = [(event.originator_version, text) for event in events for text in event.texts]
    keys = [key for append in appends for key in append.keys]
    persons = [person for append in appends for person in append.persons]
    return [
        [append.stream for append in appends],
        [append.expected for append in appends],
        [append.kind for append in appends],
        [append.reference for append in appends],
        _reaching(len(append.events) for append in appends),
        _reaching(sum(len(event.texts) for event in append.events) for append in appends),
        _reaching(len(append.keys) for append in appends),
        _reaching(len(append.persons) for append in appends),
        [append.once.scope if append.once else None for append in appends],
        [append.once.key if append.once else None for append in appends],
        [append.once.request if append.once else None for append in appends],
        [event.originator_version for event in events],
        [event.topic for event in events],
        [event.schema_version for event in events],
        [event.effective_on for event in events],
        [event.recorded_at for event in events],
        [event.actor for event in events],
        [event.state for event in events],
        [event.sealed for event in events],
        [version for version, _ in texts],
        [text.field for _, text in texts],
        [text.subject for _, text in texts],
        [text.ciphertext for _, text in texts],
        [subject for subject, _ in keys],
        [wrapped for _, wrapped in keys],
        [pseudonym for pseudonym, _ in persons],
        [ciphertext for _, ciphertext in persons],
    ]


def _reaching(lengths: Iterable[int]) -> list[int]:
    total, ends = 0, []
    for length in lengths:
        total += length
        ends.append(total)
    return ends


def _answer(group: Iterable[_Waiting], error: BaseException) -> None:
    for _, waiting in group:
        if not waiting.done():
            waiting.set_exception(error)


def _settle(waiting: asyncio.Future[Appended], answer: Answer) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
