"""What is owed on a complaint: by whom, since when, by when, and by which rule.

Each kind of obligation is a row: what it is called, whom it waits for, its source in words, and how it is
found in a complaint. The dates come from the one legal clock (`complaint_events.clock`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from complaint_events import events as ev
from complaint_events.clock import AWAITING_ADVOCATE, AWAITING_RECORD
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days, rules_for
from complaint_events.profile import Profile
from complaint_events.working_days import YearOutOfRangeError, add_working_days, same_day_next_year
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.obligation import (
    AGREED,
    Kind,
    Obligation,
    Party,
    happened,
    owed_since,
    running,
    under_the_act,
)
from complaints_api.domain.stage_obligations import RIGHTS, STAGE_KINDS


def obligations(complaint: Complaint, profile: Profile | None) -> list[Obligation]:
    """Everything owed on a complaint: urgent first, the earliest due first, what has no time limit last.

    `profile` is the one in force when the complaint was received. Where a day cannot be counted because the
    bank holidays of its year are not known, it is owed to correct the dates.
    """
    found: list[Obligation] = []
    for kind in KINDS:
        try:
            found += kind.find(kind, complaint, profile)
        except YearOutOfRangeError as unknown:
            found += _uncountable(complaint, unknown.day, found)
    return sorted(found, key=lambda one: (not one.urgent, one.due_on or date.max, one.starts_on, one.name))


def _uncountable(complaint: Complaint, day: date, found: Sequence[Obligation]) -> Iterator[Obligation]:
    if all(one.name != CORRECT_DATES for one in found):
        since = complaint.received.on if complaint.received else day
        rule = f"SI 2006/1738 reg 2: the bank holidays of {day.year} are not known here"
        yield Obligation(CORRECT_DATES, "council", since, rule)


CORRECT_DATES: Final = "correct_dates"
"""What is owed where a date lies in a year whose bank holidays are not known, most likely mistyped."""

UNREADABLE: Final = "repair_record"
"""What is owed where this release cannot read the complaint's record, so that nothing else of it is known."""

_NO_LIMIT: Final = "SI 2006/1738 reg 11: as soon as reasonably practicable"


