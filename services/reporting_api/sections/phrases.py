"""Sentences whose figures are cells of the report's tables: what is told, with the cell of every number.

A text names figures in braces: `{received}` is the figure, `{received:complaint/complaints}` the figure with
its noun ("no complaints", "1 complaint", "25 complaints"), `{received|was/were}` only the word that agrees
with it. Angle brackets name what the report is about: `<name>`, `<noun>` ("year" or "period"), `<from>`.
Nothing is claimed of an empty base: it is said that it is empty.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from complaint_events.procedures import DEFAULT_PROCEDURE
from reporting_api.report_document import SUPPRESSED, Paragraph, Source
from reporting_api.sections.cells import Cell, Line
from reporting_api.sections.labels import row_name
from reporting_api.sections.setting import Setting

Told = Sequence[str | Source]
"""A sentence in pieces: words, and figures with their cells."""

Place = Mapping[str, Any]
"""Values of dimensions; see `cells.line` for those left out."""

_PIECE: Final = re.compile(r"\{(\w+)(?:([:|])([^/}]*)/([^}]*))?\}|<(\w+)>")
_MOST_TIES: Final = 3
_UNTOLD: Final = frozenset({"total", "not_recorded", "not_asked", "not_stated", "prefer_not_to_say"})


class Phrase(Protocol):
    """A sentence to be; None where there is nothing to tell."""

    def told(self, setting: Setting) -> Told | None:
        """The sentence for a report."""


When = Callable[[Setting], bool]
"""Whether something is true of a report."""


def always(_setting: Setting) -> bool:
    """True of every report."""
    return True


def statutory(setting: Setting) -> bool:
    """True of reports on the Act's own procedure."""
    return setting.scope.procedure == DEFAULT_PROCEDURE


def not_statutory(setting: Setting) -> bool:
    """True of reports on any other procedure, or on all together."""
    return not statutory(setting)


def unfinished(setting: Setting) -> bool:
    """True while the period is not over."""
    return not setting.scope.complete


@dataclass(frozen=True, slots=True)
class Plain:
    """A sentence without figures, where it is true."""

    text: str
    when: When = always

    def told(self, setting: Setting) -> Told | None:
        """The sentence, or nothing where it is not true."""
        return list(_filled(self.text, setting, None)) if self.when(setting) else None


@dataclass(frozen=True, slots=True)
class Says:
    """A sentence about one row. Where the figure `unless` is 0 (or there is none), `otherwise` is said."""

    table: str
    text: str
    at: Place = field(default_factory=dict)
    unless: str | None = None
    otherwise: str | None = None

    def told(self, setting: Setting) -> Told | None:
        """The sentence; None where the table has no such row, or there is nothing and `otherwise` is None."""
        row = setting.line(self.table, self.at)
        if row is None:
            return None
        empty = self.unless is not None and not row[self.unless].value
        text = self.otherwise if empty else self.text
        return None if text is None else list(_filled(text, setting, row))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What a figure is made of, the parts that are 0 left out, as in "7 went on and 2 were withdrawn".

    `parts` gives each column's words; they may have the form of a word that agrees, as in `{x|was/were}`.
    """

    table: str
    lead: str
    parts: Mapping[str, str]
    at: Place = field(default_factory=dict)
    unless: str | None = None
    otherwise: str | None = None

    def told(self, setting: Setting) -> Told | None:
        """The sentence; where all parts are 0 nothing, and where `unless` is 0, `otherwise`."""
        row = setting.line(self.table, self.at)
        if row is None:
            return None
        if self.unless is not None and not row[self.unless].value:
            return None if self.otherwise is None else list(_filled(self.otherwise, setting, row))
        items = [
            list(_filled(f"{{{key}}} {words}", setting, row))
            for key, words in self.parts.items()
            if row[key].value
        ]
        return [*_filled(self.lead, setting, row), " ", *_listed(items), "."] if items else None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the whole were so, as in "12 of the 23 complaints decided were upheld (52.2%)".

    `nouns` is singular and plural; `base` says which of them the whole is; `so` is what the part was. `pct`
    names the percentage, where the table has one.
    """

    table: str
    part: str
    whole: str
    base: str
    so: str
    pct: str | None = None
    nouns: tuple[str, str] = ("complaint", "complaints")
    at: Place = field(default_factory=dict)
    silent: bool = False

    def told(self, setting: Setting) -> Told | None:
        """The sentence; of an empty base that it is empty, or nothing where that has been said (`silent`).

        Of a withheld base nothing is told: a share of it would be none.
        """
        row = setting.line(self.table, self.at)
        if row is None:
            return None
        whole = row[self.whole]
        if whole.withheld:
            return None
        one, many = self.nouns
        base, so = (setting.put_in(words) for words in (self.base, self.so))
        if whole.value == 0:
            said = f" {many} were {base} in this {setting.noun}."
            return None if self.silent else [whole.source("No"), said]
        if whole.value == 1:
            return _of_one(row[self.part], whole, f" {one} {base} in this {setting.noun} ", f" {so}.")
        return self._of_many(row, whole, f" {many} {base}", so)

    def _of_many(self, row: Line, whole: Cell, which: str, so: str) -> Told:
        part = row[self.part]
        verb = "was" if part.value in (0, 1) else "were"
        begin: list[str | Source] = [part.source(), " of the ", whole.source()]
        if part.value == 0:
            begin = [part.source("None"), " of the ", whole.source()]
        elif part.value == whole.value and not part.withheld:
            begin = [part.source("All"), " ", whole.source()]
        percentage: Told = [" (", row[self.pct].source(), ")"] if self.pct else []
        return [*begin, f"{which} {verb} {so}", *percentage, "."]


def _of_one(part: Cell, whole: Cell, which: str, so: str) -> Told:
    return ["The ", whole.source("only"), which, part.source("was" if part.value else "was not"), so]


