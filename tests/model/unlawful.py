"""What a live command may not do although it could have happened: one row a rule, with a coarse word."""

from collections.abc import Callable, Iterable
from datetime import date

from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from tests.model.clocks import ACT, on
from tests.model.counting import a_year_after, working_day
from tests.model.standing import ALL_STAGES, Standing
from tests.model.story import Told

Broken = Callable[[Standing, Told], bool]
Row = tuple[str, tuple[str, ...], Broken]

ANSWERS = ("stage_responded", "adjudicated", "stage3_responded")
INVESTIGATION = ("statement_of_complaint_agreed", "investigation_report_received", "adjudicated")
APPOINTED = ("io_appointed", "ip_appointed")
PANEL = ("panel_appointed", "panel_held", "panel_report_issued", "stage3_responded")
PARTIALLY_UNTIL = "2022-12-31"
FORMS = ("received", "triaged")
DECISIONS = ("sufficient_interest_decided", "late_acceptance_decided")


def stage_of(told: Told) -> int:
    """The stage that an event is about."""
    fixed = {"acknowledged": 1, **dict.fromkeys((*INVESTIGATION, *APPOINTED), 2)}
    return int(
        told.get("stage") or told.get("to_stage") or {**fixed, **dict.fromkeys(PANEL, 3)}[told["event"]]
    )


def _refuses(told: Told) -> bool:
    return bool(told.get("decision") == "refused")


def _accepts(told: Told) -> bool:
    return bool(told.get("decision") == "accepted")


def _late(at: Standing) -> bool:
    """Received over a year after the grounds arose (R9)."""
    arose = (at.received or {}).get("grounds_arose_on")
    return bool(arose and at.received and a_year_after(date.fromisoformat(arose)) < on(at.received))


def _unreasoned(_at: Standing, told: Told) -> bool:
    return _refuses(told) and ("reason" not in told or "note" not in told["_texts"])


def _contradicted(at: Standing, told: Told) -> bool:
    reason = told.get("reason")  # silent: a reason with an acceptance is looked at like one with a refusal
    if reason == "out_of_time":
        return (at.received or {}).get("grounds_arose_on") is not None and not _late(at)
    return reason == "no_sufficient_interest" and at.category not in (None, "sufficient_interest")


def _decided_before(at: Standing, told: Told) -> bool:
    what = "interest" if told["event"] == "sufficient_interest_decided" else "lateness"
    return f"{what} once" in at.flags


def _undecided_lateness(at: Standing, told: Told) -> bool:
    act = (told.get("procedure") or at.procedure) == ACT
    return _accepts(told) and act and _late(at) and "lateness" not in at.flags


def _entry(at: Standing, told: Told) -> bool:
    if not _accepts(told) or told.get("entry_stage") != 2:
        return False
    return 1 not in at.open_stages() or told.get("procedure", ACT) != ACT


def _child_missing(at: Standing, told: Told) -> bool:
    forms = [one for one in [*at.story, told] if one["event"] in FORMS]
    people = [one["complainant"] for one in forms if one.get("complainant")]
    children = [one["children"] for one in forms if one.get("children")]
    # Silent: without any list of children nobody is missing from it; a care leaver is no child any more.
    if not people or not children or people[-1]["category"] not in CHILD_OR_YOUNG_PERSON - {"care_leaver"}:
        return False
    return {"ref": people[-1]["ref"]} not in children[-1]


