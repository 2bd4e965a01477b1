"""The authority whose histories are made up: two versions of its profile."""

from typing import Any, Final

Json = dict[str, Any]
_TEAMS: Final[list[Json]] = [
    {"code": "north", "label": "North", "group": "Safeguarding"},
    {"code": "south", "label": "South"},
]
_FIRST: Final[Json] = {
    "on": "2015-04-01",
    "name": "Borough of Testing",
    "teams": [*_TEAMS, {"code": "west", "label": "West"}],
    "themes": [
        {"code": "staff", "label": "Staff", "type": "staff_attitude_behaviour"},
        {"code": "rude", "label": "Rudeness", "parent": "staff", "type": "other"},
        {"code": "late", "label": "Lateness", "parent": "staff"},
        {"code": "heading", "label": "A heading without a type", "type": None},
        {"code": "delay", "label": "Delay", "parent": "heading", "type": "delay", "use": ["complaint"]},
        {"code": "praise", "label": "Only for feedback", "type": "other", "use": ["feedback"]},
    ],
    "ethnicities": [
        {"code": "white_british", "label": "White British", "census_group": "white"},
        {"code": "white_irish", "label": "White Irish", "census_group": "white"},
        {"code": "black_african", "label": "Black African", "census_group": "black"},
        {"code": "asian", "label": "Asian", "census_group": "asian"},
    ],
    "age_bands": [
        {"code": "under_18", "label": "Under 18", "from": 0, "to": 17},
        {"code": "adult", "label": "18 to 64", "from": 18, "to": 64},
        {"code": "older", "label": "65 and over", "from": 65, "to": None},
    ],
    "procedures": {
        "corporate_local": {
            "stage_1": {"target": 15},
            "stage_2": {"from": "escalated", "target": 20, "max": 30},
        }
    },
    "stage2_local_basis": {"from": "statement_of_complaint_agreed", "to": "closed"},
    "advocacy_providers": ["Voice", "Coram"],
    "closure_days": ["2021-12-29", "2022-12-28", "2022-12-29"],
}
VERSIONS: Final[tuple[Json, ...]] = (
    _FIRST,
    {
        **_FIRST,
        "on": "2022-10-01",
        "teams": [*_TEAMS, {"code": "east", "label": "East"}],
        "outcomes": {"partially_upheld": {"until": "2023-06-30"}, "inconclusive": {"until": None}},
        "equality_subject": "child",
        "stage2_local_basis": {"from": "escalated", "to": "adjudicated"},
    },
)
"""The second version lacks a team, has a new one, and stops using partial outcomes."""

THEMES: Final = ("staff", "rude", "late", "delay")
ETHNICITIES: Final = ("white_british", "white_irish", "black_african", "asian")
PROVIDERS: Final = ("Voice", "Coram", "Barnardo's")
"""The last is not one of the profile's."""
