"""The engine: asks the facts a table's question and completes the answer by the rules for all tables.

Every value of every dimension gets its row, counts that the facts lack are 0, percentages are worked out
once from whole numbers, and codes get their labels.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporting_api.tables.periods import TOTAL
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import Column, Dimension, Table, Value

Row = dict[str, Any]
Found = Mapping[tuple[Value, ...], Mapping[str, Any]]
"""What the SQL gave, by the values of the dimensions."""

_TENTH: Final = Decimal("0.1")

CONTEXT: Final[dict[str, str]] = {
    "period": "SELECT CAST(:starts_on AS date) AS starts_on, CAST(:ends_on AS date) AS ends_on",
    "year": """
        SELECT *
        FROM unnest(CAST(:year_keys AS text[]), CAST(:year_starts AS date[]), CAST(:year_ends AS date[]))
            AS given (year, starts_on, ends_on)
    """,
    "month": """
        SELECT *
        FROM unnest(CAST(:month_keys AS text[]), CAST(:month_starts AS date[]), CAST(:month_ends AS date[]))
            AS given (month, starts_on, ends_on)
    """,
    "theme": """
        SELECT * FROM unnest(CAST(:theme_codes AS text[]), CAST(:theme_parents AS text[]))
            AS given (code, parent)
    """,
    "ethnic": """
        SELECT * FROM unnest(CAST(:ethnicity_codes AS text[]), CAST(:ethnicity_groups AS text[]))
            AS given (code, census_group)
    """,
    "age_band": """
        SELECT *
        FROM unnest(CAST(:band_codes AS text[]), CAST(:band_starts AS int[]), CAST(:band_ends AS int[]))
            AS given (code, lowest, highest)
    """,
    "represented": """
        SELECT * FROM complaint
        WHERE authority = :authority AND (CAST(:procedure AS text) = 'all' OR procedure = :procedure)
    """,
    "counted": "SELECT * FROM represented WHERE population = 'complaint'",
    "cohort": """
        SELECT counted.*, starts_on, ends_on
        FROM counted JOIN period ON received_on BETWEEN starts_on AND ends_on
    """,
    "yearly_cohort": """
        SELECT counted.*, year, starts_on, ends_on
        FROM counted JOIN year ON received_on BETWEEN starts_on AND ends_on
    """,
    "stage_of": """
        SELECT stage.*, received_on
        FROM counted JOIN stage USING (authority, complaint)
        WHERE stage > 1 OR entry_stage = 1
    """,
}
"""What every table's SQL can name beside the facts.

`period`, `year` and `month` are spans of days; `represented` is every complaint stream of the procedure asked
for, `counted` those that count as complaints, `cohort` and `yearly_cohort` those received in the period or in
one of the years; `stage_of` their stages (a complaint that entered at stage 2 has no stage 1). Each may name
those before it. None is materialized, so that a query looks up by index what it wants of many years.
"""

_NAME: Final = re.compile(r"[a-z_0-9]+")


async def rows_of(connection: AsyncConnection, table: Table, scope: Scope) -> list[Row]:
    """The rows of a table, complete and in printing order."""
    result = await connection.execute(_statement(table.sql), scope.parameters)
    return lay_out(table, scope, [dict(row) for row in result.mappings()])


@lru_cache(maxsize=512)
def _statement(sql: str) -> TextClause:
    """The SQL after as much of `CONTEXT` as it names: what it does not name costs time to read."""
    named: list[str] = []
    for name in reversed(CONTEXT):
        if any(name in _NAME.findall(given) for given in (sql, *(CONTEXT[one] for one in named))):
            named.append(name)
    context = ", ".join(f"{name} AS NOT MATERIALIZED ({CONTEXT[name]})" for name in reversed(named))
    return text(f"WITH {context} {sql}" if named else sql)


def lay_out(table: Table, scope: Scope, found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows that a table shows for what its SQL found."""
    if not table.dimensions:
        return [{column.key: _cell(column, row) for column in table.columns} for row in found]
    by_place = {tuple(_value(dimension, row) for dimension in table.dimensions): row for row in found}
    places = _places(table.dimensions, scope, by_place, ())
    return [_row(table, scope, place, by_place) for place in places]


def _value(dimension: Dimension, row: Mapping[str, Any]) -> Value:
    value: Value = row[dimension.key]
    return TOTAL if value is None and dimension.type == "integer" else value


def _places(
    dimensions: Sequence[Dimension], scope: Scope, found: Found, outer: tuple[Value, ...]
) -> Iterator[tuple[Value, ...]]:
    if len(outer) == len(dimensions):
        yield outer
        return
    for value in _values(dimensions[len(outer)], scope, found, outer):
        yield from _places(dimensions, scope, found, (*outer, value))


def _values(dimension: Dimension, scope: Scope, found: Found, outer: tuple[Value, ...]) -> Sequence[Value]:
    values = dimension.values(scope, outer)
    if values.closed:
        return values.listed
    depth, known = len(outer), {*values.listed, *values.last}
    same = [place for place in found if not dimension.nested or place[:depth] == outer]
    others = {place[depth] for place in same} - known - {None}
    every = (*values.listed, *sorted(others, key=_order), *values.last)
    return every or ((None,) if values.else_null else ())


def _order(value: Value) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))


def _row(table: Table, scope: Scope, place: tuple[Value, ...], found: Found) -> Row:
    row: Row = {}
    for dimension, value in zip(table.dimensions, place, strict=True):
        row[dimension.key] = value
        row.update({one.key: one.says(scope, value) for one in dimension.beside})
    figures, base = found.get(place, {}), found.get((*place[:-1], TOTAL), {})
    for column in table.columns:
        if column.only_where is None or row[column.only_where[0]] == column.only_where[1]:
            row[column.key] = _cell(column, figures)
            if column.type == "percent":
                whole = (base if column.of_total else figures).get(column.denominator)
                row[column.key] = percentage(row[column.numerator], whole)
    return row


def _cell(column: Column, figures: Mapping[str, Any]) -> Any:
    value = figures.get(column.key)
    if value is None and column.type in ("integer", "money") and not column.nullable:
        return 0
    return int(value) if column.type == "integer" and value is not None else value


def percentage(numerator: int | None, denominator: int | None) -> Decimal | None:
    """The percentage, rounded half away from zero, once, to one decimal; null where there is no base."""
    if numerator is None or not denominator:
        return None
    return (Decimal(100 * numerator) / Decimal(denominator)).quantize(_TENTH, ROUND_HALF_UP)
