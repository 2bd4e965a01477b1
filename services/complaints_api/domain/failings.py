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
    """What an event brought about: of what counts by the day judged, what did not count before it.

    What was missed already and is now done too late is not brought about by doing it.
    """
    there, now = (
        [one for one in failings(complaint, profiles) if one.on <= judged_on] for complaint in (before, after)
    )
    kept = Counter(one.rule for one in there if one not in now)
    new = [one for one in now if one not in there]
    return [one for place, one in enumerate(new) if _nth(new, place) > kept[one.rule]]


def _nth(found: Sequence[Failing], place: int) -> int:
    """The how-manieth of its rule the one at that place is."""
    return sum(one.rule == found[place].rule for one in found[: place + 1])
