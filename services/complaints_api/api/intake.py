"""For a council's web form: a complaint comes in, once."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from complaint_events.events import Received
from complaint_events.scalars import Reference
from complaints_api.api.bodies import command
from complaints_api.api.conduct import only_rehearsed, rehearsable, rehearsal_answer
from complaints_api.api.request import (
    INTAKE,
    answer_of,
    idempotent_key,
    invalid,
    json_object,
    of_authority,
    recording,
)
from complaints_api.drafting import FieldError
from complaints_api.recording import Command, Recording
from complaints_api.store.log_rows import Appended, VersionConflictError
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["intake"])

_ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXY"
"""Digits and letters that are not taken for one another and spell no words."""

_REFERENCE: Final[TypeAdapter[str]] = TypeAdapter(Reference)


@router.post(
    "/v1/complaints",
    **rehearsable(command(Received, "receive_complaint", "A complaint is received", INTAKE)),
)
async def receive(request: Request) -> Response:
    """Record a complaint and give it a reference, or the council's own where it is sent.

    A retry with the same `Idempotency-Key` (or `submission_reference`) gets the same answer and records
    nothing.
    """
    caller, authority = await of_authority(request, INTAKE)
    data = await json_object(request)
    rehearsed = only_rehearsed(request)
    submission = data.pop("submission_reference", None)
    once = None if rehearsed else await idempotent_key(request, caller, authority, submission)
    reference = own_reference(data.pop("reference", None)) or new_reference(authority)
    made = Command("received", data, caller.name, once=once)
    desk = recording(request)
    with unless_taken():
        if rehearsed:
            would = await desk.rehearse_beginning(authority, "complaint", reference, made)
            return rehearsal_answer(would, desk.today)
        appended = await desk.begin(authority, "complaint", reference, made)
    return answer_of(appended, await reference_of(desk, authority, appended, reference), once, 201)


@contextmanager
def unless_taken() -> Iterator[None]:
    """Where a stream begins: raises `Problem` 409 when its reference stands for another one already."""
    try:
        yield
    except VersionConflictError:
        raise Problem("reference-taken", "Send another reference, or none.") from None


async def reference_of(desk: Recording, authority: str, appended: Appended, drawn: str) -> str:
    """The reference of a stream that has begun: of a retry the one that the first request was given."""
    if not appended.replayed:
        return drawn
    return (await desk.store.references(authority, [appended.stream]))[appended.stream]


def new_reference(authority: str) -> str:
    """A reference fit for people: no sequence that tells how many complain, no letters that look alike."""
    number, drawn = secrets.randbelow(len(_ALPHABET) ** 8), ""
    for _ in range(8):
        number, letter = divmod(number, len(_ALPHABET))
        drawn += _ALPHABET[letter]
    return f"{authority[:3].upper()}-{drawn[:4]}-{drawn[4:]}"


def own_reference(given: Any) -> str | None:
    """The council's own reference as sent, None where none was. Raises `Problem` 422."""
    if given is None:
        return None
    try:
        return _REFERENCE.validate_python(given, strict=True)
    except ValueError:
        message = "must be text of 1 to 100 printable characters"
        raise invalid([FieldError("reference", "text", message)]) from None
