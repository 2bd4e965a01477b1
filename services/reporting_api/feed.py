"""The complaints service, as this one sees it: every authority's feed, and whose key a key is."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import UUID

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

from reporting_api.fed_event import FedEvent
from service_conventions.callers import Caller

T = TypeVar("T")

PAGE_SIZE: Final = 1000
_TRIES: Final = 4
_FIRST_PAUSE_SECONDS: Final = 0.1
_TIMEOUT_SECONDS: Final = 15.0


class FeedError(Exception):
    """The feed is not what it must be: going on would make wrong facts. The message says what to do."""


class ComplaintsAwayError(Exception):
    """The complaints service does not answer; trying again later is right."""


class _CloudEvent(TypedDict):
    """What is read of an event of the feed (CloudEvents 1.0, JSON batch)."""

    source: str
    type: str
    subject: str
    time: datetime
    kind: str
    stream: UUID
    streamversion: int
    position: int
    schemaversion: int
    effectiveon: date
    data: dict[str, Any]


class _Head(TypedDict):
    authority: str
    position: int


class _Heads(TypedDict):
    authorities: list[_Head]


class _Key(TypedDict):
    authority: str | None
    role: str
    name: str
    teams: list[str]


_PAGE: Final = TypeAdapter(list[_CloudEvent])
_HEADS: Final = TypeAdapter(_Heads)
_KEY: Final = TypeAdapter(_Key)


class ComplaintsService:
    """A client of the complaints service. A transient failure is tried again a few times, ever later."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        """`client` knows the base URL; `key` is one of role `service`."""
        self._client = client
        self._headers = {"Authorization": f"Bearer {key}"}

    async def heads(self) -> dict[str, int]:
        """The last position of every authority's feed."""
        response = _expected(await self._sent("GET", "/v1/authorities"))
        heads = _parsed(_HEADS, response)["authorities"]
        return {head["authority"]: head["position"] for head in heads}

    async def page(self, authority: str, after: int, limit: int = PAGE_SIZE) -> list[FedEvent]:
        """The events that follow a position, in order; none at the end of the feed.

        Raises `FeedError` where a position is missing or the events are another authority's.
        """
        asked = {"authority": authority, "after": after, "limit": limit}
        response = _expected(await self._sent("GET", "/v1/events", params=asked))
        events = [_fed(authority, one) for one in _parsed(_PAGE, response)]
        _check_gapless(authority, after, events)
        return events

    async def caller(self, key: str) -> Caller | None:
        """Whose key it is; None for a key that nobody has."""
        response = await self._sent("POST", "/v1/keys/check", json={"key": key})
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        found = _parsed(_KEY, _expected(response))
        return Caller(found["authority"], found["role"], found["name"], tuple(found["teams"]))

    async def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer. Raises `ComplaintsAwayError` when there is none after several tries."""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                response = await self._client.request(
                    method, path, headers=self._headers, timeout=_TIMEOUT_SECONDS, **request
                )
            except httpx.TransportError:
                continue
            if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and response.status_code != 429:
                return response
        raise ComplaintsAwayError(f"{self._client.base_url} does not answer")


def _expected(response: httpx.Response) -> httpx.Response:
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise FeedError("The complaints service refuses our key: FEED_KEY must be a key of role service.")
    if response.status_code != HTTPStatus.OK:
        raise FeedError(f"{response.request.url.path} answered {response.status_code}.")
    return response


def _parsed(shape: TypeAdapter[T], response: httpx.Response) -> T:
    try:
        return shape.validate_json(response.content)
    except ValidationError as error:
        raise FeedError(
            f"{response.request.url.path} gave what is none of its documented answers."
        ) from error


def _fed(authority: str, one: _CloudEvent) -> FedEvent:
    if one["source"] != f"/v1/authorities/{authority}":
        raise FeedError(f"{authority}: position {one['position']} of the feed is another authority's event.")
    return FedEvent(
        authority,
        one["position"],
        one["stream"],
        one["kind"],
        one["subject"],
        one["streamversion"],
        one["type"],
        one["schemaversion"],
        one["effectiveon"],
        one["time"],
        to_json(one["data"]),
    )


def _check_gapless(authority: str, after: int, events: Sequence[FedEvent]) -> None:
    for place, event in enumerate(events, after + 1):
        if event.position != place:
            raise FeedError(f"{authority}: the feed gave position {event.position} where {place} must come.")
