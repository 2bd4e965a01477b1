"""The Local Government and Social Care Ombudsman: decisions, remedies and compliance, each by its own date.

These tables count every complaint stream, complaints that the council never had included.
"""

from typing import Final

from reporting_api.tables.dimensions import DECISION, SUB, TEAM, YEAR
from reporting_api.tables.table import Column, Table, counts, dates, percent, text_columns

LGSCO_DECISIONS: Final = Table(
    id="lgsco_decisions",
    title="The Ombudsman's decisions",
    basis="flow",
    dimensions=(DECISION, SUB),
    columns=counts("decided"),
    sql="""
        SELECT
            coalesce(decision, 'total') AS decision,
            CASE WHEN GROUPING(decision) = 0 AND GROUPING(sub) = 1 THEN 'total' ELSE sub END AS sub,
            count(*) AS decided
        FROM represented JOIN ruling USING (authority, complaint)
            JOIN period ON decided_on BETWEEN starts_on AND ends_on
        GROUP BY ROLLUP (decision, sub)
    """,
)

LGSCO_DECISIONS_BY_YEAR: Final = Table(
    id="lgsco_decisions_by_year",
    title="The Ombudsman's decisions, by year",
    basis="flow",
    dimensions=(DECISION, SUB, YEAR),
    columns=counts("decided"),
    sql="""
        SELECT
            year,
            coalesce(decision, 'total') AS decision,
            CASE WHEN GROUPING(decision) = 0 AND GROUPING(sub) = 1 THEN 'total' ELSE sub END AS sub,
            count(*) AS decided
        FROM represented JOIN ruling USING (authority, complaint)
            JOIN year ON decided_on BETWEEN starts_on AND ends_on
        GROUP BY year, ROLLUP (decision, sub)
    """,
)

LGSCO_BY_TEAM: Final = Table(
    id="lgsco_by_team",
    title="Complaints to the Ombudsman, by team",
    basis="flow",
    dimensions=(TEAM,),
    columns=counts("referred", "decided", "upheld"),
    sql="""
        SELECT
            coalesce(team, 'total') AS team,
            count(*) FILTER (WHERE what = 'referred') AS referred,
            count(*) FILTER (WHERE what <> 'referred') AS decided,
            count(*) FILTER (WHERE what = 'upheld') AS upheld
        FROM (
            SELECT team, 'referred' AS what, referred_on AS happened_on
            FROM represented JOIN referral USING (authority, complaint)
            UNION ALL
            SELECT team, decision, decided_on
            FROM represented JOIN ruling USING (authority, complaint)
            WHERE decision <> 'postponed'
        ) AS step
        JOIN period ON happened_on BETWEEN starts_on AND ends_on
        GROUP BY ROLLUP (team)
    """,
)

LGSCO_REMEDIES: Final = Table(
    id="lgsco_remedies",
    title="Remedies agreed with the Ombudsman",
    basis="flow",
    columns=(
        *text_columns("remedy", "lgsco_ref"),
        *dates("decided_on"),
        Column("types", "Types", "list"),
        *dates("due_on", "achieved_on"),
        *text_columns("status"),
    ),
    sql="""
        , agreed AS (
            SELECT
                remedy.*,
                coalesce(remedy.lgsco_ref, first_referral.lgsco_ref) AS known_ref,
                coalesce(achieved_on, status_on, agreed_on) AS counted_on
            FROM represented
            JOIN remedy USING (authority, complaint)
            LEFT JOIN LATERAL (
                SELECT lgsco_ref FROM referral
                WHERE referral.authority = represented.authority
                    AND referral.complaint = represented.complaint
                ORDER BY referred_on, lgsco_ref LIMIT 1
            ) AS first_referral ON true
            WHERE source = 'lgsco'
        )
        SELECT
            remedy,
            coalesce(known_ref, 'not_recorded') AS lgsco_ref,
            last_ruling.decided_on,
            types,
            due_on,
            achieved_on,
            status
        FROM agreed
        JOIN period ON counted_on BETWEEN starts_on AND ends_on
        LEFT JOIN LATERAL (
            SELECT decided_on FROM ruling
            WHERE ruling.authority = agreed.authority
                AND ruling.complaint = agreed.complaint
                AND ruling.lgsco_ref = known_ref
                AND decision <> 'postponed'
            ORDER BY decision = 'upheld' DESC, decided_on DESC, no DESC LIMIT 1
        ) AS last_ruling ON true
        ORDER BY counted_on, remedy, agreed.complaint
    """,
)
"""By when it was carried out; if never, by the last satisfaction recorded; if none, by the agreement."""

LGSCO_PERFORMANCE: Final = Table(
    id="lgsco_performance",
    title="Performance by the Ombudsman's definitions, by year",
    basis="flow",
    dimensions=(YEAR,),
    columns=(
        *counts("referred", "decided", "investigated", "upheld"),
        *percent("uphold_rate_pct", "upheld", "investigated"),
        *counts("already_remedied"),
        *percent("satisfactory_remedy_pct", "already_remedied", "upheld"),
        *counts("compliance_recorded", "compliant", "on_time"),
        *percent("compliance_pct", "compliant", "compliance_recorded"),
    ),
    sql="""
        , referred_in AS (
            SELECT year, count(*) AS referred
            FROM represented JOIN referral USING (authority, complaint)
                JOIN year ON referred_on BETWEEN starts_on AND ends_on
            GROUP BY year
        ), decided_in AS (
            SELECT
                year,
                count(*) AS decided,
                count(*) FILTER (WHERE decision IN ('upheld', 'not_upheld')) AS investigated,
                count(*) FILTER (WHERE decision = 'upheld') AS upheld,
                count(*) FILTER (WHERE decision = 'upheld' AND sub = 'already_remedied') AS already_remedied
            FROM represented JOIN ruling USING (authority, complaint)
                JOIN year ON decided_on BETWEEN starts_on AND ends_on
            WHERE decision <> 'postponed'
            GROUP BY year
        ), judged_in AS (
            SELECT
                year,
                count(*) AS compliance_recorded,
                count(*) FILTER (WHERE verdict IN ('complete_satisfied', 'completed_late')) AS compliant,
                count(*) FILTER (WHERE verdict = 'complete_satisfied') AS on_time
            FROM represented JOIN remedy USING (authority, complaint)
                JOIN year ON verdict_on BETWEEN starts_on AND ends_on
            WHERE source = 'lgsco'
            GROUP BY year
        )
        SELECT *
        FROM year
        LEFT JOIN referred_in USING (year)
        LEFT JOIN decided_in USING (year)
        LEFT JOIN judged_in USING (year)
    """,
)

TABLES: Final = (
    LGSCO_DECISIONS,
    LGSCO_DECISIONS_BY_YEAR,
    LGSCO_BY_TEAM,
    LGSCO_REMEDIES,
    LGSCO_PERFORMANCE,
)
