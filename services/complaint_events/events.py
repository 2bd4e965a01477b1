"""Every event of the complaints record: one frozen model each, one discriminated union of all.

Names and fields are those of the history format; one vocabulary serves API, store, feed and file. Texts
about people (`texts` of a class) are no fields here: they are sealed beside the event.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal, Self, Union, get_args

from pydantic import Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from complaint_events import codes
from complaint_events.event_model import LAX_SEQUENCE, Event, Json, Strictly, decode
from complaint_events.profile import ProfileApplied
from complaint_events.scalars import (
    WHOLE_NUMBER,
    Code,
    Count,
    Day,
    Label,
    Money,
    Reference,
    ReportingYear,
    Sentences,
    Years,
)

Rows = LAX_SEQUENCE
IssueNumber = Annotated[int, Field(ge=1, le=999)]
AnyStage = Annotated[codes.Stage, WHOLE_NUMBER]
AnsweredStage = Annotated[Literal[1, 2], WHOLE_NUMBER]
LaterStage = Annotated[Literal[2, 3], WHOLE_NUMBER]


class Person(Strictly):
    """A person by reference; the reference is a pseudonym once stored."""

    ref: Reference


class Complainant(Strictly):
    """Who complains: by which entitlement, and whether in person or through somebody."""

    ref: Reference | None = None
    category: codes.ComplainantCategory
    acting_via: codes.ActingVia = "self"
    advocacy_provider: Label | None = None


class ComplainantChange(Strictly):
    """What has changed about the complainant; absent fields stay as they were."""

    ref: Reference | None = None
    category: codes.ComplainantCategory | None = None
    acting_via: codes.ActingVia | None = None
    advocacy_provider: Label | None = None


class Issue(Strictly):
    """One point of complaint; number 1 is the primary one."""

    no: IssueNumber
    theme: Code
    team: Code | None = None


class IssueOutcome(Strictly):
    """The finding on one issue."""

    issue: IssueNumber
    outcome: codes.Outcome


def _once(name: str, numbers: list[int]) -> None:
    if len(set(numbers)) != len(numbers):
        raise PydanticCustomError("duplicate_issue", "{field} must not name an issue twice", {"field": name})


class ComplaintEvent(Event):
    """An event in the life of one complaint."""

    kind = "complaint"


class _Stating(ComplaintEvent):
    """An event that states issues."""

    issues: Annotated[tuple[Issue, ...], Rows, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _issues_once(self) -> Self:
        _once("issues", [issue.no for issue in self.issues or ()])
        return self


class _Answer(ComplaintEvent):
    """An answer with findings; `team` where another than the receiving team answered."""

    issue_outcomes: Annotated[tuple[IssueOutcome, ...], Rows, Field(min_length=1, max_length=200)] | None = (
        None
    )
    team: Code | None = None

    @model_validator(mode="after")
    def _outcomes_once(self) -> Self:
        _once("issue_outcomes", [finding.issue for finding in self.issue_outcomes or ()])
        return self


class Received(_Stating):
    """A complaint has reached the council (R6: orally or in writing)."""

    texts = ("personal.*",)
    event: Literal["received"] = "received"
    method: codes.Method
    issues: Annotated[tuple[Issue, ...], Rows, Field(min_length=1, max_length=200)]
    point_of_receipt: codes.PointOfReceipt | None = None
    form: codes.Form = "written"
    procedure: codes.Procedure | None = None
    team: Code | None = None
    complainant: Complainant | None = None
    children: Annotated[tuple[Person, ...], Rows, Field(max_length=50)] | None = None
    grounds_arose_on: Day | None = None
    safeguarding_flag: bool | None = None
    anonymous: bool | None = None

    @model_validator(mode="after")
    def _anonymous_names_nobody(self) -> Self:
        if self.anonymous and self.complainant is not None and self.complainant.ref is not None:
            raise PydanticCustomError("anonymous_with_ref", "an anonymous complaint names no complainant.ref")
        return self


class Triaged(_Stating):
    """What a form could not know has been filled in."""

    event: Literal["triaged"] = "triaged"
    team: Code | None = None
    procedure: codes.Procedure | None = None
    complainant: Complainant | None = None
    children: Annotated[tuple[Person, ...], Rows, Field(max_length=50)] | None = None


class DetailsChanged(ComplaintEvent):
    """New contact details, a representative, or consent; changes no figure."""

    texts = ("personal.*", "consent")
    event: Literal["details_changed"] = "details_changed"
    complainant: ComplainantChange | None = None


class IssuesRevised(_Stating):
    """The whole list of issues as reworded or agreed in the statement of complaint."""

    event: Literal["issues_revised"] = "issues_revised"
    issues: Annotated[tuple[Issue, ...], Rows, Field(min_length=1, max_length=200)]


class SafeguardingReferred(ComplaintEvent):
    """A safeguarding concern in the complaint was passed on."""

    texts = ("note",)
    event: Literal["safeguarding_referred"] = "safeguarding_referred"


class Linked(ComplaintEvent):
    """The complaint belongs with another one."""

    identified_by = ("to",)
    event: Literal["linked"] = "linked"
    to: Reference
    relation: codes.LinkRelation


class ContactLogged(ComplaintEvent):
    """Somebody was spoken or written to."""

    texts = ("note",)
    event: Literal["contact_logged"] = "contact_logged"
    direction: codes.ContactDirection
    method: codes.Method


class Allocated(ComplaintEvent):
    """An officer (by account) has the complaint."""

    event: Literal["allocated"] = "allocated"
    officer: Reference
    team: Code | None = None


class ReminderSent(ComplaintEvent):
    """A reminder of an obligation that is due went out."""

    identified_by = ("obligation",)
    event: Literal["reminder_sent"] = "reminder_sent"
    obligation: Code
    due_on: Day


class LetterSent(ComplaintEvent):
    """A letter went out: which template, and the hash of the document."""

    identified_by = ("letter",)
    event: Literal["letter_sent"] = "letter_sent"
    letter: Code
    document: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EqualityRecorded(ComplaintEvent):
    """What a person chose to say for equality monitoring (Equality Act 2010 s149)."""

    identified_by = ("subject", "ref")
    event: Literal["equality_recorded"] = "equality_recorded"
    subject: codes.EqualitySubject
    ref: Reference
    age: Years | codes.Unstated | None = None
    age_band: Code | None = None
    gender: codes.Gender | None = None
    disability: codes.Disability | None = None
    sexual_orientation: codes.SexualOrientation | None = None
    ethnicity: Code | None = None


class AdvocacyInfoGiven(ComplaintEvent):
    """The child or young person was told of advocacy (CA s26A; SI 2004/719 reg 4)."""

    event: Literal["advocacy_info_given"] = "advocacy_info_given"


class Acknowledged(ComplaintEvent):
    """Receipt of the complaint, or of the request for a stage, was acknowledged."""

    identified_by = ("stage",)
    event: Literal["acknowledged"] = "acknowledged"
    stage: AnyStage = 1


class EligibilityAssessed(ComplaintEvent):
    """The council decided whether, and by which procedure, it considers the complaint (R3-5, R8, R9)."""

    texts = ("note",)
    event: Literal["eligibility_assessed"] = "eligibility_assessed"
    decision: codes.Decision
    procedure: codes.Procedure | None = None
    entry_stage: AnsweredStage = 1
    reason: codes.IneligibleReason | None = None


class SufficientInterestDecided(ComplaintEvent):
    """Whether the complainant has a sufficient interest in the child (R12)."""

    texts = ("reason",)
    event: Literal["sufficient_interest_decided"] = "sufficient_interest_decided"
    decision: codes.Decision


class LateAcceptanceDecided(ComplaintEvent):
    """Whether a complaint over a year old is considered (R9)."""

    texts = ("reason",)
    event: Literal["late_acceptance_decided"] = "late_acceptance_decided"
    decision: codes.Decision


class EarlyResolved(ComplaintEvent):
    """Settled before any formal stage."""

    texts = ("note",)
    event: Literal["early_resolved"] = "early_resolved"
    route: codes.EarlyRoute = "informal"


class StartDateAgreed(ComplaintEvent):
    """Stage 1 starts later at the complainant's request (R14(4))."""

    event: Literal["start_date_agreed"] = "start_date_agreed"
    new_start: Day


