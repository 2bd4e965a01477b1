"""The report tables about what follows a complaint: the Ombudsman, remedies, surveys and learning."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from complaint_events.codes import CODE_LISTS
from tests.oracle.complaints import Complaint
from tests.oracle.investigations import money
from tests.oracle.numbers import Record, Row, of_value
from tests.oracle.reading import Told
from tests.oracle.tables import Function

_SOURCES: Final = tuple(map(str, CODE_LISTS["remedy_source"].values))


def lgsco_by_team(record: Record) -> list[Row]:
    told = [
        (one.team, each)
        for one in record.representations
        for each in one.all("lgsco_referred", "lgsco_decided")
        if record.period.has(each.day) and each.get("decision") != "postponed"
    ]
    referred = [team for team, each in told if each.event == "lgsco_referred"]
    decided = [team for team, each in told if each.event == "lgsco_decided"]
    upheld = [team for team, each in told if each.get("decision") == "upheld"]
    return [
        {
            "team": team,
            "referred": of_value(referred, team),
            "decided": of_value(decided, team),
            "upheld": of_value(upheld, team),
        }
        for team in record.teams()
    ]


@dataclass(frozen=True)
class Remedy:
    """A remedy as agreed, and every time something was done about it."""

    agreed: Told
    done: tuple[Told, ...]

    @property
    def source(self) -> str:
        return str(self.agreed.data["source"])

    @property
    def achieved_on(self) -> date | None:
        return self.done[-1].day if self.done else None

    def payments(self) -> Iterator[tuple[date, Any]]:
        """Each time it was carried out with an amount, its own or the agreed one."""
        for told in self.done:
            amount = told.get("amount", self.agreed.get("amount"))
            if amount is not None:
                yield told.day, amount


def _remedies(record: Record) -> Iterator[Remedy]:
    for one in record.representations:
        for agreed in one.all("remedy_agreed"):
            done = [told for told in one.all("remedied") if told.data["remedy"] == agreed.data["remedy"]]
            yield Remedy(agreed, tuple(done))


def financial_remedies(record: Record) -> list[Row]:
    paid = [
        (one.source, amount)
        for one in _remedies(record)
        for day, amount in one.payments()
        if record.period.has(day)
    ]
    rows: list[Row] = []
    for source in (*_SOURCES, "total"):
        amounts = [amount for of, amount in paid if source in ("total", of)]
        rows.append({"source": source, "payments": len(amounts), "amount": money(amounts)})
    return rows


def remedies_by_type(record: Record) -> list[Row]:
    every = [(one, set(one.agreed.data["types"])) for one in _remedies(record)]
    agreed = [(one.source, types) for one, types in every if record.period.has(one.agreed.day)]
    done = [(one.source, types) for one, types in every if record.period.has(one.achieved_on)]
    return [
        {
            "source": source,
            "type": kind,
            "agreed": sum(of == source and kind in {*types, "total"} for of, types in agreed),
            "completed": sum(of == source and kind in {*types, "total"} for of, types in done),
        }
        for source in _SOURCES
        for kind in (*map(str, CODE_LISTS["remedy_type"].values), "total")
    ]


def survey(record: Record) -> list[Row]:
    told = [told for one in record.complaints for told in one.all("survey_recorded")]
    found: dict[str, Counter[str]] = {}
    for line in (line for line in told if record.period.has(line.day)):
        for question, answer in line.data["answers"].items():
            found.setdefault(question, Counter())[answer] += 1
        if line.get("satisfied") is not None:
            found.setdefault(_SATISFIED, Counter())["yes" if line.data["satisfied"] else "no"] += 1
    rows = []
    for question in (*sorted(found.keys() - {_SATISFIED}), _SATISFIED):
        given = found.get(question, Counter())
        asked = {"question": question, "asked": given.total()}
        rows.append({**asked, **{answer: given[answer] for answer in ("yes", "partly", "no")}})
    return rows


_SATISFIED: Final = "satisfied"


@dataclass(frozen=True)
class Lesson:
    """What was to be learnt, and how that ended: the last end stands."""

    recorded: Told
    end: Told | None

    @property
    def theme(self) -> str:
        return str(self.recorded.data["theme"])

    @property
    def how(self) -> str:
        return self.end.event.removeprefix("learning_") if self.end else "open"


def _lessons(record: Record) -> Iterator[Lesson]:
    for one in record.representations:
        for recorded in one.all("learning_recorded"):
            ends = _ends(one, recorded.data["learning"])
            yield Lesson(recorded, ends[-1] if ends else None)


def _ends(complaint: Complaint, learning: str) -> list[Told]:
    told = complaint.all("learning_implemented", "learning_not_implemented")
    return [one for one in told if one.data["learning"] == learning]


def learning(record: Record) -> list[Row]:
    lessons = list(_lessons(record))
    rows: list[Row] = []
    for theme in record.themes("learning"):
        chosen = [one for one in lessons if theme == "total" or one.theme in record.under(theme)]
        ended = Counter(one.how for one in chosen if one.end and record.period.has(one.end.day))
        row: Row = {"theme": theme, "recorded": sum(record.period.has(one.recorded.day) for one in chosen)}
        row |= {"implemented": ended["implemented"], "not_implemented": ended["not_implemented"]}
        rows.append({**row, "open": sum(_open(record, one) for one in chosen)})
    return rows


def _open(record: Record, lesson: Lesson) -> bool:
    last = record.period.end
    return lesson.recorded.day <= last and (lesson.end is None or lesson.end.day > last)


def learning_actions(record: Record) -> list[Row]:
    chosen = [
        one
        for one in _lessons(record)
        if record.period.has(one.recorded.day) or (one.end and record.period.has(one.end.day))
    ]
    rows: list[Row] = []
    for one in sorted(chosen, key=lambda one: one.recorded.on):
        due = one.recorded.get("due_on")
        rows.append(
            {
                "theme": one.theme,
                "action": one.recorded.data["action"],
                "recorded_on": one.recorded.day,
                "due_on": date.fromisoformat(due) if due else None,
                "status": one.how,
                "ended_on": one.end.day if one.end else None,
            }
        )
    return rows


REDRESS: Final[dict[str, Function]] = {
    made.__name__: made
    for made in (
        lgsco_by_team,
        financial_remedies,
        remedies_by_type,
        survey,
        learning,
        learning_actions,
    )
}
