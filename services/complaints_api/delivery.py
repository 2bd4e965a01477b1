"""Delivery: what the outbox holds for mail is made into messages and handed to the mail server.

A message is made when it is sent, of the complaint as it then is: to whoever has it now, and not at all when
the thing has been done meanwhile or a later reminder says the same. So a mail server that was away for days
brings nobody three mails about one thing.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from complaint_events.events import ReminderSent
from complaint_events.profile import in_force
from complaint_events.scalars import london_date
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.obligations import Obligation, obligations
from complaints_api.mail import Due, Letterhead, MailNotTakenError, MailServer, MailServerAwayError, message
from complaints_api.recording import Loaded, Recording
from complaints_api.store.availability import DATABASE_ERRORS
from complaints_api.store.mailboxes import Mailboxes
from complaints_api.store.outbox import TRIED_FOR, Outbox, Waiting

MAIL: Final = "mail"

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=4)
_MOST_DOUBLINGS: Final = 10

_log: Final = logging.getLogger(__name__)


class _NotNeededError(Exception):
    """Nobody needs this message any more; the text says why."""


class _NoMailboxError(Exception):
    """Nobody has said where it should go."""


def next_try(one: Waiting, now: datetime, chance: float) -> datetime | None:
    """When to try again: after a minute, then twice as long each time up to hours; None: tried long enough.

    `chance`, from 0 to 1, makes it half to one and a half times that, so that rows do not all come at once.
    """
    doubled = _FIRST_PAUSE * 2 ** min(one.attempts - 1, _MOST_DOUBLINGS)
    again = now + min(doubled, _LONGEST_PAUSE) * (0.5 + chance)
    return again if again < one.created_at + TRIED_FOR else None


@dataclass(frozen=True)
class MailRound:
    """Takes the mail of every authority to the mail server, one message after another."""

    desk: Recording
    server: MailServer
    head: Letterhead
    now: Callable[[], datetime]

    async def deliver(self, stop: asyncio.Event) -> int:
        """Send what is due, until nothing is, the server is away, or `stop`; gives how many went."""
        outbox, sent = Outbox(self.desk.store.engine), 0
        while not stop.is_set():
            one = await outbox.claim(MAIL, self.now())
            if one is None:
                break
            try:
                await self._send(one)
            except MailServerAwayError as away:
                _log.warning("The mail server cannot be used: %s", away)
                await self._put_off(outbox, one, str(away))
                break
            except Exception as error:  # noqa: BLE001 - a row that cannot be sent must not hold up the others
                await self._not_sent(outbox, one, error)
            else:
                await outbox.delivered(one, self.now())
                sent += 1
        return sent

    async def _send(self, one: Waiting) -> None:
        stream = await self.desk.load(one.authority, "complaint", str(one.stream))
        due = await self._due(one.authority, stream, one.version)
        boxes = Mailboxes(self.desk.store.engine)
        to = await boxes.nearest(one.authority, stream.complaint.officer, stream.complaint.team)
        if to is None:
            raise _NoMailboxError("no mailbox")
        mark = f"{one.stream.hex}.{one.version}"
        await asyncio.to_thread(self.server.send, message(due, self.head, to, mark, one.created_at))

    async def _due(self, authority: str, stream: Loaded, version: int) -> Due:
        """What the reminder recorded at a version says today. Raises `_NotNeededError`."""
        reminder, later = stream.history[version - 1].event, stream.history[version:]
        assert isinstance(reminder, ReminderSent)  # noqa: S101 - the channel takes nothing else
        owed = await self._still_owed(authority, stream.complaint, reminder)
        if owed is None:
            raise _NotNeededError("done meanwhile")
        if any(_the_same(one.event, reminder) for one in later):
            raise _NotNeededError("a later reminder goes instead")
        today = london_date(self.now())
        return Due(stream.stream, stream.reference, owed.name, reminder.due_on, today, owed.stage)

    async def _still_owed(
        self, authority: str, complaint: Complaint, reminder: ReminderSent
    ) -> Obligation | None:
        received = complaint.received
        profiles = await self.desk.profiles(authority)
        owed = obligations(complaint, in_force(profiles, received.on) if received else None)
        wanted = (reminder.obligation, reminder.due_on)
        return next((one for one in owed if (one.name, one.due_on) == wanted), None)

    async def _not_sent(self, outbox: Outbox, one: Waiting, error: Exception) -> None:
        if isinstance(error, DATABASE_ERRORS):
            raise error
        if isinstance(error, _NotNeededError):
            await outbox.put_off(one, str(error), None)
        elif isinstance(error, MailNotTakenError) and error.for_good:
            await self._give_up(outbox, one, str(error))
        else:
            ours = isinstance(error, (MailNotTakenError, _NoMailboxError))
            await self._put_off(outbox, one, str(error) if ours else type(error).__name__)

    async def _put_off(self, outbox: Outbox, one: Waiting, why: str) -> None:
        again = next_try(one, self.now(), random.random())  # noqa: S311 - spreads load, guards nothing
        if again is None:
            await self._give_up(outbox, one, why)
        else:
            await outbox.put_off(one, why, again)

    async def _give_up(self, outbox: Outbox, one: Waiting, why: str) -> None:
        _log.warning("%s: gave up mail of the event at position %d: %s", one.authority, one.position, why)
        await outbox.put_off(one, why, None)


def _the_same(event: object, reminder: ReminderSent) -> bool:
    return isinstance(event, ReminderSent) and (event.obligation, event.due_on) == (
        reminder.obligation,
        reminder.due_on,
    )
