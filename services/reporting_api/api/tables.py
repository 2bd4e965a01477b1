"""`GET /v1/reports/{authority}/{year}/tables/{table}`: one table, as JSON or CSV."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from complaint_events.scalars import london_date
from reporting_api.api.formats import MEDIA_TYPES, Format, format_accepted
from reporting_api.api.question import Question, reached
from reporting_api.database import Engine
from reporting_api.rendering.csv_file import MEDIA_TYPE as CSV
from reporting_api.rendering.csv_file import csv_of
from reporting_api.security import reader
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.benchmark import BENCHMARK
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import Span
from reporting_api.tables.table import Basis, ColumnType, Table
from reporting_api.view import facts_seen
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["reports"])


class TableQuestion(Question):
    """What is asked of a table."""

    format: Format | None = Field(None, description="Goes before the Accept header.")


class ShownColumn(BaseModel):
    """A column of a table."""

    key: str
    label: str
    type: ColumnType


class TableDocument(BaseModel):
    """A report table. A row has the dimensions' values and a value for each column."""

    id: str
    title: str
    authority: str
    period: dict[Literal["from", "to"], date]
    procedure: str | None
    basis: Basis
    complete: bool
    as_of: date
    known_at: datetime
    as_of_position: int
    columns: list[ShownColumn]
    rows: list[dict[str, str | float | bool | list[str] | None]]


@router.get(
    "/v1/reports/{authority}/{year}/tables/{table}",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={200: {"model": TableDocument, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def report_table(
    request: Request,
    authority: Annotated[str, Path(max_length=64)],
    year: Annotated[str, Path(description='The reporting year, written "2022-23".')],
    table: Annotated[str, Path(description="The table's id.")],
    question: Annotated[TableQuestion, Query()],
) -> Response:
    """One report table of an authority."""
    asked, spans = _table(table), question.spans(year)
    chosen = format_accepted(question.format, request.headers.get("accept"), MEDIA_TYPES)
    engine: Engine = request.app.state.engine
    await reached(engine, authority, question.min_position)
    return _response(await _answer(engine, authority, asked, spans, question), chosen)


async def _answer(
    engine: Engine, authority: str, table: Table, spans: tuple[Span, Span], question: Question
) -> Answer:
    now = datetime.now(UTC)
    as_of = question.as_of or london_date(now)
    async with facts_seen(engine, authority, question.as_of, question.known_at) as seen:
        scope = scope_of(authority, question.procedure, spans, as_of, seen.profiles)
        rows = await rows_of(seen.connection, table, scope)
    return Answer(table, scope, rows, question.known_at or now.replace(microsecond=0), seen.position)


def _table(name: str) -> Table:
    if name not in CATALOGUE:
        raise Problem("unknown-table", f"The tables are: {', '.join((*CATALOGUE, BENCHMARK.id))}.")
    return CATALOGUE[name]


def _response(answer: Answer, chosen: Format) -> Response:
    headers = {"Vary": "Accept"}
    if chosen == "csv":
        name = f"{answer.scope.authority}_{answer.scope.period.key}_{answer.table.id}.csv"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(csv_of(answer), headers=headers, media_type=CSV)
    return Response(_json(answer.document()), headers=headers, media_type="application/json")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
