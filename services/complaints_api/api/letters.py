"""For an officer who writes: which letters there are, a letter to look at, a letter sent, letters kept."""

from collections.abc import Awaitable
from typing import Annotated, Any, Final, Self, TypeVar

from fastapi import APIRouter, Request
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from complaint_events.event_model import Strictly
from complaint_events.scalars import Day, Label, Text
from complaints_api.api.bodies import HEADERS, SCHEMAS, answered, problems
from complaints_api.api.request import (
    CASEWORK,
    READING,
    JsonResponse,
    answer_of,
    idempotent_key,
    invalid,
    json_object,
    of_authority,
    recording,
    seen_version,
)
from complaints_api.drafting import field_errors
from complaints_api.letters.catalogue import LETTERS, LetterName
from complaints_api.letters.facts import Writing
from complaints_api.letters.markdown import blocks_of
from complaints_api.letters.rendering import KINDS, Format
from complaints_api.letters.sending import RULES, BeforeSending, Correspondence, LetterRefused, Listed, Order
from complaints_api.recording import Command
from complaints_api.store.letters import ErasedError
from service_conventions.callers import SECURITY
from service_conventions.problems import Breach, Problem

router: Final = APIRouter(tags=["letters"])

Json = dict[str, Any]

_AS_DOCUMENT: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class LetterBody(Strictly):
    """Which letter, in which format, and the officer's own part of it.

    `paragraphs` is Markdown (headings, lists, emphasis). `contact` says how to reach whoever signs.
    """

    letter: LetterName
    format: Format = "docx"
    paragraphs: Annotated[Text, Field(max_length=20_000)] | None = None
    signed_by: Label | None = None
    job_title: Label | None = None
    contact: Label | None = None
    sent_on: Annotated[Day | None, Field(description="the letter's date; today if absent")] = None
    safe_contact_read: Annotated[
        bool, Field(description="true: the person's safe-contact instructions have been read")
    ] = False

    @model_validator(mode="after")
    def _every_word_is_printed(self) -> Self:
        """Lists too deep in lists would be left out of the document; no other Markdown loses a letter."""
        written = self.paragraphs or ""
        if _letters_in(written) != _letters_in("".join(blocks_of(written))):
            raise PydanticCustomError("nested_too_deeply", "paragraphs has lists too deep in other lists")
        return self


def _letters_in(text: str) -> int:
    return sum(map(str.isalpha, text))


_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_DOCUMENT: Final = {
    "name": "document",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "the SHA-256 of the letter, as `letter_sent` has it",
}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}
_BEFORE_SENDING: Final = {
    "type": "object",
    "description": "what whoever writes to the person must know first, in the person's words",
    "required": ["safe_contact", "adjustments"],
    "properties": {"safe_contact": _TEXT_OR_NULL, "adjustments": _TEXT_OR_NULL},
}

SCHEMAS["LetterBody"] = LetterBody.model_json_schema()
SCHEMAS["LetterMade"] = {
    **SCHEMAS["Appended"],
    "description": "Where the letter went, and what to know before it is posted.",
    "required": [*SCHEMAS["Appended"]["required"], "document", "location", "before_sending"],
    "properties": {
        **SCHEMAS["Appended"]["properties"],
        "document": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "location": {"type": "string", "format": "uri-reference"},
        "before_sending": _BEFORE_SENDING,
    },
}

_BODY: Final = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LetterBody"}}},
}
_FILE: Final[dict[int | str, Json]] = {
    200: {
        "description": "The letter",
        "content": {
            kind.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in KINDS.values()
        },
    }
}
_RULES_IN_WORDS: Final = "\n".join(f"- `{name}`: {rule.says} ({rule.source})" for name, rule in RULES.items())


@router.get(
    "/v1/letters",
    operation_id="read_letters",
    summary="Every kind of letter: when it may be written, and what it must say",
    response_model=None,
    responses={**answered("The letters"), **problems(401, 403)},
    openapi_extra={"security": SECURITY, "x-roles": sorted(CASEWORK)},
)
async def read_letters(request: Request) -> Response:
    """Answer with the catalogue, each requirement with its source."""
    await of_authority(request, CASEWORK)
    rows = [
        {
            "letter": row.name,
            "title": row.title,
            "source": row.source,
            "procedures": row.procedures,
            "needs": row.needs,
            "requires": [
                {"requirement": one.name, "says": one.says, "source": one.source} for one in row.requires
            ],
        }
        for row in LETTERS.values()
    ]
    return JsonResponse({"formats": list(KINDS), "letters": rows})


@router.post(
    "/v1/complaints/{id}/letters/preview",
    operation_id="preview_letter",
    summary="The letter as it would go out; nothing is recorded",
    description=_RULES_IN_WORDS,
    response_model=None,
    responses={**_FILE, **problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)},
    openapi_extra={
        "security": SECURITY,
        "x-roles": sorted(CASEWORK),
        "parameters": [_ID],
        "requestBody": _BODY,
    },
)
async def preview_letter(request: Request) -> Response:
    """Answer with the document itself."""
    _caller, authority = await of_authority(request, CASEWORK)
    order = await _ordered(request)
    written = Correspondence(recording(request)).preview(authority, request.path_params["id"], order)
    return _file(await _unless_refused(written), order.letter, order.format)