class Stage1Skipped(ComplaintEvent):
    """Both sides agree that local resolution would serve no purpose (R14(1))."""

    event: Literal["stage1_skipped"] = "stage1_skipped"


class Resolved(ComplaintEvent):
    """Settled during a stage; the terms went out in writing (R15(1))."""

    identified_by = ("stage",)
    event: Literal["resolved"] = "resolved"
    stage: AnyStage
    terms_sent_on: Day


class AdvocateRequested(ComplaintEvent):
    """The complainant asked for an advocate (R14(3)(b))."""

    event: Literal["advocate_requested"] = "advocate_requested"
    provider: Label | None = None


class AdvocateAppointed(ComplaintEvent):
    """An advocate was appointed (R14(3)(b); SI 2004/719)."""

    event: Literal["advocate_appointed"] = "advocate_appointed"
    provider: Label | None = None


class DeferredConcurrent(ComplaintEvent):
    """Consideration is put off because it would prejudice concurrent proceedings (R8)."""

    texts = ("reason",)
    event: Literal["deferred_concurrent"] = "deferred_concurrent"
    ground: codes.ConcurrentGround


class Resubmitted(ComplaintEvent):
    """The complaint comes back after the concurrent proceedings (R8(5)); the clock starts anew."""

    texts = ("reason",)
    event: Literal["resubmitted"] = "resubmitted"
    ground: codes.ConcurrentGround | None = None


