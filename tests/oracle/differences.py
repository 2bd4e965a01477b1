"""Small histories whose figures the contract settles: each with one cell and the words that settle it.

The oracle and the services tell them alike. Most were told differently once, and are why this comparison is
worth its time.
"""

from dataclasses import dataclass
from typing import Any, Final

Line = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A history, the question, the cell, and why it is what it is."""

    name: str
    why: str
    lines: tuple[Line, ...]
    table: str
    place: dict[str, Any]
    cell: str
    value: Any
    procedure: str = "children_statutory"
    year: str = "2022-23"


def told(event: str, on: str, **data: Any) -> Line:
    """An event of the one complaint."""
    return {"stream": "complaint", "id": "C-1", "event": event, "on": on, "data": data}


def received(on: str, procedure: str = "children_statutory", **data: Any) -> Line:
    """Its receipt."""
    stated = {
        "method": "email",
        "procedure": procedure,
        "team": "north",
        "issues": [{"no": 1, "theme": "staff"}],
    }
    complainant = {"ref": "P-1", "category": "parent"}
    return told("received", on, **{**stated, "complainant": complainant, **data})


def answered(on: str, stage: int = 1) -> Line:
    """An answer that upholds it."""
    return told("stage_responded", on, stage=stage, issue_outcomes=[{"issue": 1, "outcome": "upheld"}])


_TOTAL: Final = {"stage": 1, "team": "total"}

SETTLED: Final = (
    Difference(
        "an ended request does not take the outcome of the next one",
        "escalations: `upheld_or_partial`, `not_upheld` (of those proceeded)",
        (
            received("2022-04-04"),
            answered("2022-04-11"),
            told("escalated", "2022-04-25", to_stage=2),
            told("statement_of_complaint_agreed", "2022-05-02"),
            told("escalation_ended", "2022-05-16", to_stage=2, disposal="withdrawn"),
            told("escalated", "2022-06-06", to_stage=2),
            told("adjudicated", "2022-07-04", outcome="upheld"),
        ),
        "escalations",
        {"to_stage": 2},
        "upheld_or_partial",
        1,
    ),
    Difference(
        "ten days are ten days",
        "monthly: `within_10`; rule 10: sent on or before the Nth working day after day 0",
        (received("2022-06-06", "corporate_local"), answered("2022-06-24")),
        "monthly",
        {"month": "total"},
        "within_10",
        0,
        "corporate_local",
    ),
    Difference(
        "reopened after a request for stage 2, a complaint does not come back to stage 1",
        "rule 9: a complaint reopened with no answer and no stage 2 request comes back",
        (
            received("2022-04-04"),
            told("escalated", "2022-05-16", to_stage=2),
            told("adjudicated", "2022-07-04", outcome="upheld"),
            told("closed", "2022-07-05"),
            told("reopened", "2022-09-05"),
        ),
        "outcomes_by_year",
        {"stage": 1, "year": "2022-23"},
        "outstanding",
        0,
    ),
    Difference(
        "a first request that ended was open on the last day of its year",
        "outcomes_by_year: flow for 2 and 3 (outstanding on the period's last day)",
        (
            received("2022-02-07"),
            answered("2022-02-14"),
            told("escalated", "2022-03-14", to_stage=2),
            told("escalation_ended", "2022-04-25", to_stage=2, disposal="withdrawn"),
            told("escalated", "2022-06-06", to_stage=2),
        ),
        "outcomes_by_year",
        {"stage": 2, "year": "2021-22"},
        "outstanding",
        1,
    ),
    Difference(
        "a first request that was withdrawn stays withdrawn in its year",
        "outcomes_by_year: flow for 2 and 3, `withdrawn`",
        (
            received("2022-02-07"),
            answered("2022-02-14"),
            told("escalated", "2022-03-07", to_stage=2),
            told("escalation_ended", "2022-03-21", to_stage=2, disposal="withdrawn"),
            told("escalated", "2022-06-06", to_stage=2),
        ),
        "outcomes_by_year",
        {"stage": 2, "year": "2021-22"},
        "withdrawn",
        1,
    ),
    Difference(
        "an advocate asked for before a deferral still starts the clock",
        "rule 10: first advocate appointed after a request made in time; the latest before the answer holds",
        (
            received("2022-04-04"),
            told("advocate_requested", "2022-04-11"),
            told("deferred_concurrent", "2022-04-14", ground="disciplinary"),
            told("resubmitted", "2022-06-06", ground="disciplinary"),
            told("advocate_appointed", "2022-07-04"),
            answered("2022-07-15"),
        ),
        "timeliness_by_team",
        _TOTAL,
        "within_target",
        1,
    ),
    Difference(
        "an advocate asked for during a deferral starts the clock",
        "rule 10: first advocate appointed after a request made in time",
        (
            received("2022-04-04"),
            told("deferred_concurrent", "2022-04-06", ground="disciplinary"),
            told("advocate_requested", "2022-04-11"),
            told("resubmitted", "2022-04-25", ground="disciplinary"),
            told("advocate_appointed", "2022-07-04"),
            answered("2022-07-15"),
        ),
        "timeliness_by_team",
        _TOTAL,
        "within_target",
        1,
    ),
    Difference(
        "an appointment that nobody asked for does not use up the one asked for",
        "rule 10: first advocate appointed after a request made in time",
        (
            received("2022-04-04"),
            told("advocate_appointed", "2022-04-06"),
            told("advocate_requested", "2022-04-11"),
            told("advocate_appointed", "2022-07-04"),
            answered("2022-07-15"),
        ),
        "timeliness_by_team",
        _TOTAL,
        "within_target",
        1,
    ),
    Difference(
        "settled in time is not past due",
        "timeliness_by_quarter: not answered by the due date and not settled (`resolved`) on or before it",
        (received("2022-04-04"), told("resolved", "2022-04-11", stage=1, terms_sent_on="2022-04-11")),
        "timeliness_by_year",
        {"year": "2022-23"},
        "unanswered_past_due",
        0,
    ),
    Difference(
        "a year's receipts include entries at stage 2",
        "rule 9: every other `received` includes them; `volumes_by_year` is not in its list",
        (
            received("2022-04-04"),
            told(
                "eligibility_assessed",
                "2022-04-05",
                decision="accepted",
                procedure="children_statutory",
                entry_stage=2,
            ),
            told("escalated", "2022-04-05", to_stage=2),
        ),
        "volumes_by_year",
        {"year": "2022-23"},
        "received",
        1,
    ),
    Difference(
        "a second answer changes the outcome and not the date",
        "history: the first counts for time (its date and team in every table), the last for the outcome",
        (
            received("2023-03-20"),
            answered("2023-03-31"),
            told("closed", "2023-04-03"),
            told("reopened", "2023-04-11"),
            told(
                "stage_responded",
                "2023-04-20",
                stage=1,
                team="south",
                issue_outcomes=[{"issue": 1, "outcome": "not_upheld"}],
            ),
        ),
        "outcomes_by_team",
        {"stage": 1, "team": "north"},
        "not_upheld",
        1,
    ),
    Difference(
        "an answer while an advocate is awaited counts from the earlier start",
        "history: an answer sent while an advocate is awaited counts from the earlier start",
        (
            received("2022-04-04"),
            told("advocate_requested", "2022-04-11"),
            answered("2022-06-06"),
            told("advocate_appointed", "2022-06-07"),
        ),
        "timeliness_by_team",
        _TOTAL,
        "late",
        1,
    ),
    Difference(
        "partial is upheld where the answer's own date no longer allows it",
        "history: upheld where the answer's date no longer allows partial",
        (
            received("2023-06-12", issues=[{"no": 1, "theme": "staff"}, {"no": 2, "theme": "delay"}]),
            told(
                "stage_responded",
                "2023-07-03",
                stage=1,
                issue_outcomes=[{"issue": 1, "outcome": "upheld"}, {"issue": 2, "outcome": "not_upheld"}],
            ),
        ),
        "outcomes_by_team",
        _TOTAL,
        "upheld",
        1,
        year="2023-24",
    ),
)
