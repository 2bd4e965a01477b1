"""Writing and sending: from an order to a finished letter, kept sealed and recorded as `letter_sent`.

The letter is kept before it is recorded, so that a recorded letter can always be opened. One that was kept
and then not recorded is never shown, and goes with the key of the person.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from complaint_events.events import LetterSent
from complaint_events.profile import in_force
from complaint_events.reading import Recorded, read
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.concerned import anonymous
from complaints_api.domain.deciding import Refusal
from complaints_api.letters.catalogue import LETTERS, Letter, LetterName, fits
from complaints_api.letters.composing import BadTemplateError, compose, lacking
from complaints_api.letters.facts import Addressee, Facts, Writing, facts_of
from complaints_api.letters.markdown import one_line
from complaints_api.letters.rendering import KINDS, Format, Head
from complaints_api.recording import Command, Loaded, Recording, StaleVersionError, subject_of
from complaints_api.revealing import personal_details
from complaints_api.store.letters import ErasedError, Kept, OwnTemplates, SentLetters
from complaints_api.store.log_rows import Appended
from complaints_api.store.personal_data import ERASED

_ATTEMPTS: Final = 5


class LetterRule(NamedTuple):
    """A reason to refuse a letter: what it asks, and its source."""

    says: str
    source: str


RULES: Final[dict[str, LetterRule]] = {
    "letter_out_of_place": LetterRule(
        "A letter is written when what it is about has happened, under a procedure that knows it.",
        "SI 2006/1738; the catalogue of letters",
    ),
    "letter_gives_a_past_day": LetterRule(
        "A letter gives nobody a day that has passed when it is written.",
        "SI 2006/1738 regs 14, 17(6), 18(2)",
    ),
    "nobody_to_write_to": LetterRule(
        "A letter goes to a person whose name is known and has not been erased.", "history format"
    ),
    "safe_contact_not_read": LetterRule(
        "Who writes to a person with safe-contact instructions has read them and says so.",
        "the safety of the person written to",
    ),
    "letter_lacks_required_content": LetterRule(
        "A letter says everything that the law requires of it.", "the requirements named in errors"
    ),
    "letter_template_broken": LetterRule(
        "The authority's template can be filled in with the facts of the complaint.",
        "the service's own rule",
    ),
}
"""Every rule by which a letter is refused."""


class LetterRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A letter that may not be written: by which rule, and what is wrong (field, name, message)."""

    def __init__(self, rule: str, *breaches: tuple[str, str, str]) -> None:
        super().__init__(rule)
        self.rule = rule
        self.breaches = breaches


@dataclass(frozen=True, slots=True)
class Order:
    """What an officer asks for: which letter, in which format, with which words of their own."""

    letter: LetterName
    format: Format
    writing: Writing
    safe_contact_read: bool = False


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What whoever writes to the person must know first, in the person's own words."""

    safe_contact: str | None = None
    adjustments: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that was recorded: where, its document's hash, and what was to be known before."""

    appended: Appended
    document: str
    before_sending: BeforeSending


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter of a complaint's history, and whether its document is kept here."""

    event: LetterSent
    recorded_at: datetime
    actor: str
    kept: Kept | None


