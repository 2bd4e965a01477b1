"""Each rule of the facts: these events, then these rows. Headings follow the history and table formats."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple, TypeVar, cast

import pytest

from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied
from complaint_events.working_days import YearOutOfRangeError
from reporting_api.facts import Rows, Stream, facts_of
from reporting_api.star import (
    NOT_RECORDED,
    Complaint,
    Compliment,
    Equality,
    Escalation,
    Feedback,
    IssueFact,
    Learning,
    NamedPerson,
    Payment,
    ProfileFact,
    Referral,
    Remedy,
    Ruling,
    ServiceUsers,
    Spell,
    StageFact,
)
from tests.caseloads import RECORDED_AT, event, profile, recorded, recorded_streams

Row = TypeVar("Row")

MERTON = profile("merton")
TYPE = "assessment_care_management_review"


def told(*events: Event, kind: str = "complaint", profiles: tuple[ProfileApplied, ...] = (MERTON,)) -> Rows:
    stream = recorded("merton", kind, "MER-1", events, count(1))
    return facts_of(Stream("merton", stream.id, kind, "MER-1"), stream.events, profiles)


def rows(found: Rows, row: type[Row], table: str) -> list[Row]:
    assert all(type(one) is row for one in found.get(table, []))
    return cast("list[Row]", found.get(table, []))


def the_complaint(*events: Event) -> Complaint:
    (only,) = rows(told(*events), Complaint, "complaint")
    return only


def stages(*events: Event) -> dict[int, StageFact]:
    return {row.stage: row for row in rows(told(*events), StageFact, "stage")}


def spells(*events: Event) -> list[tuple[Any, ...]]:
    return [row[3:] for row in rows(told(*events), Spell, "spell")]


def requests(*events: Event) -> list[Escalation]:
    return rows(told(*events), Escalation, "escalation")


def d(text: str) -> date:
    return date.fromisoformat(text)


def received(on: str = "2022-04-04", /, **changed: Any) -> Event:
    stated: dict[str, Any] = {
        "method": "email",
        "procedure": "children_statutory",
        "team": "mash_cp",
        "complainant": {"ref": "P-1", "category": "parent"},
        "issues": [{"no": 1, "theme": "assessment_and_review"}],
    }
    given = {name: value for name, value in {**stated, **changed}.items() if value is not None}
    return event("received", on, **given)


def answered(on: str, outcome: str | None = "upheld", /, **more: Any) -> Event:
    found = {"issue_outcomes": [{"issue": 1, "outcome": outcome}]} if outcome else {}
    return event("stage_responded", on, stage=1, **{**found, **more})


ACCEPTED = event("eligibility_assessed", "2022-04-05", decision="accepted", procedure="children_statutory")
REFUSED = event("eligibility_assessed", "2022-04-05", decision="refused", reason="out_of_time")
STRAIGHT_TO_2 = event(
    "eligibility_assessed",
    "2022-04-05",
    decision="accepted",
    procedure="children_statutory",
    entry_stage=2,
)
TO_2 = event("escalated", "2022-05-10", to_stage=2)
ADJUDICATED = event("adjudicated", "2022-06-20", outcome="partially_upheld")
TO_3 = event("escalated", "2022-07-01", to_stage=3)


class Population(NamedTuple):
    says: str
    population: str
    events: tuple[Event, ...]


POPULATIONS = (
    Population("received", "complaint", (received(),)),
    Population("accepted", "complaint", (received(), ACCEPTED)),
    Population("refused as ineligible", "ineligible", (received(), REFUSED)),
    Population("the last decision holds: refused later", "ineligible", (received(), ACCEPTED, REFUSED)),
    Population("the last decision holds: accepted later", "complaint", (received(), REFUSED, ACCEPTED)),
    Population(
        "no sufficient interest counts as refused, also without an assessment",
        "ineligible",
        (received(), event("sufficient_interest_decided", "2022-04-06", decision="refused")),
    ),
    Population(
        "late and not accepted counts as refused",
        "ineligible",
        (received(), event("late_acceptance_decided", "2022-04-06", decision="refused")),
    ),
    Population(
        "an acceptance by eligibility clears it",
        "complaint",
        (
            received(),
            event("late_acceptance_decided", "2022-04-04", decision="refused"),
            ACCEPTED,
        ),
    ),
    Population(
        "accepted as late says nothing of an eligibility refused",
        "ineligible",
        (received(), REFUSED, event("late_acceptance_decided", "2022-04-06", decision="accepted")),
    ),
    Population(
        "settled before any stage", "resolved_early", (received(), event("early_resolved", "2022-04-05"))
    ),
    Population(
        "withdrawn before acceptance", "withdrawn_early", (received(), event("withdrawn", "2022-04-05"))
    ),
    Population(
        "withdrawn after acceptance", "complaint", (received(), ACCEPTED, event("withdrawn", "2022-04-06"))
    ),
    Population(
        "withdrawn from a stage", "complaint", (received(), event("withdrawn", "2022-04-05", stage=1))
    ),
    Population(
        "withdrawn after an answer",
        "complaint",
        (received(), answered("2022-04-06"), event("withdrawn", "2022-04-07")),
    ),
    Population(
        "a reopening clears a refusal",
        "complaint",
        (received(), REFUSED, event("reopened", "2022-04-08")),
    ),
    Population(
        "a reopening clears an early settlement",
        "complaint",
        (received(), event("early_resolved", "2022-04-05"), event("reopened", "2022-04-08")),
    ),
    Population(
        "a reopening clears a withdrawal",
        "complaint",
        (received(), event("withdrawn", "2022-04-05"), event("reopened", "2022-04-08")),
    ),
    Population(
        "the council never had it",
        "referral_only",
        (event("lgsco_referred", "2022-04-05", lgsco_ref="22 000 001"),),
    ),
)


@pytest.mark.parametrize("case", POPULATIONS, ids=lambda case: case.says)
def test_population(case: Population) -> None:
    """Report tables, rule 2."""
    assert the_complaint(*case.events).population == case.population


def test_a_referral_without_a_complaint_is_no_representation() -> None:
    """History: a stream may begin with `lgsco_referred`; it has no team and no procedure."""
    found = told(event("lgsco_referred", "2022-04-05", lgsco_ref="22 000 001"))
    (row,) = rows(found, Complaint, "complaint")
    assert (row.procedure, row.received_on, row.team) == (None, None, NOT_RECORDED)
    assert sorted(found) == ["complaint", "referral"]


@pytest.mark.parametrize(
    ("events", "procedure"),
    [
        ((received(procedure=None),), None),
        ((received(),), "children_statutory"),
        ((received(), event("triaged", "2022-04-05", procedure="corporate_code")), "corporate_code"),
        ((received(procedure="corporate_code"), ACCEPTED), "children_statutory"),
        ((received(procedure="corporate_code"), REFUSED), "corporate_code"),
        (
            (
                received(),
                ACCEPTED,
                event(
                    "procedure_changed",
                    "2022-04-09",
                    **{"from": "children_statutory", "to": "non_statutory"},
                ),
            ),
            "non_statutory",
        ),
    ],
)
def test_the_last_statement_of_the_procedure_holds(events: tuple[Event, ...], procedure: str | None) -> None:
    """History: the last of `received`, `triaged`, `eligibility_assessed` (accepted), `procedure_changed`."""
    assert the_complaint(*events).procedure == procedure


def test_a_triage_completes_what_the_form_could_not_know() -> None:
    row = the_complaint(
        event("received", "2022-04-04", method="online_form", issues=[{"no": 1, "theme": NOT_RECORDED}]),
        event(
            "triaged",
            "2022-04-05",
            team="mash_cp",
            issues=[{"no": 1, "theme": "assessment_and_review"}],
            complainant={"ref": "P-9", "category": "child_in_need", "acting_via": "advocate"},
        ),
    )
    assert (row.team, row.primary_theme, row.category) == (
        "mash_cp",
        "assessment_and_review",
        "child_in_need",
    )
    assert (row.young, row.advocate, row.acting_via, row.complainant) == (True, True, "advocate", "P-9")
    assert (row.method, row.point_of_receipt) == ("online_form", NOT_RECORDED)


def test_an_untriaged_form_says_what_is_not_recorded() -> None:
    row = the_complaint(
        event("received", "2022-04-04", method="online_form", issues=[{"no": 1, "theme": NOT_RECORDED}])
    )
    assert (row.team, row.category, row.acting_via) == (NOT_RECORDED, NOT_RECORDED, NOT_RECORDED)
    assert (row.procedure, row.complainant) == (None, None)


def test_changed_details_change_no_figure() -> None:
    """History: `details_changed` changes no figure."""
    changed = event("details_changed", "2022-05-01", complainant={"category": "child_in_need"})
    assert the_complaint(received(), changed) == the_complaint(received())


def test_the_working_day_of_the_acknowledgement_is_counted_from_receipt() -> None:
    """Friday to Tuesday: two working days."""
    row = the_complaint(received("2022-04-01"), event("acknowledged", "2022-04-05"))
    assert (row.acknowledged_on, row.acknowledged_day) == (d("2022-04-05"), 2)


def test_the_acknowledgement_of_a_later_stage_is_not_that_of_the_complaint() -> None:
    row = the_complaint(received(), TO_2, event("acknowledged", "2022-05-11", stage=2))
    assert row.acknowledged_on is None


def test_the_provider_is_the_last_appointed_else_the_one_it_came_through() -> None:
    came = received(
        complainant={
            "ref": "P-1",
            "category": "child_in_need",
            "acting_via": "advocate",
            "advocacy_provider": "Jigsaw 4 U",
        }
    )
    assert the_complaint(came).provider == "Jigsaw 4 U"
    later = event("advocate_appointed", "2022-04-20", provider="Coram")
    assert the_complaint(came, later).provider == "Coram"


def test_a_closing_stands_until_a_reopening_or_a_request() -> None:
    """History: `escalated` reopens a closed complaint."""
    closed = event("closed", "2022-05-09", disposal="responded")
    assert the_complaint(received(), answered("2022-05-09"), closed).closed_on == d("2022-05-09")
    assert the_complaint(received(), answered("2022-05-09"), closed, TO_2).closed_on is None


# The stage 1 balance: report-tables.md, `volumes` and rule 9


def test_an_answer_leaves_the_balance_as_responded() -> None:
    assert spells(received(), ACCEPTED, answered("2022-04-20")) == [
        (d("2022-04-04"), "received", d("2022-04-20"), "responded")
    ]


def test_an_open_complaint_is_in_the_balance() -> None:
    assert spells(received()) == [(d("2022-04-04"), "received", None, None)]


@pytest.mark.parametrize(
    ("leaving", "by"),
    [
        (event("withdrawn", "2022-04-20", stage=1), "withdrawn"),
        (event("closed", "2022-04-20"), "other_disposal"),
        (event("escalated", "2022-04-20", to_stage=2), "other_disposal"),
    ],
)
def test_it_leaves_at_the_first_of_the_other_ways(leaving: Event, by: str) -> None:
    later = event("closed", "2022-05-01")
    assert spells(received(), ACCEPTED, leaving, later) == [
        (d("2022-04-04"), "received", d("2022-04-20"), by)
    ]


@pytest.mark.parametrize(
    "agreed",
    [
        event("resolved", "2022-04-11", stage=1, terms_sent_on="2022-04-11"),
        event("stage1_skipped", "2022-04-11"),
    ],
)
def test_settled_and_skipped_leave_only_with_what_follows(agreed: Event) -> None:
    assert spells(received(), ACCEPTED, agreed)[0][2] is None
    assert spells(received(), ACCEPTED, agreed, TO_2)[0][2:] == (d("2022-05-10"), "other_disposal")


def test_an_entry_at_stage_2_is_never_in_the_balance() -> None:
    assert spells(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2)) == []


def test_a_reopening_without_answer_or_request_comes_back() -> None:
    found = spells(received(), event("closed", "2022-04-20"), event("reopened", "2022-05-03"))
    assert found == [
        (d("2022-04-04"), "received", d("2022-04-20"), "other_disposal"),
        (d("2022-05-03"), "reopened", None, None),
    ]


@pytest.mark.parametrize("done", [answered("2022-04-20"), event("escalated", "2022-04-20", to_stage=2)])
def test_a_reopening_after_an_answer_or_request_does_not(done: Event) -> None:
    found = spells(received(), ACCEPTED, done, event("closed", "2022-04-21"), event("reopened", "2022-05-03"))
    assert len(found) == 1


def test_a_reopening_of_what_is_still_in_the_balance_adds_nothing() -> None:
    assert len(spells(received(), event("reopened", "2022-05-03"))) == 1


# Stages: rules 8 and 10


def test_a_stage_1_answer_in_time() -> None:
    """Received Monday 4 April 2022; Good Friday and Easter Monday are no working days: day 10 is the 20th."""
    row = stages(received(), ACCEPTED, answered("2022-04-20"))[1]
    assert (row.opened_on, row.start_on) == (d("2022-04-04"), d("2022-04-04"))
    assert (row.target_on, row.maximum_on) == (d("2022-04-20"), d("2022-05-05"))
    assert (row.answered_on, row.met_on, row.day) == (d("2022-04-20"), d("2022-04-20"), 10)
    assert (row.within_target, row.within_maximum) == (True, True)
    assert (row.decided, row.outcome, row.team) == (True, "upheld", "mash_cp")


def test_a_saturday_after_the_due_friday_is_late() -> None:
    row = stages(received("2022-04-22"), answered("2022-05-07"))[1]
    assert (row.target_on, row.day, row.within_target) == (d("2022-05-09"), 10, True)
    late = stages(received("2022-04-21"), answered("2022-05-07"))[1]
    assert (late.target_on, late.day, late.within_target) == (d("2022-05-06"), 11, False)


def test_an_unanswered_stage_judges_nothing() -> None:
    row = stages(received())[1]
    assert (row.answered_on, row.day, row.within_target, row.within_maximum) == (None, None, None, None)
    assert (row.decided, row.outcome, row.ended_on) == (False, None, None)


def test_an_advocate_asked_for_in_time_starts_the_clock_anew() -> None:
    asked = event("advocate_requested", "2022-04-06")
    assert stages(received(), asked)[1].waiting_for == "awaiting_advocate"
    row = stages(received(), asked, event("advocate_appointed", "2022-04-26"), answered("2022-05-10"))[1]
    assert (row.start_on, row.day, row.within_target) == (d("2022-04-26"), 9, True)


def test_the_first_answer_counts_for_time_and_team_the_last_for_the_outcome() -> None:
    row = stages(
        received(),
        answered("2022-04-12", "not_upheld", team="cwd"),
        event("reopened", "2022-05-01"),
        answered("2022-06-01", "upheld", team="qa"),
    )[1]
    assert (row.answered_on, row.team, row.outcome) == (d("2022-04-12"), "cwd", "upheld")


def test_an_answer_without_findings_is_completed_and_not_decided() -> None:
    row = stages(received(), answered("2022-04-12", None))[1]
    assert (row.answered_on, row.decided, row.outcome) == (d("2022-04-12"), False, None)


@pytest.mark.parametrize(
    ("found", "on", "outcome"),
    [
        (["upheld", "upheld"], "2022-04-12", "upheld"),
        (["inconclusive", "inconclusive"], "2022-04-12", "inconclusive"),
        (["not_upheld", "not_upheld"], "2022-04-12", "not_upheld"),
        (["not_upheld", "inconclusive"], "2022-04-12", "not_upheld"),
        (["upheld", "not_upheld"], "2022-04-12", "partially_upheld"),
        (["partially_upheld", "partially_upheld"], "2022-04-12", "partially_upheld"),
        (["inconclusive", "upheld"], "2022-04-12", "partially_upheld"),
    ],
)
def test_the_overall_outcome_is_derived(found: list[str], on: str, outcome: str) -> None:
    both = received(issues=[{"no": no, "theme": "assessment_and_review"} for no in (1, 2)])
    outcomes = [{"issue": no, "outcome": one} for no, one in enumerate(found, 1)]
    given = answered(on, None, issue_outcomes=outcomes)
    assert stages(both, given)[1].outcome == outcome


@pytest.mark.parametrize("found", [["upheld", "not_upheld"], ["partially_upheld", "partially_upheld"]])
@pytest.mark.parametrize(("until", "outcome"), [("2022-04-12", "partially_upheld"), ("never", "upheld")])
def test_a_mixed_complaint_is_upheld_where_partial_is_off(found: list[str], until: str, outcome: str) -> None:
    """Profile: `outcomes.*.until` is the last day on which an answer may use that outcome."""
    stated = MERTON.model_dump(mode="json", by_alias=True)
    stated["outcomes"] = {"partially_upheld": {"until": until}}
    limited = ProfileApplied.model_validate(stated)
    both = received(issues=[{"no": no, "theme": "assessment_and_review"} for no in (1, 2)])
    outcomes = [{"issue": no, "outcome": one} for no, one in enumerate(found, 1)]
    facts = told(both, answered("2022-04-12", None, issue_outcomes=outcomes), profiles=(limited,))
    assert rows(facts, StageFact, "stage")[0].outcome == outcome


def test_the_councils_own_decision_goes_before_the_derived_one() -> None:
    assert stages(received(), answered("2022-04-12", "upheld", outcome="not_upheld"))[1].outcome == (
        "not_upheld"
    )


def test_stage_2_counts_from_the_request_that_holds() -> None:
    """The last request before the adjudication; 20 June 2022 is day 27 from 10 May (two bank holidays)."""
    row = stages(received(), answered("2022-04-20"), TO_2, ADJUDICATED)[2]
    assert (row.opened_on, row.start_on, row.answered_on) == (
        d("2022-05-10"),
        d("2022-05-10"),
        d("2022-06-20"),
    )
    assert (row.day, row.within_target, row.within_maximum) == (27, False, True)
    assert (row.decided, row.outcome) == (True, "partially_upheld")


def test_a_second_request_opens_the_stage_again() -> None:
    row = stages(
        received(),
        answered("2022-04-20"),
        TO_2,
        event("escalation_ended", "2022-05-12", to_stage=2, disposal="not_pursued"),
        event("escalated", "2022-06-01", to_stage=2),
    )[2]
    assert (row.opened_on, row.ended_on) == (d("2022-06-01"), None)


def test_oral_representations_wait_for_the_written_record() -> None:
    row = stages(received(form="oral"), answered("2022-04-20"), TO_2)[2]
    assert (row.target_on, row.waiting_for) == (None, "awaiting_written_record")
    record = event("written_record_finalised", "2022-05-17")
    assert stages(received(form="oral"), answered("2022-04-20"), TO_2, record)[2].start_on == d("2022-05-17")


def stage_3(*events: Event) -> StageFact:
    return stages(received(), answered("2022-04-20"), TO_2, ADJUDICATED, TO_3, *events)[3]


def test_stage_3_is_judged_by_the_panels_meeting_once_the_council_answered() -> None:
    held = event("panel_held", "2022-08-12")
    row = stage_3(held)
    assert (row.met_on, row.day, row.within_maximum) == (d("2022-08-12"), 30, None)
    row = stage_3(held, event("stage3_responded", "2022-09-01", outcome="upheld"))
    assert (row.answered_on, row.day, row.within_target, row.within_maximum) == (
        d("2022-09-01"),
        30,
        True,
        True,
    )
    assert row.outcome == "upheld"


def test_stage_3_answered_without_a_panel_is_late() -> None:
    row = stage_3(event("stage3_responded", "2022-07-04", outcome="upheld"))
    assert (row.met_on, row.day, row.within_target, row.within_maximum) == (None, None, False, False)


def test_an_entry_at_stage_2_has_no_stage_1() -> None:
    assert list(stages(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2))) == [2]


def test_a_corporate_stage_2_is_answered_by_a_stage_response() -> None:
    found = stages(
        received(procedure="corporate_local"),
        answered("2022-04-20"),
        TO_2,
        event("stage_responded", "2022-05-20", stage=2, outcome="upheld"),
    )
    assert (found[2].answered_on, found[2].outcome) == (d("2022-05-20"), "upheld")


def test_without_a_procedure_there_is_no_limit() -> None:
    row = stages(received(procedure=None), answered("2022-04-12"))[1]
    assert (row.start_on, row.target_on, row.within_target, row.day) == (d("2022-04-04"), None, None, 6)


@pytest.mark.parametrize(
    ("ending", "by"),
    [
        (event("withdrawn", "2022-04-20", stage=1), "withdrawn"),
        (event("closed", "2022-04-20"), "closed"),
        (event("escalated", "2022-04-20", to_stage=2), "escalated"),
    ],
)
def test_what_ends_an_unanswered_stage(ending: Event, by: str) -> None:
    row = stages(received(), ending)[1]
    assert (row.ended_on, row.ended_by) == (d("2022-04-20"), by)


def test_a_reopened_stage_has_not_ended() -> None:
    row = stages(received(), event("closed", "2022-04-20"), event("reopened", "2022-04-25"))[1]
    assert (row.ended_on, row.ended_by) == (None, None)


def test_what_comes_after_the_answer_ends_nothing() -> None:
    assert stages(received(), answered("2022-04-12"), event("closed", "2022-04-13"))[1].ended_on is None


def test_acknowledgement_and_extension_are_the_stages_own() -> None:
    found = stages(
        received(),
        event("acknowledged", "2022-04-05"),
        event("extended", "2022-04-19", stage=1, reason="complex", new_due="2022-05-05"),
        answered("2022-05-05"),
        TO_2,
        event("acknowledged", "2022-05-11", stage=2),
    )
    assert (found[1].acknowledged_on, found[1].extended_on) == (d("2022-04-05"), d("2022-04-19"))
    assert (found[2].acknowledged_on, found[2].extended_on) == (d("2022-05-11"), None)


def test_a_year_without_known_bank_holidays_is_an_error() -> None:
    with pytest.raises(YearOutOfRangeError):
        told(received("1999-12-31"))


# Issues


def issues(*events: Event) -> list[IssueFact]:
    return rows(told(*events), IssueFact, "issue")


def test_an_issue_is_as_last_stated_and_typed_by_its_theme() -> None:
    revised = event(
        "issues_revised", "2022-05-20", issues=[{"no": 1, "theme": "assessment_and_review", "team": "qa"}]
    )
    (row,) = issues(received(issues=[{"no": 1, "theme": NOT_RECORDED}]), revised)
    assert (row.theme, row.type, row.team) == ("assessment_and_review", TYPE, "qa")


def test_a_dropped_issue_keeps_its_last_statement_and_its_finding() -> None:
    """History: an answer's outcomes keep their numbers."""
    both = received(issues=[{"no": 1, "theme": "assessment_and_review"}, {"no": 2, "theme": NOT_RECORDED}])
    outcomes = [{"issue": 1, "outcome": "upheld"}, {"issue": 2, "outcome": "not_upheld"}]
    found = issues(
        both,
        answered("2022-04-12", None, issue_outcomes=outcomes),
        event("issues_revised", "2022-05-20", issues=[{"no": 1, "theme": "assessment_and_review"}]),
    )
    assert [(row.no, row.outcome, row.decided_on) for row in found] == [
        (1, "upheld", d("2022-04-12")),
        (2, "not_upheld", d("2022-04-12")),
    ]


