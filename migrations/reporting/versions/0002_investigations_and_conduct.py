"""Facts of later stages request by request, of mediation, surveys and costs, and of what was not done as required.

They are empty until the authority is rebuilt (`reporting rebuild`), which folds the events already here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS: dict[str, tuple[sa.Column, ...]] = {
    "investigation": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("began", sa.Boolean(), nullable=False),
        sa.Column("statement_agreed_on", sa.Date(), nullable=True),
        sa.Column("adjudicated_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("days_statutory", sa.Integer(), nullable=True),
        sa.Column("days_local", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("within_maximum", sa.Boolean(), nullable=True),
    ),
    "panel": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
    ),
    "adr": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
    ),
    "survey_answer": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
    ),
    "cost": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
    ),
    "breach": (
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
    ),
}
FOUND_BY = {
    "investigation": ("complaint", "requested_on", "adjudicated_on"),
    "panel": ("complaint", "held_on"),
    "adr": ("complaint", "offered_on"),
    "survey_answer": ("complaint", "answered_on"),
    "cost": ("complaint", "recorded_on"),
    "breach": ("complaint", "counts_on"),
}


def upgrade() -> None:
    for name, columns in COLUMNS.items():
        op.create_table(
            name,
            sa.Column("authority", sa.Text(), nullable=False),
            sa.Column("complaint", sa.Uuid(), nullable=False),
            *columns,
            schema="facts",
        )
        for column in FOUND_BY[name]:
            op.create_index(f"{name}_{column}", name, ["authority", column], schema="facts")


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_table(name, schema="facts")
