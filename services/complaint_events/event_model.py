"""What every event has in common: strict shape, identity, sealed texts, versions and their upcasting.

An event is a frozen Pydantic model of codes, dates, money and references. Texts about people are not part
of it: an event class names the fields that are texts, and they are split off before the event is made, so
that they can be sealed.

The version convention is that of the `eventsourcing` library: a class whose shape changed raises its
`class_version` and keeps a static method `upcast_vN_vM` for each step.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Strict, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError, from_json

from complaint_events.scalars import Day, Instant, SequenceNumber, Text, london_date

Json = dict[str, Any]

LAX_SEQUENCE: Final = Strict(strict=False)
"""Lets a tuple be read from a JSON array; its items stay strict."""

_TEXT: Final = TypeAdapter(Text)


class Strictly(BaseModel):
    """A frozen value that takes exactly what it declares: no coercion, no unknown key, no NaN."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )


class Event(Strictly):
    """Something that happened, on a business date, in the life of one stream.

    `on` is when it happened (a London date), `at` optionally the moment, `seq` tells two otherwise equal
    events of one day apart.
    """

    kind: ClassVar[str]
    class_version: ClassVar[int] = 1
    identified_by: ClassVar[tuple[str, ...]] = ()
    texts: ClassVar[tuple[str, ...]] = ()

    event: str
    on: Day
    at: Instant | None = None
    seq: SequenceNumber | None = None

    @model_validator(mode="after")
    def _moment_on_that_day(self) -> Self:
        if self.at is not None and london_date(self.at) != self.on:
            raise PydanticCustomError("at_not_on", "at must fall on the London date given as on")
        return self

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells this event from the others of its stream (history format, "Identity of a line")."""
        marks = (getattr(self, name) for name in self.identified_by)
        return (self.event, self.on, self.seq, *marks)

    def encoded(self) -> bytes:
        """The event as compact JSON without absent fields: the bytes that are stored and hashed."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True, by_alias=True)

    def data(self) -> Json:
        """The event's own fields as JSON values, without `event`, `on`, `at` and `seq`."""
        own: Json = self.model_dump(mode="json", exclude_none=True, by_alias=True)
        return {name: value for name, value in own.items() if name not in ENVELOPE}


ENVELOPE: Final = frozenset({"event", "on", "at", "seq"})
"""Fields of a history line that stand beside its `data`."""


class UnknownEventError(Exception):
    """An event's name or version that this release does not know: it was written by a newer one."""

    def __init__(self, name: str, version: int) -> None:
        """Name the event type and schema version that cannot be read."""
        super().__init__(f"unknown event {name!r} version {version}: upgrade before reading on")
        self.name = name
        self.version = version


def upcast(model: type[Event], version: int, state: Json) -> Json:
    """Bring the stored state of an older version step by step to the class's own version.

    Raises `UnknownEventError` for a version newer than the class.
    """
    if version > model.class_version:
        raise UnknownEventError(model.__name__, version)
    for step in range(version, model.class_version):
        state = getattr(model, f"upcast_v{step}_v{step + 1}")(state)
    return state


def decode(models: Mapping[str, type[Event]], name: str, version: int, payload: bytes) -> Event:
    """Read a stored event back. Raises `UnknownEventError` for an unknown name or a newer version."""
    model = models.get(name)
    if model is None:
        raise UnknownEventError(name, version)
    if version == model.class_version:
        return model.model_validate_json(payload)
    return model.model_validate(upcast(model, version, from_json(payload)))


def split_texts(
    names: Sequence[str], data: Mapping[str, Any], prefix: str = ""
) -> tuple[Json, dict[str, str]]:
    """Part an event's data into what may be stored in the open and the texts that must be sealed.

    `names` are the text fields; a name ending in `.*` is an object of texts (`personal.*`). Returns the
    coded fields and the texts by path. Raises `pydantic.ValidationError` for a text that is none.
    """
    coded = dict(data)
    texts: dict[str, str] = {}
    for name in names:
        field, _, inner = name.partition(".")
        if field not in coded or coded[field] is None:
            continue
        if not inner:
            texts[prefix + field] = _text(prefix + field, coded.pop(field))
        else:
            texts |= _object_of_texts(prefix + field, coded.pop(field))
    return coded, texts


PERSONAL: Final = (
    "name",
    "email",
    "phone",
    "address",
    "narrative",
    "desired_outcome",
    "safe_contact",
    "adjustments",
)
"""The personal details of a person that an event may bring; all of them are sealed."""


def _object_of_texts(field: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TextError(field, "object", "must be an object")
    unknown = next((key for key in value if key not in PERSONAL), None)
    if unknown is not None:
        raise TextError(field, "unknown_field", f"has only the fields {', '.join(PERSONAL)}")
    present = {key: text for key, text in value.items() if text is not None}
    return {f"{field}.{key}": _text(f"{field}.{key}", text) for key, text in present.items()}


def _text(field: str, value: object) -> str:
    try:
        return _TEXT.validate_python(value, strict=True)
    except ValueError:
        raise TextError(field, "text", "must be text of 1 to 100,000 printable characters") from None


class TextError(Exception):
    """A text field that is no text: names the field and the rule, never the value."""

    def __init__(self, field: str, rule: str, message: str) -> None:
        """Name the field, the rule's short name, and what the field must be."""
        super().__init__(f"{field} {message}")
        self.field = field
        self.rule = rule
        self.message = message
