"""Any event, made from its own JSON Schema: what the schema allows is what the model must take."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from complaint_events import codes
from complaint_events.event_model import Event

Json = dict[str, Any]
DAYS = st.dates(date(2005, 1, 1), date(2033, 12, 31)).map(date.isoformat)
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
MONEY = st.integers(0, 999_999_999).map(lambda pence: pence / 100)


@cache
def stated(model: type[Event]) -> st.SearchStrategy[Json]:
    """The JSON of an event of that class: every required field, any of the others."""
    schema = model.model_json_schema(by_alias=True)
    made = _of(schema, schema.get("$defs", {}))
    return made.map(_PUT_RIGHT.get(model.model_fields["event"].default, _as_it_is)).map(_without_nulls)


@cache
def events(model: type[Event]) -> st.SearchStrategy[Event]:
    """Events of that class."""
    return stated(model).map(model.model_validate)


def _of(schema: Json, known: Json) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _of(known[schema["$ref"].rpartition("/")[2]], known)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(_of(one, known) for one in schema["anyOf"]))
    return _TYPES[schema["type"]](schema, known)


def _object(schema: Json, known: Json) -> st.SearchStrategy[Any]:
    properties = schema.get("properties")
    if properties is None:
        ((pattern, inner),) = schema.get("patternProperties", {"^[a-z]{1,8}$": {"type": "integer"}}).items()
        names = st.from_regex(pattern.strip("^$"), fullmatch=True)
        return st.dictionaries(names, _of(inner, known), max_size=4)
    needed = {name: _of(properties[name], known) for name in schema.get("required", [])}
    free = {name: _of(one, known) for name, one in properties.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=free)


def _string(schema: Json, _known: Json) -> st.SearchStrategy[Any]:
    if schema.get("format") == "date":
        return DAYS
    if schema.get("format") == "date-time":
        return st.just("an instant on that day")
    if "(19|20)" in schema.get("pattern", ""):
        return st.integers(1990, 2090).map(lambda year: f"{year}-{(year + 1) % 100:02}")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].strip("^$"), fullmatch=True)
    return TEXTS


def _array(schema: Json, known: Json) -> st.SearchStrategy[Any]:
    return st.lists(_of(schema["items"], known), min_size=schema.get("minItems", 0), max_size=4)


def _integer(schema: Json, _known: Json) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(10**6)), schema.get("maximum", 10**6))


_TYPES: Mapping[str, Callable[[Json, Json], st.SearchStrategy[Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": lambda _schema, _known: MONEY,
    "boolean": lambda _schema, _known: st.booleans(),
    "null": lambda _schema, _known: st.none(),
}


def _without_nulls(made: Json) -> Json:
    if made.get("at") is not None:
        made = {**made, "at": f"{made['on']}T12:00:00+00:00"}
    for name, key in (("issues", "no"), ("issue_outcomes", "issue")):
        if made.get(name):
            made = {**made, name: list({one[key]: one for one in made[name]}.values())}
    return {name: value for name, value in made.items() if value is not None}


def _as_it_is(made: Json) -> Json:
    return made


def _received(made: Json) -> Json:
    """Anonymous names nobody."""
    if made.get("anonymous") and made.get("complainant"):
        made["complainant"].pop("ref", None)
    return made


def _lgsco_decided(made: Json) -> Json:
    """A sub-decision belongs to its decision."""
    decision: codes.LgscoDecision = made["decision"]
    return made if made.get("sub") in codes.LGSCO_SUBS[decision] else {**made, "sub": None}


def _correction(made: Json) -> Json:
    corrects = {"event": "acknowledged", "on": made["on"], "stage": 1}
    return {**made, "corrects": corrects, "changes": {"void": True}}


def _profile(made: Json) -> Json:
    """Lists without duplicates, themes on one level, bands without gaps, limits in order."""
    for name in ("teams", "themes", "ethnicities"):
        made[name] = list({one["code"]: one for one in made.get(name, [])}.values())
    for theme in made["themes"]:
        theme.pop("parent", None)
    made["age_bands"] = [{"code": "all", "label": "Everybody", "from": 0, "to": None}]
    limits = [stage for one in made.get("procedures", {}).values() for stage in one.values() if stage]
    for limit in limits:
        limit.pop("max", None)
    return made


_PUT_RIGHT: Mapping[str, Callable[[Json], Json]] = {
    "received": _received,
    "lgsco_decided": _lgsco_decided,
    "correction_recorded": _correction,
    "profile_applied": _profile,
}
