"""For an officer's day: what is due, soon due, overdue, and waiting on whom, in pages and in numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days
from complaint_events.profile import ProfileApplied, in_force
from complaints_api.api.bodies import SCHEMAS, nullable, problems
from complaints_api.api.request import READING, JsonResponse, of_authority, recording
from complaints_api.api.worklist_asked import WorklistFilters, WorklistPage, cursor, parameters
from complaints_api.domain.due import DUES, NO_DAY, Due, Span, due, spans, working_days_left
from complaints_api.domain.obligations import WORDS, Party
from complaints_api.domain.standing import Owed
from complaints_api.recording import Recording
from complaints_api.store.worklist_reading import COUNTED_BY, Count, counts, page, place_of
from complaints_api.worklist import AsOf, Worklist
from service_conventions.callers import SECURITY

router: Final = APIRouter(tags=["worklist"])

Json = dict[str, Any]


def _answer(description: str, properties: Json) -> Json:
    return {
        "type": "object",
        "description": description,
        "required": sorted(properties),
        "properties": properties,
    }


_DATE: Final = {"type": "string", "format": "date"}
_NO_DATE: Final = nullable("string", format="date")
_ITEM: Final[Json] = {
    "id": {"type": "string", "format": "uuid", "description": "the complaint"},
    "reference": {"type": "string", "description": "the council's own reference of it"},
    "version": {"type": "integer", "minimum": 1},
    "obligation": {"type": "string", "enum": sorted(WORDS)},
    "words": {"type": "string", "description": "what is to be done, in plain words"},
    "stage": nullable("integer", description="the stage that it belongs to"),
    "about": nullable("string", description="the remedy, learning point, offer or Ombudsman reference"),
    "waiting_on": {"type": "string", "enum": list(get_args(Party))},
    "waiting_for": nullable("string", description="why the clock stands still"),
    "starts_on": {**_DATE, "description": "day 0"},
    "rule": {"type": "string", "description": "what sets the time, with its source"},
    "due_on": nullable("string", format="date", description="null: no time limit, or the clock stands still"),
    "target_on": _NO_DATE,
    "maximum_on": nullable(
        "string", format="date", description="of what the complainant may do: the last day"
    ),
    "extended_to": _NO_DATE,
    "working_days_left": nullable("integer", description="0 on the day and past it"),
    "due": {"type": "string", "enum": list(DUES)},
    "urgent": {"type": "boolean", "description": "a child may be at risk: before everything else"},
    "team": nullable("string"),
    "officer": nullable("string"),
    "procedure": nullable("string"),
    "write_with_care": {
        "type": "boolean",
        "description": "the person has said how to write to them safely, or needs adjustments: read it first",
    },
}
_SEEN: Final[Json] = {
    "judged_on": {**_DATE, "description": "today in London"},
    "as_of_position": {"type": "integer", "description": "up to where in the log the worklist is made"},
    "behind": {
        "type": "integer",
        "description": "events recorded since, which an import can leave for a moment",
    },
}
_BY_DUE: Final[Json] = {
    "total": {"type": "integer"},
    **{word: {"type": "integer"} for word in DUES},
}
SCHEMAS["Worklist"] = _answer(
    "What is owed: urgent first, then by day, what has no day last.",
    {
        "items": {"type": "array", "items": _answer("One thing owed on a complaint.", _ITEM)},
        "next": nullable("string", description="`cursor` of the next page; null on the last one"),
        **_SEEN,
    },
)
SCHEMAS["WorklistCounts"] = _answer(
    "How many things are owed, in all and by each thing, each with how near their day is.",
    {
        **_BY_DUE,
        **{
            f"by_{name}": {
                "type": "array",
                "items": _answer(
                    f"One {name}; null: those that have none.",
                    {name: nullable("integer" if name == "stage" else "string"), **_BY_DUE},
                ),
            }
            for name in COUNTED_BY
        },
        **_SEEN,
    },
)


def _described(operation: str, schema: str, query: type[WorklistFilters], *, linked: bool) -> Json:
    """The keywords of a route."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    link = {"Link": {"schema": {"type": "string"}, "description": 'the next page, `rel="next"`'}}
    return {
        "operation_id": operation,
        "response_model": None,
        "responses": {
            200: {
                "description": SCHEMAS[schema]["description"],
                "content": content,
                **({"headers": link} if linked else {}),
            },
            **problems(401, 403, 422, 503),
        },
        "openapi_extra": {
            "security": SECURITY,
            "x-roles": sorted(READING),
            "parameters": parameters(query),
        },
    }