INTAKE: list[Row] = [
    ("child", ("received", "triaged"), _child_missing),
    ("once", ("eligibility_assessed",), lambda at, _told: "assessed" in at.flags),
    ("reason", ("eligibility_assessed",), _unreasoned),
    ("reason", ("eligibility_assessed",), _contradicted),
    ("procedure", ("eligibility_assessed",), lambda _at, told: _accepts(told) and "procedure" not in told),
    (
        "procedure",
        ("triaged",),
        lambda at, told: "accepted" in at.flags and told.get("procedure", at.procedure) != at.procedure,
    ),
    (
        "undecided",
        ("eligibility_assessed",),
        lambda at, told: (
            _accepts(told) and at.category == "sufficient_interest" and "interest" not in at.flags
        ),
    ),
    ("undecided", ("eligibility_assessed",), _undecided_lateness),
    ("entry", ("eligibility_assessed",), _entry),
    ("needless", ("sufficient_interest_decided",), lambda at, _told: at.category != "sufficient_interest"),
    ("needless", ("late_acceptance_decided",), lambda at, _told: not _late(at)),
    ("once", DECISIONS, _decided_before),
    (
        "begun",
        ("early_resolved",),
        lambda at, _told: (
            "accepted" in at.flags
            or any(stage.answered for stage in at.stages.values())
            or len(at.stages) > 1
        ),
    ),
]
"""Receipt, eligibility, and what comes before a formal stage (regs 3-5, 9, 12)."""


def _not_later(at: Standing, told: Told) -> bool:
    limits = at.limits(1)
    return 1 not in at.open_stages() or limits is None or on(told, "new_start") <= limits[0]


def _reason_of_extension(at: Standing, told: Told) -> bool:
    if at.procedure is not None and told["stage"] not in ALL_STAGES[at.procedure]:
        return True
    reasons = {1: ("complex",), 3: ()}.get(told["stage"])
    return at.procedure == ACT and reasons is not None and told["reason"] not in reasons


def _beyond(at: Standing, told: Told) -> bool:
    limits = at.limits(told["stage"])
    return limits is not None and limits[2] is not None and on(told, "new_due") > limits[2]


def _too_late(at: Standing, told: Told) -> bool:
    due, last = at.due(told["stage"]), max(told["on"], told.get("told_on") or told["on"])
    return due is not None and last > due.isoformat()


def _no_extension(at: Standing, told: Told) -> bool:
    due = at.due(told["stage"])
    return due is not None and on(told, "new_due") <= due


def _closed_stage(at: Standing, told: Told) -> bool:
    stage = at.stages.get(stage_of(told))
    return stage is not None and not stage.open


def _done_stage(at: Standing, told: Told) -> bool:
    stage = at.stages.get(stage_of(told))
    if stage is None or stage.open or stage.revived:
        return False
    # Silent: work goes on at the last stage only, an answer is given again at any, and terms may still be
    # recorded of a stage 1 that was left for stage 2.
    return stage.ended not in ("escalated", "entry") and (
        stage.ended is not None or told["event"] not in ANSWERS
    )


def _answered_otherwise(at: Standing, told: Told) -> bool:
    if at.procedure is None:
        return False
    by_adjudication = told["event"] == "stage_responded" and at.procedure == ACT and told["stage"] == 2
    return by_adjudication or stage_of(told) not in ALL_STAGES[at.procedure]


def _issues_left(at: Standing, told: Told) -> bool:
    return not at.issues <= {finding["issue"] for finding in told.get("issue_outcomes") or ()}


def _out_of_use(_at: Standing, told: Told) -> bool:
    """The made-up council stopped using one outcome."""
    used = [told.get("outcome"), *(finding["outcome"] for finding in told.get("issue_outcomes") or ())]
    return "partially_upheld" in used and told["on"] > PARTIALLY_UNTIL


def _other_procedure(at: Standing, told: Told) -> bool:
    answered = any(stage.answered for stage in at.stages.values())
    if told["to"] == at.procedure or (answered and not at.open_stages()):
        return True
    if max(at.stages, default=1) not in ALL_STAGES[told["to"]]:
        return True
    return at.procedure is not None and told["from"] != at.procedure


