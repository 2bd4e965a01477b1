"""The way back: the authority's own references in the place of pseudonyms, for those who may see them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from complaint_events.events import CorrectionRecorded
from complaint_events.reading import Recorded, identity_named
from complaints_api.store.personal_data import Vault

_NAMED_BY: Final = frozenset({"ref", "subject"})
"""Keys under which an event or document names a person."""


WITH_CARE: Final = ("safe_contact", "adjustments")
"""Personal details that whoever writes to the person must have read."""


async def with_references(vault: Vault, authority: str, document: Any) -> Any:
    """A JSON document with persons' references revealed; a person whose key is gone keeps the pseudonym."""
    names: set[str] = set()
    _visit(document, names.add)
    return _replaced(document, await vault.references(authority, names)) if names else document


def _visit(value: Any, seen: Callable[[str], None]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _NAMED_BY and isinstance(inner, str):
                seen(inner)
            else:
                _visit(inner, seen)
    elif isinstance(value, list):
        for inner in value:
            _visit(inner, seen)


def _replaced(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _one_replaced(key, inner, known) for key, inner in value.items()}
    return [_replaced(inner, known) for inner in value] if isinstance(value, list) else value


def _one_replaced(key: str, value: Any, known: Mapping[str, str]) -> Any:
    if key in _NAMED_BY and isinstance(value, str):
        return known.get(value, value)
    return _replaced(value, known)


def with_texts(data: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """An event's data with its opened texts in their places (`note`, `personal.name`, `changes.note`)."""
    whole = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for path, text in texts.items():
        *outer, last = path.split(".")
        place = whole
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = text
    return whole


Texts = Mapping[str, str]

_CHANGES: Final = "changes."


def texts_as_corrected(history: Sequence[Recorded], opened: Mapping[int, Texts]) -> dict[int, Texts]:
    """The opened texts of a stream by version, as the corrections in its history leave them.

    As with an event's other fields: the last recorded stands, and `personal` is replaced whole.
    """
    version_of = {one.event.identity: one.version for one in history}
    changed: dict[int, Texts] = {}
    voided: set[int] = set()
    for one in reversed(history):
        if not isinstance(one.event, CorrectionRecorded) or one.version in voided:
            continue
        target = version_of.get(identity_named(one.event.corrects), 0)
        if one.event.voids:
            voided.add(target)
        own = _with_changed(opened.get(one.version, {}), changed.get(one.version, {}))
        new = {name.removeprefix(_CHANGES): text for name, text in own.items() if name.startswith(_CHANGES)}
        changed[target] = _with_changed(new, changed.get(target, {}))
    return {
        number: _with_changed(opened.get(number, {}), changed.get(number, {}))
        for number in version_of.values()
    }


async def personal_details(
    vault: Vault, authority: str, stream: UUID, known: Sequence[Recorded], story: Sequence[Recorded]
) -> dict[str, str]:
    """The personal details as last stated in a story, as the corrections known at the time leave them.

    `known` is the history as recorded, corrections included; `story` the events of it as they read.
    """
    return details_stated(story, texts_as_corrected(known, await vault.open_texts(authority, stream)))


def details_stated(story: Sequence[Recorded], texts: Mapping[int, Texts]) -> dict[str, str]:
    """The personal details by name among a story's texts, the last statement of each."""
    details: dict[str, str] = {}
    for one in story:
        for name, text in texts.get(one.version, {}).items():
            field, _, inner = name.partition(".")
            if field == "personal":
                details[inner] = text
    return details


def _with_changed(texts: Texts, changed: Texts) -> Texts:
    fields = {_field(name) for name in changed}
    return {name: text for name, text in texts.items() if _field(name) not in fields} | dict(changed)


def _field(name: str) -> str:
    """The field a text belongs to: itself, or the object of texts that it is part of."""
    before, personal, _ = name.partition("personal.")
    return before + personal if personal else name
