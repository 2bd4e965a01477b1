"""Beside and after stage 1: mediation, stage 2 complaint by complaint, panels, and what stages cost."""

from typing import Final

from reporting_api.tables.dimensions import ADR_TYPE, STAGE, YEAR
from reporting_api.tables.table import Column, Table, counts, dates, means, percent

PANELS: Final = Table(
    id="panels",
    title="Review panels, by year",
    basis="flow",
    dimensions=(YEAR,),
    columns=counts("requested", "held", "within_30", "responded"),
    sql="""
        , asked AS (
            SELECT year, count(*) AS requested
            FROM counted JOIN escalation USING (authority, complaint)
                JOIN year ON requested_on BETWEEN starts_on AND ends_on
            WHERE to_stage = 3
            GROUP BY year
        ), met AS (
            SELECT year, count(*) AS held, count(*) FILTER (WHERE day <= 30) AS within_30
            FROM counted JOIN panel USING (authority, complaint)
                JOIN year ON held_on BETWEEN starts_on AND ends_on
            GROUP BY year
        ), answered AS (
            SELECT year, count(*) AS responded
            FROM stage_of JOIN year ON answered_on BETWEEN starts_on AND ends_on
            WHERE stage = 3
            GROUP BY year
        )
        SELECT *
        FROM year LEFT JOIN asked USING (year) LEFT JOIN met USING (year) LEFT JOIN answered USING (year)
    """,
)

ADR: Final = Table(
    id="adr",
    title="Mediation and other ways to settle",
    basis="flow",
    dimensions=(ADR_TYPE,),
    columns=(
        *counts("offered", "resolved", "declined", "to_stage2"),
        *percent("resolved_pct", "resolved", "taken_up"),
    ),
    sql="""
        SELECT
            coalesce(type, 'total') AS type,
            count(*) AS offered,
            count(*) FILTER (WHERE result = 'resolved') AS resolved,
            count(*) FILTER (WHERE result = 'declined') AS declined,
            count(*) FILTER (WHERE result = 'unresolved_to_stage2') AS to_stage2,
            count(*) FILTER (WHERE result IS DISTINCT FROM 'declined') AS taken_up
        FROM counted JOIN adr USING (authority, complaint)
            JOIN period ON offered_on BETWEEN starts_on AND ends_on
        GROUP BY ROLLUP (type)
    """,
)

STAGE2_REGISTER: Final = Table(
    id="stage2_register",
    title="Stage 2 complaint by complaint",
    basis="flow",
    columns=(
        Column("case", "No.", "integer"),
        *dates("requested_on", "statement_agreed_on", "adjudicated_on", "closed_on"),
        Column("working_days_statutory", "Working days from the request", "integer", nullable=True),
        Column("working_days_local", "Working days as the council counts", "integer", nullable=True),
        *dates("due_on"),
        Column("within_max", "Within the maximum", "boolean"),
    ),
    sql="""
        SELECT
            row_number() OVER (ORDER BY requested_on, reference, no) AS case,
            investigation.*,
            days_statutory AS working_days_statutory,
            days_local AS working_days_local,
            within_maximum AS within_max
        FROM counted JOIN investigation USING (authority, complaint) CROSS JOIN period
        WHERE (began OR adjudicated_on IS NOT NULL OR investigation.ended_on IS NULL) AND (
            requested_on BETWEEN starts_on AND ends_on
            OR statement_agreed_on BETWEEN starts_on AND ends_on
            OR adjudicated_on BETWEEN starts_on AND ends_on
        )
        ORDER BY requested_on, reference, no
    """,
)

STAGE2_TIMELINESS: Final = Table(
    id="stage2_timeliness",
    title="How long stage 2 took",
    basis="flow",
    columns=(
        *counts("adjudicated", "within_25", "within_65"),
        *means("mean_days_statutory", "mean_days_local"),
        *counts("local_over_65"),
    ),
    sql="""
        SELECT
            count(*) AS adjudicated,
            count(*) FILTER (WHERE day <= 25) AS within_25,
            count(*) FILTER (WHERE day <= 65) AS within_65,
            round(avg(days_statutory), 1) AS mean_days_statutory,
            round(avg(days_local), 1) AS mean_days_local,
            count(*) FILTER (WHERE days_local > 65) AS local_over_65
        FROM counted JOIN investigation USING (authority, complaint)
            JOIN period ON adjudicated_on BETWEEN starts_on AND ends_on
    """,
)

STAGE_COSTS: Final = Table(
    id="stage_costs",
    title="What the stages cost",
    basis="flow",
    dimensions=(STAGE,),
    columns=(*counts("complaints", "internal_investigators"), Column("amount", "Amount (£)", "money")),
    sql="""
        SELECT
            stage,
            count(DISTINCT complaint) AS complaints,
            count(DISTINCT complaint) FILTER (WHERE internal) AS internal_investigators,
            sum(amount) AS amount
        FROM counted JOIN cost USING (authority, complaint)
            JOIN period ON recorded_on BETWEEN starts_on AND ends_on
        GROUP BY stage
    """,
)

TABLES: Final = (PANELS, ADR, STAGE2_REGISTER, STAGE2_TIMELINESS, STAGE_COSTS)
