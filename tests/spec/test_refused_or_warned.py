"""What a council may not do is refused, what is late or bad practice is recorded with a warning, by name.

`HOW` is the table. *refused*: the live command that would bring it about is refused, by the rule named; in a
history it is recorded as a nonconformity. *warned*: the command is recorded, and its answer warns. *time*: no
command brings it about; it comes with its day, and the complaint shows it beforehand among its `warnings`.
"""

from datetime import date
from typing import Final

import pytest

from complaint_events.conformity import RULES
from complaint_events.event_model import Event
from complaint_events.events import EVENTS
from complaints_api.domain.complaint import Complaint, fold
from complaints_api.domain.deciding import Refusal
from complaints_api.domain.failings import brought_about, failings
from tests.complaint_events import test_conformity
from tests.complaint_events.fault_stories import PATTERNS
from tests.spec.scenario import NAMED, Story, happened

WARNED: Final = "warned"
TIME: Final = "time"

HOW: Final[dict[str, set[str]]] = {
    "stage_1_over_target_not_extended": {WARNED},
    "stage_1_late": {WARNED},
    "stage_1_unanswered": {TIME},
    "no_acknowledgement": {WARNED},
    "no_eligibility_decision": {WARNED},
    "no_advocacy_information": {WARNED},
    "extension_late": {"extension_too_late"},
    "stage_2_late": {WARNED},
    "stage_2_undecided": {TIME},
    "escalation_refused": {"stage_2_not_refusable"},
    "no_sufficient_interest_decision": {WARNED},
    "stage_3_panel_late": {TIME},
    "stage_3_report_late": {TIME},
    "stage_3_response_late": {TIME},
    "stage_2_refused": {"stage_2_not_refusable", "not_a_late_request"},
    "stage_3_refused": {WARNED, "not_a_late_request"},
    "stage_2_over_target_not_extended": {TIME},
    "past_extended_date": {TIME},
    "extension_without_notice": {WARNED, "extension_too_late"},
    "extension_beyond_maximum": {"extension_beyond_maximum"},
    "extension_not_provided_for": {"extension_reason"},
    "refused_without_reason": {"refusal_needs_reason"},
    "out_of_time_refused_undecided": {WARNED},
    "refused_although_in_time": {"reason_contradicted"},
    "interest_refused_undecided": {WARNED},
    "refused_although_entitled": {WARNED, "not_sufficient_interest"},
    "no_advocacy_information_before_end": {WARNED},
    "answered_without_advocate": {WARNED},
    "acknowledgement_late": {TIME},
    "withdrawal_not_confirmed": {WARNED},
    "oral_record_missing": {WARNED},
    "adjudicated_without_independent_person": {"nobody_independent_appointed"},
    "independent_person_internal": {"independent_person_internal"},
    "adjudicated_without_reports": {"report_missing"},
    "panel_before_adjudication": {"panel_out_of_order"},
    "stage_3_without_panel": {"panel_out_of_order"},
    "ended_by_council": {WARNED},
    "closed_unanswered": {"obligation_open"},
    "remedy_late": {TIME},
}
"""By nonconformity: how it stands to a live command; two ways where two kinds of event bring it about."""

Told = tuple[str, tuple[Event, ...]]
"""A nonconformity, and a story that shows it."""

OVER_TARGET: Final = (
    test_conformity.RECEIVED,
    *test_conformity.ORDERLY,
    happened("stage_responded", "2023-02-21"),
)
STORIES: Final[list[Told]] = [
    ("stage_1_over_target_not_extended", OVER_TARGET),
    *((rule, story) for rule, _on, story in test_conformity.BROKEN),
    *((one.rule, one.broken) for one in PATTERNS),
]


def comes_about(rule: str, events: tuple[Event, ...]) -> str:
    """How a nonconformity comes about in a story: by an event, which is refused or warned of, or by time."""
    for place, event in enumerate(events):
        story, judged_on = Story(events[:place]), getattr(event, "told_on", None) or event.on
        after = fold(events[: place + 1])
        if warns(rule, story, after, judged_on):
            return commanded(rule, story, event, judged_on)
    return TIME


def commanded(rule: str, story: Story, event: Event, judged_on: date) -> str:
    texts = [name for name in EVENTS[event.event].texts if not name.endswith(".*")]
    try:
        after = story.decided(event, texts)
    except Refusal as refused:
        return refused.rule
    assert warns(rule, story, after, judged_on)
    return WARNED


def warns(rule: str, story: Story, after: Complaint, judged_on: date) -> bool:
    return rule in [one.rule for one in brought_about(story.complaint, after, story.profiles, judged_on)]


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_it_is_refused_warned_of_or_comes_with_time_as_the_table_says(rule: str) -> None:
    assert {comes_about(name, story) for name, story in STORIES if name == rule} == HOW[rule]


def test_the_table_names_every_nonconformity_and_rules_that_there_are() -> None:
    assert list(HOW) == [rule.name for rule in RULES]
    assert {way for ways in HOW.values() for way in ways} - {WARNED, TIME} <= set(NAMED)


@pytest.mark.parametrize("told", STORIES, ids=lambda told: str(told[0]))
def test_what_comes_with_time_is_foreseen(told: Told) -> None:
    """Before its day has come it is there, with its day: so a complaint can show it as a warning."""
    rule, events = told
    if comes_about(rule, events) != TIME:
        return
    begun = [Story(events[:place]) for place in range(1, len(events) + 1)]
    assert any(
        one.rule == rule and one.on > story.events[-1].on
        for story in begun
        for one in failings(story.complaint, story.profiles)
    )


def test_what_was_missed_before_is_not_brought_about_by_doing_it_at_last() -> None:
    due = happened("remedy_agreed", "2023-03-01", due_on="2023-03-31")
    undone = Story((test_conformity.RECEIVED, due))
    done = undone.and_then(happened("remedied", "2023-04-20"))
    assert brought_about(undone.complaint, done.complaint, undone.profiles, date(2023, 4, 20)) == []
    other = happened("remedy_agreed", "2023-03-02", remedy="R-2", due_on="2023-04-03")
    both = undone.and_then(other)
    late = [
        one.on for one in brought_about(undone.complaint, both.complaint, undone.profiles, date(2023, 4, 20))
    ]
    assert late == [date(2023, 4, 4)]


def test_a_failing_says_what_is_wrong_and_why() -> None:
    story = Story(OVER_TARGET)
    found = failings(story.complaint, story.profiles)[0]
    assert found == (
        "stage_1_over_target_not_extended",
        date(2023, 2, 21),
        "Stage 1 took longer than its target and was not extended.",
        "SI 2006/1738 reg 14(1), (5)",
    )


def test_what_was_never_received_has_no_failings() -> None:
    story = Story((happened("lgsco_referred", "2023-02-06"),))
    assert failings(story.complaint, story.profiles) == []
