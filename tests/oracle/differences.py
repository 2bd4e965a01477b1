"""Small histories whose figures the contract settles: each with one cell and the words that settle it.

The oracle and the services tell them alike. Most were told differently once, and are why this comparison is
worth its time.
"""

from dataclasses import dataclass
from datetime import date
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


def _told(event: str, on: str, **data: Any) -> Line:
    return {"stream": "complaint", "id": "C-1", "event": event, "on": on, "data": data}


def _received(on: str, procedure: str = "children_statutory", **data: Any) -> Line:
    stated = {
        "method": "email",
        "procedure": procedure,
        "team": "north",
        "issues": [{"no": 1, "theme": "staff"}],
    }
    complainant = {"ref": "P-1", "category": "parent"}
    return _told("received", on, **{**stated, "complainant": complainant, **data})


def _answered(on: str, stage: int = 1) -> Line:
    return _told("stage_responded", on, stage=stage, issue_outcomes=[{"issue": 1, "outcome": "upheld"}])


def _served(number: int, **of: str) -> Line:
    """How many children in need there were in 2022-23, of a group."""
    data = {"year": "2022-23", "measure": "children_in_need", "group": of, "count": number}
    event = "service_users_recorded"
    return {"stream": "service_users", "id": f"S-{of}", "event": event, "on": "2023-03-31", "data": data}


_ASKED_FOR_A_PANEL: Final = (
    _received("2022-04-04"),
    _answered("2022-04-11"),
    _told("escalated", "2022-04-25", to_stage=2),
    _told("adjudicated", "2022-05-09", outcome="upheld"),
    _told("escalated", "2022-05-16", to_stage=3),
)

_TOTAL: Final = {"stage": 1, "team": "total"}

