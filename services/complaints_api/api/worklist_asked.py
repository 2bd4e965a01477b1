"""What is asked of the worklist: its filters, how near is soon, and which page.

One model checks the query and is its description.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError, from_json, to_json
from starlette.datastructures import QueryParams

from complaint_events import codes
from complaint_events.event_model import Strictly
from complaint_events.scalars import Code, Day, Reference
from complaints_api.api.request import invalid
from complaints_api.domain.due import Due, Span
from complaints_api.domain.obligations import WORDS, Party
from complaints_api.drafting import FieldError, field_errors
from complaints_api.store.worklist_reading import Place, Wanted

Json = dict[str, Any]

_LARGEST_PAGE: Final = 200
_NOBODY: Final = "none"
_NOBODYS: Final = "`none`: those that have none"


def _number(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    raise PydanticCustomError("whole_number", "must be a whole number")


class _Position(Strictly):
    """A place in the worklist as a cursor holds it."""

    urgent: bool
    falls_on: Day
    number: Annotated[int, Field(ge=1, le=32767)]


def _place(value: object) -> object:
    try:
        urgent, falls_on, stream, number = from_json(urlsafe_b64decode(str(value)))
        at = _Position.model_validate({"urgent": urgent, "falls_on": falls_on, "number": number})
        return Place(at.urgent, at.falls_on, UUID(stream), at.number)
    except (ValueError, TypeError, AttributeError):
        raise PydanticCustomError("cursor", "must be the next of an answer") from None


class WorklistFilters(Strictly):
    """Which rows of the worklist: those that meet every filter given."""

    team: Annotated[Code, Field(description=f"the complaint's team; {_NOBODYS}")] | None = None
    officer: Annotated[Reference, Field(description=f"who has it, by account; {_NOBODYS}")] | None = None
    stage: (
        Annotated[
            Literal["1", "2", "3", "none"],
            Field(description="the stage that the obligation belongs to; `none`: the complaint as a whole"),
        ]
        | None
    ) = None
    obligation: (
        Annotated[Literal[tuple(sorted(WORDS))], Field(description="the kind of obligation")] | None  # type: ignore[valid-type] # the registry's names
    ) = None
    waiting_on: (
        Annotated[
            Party, Field(description="who has to act; what the complainant may do waits on `complainant`")
        ]
        | None
    ) = None
    procedure: (
        Annotated[Literal[codes.Procedure, "none"], Field(description=f"the procedure; {_NOBODYS}")] | None
    ) = None
    due: (
        Annotated[
            Due,
            Field(description="how near its day is; `none`: without a time limit, or its clock stands still"),
        ]
        | None
    ) = None
    soon_within: Annotated[
        int,
        Field(ge=0, le=60, description="the working days after today that are `soon`"),
        BeforeValidator(_number),
    ] = 3

    def wanted(self, seen: Mapping[Due, Span]) -> Wanted:
        """The filters as the store takes them."""
        given = {name: getattr(self, name) for name in _EQUAL if getattr(self, name) is not None}
        equal = {name: None if value == _NOBODY else value for name, value in given.items()}
        if equal.get("stage"):
            equal["stage"] = int(str(equal["stage"]))
        return Wanted(equal, None if self.due is None else seen[self.due])

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """The filters of a query. Raises `Problem` 422 naming the parameter, never repeating it."""
        names = [name for name, _ in query.multi_items()]
        twice = sorted(
            name for name, times in Counter(names).items() if times > 1 and name in cls.model_fields
        )
        if twice:
            raise invalid([FieldError(name, "given_once", "must be given once") for name in twice])
        try:
            return cls.model_validate(dict(query))
        except ValidationError as error:
            raise invalid([_said(one, cls) for one in field_errors(error)]) from None


class WorklistPage(WorklistFilters):
    """The filters, and which page."""

    limit: Annotated[
        int, Field(ge=1, le=_LARGEST_PAGE, description="at most so many rows"), BeforeValidator(_number)
    ] = 50
    cursor: (
        Annotated[
            Place,
            BeforeValidator(_place),
            WithJsonSchema({"type": "string", "description": "`next` of the page before"}),
        ]
        | None
    ) = None


_EQUAL: Final = ("team", "officer", "stage", "obligation", "waiting_on", "procedure")


def _said(error: FieldError, model: type[WorklistFilters]) -> FieldError:
    if error.rule == "extra_forbidden":
        return error._replace(message=f"there are only: {', '.join(model.model_fields)}")
    return error._replace(field=error.field.partition(".")[0])


def parameters(model: type[WorklistFilters]) -> list[Json]:
    """The query as OpenAPI has it."""
    properties = model.model_json_schema()["properties"]
    return [_parameter(name, schema) for name, schema in properties.items()]


def _parameter(name: str, schema: Json) -> Json:
    own = next((one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"), schema)
    plain = {key: value for key, value in {**schema, **own}.items() if key not in _NOT_OF_A_PARAMETER}
    if schema.get("default") is None:
        plain.pop("default", None)
    description = plain.pop("description", "")
    return {"name": name, "in": "query", "required": False, "description": description, "schema": plain}


_NOT_OF_A_PARAMETER: Final = ("title", "anyOf")


def cursor(place: Place) -> str:
    """The place as a word that the next request brings back."""
    return urlsafe_b64encode(to_json(list(place))).decode()
