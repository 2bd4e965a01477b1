"""On which days there is a reminder: at configured working days, never at weekends, never two a day."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaint_events.working_days import add_working_days, is_working_day, working_days_after
from complaints_api.domain.reminders import Owed, Rhythm, reminders
from complaints_api.reminding_commands import rhythm
from complaints_api.settings import Settings

STREAM = UUID(int=7)
DAY = timedelta(days=1)
LONG_AGO = date(2020, 1, 1)

days = st.dates(date(2021, 1, 1), date(2027, 12, 31))
rhythms = st.builds(Rhythm, st.frozensets(st.integers(1, 15), max_size=4), st.booleans(), st.integers(0, 25))


def run(due_on: date, rhythm: Rhythm, present: list[date], starts_on: date = LONG_AGO) -> list[date]:
    """The days on which a scheduler that runs on these days sends a reminder."""
    sent: dict[bytes, date] = {}
    for today in present:
        for one in reminders([Owed(STREAM, 1, "respond", starts_on, due_on)], rhythm, today):
            if not sent.keys() & set(one.met_by):
                sent[one.key] = today
    return list(sent.values())


def every_day(due_on: date, rhythm: Rhythm) -> list[date]:
    first, last = due_on - 60 * DAY, due_on + 60 * DAY
    return run(due_on, rhythm, [first + n * DAY for n in range((last - first).days + 1)])


def test_across_christmas_and_a_weekend() -> None:
    """Due on Friday 29 December 2023; 25, 26 December and 1 January are bank holidays."""
    found = every_day(date(2023, 12, 29), Rhythm(frozenset({5, 3}), days_after=3))
    assert [str(day) for day in found] == [
        "2023-12-20",
        "2023-12-22",
        "2023-12-29",
        "2024-01-02",
        "2024-01-03",
        "2024-01-04",
    ]


def test_what_was_agreed_for_a_sunday_is_reminded_of_on_the_friday() -> None:
    found = every_day(date(2023, 6, 18), Rhythm(frozenset({1}), days_after=1))
    assert [str(day) for day in found] == ["2023-06-15", "2023-06-16", "2023-06-19"]


@given(days, rhythms)
def test_every_reminder_is_at_a_configured_working_day_and_never_two_a_day(
    due_on: date, rhythm: Rhythm
) -> None:
    found = every_day(due_on, rhythm)
    assert len(found) == len(set(found))
    assert all(is_working_day(day) for day in found)
    before = {working_days_after(day, due_on) for day in found if day <= due_on}
    assert before == rhythm.days_before | ({0} if rhythm.on_the_day else set())
    after = [day for day in found if day > due_on]
    assert after == [add_working_days(due_on, count) for count in range(1, rhythm.days_after + 1)]


@given(days, rhythms, st.lists(st.integers(-40, 40), min_size=1, max_size=30, unique=True))
def test_a_scheduler_that_was_away_makes_good_with_one_reminder_and_never_floods(
    due_on: date, rhythm: Rhythm, present: list[int]
) -> None:
    """Of the points missed since the last run at most one is made good, and only until the day it is due."""
    runs = [due_on + count * DAY for count in sorted(present)]
    found, points = run(due_on, rhythm, runs), every_day(due_on, rhythm)
    assert len(found) == len(set(found)) <= len(points)
    for sent, earlier in zip(found, [date.min, *found], strict=False):
        assert any(earlier < point <= sent for point in points), "a reminder that no point asked for"
        assert sent in points or sent <= due_on, "a warning in advance after the day had passed"
    for today in runs:
        missed = [point for point in points if point <= today]
        in_time = missed and is_working_day(today) and (today <= due_on or today in points)
        assert not in_time or any(missed[-1] <= sent <= today for sent in found)


@given(days, rhythms, st.integers(0, 60))
def test_the_window_leaves_nothing_out(today: date, rhythm: Rhythm, apart: int) -> None:
    first, last = rhythm.window(today)
    for due_on in (first - (apart + 1) * DAY, last + (apart + 1) * DAY):
        owed = Owed(STREAM, 1, "respond", LONG_AGO, due_on)
        assert reminders([owed], rhythm, today) == []


@pytest.mark.parametrize(("starts_on", "expected"), [("2023-06-07", 1), ("2023-06-06", 2)])
def test_a_warning_in_advance_comes_after_the_day_on_which_the_time_began(
    starts_on: str, expected: int
) -> None:
    """Due Monday 12 June 2023: three working days before it is Wednesday the 7th."""
    due_on = date(2023, 6, 12)
    whole = [date(2023, 6, 6) + n * DAY for n in range(7)]
    found = run(due_on, Rhythm(), whole, date.fromisoformat(starts_on))
    assert len(found) == expected
    assert found[-1] == due_on


def test_history_that_was_due_long_ago_reminds_nobody() -> None:
    today = date(2024, 6, 3)
    old = Owed(STREAM, 1, "respond", LONG_AGO, add_working_days(today - 60 * DAY, 0))
    recent = Owed(UUID(int=8), 1, "respond", LONG_AGO, today - 5 * DAY)
    assert [one.stream for one in reminders([old, recent], Rhythm(), today)] == [recent.stream]


def test_two_remedies_due_on_one_day_are_one_reminder_and_two_days_are_two() -> None:
    today = date(2024, 6, 3)
    owed = [Owed(STREAM, 4, "complete_remedy", LONG_AGO, today) for _ in range(2)]
    other = Owed(STREAM, 4, "complete_remedy", LONG_AGO, today - 3 * DAY)
    found = reminders([*owed, other], Rhythm(), today)
    assert [one.due_on for one in found] == [today, today - 3 * DAY]
    assert len({one.key for one in found}) == 2


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Rhythm(frozenset({3}), on_the_day=True, days_after=20)),
        ({"REMIND_DAYS_BEFORE": "5, 3"}, Rhythm(frozenset({5, 3}))),
        ({"REMIND_DAYS_BEFORE": "none", "REMIND_ON_THE_DAY": "false"}, Rhythm(frozenset(), on_the_day=False)),
        ({"REMIND_EACH_DAY_AFTER": "false"}, Rhythm(days_after=0)),
        ({"REMIND_DAYS_AFTER": "5"}, Rhythm(days_after=5)),
    ],
)
def test_the_rhythm_is_a_matter_of_settings(
    environment: dict[str, str], expected: Rhythm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"DATABASE_URL": "postgresql://nowhere", **environment}.items():
        monkeypatch.setenv(name, value)
    assert rhythm(Settings.read("DATABASE_URL")) == expected
