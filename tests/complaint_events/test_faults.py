"""Patterns of fault that no annual report counts: each in a story that shows it, and in those that do not."""

from datetime import date

import pytest

from complaint_events.codes import Procedure
from complaint_events.conformity import REPORTED, RULES, nonconformities
from complaint_events.event_model import Event
from complaint_events.faults import FAULTS
from tests.complaint_events.fault_stories import ACT, DECIDED, PATTERNS, REFUSED, STAGE_2, Pattern, extended
from tests.complaint_events.stories import happened, profile

each = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: f"{one.rule}-{one.on}")


def days(story: tuple[Event, ...], rule: str, procedure: Procedure = ACT) -> list[date]:
    return [one.on for one in nonconformities(story, procedure, profile()) if one.rule == rule]


@each
def test_the_pattern_is_found_once_and_counts_by_its_day(pattern: Pattern) -> None:
    assert days(pattern.broken, pattern.rule, pattern.procedure) == [date.fromisoformat(pattern.on)]


@each
def test_what_was_done_as_required_is_not_held_against_a_council(pattern: Pattern) -> None:
    for number, story in enumerate(pattern.kept):
        assert days(story, pattern.rule, pattern.procedure) == [], f"story {number}"


def test_a_complaint_in_order_through_two_stages_has_none() -> None:
    story = (*DECIDED, happened("closed", "2023-05-30", disposal="responded"))
    assert nonconformities(story, ACT, profile()) == []


def test_every_pattern_has_its_source_and_a_story() -> None:
    assert {one.rule for one in PATTERNS} == {rule.name for rule in FAULTS}
    assert all(rule.source and rule.says.endswith(".") for rule in FAULTS)


def test_no_two_requirements_have_one_name_and_the_reported_come_first() -> None:
    assert (*REPORTED, *FAULTS) == RULES
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_acts_own_requirements_bind_no_other_procedure() -> None:
    bound = {rule.name for rule in FAULTS if rule.only == ACT}
    for pattern in PATTERNS:
        if pattern.rule in bound:
            assert days(pattern.broken, pattern.rule, "corporate_local") == []


def test_a_second_request_that_is_refused_counts_again() -> None:
    again = (
        happened("escalated", "2023-03-20"),
        happened("escalation_ended", "2023-03-22", disposal="refused"),
    )
    assert days((*STAGE_2, REFUSED, *again), "stage_2_refused") == [date(2023, 3, 10), date(2023, 3, 22)]


def test_the_next_extension_is_told_of_by_the_day_that_the_first_one_set() -> None:
    first = extended("2023-04-03", "2023-05-02", stage=2, told_on="2023-04-03")
    second = extended("2023-05-02", "2023-05-31", stage=2, told_on="2023-05-02")
    too_late = extended("2023-05-02", "2023-05-31", stage=2, told_on="2023-05-03")
    assert days((*STAGE_2, first, second), "extension_without_notice") == []
    assert days((*STAGE_2, first, too_late), "extension_without_notice") == [date(2023, 5, 3)]
