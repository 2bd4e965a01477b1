"""Deadlines in words: for each thing owed, by when, and why it is that day."""

from datetime import date
from typing import Any, Final

from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD, DEFERRED
from complaint_events.local_basis import LocalCount, local_count
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days
from complaint_events.profile import Profile
from complaint_events.working_days import bank_holidays, working_days_after
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.obligation import AGREED
from complaints_api.domain.obligations import WORDS, Obligation, obligations

Json = dict[str, Any]

_WAITS: Final = {
    AWAITING_ADVOCATE: "the advocate who was asked for has been appointed",
    DEFERRED: "the other proceedings are over",
    AWAITING_RECORD: "what was said has been put in writing",
}

_COUNTED_FROM: Final = {
    "escalated": "the request for stage 2",
    "statement_of_complaint_agreed": "the agreed statement of complaint",
}
_COUNTED_TO: Final = {
    "adjudicated": "the day the adjudication is sent",
    "closed": "the day the complaint is closed",
}
_STATUTORY: Final = {"written": "the request", "oral": "the written record of what was said"}


def deadlines(complaint: Complaint, profile: Profile | None, judged_on: date) -> list[Json]:
    """What is owed on a complaint, as judged on a day, each with its dates, its rule and its reason.

    A right of the complainant is shown as long as it lasts.
    """
    closed = closure_days(complaint.procedure or DEFAULT_PROCEDURE, profile)
    beside = local_basis(complaint, profile, judged_on)
    return [
        {
            **_deadline(one, judged_on, closed),
            "local_basis": beside if (one.name, one.stage) == ("respond", 2) else None,
        }
        for one in obligations(complaint, profile)
        if not (_is_right(one) and one.due_on is not None and one.due_on < judged_on)
    ]


def _is_right(owed: Obligation) -> bool:
    """Whether it is the complainant's to do or to leave: nobody is late with it."""
    return owed.waiting_on == "complainant"


def _deadline(owed: Obligation, judged_on: date, closed: frozenset[date]) -> Json:
    due_on = owed.due_on
    overdue = due_on is not None and judged_on > due_on and not _is_right(owed)
    return {
        "obligation": owed.name,
        "stage": owed.stage,
        "about": owed.about,
        "waiting_on": owed.waiting_on,
        "urgent": owed.urgent,
        "starts_on": owed.starts_on,
        "rule": owed.rule,
        "target_on": owed.target_on,
        "maximum_on": owed.maximum_on,
        "due_on": due_on,
        "extended_to": owed.extended_to,
        "waiting_for": owed.waiting_for,
        "working_days_so_far": working_days_after(owed.starts_on, judged_on, closed) if due_on else None,
        "working_days_left": working_days_after(judged_on, due_on, closed) if due_on else None,
        "overdue": overdue,
        "moved_by": [{"on": start.on, "rule": start.rule} for start in owed.starts[1:]],
        "bank_holidays_passed": _passed_over(owed.starts_on, due_on),
        "closure_days_passed": sorted(_closed_between(owed, closed)),
        "reason": f"{reason(owed, closed)} That day has passed." if overdue else reason(owed, closed),
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


def _closed_between(owed: Obligation, closed: frozenset[date]) -> list[date]:
    """The council's closure days that the time passed over; under the Act there are none."""
    return [day for day in closed if owed.due_on is not None and owed.starts_on < day <= owed.due_on]


def reason(owed: Obligation, closed: frozenset[date] = frozenset()) -> str:
    """Why the day is that day, in words that a complainant understands.

    `closed` are the council's closure days, where they count.
    """
    return " ".join([WORDS[owed.name], *_time(owed, closed)])


def _time(owed: Obligation, closed: frozenset[date]) -> list[str]:
    if owed.waiting_for is not None:
        return [f"The time does not run until {_WAITS[owed.waiting_for]}."]
    if owed.due_on is None:
        return [f"There is no fixed time limit ({owed.rule})."]
    if owed.due_on == owed.starts_on or owed.rule == AGREED:
        return [f"It is due on {day_in_words(owed.due_on)} ({owed.rule})."]
    counted = f"The time counts from {day_in_words(owed.starts_on)} ({owed.rule}), that day being day 0."
    return [counted, *_not_counted(owed, closed), *_due(owed, owed.due_on, closed)]


def _not_counted(owed: Obligation, closed: frozenset[date]) -> list[str]:
    days = [f"{one['name']} ({day_in_words(one['on'])})" for one in _passed_over(owed.starts_on, owed.due_on)]
    shut = [day_in_words(day) for day in sorted(_closed_between(owed, closed))]
    said = ["Weekends and bank holidays do not count" + (f": {', '.join(days)}." if days else ".")]
    if shut:
        said.append(f"Nor do the days on which the council was closed: {', '.join(shut)}.")
    return said


def _due(owed: Obligation, due_on: date, closed: frozenset[date]) -> list[str]:
    def counted(day: date) -> str:
        number = working_days_after(owed.starts_on, day, closed)
        return f"{day_in_words(day)}, after {number} working day{'' if number == 1 else 's'}"

    if _is_right(owed):
        return [f"It is possible until {counted(due_on)}."]
    said = [f"It is due on {counted(due_on)}."]
    if owed.extended_to is not None:
        said.insert(0, f"It was extended to {day_in_words(owed.extended_to)}.")
    if owed.maximum_on is not None and owed.maximum_on != due_on:
        said.append(f"The latest day the rules allow is {counted(owed.maximum_on)}.")
    return said


def local_basis(complaint: Complaint, profile: Profile | None, judged_on: date) -> Json | None:
    """Stage 2 as the council itself counts it, taken or so far; None where it has no basis of its own.

    It moves no deadline: what the law counts stands beside it, in the stage's clock.
    """
    under_the_act = (complaint.procedure or DEFAULT_PROCEDURE) == DEFAULT_PROCEDURE
    count = local_count(complaint.story, profile) if under_the_act else None
    if count is None:
        return None
    return {
        "from": count.basis.from_,
        "to": count.basis.to,
        "started_on": count.started_on,
        "ended_on": count.ended_on,
        "target_on": count.target_on,
        "maximum_on": count.maximum_on,
        "working_days": count.working_days(_runs_until(complaint, judged_on)),
        "words": _in_words(complaint, count),
    }


def _runs_until(complaint: Complaint, judged_on: date) -> date | None:
    """The day up to which an unfinished count has run; None where stage 2 ended without an answer."""
    stage = complaint.stage(2)
    unanswered = stage is not None and stage.answered_on is None and stage.ended_by is not None
    return None if unanswered or complaint.over else judged_on


def _in_words(complaint: Complaint, count: LocalCount) -> str:
    received = complaint.received
    begun = f" ({day_in_words(count.started_on)})" if count.started_on else ", which has not come yet,"
    return (
        f"The council itself counts from {_COUNTED_FROM[count.basis.from_]}{begun} "
        f"to {_COUNTED_TO[count.basis.to]}; "
        f"the law counts from {_STATUTORY[received.form if received else 'written']} "
        f"to {_COUNTED_TO['adjudicated']}, and what is due is due by the law."
    )


def day_in_words(day: date) -> str:
    """A date as a letter writes it: 4 December 2026."""
    return f"{day.day} {day:%B %Y}"
