"""What those who run the service look at: is it alive, is it ready, how far behind is it."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse

from reporting_api.database import AWAY, Engine, health
from reporting_api.database.event_copy import Checkpoint
from reporting_api.feed import ComplaintsAwayError, ComplaintsService, FeedError
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["operations"])

_PATIENCE_SECONDS: Final = 2.0
_TEXT_FORMAT: Final = "text/plain; version=0.0.4"


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/health/ready", responses={503: {"description": "The database is away or not migrated"}})
async def ready(request: Request) -> JSONResponse:
    """Ready to report: the database answers and is migrated. Says how far behind the feed the facts are."""
    engine: Engine = request.app.state.engine
    try:
        migrated = await health.is_migrated(engine)
        reached = await health.reached(engine) if migrated else {}
    except AWAY:
        return _readiness("away", {})
    heads = await _heads(request.app.state.complaints) if migrated else {}
    return _readiness("ready" if migrated else "not migrated", _lags(reached, heads))


def _readiness(database: str, lag: Mapping[str, int]) -> JSONResponse:
    is_ready = database == "ready"
    content: dict[str, Any] = {"status": "ready" if is_ready else "not ready", "database": database}
    return JSONResponse({**content, "events_behind": dict(lag)}, 200 if is_ready else 503)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """Positions and lag of every authority, as Prometheus reads them."""
    engine: Engine = request.app.state.engine
    try:
        reached = await health.reached(engine)
    except AWAY:
        raise Problem("database-away", "Try again later.", headers={"Retry-After": "1"}) from None
    heads = await _heads(request.app.state.complaints)
    return PlainTextResponse("".join(_exposition(reached, heads)), media_type=_TEXT_FORMAT)


def _exposition(reached: Mapping[str, Checkpoint], heads: Mapping[str, int]) -> Iterator[str]:
    seconds = {authority: int(one.recorded_at.timestamp()) for authority, one in reached.items()}
    families: tuple[tuple[str, str, Mapping[str, int]], ...] = (
        ("position", "Last position the facts show", {name: one.position for name, one in reached.items()}),
        ("recorded_seconds", "When the last event that the facts show was recorded, Unix time", seconds),
        ("events_behind", "Events of the feed that the facts do not show yet", _lags(reached, heads)),
    )
    for name, help_, values in families:
        yield f"# HELP reporting_projection_{name} {help_}\n# TYPE reporting_projection_{name} gauge\n"
        for authority, value in sorted(values.items()):
            yield f'reporting_projection_{name}{{authority="{authority}"}} {value}\n'


def _lags(reached: Mapping[str, Checkpoint], heads: Mapping[str, int]) -> dict[str, int]:
    positions = {authority: one.position for authority, one in reached.items()}
    return {name: max(head - positions.get(name, 0), 0) for name, head in sorted(heads.items())}


async def _heads(complaints: ComplaintsService) -> dict[str, int]:
    """The feed's ends; none while the complaints service is away: what is projected can still be reported."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await complaints.heads()
    except (ComplaintsAwayError, FeedError, TimeoutError):
        return {}
