"""What every route does with a request: who calls, may they, what did they send, what had they seen."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from pydantic import ValidationError
from pydantic_core import from_json, to_json
from starlette.responses import Response

from complaint_events.event_model import Strictly
from complaint_events.scalars import Day, Instant
from complaints_api.domain.deciding import Refusal
from complaints_api.domain.rules import NAMED
from complaints_api.drafting import FieldError, InvalidError, field_errors
from complaints_api.recording import NotFoundError, Recording, StaleVersionError
from complaints_api.store.log_rows import Appended, IdempotentKey
from service_conventions.callers import Caller, RememberedKeys, key_sent, unauthorized
from service_conventions.problems import Breach, Problem

CASEWORK: Final = frozenset({"caseworker", "manager"})
READING: Final = frozenset({"caseworker", "manager", "auditor"})
INTAKE: Final = frozenset({"webform", "caseworker", "manager"})
FEED: Final = frozenset({"caseworker", "manager", "auditor", "service"})
SERVICE: Final = frozenset({"service"})

_LONGEST_KEY: Final = 255
_UNPROCESSABLE: Final = frozenset(
    {"unknown_code", "in_the_future", "before_receipt", "grounds_before_receipt"}
)


async def admitted(request: Request, roles: frozenset[str]) -> Caller:
    """The caller, whose role is one of `roles`. Raises `Problem` 401 or 403."""
    keys: RememberedKeys = request.app.state.keys
    caller = await keys.caller(key_sent(request))
    if caller is None:
        raise unauthorized("The key is not valid.")
    if caller.role not in roles:
        raise Problem("role-not-allowed", f"This is for: {', '.join(sorted(roles))}.")
    return caller


async def of_authority(request: Request, roles: frozenset[str]) -> tuple[Caller, str]:
    """The caller and the authority the key belongs to. Raises `Problem` 401 or 403."""
    caller = await admitted(request, roles)
    if caller.authority is None:
        raise Problem("role-not-allowed", "This is for keys of one authority.")
    return caller, caller.authority


def recording(request: Request) -> Recording:
    """The application's one way into the log."""
    found: Recording = request.app.state.recording
    return found


async def json_object(request: Request) -> dict[str, Any]:
    """The body, which must be a JSON object in strict JSON. Raises `Problem` 400, 415 or 422."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem("unsupported-media-type", "Send application/json.")
    body = await request.body()
    try:
        found = from_json(body or b"{}", allow_inf_nan=False)
    except (ValueError, RecursionError):
        raise Problem("malformed-body", "The body is not well-formed JSON in UTF-8.") from None
    if not isinstance(found, dict):
        breach = Breach("(body)", "object", "must be a JSON object")
        raise Problem("invalid-request", "See errors for each field and its rule.", [breach])
    return found


def seen_version(request: Request) -> int | None:
    """The version named by `If-Match`, None without the header. Raises `Problem` 412 for any other tag."""
    tag = request.headers.get("if-match")
    if tag is None or tag.strip() == "*":
        return None
    version = tag.strip().strip('"')
    if not (version.isascii() and version.isdecimal()) or len(version) > 9:
        raise Problem("stale-version", "If-Match names no version of this complaint: send its ETag.")
    return int(version)


async def idempotent_key(
    request: Request, caller: Caller, authority: str, given: Any = None
) -> IdempotentKey | None:
    """What `Idempotency-Key` makes of a request: known by caller, route and a digest; None without one."""
    key = request.headers.get("idempotency-key") or given
    if key is None:
        return None
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST_KEY:
        breach = Breach("Idempotency-Key", "length", f"must have 1 to {_LONGEST_KEY} characters")
        raise Problem("invalid-request", "See errors for each field and its rule.", [breach])
    sealer = await recording(request).vault.sealer(authority)
    scope = f"{caller.role}|{caller.name}|{request.method} {quote(request.url.path)}"
    body = await request.body()
    return IdempotentKey(
        scope=scope,
        key=hashlib.sha256(key.encode("utf-8", "replace")).digest(),
        request=sealer.keyed(b"request|" + scope.encode() + b"|" + body),
    )


def answer_of(
    appended: Appended,
    reference: str,
    once: IdempotentKey | None,
    status: int,
    path: str = "complaints",
    **more: Any,
) -> Response:
    """The answer to a command: where it went, and `more`.

    Raises `Problem` 422 when the key stood for another request.
    """
    if appended.replayed and (once is None or appended.request != once.request):
        raise Problem("idempotency-key-reused", "Send a new Idempotency-Key for a new request.")
    body = {
        "id": str(appended.stream),
        "reference": reference,
        "version": appended.version,
        "position": appended.position,
        "recorded_at": appended.recorded_at.isoformat().replace("+00:00", "Z"),
        **more,
    }
    headers = {"ETag": f'"{appended.version}"', "Location": f"/v1/{path}/{appended.stream}"}
    return JsonResponse(body, status, headers)


class JsonResponse(Response):
    """JSON without a detour through the framework's encoder."""

    media_type = "application/json"

    def __init__(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(to_json(content), status, dict(headers or {}))


class _Times(Strictly):
    as_of: Day | None = None
    known_at: Instant | None = None


def times(request: Request) -> tuple[date | None, datetime | None]:
    """`as_of` and `known_at` of the query. Raises `Problem` 422."""
    given = {
        name: request.query_params[name] for name in ("as_of", "known_at") if name in request.query_params
    }
    try:
        asked = _Times.model_validate(given)
    except ValidationError as error:
        raise invalid(field_errors(error)) from None
    return asked.as_of, asked.known_at


def whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A number of the query. Raises `Problem` 422."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.isascii() and given.isdecimal() and len(given) < 20 and least <= int(given) <= most:
        return int(given)
    raise invalid([FieldError(name, "range", f"must be a whole number from {least} to {most}")])


def invalid(errors: list[FieldError]) -> Problem:
    """The problem of fields that break a rule."""
    breaches = [Breach(*error) for error in errors]
    return Problem("invalid-request", "See errors for each field and its rule.", breaches)


def as_problem(error: Exception) -> Problem | None:
    """The problem document of an error of ours, or None."""
    match error:
        case InvalidError():
            return invalid(error.errors)
        case Refusal():
            return _refused(error)
        case StaleVersionError():
            tag = {"ETag": f'"{error.current}"'}
            return Problem("stale-version", "Read the complaint again before deciding.", headers=tag)
        case NotFoundError():
            return Problem("unknown-complaint", "No complaint of that id or reference here.")
    return None


def _refused(refusal: Refusal) -> Problem:
    rule = NAMED.get(refusal.rule)
    name = "invalid-request" if refusal.rule in _UNPROCESSABLE else "forbidden-by-rule"
    detail = f"{rule.says} ({rule.source})" if rule else "What the event names must exist."
    return Problem(name, detail, [Breach(refusal.field, refusal.rule, refusal.message)], about=refusal.rule)
