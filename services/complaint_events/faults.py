"""Patterns for which the Ombudsman finds fault, and what else the Act requires that no annual report counts.

Each is found in what a complaint's events say, and in nothing else. So there is no rule here on what no event
tells: whether a complaint was of a kind the Act covers (wrong procedure, LGSCO 24 003 845), whether an answer
gave its reasons and named the next step (Children Act 1989 s26(7), regs 17(8), 18(2)), who sat on a panel
(reg 19(2)), whether an early referral to the Ombudsman was agreed (LGSCO 21 007 738).

What was done counts by its own date, what was not done from the calendar day after it was due.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from complaint_events import events as ev
from complaint_events import refusals
from complaint_events.clock import answers
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.course import Course, Find, Rule, ends
from complaint_events.event_model import Event
from complaint_events.procedures import DEFAULT_PROCEDURE, closure_days, rules_for
from complaint_events.working_days import add_working_days

_SETTLED: Final = ("complete_satisfied", "completed_late")
"""The Ombudsman's verdicts by which a remedy was carried out, whoever recorded it."""


def _stage_2_over_target(course: Course) -> Iterator[date]:
    clock = course.clock(2)
    if clock is not None and clock.target_on is not None and not [*course.extensions(2)]:
        yield from _overrun(course, 2, clock.target_on)


def _past_extended_date(course: Course) -> Iterator[date]:
    for stage in (1, 2):
        clock, promised = course.clock(stage), [one.new_due for one in course.extensions(stage)]
        latest = clock.maximum_on if clock else None
        if promised and latest is not None and promised[-1] < latest:
            yield from _overrun(course, stage, promised[-1])


def _overrun(course: Course, stage: int, due: date) -> Iterator[date]:
    yield from _late(course.answered_on(stage), due, course.missed_on(stage, due))


def _extension_without_notice(course: Course) -> Iterator[date]:
    """Told by the day that held until then; a letter from the extension on tells as well as `told_on`.

    The Act asks for notice at stage 2 only (reg 17(6)).
    """
    for stage in (2,) if course.procedure == DEFAULT_PROCEDURE else (1, 2):
        clock = course.clock(stage)
        due = clock.target_on if clock else None
        for one in course.extensions(stage):
            told = one.told_on or course.letter_on("extension", one.on)
            if told is None:
                yield one.on
            elif due is not None and told > due:
                yield told
            due = one.new_due


def _extension_beyond_maximum(course: Course) -> Iterator[date]:
    for stage in (1, 2):
        clock = course.clock(stage)
        latest = clock.maximum_on if clock else None
        yield from (one.on for one in course.extensions(stage) if latest is not None and one.new_due > latest)


def _extension_not_provided_for(course: Course) -> Iterator[date]:
    if course.received is None:
        return
    allowed = rules_for(course.procedure, course.received.on).extension_reasons
    for event in course.story:
        if isinstance(event, ev.Extended) and event.reason not in allowed.get(event.stage, ()):
            yield event.on


def _no_advocacy_before_end(course: Course) -> Iterator[date]:
    """Where stage 1 ended without the answer by which the annual report counts."""
    if course.category not in CHILD_OR_YOUNG_PERSON:
        return
    for event in course.story:
        if answers(event, 1) or (ended := ends(event, 1)):
            break
    else:
        return
    if not answers(event, 1) and ended and not course.any_by(event.on, ev.AdvocacyInfoGiven):
        yield event.on


def _answered_without_advocate(course: Course) -> Iterator[date]:
    answered, complainant = course.answered_on(1), course.complainant
    if answered is None or (complainant is not None and complainant.acting_via == "advocate"):
        return
    asked = course.any_by(answered, ev.AdvocateRequested)
    if asked and not course.any_by(answered, ev.AdvocateAppointed):
        yield answered


def _acknowledgement_late(course: Course) -> Iterator[date]:
    if course.received is None:
        return
    rules = rules_for(course.procedure, course.received.on)
    closed = closure_days(course.procedure, course.profile)
    for stage, days in rules.acknowledge_within.items() if rules.acknowledgement_source else ():
        since = course.since_opened(stage)
        if since:
            due = add_working_days(since[0].on, days, closed)
            done = (e.on for e in since if answers(e, stage) or _acknowledges(e, stage))
            yield from _late(next(done, None), due, course.missed_on(stage, due))


def _acknowledges(event: Event, stage: int) -> bool:
    return isinstance(event, ev.Acknowledged) and event.stage == stage


def _late(done_on: date | None, due: date, missed_on: date | None) -> Iterator[date]:
    """What was done late by its date; what was not done by the day from which that counts."""
    if done_on is None and missed_on is not None:
        yield missed_on
    elif done_on is not None and done_on > due:
        yield done_on


