"""What is owed on a complaint: by whom, since when, by when, and by which rule.

Each kind of obligation is a row: what it is called, whom it waits for, its source in words, and how it is
found in a complaint. The dates come from the one legal clock (`complaint_events.clock`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from complaint_events import events as ev
from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD, StageClock, Started
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.procedures import (
    DEFAULT_PROCEDURE,
    PANEL_REPORT_WITHIN,
    PANEL_RESPONSE_WITHIN,
    closure_days,
    rules_for,
)
from complaint_events.profile import Profile
from complaint_events.working_days import add_working_days, same_day_next_year
from complaints_api.domain.complaint import Complaint, StageState

Party = Literal["council", "complainant", "panel", "lgsco"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed on a complaint that has not been done.

    `starts_on` is day 0 of its time, by `rule`. `target_on` and `maximum_on` are the limits; `due_on` is the
    day that holds now: the target, or an extension within the maximum. `starts` are the starts that moved
    it, `extended_to` an extension. Without `due_on` there is no time limit, or the clock stands still
    (`waiting_for`).
    """

    name: str
    waiting_on: Party
    starts_on: date
    rule: str
    stage: int | None = None
    about: str | None = None
    target_on: date | None = None
    maximum_on: date | None = None
    due_on: date | None = None
    extended_to: date | None = None
    waiting_for: str | None = None
    starts: tuple[Started, ...] = ()


class Kind(NamedTuple):
    """A kind of obligation: name, whom it waits for, what it asks in plain words, and how it is found."""

    name: str
    waiting_on: Party
    words: str
    find: Callable[["Kind", Complaint, Profile | None], Iterable[Obligation]]


def obligations(complaint: Complaint, profile: Profile | None) -> list[Obligation]:
    """Everything owed on a complaint, the earliest due first, what has no time limit last.

    `profile` is the one in force when the complaint was received.
    """
    found = [one for kind in KINDS for one in kind.find(kind, complaint, profile)]
    return sorted(found, key=lambda one: (one.due_on or date.max, one.starts_on, one.name))


_NO_LIMIT: Final = "SI 2006/1738 reg 11: as soon as reasonably practicable"


def _running(complaint: Complaint) -> bool:
    return complaint.received is not None and complaint.over is None


def _owed_since(kind: Kind, on: date, rule: str, about: str | None = None) -> Obligation:
    return Obligation(kind.name, kind.waiting_on, on, rule, about=about)


