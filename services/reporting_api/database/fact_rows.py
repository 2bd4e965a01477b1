"""Writing facts: a stream's rows are replaced as one, many streams at a time, never row by row."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from reporting_api.database.connecting import Connection
from reporting_api.database.event_copy import copied
from reporting_api.database.schema import FACT_TABLES, FACTS_SCHEMA
from reporting_api.facts import Rows

_JSON: Final = {
    name: [place for place, column in enumerate(table.columns) if isinstance(column.type, sa.JSON)]
    for name, table in FACT_TABLES.items()
}


async def add(connection: Connection, rows: Rows, schema: str = FACTS_SCHEMA) -> None:
    """Add rows to the fact tables, by COPY."""
    for name, of_table in rows.items():
        if of_table:
            await copied(connection, name, schema, _encoded(of_table, _JSON[name]))


async def remove(
    connection: Connection, authority: str, streams_by_tables: Mapping[tuple[str, ...], Sequence[UUID]]
) -> None:
    """Take out everything that these streams have in the fact tables named beside them."""
    for names, streams in streams_by_tables.items():
        await connection.execute(_removal(names), {"authority": authority, "streams": list(streams)})


@cache
def _removal(names: tuple[str, ...]) -> sa.TextClause:
    """One statement for all the tables: a round trip, not one a table."""
    parts = ", ".join(
        f"{name}_ AS (DELETE FROM {FACTS_SCHEMA}.{name} WHERE authority = :authority"  # noqa: S608 - our names
        f" AND {list(FACT_TABLES[name].columns)[1].name} = ANY(:streams))"
        for name in names
    )
    bound = sa.bindparam("streams", type_=sa.ARRAY(sa.Uuid()))
    return sa.text(f"WITH {parts} SELECT").bindparams(bound)


async def remove_all(connection: Connection, authority: str) -> None:
    """Take out every fact of the authority."""
    for table in FACT_TABLES.values():
        await connection.execute(table.delete().where(table.c.authority == authority))


def _encoded(rows: list[tuple[Any, ...]], places: list[int]) -> list[tuple[Any, ...]]:
    """COPY takes JSON as text."""
    if not places:
        return rows
    return [
        tuple(json.dumps(value) if place in places else value for place, value in enumerate(row))
        for row in rows
    ]
