"""Complaints beside the children and families the council works with, by its own population figures.

A figure recorded later for the same year, measure and group replaces the earlier one. Where a measure is
counted both for a Census group and for codes within it, the codes win.
"""

from typing import Final

from reporting_api.tables.dimensions import ETHNICITY, LEVEL, MEASURE, MEASURE_OR_NONE, TEAM
from reporting_api.tables.people import PEOPLE
from reporting_api.tables.table import Table, counts, percent, query

_FIGURES: Final = """
    , figure AS (
        SELECT DISTINCT ON (measure, ethnicity, team) measure, ethnicity, team, number, rate
        FROM service_users
        WHERE authority = :authority AND year = :year_key
        ORDER BY measure, ethnicity, team, position DESC
    ), rated AS (
        SELECT measure FROM figure GROUP BY measure HAVING bool_and(rate)
    ), coded AS (
        SELECT measure, ethnicity, number, coalesce(census_group, ethnicity) AS census_group,
            ethnic.code IS NOT NULL AS is_code
        FROM figure LEFT JOIN ethnic ON code = ethnicity
        WHERE ethnicity IS NOT NULL AND team IS NULL
    ), grouped AS (
        SELECT measure, census_group, sum(number) FILTER (WHERE is_code) AS by_code,
            sum(number) FILTER (WHERE NOT is_code) AS by_group
        FROM coded
        GROUP BY measure, census_group
    )
"""
"""`figure`: the counts that stand; `rated`: the measures that a rate may be worked out on; `coded` and
`grouped`: the counts by ethnicity, as recorded and summed into the Census groups."""

COMPLAINT_RATE: Final = Table(
    id="complaint_rate",
    title="Complaints for each hundred service users",
    basis="cohort",
    dimensions=(MEASURE,),
    columns=(
        *counts("complaints", "service_users"),
        *percent("rate_pct", "complaints", "service_users"),
    ),
    sql=query(
        """
        $figures
        , whole AS (
            SELECT measure,
                max(number) FILTER (WHERE ethnicity IS NULL AND team IS NULL) AS ungrouped,
                (SELECT sum(coalesce(by_code, by_group)) FROM grouped WHERE grouped.measure = figure.measure)
                    AS by_ethnicity,
                sum(number) FILTER (WHERE ethnicity IS NULL AND team IS NOT NULL) AS by_team
            FROM figure JOIN rated USING (measure)
            GROUP BY measure
        )
        SELECT
            measure,
            (SELECT count(*) FROM cohort) AS complaints,
            coalesce(ungrouped, by_ethnicity, by_team) AS service_users
        FROM whole
        """,
        figures=_FIGURES,
    ),
)

COMPLAINT_RATE_BY_TEAM: Final = Table(
    id="complaint_rate_by_team",
    title="Complaints for each hundred service users, by team",
    basis="cohort",
    dimensions=(MEASURE, TEAM),
    columns=(
        *counts("complaints", "service_users"),
        *percent("rate_pct", "complaints", "service_users"),
    ),
    sql=query(
        """
        $figures
        , by_team AS (
            SELECT measure, team, number
            FROM figure JOIN rated USING (measure)
            WHERE ethnicity IS NULL AND team IS NOT NULL
        ), measured AS (
            SELECT DISTINCT measure FROM by_team
        ), received AS (
            SELECT measure, team, count(*) AS complaints
            FROM cohort CROSS JOIN measured
            GROUP BY measure, team
        )
        SELECT
            measure,
            coalesce(team, 'total') AS team,
            sum(complaints) AS complaints,
            sum(number) AS service_users
        FROM received FULL JOIN by_team USING (measure, team)
        GROUP BY measure, ROLLUP (team)
        """,
        figures=_FIGURES,
    ),
)

ETHNICITY_RATES: Final = Table(
    id="ethnicity_rates",
    title="Ethnicity of people who complained and of service users",
    basis="cohort",
    dimensions=(MEASURE_OR_NONE, LEVEL, ETHNICITY),
    columns=(
        *counts("people", "service_users"),
        *percent("rate_pct", "people", "service_users"),
        *percent("share_of_people_pct", "people", "people", of_total=True),
        *percent("share_of_service_users_pct", "service_users", "service_users", of_total=True),
    ),
    sql=query(
        """
        $people
        $figures
        , said AS (
            SELECT coalesce(value, 'not_recorded') AS ethnicity
            FROM (SELECT DISTINCT person FROM named) AS person
            LEFT JOIN (SELECT * FROM last_said WHERE characteristic = 'ethnicity') AS answer USING (person)
        ), person_count AS (
            SELECT 'code' AS level, ethnicity, count(*) AS people FROM said GROUP BY ethnicity
            UNION ALL
            SELECT 'group', coalesce(census_group, ethnicity), count(*)
            FROM said LEFT JOIN ethnic ON code = ethnicity
            GROUP BY coalesce(census_group, ethnicity)
        ), user_count AS (
            SELECT measure, 'code' AS level, ethnicity, number FROM coded
            WHERE is_code OR ethnicity <> ALL (CAST(:census_groups AS text[]))
            UNION ALL
            SELECT measure, 'group', census_group, coalesce(by_code, by_group) FROM grouped
        ), measured AS (
            SELECT DISTINCT measure FROM coded
            UNION ALL SELECT NULL WHERE NOT EXISTS (SELECT FROM coded)
        ), entry AS (
            SELECT measure, level, ethnicity, people, 0 AS number FROM measured CROSS JOIN person_count
            UNION ALL SELECT measure, level, ethnicity, 0, number FROM user_count
        )
        SELECT
            measure,
            level,
            coalesce(ethnicity, 'total') AS ethnicity,
            sum(people) AS people,
            sum(number) AS service_users
        FROM entry
        GROUP BY measure, level, ROLLUP (ethnicity)
        """,
        people=PEOPLE,
        figures=_FIGURES,
    ),
)

TABLES: Final = (ETHNICITY_RATES, COMPLAINT_RATE, COMPLAINT_RATE_BY_TEAM)
