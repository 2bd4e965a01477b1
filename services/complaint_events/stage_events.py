"""The course of a complaint: advocates, deferral, extension, answers, investigation, panel, its ends."""

from typing import Annotated, Literal

from pydantic import Field

from complaint_events import codes
from complaint_events.complaint_parts import Answer, AnsweredStage, AnyStage, ComplaintEvent, LaterStage
from complaint_events.scalars import Day, Label


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


class StageResponded(Answer):
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


class Adjudicated(Answer):
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


class Stage3Responded(Answer):
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
