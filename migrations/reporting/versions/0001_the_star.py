"""The facts, the copy of the events they are made of, and how far they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


FACT_INDEXES = (
    ("complaint_complaint", "complaint", ("authority", "complaint")),
    ("complaint_received_on", "complaint", ("authority", "received_on")),
    ("compliment_received_on", "compliment", ("authority", "received_on")),
    ("compliment_stream", "compliment", ("authority", "stream")),
    ("equality_complaint", "equality", ("authority", "complaint")),
    ("escalation_complaint", "escalation", ("authority", "complaint")),
    ("escalation_requested_on", "escalation", ("authority", "requested_on")),
    ("feedback_received_on", "feedback", ("authority", "received_on")),
    ("feedback_stream", "feedback", ("authority", "stream")),
    ("issue_complaint", "issue", ("authority", "complaint")),
    ("issue_decided_on", "issue", ("authority", "decided_on")),
    ("learning_complaint", "learning", ("authority", "complaint")),
    ("learning_ended_on", "learning", ("authority", "ended_on")),
    ("learning_recorded_on", "learning", ("authority", "recorded_on")),
    ("named_person_complaint", "named_person", ("authority", "complaint")),
    ("payment_complaint", "payment", ("authority", "complaint")),
    ("payment_paid_on", "payment", ("authority", "paid_on")),
    ("profile_stream", "profile", ("authority", "stream")),
    ("referral_complaint", "referral", ("authority", "complaint")),
    ("referral_referred_on", "referral", ("authority", "referred_on")),
    ("remedy_achieved_on", "remedy", ("authority", "achieved_on")),
    ("remedy_agreed_on", "remedy", ("authority", "agreed_on")),
    ("remedy_complaint", "remedy", ("authority", "complaint")),
    ("ruling_complaint", "ruling", ("authority", "complaint")),
    ("ruling_decided_on", "ruling", ("authority", "decided_on")),
    ("service_users_stream", "service_users", ("authority", "stream")),
    ("service_users_year", "service_users", ("authority", "year")),
    ("spell_complaint", "spell", ("authority", "complaint")),
    ("spell_entered_on", "spell", ("authority", "entered_on")),
    ("spell_left_on", "spell", ("authority", "left_on")),
    ("stage_answered_on", "stage", ("authority", "answered_on")),
    ("stage_complaint", "stage", ("authority", "complaint")),
    ("stage_opened_on", "stage", ("authority", "opened_on")),
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA facts")
    op.create_table(
        "checkpoint",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority"),
    )
    op.create_table(
        "event",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "position"),
    )
    op.create_table(
        "complaint",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("point_of_receipt", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("acting_via", sa.Text(), nullable=False),
        sa.Column("young", sa.Boolean(), nullable=False),
        sa.Column("advocate", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("complainant", sa.Text(), nullable=True),
        sa.Column("primary_theme", sa.Text(), nullable=False),
        sa.Column("entry_stage", sa.Integer(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_day", sa.Integer(), nullable=True),
        sa.Column("advocacy_info_on", sa.Date(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_route", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "compliment",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        schema="facts",
    )
    op.create_table(
        "equality",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("characteristic", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "escalation",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("to_stage", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("fate_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "feedback",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("from_", sa.Text(), nullable=False),
        schema="facts",
    )
    op.create_table(
        "issue",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "learning",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("learning", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "named_person",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        schema="facts",
    )
    op.create_table(
        "payment",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        schema="facts",
    )
    op.create_table(
        "profile",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        schema="facts",
    )
    op.create_table(
        "referral",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("lgsco_ref", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        schema="facts",
    )
    op.create_table(
        "remedy",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lgsco_ref", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("achieved_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_on", sa.Date(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "ruling",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("lgsco_ref", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "service_users",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Boolean(), nullable=False),
        schema="facts",
    )
    op.create_table(
        "spell",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_by", sa.Text(), nullable=True),
        schema="facts",
    )
    op.create_table(
        "stage",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("start_rule", sa.Text(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("maximum_on", sa.Date(), nullable=True),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("within_target", sa.Boolean(), nullable=True),
        sa.Column("within_maximum", sa.Boolean(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        schema="facts",
    )
    op.create_index("event_stream", "event", ["authority", "stream", "version"], unique=True)
    for name, table, columns in FACT_INDEXES:
        op.create_index(name, table, list(columns), schema="facts")


def downgrade() -> None:
    op.execute("DROP SCHEMA facts CASCADE")
    op.drop_table("event")
    op.drop_table("checkpoint")
