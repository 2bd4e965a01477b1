"""Events: every class there and back, nothing unknown taken, versions brought up to date."""

import json
from typing import Any, ClassVar, Final, Literal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from complaint_events.event_model import Event, Json, TextError, UnknownEventError, decode, split_texts
from complaint_events.events import EVENTS, STREAM_KINDS, any_event, json_schema, read_event
from tests.complaint_events.stories import NEEDED, PROFILE_JSON, happened
from tests.complaint_events.strategies import events, stated

EVERY_EVENT = pytest.mark.parametrize("name", sorted(EVENTS))
SCHEMA: Final = json_schema()
VALIDATOR: Final = jsonschema.Draft202012Validator(SCHEMA)


def shape(name: str) -> Json:
    """An event of that name with all it needs, as a file or a client would write it."""
    more: dict[str, Any] = {
        "issues_revised": NEEDED["issues_revised"],
        "linked": {"to": "C-2", "relation": "joint"},
        "reminder_sent": {"obligation": "respond", "due_on": "2023-04-20"},
        "letter_sent": {"letter": "acknowledgement", "document": "0" * 64},
        "extended": {**NEEDED["extended"], "new_due": "2023-05-02"},
        "start_date_agreed": {"new_start": "2023-04-10"},
        "decision_freeze_decided": {"frozen": True},
        "adr_offered": {"type": "mediation"},
        "adr_concluded": {"result": "resolved"},
        "survey_recorded": {"answers": {"q1": "yes"}},
        "cost_recorded": {"stage": 2, "amount": 1200.5},
        "personal_data_erased": {"subject": "P-1", "basis": "retention"},
        "correction_recorded": {
            "corrects": {"event": "acknowledged", "on": "2023-04-04", "stage": 1},
            "changes": {"on": "2023-04-05"},
        },
        "profile_applied": PROFILE_JSON,
    }
    return {"event": name, "on": "2023-04-11", **NEEDED.get(name, {}), **more.get(name, {})}


@EVERY_EVENT
@settings(max_examples=15)
@given(data=st.data())
def test_an_event_is_read_back_from_the_bytes_it_is_stored_as(name: str, data: st.DataObject) -> None:
    model = EVENTS[name]
    event = data.draw(events(model))
    again = read_event(name, model.class_version, event.encoded())
    assert again == event
    assert again.encoded() == event.encoded()
    assert any_event().validate_json(event.encoded()) == event


@EVERY_EVENT
@settings(max_examples=15)
@given(data=st.data())
def test_what_is_stored_follows_the_published_json_schema(name: str, data: st.DataObject) -> None:
    event = data.draw(events(EVENTS[name]))
    VALIDATOR.validate(json.loads(event.encoded()))


@EVERY_EVENT
def test_the_schema_refuses_what_the_model_refuses(name: str) -> None:
    right = shape(name)
    VALIDATOR.validate(right)
    for wrong in (
        {**right, "surprise": 1},
        {**right, "on": 0},
        {k: v for k, v in right.items() if k != "on"},
    ):
        assert not VALIDATOR.is_valid(wrong)
        with pytest.raises(ValidationError):
            EVENTS[name].model_validate(wrong)


@EVERY_EVENT
def test_an_unknown_field_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        EVENTS[name].model_validate({**shape(name), "surprise": "x"})


@EVERY_EVENT
def test_an_event_cannot_be_changed(name: str) -> None:
    event = EVENTS[name].model_validate(shape(name))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(event, "on", event.on)  # noqa: B010 - what mypy would not let pass


@EVERY_EVENT
def test_no_code_is_taken_that_no_list_has(name: str) -> None:
    """Each required word of a closed list, replaced by one that is none."""
    right = shape(name)
    schema = EVENTS[name].model_json_schema()
    listed = [key for key, one in schema["properties"].items() if "enum" in one and key in right]
    for key in listed:
        with pytest.raises(ValidationError):
            EVENTS[name].model_validate({**right, key: "no_such_code"})
        with pytest.raises(ValidationError):
            EVENTS[name].model_validate({**right, key: [right[key]]})


@pytest.mark.parametrize("name", ["acknowledged", "stage_responded", "extended", "resolved", "cost_recorded"])
@pytest.mark.parametrize("wrong", [True, 1.0, "1", 0, 4, None, [1]])
def test_stage_1_is_the_number_one_and_nothing_like_it(name: str, wrong: object) -> None:
    with pytest.raises(ValidationError):
        EVENTS[name].model_validate({**shape(name), "stage": wrong})


@pytest.mark.parametrize("name", ["escalated", "escalation_ended", "late_request_decided"])
def test_stage_1_is_never_asked_for(name: str) -> None:
    with pytest.raises(ValidationError):
        EVENTS[name].model_validate({**shape(name), "to_stage": 1})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("received", {"issues": []}),
        ("received", {"issues": [{"no": 1, "theme": "staff"}, {"no": 1, "theme": "staff"}]}),
        ("received", {"issues": [{"no": 0, "theme": "staff"}]}),
        ("received", {"issues": [{"no": True, "theme": "staff"}]}),
        ("received", {"anonymous": True}),
        ("stage_responded", {"issue_outcomes": [{"issue": 1, "outcome": "upheld"}] * 2}),
        ("lgsco_decided", {"decision": "not_upheld", "sub": "fault_injustice"}),
        ("remedy_agreed", {"types": []}),
        ("equality_recorded", {"age": 131}),
        ("equality_recorded", {"age": -1}),
        ("service_users_recorded", {"count": -1}),
        ("service_users_recorded", {"count": 1.0}),
        ("service_users_recorded", {"year": "22-23"}),
        ("letter_sent", {"document": "not a hash"}),
        ("correction_recorded", {"changes": {}}),
    ],
)
def test_what_no_event_can_say_is_refused(name: str, changes: Json) -> None:
    EVENTS[name].model_validate(shape(name))
    with pytest.raises(ValidationError):
        EVENTS[name].model_validate({**shape(name), **changes})


