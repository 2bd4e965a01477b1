"""The reporting service over HTTP: put together here, written in `api/`."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import httpx
from fastapi import FastAPI, Request
from starlette.responses import Response

from reporting_api.api import benchmark, lgsco_letter, odata, operations, publications, query, reports, tables
from reporting_api.database import AWAY, is_away, make_engine
from reporting_api.feed import ComplaintsAwayError, ComplaintsService, FeedError
from reporting_api.restatement import Restatements
from reporting_api.settings import Settings, settings
from service_conventions.callers import SECURITY_SCHEMES, Caller, RememberedKeys
from service_conventions.documentation import use_offline_documentation
from service_conventions.limits import BodyLimits
from service_conventions.problems import Problem, answer, use_problem_documents

TITLE: Final = "Complaints reporting"
VERSION: Final = "1.0.0"
_DESCRIPTION: Final = (
    "Statutory figures on children's social care complaints, as tables: made from the events of the "
    "complaints record, as of any date and as known at any time."
)


def create_app(given: Settings | None = None) -> FastAPI:
    """The application; without settings given it reads the environment's when it starts, not before."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        description=_DESCRIPTION,
        lifespan=_lifespan(given),
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    limits = given or Settings.model_construct()
    app.add_middleware(BodyLimits, largest=limits.largest_body, slowest=limits.slowest_body)
    use_problem_documents(app)
    for error in AWAY:
        app.add_exception_handler(error, _database_away)
    for module in (benchmark, tables, reports, lgsco_letter, publications, query, odata, operations):
        app.include_router(module.router)
    app.include_router(publications.public)
    use_offline_documentation(app, {}, SECURITY_SCHEMES)
    return app


def _lifespan(given: Settings | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        chosen = given or settings()
        engine = make_engine(chosen.reporting_database_url.get_secret_value())
        async with httpx.AsyncClient(base_url=chosen.complaints_url) as client:
            complaints = ComplaintsService(client, chosen.feed_key.get_secret_value())
            app.state.engine = engine
            app.state.complaints = complaints
            app.state.keys = RememberedKeys(lambda key: _caller(complaints, key))
            app.state.restatements = Restatements(engine)
            _spare_the_collector()
            try:
                yield
            finally:
                await app.state.restatements.stop()
                await engine.dispose()

    return running


def _spare_the_collector() -> None:
    """Leave what start-up made out of garbage collection: it is never garbage, and looking costs latency."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _caller(complaints: ComplaintsService, key: str) -> Caller | None:
    try:
        return await complaints.caller(key)
    except (ComplaintsAwayError, FeedError):
        detail = "Your key cannot be checked now; try again later."
        raise Problem("complaints-service-away", detail, headers={"Retry-After": "1"}) from None


async def _database_away(_request: Request, error: Exception) -> Response:
    if not is_away(error):
        raise error
    return answer(Problem("database-away", "Try again later.", headers={"Retry-After": "1"}))
