"""What complaints are about: issues by national type and by the council's own themes.

A theme's figures include its children's; the total counts each issue or complaint once.
"""

from typing import Final

from reporting_api.tables.dimensions import TYPE, YEAR, themes
from reporting_api.tables.stages import OUTCOME_KEYS, OUTCOMES
from reporting_api.tables.table import Table, counts, percent, query

SHOWN_UNDER: Final = """
    CROSS JOIN LATERAL (
        SELECT $code AS theme
        UNION SELECT parent FROM theme WHERE theme.code = $code AND parent IS NOT NULL
        UNION SELECT 'total'
    ) AS shown
"""
"""The themes a row counts under: its own, that one's parent, and the total."""


def under(code: str) -> str:
    """`SHOWN_UNDER` for the theme in the column `code`."""
    return query(SHOWN_UNDER, code=code)


_THEME: Final = themes("complaint")
_COLUMNS: Final = (
    *counts("issues", *OUTCOME_KEYS),
    *percent("upheld_or_partial_pct", "upheld_or_partial", "issues"),
)

ISSUES_BY_TYPE: Final = Table(
    id="issues_by_type",
    title="Issues by national complaint type",
    basis="flow",
    dimensions=(TYPE,),
    columns=_COLUMNS,
    sql=query(
        """
        SELECT coalesce(type, 'total') AS type, count(*) AS issues, $outcomes
        FROM (
            SELECT type, issue.outcome
            FROM counted JOIN issue USING (authority, complaint)
                JOIN period ON decided_on BETWEEN starts_on AND ends_on
        ) AS decision
        GROUP BY ROLLUP (type)
        """,
        outcomes=OUTCOMES,
    ),
)

ISSUES_BY_THEME: Final = Table(
    id="issues_by_theme",
    title="Issues by theme",
    basis="flow",
    dimensions=(_THEME,),
    columns=_COLUMNS,
    sql=query(
        """
        SELECT shown.theme, count(*) AS issues, $outcomes
        FROM counted JOIN issue USING (authority, complaint)
            JOIN period ON decided_on BETWEEN starts_on AND ends_on $shown
        GROUP BY shown.theme
        """,
        outcomes=OUTCOMES,
        shown=under("issue.theme"),
    ),
)

ISSUES_BY_THEME_YEAR: Final = Table(
    id="issues_by_theme_year",
    title="Issues by theme and year",
    basis="flow",
    dimensions=(_THEME, YEAR),
    columns=counts("issues", "upheld", "upheld_or_partial"),
    sql=query(
        """
        SELECT shown.theme, year, count(*) AS issues, $outcomes
        FROM counted JOIN issue USING (authority, complaint)
            JOIN year ON decided_on BETWEEN starts_on AND ends_on $shown
        GROUP BY shown.theme, year
        """,
        outcomes=OUTCOMES,
        shown=under("issue.theme"),
    ),
)

RECEIVED_BY_THEME: Final = Table(
    id="received_by_theme",
    title="Complaints received by theme of the primary issue",
    basis="cohort",
    dimensions=(_THEME,),
    columns=counts("received"),
    sql=query(
        "SELECT shown.theme, count(*) AS received FROM cohort $shown GROUP BY shown.theme",
        shown=under("primary_theme"),
    ),
)

RECEIVED_BY_THEME_YEAR: Final = Table(
    id="received_by_theme_year",
    title="Complaints received by theme of the primary issue and year",
    basis="cohort",
    dimensions=(_THEME, YEAR),
    columns=counts("received"),
    sql=query(
        "SELECT shown.theme, year, count(*) AS received FROM yearly_cohort $shown GROUP BY shown.theme, year",
        shown=under("primary_theme"),
    ),
)

CHILDREN_THEMES: Final = Table(
    id="children_themes",
    title="Complaints by children and young people, by theme of the primary issue",
    basis="cohort",
    dimensions=(_THEME,),
    columns=counts("received"),
    sql=query(
        "SELECT shown.theme, count(*) AS received FROM cohort $shown WHERE young GROUP BY shown.theme",
        shown=under("primary_theme"),
    ),
)

TABLES: Final = (
    ISSUES_BY_TYPE,
    ISSUES_BY_THEME,
    ISSUES_BY_THEME_YEAR,
    RECEIVED_BY_THEME,
    RECEIVED_BY_THEME_YEAR,
    CHILDREN_THEMES,
)
