"""What the events of a complaint are made of: people, issues, findings, and who states them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from complaint_events import codes
from complaint_events.event_model import LAX_SEQUENCE, Event, Strictly
from complaint_events.scalars import WHOLE_NUMBER, Code, Label, Reference

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


class Stating(ComplaintEvent):
    """An event that states issues."""

    issues: Annotated[tuple[Issue, ...], Rows, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _issues_once(self) -> Self:
        _once("issues", [issue.no for issue in self.issues or ()])
        return self


class Answer(ComplaintEvent):
    """An answer with findings; `team` where another than the receiving team answered."""

    issue_outcomes: Annotated[tuple[IssueOutcome, ...], Rows, Field(min_length=1, max_length=200)] | None = (
        None
    )
    team: Code | None = None

    @model_validator(mode="after")
    def _outcomes_once(self) -> Self:
        _once("issue_outcomes", [finding.issue for finding in self.issue_outcomes or ()])
        return self
