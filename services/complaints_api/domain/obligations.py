"""What is owed on a complaint: by whom, since when, by when, and by which rule.

Each kind of obligation is a row: what it is called, whom it waits for, its source in words, and how it is
found in a complaint. The dates come from the one legal clock (`complaint_events.clock`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from complaint_events import events as ev
from complaint_events.clock import (
    AWAITING_ADVOCATE,
    AWAITING_RECORD,
    StageClock,
    Started,
    panel_request_until,
)
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.event_model import Event
from complaint_events.procedures import (
    DEFAULT_PROCEDURE,
    PANEL_REPORT_WITHIN,
    PANEL_RESPONSE_WITHIN,
    closure_days,
    rules_for,
    stages_of,
)
from complaint_events.profile import Profile
from complaint_events.working_days import YearOutOfRangeError, add_working_days, same_day_next_year
from complaints_api.domain.complaint import Complaint, StageState

Party = Literal["council", "complainant", "panel", "lgsco"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed on a complaint that has not been done, or that somebody may still ask for.

    `starts_on` is day 0 of its time, by `rule`. `target_on` and `maximum_on` are the limits; `due_on` is the
    day that holds now: the target, or an extension within the maximum. `starts` are the starts that moved
    it, `extended_to` an extension. Without `due_on` there is no time limit, or the clock stands still
    (`waiting_for`). What waits on the complainant is a right, which lasts until `due_on`. Nothing here
    depends on today's date.
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
    urgent: bool = False


class Kind(NamedTuple):
    """A kind of obligation: name, whom it waits for, what it asks in plain words, and how it is found."""

    name: str
    waiting_on: Party
    words: str
    find: Callable[["Kind", Complaint, Profile | None], Iterable[Obligation]]


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

_NO_LIMIT: Final = "SI 2006/1738 reg 11: as soon as reasonably practicable"


def _running(complaint: Complaint) -> bool:
    return complaint.received is not None and complaint.over is None


def _owed_since(kind: Kind, on: date, rule: str, about: str | None = None) -> Obligation:
    return Obligation(kind.name, kind.waiting_on, on, rule, about=about)


def _refer_safeguarding(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    """Withdrawing or refusing the complaint does not end the concern in it."""
    received = complaint.received
    if received is None or not received.safeguarding_flag or complaint.closed_on is not None:
        return
    if not _happened(complaint, ev.SafeguardingReferred):
        day = received.on
        rule = "Children Act 1989 s47; on the day itself (ours)"
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


def _happened(complaint: Complaint, *models: type[Event]) -> bool:
    return any(isinstance(event, models) for event in complaint.story)


def _triage(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    incomplete = complaint.procedure is None or complaint.team is None
    if received is not None and _running(complaint) and incomplete:
        yield _owed_since(kind, received.on, _NO_LIMIT)


def _advocacy(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    given = _happened(complaint, ev.AdvocacyInfoGiven)
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
    decided = _happened(complaint, ev.SufficientInterestDecided)
    needed = complaint.category == "sufficient_interest" and not decided
    if complaint.received is not None and _running(complaint) and needed:
        yield _owed_since(kind, complaint.received.on, "SI 2006/1738 reg 12")


def _decide_lateness(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    received = complaint.received
    decided = _happened(complaint, ev.LateAcceptanceDecided)
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
        panel = number == 3 and _under_the_act(complaint)
        clock = complaint.clock(number, profile)
        if stage.open and not panel and clock is not None and _running(complaint):
            yield _of_clock(kind, stage, clock, complaint.due_on(number, profile))


def _answer_again(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    reopened = [event.on for event in complaint.story if isinstance(event, ev.Reopened)]
    for number, stage in sorted(complaint.stages.items()):
        if stage.answer_may_be_repeated and not stage.open and _running(complaint):
            rule = "no time limit in law for a second answer"
            yield Obligation(kind.name, kind.waiting_on, reopened[-1], rule, number)


def _of_clock(kind: Kind, stage: StageState, clock: StageClock, due: date | None) -> Obligation:
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


def _step(
    stage: int, missing: Callable[[StageState], bool], rule: str
) -> Callable[[Kind, Complaint, Profile | None], Iterator[Obligation]]:
    """A step on the way to a stage's answer under the Act, which has no limit of its own."""

    def find(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
        at = complaint.stage(stage)
        if at is not None and at.open and _running(complaint) and _under_the_act(complaint) and missing(at):
            yield Obligation(kind.name, kind.waiting_on, at.opened_on, rule, stage)

    return find


def _under_the_act(complaint: Complaint) -> bool:
    return (complaint.procedure or DEFAULT_PROCEDURE) == DEFAULT_PROCEDURE


def _hold_panel(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(3), complaint.clock(3, profile)
    if stage is None or clock is None or not stage.open or not _running(complaint):
        return
    if stage.panel_held_on is None:
        yield _of_clock(kind, stage, clock, complaint.due_on(3, profile))


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


def _decide_late_request(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    """A panel was asked for after the last day, and it has not been decided whether it is held."""
    asked, last = complaint.stage(3), _last_day_for_panel(complaint)
    if asked is None or last is None or not asked.open or not _running(complaint):
        return
    if asked.opened_on > last and 3 not in complaint.late_requests:
        rule = "SI 2006/1738 reg 18(2); LGSCO decision 23 002 843"
        yield Obligation(kind.name, kind.waiting_on, asked.opened_on, rule, 3)


def _last_day_for_panel(complaint: Complaint) -> date | None:
    stage = complaint.stage(2)
    if stage is None or stage.answered_on is None or not _under_the_act(complaint):
        return None
    return panel_request_until(stage.answered_on, stage.notice_received_on)


def _may_ask_for_stage_2(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    answered, procedure = complaint.stage(1), complaint.procedure or DEFAULT_PROCEDURE
    if answered is None or answered.answered_on is None or not _running(complaint):
        return
    if complaint.stage(2) is None and 2 in stages_of(procedure):
        rule = "SI 2006/1738 reg 15(2)" if _under_the_act(complaint) else "the council's own procedure"
        yield Obligation(kind.name, kind.waiting_on, answered.answered_on, rule, 2)


def _may_ask_for_panel(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage, last = complaint.stage(2), _last_day_for_panel(complaint)
    if stage is None or last is None or complaint.stage(3) is not None or not _running(complaint):
        return
    since = stage.notice_received_on or stage.answered_on or last
    yield Obligation(kind.name, kind.waiting_on, since, "SI 2006/1738 reg 18(2)", 3, None, last, last, last)


def _conclude_adr(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    steps = [event for event in complaint.story if isinstance(event, ev.AdrOffered | ev.AdrConcluded)]
    last = steps[-1] if steps else None
    if isinstance(last, ev.AdrOffered) and _running(complaint):
        rule = "no time limit in law; it stops no clock"
        yield _owed_since(kind, last.on, rule, last.type)


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


_NO_IO: Final = "guidance to SI 2006/1738; the stage's own limit holds"
_NO_IP: Final = "SI 2006/1738 reg 17(2); the stage's own limit holds"
_NO_PANEL: Final = "SI 2006/1738 reg 19(2); the stage's own limit holds"

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
    Kind(
        "agree_statement_of_complaint",
        "council",
        "Agree with the complainant what is to be investigated.",
        _step(2, lambda stage: stage.statement_agreed_on is None, _NO_IO),
    ),
    Kind(
        "appoint_investigating_officer",
        "council",
        "Appoint somebody to investigate.",
        _step(2, lambda stage: not stage.io_appointed, _NO_IO),
    ),
    Kind(
        "appoint_independent_person",
        "council",
        "Appoint an independent person to take part in the investigation.",
        _step(2, lambda stage: not stage.ip_appointed, _NO_IP),
    ),
    Kind("respond", "council", "Send the answer.", _respond),
    Kind("answer_again", "council", "Answer again: the complaint was reopened.", _answer_again),
    Kind("conclude_adr", "council", "Say what came of the offer to settle it another way.", _conclude_adr),
    Kind(
        "decide_late_request",
        "council",
        "Decide whether to take the request for a panel after its time.",
        _decide_late_request,
    ),
    Kind(
        "appoint_panel",
        "council",
        "Appoint the three independent members of the panel.",
        _step(3, lambda stage: not stage.panel_appointed and stage.panel_held_on is None, _NO_PANEL),
    ),
    Kind("hold_panel", "council", "Hold the review panel.", _hold_panel),
    Kind("send_panel_report", "panel", "Send the panel's report.", _send_report),
    Kind("respond_to_panel", "council", "Answer the panel's recommendations.", _respond_to_panel),
    Kind("confirm_withdrawal", "council", "Confirm the withdrawal in writing.", _confirm_withdrawal),
    Kind("complete_remedy", "council", "Do what was agreed to put things right.", _complete_remedies),
    Kind("implement_learning", "council", "Make the change that was promised.", _implement_learning),
    Kind("may_ask_for_stage_2", "complainant", "The complainant may ask for stage 2.", _may_ask_for_stage_2),
    Kind("may_ask_for_panel", "complainant", "The complainant may ask for a panel.", _may_ask_for_panel),
    Kind("await_lgsco", "lgsco", "The Ombudsman has yet to decide.", _await_lgsco),
)
"""Every kind of obligation, in the order of a complaint's life."""

WORDS: Final = {
    **{kind.name: kind.words for kind in KINDS},
    CORRECT_DATES: "Correct the dates: one lies in a year whose bank holidays are not known.",
}
"""What each kind asks, in plain words, by its name: every name an obligation can have."""
