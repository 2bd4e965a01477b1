"""Every report table by its id. A new table is one entry in the module of its family."""

from typing import Final

from reporting_api.tables import (
    afterwards,
    compliments,
    escalations,
    issues,
    ombudsman,
    people,
    rates,
    received,
    representations,
    stage_2,
    stages,
    standards,
    timeliness,
    volumes,
)
from reporting_api.tables.table import Table, by_key

CATALOGUE: Final[dict[str, Table]] = by_key(
    (
        *volumes.TABLES,
        *representations.TABLES,
        *received.TABLES,
        *stages.TABLES,
        *timeliness.TABLES,
        *issues.TABLES,
        *people.TABLES,
        *rates.TABLES,
        *escalations.TABLES,
        *stage_2.TABLES,
        *ombudsman.TABLES,
        *afterwards.TABLES,
        *compliments.TABLES,
        *standards.TABLES,
    )
)
"""The tables in the order in which a report prints them."""
