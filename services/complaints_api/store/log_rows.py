"""What goes into the log and what comes out of it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent


@dataclass(frozen=True, slots=True)
class SealedText:
    """A sealed text on its way into the log: which field, whose, and the ciphertext."""

    field: str
    subject: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class FoundBy:
    """Whose personal details an event tells, and the keyed hashes of their words (blind index)."""

    subject: str
    words: tuple[int, ...]


@dataclass(frozen=True)
class NewEvent(StoredEvent):
    """A stored event with what our log keeps beside it.

    `sealed` is the JSON object of hashes by field, `texts` the ciphertexts, `found_by` its row of the blind
    index; `recorded_at` is given only by a restore, else the database's clock says it.
    """

    effective_on: date
    actor: str
    schema_version: int = 1
    recorded_at: datetime | None = None
    sealed: str | None = None
    texts: tuple[SealedText, ...] = ()
    found_by: FoundBy | None = None


@dataclass(frozen=True, slots=True)
class IdempotentKey:
    """A retried request: whose key on which route, a digest of the key, an HMAC of the request."""

    scope: str
    key: bytes
    request: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """New events of one stream, recorded together or not at all.

    `expected` is the stream's version before them (0 or less: a new stream). `kind` and `reference` name a
    new stream. `keys` are wrapped data keys by subject, `persons` sealed references by pseudonym, both
    new with these events.
    """

    stream: UUID
    expected: int
    events: tuple[NewEvent, ...]
    kind: str | None = None
    reference: str | None = None
    once: IdempotentKey | None = None
    keys: tuple[tuple[str, bytes], ...] = ()
    persons: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """Where events went: the stream's version and the log's position after them, and when.

    `replayed`: an earlier request with the same key had done it; `request` is then that request's HMAC.
    """

    stream: UUID
    version: int
    position: int
    recorded_at: datetime
    replayed: bool = False
    request: bytes | None = None


@dataclass(frozen=True)
class LoggedEvent(Notification):
    """An event of the log as stored: a library notification (`id` is the position) with our columns."""

    stream: UUID
    kind: str
    reference: str
    schema_version: int
    effective_on: date
    recorded_at: datetime
    actor: str
    sealed: str | None


class VersionConflictError(IntegrityError):
    """The stream is not at the version the command was decided on; `current` is where it is."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the stream is at version {current}")
        self.current = current


class KeyTakenError(IntegrityError):
    """Another command made a data key for the same subject first: seal again with that one."""


class UnknownAuthorityError(IntegrityError):
    """There is no authority of that code."""
