"""What a report consists of, whatever it is printed as: sections of text, figures, tables and charts.

`annual_report` composes a document from the tables; `rendering` prints one as HTML, PDF, DOCX, XLSX or CSV;
the JSON is the document itself. Nothing is computed after composing, so that every format shows the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from reporting_api.tables.answer import Answer

SUPPRESSED: Final = "[c]"
"""What stands in a cell that is withheld so that nobody can be told from it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The cell that a number in a text is: the table's id, the row (from 0) and the column's key.

    `shown` is the number as the text has it; `year` is the reporting year the table was asked for.
    """

    table: str
    year: str
    row: int
    column: str
    shown: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A generated sentence or several, plain text.

    `sources` are the cells its numbers are, in order. Where it defines a term, `text` begins with that term.
    """

    text: str
    sources: tuple[Source, ...] = ()
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Narrative:
    """The council's own words in a named slot, as Markdown without HTML."""

    slot: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what, its value in words ("23", "52.2%", "not applicable"), how it was worked out.

    `change` is the change on the year before in words, or None. `numerator` and `denominator` are those of a
    percentage, in words; `sources` are the cells of all of them.
    """

    label: str
    value: str
    basis: str
    change: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures that stand first."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of the report: the whole answer, and which columns the printed report shows.

    `cells` gives each printed row's cells as text, in the order of `columns`; the numbers of total rows among
    them are in `totals`. A long table may leave rows without any figure unprinted; `note` then says so.
    """

    answer: Answer
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    totals: frozenset[int]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars of a chart; None where there is no figure."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over categories; `text` says in words what it shows, for whoever does not see it."""

    id: str
    kind: Literal["bars", "stacked", "lines"]
    title: str
    text: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


Block = Paragraph | Narrative | KeyFigures | ReportTable | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its heading."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An annual report: whose, for what year, from which events, and its sections in order.

    `complete` is False while the year is not over; `last_event_on` is then what it goes up to. `public` is
    True when small figures are withheld.
    """

    title: str
    authority: str
    authority_name: str
    year: str
    period: tuple[date, date]
    procedure: str
    as_of: date
    known_at: datetime
    position: int
    complete: bool
    last_event_on: date | None
    public: bool
    sections: tuple[Section, ...]

    def tables(self) -> Iterator[ReportTable]:
        """Every table of the report, in order."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, ReportTable):
                    yield block
