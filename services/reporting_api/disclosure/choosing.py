"""Chooses which figures to withhold so that no small one can be worked out from those that are shown.

For each small figure a linear programme looks for other figures that look the same wherever they show, and
among which this one is higher by as much as it needs. What must differ for that is withheld too, as little
as the programme can find. Those other figures are the proof: whoever sees what is shown cannot tell which of
them are true.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from reporting_api.disclosure.alternatives import Alternatives, Flags, Numbers
from reporting_api.disclosure.figures import Cell
from reporting_api.disclosure.rules import LEAST_WIDTH, TOTALS_WEIGH, WIDTH, is_small
from reporting_api.disclosure.system import Equation, System
from reporting_api.tables.periods import TOTAL

_DEAR: Final = 10_000.0
"""More than any figures together weigh that could be withheld to lower another one by 1."""

_STAGES: Final = (1, 2, 3)
_TINY: Final = 1e-6
"""Differences smaller than this are the solver's rounding."""


@dataclass(frozen=True)
class Choice:
    """The printed figures to withhold: the `small` ones for themselves, the others to protect them.

    `given_away` are small figures that cannot be protected, because of what is `fixed`.
    """

    withheld: frozenset[Cell]
    small: frozenset[Cell]
    given_away: frozenset[Cell]


def choose(system: System, withheld: Collection[Cell] = (), fixed: Collection[Cell] = ()) -> Choice:
    """Which figures to withhold: `withheld` in any case, `fixed` never, since they are known already."""
    small = {cell for cell, value in system.values.items() if is_small(value)} - system.loose - {*fixed}
    hidden = ({*withheld} | small | system.implied) - {*fixed}
    found, given_away = set[Cell](), set[Cell]()
    for cells, equations in _components(system):
        component = _Component(system, cells, equations, hidden, {*fixed} - hidden)
        given_away |= component.protect_all(small)
        found |= component.withheld()
    lone = {cell for cell in hidden if _is_known(system, cell)}
    return Choice(
        frozenset((found | lone) - system.implied), frozenset(small - system.implied), frozenset(given_away)
    )


def _is_known(system: System, cell: Cell) -> bool:
    """Whether a figure is shown whatever else is withheld: a printed count of nobody."""
    return system.values[cell] == 0 and cell not in system.implied


def _components(system: System) -> list[tuple[list[Cell], list[Equation]]]:
    """The figures above 0, split into sets that no equation connects, each with its equations."""
    leader = {cell: cell for cell in system.values if not _is_known(system, cell)}

    def first(cell: Cell) -> Cell:
        while leader[cell] != cell:
            leader[cell] = cell = leader[leader[cell]]
        return cell

    unknown = [(equation, [cell for cell in equation if cell in leader]) for equation in system.equations]
    for _, cells in unknown:
        for other in cells[1:]:
            leader[first(other)] = first(cells[0])
    found: dict[Cell, tuple[list[Cell], list[Equation]]] = {first(cell): ([], []) for cell in leader}
    for cell in leader:
        found[first(cell)][0].append(cell)
    for equation, cells in unknown:
        if cells:
            found[first(cells[0])][1].append(equation)
    return list(found.values())


class _Component:
    """Figures that hang together, some of them hidden: withheld, or printed nowhere.

    `_lowest` and `_highest` are the ends of what each could be by the alternatives found so far.
    """

    def __init__(
        self,
        system: System,
        cells: Sequence[Cell],
        equations: Sequence[Equation],
        hidden: Collection[Cell],
        fixed: Collection[Cell],
    ) -> None:
        self._cells = cells
        self._values = np.array([system.values[cell] for cell in cells], dtype=float)
        self._lowest, self._highest = self._values.copy(), self._values.copy()
        self._hidden = _flags(cells, hidden)
        self._printed = ~_flags(cells, system.implied)
        self._weights = np.log2(self._values + 1) * [_weight(cell) for cell in cells]
        slack = self._values - self._printed
        self._by_hidden = Alternatives(cells, equations, slack)
        self._by_any = Alternatives(cells, equations, slack)
        self._by_hidden.lock(~self._hidden)
        self._by_any.lock(_flags(cells, fixed))

    def withheld(self) -> set[Cell]:
        """The printed figures that are withheld."""
        return {self._cells[int(place)] for place in np.flatnonzero(self._hidden & self._printed)}

    def protect_all(self, small: Collection[Cell]) -> set[Cell]:
        """Withhold what it takes to protect every figure; give those that cannot be protected."""
        lost = {
            place
            for place, cell in enumerate(self._cells)
            if cell in small and not self._protect(place, WIDTH)
        }
        while places := self._exposed() - lost:
            lost |= {place for place in sorted(places) if not self._protect(place, LEAST_WIDTH)}
        return {self._cells[place] for place in lost}

    def _exposed(self) -> set[int]:
        narrow = self._highest - self._lowest < LEAST_WIDTH - _TINY
        return {*map(int, np.flatnonzero(self._hidden & self._printed & narrow))}

    def _protect(self, place: int, width: float) -> bool:
        """Withhold what it takes that a figure's possible values lie so far apart; False if it cannot."""
        if self._is_open(place, width):
            return True
        self._note(self._by_hidden.cheapest(_towards(len(self._cells), place, 1.0)))
        if not self._is_open(place, width) and not self._raise(place, width):
            self._note(self._by_any.cheapest(self._costs() + _towards(len(self._cells), place, _DEAR)))
            self._raise(place, width)
        return self._is_open(place, width)

    def _is_open(self, place: int, width: float) -> bool:
        return bool(self._highest[place] - self._lowest[place] >= width - _TINY)

    def _raise(self, place: int, width: float) -> bool:
        """Make the figure able to be so much higher than the lowest it can be."""
        up = self._lowest[place] + width - self._values[place]
        self._note(moved := self._by_any.cheapest(self._costs(), place, up))
        return moved is not None

    def _costs(self) -> Numbers:
        return np.tile(np.where(self._hidden, 0.0, self._weights), 2)

    def _note(self, moved: Numbers | None) -> None:
        """Take an alternative for a proof, and withhold what differs in it."""
        if moved is None:
            return
        self._lowest = np.minimum(self._lowest, self._values + moved)
        self._highest = np.maximum(self._highest, self._values + moved)
        differs = (np.abs(moved) > _TINY) & ~self._hidden
        if differs.any():
            self._hidden |= differs
            self._by_hidden.lock(~self._hidden)


def _weight(cell: Cell) -> int:
    return TOTALS_WEIGH if all(value in (TOTAL, *_STAGES) for _, value in cell.place) else 1


def _flags(cells: Sequence[Cell], chosen: Collection[Cell]) -> Flags:
    return np.array([cell in chosen for cell in cells], dtype=bool)


def _towards(count: int, place: int, price: float) -> Numbers:
    """Costs by which the cheapest alternative has one figure as low as it can be."""
    costs = np.zeros(2 * count)
    costs[place], costs[count + place] = price, -price
    return costs
