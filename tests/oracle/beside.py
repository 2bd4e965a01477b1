"""The streams beside complaints, made up: compliments, feedback, and how many people a council serves."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.oracle.story import FIRST, Line

_DAYS: Final = 1400


def beside(random: Random, complaints: int) -> list[Line]:
    """Lines of every stream kind but complaints, as many as go with so many complaints."""
    lines = [_compliment(random, number) for number in range(complaints // 4)]
    lines += [_feedback(random, number) for number in range(complaints // 8)]
    return [*lines, *_service_users(random)]


def _compliment(random: Random, number: int) -> Line:
    data: dict[str, Any] = {"team": random.choice(("north", "south", "not_recorded"))}
    data["source"] = random.choice(("parent", "internal_staff", "court"))
    data |= {"external": random.choice((True, False))} if random.random() < 0.3 else {}
    on = str(FIRST + timedelta(random.randrange(_DAYS)))
    return {
        "stream": "compliment",
        "id": f"T-{number}",
        "event": "compliment_recorded",
        "on": on,
        "data": data,
    }


def _feedback(random: Random, number: int) -> Line:
    data = {"theme": random.choice(("staff", "rude", "praise")), "from": random.choice(("child", "other"))}
    on = str(FIRST + timedelta(random.randrange(_DAYS)))
    event = "informal_feedback_recorded"
    return {"stream": "feedback", "id": f"F-{number}", "event": event, "on": on, "data": data}


_GROUPS: Final[dict[str, tuple[dict[str, str], ...]]] = {
    "altogether": ({},),
    "by_code": (
        {"ethnicity": "white_british"},
        {"ethnicity": "white_irish"},
        {"ethnicity": "black_african"},
        {"ethnicity": "not_stated"},
    ),
    "by_group": (
        {"ethnicity": "white"},
        {"ethnicity": "white_british"},
        {"ethnicity": "mixed"},
        {"ethnicity": "asian"},
    ),
    "by_team": ({"team": "north"}, {"team": "south"}, {"team": "not_recorded"}),
}
"""How a council may have counted; a measure goes by one of these, or by several."""


def _service_users(random: Random) -> list[Line]:
    lines: list[Line] = []
    for year in ("2020-21", "2021-22", "2022-23", "2023-24"):
        for measure in ("children_in_need", "open_files", "care_leavers", "reviews"):
            for way in random.sample(sorted(_GROUPS), random.choice((0, 1, 1, 2))):
                lines += _counted(random, year, measure, way)
    return [{**line, "id": f"S-{number}"} for number, line in enumerate(lines)]


def _counted(random: Random, year: str, measure: str, way: str) -> list[Line]:
    """Figures of a year, now and then put right later; some are no base for a rate."""
    day = date(int(year[:4]) + 1, 3, 1)
    rate = {"rate": False} if random.random() < 0.2 else {}
    lines: list[Line] = []
    for group in _GROUPS[way]:
        for again in range(random.choice((1, 1, 2))):
            data: dict[str, Any] = {"year": year, "measure": measure, "count": random.randrange(400), **rate}
            data |= {"group": group} if group else {}
            on = str(day + timedelta(20 * again))
            lines.append(
                {"stream": "service_users", "event": "service_users_recorded", "on": on, "data": data}
            )
    return lines
