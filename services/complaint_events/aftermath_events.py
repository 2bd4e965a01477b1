"""What follows: the Ombudsman, remedies, learning, costs, holds, erasure and corrections."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from complaint_events import codes
from complaint_events.complaint_parts import (
    AnyStage,
    ComplaintEvent,
    Rows,
)
from complaint_events.scalars import (
    Code,
    Day,
    Label,
    Money,
    Reference,
    Sentences,
)


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

    @field_validator("sub")
    @classmethod
    def _of_that_decision(cls, sub: codes.LgscoSub | None, info: ValidationInfo) -> codes.LgscoSub | None:
        decision = info.data.get("decision")
        if sub is not None and decision is not None and sub not in codes.LGSCO_SUBS[decision]:
            raise PydanticCustomError("sub_of_other_decision", "does not belong to this decision")
        return sub


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
