"""Forbidden when a stage is extended: refused of a command, recorded of a history that did it."""

from datetime import date

from complaint_events import events as ev
from complaint_events.procedures import rules_for
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.rule import Breach, Setting, rule


@rule("extension_of_answered_stage", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)")
def _extension_of_answered(complaint: Complaint, event: ev.Extended, _s: Setting) -> Breach | None:
    """Only a stage that awaits its answer is extended."""
    if complaint.stage(event.stage) is None or complaint.awaits(event.stage):
        return None
    return Breach("stage", f"stage {event.stage} no longer awaits an answer")


@rule("extension_reason", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)")
def _extension_reason(complaint: Complaint, event: ev.Extended, _s: Setting) -> Breach | None:
    """Under the Act stage 1 is extended only because the complaint is complex, and stage 3 never."""
    if complaint.procedure is None or complaint.received is None:
        return None
    reasons = rules_for(complaint.procedure, complaint.received.on).extension_reasons.get(event.stage, ())
    if event.reason in reasons:
        return None
    if not reasons:
        return Breach("stage", f"stage {event.stage} is never extended")
    return Breach("reason", f"stage {event.stage} is extended for these reasons only: {', '.join(reasons)}")


@rule("extension_beyond_maximum", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)(b); CHC 6.4")
def _extension_beyond_maximum(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """No extension goes beyond the maximum: under the Act day 20 of stage 1, day 65 of stage 2."""
    latest = _latest(complaint, event.stage, setting)
    if latest is None or event.new_due <= latest:
        return None
    return Breach("new_due", f"the latest date allowed is {latest}")


@rule("extension_too_late", ev.Extended, source="SI 2006/1738 reg 17(6)")
def _extension_too_late(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """A stage is extended, and the complainant told, before its present due date has passed."""
    due = complaint.due_on(event.stage, setting.profile)
    late = [
        (name, day)
        for name, day in (("on", event.on), ("told_on", event.told_on))
        if day and due and day > due
    ]
    if not late:
        return None
    field, day = late[0]
    latest = _latest(complaint, event.stage, setting)
    said = f"the answer was due on {due} and {day} is later: an extension had to be made and told by {due}"
    return Breach(field, f"{said}; it could have set a date until {latest}")


@rule("extension_not_later", ev.Extended, source="SI 2006/1738 regs 14(5), 17(6)")
def _extension_not_later(complaint: Complaint, event: ev.Extended, setting: Setting) -> Breach | None:
    """An extension sets a later date than the one that holds."""
    due = complaint.due_on(event.stage, setting.profile)
    if due is None or event.new_due > due:
        return None
    return Breach("new_due", f"the answer is due on {due}; a new date must be later")


def _latest(complaint: Complaint, number: int, setting: Setting) -> date | None:
    clock = complaint.clock(number, setting.profile)
    return clock.maximum_on if clock else None
