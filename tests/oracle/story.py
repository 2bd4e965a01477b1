"""One complaint while it is being made up: every event is put to the import's own decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.deciding import Given, Refusal, decide
from tests.caseloads import RECORDED_AT, stream_id
from tests.oracle.authority import PROVIDERS, THEMES, VERSIONS
from tests.oracle.comparing import AUTHORITY, as_line, profiles_of
from tests.oracle.reading import Told

Line = dict[str, Any]
TODAY: Final = date(2026, 11, 20)
OUTCOMES: Final = ("upheld", "partially_upheld", "not_upheld", "inconclusive")
FIRST: Final = date(2020, 11, 1)
_STEPS: Final = (0, 0, 0, 1, 1, 2, 3, 4, 5, 7, 9, 10, 11, 14, 15, 18, 20, 25, 28, 30, 40, 60)
_EDGES: Final = ((3, 31), (4, 1), (12, 25), (6, 30), (7, 1), (5, 8), (9, 19))
_CATEGORIES: Final = (
    "parent",
    "parent",
    "child_looked_after",
    "child_in_need",
    "care_leaver",
    "sufficient_interest",
    "la_foster_carer",
)


@dataclass
class Story:
    """One complaint while it is being made up."""

    random: Random
    reference: str
    given: Given
    day: date
    lines: list[Line] = field(default_factory=list)
    history: list[Recorded] = field(default_factory=list)
    complaint: Complaint = field(default_factory=Complaint)
    serial: int = 0
    disputed: bool = False

    def say(self, name: str, on: date | None = None, /, seq: int | None = None, **data: Any) -> bool:
        """Add an event, if it could have happened."""
        line: Line = {"stream": "complaint", "id": self.reference, "event": name}
        line |= {"on": str(on or self.day), "data": {key.rstrip("_"): value for key, value in data.items()}}
        line |= {"seq": seq} if seq else {}
        made = as_line(line).event
        if any(one.event.identity == made.identity for one in self.history):
            return False
        try:
            self.complaint = decide(self.history, self.complaint, made, self.given)
        except Refusal:
            return False
        self.lines.append(line)
        self._record(made)
        return True

    def _record(self, made: Any) -> None:
        stream = stream_id(AUTHORITY, "complaint", self.reference)
        number = len(self.history) + 1
        moment = RECORDED_AT + timedelta(milliseconds=number)
        self.history.append(Recorded(stream, number, number, moment, "import", made))

    def later(self) -> None:
        """Some days pass, or none."""
        if self.random.random() < 0.06:
            month, day = self.random.choice(_EDGES)
            edge = date(self.day.year + (self.day.month > month), month, day)
            self.day = edge if timedelta() <= edge - self.day < timedelta(60) else self.day
        else:
            self.day += timedelta(self.random.choice(_STEPS))

    def chance(self, likely: float) -> bool:
        return self.random.random() < likely

    def pick(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    @property
    def profile(self) -> ProfileApplied:
        found = self.given.profile(self.day)
        assert isinstance(found, ProfileApplied)
        return found

    def team(self) -> str:
        codes = [team.code for team in self.profile.teams]
        return "not_recorded" if self.chance(0.06) else str(self.pick(codes))

    def issues(self) -> list[dict[str, Any]]:
        numbers = range(1, self.pick((1, 1, 2, 3)) + 1)
        return [
            {"no": no, "theme": "not_recorded" if self.chance(0.05) else self.pick(THEMES)} for no in numbers
        ]

    def person(self) -> str:
        return f"P-{self.random.randrange(60)}"

    def complainant(self) -> dict[str, Any]:
        made = {"category": self.pick(_CATEGORIES)}
        made |= {"ref": self.person()} if self.chance(0.85) else {}
        via = self.pick(("self", "self", "advocate", "representative", None))
        made |= {"advocacy_provider": self.pick(PROVIDERS)} if via == "advocate" and self.chance(0.6) else {}
        return made | ({"acting_via": via} if via else {})

    def findings(self) -> list[dict[str, Any]]:
        numbers = sorted(self.complaint.issues)
        chosen = numbers if self.chance(0.85) else numbers[:1]
        return [{"issue": no, "outcome": self.pick(OUTCOMES)} for no in chosen]


def importable(lines: Sequence[Line]) -> bool:
    """Whether an import would take every line of one complaint."""
    given = Given(TODAY, profiles_of(VERSIONS), historic=True)
    story = Story(Random(0), lines[0]["id"], given, FIRST)  # noqa: S311 - made up
    told = (Told(one["event"], one["on"], one["data"], one.get("seq")) for one in lines)
    return all(story.say(one.event, one.day, one.seq, **one.data) for one in told)
