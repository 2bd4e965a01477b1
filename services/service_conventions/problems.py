"""Every answer that is no success is a problem document (RFC 9457), and none repeats what was sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

MEDIA_TYPE: Final = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its HTTP status, and what is the same about every one of it."""

    status: HTTPStatus
    title: str


KINDS: Final[dict[str, Kind]] = {
    "invalid-request": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The request breaks a rule"),
    "malformed-body": Kind(HTTPStatus.BAD_REQUEST, "The body is not JSON"),
    "body-too-large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    "body-too-slow": Kind(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time"),
    "unsupported-media-type": Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not in this format"),
    "key-required": Kind(HTTPStatus.UNAUTHORIZED, "A valid key is required"),
    "role-not-allowed": Kind(HTTPStatus.FORBIDDEN, "The key's role may not do this"),
    "not-found": Kind(HTTPStatus.NOT_FOUND, "There is nothing here"),
    "unknown-authority": Kind(HTTPStatus.NOT_FOUND, "There is no such authority"),
    "unknown-complaint": Kind(HTTPStatus.NOT_FOUND, "There is no such complaint"),
    "unknown-letter": Kind(HTTPStatus.NOT_FOUND, "There is no such letter"),
    "erased": Kind(HTTPStatus.GONE, "What was here has been erased"),
    "unknown-table": Kind(HTTPStatus.NOT_FOUND, "There is no such table"),
    "too-few-authorities": Kind(HTTPStatus.CONFLICT, "There are too few authorities to compare"),
    "unknown-slot": Kind(HTTPStatus.NOT_FOUND, "There is no such slot"),
    "unknown-publication": Kind(HTTPStatus.NOT_FOUND, "There is no such publication"),
    "method-not-allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Not with this method"),
    "not-acceptable": Kind(HTTPStatus.NOT_ACCEPTABLE, "Not in this format"),
    "refused": Kind(HTTPStatus.BAD_REQUEST, "The request cannot be answered"),
    "forbidden-by-rule": Kind(HTTPStatus.CONFLICT, "A rule forbids this"),
    "stale-version": Kind(HTTPStatus.PRECONDITION_FAILED, "The complaint has changed meanwhile"),
    "reference-taken": Kind(HTTPStatus.CONFLICT, "The reference stands for another complaint"),
    "idempotency-key-reused": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The key stood for another request before"
    ),
    "would-reveal": Kind(HTTPStatus.CONFLICT, "Small figures could be worked out from it"),
    "publication-damaged": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "What is kept is not what was published"),
    "position-not-reached": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "The figures are not that far yet"),
    "database-away": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer"),
    "complaints-service-away": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "The complaints service does not answer"),
    "internal-error": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here"),
}
"""Every kind of problem by the last part of its type's URL, `/problems/{name}`."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One field that breaks a rule: never its value."""

    field: str
    rule: str
    message: str


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """Raise it to answer with a problem document of a kind of `KINDS`."""

    def __init__(
        self,
        name: str,
        detail: str,
        errors: Sequence[Breach] = (),
        headers: Mapping[str, str] | None = None,
        about: str | None = None,
    ) -> None:
        """`detail` and `errors` must not repeat the request; `about` narrows the type to a named rule."""
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.about = about


def document(problem: Problem) -> dict[str, Any]:
    """The problem as JSON."""
    kind = KINDS[problem.name]
    found: dict[str, Any] = {
        "type": f"/problems/{problem.about or problem.name}",
        "title": kind.title,
        "status": int(kind.status),
        "detail": problem.detail,
    }
    if problem.errors:
        found["errors"] = [asdict(breach) for breach in problem.errors]
    return found


def answer(problem: Problem) -> JSONResponse:
    """The problem as a response."""
    return JSONResponse(document(problem), KINDS[problem.name].status, problem.headers, MEDIA_TYPE)


def use_problem_documents(app: FastAPI, rules: Mapping[str, str] | None = None) -> None:
    """Let every failure of the application, the framework's own included, answer as a problem.

    Adds `/problems/{name}`, where each type's URL leads; `rules` are the texts of named rules.
    """
    texts = {name: f"{kind.title} ({int(kind.status)})." for name, kind in KINDS.items()} | dict(rules or {})

    @app.get("/problems/{name}", tags=["problems"], operation_id="explain_problem", response_model=None)
    async def explain(name: str) -> Response:
        """What a problem's type means."""
        if name not in texts:
            raise Problem("not-found", "There is no problem of that name.")
        return JSONResponse({"type": f"/problems/{name}", "says": texts[name]})

    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _from_framework)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for it alone
    return answer(problem)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    found = [
        Breach(".".join(map(str, one["loc"][1:])) or str(one["loc"][0]), one["type"], one["msg"])
        for one in error.errors()
    ]
    return answer(Problem("invalid-request", "See errors for each field and its rule.", found))


_OF_STATUS: Final = {
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not-acceptable",
}


async def _from_framework(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    name = _OF_STATUS.get(HTTPStatus(error.status_code))
    name = name or ("refused" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "internal-error")
    return answer(Problem(name, KINDS[name].title + ".", headers=error.headers))


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return answer(Problem("internal-error", "It has been logged; trying again may help."))


def as_bytes(problem: Problem) -> bytes:
    """The problem document as it goes over the wire, where no response object can be used."""
    return json.dumps(document(problem)).encode()
