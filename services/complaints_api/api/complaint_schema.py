"""How a complaint's document stands in the API's description: every property with what it means."""

from typing import Any, Final

from complaint_events.codes import CODE_LISTS
from complaints_api.api.bodies import SCHEMAS
from complaints_api.api.what_followed import COSTS, LISTS, THREADS

Json = dict[str, Any]

_PERSONAL: Final = ("name", "address", "email", "phone", "safe_contact", "adjustments")


def _text(says: str) -> Json:
    return {"type": ["string", "null"], "description": says}


def _day(says: str) -> Json:
    return {"type": ["string", "null"], "format": "date", "description": says}


def _moment(says: str) -> Json:
    return {"type": "string", "format": "date-time", "description": says}


def _number(says: str) -> Json:
    return {"type": ["integer", "null"], "description": says}


def _flag(says: str) -> Json:
    return {"type": "boolean", "description": says}


def _code(name: str, says: str) -> Json:
    return {"enum": [*CODE_LISTS[name].values, None], "description": says}


def _object(says: str, **properties: Json) -> Json:
    return {"type": "object", "description": says, "properties": properties}


def _list(says: str, item: Json | None = None) -> Json:
    return {"type": "array", "description": says, "items": item or {"type": "object"}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Json) -> Json:
    return {"oneOf": [schema, {"type": "null"}]}


_WORKING_DAYS: Final = _number("working days taken, or so far; null while the time does not run")

_CLOCK: Final = _object(
    "the legal clock of the stage; null where its procedure sets no limit",
    started_on=_day("day 0"),
    rule=_text("the regulation or rule that sets the start"),
    target_on=_day("by when the stage should be answered (stage 3: the panel held)"),
    maximum_on=_day("the last day that the rules allow"),
    waiting_for=_text("what must happen before the time runs on"),
    working_days=_WORKING_DAYS,
)

SCHEMAS["LocalCount"] = _object(
    "Stage 2 as the council itself counts it. It moves no deadline: the law's count is the stage's clock.",
    **{
        "from": _text("`escalated` or `statement_of_complaint_agreed`"),
        "to": _text("`adjudicated` or `closed`"),
    },
    started_on=_day("day 0 of the council's own count"),
    ended_on=_day("its end; null while it runs"),
    target_on=_day("the law's 25 working days, counted from the council's own start"),
    maximum_on=_day("the law's 65 working days, counted from the council's own start"),
    working_days=_WORKING_DAYS,
    words=_text("both counts in words"),
)

SCHEMAS["StageShown"] = _object(
    "A stage as it stands; what only stages 2 and 3 have is absent from the others.",
    stage={"enum": [1, 2, 3]},
    open=_flag("whether it awaits its answer"),
    opened_on=_day("receipt, or the request for the stage"),
    acknowledged_on=_day("when that was acknowledged"),
    clock=_or_null(_CLOCK),
    extended_to=_day("the day that an extension set"),
    extensions=_list("each extension, with its reason"),
    appointed=_list("stage 2: investigating officer and independent person, by event"),
    reports=_list("stage 2: the investigators' reports"),
    written_record_on=_day("stage 2: the final written record of oral representations"),
    statement_agreed_on=_day("stage 2: the statement of complaint"),
    notice_received_on=_day("stage 2: when the complainant had the adjudication"),
    local_basis=_or_null(_ref("LocalCount")),
    panel_appointed_on=_day("stage 3"),
    panel_held_on=_day("stage 3"),
    panel_report_on=_day("stage 3"),
    answered_on=_day("the first answer"),
    answered_by=_text("the team that answered, where it was another than the receiving one"),
    outcome=_code("outcome", "what the last answer decided"),
    issue_outcomes=_list("the findings by issue", _ref("IssueOutcome")),
    ended_by=_text("how a stage ended that was not answered"),
)

SCHEMAS["Deadline"] = _object(
    "Something owed on the complaint, or a right that lasts: by when, by which rule, and why that day.",
    obligation=_text("its name"),
    stage=_number("the stage it belongs to"),
    about=_text("the remedy, learning point or Ombudsman reference it is about"),
    waiting_on={"enum": ["council", "complainant", "panel", "lgsco"]},
    urgent=_flag("whether it comes before everything else"),
    starts_on=_day("day 0"),
    rule=_text("the regulation or rule that sets it"),
    target_on=_day("the target"),
    maximum_on=_day("the last day that the rules allow"),
    due_on=_day("the day that holds now; null without a time limit or while the time does not run"),
    extended_to=_day("the day that an extension set"),
    waiting_for=_text("what must happen before the time runs on"),
    working_days_so_far=_number("working days since day 0"),
    working_days_left=_number("working days until it is due; 0 on the day and afterwards"),
    overdue=_flag("whether the day has passed"),
    moved_by=_list("later starts that moved it, with the rule of each"),
    bank_holidays_passed=_list("the bank holidays on weekdays that did not count"),
    closure_days_passed=_list(
        "the council's closure days that did not count; never any under the Act",
        {"type": "string", "format": "date"},
    ),
    local_basis=_or_null(_ref("LocalCount")),
    reason=_text("all of it in words that a complainant understands"),
)

