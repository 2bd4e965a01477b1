"""What ours is compared with over HTTP: the same kind of application, which stores otherwise or not at all.

Both have our middleware, settings and answers, and validate the body by the same `draft`. Neither asks for a
key, seals, decides or knows of idempotency: the comparison is in their favour.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from hashlib import sha256
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Lifespan

from benchmarks.peers import library_recorder
from complaints_api.api.request import JsonResponse, json_object
from complaints_api.app import _calm_collector
from complaints_api.drafting import Draft, draft
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
    """Validate, record by the library's recorder in a thread, and answer 201."""

    async def receive(request: Request) -> Response:
        made = await _drafted(request)
        event = StoredEvent(uuid4(), 1, made.event.event, made.event.encoded())
        positions = await run_in_threadpool(request.app.state.recorder.insert_events, [event])
        return _answer(positions[0])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with library_recorder(os.environ["DATABASE_URL"]) as recorder:
            app.state.recorder = recorder
            _calm_collector()
            yield

    return _application(receive, lifespan)


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
