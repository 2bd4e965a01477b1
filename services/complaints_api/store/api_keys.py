"""API keys: 256 random bits each, of which only the SHA-256 is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store import schema
from service_conventions.callers import Caller

Role = Literal["webform", "caseworker", "manager", "auditor", "reporting", "admin", "service"]

_PREFIX: Final = "crk"


class ApiKeys:
    """Makes keys and knows whose they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        authority: str | None,
        role: Role,
        name: str,
        teams: Sequence[str] = (),
        expires_at: datetime | None = None,
    ) -> str:
        """A new key, which nobody can show again.

        A `service` key belongs to no authority, every other to one. Raises `ValueError` where that is
        missing, and the database's error for an unknown authority.
        """
        if authority is None and role != "service":
            raise ValueError(f"a key of role {role} belongs to an authority")
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = f"{_PREFIX}_{key_id}_{secret}"
        row = {
            "id": key_id,
            "authority": None if role == "service" else authority,
            "role": role,
            "name": name,
            "teams": list(teams),
            "secret_sha256": hashlib.sha256(key.encode()).digest(),
            "expires_at": expires_at,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(schema.api_key).values(row))
        return key

    async def caller(self, key: str) -> Caller | None:
        """Whose key it is; None for a key that is unknown, expired or revoked."""
        prefix, _, rest = key.partition("_")
        key_id = rest.partition("_")[0]
        if prefix != _PREFIX or not key_id.isalnum() or not key_id.isascii():
            return None
        async with self._engine.connect() as connection:
            query = select(schema.api_key).where(schema.api_key.c.id == key_id)
            row = (await connection.execute(query)).one_or_none()
        sent = hashlib.sha256(key.encode("utf-8", "replace")).digest()
        if row is None or not hmac.compare_digest(sent, row.secret_sha256):
            return None
        now = datetime.now(UTC)
        over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
        return None if over else Caller(row.authority, row.role, row.name, tuple(row.teams))
