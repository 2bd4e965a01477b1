"""The complaint, its issues and its people: these events, then these rows."""

from typing import Any, NamedTuple

import pytest

from complaint_events.event_model import Event
from reporting_api.star import (
    NOT_RECORDED,
    Complaint,
    Equality,
    NamedPerson,
)
from tests.caseloads import event
from tests.facts_told import (
    ACCEPTED,
    REFUSED,
    TO_2,
    TYPE,
    answered,
    d,
    issues,
    received,
    rows,
    the_complaint,
    told,
)


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


# Issues


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
