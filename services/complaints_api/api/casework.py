"""For a CRM: one command for each event of a complaint, and the complaint as it stands."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from complaint_events.event_model import Event
from complaint_events.events import EVENTS, PersonalDataErased, Received
from complaints_api.api.bodies import answered, command, problems
from complaints_api.api.complaint_schema import COMPLAINT, DEADLINES
from complaints_api.api.conduct import only_rehearsed, rehearsable, rehearsal_answer, warnings_of
from complaints_api.api.presenting import complaint_document, deadlines_document
from complaints_api.api.request import (
    CASEWORK,
    READING,
    JsonResponse,
    answer_of,
    idempotent_key,
    json_object,
    of_authority,
    recording,
    seen_version,
    times,
)
from complaints_api.domain.rules import rules_of
from complaints_api.recording import Command
from service_conventions.callers import SECURITY

router: Final = APIRouter(tags=["casework"])

_BY_OTHER_WAYS: Final = (Received, PersonalDataErased)
"""Receipt creates the complaint; erasure destroys a key and is no plain command."""

COMMANDS: Final[dict[str, type[Event]]] = {
    name: model for name, model in EVENTS.items() if model.kind == "complaint" and model not in _BY_OTHER_WAYS
}
"""The commands on an existing complaint: one for each event, by its name."""


def _handler(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        caller, authority = await of_authority(request, CASEWORK)
        data = await json_object(request)
        rehearsed = only_rehearsed(request)
        once = None if rehearsed else await idempotent_key(request, caller, authority)
        made = Command(name, data, caller.name, seen_version(request), once)
        desk, complaint = recording(request), request.path_params["id"]
        if rehearsed:
            return rehearsal_answer(await desk.rehearse(authority, "complaint", complaint, made), desk.today)
        done = await desk.carry_out(authority, "complaint", complaint, made)
        warnings = warnings_of(done, desk.today)
        return answer_of(done.appended, done.reference, once, 200, warnings=warnings)

    return handle


def _add(name: str, model: type[Event]) -> None:
    summary = (model.__doc__ or name).strip().split("\n")[0]
    keywords = rehearsable(command(model, name, summary, CASEWORK, status=200), "Recorded")
    keywords["description"] = _rules_in_words(model)
    keywords["openapi_extra"]["parameters"] = [_ID, *keywords["openapi_extra"]["parameters"]]
    router.add_api_route(f"/v1/complaints/{{id}}/{name}", _handler(name), methods=["POST"], **keywords)


def _rules_in_words(model: type[Event]) -> str:
    """What may be refused, for the route's description: each rule's name, text and source."""
    rules = rules_of(model, historic=False)
    return "\n".join(f"- `{rule.name}`: {rule.says} ({rule.source})" for rule in rules)


LINKS_WAIT: Final = 0.2
"""Seconds that reading a complaint waits at most for the summaries that tell which others link to it."""

_ID: Final[dict[str, Any]] = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "the service's id of the complaint, or the authority's own reference",
}

AS_OF: Final[list[dict[str, Any]]] = [
    {
        "name": "as_of",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "format": "date"},
        "description": "as it stood on that date, with what is known now",
    },
    {
        "name": "known_at",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "format": "date-time"},
        "description": "as it was known at that instant",
    },
]

for _name, _model in COMMANDS.items():
    _add(_name, _model)


@router.get(
    "/v1/complaints/{id}",
    operation_id="read_complaint",
    summary="The complaint as it stands, with its deadlines and why they are those days",
    response_model=None,
    responses={
        **answered("The complaint", COMPLAINT),
        **problems(401, 403, 404, 422, 503),
    },
    openapi_extra={"security": SECURITY, "x-roles": sorted(READING), "parameters": [_ID, *AS_OF]},
)
async def read_complaint(request: Request) -> Response:
    """Answer with state, stages and deadlines; `as_of` and `known_at` answer for another day or instant."""
    caller, authority = await of_authority(request, READING)
    as_of, known_at = times(request)
    desk = recording(request)
    await request.app.state.worklist.nudged(authority, LINKS_WAIT)
    stream = await desk.load(authority, "complaint", request.path_params["id"])
    document = await complaint_document(desk, authority, stream, caller, as_of, known_at)
    return JsonResponse(document, headers={"ETag": f'"{stream.version}"'})


@router.get(
    "/v1/complaints/{id}/deadlines",
    operation_id="read_deadlines",
    summary="Everything owed on the complaint: by when, by which rule, and why it is that day",
    response_model=None,
    responses={**answered("The deadlines", DEADLINES), **problems(401, 403, 404, 422, 503)},
    openapi_extra={"security": SECURITY, "x-roles": sorted(READING), "parameters": [_ID, *AS_OF]},
)
async def read_deadlines(request: Request) -> Response:
    """Answer with the open obligations, the earliest due first; `as_of` and `known_at` as above."""
    _caller, authority = await of_authority(request, READING)
    as_of, known_at = times(request)
    desk = recording(request)
    stream = await desk.load(authority, "complaint", request.path_params["id"])
    found = await deadlines_document(desk, authority, stream, as_of, known_at)
    return JsonResponse(found, headers={"ETag": f'"{stream.version}"'})


__all__ = ["COMMANDS", "router"]
