"""Letters as they went out, sealed, and the templates by which an authority writes its own.

A letter is sealed with the data key of whom it is about, and bound to its place: authority, stream,
document and subject. When that key is destroyed, no letter can be read any more.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.personal_data import TamperedTextError, Vault
from complaints_api.store.working_tables import letter, letter_template

_NONCE: Final = 12


class ErasedError(Exception):
    """The key that would open it, or would have sealed it, is gone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter that is kept: the SHA-256 of its document, which letter, in which format, since when."""

    document: str
    letter: str
    format: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """An authority's own template, its version, since when, and by whom."""

    letter: str
    version: int
    template: str
    applied_at: datetime
    applied_by: str


class SentLetters:
    """Keeps letters sealed, and opens them."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    async def keep(
        self, authority: str, stream: UUID, subject: str, made: tuple[str, str, str], content: bytes
    ) -> None:
        """Seal a letter and keep it; nothing happens when the same document is kept already.

        `made` are the document's hash, the letter's name and the format. Raises `ErasedError` where the
        subject has no key.
        """
        document, name, format_ = made
        key = await self._key(authority, subject)
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + key.encrypt(nonce, content, _bound_to(authority, stream, document, subject))
        row = {
            "authority": authority,
            "stream": stream,
            "document": document,
            "letter": name,
            "format": format_,
            "subject": subject,
            "ciphertext": sealed,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(letter).values(row).on_conflict_do_nothing())

    async def kept(self, authority: str, stream: UUID) -> dict[str, Kept]:
        """The letters of a stream that are kept, by document."""
        columns = (letter.c.document, letter.c.letter, letter.c.format, letter.c.made_at)
        query = select(*columns).where(letter.c.authority == authority, letter.c.stream == stream)
        async with self._engine.connect() as connection:
            return {row.document: Kept(*row) for row in await connection.execute(query)}

    async def open(self, authority: str, stream: UUID, document: str) -> bytes | None:
        """A letter as it went out, or None where it is not kept.

        Raises `ErasedError`, and `TamperedTextError` for a ciphertext that was changed or moved.
        """
        query = select(letter.c.subject, letter.c.ciphertext).where(
            letter.c.authority == authority, letter.c.stream == stream, letter.c.document == document
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        key, sealed = await self._key(authority, row.subject), row.ciphertext
        try:
            bound_to = _bound_to(authority, stream, document, row.subject)
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
        except InvalidTag:
            raise TamperedTextError("a sealed letter does not belong where it stands") from None

    async def _key(self, authority: str, subject: str) -> AESGCM:
        sealer = await self._vault.sealer(authority, [subject])
        if subject not in sealer.keys:
            raise ErasedError
        return sealer.keys[subject]


class OwnTemplates:
    """The templates of each authority; the highest version holds, an empty one gives ours its place back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def current(self, authority: str) -> dict[str, OwnTemplate]:
        """An authority's own templates by name."""
        table = letter_template
        mine = table.c.authority == authority
        last = select(table.c.letter, func.max(table.c.version)).where(mine).group_by(table.c.letter)
        columns = (
            table.c.letter,
            table.c.version,
            table.c.template,
            table.c.applied_at,
            table.c.applied_by,
        )
        query = select(*columns).where(mine, tuple_(table.c.letter, table.c.version).in_(last))
        async with self._engine.connect() as connection:
            found = [OwnTemplate(*row) for row in await connection.execute(query)]
        return {one.letter: one for one in found if one.template}

    async def put(self, authority: str, name: str, template: str, by: str) -> int:
        """Record a template as the one that holds from now on, and give its version; empty: ours again."""
        table = letter_template
        last = select(func.coalesce(func.max(table.c.version), 0)).where(
            table.c.authority == authority, table.c.letter == name
        )
        row = {"authority": authority, "letter": name, "template": template, "applied_by": by}
        statement = insert(table).values({**row, "version": last.scalar_subquery() + 1})
        async with self._engine.begin() as connection:
            version: int = await connection.scalar(statement.returning(table.c.version))
        return version


def _bound_to(authority: str, stream: UUID, document: str, subject: str) -> bytes:
    parts = ("letter", authority, str(stream), document, subject)
    return "|".join(f"{len(part)}:{part}" for part in parts).encode()