def test_an_issue_is_found_on_by_the_last_answer_and_counted_on_the_firsts_date() -> None:
    (row,) = issues(
        received(),
        answered("2022-04-12", "not_upheld"),
        event("reopened", "2022-05-01"),
        answered("2022-06-01", "upheld"),
    )
    assert (row.outcome, row.decided_on) == ("upheld", d("2022-04-12"))


def test_an_issue_that_no_answer_found_on_is_undecided() -> None:
    (row,) = issues(received(), answered("2022-04-12", None))
    assert (row.outcome, row.decided_on, row.type) == (None, None, TYPE)


def test_an_unknown_theme_has_no_type() -> None:
    assert issues(received(issues=[{"no": 1, "theme": NOT_RECORDED}]))[0].type == NOT_RECORDED


# Requests for a stage: report-tables.md, `escalations`


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        ((), "awaiting"),
        ((event("statement_of_complaint_agreed", "2022-05-20"),), "proceeded"),
        ((event("io_appointed", "2022-05-20"),), "proceeded"),
        ((event("ip_appointed", "2022-05-20"),), "proceeded"),
        ((event("investigation_report_received", "2022-05-20"),), "proceeded"),
        ((event("adjudicated", "2022-05-20", outcome="upheld"),), "proceeded"),
        ((event("stage_responded", "2022-05-20", stage=2, outcome="upheld"),), "proceeded"),
        ((event("escalation_ended", "2022-05-20", to_stage=2, disposal="resolved_adr"),), "resolved_adr"),
        ((event("escalation_ended", "2022-05-20", to_stage=2, disposal="refused"),), "refused"),
        ((event("late_request_decided", "2022-05-20", to_stage=2, decision="refused"),), "refused"),
        ((event("late_request_decided", "2022-05-20", to_stage=2, decision="accepted"),), "awaiting"),
        ((event("withdrawn", "2022-05-20", stage=2),), "withdrawn"),
        ((event("io_appointed", "2022-05-20"), event("withdrawn", "2022-05-21")), "proceeded"),
        ((event("panel_appointed", "2022-05-20"),), "awaiting"),
        ((event("closed", "2022-05-20"),), "awaiting"),
    ],
)
def test_the_fate_of_a_request(after: tuple[Event, ...], fate: str) -> None:
    (row,) = requests(received(), answered("2022-04-20"), TO_2, *after)
    assert (row.requested_on, row.fate, row.direct) == (d("2022-05-10"), fate, False)
    assert row.fate_on == (None if fate == "awaiting" else d("2022-05-20"))


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        (event("panel_appointed", "2022-07-20"), "proceeded"),
        (event("panel_held", "2022-07-20"), "proceeded"),
        (event("panel_report_issued", "2022-07-20"), "proceeded"),
        (event("stage3_responded", "2022-07-20", outcome="upheld"), "proceeded"),
        (event("io_appointed", "2022-07-20"), "awaiting"),
    ],
)
def test_the_fate_of_a_request_for_a_panel(after: Event, fate: str) -> None:
    first, second = requests(received(), answered("2022-04-20"), TO_2, ADJUDICATED, TO_3, after)
    assert (first.to_stage, first.outcome) == (2, "partially_upheld")
    assert (second.to_stage, second.no, second.fate) == (3, 1, fate)