def test_two_equal_events_of_one_day_differ_by_seq() -> None:
    first, second = happened("remedied", "2023-05-01", seq=1), happened("remedied", "2023-05-01", seq=2)
    assert first.identity != second.identity
    assert (
        happened("remedied", "2023-05-01").identity == happened("remedied", "2023-05-01", amount=5).identity
    )
    assert first.identity != happened("remedied", "2023-05-02", seq=1).identity
    assert first.identity != happened("remedied", "2023-05-01", seq=1, remedy="R-2").identity


class Renamed(Event):
    """An event whose shape has changed twice: `colour` became `shade`, then a list of them."""

    kind = "complaint"
    class_version: ClassVar[int] = 3
    event: Literal["renamed"] = "renamed"
    shades: list[str]

    @staticmethod
    def upcast_v1_v2(state: Json) -> Json:
        state["shade"] = state.pop("colour")
        return state

    @staticmethod
    def upcast_v2_v3(state: Json) -> Json:
        state["shades"] = [state.pop("shade")]
        return state


@pytest.mark.parametrize(
    ("version", "own"), [(1, {"colour": "red"}), (2, {"shade": "red"}), (3, {"shades": ["red"]})]
)
def test_an_older_version_is_brought_up_to_date_step_by_step(version: int, own: Json) -> None:
    stored = json.dumps({"event": "renamed", "on": "2023-04-03", **own}).encode()
    assert decode({"renamed": Renamed}, "renamed", version, stored) == Renamed.model_validate(
        {"on": "2023-04-03", "shades": ["red"]}
    )


def test_a_newer_version_or_an_unknown_name_stops_the_reader() -> None:
    stored = b'{"event":"renamed","on":"2023-04-03","shades":["red"]}'
    with pytest.raises(UnknownEventError) as newer:
        decode({"renamed": Renamed}, "renamed", 4, stored)
    assert newer.value.version == 4
    with pytest.raises(UnknownEventError) as unknown:
        read_event("teleported", 1, b"{}")
    assert unknown.value.name == "teleported"
    acknowledged = happened("acknowledged", "2023-04-04")
    with pytest.raises(UnknownEventError):
        read_event("acknowledged", acknowledged.class_version + 1, acknowledged.encoded())


def test_every_stream_of_the_history_format_has_events() -> None:
    assert set(STREAM_KINDS) == {
        "authority",
        "complaint",
        "compliment",
        "feedback",
        "service_users",
        "service_request",
    }
    assert all(model.kind in STREAM_KINDS for model in EVENTS.values())


def test_the_union_tells_events_apart_by_name_only() -> None:
    with pytest.raises(ValidationError, match="union_tag"):
        any_event().validate_python({"event": "no_such_event", "on": "2023-04-03"})
    with pytest.raises(ValidationError, match="union_tag"):
        any_event().validate_python({"on": "2023-04-03"})


@EVERY_EVENT
def test_no_field_is_called_what_a_sealed_text_is_called(name: str) -> None:
    """Texts about people are parted off before; a field of the same name would store them in the open."""
    model = EVENTS[name]
    assert not {text.partition(".")[0] for text in model.texts} & set(model.model_fields)


@EVERY_EVENT
def test_the_names_of_sealed_fields_are_sealed_wherever_they_occur(name: str) -> None:
    """History format, "What is sealed": personal, note, reasons, text, consent and free reasons."""
    fields = TypeAdapter(EVENTS[name]).json_schema()["properties"]
    assert not {"personal", "note", "reasons", "text", "consent"} & set(fields)
    if "reason" in fields:
        assert "string" not in [
            one.get("type") for one in fields["reason"].get("anyOf", []) if "enum" not in one
        ]


def test_texts_are_parted_from_what_may_be_stored() -> None:
    data = {"method": "email", "personal": {"name": "Ann", "email": None}, "note": None}
    coded, texts = split_texts(("personal.*", "note"), data)
    assert coded == {"method": "email", "note": None}
    assert texts == {"personal.name": "Ann"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"note": 5}, "note"),
        ({"note": ""}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"note": "\ud800"}, "note"),
        ({"personal": "Ann"}, "personal"),
        ({"personal": {"nickname": "Ann"}}, "personal"),
        ({"personal": {"name": ["Ann"]}}, "personal.name"),
    ],
)
def test_a_text_that_is_none_is_refused_by_its_field_and_not_repeated(data: Json, field: str) -> None:
    with pytest.raises(TextError) as refused:
        split_texts(("personal.*", "note"), data)
    assert refused.value.field == field
    assert "Ann" not in str(refused.value)
    assert "nickname" not in str(refused.value)


def test_stated_events_are_varied_enough_to_show_anything() -> None:
    """The strategy itself: over a few hundred draws every field of `received` has been given."""
    seen: set[str] = set()

    @settings(max_examples=200, database=None)
    @given(stated(EVENTS["received"]))
    def draw(made: Json) -> None:
        seen.update(made)

    draw()
    assert {"on", "at", "seq", "issues", "method", "children", "complainant", "grounds_arose_on"} <= seen
