"""Every event of the complaints record by name, and all of them as one discriminated union.

Names and fields are those of the history format; one vocabulary serves API, store, feed and file. The classes
stand by subject in `intake_events`, `stage_events`, `aftermath_events` and `other_events`; whoever needs one
takes it from here.
"""

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Final, Union, get_args

from pydantic import Field, TypeAdapter

from complaint_events import aftermath_events, intake_events, other_events, profile, stage_events
from complaint_events.aftermath_events import (
    CorrectionRecorded,
    CostRecorded,
    LearningImplemented,
    LearningNotImplemented,
    LearningRecorded,
    LegalHoldReleased,
    LegalHoldSet,
    LgscoDecided,
    LgscoReferred,
    PersonalDataErased,
    Remedied,
    RemedyAgreed,
    SatisfactionRecorded,
    SurveyRecorded,
)
from complaint_events.complaint_parts import (
    Answer,
    Complainant,
    ComplainantChange,
    ComplaintEvent,
    Issue,
    IssueOutcome,
    Person,
    Stating,
)
from complaint_events.event_model import Event, Json, decode
from complaint_events.intake_events import (
    Acknowledged,
    AdvocacyInfoGiven,
    Allocated,
    ContactLogged,
    DetailsChanged,
    EarlyResolved,
    EligibilityAssessed,
    EqualityRecorded,
    IssuesRevised,
    LateAcceptanceDecided,
    LetterSent,
    Linked,
    Received,
    ReminderSent,
    Resolved,
    SafeguardingReferred,
    Stage1Skipped,
    StartDateAgreed,
    SufficientInterestDecided,
    Triaged,
)
from complaint_events.other_events import (
    ComplimentRecorded,
    InformalFeedbackRecorded,
    ServiceRequestRecorded,
    ServiceUserGroup,
    ServiceUsersRecorded,
)
from complaint_events.profile import ProfileApplied
from complaint_events.stage_events import (
    Adjudicated,
    AdrConcluded,
    AdrOffered,
    AdvocateAppointed,
    AdvocateRequested,
    Closed,
    DecisionFreezeDecided,
    DeferredConcurrent,
    Escalated,
    EscalationEnded,
    Extended,
    InvestigationReportReceived,
    IoAppointed,
    IpAppointed,
    LateRequestDecided,
    PanelAppointed,
    PanelHeld,
    PanelReportIssued,
    ProcedureChanged,
    Reopened,
    Resubmitted,
    Stage3Responded,
    StageResponded,
    StatementOfComplaintAgreed,
    Withdrawn,
    WrittenRecordFinalised,
)

_SUBJECTS: Final = (profile, intake_events, stage_events, aftermath_events, other_events)


def _defined_in(subject: ModuleType) -> list[type[Event]]:
    """The events a module defines, in its order, without the shapes they are built on."""
    own = (each for each in vars(subject).values() if getattr(each, "__module__", "") == subject.__name__)
    return [each for each in own if isinstance(each, type) and issubclass(each, Event)]


EVENTS: Final[Mapping[str, type[Event]]] = {
    get_args(model.model_fields["event"].annotation)[0]: model
    for subject in _SUBJECTS
    for model in _defined_in(subject)
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


__all__ = [
    "EVENTS",
    "STREAM_KINDS",
    "Acknowledged",
    "Adjudicated",
    "AdrConcluded",
    "AdrOffered",
    "AdvocacyInfoGiven",
    "AdvocateAppointed",
    "AdvocateRequested",
    "Allocated",
    "Answer",
    "Closed",
    "Complainant",
    "ComplainantChange",
    "ComplaintEvent",
    "ComplimentRecorded",
    "ContactLogged",
    "CorrectionRecorded",
    "CostRecorded",
    "DecisionFreezeDecided",
    "DeferredConcurrent",
    "DetailsChanged",
    "EarlyResolved",
    "EligibilityAssessed",
    "EqualityRecorded",
    "Escalated",
    "EscalationEnded",
    "Event",
    "Extended",
    "InformalFeedbackRecorded",
    "InvestigationReportReceived",
    "IoAppointed",
    "IpAppointed",
    "Issue",
    "IssueOutcome",
    "IssuesRevised",
    "LateAcceptanceDecided",
    "LateRequestDecided",
    "LearningImplemented",
    "LearningNotImplemented",
    "LearningRecorded",
    "LegalHoldReleased",
    "LegalHoldSet",
    "LetterSent",
    "LgscoDecided",
    "LgscoReferred",
    "Linked",
    "PanelAppointed",
    "PanelHeld",
    "PanelReportIssued",
    "Person",
    "PersonalDataErased",
    "ProcedureChanged",
    "ProfileApplied",
    "Received",
    "Remedied",
    "RemedyAgreed",
    "ReminderSent",
    "Reopened",
    "Resolved",
    "Resubmitted",
    "SafeguardingReferred",
    "SatisfactionRecorded",
    "ServiceRequestRecorded",
    "ServiceUserGroup",
    "ServiceUsersRecorded",
    "Stage1Skipped",
    "Stage3Responded",
    "StageResponded",
    "StartDateAgreed",
    "StatementOfComplaintAgreed",
    "Stating",
    "SufficientInterestDecided",
    "SurveyRecorded",
    "Triaged",
    "Withdrawn",
    "WrittenRecordFinalised",
    "any_event",
    "json_schema",
    "read_event",
]
