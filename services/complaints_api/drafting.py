"""From what a caller sent to an event that may be stored: checked, texts parted off, persons pseudonymised.

One path for API and import, so that both accept the same words and refuse the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from complaint_events.event_model import Event, Json, TextError, split_texts
from complaint_events.events import EVENTS, CorrectionRecorded, PersonalDataErased
from complaint_events.reading import CHANGED_TEXTS
from complaint_events.scalars import printable

Pseudonym = Callable[[str], str]

_LONGEST_REFERENCE: Final = 100


class FieldError(NamedTuple):
    """One thing wrong with a request: the field, the rule it breaks, and what it must be. Never the value."""

    field: str
    rule: str
    message: str


class InvalidError(Exception):
    """Data that is no event; carries every error found."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Draft:
    """An event ready to be decided on, with what must be sealed beside it.

    `texts` by path (`note`, `personal.name`); `persons` the authority's references by pseudonym.
    """

    event: Event
    texts: Mapping[str, str]
    persons: Mapping[str, str]


def draft(name: str, data: Mapping[str, Any], pseudonym: Pseudonym) -> Draft:
    """Make the event `name` of flat data (its fields with `on`, `at`, `seq`).

    Raises `InvalidError`, also for an unknown name.
    """
    model = EVENTS.get(name)
    if model is None:
        raise InvalidError([FieldError("event", "unknown_event", "is no event of the published language")])
    try:
        coded, texts = split_texts(model.texts, data)
        if model is CorrectionRecorded:
            coded, texts = _split_changes(coded, texts)
        named, persons = _named(model, coded, pseudonym)
        return Draft(model.model_validate(named), texts, persons)
    except TextError as error:
        raise InvalidError([FieldError(error.field, error.rule, error.message)]) from None
    except ValidationError as error:
        raise InvalidError([_with_fields(one, model) for one in field_errors(error)]) from None


def _with_fields(error: FieldError, model: type[Event]) -> FieldError:
    """An unknown field is not repeated; which there are is said instead."""
    if error.rule != "extra_forbidden" or error.field != _UNKNOWN:
        return error
    own = {field.alias or name for name, field in model.model_fields.items() if name != "event"}
    known = sorted(own | {text.partition(".")[0] for text in model.texts})
    return error._replace(message=f"{error.message}; there are: {', '.join(known)}")


def field_errors(error: ValidationError) -> list[FieldError]:
    """Pydantic's errors as ours: where, which rule, and what it must be, without the input."""
    found = error.errors(include_input=False, include_url=False)
    within = {one["loc"][:length] for one in found for length in range(len(one["loc"]))}
    return [_field_error(one) for one in found if one["type"] != "too_short" or one["loc"] not in within]


def _field_error(error: ErrorDetails) -> FieldError:
    unknown = error["type"] == "extra_forbidden"
    where = [str(part) for part in error["loc"]]
    shown = ".".join([*where[:-1], _UNKNOWN] if unknown else where) or "(body)"
    must = _MUST.get(error["type"])
    said = must.format(**error.get("ctx", {})) if must else error["msg"].removeprefix("Value error, ")
    return FieldError(shown, error["type"], said)


_UNKNOWN: Final = "(unknown)"
_MUST: Final = {
    "missing": "must be given",
    "extra_forbidden": "is not a field of this event",
    "literal_error": "must be {expected}",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "string_type": "must be a text",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "too_short": "must have {min_length} or more",
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have no more than {max_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""What a field must be, by Pydantic's name of the rule it breaks; any other rule says it itself."""


def _split_changes(coded: Json, texts: dict[str, str]) -> tuple[Json, dict[str, str]]:
    """Part texts from a correction's changes too: what was a text in the corrected event still is one."""
    corrects, changes = coded.get("corrects"), coded.get("changes")
    if not isinstance(changes, Mapping):
        return coded, texts
    kept, changed = _parted(corrects, changes, "changes.")
    return {**coded, "changes": kept}, {**texts, **changed}


def _parted(corrects: object, changes: Mapping[str, Any], prefix: str) -> tuple[Json, dict[str, str]]:
    """The changes, marked where texts were parted off, and the texts; along a chain of corrections."""
    if CHANGED_TEXTS in changes:
        raise TextError(f"{prefix}{CHANGED_TEXTS}", "extra_forbidden", "is not a field of this event")
    target = EVENTS.get(str(corrects.get("event"))) if isinstance(corrects, Mapping) else None
    if target is None or not isinstance(corrects, Mapping):
        return dict(changes), {}
    kept, texts = split_texts(target.texts, changes, prefix)
    if target is CorrectionRecorded and isinstance(kept.get("changes"), Mapping):
        inner, more = _parted(corrects.get("corrects"), kept["changes"], f"{prefix}changes.")
        kept, texts = {**kept, "changes": inner}, {**texts, **more}
    mark = {CHANGED_TEXTS: True} if texts else {}
    return {**kept, **mark}, texts


def _named(model: type[Event], data: Json, pseudonym: Pseudonym) -> tuple[Json, dict[str, str]]:
    """Put pseudonyms in the place of persons' references, wherever an event has them."""
    persons: dict[str, str] = {}

    def replaced(value: object) -> object:
        if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_REFERENCE or not printable(value):
            return value  # no reference: the event's own model says why
        name = pseudonym(value)
        persons[name] = value
        return name

    named = _with_persons(data, replaced)
    if model is PersonalDataErased:
        named["subject"] = replaced(named.get("subject"))
    if model is CorrectionRecorded:
        named = _corrected_persons(named, replaced)
    return named, persons


def _corrected_persons(named: Json, replaced: Callable[[object], object]) -> Json:
    """Put pseudonyms into what a correction names and changes, a correction of a correction included."""
    parts = {name: named[name] for name in ("corrects", "changes") if isinstance(named.get(name), Mapping)}
    inner = {
        name: _corrected_persons(_with_persons(part, replaced), replaced) for name, part in parts.items()
    }
    erased = parts.get("corrects", {}).get("event") == "personal_data_erased"
    if erased and "subject" in inner.get("changes", {}):
        inner["changes"]["subject"] = replaced(inner["changes"]["subject"])
    return {**named, **inner}


def _with_persons(data: Mapping[str, Any], replaced: Callable[[object], object]) -> Json:
    named = dict(data)
    if "ref" in named:
        named["ref"] = replaced(named["ref"])
    for key in ("complainant", "children"):
        value = named.get(key)
        if isinstance(value, Mapping) and "ref" in value:
            named[key] = {**value, "ref": replaced(value["ref"])}
        elif isinstance(value, list):
            named[key] = [_with_persons(one, replaced) if isinstance(one, Mapping) else one for one in value]
    return named
