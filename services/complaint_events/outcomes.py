"""The overall outcome of an answer: the council's own decision, else what the findings on the issues make."""

from collections.abc import Iterable

from complaint_events.codes import Outcome
from complaint_events.events import Adjudicated, Stage3Responded, StageResponded
from complaint_events.profile import Profile

Answer = StageResponded | Adjudicated | Stage3Responded


def overall(answer: Answer, profile: Profile | None) -> Outcome | None:
    """What an answer decided; None for an old record that says only that the stage was completed.

    `profile` is the one in force when the answer was sent.
    """
    if answer.outcome is not None:
        return answer.outcome
    if not answer.issue_outcomes:
        return None
    partly = profile is None or profile.allows("partially_upheld", answer.on)
    return derived((finding.outcome for finding in answer.issue_outcomes), partly_in_use=partly)


def derived(findings: Iterable[Outcome], *, partly_in_use: bool) -> Outcome:
    """All upheld: upheld; all inconclusive: inconclusive; none upheld or partial: not upheld; else mixed.

    A mixed answer is partially upheld, or upheld where the authority no longer uses that outcome.
    """
    found = set(findings)
    if found == {"upheld"}:
        return "upheld"
    if found == {"inconclusive"}:
        return "inconclusive"
    if not found & {"upheld", "partially_upheld"}:
        return "not_upheld"
    return "partially_upheld" if partly_in_use else "upheld"