class DecisionFreezeDecided(ComplaintEvent):
    """Whether a contested change of plan, placement or service waits for the answer."""

    texts = ("reason",)
    event: Literal["decision_freeze_decided"] = "decision_freeze_decided"
    frozen: bool


class Extended(ComplaintEvent):
    """A stage takes longer than its target, with reason and new date (R14(5), R17(6))."""

    identified_by = ("stage",)
    texts = ("note",)
    event: Literal["extended"] = "extended"
    stage: AnyStage
    reason: codes.ExtensionReason
    new_due: Day
    told_on: Day | None = None


class StageResponded(_Answer):
    """The council's answer went out: stage 1, and stage 2 of a corporate procedure."""

    identified_by = ("stage",)
    event: Literal["stage_responded"] = "stage_responded"
    stage: AnsweredStage
    outcome: codes.Outcome | None = None


class Escalated(ComplaintEvent):
    """The complainant asks for the next stage (R17(1), R18)."""

    identified_by = ("to_stage",)
    texts = ("reasons",)
    event: Literal["escalated"] = "escalated"
    to_stage: LaterStage
    form: codes.Form | None = None


class LateRequestDecided(ComplaintEvent):
    """Whether a request made after the window is taken (R18(2))."""

    identified_by = ("to_stage",)
    texts = ("reason",)
    event: Literal["late_request_decided"] = "late_request_decided"
    to_stage: LaterStage
    decision: codes.Decision


class EscalationEnded(ComplaintEvent):
    """A request for a stage that did not proceed."""

    identified_by = ("to_stage",)
    texts = ("reason",)
    event: Literal["escalation_ended"] = "escalation_ended"
    to_stage: LaterStage
    disposal: codes.EscalationDisposal


class WrittenRecordFinalised(ComplaintEvent):
    """The written record of oral representations is final: stage 2 starts (R16(1), R17(5))."""

    event: Literal["written_record_finalised"] = "written_record_finalised"


class StatementOfComplaintAgreed(ComplaintEvent):
    """The statement of complaint for stage 2 was agreed."""

    event: Literal["statement_of_complaint_agreed"] = "statement_of_complaint_agreed"


class IoAppointed(ComplaintEvent):
    """An investigating officer was appointed."""

    event: Literal["io_appointed"] = "io_appointed"
    internal: bool | None = None


class IpAppointed(ComplaintEvent):
    """An independent person was appointed (R2, R17(2))."""

    event: Literal["ip_appointed"] = "ip_appointed"
    internal: bool | None = None


class InvestigationReportReceived(ComplaintEvent):
    """The investigating officer's or independent person's report came in."""

    identified_by = ("author",)
    event: Literal["investigation_report_received"] = "investigation_report_received"
    author: codes.InvestigationAuthor = "io"
    internal: bool | None = None


class Adjudicated(_Answer):
    """Notice of the stage 2 response was sent (R17(3)); `received_on` when the complainant had it."""

    event: Literal["adjudicated"] = "adjudicated"
    outcome: codes.Outcome
    received_on: Day | None = None


class PanelAppointed(ComplaintEvent):
    """Three independent persons, one of them chair, were appointed (R19(2))."""

    event: Literal["panel_appointed"] = "panel_appointed"


class PanelHeld(ComplaintEvent):
    """The panel met (R19(4))."""

    event: Literal["panel_held"] = "panel_held"


class PanelReportIssued(ComplaintEvent):
    """The panel sent its report and recommendations (R20(2))."""

    event: Literal["panel_report_issued"] = "panel_report_issued"


