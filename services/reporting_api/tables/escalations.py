"""Requests for the next stage, by when they were made, with what became of them."""

from typing import Final

from reporting_api.tables.dimensions import TO_STAGE, YEAR
from reporting_api.tables.table import Column, Table, Value, counts, percent

_STAGE_2: Final[tuple[str, Value]] = ("to_stage", 2)


def _for_stage_2(*columns: Column) -> tuple[Column, ...]:
    return tuple(column._replace(only_where=_STAGE_2) for column in columns)


ESCALATIONS: Final = Table(
    id="escalations",
    title="Requests for stages 2 and 3",
    basis="flow",
    dimensions=(TO_STAGE,),
    columns=(
        *counts(
            "requested",
            "proceeded",
            "withdrawn",
            "resolved_adr",
            "refused",
            "not_pursued",
            "ended_by_council",
            "awaiting",
            "direct_entry",
            "upheld_or_partial",
            "not_upheld",
        ),
        *_for_stage_2(
            *counts("stage1_responded"), *percent("requested_pct", "requested", "stage1_responded")
        ),
    ),
    sql="""
        SELECT
            given.to_stage,
            count(requested_on) AS requested,
            count(*) FILTER (WHERE fate = 'proceeded') AS proceeded,
            count(*) FILTER (WHERE fate = 'withdrawn') AS withdrawn,
            count(*) FILTER (WHERE fate = 'resolved_adr') AS resolved_adr,
            count(*) FILTER (WHERE fate = 'refused') AS refused,
            count(*) FILTER (WHERE fate = 'not_pursued') AS not_pursued,
            count(*) FILTER (WHERE fate = 'ended_by_council') AS ended_by_council,
            count(*) FILTER (WHERE fate = 'awaiting') AS awaiting,
            count(*) FILTER (WHERE direct) AS direct_entry,
            count(*) FILTER (WHERE fate = 'proceeded' AND outcome IN ('upheld', 'partially_upheld'))
                AS upheld_or_partial,
            count(*) FILTER (WHERE fate = 'proceeded' AND outcome = 'not_upheld') AS not_upheld,
            (SELECT count(*) FROM stage_of WHERE stage = 1 AND answered_on BETWEEN starts_on AND ends_on)
                AS stage1_responded
        FROM (VALUES (2), (3)) AS given (to_stage)
        CROSS JOIN period
        LEFT JOIN (SELECT escalation.* FROM counted JOIN escalation USING (authority, complaint)) AS request
            ON request.to_stage = given.to_stage AND requested_on BETWEEN starts_on AND ends_on
        GROUP BY given.to_stage, starts_on, ends_on
    """,
)

ESCALATIONS_BY_YEAR: Final = Table(
    id="escalations_by_year",
    title="Requests for stages 2 and 3, by year",
    basis="flow",
    dimensions=(TO_STAGE, YEAR),
    columns=(
        *counts("requested", "proceeded"),
        *_for_stage_2(
            *counts("stage1_responded"), *percent("requested_pct", "requested", "stage1_responded")
        ),
    ),
    sql="""
        , request AS (
            SELECT
                to_stage,
                year,
                count(*) AS requested,
                count(*) FILTER (WHERE fate = 'proceeded') AS proceeded
            FROM counted JOIN escalation USING (authority, complaint)
                JOIN year ON requested_on BETWEEN starts_on AND ends_on
            GROUP BY to_stage, year
        ), answer AS (
            SELECT 2 AS to_stage, year, count(*) AS stage1_responded
            FROM stage_of JOIN year ON answered_on BETWEEN starts_on AND ends_on
            WHERE stage = 1
            GROUP BY year
        )
        SELECT * FROM request FULL JOIN answer USING (to_stage, year)
    """,
)

TABLES: Final = (ESCALATIONS, ESCALATIONS_BY_YEAR)
