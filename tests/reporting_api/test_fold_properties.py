"""What holds of the facts of every history, not only of those somebody thought of."""

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from complaint_events.event_model import Event
from reporting_api.facts import Profiles, Rows, Stream, facts_of, facts_of_all
from reporting_api.star import FACTS, Spell, StageFact
from tests.caseloads import RecordedStream, event, profile, recorded, recorded_streams

ROOT = Path(__file__).parents[2]
RECEIVED_ON = date(2022, 4, 4)
PROFILES = Profiles([profile("merton")])

HAPPENINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("acknowledged", {}),
    ("eligibility_assessed", {"decision": "accepted", "procedure": "children_statutory"}),
    ("eligibility_assessed", {"decision": "accepted", "procedure": "corporate_code"}),
    ("eligibility_assessed", {"decision": "accepted", "entry_stage": 2}),
    ("eligibility_assessed", {"decision": "refused"}),
    ("sufficient_interest_decided", {"decision": "accepted"}),
    ("late_acceptance_decided", {"decision": "refused"}),
    ("early_resolved", {}),
    ("stage1_skipped", {}),
    ("advocate_requested", {}),
    ("advocate_appointed", {}),
    ("deferred_concurrent", {"ground": "disciplinary"}),
    ("resubmitted", {}),
    ("extended", {"stage": 1, "reason": "complex", "new_due": "2022-06-01"}),
    ("stage_responded", {"stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}),
    ("stage_responded", {"stage": 1}),
    ("stage_responded", {"stage": 2, "outcome": "not_upheld"}),
    ("escalated", {"to_stage": 2}),
    ("escalated", {"to_stage": 3}),
    ("escalation_ended", {"to_stage": 2, "disposal": "resolved_adr"}),
    ("late_request_decided", {"to_stage": 3, "decision": "refused"}),
    ("written_record_finalised", {}),
    ("statement_of_complaint_agreed", {}),
    ("adjudicated", {"outcome": "partially_upheld"}),
    ("panel_held", {}),
    ("stage3_responded", {"outcome": "upheld"}),
    ("withdrawn", {}),
    ("withdrawn", {"stage": 1}),
    ("closed", {}),
    ("reopened", {}),
    ("lgsco_referred", {"lgsco_ref": "22 1"}),
    ("lgsco_decided", {"lgsco_ref": "22 1", "decision": "upheld"}),
    ("remedy_agreed", {"remedy": "R1", "source": "council", "types": ["apology"], "amount": 50}),
    ("remedied", {"remedy": "R1"}),
    ("satisfaction_recorded", {"remedy": "R1", "status": "pending"}),
    ("equality_recorded", {"subject": "child", "ref": "C-1", "age": 9}),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Anything that could be told of a complaint, in the order of its dates, likely or not."""
    issues = [{"no": 1, "theme": "not_recorded"}]
    form = draw(st.sampled_from(["written", "oral"]))
    procedure = draw(st.sampled_from([None, "children_statutory", "corporate_local"]))
    begin: dict[str, Any] = {"method": "email", "issues": issues, "form": form}
    told = [event("received", RECEIVED_ON, **begin, **({"procedure": procedure} if procedure else {}))]
    on = RECEIVED_ON
    for name, data in draw(st.lists(st.sampled_from(HAPPENINGS), max_size=14)):
        on += timedelta(days=draw(st.integers(0, 40)))
        told.append(event(name, on, **data))
    return told


def facts(events: list[Event]) -> Rows:
    stream = recorded("merton", "complaint", "MER-1", events, count(1))
    return facts_of(Stream("merton", stream.id, "complaint", "MER-1"), stream.events, PROFILES)


@given(histories())
def test_every_history_has_facts_of_the_stars_shape(events: list[Event]) -> None:
    found = facts(events)
    assert len(found["complaint"]) == 1
    for name, rows in found.items():
        assert rows
        assert {type(row) for row in rows} == {FACTS[name]}


@given(histories(), st.dates(RECEIVED_ON, date(2023, 12, 31)))
def test_the_balance_closes_on_every_day(events: list[Event], day: date) -> None:
    """What entered by a day has left by it or is still there, and nothing is there twice."""
    spells = cast("list[Spell]", facts(events).get("spell", []))
    entered = sum(spell.entered_on <= day for spell in spells)
    left = sum(spell.left_on is not None and spell.left_on <= day for spell in spells)
    inside = sum(
        spell.entered_on <= day and (spell.left_on is None or spell.left_on > day) for spell in spells
    )
    assert entered == left + inside
    assert inside <= 1


@given(histories())
def test_spells_follow_each_other(events: list[Event]) -> None:
    spells = cast("list[Spell]", facts(events).get("spell", []))
    assert [spell.no for spell in spells] == list(range(1, len(spells) + 1))
    assert [spell.entered_by for spell in spells] == ["received", *["reopened"] * (len(spells) - 1)][
        : len(spells)
    ]
    for before, after in pairwise(spells):
        assert before.left_on is not None
        assert before.left_on <= after.entered_on
    assert all((spell.left_on is None) == (spell.left_by is None) for spell in spells)


@given(histories())
def test_a_stage_is_judged_only_once_answered(events: list[Event]) -> None:
    for stage in cast("list[StageFact]", facts(events).get("stage", [])):
        judged = stage.within_target is not None or stage.within_maximum is not None
        assert not judged or stage.answered_on is not None
        assert stage.answered_on is None or stage.ended_on is None
        assert stage.decided == (stage.outcome is not None)
        assert not (stage.within_target and stage.within_maximum is False)
        if stage.within_target is not None and stage.day is not None:
            assert stage.target_on is not None
            assert stage.met_on is not None
            assert stage.within_target == (stage.met_on <= stage.target_on)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_handed_over_is_nothing(events: list[Event], random: Any) -> None:
    """They read by date and position."""
    stream = recorded("merton", "complaint", "MER-1", events, count(1))
    named = Stream("merton", stream.id, "complaint", "MER-1")
    shuffled = list(stream.events)
    random.shuffle(shuffled)
    assert facts_of(named, shuffled, PROFILES) == facts_of(named, stream.events, PROFILES)


PRINT_ALL = """
from reporting_api.facts import Stream, facts_of
from tests.caseloads import profile, recorded_streams
for one in recorded_streams("merton"):
    print(facts_of(Stream("merton", one.id, one.kind, one.reference), one.events, [profile("merton")]))
"""


def test_facts_are_the_same_in_every_process() -> None:
    """Nothing depends on the order of a set, which differs from process to process."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(printed) == 1


STREAMS = recorded_streams("merton")


@given(st.permutations(STREAMS[:40]))
def test_the_order_of_streams_is_nothing(order: list[RecordedStream]) -> None:
    def together(streams: list[RecordedStream]) -> dict[str, list[str]]:
        told = ((Stream("merton", one.id, one.kind, one.reference), one.events) for one in streams)
        return {name: sorted(map(repr, rows)) for name, rows in facts_of_all(told, PROFILES).items()}

    assert together(order) == together(STREAMS[:40])
