"""What an answer decided, where the council states no overall outcome (history format)."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaint_events.codes import Outcome
from complaint_events.events import StageResponded
from complaint_events.outcomes import derived, overall
from tests.complaint_events.stories import happened, profile

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
UNTIL = profile(outcomes={"partially_upheld": {"until": "2023-03-31"}})


@pytest.mark.parametrize(
    ("findings", "outcome"),
    [
        (("upheld", "upheld"), "upheld"),
        (("inconclusive", "inconclusive"), "inconclusive"),
        (("not_upheld",), "not_upheld"),
        (("not_upheld", "inconclusive"), "not_upheld"),
        (("upheld", "not_upheld"), "partially_upheld"),
        (("upheld", "inconclusive"), "partially_upheld"),
        (("partially_upheld",), "partially_upheld"),
        (("partially_upheld", "not_upheld"), "partially_upheld"),
    ],
)
def test_findings_make_an_outcome(findings: tuple[Outcome, ...], outcome: Outcome) -> None:
    assert derived(findings, partly_in_use=True) == outcome
    off = "upheld" if outcome == "partially_upheld" else outcome
    assert derived(findings, partly_in_use=False) == off


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=6), st.booleans())
def test_the_order_of_the_findings_and_their_number_do_not_matter(
    findings: list[Outcome], partly: bool
) -> None:
    found = derived(findings, partly_in_use=partly)
    assert derived(reversed(findings), partly_in_use=partly) == found
    assert derived([*findings, *findings], partly_in_use=partly) == found
    assert partly or found != "partially_upheld"


def answer(on: str, *outcomes: str, **more: object) -> StageResponded:
    findings = [{"issue": number, "outcome": one} for number, one in enumerate(outcomes, 1)]
    event = happened("stage_responded", on, issue_outcomes=findings or None, **more)
    assert isinstance(event, StageResponded)
    return event


def test_the_councils_own_decision_comes_first() -> None:
    assert overall(answer("2023-03-01", "upheld", outcome="not_upheld"), None) == "not_upheld"
    assert overall(answer("2023-03-01"), None) is None


def test_a_mixed_answer_is_upheld_from_the_day_that_partial_is_no_longer_used() -> None:
    mixed = ("upheld", "not_upheld")
    assert overall(answer("2023-03-31", *mixed), UNTIL) == "partially_upheld"
    assert overall(answer("2023-04-01", *mixed), UNTIL) == "upheld"


def test_every_pair_of_findings_has_one_outcome() -> None:
    for pair in product(OUTCOMES, repeat=2):
        assert derived(pair, partly_in_use=True) in OUTCOMES
