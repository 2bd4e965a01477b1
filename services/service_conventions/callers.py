"""Whose key a request carries.

A key is sent as `Authorization: Bearer KEY`, or as the password of Basic (for Power BI). What is found out
about a key is remembered for a short while, under a hash: no key is kept.
"""

import base64
import binascii
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request

from service_conventions.problems import Problem

KNOWN_SECONDS: Final = 60.0
UNKNOWN_SECONDS: Final = 5.0
_MOST_REMEMBERED: Final = 10_000

SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"basic": []}]
SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key of the authority."},
    "basic": {"type": "http", "scheme": "basic", "description": "The key as password; any user name."},
}
"""How an OpenAPI document names the two ways to send a key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is: of one authority, or of none (`service`, which reads every authority's feed)."""

    authority: str | None
    role: str
    name: str = ""
    teams: tuple[str, ...] = ()


Check = Callable[[str], Awaitable[Caller | None]]


@dataclass
class RememberedKeys:
    """Asks `check` about a key and remembers the answer: up to 60 s if it is one, up to 5 s if not."""

    check: Check
    clock: Callable[[], float] = time.monotonic
    known_seconds: float = KNOWN_SECONDS
    _known: OrderedDict[bytes, tuple[float, Caller | None]] = field(default_factory=OrderedDict)

    async def caller(self, key: str) -> Caller | None:
        """Whose key it is, or None for a key nobody has."""
        mark = hashlib.sha256(key.encode("utf-8", "replace")).digest()
        until, caller = self._known.get(mark, (0.0, None))
        if self.clock() < until:
            return caller
        asked_at = self.clock()
        caller = await self.check(key)
        self._remember(mark, asked_at + (self.known_seconds if caller else UNKNOWN_SECONDS), caller)
        return caller

    def _remember(self, mark: bytes, until: float, caller: Caller | None) -> None:
        self._known[mark] = (until, caller)
        self._known.move_to_end(mark)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


def key_sent(request: Request) -> str:
    """The key a request carries. Raises `Problem` 401 where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    key = value.strip()
    if scheme.lower() == "basic":
        key = _password(key)
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise unauthorized("Send a key: Authorization: Bearer KEY.")
    return key


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def unauthorized(detail: str) -> Problem:
    """The problem of a request without a valid key."""
    return Problem("key-required", detail, headers={"WWW-Authenticate": "Bearer"})
