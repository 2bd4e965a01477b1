"""A complaints service of the documented format, for tests of what reads it: a real HTTP application."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI, Request
from pydantic_core import from_json, to_json
from starlette.responses import JSONResponse, Response

from complaint_events.event_model import Event
from reporting_api.feed import ComplaintsService
from tests.caseloads import RECORDED_AT, Line, RecordedStream, stream_id

SERVICE_KEY = "the-service-key"


@dataclass
class Log:
    """The record of several authorities: what `append` puts in, the feed gives out."""

    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def append(
        self, authority: str, kind: str, reference: str, event: Event, at: datetime | None = None
    ) -> int:
        """Record an event, now or at another instant; gives its position."""
        log = self.events.setdefault(authority, [])
        recorded_at = at or RECORDED_AT + timedelta(milliseconds=len(log))
        data = {"event": event.event, "on": event.on.isoformat(), **event.data()}
        stream = stream_id(authority, kind, reference)
        self.versions[stream] = self.versions.get(stream, 0) + 1
        log.append(
            {
                "specversion": "1.0",
                "id": f"{authority}:{len(log) + 1}",
                "source": f"/v1/authorities/{authority}",
                "type": event.event,
                "subject": reference,
                "time": recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "kind": kind,
                "stream": str(stream),
                "streamversion": self.versions[stream],
                "position": len(log) + 1,
                "schemaversion": event.class_version,
                "effectiveon": event.on.isoformat(),
                "data": data,
            }
        )
        return len(log)

    def tell(self, authority: str, lines: Iterable[Line]) -> None:
        """Record lines in their order."""
        for line in lines:
            self.append(authority, line.kind, line.reference, line.event)

    def tell_streams(self, streams: Iterable[RecordedStream]) -> None:
        """Record whole streams, one after the other."""
        for stream in streams:
            for one in stream.events:
                self.append(stream.authority, stream.kind, stream.reference, one.event)


def feed_app(log: Log) -> FastAPI:
    """The part of the complaints service that the reporting service reads."""
    app = FastAPI()

    def refused(request: Request) -> Response | None:
        log.asked.append(str(request.url.path))
        if log.down:
            return JSONResponse({"title": "away"}, 503)
        if request.headers.get("authorization") != f"Bearer {SERVICE_KEY}":
            return JSONResponse({"title": "no"}, 401)
        return None

    @app.get("/v1/authorities")
    async def authorities(request: Request) -> Response:
        heads = [{"authority": name, "position": len(events)} for name, events in log.events.items()]
        return refused(request) or JSONResponse({"authorities": heads})

    @app.get("/v1/events")
    async def events(request: Request, authority: str, after: int, limit: int) -> Response:
        known = log.events.get(authority, [])
        body = to_json(known[after : after + limit])
        headers = {"Feed-Head": str(len(known))}
        return refused(request) or Response(body, 200, headers, "application/cloudevents-batch+json")

    @app.post("/v1/keys/check")
    async def check(request: Request) -> Response:
        caller = log.keys.get(from_json(await request.body())["key"])
        return refused(request) or (JSONResponse(caller) if caller else JSONResponse({"title": "?"}, 404))

    return app


@asynccontextmanager
async def complaints_service(log: Log, key: str = SERVICE_KEY) -> AsyncIterator[ComplaintsService]:
    """A client of such a service, without a socket between them."""
    transport = httpx.ASGITransport(feed_app(log))
    async with httpx.AsyncClient(transport=transport, base_url="http://complaints.test") as client:
        yield ComplaintsService(client, key)