@router.post(
    "/v1/complaints/{id}/letters",
    operation_id="send_letter",
    summary="Make a letter, keep it sealed, and record it as `letter_sent`",
    description=_RULES_IN_WORDS,
    response_model=None,
    status_code=201,
    responses={
        201: {
            "description": "Recorded",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LetterMade"}}},
            "headers": {"ETag": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}},
        },
        **problems(400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 503),
    },
    openapi_extra={
        "security": SECURITY,
        "x-roles": sorted(CASEWORK),
        "parameters": [_ID, *HEADERS],
        "requestBody": _BODY,
    },
)
async def send_letter(request: Request) -> Response:
    """Answer with where it went, and with what must be known before it is posted."""
    caller, authority = await of_authority(request, CASEWORK)
    order = await _ordered(request)
    once = await idempotent_key(request, caller, authority)
    command = Command("letter_sent", {}, caller.name, seen_version(request), once)
    desk, complaint = recording(request), request.path_params["id"]
    sent = await _unless_refused(Correspondence(desk).send(authority, complaint, order, command))
    references = await desk.store.references(authority, [sent.appended.stream])
    location = _location(str(sent.appended.stream), sent.document)
    answer = answer_of(
        sent.appended,
        references[sent.appended.stream],
        once,
        201,
        document=sent.document,
        location=location,
        before_sending=_shown_before(sent.before_sending),
    )
    answer.headers["Location"] = location
    return answer


@router.get(
    "/v1/complaints/{id}/letters",
    operation_id="read_letters_sent",
    summary="The letters that went out on a complaint",
    response_model=None,
    responses={**answered("The letters sent, the oldest first"), **problems(401, 403, 404, 503)},
    openapi_extra={"security": SECURITY, "x-roles": sorted(READING), "parameters": [_ID]},
)
async def read_letters_sent(request: Request) -> Response:
    """Answer with the letters recorded; for those who write, also with what to know before writing."""
    caller, authority = await of_authority(request, READING)
    desk = recording(request)
    stream = await desk.load(authority, "complaint", request.path_params["id"])
    letters, before = await Correspondence(desk).listed(authority, stream)
    shown = {
        "id": str(stream.stream),
        "reference": stream.reference,
        "letters": [_shown(str(stream.stream), one) for one in letters],
        **({"before_sending": _shown_before(before)} if caller.role in CASEWORK else {}),
    }
    return JsonResponse(shown, headers={"ETag": f'"{stream.version}"'})


@router.get(
    "/v1/complaints/{id}/letters/{document}",
    operation_id="read_letter_sent",
    summary="A letter as it went out",
    response_model=None,
    responses={**_FILE, **problems(401, 403, 404, 410, 503)},
    openapi_extra={"security": SECURITY, "x-roles": sorted(CASEWORK), "parameters": [_ID, _DOCUMENT]},
)
async def read_letter_sent(request: Request) -> Response:
    """Answer with the document; 410 when the personal data of whom it is about were erased."""
    _caller, authority = await of_authority(request, CASEWORK)
    desk = recording(request)
    stream = await desk.load(authority, "complaint", request.path_params["id"])
    try:
        found = await Correspondence(desk).document(authority, stream, request.path_params["document"])
    except ErasedError:
        raise Problem("erased", "The letter was erased with the personal data in it.") from None
    if found is None:
        raise Problem("unknown-letter", "No letter of that hash is kept with this complaint.")
    kept, content = found
    return _file(content, kept.letter, kept.format)


async def _ordered(request: Request) -> Order:
    """The order that a body stands for. Raises `Problem` 422."""
    try:
        body = LetterBody.model_validate(await json_object(request))
    except ValidationError as error:
        raise invalid(field_errors(error)) from None
    writing = Writing(
        body.sent_on or recording(request).today,
        body.paragraphs,
        body.signed_by,
        body.job_title,
        body.contact,
    )
    return Order(body.letter, body.format, writing, body.safe_contact_read)


_T = TypeVar("_T")


async def _unless_refused(work: Awaitable[_T]) -> _T:
    """What the work gives. Raises `Problem` 409 for a letter that is refused."""
    try:
        return await work
    except LetterRefused as refused:
        rule = RULES[refused.rule]
        breaches = [Breach(*breach) for breach in refused.breaches]
        detail = f"{rule.says} ({rule.source})"
        raise Problem("forbidden-by-rule", detail, breaches, about=refused.rule) from None


def _file(content: bytes, name: str, format_: str) -> Response:
    media_type = next(kind.media_type for known, kind in KINDS.items() if known == format_)
    disposition = {"Content-Disposition": f'inline; filename="{name}.{format_}"'}
    return Response(content, 200, {**_AS_DOCUMENT, **disposition}, media_type)


def _location(stream: str, document: str) -> str:
    return f"/v1/complaints/{stream}/letters/{document}"


def _shown_before(before: BeforeSending) -> Json:
    return {"safe_contact": before.safe_contact, "adjustments": before.adjustments}


def _shown(stream: str, listed: Listed) -> Json:
    event, kept = listed.event, listed.kept
    return {
        "letter": event.letter,
        "document": event.document,
        "on": event.on,
        "recorded_at": listed.recorded_at,
        "actor": listed.actor,
        "format": kept.format if kept else None,
        "location": _location(stream, event.document) if kept else None,
    }
