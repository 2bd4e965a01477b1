"""What a section of the report is, as data, and the one engine that composes it.

A section is one entry: its sentences, key figures, charts and tables, and the slot of the council's own
words, which has the section's id. In the report they stand in this order: generated sentences, key figures,
the council's words, charts, tables.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reporting_api.disclosure import NOTE
from reporting_api.disclosure.rules import WITHHELD_COLUMNS, WITHHELD_TABLES
from reporting_api.report_document import SUPPRESSED, Block, Narrative, Paragraph, ReportTable, Section
from reporting_api.sections.cells import shown
from reporting_api.sections.figures import KeyFigure, key_figures
from reporting_api.sections.labels import label
from reporting_api.sections.phrases import Phrase, When, always, paragraph
from reporting_api.sections.plots import Plot
from reporting_api.sections.setting import Setting
from reporting_api.tables.answer import Answer
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import TOTAL

BASES: Final[Mapping[str, str]] = {
    "flow": "Counted by the date of each event in the period.",
    "cohort": "About what was received in the period, with what happened to it later.",
    "\N{EN DASH}": "The limits in force at the end of the period.",
}
"""What is said below every table of the date by which it counts."""

LEFT_OUT: Final = "Rows in which every figure is 0 are left out."

_NUMERIC: Final = frozenset({"integer", "percent", "number", "money"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A table in a section, and which columns it shows (none: all but codes that a label stands beside).

    `brief`: rows in which every figure is 0 are not printed, unless they are a total.
    """

    table: str
    columns: tuple[str, ...] = ()
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its definition."""

    term: str
    meaning: str
    when: When = always


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of the report. `paragraphs` are groups of sentences; `terms` are what it defines."""

    id: str
    title: str
    paragraphs: tuple[tuple[Phrase, ...], ...] = ()
    terms: tuple[Term, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    charts: tuple[Plot, ...] = ()
    tables: tuple[Shown, ...] = ()


def section(part: Part, setting: Setting) -> Section:
    """The section for one report."""
    return Section(part.id, part.title, tuple(_blocks(part, setting)))


def _blocks(part: Part, setting: Setting) -> Iterator[Block]:
    found: list[Block | None] = [paragraph(phrases, setting) for phrases in part.paragraphs]
    found += [
        Paragraph(f"{one.term}: {one.meaning}", term=one.term) for one in part.terms if one.when(setting)
    ]
    found.append(key_figures(part.figures, setting))
    found.append(_narrative(part, setting))
    found += [plot.chart(setting) for plot in part.charts]
    found += [
        _table(one, setting) for one in part.tables if not (setting.public and one.table in WITHHELD_TABLES)
    ]
    yield from (block for block in found if block is not None)


def _narrative(part: Part, setting: Setting) -> Narrative | None:
    """The council's words; nothing where there are none."""
    markdown = setting.narratives.get(part.id, "")
    return Narrative(part.id, markdown) if markdown.strip() else None


def _table(one: Shown, setting: Setting) -> ReportTable:
    answer = setting.answers[one.table]
    described = {column["key"]: column for column in answer.table.shown()}
    keys = _keys(one, answer, described, public=setting.public)
    kinds = {key: described[key]["type"] for key in keys}
    dimensions = {dimension.key: None for dimension in answer.table.dimensions}
    rows = _printed(answer) if one.brief else answer.rows
    return ReportTable(
        answer=answer,
        columns=keys,
        labels=tuple(described[key]["label"] for key in keys),
        cells=tuple(tuple(_cell(answer, row, key, kinds[key], dimensions) for key in keys) for row in rows),
        numeric=tuple(kinds[key] in _NUMERIC and key not in dimensions for key in keys),
        totals=frozenset(number for number, row in enumerate(rows) if _is_total(row, dimensions)),
        note=f"{_note(answer)} {LEFT_OUT}" if len(rows) < len(answer.rows) else _note(answer),
    )


def _keys(one: Shown, answer: Answer, described: Mapping[str, object], *, public: bool) -> tuple[str, ...]:
    """The columns printed: without those that are not published, and those beside that say nothing."""
    unseen = WITHHELD_COLUMNS.get(one.table, ()) if public else ()
    beside = [extra.key for dimension in answer.table.dimensions for extra in dimension.beside]
    silent = {key for key in beside if answer.rows and all(row[key] is None for row in answer.rows)}
    every = one.columns or tuple(key for key in described if f"{key}_label" not in described)
    return tuple(key for key in every if key not in unseen and key not in silent)


def _printed(answer: Answer) -> list[Row]:
    """The rows of a brief table: those with a figure, and totals over the first dimension that has any."""
    keys = [dimension.key for dimension in answer.table.dimensions]
    whole = next((key for key in keys if any(row[key] == TOTAL for row in answer.rows)), keys[0])
    figures = [column.key for column in answer.table.columns]
    return [row for row in answer.rows if row[whole] == TOTAL or any(row.get(key) for key in figures)]


def _note(answer: Answer) -> str:
    """By which date the table counts, and what stands in the place of figures withheld."""
    basis = BASES[answer.table.basis]
    hidden = any(value == SUPPRESSED for row in answer.rows for value in row.values())
    return f"{basis} {NOTE}" if hidden else basis


def _cell(answer: Answer, row: Row, key: str, kind: str, dimensions: Collection[str]) -> str:
    value = row.get(key)
    is_word = kind in ("text", "list") or key in dimensions or key == "stage"
    return label(answer.scope, key, value) if is_word and value is not None else shown(value, kind)


def _is_total(row: Row, dimensions: Collection[str]) -> bool:
    return any(row[key] == TOTAL for key in dimensions)
