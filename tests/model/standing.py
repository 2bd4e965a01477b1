"""Where the model sees a complaint stand: flags and dates, told event by event."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.model.clocks import Limits, clock, due
from tests.model.counting import working_day
from tests.model.story import Told

DELIVERY = 2
"""Working days after which a notice counts as received; the contract says "deemed", not how long."""

ALL_STAGES = {
    "children_statutory": (1, 2, 3),
    "corporate_code": (1, 2),
    "corporate_local": (1, 2),
    "non_statutory": (1,),
}


@dataclass
class Stage:
    """One stage: when it was asked for, what was done in it, and how it ended."""

    opened: str
    acknowledged: str | None = None
    extended: str | None = None
    answered: str | None = None
    ended: str | None = None
    repeatable: bool = False
    revived: bool = False
    done: set[str] = field(default_factory=set)

    @property
    def open(self) -> bool:
        """Whether its answer is awaited."""
        return self.answered is None and self.ended is None


@dataclass
class Standing:
    """A complaint as the events told so far leave it."""

    closure_days: frozenset[date] = frozenset()
    story: list[Told] = field(default_factory=list)
    received: Told | None = None
    procedure: str | None = None
    category: str | None = None
    stated: set[int] = field(default_factory=set)
    issues: set[int] = field(default_factory=set)
    stages: dict[int, Stage] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)
    known: dict[tuple[str, str], Told] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    late_requests: dict[int, str] = field(default_factory=dict)
    notice_on: date | None = None

    def limits(self, stage: int) -> Limits:
        """Start, target and maximum of a stage."""
        if self.received is None:
            return None
        return clock(self.story, stage, self.procedure or "children_statutory", self.closure_days)

    def due(self, stage: int) -> date | None:
        """The day a stage falls due."""
        return due(self.limits(stage), self.stages[stage].extended)

    def open_stages(self) -> list[int]:
        """The stages that await their answer; of a complaint that is over, if it were reopened."""
        return sorted(number for number, stage in self.stages.items() if stage.open)

    def word(self) -> str:
        """Where it stands, in the service's words."""
        if self.received is None:
            return "referral_only" if self.known else "not_received"
        for end in ("withdrawn", "refused", "settled", "closed"):
            if end in self.over:
                return end
        waiting = self.open_stages()
        return f"stage_{waiting[-1]}" if waiting else "answered"

    def tell(self, told: Told) -> None:
        """One more event."""
        self.story.append(told)
        TELL.get(told["event"], _nothing)(self, told)


def stands(story: Iterable[Told], closure_days: frozenset[date] = frozenset()) -> Standing:
    """The complaint that a story tells."""
    standing = Standing(closure_days)
    for told in story:
        standing.tell(told)
    return standing


def _nothing(_standing: Standing, _told: Told) -> None:
    """Most events change nothing that is compared here."""


def _received(standing: Standing, told: Told) -> None:
    standing.received = told
    standing.stages[1] = Stage(told["on"])
    _stated(standing, told)


def _stated(standing: Standing, told: Told) -> None:
    standing.procedure = told.get("procedure") or standing.procedure
    standing.category = (told.get("complainant") or {}).get("category") or standing.category
    if told.get("issues"):
        standing.issues = {issue["no"] for issue in told["issues"]}
        standing.stated |= standing.issues


def _revised(standing: Standing, told: Told) -> None:
    _stated(standing, told)
    standing.flags.discard("assessed")


def _assessed(standing: Standing, told: Told) -> None:
    standing.flags.add("assessed")
    if told["decision"] == "refused":
        return _over(standing, "refused")
    standing.flags.add("accepted")
    standing.procedure = told.get("procedure") or standing.procedure
    if told.get("entry_stage") == 2 and 1 in standing.stages:
        standing.stages[1].ended = "entry"
    return None


def _refusable(standing: Standing, told: Told) -> None:
    what = "interest" if told["event"] == "sufficient_interest_decided" else "lateness"
    standing.flags |= {what, f"{what} once"}
    if told["decision"] == "refused":
        _over(standing, "refused")
        standing.flags.add("refused before assessment")


def _over(standing: Standing, how: str) -> None:
    standing.over.append(how)


def _end(standing: Standing, number: int, how: str) -> None:
    if number in standing.open_stages():
        standing.stages[number].ended = how


def _acknowledged(standing: Standing, told: Told) -> None:
    stage = standing.stages[told.get("stage", 1)]
    stage.acknowledged = stage.acknowledged or told["on"]


