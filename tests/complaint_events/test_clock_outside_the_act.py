"""The clocks of the other procedures, and the limits as data."""

from datetime import date
from typing import Any, get_args

import pytest

from complaint_events import codes
from complaint_events.clock import stage_clock
from complaint_events.codes import CODE_LISTS, Procedure
from complaint_events.event_model import Event
from complaint_events.procedures import RULES, limit_for, rules_for, stages_of
from tests.complaint_events.stories import happened, profile

RECEIVED = happened("received", "2023-02-06")
DAY = date(2023, 2, 6)


def due(procedure: Procedure, stage: int, *events: Event, **changes: Any) -> tuple[str, str, str]:
    found = stage_clock([RECEIVED, *events], stage, procedure, profile(**changes))
    assert found is not None
    assert found.target_on is not None
    assert found.maximum_on is not None
    return found.started.on.isoformat(), found.target_on.isoformat(), found.maximum_on.isoformat()


def test_the_code_counts_10_and_20_from_the_acknowledgement() -> None:
    """Complaint Handling Code 6.3, 6.4."""
    sent = happened("acknowledged", "2023-02-08")
    assert due("corporate_code", 1, sent) == ("2023-02-08", "2023-02-22", "2023-03-08")


@pytest.mark.parametrize("sent", [None, "2023-02-13", "2023-02-14", "2023-03-01"])
def test_a_late_or_missing_acknowledgement_buys_no_time(sent: str | None) -> None:
    """Complaint Handling Code 6.2: at latest day 5."""
    events = [happened("acknowledged", sent)] if sent else []
    assert due("corporate_code", 1, *events) == ("2023-02-13", "2023-02-27", "2023-03-13")


def test_the_code_counts_20_and_40_at_stage_2_from_that_stages_acknowledgement() -> None:
    asked, sent = happened("escalated", "2023-03-01"), happened("acknowledged", "2023-03-02", stage=2)
    early = happened("acknowledged", "2023-02-07")
    assert due("corporate_code", 2, early, asked, sent) == ("2023-03-02", "2023-03-30", "2023-05-02")
    assert due("corporate_code", 2, early, asked)[0] == "2023-03-08"


def test_a_councils_own_procedure_counts_15_and_20_from_receipt_and_request() -> None:
    """Without configuration: domain 1c."""
    assert due("corporate_local", 1) == ("2023-02-06", "2023-02-27", "2023-02-27")
    asked = happened("escalated", "2023-03-01")
    assert due("corporate_local", 2, asked) == ("2023-03-01", "2023-03-29", "2023-03-29")


def test_a_council_configures_its_own_procedure() -> None:
    stages = {"stage_1": {"from": "acknowledged", "target": 12, "max": 14}, "stage_2": {"target": 22}}
    own = {"procedures": {"corporate_local": stages}}
    sent = happened("acknowledged", "2023-02-07")
    assert due("corporate_local", 1, sent, **own) == ("2023-02-07", "2023-02-23", "2023-02-27")
    asked = happened("escalated", "2023-03-01")
    assert due("corporate_local", 2, asked, **own) == ("2023-03-01", "2023-03-31", "2023-03-31")


def test_other_complaints_are_answered_within_20() -> None:
    """Domain 1d."""
    assert due("non_statutory", 1) == ("2023-02-06", "2023-03-06", "2023-03-06")
    asked = happened("escalated", "2023-03-01")
    assert stage_clock([RECEIVED, asked], 2, "non_statutory", profile()) is None


@pytest.mark.parametrize("procedure", ["corporate_code", "corporate_local", "non_statutory"])
def test_nothing_of_regulation_14_moves_another_procedure(procedure: Procedure) -> None:
    moves = [
        happened("advocate_requested", "2023-02-07"),
        happened("start_date_agreed", "2023-02-07", new_start="2023-02-20"),
        happened("deferred_concurrent", "2023-02-08"),
    ]
    assert due(procedure, 1, *moves) == due(procedure, 1)


def test_closure_days_count_outside_the_act_only() -> None:
    shut = {"closure_days": ["2023-02-07", "2023-02-08"]}
    assert due("children_statutory", 1, **shut) == due("children_statutory", 1)
    assert due("non_statutory", 1, **shut) == ("2023-02-06", "2023-03-08", "2023-03-08")
    assert due("corporate_code", 1, **shut)[0] == "2023-02-15"


@pytest.mark.parametrize(
    ("procedure", "stages"),
    [
        ("children_statutory", [1, 2, 3]),
        ("corporate_code", [1, 2]),
        ("corporate_local", [1, 2]),
        ("non_statutory", [1]),
        ("all", [1, 2, 3]),
    ],
)
def test_the_stages_of_each_procedure(procedure: str, stages: list[int]) -> None:
    assert stages_of(procedure) == stages


@pytest.mark.parametrize(
    ("stage", "target", "maximum", "regulation"), [(1, 10, 20, "14"), (2, 25, 65, "17"), (3, 30, 30, "19(4)")]
)
def test_the_acts_limits_cannot_be_configured(stage: int, target: int, maximum: int, regulation: str) -> None:
    own = {name: {"stage_1": {"target": 99}, "stage_2": {"target": 99}} for name in ("corporate_local",)}
    limit = limit_for("children_statutory", stage, DAY, profile(procedures=own))
    assert limit is not None
    assert (limit.target, limit.maximum) == (target, maximum)
    assert f"SI 2006/1738 reg {regulation}" in limit.source


@pytest.mark.parametrize("procedure", get_args(Procedure))
def test_every_procedure_has_rules_on_every_day_and_one_version_at_a_time(procedure: Procedure) -> None:
    for day in (date(2000, 1, 1), DAY, date(2035, 12, 31)):
        assert rules_for(procedure, day).procedure == procedure
    assert len([rules for rules in RULES if rules.procedure == procedure]) == 1
    for rules in RULES:
        assert all(limit.target <= limit.maximum for limit in rules.limits.values())
        assert set(rules.extension_reasons) == set(rules.limits)


@pytest.mark.parametrize("name", sorted(CODE_LISTS))
def test_every_code_list_has_its_values_once_and_says_where_it_comes_from(name: str) -> None:
    values, source = CODE_LISTS[name]
    assert values
    assert len(set(values)) == len(values)
    assert source.strip()


def test_every_ombudsman_decision_says_which_subs_it_may_carry() -> None:
    assert set(codes.LGSCO_SUBS) == set(get_args(codes.LgscoDecision))
    used = [sub for subs in codes.LGSCO_SUBS.values() for sub in subs]
    assert sorted(used) == sorted(get_args(codes.LgscoSub))


def test_the_census_has_five_groups_and_nineteen_codes() -> None:
    assert tuple(codes.CENSUS_2021) == get_args(codes.CensusGroup)
    assert sum(len(group) for group in codes.CENSUS_2021.values()) == 19


def test_every_characteristic_may_be_left_unsaid() -> None:
    """Domain 2: not asked, not stated, prefers not to say."""
    for listed in (codes.Gender, codes.Disability, codes.SexualOrientation):
        assert set(get_args(codes.Unstated)) <= set(get_args(listed))


def test_there_is_no_code_for_refusing_stage_2_without_cause() -> None:
    """Domain 1a: regulation 17(1)(b) says "must consider"; no such reason may exist."""
    assert "no_justification" not in get_args(codes.IneligibleReason)
    assert set(get_args(codes.EscalationDisposal)) >= {"withdrawn", "resolved_adr"}
