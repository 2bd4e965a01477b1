"""`GET /v1/reports/{authority}/{year}`: the annual report, and the council's own words in it."""

import asyncio
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from reporting_api import narrative
from reporting_api.annual_report import Wanted, compose
from reporting_api.api.formats import format_accepted
from reporting_api.api.question import Question, reached, year_asked
from reporting_api.api.report_shape import ReportDocument
from reporting_api.database import Engine
from reporting_api.database.narratives import Version
from reporting_api.rendering import RENDERERS
from reporting_api.report_document import Report
from reporting_api.sections import SLOTS
from reporting_api.security import Caller, reader
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["reports"])

_MEDIA_TYPES: Final = {
    **{renderer.media_type.split(";")[0]: name for name, renderer in RENDERERS.items()},
    "*/*": "json",
    "application/*": "json",
}


def _known(name: str) -> str:
    if name not in RENDERERS:
        raise PydanticCustomError(
            "unknown_format", "must be one of {formats}", {"formats": ", ".join(RENDERERS)}
        )
    return name


class ReportQuestion(Question):
    """What is asked of a report."""

    format: (
        Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(RENDERERS)})] | None
    ) = Field(None, description="Goes before the Accept header.")
    public: bool = Field(
        default=False, description="As it would be published: small figures, and what tells them, withheld."
    )


class Text(BaseModel):
    """The council's own words for a section."""

    model_config = ConfigDict(extra="forbid")

    markdown: str = Field(description="Markdown without HTML or pictures; empty: the section has none.")


class Slot(BaseModel):
    """A slot of the report: its section's title, and the last version, if it was ever set."""

    slot: str
    title: str
    version: int | None
    set_at: datetime | None
    set_by: str | None
    markdown: str


class Slots(BaseModel):
    """Every slot of a year's report."""

    slots: list[Slot]


Authority = Annotated[str, Path(max_length=64)]
Year = Annotated[str, Path(description='The reporting year, written "2022-23".')]


@router.get(
    "/v1/reports/{authority}/{year}",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={
        200: {
            "model": ReportDocument,
            "content": {kind: {} for kind in _MEDIA_TYPES if "*" not in kind and "json" not in kind},
        }
    },
)
async def annual_report(
    request: Request, authority: Authority, year: Year, question: Annotated[ReportQuestion, Query()]
) -> Response:
    """The annual report of an authority, or with `from` and `to` a half-year or quarterly one."""
    spans = question.spans(year)
    chosen = format_accepted(question.format, request.headers.get("accept"), _MEDIA_TYPES)
    engine: Engine = request.app.state.engine
    await reached(engine, authority, question.min_position)
    wanted = Wanted(
        authority, spans, question.procedure, question.as_of, question.known_at, public=question.public
    )
    return await _response(await compose(engine, wanted), chosen)


@router.get("/v1/reports/{authority}/{year}/narratives", dependencies=[Depends(reader)])
async def report_narratives(request: Request, authority: Authority, year: Year) -> Slots:
    """The slots of a year's report with the council's own words in them."""
    named = year_asked(year)
    found = await narrative.filled(request.app.state.engine, authority, named.key)
    return Slots(slots=[_slot(slot, found.get(slot)) for slot in SLOTS])


@router.put("/v1/reports/{authority}/{year}/narratives/{slot}")
async def set_report_narrative(
    request: Request,
    authority: Authority,
    year: Year,
    slot: Annotated[str, Path(max_length=64)],
    text: Annotated[Text, Body()],
    caller: Annotated[Caller, Depends(reader)],
) -> Slot:
    """Set the council's own words for a section of a year's report; earlier versions are kept."""
    if caller.role != "manager":
        raise Problem("role-not-allowed", "Narratives are set by: manager.")
    place = (authority, year_asked(year).key, slot)
    version = await narrative.set_narrative(request.app.state.engine, place, text.markdown, caller.name)
    return _slot(slot, version)


def _slot(slot: str, version: Version | None) -> Slot:
    if version is None:
        return Slot(slot=slot, title=SLOTS[slot], version=None, set_at=None, set_by=None, markdown="")
    return Slot(title=SLOTS[slot], **version._asdict())


async def _response(report: Report, chosen: str) -> Response:
    """The report in a format; it is printed in a thread, so that others are answered meanwhile."""
    renderer = RENDERERS[chosen]
    body = await asyncio.to_thread(renderer.render, report)
    headers = {"Vary": "Accept"}
    if chosen not in ("json", "html"):
        name = f"{report.authority}_{report.year}_report.{renderer.extension}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, headers=headers, media_type=renderer.media_type)
