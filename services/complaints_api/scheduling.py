"""The scheduler: records the reminders due, puts them into the outbox, and has them delivered.

Any number may run, and any may be killed at any moment: a reminder is recorded under a key of its day, the
outbox is filled from the log, and a delivery is claimed. What one left undone the next turn does.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from complaint_events.scalars import LONDON, london_date
from complaint_events.working_days import is_working_day
from complaints_api.delivery import MAIL, MailRound
from complaints_api.domain.deciding import Refusal
from complaints_api.domain.reminders import Reminder, Rhythm, reminders
from complaints_api.recording import Command, Recording, StaleVersionError
from complaints_api.store.availability import DATABASE_ERRORS
from complaints_api.store.log_rows import IdempotentKey
from complaints_api.store.outbox import Outbox
from complaints_api.store.owed_soon import owed_between, recorded_under
from complaints_api.worklist import Worklist

ACTOR: Final = "scheduler"
"""Who records reminders, and the scope of their keys."""

PATIENCE: Final = 5.0
"""Seconds a turn waits for the worklist of one authority; the next turn goes on with what is not there."""

_AT_ONCE: Final = 8
_LONGEST_PAUSE: Final = 30.0

_log: Final = logging.getLogger(__name__)


class Turn(NamedTuple):
    """What one turn did: reminders recorded, messages sent, and whether a worklist was still behind."""

    recorded: int
    sent: int
    behind: bool


class _Office(NamedTuple):
    """What the turn did for one authority."""

    recorded: int = 0
    behind: bool = False


@dataclass
class Scheduler:
    """Reminds every authority from the hour `at_hour` (London) of each working day.

    Without `mail` reminders are recorded, and nothing is sent.
    """

    desk: Recording
    worklist: Worklist
    rhythm: Rhythm
    now: Callable[[], datetime]
    at_hour: int = 6
    mail: MailRound | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: dict[str, tuple[int, date]] = field(default_factory=dict)

    async def follow(self, poll: float) -> None:
        """Turn after turn, `poll` seconds apart, until `stop`; a database that is away is waited for."""
        pause = poll
        while not self.stop.is_set():
            try:
                turn = await self.turn()
                pause = 0.0 if turn.recorded or turn.behind else poll
            except DATABASE_ERRORS as error:
                pause = min(max(pause, 0.5) * 2, _LONGEST_PAUSE)
                _log.warning("The database is away (%s): again in %.1f s", type(error).__name__, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), pause)

    async def catch_up(self) -> Turn:
        """Turn after turn until nothing is left to be recorded; gives what was done in all."""
        recorded = sent = 0
        while not self.stop.is_set():
            turn = await self.turn()
            recorded, sent = recorded + turn.recorded, sent + turn.sent
            if not (turn.recorded or turn.behind):
                break
        return Turn(recorded, sent, behind=False)

    async def turn(self) -> Turn:
        """Everything that is due now, for every authority."""
        done = [await self._guarded(*each) for each in (await self.desk.store.heads()).items()]
        sent = await self.mail.deliver(self.stop) if self.mail else 0
        if sent:
            _log.info("%d mails sent", sent)
        return Turn(sum(one.recorded for one in done), sent, any(one.behind for one in done))

    async def _guarded(self, authority: str, head: int) -> _Office:
        """One authority's turn; what goes wrong with its record must not keep the others waiting."""
        try:
            return _Office() if self.stop.is_set() else await self._office(authority, head)
        except DATABASE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - logged without its text, which may repeat the record
            _log.error("%s: no reminders: %s", authority, type(error).__name__)
            return _Office()

    async def _office(self, authority: str, head: int) -> _Office:
        done = await self._remind(authority, head)
        if done.recorded:
            _log.info("%s: %d reminders recorded", authority, done.recorded)
        if self.mail is not None:
            await Outbox(self.desk.store.engine).fill(authority, MAIL, self.now())
        return done

    async def _remind(self, authority: str, head: int) -> _Office:
        """Record what is due; nothing is looked at again on the same day while the log stays as it is."""
        now = self.now()
        today = london_date(now)
        early = now.astimezone(LONDON).hour < self.at_hour
        if early or not is_working_day(today) or self._settled.get(authority) == (head, today):
            return _Office()
        if (await self.worklist.caught_up(authority, PATIENCE)).behind:
            return _Office(behind=True)
        recorded = await self._record_due(authority, today)
        if not recorded:
            self._settled[authority] = (head, today)
        return _Office(recorded)

    async def _record_due(self, authority: str, today: date) -> int:
        engine, recorded = self.desk.store.engine, 0
        async for page in owed_between(engine, authority, self.rhythm.window(today)):
            due = reminders(page, self.rhythm, today)
            keys = [key for one in due for key in one.met_by]
            known = await recorded_under(engine, authority, ACTOR, keys)
            recorded += await self._record(authority, [one for one in due if known.isdisjoint(one.met_by)])
            if self.stop.is_set():
                break
        return recorded

    async def _record(self, authority: str, due: Sequence[Reminder]) -> int:
        recorded = 0
        for first in range(0, len(due), _AT_ONCE):
            some = due[first : first + _AT_ONCE]
            recorded += sum(await asyncio.gather(*(self._record_one(authority, one) for one in some)))
        return recorded

    async def _record_one(self, authority: str, one: Reminder) -> bool:
        """Record it, on the complaint as the worklist saw it; False when somebody was there first."""
        data = {"on": str(one.today), "obligation": one.obligation, "due_on": str(one.due_on)}
        once = IdempotentKey(ACTOR, one.key, one.key)
        command = Command("reminder_sent", data, ACTOR, one.version, once)
        try:
            done = await self.desk.record(authority, "complaint", str(one.stream), command)
        except StaleVersionError:
            return False
        except Refusal as refusal:
            _log.warning("%s: no reminder on %s: %s", authority, one.stream, refusal.rule)
            return False
        except DATABASE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - one record that cannot be read must not hold up the others
            _log.error("%s: no reminder on %s: %s", authority, one.stream, type(error).__name__)
            return False
        return not done.replayed
