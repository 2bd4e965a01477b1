"""What every format says of the figures: whose they are, from when, how far they go, what is left out.

And the whole tables behind a report: each answer once, with all its columns, for the formats that are read
by spreadsheets. They are held to the printed report: what that withholds, they withhold too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from reporting_api.report_document import SUPPRESSED, Figure, Report, ReportTable, Section
from reporting_api.tables.answer import Answer

NOT_APPLICABLE: Final = "not applicable"
"""What stands where there is no figure because there is nothing to work one out of; never 0."""

WITHHELD_NOTE: Final = (
    f"{SUPPRESSED} stands for a figure that is withheld so that nobody can be told from it. "
    "It may be a small figure, or one from which a small figure could be worked out."
)

BASES: Final = {
    "flow": "flow (what happened in the period, by its own date)",
    "cohort": "cohort (complaints received in the period, with what happened to them later)",
}
"""The bases of tables in words; a table with neither shows settings, not figures."""


class Statement(NamedTuple):
    """One thing that a report says of itself."""

    label: str
    value: str | int | date | datetime


@dataclass(frozen=True, slots=True)
class WholeTable:
    """A table with all its rows and columns; `name` is its id, numbered from the second one of that id."""

    name: str
    section: str
    answer: Answer
    note: str | None


def statements(report: Report) -> tuple[Statement, ...]:
    """Whose figures they are, of what period, from which events, and whether any are withheld."""
    start, end = report.period
    return (
        Statement("Authority", f"{report.authority_name} ({report.authority})"),
        Statement("Reporting year", report.year),
        Statement("First day", start),
        Statement("Last day", end),
        Statement("Procedure", report.procedure),
        Statement("Complete", _completeness(report)),
        Statement("As of (what had happened by then)", report.as_of),
        Statement("Known at (what had been recorded by then)", report.known_at.astimezone(UTC)),
        Statement("Position of the last event shown", report.position),
        Statement("Small figures", WITHHELD_NOTE if report.public else "Exact: for the council's own staff."),
        Statement(NOT_APPLICABLE.capitalize(), "There is nothing to work the figure out of; it is not 0."),
    )


def _completeness(report: Report) -> str:
    if report.complete:
        return "Yes: the year is over."
    until = f" The last event is of {in_words(report.last_event_on)}." if report.last_event_on else ""
    return f"No: the year is not over.{until}"


def in_words(value: str | int | date) -> str:
    """A statement's value as text: days as "1 April 2022", instants in UTC."""
    if isinstance(value, datetime):
        return f"{in_words(value.date())}, {value:%H:%M:%S} UTC"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def basis_of(answer: Answer) -> str:
    """The basis of a table in words."""
    return BASES.get(answer.table.basis, "settings in force, not figures")


def about(table: WholeTable) -> str:
    """Period, basis and procedure of a table, and the report's note on it, in one line.

    The report's notes explain the basis; where there is none, it is explained here.
    """
    answer, period = table.answer, table.answer.scope.period
    basis = basis_of(answer).partition(" (")[0] if table.note else basis_of(answer)
    said = [f"{in_words(period.start)} to {in_words(period.end)}", basis]
    if answer.table.has_procedure:
        said.append(f"procedure: {answer.scope.procedure}")
    return "; ".join(said) + "." + (f" {table.note}" if table.note else "")


def worked_out(figure: Figure) -> str:
    """How a key figure was worked out: what it is of what, unless its basis says so itself, and the basis."""
    ratio = f"{figure.numerator} of {figure.denominator}" if figure.numerator and figure.denominator else ""
    return f"{ratio}; {figure.basis}" if ratio not in figure.basis else figure.basis


def whole_tables(report: Report) -> tuple[WholeTable, ...]:
    """Every answer that the report shows, once, in its order.

    Raises `ValueError` when an answer holds a figure that the printed table withholds.
    """
    found: list[WholeTable] = []
    for section, table in _placed_tables(report):
        _hold_back(table)
        if all(table.answer != other.answer for other in found):
            found.append(WholeTable(_name(table.answer, found), section.title, table.answer, table.note))
    return tuple(found)


def _placed_tables(report: Report) -> Iterator[tuple[Section, ReportTable]]:
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, ReportTable):
                yield section, block


def _name(answer: Answer, earlier: list[WholeTable]) -> str:
    before = sum(other.answer.table.id == answer.table.id for other in earlier)
    return f"{answer.table.id}_{before + 1}" if before else answer.table.id


def _hold_back(table: ReportTable) -> None:
    for place, key in enumerate(table.columns):
        printed = sum(cells[place] == SUPPRESSED for cells in table.cells)
        held = sum(row.get(key) == SUPPRESSED for row in table.answer.rows)
        if printed > held:
            raise ValueError(f"the answer of {table.answer.table.id} tells what its printed {key} withholds")