@router.get(
    "/v1/worklist",
    summary="What is owed on every complaint, the most pressing first",
    **_described("read_worklist", "Worklist", WorklistPage, linked=True),
)
async def read_worklist(request: Request) -> Response:
    """Every command that was answered before the request is in the answer, unless `behind` says otherwise.

    Page on with `next` as the `cursor`, or by the `Link`. What changes meanwhile moves in the list: a row may
    then be met twice or not at all, so begin again where it matters.
    """
    _caller, authority = await of_authority(request, READING)
    asked = WorklistPage.of(request.query_params)
    desk, as_of = recording(request), await _caught_up(request, authority)
    seen = spans(desk.today, asked.soon_within)
    rows = await page(desk.store.engine, authority, asked.wanted(seen), asked.cursor, asked.limit + 1)
    shown = rows[: asked.limit]
    items = await _items(desk, authority, shown, seen)
    following = cursor(place_of(shown[-1])) if len(rows) > len(shown) else None
    link = {"Link": _link(request, following)} if following else {}
    return JsonResponse({"items": items, "next": following, **_seen(desk, as_of)}, headers=link)


@router.get(
    "/v1/worklist/counts",
    summary="How many things are owed, by obligation, team, officer, stage and whom they wait on",
    **_described("count_worklist", "WorklistCounts", WorklistFilters, linked=False),
)
async def count_worklist(request: Request) -> Response:
    """The numbers of the worklist with the same filters, each with how near the day is."""
    _caller, authority = await of_authority(request, READING)
    asked = WorklistFilters.of(request.query_params)
    desk, as_of = recording(request), await _caught_up(request, authority)
    seen = spans(desk.today, asked.soon_within)
    found = await counts(desk.store.engine, authority, asked.wanted(seen), seen)
    broken_down = {f"by_{name}": _broken_down(name, found) for name in COUNTED_BY}
    return JsonResponse({**_by_due(None, found).get(None, _NONE), **broken_down, **_seen(desk, as_of)})


async def _caught_up(request: Request, authority: str) -> AsOf:
    worklist: Worklist = request.app.state.worklist
    return await worklist.caught_up(authority)


def _seen(desk: Recording, as_of: AsOf) -> Json:
    return {"judged_on": desk.today, "as_of_position": as_of.position, "behind": as_of.behind}


async def _items(
    desk: Recording, authority: str, rows: Sequence[Owed], seen: Mapping[Due, Span]
) -> list[Json]:
    profiles = await desk.profiles(authority)
    return [_item(row, seen, _closed(row, profiles)) for row in rows]


def _closed(row: Owed, profiles: Sequence[ProfileApplied]) -> frozenset[date]:
    """The council's closure days, where they count for that complaint."""
    procedure: Any = row.procedure or DEFAULT_PROCEDURE
    return closure_days(procedure, in_force(profiles, row.received_on) if row.received_on else None)


def _item(owed: Owed, seen: Mapping[Due, Span], closed: frozenset[date]) -> Json:
    shown = {name: value for name, value in owed._asdict().items() if name in _ITEM}
    return {
        "id": owed.stream,
        **shown,
        "words": WORDS.get(owed.obligation, owed.obligation),
        "due_on": None if owed.falls_on == NO_DAY else owed.falls_on,
        "working_days_left": working_days_left(seen["today"].first, owed.falls_on, closed),
        "due": due(owed.falls_on, seen),
    }


def _link(request: Request, following: str) -> str:
    query = urlencode({**request.query_params, "cursor": following})
    return f'<{request.url.path}?{query}>; rel="next"'


_NONE: Final = dict.fromkeys(("total", *DUES), 0)


def _by_due(by: str | None, found: Sequence[Count]) -> dict[Any, dict[str, int]]:
    """Numbers by value and by how near the day is, with their total."""
    numbers: dict[Any, dict[str, int]] = {}
    for one in found:
        if one.by == by:
            row = numbers.setdefault(one.value, dict(_NONE))
            row[one.due] += one.rows
            row["total"] += one.rows
    return numbers


def _broken_down(name: str, found: Sequence[Count]) -> list[Json]:
    """One row for each value, in their order; without a value last."""
    numbers = _by_due(name, found)
    return [
        {name: value, **numbers[value]} for value in sorted(numbers, key=lambda one: (one is None, one or 0))
    ]
