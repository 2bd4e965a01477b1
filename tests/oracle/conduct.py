"""The report tables about the rules themselves: what a procedure asks for, and where it was not done."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from complaint_events.working_days import add_working_days
from tests.oracle.clocks import STATUTORY, closure_days, due, judged_by, limits, started, within
from tests.oracle.complaints import Complaint, refuses
from tests.oracle.investigations import Spell, requests_of
from tests.oracle.numbers import PROCEDURES, STAGES, Record, Row
from tests.oracle.reading import Told
from tests.oracle.tables import Function

_PANEL_WITHIN: Final = 30
_REPORT_WITHIN: Final = 5
_RESPONSE_WITHIN: Final = 15
Breaches = Iterator[date]
"""The days by which breaches of a rule count."""


def procedures(record: Record) -> list[Row]:
    asked = PROCEDURES if record.procedure == "all" else (record.procedure,)
    return [_standard(record, procedure, stage) for procedure in asked for stage in STAGES[procedure]]


_STANDARDS: Final = {
    (STATUTORY, 1): ("received", 10, 20),
    (STATUTORY, 2): ("escalated", 25, 65),
    (STATUTORY, 3): ("escalated", 30, 30),
    ("corporate_code", 1): ("acknowledged", 10, 20),
    ("corporate_code", 2): ("acknowledged", 20, 40),
    ("corporate_local", 1): ("received", 15, 15),
    ("corporate_local", 2): ("escalated", 20, 20),
    ("non_statutory", 1): ("received", 20, 20),
}


def _standard(record: Record, procedure: str, stage: int) -> Row:
    start, target, most = _STANDARDS[procedure, stage]
    own = record.profile.get("procedures", {}).get(procedure, {}).get(f"stage_{stage}") or {}
    if own:
        target, most = own["target"], own.get("max") or own["target"]
        start = own.get("from") or start
    place: Row = {"procedure": procedure, "stage": stage}
    return {**place, "starts_from": start, "target": target, "max": most}


def _stage_1_late(one: Complaint, _as_of: date) -> Breaches:
    answer = one.answer(1)
    if answer and limits(one, 1) and not within(one, 1)[1]:
        yield answer.day


def _by_answer(one: Complaint, name: str) -> list[Told]:
    """The events of a name, of stage 1 where they are of one, by the day of the stage 1 answer."""
    answer = one.answer(1)
    told = one.all(name) if answer else []
    return [each for each in told if answer and each.day <= answer.day and each.get("stage", 1) == 1]


def _over_target(one: Complaint, _as_of: date) -> Breaches:
    answer = one.answer(1)
    if answer and limits(one, 1) and not within(one, 1)[0] and not _by_answer(one, "extended"):
        yield answer.day


def _stage_1_unanswered(one: Complaint, as_of: date) -> Breaches:
    latest = due(one)
    if one.answer(1) is None and latest and latest < as_of and not _over(one.events, 1, latest):
        yield latest + timedelta(days=1)


def _missing(name: str, asked: Callable[[Complaint], bool]) -> Callable[[Complaint, date], Breaches]:
    """What should have been done before the stage 1 answer, and was not."""

    def found(one: Complaint, _as_of: date) -> Breaches:
        answer = one.answer(1)
        if answer and asked(one) and not _by_answer(one, name):
            yield answer.day

    return found


def _extension_late(one: Complaint, _as_of: date) -> Breaches:
    """Made or told of after the stage had been due; the Act knows no extension of stage 3."""
    for stage in (1, 2):
        latest = _target(one, stage)
        for told in one.all("extended"):
            if told.data["stage"] == stage and latest:
                if max(told.on, told.get("told_on") or told.on) > str(latest):
                    yield told.day
                latest = date.fromisoformat(told.data["new_due"])


def _target(one: Complaint, stage: int) -> date | None:
    """When a stage was due before any extension; none while the clock stands still."""
    asked, found = list(requests_of(one, stage)), limits(one, stage)
    start = next((spell.start for spell in asked if spell.answer), asked[-1].start if asked else None)
    if stage == 1:
        start = started(one, 1) if one.answer(1) or due(one) else None
    return add_working_days(start, found[0], closure_days(one)) if start and found else None


def _stage_2_late(one: Complaint, _as_of: date) -> Breaches:
    answer, found = one.answer(2), limits(one, 2)
    if answer and found and not within(one, 2)[1]:
        yield answer.day


def _stage_2_undecided(one: Complaint, as_of: date) -> Breaches:
    found = limits(one, 2)
    for spell in requests_of(one, 2) if found and not one.answer(2) else ():
        if found and spell.start:
            yield from _missed(spell, add_working_days(spell.start, found[1], closure_days(one)), as_of)


def _missed(spell: Spell, latest: date, as_of: date) -> Breaches:
    """Not done by a day: it counts on the day after, or after the deferral in which the time ran out."""
    if _over(spell.events, spell.stage, latest):
        return
    deferred = False
    for told in spell.story:
        if told.event == "deferred_concurrent" and told.day <= latest:
            deferred = judged_by(spell.complaint) == STATUTORY
        if told.event == "resubmitted" and deferred:
            deferred, latest = False, max(latest, told.day)
    if not deferred and latest < as_of:
        yield latest + timedelta(days=1)


_ENDINGS: Final = ("withdrawn", "closed", "early_resolved")


def _over(events: tuple[Told, ...], stage: int, day: date) -> bool:
    """Withdrawn, closed, refused, settled or ended by a day, and not taken up again by then."""
    over = False
    for told in events:
        if told.day <= day:
            over = (over or _ends(told, stage)) and told.event != "reopened"
    return over


def _ends(told: Told, stage: int) -> bool:
    if told.event in _ENDINGS or refuses(told):
        return True
    if told.event == "eligibility_assessed":
        return bool(told.get("entry_stage", 1) > stage)
    if told.event in ("escalation_ended", "late_request_decided"):
        return bool(told.data["to_stage"] == stage and told.get("decision") != "accepted")
    if told.event == "resolved":
        return bool(told.data["stage"] == stage)
    if told.event == "escalated":
        return bool(told.data["to_stage"] > stage)
    return told.event == "stage1_skipped" and stage == 1


def _escalation_refused(one: Complaint, _as_of: date) -> Breaches:
    for told in one.all("escalation_ended"):
        if told.data["disposal"] == "refused":
            yield told.day


def _panel_late(one: Complaint, as_of: date) -> Breaches:
    for spell in requests_of(one, 3) if limits(one, 3) else ():
        met = spell.first("panel_held")
        yield from _not_by(spell, spell.requested.day, _PANEL_WITHIN, met, as_of)


def _report_late(one: Complaint, as_of: date) -> Breaches:
    for spell in requests_of(one, 3):
        sent = spell.first("panel_report_issued")
        yield from _not_by(spell, spell.first("panel_held"), _REPORT_WITHIN, sent, as_of)


def _response_late(one: Complaint, as_of: date) -> Breaches:
    for spell in requests_of(one, 3):
        begun = spell.first("panel_report_issued")
        yield from _not_by(spell, begun, _RESPONSE_WITHIN, spell.answered_on, as_of)


def _not_by(spell: Spell, begun: date | None, days: int, done: date | None, as_of: date) -> Breaches:
    """What was done late counts on its own day, what was not done on the day after it was due."""
    if begun is None:
        return
    latest = add_working_days(begun, days)
    if done is not None:
        if done > latest:
            yield done
    elif spell.answered_on is None or spell.answered_on > latest:
        yield from _missed(spell, latest, as_of)


RULES: Final[dict[str, Callable[[Complaint, date], Breaches]]] = {
    "stage_1_over_target_not_extended": _over_target,
    "stage_1_late": _stage_1_late,
    "stage_1_unanswered": _stage_1_unanswered,
    "no_acknowledgement": _missing("acknowledged", lambda _one: True),
    "no_eligibility_decision": _missing("eligibility_assessed", lambda _one: True),
    "no_advocacy_information": _missing("advocacy_info_given", lambda one: one.by_child),
    "extension_late": _extension_late,
    "stage_2_late": _stage_2_late,
    "stage_2_undecided": _stage_2_undecided,
    "escalation_refused": _escalation_refused,
    "no_sufficient_interest_decision": _missing(
        "sufficient_interest_decided",
        lambda one: one.complainant.get("category") == "sufficient_interest",
    ),
    "stage_3_panel_late": _panel_late,
    "stage_3_report_late": _report_late,
    "stage_3_response_late": _response_late,
}
"""How each rule is broken."""


def conformity(record: Record) -> list[Row]:
    return [{"rule": rule, "complaints": _broken(record, found)} for rule, found in RULES.items()]


def _broken(record: Record, found: Callable[[Complaint, date], Breaches]) -> int:
    """How many complaints broke a rule in the period."""
    days = [list(found(one, record.known.as_of)) for one in record.complaints]
    return sum(any(record.period.has(day) for day in each) for each in days)


CONDUCT: Final[dict[str, Function]] = {made.__name__: made for made in (conformity, procedures)}
