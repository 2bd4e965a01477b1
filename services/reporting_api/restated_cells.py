"""Tables as cells that can be compared: every row has a name that stays its own whatever is corrected.

A row is named by its dimensions' values. A register's rows have none: they are numbered as published, and a
later version's rows are matched with them by what they have in common; a row that is new gets a new number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.table import Table, Value

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows as JSON has them, by the table's id."""

Place = tuple[tuple[str, Value], ...]
"""The name of a row: its dimensions' values, or its number in a register."""

ROW: Final = "row"
"""What the number of a register's row is called."""

RUNNING_NUMBERS: Final[Mapping[str, str]] = {"stage2_register": "case", "lgsco_remedies": "remedy"}
"""Columns that only count a register's rows: they say nothing that could be corrected."""


_ALIKE: Final = 0.5
"""The share of a register's row that must be the same for it to be the same row corrected."""


class Cell(NamedTuple):
    """A figure, or an entry of a register."""

    table: str
    row: Place
    column: str


Cells = Mapping[Cell, Any]
"""The value of every cell there is; None is a value too: not applicable."""


class Change(NamedTuple):
    """What a cell was and what it became; None also where there was no such row."""

    before: Any
    after: Any

    @property
    def difference(self) -> float | int | None:
        """By how much it changed; None for what is no number."""
        if _is_number(self.before) and _is_number(self.after):
            exact = self.after - self.before
            return exact if isinstance(exact, int) else round(exact, 2)
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass
class Comparison:
    """Versions of the same tables, one after the other, as cells of the same names.

    A column that the first version lacks is in none: it was added by a later release. `names` are those of
    the rows of the last version, table by table.
    """

    names: dict[str, list[Place]] = field(default_factory=dict)
    _columns: dict[str, list[str]] = field(default_factory=dict)
    _registers: dict[str, list[tuple[int, Row]]] = field(default_factory=dict)
    _numbered: dict[str, int] = field(default_factory=dict)

    def cells(self, tables: Tables) -> dict[Cell, Any]:
        """The cells of the tables' next version."""
        self.names = {name: self._named(CATALOGUE[name], rows) for name, rows in tables.items()}
        return {
            Cell(name, place, column): row[column]
            for name, rows in tables.items()
            for place, row in zip(self.names[name], rows, strict=True)
            for column in self._columns[name]
            if column in row
        }

    def _named(self, table: Table, rows: Sequence[Row]) -> list[Place]:
        there = {key for row in rows for key in row}
        columns = [key for key in columns_of(table) if key in there or not rows]
        self._columns.setdefault(table.id, columns)
        if table.dimensions:
            return [tuple((one.key, row[one.key]) for one in table.dimensions) for row in rows]
        return [((ROW, number),) for number in self._numbers(table.id, rows)]

    def _numbers(self, table: str, rows: Sequence[Row]) -> list[int]:
        known = self._registers.get(table, [])
        columns = self._columns[table]
        matched = _matched([_said(row, columns) for _, row in known], [_said(row, columns) for row in rows])
        numbers = []
        for place in range(len(rows)):
            new = place not in matched
            self._numbered[table] = self._numbered.get(table, 0) + new
            numbers.append(self._numbered[table] if new else known[matched[place]][0])
        gone = [one for at, one in enumerate(known) if at not in matched.values()]
        self._registers[table] = [*zip(numbers, rows, strict=True), *gone]
        return numbers


def columns_of(table: Table) -> list[str]:
    """The columns that can change: not those that name the row."""
    ignored = RUNNING_NUMBERS.get(table.id)
    return [column.key for column in table.columns if column.key != ignored]


def changes(before: Cells, after: Cells) -> dict[Cell, Change]:
    """Every cell that is not what it was, in the order of the tables."""
    every = dict.fromkeys([*after, *before])
    compared = ((cell, Change(before.get(cell), after.get(cell))) for cell in every)
    return {cell: change for cell, change in compared if change.before != change.after}


def _said(row: Row, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row.get(column) for column in columns)


def _matched(before: Sequence[tuple[Any, ...]], after: Sequence[tuple[Any, ...]]) -> dict[int, int]:
    """Which row after was which before, by place: those most alike first, at least half of it the same."""
    pairs = [
        (-_likeness(old, new), abs(at - was), at, was)
        for was, old in enumerate(before)
        for at, new in enumerate(after)
    ]
    found: dict[int, int] = {}
    for unlike, _, at, was in sorted(pairs):
        if -unlike >= _ALIKE and at not in found and was not in found.values():
            found[at] = was
    return found


def _likeness(old: Sequence[Any], new: Sequence[Any]) -> float:
    """The share of a row that is the same."""
    same = [one == other for one, other in zip(old, new, strict=True)]
    return same.count(True) / len(same)
