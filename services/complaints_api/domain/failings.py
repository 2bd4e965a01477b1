"""What a council has not done as required on a complaint, is about to miss, or brings about by a command.

What the law forbids outright is refused as a command (`forbidden`); what is merely late or bad practice is
recorded, and whoever records it is told.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from complaint_events.conformity import RULES, nonconformities
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.profile import ProfileApplied, in_force
from complaints_api.domain.complaint import Complaint

_ROWS: Final = {rule.name: rule for rule in RULES}


class Failing(NamedTuple):
    """One thing not done as required: the requirement, the day by which it counts, in words, its source."""

    rule: str
    on: date
    says: str
    source: str


def failings(complaint: Complaint, profiles: Sequence[ProfileApplied]) -> list[Failing]:
    """Everything not done as required, and what will be once its day has come if nothing is done."""
    if complaint.received is None:
        return []
    profile = in_force(profiles, complaint.received.on)
    found = nonconformities(complaint.story, complaint.procedure or DEFAULT_PROCEDURE, profile)
    return [Failing(*one, _ROWS[one.rule].says, _ROWS[one.rule].source) for one in found]


def brought_about(
    before: Complaint, after: Complaint, profiles: Sequence[ProfileApplied], judged_on: date
) -> list[Failing]:
    """What is not as required after an event and was not so before it, of what counts by the day judged."""
    there = Counter(failings(before, profiles))
    new: list[Failing] = []
    for one in failings(after, profiles):
        if there[one] > 0:
            there[one] -= 1
        elif one.on <= judged_on:
            new.append(one)
    return new
