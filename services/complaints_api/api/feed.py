"""For the reporting service and whoever follows: the authority's events in commit order, nothing sealed."""

import asyncio
from time import monotonic
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.responses import Response

from complaint_events.scalars import printable
from complaints_api.api.bodies import answered, problems
from complaints_api.api.request import (
    FEED,
    SERVICE,
    JsonResponse,
    admitted,
    json_object,
    recording,
    whole_number,
)
from complaints_api.store.log_rows import LoggedEvent
from service_conventions.callers import SECURITY, RememberedKeys
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["feed"])

MEDIA_TYPE: Final = "application/cloudevents-batch+json"
MOST_EVENTS: Final = 1000
LONGEST_WAIT: Final = 30
_LAST_POSITION: Final = 2**63 - 1
_LOOK_AGAIN: Final = 0.1


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


_PARAMETERS: Final = [
    _query("after", "events beyond this position", {"type": "integer", "minimum": 0, "default": 0}),
    _query("limit", "at most so many", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    _query("wait", "seconds to wait for one", {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT}),
    _query("authority", "whose events; with a service key only", {"type": "string"}),
]


@router.get(
    "/v1/events",
    operation_id="read_feed",
    summary="Events after a position, in commit order, pseudonymised",
    response_model=None,
    responses={
        200: {
            "description": "A CloudEvents batch, empty beyond the end; `Feed-Head` says how far",
            "content": {MEDIA_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}},
        },
        **problems(401, 403, 404, 422, 503),
    },
    openapi_extra={"security": SECURITY, "x-roles": sorted(FEED), "parameters": _PARAMETERS},
)
async def read_feed(request: Request) -> Response:
    """Answer at once when there are events; else wait up to `wait` seconds for one."""
    authority = await _authority(request)
    after = whole_number(request, "after", 0, 0, _LAST_POSITION)
    limit = whole_number(request, "limit", 100, 1, MOST_EVENTS)
    until = monotonic() + whole_number(request, "wait", 0, 0, LONGEST_WAIT)
    store = recording(request).store
    while (head := await store.head(authority)) is not None:
        if head > after or monotonic() >= until:
            page = await store.page(authority, after, limit) if head > after else []
            return _batch(authority, page, head, after, limit)
        await asyncio.sleep(_LOOK_AGAIN)
    raise Problem("unknown-authority", "No such authority, or not this key's.")


async def _authority(request: Request) -> str:
    caller = await admitted(request, FEED)
    asked = request.query_params.get("authority", caller.authority)
    known = caller.authority in (None, asked)
    if asked is None or not known or not printable(asked):
        raise Problem("unknown-authority", "No such authority, or not this key's.")
    return asked


def _batch(authority: str, page: list[LoggedEvent], head: int, after: int, limit: int) -> Response:
    last = page[-1].id if page else after
    headers = {
        "Feed-Head": str(head),
        "Link": f'</v1/events?authority={authority}&after={last}&limit={limit}>; rel="next"',
    }
    body = b"[" + b",".join(_cloud_event(authority, row) for row in page) + b"]"
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _cloud_event(authority: str, row: LoggedEvent) -> bytes:
    """One CloudEvents 1.0 event; its data are the very bytes of the log, in which nothing is sealed."""
    head = {
        "specversion": "1.0",
        "id": f"{authority}:{row.id}",
        "source": f"/v1/authorities/{authority}",
        "type": row.topic,
        "subject": row.reference,
        "time": row.recorded_at,
        "datacontenttype": "application/json",
        "kind": row.kind,
        "stream": row.stream,
        "streamversion": row.originator_version,
        "position": row.id,
        "schemaversion": row.schema_version,
        "effectiveon": row.effective_on,
    }
    return to_json(head)[:-1] + b',"data":' + row.state + b"}"


@router.get(
    "/v1/authorities",
    operation_id="list_authorities",
    summary="Every authority and how far its log reaches",
    response_model=None,
    responses={
        **answered("Authorities"),
        **problems(401, 403, 503),
    },
    openapi_extra={"security": SECURITY, "x-roles": sorted(SERVICE)},
)
async def list_authorities(request: Request) -> Response:
    """Answer with `{"authorities": [{"authority", "position"}]}`."""
    await admitted(request, SERVICE)
    heads = await recording(request).store.heads()
    return JsonResponse(
        {"authorities": [{"authority": code, "position": reached} for code, reached in heads.items()]}
    )


@router.post(
    "/v1/keys/check",
    operation_id="check_key",
    summary="Whose key this is",
    response_model=None,
    responses={
        **answered("The caller"),
        **problems(400, 401, 403, 404, 408, 413, 415, 422, 503),
    },
    openapi_extra={
        "security": SECURITY,
        "x-roles": sorted(SERVICE),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["key"],
                        "properties": {"key": {"type": "string"}},
                        "additionalProperties": False,
                    }
                }
            },
        },
    },
)
async def check_key(request: Request) -> Response:
    """Answer with authority, role, name and teams of a key; 404 for a key nobody has."""
    await admitted(request, SERVICE)
    keys: RememberedKeys = request.app.state.keys
    key = (await json_object(request)).get("key")
    caller = await keys.check(key) if isinstance(key, str) else None
    if caller is None:
        raise Problem("not-found", "No such key, or no longer.")
    return JsonResponse(
        {
            "authority": caller.authority,
            "role": caller.role,
            "name": caller.name,
            "teams": list(caller.teams),
        }
    )
