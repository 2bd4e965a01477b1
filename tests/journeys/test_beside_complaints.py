"""What comes beside a complaint goes in over HTTP and shows in the published tables, corrections included."""

from pathlib import Path
from typing import Any

from tests.journeys.stack import CASELOADS, Stack, Tables, selected

AUTHORITY = "merton_beside"
YEAR = "2026-27"
COMPLIMENT = {"on": "2026-04-14", "team": "mash_cp", "source": "parent", "text": "She rang when she said."}


def fix(**changes: Any) -> dict[str, Any]:
    """A correction of the compliment."""
    corrects = {"event": "compliment_recorded", "on": COMPLIMENT["on"]}
    return {"on": "2026-04-15", "corrects": corrects, "changes": changes, "reason": "It was misread."}


def counted(tables: Tables, position: int, source: str) -> int:
    """How many compliments of a source the tables have once they include a position of the log."""
    tables.wait_for(position, YEAR)
    row = selected(tables.read("compliments_by_source", YEAR)["rows"], {"source": source})
    found: int = row["received"]
    return found


def test_a_compliment_is_counted_as_corrected_until_it_is_taken_back(stack: Stack, tmp_path: Path) -> None:
    profile = (CASELOADS / "merton" / "profile.json").read_text().replace('"merton"', f'"{AUTHORITY}"', 1)
    file = tmp_path / "profile.json"
    file.write_text(profile)
    stack.run("complaints", "authority", "apply", str(file))
    with stack.caller("caseworker", AUTHORITY) as caseworker, stack.tables(AUTHORITY) as tables:
        made = caseworker.post("/v1/compliments", json=COMPLIMENT)
        assert made.status_code == 201, made.text
        assert counted(tables, made.json()["position"], "parent") == 1
        path = f"{made.headers['Location']}/correction_recorded"
        moved = caseworker.post(path, json=fix(source="child"))
        assert counted(tables, moved.json()["position"], "child") == 1
        assert counted(tables, moved.json()["position"], "parent") == 0
        back = caseworker.post(path, json=fix(void=True))
        assert counted(tables, back.json()["position"], "total") == 0