def _extended(standing: Standing, told: Told) -> None:
    standing.stages[told["stage"]].extended = told["new_due"]


def _answered(standing: Standing, told: Told) -> None:
    number = told.get("stage") or {"adjudicated": 2, "stage3_responded": 3}[told["event"]]
    stage = standing.stages[number]
    stage.answered = stage.answered or told["on"]
    stage.repeatable = stage.revived = False
    if number == 2:  # silent: of a second answer, one without its own day of receipt counts from the first
        sent = date.fromisoformat(stage.answered)
        received = told.get("received_on")
        standing.notice_on = date.fromisoformat(received) if received else working_day(sent, DELIVERY)


def _escalated(standing: Standing, told: Told) -> None:
    if "closed" in standing.over:
        standing.over.remove("closed")
    _end(standing, 1, "escalated")  # only stage 1 is left by a request: of the others the contract is silent
    standing.stages[told["to_stage"]] = Stage(told["on"])
    if told["to_stage"] == 2:
        standing.notice_on = None


def _escalation_ended(standing: Standing, told: Told) -> None:
    standing.stages[told["to_stage"]].ended = told["disposal"]


def _resolved(standing: Standing, told: Told) -> None:
    standing.stages[told["stage"]].ended = "resolved"


def _skipped(standing: Standing, _told: Told) -> None:
    standing.stages[1].ended = "skipped"


def _done(standing: Standing, told: Told) -> None:
    stage = 3 if told["event"].startswith("panel") else 2
    word = told["event"]
    if word == "investigation_report_received":
        word = "report " + told.get("author", "io")
    if stage in standing.stages:
        standing.stages[stage].done.add(word)


def _reopened(standing: Standing, _told: Told) -> None:
    standing.over = []
    standing.flags -= {"interest once", "lateness once", "refused before assessment"}
    for stage in standing.stages.values():
        stage.repeatable = stage.answered is not None
    last = standing.stages.get(max(standing.stages, default=1))
    if last is not None and last.ended not in ("escalated", "entry"):
        last.ended, last.revived = None, True  # silent: it comes back, however it ended


def _flag(name: str, *, off: bool = False) -> Callable[[Standing, Told], None]:
    def set_(standing: Standing, _told: Told) -> None:
        (standing.flags.discard if off else standing.flags.add)(name)

    return set_


def _known(kind: str, field_name: str) -> Callable[[Standing, Told], None]:
    return lambda standing, told: standing.known.update({(kind, told[field_name]): told})


def _ending(how: str) -> Callable[[Standing, Told], None]:
    return lambda standing, _told: _over(standing, how)


def _procedure_changed(standing: Standing, told: Told) -> None:
    standing.procedure = told["to"]


def _late_request(standing: Standing, told: Told) -> None:
    standing.late_requests[told["to_stage"]] = told["decision"]
    if told["decision"] == "refused":
        _end(standing, told["to_stage"], "refused")


TELL: dict[str, Callable[[Standing, Told], Any]] = {
    "received": _received,
    "triaged": _stated,
    "issues_revised": _revised,
    "acknowledged": _acknowledged,
    "eligibility_assessed": _assessed,
    "sufficient_interest_decided": _refusable,
    "late_acceptance_decided": _refusable,
    "early_resolved": _ending("settled"),
    "stage1_skipped": _skipped,
    "resolved": _resolved,
    "deferred_concurrent": _flag("deferred"),
    "resubmitted": _flag("deferred", off=True),
    "extended": _extended,
    "stage_responded": _answered,
    "adjudicated": _answered,
    "stage3_responded": _answered,
    "escalated": _escalated,
    "late_request_decided": _late_request,
    "escalation_ended": _escalation_ended,
    "io_appointed": _done,
    "ip_appointed": _done,
    "investigation_report_received": _done,
    "panel_appointed": _done,
    "panel_held": _done,
    "panel_report_issued": _done,
    "withdrawn": _ending("withdrawn"),
    "procedure_changed": _procedure_changed,
    "closed": _ending("closed"),
    "reopened": _reopened,
    "legal_hold_set": _flag("held"),
    "legal_hold_released": _flag("held", off=True),
    "adr_offered": _flag("offered"),
    "lgsco_decided": _known("decision", "lgsco_ref"),
    "lgsco_referred": _known("referral", "lgsco_ref"),
    "remedy_agreed": _known("remedy", "remedy"),
    "learning_recorded": _known("learning", "learning"),
}
"""What each event changes."""
