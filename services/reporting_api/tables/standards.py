"""The time limits that the figures are judged by: the Act's, the Code's, and the council's own."""

from typing import Final

from reporting_api.tables.table import Column, Table, text_columns

PROCEDURES: Final = Table(
    id="procedures",
    title="Time limits of the procedures, in working days",
    basis="\N{EN DASH}",
    columns=(
        *text_columns("procedure"),
        Column("stage", "Stage", "integer"),
        *text_columns("starts_from"),
        Column("target", "Target", "integer"),
        Column("max", "Maximum", "integer"),
    ),
    sql="""
        SELECT *
        FROM unnest(
            CAST(:limit_procedures AS text[]),
            CAST(:limit_stages AS int[]),
            CAST(:limit_starts AS text[]),
            CAST(:limit_targets AS int[]),
            CAST(:limit_maxima AS int[])
        ) AS given (procedure, stage, starts_from, target, max)
    """,
)

TABLES: Final = (PROCEDURES,)