def _withdrawal_not_confirmed(course: Course) -> Iterator[date]:
    for event in course.story:
        unconfirmed = isinstance(event, ev.Withdrawn) and event.confirmed_on is None
        if unconfirmed and course.letter_on("withdrawal_confirmation", event.on) is None:
            yield event.on


def _oral_record_missing(course: Course) -> Iterator[date]:
    if course.received is not None and course.received.form == "oral":
        yield from _without(ev.Adjudicated, ev.WrittenRecordFinalised)(course)


def _without(model: type[Event], needed: type[Event]) -> Find:
    """Events of a kind that came without what had to come before them."""

    def find(course: Course) -> Iterator[date]:
        for event in course.story:
            if isinstance(event, model) and not course.any_by(event.on, needed):
                yield event.on

    return find


def _internal_independent_person(course: Course) -> Iterator[date]:
    for event in course.story:
        independent = isinstance(event, ev.IpAppointed) or getattr(event, "author", None) == "ip"
        if independent and getattr(event, "internal", None) is True:
            yield event.on
            return


def _adjudicated_without_reports(course: Course) -> Iterator[date]:
    authors: set[str] = set()
    for event in course.story:
        if isinstance(event, ev.InvestigationReportReceived):
            authors.add(event.author)
        if isinstance(event, ev.Adjudicated) and not authors >= {"io", "ip"}:
            yield event.on


def _ended_by_council(course: Course) -> Iterator[date]:
    for place, event in enumerate(course.story):
        ended = isinstance(event, ev.EscalationEnded) and event.disposal == "ended_by_council"
        if ended or (_closed(event, "non_cooperation") and _awaited(course, place)):
            yield event.on


def _closed_unanswered(course: Course) -> Iterator[date]:
    for place, event in enumerate(course.story):
        if _closed(event, None, "responded", "panel_completed") and _awaited(course, place):
            yield event.on


def _closed(event: Event, *disposals: str | None) -> bool:
    return isinstance(event, ev.Closed) and event.disposal in disposals


def _awaited(course: Course, place: int) -> bool:
    return any(course.awaited(stage, place) for stage in (1, 2, 3))


def _remedy_late(course: Course) -> Iterator[date]:
    done = {event.remedy: event.on for event in course.story if isinstance(event, ev.Remedied)}
    judged = [event for event in course.story if isinstance(event, ev.SatisfactionRecorded)]
    settled = {event.remedy for event in judged if event.status in _SETTLED}
    for agreed in course.story:
        if isinstance(agreed, ev.RemedyAgreed) and agreed.due_on is not None:
            missed_on = None if agreed.remedy in settled else agreed.due_on + timedelta(days=1)
            yield from _late(done.get(agreed.remedy), agreed.due_on, missed_on)


