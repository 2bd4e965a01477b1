"""Random commands: every event of a complaint, mostly plausible where the complaint stands, sometimes not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar, get_args

from complaint_events import codes
from tests.model.counting import working_day
from tests.model.model import AFTER_THE_END, NO_CHANGES
from tests.model.standing import Standing
from tests.model.story import MARKS, Told, name_of

T = TypeVar("T")


class Dice(Protocol):
    """Where chance comes from: Hypothesis, or a seeded generator."""

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""

    def upto(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""


def chance(dice: Dice, percent: int) -> bool:
    """True about so many times in a hundred."""
    return dice.upto(1, 100) > 100 - percent


def _code(literal: object) -> Callable[[Dice], Any]:
    return lambda dice: dice.pick(get_args(literal))


def _maybe(made: Callable[[Dice], Any], percent: int = 50) -> Callable[[Dice], Any]:
    return lambda dice: made(dice) if chance(dice, percent) else None


def _of(*options: Any) -> Callable[[Dice], Any]:
    return lambda dice: dice.pick(options)


def _issues(dice: Dice) -> list[dict[str, Any]]:
    numbers = dice.pick(((1,), (1,), (1, 2), (1, 2, 3), (2, 4)))
    return [{"no": number, "theme": dice.pick(THEMES)} for number in numbers]


def _complainant(dice: Dice) -> dict[str, Any]:
    category = dice.pick(("parent", "child_looked_after", "sufficient_interest", "care_leaver"))
    return {"ref": "P-1", "category": category, "acting_via": dice.pick(("self", "self", "advocate"))}


CHILDREN = ([{"ref": "P-1"}], [{"ref": "P-1"}, {"ref": "P-2"}], [{"ref": "P-2"}])
THEMES = ("staff", "rude", "delay")
TEAMS = ("north", "south")
PROCEDURES = (
    *(["children_statutory"] * 6),
    "corporate_code",
    "corporate_code",
    "corporate_local",
    "non_statutory",
)
PROCEDURE = _of(*PROCEDURES)
DECISION = _of("accepted", "accepted", "accepted", "refused")
REFERENCES = _of("A", "B")

FIELDS: Mapping[str, Mapping[str, Callable[[Dice], Any]]] = {
    "received": {
        "method": _code(codes.Method),
        "procedure": _maybe(PROCEDURE, 90),
        "team": _maybe(_of(*TEAMS), 90),
        "form": _maybe(_of("oral", "written"), 30),
        "complainant": _maybe(_complainant, 90),
        "children": _of(*CHILDREN, None, None),
        "issues": _issues,
    },
    "triaged": {
        "team": _maybe(_of(*TEAMS)),
        "procedure": _maybe(PROCEDURE),
        "issues": _maybe(_issues, 30),
        "complainant": _maybe(_complainant, 30),
        "children": _maybe(_of(*CHILDREN), 20),
    },
    "details_changed": {"complainant": _maybe(_of({"acting_via": "advocate"}, {"category": "parent"}))},
    "issues_revised": {"issues": _issues},
    "linked": {"to": _of("OTHER-1", "OTHER-2", "OWN-1", "NONE-1"), "relation": _code(codes.LinkRelation)},
    "contact_logged": {"direction": _of("in", "out"), "method": _code(codes.Method)},
    "allocated": {"officer": _of("officer-7", "officer-8"), "team": _maybe(_of(*TEAMS))},
    "reminder_sent": {"obligation": _of("respond", "acknowledge"), "due_on": _of("2023-05-01", "2023-06-01")},
    "letter_sent": {"letter": _of("acknowledgement", "answer"), "document": _of("0" * 64, "f" * 64)},
    "equality_recorded": {
        "subject": _of("complainant", "child"),
        "ref": _of("P-1", "P-1", "P-2"),
        "age": _maybe(_of(9, 17, 18)),
        "age_band": _maybe(_of("under_18", "adult")),
    },
    "acknowledged": {"stage": _of(1, 1, 2, 3, None)},
    "eligibility_assessed": {
        "decision": DECISION,
        "procedure": _maybe(PROCEDURE, 90),
        "entry_stage": _of(None, None, None, 1, 2),
        "reason": _maybe(_code(codes.IneligibleReason), 80),
    },
    "sufficient_interest_decided": {"decision": DECISION},
    "late_acceptance_decided": {"decision": DECISION},
    "early_resolved": {"route": _maybe(_code(codes.EarlyRoute))},
    "stage_responded": {"stage": _of(1, 1, 2), "outcome": _maybe(_code(codes.Outcome), 30)},
    "resolved": {"stage": _of(1, 1, 2, 3)},
    "advocate_requested": {"provider": _maybe(_of("Voices"), 20)},
    "advocate_appointed": {"provider": _maybe(_of("Voices"), 20)},
    "deferred_concurrent": {"ground": _code(codes.ConcurrentGround)},
    "resubmitted": {"ground": _maybe(_code(codes.ConcurrentGround))},
    "decision_freeze_decided": {"frozen": _of(True, False)},
    "extended": {"stage": _of(1, 1, 2, 2, 3), "reason": _of("complex", "complex", "complex", "other")},
    "escalated": {"to_stage": _of(2, 2, 3), "form": _maybe(_of("oral", "written"), 30)},
    "late_request_decided": {"to_stage": _of(3, 3, 2), "decision": DECISION},
    "escalation_ended": {"to_stage": _of(2, 3), "disposal": _code(codes.EscalationDisposal)},
    "io_appointed": {"internal": _of(None, None, True)},
    "ip_appointed": {"internal": _of(None, None, None, False, True)},
    "investigation_report_received": {"author": _of("io", "ip", None)},
    "adjudicated": {"outcome": _code(codes.Outcome), "team": _maybe(_of(*TEAMS), 20)},
    "stage3_responded": {"outcome": _code(codes.Outcome)},
    "adr_offered": {"type": _code(codes.AdrType), "before_stage": _maybe(_of(1, 2, 3))},
    "adr_concluded": {"result": _code(codes.AdrResult)},
    "withdrawn": {"stage": _maybe(_of(1, 2, 3), 30), "reason": _maybe(_code(codes.WithdrawalReason))},
    "procedure_changed": {"from": PROCEDURE, "to": PROCEDURE},
    "closed": {
        "disposal": _of(
            "responded", "responded", "other", "panel_completed", *get_args(codes.ClosingDisposal), None
        )
    },
    "reopened": {"disposal": _maybe(_code(codes.ClosingDisposal), 10)},
    "lgsco_referred": {"lgsco_ref": REFERENCES},
    "lgsco_decided": {"lgsco_ref": REFERENCES, "decision": _code(codes.LgscoDecision)},
    "remedy_agreed": {
        "remedy": REFERENCES,
        "source": _code(codes.RemedySource),
        "types": _of(["apology"], ["apology", "reassessment"]),
        "amount": _maybe(_of(100, 250.5)),
        "lgsco_ref": _maybe(REFERENCES, 20),
    },
    "remedied": {"remedy": REFERENCES, "amount": _maybe(_of(100, 50))},
    "satisfaction_recorded": {"remedy": REFERENCES, "status": _code(codes.SatisfactionStatus)},
    "survey_recorded": {
        "answers": _of({"q1": "yes"}, {"q1": "no", "q2": "partly"}),
        "satisfied": _of(True, None),
    },
    "learning_recorded": {
        "learning": REFERENCES,
        "theme": _of("staff", "staff", "delay", "rude"),
        "action": _of("Answer calls."),
    },
    "learning_implemented": {"learning": REFERENCES},
    "learning_not_implemented": {"learning": REFERENCES},
    "personal_data_erased": {"subject": _of("P-1"), "basis": _of("Retention schedule.")},
    "cost_recorded": {"stage": _of(1, 2, 3), "amount": _of(10, 99.99), "what": _maybe(_of("panel", "io"))},
}
"""By event its fields and what they may hold; what depends on the day or the issues is in `_DATED`."""

REFERS = {
    "lgsco_decided": {"lgsco_ref": "referral"},
    "remedied": {"remedy": "remedy"},
    "satisfaction_recorded": {"remedy": "remedy"},
    "learning_implemented": {"learning": "learning"},
    "learning_not_implemented": {"learning": "learning"},
}
"""By event the fields that mostly name something on record."""

PLAIN = (
    "safeguarding_referred",
    "advocacy_info_given",
    "stage1_skipped",
    "written_record_finalised",
    "statement_of_complaint_agreed",
    "panel_appointed",
    "panel_held",
    "panel_report_issued",
    "legal_hold_set",
    "legal_hold_released",
)
"""Events without fields that matter here."""

TEXTS = {
    "eligibility_assessed": "note",
    "sufficient_interest_decided": "reason",
    "late_acceptance_decided": "reason",
    "escalated": "reasons",
    "early_resolved": "note",
    "extended": "note",
    "withdrawn": "",
    "deferred_concurrent": "reason",
}
"""The text that a command mostly comes with."""

EVERY = (*FIELDS, "start_date_agreed", *PLAIN)
AFTER = tuple(sorted(AFTER_THE_END - {"correction_recorded", "reopened"}))
ANYTIME = (
    "contact_logged",
    "advocacy_info_given",
    "adr_offered",
    "adr_concluded",
    "allocated",
    "issues_revised",
)
STAGE_1 = (
    *("acknowledged", "eligibility_assessed", "stage_responded", "escalated", "extended") * 3,
    *("advocate_requested", "advocate_appointed", "start_date_agreed", "late_acceptance_decided") * 2,
    *("sufficient_interest_decided", "triaged", "stage1_skipped", "deferred_concurrent", "resubmitted"),
    *("early_resolved", "resolved", "procedure_changed", "withdrawn"),
)
STAGE_2 = (
    *("io_appointed", "ip_appointed", "investigation_report_received", "adjudicated") * 5,
    *("acknowledged", "extended", "statement_of_complaint_agreed", "written_record_finalised") * 2,
    *(
        "stage_responded",
        "stage_responded",
        "escalation_ended",
        "resolved",
        "deferred_concurrent",
        "resubmitted",
    ),
)
STAGE_3 = (
    *("panel_appointed", "panel_held", "panel_report_issued", "stage3_responded") * 4,
    *("acknowledged", "escalation_ended", "withdrawn", "extended"),
)
BETWEEN = (
    *("escalated",) * 8,
    "late_request_decided",
    "closed",
    "remedy_agreed",
    "lgsco_referred",
    "reopened",
)
ENDED = ("reopened", "reopened", "escalated", "closed")


def likely(at: Standing) -> Sequence[str]:
    """What a council would do next."""
    if at.received is None:
        return (*("received",) * 20, "advocacy_info_given", "lgsco_referred")
    if at.over:
        return (*ENDED, *AFTER)
    waiting = at.open_stages()
    return {1: STAGE_1, 2: STAGE_2, 3: STAGE_3}[waiting[-1]] if waiting else BETWEEN


def command(dice: Dice, at: Standing, recorded: Sequence[Told], today: date) -> Told:
    """Any command: mostly the next plausible one, mostly of today."""
    if recorded and chance(dice, 8):
        return correction(dice, at, recorded, today)
    roll = dice.upto(1, 100)
    names = likely(at) if roll <= 70 else ANYTIME if roll <= 75 else EVERY
    return numbered(made(dice, dice.pick(names), at, _day(dice, recorded, today)), recorded)


def made(dice: Dice, event: str, at: Standing, day: date) -> Told:
    """An event of that name on that day."""
    drawn = {name: draw(dice) for name, draw in FIELDS.get(event, {}).items()}
    dated = _DATED.get(event, _nothing)(dice, at, day)
    plain = {name: value for name, value in {**drawn, **dated}.items() if value is not None}
    for name, kind in REFERS.get(event, {}).items():
        named = [reference for one, reference in at.known if one == kind]
        plain[name] = dice.pick(named) if named and chance(dice, 80) else plain[name]
    if event == "escalated" and 2 in at.stages and at.stages[2].answered and chance(dice, 80):
        plain["to_stage"] = 3
    if event == "stage_responded" and at.open_stages()[-1:] == [2]:
        plain["stage"] = 2
    if event in ("acknowledged", "extended") and at.open_stages() and chance(dice, 80):
        plain["stage"] = at.open_stages()[-1]
    texts = [TEXTS[event]] if TEXTS.get(event) and chance(dice, 90) else []
    return {"event": event, "on": day.isoformat(), **plain, "_texts": texts}


def numbered(told: Told, recorded: Sequence[Told]) -> Told:
    """With a `seq` where an equal event of that day is on record, as the service's recording gives it one."""
    names = {name_of(one) for one in recorded}
    tries: Iterator[Told] = ({**told, "seq": number} for number in range(1, len(recorded) + 1))
    return told if name_of(told) not in names else next(one for one in tries if name_of(one) not in names)