def test_each_request_counts_and_only_one_that_proceeded_has_an_outcome() -> None:
    first, second = requests(
        received(),
        answered("2022-04-20"),
        TO_2,
        event("escalation_ended", "2022-05-12", to_stage=2, disposal="not_pursued"),
        event("escalated", "2022-05-20", to_stage=2),
        ADJUDICATED,
    )
    assert (first.no, first.fate, first.outcome) == (1, "not_pursued", None)
    assert (second.no, second.fate, second.outcome) == (2, "proceeded", "partially_upheld")


def test_the_request_that_follows_an_entry_at_stage_2_is_direct() -> None:
    (row,) = requests(received(), STRAIGHT_TO_2, event("escalated", "2022-04-06", to_stage=2))
    assert row.direct


# The Ombudsman, remedies, learning


def test_referrals_and_rulings() -> None:
    found = told(
        received(),
        event("lgsco_referred", "2022-09-01", lgsco_ref="22 1"),
        event("lgsco_decided", "2022-09-09", lgsco_ref="22 1", decision="postponed"),
        event("lgsco_decided", "2022-12-01", lgsco_ref="22 1", decision="upheld", sub="fault_injustice"),
    )
    assert [row.lgsco_ref for row in rows(found, Referral, "referral")] == ["22 1"]
    assert [(row.no, row.decision, row.sub) for row in rows(found, Ruling, "ruling")] == [
        (1, "postponed", None),
        (2, "upheld", "fault_injustice"),
    ]


