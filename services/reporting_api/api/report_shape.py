"""The shape of a report as JSON, for the API's description: what `rendering.json_file` writes."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from reporting_api.api.tables import TableDocument


class CellSource(BaseModel):
    """The cell that a number in a text is: table, reporting year, row (from 0) and column.

    `shown` is the number as the text has it, a word such as "none" included. Figures about the entries
    themselves have the table `entries`.
    """

    table: str
    year: str
    row: int
    column: str
    shown: str


class ParagraphBlock(BaseModel):
    """Generated sentences. Where `term` is given, the text begins with it and defines it."""

    block: Literal["paragraph"]
    text: str
    sources: list[CellSource]
    term: str | None


class NarrativeBlock(BaseModel):
    """The council's own words, as Markdown without HTML."""

    block: Literal["narrative"]
    slot: str
    markdown: str


class KeyFigure(BaseModel):
    """A key figure with how it was worked out, and its change on the year before in words."""

    label: str
    value: str
    basis: str
    change: str | None
    numerator: str | None
    denominator: str | None
    sources: list[CellSource]


class KeyFiguresBlock(BaseModel):
    """The figures that stand first."""

    block: Literal["key_figures"]
    figures: list[KeyFigure]


class ChartSeries(BaseModel):
    """One line or set of bars; null where there is no figure, or it is withheld."""

    label: str
    values: list[float | None]


class ChartBlock(BaseModel):
    """A chart; `text` says in words what it shows."""

    block: Literal["chart"]
    id: str
    kind: Literal["bars", "stacked", "lines"]
    title: str
    text: str
    categories: list[str]
    series: list[ChartSeries]
    unit: str


class PrintedColumn(BaseModel):
    """A column as printed."""

    key: str
    label: str
    numeric: bool


class TableBlock(BaseModel):
    """A table as printed (`cells`, row by row), and the whole table as its own address answers it.

    A long table leaves rows without any figure unprinted; `note` then says so.
    """

    block: Literal["table"]
    columns_shown: list[PrintedColumn]
    cells: list[list[str]]
    total_rows: list[int]
    note: str | None
    table: TableDocument


class SectionDocument(BaseModel):
    """A part of the report under its heading."""

    id: str
    title: str
    blocks: list[
        Annotated[
            ParagraphBlock | NarrativeBlock | KeyFiguresBlock | ChartBlock | TableBlock,
            Field(discriminator="block"),
        ]
    ]


class ReportDocument(BaseModel):
    """A report. While the period is not over `complete` is false and `last_event_on` says how far it is."""

    title: str
    authority: str
    authority_name: str
    year: str
    period: dict[Literal["from", "to"], date]
    procedure: str
    complete: bool
    last_event_on: date | None
    as_of: date
    known_at: datetime
    as_of_position: int
    public: bool
    sections: list[SectionDocument]