STAGES: list[Row] = [
    (
        "once",
        ("acknowledged",),
        lambda at, told: _closed_stage(at, told) or at.stages[stage_of(told)].acknowledged is not None,
    ),
    ("start", ("start_date_agreed",), _not_later),
    (
        "skip",
        ("stage1_skipped",),
        lambda at, _told: at.procedure not in (None, ACT) or 1 not in at.open_stages(),
    ),
    ("deferral", ("deferred_concurrent",), lambda at, _told: "deferred" in at.flags),
    ("deferral", ("resubmitted",), lambda at, _told: "deferred" not in at.flags),
    ("extension", ("extended",), _closed_stage),
    ("extension", ("extended",), _reason_of_extension),
    ("extension", ("extended",), _beyond),
    ("extension", ("extended",), _too_late),
    ("extension", ("extended",), _no_extension),
    ("stage over", ("stage_responded", "resolved", *APPOINTED, *INVESTIGATION, *PANEL), _done_stage),
    ("procedure", ("stage_responded", "escalated"), _answered_otherwise),
    (
        "procedure",
        ("start_date_agreed", "written_record_finalised", "adjudicated", *PANEL),
        lambda at, _told: at.procedure not in (None, ACT),
    ),
    ("procedure", ("procedure_changed",), _other_procedure),
    ("issues", ("stage_responded",), _issues_left),
    ("outcome", ANSWERS, _out_of_use),
]
"""Clocks, extensions and answers (regs 8, 14, 17; CHC 6.4)."""


def _stage_1_unfinished(at: Standing, told: Told) -> bool:
    if told["to_stage"] != 2 or 1 not in at.open_stages() or at.procedure not in (None, ACT):
        return False
    limits = at.limits(1)
    if limits is None:
        return False
    # Silent: whoever waits for an advocate or a court may go on after 20 working days from the last start.
    return on(told) <= (at.due(1) or working_day(limits[0], 20))


def _no_response(at: Standing, told: Told) -> bool:
    if told["to_stage"] != 2 or at.procedure in (None, ACT):
        return False
    first = at.stages.get(1)
    return first is None or (first.answered is None and first.ended != "resolved")


def _window_passed(at: Standing, told: Told) -> bool:
    return at.notice_on is not None and on(told) > working_day(at.notice_on, 20)


def _late_request(at: Standing, told: Told) -> bool:
    return told["to_stage"] == 3 and _window_passed(at, told) and at.late_requests.get(3) != "accepted"


def _not_late_at_all(at: Standing, told: Told) -> bool:
    if told["to_stage"] == 2:
        return at.procedure in (None, ACT)
    return not _window_passed(at, {"on": at.stages[3].opened} if 3 in at.stages else told)


def _stage_2_refused(at: Standing, told: Told) -> bool:
    return (told["to_stage"], told["disposal"]) == (2, "refused") and at.procedure in (None, ACT)


def _missing(*needed: str) -> Broken:
    return lambda at, _told: not set(needed) <= {word for stage in at.stages.values() for word in stage.done}


def _author_unknown(at: Standing, told: Told) -> bool:
    return _missing(f"{told.get('author', 'io')}_appointed")(at, told)


ESCALATION: list[Row] = [
    ("too early", ("escalated",), _stage_1_unfinished),
    ("too early", ("escalated",), _no_response),
    (
        "too early",
        ("escalated",),
        lambda at, told: told["to_stage"] == 3 and (2 not in at.stages or at.stages[2].answered is None),
    ),
    ("reason", ("escalated",), lambda _at, told: told["to_stage"] == 3 and "reasons" not in told["_texts"]),
    ("window", ("escalated",), _late_request),
    (
        "window",
        ("late_request_decided",),
        _not_late_at_all,
    ),
    ("no power", ("escalation_ended",), _stage_2_refused),
    ("not oral", ("written_record_finalised",), lambda at, _told: (at.received or {}).get("form") != "oral"),
    ("not asked", APPOINTED, lambda at, _told: 2 not in at.stages),
    ("independent", ("ip_appointed",), lambda _at, told: bool(told.get("internal"))),
    ("order", ("investigation_report_received",), _author_unknown),
    ("order", ("adjudicated",), _missing("ip_appointed")),
    ("order", ("adjudicated",), _missing("report io", "report ip")),
    ("order", ("panel_held",), _missing("panel_appointed")),
    ("order", ("panel_report_issued",), _missing("panel_held")),
    ("order", ("stage3_responded",), _missing("panel_report_issued")),
]
"""Requests, investigation and panel (regs 16 to 20)."""


