"""What came of a complaint: the Ombudsman, remedies and their payments, and what the council learned."""

from typing import Final

from complaint_events import events as ev
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import NOT_RECORDED, Learning, Payment, Referral, Remedy, Ruling


def _referrals(story: Story, rows: Rows) -> None:
    """One row per Ombudsman case, by its first referral."""
    first = {event.lgsco_ref: event.on for event in reversed(story.every(ev.LgscoReferred))}
    rows["referral"] = [Referral(*story.key, ref, on) for ref, on in sorted(first.items())]


def _rulings(story: Story, rows: Rows) -> None:
    """One row per decision, numbered in order."""
    rows["ruling"] = [
        Ruling(*story.key, event.lgsco_ref, no, event.on, event.decision, event.sub)
        for no, event in enumerate(story.every(ev.LgscoDecided), 1)
    ]


def _agreed(story: Story) -> dict[str, ev.RemedyAgreed]:
    return {event.remedy: event for event in story.every(ev.RemedyAgreed)}


def _remedies(story: Story, rows: Rows) -> None:
    """One row per remedy as last agreed, with when it was achieved and how that was judged."""
    agreed = _agreed(story)
    rows["remedy"] = [_remedy(story, agreed[ref]) for ref in sorted(agreed)]


def _payments(story: Story, rows: Rows) -> None:
    """One row per `remedied` with an amount: its own, else the agreed one."""
    agreed = _agreed(story)
    paid: list[Payment] = []
    for event in story.every(ev.Remedied):
        agreement = agreed.get(event.remedy)
        amount = event.amount if event.amount is not None or agreement is None else agreement.amount
        source = agreement.source if agreement else NOT_RECORDED
        if amount is not None:
            paid.append(Payment(*story.key, len(paid) + 1, event.remedy, source, event.on, amount))
    rows["payment"] = list(paid)


def _remedy(story: Story, agreed: ev.RemedyAgreed) -> Remedy:
    done = [event.on for event in story.every(ev.Remedied) if event.remedy == agreed.remedy]
    judged = [event for event in story.every(ev.SatisfactionRecorded) if event.remedy == agreed.remedy]
    verdicts = [event for event in judged if event.status != "pending"]
    return Remedy(
        *story.key,
        remedy=agreed.remedy,
        source=agreed.source,
        types=list(agreed.types),
        amount=agreed.amount,
        agreed_on=agreed.on,
        due_on=agreed.due_on,
        lgsco_ref=agreed.lgsco_ref,
        scope=agreed.scope,
        achieved_on=done[-1] if done else None,
        status=judged[-1].status if judged else "pending",
        status_on=judged[-1].on if judged else None,
        verdict=verdicts[-1].status if verdicts else None,
        verdict_on=verdicts[-1].on if verdicts else None,
    )


_STATUS: Final = {
    ev.LearningImplemented: "implemented",
    ev.LearningNotImplemented: "not_implemented",
}


def _learning(story: Story, rows: Rows) -> None:
    """One row per learning point as last recorded, with how it ended last."""
    recorded = {event.learning: event for event in story.every(ev.LearningRecorded)}
    if not recorded:
        return
    ends = {
        event.learning: event
        for event in story.events
        if isinstance(event, ev.LearningImplemented | ev.LearningNotImplemented)
    }
    rows["learning"] = [
        Learning(
            *story.key,
            ref,
            event.theme,
            event.action,
            event.on,
            event.due_on,
            _STATUS[type(end)] if end else "open",
            end.on if end else None,
        )
        for ref, event in sorted(recorded.items())
        for end in (ends.get(ref),)
    ]


FOLDS: Final[tuple[Fold, ...]] = (_referrals, _rulings, _remedies, _payments, _learning)
"""What this subject adds."""
