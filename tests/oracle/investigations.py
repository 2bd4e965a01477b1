"""The report tables about mediation, stage 2 request by request, panels and what a stage costs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from complaint_events.codes import CODE_LISTS
from complaint_events.working_days import add_working_days, working_days_after
from tests.oracle.clocks import (
    STATUTORY,
    by_its_own_rules,
    closure_days,
    judged_by,
    limits,
    made_orally,
)
from tests.oracle.complaints import Complaint, answered_stage
from tests.oracle.numbers import Period, Record, Row, pct
from tests.oracle.reading import Told
from tests.oracle.tables import Function

_TARGET: Final = 25
_MOST: Final = 65
_PANEL_WITHIN: Final = 30


@dataclass(frozen=True)
class Spell:
    """A request for a later stage with what happened until it was made again, if it was."""

    complaint: Complaint
    stage: int
    requested: Told
    fate: str
    ended_on: date | None
    events: tuple[Told, ...]

    @property
    def story(self) -> tuple[Told, ...]:
        """All that happened up to the end of this request."""
        until = self.events[-1] if self.events else self.requested
        return self.complaint.events[: self.complaint.events.index(until) + 1]

    def first(self, *names: str) -> date | None:
        """The first day on which one of these happened."""
        return next((told.day for told in self.events if told.event in names), None)

    @cached_property
    def answer(self) -> Told | None:
        """The first answer of the stage."""
        return next((told for told in self.events if answered_stage(told) == self.stage), None)

    @property
    def answered_on(self) -> date | None:
        return self.answer.day if self.answer else None

    @cached_property
    def start(self) -> date | None:
        """From when the stage is counted; none while the written record of an oral complaint is awaited."""
        asked = self.requested.day
        if judged_by(self.complaint) != STATUTORY:
            return by_its_own_rules(self.complaint, self.stage, asked)
        if self.stage == 3 or not made_orally(self.complaint):
            return asked
        told = self.story[: self.story.index(self.answer)] if self.answer else self.story
        records = [one.day for one in told if one.event == "written_record_finalised"]
        return max(records[-1], asked) if records else asked if self.answer else None

    @property
    def until_answer(self) -> tuple[Told, ...]:
        """What happened before the answer."""
        return self.events[: self.events.index(self.answer)] if self.answer else self.events

    @property
    def statement_on(self) -> date | None:
        """The agreed statement that the answer was about: the last before it."""
        agreed = [told.day for told in self.until_answer if told.event == "statement_of_complaint_agreed"]
        return agreed[-1] if agreed else None

    @property
    def closed_on(self) -> date | None:
        """The first closing after the answer."""
        if self.answer is None:
            return None
        after = self.events[self.events.index(self.answer) :]
        return next((told.day for told in after if told.event == "closed"), None)

    def between(self, start: date | None, end: date | None) -> int | None:
        """Working days after the start, up to and including the end."""
        if start is None or end is None:
            return None
        return working_days_after(start, end, closure_days(self.complaint))

    @cached_property
    def days(self) -> int | None:
        """Working days to the answer as the law counts them."""
        return self.between(self.start, self.answered_on)

    def within(self, days: int) -> bool:
        """Whether the answer was sent on or before that working day after the start."""
        if self.start is None or self.answered_on is None:
            return False
        return self.answered_on <= add_working_days(self.start, days, closure_days(self.complaint))

    @cached_property
    def local_days(self) -> int | None:
        """Working days as the council itself counts them, by the profile in force at receipt."""
        basis = self.complaint.profile_on(str(self.complaint.received_on)).get("stage2_local_basis")
        if not basis or self.answer is None or self.answer.event != "adjudicated":
            return None
        asked = basis["from"] == "escalated"
        start = self.requested.day if asked else self.statement_on
        end = self.answered_on if basis["to"] == "adjudicated" else self.closed_on
        return self.between(start, end)

    @property
    def due(self) -> date | None:
        """The last extension, else the target."""
        last = self.answered_on or date.max
        extended = [told for told in self.events if told.event == "extended" and told.day <= last]
        extended = [told for told in extended if told.data["stage"] == self.stage]
        if extended:
            return date.fromisoformat(extended[-1].data["new_due"])
        found = limits(self.complaint, self.stage)
        if self.start is None or found is None:
            return None
        return add_working_days(self.start, found[0], closure_days(self.complaint))


def requests_of(complaint: Complaint, stage: int) -> Iterator[Spell]:
    """Every request for a stage, in order."""
    places = [
        place
        for place, told in enumerate(complaint.events)
        if told.event == "escalated" and told.data["to_stage"] == stage
    ]
    fates = [request.fate for request in complaint.requests if request.to_stage == stage]
    ends = [end for _, end, _ in complaint.stays(stage)]
    for place, until, fate, ended_on in zip(places, [*places, None][1:], fates, ends, strict=True):
        events = complaint.events[place + 1 : until]
        yield Spell(complaint, stage, complaint.events[place], fate, ended_on, events)


def _every(record: Record, stage: int) -> list[Spell]:
    return [spell for one in record.complaints for spell in requests_of(one, stage)]


def stage2_register(record: Record) -> list[Row]:
    chosen = [one for one in _every(record, 2) if _begun(one) and _touches(one, record.period)]
    chosen.sort(key=lambda one: (one.requested.on, one.complaint.reference))
    return [{"case": number, **_registered(one)} for number, one in enumerate(chosen, 1)]


def _begun(spell: Spell) -> bool:
    """Not a request that ended before an investigation began; what was answered all the same did begin."""
    return spell.fate == "proceeded" or spell.answer is not None or spell.ended_on is None


def _touches(spell: Spell, of: Period) -> bool:
    statement = spell.statement_on
    return any(of.has(day) for day in (spell.requested.day, statement, spell.answered_on))


def _registered(spell: Spell) -> Row:
    found = limits(spell.complaint, 2)
    return {
        "requested_on": spell.requested.day,
        "statement_agreed_on": spell.statement_on,
        "adjudicated_on": spell.answered_on,
        "closed_on": spell.closed_on,
        "working_days_statutory": spell.days,
        "working_days_local": spell.local_days,
        "due_on": spell.due,
        "within_max": spell.within(found[1]) if spell.answer and found else None,
    }


def mean(values: Iterable[int]) -> float | None:
    """The mean, rounded half away from zero once to one decimal."""
    found = list(values)
    return int(Fraction(sum(found) * 10, len(found)) + Fraction(1, 2)) / 10 if found else None


def stage2_timeliness(record: Record) -> list[Row]:
    answered = [one for one in _every(record, 2) if record.period.has(one.answered_on)]
    days = [one.days for one in answered if one.days is not None]
    local = [one.local_days for one in answered if one.local_days is not None]
    row: Row = {"adjudicated": len(answered), "within_25": sum(one.within(_TARGET) for one in answered)}
    row |= {"within_65": sum(one.within(_MOST) for one in answered), "mean_days_statutory": mean(days)}
    return [{**row, "mean_days_local": mean(local), "local_over_65": sum(day > _MOST for day in local)}]


def stage_costs(record: Record) -> list[Row]:
    rows: list[Row] = []
    for stage in record.stages:
        costs = [
            (one, told)
            for one in record.complaints
            for told in one.all("cost_recorded")
            if told.data["stage"] == stage and record.period.has(told.day)
        ]
        costly = {one.reference: one for one, _ in costs}.values()
        row: Row = {"stage": stage, "complaints": len(costly)}
        row["internal_investigators"] = sum(stage == 2 and _from_inside(one) for one in costly)
        rows.append({**row, "amount": money(told.data["amount"] for _, told in costs)})
    return rows


def money(amounts: Iterable[Any]) -> Decimal:
    """Amounts together, to the penny."""
    return sum((Decimal(str(one)) for one in amounts), Decimal())


def _from_inside(complaint: Complaint) -> bool:
    return any(told.get("internal") for told in complaint.all("io_appointed"))


def panels(record: Record) -> list[Row]:
    made = _every(record, 3)
    rows: list[Row] = []
    for one in record.years:
        held = [(spell, met) for spell in made if (met := spell.first("panel_held")) and one.has(met)]
        latest_by = [(met, add_working_days(spell.requested.day, _PANEL_WITHIN)) for spell, met in held]
        row: Row = {"year": one.name, "requested": sum(one.has(spell.requested.day) for spell in made)}
        row |= {"held": len(held), "within_30": sum(met <= latest for met, latest in latest_by)}
        rows.append({**row, "responded": len(record.answered(3, one))})
    return rows


def _offers(complaint: Complaint) -> Iterator[tuple[Told, str | None]]:
    """Every offer, and what came of it: a result belongs to the offer before it."""
    offered: Told | None = None
    result: str | None = None
    for told in complaint.all("adr_offered", "adr_concluded"):
        if told.event == "adr_concluded":
            result = told.data["result"]
            continue
        if offered is not None:
            yield offered, result
        offered, result = told, None
    if offered is not None:
        yield offered, result


def adr(record: Record) -> list[Row]:
    every = [offer for one in record.complaints for offer in _offers(one)]
    made = [(told.data["type"], result) for told, result in every if record.period.has(told.day)]
    rows: list[Row] = []
    for kind in (*CODE_LISTS["adr_type"].values, "total"):
        found = Counter(result for of, result in made if kind in ("total", of))
        offered, declined = found.total(), found["declined"]
        row: Row = {"type": kind, "offered": offered, "resolved": found["resolved"], "declined": declined}
        row["to_stage2"] = found["unresolved_to_stage2"]
        rows.append({**row, "resolved_pct": pct(found["resolved"], offered - declined)})
    return rows


INVESTIGATIONS: Final[dict[str, Function]] = {
    made.__name__: made for made in (stage2_register, stage2_timeliness, stage_costs, panels, adr)
}
