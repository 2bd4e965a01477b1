"""Deadlines in words: for each thing owed, by when, and why it is that day."""

from datetime import date
from typing import Any, Final

from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD, DEFERRED
from complaint_events.profile import Profile
from complaint_events.working_days import bank_holidays, working_days_after
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.obligations import WORDS, Obligation, obligations

Json = dict[str, Any]

_WAITS: Final = {
    AWAITING_ADVOCATE: "the advocate who was asked for has been appointed",
    DEFERRED: "the other proceedings are over",
    AWAITING_RECORD: "what was said has been put in writing",
}


def deadlines(complaint: Complaint, profile: Profile | None, judged_on: date) -> list[Json]:
    """What is owed on a complaint, as judged on a day, each with its dates, its rule and its reason."""
    return [_deadline(one, judged_on) for one in obligations(complaint, profile)]


def _deadline(owed: Obligation, judged_on: date) -> Json:
    due_on = owed.due_on
    return {
        "obligation": owed.name,
        "stage": owed.stage,
        "about": owed.about,
        "waiting_on": owed.waiting_on,
        "starts_on": owed.starts_on,
        "rule": owed.rule,
        "target_on": owed.target_on,
        "maximum_on": owed.maximum_on,
        "due_on": due_on,
        "extended_to": owed.extended_to,
        "waiting_for": owed.waiting_for,
        "working_days_left": working_days_after(judged_on, due_on) if due_on else None,
        "overdue": due_on is not None and judged_on > due_on,
        "moved_by": [{"on": start.on, "rule": start.rule} for start in owed.starts[1:]],
        "bank_holidays_passed": _passed_over(owed.starts_on, due_on),
        "reason": reason(owed),
    }


def _passed_over(start: date, end: date | None) -> list[Json]:
    """The bank holidays on weekdays between two dates; weekends go without saying."""
    if end is None:
        return []
    return [
        {"on": day, "name": name}
        for day, name in bank_holidays().items()
        if start < day <= end and day.weekday() < 5
    ]


def reason(owed: Obligation) -> str:
    """Why the day is that day, in words that a complainant understands."""
    return " ".join([WORDS[owed.name], *_time(owed)])


def _time(owed: Obligation) -> list[str]:
    if owed.waiting_for is not None:
        return [f"The time does not run until {_WAITS[owed.waiting_for]}."]
    if owed.due_on is None:
        return [f"There is no fixed time limit: {owed.rule}."]
    counted = [f"The time counts from {_day(owed.starts_on)} ({owed.rule}); that day is day 0."]
    skipped = [f"{one['name']} ({_day(one['on'])})" for one in _passed_over(owed.starts_on, owed.due_on)]
    if skipped and owed.rule != "as agreed":
        counted.append(f"Weekends and bank holidays do not count: {', '.join(skipped)}.")
    return [*counted, *_due(owed)]


def _due(owed: Obligation) -> list[str]:
    if owed.extended_to is not None:
        said = f"It was extended to {_day(owed.extended_to)}."
    else:
        said = f"It is due on {_day(owed.due_on or owed.starts_on)}."
    if owed.maximum_on is None or owed.maximum_on == owed.due_on:
        return [said]
    return [said, f"The latest day the rules allow is {_day(owed.maximum_on)}."]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
