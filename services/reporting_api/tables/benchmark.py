"""The authorities of one deployment beside each other: rates with their bases, and no names but one's own.

Every authority's figures are worked out alike, by the definitions of `complaint_rate`, `timeliness_by_team`
and `outcomes_by_team` at stage 1, and `lgsco_performance`. An authority with nothing to show has no row.
"""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporting_api.tables.layout import Row, rows_of
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import Column, Dimension, Table, Values, counts, percent

FEWEST: Final = 3
"""Fewer authorities are never compared: of two, each would know the other."""

BENCHMARK: Final = Table(
    id="benchmark",
    title="Authorities beside each other",
    basis="flow",
    dimensions=(Dimension("authority", "Authority", lambda _scope, _outer: Values(())),),
    columns=(
        *counts("complaints", "service_users"),
        *percent("rate_pct", "complaints", "service_users"),
        Column("responded", "Stage 1 answers", "integer"),
        *counts("within_max"),
        *percent("within_max_pct", "within_max", "responded"),
        Column("decided", "Stage 1 answers with findings", "integer"),
        *counts("upheld_or_partial"),
        *percent("upheld_or_partial_pct", "upheld_or_partial", "decided"),
        Column("investigated", "Investigated by the Ombudsman", "integer"),
        Column("upheld", "Upheld by the Ombudsman", "integer"),
        Column("uphold_rate_pct", "Uphold rate (%)", "percent", "upheld", "investigated"),
    ),
    sql="""
        , member AS MATERIALIZED (
            SELECT DISTINCT ON (authority) authority, profile
            FROM profile CROSS JOIN period
            ORDER BY authority, effective_on <= ends_on DESC,
                CASE WHEN effective_on <= ends_on THEN effective_on END DESC, effective_on, position DESC
        ), received AS (
            SELECT authority, count(*) AS complaints
            FROM complaint JOIN period ON received_on BETWEEN starts_on AND ends_on
            WHERE population = 'complaint'
                AND (CAST(:procedure AS text) = 'all' OR procedure = :procedure)
            GROUP BY authority
        ), answered AS (
            SELECT
                stage.authority,
                count(within_maximum) AS responded,
                count(*) FILTER (WHERE within_maximum) AS within_max,
                count(*) FILTER (WHERE decided) AS decided,
                count(*) FILTER (WHERE decided AND outcome IN ('upheld', 'partially_upheld'))
                    AS upheld_or_partial
            FROM stage
                JOIN period ON answered_on BETWEEN starts_on AND ends_on
                LEFT JOIN complaint AS recent
                    ON (recent.authority, recent.complaint) = (stage.authority, stage.complaint)
                    AND recent.received_on BETWEEN starts_on - 366 AND ends_on
                LEFT JOIN LATERAL (
                    SELECT *
                    FROM complaint AS other
                    WHERE recent.complaint IS NULL
                        AND (other.authority, other.complaint) = (stage.authority, stage.complaint)
                    OFFSET 0
                ) AS older ON true
            WHERE stage = 1
                AND coalesce(recent.entry_stage, older.entry_stage) = 1
                AND coalesce(recent.population, older.population) = 'complaint'
                AND (CAST(:procedure AS text) = 'all'
                    OR coalesce(recent.procedure, older.procedure) = :procedure)
            GROUP BY stage.authority
        ), ruled AS (
            SELECT
                authority,
                count(*) FILTER (WHERE decision IN ('upheld', 'not_upheld')) AS investigated,
                count(*) FILTER (WHERE decision = 'upheld') AS upheld
            FROM ruling
                JOIN period ON decided_on BETWEEN starts_on AND ends_on
                JOIN complaint USING (authority, complaint)
            WHERE (CAST(:procedure AS text) = 'all' OR procedure = :procedure)
            GROUP BY authority
        ), own_code AS (
            SELECT authority, entry->>'code' AS code, entry->>'census_group' AS census_group
            FROM member
                CROSS JOIN LATERAL jsonb_array_elements(coalesce(profile->'ethnicities', '[]')) AS entry
        ), figure AS (
            SELECT DISTINCT ON (authority, grouped_by, team)
                authority, service_users.ethnicity AS grouped_by, team, number, rate
            FROM service_users
            WHERE service_users.year = :year_key
                AND service_users.measure = ANY (CAST(:kept_measure AS text[]))
            ORDER BY authority, grouped_by, team, position DESC
        ), in_group AS (
            SELECT
                figure.authority,
                coalesce(
                    sum(number) FILTER (WHERE code IS NOT NULL),
                    sum(number) FILTER (WHERE code IS NULL)
                ) AS number
            FROM figure LEFT JOIN own_code ON own_code.authority = figure.authority AND code = grouped_by
            WHERE grouped_by IS NOT NULL AND team IS NULL
            GROUP BY figure.authority, coalesce(census_group, grouped_by)
        ), served AS (
            SELECT
                authority,
                coalesce(
                    max(number) FILTER (WHERE grouped_by IS NULL AND team IS NULL),
                    (SELECT sum(number) FROM in_group WHERE in_group.authority = figure.authority),
                    sum(number) FILTER (WHERE grouped_by IS NULL AND team IS NOT NULL)
                ) AS service_users
            FROM figure
            GROUP BY authority
            HAVING bool_and(rate)
        )
        SELECT *
        FROM (SELECT authority FROM member) AS every
            LEFT JOIN received USING (authority)
            LEFT JOIN served USING (authority)
            LEFT JOIN answered USING (authority)
            LEFT JOIN ruled USING (authority)
        WHERE authority = :authority OR received.authority IS NOT NULL OR answered.authority IS NOT NULL
            OR ruled.authority IS NOT NULL
    """,
)
"""The complaints answered in a year are looked for among those received in it or in the year before, few of
all there are; one received earlier is looked up by itself (OFFSET 0 keeps the two apart).
"""

