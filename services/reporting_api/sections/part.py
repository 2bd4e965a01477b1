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

_NUMERIC: Final = frozenset({"integer", "percent", "number", "money"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A table in a section, and which columns it shows (none: all but codes that a label stands beside)."""

    table: str
    columns: tuple[str, ...] = ()


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
    unseen = WITHHELD_COLUMNS.get(one.table, ()) if setting.public else ()
    every = one.columns or tuple(key for key in described if f"{key}_label" not in described)
    keys = tuple(key for key in every if key not in unseen)
    kinds = {key: described[key]["type"] for key in keys}
    dimensions = {dimension.key for dimension in answer.table.dimensions}
    return ReportTable(
        answer=answer,
        columns=keys,
        labels=tuple(described[key]["label"] for key in keys),
        cells=tuple(
            tuple(_cell(answer, row, key, kinds[key], dimensions) for key in keys) for row in answer.rows
        ),
        numeric=tuple(kinds[key] in _NUMERIC and key not in dimensions for key in keys),
        totals=frozenset(number for number, row in enumerate(answer.rows) if _is_total(row, dimensions)),
        note=_note(answer),
    )


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