def _day(dice: Dice, recorded: Sequence[Told], today: date) -> date:
    roll = dice.upto(1, 100)
    if roll <= 75:
        return today
    if roll <= 85:
        return today - timedelta(days=dice.upto(1, 15))
    if roll <= 97 and recorded:
        return date.fromisoformat(dice.pick(recorded)["on"])
    return today + timedelta(days=dice.upto(-400, 2))


def _nothing(_dice: Dice, _at: Standing, _day: date) -> Told:
    return {}


def _grounds(dice: Dice, _at: Standing, day: date) -> Told:
    if chance(dice, 40):
        return {
            "grounds_arose_on": (
                day - timedelta(days=dice.pick((0, 30, 365, 366, 367, 800, 800, -1)))
            ).isoformat()
        }
    return {}


def _new_start(dice: Dice, at: Standing, day: date) -> Told:
    started = at.limits(1)
    around = dice.pick((day, started[0] if started else day))
    return {"new_start": (around + timedelta(days=dice.upto(-1, 12))).isoformat()}


def _new_due(dice: Dice, at: Standing, day: date) -> Told:
    stage = (at.open_stages() or [1])[-1]
    limits = at.limits(stage)
    most = (limits[2] if limits else None) or day
    options = (most, most, most - timedelta(days=4), most + timedelta(days=1), day, working_day(day, 10))
    told = (day + timedelta(days=dice.pick((-1, 0, 1)))).isoformat() if chance(dice, 20) else None
    return {"new_due": dice.pick(options).isoformat(), "told_on": told}


