"""What a council has not done on a complaint as the law requires, each with its date and its source.

These are the patterns that the annual report must own up to and for which the Ombudsman finds fault. They
are found in a complaint's events as they read, whoever recorded them: importing history shows them too.

`REPORTED` are the annual report's own; `faults` has the other patterns. Late means past the maximum, extended
or not. What was done late counts by its own date. What has not been done counts from the calendar day after
the due date, unless the complaint was withdrawn, closed, settled or ended by that date; while it is deferred
for concurrent proceedings (reg 8) nothing falls due. An answer sent later takes nothing back that stage 3
still lacks, and a further request nothing of an earlier one. What should have come before the stage 1 answer
counts by that answer.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from complaint_events import events as ev
from complaint_events.clock import answers
from complaint_events.codes import CHILD_OR_YOUNG_PERSON, Procedure
from complaint_events.course import Course, Find, Rule
from complaint_events.event_model import Event
from complaint_events.faults import FAULTS
from complaint_events.procedures import PANEL_REPORT_WITHIN, PANEL_RESPONSE_WITHIN
from complaint_events.profile import Profile
from complaint_events.working_days import add_working_days


class Nonconformity(NamedTuple):
    """One thing not done as required: by which rule, and the day by which it counts."""

    rule: str
    on: date


def nonconformities(
    story: Sequence[Event],
    procedure: Procedure,
    profile: Profile | None,
    rules: Sequence[Rule] | None = None,
) -> list[Nonconformity]:
    """Everything on a complaint that was not done as required by `rules`, in their order; absent: `RULES`.

    `story` are its events as they read; `profile` is the one in force when it was received. What counts only
    from a day that has not come yet is included: whoever asks compares `on` with the day asked about.
    """
    if not any(isinstance(event, ev.Received) for event in story):
        return []
    return found_on(Course(story, procedure, profile), RULES if rules is None else rules)


def found_on(course: Course, rules: Sequence[Rule]) -> list[Nonconformity]:
    """The same for a complaint that was received, by whoever has wound its clocks already."""
    asked = (rule for rule in rules if rule.only in (None, course.procedure))
    return [Nonconformity(rule.name, on) for rule in asked for on in rule.find(course)]


def _late(course: Course, stage: int) -> Iterator[date]:
    clock, answered = course.clock(stage), course.answered_on(stage)
    if clock and clock.maximum_on and answered and answered > clock.maximum_on:
        yield answered


def _unanswered(course: Course, stage: int) -> Iterator[date]:
    clock = course.clock(stage)
    if clock is None or clock.maximum_on is None or course.answered_on(stage) is not None:
        return
    missed_on = course.missed_on(stage, clock.maximum_on)
    if missed_on is not None:
        yield missed_on


def _undecided(course: Course) -> Iterator[date]:
    if course.answered_on(2) is None:
        for request in course.requests(2):
            yield from _unanswered(request, 2)


def _over_target(course: Course) -> Iterator[date]:
    clock, answered = course.clock(1), course.answered_on(1)
    if not clock or not clock.target_on or not answered or answered <= clock.target_on:
        return
    extensions = (e for e in course.story if isinstance(e, ev.Extended) and e.stage == 1)
    if not any(extension.on <= answered for extension in extensions):
        yield answered


def _missing(model: type[Event]) -> Find:
    """What should have been there by the stage 1 answer."""

    def find(course: Course) -> Iterator[date]:
        answered = course.answered_on(1)
        if answered is not None and not _done_by(course, model, answered):
            yield answered

    return find


def _done_by(course: Course, model: type[Event], day: date) -> bool:
    return any(isinstance(e, model) and e.on <= day and getattr(e, "stage", 1) == 1 for e in course.story)


def _no_advocacy(course: Course) -> Iterator[date]:
    if course.category in CHILD_OR_YOUNG_PERSON:
        yield from _missing(ev.AdvocacyInfoGiven)(course)


def _no_interest(course: Course) -> Iterator[date]:
    if course.category == "sufficient_interest":
        yield from _missing(ev.SufficientInterestDecided)(course)


def _extension_late(course: Course) -> Iterator[date]:
    for stage in (1, 2):
        clock = course.clock(stage)
        due = clock.target_on if clock else None
        for event in course.story:
            if due is not None and isinstance(event, ev.Extended) and event.stage == stage:
                if max(event.on, event.told_on or event.on) > due:
                    yield event.on
                due = event.new_due


def _refused(course: Course) -> Iterator[date]:
    for event in course.story:
        if isinstance(event, ev.EscalationEnded) and event.disposal == "refused":
            yield event.on


def _panel(course: Course) -> Iterator[date]:
    for request in course.requests(3):
        due = request.due_on(3)
        if due is not None:
            yield from _by(request, request.first_of(3, ev.PanelHeld), due)


def _report(course: Course) -> Iterator[date]:
    for request in course.requests(3):
        held = request.first_of(3, ev.PanelHeld)
        if held is not None:
            due = add_working_days(held, PANEL_REPORT_WITHIN)
            yield from _by(request, request.first_of(3, ev.PanelReportIssued), due)


def _response(course: Course) -> Iterator[date]:
    for request in course.requests(3):
        reported = request.first_of(3, ev.PanelReportIssued)
        if reported is not None:
            due = add_working_days(reported, PANEL_RESPONSE_WITHIN)
            yield from _by(request, _answered(request), due)


def _answered(request: Course) -> date | None:
    """When the request for stage 3 was answered first."""
    return next((event.on for event in request.since_opened(3) if answers(event, 3)), None)


def _by(request: Course, done_on: date | None, due: date) -> Iterator[date]:
    if done_on is not None:
        if done_on > due:
            yield done_on
        return
    answered, missed_on = _answered(request), request.missed_on(3, due)
    if missed_on is not None and (answered is None or answered > due):
        yield missed_on


REPORTED: Final[tuple[Rule, ...]] = (
    Rule(
        "stage_1_over_target_not_extended",
        "Stage 1 took longer than its target and was not extended.",
        "SI 2006/1738 reg 14(1), (5)",
        _over_target,
    ),
    Rule(
        "stage_1_late",
        "Stage 1 was answered after its maximum.",
        "SI 2006/1738 reg 14(5)",
        lambda course: _late(course, 1),
    ),
    Rule(
        "stage_1_unanswered",
        "Stage 1 has not been answered and its maximum has passed.",
        "SI 2006/1738 reg 14(5)",
        lambda course: _unanswered(course, 1),
    ),
    Rule(
        "no_acknowledgement",
        "The complaint was not acknowledged.",
        "SI 2006/1738 reg 11; LGSCO Complaint Handling Code 2024, 6.2",
        _missing(ev.Acknowledged),
    ),
    Rule(
        "no_eligibility_decision",
        "It was not decided whether the complaint could be considered.",
        "SI 2006/1738 regs 3-5, 8, 9, 12; LGSCO Complaint Handling Code 2024, 2.4",
        _missing(ev.EligibilityAssessed),
    ),
    Rule(
        "no_advocacy_information",
        "A child or young person was not told about advocacy.",
        "Children Act 1989 s26A; SI 2004/719 reg 4",
        _no_advocacy,
    ),
    Rule(
        "extension_late",
        "A stage was extended after the day it was due.",
        "SI 2006/1738 reg 17(6)",
        _extension_late,
    ),
    Rule(
        "stage_2_late",
        "Stage 2 was answered after its maximum.",
        "SI 2006/1738 reg 17(6)(b)",
        lambda course: _late(course, 2),
    ),
    Rule(
        "stage_2_undecided",
        "Stage 2 has not been answered and its maximum has passed.",
        "SI 2006/1738 reg 17(6)(b)",
        _undecided,
    ),
    Rule(
        "escalation_refused",
        "A request for the next stage was refused.",
        "SI 2006/1738 regs 17(1)(b), 18; LGSCO decision 24 015 996",
        _refused,
    ),
    Rule(
        "no_sufficient_interest_decision",
        "It was not decided whether the complainant has a sufficient interest.",
        "SI 2006/1738 reg 12",
        _no_interest,
    ),
    Rule("stage_3_panel_late", "The panel did not meet in time.", "SI 2006/1738 reg 19(4)", _panel),
    Rule(
        "stage_3_report_late", "The panel's report was not sent in time.", "SI 2006/1738 reg 20(2)", _report
    ),
    Rule(
        "stage_3_response_late",
        "The panel's recommendations were not answered in time.",
        "SI 2006/1738 reg 20(3)",
        _response,
    ),
)
"""The requirements that the annual report owns up to, in the order in which it prints them."""

RULES: Final = (*REPORTED, *FAULTS)
"""Every requirement that is checked: what is reported first, then the other patterns of fault."""
