"""The complaints received: at which team, from whom, how, and where."""

from typing import Final

from reporting_api.tables.dimensions import (
    ACTING_VIA,
    CATEGORY,
    COMPLAINTS_MADE,
    METHOD,
    POINT_OF_RECEIPT,
    PROVIDER,
    TEAM,
    TEAM_IN_GROUP,
    YEAR,
)
from reporting_api.tables.stages import OUTCOMES
from reporting_api.tables.table import Table, counts, query

RECEIVED_BY_TEAM: Final = Table(
    id="received_by_team",
    title="Complaints received by team",
    basis="cohort",
    dimensions=(TEAM_IN_GROUP,),
    columns=counts("received"),
    sql="SELECT coalesce(team, 'total') AS team, count(*) AS received FROM cohort GROUP BY ROLLUP (team)",
)

RECEIVED_BY_TEAM_YEAR: Final = Table(
    id="received_by_team_year",
    title="Complaints received by team and year",
    basis="cohort",
    dimensions=(TEAM, YEAR),
    columns=counts("received"),
    sql="""
        SELECT coalesce(team, 'total') AS team, year, count(*) AS received
        FROM yearly_cohort
        GROUP BY year, ROLLUP (team)
    """,
)

COMPLAINANT_CATEGORIES: Final = Table(
    id="complainant_categories",
    title="Who complained",
    basis="cohort",
    dimensions=(CATEGORY,),
    columns=counts("received", "via_advocate"),
    sql="""
        SELECT
            coalesce(category, 'total') AS category,
            count(*) AS received,
            count(*) FILTER (WHERE acting_via = 'advocate') AS via_advocate
        FROM cohort
        GROUP BY ROLLUP (category)
    """,
)

METHODS: Final = Table(
    id="methods",
    title="How complaints were made",
    basis="cohort",
    dimensions=(METHOD,),
    columns=counts("received"),
    sql="""
        SELECT coalesce(method, 'total') AS method, count(*) AS received
        FROM cohort
        GROUP BY ROLLUP (method)
    """,
)

POINTS_OF_RECEIPT: Final = Table(
    id="points_of_receipt",
    title="Where complaints were received",
    basis="cohort",
    dimensions=(POINT_OF_RECEIPT,),
    columns=counts("received"),
    sql="""
        SELECT coalesce(point_of_receipt, 'total') AS point_of_receipt, count(*) AS received
        FROM cohort
        GROUP BY ROLLUP (point_of_receipt)
    """,
)

REPEAT_COMPLAINANTS: Final = Table(
    id="repeat_complainants",
    title="People who complained more than once",
    basis="cohort",
    dimensions=(COMPLAINTS_MADE,),
    columns=counts("people", "complaints"),
    sql="""
        , person AS (
            SELECT CAST(count(*) AS int) AS made
            FROM cohort
            WHERE complainant IS NOT NULL
            GROUP BY complainant
            HAVING count(*) > 1
        )
        SELECT number AS complaints_made, count(made) AS people, coalesce(sum(made), 0) AS complaints
        FROM generate_series(2, (SELECT max(made) FROM person)) AS number LEFT JOIN person ON made = number
        GROUP BY number
        UNION ALL SELECT NULL, count(*), coalesce(sum(made), 0) FROM person
    """,
)

REPEAT_COMPLAINANTS_BY_YEAR: Final = Table(
    id="repeat_complainants_by_year",
    title="People who complained more than once in a year",
    basis="cohort",
    dimensions=(YEAR,),
    columns=counts("people", "complaints"),
    sql="""
        SELECT year, count(*) AS people, sum(made) AS complaints
        FROM (
            SELECT year, count(*) AS made
            FROM yearly_cohort
            WHERE complainant IS NOT NULL
            GROUP BY year, complainant
            HAVING count(*) > 1
        ) AS person
        GROUP BY year
    """,
)

ADVOCACY: Final = Table(
    id="advocacy",
    title="Complaints with an advocate",
    basis="cohort",
    dimensions=(PROVIDER,),
    columns=counts("complaints"),
    sql="""
        SELECT coalesce(provider, 'total') AS provider, count(*) AS complaints
        FROM (
            SELECT coalesce(provider, 'not_recorded') AS provider FROM cohort WHERE advocate
        ) AS helped
        GROUP BY ROLLUP (provider)
    """,
)

CHILDREN_COMPLAINTS: Final = Table(
    id="children_complaints",
    title="Complaints by children and young people",
    basis="cohort",
    dimensions=(ACTING_VIA,),
    columns=counts("received", "upheld", "partially_upheld", "not_upheld", "inconclusive"),
    sql=query(
        """
        SELECT coalesce(acting_via, 'total') AS acting_via, count(*) AS received, $outcomes
        FROM cohort
        LEFT JOIN stage ON stage.authority = cohort.authority
            AND stage.complaint = cohort.complaint
            AND stage.stage = entry_stage
            AND stage.stage = 1
            AND decided
        WHERE young
        GROUP BY ROLLUP (acting_via)
        """,
        outcomes=OUTCOMES,
    ),
)

CHILDREN_COMPLAINTS_BY_YEAR: Final = Table(
    id="children_complaints_by_year",
    title="Complaints by children and young people, by year",
    basis="cohort",
    dimensions=(YEAR,),
    columns=counts("received", "via_advocate"),
    sql="""
        SELECT
            year,
            count(*) AS received,
            count(*) FILTER (WHERE acting_via = 'advocate') AS via_advocate
        FROM yearly_cohort
        WHERE young
        GROUP BY year
    """,
)

TABLES: Final = (
    RECEIVED_BY_TEAM,
    RECEIVED_BY_TEAM_YEAR,
    COMPLAINANT_CATEGORIES,
    METHODS,
    POINTS_OF_RECEIPT,
    REPEAT_COMPLAINANTS,
    REPEAT_COMPLAINANTS_BY_YEAR,
    ADVOCACY,
    CHILDREN_COMPLAINTS,
    CHILDREN_COMPLAINTS_BY_YEAR,
)
