"""Extension: a stage takes longer than its target (SI 2006/1738 regs 14(5), 17(6))."""

from datetime import date, timedelta

from hypothesis import given as examples
from hypothesis import strategies as st

from complaint_events.working_days import add_working_days
from tests.spec.scenario import Law, given, happened

RECEIVED = happened("received", "2023-02-06")
EXTENDED = happened("extended", "2023-02-15", new_due="2023-03-06")
CORPORATE = given(happened("received", "2023-02-06", procedure="corporate_code"))
WAITING = happened("advocate_requested", "2023-02-08")

LAWS = [
    Law(
        "extension_of_answered_stage",
        "SI 2006/1738 regs 14(5), 17(6)",
        given(RECEIVED, happened("stage_responded", "2023-02-16")),
        breaks=happened("extended", "2023-02-17", new_due="2023-03-06"),
        field="stage",
        kept_after=given(RECEIVED),
    ),
    Law(
        "extension_reason",
        "SI 2006/1738 regs 14(5), 17(6)",
        given(RECEIVED),
        breaks=happened("extended", "2023-02-15", reason="other", new_due="2023-03-06"),
        field="reason",
        says=("complex",),
        keeps=EXTENDED,
    ),
    Law(
        "extension_beyond_maximum",
        "SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4",
        given(RECEIVED),
        breaks=happened("extended", "2023-02-15", new_due="2023-03-07"),
        field="new_due",
        says=("2023-03-06",),
        keeps=EXTENDED,
    ),
    Law(
        "extension_too_late",
        "SI 2006/1738 reg 17(6)",
        given(RECEIVED),
        breaks=happened("extended", "2023-02-21", new_due="2023-03-06"),
        field="on",
        says=("2023-02-20", "2023-02-21", "2023-03-06"),
        keeps=happened("extended", "2023-02-20", new_due="2023-03-06"),
    ),
    Law(
        "extension_too_late",
        "SI 2006/1738 reg 17(6)",
        given(RECEIVED),
        id="told too late",
        breaks=happened("extended", "2023-02-20", new_due="2023-03-06", told_on="2023-02-21"),
        field="told_on",
        says=("2023-02-20", "2023-02-21", "2023-03-06"),
        keeps=happened("extended", "2023-02-20", new_due="2023-03-06", told_on="2023-02-20"),
    ),
    Law(
        "extension_not_later",
        "SI 2006/1738 regs 14(5), 17(6)",
        given(RECEIVED, happened("extended", "2023-02-15", new_due="2023-02-28")),
        breaks=happened("extended", "2023-02-16", new_due="2023-02-28"),
        field="new_due",
        says=("2023-02-28",),
        keeps=happened("extended", "2023-02-16", new_due="2023-03-01"),
    ),
    Law(
        "extension_beyond_maximum",
        "SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4",
        given(RECEIVED, happened("extended", "2023-02-15", new_due="2023-02-28")),
        id="ten days in all, however often",
        breaks=happened("extended", "2023-02-22", new_due="2023-03-14"),
        field="new_due",
        says=("2023-03-06",),
        keeps=happened("extended", "2023-02-22", new_due="2023-03-06"),
    ),
    Law(
        "extension_beyond_maximum",
        "SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4",
        CORPORATE.and_then(happened("acknowledged", "2023-02-08")),
        id="under the Code twenty days from the acknowledgement",
        breaks=happened("extended", "2023-02-15", reason="other", new_due="2023-03-09"),
        field="new_due",
        says=("2023-03-08",),
        keeps=happened("extended", "2023-02-15", reason="other", new_due="2023-03-08"),
    ),
    Law(
        "extension_beyond_maximum",
        "SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4",
        given(happened("received", "2023-02-06", procedure="corporate_local")),
        id="a council's own procedure without a maximum of its own",
        breaks=happened("extended", "2023-02-15", reason="other", new_due="2023-02-28"),
        field="new_due",
        says=("2023-02-27",),
        kept_after=given(
            happened("received", "2023-02-06", procedure="corporate_local"),
            procedures={"corporate_local": {"stage_1": {"target": 15, "max": 20}}},
        ),
    ),
    Law(
        "extension_reason",
        "SI 2006/1738 regs 14(5), 17(6)",
        given(RECEIVED),
        id="an advocate is awaited",
        breaks=happened("extended", "2023-02-15", reason="awaiting_advocate", new_due="2023-03-06"),
        field="reason",
        says=("complex",),
        keeps=EXTENDED,
    ),
]


def test_while_an_advocate_is_awaited_there_is_no_due_date_to_miss() -> None:
    """Reg 14(3)(b): an extension finds no day that could have passed, nor one it could go beyond."""
    assert given(RECEIVED, WAITING).decided(happened("extended", "2023-03-20", new_due="2023-06-01")).story


def test_an_extension_counts_from_the_start_that_holds() -> None:
    """Reg 14(4), (5): with an agreed start of 20 February the maximum is 20 March."""
    story = given(RECEIVED, happened("start_date_agreed", "2023-02-08", new_start="2023-02-20"))
    assert story.decided(happened("extended", "2023-03-01", new_due="2023-03-20")).story
    refused = story.refusal(happened("extended", "2023-03-01", new_due="2023-03-21"))
    assert (refused.rule, refused.message) == (
        "extension_beyond_maximum",
        "the latest date allowed is 2023-03-20",
    )


@examples(
    st.dates(date(2019, 1, 1), date(2023, 12, 31)),
    st.integers(0, 40),
    st.integers(-5, 60),
    st.integers(0, 8),
)
def test_an_extension_is_lawful_up_to_the_due_day_and_up_to_the_maximum(
    received_on: date, later: int, longer: int, told_later: int
) -> None:
    """Reg 14(5): made and told by day 10, to a day after it and up to day 20; else refused naming day 20."""
    due, latest = add_working_days(received_on, 10), add_working_days(received_on, 20)
    on = received_on + timedelta(days=later)
    told_on, new_due = on + timedelta(days=told_later), due + timedelta(days=longer)
    story = given(happened("received", received_on))
    event = happened("extended", on, new_due=new_due.isoformat(), told_on=told_on.isoformat())
    if told_on <= due < new_due <= latest:
        assert event in story.decided(event).story
        return
    refused = story.refusal(event)
    assert refused.rule == "extension_not_later" or latest.isoformat() in refused.message
