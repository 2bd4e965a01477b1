"""A complaint goes through its named actions over HTTP and shows in the published tables."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.stack import CASELOADS, Stack, Tables

AUTHORITY = "merton_live"
YEAR = "2026-27"

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("acknowledged", {"on": "2026-04-14"}),
    ("eligibility_assessed", {"on": "2026-04-15", "decision": "accepted", "procedure": "children_statutory"}),
    ("extended", {"on": "2026-04-20", "stage": 1, "reason": "complex", "new_due": "2026-05-05"}),
    (
        "stage_responded",
        {"on": "2026-05-01", "stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "not_upheld"}]},
    ),
    ("escalated", {"on": "2026-05-05", "to_stage": 2, "reasons": "The answer leaves out the main point."}),
    ("io_appointed", {"on": "2026-05-08"}),
    ("ip_appointed", {"on": "2026-05-08"}),
    ("investigation_report_received", {"on": "2026-06-01", "author": "io"}),
    ("investigation_report_received", {"on": "2026-06-01", "author": "ip"}),
    ("adjudicated", {"on": "2026-06-05", "outcome": "upheld", "received_on": "2026-06-08"}),
    ("remedy_agreed", {"on": "2026-06-10", "remedy": "R-1", "source": "investigation", "types": ["apology"]}),
    ("remedied", {"on": "2026-06-15", "remedy": "R-1"}),
]


@pytest.fixture(scope="module")
def council(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Tables]]:
    """A new authority: its caseworker, and its tables."""
    profile = (CASELOADS / "merton" / "profile.json").read_text().replace('"merton"', f'"{AUTHORITY}"', 1)
    file = tmp_path_factory.mktemp("profile") / "profile.json"
    file.write_text(profile)
    stack.run("complaints", "authority", "apply", str(file))
    with stack.caller("caseworker", AUTHORITY) as caseworker, stack.tables(AUTHORITY) as tables:
        yield caseworker, tables


def test_through_stage_2_to_a_remedy(council: tuple[httpx.Client, Tables]) -> None:
    caseworker, tables = council
    received = caseworker.post(
        "/v1/complaints",
        json={
            "method": "online_form",
            "on": "2026-04-13",
            "procedure": "children_statutory",
            "team": "mash_cp",
            "complainant": {"ref": "P-1", "category": "parent"},
            "issues": [{"no": 1, "theme": "delays"}],
            "personal": {"name": "Amy Parent", "narrative": "Nobody calls back."},
        },
    )
    assert received.status_code == 201, received.text
    place, answer = received.headers["Location"], received
    for event, body in COMMANDS:
        headers = {"If-Match": answer.headers["ETag"]}
        answer = caseworker.post(f"{place}/{event}", json=body, headers=headers)
        assert answer.status_code == 200, (event, answer.text)
    tables.wait_for(answer.json()["position"], YEAR)
    _shows_in(tables)


def _shows_in(tables: Tables) -> None:
    volumes = tables.read("volumes", YEAR)["rows"][0]
    assert (volumes["received"], volumes["responded"], volumes["carried_forward"]) == (1, 1, 0)
    timeliness = {
        (row["stage"], row["team"]): (row["responded"], row["within_target"], row["within_max"])
        for row in tables.read("timeliness_by_team", YEAR)["rows"]
    }
    assert timeliness[1, "mash_cp"] == (1, 0, 1)
    assert timeliness[2, "mash_cp"] == (1, 1, 1)
    outcomes = {(row["stage"], row["team"]): row for row in tables.read("outcomes_by_team", YEAR)["rows"]}
    assert outcomes[1, "total"]["not_upheld"] == 1
    assert outcomes[2, "total"]["upheld"] == 1
