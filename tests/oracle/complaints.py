"""One complaint as its events tell it, in plain words: the oracle's reading of the history format."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from tests.oracle.reading import Told

CHILDREN: Final = {
    "child_looked_after",
    "child_in_need",
    "care_leaver",
    "child_under_sgo",
    "child_for_adoption",
}
_REFUSABLE: Final = ("eligibility_assessed", "sufficient_interest_decided", "late_acceptance_decided")
_BEGINNINGS: Final = {
    2: {
        "statement_of_complaint_agreed",
        "io_appointed",
        "ip_appointed",
        "investigation_report_received",
        "adjudicated",
    },
    3: {"panel_appointed", "panel_held", "panel_report_issued", "stage3_responded"},
}


@dataclass(frozen=True)
class Spell:
    """A stay in the stage 1 balance."""

    start: date
    reopened: bool
    end: date | None
    how: str | None


@dataclass(frozen=True)
class Request:
    """A request for a later stage, and what came of it."""

    to_stage: int
    on: date
    fate: str
    fate_on: date | None
    direct: bool
    outcome: str | None


@dataclass(frozen=True)
class Complaint:
    """A stream of kind `complaint`: its events in order, and the profile's versions."""

    reference: str
    events: tuple[Told, ...]
    profiles: tuple[dict[str, Any], ...]

    def all(self, *names: str) -> list[Told]:
        return [told for told in self.events if told.event in names]

    def last(self, names: tuple[str, ...], field: str) -> Any:
        """The last stated value of a field."""
        stated = [told.data[field] for told in self.all(*names) if told.get(field) is not None]
        return stated[-1] if stated else None

    @cached_property
    def received_on(self) -> date | None:
        found = self.all("received")
        return found[0].day if found else None

    @cached_property
    def procedure(self) -> str | None:
        """The last of the four statements of it."""
        holds = None
        for told in self.events:
            if told.event in ("received", "triaged"):
                holds = told.get("procedure", holds)
            if told.event == "eligibility_assessed" and told.get("decision") == "accepted":
                holds = told.get("procedure", holds)
            if told.event == "procedure_changed":
                holds = told.data["to"]
        return holds

    @property
    def team(self) -> str:
        return self.last(("received", "triaged"), "team") or "not_recorded"

    @property
    def complainant(self) -> dict[str, Any]:
        return self.last(("received", "triaged"), "complainant") or {}

    @property
    def acting_via(self) -> str:
        found: str = self.complainant.get("acting_via") or "self"
        return found

    @property
    def by_child(self) -> bool:
        return self.complainant.get("category") in CHILDREN

    @property
    def method(self) -> str:
        return self.last(("received",), "method") or "not_recorded"

    @property
    def point_of_receipt(self) -> str:
        return self.last(("received",), "point_of_receipt") or "not_recorded"

    @cached_property
    def themes(self) -> dict[int, str]:
        """The theme of every issue, as last stated."""
        found: dict[int, str] = {}
        for told in self.all("received", "triaged", "issues_revised"):
            found |= {issue["no"]: issue["theme"] for issue in told.get("issues", [])}
        return found

    @property
    def primary_theme(self) -> str:
        return self.themes.get(1, "not_recorded")

    def named(self, subject: str) -> set[str]:
        """The persons that the complaint itself names."""
        ref = self.complainant.get("ref")
        if subject == "complainant":
            return {ref} if ref else set()
        children = self.last(("received", "triaged"), "children") or []
        return {child["ref"] for child in children} | ({ref} if ref and self.by_child else set())

    @property
    def is_complaint(self) -> bool:
        """Received, and not refused, not settled early, not withdrawn before acceptance."""
        return self.received_on is not None and self.left_out is None

    @cached_property
    def left_out(self) -> str | None:
        """Why a representation is no complaint, if it is none."""
        out, accepted = None, False
        for told in self.events:
            if told.event == "reopened":
                out = None
            accepted = accepted or told.event in _ANSWERS or _accepts(told)
            out = out or _shuts_out(told, accepted=accepted)
        return out

    @property
    def withdrawn(self) -> bool:
        """Withdrawn, and not taken up again."""
        told = self.all("withdrawn", "reopened")
        return bool(told) and told[-1].event == "withdrawn"

    @cached_property
    def direct(self) -> bool:
        """Straight to stage 2."""
        assessed = [told for told in self.all("eligibility_assessed") if _accepts(told)]
        return bool(assessed) and assessed[-1].get("entry_stage") == 2

    def answers(self, stage: int) -> list[Told]:
        """Every answer of a stage, in order."""
        return [told for told in self.events if answered_stage(told) == stage]

    def answer(self, stage: int) -> Told | None:
        """The first answer: its date and team count."""
        return next(iter(self.answers(stage)), None)

    def answering_team(self, stage: int) -> str:
        first = self.answer(stage)
        return (first.get("team") if first else None) or self.team

    def findings(self) -> list[dict[str, Any]]:
        """What the last stage 1 answer that speaks of issues says of them."""
        stated = [told.data["issue_outcomes"] for told in self.answers(1) if told.get("issue_outcomes")]
        return list(stated[-1]) if stated else []

    def acknowledgements(self, stage: int) -> list[Told]:
        return [told for told in self.all("acknowledged") if told.get("stage", 1) == stage]

    def outcome(self, stage: int) -> str | None:
        """The overall outcome of a stage: the council's own, else derived."""
        return self._outcome(self.answers(stage))

    def _outcome(self, answers: list[Told]) -> str | None:
        """What the last answer that says an outcome says."""
        deciding = [told for told in answers if told.get("outcome") or told.get("issue_outcomes")]
        if not deciding:
            return None
        told = deciding[-1]
        own: str | None = told.get("outcome")
        return own or self._derived(told)

    def _derived(self, told: Told) -> str:
        found: set[str] = {one["outcome"] for one in told.data["issue_outcomes"]}
        if len(found) == 1 and found & {"upheld", "inconclusive"}:
            return found.pop()
        if not found & {"upheld", "partially_upheld"}:
            return "not_upheld"
        until = self.profile_on(told.on).get("outcomes", {}).get("partially_upheld", {}).get("until")
        allowed = until is None or (until != "never" and told.on <= until)
        return "partially_upheld" if allowed else "upheld"

    def profile_on(self, day: str) -> dict[str, Any]:
        """The profile in force on a day; the first one is in force from the beginning."""
        begun = [one for number, one in enumerate(self.profiles) if number == 0 or one["on"] <= day]
        return begun[-1]

    @cached_property
    def spells(self) -> list[Spell]:
        """The stays in the stage 1 balance."""
        if not self.is_complaint or self.direct or self.received_on is None:
            return []
        found: list[Spell] = []
        start, reopened, gone = self.received_on, False, False
        left: str | None = None
        for told in self.events:
            how = _leaves(told)
            if left is None and how:
                found.append(Spell(start, reopened, told.day, how))
                left = how
                gone = gone or told.event in ("stage_responded", "escalated")
            elif told.event == "escalated" and told.get("to_stage") == 2:
                gone = True
            elif left and told.event == "reopened" and not gone:
                start, reopened, left = told.day, True, None
        return found if left else [*found, Spell(start, reopened, None, None)]

    @cached_property
    def requests(self) -> list[Request]:
        return list(self._requests())

    def _requests(self) -> Iterator[Request]:
        first = True
        for place, told in enumerate(self.events):
            if told.event == "escalated":
                stage = told.data["to_stage"]
                yield self._request(told, list(self.events[place + 1 :]), first=first)
                first = first and stage != 2

    def _request(self, told: Told, later: list[Told], *, first: bool) -> Request:
        stage = told.data["to_stage"]
        again = [
            place
            for place, one in enumerate(later)
            if one.event == "escalated" and one.data["to_stage"] == stage
        ]
        until = later[: again[0]] if again else later
        fates = [(fate, one.day) for one in until if (fate := _fate(one, stage))]
        fate, fate_on = fates[0] if fates else ("awaiting", None)
        outcome = self._outcome([one for one in until if answered_stage(one) == stage])
        direct = first and stage == 2 and self.direct
        return Request(stage, told.day, fate, fate_on, direct, outcome)

    def stays(self, stage: int) -> list[tuple[date, date | None, str | None]]:
        """From when to when each request for a stage was open, and how that ended."""
        found: list[tuple[date, date | None, str | None]] = []
        answered = False
        for told in self.events:
            answered = answered or answered_stage(told) == stage
            if told.event == "escalated" and told.data["to_stage"] == stage:
                found.append((told.day, None, None))
            elif found and found[-1][1] is None and (how := _ends(told, stage)):
                found[-1] = (found[-1][0], told.day, how)
            elif found and told.event == "reopened" and not answered:
                found[-1] = (found[-1][0], None, None)
        return found


