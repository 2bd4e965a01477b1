"""For whoever looks for a complaint: by reference, date, team, theme, state, or by person.

What is looked for comes in the body of a POST, since a name or a telephone number must stand in no address
and no log. Nothing of it is repeated in an answer.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Final, Literal, Self, get_args
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, from_json, to_json
from starlette.responses import Response

from complaint_events import codes
from complaint_events.complaint_parts import AnyStage
from complaint_events.event_model import Strictly
from complaint_events.scalars import Code, Day, Reference
from complaints_api.api.bodies import SCHEMAS, answered, nullable, problems
from complaints_api.api.request import (
    CASEWORK,
    READING,
    JsonResponse,
    invalid,
    json_object,
    of_authority,
    recording,
)
from complaints_api.drafting import FieldError, field_errors
from complaints_api.finding import WordsError, words_asked
from complaints_api.recording import Recording
from complaints_api.store.search import Found, Place, found
from complaints_api.worklist import AsOf, Worklist
from service_conventions.callers import SECURITY, Caller
from service_conventions.problems import Breach, Problem

router: Final = APIRouter(tags=["search"])

State = Literal[
    "stage_1",
    "stage_2",
    "stage_3",
    "answered",
    "withdrawn",
    "refused",
    "settled",
    "closed",
    "referral_only",
    "not_received",
    "unreadable",
]
"""Where a complaint stands, in the words of `Complaint.state`; `unreadable`: its record cannot be read."""

_LARGEST_PAGE: Final = 200
_ABOUT_PERSONS: Final = ("person", "complainant")
_NO_CRITERIA: Final = frozenset({"limit", "cursor"})
_REFS: Final = "#/components/schemas/{model}"


def _place(value: object) -> object:
    """The place that a cursor names: where the page before it ended."""
    try:
        day, stream = from_json(urlsafe_b64decode(value)) if isinstance(value, str) else (None, None)
        return Place(None if day is None else _Day.model_validate({"on": day}).on, UUID(stream))
    except (ValueError, TypeError, AttributeError):
        raise PydanticCustomError("cursor", "must be the next of an answer") from None


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(to_json([place.received_on, place.stream])).decode()


class _Day(Strictly):
    on: Day


Cursor = Annotated[Place, BeforeValidator(_place), WithJsonSchema({"type": "string"})]
Sought = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ComplainantSought(Strictly):
    """Personal details as somebody spells them; every word of them must be known of the complaint."""

    name: Sought | None = Field(None, description="words of the name, in any order, case and accents")
    email: Sought | None = Field(None, description="the whole address")
    phone: Sought | None = Field(None, description="the whole number, with 0, +44 or 0044")
    postcode: Sought | None = Field(None, description="a whole United Kingdom postcode")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise PydanticCustomError("criterion", "must name one or more of name, email, phone, postcode")
        return self


class ComplaintSearch(Strictly):
    """What to look for: every criterion must be met; one at least must be given."""

    reference: Reference | None = Field(None, description="the council's reference or how it begins")
    received_from: Day | None = None
    received_to: Day | None = None
    team: Code | None = None
    theme: Code | None = Field(
        None, description="of a present issue; a parent theme finds its children's too"
    )
    state: State | None = None
    procedure: codes.Procedure | None = None
    stage: AnyStage | None = Field(None, description="the last stage that was opened")
    officer: Reference | None = None
    category: codes.ComplainantCategory | None = None
    person: Reference | None = Field(None, description="the council's reference of complainant or child")
    linked_to: Reference | None = Field(None, description="complaints that were linked to this reference")
    complainant: ComplainantSought | None = None
    limit: int = Field(50, ge=1, le=_LARGEST_PAGE)
    cursor: Cursor | None = Field(None, description="`next` of the page before")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(value is not None for name, value in self if name not in _NO_CRITERIA):
            raise PydanticCustomError("criterion", "must name one criterion or more")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.received_from and self.received_to and self.received_to < self.received_from:
            raise PydanticCustomError("received_to", "received_to must not be before received_from")
        return self


def _schema(model: type[Strictly]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REFS)
    SCHEMAS.update(schema.pop("$defs", {}))
    return schema


_ITEM: Final[dict[str, Any]] = {
    "id": {"type": "string", "format": "uuid"},
    "reference": {"type": "string"},
    "version": {"type": "integer", "minimum": 1},
    "state": {"type": "string", "enum": list(get_args(State))},
    "procedure": nullable("string"),
    "stage": nullable("integer"),
    "team": nullable("string"),
    "officer": nullable("string"),
    "category": nullable("string"),
    "received_on": nullable("string", format="date"),
    "themes": {"type": "array", "items": {"type": "string"}},
    "urgent": {"type": "boolean", "description": "a child may be at risk"},
    "write_with_care": {"type": "boolean", "description": "see how to write to the person first"},
}
_ANSWER: Final[dict[str, Any]] = {
    "items": {
        "type": "array",
        "items": {"type": "object", "required": sorted(_ITEM), "properties": _ITEM},
    },
    "next": nullable("string", description="`cursor` of the next page; null on the last one"),
    "as_of_position": {"type": "integer", "description": "up to where in the log summaries are made"},
    "behind": {"type": "integer", "description": "events recorded since"},
}
_BODY: Final = {"$ref": _REFS.format(model="ComplaintSearch")}
SCHEMAS["ComplaintSearch"] = _schema(ComplaintSearch)
SCHEMAS["ComplaintsFound"] = {
    "type": "object",
    "description": "The complaints found, the last received first.",
    "required": sorted(_ANSWER),
    "properties": _ANSWER,
}


@router.post(
    "/v1/complaints/search",
    operation_id="search_complaints",
    summary="Complaints by reference, date, team, theme, state or person",
    response_model=None,
    responses={
        **answered("The complaints found", "ComplaintsFound"),
        **problems(400, 401, 403, 408, 413, 415, 422, 503),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
        "security": SECURITY,
        "x-roles": sorted(READING),
    },
)
async def search_complaints(request: Request) -> Response:
    """Look for complaints that meet every criterion; page on with `next` as the `cursor`.

    `person` and `complainant` are for those who do the casework. A complaint is found by every name and
    contact ever recorded of it, also by one that was changed, corrected or taken back since; what is shown is
    how it stands now. With `behind` over 0 the newest events are not in the answer yet.
    """
    caller, authority = await of_authority(request, READING)
    asked = _asked(await json_object(request))
    _allowed(caller, asked)
    as_of = await _worklist(request).caught_up(authority)
    desk = recording(request)
    criteria = await _criteria(desk, authority, asked)
    rows = await found(desk.store.engine, authority, criteria, asked.cursor, asked.limit + 1)
    return JsonResponse(_answer(rows, asked.limit, as_of))


def _worklist(request: Request) -> Worklist:
    known: Worklist = request.app.state.worklist
    return known


def _asked(data: dict[str, Any]) -> ComplaintSearch:
    try:
        return ComplaintSearch.model_validate(data)
    except ValidationError as error:
        raise invalid([_said(one) for one in field_errors(error)]) from None


def _said(error: FieldError) -> FieldError:
    return error._replace(message="is no criterion") if error.rule == "extra_forbidden" else error


def _allowed(caller: Caller, asked: ComplaintSearch) -> None:
    if caller.role in CASEWORK:
        return
    roles = ", ".join(sorted(CASEWORK))
    breaches = [
        Breach(field, "role", f"is for: {roles}")
        for field in _ABOUT_PERSONS
        if getattr(asked, field) is not None
    ]
    if breaches:
        raise Problem("role-not-allowed", "Looking for persons is for those who do the casework.", breaches)


_TOLD_OTHERWISE: Final = frozenset({"theme", "person", "complainant", *_NO_CRITERIA})


async def _criteria(desk: Recording, authority: str, asked: ComplaintSearch) -> dict[str, Any]:
    """The criteria as the store has them: with pseudonyms, keyed words, and every theme that is meant."""
    sealer = await desk.vault.sealer(authority)
    told = {name: value for name, value in asked if value is not None and name not in _TOLD_OTHERWISE}
    if asked.theme is not None:
        told["themes"] = await _themes(desk, authority, asked.theme)
    if asked.person is not None:
        told["person"] = sealer.pseudonym(asked.person)
    if asked.complainant is not None:
        told["words"] = sealer.words(_words(asked.complainant))
    return told


def _words(sought: ComplainantSought) -> frozenset[str]:
    try:
        return words_asked(sought.model_dump(exclude_none=True))
    except WordsError as error:
        raise invalid([FieldError(f"complainant.{error.field}", "words", error.must)]) from None


async def _themes(desk: Recording, authority: str, theme: str) -> list[str]:
    """A theme and those of which any of the authority's profiles makes it the parent."""
    known = (one for profile in await desk.profiles(authority) for one in profile.themes)
    return sorted({theme, *(one.code for one in known if one.parent == theme)})


def _answer(rows: list[Found], limit: int, as_of: AsOf) -> dict[str, Any]:
    page = rows[:limit]
    return {
        "items": [_item(row) for row in page],
        "next": _cursor(page[-1].place) if len(rows) > limit else None,
        "as_of_position": as_of.position,
        "behind": as_of.behind,
    }


def _item(row: Found) -> dict[str, Any]:
    shown = row._asdict()
    return {"id": shown.pop("stream"), **shown}
