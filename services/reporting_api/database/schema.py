"""The tables: facts as the star schema says them, the service's own copy of the feed, and how far it is."""

from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from reporting_api.star import FACTS

FACTS_SCHEMA: Final = "facts"
REVISION: Final = "0007"
"""The newest migration: what `/health/ready` expects to find."""

metadata: Final = sa.MetaData()

_TYPES: Final[dict[Any, sa.types.TypeEngine[Any]]] = {
    str: sa.Text(),
    int: sa.Integer(),
    bool: sa.Boolean(),
    date: sa.Date(),
    datetime: sa.DateTime(timezone=True),
    Decimal: sa.Numeric(12, 2),
    UUID: sa.Uuid(),
    list: postgresql.ARRAY(sa.Text()),
    dict: postgresql.JSONB(),
}
_WIDE: Final = frozenset({"position"})

_FIND_BY: Final[dict[str, tuple[str, ...]]] = {
    "complaint": ("received_on",),
    "spell": ("entered_on", "left_on"),
    "stage": ("answered_on", "opened_on"),
    "issue": ("decided_on",),
    "escalation": ("requested_on",),
    "investigation": ("requested_on", "adjudicated_on"),
    "panel": ("held_on",),
    "adr": ("offered_on",),
    "survey_answer": ("answered_on",),
    "cost": ("recorded_on",),
    "breach": ("counts_on",),
    "referral": ("referred_on",),
    "ruling": ("decided_on",),
    "remedy": ("agreed_on", "achieved_on"),
    "payment": ("paid_on",),
    "learning": ("recorded_on", "ended_on"),
    "compliment": ("received_on",),
    "feedback": ("received_on",),
    "service_users": ("year",),
}
"""The columns, beside the authority, by which each fact table is searched."""


def _column(name: str, hint: Any) -> sa.Column[Any]:
    alternatives = [one for one in get_args(hint) if one is not NoneType]
    optional = NoneType in get_args(hint)
    kind = alternatives[0] if optional and get_origin(hint) is not Literal else hint
    if get_origin(kind) is Literal:
        kind = str
    column_type = sa.BigInteger() if name in _WIDE else _TYPES[get_origin(kind) or kind]
    return sa.Column(name, column_type, nullable=optional)


def _fact_table(name: str, row: type[tuple[Any, ...]]) -> sa.Table:
    hints = get_type_hints(row)
    columns = [_column(field, hint) for field, hint in hints.items()]
    stream = list(hints)[1]
    indexes = [sa.Index(f"{name}_{stream}", "authority", stream)]
    indexes += [sa.Index(f"{name}_{by}", "authority", by) for by in _FIND_BY.get(name, ())]
    return sa.Table(name, metadata, *columns, *indexes, schema=FACTS_SCHEMA)


FACT_TABLES: Final[dict[str, sa.Table]] = {name: _fact_table(name, row) for name, row in FACTS.items()}
"""Every fact table by name; its second column is the stream."""

EVENT: Final = sa.Table(
    "event",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("stream", sa.Uuid(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("reference", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    sa.Column("schema_version", sa.Integer(), nullable=False),
    sa.Column("effective_on", sa.Date(), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("payload", sa.LargeBinary(), nullable=False),
    sa.Index("event_stream", "authority", "stream", "version", unique=True),
    sa.Index("event_effective_on", "authority", "effective_on"),
    sa.Index(
        "event_rare_type",
        "authority",
        "type",
        postgresql_where=sa.text("type IN ('profile_applied', 'correction_recorded')"),
    ),
)
"""The service's own, pseudonymised copy of the feed: what facts are folded from, without asking again."""

CHECKPOINT: Final = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)
"""The last position applied of each authority, and when that event was recorded."""

NARRATIVE: Final = sa.Table(
    "narrative",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("year", sa.Text(), primary_key=True),
    sa.Column("slot", sa.Text(), primary_key=True),
    sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("markdown", sa.Text(), nullable=False),
    sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("set_by", sa.Text(), nullable=False),
)
"""The council's own words for its annual reports, every version: nobody's events, so never rebuilt."""

LGSCO_LETTER: Final = sa.Table(
    "lgsco_letter",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("year", sa.Text(), primary_key=True),
    sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("figures", postgresql.JSONB(), nullable=False),
    sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("set_by", sa.Text(), nullable=False),
)
"""The figures of the Ombudsman's annual review letters, every version of them: never rebuilt."""

PUBLISHED_READER: Final = sa.Table(
    "published_reader",
    metadata,
    sa.Column("role", sa.Text(), primary_key=True),
    sa.Column("authority", sa.Text(), primary_key=True),
)
"""Which authorities' rows a login sees in the published views; whoever may read the facts sees every row."""

PUBLICATION: Final = sa.Table(
    "publication",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("year", sa.Text(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("note", sa.Text(), nullable=True),
    sa.Column("procedure", sa.Text(), nullable=False),
    sa.Column("starts_on", sa.Date(), nullable=False),
    sa.Column("ends_on", sa.Date(), nullable=False),
    sa.Column("complete", sa.Boolean(), nullable=False),
    sa.Column("as_of", sa.Date(), nullable=False),
    sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("content_hash", sa.Text(), nullable=False),
    sa.Column("figures_hash", sa.Text(), nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_by", sa.Text(), nullable=False),
    sa.Column("figures", sa.LargeBinary(), nullable=False),
    sa.Column("request_key", sa.Text(), nullable=True),
    sa.Column("request_asked", sa.Text(), nullable=True),
    sa.Index("publication_request", "authority", "request_key", unique=True),
)
"""What was published, by year and number: nobody's events, so never rebuilt, and never changed."""

PUBLICATION_FORMAT: Final = sa.Table(
    "publication_format",
    metadata,
    sa.Column("authority", sa.Text(), primary_key=True),
    sa.Column("year", sa.Text(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("format", sa.Text(), primary_key=True),
    sa.Column("media_type", sa.Text(), nullable=False),
    sa.Column("extension", sa.Text(), nullable=False),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("size", sa.Integer(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(
        ["authority", "year", "number"],
        ["publication.authority", "publication.year", "publication.number"],
    ),
)
"""The bytes of each format of a publication."""