REMEDY = event(
    "remedy_agreed",
    "2022-06-01",
    remedy="R1",
    source="lgsco",
    types=["apology", "financial_quantifiable_loss"],
    amount=500,
    due_on="2022-07-01",
    lgsco_ref="22 1",
)


def test_a_remedy_is_achieved_on_the_last_remedied_and_each_amount_is_a_payment() -> None:
    found = told(
        received(),
        REMEDY,
        event("remedied", "2022-06-10", remedy="R1", amount=200),
        event("remedied", "2022-06-20", remedy="R1", amount=300.5),
    )
    (row,) = rows(found, Remedy, "remedy")
    assert (row.achieved_on, row.status, row.verdict) == (d("2022-06-20"), "pending", None)
    assert row.types == ["apology", "financial_quantifiable_loss"]
    assert [(row.no, row.source, row.amount) for row in rows(found, Payment, "payment")] == [
        (1, "lgsco", Decimal("200.00")),
        (2, "lgsco", Decimal("300.50")),
    ]


def test_a_payment_without_its_own_amount_has_the_agreed_one() -> None:
    found = told(received(), REMEDY, event("remedied", "2022-06-10", remedy="R1"))
    assert [row.amount for row in rows(found, Payment, "payment")] == [Decimal("500.00")]


def test_the_last_status_stands_and_the_verdict_is_the_last_that_is_not_pending() -> None:
    (row,) = rows(
        told(
            received(),
            REMEDY,
            event("satisfaction_recorded", "2022-07-10", remedy="R1", status="completed_late"),
            event("satisfaction_recorded", "2022-08-10", remedy="R1", status="pending"),
        ),
        Remedy,
        "remedy",
    )
    assert (row.status, row.status_on) == ("pending", d("2022-08-10"))
    assert (row.verdict, row.verdict_on) == ("completed_late", d("2022-07-10"))


