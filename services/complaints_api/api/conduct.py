"""How failings are shown: on a complaint, in a command's answer, and of a command that is only rehearsed.

A rehearsal (`?dry_run=true`) decides everything and records nothing; it neither uses nor spends an
`Idempotency-Key`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from complaint_events.profile import ProfileApplied, in_force
from complaint_events.scalars import london_date
from complaints_api.api.bodies import SCHEMAS
from complaints_api.api.explaining import day_in_words, deadlines
from complaints_api.api.request import JsonResponse, invalid
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.failings import Failing, brought_about, failings
from complaints_api.drafting import FieldError
from complaints_api.recording import Done, Rehearsed

Json = dict[str, Any]


def conduct_shown(complaint: Complaint, profiles: Sequence[ProfileApplied], judged_on: date) -> Json:
    """What was not done as required by a day, and what will not have been once its own day has come."""
    found = failings(complaint, profiles)
    return {
        "nonconformities": [one._asdict() for one in found if one.on <= judged_on],
        "warnings": [
            {"rule": one.rule, "arises_on": one.on, "says": _ahead(one), "source": one.source}
            for one in found
            if one.on > judged_on
        ],
    }


def _ahead(one: Failing) -> str:
    """What has not come yet must not read as if it had."""
    return f"If nothing is done, this will count from {day_in_words(one.on)}: {one.says}"


def warnings_of(done: Done, today: date) -> list[Json]:
    """What a command itself brought about, judged on the day it was recorded: a retry is told the same."""
    judged_on = min(today, london_date(done.appended.recorded_at))
    found = brought_about(done.before, done.after, done.profiles, judged_on)
    return [one._asdict() for one in found]


def rehearsal_answer(rehearsed: Rehearsed, today: date) -> Response:
    """What a command would bring about: its warnings, and what would be owed after it."""
    stream, after, profiles = rehearsed.stream, rehearsed.after, rehearsed.profiles
    profile = in_force(profiles, after.received.on if after.received else today)
    found = brought_about(stream.complaint, after, profiles, today)
    body = {
        "would_record": True,
        "version": stream.version,
        "warnings": [one._asdict() for one in found],
        "deadlines": deadlines(after, profile, today),
    }
    return JsonResponse(body, headers={"ETag": f'"{stream.version}"'} if stream.logged else None)


def only_rehearsed(request: Request) -> bool:
    """Whether the query says `dry_run=true`. Raises `Problem` 422 for anything else in it."""
    if not request.scope["query_string"]:
        return False
    asked = request.query_params.multi_items()
    if any(name != _DRY_RUN for name, _ in asked):
        raise invalid([FieldError("(query)", "extra_forbidden", f"takes nothing but {_DRY_RUN}")])
    if [value for _, value in asked] not in (["true"], ["false"]):
        raise invalid([FieldError(_DRY_RUN, "bool", "must be true or false, once")])
    return asked[0][1] == "true"


_DRY_RUN: Final = "dry_run"


def rehearsable(keywords: Json, done: str = "Appended") -> Json:
    """A command's route with `dry_run` in its description; `done` is the schema of what it answers."""
    described = keywords["openapi_extra"]
    described["parameters"] = [*described["parameters"], _PARAMETER]
    status, responses = keywords["status_code"], keywords["responses"]
    if status == _OK:
        responses[_OK]["content"] = _content({"oneOf": [_ref(done), _ref("Rehearsed")]})
    else:
        responses[_OK] = {
            "description": "What would be, with dry_run",
            "content": _content(_ref("Rehearsed")),
        }
    return keywords


_OK: Final = 200


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


_PARAMETER: Final[Json] = {
    "name": _DRY_RUN,
    "in": "query",
    "required": False,
    "schema": {"type": "boolean", "default": False},
    "description": "Decide everything and record nothing: answers what would be, or how it would be refused.",
}

_FAILING: Final[Json] = {
    "rule": {"type": "string", "description": "the requirement's name"},
    "says": {"type": "string", "description": "what was not done, in words"},
    "source": {"type": "string", "description": "the regulation, code or Ombudsman's decision"},
}

_DAY: Final[Json] = {"type": "string", "format": "date"}

SCHEMAS["Failing"] = {
    "type": "object",
    "description": "Something not done as the law or the Ombudsman requires.",
    "required": ["rule", "on", "says", "source"],
    "properties": {**_FAILING, "on": {**_DAY, "description": "the day by which it counts"}},
}
SCHEMAS["Warning"] = {
    "type": "object",
    "description": "Something that will not have been done as required, once its day has come.",
    "required": ["rule", "arises_on", "says", "source"],
    "properties": {
        **_FAILING,
        "says": {"type": "string", "description": "what will not have been done by its day, in words"},
        "arises_on": {**_DAY, "description": "the day from which it will count"},
    },
}

_WARNINGS: Final[Json] = {
    "type": "array",
    "description": "what the command itself brings about that is not as required",
    "items": _ref("Failing"),
}

SCHEMAS["Recorded"] = {
    **SCHEMAS["Appended"],
    "required": [*SCHEMAS["Appended"]["required"], "warnings"],
    "properties": {**SCHEMAS["Appended"]["properties"], "warnings": _WARNINGS},
}
SCHEMAS["Rehearsed"] = {
    "type": "object",
    "description": "What a command would do that was not recorded.",
    "required": ["would_record", "version", "warnings", "deadlines"],
    "properties": {
        "would_record": {"const": True},
        "version": {"type": "integer", "minimum": 0, "description": "how many events there are now"},
        "warnings": _WARNINGS,
        "deadlines": {
            "type": "array",
            "description": "what would be owed, as the complaint's deadlines show it",
            "items": _ref("Deadline"),
        },
    },
}
