"""Mail: a reminder as a message of plain text, and handing messages to the council's mail server.

A message names the complaint's reference, what is to be done and by when: never a person. It goes only over a
connection that is as safe as was configured; a server that offers less gets nothing. Of a failure no more is
kept than its kind and the server's code, for a server's own words may repeat addresses.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from complaint_events.working_days import working_days_after
from complaints_api.domain.obligations import WORDS

Tls = Literal["starttls", "tls", "none"]

PATIENCE: Final = 10.0
"""Seconds for which each step of the conversation with a mail server may last."""

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
_LONGEST_ADDRESS: Final = 254
_FOR_GOOD: Final = 500
_CLOSING: Final = 421
_FAILURES: Final = (smtplib.SMTPException, OSError, UnicodeError)
_WIRE: Final = policy.SMTP.clone(cte_type="7bit")


class MailServerAwayError(Exception):
    """The mail server cannot be used now: no message of any kind would go."""


class MailNotTakenError(Exception):
    """The server did not take this message; `for_good` when it would not take it later either."""

    def __init__(self, code: int) -> None:
        super().__init__(f"SMTP {code}")
        self.for_good = code >= _FOR_GOOD


def _plain(value: str) -> str:
    if len(value) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(value):
        raise PydanticCustomError("address", "must be one plain mail address, name@domain")
    return value


Address = Annotated[str, AfterValidator(_plain)]
"""One mail address without a display name: nothing that could end a header or add another address."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a reminder says: of which complaint, what is owed, by when, judged on `today`."""

    stream: UUID
    reference: str
    obligation: str
    due_on: date
    today: date
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same in every message: who sends it, and where the record is found."""

    sender: str
    public_url: str | None = None


def message(due: Due, head: Letterhead, to: str, mark: str, made_at: datetime) -> EmailMessage:
    """The reminder as a message; `mark` makes its Message-ID, the same however often it is sent."""
    made = EmailMessage(_WIRE)
    made["From"], made["To"] = head.sender, to
    made["Subject"] = f"{_one_line(due.reference)}: {_asked(due.obligation).rstrip('.')}"
    made["Date"] = format_datetime(made_at)
    made["Message-ID"] = f"<{mark}@{head.sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(_lines(due, head)) + "\n")
    return made


def _lines(due: Due, head: Letterhead) -> Iterator[str]:
    yield f"Complaint {_one_line(due.reference)}"
    yield ""
    stage = f" (stage {due.stage})" if due.stage else ""
    yield f"To do: {_asked(due.obligation).rstrip('.')}{stage}."
    yield f"Due on: {due.due_on:%A} {due.due_on.day} {due.due_on:%B %Y}"
    yield _how_late(due)
    yield ""
    if head.public_url:
        yield f"The complaint is here: {head.public_url.rstrip('/')}/v1/complaints/{due.stream}"
    else:
        yield "Look the complaint up in the complaints record, by its reference."
    yield "Nothing more is sent about this once it is recorded as done."


def _how_late(due: Due) -> str:
    late, left = working_days_after(due.due_on, due.today), working_days_after(due.today, due.due_on)
    if due.today > due.due_on:
        return f"It is overdue by {_days(late)}." if late else "It is overdue."
    return f"There {'is' if left == 1 else 'are'} {_days(left)} left." if left else "That is today."


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"


def _asked(obligation: str) -> str:
    """What an obligation asks; one that this release does not know by its own name."""
    return WORDS.get(obligation) or f"{obligation.replace('_', ' ').capitalize()}."


def _one_line(reference: str) -> str:
    """A council's reference may hold a line break: in a header it would end the header."""
    return " ".join(reference.split())


@dataclass(frozen=True, slots=True)
class MailServer:
    """The council's mail server, and how it is spoken to."""

    host: str
    port: int
    tls: Tls = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def send(self, made: EmailMessage) -> None:
        """Hand over one message; blocks, each step for `PATIENCE` seconds at most.

        Raises `MailServerAwayError`, `MailNotTakenError`. A farewell that fails changes nothing: the message
        has been taken.
        """
        line = self._connected()
        try:
            line.send_message(made)
        except _FAILURES as error:
            raise _meaning(error) from None
        finally:
            with suppress(*_FAILURES):
                line.quit()
            line.close()

    def _connected(self) -> smtplib.SMTP:
        """A connection that is safe and logged in, as configured."""
        line: smtplib.SMTP | None = None
        try:
            line = self._dialled()
            if self.tls == "starttls":
                line.starttls(context=ssl.create_default_context())
            if self.user is not None:
                line.login(self.user, self.password or "")
        except _FAILURES as error:
            if line is not None:
                line.close()
            raise _away(error) from None
        return line

    def _dialled(self) -> smtplib.SMTP:
        if self.tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=PATIENCE)


def _meaning(error: Exception) -> MailServerAwayError | MailNotTakenError:
    """Whether it is this message that was not taken, or nothing would be."""
    code = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(answered for answered, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
    return _away(error) if code in (0, _CLOSING) else MailNotTakenError(code)


def _away(error: Exception) -> MailServerAwayError:
    """The kind of failure, with the server's code where it gave one."""
    code = getattr(error, "smtp_code", "")
    return MailServerAwayError(f"{type(error).__name__} {code}".strip())
