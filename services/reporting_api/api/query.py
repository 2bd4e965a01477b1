"""`GET /v1/query/{authority}`: a measure by groupings that the catalogue names, for what no table foresaw."""

import json
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from complaint_events.scalars import Day, Instant
from reporting_api.api.formats import MEDIA_TYPES, Format, format_accepted
from reporting_api.api.question import reached
from reporting_api.api.tables import TableDocument
from reporting_api.asking import Inquiry, Reply, ask, catalogue
from reporting_api.rendering.csv_file import MEDIA_TYPE as CSV
from reporting_api.rendering.csv_file import csv_of
from reporting_api.security import reader

router: Final = APIRouter(tags=["query"])

Authority = Annotated[str, Path(max_length=64)]
_Words = Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=100)]


class Queried(BaseModel):
    """What is asked."""

    model_config = ConfigDict(extra="forbid")

    measure: str = Field("", max_length=64, description="One of the catalogue's.")
    by: _Words = Field(default_factory=list, description="Groupings of the measure, in the order wanted.")
    where: _Words = Field(default_factory=list, description="`grouping=value`; several of one grouping: any.")
    from_: Day | None = Field(None, alias="from", description="The first day.")
    to: Day | None = Field(None, description="The last day; without both, this reporting year's.")
    as_of: Day | None = Field(None, description="Leaves out what happened after this day; default today.")
    known_at: Instant | None = Field(None, description="Leaves out what was recorded later; default now.")
    suppress: bool = Field(default=False, description="Small figures withheld, for giving out.")
    min_position: int | None = Field(None, ge=0, le=2**63 - 1, description="Wait for figures that show this.")
    format: Format | None = Field(None, description="Goes before the Accept header.")


class Listed(BaseModel):
    """A measure with its groupings, or a grouping with its values, where all are known beforehand."""

    name: str
    label: str
    groupings: list[str] | None = None
    values: list[str] | None = None


class Catalogue(BaseModel):
    """What can be asked."""

    measures: list[Listed]
    groupings: list[Listed]


class QueryDocument(TableDocument):
    """The figures, with the values they are narrowed to. A withheld figure is the text `[c]`."""

    id: str
    period: dict[Literal["from", "to"], date]
    where: dict[str, list[str]]
    note: str | None


@router.get(
    "/v1/query/{authority}/catalogue", dependencies=[Depends(reader)], response_model_exclude_none=True
)
async def query_catalogue(authority: Authority) -> Catalogue:  # noqa: ARG001 - `reader` needs it
    """The measures, what each can be grouped and narrowed by, and the values there are."""
    return Catalogue.model_validate(catalogue())


@router.get(
    "/v1/query/{authority}",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={200: {"model": QueryDocument, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def query(request: Request, authority: Authority, asked: Annotated[Queried, Query()]) -> Response:
    """How many, by what: the measure for every combination that occurs, with every total."""
    chosen = format_accepted(asked.format, request.headers.get("accept"), MEDIA_TYPES)
    engine = request.app.state.engine
    await reached(engine, authority, asked.min_position)
    return _response(await ask(engine, authority, _inquiry(asked)), chosen)


def _inquiry(asked: Queried) -> Inquiry:
    return Inquiry(
        measure=asked.measure,
        by=asked.by,
        where=asked.where,
        first=asked.from_,
        last=asked.to,
        as_of=asked.as_of,
        known_at=asked.known_at,
        suppress=asked.suppress,
    )


def _response(reply: Reply, chosen: Format) -> Response:
    headers = {"Vary": "Accept"}
    if chosen == "csv":
        scope = reply.answer.scope
        name = f"{scope.authority}_{scope.period.key}_{reply.answer.table.id}.csv"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(csv_of(reply.answer), headers=headers, media_type=CSV)
    return Response(_json(reply.document()), headers=headers, media_type="application/json")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