def _refer_safeguarding(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    """Withdrawing or refusing the complaint does not end the concern in it."""
    received = complaint.received
    if received is None or not received.safeguarding_flag or complaint.closed_on is not None:
        return
    if not happened(complaint, ev.SafeguardingReferred):
        day = received.on
        rule = "Children Act 1989 s47; the same day is this service's own limit"
        yield Obligation(
            kind.name,
            kind.waiting_on,
            day,
            rule,
            target_on=day,
            maximum_on=day,
            due_on=day,
            urgent=True,
        )


def _triage(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    incomplete = complaint.procedure is None or complaint.team is None
    if received is not None and running(complaint) and incomplete:
        yield owed_since(kind, received.on, _NO_LIMIT)


def _advocacy(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    given = happened(complaint, ev.AdvocacyInfoGiven)
    young = complaint.category in CHILD_OR_YOUNG_PERSON
    if received is not None and running(complaint) and young and not given:
        yield owed_since(kind, received.on, "Children Act 1989 s26A; SI 2004/719 reg 4")


_UNTIMED: Final = {
    True: "SI 2006/1738 reg 11: as soon as practicable",
    False: "the council's own procedure, which names no day",
}
"""Why an acknowledgement has no day: under the Act, and under a procedure of the council's own."""


def _acknowledge(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    procedure = complaint.procedure or DEFAULT_PROCEDURE
    if complaint.received is None or not running(complaint):
        return
    rules = rules_for(procedure, complaint.received.on)
    source = rules.acknowledgement_source
    closed = closure_days(procedure, profile)
    for number, stage in complaint.stages.items():
        if not stage.open or stage.acknowledged_on is not None:
            continue
        days = rules.acknowledge_within.get(number) if source else None
        due = add_working_days(stage.opened_on, days, closed) if days else None
        rule = source if days and source else _UNTIMED[procedure == DEFAULT_PROCEDURE]
        yield Obligation(kind.name, kind.waiting_on, stage.opened_on, rule, number, None, due, due, due)


def _assess(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    decided = complaint.assessed or any(stage.answered_on for stage in complaint.stages.values())
    if received is not None and running(complaint) and not decided:
        act, code = "SI 2006/1738 regs 3-5, 8, 9, 12", "LGSCO Complaint Handling Code 2024, 2.2-2.4"
        yield owed_since(kind, received.on, act if under_the_act(complaint) else code)


def _decide_interest(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    decided = happened(complaint, ev.SufficientInterestDecided)
    needed = complaint.category == "sufficient_interest" and not decided
    if complaint.received is not None and running(complaint) and needed:
        yield owed_since(kind, complaint.received.on, "SI 2006/1738 reg 12")


def _decide_lateness(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    decided = happened(complaint, ev.LateAcceptanceDecided)
    if received is None or received.grounds_arose_on is None or decided or not running(complaint):
        return
    if same_day_next_year(received.grounds_arose_on) < received.on:
        yield owed_since(kind, received.on, "SI 2006/1738 reg 9")


def _appoint_advocate(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(1), complaint.clock(1, profile)
    if stage is not None and stage.open and clock is not None and clock.waiting_for == AWAITING_ADVOCATE:
        asked = [event.on for event in complaint.story if isinstance(event, ev.AdvocateRequested)]
        yield owed_since(kind, asked[-1], "SI 2006/1738 reg 14(3)(b); Children Act 1989 s26A")


def _finalise_record(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(2), complaint.clock(2, profile)
    if stage is not None and stage.open and clock is not None and clock.waiting_for == AWAITING_RECORD:
        yield owed_since(kind, stage.opened_on, "SI 2006/1738 reg 16(1)")


def _conclude_adr(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    steps = [event for event in complaint.story if isinstance(event, ev.AdrOffered | ev.AdrConcluded)]
    last = steps[-1] if steps else None
    if isinstance(last, ev.AdrOffered) and running(complaint):
        rule = "no time limit in law; it stops no clock"
        yield owed_since(kind, last.on, rule, last.type)


def _confirm_withdrawal(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    last = next((e for e in reversed(complaint.story) if isinstance(e, ev.Withdrawn)), None)
    if complaint.withdrawn_on is not None and last is not None and last.confirmed_on is None:
        yield owed_since(kind, last.on, "SI 2006/1738 reg 7")


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
    return Obligation(kind.name, kind.waiting_on, on, AGREED, None, about, due_on, due_on, due_on)


def _await_lgsco(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    decided = {event.lgsco_ref for event in complaint.story if isinstance(event, ev.LgscoDecided)}
    for event in complaint.story:
        if isinstance(event, ev.LgscoReferred) and event.lgsco_ref not in decided:
            yield owed_since(kind, event.on, "Local Government Act 1974 part III", event.lgsco_ref)


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        "refer_safeguarding",
        "council",
        "Pass on the concern that a child may be at risk of harm.",
        _refer_safeguarding,
    ),
    Kind("triage", "council", "Find out which team and procedure the complaint belongs to.", _triage),
    Kind("give_advocacy_information", "council", "Tell the child or young person about advocacy.", _advocacy),
    Kind("acknowledge", "council", "Say that the complaint has arrived.", _acknowledge),
    Kind("assess_eligibility", "council", "Decide whether the complaint can be considered.", _assess),
    Kind("decide_sufficient_interest", "council", "Decide on the interest in the child.", _decide_interest),
    Kind("decide_late_acceptance", "council", "Decide whether to take it after a year.", _decide_lateness),
    Kind("appoint_advocate", "council", "Appoint the advocate who was asked for.", _appoint_advocate),
    Kind("finalise_written_record", "council", "Put what was said in writing.", _finalise_record),
    *STAGE_KINDS,
    Kind("conclude_adr", "council", "Say what came of the offer to settle it another way.", _conclude_adr),
    Kind("confirm_withdrawal", "council", "Confirm the withdrawal in writing.", _confirm_withdrawal),
    Kind("complete_remedy", "council", "Do what was agreed to put things right.", _complete_remedies),
    Kind("implement_learning", "council", "Make the change that was promised.", _implement_learning),
    *RIGHTS,
    Kind("await_lgsco", "lgsco", "The Ombudsman has yet to decide.", _await_lgsco),
)
"""Every kind of obligation, in the order of a complaint's life."""

WORDS: Final = {
    **{kind.name: kind.words for kind in KINDS},
    UNREADABLE: "The record of this complaint cannot be read here: have it put right.",
    CORRECT_DATES: "Correct the dates: one lies in a year whose bank holidays are not known.",
}
"""What each kind asks, in plain words, by its name: every name an obligation can have."""

__all__ = ["CORRECT_DATES", "KINDS", "UNREADABLE", "WORDS", "Obligation", "Party", "obligations"]
