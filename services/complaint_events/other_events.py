"""The streams beside complaints: compliments, feedback, service users, service requests."""

from typing import Annotated, Literal

from pydantic import Field

from complaint_events import codes
from complaint_events.event_model import Event, Strictly
from complaint_events.scalars import Code, Count, Label, ReportingYear


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
