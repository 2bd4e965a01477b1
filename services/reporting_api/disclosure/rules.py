"""What is withheld from the public, as data: which counts, which columns, which tables.

Where the method comes from is said in docs/adr/0014-disclosure-control.md.
"""

from collections.abc import Mapping
from typing import Final

SMALLEST: Final = 1
LARGEST: Final = 5
"""Counts in this range are withheld. 0 is published: of nobody there is nothing to tell."""

WIDTH: Final = LARGEST - SMALLEST
"""How far apart, at least, the lowest and the highest value lie that a withheld small count could have, by
everything that is published: five whole numbers."""

LEAST_WIDTH: Final = 1
"""The same for a figure that is withheld only to protect others: it cannot be worked out exactly."""

WITHHELD_TABLES: Final[Mapping[str, str]] = {
    "stage2_register": "A row is one complaint; whoever knows one of its dates would know the others.",
    "lgsco_remedies": "A row is one complaint; its reference leads to the Ombudsman's own account of it.",
}
"""Tables that are not published, and why."""

WITHHELD_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "learning_actions": ("recorded_on", "due_on", "ended_on"),
}
"""Columns that are not published: dates by which a complaint could be told."""

NOT_COUNTED: Final[Mapping[str, str]] = {
    **WITHHELD_TABLES,
    "procedures": "time limits, not counts",
    "learning": "counts what the council did, not people; regulation 13 wants it told",
    "learning_actions": "what the council did, in its own words",
}
"""Tables without counts to protect, and why."""

BASES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("adr", "resolved_pct"): ("resolved", "offered", "declined"),
    ("stage2_timeliness", "mean_days_statutory"): ("adjudicated",),
    ("stage2_timeliness", "mean_days_local"): ("adjudicated",),
    ("financial_remedies", "amount"): ("payments",),
    ("stage_costs", "amount"): ("complaints",),
}
"""The counts of its own row that a figure follows from, where its column does not say so itself."""

CHANGE_OF: Final = "received"
"""The count that `change` and `change_pct` compare with the row before."""

TOTALS_WEIGH: Final = 10
"""How much rather a figure of a breakdown is withheld than one of everything together."""


def is_small(count: int) -> bool:
    """Whether a count is one that is withheld."""
    return SMALLEST <= count <= LARGEST
