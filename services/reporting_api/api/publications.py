"""Publishing a report, and what was published: the one place of the service that needs no key to be read."""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from reporting_api import restatement_document
from reporting_api.api.formats import format_accepted
from reporting_api.api.publication_shape import (
    Latest,
    OwnPublication,
    OwnPublications,
    PublicationOrder,
    PublicRestatement,
    PublishedReport,
    PublishedReports,
    RestatementDocument,
    address_of,
)
from reporting_api.api.question import reached, year_asked
from reporting_api.database import Engine, publications
from reporting_api.database.publications import Kept, Publication, Series
from reporting_api.database.publications import Request as Named
from reporting_api.publishing import Order, content_of, publish
from reporting_api.restatement import Restatement, Restatements
from reporting_api.security import Caller, reader
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["publications"])
public: Final = APIRouter(tags=["published"])
"""What everybody may read."""

NO_KEY: Final[dict[str, Any]] = {"security": []}
CACHED: Final = "public, max-age=300"
_PATIENCE_SECONDS: Final = 1.0
_LARGEST_NUMBER: Final = 2**31 - 1
_LAST_POSITION: Final = 2**63 - 1
_WAIT: Final = "Wait up to 5 seconds for figures that show this event."

_HEADERS: Final = {
    "Cache-Control": CACHED,
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
}

Authority = Annotated[str, Path(max_length=64)]
Year = Annotated[str, Path(description='The reporting year, written "2022-23".')]
Number = Annotated[int, Path(ge=1, le=_LARGEST_NUMBER, description="The number of the publication.")]


@router.post(
    "/v1/reports/{authority}/{year}/publications",
    status_code=201,
    response_model=OwnPublication,
    responses={200: {"model": OwnPublication, "description": "The last publication says the same."}},
)
async def publish_report(  # noqa: PLR0913 - every part of the request is an argument
    *,
    request: Request,
    authority: Authority,
    year: Year,
    caller: Annotated[Caller, Depends(reader)],
    body: Annotated[PublicationOrder, Body()] = PublicationOrder(),
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
    min_position: Annotated[int | None, Query(ge=0, le=_LAST_POSITION, description=_WAIT)] = None,
) -> Response:
    """Publish the year's report as it is now, with small figures withheld, and keep what was published.

    Where the last publication of that procedure and period says the same, that one is the answer (200).
    """
    if caller.role != "manager":
        raise Problem("role-not-allowed", "Reports are published by: manager.")
    spans = body.spans(year)
    await reached(request.app.state.engine, authority, min_position)
    order = Order(
        authority,
        spans,
        body.procedure,
        caller.name,
        tuple(body.formats),
        body.note,
        _named(idempotency_key, year, body),
    )
    publication, is_new = await publish(request.app.state.engine, order)
    document = _own(publication).model_dump(mode="json")
    place = f"/v1/reports/{authority}/{publication.year}/publications/{publication.number}"
    return JSONResponse(document, 201 if is_new else 200, {"Location": place})


@router.get("/v1/reports/{authority}/{year}/publications", dependencies=[Depends(reader)])
async def report_publications(request: Request, authority: Authority, year: Year) -> OwnPublications:
    """What was published of a year."""
    found = await _listed(request, authority, year_asked(year).key)
    return OwnPublications(publications=[_own(one) for one in found])


@router.get("/v1/reports/{authority}/{year}/publications/{number}", dependencies=[Depends(reader)])
async def report_publication(
    request: Request, authority: Authority, year: Year, number: Number
) -> OwnPublication:
    """What there is to say of a publication."""
    return _own(await _numbered(request, authority, year, number))


@router.get(
    "/v1/reports/{authority}/{year}/publications/{number}/restatement",
    dependencies=[Depends(reader)],
    response_model=RestatementDocument,
)
async def report_restatement(request: Request, authority: Authority, year: Year, number: Number) -> Response:
    """The cells that are not what was published, and the events that changed them."""
    publication = await _numbered(request, authority, year, number)
    found = await _restatements(request).of(publication)
    return JSONResponse(restatement_document.exact(found))


@public.get("/published/{authority}", openapi_extra=NO_KEY)
async def published_reports(request: Request, response: Response, authority: Authority) -> PublishedReports:
    """Everything that an authority has published. Needs no key."""
    found = await _listed(request, authority)
    if not found:
        raise _unknown([])
    response.headers["Cache-Control"] = CACHED
    return PublishedReports(publications=[PublishedReport.of(one) for one in found])


_SERVED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Exactly the bytes that were published, in one of the formats."},
    304: {"description": "The caller has them: its If-None-Match names their entity tag."},
    503: {"description": "What is kept is not what was published, or the database does not answer."},
}


@public.get("/published/{authority}/{year}", response_class=Response, responses=_SERVED, openapi_extra=NO_KEY)
@public.head("/published/{authority}/{year}", include_in_schema=False)
async def latest_published(
    request: Request, authority: Authority, year: Year, question: Annotated[Latest, Query()]
) -> Response:
    """The last report published of a year, procedure and period. Needs no key."""
    period, named = question.spans(year)
    series = Series(question.procedure, period.start, period.end)
    engine: Engine = request.app.state.engine
    async with engine.connect() as connection:
        found = await publications.latest(connection, authority, named.key, series)
    if found is None:
        raise _unknown(await _listed(request, authority, named.key))
    return await _served(request, found, question.format)


