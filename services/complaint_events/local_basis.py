"""Stage 2 as the council itself counts it, beside the statutory count.

The law counts from the request (or the written record of oral representations) to the adjudication sent
(SI 2006/1738 reg 17(3), (5)). Councils publish other counts too, such as from the agreed statement of
complaint to closing; which one is in the authority's profile. It moves no deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from complaint_events import events as ev
from complaint_events.event_model import Event
from complaint_events.procedures import DEFAULT_PROCEDURE, Limit, limit_for
from complaint_events.profile import LocalBasis, Profile
from complaint_events.working_days import add_working_days, working_days_after

_STAGE: Final = 2

_BEGINS: Final[dict[str, type[Event]]] = {
    "escalated": ev.Escalated,
    "statement_of_complaint_agreed": ev.StatementOfComplaintAgreed,
}


class LocalCount(NamedTuple):
    """Between which dates a council counts stage 2, as far as they have come.

    `target_on` and `maximum_on` are the law's 25 and 65 working days, counted from the council's own start.
    """

    basis: LocalBasis
    started_on: date | None
    ended_on: date | None
    target_on: date | None
    maximum_on: date | None

    def working_days(self, until: date | None = None) -> int | None:
        """Working days after the start, up to the end or else `until`; None without either or a start."""
        end = self.ended_on or until
        return None if self.started_on is None or end is None else working_days_after(self.started_on, end)


@dataclass(frozen=True, slots=True)
class _Investigation:
    """What happened from the last request for stage 2 to its first adjudication, and what came after."""

    since: Sequence[Event]
    after: Sequence[Event]


def local_count(story: Sequence[Event], profile: Profile | None) -> LocalCount | None:
    """The council's own count of stage 2 of a complaint under the Act whose events read as `story`.

    `profile` is the one in force when the complaint was received. None where it names no basis of its own or
    stage 2 was not requested. Raises `working_days.YearOutOfRangeError`.
    """
    basis = profile.stage2_local_basis if profile else None
    received = next((event for event in story if isinstance(event, ev.Received)), None)
    found = _investigation(story)
    if basis is None or received is None or found is None:
        return None
    limit = limit_for(DEFAULT_PROCEDURE, _STAGE, received.on, profile)
    begun = [event.on for event in found.since if isinstance(event, _BEGINS[basis.from_])]
    return _count(basis, begun[-1] if begun else None, _ended_on(found, basis), limit)


def _investigation(story: Sequence[Event]) -> _Investigation | None:
    answer = next((n for n, event in enumerate(story) if isinstance(event, ev.Adjudicated)), len(story))
    asked = [
        n
        for n, event in enumerate(story[:answer])
        if isinstance(event, ev.Escalated) and event.to_stage == _STAGE
    ]
    return _Investigation(story[asked[-1] : answer], story[answer:]) if asked else None


def _ended_on(found: _Investigation, basis: LocalBasis) -> date | None:
    ends = ev.Adjudicated if basis.to == "adjudicated" else ev.Closed
    return next((event.on for event in found.after if isinstance(event, ends)), None)


def _count(basis: LocalBasis, begun: date | None, ended: date | None, limit: Limit | None) -> LocalCount:
    if begun is None or limit is None:
        return LocalCount(basis, begun, None, None, None)
    target, maximum = add_working_days(begun, limit.target), add_working_days(begun, limit.maximum)
    return LocalCount(basis, begun, ended, target, maximum)
