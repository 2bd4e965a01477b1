"""The tables of the complaints database, as migrations leave them.

Personal data is in `sealed` and `person` only, as ciphertext; the keys that open it are in the schema
`keystore`, so that they can be granted, backed up and moved apart.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    any_,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

SERVICE_ROLE: Final = "complaints_service"
"""The role the service works as: it may add to the log, never change it."""

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)


def _authority() -> Column[str]:
    """Without a foreign key: `append_group` writes only under the lock of the authority's head row."""
    return Column("authority", Text, primary_key=True)


head = Table(
    "head",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
)
"""One row an authority: how long its log is. Appending locks it."""

stream = Table(
    "stream",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    UniqueConstraint("authority", "kind", "reference"),
)
"""Each stream and the authority's own reference of it."""

event = Table(
    "event",
    metadata,
    _authority(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", SmallInteger, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("sealed", Text),
    UniqueConstraint("authority", "stream", "version"),
)
"""The log: `payload` the exact bytes of the event, `sealed` what is kept of its sealed texts (hashes)."""

sealed = Table(
    "sealed",
    metadata,
    _authority(),
    Column("stream", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)
"""Texts about people, sealed with the subject's data key."""

person = Table(
    "person",
    metadata,
    _authority(),
    Column("pseudonym", Text, primary_key=True),
    Column("ciphertext", LargeBinary, nullable=False),
)
"""The authority's own reference of a person, sealed with that person's data key."""

subject_key = Table(
    "subject_key",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    schema="keystore",
)
"""One data key a subject, wrapped by the key-encryption key."""

authority_secret = Table(
    "authority_secret",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    schema="keystore",
)
"""The authority's secret under which references of persons become pseudonyms."""

idempotency = Table(
    "idempotency",
    metadata,
    _authority(),
    Column("scope", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("stream", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
"""Which command a key stood for (a digest of it), and where its events went."""

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("authority", Text, ForeignKey("head.authority")),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("teams", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("secret_sha256", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Index(None, "authority"),
)
"""API keys; of the key itself only its SHA-256."""


def one_of(column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of many values; one parameter however many there are."""
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))
