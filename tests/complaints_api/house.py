"""The complaints service as callers meet it: the real application, a real database, two authorities."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import asyncpg
import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from complaints_api.app import create_app
from complaints_api.recording import AUTHORITY_STREAM, Command, Recording
from complaints_api.settings import Settings
from complaints_api.store.api_keys import ApiKeys, Role
from complaints_api.store.personal_data import read_kek
from tests.complaint_events.stories import NEEDED, PROFILE_JSON

ALPHA, BETA = "alpha", "beta"
RECEIVED: dict[str, Any] = {**NEEDED["received"], "on": "2023-02-06"}
APPLIED = Command("profile_applied", {"on": "2018-04-01", **PROFILE_JSON}, "setup")


@dataclass
class House:
    """A running service, its database, and a key of every role."""

    app: FastAPI
    client: httpx.AsyncClient
    url: str
    keys: Mapping[str, str]
    foreign: Mapping[str, str]

    @property
    def desk(self) -> Recording:
        """The application's way into the log."""
        found: Recording = self.app.state.recording
        return found

    def bearing(self, role: str, **more: str) -> dict[str, str]:
        """Headers with the key of that role."""
        return {"Authorization": f"Bearer {self.keys[role]}", **more}

    async def post(self, path: str, body: Any, role: str = "caseworker", **headers: str) -> httpx.Response:
        """Send a command; `headers` with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, json=body, headers=self.bearing(role, **named))

    async def get(self, path: str, role: str = "caseworker") -> httpx.Response:
        """Read something."""
        return await self.client.get(path, headers=self.bearing(role))

    async def receive(self, **changes: Any) -> dict[str, Any]:
        """A complaint of its own; answers with where it went."""
        answer = await self.post("/v1/complaints", {**RECEIVED, **changes})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def head(self) -> int:
        """How far the log reaches."""
        found = await self.desk.store.head(ALPHA)
        assert found is not None
        return found

    async def sql(self, query: str, *values: Any) -> Any:
        """One value, as the owner of the database sees it."""
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()


@asynccontextmanager
async def begun(url: str, folder: Path, **limits: Any) -> AsyncIterator[House]:
    """A service that has started on an empty database and goes down in the end."""
    kek = folder / "kek"
    read_kek(kek, make=True)
    app = create_app(Settings(database_url=SecretStr(url), kek_file=kek, **limits))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://complaints.test") as client:
            ours, theirs = await settled(app.state.recording, ALPHA), await settled(app.state.recording, BETA)
            yield House(app, client, url, ours, theirs)


async def settled(desk: Recording, authority: str) -> dict[str, str]:
    """Begin an authority with its profile; a key of each role."""
    await desk.store.add_authority(authority)
    await desk.vault.add_authority(authority)
    await desk.begin(authority, "authority", AUTHORITY_STREAM, APPLIED)
    desk._profiles.clear()
    made = ApiKeys(desk.store.engine)
    return {role: await made.create(authority, role, f"the {role}") for role in get_args(Role)}
