"""The complaint itself: who complained of what, and whether it counts as a complaint at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

from complaint_events import events as ev
from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from complaint_events.event_model import Event
from complaint_events.working_days import day_number
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import NOT_RECORDED, Complaint, IssueFact, Population


@dataclass(slots=True)
class _Standing:
    """Whether a complaint was refused, settled, withdrawn or closed, so far."""

    refusals: dict[type[Event], date] = field(default_factory=dict)
    settled: ev.EarlyResolved | None = None
    withdrawn: ev.Withdrawn | None = None
    withdrawn_early: bool = False
    closed_on: date | None = None
    accepted: bool = False
    answered: bool = False

    @property
    def population(self) -> Population:
        if self.refusals:
            return "ineligible"
        if self.settled is not None:
            return "resolved_early"
        return "withdrawn_early" if self.withdrawn_early else "complaint"


def _decided(standing: _Standing, event: Any) -> None:
    if event.decision == "refused":
        standing.refusals[type(event)] = event.on
    elif isinstance(event, ev.EligibilityAssessed):
        standing.accepted = True
        standing.refusals.clear()
    else:
        standing.refusals.pop(type(event), None)


def _settled(standing: _Standing, event: Any) -> None:
    standing.settled = event


def _withdrawn(standing: _Standing, event: Any) -> None:
    standing.withdrawn = event
    standing.withdrawn_early = event.stage is None and not standing.accepted and not standing.answered


def _answered(standing: _Standing, _event: Any) -> None:
    standing.answered = True


def _closed(standing: _Standing, event: Any) -> None:
    standing.closed_on = event.on


def _reopened(standing: _Standing, _event: Any) -> None:
    standing.refusals.clear()
    standing.settled = standing.withdrawn = standing.closed_on = None
    standing.withdrawn_early = False


def _escalated(standing: _Standing, _event: Any) -> None:
    standing.closed_on = None


_CHANGES: Final[dict[type[Event], Callable[[_Standing, Any], None]]] = {
    ev.EligibilityAssessed: _decided,
    ev.SufficientInterestDecided: _decided,
    ev.LateAcceptanceDecided: _decided,
    ev.EarlyResolved: _settled,
    ev.Withdrawn: _withdrawn,
    ev.StageResponded: _answered,
    ev.Adjudicated: _answered,
    ev.Stage3Responded: _answered,
    ev.Closed: _closed,
    ev.Reopened: _reopened,
    ev.Escalated: _escalated,
}
"""What changes a complaint's standing. A reopening takes back refusal, settlement, withdrawal and closing."""


def _standing(story: Story) -> _Standing:
    standing = _Standing()
    for event in story.events:
        change = _CHANGES.get(type(event))
        if change is not None:
            change(standing, event)
    return standing


def _complaint(story: Story, rows: Rows) -> None:
    """The complaint's one row, and one for each of its issues."""
    received, standing = story.received, _standing(story)
    population: Population = standing.population if received else "referral_only"
    complainant, acknowledged_on = story.complainant, _acknowledged_on(story)
    issues = _stated(story)
    rows["complaint"] = [
        Complaint(
            *story.key,
            reference=story.stream.reference,
            population=population,
            procedure=story.procedure if received else None,
            received_on=received.on if received else None,
            team=story.team,
            method=received.method if received else NOT_RECORDED,
            point_of_receipt=(received.point_of_receipt if received else None) or NOT_RECORDED,
            category=complainant.category if complainant else NOT_RECORDED,
            acting_via=complainant.acting_via if complainant else NOT_RECORDED,
            young=is_young(complainant),
            advocate=_has_advocate(story),
            provider=_provider(story),
            complainant=complainant.ref if complainant else None,
            primary_theme=_primary_theme(issues),
            entry_stage=story.entry_stage,
            acknowledged_on=acknowledged_on,
            acknowledged_day=_day(story, acknowledged_on),
            advocacy_info_on=_on(story.first(ev.AdvocacyInfoGiven)),
            assessed_on=_on(story.first(ev.EligibilityAssessed)),
            refused_on=max(standing.refusals.values(), default=None),
            settled_on=_on(standing.settled),
            settled_route=standing.settled.route if standing.settled else None,
            withdrawn_on=_on(standing.withdrawn),
            closed_on=standing.closed_on,
        )
    ]
    rows["issue"] = _issue_rows(story, issues)


def is_young(complainant: ev.Complainant | None) -> bool:
    """Whether the complainant is a child or young person."""
    return complainant is not None and complainant.category in CHILD_OR_YOUNG_PERSON


def _on(event: Event | None) -> date | None:
    return event.on if event else None


def _acknowledged_on(story: Story) -> date | None:
    return next((event.on for event in story.every(ev.Acknowledged) if event.stage == 1), None)


def _day(story: Story, acknowledged_on: date | None) -> int | None:
    if acknowledged_on is None or story.received is None:
        return None
    return day_number(story.received.on, acknowledged_on, story.closure_days)


def _has_advocate(story: Story) -> bool:
    through = story.complainant is not None and story.complainant.acting_via == "advocate"
    return through or story.last(ev.AdvocateAppointed) is not None


def _provider(story: Story) -> str | None:
    """Who the advocate works for: the last appointed, else the one the complaint came through."""
    appointed = [event.provider for event in story.every(ev.AdvocateAppointed) if event.provider]
    through = story.complainant.advocacy_provider if story.complainant else None
    return appointed[-1] if appointed else through


_STATES_ISSUES: Final = frozenset({ev.Received, ev.Triaged, ev.IssuesRevised})


def _stated(story: Story) -> dict[int, ev.Issue]:
    """Every issue ever stated, by number, as last stated."""
    found: dict[int, ev.Issue] = {}
    for event in story.events:
        if type(event) in _STATES_ISSUES:
            for issue in cast("ev.IssuesRevised", event).issues or ():
                found[issue.no] = issue
    return found


def _primary_theme(issues: dict[int, ev.Issue]) -> str:
    return issues[min(issues)].theme if issues else NOT_RECORDED


def _issue_rows(story: Story, issues: dict[int, ev.Issue]) -> list[tuple[Any, ...]]:
    """The issues, with their findings by the last stage 1 answer and its first answer's date."""
    if story.received is None:
        return []
    received_on = story.received.on
    answers = [event for event in story.every(ev.StageResponded) if event.stage == 1]
    stated = [event.issue_outcomes for event in answers if event.issue_outcomes]
    found = {one.issue: one.outcome for one in stated[-1]} if stated else {}
    decided_on = answers[0].on if answers else None
    return [
        IssueFact(
            *story.key,
            no=number,
            theme=issue.theme,
            type=story.profiles.type_of(issue.theme, received_on),
            team=issue.team or story.team,
            outcome=found.get(number),
            decided_on=decided_on if number in found else None,
        )
        for number, issue in sorted(issues.items())
    ]


FOLDS: Final[tuple[Fold, ...]] = (_complaint,)
"""What this subject adds."""