class Stage3Responded(_Answer):
    """The council answered the panel's recommendations (R20(3))."""

    event: Literal["stage3_responded"] = "stage3_responded"
    outcome: codes.Outcome


class AdrOffered(ComplaintEvent):
    """Mediation or another way to settle was offered."""

    identified_by = ("type",)
    event: Literal["adr_offered"] = "adr_offered"
    type: codes.AdrType
    before_stage: AnyStage | None = None


class AdrConcluded(ComplaintEvent):
    """What came of the offer."""

    event: Literal["adr_concluded"] = "adr_concluded"
    result: codes.AdrResult


class Withdrawn(ComplaintEvent):
    """The complainant withdrew; the council confirms in writing (R7)."""

    event: Literal["withdrawn"] = "withdrawn"
    stage: AnyStage | None = None
    reason: codes.WithdrawalReason | None = None
    confirmed_on: Day | None = None


class ProcedureChanged(ComplaintEvent):
    """The complaint is considered under another procedure."""

    texts = ("reason",)
    event: Literal["procedure_changed"] = "procedure_changed"
    from_: Annotated[codes.Procedure, Field(alias="from")]
    to: codes.Procedure


class Closed(ComplaintEvent):
    """The council regards the complaint as done."""

    texts = ("reason", "note")
    event: Literal["closed"] = "closed"
    disposal: codes.ClosingDisposal | None = None


class Reopened(ComplaintEvent):
    """The complaint is taken up again."""

    texts = ("reason", "note")
    event: Literal["reopened"] = "reopened"
    disposal: codes.ClosingDisposal | None = None


class LgscoReferred(ComplaintEvent):
    """The complaint is with the Local Government and Social Care Ombudsman."""

    identified_by = ("lgsco_ref",)
    event: Literal["lgsco_referred"] = "lgsco_referred"
    lgsco_ref: Reference


class LgscoDecided(ComplaintEvent):
    """The Ombudsman decided; the published decision field is what counts."""

    identified_by = ("lgsco_ref",)
    event: Literal["lgsco_decided"] = "lgsco_decided"
    lgsco_ref: Reference
    decision: codes.LgscoDecision
    sub: codes.LgscoSub | None = None
    recommendations_accepted: bool | None = None

    @model_validator(mode="after")
    def _sub_of_that_decision(self) -> Self:
        if self.sub is not None and self.sub not in codes.LGSCO_SUBS[self.decision]:
            raise PydanticCustomError("sub_of_other_decision", "sub does not belong to this decision")
        return self


class RemedyAgreed(ComplaintEvent):
    """A remedy was offered and accepted."""

    identified_by = ("remedy",)
    event: Literal["remedy_agreed"] = "remedy_agreed"
    remedy: Reference
    source: codes.RemedySource
    types: Annotated[tuple[codes.RemedyType, ...], Rows, Field(min_length=1, max_length=20)]
    amount: Money | None = None
    due_on: Day | None = None
    lgsco_ref: Reference | None = None
    scope: codes.RemedyScope | None = None


class Remedied(ComplaintEvent):
    """A remedy was carried out; each payment is one event."""

    identified_by = ("remedy",)
    event: Literal["remedied"] = "remedied"
    remedy: Reference
    amount: Money | None = None


class SatisfactionRecorded(ComplaintEvent):
    """The Ombudsman's verdict on a remedy's completion; the last one stands."""

    identified_by = ("remedy",)
    event: Literal["satisfaction_recorded"] = "satisfaction_recorded"
    remedy: Reference
    status: codes.SatisfactionStatus


class SurveyRecorded(ComplaintEvent):
    """The complainant's answers after the complaint."""

    event: Literal["survey_recorded"] = "survey_recorded"
    answers: dict[Code, codes.SurveyAnswer]
    satisfied: bool | None = None


class LearningRecorded(ComplaintEvent):
    """What the council means to change; `action` is written for publication."""

    identified_by = ("learning",)
    event: Literal["learning_recorded"] = "learning_recorded"
    learning: Reference
    theme: Code
    action: Sentences
    owner: Label | None = None
    due_on: Day | None = None


class LearningImplemented(ComplaintEvent):
    """The change was made."""

    identified_by = ("learning",)
    texts = ("reason",)
    event: Literal["learning_implemented"] = "learning_implemented"
    learning: Reference


class LearningNotImplemented(ComplaintEvent):
    """The change will not be made; the annual report says so."""

    identified_by = ("learning",)
    texts = ("reason",)
    event: Literal["learning_not_implemented"] = "learning_not_implemented"
    learning: Reference


