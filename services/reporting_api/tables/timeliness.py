"""How soon complaints were answered, by the limits of each one's own procedure (judged in the facts)."""

from typing import Final

from reporting_api.tables.dimensions import BAND, QUARTER, STAGE, TEAM, YEAR
from reporting_api.tables.table import Table, counts, percent

TIMELINESS_BY_TEAM: Final = Table(
    id="timeliness_by_team",
    title="Answers on time by stage and team",
    basis="flow",
    dimensions=(STAGE, TEAM),
    columns=(
        *counts("responded", "within_target", "within_max", "late"),
        *percent("within_target_pct", "within_target", "responded"),
        *percent("within_max_pct", "within_max", "responded"),
    ),
    sql="""
        SELECT
            stage,
            coalesce(team, 'total') AS team,
            count(*) AS responded,
            count(*) FILTER (WHERE within_target) AS within_target,
            count(*) FILTER (WHERE within_maximum) AS within_max,
            count(*) FILTER (WHERE NOT within_maximum) AS late
        FROM (SELECT * FROM stage_of JOIN period ON answered_on BETWEEN starts_on AND ends_on) AS answer
        WHERE within_maximum IS NOT NULL
        GROUP BY stage, ROLLUP (team)
    """,
)

TIMELINESS_BY_QUARTER: Final = Table(
    id="timeliness_by_quarter",
    title="Stage 1 answered within the maximum, by quarter of receipt",
    basis="cohort",
    dimensions=(QUARTER,),
    columns=(*counts("received", "met", "missed", "due"), *percent("met_pct", "met", "due")),
    sql="""
        , judged AS (
            SELECT
                stage_of.received_on,
                coalesce(within_maximum, false) AS is_met,
                within_maximum IS FALSE OR (
                    answered_on IS NULL
                    AND maximum_on < CAST(:as_of AS date)
                    AND maximum_on < least(
                        CASE WHEN ended_by <> 'escalated' THEN ended_on END,
                        stage_of.settled_on,
                        counted.withdrawn_on,
                        counted.closed_on,
                        'infinity'
                    )
                ) AS is_missed
            FROM stage_of
            JOIN counted USING (authority, complaint)
            JOIN period ON stage_of.received_on BETWEEN starts_on AND ends_on
            WHERE stage = 1
        ), tallied AS (
            SELECT
                month AS quarter,
                count(*) AS received,
                count(*) FILTER (WHERE is_met) AS met,
                count(*) FILTER (WHERE is_missed) AS missed
            FROM judged JOIN month ON received_on BETWEEN starts_on AND ends_on
            GROUP BY month
        )
        SELECT *, met + missed AS due FROM tallied
    """,
)
"""A stage 2 request before the day does not answer stage 1: it is missed all the same when the day passes."""

TIMELINESS_BY_YEAR: Final = Table(
    id="timeliness_by_year",
    title="Stage 1 answers on time, by year of receipt",
    basis="cohort",
    dimensions=(YEAR,),
    columns=(
        *counts("responded", "within_target", "within_max_only", "within_max", "late", "unanswered_past_due"),
        *percent("within_max_pct", "within_max", "responded"),
    ),
    sql="""
        SELECT
            year,
            count(within_maximum) AS responded,
            count(*) FILTER (WHERE within_target) AS within_target,
            count(*) FILTER (WHERE within_maximum AND NOT within_target) AS within_max_only,
            count(*) FILTER (WHERE within_maximum) AS within_max,
            count(*) FILTER (WHERE NOT within_maximum) AS late,
            count(*) FILTER (WHERE answered_on IS NULL AND maximum_on < CAST(:as_of AS date)
                AND maximum_on < least(ended_on, settled_on, 'infinity')) AS unanswered_past_due
        FROM stage_of JOIN year ON received_on BETWEEN starts_on AND ends_on
        WHERE stage = 1
        GROUP BY year
    """,
)

RESPONSE_BANDS: Final = Table(
    id="response_bands",
    title="Working days to the stage 1 answer",
    basis="flow",
    dimensions=(BAND,),
    columns=(*counts("responded"), *percent("pct", "responded", "responded", of_total=True)),
    sql="""
        SELECT coalesce(band, 'total') AS band, count(*) AS responded
        FROM (
            SELECT CASE WHEN day <= 10 THEN '0-10' WHEN day <= 20 THEN '11-20' WHEN day <= 25 THEN '21-25'
                ELSE '26+' END AS band
            FROM stage_of JOIN period ON answered_on BETWEEN starts_on AND ends_on
            WHERE stage = 1
        ) AS answer
        GROUP BY ROLLUP (band)
    """,
)

TABLES: Final = (TIMELINESS_BY_TEAM, TIMELINESS_BY_QUARTER, TIMELINESS_BY_YEAR, RESPONSE_BANDS)
