"""What followed: remedies and their payments, learning, what complainants said, and what was not done."""

from typing import Final

from reporting_api.tables.dimensions import (
    QUESTION,
    REMEDIES_FROM,
    REMEDY_SOURCE,
    REMEDY_TYPE,
    RULE,
    themes,
)
from reporting_api.tables.issues import under
from reporting_api.tables.table import Column, Table, counts, dates, query, text_columns

FINANCIAL_REMEDIES: Final = Table(
    id="financial_remedies",
    title="Payments made as remedies",
    basis="flow",
    dimensions=(REMEDY_SOURCE,),
    columns=(*counts("payments"), Column("amount", "Amount (£)", "money")),
    sql="""
        SELECT coalesce(source, 'total') AS source, count(*) AS payments, sum(amount) AS amount
        FROM represented JOIN payment USING (authority, complaint)
            JOIN period ON paid_on BETWEEN starts_on AND ends_on
        GROUP BY ROLLUP (source)
    """,
)

REMEDIES_BY_TYPE: Final = Table(
    id="remedies_by_type",
    title="Remedies agreed and carried out",
    basis="flow",
    dimensions=(REMEDIES_FROM, REMEDY_TYPE),
    columns=counts("agreed", "completed"),
    sql="""
        SELECT
            source,
            shown.type,
            count(*) FILTER (WHERE agreed_on BETWEEN starts_on AND ends_on) AS agreed,
            count(*) FILTER (WHERE achieved_on BETWEEN starts_on AND ends_on) AS completed
        FROM represented JOIN remedy USING (authority, complaint)
            CROSS JOIN LATERAL (SELECT unnest(types) AS type UNION SELECT 'total') AS shown
            CROSS JOIN period
        GROUP BY source, shown.type
    """,
)
"""A remedy of several types counts under each, and once in the total of those who agreed it."""

SURVEY: Final = Table(
    id="survey",
    title="What complainants said afterwards",
    basis="flow",
    dimensions=(QUESTION,),
    columns=counts("asked", "yes", "partly", "no"),
    sql="""
        SELECT
            question,
            count(*) AS asked,
            count(*) FILTER (WHERE answer = 'yes') AS yes,
            count(*) FILTER (WHERE answer = 'partly') AS partly,
            count(*) FILTER (WHERE answer = 'no') AS no
        FROM counted JOIN survey_answer USING (authority, complaint)
            JOIN period ON answered_on BETWEEN starts_on AND ends_on
        GROUP BY question
    """,
)

LEARNING: Final = Table(
    id="learning",
    title="Learning from complaints",
    basis="flow",
    dimensions=(themes("learning"),),
    columns=counts("recorded", "implemented", "not_implemented", "open"),
    sql=query(
        """
        SELECT
            shown.theme,
            count(*) FILTER (WHERE recorded_on >= starts_on) AS recorded,
            count(*) FILTER (WHERE status = 'implemented' AND ended_on BETWEEN starts_on AND ends_on)
                AS implemented,
            count(*) FILTER (WHERE status = 'not_implemented' AND ended_on BETWEEN starts_on AND ends_on)
                AS not_implemented,
            count(*) FILTER (WHERE ends_on < coalesce(ended_on, 'infinity')) AS open
        FROM represented JOIN learning USING (authority, complaint)
            JOIN period ON recorded_on <= ends_on $shown
        GROUP BY shown.theme
        """,
        shown=under("learning.theme"),
    ),
)

LEARNING_ACTIONS: Final = Table(
    id="learning_actions",
    title="What was learned, and what was done about it",
    basis="flow",
    columns=(
        *text_columns("theme", "action"),
        *dates("recorded_on", "due_on"),
        *text_columns("status"),
        *dates("ended_on"),
    ),
    sql="""
        SELECT learning.*
        FROM represented JOIN learning USING (authority, complaint) CROSS JOIN period
        WHERE recorded_on BETWEEN starts_on AND ends_on OR ended_on BETWEEN starts_on AND ends_on
        ORDER BY recorded_on, theme, action, learning, complaint
    """,
)

CONFORMITY: Final = Table(
    id="conformity",
    title="What was not done as the law requires",
    basis="flow",
    dimensions=(RULE,),
    columns=counts("complaints"),
    sql="""
        SELECT rule, count(DISTINCT complaint) AS complaints
        FROM counted JOIN breach USING (authority, complaint)
            JOIN period ON counts_on BETWEEN starts_on AND ends_on
        GROUP BY rule
    """,
)

TABLES: Final = (FINANCIAL_REMEDIES, REMEDIES_BY_TYPE, SURVEY, LEARNING, LEARNING_ACTIONS, CONFORMITY)
