"""What a report table is: its dimensions, its columns and its SQL, as data.

A table's SQL gives one row per combination of dimension values that occurs in the facts; the engine
(`layout`) adds the combinations that do not occur, the percentages and the labels.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any, Final, Literal, NamedTuple

from reporting_api.tables.scope import Scope

Basis = Literal["flow", "cohort", "\N{EN DASH}"]
ColumnType = Literal["text", "integer", "percent", "number", "date", "boolean", "money", "list"]
Value = str | int | None
"""A value of a dimension."""

ALL_PROCEDURES: Final = "all"


class Column(NamedTuple):
    """A column of a table.

    A percentage names the column before it that is its numerator, and the SQL's column that is its
    denominator; `of_total`: that of the row whose last dimension is `total`. `nullable`: the SQL's null stays
    one, instead of 0. `only_where`: the dimension and value whose rows have the column; others lack the key.
    """

    key: str
    label: str
    type: ColumnType
    numerator: str = ""
    denominator: str = ""
    of_total: bool = False
    nullable: bool = False
    only_where: tuple[str, Value] | None = None


class Values(NamedTuple):
    """The values of a dimension: those listed, then (unless `closed`) others that occur, then the last.

    `else_null`: where there would be none at all there is one row, of the value null.
    """

    listed: tuple[Value, ...]
    last: tuple[Value, ...] = ()
    closed: bool = False
    else_null: bool = False


class Beside(NamedTuple):
    """A column that says more about a dimension's value, such as its label."""

    key: str
    label: str
    says: Callable[[Scope, Value], str | None]


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a table has one row per.

    `values` may depend on the values of the dimensions before it; if values that are not listed do so too,
    the dimension is `nested`. In one of type integer the SQL's null is the total.
    """

    key: str
    label: str
    values: Callable[[Scope, tuple[Value, ...]], Values]
    type: ColumnType = "text"
    beside: tuple[Beside, ...] = ()
    nested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A report table. Without dimensions it is a register: its rows are the SQL's, in the SQL's order."""

    id: str
    title: str
    basis: Basis
    columns: tuple[Column, ...]
    sql: str
    dimensions: tuple[Dimension, ...] = ()
    has_procedure: bool = True

    def shown(self) -> list[dict[str, str]]:
        """Key, label and type of every column in printing order, the dimensions' first."""
        described: list[dict[str, str]] = []
        for dimension in self.dimensions:
            described.append(_shown(dimension.key, dimension.label, dimension.type))
            described.extend(_shown(one.key, one.label, "text") for one in dimension.beside)
        described.extend(_shown(column.key, column.label, column.type) for column in self.columns)
        return described


def _shown(key: str, label: str, kind: str) -> dict[str, str]:
    return {"key": key, "label": label, "type": kind}


_LABELS: Final[Mapping[str, str]] = {
    "handled": "Handled (brought forward, received and reopened)",
    "other_disposal": "Closed or escalated without an answer",
    "upheld_or_partial": "Upheld or partially upheld",
    "within_target": "Answered within the target",
    "within_max": "Answered within the maximum",
    "within_max_only": "Answered after the target, within the maximum",
    "late": "Answered late",
    "unanswered_past_due": "Not answered by the due date",
    "within_10": "Answered within the target (10 working days)",
    "within_20": "Answered within the maximum (20 working days)",
    "acknowledged_within_3": "Acknowledged within 3 working days",
    "change": "Change on the year before",
    "resolved_adr": "Resolved by alternative dispute resolution",
    "ended_by_council": "Ended by the council",
    "direct_entry": "Straight to stage 2",
    "stage1_responded": "Stage 1 answers",
    "lgsco_ref": "Ombudsman's reference",
    "already_remedied": "Upheld, already remedied by the council",
    "satisfactory_remedy": "Satisfactory remedy",
    "compliance_recorded": "Compliance outcomes recorded",
    "of_valid_withdrawn": "Of the valid ones: withdrawn",
    "valid": "Complaints (valid)",
    "alternative_route": "Settled early",
    "early": "Settled early",
    "lgsco": "Ombudsman",
    "open": "Still open",
    "to_stage2": "Went on to stage 2",
    "within_30": "Held within 30 working days",
    "within_25": "Within 25 working days",
    "within_65": "Within 65 working days",
    "mean_days_statutory": "Mean working days from the request",
    "mean_days_local": "Mean working days as the council counts",
    "local_over_65": "Over 65 working days as the council counts",
    "via_advocate": "Of these, through an advocate",
    "external": "Of these, from outside the council",
}


def _label(key: str) -> str:
    if key.endswith("_pct"):
        return f"{_label(key.removesuffix('_pct'))} (%)"
    return _LABELS.get(key, key.replace("_", " ").capitalize())


def counts(*keys: str) -> tuple[Column, ...]:
    """Columns that count; 0 where the facts have nothing."""
    return tuple(Column(key, _label(key), "integer") for key in keys)


def text_columns(*keys: str) -> tuple[Column, ...]:
    """Columns of a register that hold text."""
    return tuple(Column(key, _label(key), "text") for key in keys)


def dates(*keys: str) -> tuple[Column, ...]:
    """Columns of a register that hold dates, null where there is none."""
    return tuple(Column(key, _label(key), "date") for key in keys)


def means(*keys: str) -> tuple[Column, ...]:
    """Columns that hold a mean, one decimal; null where there is nothing to take one of."""
    return tuple(Column(key, _label(key), "number") for key in keys)


def percent(key: str, numerator: str, denominator: str, *, of_total: bool = False) -> tuple[Column]:
    """A percentage of two columns: 0-100, one decimal, null where the denominator is 0."""
    label = "%" if key == "pct" else _label(key)
    return (Column(key, label, "percent", numerator, denominator, of_total),)


def changes(of: str) -> tuple[Column, Column]:
    """`change` on the row before, and `change_pct` of the row before's figure; null in the first row.

    The SQL gives `change`, and the row before's figure under the name `before`.
    """
    change = Column("change", f"Change in {_label(of).lower()} on the year before", "integer", nullable=True)
    return change, *percent("change_pct", "change", "before")


def query(text: str, **fragments: str) -> str:
    """SQL in which `$name` stands for a fragment that several tables share."""
    return Template(text).substitute(fragments)


def by_key(tables: tuple[Table, ...]) -> dict[str, Table]:
    """The tables by their ids. Raises `ValueError` when two have one id."""
    found: dict[str, Any] = {table.id: table for table in tables}
    if len(found) != len(tables):
        raise ValueError("two report tables have the same id")
    return found
