"""Who may read an authority's reports: the caller's key is checked with the complaints service.

A key is sent as `Authorization: Bearer KEY`, or as the password of Basic (for Power BI). What the complaints
service said is remembered for a short while, under a hash: no key is kept.
"""

import base64
import binascii
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Final, Protocol

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from reporting_api.problems import Problem

READERS: Final = frozenset({"reporting", "manager", "auditor", "service"})
"""The roles that may read reports."""

KNOWN_SECONDS: Final = 60.0
UNKNOWN_SECONDS: Final = 5.0
_MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is: of one authority, or of none (`service`, which may read every authority's reports)."""

    authority: str | None
    role: str
    name: str = ""
    teams: tuple[str, ...] = ()


class Keys(Protocol):
    """Whoever knows keys."""

    async def caller(self, key: str) -> Caller | None:
        """Whose key it is, or None. Raises `Problem` when that cannot be found out."""


Check = Callable[[str], Awaitable[Caller | None]]


@dataclass
class RememberedKeys:
    """Asks `check` about a key and remembers the answer: up to 60 s if it is one, up to 5 s if not."""

    check: Check
    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[bytes, tuple[float, Caller | None]] = field(default_factory=OrderedDict)

    async def caller(self, key: str) -> Caller | None:
        """Whose key it is, or None for a key nobody has."""
        mark = hashlib.sha256(key.encode("utf-8", "replace")).digest()
        until, caller = self._known.get(mark, (0.0, None))
        if self.clock() < until:
            return caller
        asked_at = self.clock()
        caller = await self.check(key)
        self._remember(mark, asked_at + (KNOWN_SECONDS if caller else UNKNOWN_SECONDS), caller)
        return caller

    def _remember(self, mark: bytes, until: float, caller: Caller | None) -> None:
        self._known[mark] = (until, caller)
        self._known.move_to_end(mark)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


_BEARER: Final = HTTPBearer(auto_error=False, description="An API key of the authority.")
_BASIC: Final = HTTPBasic(auto_error=False, description="The key as password; the user name is ignored.")


async def reader(
    request: Request,
    authority: str,
    _bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None,
    _basic: Annotated[HTTPBasicCredentials | None, Security(_BASIC)] = None,
) -> Caller:
    """The caller, who may read the reports of the authority in the path.

    Raises `Problem`: 401 without a valid key, 403 for a role that reads no reports, 404 for another
    authority's key, which must not learn whether that authority exists.
    """
    keys: Keys = request.app.state.keys
    caller = await keys.caller(_key(request))
    if caller is None:
        raise _unauthorized("The key is not valid.")
    if caller.authority is not None and caller.authority != authority:
        raise Problem("unknown-authority", "No such authority, or not this key's.")
    if caller.role not in READERS:
        raise Problem("role-not-allowed", f"Reports are read by: {', '.join(sorted(READERS))}.")
    return caller


def _key(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    key = value.strip()
    if scheme.lower() == "basic":
        key = _password(key)
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise _unauthorized("Send a key: Authorization: Bearer KEY.")
    return key


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _unauthorized(detail: str) -> Problem:
    return Problem("key-required", detail, headers={"WWW-Authenticate": "Bearer"})
