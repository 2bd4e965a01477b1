"""A complaint's history step by step: what each event changed, in the order in which it was recorded.

A correction is a step of its own: it names what it corrects and shows what the complaint reads like from then
on. What was recorded before it stays as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from complaint_events.events import CorrectionRecorded
from complaint_events.outcomes import overall
from complaint_events.profile import ProfileApplied, in_force
from complaint_events.reading import Recorded, identity_named, read
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.deciding import folded
from complaints_api.domain.obligations import obligations


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about the complaint that an event changed."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded event, what it corrects if it does, and what changed by it."""

    recorded: Recorded
    corrects: str | None
    changes: tuple[Change, ...]


def replay(history: Sequence[Recorded], profiles: Sequence[ProfileApplied]) -> Iterator[Step]:
    """The steps of a history, in the order recorded."""
    before = _summary(Complaint(), profiles)
    for number, one in enumerate(history, start=1):
        after = _summary(folded(history[:number]), profiles)
        named = {change.what: change for change in _amended(one, history[: number - 1])}
        shown = (change for change in _changes(before, after) if change.what not in named)
        yield Step(one, _corrects(one), (*named.values(), *shown))
        before = after


def _corrects(one: Recorded) -> str | None:
    if not isinstance(one.event, CorrectionRecorded):
        return None
    return f"{one.event.corrects.get('event')} of {one.event.corrects.get('on')}"


def _amended(one: Recorded, earlier: Sequence[Recorded]) -> Iterator[Change]:
    """What a correction says of the event it names: each field as it read until then, and as it reads now."""
    event = one.event
    if not isinstance(event, CorrectionRecorded):
        return
    named = identity_named(event.corrects)
    target = next((known for known in earlier if known.event.identity == named), None)
    if target is None:
        return
    was = next((known.event for known in read(earlier) if known.version == target.version), target.event)
    before = {**was.data(), "on": was.on}
    for field, after in event.changes.items():
        yield Change(f"{was.event} {field}", before.get(field), after)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for what in dict.fromkeys([*before, *after]):
        if before.get(what) != after.get(what):
            yield Change(what, before.get(what), after.get(what))


def _summary(complaint: Complaint, profiles: Sequence[ProfileApplied]) -> dict[str, Any]:
    """What a reader follows: where the complaint stands, whose it is, its answers, and what is owed."""
    found: dict[str, Any] = {
        "state": complaint.state,
        "received on": complaint.received.on if complaint.received else None,
        "procedure": complaint.procedure,
        "team": complaint.team,
        "officer": complaint.officer,
        "issues": len(complaint.current_issues) or None,
    }
    for number, stage in sorted(complaint.stages.items()):
        found[f"stage {number} opened"] = stage.opened_on
        found[f"stage {number} acknowledged"] = stage.acknowledged_on
        found[f"stage {number} answered"] = stage.answered_on
        answer = stage.decided_by
        found[f"stage {number} outcome"] = overall(answer, in_force(profiles, answer.on)) if answer else None
    profile = in_force(profiles, complaint.received.on) if complaint.received else None
    for owed in obligations(complaint, profile):
        name = " ".join(str(part) for part in (owed.name, owed.stage, owed.about) if part is not None)
        found[f"owed: {name}"] = owed.due_on or owed.waiting_for or "no time limit"
    return found