SETTLED: Final = (
    Difference(
        "an ended request does not take the outcome of the next one",
        "escalations: `upheld_or_partial`, `not_upheld` (of those proceeded)",
        (
            _received("2022-04-04"),
            _answered("2022-04-11"),
            _told("escalated", "2022-04-25", to_stage=2),
            _told("statement_of_complaint_agreed", "2022-05-02"),
            _told("escalation_ended", "2022-05-16", to_stage=2, disposal="withdrawn"),
            _told("escalated", "2022-06-06", to_stage=2),
            _told("adjudicated", "2022-07-04", outcome="upheld"),
        ),
        "escalations",
        {"to_stage": 2},
        "upheld_or_partial",
        1,
    ),
    Difference(
        "ten days are ten days",
        "monthly: `within_10`; rule 10: sent on or before the Nth working day after day 0",
        (_received("2022-06-06", "corporate_local"), _answered("2022-06-24")),
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
            _received("2022-04-04"),
            _told("escalated", "2022-05-16", to_stage=2),
            _told("adjudicated", "2022-07-04", outcome="upheld"),
            _told("closed", "2022-07-05"),
            _told("reopened", "2022-09-05"),
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
            _received("2022-02-07"),
            _answered("2022-02-14"),
            _told("escalated", "2022-03-14", to_stage=2),
            _told("escalation_ended", "2022-04-25", to_stage=2, disposal="withdrawn"),
            _told("escalated", "2022-06-06", to_stage=2),
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
            _received("2022-02-07"),
            _answered("2022-02-14"),
            _told("escalated", "2022-03-07", to_stage=2),
            _told("escalation_ended", "2022-03-21", to_stage=2, disposal="withdrawn"),
            _told("escalated", "2022-06-06", to_stage=2),
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
            _received("2022-04-04"),
            _told("advocate_requested", "2022-04-11"),
            _told("deferred_concurrent", "2022-04-14", ground="disciplinary"),
            _told("resubmitted", "2022-06-06", ground="disciplinary"),
            _told("advocate_appointed", "2022-07-04"),
            _answered("2022-07-15"),
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
            _received("2022-04-04"),
            _told("deferred_concurrent", "2022-04-06", ground="disciplinary"),
            _told("advocate_requested", "2022-04-11"),
            _told("resubmitted", "2022-04-25", ground="disciplinary"),
            _told("advocate_appointed", "2022-07-04"),
            _answered("2022-07-15"),
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
            _received("2022-04-04"),
            _told("advocate_appointed", "2022-04-06"),
            _told("advocate_requested", "2022-04-11"),
            _told("advocate_appointed", "2022-07-04"),
            _answered("2022-07-15"),
        ),
        "timeliness_by_team",
        _TOTAL,
        "within_target",
        1,
    ),
    Difference(
        "settled in time is not past due",
        "timeliness_by_quarter: not answered by the due date and not settled (`resolved`) on or before it",
        (_received("2022-04-04"), _told("resolved", "2022-04-11", stage=1, terms_sent_on="2022-04-11")),
        "timeliness_by_year",
        {"year": "2022-23"},
        "unanswered_past_due",
        0,
    ),
    Difference(
        "a year's receipts include entries at stage 2",
        "rule 9: every other `received` includes them; `volumes_by_year` is not in its list",
        (
            _received("2022-04-04"),
            _told(
                "eligibility_assessed",
                "2022-04-05",
                decision="accepted",
                procedure="children_statutory",
                entry_stage=2,
            ),
            _told("escalated", "2022-04-05", to_stage=2),
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
            _received("2023-03-20"),
            _answered("2023-03-31"),
            _told("closed", "2023-04-03"),
            _told("reopened", "2023-04-11"),
            _told(
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
            _received("2022-04-04"),
            _told("advocate_requested", "2022-04-11"),
            _answered("2022-06-06"),
            _told("advocate_appointed", "2022-06-07"),
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
            _received("2023-06-12", issues=[{"no": 1, "theme": "staff"}, {"no": 2, "theme": "delay"}]),
            _told(
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
    Difference(
        "65 days are 65 days",
        "stage2_timeliness: `within_65`; rule 10: sent on or before the Nth working day after day 0",
        (
            _received("2022-04-04", "corporate_local"),
            _answered("2022-04-11"),
            _told("escalated", "2022-04-25", to_stage=2),
            _answered("2022-07-04", 2),
        ),
        "stage2_timeliness",
        {},
        "within_65",
        1,
        "corporate_local",
    ),
    Difference(
        "the statement that was answered is the last one before the answer",
        "rule 10: of several starts the latest before the answer holds; its date and its days are of one",
        (
            _received("2022-10-03"),
            _answered("2022-10-10"),
            _told("escalated", "2022-10-24", to_stage=2),
            _told("statement_of_complaint_agreed", "2022-11-07"),
            _told("statement_of_complaint_agreed", "2022-11-14"),
            _told("adjudicated", "2022-12-05", outcome="upheld"),
        ),
        "stage2_register",
        {"case": 1},
        "statement_agreed_on",
        date(2022, 11, 14),
    ),
    Difference(
        "a request made after an answer is counted from its own day",
        "stage2_register: one row per request; rule 10: stage 2 from the request",
        (
            _received("2022-04-04", "corporate_local"),
            _answered("2022-04-11"),
            _told("escalated", "2022-04-25", to_stage=2),
            _answered("2022-05-09", 2),
            _told("escalation_ended", "2022-05-16", to_stage=2, disposal="resolved_adr"),
            _told("escalated", "2022-06-06", to_stage=2),
            _answered("2022-06-13", 2),
        ),
        "stage2_register",
        {"case": 2},
        "working_days_statutory",
        5,
        "corporate_local",
    ),
    Difference(
        "a panel that met counts though the request ended and was made again",
        "panels: flow, the event's own date falls in the period",
        (
            *_ASKED_FOR_A_PANEL,
            _told("panel_held", "2022-06-06"),
            _told("escalation_ended", "2022-06-13", to_stage=3, disposal="not_pursued"),
            _told("escalated", "2022-09-05", to_stage=3),
        ),
        "panels",
        {"year": "2022-23"},
        "within_30",
        1,
    ),
    Difference(
        "a panel that never met is late though the council answered later",
        "conformity: only `stage_1_unanswered` and `stage_2_undecided` ask that there is no answer",
        (*_ASKED_FOR_A_PANEL, _told("stage3_responded", "2022-08-01", outcome="upheld")),
        "conformity",
        {"rule": "stage_3_panel_late"},
        "complaints",
        1,
    ),
    Difference(
        "what was late stays late though it was asked for again",
        "conformity: what was done late counts by its own date",
        (
            *_ASKED_FOR_A_PANEL,
            _told("panel_held", "2022-08-01"),
            _told("escalation_ended", "2022-08-08", to_stage=3, disposal="not_pursued"),
            _told("escalated", "2022-09-05", to_stage=3),
            _told("panel_held", "2022-09-12"),
        ),
        "conformity",
        {"rule": "stage_3_panel_late"},
        "complaints",
        1,
    ),
    Difference(
        "no procedure but the Act's stands still for concurrent proceedings",
        "rule 10: while deferred there is no due date, said of `children_statutory` alone",
        (
            _received("2022-04-04", "corporate_local"),
            _told("deferred_concurrent", "2022-04-06", ground="disciplinary"),
        ),
        "conformity",
        {"rule": "stage_1_unanswered"},
        "complaints",
        1,
        "corporate_local",
    ),
    Difference(
        "a figure for a Census group is none for a code",
        "ethnicity_rates: first the Census groups, then the profile's codes",
        (_received("2022-04-04"), _served(40, ethnicity="mixed"), _served(60, ethnicity="asian")),
        "ethnicity_rates",
        {"measure": "children_in_need", "level": "code", "ethnicity": "total"},
        "service_users",
        60,
    ),
    Difference(
        "where figures exist for a group and for its codes, the codes win",
        "ethnicity_rates: if figures exist under the group and under its codes, the codes win",
        (
            _received("2022-04-04"),
            _served(100, ethnicity="white"),
            _served(70, ethnicity="white_british"),
            _served(5, ethnicity="white_irish"),
        ),
        "ethnicity_rates",
        {"measure": "children_in_need", "level": "group", "ethnicity": "white"},
        "service_users",
        75,
    ),
    Difference(
        "a request for stage 2 before the day does not answer stage 1",
        "timeliness_by_quarter: not answered by the due date and not withdrawn, settled, skipped or closed",
        (_received("2022-04-04"), _told("escalated", "2022-04-11", to_stage=2)),
        "timeliness_by_quarter",
        {"quarter": "Q1"},
        "missed",
        1,
    ),
    Difference(
        "a remedy with an agreed amount is a payment every time it is carried out",
        "financial_remedies: each `remedied` in the period with an amount, its own or the agreed one",
        (
            _received("2022-04-04"),
            _answered("2022-04-11"),
            _told(
                "remedy_agreed", "2022-05-02", remedy="R-1", source="council", types=["apology"], amount=100
            ),
            _told("remedied", "2022-05-16", remedy="R-1"),
            _told("remedied", "2022-06-13", remedy="R-1", amount=50),
        ),
        "financial_remedies",
        {"source": "total"},
        "amount",
        150,
    ),
)
"""Each is told alike by the oracle and the services."""
