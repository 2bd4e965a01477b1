"""How a complaint comes in: receipt, triage, people, eligibility, and what goes before a formal stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from complaint_events import codes
from complaint_events.complaint_parts import (
    AnsweredStage,
    AnyStage,
    Complainant,
    ComplainantChange,
    ComplaintEvent,
    Issue,
    Person,
    Rows,
    Stating,
)
from complaint_events.scalars import Code, Day, Reference, Years


class Received(Stating):
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


class Triaged(Stating):
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


class IssuesRevised(Stating):
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