def _findings(dice: Dice, at: Standing, _day: date) -> Told:
    roll = dice.upto(1, 100)
    numbers = sorted(at.issues) if roll <= 85 else [1, 9] if roll <= 88 else sorted(at.stated)[:1]
    outcome = dice.pick(get_args(codes.Outcome))
    return {"issue_outcomes": [{"issue": one, "outcome": outcome} for one in numbers] or None}


def _adjudication(dice: Dice, at: Standing, day: date) -> Told:
    received = (day + timedelta(days=dice.pick((0, 1, 3, 10, -1)))).isoformat() if chance(dice, 40) else None
    return {**_findings(dice, at, day), "received_on": received}


def _terms(dice: Dice, _at: Standing, day: date) -> Told:
    return {"terms_sent_on": (day + timedelta(days=dice.pick((0, 0, 3)))).isoformat()}


def _confirmed(dice: Dice, _at: Standing, day: date) -> Told:
    return {"confirmed_on": _soon(dice, day, (0, 2, -1))}


def _promised(dice: Dice, _at: Standing, day: date) -> Told:
    return {"due_on": _soon(dice, day, (0, 30, 30, -1))}


def _soon(dice: Dice, day: date, days: Sequence[int]) -> str | None:
    """Half the time some days from that one."""
    return (day + timedelta(days=dice.pick(days))).isoformat() if chance(dice, 50) else None


