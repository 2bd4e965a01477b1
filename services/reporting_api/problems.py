"""Every answer that is no success is a problem document (RFC 9457), and none repeats what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

MEDIA_TYPE: Final = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its HTTP status, and what is the same about every one of it."""

    status: HTTPStatus
    title: str


KINDS: Final[dict[str, Kind]] = {
    "invalid-request": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The request breaks a rule"),
    "key-required": Kind(HTTPStatus.UNAUTHORIZED, "A valid key is required"),
    "role-not-allowed": Kind(HTTPStatus.FORBIDDEN, "The key's role may not do this"),
    "not-found": Kind(HTTPStatus.NOT_FOUND, "There is nothing here"),
    "unknown-authority": Kind(HTTPStatus.NOT_FOUND, "There is no such authority"),
    "unknown-table": Kind(HTTPStatus.NOT_FOUND, "There is no such table"),
    "method-not-allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Not with this method"),
    "not-acceptable": Kind(HTTPStatus.NOT_ACCEPTABLE, "Not in this format"),
    "refused": Kind(HTTPStatus.BAD_REQUEST, "The request cannot be answered"),
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
    ) -> None:
        """`detail` and `errors` must not repeat the request."""
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def answer(problem: Problem) -> JSONResponse:
    """The problem as a response."""
    kind = KINDS[problem.name]
    document: dict[str, Any] = {
        "type": f"/problems/{problem.name}",
        "title": kind.title,
        "status": int(kind.status),
        "detail": problem.detail,
    }
    if problem.errors:
        document["errors"] = [asdict(breach) for breach in problem.errors]
    return JSONResponse(document, kind.status, problem.headers, MEDIA_TYPE)


def use_problem_documents(app: FastAPI) -> None:
    """Let every failure of the application, the framework's own included, answer as a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _from_framework)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for it alone
    return answer(problem)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
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


async def _from_framework(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    name = _OF_STATUS.get(HTTPStatus(error.status_code))
    name = name or ("refused" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "internal-error")
    return answer(Problem(name, KINDS[name].title + ".", headers=error.headers))


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    return answer(Problem("internal-error", "It has been logged; trying again may help."))
