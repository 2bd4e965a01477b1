"""The officer's desk: summaries and what is owed, a blind index, reminders' outbox, letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLE = "complaints_service"
TABLES = (
    "checkpoint",
    "summary",
    "owed",
    "blind_index",
    "outbox",
    "mailbox",
    "letter_template",
    "letter",
)


def _codes(name: str) -> sa.Column:
    return sa.Column(name, postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'::text[]"))


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _now(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=sa.text("now()"))


def upgrade() -> None:
    _followers()
    _worklist()
    _search()
    _reminders()
    _letters()
    _any_authority_may_be_large()
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {ROLE}")


def _any_authority_may_be_large() -> None:
    """Let no statistics say how many rows an authority has in the tables that are joined.

    Those taken before an authority came say that it has none: every join was then planned for one row, and
    took seconds for a few thousand. Without any, a two-hundredth of the table is expected of each.
    """
    for table in ("stream", "event", "sealed", "keystore.subject_key", "summary", "blind_index"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN authority SET STATISTICS 0")


def _followers() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("follower", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("basis", sa.Text, nullable=False, server_default=""),
    )


def _worklist() -> None:
    op.create_table(
        "summary",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text),
        sa.Column("stage", sa.SmallInteger),
        sa.Column("team", sa.Text),
        sa.Column("officer", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("received_on", sa.Date),
        _codes("themes"),
        _codes("persons"),
        _codes("links"),
        _flag("urgent"),
        _flag("write_with_care"),
    )
    op.create_index("summary_received_idx", "summary", ["authority", "received_on", "stream"])
    op.create_index("summary_team_idx", "summary", ["authority", "team", "received_on", "stream"])
    op.create_index(
        "summary_reference_idx",
        "summary",
        ["authority", "reference"],
        postgresql_ops={"reference": "text_pattern_ops"},
    )
    op.create_index("summary_persons_idx", "summary", ["persons"], postgresql_using="gin")
    op.create_index("summary_links_idx", "summary", ["links"], postgresql_using="gin")
    op.create_table(
        "owed",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("falls_on", sa.Date, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("obligation", sa.Text, nullable=False),
        sa.Column("waiting_on", sa.Text, nullable=False),
        sa.Column("waiting_for", sa.Text),
        sa.Column("stage", sa.SmallInteger),
        sa.Column("about", sa.Text),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("target_on", sa.Date),
        sa.Column("maximum_on", sa.Date),
        sa.Column("extended_to", sa.Date),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("procedure", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("officer", sa.Text),
        sa.Column("received_on", sa.Date),
        sa.Column("write_with_care", sa.Boolean, nullable=False),
    )
    urgent_first = [sa.text("urgent DESC"), "falls_on", "stream", "number"]
    op.create_index("owed_first_idx", "owed", ["authority", *urgent_first])
    op.create_index("owed_team_idx", "owed", ["authority", "team", *urgent_first])
    op.create_index("owed_officer_idx", "owed", ["authority", "officer", *urgent_first])


def _search() -> None:
    op.create_table(
        "blind_index",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.BigInteger), nullable=False),
    )
    op.create_index("blind_index_words_idx", "blind_index", ["words"], postgresql_using="gin")


def _reminders() -> None:
    op.create_table(
        "outbox",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        _now("created_at"),
        _now("next_at", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text),
    )
    op.create_index(
        "outbox_next_idx",
        "outbox",
        ["channel", "next_at"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "mailbox",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
    )


def _letters() -> None:
    op.create_table(
        "letter_template",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("letter", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("template", sa.Text, nullable=False),
        _now("applied_at"),
        sa.Column("applied_by", sa.Text, nullable=False),
    )
    op.create_table(
        "letter",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("document", sa.Text, primary_key=True),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        _now("made_at"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