def test_learning_is_open_until_it_ended() -> None:
    noted = event(
        "learning_recorded", "2022-06-01", learning="L1", theme="assessment_and_review", action="Train"
    )
    (still,) = rows(told(received(), noted), Learning, "learning")
    assert (still.status, still.ended_on) == ("open", None)
    done = event("learning_not_implemented", "2022-09-01", learning="L1")
    (row,) = rows(told(received(), noted, done), Learning, "learning")
    assert (row.status, row.ended_on) == ("not_implemented", d("2022-09-01"))


# People: rule 11


def test_who_is_named() -> None:
    child = received(
        complainant={"ref": "P-1", "category": "child_in_need"}, children=[{"ref": "C-2"}, {"ref": "C-2"}]
    )
    found = rows(told(child), NamedPerson, "named_person")
    assert [row[2:] for row in found] == [("child", "C-2"), ("child", "P-1"), ("complainant", "P-1")]


def test_nobody_is_named_by_an_anonymous_complaint() -> None:
    assert "named_person" not in told(received(complainant=None, anonymous=True))


@pytest.mark.parametrize(
    ("stated", "row"),
    [
        ({"age": 17}, ("age", None, 17)),
        ({"age": "not_asked"}, ("age", "not_asked", None)),
        ({"age_band": "under_18"}, ("age", "under_18", None)),
        ({"gender": "female"}, ("gender", "female", None)),
        ({"disability": "prefer_not_to_say"}, ("disability", "prefer_not_to_say", None)),
        ({"sexual_orientation": "bisexual"}, ("sexual_orientation", "bisexual", None)),
        ({"ethnicity": "white"}, ("ethnicity", "white", None)),
    ],
)
def test_each_characteristic_is_a_row(stated: dict[str, Any], row: tuple[Any, ...]) -> None:
    said = event("equality_recorded", "2022-04-05", subject="complainant", ref="P-1", **stated)
    (found,) = rows(told(received(), said), Equality, "equality")
    assert (found.characteristic, found.value, found.years) == row
    assert (found.subject, found.person, found.position) == ("complainant", "P-1", 2)


