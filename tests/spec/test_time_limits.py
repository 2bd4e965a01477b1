"""Time limits: from which day each stage counts, by when it is due, what moves it and what does not.

Working days are counted by hand here: Easter 2023 took out 7 and 10 April, May the 1st, the 8th (the
Coronation) and the 29th.
"""

from datetime import date
from typing import Any, NamedTuple

import pytest

from complaint_events import working_days
from complaint_events.clock import stage_clock
from complaint_events.codes import Procedure
from complaint_events.conformity import nonconformities
from complaint_events.event_model import Event
from tests.spec.scenario import happened, profile


class Clock(NamedTuple):
    """After a story a stage counts from `start` and is due by `target`, at the latest by `maximum`."""

    says: str
    source: str
    stage: int
    story: tuple[Event, ...]
    start: str
    target: str | None
    maximum: str | None
    configured: dict[str, Any] | None = None


class InTime(NamedTuple):
    """What is done on its last day is in time; done on the next day, the requirement `name` was not met."""

    says: str
    source: str
    story: tuple[Event, ...]
    event: str
    last: str
    next: str
    name: str


def received(on: str = "2023-03-29", procedure: Procedure = "children_statutory", **data: Any) -> Event:
    return happened("received", on, procedure=procedure, **data)


RECEIVED = received()
INTERESTED = received(complainant={"ref": "P-1", "category": "sufficient_interest"})
ASKED_FOR_ADVOCATE = happened("advocate_requested", "2023-04-03")
DEFERRED = happened("deferred_concurrent", "2023-04-05")
EXTENDED = happened("extended", "2023-04-12", new_due="2023-04-28")
MEDIATED = (
    happened("adr_offered", "2023-04-17", type="mediation"),
    happened("adr_concluded", "2023-04-24", result="unresolved_to_stage2"),
)
ANSWERED = happened("stage_responded", "2023-04-12")
REQUESTED = happened("escalated", "2023-04-14")
ORAL = received(form="oral")
TO_PANEL = (
    RECEIVED,
    ANSWERED,
    REQUESTED,
    happened("adjudicated", "2023-06-30", received_on="2023-07-03"),
    happened("escalated", "2023-07-24", to_stage=3),
)
CODE = received(procedure="corporate_code")
LOCAL = received(procedure="corporate_local")
ANSWERED_BY_CODE = happened("stage_responded", "2023-04-14")
REVIEW = happened("escalated", "2023-04-20")
OWN_DAYS = {
    "procedures": {
        "corporate_local": {
            "stage_1": {"from": "acknowledged", "target": 12, "max": 14},
            "stage_2": {"target": 20},
        }
    }
}
SHUT = {"closure_days": ["2023-12-27", "2023-12-28", "2023-12-29"]}
ACT = "SI 2006/1738 reg "
CHC = "LGSCO Complaint Handling Code 2024, "

