"""What comes beside a complaint, or instead of one: praise, informal views, requests for a service, figures.

Each kind is a row: its path and the event that records it. The row gives the routes to record one, to read it
back and to correct it, with their entries in the API's description.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import Response

from complaint_events.event_model import Event
from complaint_events.events import (
    ComplimentRecorded,
    CorrectionRecorded,
    InformalFeedbackRecorded,
    ServiceRequestRecorded,
    ServiceUsersRecorded,
)
from complaints_api.api.bodies import answered, command, problems
from complaints_api.api.casework import AS_OF
from complaints_api.api.complaint_schema import RECORD
from complaints_api.api.intake import new_reference, own_reference, reference_of, unless_taken
from complaints_api.api.presenting import reading_for
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
from complaints_api.api.what_followed import Listed, Reading, listed
from complaints_api.recording import Command, Loaded, NotFoundError
from service_conventions.callers import SECURITY
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["beside complaints"])

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


class Kind(NamedTuple):
    """A kind of record that is no complaint: where it is found, what one is called, and its one event."""

    path: str
    one: str
    model: type[Event]

    @property
    def event(self) -> str:
        """The event's name."""
        return str(self.model.model_fields["event"].default)

    @property
    def stream(self) -> str:
        """The kind of stream, as in the history format."""
        return self.model.kind


KINDS: Final[tuple[Kind, ...]] = (
    Kind("compliments", "compliment", ComplimentRecorded),
    Kind("feedback", "feedback", InformalFeedbackRecorded),
    Kind("service-requests", "service_request", ServiceRequestRecorded),
    Kind("service-users", "service_users", ServiceUsersRecorded),
)
"""Every kind, in the order of the API's description."""


def _record(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        """Record one and give it a reference, or the council's own where it is sent."""
        caller, authority = await of_authority(request, CASEWORK)
        data = await json_object(request)
        once = await idempotent_key(request, caller, authority, data.pop("submission_reference", None))
        reference = own_reference(data.pop("reference", None)) or new_reference(authority)
        made = Command(kind.event, data, caller.name, once=once)
        desk = recording(request)
        with unless_taken():
            appended = await desk.begin(authority, kind.stream, reference, made)
        told = await reference_of(desk, authority, appended, reference)
        return answer_of(appended, told, once, 201, kind.path)

    return handle


def _correct(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        """Record that an earlier statement was not so; it stays in the record."""
        caller, authority = await of_authority(request, CASEWORK)
        data = await json_object(request)
        once = await idempotent_key(request, caller, authority)
        made = Command("correction_recorded", data, caller.name, seen_version(request), once)
        desk = recording(request)
        try:
            appended = await desk.record(authority, kind.stream, request.path_params["id"], made)
        except NotFoundError:
            raise _nothing(kind) from None
        references = await desk.store.references(authority, [appended.stream])
        return answer_of(appended, references[appended.stream], once, 200, kind.path)

    return handle


def _read_back(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        """Answer with what was recorded, as corrected; `as_of` and `known_at` as for a complaint."""
        caller, authority = await of_authority(request, READING)
        as_of, known_at = times(request)
        desk = recording(request)
        try:
            stream = await desk.load(authority, kind.stream, request.path_params["id"])
        except NotFoundError:
            raise _nothing(kind) from None
        reading = await reading_for(desk, authority, stream, caller, as_of, known_at)
        return JsonResponse(_document(kind, stream, reading), headers={"ETag": f'"{stream.version}"'})

    return handle


def _document(kind: Kind, stream: Loaded, reading: Reading) -> Json:
    """The record; `recorded` is null where it was taken back, or was not known yet."""
    told = listed(reading, reading.story, Listed(kind.one, "", (kind.model,), witnessed=True))
    return {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        "event": kind.event,
        "recorded": told[-1] if told else None,
    }


def _nothing(kind: Kind) -> Problem:
    return Problem("not-found", f"No {kind.one.replace('_', ' ')} of that id or reference here.")


_ID: Final[Json] = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "the service's id of the record, or the authority's own reference",
}


def _add(kind: Kind) -> None:
    summary = (kind.model.__doc__ or kind.one).strip().split("\n")[0]
    router.add_api_route(
        f"/v1/{kind.path}",
        _record(kind),
        methods=["POST"],
        **command(kind.model, f"record_{kind.one}", summary, CASEWORK),
    )
    corrects = command(
        CorrectionRecorded,
        f"correct_{kind.one}",
        "Something in the record was not so",
        CASEWORK,
        status=200,
    )
    corrects["openapi_extra"]["parameters"] = [_ID, *corrects["openapi_extra"]["parameters"]]
    router.add_api_route(
        f"/v1/{kind.path}/{{id}}/correction_recorded", _correct(kind), methods=["POST"], **corrects
    )
    router.add_api_route(
        f"/v1/{kind.path}/{{id}}",
        _read_back(kind),
        methods=["GET"],
        operation_id=f"read_{kind.one}",
        summary="What was recorded, as corrected",
        response_model=None,
        responses={**answered("The record", RECORD), **problems(401, 403, 404, 422, 503)},
        openapi_extra={"security": SECURITY, "x-roles": sorted(READING), "parameters": [_ID, *AS_OF]},
    )


for _kind in KINDS:
    _add(_kind)

__all__ = ["KINDS", "router"]
