"""What ours is compared with over HTTP: the same application that stores by the library, or not at all.

`library` is our application in all but the store. `no_op` has our middleware, settings and answers and
validates the body by the same `draft`, but asks for no key, decides nothing and seals nothing.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

from eventsourcing.persistence import ApplicationRecorder
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Lifespan
from typing_extensions import override

from benchmarks.peers import library_recorder
from complaints_api.api.request import JsonResponse, json_object
from complaints_api.app import _calm_collector, create_app
from complaints_api.drafting import Draft, draft
from complaints_api.store.event_store import EventStore
from complaints_api.store.log_rows import Append, Appended
from service_conventions.limits import BodyLimits
from service_conventions.problems import use_problem_documents

Receive = Callable[[Request], Awaitable[Response]]


def no_op() -> FastAPI:
    """Validate and answer 201."""

    async def receive(request: Request) -> Response:
        await _drafted(request)
        return _answer(1)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        _calm_collector()
        yield

    return _application(receive, lifespan)


def library() -> FastAPI:
    """Our application, whole, with the library's recorder in the store's place."""
    app = create_app()
    begin = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[None]:
        async with begin(started):
            with library_recorder(os.environ["DATABASE_URL"]) as recorder:
                started.state.recording.store = LibraryStore(started.state.engine, recorder)
                yield

    app.router.lifespan_context = lifespan
    return app


class LibraryStore(EventStore):
    """Appends by the library's recorder, in a thread. What is sealed it cannot keep: that is left out."""

    def __init__(self, engine: AsyncEngine, recorder: ApplicationRecorder) -> None:
        super().__init__(engine)
        self._recorder = recorder

    @override
    async def append(self, authority: str, append: Append) -> Appended:
        positions = await run_in_threadpool(self._recorder.insert_events, append.events)
        assert positions
        version = append.events[-1].originator_version
        return Appended(append.stream, version, positions[-1], datetime.now(UTC))


def _application(receive: Receive, lifespan: Lifespan[FastAPI]) -> FastAPI:
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(BodyLimits)
    use_problem_documents(app)
    app.add_api_route("/v1/complaints", receive, methods=["POST"], status_code=201, response_model=None)
    app.add_api_route("/health/live", _live)
    return app


async def _live() -> dict[str, str]:
    return {"status": "live"}


async def _drafted(request: Request) -> Draft:
    data = await json_object(request)
    return draft("received", {"on": date.today().isoformat(), **data}, _pseudonym)  # noqa: DTZ011


def _pseudonym(reference: str) -> str:
    return sha256(reference.encode()).hexdigest()[:32]


def _answer(position: int) -> Response:
    stream = str(uuid4())
    body = {"id": stream, "reference": stream, "version": 1, "position": position}
    return JsonResponse(body, 201, {"ETag": '"1"', "Location": f"/v1/complaints/{stream}"})
