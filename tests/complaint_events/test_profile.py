"""The authority's profile: what it may say, and which one is in force."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from complaint_events.codes import Outcome
from complaint_events.profile import Profile, ProfileApplied, in_force
from tests.complaint_events.stories import PROFILE_JSON, profile


def band(code: str, first: int, last: int | None) -> dict[str, Any]:
    return {"code": code, "label": code, "from": first, "to": last}


def test_a_profile_says_what_its_council_calls_things() -> None:
    ours = profile()
    assert ours.type_of("rude") == "staff_attitude_behaviour"
    assert ours.type_of("delay") == "delay"
    assert ours.type_of("heading") is None
    assert ours.type_of("nobody_knows") is None
    assert [theme.code for theme in ours.themes_for("learning")] == ["staff", "heading", "delay"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"surprise": 1},
        {"teams": [{"code": "north", "label": "N", "colour": "red"}]},
        {"teams": [{"code": "north", "label": "N"}] * 2},
        {"themes": [{"code": "a", "label": "A", "type": "delay"}] * 2},
        {"ethnicities": [{"code": "a", "label": "A", "census_group": "white"}] * 2},
        {"ethnicities": [{"code": "a", "label": "A", "census_group": "martian"}]},
        {"themes": [{"code": "a", "label": "A", "type": "no_such_type"}]},
        {"themes": [{"code": "a", "label": "A", "parent": "b", "type": "delay"}]},
        {"themes": [{"code": "a", "label": "A", "parent": "a", "type": "delay"}]},
        {
            "themes": [
                {"code": "a", "label": "A", "type": "delay"},
                {"code": "b", "label": "B", "parent": "a"},
                {"code": "c", "label": "C", "parent": "b"},
            ]
        },
        {"gss_code": "09000024"},
        {"equality_subject": "everybody"},
        {"closure_days": [0]},
        {"procedures": {"children_statutory": {"stage_1": {"target": 30}}}},
        {"procedures": {"corporate_local": {"stage_1": {"target": 15, "max": 10}}}},
        {"procedures": {"corporate_local": {"stage_1": {"target": 0}}}},
        {"procedures": {"corporate_local": {"stage_3": {"target": 10}}}},
        {"outcomes": {"upheld": {"until": "never"}}},
        {"outcomes": {"inconclusive": {"until": "sometimes"}}},
        {"stage2_local_basis": {"from": "received", "to": "closed"}},
    ],
)
def test_what_no_profile_may_say(wrong: dict[str, Any]) -> None:
    Profile.model_validate(PROFILE_JSON)
    with pytest.raises(ValidationError):
        Profile.model_validate({**PROFILE_JSON, **wrong})


@pytest.mark.parametrize(
    "bands",
    [
        [band("a", 0, 17), band("b", 19, None)],
        [band("a", 0, 18), band("b", 18, None)],
        [band("a", 1, None)],
        [band("a", 0, 17)],
        [band("a", 0, None), band("b", 18, None)],
        [band("a", 0, 17), band("b", 18, 17), band("c", 18, None)],
        [band("a", 0, 17), band("b", 18, 131)],
        [band("a", 0, 17), band("a", 18, None)],
    ],
)
def test_age_bands_leave_no_gap_and_do_not_overlap(bands: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        profile(age_bands=bands)


@given(st.lists(st.integers(1, 130), unique=True, max_size=6).map(sorted), st.integers(0, 130))
def test_every_age_is_in_exactly_one_band(starts: list[int], age: int) -> None:
    edges = [0, *starts]
    bands = [
        band(f"b{first}", first, last) for first, last in zip(edges, [n - 1 for n in starts], strict=False)
    ]
    ours = profile(age_bands=[*reversed(bands), band(f"b{edges[-1]}", edges[-1], None)])
    assert ours.age_band(age) == f"b{max(edge for edge in edges if edge <= age)}"


def test_a_profile_without_bands_puts_nobody_in_one() -> None:
    assert profile(age_bands=[]).age_band(40) is None


@pytest.mark.parametrize("outcome", ["partially_upheld", "inconclusive"])
@pytest.mark.parametrize(
    ("until", "on", "allowed"),
    [
        (None, "2035-01-01", True),
        ("never", "2000-01-01", False),
        ("2023-03-31", "2023-03-31", True),
        ("2023-03-31", "2023-04-01", False),
    ],
)
def test_an_outcome_is_in_use_until_its_last_day(
    outcome: Outcome, until: str | None, on: str, *, allowed: bool
) -> None:
    ours = profile(outcomes={outcome: {"until": until}})
    assert ours.allows(outcome, date.fromisoformat(on)) is allowed
    assert ours.allows("upheld", date.fromisoformat(on))
    assert ours.allows("not_upheld", date.fromisoformat(on))


def named(on: str, name: str) -> ProfileApplied:
    return profile(on, name=name)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2001-01-01", "first"),
        ("2022-03-31", "first"),
        ("2022-04-01", "second"),
        ("2023-03-31", "second"),
        ("2023-04-01", "third, again"),
        ("2030-01-01", "third, again"),
    ],
)
def test_the_first_profile_is_in_force_from_the_beginning_and_each_until_the_next(
    day: str, name: str
) -> None:
    applied = [
        named("2018-04-01", "first"),
        named("2023-04-01", "third"),
        named("2022-04-01", "second"),
        named("2023-04-01", "third, again"),
    ]
    found = in_force(applied, date.fromisoformat(day))
    assert found is not None
    assert found.name == name


def test_without_a_profile_none_is_in_force() -> None:
    assert in_force([], date(2023, 4, 1)) is None
