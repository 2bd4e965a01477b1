"""For whoever fills in forms: the authority's own teams, themes and other lists, as of a day."""

from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from complaint_events.event_model import Strictly
from complaint_events.profile import Profile, in_force
from complaint_events.scalars import Day
from complaints_api.api.bodies import SCHEMAS, answered, problems
from complaints_api.api.request import INTAKE, READING, JsonResponse, invalid, of_authority, recording
from complaints_api.drafting import field_errors
from service_conventions.callers import SECURITY
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["settings"])

READERS: Final = INTAKE | READING | {"admin"}
_REFS: Final = "#/components/schemas/{model}"

_ON: Final[dict[str, Any]] = {
    "name": "on",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "format": "date"},
    "description": "the profile in force on that day; today if absent",
}


class _Asked(Strictly):
    on: Day | None = None


def _describe() -> None:
    schema = Profile.model_json_schema(ref_template=_REFS, by_alias=True, mode="serialization")
    for name, definition in schema.pop("$defs", {}).items():
        SCHEMAS.setdefault(name, definition)
    SCHEMAS["Profile"] = schema


_describe()


@router.get(
    "/v1/profile",
    operation_id="read_profile",
    summary="The authority's teams, themes, age bands and limits",
    response_model=None,
    responses={**answered("The profile", "Profile"), **problems(401, 403, 404, 422, 503)},
    openapi_extra={"security": SECURITY, "x-roles": sorted(READERS), "parameters": [_ON]},
)
async def read_profile(request: Request) -> Response:
    """What a form offers and a screen shows in the place of codes, by the profile in force on a day."""
    _caller, authority = await of_authority(request, READERS)
    desk = recording(request)
    profile = in_force(await desk.profiles(authority), _day(request) or desk.today)
    if profile is None:
        raise Problem("not-found", "No profile has been applied for this authority.")
    own = profile.model_dump(mode="json", by_alias=True, include=set(Profile.model_fields))
    return JsonResponse({**own, "authority": authority})


def _day(request: Request) -> date | None:
    try:
        return _Asked.model_validate(dict(request.query_params)).on
    except ValidationError as error:
        raise invalid(field_errors(error)) from None
