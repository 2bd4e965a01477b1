"""Texts and references about people: sealed before they are stored, pseudonyms in their place.

Each subject (a person by pseudonym, or a stream where nobody is named) has one AES-256-GCM data key, made at
random and kept wrapped by the key-encryption key (KEK). A ciphertext is bound to its place: authority,
stream, version, event, field and subject are authenticated with it, so it opens nowhere else. Of a text the
event keeps the SHA-256 of the ciphertext, and a keyed digest of the text by which an import recognises it.

A person's reference is stored as an HMAC-SHA-256 under a secret of the authority.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from pydantic_core import to_json
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store import schema
from complaints_api.store.log_rows import FoundBy, SealedText

_NONCE: Final = 12
_PSEUDONYM_LENGTH: Final = 32
_WORD_LENGTH: Final = 8
_REFERENCE: Final = "ref"
ERASED: Final = "erased"
"""What is read where the key of a subject is gone."""


@dataclass(frozen=True)
class Place:
    """Where a text belongs: nowhere else will its ciphertext open."""

    authority: str
    stream: UUID
    version: int
    event: str

    def bound_to(self, name: str, subject: str) -> bytes:
        """The authenticated data of the ciphertext of one field of one subject."""
        return f"{self.told}|{len(name)}:{name}|{len(subject)}:{subject}".encode()

    @cached_property
    def told(self) -> str:
        """The place itself, its parts with their lengths."""
        parts = (self.authority, str(self.stream), str(self.version), self.event)
        return "|".join(f"{len(part)}:{part}" for part in parts)


@dataclass(slots=True)
class Sealer:
    """Seals and names for one authority, with the keys it was given and those it makes."""

    authority: str
    secret: HMAC
    kek: AESGCM
    keys: dict[str, AESGCM]
    made: dict[str, bytes] = field(default_factory=dict)

    def keyed(self, message: bytes) -> bytes:
        """The HMAC-SHA-256 of a message under the authority's secret, whose key is set up only once."""
        mac = self.secret.copy()
        mac.update(message)
        return mac.finalize()

    def pseudonym(self, reference: str) -> str:
        """The pseudonym of a person's reference: the same for the same person, within the authority."""
        return self.keyed(b"person|" + reference.encode()).hex()[:_PSEUDONYM_LENGTH]

    def digest(self, name: str, text: str) -> str:
        """A keyed digest of a text, equal for equal texts of one field."""
        return self.keyed(f"text|{name}|{text}".encode()).hex()[:_PSEUDONYM_LENGTH]

    def words(self, words: Iterable[str]) -> tuple[int, ...]:
        """Keyed hashes of words, in order of size: equal for equal words, within the authority."""
        hashes = [self.keyed(b"find|" + word.encode())[:_WORD_LENGTH] for word in words]
        return tuple(sorted([int.from_bytes(one, signed=True) for one in hashes]))

    def found_by(self, subject: str, words: Collection[str]) -> FoundBy | None:
        """The row of the blind index for personal details of these words; None without any."""
        return FoundBy(subject, self.words(words)) if words else None

    def seal(
        self, place: Place, texts: Mapping[str, str], subject: str
    ) -> tuple[str | None, tuple[SealedText, ...]]:
        """Seal texts by field; returns the JSON kept beside the event, and the ciphertexts."""
        if not texts:
            return None, ()
        rows = tuple(
            SealedText(name, subject, self._encrypt(subject, text, place.bound_to(name, subject)))
            for name, text in texts.items()
        )
        kept = {
            row.field: {
                "digest": self.digest(row.field, texts[row.field]),
                "sha256": hashlib.sha256(row.ciphertext).hexdigest(),
            }
            for row in sorted(rows, key=lambda row: row.field)
        }
        return to_json(kept).decode(), rows

    def seal_person(self, pseudonym: str, reference: str) -> bytes:
        """The authority's reference of a person, sealed with that person's key."""
        return self._encrypt(pseudonym, reference, _person_bound_to(self.authority, pseudonym))

    def _encrypt(self, subject: str, text: str, bound_to: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._key(subject).encrypt(nonce, text.encode(), bound_to)

    def _key(self, subject: str) -> AESGCM:
        if subject not in self.keys:
            key = AESGCM.generate_key(256)
            self.keys[subject] = AESGCM(key)
            self.made[subject] = _wrap(self.kek, key, _key_bound_to(self.authority, subject))
        return self.keys[subject]

    def taken(self, subjects: Iterable[str]) -> tuple[tuple[str, bytes], ...]:
        """The wrapped keys made for these subjects, to be stored with what they sealed."""
        return tuple((subject, self.made.pop(subject)) for subject in subjects if subject in self.made)


class Vault:
    """The keys of every authority's subjects, and what they open."""

    def __init__(self, engine: AsyncEngine, kek: bytes) -> None:
        self._engine = engine
        self._kek = AESGCM(kek)
        self._secrets: dict[str, HMAC] = {}

    async def add_authority(self, authority: str) -> None:
        """Give an authority its secret; nothing happens when it has one."""
        wrapped = _wrap(self._kek, secrets.token_bytes(32), _secret_bound_to(authority))
        statement = insert(schema.authority_secret).values(authority=authority, wrapped=wrapped)
        async with self._engine.begin() as connection:
            await connection.execute(statement.on_conflict_do_nothing())

    async def sealer(self, authority: str, subjects: Collection[str] = ()) -> Sealer:
        """A sealer with the existing keys of the subjects named."""
        secret = self._secrets.get(authority) or await self._read_secret(authority)
        return Sealer(authority, secret, self._kek, await self._keys(authority, subjects))

    async def lend(self, sealer: Sealer, subjects: Collection[str]) -> None:
        """Give a sealer the existing keys of more subjects."""
        missing = [subject for subject in subjects if subject not in sealer.keys]
        sealer.keys.update(await self._keys(sealer.authority, missing))

    async def open_texts(self, authority: str, stream: UUID) -> dict[int, dict[str, str]]:
        """Every sealed text of a stream by version and field; `ERASED` where its key is gone."""
        return (await self.open_many(authority, [stream])).get(stream, {})

    async def open_many(
        self, authority: str, streams: Collection[UUID]
    ) -> dict[UUID, dict[int, dict[str, str]]]:
        """The sealed texts of many streams, as `open_texts` gives those of one."""
        event, kept = schema.event, schema.sealed
        query = (
            select(kept, event.c.type)
            .join(
                event,
                (event.c.authority == kept.c.authority)
                & (event.c.stream == kept.c.stream)
                & (event.c.version == kept.c.version),
            )
            .where(kept.c.authority == authority, schema.one_of(kept.c.stream, streams))
            .order_by(kept.c.stream, kept.c.version, kept.c.field)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        keys = await self._keys(authority, {row.subject for row in rows})
        opened: dict[UUID, dict[int, dict[str, str]]] = {}
        for row in rows:
            bound_to = Place(authority, row.stream, row.version, row.type).bound_to(row.field, row.subject)
            text = _opened(keys.get(row.subject), row.ciphertext, bound_to)
            opened.setdefault(row.stream, {}).setdefault(row.version, {})[row.field] = text
        return opened

    async def references(self, authority: str, pseudonyms: Collection[str]) -> dict[str, str]:
        """The authority's own references of persons; a person whose key is gone is left out."""
        query = select(schema.person).where(
            schema.person.c.authority == authority, schema.one_of(schema.person.c.pseudonym, pseudonyms)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        keys = await self._keys(authority, {row.pseudonym for row in rows})
        return {
            row.pseudonym: _opened(key, row.ciphertext, _person_bound_to(authority, row.pseudonym))
            for row in rows
            if (key := keys.get(row.pseudonym)) is not None
        }

    async def _keys(self, authority: str, subjects: Collection[str]) -> dict[str, AESGCM]:
        if not subjects:
            return {}
        table = schema.subject_key
        query = select(table).where(table.c.authority == authority, schema.one_of(table.c.subject, subjects))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return {
            row.subject: AESGCM(_unwrap(self._kek, row.wrapped, _key_bound_to(authority, row.subject)))
            for row in rows
        }

    async def _read_secret(self, authority: str) -> HMAC:
        table = schema.authority_secret
        async with self._engine.connect() as connection:
            query = select(table.c.wrapped).where(table.c.authority == authority)
            wrapped = await connection.scalar(query)
        if wrapped is None:
            raise LookupError("no such authority")
        secret = _unwrap(self._kek, wrapped, _secret_bound_to(authority))
        self._secrets[authority] = HMAC(secret, SHA256())
        return self._secrets[authority]


def read_kek(path: Path, *, make: bool = False) -> bytes:
    """The key-encryption key: 32 bytes in a file of its own, 0600.

    With `make` a missing one is made. Without it, or in any doubt, this raises: a service that made itself a
    new key could not open what the old one sealed.
    """
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(AESGCM.generate_key(256))
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"{path} does not hold a key of 32 bytes")
    return key


def _wrap(kek: AESGCM, key: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + kek.encrypt(nonce, key, bound_to)


def _unwrap(kek: AESGCM, wrapped: bytes, bound_to: bytes) -> bytes:
    return kek.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound_to)


def _opened(key: AESGCM | None, ciphertext: bytes, bound_to: bytes) -> str:
    if key is None:
        return ERASED
    try:
        return key.decrypt(ciphertext[:_NONCE], ciphertext[_NONCE:], bound_to).decode()
    except InvalidTag:
        raise TamperedTextError("a sealed text does not belong where it stands") from None


class TamperedTextError(Exception):
    """A ciphertext was changed or moved."""


def _secret_bound_to(authority: str) -> bytes:
    return f"authority-secret|{authority}".encode()


def _key_bound_to(authority: str, subject: str) -> bytes:
    return f"subject-key|{authority}|{subject}".encode()


def _person_bound_to(authority: str, pseudonym: str) -> bytes:
    return f"{_REFERENCE}|{authority}|{pseudonym}".encode()


def kept_digests(sealed: str | None) -> dict[str, str]:
    """The keyed digests of an event's sealed texts by field, from the JSON kept beside it."""
    kept: dict[str, Any] = json.loads(sealed) if sealed else {}
    return {name: entry["digest"] for name, entry in kept.items()}