FAULTS: Final[tuple[Rule, ...]] = (
    Rule(
        "stage_2_refused",
        "Stage 2 was refused to a complainant whose complaint the council considers.",
        "SI 2006/1738 reg 17(1)(b); LGSCO decision 24 015 996",
        refusals.stage_2_refused,
        "children_statutory",
    ),
    Rule(
        "stage_3_refused",
        "A review panel was refused, not as a late request that was decided on.",
        "SI 2006/1738 regs 18, 19; LGSCO decision 23 002 843",
        refusals.stage_3_refused,
        "children_statutory",
    ),
    Rule(
        "stage_2_over_target_not_extended",
        "Stage 2 took longer than its target and was not extended.",
        "SI 2006/1738 reg 17(3), (6)",
        _stage_2_over_target,
        "children_statutory",
    ),
    Rule(
        "past_extended_date",
        "A stage was not answered by the day to which it had been extended.",
        "SI 2006/1738 regs 14(5), 17(6); LGSCO Complaint Handling Code 2024, 6.4",
        _past_extended_date,
    ),
    Rule(
        "extension_without_notice",
        "A stage was extended and the record does not show that the complainant was told in time.",
        "SI 2006/1738 reg 17(6); LGSCO Complaint Handling Code 2024, 6.5",
        _extension_without_notice,
    ),
    Rule(
        "extension_beyond_maximum",
        "A stage was extended beyond its maximum.",
        "SI 2006/1738 regs 14(5), 17(6)(b); LGSCO Complaint Handling Code 2024, 6.4",
        _extension_beyond_maximum,
    ),
    Rule(
        "extension_not_provided_for",
        "A stage was extended for a reason for which the Act provides no extension.",
        "SI 2006/1738 regs 14(5), 17(6), 19(4)",
        _extension_not_provided_for,
        "children_statutory",
    ),
    Rule(
        "refused_without_reason",
        "The complaint was refused without a recorded reason.",
        "SI 2006/1738 regs 3-5, 9, 12; LGSCO Complaint Handling Code 2024, 2.4",
        refusals.refused_without_reason,
    ),
    Rule(
        "out_of_time_refused_undecided",
        "The complaint was refused as out of time without deciding whether to take it even so.",
        "SI 2006/1738 reg 9; LGSCO decision 20 006 409",
        refusals.refused_undecided("out_of_time", ev.LateAcceptanceDecided),
    ),
    Rule(
        "refused_although_in_time",
        "The complaint was refused as out of time, but came within a year of its grounds.",
        "SI 2006/1738 reg 9; LGSCO Complaint Handling Code 2024, 2.2",
        refusals.refused_in_time,
    ),
    Rule(
        "interest_refused_undecided",
        "The complaint was refused for want of a sufficient interest that was never decided on.",
        "SI 2006/1738 reg 12",
        refusals.refused_undecided("no_sufficient_interest", ev.SufficientInterestDecided),
    ),
    Rule(
        "refused_although_entitled",
        "The complaint was refused for who complains, to a person whom the Act entitles.",
        "Children Act 1989 ss 24D, 26(3), (3B), (3C)",
        refusals.refused_although_entitled,
    ),
    Rule(
        "no_advocacy_information_before_end",
        "A child or young person was not told about advocacy before stage 1 ended without an answer.",
        "Children Act 1989 s26A; SI 2004/719 reg 4",
        _no_advocacy_before_end,
    ),
    Rule(
        "answered_without_advocate",
        "Stage 1 was answered while an advocate who had been asked for was not appointed.",
        "Children Act 1989 s26A; SI 2006/1738 reg 14(3)(b)",
        _answered_without_advocate,
        "children_statutory",
    ),
    Rule(
        "acknowledgement_late",
        "A complaint or a request for the next stage was not acknowledged within five working days.",
        "LGSCO Complaint Handling Code 2024, 6.2",
        _acknowledgement_late,
        "corporate_code",
    ),
    Rule(
        "withdrawal_not_confirmed",
        "The record does not show that the withdrawal was confirmed in writing.",
        "SI 2006/1738 reg 7",
        _withdrawal_not_confirmed,
        "children_statutory",
    ),
    Rule(
        "oral_record_missing",
        "Stage 2 of an oral complaint was answered without a final written record of it.",
        "SI 2006/1738 regs 16(1), 17(5)",
        _oral_record_missing,
        "children_statutory",
    ),
    Rule(
        "adjudicated_without_independent_person",
        "Stage 2 was answered without an independent person having been appointed.",
        "SI 2006/1738 reg 17(2)",
        _without(ev.Adjudicated, ev.IpAppointed),
        "children_statutory",
    ),
    Rule(
        "independent_person_internal",
        "The independent person came from inside the authority.",
        "SI 2006/1738 regs 2, 17(2)",
        _internal_independent_person,
        "children_statutory",
    ),
    Rule(
        "adjudicated_without_reports",
        "Stage 2 was answered before the investigating officer and the independent person had both reported.",
        "SI 2006/1738 reg 17; councils' guidance",
        _adjudicated_without_reports,
        "children_statutory",
    ),
    Rule(
        "panel_before_adjudication",
        "A review panel met although stage 2 had not been answered.",
        "SI 2006/1738 regs 17(3), 18(1)",
        _without(ev.PanelHeld, ev.Adjudicated),
        "children_statutory",
    ),
    Rule(
        "stage_3_without_panel",
        "Stage 3 was answered although no panel had met.",
        "SI 2006/1738 regs 19(1), 20",
        _without(ev.Stage3Responded, ev.PanelHeld),
        "children_statutory",
    ),
    Rule(
        "ended_by_council",
        "The council ended the complaint itself; the Act provides for no such end.",
        "SI 2006/1738 regs 7, 8, 15(1), 17(1)(b)",
        _ended_by_council,
        "children_statutory",
    ),
    Rule(
        "closed_unanswered",
        "The complaint was closed as done while a stage awaited its answer.",
        "SI 2006/1738 regs 14(1), 17(3), 20(3); LGSCO Complaint Handling Code 2024, section 6",
        _closed_unanswered,
    ),
    Rule(
        "remedy_late",
        "What was agreed to put things right was not done by the day agreed.",
        "LGSCO Compliance Manual",
        _remedy_late,
    ),
)
"""Every pattern, in the order of a complaint's life as far as it has one."""
