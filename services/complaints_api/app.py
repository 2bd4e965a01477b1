"""The complaints service as an ASGI application."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from complaints_api.api import (
    casework,
    feed,
    history,
    intake,
    letters,
    other_streams,
    profile,
    search,
    worklist,
)
from complaints_api.api.bodies import SCHEMAS
from complaints_api.api.request import JsonResponse, as_problem
from complaints_api.domain.deciding import Refusal
from complaints_api.domain.rules import NAMED
from complaints_api.drafting import InvalidError
from complaints_api.letters.sending import RULES as LETTER_RULES
from complaints_api.recording import NotFoundError, Recording, StaleVersionError
from complaints_api.settings import Settings, settings
from complaints_api.store.api_keys import ApiKeys
from complaints_api.store.availability import DATABASE_ERRORS, ready
from complaints_api.store.event_store import EventStore, make_engine
from complaints_api.store.personal_data import Vault, read_kek
from complaints_api.worklist import Worklist
from service_conventions.callers import SECURITY_SCHEMES, RememberedKeys
from service_conventions.documentation import use_offline_documentation
from service_conventions.limits import BodyLimits
from service_conventions.problems import Problem, answer, use_problem_documents

TITLE: Final = "Complaints"
VERSION: Final = "1.0.0"
KEYS_KEPT: Final = 30.0
"""Seconds for which a process trusts what it knows of a key."""


def create_app(given: Settings | None = None) -> FastAPI:
    """The application; settings are read when it starts, so that its description needs none."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = given or settings()
        engine = make_engine(chosen.database_url.get_secret_value(), pool_size=chosen.pool_size)
        app.state.engine = engine
        app.state.keys = RememberedKeys(ApiKeys(engine).caller, known_seconds=KEYS_KEPT)
        app.state.recording = Recording(EventStore(engine), Vault(engine, read_kek(chosen.kek_file)))
        app.state.worklist = Worklist(app.state.recording.store)
        _calm_collector()
        yield
        await app.state.worklist.close()
        await app.state.recording.store.close()

    app = FastAPI(
        title=TITLE,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    limits = given or Settings.model_construct()
    app.add_middleware(BodyLimits, largest=limits.largest_body, slowest=limits.slowest_body)
    use_problem_documents(app, rules=_rules_in_words())
    for kind in (InvalidError, Refusal, StaleVersionError, NotFoundError):
        app.add_exception_handler(kind, _ours)
    for lost in DATABASE_ERRORS:
        app.add_exception_handler(lost, _database_away)
    for module in (intake, profile, history, search, casework, letters, other_streams, worklist, feed):
        app.router.routes.extend(module.router.routes)  # not included: that would match each route twice
    _add_health(app)
    use_offline_documentation(app, SCHEMAS, SECURITY_SCHEMES)
    return app


def _rules_in_words() -> dict[str, str]:
    """Every named rule, of events and of letters: what it asks, and its source."""
    of_events = ((name, rule.says, rule.source) for name, rule in NAMED.items())
    of_letters = ((name, rule.says, rule.source) for name, rule in LETTER_RULES.items())
    return {name: f"{says} ({source})" for name, says, source in (*of_events, *of_letters)}


async def _ours(_request: Request, error: Exception) -> Response:
    problem = as_problem(error)
    assert problem is not None  # noqa: S101 - registered for what it knows
    return answer(problem)


async def _database_away(_request: Request, _error: Exception) -> Response:
    problem = Problem("database-away", "Try again shortly.", headers={"Retry-After": "2"})
    return answer(problem)


def _calm_collector() -> None:
    """Keep the cyclic collector off the append path: what start-up made stays, and it looks more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _add_health(app: FastAPI) -> None:
    @app.get("/health/live", tags=["health"], operation_id="live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready", tags=["health"], operation_id="ready", response_model=None)
    async def is_ready(request: Request) -> Response:
        """The database answers and has this release's migrations."""
        state: dict[str, Any] = await ready(request.app.state.engine)
        return JsonResponse(state, 200 if state["ready"] else 503)

    @app.get("/metrics", tags=["health"], operation_id="metrics", response_model=None)
    async def metrics(request: Request) -> Response:
        """How far each authority's log reaches, as Prometheus text."""
        desk: Recording = request.app.state.recording
        heads = await desk.store.heads()
        lines = [
            f'complaints_log_position{{authority="{code}"}} {reached}' for code, reached in heads.items()
        ]
        text = "\n".join(["# TYPE complaints_log_position gauge", *lines, ""])
        return Response(text, media_type="text/plain; version=0.0.4")
