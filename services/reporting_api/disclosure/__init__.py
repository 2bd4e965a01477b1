"""Disclosure control: which cells of a set of tables the public does not see, so that nobody can be told.

Counts of 1 to 5 are withheld, and as many others as it takes that they cannot be worked out from sums, from
other tables or from percentages. The council's own staff see exact figures; nothing here is for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from reporting_api.disclosure.choosing import Choice, choose
from reporting_api.disclosure.dependence import rests_on
from reporting_api.disclosure.figures import Cell, cell_of, counts_of
from reporting_api.disclosure.rules import WITHHELD_COLUMNS, WITHHELD_TABLES
from reporting_api.disclosure.system import Lists, System
from reporting_api.report_document import SUPPRESSED, Source
from reporting_api.tables.answer import Answer
from reporting_api.tables.layout import Row
from reporting_api.tables.table import Value

__all__ = ["NOTE", "Suppressed", "as_published", "suppress", "system_of"]

NOTE: Final = (
    f"{SUPPRESSED} stands for a figure that is withheld so that nobody can be told from it: a count of 1 to "
    "5, or one from which such a count could be worked out."
)
"""Stands under every table that has a withheld cell, in every format."""

Question = tuple[str, str, Any, str]
"""What tells the answers of a report apart: table, procedure, period and the year asked under."""


@dataclass(frozen=True)
class Suppressed:
    """Some answers, exact, and which of their cells the public does not see.

    `given_away` are small figures that could be worked out all the same from these answers and the earlier
    publications together, and could not be from the earlier ones alone: then these must not be published.
    """

    answers: tuple[Answer, ...]
    withheld: Mapping[Question, frozenset[tuple[int, str]]]
    given_away: frozenset[Cell] = frozenset()

    def hides(self, answer: Answer, row: int, column: str) -> bool:
        """Whether a cell is withheld; `row` is its number from 0. Raises `KeyError` for an unknown answer."""
        return (row, column) in self.withheld[_question(answer)]

    def hides_any(self, sources: Iterable[Source]) -> bool:
        """Whether a text that names these cells must not be published. A cell of no answer here is hidden."""
        by_name = {(one.table.id, one.scope.year.key): one for one in self.answers}
        for source in sources:
            answer = by_name.get((source.table, source.year))
            if answer is None or self.hides(answer, source.row, source.column):
                return True
        return False

    def public(self, answer: Answer) -> Answer:
        """The answer as the public sees it: `SUPPRESSED` where it is hidden, no rows of a withheld table."""
        if answer.table.id in WITHHELD_TABLES:
            return replace(answer, rows=())
        hidden = self.withheld[_question(answer)]
        rows = [
            {key: SUPPRESSED if (number, key) in hidden else value for key, value in row.items()}
            for number, row in enumerate(answer.rows)
        ]
        return replace(answer, rows=rows)

    def note(self, answer: Answer) -> str | None:
        """What to say under the published table of what it does not show."""
        if answer.table.id in WITHHELD_TABLES:
            return f"This table is not published. {WITHHELD_TABLES[answer.table.id]}"
        return NOTE if self.withheld[_question(answer)] else None


def suppress(answers: Sequence[Answer], already_published: Sequence[Suppressed] = ()) -> Suppressed:
    """Which cells of these answers of one authority are withheld when all of them are published together.

    `already_published` is what the public has seen of the same authority: what was withheld then stays
    withheld, what was shown cannot be taken back, and no difference between old and new tells a small figure.
    The same answers give the same cells, in whatever order they come.
    """
    choice = _choice(answers, already_published)
    withheld = {_question(answer): frozenset(_hidden(answer, choice)) for answer in answers}
    known = _choice((), already_published).given_away if choice.given_away else frozenset()
    return Suppressed(tuple(answers), withheld, choice.given_away - known)


def as_published(answers: Sequence[Answer], public: Sequence[Sequence[Row]]) -> Suppressed:
    """An earlier publication: the exact answers, and for each the rows that the public saw."""
    withheld = {
        _question(answer): frozenset(
            (number, key) for number, row in enumerate(rows) for key in row if row[key] == SUPPRESSED
        )
        for answer, rows in zip(answers, public, strict=True)
    }
    return Suppressed(tuple(answers), withheld)


def system_of(answers: Sequence[Answer]) -> System:
    """The counts of the answers, with all that can be added up between them."""
    return System(_values(answers), _lists(answers))


def _values(answers: Sequence[Answer]) -> dict[Cell, int]:
    return {shown.cell: shown.value for answer in answers for shown in counts_of(answer)}


def _choice(answers: Sequence[Answer], already_published: Sequence[Suppressed]) -> Choice:
    shown_before, hidden_before = dict[Cell, int](), dict[Cell, int]()
    for publication in already_published:
        for answer in publication.answers:
            for number, cell, value in counts_of(answer):
                hidden = publication.hides(answer, number, cell.column)
                (hidden_before if hidden else shown_before)[cell] = value
    values = {**hidden_before, **shown_before, **_values(answers)}
    earlier = [answer for publication in already_published for answer in publication.answers]
    system = System(values, _lists([*earlier, *answers]))
    told = {cell for cell, value in shown_before.items() if system.values[cell] == value}
    return choose(system, withheld=hidden_before.keys() - told, fixed=told)


def _hidden(answer: Answer, choice: Choice) -> Iterable[tuple[int, str]]:
    columns = WITHHELD_COLUMNS.get(answer.table.id, ())
    for number, row in enumerate(answer.rows):
        for key in row:
            if key in columns or (row[key] is not None and _depends(answer, number, key, choice)):
                yield number, key


def _depends(answer: Answer, number: int, key: str, choice: Choice) -> bool:
    return any(
        cell_of(answer, answer.rows[row], column) in choice.withheld
        for row, column in rests_on(answer, number, key)
    )


def _lists(answers: Sequence[Answer]) -> Lists:
    parents, types, groups = dict[Value, Value](), dict[Value, Value](), dict[Value, Value]()
    for scope in (answer.scope for answer in answers):
        groups |= {one.code: one.census_group for one in scope.profile.ethnicities}
        for code, theme in scope.themes.items():
            parents |= {code: theme.parent} if theme.parent else {}
            named = theme.type or (theme.parent and scope.themes[theme.parent].type)
            types |= {code: named} if named else {}
    return Lists(parents, types, groups)


def _question(answer: Answer) -> Question:
    scope = answer.scope
    return answer.table.id, scope.procedure, scope.period, scope.year.key
