"""The views published for spreadsheets and dashboards, as the migrations made and described them.

Their columns, types and descriptions are read from the database itself, so that what a dashboard is told
cannot differ from what is there. Report tables can be asked in the same way: their rows are given to the
database with the question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from reporting_api.database.connecting import Connection

SCHEMA: Final = "published"

Kind = Literal["text", "integer", "decimal", "date", "boolean"]
"""What values a column has."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": ("reference",),
    "stages": ("reference", "stage"),
    "issues": ("reference", "no"),
    "spells": ("reference", "no"),
    "escalations": ("reference", "to_stage", "no"),
    "investigations": ("reference", "no"),
    "panels": ("reference", "no"),
    "adr_offers": ("reference", "no"),
    "survey_answers": ("reference", "no", "question"),
    "costs": ("reference", "no"),
    "breaches": ("reference", "no"),
    "referrals": ("reference", "lgsco_ref"),
    "rulings": ("reference", "lgsco_ref", "no"),
    "remedies": ("reference", "remedy"),
    "payments": ("reference", "no"),
    "learning": ("reference", "learning"),
    "compliments": ("id",),
    "feedback": ("id",),
    "service_users": ("position",),
    "teams": ("team",),
    "themes": ("theme",),
}
"""The published views in the order in which they are offered, with what tells an authority's rows apart."""

_KINDS: Final[tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...]] = (
    (sa.Boolean, "boolean"),
    (sa.Date, "date"),
    (sa.Integer, "integer"),
    (sa.Numeric, "decimal"),
)
_TYPES: Final[Mapping[Kind, sa.types.TypeEngine[Any]]] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "decimal": sa.Numeric(),
    "date": sa.Date(),
    "boolean": sa.Boolean(),
}


@dataclass(frozen=True)
class Rows:
    """Rows that can be selected from: what they are, the kind of each column, what the columns mean, the key.

    `source` is what SQL selects from; its columns are those of `kinds`. `within` keeps to one authority.
    """

    name: str
    says: str
    kinds: Mapping[str, Kind]
    meanings: Mapping[str, str]
    key: tuple[str, ...]
    source: sa.FromClause
    within: sa.ColumnElement[bool] | None = None


_REFLECTED: Final[WeakKeyDictionary[sa.Engine, sa.MetaData]] = WeakKeyDictionary()
"""What each database was found to have: views change with a migration only."""


async def published(connection: Connection, authority: str) -> dict[str, Rows]:
    """Every published view by name, kept to the rows of one authority."""
    found = await connection.run_sync(_reflected)
    return {name: _rows(found.tables[f"{SCHEMA}.{name}"], key, authority) for name, key in KEYS.items()}


def _reflected(connection: sa.Connection) -> sa.MetaData:
    known: sa.MetaData | None = _REFLECTED.get(connection.engine)
    if known is None:
        known = sa.MetaData()
        known.reflect(connection, schema=SCHEMA, views=True)
        _REFLECTED[connection.engine] = known
    return known


def _rows(view: sa.Table, key: tuple[str, ...], authority: str) -> Rows:
    return Rows(
        view.name,
        view.comment or "",
        {column.name: _kind(column) for column in view.columns},
        {column.name: column.comment or "" for column in view.columns},
        key,
        view,
        view.c.authority == authority,
    )


def _kind(column: sa.Column[Any]) -> Kind:
    return next((kind for type_, kind in _KINDS if isinstance(column.type, type_)), "text")


def given(name: str, kinds: Mapping[str, Kind], rows: Sequence[Mapping[str, Any]]) -> sa.FromClause:
    """Rows that are not in the database, as something to select from: they go with the question."""
    columns = [sa.column(column, _TYPES[kind]) for column, kind in kinds.items()]
    text = json.dumps(rows, default=_plain, ensure_ascii=False)
    function = sa.func.jsonb_to_recordset(sa.cast(sa.literal(text, sa.Text()), postgresql.JSONB()))
    return function.table_valued(*columns, name=name).render_derived(with_types=True)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else repr(value)