@dataclass(frozen=True, slots=True)
class Each:
    """A sentence for every row whose figure `unless` is not 0; `<label>` is the row's value of `by`."""

    table: str
    by: str
    text: str
    unless: str
    otherwise: str | None = None

    def told(self, setting: Setting) -> Told | None:
        """The sentences, or `otherwise` where there is no such row."""
        told: list[str | Source] = []
        for row in setting.lines(self.table, {}):
            if row[self.unless].value:
                name = _name(setting, row, self.by)
                told += [" " if told else "", *_filled(self.text.replace("<label>", name), setting, row)]
        return told or (None if self.otherwise is None else list(_filled(self.otherwise, setting, None)))


@dataclass(frozen=True, slots=True)
class Change:
    """The figure of the year asked for beside the year before, from a table by year with `change`."""

    table: str
    column: str
    nouns: tuple[str, str]
    done: str

    def told(self, setting: Setting) -> Told | None:
        """The sentence; only the figure where comparing would not be fair, or cannot be told."""
        rows = setting.lines(self.table, {})
        if not rows:
            return None
        *_, earlier, this = rows
        now, change = this[self.column], this["change"]
        verb = "was" if now.value == 1 else "were"
        told: list[str | Source] = [
            *_with_noun(now, *self.nouns),
            f" {verb} {self.done} in {setting.scope.year.key}",
        ]
        if change.number is None or not setting.compared or now.withheld or earlier[self.column].withheld:
            return [*told, "."]
        return [*told, *_compared(change, earlier[self.column], this["change_pct"]), "."]


@dataclass(frozen=True, slots=True)
class Most:
    """Which value of a dimension has the most, as in "The most frequent method was “email” (12)"."""

    table: str
    by: str
    column: str
    one: str
    several: str
    at: Place = field(default_factory=dict)

    def told(self, setting: Setting) -> Told | None:
        """The sentence; None where all is 0, too many are equal, or a withheld figure might be the most."""
        rows = [row for row in setting.lines(self.table, self.at) if _is_told(row, self.by)]
        cells = [row[self.column] for row in rows]
        if any(cell.withheld for cell in cells) or not any(cell.value for cell in cells):
            return None
        highest = max(cell.value for cell in cells)
        first = [row for row in rows if row[self.column].value == highest]
        if len(first) > _MOST_TIES:
            return None
        named = [(_quoted(_name(setting, row, self.by)), row[self.column].source()) for row in first]
        said = _listed([[name, " (", figure, ")"] for name, figure in named])
        return [self.one if len(first) == 1 else self.several, " ", *said, "."]


def paragraph(phrases: Sequence[Phrase], setting: Setting) -> Paragraph | None:
    """The sentences one after the other; None where none has anything to tell.

    A sentence of whose figures every one is withheld is left out: it would tell nothing.
    """
    told = [sentence for phrase in phrases if (sentence := phrase.told(setting)) and _tells(sentence)]
    if not told:
        return None
    text = " ".join(_sentence(pieces) for pieces in told)
    return Paragraph(text, tuple(piece for pieces in told for piece in pieces if isinstance(piece, Source)))


def _tells(pieces: Told) -> bool:
    figures = [piece.shown for piece in pieces if isinstance(piece, Source)]
    return not figures or any(shown != SUPPRESSED for shown in figures)


def _sentence(pieces: Told) -> str:
    text = "".join(piece if isinstance(piece, str) else piece.shown for piece in pieces)
    return text[:1].upper() + text[1:]


def _filled(text: str, setting: Setting, row: Line | None) -> Iterator[str | Source]:
    words, end = setting.words, 0
    for found in _PIECE.finditer(text):
        yield text[end : found.start()]
        end = found.end()
        column, kind, one, many, word = found.groups()
        if word:
            yield words[word]
        elif row is not None:
            cell = row[column]
            if kind == "|":
                yield one if cell.value == 1 else many
            elif kind == ":":
                yield from _with_noun(cell, one, many)
            else:
                yield cell.source()
    yield text[end:]


def _with_noun(cell: Cell, one: str, many: str) -> Iterator[str | Source]:
    yield cell.source("no" if cell.value == 0 else None)
    yield f" {one if cell.value == 1 else many}"


def _compared(change: Cell, earlier: Cell, percentage: Cell) -> Told:
    if earlier.value == 0:
        return [", and ", earlier.source("none"), " in the year before"]
    if change.value == 0:
        return [", ", change.source("as many as"), " in the year before"]
    word = "more" if change.value > 0 else "fewer"
    told: list[str | Source] = [
        ", ",
        change.source(f"{abs(change.value):,}"),
        f" {word} than the ",
        earlier.source(),
    ]
    told.append(" of the year before")
    if percentage.number is not None:
        told += [" (", percentage.source(signed_percent(percentage)), ")"]
    return told


def signed_percent(cell: Cell) -> str:
    """A change in percent with its sign, as in +38.9%."""
    sign = "+" if cell.value > 0 else "\N{MINUS SIGN}" if cell.value < 0 else ""
    return sign + cell.text.lstrip("\N{MINUS SIGN}")


def _is_told(row: Line, by: str) -> bool:
    """Not a total nor an absent value, and not within another one's figure."""
    figures = row.answer.rows[row.row]
    return figures[by] not in _UNTOLD and figures.get("parent") is None


def _name(setting: Setting, row: Line, by: str) -> str:
    return row_name(setting.scope, row.answer.rows[row.row], by)


def _quoted(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def _listed(items: Sequence[Told]) -> Told:
    told: list[str | Source] = []
    for place, item in enumerate(items):
        if place:
            told.append(" and " if place == len(items) - 1 else ", ")
        told += item
    return told
