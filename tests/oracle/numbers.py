"""Years, percentages and the record as a whole: what every table of the oracle needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from tests.oracle.complaints import Complaint
from tests.oracle.reading import Told, streams

Row = dict[str, Any]
STAGES: Final = {
    "children_statutory": (1, 2, 3),
    "corporate_code": (1, 2),
    "corporate_local": (1, 2),
    "non_statutory": (1,),
    "all": (1, 2, 3),
}
PROCEDURES: Final = ("children_statutory", "corporate_code", "corporate_local", "non_statutory")
UNSTATED: Final = ("not_asked", "not_stated", "prefer_not_to_say")


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, under a name."""

    name: str
    start: date
    end: date

    def has(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end


def year(name: str) -> Period:
    first = int(name[:4])
    return Period(name, date(first, 4, 1), date(first + 1, 3, 31))


def five_years(name: str) -> list[Period]:
    first = int(name[:4])
    return [year(f"{one}-{(one + 1) % 100:02}") for one in range(first - 4, first + 1)]


def months(of: Period) -> list[Period]:
    """The months, each quarter after its third, then the total."""
    found: list[Period] = []
    for number in range(12):
        start = date(of.start.year + (number + 3) // 12, (number + 3) % 12 + 1, 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found.append(Period(f"{start:%Y-%m}", start, end))
        if number % 3 == 2:
            found.append(Period(f"Q{number // 3 + 1}", found[-3].start, end))
    return [*found, Period("total", of.start, of.end)]


def pct(part: int, whole: int) -> float | None:
    """A percentage, rounded half away from zero once to one decimal."""
    if whole == 0:
        return None
    tenths = Fraction(abs(part) * 1000, whole)
    rounded = int(tenths + Fraction(1, 2)) / 10
    return -rounded if part < 0 else rounded


@dataclass(frozen=True)
class Known:
    """All that is known of an authority on a day."""

    lines: Sequence[Row]
    profiles: tuple[Row, ...]
    as_of: date

    @cached_property
    def streams(self) -> list[tuple[str, str, list[Told]]]:
        return [one for one in streams(self.lines, self.as_of) if one[2]]

    @cached_property
    def representations(self) -> list[Complaint]:
        found = [one for one in self.streams if one[0] == "complaint"]
        return [Complaint(reference, tuple(events), self.profiles) for _, reference, events in found]


@dataclass(frozen=True)
class Record:
    """What is known, asked under a procedure for a year."""

    known: Known
    procedure: str
    period: Period

    @property
    def streams(self) -> list[tuple[str, str, list[Told]]]:
        return self.known.streams

    @cached_property
    def profile(self) -> Row:
        """The profile in force at the end of the period."""
        return _in_force(self.known.profiles, min(self.period.end, self.known.as_of))

    @cached_property
    def representations(self) -> list[Complaint]:
        """Every stream of the procedure asked for; under `all` those that name none, too."""
        every = self.known.representations
        return [one for one in every if self.procedure in ("all", one.procedure)]

    @cached_property
    def complaints(self) -> list[Complaint]:
        return [one for one in self.representations if one.is_complaint]

    @cached_property
    def at_stage_1(self) -> list[Complaint]:
        return [one for one in self.complaints if not one.direct]

    def cohort(self, of: Period | None = None) -> list[Complaint]:
        """The complaints received in a period."""
        return [one for one in self.complaints if (of or self.period).has(one.received_on)]

    def answered(self, stage: int, of: Period | None = None) -> list[Complaint]:
        """The complaints whose first answer of a stage was sent in a period."""
        within = of or self.period
        return [one for one in self.complaints if (a := one.answer(stage)) and within.has(a.day)]

    def others(self, kind: str) -> list[Told]:
        """The events of the period of another stream kind."""
        found = [told for of_kind, _, events in self.streams if of_kind == kind for told in events]
        return [told for told in found if self.period.has(told.day)]

    @property
    def stages(self) -> tuple[int, ...]:
        return STAGES[self.procedure]

    @property
    def years(self) -> list[Period]:
        return five_years(self.period.name)

    def teams(self) -> list[str]:
        """Every team of any version of the profile."""
        versions = (self.profile, *self.known.profiles)
        codes = dict.fromkeys(team["code"] for version in versions for team in version["teams"])
        return [*codes, "not_recorded", "total"]

    def themes(self, use: str = "complaint") -> list[str]:
        every = ("complaint", "feedback", "learning")
        codes = [one["code"] for one in self.profile["themes"] if use in (one.get("use") or every)]
        return [*codes, "not_recorded", "total"]

    def under(self, theme: str) -> set[str]:
        """A theme and its children."""
        return {theme} | {one["code"] for one in self.profile["themes"] if one.get("parent") == theme}

    def type_of(self, theme: str) -> str:
        """The national type of a theme: its own, else its parent's."""
        known = {one["code"]: one for one in self.profile["themes"]}
        found = known.get(theme, {})
        kind = found.get("type") or known.get(found.get("parent"), {}).get("type")
        return kind or "not_recorded"


def _in_force(profiles: Sequence[Row], day: date) -> Row:
    """The profile in force on a day; the first one is in force from the beginning."""
    begun = [one for number, one in enumerate(profiles) if number == 0 or one["on"] <= day.isoformat()]
    return begun[-1]


def of_value(values: Iterable[str], value: str) -> int:
    """How many are of a value; `total` counts all."""
    return sum(1 for one in values if value in ("total", one))
