"""Small histories whose figures the contract settles: later stages, conduct, population, remedies."""

from datetime import date
from typing import Final

from tests.oracle.differences import Difference, Line, answered, received, told


def _served(number: int, **of: str) -> Line:
    """How many children in need there were in 2022-23, of a group."""
    data = {"year": "2022-23", "measure": "children_in_need", "group": of, "count": number}
    event = "service_users_recorded"
    return {"stream": "service_users", "id": f"S-{of}", "event": event, "on": "2023-03-31", "data": data}


_ASKED_FOR_A_PANEL: Final = (
    received("2022-04-04"),
    answered("2022-04-11"),
    told("escalated", "2022-04-25", to_stage=2),
    told("adjudicated", "2022-05-09", outcome="upheld"),
    told("escalated", "2022-05-16", to_stage=3),
)

LATER_SETTLED: Final = (
    Difference(
        "65 days are 65 days",
        "stage2_timeliness: `within_65`; rule 10: sent on or before the Nth working day after day 0",
        (
            received("2022-04-04", "corporate_local"),
            answered("2022-04-11"),
            told("escalated", "2022-04-25", to_stage=2),
            answered("2022-07-04", 2),
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
            received("2022-10-03"),
            answered("2022-10-10"),
            told("escalated", "2022-10-24", to_stage=2),
            told("statement_of_complaint_agreed", "2022-11-07"),
            told("statement_of_complaint_agreed", "2022-11-14"),
            told("adjudicated", "2022-12-05", outcome="upheld"),
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
            received("2022-04-04", "corporate_local"),
            answered("2022-04-11"),
            told("escalated", "2022-04-25", to_stage=2),
            answered("2022-05-09", 2),
            told("escalation_ended", "2022-05-16", to_stage=2, disposal="resolved_adr"),
            told("escalated", "2022-06-06", to_stage=2),
            answered("2022-06-13", 2),
        ),
        "stage2_register",
        {"case": 2},
        "working_days_statutory",
        5,
        "corporate_local",
    ),
    Difference(
        "a request that was answered though it had been refused is in the register",
        "stage2_register: not requests that ended before an investigation began",
        (
            received("2022-10-03"),
            answered("2022-10-10"),
            told("escalated", "2022-10-24", to_stage=2),
            told("late_request_decided", "2022-10-31", to_stage=2, decision="refused"),
            told("adjudicated", "2022-12-05", outcome="upheld"),
        ),
        "stage2_register",
        {"case": 1},
        "adjudicated_on",
        date(2022, 12, 5),
    ),
    Difference(
        "a panel that met counts though the request ended and was made again",
        "panels: flow, the event's own date falls in the period",
        (
            *_ASKED_FOR_A_PANEL,
            told("panel_held", "2022-06-06"),
            told("escalation_ended", "2022-06-13", to_stage=3, disposal="not_pursued"),
            told("escalated", "2022-09-05", to_stage=3),
        ),
        "panels",
        {"year": "2022-23"},
        "within_30",
        1,
    ),
    Difference(
        "a panel that never met is late though the council answered later",
        "conformity: only `stage_1_unanswered` and `stage_2_undecided` ask that there is no answer",
        (*_ASKED_FOR_A_PANEL, told("stage3_responded", "2022-08-01", outcome="upheld")),
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
            told("panel_held", "2022-08-01"),
            told("escalation_ended", "2022-08-08", to_stage=3, disposal="not_pursued"),
            told("escalated", "2022-09-05", to_stage=3),
            told("panel_held", "2022-09-12"),
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
            received("2022-04-04", "corporate_local"),
            told("deferred_concurrent", "2022-04-06", ground="disciplinary"),
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
        (received("2022-04-04"), _served(40, ethnicity="mixed"), _served(60, ethnicity="asian")),
        "ethnicity_rates",
        {"measure": "children_in_need", "level": "code", "ethnicity": "total"},
        "service_users",
        60,
    ),
    Difference(
        "where figures exist for a group and for its codes, the codes win",
        "ethnicity_rates: if figures exist under the group and under its codes, the codes win",
        (
            received("2022-04-04"),
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
        (received("2022-04-04"), told("escalated", "2022-04-11", to_stage=2)),
        "timeliness_by_quarter",
        {"quarter": "Q1"},
        "missed",
        1,
    ),
    Difference(
        "a remedy with an agreed amount is a payment every time it is carried out",
        "financial_remedies: each `remedied` in the period with an amount, its own or the agreed one",
        (
            received("2022-04-04"),
            answered("2022-04-11"),
            told(
                "remedy_agreed", "2022-05-02", remedy="R-1", source="council", types=["apology"], amount=100
            ),
            told("remedied", "2022-05-16", remedy="R-1"),
            told("remedied", "2022-06-13", remedy="R-1", amount=50),
        ),
        "financial_remedies",
        {"source": "total"},
        "amount",
        150,
    ),
)