def _triage(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    incomplete = complaint.procedure is None or complaint.team is None
    if received is not None and _running(complaint) and incomplete:
        yield _owed_since(kind, received.on, _NO_LIMIT)


def _advocacy(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    given = any(isinstance(event, ev.AdvocacyInfoGiven) for event in complaint.story)
    young = complaint.category in CHILD_OR_YOUNG_PERSON
    if received is not None and _running(complaint) and young and not given:
        yield _owed_since(kind, received.on, "Children Act 1989 s26A; SI 2004/719 reg 4")


def _acknowledge(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    procedure = complaint.procedure or DEFAULT_PROCEDURE
    if complaint.received is None or not _running(complaint):
        return
    within = rules_for(procedure, complaint.received.on).acknowledge_within
    closed = closure_days(procedure, profile)
    for number, stage in complaint.stages.items():
        if not stage.open or stage.acknowledged_on is not None:
            continue
        days = within.get(number)
        due = add_working_days(stage.opened_on, days, closed) if days else None
        rule = (
            "LGSCO Complaint Handling Code 2024, 6.2"
            if days
            else "SI 2006/1738 reg 11: as soon as practicable"
        )
        yield Obligation(kind.name, kind.waiting_on, stage.opened_on, rule, number, None, due, due, due)


def _assess(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    decided = complaint.assessed or any(stage.answered_on for stage in complaint.stages.values())
    if received is not None and _running(complaint) and not decided:
        yield _owed_since(kind, received.on, "SI 2006/1738 regs 3-5, 8, 9, 12")


def _decide_interest(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    decided = any(isinstance(event, ev.SufficientInterestDecided) for event in complaint.story)
    needed = complaint.category == "sufficient_interest" and not decided
    if complaint.received is not None and _running(complaint) and needed:
        yield _owed_since(kind, complaint.received.on, "SI 2006/1738 reg 12")


def _decide_lateness(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    decided = any(isinstance(event, ev.LateAcceptanceDecided) for event in complaint.story)
    if received is None or received.grounds_arose_on is None or decided or not _running(complaint):
        return
    if same_day_next_year(received.grounds_arose_on) < received.on:
        yield _owed_since(kind, received.on, "SI 2006/1738 reg 9")


def _appoint_advocate(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(1), complaint.clock(1, profile)
    if stage is not None and stage.open and clock is not None and clock.waiting_for == AWAITING_ADVOCATE:
        asked = [event.on for event in complaint.story if isinstance(event, ev.AdvocateRequested)]
        yield _owed_since(kind, asked[-1], "SI 2006/1738 reg 14(3)(b); Children Act 1989 s26A")


def _finalise_record(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(2), complaint.clock(2, profile)
    if stage is not None and stage.open and clock is not None and clock.waiting_for == AWAITING_RECORD:
        yield _owed_since(kind, stage.opened_on, "SI 2006/1738 reg 16(1)")


def _respond(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    for number, stage in sorted(complaint.stages.items()):
        panel = number == 3 and (complaint.procedure or DEFAULT_PROCEDURE) == DEFAULT_PROCEDURE
        clock = complaint.clock(number, profile)
        if stage.open and not panel and clock is not None and _running(complaint):
            yield _of_clock(kind, stage, clock)


def _of_clock(kind: Kind, stage: StageState, clock: StageClock) -> Obligation:
    due = clock.target_on if stage.extended_to is None or clock.target_on is None else stage.extended_to
    if due is not None and clock.maximum_on is not None:
        due = min(due, clock.maximum_on)
    return Obligation(
        name=kind.name,
        waiting_on=kind.waiting_on,
        starts_on=clock.started.on,
        rule=clock.started.rule,
        stage=stage.stage,
        target_on=clock.target_on,
        maximum_on=clock.maximum_on,
        due_on=due,
        extended_to=stage.extended_to,
        waiting_for=clock.waiting_for,
        starts=clock.starts,
    )


def _hold_panel(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(3), complaint.clock(3, profile)
    if stage is None or clock is None or not stage.open or not _running(complaint):
        return
    if stage.panel_held_on is None:
        yield _of_clock(kind, stage, clock)


def _send_report(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage = complaint.stage(3)
    if stage is None or not stage.open or not _running(complaint) or stage.panel_held_on is None:
        return
    if stage.panel_reported_on is None:
        yield _within(kind, stage.panel_held_on, PANEL_REPORT_WITHIN, "SI 2006/1738 reg 20(2)")


def _respond_to_panel(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage = complaint.stage(3)
    if stage is None or not stage.open or not _running(complaint) or stage.panel_reported_on is None:
        return
    yield _within(kind, stage.panel_reported_on, PANEL_RESPONSE_WITHIN, "SI 2006/1738 reg 20(3)")


def _within(kind: Kind, start: date, days: int, rule: str) -> Obligation:
    due = add_working_days(start, days)
    return Obligation(kind.name, kind.waiting_on, start, rule, 3, None, due, due, due)


def _confirm_withdrawal(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    last = next((e for e in reversed(complaint.story) if isinstance(e, ev.Withdrawn)), None)
    if complaint.withdrawn_on is not None and last is not None and last.confirmed_on is None:
        yield _owed_since(kind, last.on, "SI 2006/1738 reg 7")


def _complete_remedies(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    done = {event.remedy for event in complaint.story if isinstance(event, ev.Remedied)}
    for event in complaint.story:
        if isinstance(event, ev.RemedyAgreed) and event.remedy not in done:
            yield _agreed(kind, event.on, event.remedy, event.due_on)


def _implement_learning(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    ends = (ev.LearningImplemented, ev.LearningNotImplemented)
    done = {event.learning for event in complaint.story if isinstance(event, ends)}
    for event in complaint.story:
        if isinstance(event, ev.LearningRecorded) and event.learning not in done:
            yield _agreed(kind, event.on, event.learning, event.due_on)


def _agreed(kind: Kind, on: date, about: str, due_on: date | None) -> Obligation:
    rule = "as agreed"
    return Obligation(kind.name, kind.waiting_on, on, rule, None, about, due_on, due_on, due_on)


def _await_lgsco(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    decided = {event.lgsco_ref for event in complaint.story if isinstance(event, ev.LgscoDecided)}
    for event in complaint.story:
        if isinstance(event, ev.LgscoReferred) and event.lgsco_ref not in decided:
            yield _owed_since(kind, event.on, "Local Government Act 1974 part III", event.lgsco_ref)


KINDS: Final[tuple[Kind, ...]] = (
    Kind("triage", "council", "Find out which team and procedure the complaint belongs to.", _triage),
    Kind("give_advocacy_information", "council", "Tell the child or young person about advocacy.", _advocacy),
    Kind("acknowledge", "council", "Say that the complaint has arrived.", _acknowledge),
    Kind("assess_eligibility", "council", "Decide whether the complaint can be considered.", _assess),
    Kind("decide_sufficient_interest", "council", "Decide on the interest in the child.", _decide_interest),
    Kind("decide_late_acceptance", "council", "Decide whether to take it after a year.", _decide_lateness),
    Kind("appoint_advocate", "council", "Appoint the advocate who was asked for.", _appoint_advocate),
    Kind("finalise_written_record", "council", "Put what was said in writing.", _finalise_record),
    Kind("respond", "council", "Send the answer.", _respond),
    Kind("hold_panel", "council", "Hold the review panel.", _hold_panel),
    Kind("send_panel_report", "panel", "Send the panel's report.", _send_report),
    Kind("respond_to_panel", "council", "Answer the panel's recommendations.", _respond_to_panel),
    Kind("confirm_withdrawal", "council", "Confirm the withdrawal in writing.", _confirm_withdrawal),
    Kind("complete_remedy", "council", "Do what was agreed to put things right.", _complete_remedies),
    Kind("implement_learning", "council", "Make the change that was promised.", _implement_learning),
    Kind("await_lgsco", "lgsco", "The Ombudsman has yet to decide.", _await_lgsco),
)
"""Every kind of obligation, in the order of a complaint's life."""

WORDS: Final = {kind.name: kind.words for kind in KINDS}
"""What each kind asks, in plain words."""
