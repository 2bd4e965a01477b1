"""The linear system of a set of tables: every count, and every sum that anybody can work out from them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, combinations, pairwise
from typing import Final, NamedTuple

from complaint_events.profile import NOT_RECORDED
from reporting_api.disclosure.figures import Cell
from reporting_api.disclosure.relations import (
    ANY,
    AT_ONE_INSTANT,
    BETWEEN,
    NOT_SUMMED,
    OVERLAPPING,
    SAME,
    SOMETIMES_SAME,
    WITHIN,
    Term,
)
from reporting_api.tables.periods import TOTAL
from reporting_api.tables.table import ALL_PROCEDURES, Value

Equation = Mapping[Cell, int]
"""Figures that add up to nothing, each as often as its number says."""


class Lists(NamedTuple):
    """What the profiles say of codes: a theme's parent and national type, an ethnicity's Census group."""

    parents: Mapping[Value, Value]
    types: Mapping[Value, Value]
    groups: Mapping[Value, Value]


_REPEATS: Final = "repeat_complainants"
_ALWAYS: Final = date.min
_AT_PARENT: Final = " by no part of the theme"


class System:
    """The figures of some tables with their exact values, and what they add up to.

    `implied` are figures that no table prints, though they follow from printed ones; the `loose` among them
    count nobody. `broken` are relations that the exact figures do not keep: nobody can use them.
    """

    def __init__(self, values: Mapping[Cell, int], lists: Lists) -> None:
        self.values = {cell: values[cell] for cell in sorted(values, key=Cell.order)}
        self.lists = lists
        self.equations: list[Equation] = []
        self.broken: list[Equation] = []
        self.implied: set[Cell] = set()
        self.loose: set[Cell] = set()
        for kind in _KINDS:
            kind(self)

    def add(
        self, wholes: Iterable[Cell], parts: Iterable[Cell], rest: str = "", *, loose: bool = False
    ) -> None:
        """Record that the wholes together are the parts and the rest, if it has a name."""
        terms: defaultdict[Cell, int] = defaultdict(int)
        for cells, sign in ((wholes := tuple(wholes), 1), (tuple(parts), -1)):
            for cell in cells:
                terms[cell] += sign
        left = sum(self.values[cell] * times for cell, times in terms.items())
        if left < 0 or (left and not rest):
            self.broken.append(terms)
            return
        if rest:
            terms[self._implied(wholes[0]._replace(column=rest), left, loose=loose)] = -1
        self.equations.append(terms)

    def add_if_so(self, wholes: Sequence[Cell], parts: Sequence[Cell]) -> bool:
        """Record that the wholes are the parts where that happens to be so; else False."""
        holds = self.sum_of(wholes) == self.sum_of(parts)
        if holds:
            self.add(wholes, parts)
        return holds

    def sum_of(self, cells: Iterable[Cell]) -> int:
        """The exact sum of some figures."""
        return sum(self.values[cell] for cell in cells)

    def _implied(self, cell: Cell, value: int, *, loose: bool) -> Cell:
        while self.values.get(cell, value) != value:
            cell = cell._replace(column=f"{cell.column} again")
        self.values[cell] = value
        self.implied.add(cell)
        if loose:
            self.loose.add(cell)
        return cell


def _grouped(cells: Iterable[Cell], key: Callable[[Cell], Hashable]) -> list[list[Cell]]:
    found: defaultdict[Hashable, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell)
    return list(found.values())


def _within_rows(system: System) -> None:
    rows = _grouped(system.values, lambda cell: cell._replace(column=""))
    by_table = defaultdict(list)
    for cells in rows:
        by_table[cells[0].table].append({cell.column: cell for cell in cells})
    for relation in WITHIN:
        wholes, parts = relation.wholes.split(), relation.parts.split()
        for row in (row for table in relation.tables.split() for row in by_table[table]):
            if row.keys() >= {*wholes, *parts}:
                system.add([row[key] for key in wholes], [row[key] for key in parts], relation.rest)
                row |= {cell.column: cell for cell in system.equations[-1]}


def _totals(system: System) -> None:
    keys = {key for cell in system.values for key, value in cell.place if value == TOTAL}
    for key in sorted(keys):
        holders = [cell for cell in system.values if cell.at(key) is not None or (key, None) in cell.place]
        for cells in _grouped(holders, lambda cell, key=key: _without(cell, key)):  # type: ignore[misc]
            _total(system, key, {cell.at(key): cell for cell in cells})


def _total(system: System, key: str, cells: dict[Value, Cell]) -> None:
    total = cells.get(TOTAL)
    parents = system.lists.parents if key == "theme" else {}
    for above in sorted({parents[value] for value in cells if value in parents} & cells.keys(), key=str):
        below = [cell for value, cell in cells.items() if parents.get(value) == above]
        if not system.add_if_so([cells[above]], below):
            system.add([cells[above]], below, f"{cells[above].column}{_AT_PARENT}")
    if total is None:
        return
    top = [
        cell
        for value, cell in cells.items()
        if value != TOTAL and parents.get(value, TOTAL) not in {*cells} - {TOTAL}
    ]
    if (total.table, key) in OVERLAPPING:
        _overlapping(system, total, top)
    elif top:
        system.add([total], top)


def _overlapping(system: System, total: Cell, parts: Sequence[Cell]) -> None:
    for part in parts:
        system.add([total], [part], f"{total.column} not of {part.place}")
    if parts:
        system.add(parts, [total], f"{total.column} of several", loose=True)


def _ethnic_groups(system: System) -> None:
    rates = [
        cell for cell in system.values if cell.table == "ethnicity_rates" and cell.at("ethnicity") != TOTAL
    ]
    for cells in _grouped(rates, lambda cell: _without(_without(cell, "ethnicity"), "level")):
        codes = [cell for cell in cells if cell.at("level") == "code"]
        for group in (cell for cell in cells if cell.at("level") == "group"):
            name = group.at("ethnicity")
            system.add_if_so(
                [group], [c for c in codes if system.lists.groups.get(e := c.at("ethnicity"), e) == name]
            )


def _types(system: System) -> None:
    """A national type's issues are those of its themes; a parent theme's are those of none of its parts."""
    issues = [cell for cell in system.values if cell.table in ("issues_by_theme", "issues_by_type")]
    for cells in _grouped(issues, lambda cell: (*cell[1:5],)):
        of_type = {cell.at("type"): cell for cell in cells if cell.table == "issues_by_type"}
        own = {cell.at("theme"): _own(system, cell) for cell in cells if cell.table == "issues_by_theme"}
        for name in of_type.keys() - {TOTAL} if own else ():
            themes = [theme for theme in own if system.lists.types.get(theme, NOT_RECORDED) == name]
            system.add_if_so(
                [of_type[name]], [cell for theme in themes if theme != TOTAL and (cell := own[theme])]
            )


def _own(system: System, cell: Cell) -> Cell | None:
    """What counts at a theme itself; None where it has parts and nothing counts at none of them."""
    if cell.at("theme") not in system.lists.parents.values():
        return cell
    rest = cell._replace(column=f"{cell.column}{_AT_PARENT}")
    return rest if rest in system.values else None


def _repeats(system: System) -> None:
    """People who made so many complaints each made so many complaints together."""
    rows = _grouped(
        (one for one in system.values if one.table == _REPEATS), lambda cell: cell._replace(column="")
    )
    for cells in rows:
        by_column, made = {cell.column: cell for cell in cells}, cells[0].at("complaints_made")
        if isinstance(made, int):
            system.add([by_column["complaints"]], [by_column["people"]] * made)


def _same(system: System) -> None:
    for terms in SAME:
        for groups in _matched(system, terms):
            for one, other in pairwise(chain(*groups)):
                system.add([one], [other])
    for terms in SOMETIMES_SAME:
        for groups in _matched(system, terms):
            for one, other in combinations(chain(*groups), 2):
                system.add_if_so([one], [other])


def _between(system: System) -> None:
    for relation in BETWEEN:
        for found in _matched(system, (*relation.wholes, *relation.parts)):
            if all(found):
                wholes, parts = found[: len(relation.wholes)], found[len(relation.wholes) :]
                system.add(chain(*wholes), chain(*parts), relation.rest)


def _matched(system: System, terms: Sequence[Term], *, timeless: bool = False) -> Iterator[list[list[Cell]]]:
    """The cells of each term, for every way to give the names in the terms one value each.

    Those of one span of time come together; `timeless`: those of every span.
    """
    found: defaultdict[Hashable, list[list[Cell]]] = defaultdict(lambda: [[] for _ in terms])
    for number, term in enumerate(terms):
        for cell in (one for one in system.values if (one.table, one.column) == term[:2]):
            bound = _bound(term, cell)
            if bound is not None:
                span = None if timeless else (cell.first, cell.last)
                found[cell.procedure, span, bound][number].append(cell)
    yield from found.values()


def _bound(term: Term, cell: Cell) -> Hashable | None:
    named = {}
    for key, value in cell.place:
        wanted = term.at.get(key, TOTAL)
        if isinstance(wanted, str) and wanted.startswith("*"):
            named[wanted] = None if wanted == ANY else value
        elif value != wanted and not (isinstance(wanted, tuple) and value in wanted):
            return None
    return frozenset((name, value) for name, value in named.items() if name != ANY)


def _over_time(system: System) -> None:
    """A span's count is that of the spans within it; in another table too, where it is the same figure."""
    summed = [cell for cell in system.values if cell.column not in NOT_SUMMED]
    of_one_table = _grouped(summed, lambda cell: cell._replace(first=_ALWAYS, last=_ALWAYS))
    of_several = [_different(found) for terms in SAME for found in _matched(system, terms, timeless=True)]
    for cells in (*of_one_table, *of_several):
        for whole in cells:
            _spans(system, whole, [cell for cell in cells if _inside(cell, whole)])


