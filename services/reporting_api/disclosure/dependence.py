"""Which counts a cell tells: itself, or those that a percentage, a mean or an amount is worked out from."""

from collections.abc import Iterator

from reporting_api.disclosure.figures import count_columns
from reporting_api.disclosure.rules import BASES, CHANGE_OF, NOT_COUNTED
from reporting_api.tables.answer import Answer
from reporting_api.tables.periods import TOTAL

Place = tuple[int, str]
"""A row's number and a column's key."""

_CHANGES = ("change", "change_pct")


def rests_on(answer: Answer, number: int, key: str) -> Iterator[Place]:
    """The counts that a cell is or follows from: whoever knows the cell knows something of them."""
    table = answer.table
    column = next((column for column in table.columns if column.key == key), None)
    if column is None or table.id in NOT_COUNTED:
        return
    if (table.id, key) in BASES:
        yield from ((number, base) for base in BASES[table.id, key])
    elif key in _CHANGES:
        yield from ((number, CHANGE_OF), (number - 1, CHANGE_OF))
    elif column.type == "percent":
        yield number, column.numerator
        yield (_total_row(answer, number) if column.of_total else number), column.denominator
    elif key in count_columns(table):
        yield number, key
    else:
        raise ValueError(f"nobody has said what {table.id}.{key} is worked out from")


def _total_row(answer: Answer, number: int) -> int:
    """The row whose last dimension is the total, the others being those of this row."""
    *outer, last = [dimension.key for dimension in answer.table.dimensions]
    row = answer.rows[number]
    for place, other in enumerate(answer.rows):
        if other[last] == TOTAL and all(other[key] == row[key] for key in outer):
            return place
    raise ValueError(f"{answer.table.id} has no total row")