@public.get(
    "/published/{authority}/{year}/{number}",
    response_class=Response,
    responses=_SERVED,
    openapi_extra=NO_KEY,
)
@public.head("/published/{authority}/{year}/{number}", include_in_schema=False)
async def published_report(
    request: Request,
    authority: Authority,
    year: Year,
    number: Number,
    format: Annotated[str | None, Query(description="Goes before the Accept header.")] = None,  # noqa: A002
) -> Response:
    """A report exactly as it was published. Needs no key."""
    return await _served(request, await _numbered(request, authority, year, number), format)


@public.get(
    "/published/{authority}/{year}/{number}/restatement",
    response_model=PublicRestatement,
    openapi_extra=NO_KEY,
)
async def published_restatement(
    request: Request, authority: Authority, year: Year, number: Number
) -> Response:
    """The published cells that are other ones now, as far as the public may know them. Needs no key."""
    publication = await _numbered(request, authority, year, number)
    found = await _restatements(request).of(publication)
    return JSONResponse(restatement_document.public(found), headers={"Cache-Control": CACHED})


async def _served(request: Request, publication: Publication, named: str | None) -> Response:
    """A format of a publication; the caller's own copy is enough if it is the same."""
    media_types = _media_types(publication.formats)
    chosen = format_accepted(named, request.headers.get("accept"), media_types)
    kept, content = await content_of(request.app.state.engine, publication, chosen)
    headers = {**_HEADERS, **_about(publication, kept)}
    restated = await _restatements(request).soon(publication, _PATIENCE_SECONDS)
    headers["Link"] = ", ".join(_links(publication, restated))
    if _has_it(request.headers.get("if-none-match"), kept.sha256):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kept.media_type)


def _media_types(formats: Iterable[Kept]) -> dict[str, str]:
    """The formats by what an Accept header may ask for; a web page is for whoever does not mind."""
    there = {kept.format: kept.media_type.split(";")[0] for kept in formats}
    page = "html" if "html" in there else "json"
    ranges = {"*/*": page, "application/*": "json", **({"text/*": "html"} if page == "html" else {})}
    return {**{media_type: name for name, media_type in there.items()}, **ranges}


def _about(publication: Publication, kept: Kept) -> dict[str, str]:
    """What a cache and a careful reader want to know of a format."""
    digest = base64.b64encode(bytes.fromhex(kept.sha256)).decode()
    about = {
        "ETag": f'"{kept.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Last-Modified": format_datetime(publication.published_at.astimezone(UTC), usegmt=True),
        "Content-Location": f"{address_of(publication)}?format={kept.format}",
    }
    if kept.format not in ("json", "html"):
        name = f"{publication.authority}_{publication.year}_{publication.number}.{kept.extension}"
        about["Content-Disposition"] = f'attachment; filename="{name}"'
    return about


def _links(publication: Publication, restatement: Restatement | None) -> list[str]:
    """Where the publication stays, and where its restatement is, if there is one."""
    url = address_of(publication)
    links = [f'<{url}>; rel="bookmark"']
    if restatement and restatement.restated:
        cells = len(restatement.shown(public=True))
        said = f"restated since: {cells} {'cell' if cells == 1 else 'cells'}"
        links.append(f'<{url}/restatement>; rel="restatement"; title="{said}"')
    return links


def _has_it(if_none_match: str | None, sha256: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or f'"{sha256}"' in tags


async def _listed(request: Request, authority: str, year: str | None = None) -> list[Publication]:
    engine: Engine = request.app.state.engine
    async with engine.connect() as connection:
        return await publications.listed(connection, authority, year)


async def _numbered(request: Request, authority: str, year: str, number: int) -> Publication:
    """The publication of that number. Raises `Problem` (404) saying which there are."""
    named = year_asked(year).key
    found = await _listed(request, authority, named)
    numbered = next((one for one in found if one.number == number), None)
    if numbered is None:
        raise _unknown(found)
    return numbered


def _unknown(there: Sequence[Publication]) -> Problem:
    """The problem of a publication there is not: the same for an authority that there is not."""
    listed = "; ".join(f"{one.number}: {one.title} ({one.procedure})" for one in there)
    return Problem("unknown-publication", f"Published is: {listed}." if there else "Nothing is published.")


def _own(publication: Publication) -> OwnPublication:
    return OwnPublication.of(publication, published_by=publication.published_by)


def _restatements(request: Request) -> Restatements:
    found: Restatements = request.app.state.restatements
    return found


def _named(key: str | None, year: str, body: PublicationOrder) -> Named | None:
    """What `Idempotency-Key` makes of the request."""
    if key is None:
        return None
    asked = json.dumps([year, body.model_dump(mode="json", by_alias=True)], sort_keys=True)
    return Named(key, hashlib.sha256(asked.encode()).hexdigest())