# Other streams


@pytest.mark.parametrize(
    ("stated", "external"),
    [
        ({"source": "parent"}, True),
        ({"source": "internal_staff"}, False),
        ({"source": "internal_staff", "external": True}, True),
        ({"source": "parent", "external": False}, False),
    ],
)
def test_a_compliment_is_external_unless_from_staff_or_said_otherwise(
    stated: dict[str, Any], external: bool
) -> None:
    given = event("compliment_recorded", "2022-04-05", team="mash_cp", **stated)
    assert rows(told(given, kind="compliment"), Compliment, "compliment")[0].external is external


def test_feedback_and_population_figures() -> None:
    heard = event(
        "informal_feedback_recorded", "2022-04-05", theme="assessment_and_review", **{"from": "child"}
    )
    assert rows(told(heard, kind="feedback"), Feedback, "feedback")[0].from_ == "child"
    counted = event(
        "service_users_recorded",
        "2023-04-01",
        year="2022-23",
        measure="children_in_need",
        group={"ethnicity": "white"},
        count=557,
    )
    (row,) = rows(told(counted, kind="service_users"), ServiceUsers, "service_users")
    assert (row.ethnicity, row.team, row.number, row.rate) == ("white", None, 557, True)


def test_the_profile_is_a_fact() -> None:
    (row,) = rows(told(MERTON, kind="authority"), ProfileFact, "profile")
    assert (row.effective_on, row.profile["name"]) == (MERTON.on, MERTON.name)