class CostRecorded(ComplaintEvent):
    """What a stage cost."""

    identified_by = ("what",)
    event: Literal["cost_recorded"] = "cost_recorded"
    stage: AnyStage
    amount: Money
    what: Label | None = None


class LegalHoldSet(ComplaintEvent):
    """Nothing of the complaint may be destroyed."""

    texts = ("reason",)
    event: Literal["legal_hold_set"] = "legal_hold_set"


class LegalHoldReleased(ComplaintEvent):
    """The hold is over."""

    texts = ("reason",)
    event: Literal["legal_hold_released"] = "legal_hold_released"


class PersonalDataErased(ComplaintEvent):
    """A person's sealed data was destroyed; the coded facts stay."""

    event: Literal["personal_data_erased"] = "personal_data_erased"
    subject: Reference
    basis: Label


class CorrectionRecorded(ComplaintEvent):
    """An earlier event was not so: `corrects` names it, `changes` says how it was.

    `changes` holds top-level fields of the corrected event, `on`, or `{"void": true}`.
    """

    identified_by = ("corrects",)
    texts = ("reason",)
    event: Literal["correction_recorded"] = "correction_recorded"
    corrects: dict[str, Any]
    changes: Annotated[dict[str, Any], Field(min_length=1)]

    @property
    def identity(self) -> tuple[object, ...]:
        """As for every event; what is corrected is compared by its named fields."""
        return (self.event, self.on, self.seq, json.dumps(self.corrects, sort_keys=True, default=str))

    @property
    def voids(self) -> bool:
        """Whether the corrected event is taken back altogether."""
        return self.changes.get("void") is True


class ComplimentRecorded(Event):
    """Praise for a team."""

    kind = "compliment"
    texts = ("text",)
    event: Literal["compliment_recorded"] = "compliment_recorded"
    team: Code
    source: codes.ComplimentSource
    external: bool | None = None


class InformalFeedbackRecorded(Event):
    """A view that is no complaint."""

    kind = "feedback"
    texts = ("text",)
    event: Literal["informal_feedback_recorded"] = "informal_feedback_recorded"
    theme: Code
    from_: Annotated[codes.FeedbackFrom, Field(alias="from")]
    method: codes.Method | None = None


class ServiceUserGroup(Strictly):
    """The part of the population that a figure is about."""

    ethnicity: Code | None = None
    team: Code | None = None


class ServiceUsersRecorded(Event):
    """How many people a measure counts in a year; a later line for the same measure and group replaces."""

    kind = "service_users"
    event: Literal["service_users_recorded"] = "service_users_recorded"
    year: ReportingYear
    measure: Code
    group: ServiceUserGroup | None = None
    count: Count
    rate: bool = True


class ServiceRequestRecorded(Event):
    """A request for a service, recorded because it was no complaint (CHC 1.2-1.8)."""

    kind = "service_request"
    event: Literal["service_request_recorded"] = "service_request_recorded"
    team: Code
    theme: Code
    method: codes.Method | None = None
    outcome: Label | None = None


def _concrete(base: type[Event]) -> list[type[Event]]:
    found = [base] if "event" in base.__annotations__ and base is not Event else []
    return found + [model for child in base.__subclasses__() for model in _concrete(child)]


EVENTS: Final[Mapping[str, type[Event]]] = {
    get_args(model.model_fields["event"].annotation)[0]: model for model in _concrete(Event)
}
"""Every event class by its name."""

STREAM_KINDS: Final = tuple(dict.fromkeys(model.kind for model in EVENTS.values()))
"""The kinds of stream an authority's record has."""


def read_event(name: str, version: int, payload: bytes) -> Event:
    """An event from its stored bytes, upcast to the present version.

    Raises `UnknownEventError` for a name or version of a newer release.
    """
    return decode(EVENTS, name, version, payload)


@cache
def any_event() -> TypeAdapter[Event]:
    """The discriminated union of all events, by `event`."""
    union: Any = Union[tuple(EVENTS.values())]  # noqa: UP007 - made from the registry
    return TypeAdapter(Annotated[union, Field(discriminator="event")])


def json_schema() -> Json:
    """JSON Schema (2020-12) of every event as it is stored and fed."""
    schema = any_event().json_schema(ref_template="#/$defs/{model}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event", **schema}


__all__ = ["EVENTS", "STREAM_KINDS", "Event", "ProfileApplied", "any_event", "json_schema", "read_event"]