CLOCKS = [
    Clock(
        "Stage 1 counts from receipt: 10 working days, at most 20 in all.",
        ACT + "14(1), (3)(c), (5)",
        1,
        (RECEIVED,),
        "2023-03-29",
        "2023-04-14",
        "2023-04-28",
    ),
    Clock(
        "Received on a Saturday: that day is day 0, Monday is day 1.",
        ACT + "2",
        1,
        (received("2023-04-01"),),
        "2023-04-01",
        "2023-04-18",
        "2023-05-03",
    ),
    Clock(
        "Received on Good Friday: the Tuesday after Easter is day 1.",
        ACT + "2",
        1,
        (received("2023-04-07"),),
        "2023-04-07",
        "2023-04-24",
        "2023-05-10",
    ),
    Clock(
        "Where the interest in the child must be decided, stage 1 counts from the decision.",
        ACT + "14(3)(a)",
        1,
        (INTERESTED, happened("sufficient_interest_decided", "2023-04-12")),
        "2023-04-12",
        "2023-04-26",
        "2023-05-12",
    ),
    Clock(
        "The appointment of the advocate who was asked for is a new start, with the whole time before it.",
        ACT + "14(3)(b)",
        1,
        (RECEIVED, ASKED_FOR_ADVOCATE, happened("advocate_appointed", "2023-04-20")),
        "2023-04-20",
        "2023-05-05",
        "2023-05-22",
    ),
    Clock(
        "Until then nothing is due.",
        ACT + "14(3)(b)",
        1,
        (RECEIVED, ASKED_FOR_ADVOCATE),
        "2023-03-29",
        None,
        None,
    ),
    Clock(
        "A later start agreed at the complainant's request is the start.",
        ACT + "14(4)",
        1,
        (RECEIVED, happened("start_date_agreed", "2023-04-03", new_start="2023-04-24")),
        "2023-04-24",
        "2023-05-10",
        "2023-05-24",
    ),
    Clock(
        "An extension moves neither the start nor the maximum.",
        ACT + "14(5)",
        1,
        (RECEIVED, EXTENDED),
        "2023-03-29",
        "2023-04-14",
        "2023-04-28",
    ),
    Clock(
        "While the complaint is deferred for other proceedings nothing is due.",
        ACT + "8(1)",
        1,
        (RECEIVED, DEFERRED),
        "2023-03-29",
        None,
        None,
    ),
    Clock(
        "Resubmitted after them it has a new start.",
        ACT + "8(5)",
        1,
        (RECEIVED, DEFERRED, happened("resubmitted", "2023-06-12")),
        "2023-06-12",
        "2023-06-26",
        "2023-07-10",
    ),
    Clock(
        "Mediation stops no clock.",
        "councils' guidance; reg 14 knows no such pause",
        1,
        (RECEIVED, *MEDIATED),
        "2023-03-29",
        "2023-04-14",
        "2023-04-28",
    ),
    Clock(
        "Stage 2 counts from the request: 25 working days, at most 65 from the same start.",
        ACT + "17(3), (4), (6)",
        2,
        (RECEIVED, ANSWERED, REQUESTED),
        "2023-04-14",
        "2023-05-23",
        "2023-07-19",
    ),
    Clock(
        "Where both agree to skip stage 1, it counts from that day's request.",
        ACT + "14(1), 17(4)",
        2,
        (RECEIVED, happened("stage1_skipped", "2023-03-31"), happened("escalated", "2023-03-31")),
        "2023-03-31",
        "2023-05-11",
        "2023-07-07",
    ),
    Clock(
        "The agreed statement of complaint moves nothing.",
        ACT + "17(4); LGSCO decision 23 013 837",
        2,
        (RECEIVED, ANSWERED, REQUESTED, happened("statement_of_complaint_agreed", "2023-05-15")),
        "2023-04-14",
        "2023-05-23",
        "2023-07-19",
    ),
    Clock(
        "Mediation does not stop stage 2 once it was requested.",
        "councils' guidance; reg 17 knows no such pause",
        2,
        (RECEIVED, ANSWERED, REQUESTED, *MEDIATED),
        "2023-04-14",
        "2023-05-23",
        "2023-07-19",
    ),
    Clock(
        "Of oral representations it counts from the final written record.",
        ACT + "16(1), 17(5)",
        2,
        (ORAL, ANSWERED, REQUESTED, happened("written_record_finalised", "2023-05-15")),
        "2023-05-15",
        "2023-06-20",
        "2023-08-15",
    ),
    Clock(
        "Before that record nothing is due.",
        ACT + "17(5)",
        2,
        (ORAL, ANSWERED, REQUESTED),
        "2023-04-14",
        None,
        None,
    ),
    Clock(
        "The panel meets within 30 working days of the request.",
        ACT + "19(4)",
        3,
        TO_PANEL,
        "2023-07-24",
        "2023-09-05",
        "2023-09-05",
    ),
    Clock(
        "Under the Code stage 1 counts from the acknowledgement: 10 working days, at most 20.",
        CHC + "6.3, 6.4",
        1,
        (CODE, happened("acknowledged", "2023-03-31")),
        "2023-03-31",
        "2023-04-18",
        "2023-05-03",
    ),
    Clock(
        "A late acknowledgement buys no time: at the latest it counts from the fifth working day.",
        CHC + "6.2, 6.3",
        1,
        (CODE, happened("acknowledged", "2023-04-21")),
        "2023-04-05",
        "2023-04-21",
        "2023-05-09",
    ),
    Clock(
        "Stage 2 of the Code counts from the acknowledgement of the request: 20 working days, at most 40.",
        CHC + "section 6",
        2,
        (CODE, ANSWERED_BY_CODE, REVIEW, happened("acknowledged", "2023-04-24", stage=2)),
        "2023-04-24",
        "2023-05-24",
        "2023-06-22",
    ),
    Clock(
        "Unacknowledged, stage 2 of the Code counts from the fifth working day.",
        CHC + "section 6",
        2,
        (CODE, ANSWERED_BY_CODE, REVIEW),
        "2023-04-27",
        "2023-05-30",
        "2023-06-27",
    ),
    Clock(
        "A council's own procedure has 15 working days from receipt, unless it configures others.",
        "Wokingham's procedure",
        1,
        (LOCAL,),
        "2023-03-29",
        "2023-04-21",
        "2023-04-21",
    ),
    Clock(
        "Configured with 12 and 14 days from the acknowledgement.",
        "the council's own procedure",
        1,
        (LOCAL, happened("acknowledged", "2023-03-31")),
        "2023-03-31",
        "2023-04-20",
        "2023-04-24",
        OWN_DAYS,
    ),
    Clock(
        "Its stage 2 has 20 working days from the request.",
        "Wokingham's procedure",
        2,
        (LOCAL, ANSWERED, happened("escalated", "2023-04-24")),
        "2023-04-24",
        "2023-05-24",
        "2023-05-24",
    ),
    Clock(
        "Any other complaint is answered within 20 working days of receipt.",
        "Medway's report 2023-24, 10.4",
        1,
        (received(procedure="non_statutory"),),
        "2023-03-29",
        "2023-04-28",
        "2023-04-28",
    ),
    Clock(
        "Days on which only the council is closed are working days under the Act.",
        ACT + "2",
        1,
        (received("2023-12-18"),),
        "2023-12-18",
        "2024-01-04",
        "2024-01-18",
        SHUT,
    ),
    Clock(
        "A council's own procedure leaves them out where the council configures them.",
        "the council's own procedure",
        1,
        (received("2023-12-18", "corporate_local"),),
        "2023-12-18",
        "2024-01-16",
        "2024-01-16",
        SHUT,
    ),
]