def test_a_service_request_is_counted_nowhere() -> None:
    asked = event("service_request_recorded", "2022-04-05", team="mash_cp", theme="assessment_and_review")
    assert told(asked, kind="service_request") == {}


# As of, known at, corrections


def test_what_happened_later_is_left_out_as_of_a_date() -> None:
    stream = recorded("merton", "complaint", "MER-1", (received(), answered("2022-04-20")), count(1))
    named = Stream("merton", stream.id, "complaint", "MER-1")
    before = facts_of(named, stream.events, (MERTON,), as_of=d("2022-04-19"))
    assert rows(before, StageFact, "stage")[0].answered_on is None
    assert facts_of(named, stream.events, (MERTON,), as_of=d("2022-04-03")) == {}


def test_a_correction_shows_from_when_it_was_recorded() -> None:
    corrected = event(
        "correction_recorded",
        "2022-06-01",
        corrects={"event": "stage_responded", "stage": 1, "on": "2022-04-20"},
        changes={"on": "2022-04-21"},
        reason="misread",
    )
    events = (received(), answered("2022-04-20"), corrected)
    assert stages(*events)[1].within_target is False
    stream = recorded("merton", "complaint", "MER-1", events, count(1))
    then = RECORDED_AT + timedelta(milliseconds=2)
    named = Stream("merton", stream.id, "complaint", "MER-1")
    known = facts_of(named, stream.events, (MERTON,), known_at=then)
    assert rows(known, StageFact, "stage")[0].within_target is True


def test_a_remedy_taken_back_is_gone() -> None:
    void = event(
        "correction_recorded",
        "2022-06-02",
        corrects={"event": "remedy_agreed", "remedy": "R1", "on": "2022-06-01"},
        changes={"void": True},
        reason="another complaint's",
    )
    assert "remedy" not in told(received(), REMEDY, void)


# Real years


@pytest.mark.parametrize(("authority", "complaints"), [("merton", 73), ("sandwell", 1195)])
def test_a_published_years_history_has_its_facts(authority: str, complaints: int) -> None:
    applied = (profile(authority),)
    facts: dict[str, int] = {}
    for stream in recorded_streams(authority):
        named = Stream(authority, stream.id, stream.kind, stream.reference)
        for table, of_table in facts_of(named, stream.events, applied).items():
            facts[table] = facts.get(table, 0) + len(of_table)
    assert facts["complaint"] == complaints
    assert facts["stage"] >= facts["spell"] > 0
