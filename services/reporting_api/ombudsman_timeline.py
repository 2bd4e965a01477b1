"""The council's view of each complaint taken to the Ombudsman, and what stands behind each figure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from pydantic import BaseModel

from complaint_events.codes import LgscoDecision, LgscoSub
from reporting_api.ombudsman_letter import ASSESSED_AND_CLOSED, INVESTIGATED, NOT_FOR_US, Figure
from reporting_api.tables.periods import Span

COMPLIANT: Final = ("complete_satisfied", "completed_late")
"""The Ombudsman's verdicts that count as carried out, a late one too."""


class StageStep(BaseModel):
    """A stage of the council's own procedure."""

    stage: int
    opened_on: date
    answered_on: date | None
    outcome: str | None


class Referral(BaseModel):
    """A complaint's being taken to the Ombudsman."""

    lgsco_ref: str
    referred_on: date


class Ruling(BaseModel):
    """A decision of the Ombudsman; a postponed one counts as none."""

    lgsco_ref: str
    decided_on: date
    decision: LgscoDecision
    sub: LgscoSub | None


class Remedy(BaseModel):
    """A remedy agreed with the Ombudsman, and how it was judged."""

    remedy: str
    lgsco_ref: str | None
    types: list[str]
    agreed_on: date
    due_on: date | None
    achieved_on: date | None
    status: str
    verdict: str | None
    verdict_on: date | None

    @property
    def done_on(self) -> date | None:
        """When it was carried out: as the council recorded it, else when the Ombudsman found that it was."""
        return self.achieved_on or (self.verdict_on if self.verdict in COMPLIANT else None)


class Timeline(BaseModel):
    """The course of one complaint, as the council's record has it."""

    reference: str
    received_on: date | None
    stages: list[StageStep]
    referrals: list[Referral]
    rulings: list[Ruling]
    remedies: list[Remedy]


class Behind(BaseModel):
    """Something that a figure counts: the complaint, the Ombudsman's or the remedy's reference, the day."""

    reference: str
    counted: str | None
    on: date


Step = tuple[str | None, date]
_Steps = Callable[[Timeline], Iterator[Step]]


def _referred(timeline: Timeline) -> Iterator[Step]:
    yield from ((one.lgsco_ref, one.referred_on) for one in timeline.referrals)


def _ruled(*decisions: str, sub: str | None = None) -> _Steps:
    """Decisions of these kinds, or with that sub-decision."""
    return lambda timeline: (
        (one.lgsco_ref, one.decided_on)
        for one in timeline.rulings
        if one.decision in decisions and sub in (None, one.sub)
    )


def _judged(verdicts: Sequence[str] | None = None) -> _Steps:
    """Remedies by their last verdict."""
    return lambda timeline: (
        (one.remedy, one.verdict_on)
        for one in timeline.remedies
        if one.verdict_on is not None and (verdicts is None or one.verdict in verdicts)
    )


_BEHIND: Final[Mapping[str, _Steps]] = {
    "received": _referred,
    "decided": _ruled(*NOT_FOR_US, *ASSESSED_AND_CLOSED, *INVESTIGATED),
    "not_for_us": _ruled(*NOT_FOR_US),
    "assessed_and_closed": _ruled(*ASSESSED_AND_CLOSED),
    "investigated": _ruled(*INVESTIGATED),
    "upheld": _ruled("upheld"),
    "satisfactory_remedies": _ruled("upheld", sub="already_remedied"),
    "compliance_recorded": _judged(),
    "compliant": _judged(COMPLIANT),
}


def behind(figure: Figure, timelines: Sequence[Timeline], period: Span) -> list[Behind]:
    """What the figure counts; of a percentage, what it is worked out of."""
    steps = _BEHIND[figure.of[1] if figure.of else figure.key]
    return [
        Behind(reference=timeline.reference, counted=counted, on=on)
        for timeline in timelines
        for counted, on in steps(timeline)
        if period.start <= on <= period.end
    ]


def _due(remedy: Remedy, period: Span) -> bool:
    return remedy.due_on is not None and period.start <= remedy.due_on <= period.end


def _late(remedy: Remedy, period: Span) -> bool:
    done = remedy.done_on
    if done is None or not period.start <= done <= period.end:
        return False
    return remedy.verdict == "completed_late" or (remedy.due_on is not None and done > remedy.due_on)


def _outstanding(remedy: Remedy, period: Span) -> bool:
    return remedy.agreed_on <= period.end and (remedy.done_on is None or remedy.done_on > period.end)


def _overdue(remedy: Remedy, period: Span) -> bool:
    return _outstanding(remedy, period) and remedy.due_on is not None and remedy.due_on < period.end


STATES: Final[Mapping[str, Callable[[Remedy, Span], bool]]] = {
    "due": _due,
    "late": _late,
    "outstanding": _outstanding,
    "overdue": _overdue,
}
"""What remedies are listed as: due in the period; carried out in it, but late; not carried out by its last
day; and of these, past their due day. The same remedy may be in several."""


def remedies(state: str, timelines: Sequence[Timeline], period: Span) -> list[tuple[str, Remedy]]:
    """The remedies of a state with their complaints' references; `period` ends on the day it is judged on."""
    return [
        (timeline.reference, remedy)
        for timeline in timelines
        for remedy in timeline.remedies
        if STATES[state](remedy, period)
    ]
