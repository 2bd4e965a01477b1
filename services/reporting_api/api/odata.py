"""`/odata/{authority}/`: views and report tables, read-only, for Excel, Power BI and other readers of OData.

Errors are in OData's own shape, because that is what those programs show to their users; `code` is the last
part of the type of the problem that the rest of the service would answer with.
"""

import json
import re
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import Day, Instant
from reporting_api.api.odata_filter import FilterError, condition_of, order_of
from reporting_api.api.odata_metadata import metadata
from reporting_api.api.question import year_asked
from reporting_api.database.selection import Condition, Selection, count, select
from reporting_api.database.views import KEYS, Rows, published
from reporting_api.odata_sets import MOST_YEARS, PREFIX, YEARS, Years, described, table_set
from reporting_api.security import reader
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.view import Seen, facts_seen
from service_conventions.problems import KINDS, Breach, Problem

PAGE: Final = 5000
"""Rows in one answer; a client may ask for fewer by `Prefer: odata.maxpagesize`."""

_FURTHEST: Final = 10_000_000
_VERSION: Final = {"OData-Version": "4.0"}
_JSON: Final = "application/json;odata.metadata=minimal;odata.streaming=false;IEEE754Compatible=false"
_PAGE_WISH: Final = re.compile(r"(?:odata\.)?maxpagesize=(\d{1,9})", re.ASCII | re.IGNORECASE)
_NAMES: Final = (*KEYS, *(f"{PREFIX}{name}" for name in CATALOGUE))

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _ODataRoute(APIRoute):
    """A route whose problems are told as OData errors."""

    def get_route_handler(self) -> Handler:
        """The handler, with what it raises turned into an answer."""
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await original(request)
            except Problem as problem:
                return _error(problem)
            except RequestValidationError as error:
                return _error(_refused(error.errors()))

        return handle


router: Final = APIRouter(tags=["odata"], prefix="/odata/{authority}", route_class=_ODataRoute)

Authority = Annotated[str, Path(max_length=64)]
EntitySet = Annotated[str, Path(max_length=128, description="A set that the service document lists.")]
Small = Annotated[int, Field(ge=0, le=_FURTHEST)]


class Filtered(BaseModel):
    """Which rows are asked for. The last five are about report tables; the views know only the present."""

    model_config = ConfigDict(extra="forbid")

    filter: str | None = Field(None, alias="$filter", description="eq ne gt ge lt le, and or not, contains …")
    procedure: Literal[Procedure, "all"] = DEFAULT_PROCEDURE
    year: str | None = Field(None, description="The last reporting year, like 2022-23; default today's.")
    years: Annotated[int, Field(ge=1, le=MOST_YEARS, description="How many reporting years.")] = YEARS
    as_of: Day | None = Field(None, description="Leaves out what happened after this day; default today.")
    known_at: Instant | None = Field(None, description="Leaves out what was recorded later; default now.")

    def of_tables(self) -> Years:
        """What is asked of report tables. Raises `Problem` for a year there is not."""
        last = year_asked(self.year) if self.year is not None else None
        return Years(last, self.years, self.procedure, self.as_of)


class Asked(Filtered):
    """What an entity set can be asked."""

    select: str | None = Field(None, alias="$select", description="The columns, with commas between.")
    orderby: str | None = Field(None, alias="$orderby", description="Columns, each with asc or desc.")
    top: Small | None = Field(None, alias="$top")
    skip: Small = Field(0, alias="$skip")
    skiptoken: Small = Field(0, alias="$skiptoken", description="Part of @odata.nextLink; nobody else's.")
    count: bool = Field(default=False, alias="$count")
    format: str | None = Field(None, alias="$format", description="json")


