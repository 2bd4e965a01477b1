"""All that people brought to the council, and where each complaint came to its end."""

from typing import Final

from reporting_api.tables.dimensions import YEAR
from reporting_api.tables.table import Table, counts

REPRESENTATIONS: Final = Table(
    id="representations",
    title="Representations received, by year",
    basis="cohort",
    dimensions=(YEAR,),
    columns=counts("valid", "of_valid_withdrawn", "ineligible", "withdrawn", "alternative_route", "total"),
    sql="""
        SELECT
            year,
            count(*) FILTER (WHERE population = 'complaint') AS valid,
            count(*) FILTER (WHERE population = 'complaint' AND withdrawn_on IS NOT NULL)
                AS of_valid_withdrawn,
            count(*) FILTER (WHERE population = 'ineligible') AS ineligible,
            count(*) FILTER (WHERE population = 'withdrawn_early') AS withdrawn,
            count(*) FILTER (WHERE population = 'resolved_early') AS alternative_route,
            count(*) AS total
        FROM represented JOIN year ON received_on BETWEEN starts_on AND ends_on
        GROUP BY year
    """,
)

RESOLVED_AT: Final = Table(
    id="resolved_at",
    title="The last level that complaints reached, by year of receipt",
    basis="cohort",
    dimensions=(YEAR,),
    columns=counts("early", "stage_1", "stage_2", "stage_3", "lgsco", "open"),
    sql="""
        , reached AS (
            SELECT
                year,
                CASE
                    WHEN referred.complaint IS NOT NULL THEN 'lgsco'
                    WHEN population = 'resolved_early' THEN 'early'
                    WHEN highest.stage IS NOT NULL THEN 'stage_' || highest.stage
                    WHEN unended.complaint IS NOT NULL THEN 'open'
                    ELSE 'stage_1'
                END AS level
            FROM represented
            JOIN year ON received_on BETWEEN starts_on AND ends_on
            LEFT JOIN (
                SELECT DISTINCT complaint FROM referral WHERE authority = :authority
            ) AS referred USING (complaint)
            LEFT JOIN (
                SELECT complaint, max(to_stage) AS stage FROM escalation
                WHERE authority = :authority AND fate = 'proceeded'
                GROUP BY complaint
            ) AS highest USING (complaint)
            LEFT JOIN (
                SELECT DISTINCT complaint FROM stage
                WHERE authority = :authority
                    AND stage = 1
                    AND coalesce(answered_on, ended_on, settled_on) IS NULL
            ) AS unended USING (complaint)
            WHERE population IN ('complaint', 'resolved_early')
        )
        SELECT
            year,
            count(*) FILTER (WHERE level = 'early') AS early,
            count(*) FILTER (WHERE level = 'stage_1') AS stage_1,
            count(*) FILTER (WHERE level = 'stage_2') AS stage_2,
            count(*) FILTER (WHERE level = 'stage_3') AS stage_3,
            count(*) FILTER (WHERE level = 'lgsco') AS lgsco,
            count(*) FILTER (WHERE level = 'open') AS open
        FROM reached
        GROUP BY year
    """,
)
"""Refused, or withdrawn before acceptance: in no column."""

TABLES: Final = (REPRESENTATIONS, RESOLVED_AT)
