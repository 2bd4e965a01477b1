"""What is owed while a stage awaits its answer, and what the complainant may ask for after one."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from complaint_events import events as ev
from complaint_events.clock import StageClock, panel_request_until
from complaint_events.procedures import (
    DEFAULT_PROCEDURE,
    PANEL_REPORT_WITHIN,
    PANEL_RESPONSE_WITHIN,
    stages_of,
)
from complaint_events.profile import Profile
from complaint_events.working_days import add_working_days
from complaints_api.domain.complaint import Complaint, StageState
from complaints_api.domain.obligation import Kind, Obligation, running, under_the_act


def _respond(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    for number, stage in sorted(complaint.stages.items()):
        panel = number == 3 and under_the_act(complaint)
        clock = complaint.clock(number, profile)
        if stage.open and not panel and clock is not None and running(complaint):
            yield _of_clock(kind, stage, clock, complaint.due_on(number, profile))


def _answer_again(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    reopened = [event.on for event in complaint.story if isinstance(event, ev.Reopened)]
    for number, stage in sorted(complaint.stages.items()):
        if stage.answer_may_be_repeated and not stage.open and running(complaint):
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
        if at is not None and at.open and running(complaint) and under_the_act(complaint) and missing(at):
            yield Obligation(kind.name, kind.waiting_on, at.opened_on, rule, stage)

    return find


def _hold_panel(kind: Kind, complaint: Complaint, profile: Profile | None) -> Iterator[Obligation]:
    stage, clock = complaint.stage(3), complaint.clock(3, profile)
    if stage is None or clock is None or not stage.open or not running(complaint):
        return
    if stage.panel_held_on is None:
        yield _of_clock(kind, stage, clock, complaint.due_on(3, profile))


def _send_report(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage = complaint.stage(3)
    if stage is None or not stage.open or not running(complaint) or stage.panel_held_on is None:
        return
    if stage.panel_reported_on is None:
        yield _within(kind, stage.panel_held_on, PANEL_REPORT_WITHIN, "SI 2006/1738 reg 20(2)")


def _respond_to_panel(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage = complaint.stage(3)
    if stage is None or not stage.open or not running(complaint) or stage.panel_reported_on is None:
        return
    yield _within(kind, stage.panel_reported_on, PANEL_RESPONSE_WITHIN, "SI 2006/1738 reg 20(3)")


def _within(kind: Kind, start: date, days: int, rule: str) -> Obligation:
    due = add_working_days(start, days)
    return Obligation(kind.name, kind.waiting_on, start, rule, 3, None, due, due, due)


def _decide_late_request(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    """A panel was asked for after the last day, and it has not been decided whether it is held."""
    asked, last = complaint.stage(3), _last_day_for_panel(complaint)
    if asked is None or last is None or not asked.open or not running(complaint):
        return
    if asked.opened_on > last and 3 not in complaint.late_requests:
        rule = "SI 2006/1738 reg 18(2); LGSCO decision 23 002 843"
        yield Obligation(kind.name, kind.waiting_on, asked.opened_on, rule, 3)


def _last_day_for_panel(complaint: Complaint) -> date | None:
    stage = complaint.stage(2)
    if stage is None or stage.answered_on is None or not under_the_act(complaint):
        return None
    return panel_request_until(stage.answered_on, stage.notice_received_on)


def _unasked(stage: StageState | None, until: date = date.max) -> bool:
    """Whether a stage has not been asked for, or in time and the request came to nothing."""
    return stage is None or (stage.ended_by is not None and stage.opened_on <= until)


def _may_ask_for_stage_2(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    answered, procedure = complaint.stage(1), complaint.procedure or DEFAULT_PROCEDURE
    if answered is None or answered.answered_on is None or not running(complaint):
        return
    if _unasked(complaint.stage(2)) and 2 in stages_of(procedure):
        rule = "SI 2006/1738 reg 15(2)" if under_the_act(complaint) else "the council's own procedure"
        yield Obligation(kind.name, kind.waiting_on, answered.answered_on, rule, 2)


def _may_ask_for_panel(kind: Kind, complaint: Complaint, _profile: Profile | None) -> Iterator[Obligation]:
    stage, last = complaint.stage(2), _last_day_for_panel(complaint)
    if stage is None or last is None or not _unasked(complaint.stage(3), last) or not running(complaint):
        return
    since = stage.notice_received_on or stage.answered_on or last
    yield Obligation(kind.name, kind.waiting_on, since, "SI 2006/1738 reg 18(2)", 3, None, last, last, last)


_NO_IO: Final = "guidance to SI 2006/1738; the stage's own limit holds"
_NO_IP: Final = "SI 2006/1738 reg 17(2); the stage's own limit holds"
_NO_PANEL: Final = "SI 2006/1738 reg 19(2); the stage's own limit holds"

STAGE_KINDS: Final[tuple[Kind, ...]] = (
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
)
"""What the council and the panel owe at a stage, in the order of a complaint's life."""

RIGHTS: Final[tuple[Kind, ...]] = (
    Kind("may_ask_for_stage_2", "complainant", "The complainant may ask for stage 2.", _may_ask_for_stage_2),
    Kind("may_ask_for_panel", "complainant", "The complainant may ask for a panel.", _may_ask_for_panel),
)
"""What the complainant may do or leave: nobody is late with it."""
