"""Whatever is tried in whatever order: what was accepted reads the same from its history alone."""

from contextlib import suppress
from datetime import date, timedelta

from hypothesis import given as examples
from hypothesis import strategies as st

from complaint_events.event_model import Event
from complaint_events.events import EVENTS, read_event
from complaints_api.domain.complaint import fold
from complaints_api.domain.deciding import Refusal
from tests.complaint_events.stories import NEEDED
from tests.spec.scenario import Story, happened

RECEIVED = happened("received", "2023-02-06")
FIRST = date(2023, 2, 1)
DAYS = st.integers(0, 150).map(lambda n: FIRST + timedelta(days=n))
PLAIN = [
    "advocacy_info_given",
    "acknowledged",
    "eligibility_assessed",
    "advocate_requested",
    "advocate_appointed",
    "deferred_concurrent",
    "resubmitted",
    "stage1_skipped",
    "stage_responded",
    "escalated",
    "escalation_ended",
    "io_appointed",
    "ip_appointed",
    "statement_of_complaint_agreed",
    "adjudicated",
    "withdrawn",
    "closed",
    "reopened",
    "early_resolved",
    "lgsco_referred",
    "lgsco_decided",
    "remedy_agreed",
    "remedied",
    "contact_logged",
    "allocated",
]


@st.composite
def attempts(draw: st.DrawFn) -> Event:
    """One thing that somebody might try to record."""
    name = draw(st.sampled_from(PLAIN))
    needed = {"direction": "in", "method": "email"} if name == "contact_logged" else NEEDED.get(name, {})
    return EVENTS[name].model_validate({"on": draw(DAYS), **needed})


def taken(story: Story, tried: list[Event], *, historic: bool) -> Story:
    """The story with those of the events that were accepted, one after another."""
    for event in tried:
        known = {one.identity for one in story.events}
        if event.identity in known:
            continue
        with suppress(Refusal):
            after = story.decided(event, ["reasons", "note"], historic=historic)
            story = story.and_then(event)
            assert after == story.complaint, "deciding and reading back must agree"
    return story


@examples(st.lists(attempts(), max_size=25), st.booleans())
def test_accepted_commands_fold_to_the_complaint_that_their_history_reads_as(
    tried: list[Event], historic: bool
) -> None:
    story = taken(Story((RECEIVED,)), tried, historic=historic)
    stored = [read_event(one.event, 1, one.encoded()) for one in story.events]
    assert Story(tuple(stored)).complaint == story.complaint
    assert [event.on for event in story.complaint.story] == sorted(event.on for event in story.events)


@examples(st.lists(attempts(), max_size=25))
def test_what_was_taken_as_a_command_would_be_taken_as_history_in_order(tried: list[Event]) -> None:
    """A history exported and imported in order of date is never refused."""
    story = taken(Story((RECEIVED,)), tried, historic=False)
    imported = Story()
    for event in story.complaint.story:
        imported.decided(event, historic=True)
        imported = imported.and_then(event)
    assert imported.complaint == story.complaint


@examples(st.lists(attempts(), max_size=20), st.data())
def test_a_correction_leaves_a_complaint_that_still_reads(tried: list[Event], data: st.DataObject) -> None:
    """Whatever is voided or moved: either it is refused by name, or the whole history stays possible."""
    story = taken(Story((RECEIVED,)), tried, historic=True)
    event = data.draw(st.sampled_from(story.events))
    marks = {name: getattr(event, name) for name in type(event).identified_by}
    moved = st.fixed_dictionaries({"on": DAYS.map(date.isoformat)})
    changes = data.draw(st.just({"void": True}) | moved)
    fix = happened(
        "correction_recorded",
        "2023-12-01",
        corrects={"event": event.event, "on": event.on.isoformat(), **marks},
        changes=changes,
    )
    with suppress(Refusal):
        after = story.decided(fix)
        again = Story()
        for one in after.story:
            again.decided(one, historic=True)
            again = again.and_then(one)
        assert again.complaint == fold(after.story)