class Correspondence:
    """The letters of an authority's complaints."""

    def __init__(self, desk: Recording) -> None:
        self._desk = desk
        self._letters = SentLetters(desk.store.engine, desk.vault)
        self._templates = OwnTemplates(desk.store.engine)

    async def preview(self, authority: str, name: str, order: Order) -> bytes:
        """The letter as it would go out; nothing is kept. Raises `LetterRefused`, `NotFoundError`."""
        stream = await self._desk.load(authority, "complaint", name)
        return await self._written(authority, stream, order, await self._details(authority, stream.history))

    async def send(self, authority: str, name: str, order: Order, command: Command) -> Sent:
        """Write, keep and record a letter; `command` says who, what they had seen, and by which key.

        Raises `LetterRefused`, `Refusal`, `NotFoundError`, `StaleVersionError`.
        """
        store = self._desk.store
        if command.once and (done := await store.done_before(authority, command.once)):
            return await self._told(authority, done)
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._sent(authority, name, order, command)
            except StaleVersionError:
                if command.seen is not None:
                    raise
        return await self._sent(authority, name, order, command)

    async def _sent(self, authority: str, name: str, order: Order, command: Command) -> Sent:
        """Send the letter as it reads now; another event in between makes it a letter to be written again."""
        stream = await self._desk.load(authority, "complaint", name)
        if command.seen not in (None, stream.version):
            raise StaleVersionError(stream.version)
        details = await self._details(authority, stream.history)
        if "safe_contact" in details and not order.safe_contact_read:
            raise LetterRefused("safe_contact_not_read", _UNREAD)
        content = await self._written(authority, stream, order, details)
        document = hashlib.sha256(content).hexdigest()
        await self._keep(authority, stream, (document, order.letter, order.format), content)
        said = {"on": order.writing.sent_on.isoformat(), "letter": order.letter, "document": document}
        made = Command(command.name, said, command.actor, stream.version, command.once)
        return await self._told(authority, await self._desk.record(authority, "complaint", name, made))

    async def _keep(self, authority: str, stream: Loaded, made: tuple[str, str, str], content: bytes) -> None:
        subject = subject_of(stream.complaint, stream.stream)
        try:
            await self._letters.keep(authority, stream.stream, subject, made, content)
        except ErasedError:
            raise LetterRefused("nobody_to_write_to", _NOBODY) from None

    async def _told(self, authority: str, appended: Appended) -> Sent:
        """What a recorded letter is answered with; the same however often it is asked."""
        stream = await self._desk.load(authority, "complaint", str(appended.stream))
        history = [one for one in stream.history if one.version <= appended.version]
        event = history[-1].event
        document = event.document if isinstance(event, LetterSent) else ""
        return Sent(appended, document, before_sending(await self._details(authority, history)))

    async def _written(self, authority: str, stream: Loaded, order: Order, details: dict[str, str]) -> bytes:
        letter, day = LETTERS[order.letter], order.writing.sent_on
        if day > self._desk.today:
            raise Refusal("in_the_future", "sent_on", f"{day} is later than today, {self._desk.today}")
        complaint = stream.seen(day, None)
        if not fits(letter, complaint):
            raise LetterRefused("letter_out_of_place", _misplaced(letter, day))
        to = _addressee(stream.complaint, details)
        profiles = await self._desk.profiles(authority)
        then = in_force(profiles, complaint.received.on) if complaint.received else None
        profile = in_force(profiles, day) or profiles[0]
        facts = facts_of(complaint, profile, then, (letter.title, stream.reference, to), order.writing)
        _gives_no_past_day(letter, facts)
        own = {name: one.template for name, one in (await self._templates.current(authority)).items()}
        return await asyncio.to_thread(_finished, own, letter, order.format, facts)

    async def _details(self, authority: str, history: Sequence[Recorded]) -> dict[str, str]:
        """The personal details as they now read, without those that were erased."""
        found = await personal_details(self._desk.vault, authority, history[0].stream, history, read(history))
        return {name: text for name, text in found.items() if text != ERASED}

    async def listed(self, authority: str, stream: Loaded) -> tuple[list[Listed], BeforeSending]:
        """The letters of a complaint in order, and what to know before writing another."""
        kept = await self._letters.kept(authority, stream.stream)
        details = await self._details(authority, stream.history)
        return list(_letters(read(stream.history), kept)), before_sending(details)

    async def document(self, authority: str, stream: Loaded, document: str) -> tuple[Kept, bytes] | None:
        """A letter as it went out; None where none of that hash is recorded or kept.

        Raises `ErasedError`.
        """
        kept = await self._letters.kept(authority, stream.stream)
        found = next((one for one in _letters(read(stream.history), kept) if _is(one, document)), None)
        if found is None or found.kept is None:
            return None
        content = await self._letters.open(authority, stream.stream, document)
        return None if content is None else (found.kept, content)


def before_sending(details: dict[str, str]) -> BeforeSending:
    """The safe-contact instructions and the adjustments among the personal details."""
    return BeforeSending(details.get("safe_contact"), details.get("adjustments"))


def _is(listed: Listed, document: str) -> bool:
    return listed.event.document == document


def _letters(story: Sequence[Recorded], kept: dict[str, Kept]) -> Iterator[Listed]:
    for one in story:
        if isinstance(one.event, LetterSent):
            yield Listed(one.event, one.recorded_at, one.actor, kept.get(one.event.document))


def _finished(own: dict[str, str], letter: Letter, format_: Format, facts: Facts) -> bytes:
    """The letter as a document, once nothing is missing in it."""
    try:
        markdown = compose(own, letter.name, facts)
    except BadTemplateError as error:
        raise LetterRefused("letter_template_broken", ("letter", "template", str(error))) from None
    missing = lacking(letter, facts, markdown)
    if missing:
        breaches = (("letter", one.requirement, f"{one.says} ({one.source})") for one in missing)
        raise LetterRefused("letter_lacks_required_content", *breaches)
    return KINDS[format_].render(markdown, Head(facts.title, facts.council, facts.sent_on))


def _addressee(complaint: Complaint, details: dict[str, str]) -> Addressee:
    name = one_line(details.get("name", ""))
    if anonymous(complaint.story) or not name:
        raise LetterRefused("nobody_to_write_to", _NOBODY)
    lines = (one_line(line) for line in details.get("address", "").splitlines())
    return Addressee(name, tuple(line for line in lines if line))


_GIVES: Final = {"extension": "extended_to", "adjudication": "panel_until"}
"""The letters that give the person a day to hold to, and which."""


def _gives_no_past_day(letter: Letter, facts: Facts) -> None:
    given = getattr(facts, _GIVES[letter.name]) if letter.name in _GIVES else None
    if given is not None and given < facts.sent_on:
        said = f"would give {given}, which is before {facts.sent_on}: record first what holds now"
        raise LetterRefused("letter_gives_a_past_day", ("sent_on", "letter_gives_a_past_day", said))


def _misplaced(letter: Letter, day: date) -> tuple[str, str, str]:
    procedures = ", ".join(letter.procedures)
    return ("letter", "letter_out_of_place", f"needs {letter.needs} by {day}, under {procedures}")


_NOBODY: Final = ("letter", "nobody_to_write_to", "the complaint is anonymous or has no name to write to")
_UNREAD: Final = (
    "safe_contact_read",
    "safe_contact_not_read",
    "the person gave safe-contact instructions: read them with the complaint, then send true",
)