IN_TIME = [
    InTime(
        "Stage 1 ends when the response is sent.",
        ACT + "14(1), (5)",
        (RECEIVED, EXTENDED),
        "stage_responded",
        "2023-04-28",
        "2023-04-29",
        "stage_1_late",
    ),
    InTime(
        "Stage 2 ends when notice of the response is sent.",
        ACT + "17(3), (6)(b)",
        (RECEIVED, ANSWERED, REQUESTED),
        "adjudicated",
        "2023-07-19",
        "2023-07-20",
        "stage_2_late",
    ),
    InTime(
        "The panel must have met.",
        ACT + "19(4)",
        TO_PANEL,
        "panel_held",
        "2023-09-05",
        "2023-09-06",
        "stage_3_panel_late",
    ),
    InTime(
        "Its report is sent within 5 working days.",
        ACT + "20(2)",
        (*TO_PANEL, happened("panel_held", "2023-09-01")),
        "panel_report_issued",
        "2023-09-08",
        "2023-09-11",
        "stage_3_report_late",
    ),
    InTime(
        "The council answers within 15 working days of the report.",
        ACT + "20(3)",
        (*TO_PANEL, happened("panel_held", "2023-09-01"), happened("panel_report_issued", "2023-09-08")),
        "stage3_responded",
        "2023-09-29",
        "2023-10-02",
        "stage_3_response_late",
    ),
]


def counted(row: Clock) -> tuple[str, str | None, str | None]:
    """Start, target and maximum as the clock has them."""
    stated = row.story[0]
    assert stated.event == "received"
    found = stage_clock(row.story, row.stage, stated.data()["procedure"], profile(**(row.configured or {})))
    assert found is not None
    due = [one.isoformat() if one else None for one in (found.target_on, found.maximum_on)]
    return found.started.on.isoformat(), due[0], due[1]


@pytest.mark.parametrize("row", CLOCKS, ids=lambda row: row.says)
def test_a_stage_counts_from_its_start_and_falls_due(row: Clock) -> None:
    assert counted(row) == (row.start, row.target, row.maximum)


@pytest.mark.parametrize("row", IN_TIME, ids=lambda row: row.says)
def test_what_is_done_on_its_last_day_is_in_time_and_later_is_late(row: InTime) -> None:
    def names(on: str) -> set[str]:
        story = (*row.story, happened(row.event, on))
        return {one.rule for one in nonconformities(story, "children_statutory", profile())}

    assert row.name not in names(row.last)
    assert row.name in names(row.next)


def test_a_newly_proclaimed_bank_holiday_moves_what_is_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """Banking and Financial Dealings Act 1971 s1(3): one-offs come by proclamation."""
    row = CLOCKS[0]
    caches = (working_days.bank_holidays, working_days._working_days, working_days._calendar)
    try:
        monkeypatch.setitem(working_days.PROCLAIMED, date(2023, 4, 13), "a jubilee")
        for cache in caches:
            cache.cache_clear()
        assert counted(row) == ("2023-03-29", "2023-04-17", "2023-05-02")
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()
    assert counted(row) == (row.start, row.target, row.maximum)