@router.get("", response_class=Response, dependencies=[Depends(reader)], include_in_schema=False)
@router.get("/", response_class=Response, dependencies=[Depends(reader)])
async def service_document(request: Request, authority: Authority) -> Response:
    """The entity sets: the published views, and every report table."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in _NAMES]
    return _json({"@odata.context": f"{_root(request, authority)}/$metadata", "value": sets})


@router.get("/$metadata", response_class=Response, dependencies=[Depends(reader)])
async def metadata_document(request: Request, authority: Authority) -> Response:
    """The columns of every entity set with their types and meanings, as CSDL."""
    async with facts_seen(request.app.state.engine, authority, None, None) as seen:
        views = await published(seen.connection, authority)
    document = metadata([*views.values(), *described().values()])
    return Response(document, headers=_VERSION, media_type="application/xml")


@router.get("/{entity_set}", response_class=Response, dependencies=[Depends(reader)])
async def rows_of_a_set(
    request: Request, authority: Authority, entity_set: EntitySet, asked: Annotated[Asked, Query()]
) -> Response:
    """Rows of an entity set, a page at a time."""
    _format(asked.format)
    async with facts_seen(request.app.state.engine, authority, asked.as_of, asked.known_at) as seen:
        rows = await _rows(seen, authority, entity_set, asked)
        wanted, columns = _selection(rows, asked, _page(request)), _columns(rows, asked.select)
        found = await select(seen.connection, rows, wanted)
        total = await count(seen.connection, rows, wanted.condition) if asked.count else None
    document = _page_shown(request, (authority, entity_set), asked, columns, found)
    return _json(document if total is None else {"@odata.count": total, **document})


@router.get("/{entity_set}/$count", response_class=Response, dependencies=[Depends(reader)])
async def count_of_a_set(
    request: Request, authority: Authority, entity_set: EntitySet, asked: Annotated[Filtered, Query()]
) -> Response:
    """How many rows of an entity set meet the filter, as plain text."""
    async with facts_seen(request.app.state.engine, authority, asked.as_of, asked.known_at) as seen:
        rows = await _rows(seen, authority, entity_set, asked)
        number = await count(seen.connection, rows, _condition(rows, asked.filter))
    return Response(str(number), headers=_VERSION, media_type="text/plain")


async def _rows(seen: Seen, authority: str, name: str, asked: Filtered) -> Rows:
    if name in KEYS:
        if about := asked.model_fields_set & {"procedure", "year", "years", "as_of", "known_at"}:
            raise _wrong(min(about), f"is for the sets that begin with {PREFIX}; use $filter here")
        return (await published(seen.connection, authority))[name]
    table = CATALOGUE.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    if table is None:
        raise Problem("unknown-table", f"The entity sets are: {', '.join(_NAMES)}.")
    return await table_set(seen, authority, table, asked.of_tables())


def _selection(rows: Rows, asked: Asked, page: int) -> Selection:
    """A page of the rows asked for, and one more row, which tells whether there is another page."""
    left = None if asked.top is None else max(asked.top - asked.skiptoken, 0)
    return Selection(
        tuple(dict.fromkeys((*_columns(rows, asked.select), *rows.key))),
        _condition(rows, asked.filter),
        _order(rows, asked.orderby),
        min(asked.skip + asked.skiptoken, _FURTHEST),
        page + 1 if left is None or left > page else left,
    )


def _condition(rows: Rows, text: str | None) -> Condition | None:
    try:
        return None if text is None else condition_of(text, rows.kinds)
    except FilterError as error:
        raise _wrong("$filter", str(error)) from None


def _order(rows: Rows, text: str | None) -> tuple[tuple[str, bool], ...]:
    try:
        return () if text is None else order_of(text, rows.kinds)
    except FilterError as error:
        raise _wrong("$orderby", str(error)) from None


def _columns(rows: Rows, text: str | None) -> tuple[str, ...]:
    names = [name.strip() for name in (text or "*").split(",")]
    if names == ["*"]:
        return tuple(rows.kinds)
    if not set(names) <= rows.kinds.keys():
        raise _wrong("$select", f"the columns are: {', '.join(rows.kinds)}")
    return tuple(dict.fromkeys(names))


def _format(named: str | None) -> None:
    if named is not None and named.split(";")[0].strip().lower() not in ("json", "application/json"):
        raise _wrong("$format", "must be json")


def _page(request: Request) -> int:
    wish = _PAGE_WISH.search(request.headers.get("prefer", ""))
    return min(max(int(wish[1]), 1), PAGE) if wish else PAGE


def _page_shown(
    request: Request,
    place: tuple[str, str],
    asked: Asked,
    columns: Sequence[str],
    found: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    page, root = _page(request), _root(request, place[0])
    chosen = "" if asked.select is None else f"({','.join(columns)})"
    document: dict[str, Any] = {
        "@odata.context": f"{root}/$metadata#{place[1]}{chosen}",
        "value": [{key: row[key] for key in columns} for row in found[:page]],
    }
    if len(found) > page:
        document["@odata.nextLink"] = f"{root}/{place[1]}?{_next(request, asked.skiptoken + page)}"
    return document


def _next(request: Request, reached: int) -> str:
    return urlencode({**request.query_params, "$skiptoken": str(reached)})


def _root(request: Request, authority: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/odata/{authority}"


def _wrong(field: str, why: str) -> Problem:
    return Problem("refused", f"{field} {why}.", [Breach(field, "odata", why)])


def _refused(errors: Sequence[Any]) -> Problem:
    found = [Breach(str(one["loc"][-1]), one["type"], one["msg"]) for one in errors]
    known = ", ".join(field.alias or name for name, field in Asked.model_fields.items())
    said = " ".join(f"{one.field}: {one.message}." for one in found)
    return Problem("refused", f"{said} The options are: {known}.", found)


def _json(document: dict[str, Any]) -> Response:
    body = json.dumps(document, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body.encode(), headers={**_VERSION, "Content-Type": f"{_JSON};charset=utf-8"})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def _error(problem: Problem) -> Response:
    status = KINDS[problem.name].status
    details = [{"code": one.rule, "target": one.field, "message": one.message} for one in problem.errors]
    error = {"code": problem.name, "message": problem.detail, "details": details}
    headers = {**problem.headers, **_VERSION, "Content-Type": "application/json;charset=utf-8"}
    if "WWW-Authenticate" in headers:
        headers["WWW-Authenticate"] = 'Basic realm="reporting", Bearer'
    return Response(json.dumps({"error": error}).encode(), status, headers)