_CONCERNED: Final[Json] = {
    "complainant": _or_null(_object("who complains, as last stated; the reference is in clear for casework")),
    "anonymous": _flag("came without a name, and nobody has been named since"),
    "children": _list("the children concerned, by reference"),
    "safeguarding": _object(
        "a concern for a child in the complaint",
        flagged=_flag("it came with a safeguarding flag"),
        referred_on=_day("when the concern was last passed on"),
        urgent=_flag("nobody has passed it on yet"),
    ),
    "write_with_care": _flag(
        "there are safe-contact instructions or adjustments to read before anybody writes"
    ),
    "details": _object(
        "through whom the complainant acts, as last stated",
        changed_on=_day("when details last changed"),
        acting_via=_code("acting_via", "in person, or through whom"),
        advocacy_provider=_text("the advocate's organisation"),
        consent_given=_flag("whether a consent is recorded"),
        consent=_text("its words; for casework only"),
    ),
    "personal": _object("the personal details as last stated; for casework only"),
    "writing_to": _object(
        "whom to write to, and how; for casework only",
        **{name: _text("as last stated") for name in _PERSONAL},
        acting_via=_code("acting_via", "in person, or through whom"),
        advocacy_provider=_text("the advocate's organisation"),
    ),
}

SCHEMAS["ComplaintShown"] = _object(
    "A complaint as it stands, or as it stood on a date or was known at an instant.",
    id={"type": "string", "format": "uuid"},
    reference=_text("the authority's own reference"),
    version={"type": "integer", "minimum": 1, "description": "how many events it has; the ETag"},
    state=_text("where it stands, in a word"),
    procedure=_code("procedure", "as last stated"),
    received_on=_day("day of receipt"),
    team=_text("whose it is"),
    officer=_text("the account of the officer who has it"),
    method=_code("method", "how it came"),
    form=_code("form", "written or oral (SI 2006/1738 reg 6)"),
    point_of_receipt=_code("point_of_receipt", "where it came in"),
    grounds_arose_on=_day("when what is complained of arose (reg 9)"),
    issues=_list("the points of complaint, as last stated", _ref("Issue")),
    withdrawn_on=_day("when it was withdrawn"),
    closed_on=_day("when it was closed"),
    lgsco_refs=_list("references of the Ombudsman", {"type": "string"}),
    **_CONCERNED,
    stages=_list("every stage that was opened", _ref("StageShown")),
    **{subject.name: _list(subject.says) for subject in LISTS},
    **{subject.name: _list(subject.says) for subject in THREADS},
    costs=_object(COSTS),
    linked_from=_list("links of other complaints to this one, from their side"),
    deadlines=_list("everything owed, urgent first, then the earliest due", _ref("Deadline")),
    nonconformities=_list("what was not done as required, with its source", _ref("Failing")),
    warnings=_list("what will not have been done as required once its day has come", _ref("Warning")),
)

SCHEMAS["DeadlinesShown"] = _object(
    "Everything owed on a complaint, as judged on a day.",
    id={"type": "string", "format": "uuid"},
    reference=_text("the authority's own reference"),
    version={"type": "integer", "minimum": 1, "description": "how many events it has; the ETag"},
    judged_on=_day("the day on which it is judged what is overdue"),
    deadlines=_list("urgent first, then the earliest due", _ref("Deadline")),
)

SCHEMAS["RecordShown"] = _object(
    "A compliment, informal feedback, a request for a service or a population figure, as corrected.",
    id={"type": "string", "format": "uuid"},
    reference=_text("the authority's own reference"),
    version={"type": "integer", "minimum": 1, "description": "how many events it has; the ETag"},
    event=_text("the name of the event that records it"),
    recorded=_or_null(
        {
            "type": "object",
            "description": "its fields with `on`, `recorded_at` and `actor`; null where it was taken back",
            "properties": {"on": _day("when it happened"), "recorded_at": _moment("when it was recorded")},
        }
    ),
)

COMPLAINT: Final = "ComplaintShown"
DEADLINES: Final = "DeadlinesShown"
RECORD: Final = "RecordShown"

__all__ = ["COMPLAINT", "DEADLINES", "RECORD"]
