"""The tables beside the record: what is derived from the log, and what an office sets up for its own work.

`summary`, `owed` and `checkpoint` may be dropped and are made again from the log. None of these tables
holds a name, a contact or a narrative in clear: `blind_index` holds keyed hashes, `letter` ciphertext.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from complaints_api.store.schema import metadata

NO_LIMIT: Final = "infinity"
"""The day on which falls what has no time limit, or whose clock stands still: after everything else.

The driver reads and writes it as the last day there is (`domain.due.NO_DAY`).
"""


def _authority() -> Column[str]:
    return Column("authority", Text, primary_key=True)


def _codes(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'::text[]"))


checkpoint = Table(
    "checkpoint",
    metadata,
    _authority(),
    Column("follower", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("basis", Text, nullable=False, server_default=""),
)
"""How far a follower of the log has come, and on what basis beside the log (calendar, rules, profiles)."""

summary = Table(
    "summary",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("procedure", Text),
    Column("stage", SmallInteger),
    Column("team", Text),
    Column("officer", Text),
    Column("category", Text),
    Column("received_on", Date),
    _codes("themes"),
    _codes("persons"),
    _codes("links"),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("write_with_care", Boolean, nullable=False, server_default=text("false")),
    Index("summary_received_idx", "authority", "received_on", "stream"),
    Index("summary_team_idx", "authority", "team", "received_on", "stream"),
    Index(
        "summary_reference_idx",
        "authority",
        "reference",
        postgresql_ops={"reference": "text_pattern_ops"},
    ),
    Index("summary_persons_idx", "persons", postgresql_using="gin"),
    Index("summary_links_idx", "links", postgresql_using="gin"),
)
"""One row a complaint: what lists and searches show of it. `persons` are pseudonyms, `links` references."""

owed = Table(
    "owed",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("falls_on", Date, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("obligation", Text, nullable=False),
    Column("waiting_on", Text, nullable=False),
    Column("waiting_for", Text),
    Column("stage", SmallInteger),
    Column("about", Text),
    Column("starts_on", Date, nullable=False),
    Column("target_on", Date),
    Column("maximum_on", Date),
    Column("extended_to", Date),
    Column("rule", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("procedure", Text),
    Column("team", Text),
    Column("officer", Text),
    Column("received_on", Date),
    Column("write_with_care", Boolean, nullable=False),
    Index("owed_first_idx", "authority", text("urgent DESC"), "falls_on", "stream", "number"),
    Index("owed_team_idx", "authority", "team", text("urgent DESC"), "falls_on", "stream", "number"),
    Index("owed_officer_idx", "authority", "officer", text("urgent DESC"), "falls_on", "stream", "number"),
)
"""One row for each thing owed on a complaint, in the order of the worklist: urgent first, then by day."""

blind_index = Table(
    "blind_index",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("words", ARRAY(BigInteger), nullable=False),
    Index("blind_index_words_idx", "words", postgresql_using="gin"),
)
"""Keyed hashes of the words of names and contacts, by which a complaint is found without opening it."""

outbox = Table(
    "outbox",
    metadata,
    _authority(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("stream", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("next_at", DateTime(timezone=True), server_default=text("now()")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("delivered_at", DateTime(timezone=True)),
    Column("error", Text),
    Index("outbox_next_idx", "channel", "next_at", postgresql_where=text("delivered_at IS NULL")),
)
"""What must leave the house, one row for each event and channel; `next_at` null: given up."""

mailbox = Table(
    "mailbox",
    metadata,
    _authority(),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("address", Text, nullable=False),
)
"""Where reminders go: of an officer, of a team, or (kind `authority`, code empty) of the council."""

letter_template = Table(
    "letter_template",
    metadata,
    _authority(),
    Column("letter", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("template", Text, nullable=False),
    Column("applied_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("applied_by", Text, nullable=False),
)
"""An authority's own template of a letter; the highest version holds, an empty one is the built-in again."""

letter = Table(
    "letter",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
"""A letter as it went out, sealed; `document` is the SHA-256 of the clear document, as in `letter_sent`."""

__all__ = [
    "NO_LIMIT",
    "blind_index",
    "checkpoint",
    "letter",
    "letter_template",
    "mailbox",
    "metadata",
    "outbox",
    "owed",
    "summary",
]