def _different(found: Iterable[Sequence[Cell]]) -> list[Cell]:
    """One of the cells for each span of time."""
    return list({cell[3:5]: cell for cell in chain(*found) if cell.column not in NOT_SUMMED}.values())


def _spans(system: System, whole: Cell, inside: Sequence[Cell]) -> None:
    largest = [cell for cell in inside if not any(_inside(cell, other) for other in inside)]
    largest.sort(key=lambda cell: cell.first)
    ends = [whole.first, *(cell.last + timedelta(1) for cell in largest)]
    starts = [*(cell.first for cell in largest), whole.last + timedelta(1)]
    if largest and ends == starts and system.add_if_so([whole], largest):
        return
    for part in largest:
        if system.values[part] <= system.values[whole]:
            outside = f"outside {part.first} to {part.last}"
            system.add([whole], [part], f"{whole.column} {outside}, by {part.table}.{part.column}")


def _inside(part: Cell, whole: Cell) -> bool:
    return part[3:5] != whole[3:5] and whole.first <= part.first and part.last <= whole.last


def _at_instants(system: System) -> None:
    """What was open at the end of one span was open at the beginning of the next."""
    stocks = [cell for cell in system.values if AT_ONE_INSTANT.get(cell.column)]
    for cells in _grouped(stocks, lambda cell: (_instant(cell), cell.table, cell.procedure, cell.place)):
        for one, other in pairwise(cells):
            system.add([one], [other])


def _instant(cell: Cell) -> date:
    return cell.first if AT_ONE_INSTANT[cell.column] == "first" else cell.last + timedelta(1)


def _procedures(system: System) -> None:
    """What counts under one procedure counts under all together."""
    for cells in _grouped(system.values, lambda cell: cell._replace(procedure="")):
        wholes = [cell for cell in cells if cell.procedure == ALL_PROCEDURES]
        for part in (cell for cell in cells if wholes and cell.procedure != ALL_PROCEDURES):
            system.add(wholes, [part], f"{part.column} not of {part.procedure}")


def _without(cell: Cell, key: str) -> Cell:
    return cell._replace(place=tuple(one for one in cell.place if one[0] != key))


_KINDS: Final[Collection[Callable[[System], None]]] = (
    _within_rows,
    _totals,
    _ethnic_groups,
    _types,
    _repeats,
    _between,
    _same,
    _over_time,
    _at_instants,
    _procedures,
)
