"""Limits on what a client may send, kept in ASGI: size of the body and the time it may take to arrive.

Pure ASGI: no wrapped response, no cancelled handler. A body that breaks a limit is answered 413 or 408 as
soon as that is known, and the connection is closed so that the rest is not read.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_conventions.problems import KINDS, MEDIA_TYPE, Problem, as_bytes

LARGEST_BODY: Final = 1024 * 1024
SLOWEST_BODY: Final = 10.0


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """ASGI middleware: `largest` bytes within `slowest` seconds for every request's body."""

    app: ASGIApp
    largest: int = LARGEST_BODY
    slowest: float = SLOWEST_BODY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body within the limits, then let the application have it."""
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.slowest):
                body = await self._body(scope, receive)
        except TimeoutError:
            await _refuse(send, Problem("body-too-slow", f"A body must arrive within {self.slowest:g} s."))
        except Problem as problem:
            await _refuse(send, problem)
        else:
            if body is not None:
                await self.app(scope, _replay(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None when the client has gone away."""
        if int(_header(scope, b"content-length") or 0) > self.largest:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.largest:
                raise self._too_large()
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> Problem:
        return Problem("body-too-large", f"A body may have at most {self.largest} bytes.")


def _has_body(scope: Scope) -> bool:
    return scope["method"] not in ("GET", "HEAD", "OPTIONS") or bool(_header(scope, b"content-length"))


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


async def _refuse(send: Send, problem: Problem) -> None:
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
    start = {"type": "http.response.start", "status": int(KINDS[problem.name].status), "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": as_bytes(problem)})
