"""How many complaints: the stage 1 balance of a period and of its months, and the years compared."""

from typing import Final

from reporting_api.tables.dimensions import MONTH, PROCEDURE, YEAR
from reporting_api.tables.table import Table, changes, counts, percent, query

_BALANCE: Final = """
    count(*) FILTER (WHERE entered_on < starts_on AND (left_on IS NULL OR left_on >= starts_on))
        AS brought_forward,
    count(*) FILTER (WHERE entered_by = 'received' AND entered_on BETWEEN starts_on AND ends_on) AS received,
    count(*) FILTER (WHERE entered_by = 'reopened' AND entered_on BETWEEN starts_on AND ends_on) AS reopened,
    count(*) FILTER (WHERE left_by = 'responded' AND left_on BETWEEN starts_on AND ends_on) AS responded,
    count(*) FILTER (WHERE left_by = 'withdrawn' AND left_on BETWEEN starts_on AND ends_on) AS withdrawn,
    count(*) FILTER (WHERE left_by = 'other_disposal' AND left_on BETWEEN starts_on AND ends_on)
        AS other_disposal
"""

VOLUMES: Final = Table(
    id="volumes",
    title="Complaints at stage 1: received, answered and carried forward",
    basis="flow",
    dimensions=(PROCEDURE,),
    columns=counts(
        "brought_forward",
        "received",
        "reopened",
        "handled",
        "responded",
        "withdrawn",
        "other_disposal",
        "carried_forward",
    ),
    sql=query(
        """
        SELECT *, handled - responded - withdrawn - other_disposal AS carried_forward
        FROM (
            SELECT *, brought_forward + received + reopened AS handled
            FROM (
                SELECT coalesce(procedure, 'total') AS procedure, $balance
                FROM (
                    SELECT coalesce(procedure, 'not_recorded') AS procedure, spell.*, starts_on, ends_on
                    FROM counted
                    JOIN spell USING (authority, complaint)
                    JOIN period ON entered_on <= ends_on AND (left_on IS NULL OR left_on >= starts_on)
                ) AS stay
                GROUP BY ROLLUP (procedure)
            ) AS counted_stays
        ) AS balance
        """,
        balance=_BALANCE,
    ),
)

MONTHLY: Final = Table(
    id="monthly",
    title="Complaints at stage 1 by month and quarter",
    basis="flow",
    dimensions=(MONTH,),
    columns=(
        *counts("brought_forward", "received", "responded", "withdrawn", "other_disposal", "within_10"),
        *percent("within_10_pct", "within_10", "responded"),
        *counts("within_20"),
        *percent("within_20_pct", "within_20", "responded"),
        *counts("acknowledged", "acknowledged_within_3"),
        *percent("acknowledged_within_3_pct", "acknowledged_within_3", "acknowledged"),
        *counts("carried_forward"),
    ),
    sql=query(
        """
        , stay AS (
            SELECT spell.*, day
            FROM counted
            JOIN spell USING (authority, complaint)
            JOIN period ON entered_on <= ends_on AND (left_on IS NULL OR left_on >= starts_on)
            LEFT JOIN stage ON stage.authority = counted.authority
                AND stage.complaint = counted.complaint
                AND stage.stage = 1
        ), balance AS (
            SELECT
                month,
                $balance,
                count(*) FILTER (WHERE left_by = 'responded' AND left_on BETWEEN starts_on AND ends_on
                    AND day <= 10) AS within_10,
                count(*) FILTER (WHERE left_by = 'responded' AND left_on BETWEEN starts_on AND ends_on
                    AND day <= 20) AS within_20
            FROM month JOIN stay ON entered_on <= ends_on AND (left_on IS NULL OR left_on >= starts_on)
            GROUP BY month
        ), acknowledged AS (
            SELECT acknowledged_on, acknowledged_day
            FROM counted JOIN period ON acknowledged_on BETWEEN starts_on AND ends_on
            WHERE entry_stage = 1
        ), acknowledgement AS (
            SELECT
                month,
                count(*) AS acknowledged,
                count(*) FILTER (WHERE acknowledged_day <= 3) AS acknowledged_within_3
            FROM month JOIN acknowledged ON acknowledged_on BETWEEN starts_on AND ends_on
            GROUP BY month
        )
        SELECT
            *,
            brought_forward + received + reopened - responded - withdrawn - other_disposal AS carried_forward
        FROM month LEFT JOIN balance USING (month) LEFT JOIN acknowledgement USING (month)
        """,
        balance=_BALANCE,
    ),
)

VOLUMES_BY_YEAR: Final = Table(
    id="volumes_by_year",
    title="Complaints received, by year",
    basis="cohort",
    dimensions=(YEAR,),
    columns=(*counts("received", "responded"), *changes("received")),
    sql="""
        , counts AS (
            SELECT
                year,
                count(yearly_cohort.complaint) AS received,
                count(answered_on) AS responded
            FROM year
            LEFT JOIN yearly_cohort USING (year)
            LEFT JOIN stage ON stage.authority = yearly_cohort.authority
                AND stage.complaint = yearly_cohort.complaint
                AND stage.stage = entry_stage
                AND stage.stage = 1
            GROUP BY year
        )
        SELECT *, received - lag(received) OVER by_year AS change, lag(received) OVER by_year AS before
        FROM counts
        WINDOW by_year AS (ORDER BY year)
    """,
)

TABLES: Final = (VOLUMES, MONTHLY, VOLUMES_BY_YEAR)
