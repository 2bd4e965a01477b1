"""Choosing among rows by conditions that strangers write: values are only ever bound, names only looked up.

A comparison is true or false, never unknown: null equals null and nothing else, and is neither more nor less
than anything (OData 4.0, part 2, 5.1.1.1). A boolean column that is null is unknown, and so is its negation.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from reporting_api.database.connecting import Connection
from reporting_api.database.views import Rows

Operator = Literal["eq", "ne", "gt", "ge", "lt", "le"]
Matching = Literal["contains", "startswith", "endswith"]
Value = str | bool | Decimal | date | None
Expression = sa.ColumnElement[bool]


class Named(NamedTuple):
    """The value of a column."""

    column: str


class Literally(NamedTuple):
    """A value that was written out."""

    value: Value


Operand = Named | Literally


class Comparison(NamedTuple):
    """Two values of one kind compared; one of them at least is a column's."""

    left: Operand
    operator: Operator
    right: Operand


class Matches(NamedTuple):
    """A column's text has another in it, at its beginning or at its end."""

    how: Matching
    column: str
    text: str


class Holds(NamedTuple):
    """A column of yes and no says yes."""

    column: str


class Not(NamedTuple):
    """The opposite."""

    condition: "Condition"


class Every(NamedTuple):
    """All of them."""

    conditions: "tuple[Condition, ...]"


class Some(NamedTuple):
    """At least one of them."""

    conditions: "tuple[Condition, ...]"


Condition = Comparison | Matches | Holds | Not | Every | Some


class Selection(NamedTuple):
    """Which rows, which of their columns, in what order (True: falling), and how many after how many."""

    columns: tuple[str, ...]
    condition: Condition | None = None
    order: tuple[tuple[str, bool], ...] = ()
    skip: int = 0
    most: int | None = None


async def select(connection: Connection, rows: Rows, wanted: Selection) -> list[dict[str, Any]]:
    """The rows chosen, in an order that the key makes the same every time."""
    columns = rows.source.columns
    query = sa.select(*(columns[name] for name in wanted.columns)).select_from(rows.source)
    query = query.where(*_wheres(rows, wanted.condition))
    order = (*wanted.order, *((name, False) for name in rows.key))
    query = query.order_by(*(_ordered(rows, name, falling=falling) for name, falling in order))
    result = await connection.execute(query.offset(wanted.skip or None).limit(wanted.most))
    return [dict(row) for row in result.mappings()]


async def count(connection: Connection, rows: Rows, condition: Condition | None) -> int:
    """How many rows meet the condition."""
    query = sa.select(sa.func.count()).select_from(rows.source).where(*_wheres(rows, condition))
    return await connection.scalar(query) or 0


def _wheres(rows: Rows, condition: Condition | None) -> list[Expression]:
    found = [] if rows.within is None else [rows.within]
    return found if condition is None else [*found, expression(rows, condition)]


def _ordered(rows: Rows, name: str, *, falling: bool) -> sa.ColumnElement[Any]:
    column = _sortable(rows, name)
    return column.desc().nulls_last() if falling else column.asc().nulls_first()


def expression(rows: Rows, condition: Condition) -> Expression:
    """The condition as SQL over the rows' columns."""
    match condition:
        case Comparison():
            return _compared(rows, condition)
        case Matches(how, column, text):
            found: Expression = getattr(rows.source.columns[column], how)(text, autoescape=True)
            return found
        case Holds(column):
            return rows.source.columns[column]
        case Not(inner):
            return sa.not_(expression(rows, inner))
        case Every(conditions):
            return sa.and_(*(expression(rows, one) for one in conditions))
        case Some(conditions):
            return sa.or_(*(expression(rows, one) for one in conditions))


_ORDERS: Final[Mapping[Operator, Callable[[Any, Any], Expression]]] = {
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}


def _compared(rows: Rows, comparison: Comparison) -> Expression:
    left, right = _operand(rows, comparison.left), _operand(rows, comparison.right)
    if comparison.operator == "eq":
        return left.is_not_distinct_from(right)
    if comparison.operator == "ne":
        return left.is_distinct_from(right)
    if Literally(None) in (comparison.left, comparison.right):
        return sa.false()
    return sa.func.coalesce(_ORDERS[comparison.operator](left, right), sa.false())


def _operand(rows: Rows, operand: Operand) -> sa.ColumnElement[Any]:
    if isinstance(operand, Named):
        return _sortable(rows, operand.column)
    if operand.value is None:
        return sa.null()
    return sa.literal(operand.value, _type(operand.value))


def _sortable(rows: Rows, name: str) -> sa.ColumnElement[Any]:
    """Text sorts by its characters' numbers, whatever the database's own order."""
    column = rows.source.columns[name]
    return sa.collate(column, "C") if rows.kinds[name] == "text" else column


def _type(value: Value) -> sa.types.TypeEngine[Any]:
    kinds: Sequence[tuple[type, sa.types.TypeEngine[Any]]] = (
        (bool, sa.Boolean()),
        (Decimal, sa.Numeric()),
        (date, sa.Date()),
    )
    return next((type_ for kind, type_ in kinds if isinstance(value, kind)), sa.Text())
