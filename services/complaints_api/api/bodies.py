"""How a command's route stands in the OpenAPI document: its body is the event's fields, texts included."""

import re
from typing import Any, Final

from complaint_events.event_model import PERSONAL, Event
from service_conventions.callers import SECURITY

SCHEMAS: Final[dict[str, Any]] = {}
"""Component schemas that the bodies refer to, by name."""

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 100_000}
_REFS: Final = "#/components/schemas/{model}"

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A problem document (RFC 9457); never repeats what was sent.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "rule", "message")},
            },
        },
    },
}

APPENDED_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Where a command's event went: the complaint's version and the log's position after it.",
    "required": ["id", "reference", "version", "position", "recorded_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "reference": {"type": "string"},
        "version": {"type": "integer", "minimum": 1},
        "position": {"type": "integer", "minimum": 1},
        "recorded_at": {"type": "string", "format": "date-time"},
    },
}

SCHEMAS["Problem"] = PROBLEM_SCHEMA
SCHEMAS["Appended"] = APPENDED_SCHEMA


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers of a route."""
    content = {"application/problem+json": {"schema": {"$ref": _REFS.format(model="Problem")}}}
    return {status: {"description": "A problem document", "content": content} for status in statuses}


def nullable(kind: str, **more: str) -> dict[str, Any]:
    """The schema of a value of that type, or null."""
    return {"type": [kind, "null"], **more}


def answered(description: str, schema: str | None = None) -> dict[int | str, dict[str, Any]]:
    """The successful answer of a route that gives a JSON object, of the component schema of that name."""
    shape = {"$ref": _REFS.format(model=schema)} if schema else {"type": "object"}
    return {200: {"description": description, "content": {"application/json": {"schema": shape}}}}


def command(
    model: type[Event], operation: str, summary: str, roles: frozenset[str], status: int = 201
) -> dict[str, Any]:
    """The keywords of a command's route: who may call it, what it takes, what it answers."""
    name = f"{model.__name__}Body"
    SCHEMAS[name] = body_schema(model, extra=_INTAKE if status == 201 else {})
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": _REFS.format(model=name)}}}}
    done = {"application/json": {"schema": {"$ref": _REFS.format(model="Appended")}}}
    headers = {"ETag": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}}
    return {
        "operation_id": operation,
        "summary": summary,
        "status_code": status,
        "response_model": None,
        "responses": {
            status: {"description": "Recorded", "content": done, "headers": headers},
            **problems(400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 503),
        },
        "openapi_extra": {
            "requestBody": body,
            "security": SECURITY,
            "x-roles": sorted(roles),
            "parameters": HEADERS,
        },
    }


_INTAKE: Final = {
    "reference": {"type": "string", "maxLength": 100, "description": "the council's own reference"},
    "submission_reference": {
        "type": "string",
        "maxLength": 255,
        "description": "stands for Idempotency-Key where a form cannot send headers",
    },
}

HEADERS: Final = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "A retry with the same key and body gets the same answer and records nothing.",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of the version the caller had seen; another version answers 412.",
    },
]
"""The headers that every command may carry."""


def body_schema(model: type[Event], extra: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a command's body: the event's fields without `event`, with its texts in clear."""
    schema = model.model_json_schema(ref_template=_REFS, mode="validation")
    for name, definition in schema.pop("$defs", {}).items():
        SCHEMAS.setdefault(name, definition)
    properties = {name: value for name, value in schema["properties"].items() if name != "event"}
    properties["on"] = {**properties["on"], "description": "when it happened; today if absent"}
    required = [name for name in schema.get("required", []) if name != "on"]
    return {
        "type": "object",
        "title": f"{model.__name__}Body",
        "description": _first_paragraph(model),
        "additionalProperties": False,
        "properties": {**properties, **_texts(model), **extra},
        **({"required": required} if required else {}),
    }


def _texts(model: type[Event]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in model.texts:
        field, _, inner = name.partition(".")
        found[field] = _personal() if inner else {**_TEXT, "description": "sealed before it is stored"}
    return found


def _personal() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "personal details; sealed before they are stored",
        "additionalProperties": False,
        "properties": dict.fromkeys(PERSONAL, _TEXT),
    }


def _first_paragraph(model: type[Event]) -> str:
    return re.sub(r"\s+", " ", (model.__doc__ or "").split("\n\n")[0]).strip()
