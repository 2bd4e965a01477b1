"""For an auditor: every event of a complaint, in the order in which it was recorded."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from complaints_api.api.bodies import answered, problems
from complaints_api.api.request import CASEWORK, READING, JsonResponse, of_authority, recording
from complaints_api.domain.replay import Step, replay
from complaints_api.revealing import with_references
from complaints_api.store.log_rows import LoggedEvent
from complaints_api.store.personal_data import kept_digests
from service_conventions.callers import SECURITY

router: Final = APIRouter(tags=["history"])

_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


@router.get(
    "/v1/complaints/{id}/history",
    operation_id="read_history",
    summary="Every event, in the order in which it was recorded",
    response_model=None,
    responses={
        **answered("The history"),
        **problems(401, 403, 404, 503),
    },
    openapi_extra={"security": SECURITY, "x-roles": sorted(READING), "parameters": [_ID]},
)
async def read_history(request: Request) -> Response:
    """When it happened (`on`), when it was recorded, by whom, and what it said.

    Sealed texts are opened for those who do the casework; others see which fields are sealed.
    """
    caller, authority = await of_authority(request, READING)
    desk = recording(request)
    stream = await desk.load(authority, "complaint", request.path_params["id"])
    opened: dict[int, dict[str, str]] = {}
    if caller.role in CASEWORK:
        opened = await desk.vault.open_texts(authority, stream.stream)
    told = replay(stream.history, await desk.profiles(authority))
    events = [_shown(row, step, opened) for row, step in zip(stream.logged, told, strict=True)]
    document: dict[str, Any] = {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        "events": events,
    }
    if caller.role in CASEWORK:
        document = await with_references(desk.vault, authority, document)
    return JsonResponse(document, headers={"ETag": f'"{stream.version}"'})


def _shown(row: LoggedEvent, step: Step, opened: dict[int, dict[str, str]]) -> dict[str, Any]:
    texts = opened.get(row.originator_version)
    sealed = sorted(kept_digests(row.sealed))
    return {
        "version": row.originator_version,
        "position": row.id,
        "event": row.topic,
        "on": row.effective_on,
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "data": step.recorded.event.data(),
        "changed": [{"what": one.what, "before": one.before, "after": one.after} for one in step.changes],
        **({"texts": texts} if texts else {}),
        **({"sealed": sealed} if sealed and not texts else {}),
    }
