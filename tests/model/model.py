"""A deliberately simple model of one complaint: what may be recorded, and, in a coarse word, why not.

Written from the law and the history format, not from the service's code. Every judgement tells the whole
story again from its first event. Where those are silent the model follows the service, and says "Silent".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.model.standing import Standing
from tests.model.story import Told, as_it_reads, name_of
from tests.model.unlawful import ANSWERS, INVESTIGATION, PANEL, Broken, stage_of, unlawful

AFTER_THE_END = {
    "equality_recorded",
    "lgsco_referred",
    "lgsco_decided",
    "remedy_agreed",
    "remedied",
    "satisfaction_recorded",
    "survey_recorded",
    "learning_recorded",
    "learning_implemented",
    "learning_not_implemented",
    "cost_recorded",
    "correction_recorded",
    "reopened",
    "personal_data_erased",
    "legal_hold_set",
    "legal_hold_released",
    "details_changed",
    "contact_logged",
    "letter_sent",
    "linked",
    "reminder_sent",  # not in the contract's list; promised remedies go on after closing (CHC 6.6)
    "safeguarding_referred",
}
NO_CHANGES = ({"shoe_size": 44}, {"on": 7}, {"void": True, "on": "2023-05-01"}, {"void": False})
"""Changes that turn no event into another one."""

ALSO_HAPPENED = ("told_on", "terms_sent_on", "confirmed_on")
FIRST = {"received", "advocacy_info_given", "lgsco_referred"}


def _not_begun(at: Standing, told: Told) -> bool:
    if at.received is not None or told["event"] in FIRST:
        return False
    return not (told["event"] in AFTER_THE_END and at.story and (at.known))


def _over(at: Standing, told: Told) -> bool:
    if not at.over or told["event"] in AFTER_THE_END:
        return False
    if told["event"] == "closed":
        return "closed" in at.over
    if told["event"] == "escalated":
        return at.over != ["closed"]
    concludes = told["event"] == "eligibility_assessed" and told["decision"] == "refused"
    return not (concludes and "refused before assessment" in at.flags and at.over == ["refused"])


def _not_open(at: Standing, told: Told) -> bool:
    event = told["event"]
    if event in {"acknowledged", "extended", "resolved", "stage_responded"}:
        stage = at.stages.get(stage_of(told))
        return stage is None or stage.ended == "entry"
    if event == "escalation_ended":
        return told["to_stage"] not in at.stages
    return (event in INVESTIGATION and 2 not in at.stages) or (event in PANEL and 3 not in at.stages)


def _asked_already(at: Standing, told: Told) -> bool:
    stage = at.stages.get(told.get("to_stage", 0))
    if told["event"] == "escalated":
        return stage is not None and stage.ended is None
    return False


def _answered_already(at: Standing, told: Told) -> bool:
    if told["event"] not in ANSWERS:
        return False
    stage = at.stages.get(stage_of(told))
    if stage_of(told) == 1 and 2 in at.stages:
        return True
    return stage is not None and stage.answered is not None and not stage.repeatable


def _unknown(at: Standing, told: Told) -> bool:
    event = told["event"]
    kind = {"lgsco_decided": "referral", "remedied": "remedy", "satisfaction_recorded": "remedy"}.get(event)
    kind = "learning" if event in {"learning_implemented", "learning_not_implemented"} else kind
    named = told.get({"referral": "lgsco_ref"}.get(kind or "", kind or ""))
    return kind is not None and (kind, named) not in at.known


def _unknown_code(_at: Standing, told: Told) -> bool:
    return bool(told["event"] == "learning_recorded" and told["theme"] == "rude")


def _unknown_issue(at: Standing, told: Told) -> bool:
    return any(finding["issue"] not in at.stated for finding in told.get("issue_outcomes") or ())


IN_ORDER = {
    "received": ("grounds_arose_on", "on"),
    "adjudicated": ("on", "received_on"),
    "withdrawn": ("on", "confirmed_on"),
}
"""By event two of its dates of which the first is not later than the second."""


def _against_each_other(_at: Standing, told: Told) -> bool:
    first, second = IN_ORDER.get(told["event"], ("on", "on"))
    return first in told and second in told and told[first] > told[second]


IMPOSSIBLE: list[tuple[str, Broken]] = [
    ("begin", _not_begun),
    ("begin", lambda at, told: told["event"] == "received" and (at.received is not None or bool(at.known))),
    ("date", _against_each_other),
    ("over", _over),
    ("not open", _not_open),
    ("twice", _asked_already),
    ("twice", _answered_already),
    ("unknown", _unknown),
    ("unknown", _unknown_issue),
    ("unknown", _unknown_code),
    (
        "twice",
        lambda at, told: told["event"] == "remedy_agreed" and ("remedy", told["remedy"]) in at.known,
    ),
]
"""What cannot have happened, live or in history."""


def _broken(rules: list[tuple[str, Broken]], at: Standing, told: Told) -> set[str]:
    return {word for word, broken in rules if broken(at, told)}


@dataclass(frozen=True)
class Judgement:
    """Why an event is refused (nothing: it is accepted), and the story as it would then read."""

    words: frozenset[str]
    at: Standing | None = None


def judged(
    history: list[Told], told: Told, today: date, *, live: bool, closure_days: frozenset[date] = frozenset()
) -> Judgement:
    """Whether the event may follow the history as recorded."""
    words = set()
    if told["on"] > today.isoformat():
        words.add("date")
    if told["event"] == "correction_recorded":
        words |= _bad_correction(history, told)
        if words:
            return Judgement(frozenset(words))
    story = as_it_reads([*history, told])
    own = _place(story, told)
    at = Standing(closure_days)
    for place, each in enumerate(story):
        words |= _impossible_day(story, each, today) | _broken(IMPOSSIBLE, at, each)
        if live and place == own and not words:
            words |= unlawful(at, each)
        if words:
            return Judgement(frozenset(words))
        at.tell(each)
    return Judgement(frozenset(), at)


def _place(story: list[Told], told: Told) -> int | None:
    """Where the new event stands in the story; a correction stands nowhere."""
    name = name_of(told)
    same = (place for place in reversed(range(len(story))) if name_of(story[place]) == name)
    return next(same, None)


def _impossible_day(story: Iterable[Told], told: Told, today: date) -> set[str]:
    receipts = [each["on"] for each in story if each["event"] == "received"]
    days = [told[name] for name in ("on", *ALSO_HAPPENED) if told.get(name)]
    early = told["event"] != "advocacy_info_given" and any(min(days) < receipt for receipt in receipts)
    return {"date"} if early or max(days) > today.isoformat() else set()


def _bad_correction(history: list[Told], told: Told) -> set[str]:
    named = told["corrects"]
    if not any(name_of(one) == name_of(named) for one in history):
        return {"unknown"}
    return {"malformed"} if told["changes"] in NO_CHANGES else set()