_ANSWERS: Final = ("stage_responded", "adjudicated", "stage3_responded")


def refuses(told: Told) -> bool:
    """Whether an event refuses to consider a complaint."""
    return told.event in _REFUSABLE and told.get("decision") == "refused"


def _shuts_out(told: Told, *, accepted: bool) -> str | None:
    """What makes a representation no complaint."""
    if refuses(told):
        return "ineligible"
    if told.event == "withdrawn" and told.get("stage") is None and not accepted:
        return "withdrawn"
    return "alternative_route" if told.event == "early_resolved" else None


def _accepts(told: Told) -> bool:
    return told.event == "eligibility_assessed" and told.get("decision") == "accepted"


def answered_stage(told: Told) -> int | None:
    """Which stage an event answers."""
    if told.event == "stage_responded":
        stage: int = told.data["stage"]
        return stage
    return {"adjudicated": 2, "stage3_responded": 3}.get(told.event)


def _leaves(told: Told) -> str | None:
    """How an event takes a complaint out of the stage 1 balance."""
    if answered_stage(told) == 1:
        return "responded"
    if told.event == "withdrawn":
        return "withdrawn"
    requested = told.event == "escalated" and told.get("to_stage") == 2
    return "other_disposal" if told.event == "closed" or requested else None


def _fate(told: Told, stage: int) -> str | None:
    """What an event makes of a request for a stage."""
    if told.event in _BEGINNINGS[stage] or answered_stage(told) == stage:
        return "proceeded"
    if told.event == "escalation_ended" and told.data["to_stage"] == stage:
        disposal: str = told.data["disposal"]
        return disposal
    refused = told.event == "late_request_decided" and told.data["decision"] == "refused"
    if refused and told.data["to_stage"] == stage:
        return "refused"
    return "withdrawn" if told.event == "withdrawn" else None


def _ends(told: Told, stage: int) -> str | None:
    """How an event ends a request for a stage that is open."""
    if answered_stage(told) == stage:
        return "answered"
    fate = _fate(told, stage)
    if fate not in (None, "proceeded"):
        return fate
    higher = told.event == "escalated" and told.data["to_stage"] > stage
    return "closed" if told.event == "closed" or higher else None
