"""A complaint is judged by the rules, the profile and the calendar of its time."""

from collections.abc import Iterator
from datetime import date

import pytest

from complaint_events import procedures, working_days
from complaint_events.clock import stage_clock
from complaint_events.codes import Procedure
from complaint_events.conformity import nonconformities
from complaint_events.procedures import Limit, Rules, limit_for, rules_for
from complaint_events.profile import ProfileApplied, in_force
from tests.complaint_events.stories import happened, profile

CHANGE = date(2023, 9, 1)
BEFORE, SINCE = "2023-08-31", "2023-09-01"
JUBILEE = date(2023, 2, 14)


def due(received_on: str, procedure: Procedure, *profiles: ProfileApplied) -> tuple[str, str]:
    """Target and maximum of stage 1 of a complaint received on a day."""
    received = happened("received", received_on)
    clock = stage_clock([received], 1, procedure, in_force(profiles, received.on))
    assert clock is not None
    assert clock.target_on is not None
    assert clock.maximum_on is not None
    return clock.target_on.isoformat(), clock.maximum_on.isoformat()


@pytest.fixture
def amended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Act's stage 1 as a release would change it from 1 September 2023: 15 and 30 working days."""
    old = rules_for("children_statutory", CHANGE)
    new = Rules(
        procedure="children_statutory",
        valid_from=CHANGE,
        valid_to=None,
        limits={**old.limits, 1: Limit("received", 15, 30, "an amendment of reg 14")},
        acknowledge_within=old.acknowledge_within,
        acknowledgement_source=old.acknowledgement_source,
        extension_reasons=old.extension_reasons,
    )
    others = [rules for rules in procedures.RULES if rules.procedure != "children_statutory"]
    dated = (old._replace(valid_to=date(2023, 8, 31)), new, *others)
    monkeypatch.setattr(procedures, "RULES", dated)


@pytest.mark.usefixtures("amended")
def test_an_old_complaint_keeps_the_old_limit_and_a_new_one_has_the_new() -> None:
    assert due(BEFORE, "children_statutory") == ("2023-09-14", "2023-09-28")
    assert due(SINCE, "children_statutory") == ("2023-09-22", "2023-10-13")


@pytest.mark.usefixtures("amended")
def test_an_old_complaint_answered_today_is_late_by_the_old_rule() -> None:
    """Twenty working days and one: late by the old rule, in time by the new."""
    for received_on, expected in ((BEFORE, True), (SINCE, False)):
        received = happened("received", received_on)
        maximum = working_days.add_working_days(received.on, 21)
        story = [received, happened("stage_responded", maximum)]
        found = {one.rule for one in nonconformities(story, "children_statutory", profile())}
        assert ("stage_1_late" in found) is expected


@pytest.mark.usefixtures("amended")
def test_the_other_procedures_are_untouched_and_a_day_without_rules_says_so() -> None:
    assert limit_for("corporate_code", 1, CHANGE, None) == Limit(
        "acknowledged", 10, 20, "LGSCO Complaint Handling Code 2024, 6.3-6.4"
    )
    assert rules_for("children_statutory", date(2023, 8, 31)).limits[1].target == 10


def test_rules_that_begin_leave_the_days_before_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = rules_for("non_statutory", CHANGE)._replace(valid_from=CHANGE)
    monkeypatch.setattr(procedures, "RULES", (begun,))
    with pytest.raises(LookupError, match="non_statutory"):
        rules_for("non_statutory", date(2023, 8, 31))


def test_a_councils_own_limits_are_those_of_the_profile_when_it_was_received() -> None:
    first = profile("2018-04-01", procedures={"corporate_local": {"stage_1": {"target": 15}}})
    second = profile(SINCE, procedures={"corporate_local": {"stage_1": {"target": 20, "max": 30}}})
    assert due(BEFORE, "corporate_local", first, second) == ("2023-09-21", "2023-09-21")
    assert due(SINCE, "corporate_local", first, second) == ("2023-09-29", "2023-10-13")


@pytest.fixture
def jubilee(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """14 February 2023 proclaimed a bank holiday, as the next release would have it."""
    monkeypatch.setitem(working_days.PROCLAIMED, JUBILEE, "A jubilee")
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for kept in (working_days.bank_holidays, working_days._working_days, working_days._calendar):
        kept.cache_clear()


@pytest.mark.usefixtures("jubilee")
def test_a_newly_proclaimed_bank_holiday_moves_a_deadline_that_runs() -> None:
    """Banking and Financial Dealings Act 1971 s1; SI 2006/1738 reg 2. Without it: 20 February and 6 March."""
    assert due("2023-02-06", "children_statutory") == ("2023-02-21", "2023-03-07")
    assert working_days.bank_holidays()[JUBILEE] == "A jubilee"
    assert due("2023-02-15", "children_statutory") == ("2023-03-01", "2023-03-15")


def test_without_the_proclamation_it_is_a_working_day() -> None:
    assert due("2023-02-06", "children_statutory") == ("2023-02-20", "2023-03-06")


def test_a_councils_closure_days_move_its_own_deadlines_and_never_the_acts() -> None:
    """Reg 2 knows no closure days."""
    shut = profile(closure_days=["2023-02-14", "2023-02-15"])
    assert due("2023-02-06", "children_statutory", shut) == ("2023-02-20", "2023-03-06")
    assert due("2023-02-06", "corporate_local", profile()) == ("2023-02-27", "2023-02-27")
    assert due("2023-02-06", "corporate_local", shut) == ("2023-03-01", "2023-03-01")
