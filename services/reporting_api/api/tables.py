"""`GET /v1/reports/{authority}/{year}/tables/{table}`: one table, as JSON or CSV."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import Day, Instant, london_date
from reporting_api.api.formats import Format, format_accepted
from reporting_api.database import Engine
from reporting_api.rendering.csv_file import MEDIA_TYPE as CSV
from reporting_api.rendering.csv_file import csv_of
from reporting_api.security import reader
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Span,
    is_quarter_end,
    is_quarter_start,
    year_beginning,
    year_named,
)
from reporting_api.tables.table import Basis, ColumnType, Table
from reporting_api.view import facts_seen
from service_conventions.problems import Breach, Problem

router: Final = APIRouter(tags=["reports"])

_PATIENCE_SECONDS: Final = 5.0
_LOOK_EVERY_SECONDS: Final = 0.05
_LAST_POSITION: Final = 2**63 - 1


class Question(BaseModel):
    """What is asked of a table, beside whose and which."""

    model_config = ConfigDict(extra="forbid")

    procedure: Literal[Procedure, "all"] = Field(
        DEFAULT_PROCEDURE, description="Complaints of this procedure; tables of other streams ignore it."
    )
    from_: Day | None = Field(None, alias="from", description="The first day of a quarter, else the year's.")
    to: Day | None = Field(None, description="The last day of a quarter, else the year's.")
    as_of: Day | None = Field(None, description="Leaves out what happened after this day; default today.")
    known_at: Instant | None = Field(None, description="Leaves out what was recorded later; default now.")
    min_position: int | None = Field(
        None, ge=0, le=_LAST_POSITION, description="Wait up to 5 seconds for figures that show this event."
    )
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
    question: Annotated[Question, Query()],
) -> Response:
    """One report table of an authority."""
    asked, spans = _table(table), _spans(year, question)
    chosen = format_accepted(question.format, request.headers.get("accept"))
    engine: Engine = request.app.state.engine
    await _reached(engine, authority, question.min_position)
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
        raise Problem("unknown-table", f"The tables are: {', '.join(CATALOGUE)}.")
    return CATALOGUE[name]


def _spans(year: str, question: Question) -> tuple[Span, Span]:
    """The period and the year asked for. Raises `Problem` (422) saying what exists."""
    try:
        named = year_named(year)
    except ValueError:
        years = f"{year_beginning(FIRST_YEAR).key} to {year_beginning(LAST_YEAR).key}"
        raise _invalid([Breach("year", "unknown_year", f"reporting years are {years}")]) from None
    period = Span(named.key, question.from_ or named.start, question.to or named.end)
    if breaches := _breaches(period):
        raise _invalid(breaches)
    return period, named


def _breaches(period: Span) -> list[Breach]:
    earliest, latest = year_beginning(FIRST_YEAR).start, year_beginning(LAST_YEAR).end
    outside = [
        Breach(field, "out_of_range", f"must be a day from {earliest} to {latest}")
        for field, day in (("from", period.start), ("to", period.end))
        if not earliest <= day <= latest
    ]
    if outside:
        return outside
    found = []
    if not is_quarter_start(period.start):
        found.append(Breach("from", "quarter_start", "must be 1 April, 1 July, 1 October or 1 January"))
    if not is_quarter_end(period.end):
        found.append(Breach("to", "quarter_end", "must be 30 June, 30 September, 31 December or 31 March"))
    if period.end < period.start:
        found.append(Breach("to", "before_from", "must not be before the period's first day"))
    return found


def _invalid(breaches: Sequence[Breach]) -> Problem:
    return Problem("invalid-request", "See errors for each field and its rule.", breaches)


async def _reached(engine: Engine, authority: str, wanted: int | None) -> None:
    """Wait until the figures show the event at a position. Raises `Problem` (503) saying how far they are."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while wanted is not None and (shown := await _position(engine, authority)) < wanted:
        if time.monotonic() >= until:
            detail = f"The figures show the authority's events up to position {shown}; try again later."
            raise Problem("position-not-reached", detail, headers={"Retry-After": "1"})
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _position(engine: Engine, authority: str) -> int:
    try:
        async with facts_seen(engine, authority, None, None) as seen:
            return seen.position
    except Problem as problem:
        if problem.name != "unknown-authority":
            raise
        return 0


def _response(answer: Answer, chosen: Format) -> Response:
    headers = {"Vary": "Accept"}
    if chosen == "csv":
        name = f"{answer.scope.authority}_{answer.scope.period.key}_{answer.table.id}.csv"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(csv_of(answer), headers=headers, media_type=CSV)
    return Response(_json(answer.document()), headers=headers, media_type="application/json")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