def _never_opened(at: Standing, told: Told) -> bool:
    return at.received is not None and "stage" in told and told["stage"] not in at.stages


def _due_before(_at: Standing, told: Told) -> bool:
    return bool(told.get("due_on")) and told["due_on"] < told["on"]


FINDINGS = {
    "investigation": {"investigation_report_received", "adjudicated"},
    "panel": {"panel_report_issued", "stage3_responded"},
    "lgsco": {"lgsco_decided"},
}
"""What a remedy of that source rests on."""


def _no_finding(at: Standing, told: Told) -> bool:
    unknown = "lgsco_ref" in told and ("referral", told["lgsco_ref"]) not in at.known
    rests_on = FINDINGS.get(told["source"])
    return unknown or (rests_on is not None and not rests_on & {one["event"] for one in at.story})


def _not_so(at: Standing, told: Told) -> bool:
    so = at.received is None or _shown(at).get(told.get("disposal", ""), True)
    return not so


def _shown(at: Standing) -> dict[str, bool]:
    """By disposal whether the record shows it; of the others nothing could."""
    ends = {stage.ended for stage in at.stages.values()}
    happened = {one["event"] for one in at.story}
    return {
        "responded": any(stage.answered for stage in at.stages.values()) or "resolved" in ends,
        "panel_completed": 3 in at.stages and at.stages[3].answered is not None,
        "withdrawn": "withdrawn" in at.over or "withdrawn" in ends,
        "ineligible": "refused" in at.over,
        "resolved_early": "settled" in at.over,
        "resolved_adr": bool(ends & {"resolved", "resolved_adr"})
        or bool(happened & {"adr_concluded", "early_resolved"}),
        "deferred_concurrent": "deferred" in at.flags,
        "lgsco": any(kind == "referral" for kind, _ in at.known),
    }


AFTERWARDS: list[Row] = [
    ("never", ("withdrawn", "cost_recorded"), _never_opened),
    ("no offer", ("adr_concluded",), lambda at, _told: "offered" not in at.flags),
    (
        "still open",
        ("closed",),
        lambda at, told: (
            not at.over
            and bool(at.open_stages())
            and told.get("disposal") in (None, "responded", "panel_completed")
        ),
    ),
    ("disposal", ("closed",), _not_so),
    ("not over", ("reopened",), lambda at, _told: not at.over),
    ("once", ("lgsco_referred",), lambda at, told: ("referral", told["lgsco_ref"]) in at.known),
    ("finding", ("remedy_agreed",), _no_finding),
    ("promise", ("remedy_agreed", "learning_recorded"), _due_before),
    (
        "lgsco",
        ("satisfaction_recorded",),
        lambda at, told: at.known["remedy", told["remedy"]]["source"] != "lgsco",
    ),
    ("once", ("learning_recorded",), lambda at, told: ("learning", told["learning"]) in at.known),
    ("nobody", ("linked",), lambda _at, told: told["to"] in ("OWN-1", "NONE-1")),
    (
        "age",
        ("equality_recorded",),
        lambda _at, told: (
            {"age", "age_band"} <= set(told) and (told["age"] < 18) != (told["age_band"] == "under_18")
        ),
    ),
    ("hold", ("personal_data_erased",), lambda at, _told: "held" in at.flags),
    ("still open", ("personal_data_erased",), lambda at, _told: at.received is not None and not at.over),
    ("hold", ("legal_hold_set",), lambda at, _told: "held" in at.flags),
    ("hold", ("legal_hold_released",), lambda at, _told: "held" not in at.flags),
]
"""Ends, remedies, learning and what else follows."""


def unlawful(at: Standing, told: Told) -> set[str]:
    """The words for every rule that a possible event breaks."""
    rows: Iterable[Row] = (*INTAKE, *STAGES, *ESCALATION, *AFTERWARDS)
    return {word for word, events, broken in rows if told["event"] in events and broken(at, told)}
