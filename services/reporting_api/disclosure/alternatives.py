"""What else could be the case: figures that keep the same sums, found by linear programming (HiGHS)."""

from collections.abc import Sequence
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from reporting_api.disclosure.figures import Cell
from reporting_api.disclosure.system import Equation

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NO_LIMIT: Final = float("inf")


class Alternatives:
    """How far each figure could be from its true value, all of them together.

    Up is the first half of the programme's columns, down the second.

    `slack` is how far down each may go. A figure that is locked stays what it is.
    """

    def __init__(self, cells: Sequence[Cell], equations: Sequence[Equation], slack: Numbers) -> None:
        self._count = len(cells)
        self._free = np.concatenate([np.full(self._count, _NO_LIMIT), slack])
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(_programme(cells, equations, self._free))

    def lock(self, locked: Flags) -> None:
        """Keep these figures as they are, and only these."""
        upper = np.where(np.concatenate([locked, locked]), 0.0, self._free)
        every = np.arange(2 * self._count, dtype=np.int32)
        self._solver.changeColsBounds(len(every), every, np.zeros(len(every)), upper)

    def cheapest(self, costs: Numbers, place: int | None = None, up: float = 0.0) -> Numbers | None:
        """The differences that cost least, that of one figure being given; None where there are none.

        `costs` has a number for each figure's going up and then one for each one's going down.
        """
        if place is not None:
            self._set(place, (up, up), (0.0, 0.0))
        every = np.arange(2 * self._count, dtype=np.int32)
        self._solver.changeColsCost(len(every), every, costs)
        self._solver.run()
        found = None
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            moved = np.array(self._solver.getSolution().col_value)
            found = moved[: self._count] - moved[self._count :]
        if place is not None:
            self._set(place, (0.0, self._free[place]), (0.0, self._free[place + self._count]))
        return found

    def _set(self, place: int, up: tuple[float, float], down: tuple[float, float]) -> None:
        self._solver.changeColBounds(place, *up)
        self._solver.changeColBounds(place + self._count, *down)


_OPTIONS: Final[dict[str, Any]] = {"output_flag": False, "threads": 1, "solver": "simplex", "presolve": "off"}
"""One thread: the same figures always give the same answer. Each programme starts from the one before."""


def _programme(cells: Sequence[Cell], equations: Sequence[Equation], upper: Numbers) -> highspy.HighsLp:
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = len(upper), len(equations)
    programme.col_cost_, programme.col_lower_, programme.col_upper_ = (
        np.zeros(len(upper)),
        np.zeros(len(upper)),
        upper,
    )
    programme.row_lower_ = programme.row_upper_ = np.zeros(len(equations))
    _fill(programme.a_matrix_, cells, equations)
    return programme


def _fill(matrix: Any, cells: Sequence[Cell], equations: Sequence[Equation]) -> None:
    places = {cell: number for number, cell in enumerate(cells)}
    starts, columns, numbers = [0], list[int](), list[float]()
    for equation in equations:
        terms = [(places[cell], times) for cell, times in equation.items() if cell in places and times]
        columns += [place for place, _ in terms] + [place + len(cells) for place, _ in terms]
        numbers += [times for _, times in terms] + [-times for _, times in terms]
        starts.append(len(columns))
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_ = np.array(starts), np.array(columns)
    matrix.value_ = np.array(numbers, dtype=float)
