"""`GET /v1/reports/{authority}/{year}/tables/benchmark`: an authority beside the others of the deployment.

The one table that looks across authorities: it has a route of its own and is in no report.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from complaint_events.scalars import london_date
from reporting_api.api.formats import MEDIA_TYPES, Format, format_accepted
from reporting_api.api.question import reached
from reporting_api.api.tables import TableDocument, TableQuestion
from reporting_api.database import Engine
from reporting_api.rendering.csv_file import MEDIA_TYPE as CSV
from reporting_api.rendering.csv_file import csv_of
from reporting_api.security import reader
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.benchmark import BENCHMARK, FEWEST, compared, measures_recorded
from reporting_api.tables.measures import narrowed
from reporting_api.tables.periods import Span
from reporting_api.view import facts_seen
from service_conventions.problems import Breach, Problem

router: Final = APIRouter(tags=["reports"])


class BenchmarkQuestion(TableQuestion):
    """What is asked of the benchmark."""

    measure: str | None = Field(
        None,
        max_length=64,
        description="What service users are counted by; default the authority's own.",
    )


class BenchmarkDocument(TableDocument):
    """The authorities, nobody else's named; `measure` is what their service users were counted by."""

    measure: str | None


@router.get(
    "/v1/reports/{authority}/{year}/tables/benchmark",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={200: {"model": BenchmarkDocument, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def benchmark_table(
    request: Request,
    authority: Annotated[str, Path(max_length=64)],
    year: Annotated[str, Path(description='The reporting year, written "2022-23".')],
    question: Annotated[BenchmarkQuestion, Query()],
) -> Response:
    """Rates of the authorities of this deployment, three or more, with their bases."""
    spans = question.spans(year)
    chosen = format_accepted(question.format, request.headers.get("accept"), MEDIA_TYPES)
    engine: Engine = request.app.state.engine
    await reached(engine, authority, question.min_position)
    answer, measure = await _answer(engine, authority, spans, question)
    return _response(answer, measure, chosen)


async def _answer(
    engine: Engine, authority: str, spans: tuple[Span, Span], question: BenchmarkQuestion
) -> tuple[Answer, str | None]:
    now = datetime.now(UTC)
    as_of, known_at = question.as_of, question.known_at
    async with facts_seen(engine, authority, as_of, known_at, everybodys=True) as seen:
        scope = scope_of(authority, question.procedure, spans, as_of or london_date(now), seen.profiles)
        measure = _measure(question.measure, await measures_recorded(seen.connection, scope))
        scope = narrowed(scope, {"measure": [measure] if measure else []})
        rows = await compared(seen.connection, scope)
    if len(rows) < FEWEST:
        detail = f"Authorities are compared where {FEWEST} or more have figures; here and then fewer have."
        raise Problem("too-few-authorities", detail)
    return Answer(BENCHMARK, scope, rows, known_at or now.replace(microsecond=0), seen.position), measure


def _measure(named: str | None, recorded: list[str]) -> str | None:
    if named is None:
        return next(iter(recorded), None)
    if named not in recorded:
        there = ", ".join(sorted(recorded)) or "none in that year"
        breach = Breach("measure", "unknown_measure", f"the measures recorded are: {there}")
        raise Problem("invalid-request", "See errors for each field and its rule.", [breach])
    return named


def _response(answer: Answer, measure: str | None, chosen: Format) -> Response:
    headers = {"Vary": "Accept"}
    if chosen == "csv":
        name = f"{answer.scope.authority}_{answer.scope.period.key}_benchmark.csv"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(csv_of(answer), headers=headers, media_type=CSV)
    document = {**answer.document(), "measure": measure}
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body, headers=headers, media_type="application/json")
