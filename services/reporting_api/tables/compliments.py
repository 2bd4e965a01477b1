"""What people said that was no complaint: compliments and informal feedback."""

from typing import Final

from reporting_api.tables.dimensions import SOURCE, TEAM_IN_GROUP, YEAR, themes
from reporting_api.tables.issues import under
from reporting_api.tables.table import Table, changes, counts, query

COMPLIMENTS_BY_TEAM: Final = Table(
    id="compliments_by_team",
    title="Compliments by team",
    basis="flow",
    has_procedure=False,
    dimensions=(TEAM_IN_GROUP,),
    columns=counts("received"),
    sql="""
        SELECT coalesce(team, 'total') AS team, count(*) AS received
        FROM compliment JOIN period ON received_on BETWEEN starts_on AND ends_on
        WHERE authority = :authority
        GROUP BY ROLLUP (team)
    """,
)

COMPLIMENTS_BY_SOURCE: Final = Table(
    id="compliments_by_source",
    title="Compliments by who gave them",
    basis="flow",
    has_procedure=False,
    dimensions=(SOURCE,),
    columns=counts("received"),
    sql="""
        SELECT coalesce(source, 'total') AS source, count(*) AS received
        FROM compliment JOIN period ON received_on BETWEEN starts_on AND ends_on
        WHERE authority = :authority
        GROUP BY ROLLUP (source)
    """,
)

COMPLIMENTS_BY_YEAR: Final = Table(
    id="compliments_by_year",
    title="Compliments, by year",
    basis="flow",
    has_procedure=False,
    dimensions=(YEAR,),
    columns=(*counts("received", "external"), *changes("received")),
    sql="""
        , counts AS (
            SELECT year, count(stream) AS received, count(*) FILTER (WHERE external) AS external
            FROM year
            LEFT JOIN compliment ON authority = :authority AND received_on BETWEEN starts_on AND ends_on
            GROUP BY year
        )
        SELECT *, received - lag(received) OVER by_year AS change, lag(received) OVER by_year AS before
        FROM counts
        WINDOW by_year AS (ORDER BY year)
    """,
)

INFORMAL_FEEDBACK: Final = Table(
    id="informal_feedback",
    title="Informal feedback by theme",
    basis="flow",
    has_procedure=False,
    dimensions=(themes("feedback"),),
    columns=counts("received"),
    sql=query(
        """
        SELECT shown.theme, count(*) AS received
        FROM feedback JOIN period ON received_on BETWEEN starts_on AND ends_on $shown
        WHERE authority = :authority
        GROUP BY shown.theme
        """,
        shown=under("feedback.theme"),
    ),
)

TABLES: Final = (COMPLIMENTS_BY_TEAM, COMPLIMENTS_BY_SOURCE, COMPLIMENTS_BY_YEAR, INFORMAL_FEEDBACK)
