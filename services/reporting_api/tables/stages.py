"""What came of each stage: answers completed, what they found, and what is still open."""

from typing import Final

from reporting_api.tables.dimensions import STAGE, TEAM, YEAR
from reporting_api.tables.table import Table, counts, percent, query

OUTCOMES: Final = """
    count(*) FILTER (WHERE outcome = 'upheld') AS upheld,
    count(*) FILTER (WHERE outcome = 'partially_upheld') AS partially_upheld,
    count(*) FILTER (WHERE outcome = 'not_upheld') AS not_upheld,
    count(*) FILTER (WHERE outcome = 'inconclusive') AS inconclusive,
    count(*) FILTER (WHERE outcome IN ('upheld', 'partially_upheld')) AS upheld_or_partial
"""
"""Counts by `outcome`, for the columns of `outcome_columns`."""

OUTCOME_KEYS: Final = ("upheld", "partially_upheld", "not_upheld", "inconclusive", "upheld_or_partial")

_OUTCOME_COLUMNS: Final = (
    *counts("decided", *OUTCOME_KEYS),
    *percent("upheld_or_partial_pct", "upheld_or_partial", "decided"),
)

STAGE_COUNTS_BY_TEAM: Final = Table(
    id="stage_counts_by_team",
    title="Complaints completed by stage and team",
    basis="flow",
    dimensions=(STAGE, TEAM),
    columns=counts("completed"),
    sql="""
        SELECT stage, coalesce(team, 'total') AS team, count(*) AS completed
        FROM (SELECT * FROM stage_of JOIN period ON answered_on BETWEEN starts_on AND ends_on) AS answer
        GROUP BY stage, ROLLUP (team)
    """,
)

OUTCOMES_BY_TEAM: Final = Table(
    id="outcomes_by_team",
    title="Complaint outcomes by team and stage",
    basis="flow",
    dimensions=(STAGE, TEAM),
    columns=_OUTCOME_COLUMNS,
    sql=query(
        """
        SELECT stage, coalesce(team, 'total') AS team, count(*) AS decided, $outcomes
        FROM (SELECT * FROM stage_of JOIN period ON answered_on BETWEEN starts_on AND ends_on) AS answer
        WHERE decided
        GROUP BY stage, ROLLUP (team)
        """,
        outcomes=OUTCOMES,
    ),
)

OUTCOMES_BY_YEAR: Final = Table(
    id="outcomes_by_year",
    title="Complaint outcomes by stage and year",
    basis="cohort",
    dimensions=(STAGE, YEAR),
    columns=(*_OUTCOME_COLUMNS, *counts("outstanding", "withdrawn")),
    sql=query(
        """
        , stage_1 AS (
            SELECT
                stage,
                year,
                CASE WHEN decided THEN outcome END AS outcome,
                answered_on IS NULL AND ended_on IS NULL AS is_outstanding,
                ended_by = 'withdrawn' AS is_withdrawn
            FROM stage_of JOIN year ON received_on BETWEEN starts_on AND ends_on
            WHERE stage = 1
        ), answer AS (
            SELECT stage, year, outcome, false AS is_outstanding, false AS is_withdrawn
            FROM stage_of JOIN year ON answered_on BETWEEN starts_on AND ends_on
            WHERE stage > 1 AND decided
        ), request AS (
            SELECT
                to_stage AS stage,
                year,
                NULL AS outcome,
                ends_on < least(answered_on, ended_on, 'infinity') AS is_outstanding,
                ended_by = 'withdrawn' AND ended_on BETWEEN starts_on AND ends_on AS is_withdrawn
            FROM counted JOIN escalation USING (authority, complaint)
                JOIN year ON requested_on <= ends_on
        ), in_year AS (
            SELECT * FROM stage_1 UNION ALL SELECT * FROM answer UNION ALL SELECT * FROM request
        )
        SELECT
            stage,
            year,
            count(outcome) AS decided,
            $outcomes,
            count(*) FILTER (WHERE is_outstanding) AS outstanding,
            count(*) FILTER (WHERE is_withdrawn) AS withdrawn
        FROM in_year
        GROUP BY stage, year
        """,
        outcomes=OUTCOMES,
    ),
)

TABLES: Final = (STAGE_COUNTS_BY_TEAM, OUTCOMES_BY_TEAM, OUTCOMES_BY_YEAR)
