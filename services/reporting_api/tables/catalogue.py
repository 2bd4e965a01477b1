"""Every report table by its id. A new table is one entry in the module of its family."""

from typing import Final

from reporting_api.tables import (
    compliments,
    escalations,
    issues,
    ombudsman,
    people,
    received,
    stages,
    timeliness,
    volumes,
)
from reporting_api.tables.table import Table, by_key

CATALOGUE: Final[dict[str, Table]] = by_key(
    (
        *volumes.TABLES,
        *received.TABLES,
        *stages.TABLES,
        *timeliness.TABLES,
        *issues.TABLES,
        *people.TABLES,
        *escalations.TABLES,
        *ombudsman.TABLES,
        *compliments.TABLES,
    )
)
"""The tables in the order in which a report prints them."""