def _from_present(dice: Dice, at: Standing, _day: date) -> Told:
    return {"from": at.procedure} if at.procedure and chance(dice, 80) else {}


_DATED: Mapping[str, Callable[[Dice, Standing, date], Told]] = {
    "received": _grounds,
    "start_date_agreed": _new_start,
    "extended": _new_due,
    "stage_responded": _findings,
    "adjudicated": _adjudication,
    "stage3_responded": _findings,
    "resolved": _terms,
    "withdrawn": _confirmed,
    "procedure_changed": _from_present,
    "remedy_agreed": _promised,
    "learning_recorded": _promised,
}


def named(told: Told) -> Told:
    """How a correction names an event."""
    marks = ("event", "on", "seq", *MARKS.get(told["event"], ()))
    return {mark: told[mark] for mark in marks if told.get(mark) is not None}


def correction(dice: Dice, at: Standing, recorded: Sequence[Told], today: date) -> Told:
    """A correction of something on record: of its day, a field, or all of it; sometimes of nothing."""
    target = dice.pick(recorded)
    corrects = named(target)
    if chance(dice, 5):
        corrects = {**corrects, "on": "2020-01-01"}
    day = today if chance(dice, 90) else date.fromisoformat(target["on"])
    told = {"event": "correction_recorded", "on": day.isoformat(), "corrects": corrects, "_texts": ["reason"]}
    return numbered({**told, "changes": _changes(dice, at, target)}, recorded)


def _changes(dice: Dice, at: Standing, target: Told) -> Told:
    roll = dice.upto(1, 100)
    old = date.fromisoformat(target["on"])
    if roll <= 4:
        return dice.pick(NO_CHANGES)
    if roll <= 25 or target["event"] == "correction_recorded":
        return {"void": True}
    if roll <= 60:
        return {"on": (old + timedelta(days=dice.pick((-7, -1, 1, 2, 10)))).isoformat()}
    fresh = made(dice, target["event"], at, old)
    fields = [
        name for name in fresh if name not in ("event", "on", "_texts", *MARKS.get(target["event"], ()))
    ]
    return {name: fresh[name] for name in fields[: dice.upto(1, 2)]} or {"void": True}