_MEASURES: Final = """
    SELECT measure
    FROM service_users
    WHERE year = :year_key
    GROUP BY measure
    ORDER BY count(*) FILTER (WHERE authority = :authority) > 0 DESC, count(DISTINCT authority) DESC, measure
"""

# A plan for any days whatever, or one that thinks looking up cheap, would look up each of a year's complaints
# by itself; and unlike an authority's own tables this one is worth a second worker.
_OF_MANY: Final = """
    SELECT
        set_config('plan_cache_mode', 'force_custom_plan', true),
        set_config('random_page_cost', '4', true),
        set_config('max_parallel_workers_per_gather', '2', true)
"""


async def measures_recorded(connection: AsyncConnection, scope: Scope) -> list[str]:
    """What service users were counted by in the year: first what the authority did, then the commonest."""
    given = {"authority": scope.authority, "year_key": scope.year.key}
    return [*(await connection.execute(text(_MEASURES), given)).scalars()]


async def compared(connection: AsyncConnection, scope: Scope) -> list[Row]:
    """The rows of every authority that has figures, its own named, with the measure that `scope` keeps to."""
    await connection.execute(text(_OF_MANY))
    return unnamed(await rows_of(connection, BENCHMARK, scope), scope.authority)


def unnamed(rows: Sequence[Row], own: str) -> list[Row]:
    """The rows without any name but one's own, in an order that tells no more than the figures do."""
    ordered = sorted(rows, key=_figures)
    letters = (f"Authority {_letters(number)}" for number in range(len(ordered)))
    return [row if row["authority"] == own else {**row, "authority": next(letters)} for row in ordered]


def _figures(row: Row) -> list[tuple[bool, Any]]:
    """The highest rate first, then the other figures in the order of the columns; nothing last."""
    values = [row["rate_pct"], *(row[column.key] for column in BENCHMARK.columns)]
    return [(value is None, -(value or 0)) for value in values]


def _letters(number: int) -> str:
    """A to Z, then AA, AB, and so on."""
    first, last = divmod(number, len(ascii_uppercase))
    return (_letters(first - 1) if first else "") + ascii_uppercase[last]
