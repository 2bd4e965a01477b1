"""An attacker on published tables: linear programming (HiGHS) against every figure that is withheld.

The attacker sees every cell that is published, percentages and changes included, knows every sum and every
relation of the tables, that counts are not negative, and that a withheld count is not 0, since zeros are
published. Whole numbers are relaxed to real ones.

`python -m tests.reporting_api.attack 1000` attacks so many random sets of linked tables; a second number is
the seed to begin with.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any, Final

import highspy
import numpy as np

from reporting_api.disclosure import Suppressed, suppress, system_of
from reporting_api.disclosure.figures import Cell, cell_of, counts_of
from reporting_api.disclosure.rules import LARGEST, SMALLEST
from reporting_api.disclosure.system import System
from reporting_api.report_document import SUPPRESSED
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import Span, year_named
from tests.databases import database_server
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import AUTHORITY, facts, profiles_of
from tests.oracle.histories import history
from tests.oracle.story import TODAY
from tests.report_tables import asking

PROTECTED_WIDTH: Final = LARGEST - SMALLEST
"""A small count's possible values lie at least so far apart: five whole numbers or more."""

_MOST: Final = 1e6
"""No council has more complaints a year, or more people of any kind that it works with."""

_NEARLY: Final = 1e-5
AS_KNOWN: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
_HALF_A_TENTH: Final = 0.05
Row = tuple[dict[Cell, float], float, float]


@dataclass
class Findings:
    """What an attack found, and the least that it left open of any figure.

    `figures` counts the printed ones above 0, `withheld` those of them that are withheld; `small` are the
    counts of 1 to 5, printed or to be worked out; `others` are withheld to protect them.
    """

    figures: int = 0
    withheld: int = 0
    small: int = 0
    others: int = 0
    narrowest: float = float("inf")
    narrowest_other: float = float("inf")
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take in what another attack found."""
        for count in ("figures", "withheld", "small", "others"):
            setattr(self, count, getattr(self, count) + getattr(other, count))
        self.narrowest = min(self.narrowest, other.narrowest)
        self.narrowest_other = min(self.narrowest_other, other.narrowest_other)
        self.broken += other.broken


def attack(*published: Suppressed) -> Findings:
    """Narrow down every withheld figure as far as what is published allows."""
    system = system_of([answer for one in published for answer in one.answers])
    seen = {cell: value for one in published for cell, value in _visible(one)}
    programme = _Programme(system, seen, [row for one in published for row in _worked_out(one)])
    printed = set(system.values) - system.implied
    found = Findings(figures=sum(system.values[cell] > 0 for cell in printed))
    found.withheld = sum(cell in printed for cell in programme.unknown)
    for cell in programme.unknown:
        small = SMALLEST <= system.values[cell] <= LARGEST and cell not in system.loose
        if small or cell in printed:
            _judge(found, cell, small=small, width=programme.width(cell))
    return found


def _judge(found: Findings, cell: Cell, *, small: bool, width: float) -> None:
    if small:
        found.small += 1
        found.narrowest = min(found.narrowest, width)
    else:
        found.others += 1
        found.narrowest_other = min(found.narrowest_other, width)
    if width < (PROTECTED_WIDTH if small else 1) - _NEARLY:
        found.broken.append(f"{cell} told within {width:.3f}")


def _visible(published: Suppressed) -> Iterator[tuple[Cell, int]]:
    for answer in published.answers:
        shown = published.public(answer)
        for number, cell, value in counts_of(answer):
            if shown.rows[number][cell.column] != SUPPRESSED:
                yield cell, value


def _worked_out(published: Suppressed) -> Iterator[Row]:
    """What published percentages and changes tell of the counts that they were worked out from."""
    for answer in published.answers:
        shown = published.public(answer)
        for number, row in enumerate(shown.rows):
            if isinstance(row.get("change"), int):
                now, before = (cell_of(answer, answer.rows[at], "received") for at in (number, number - 1))
                yield {now: 1.0, before: -1.0}, float(row["change"]), float(row["change"])
            yield from _percentages(answer, row)


def _percentages(answer: Answer, row: dict[str, Any]) -> Iterator[Row]:
    for column in answer.table.columns:
        value = row.get(column.key)
        if column.type != "percent" or value is None or value == SUPPRESSED or column.of_total:
            continue
        if column.denominator in row and column.numerator != "change":
            part = cell_of(answer, row, column.numerator)
            whole = cell_of(answer, row, column.denominator)
            yield {part: 100.0, whole: -float(value) - _HALF_A_TENTH}, -np.inf, 0.0
            yield {part: 100.0, whole: -float(value) + _HALF_A_TENTH}, 0.0, np.inf


class _Programme:
    """The linear programme of all that the attacker knows; its columns are the figures not seen."""

    def __init__(self, system: System, seen: Mapping[Cell, int], more: Sequence[Row]) -> None:
        self.unknown = [cell for cell in system.values if cell not in seen]
        self._column = {cell: number for number, cell in enumerate(self.unknown)}
        self._seen = seen
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("presolve", "off")
        for cell in self.unknown:
            self._solver.addVar(0.0 if cell in system.implied else 1.0, _MOST)
        self._lowest = np.full(len(self.unknown), np.inf)
        self._highest = np.full(len(self.unknown), -np.inf)
        sums: list[Row] = [({**equation}, 0.0, 0.0) for equation in system.equations]
        for terms, low, high in [*sums, *more]:
            self._add(terms, low, high)

    def _add(self, terms: Mapping[Cell, float], low: float, high: float) -> None:
        known = sum(times * self._seen[cell] for cell, times in terms.items() if cell in self._seen)
        columns = [self._column[cell] for cell in terms if cell in self._column]
        numbers = [times for cell, times in terms.items() if cell in self._column]
        if columns:
            self._solver.addRow(
                low - known, high - known, len(columns), np.array(columns, dtype=np.int32), np.array(numbers)
            )

    def width(self, cell: Cell) -> float:
        """How far apart the least and the most are that it can be, or some part of that that is enough."""
        column = self._column[cell]
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            if self._highest[column] - self._lowest[column] < PROTECTED_WIDTH:
                self._go(column, sense)
        return float(self._highest[column] - self._lowest[column])

    def _go(self, column: int, sense: highspy.ObjSense) -> None:
        """Push one figure as far as it goes, and remember how far that takes every other."""
        self._solver.changeColCost(column, 1.0)
        self._solver.changeObjectiveSense(sense)
        self._solver.run()
        status = self._solver.getModelStatus()
        assert status == highspy.HighsModelStatus.kOptimal, status
        found = np.array(self._solver.getSolution().col_value)
        self._lowest, self._highest = np.minimum(self._lowest, found), np.maximum(self._highest, found)
        self._solver.changeColCost(column, 0.0)


async def random_sets(url: str, seed: int) -> AsyncIterator[list[Answer]]:
    """Sets of tables of one made-up authority: of years and parts of years, of one procedure and of all."""
    random = Random(seed)  # noqa: S311 - a made-up history needs no secret
    profiles = profiles_of(VERSIONS)
    made = facts(history(seed, random.choice((30, 80, 160, 320))), VERSIONS, TODAY)
    async with asking(url, made, profiles[-1], AUTHORITY) as answers:
        for _ in range(SETS_OF_A_HISTORY):
            found: list[Answer] = []
            year, procedure = year_named(random.choice(_YEARS)), random.choice(_PROCEDURES)
            tables = random.sample(list(CATALOGUE), random.choice((6, 12, 25, len(CATALOGUE))))
            for period in random.choice(_PERIODS)(year):
                scope = scope_of(AUTHORITY, procedure, (period, year), TODAY, profiles)
                for name in tables:
                    rows = await rows_of(answers.connection, CATALOGUE[name], scope)
                    found.append(Answer(CATALOGUE[name], scope, rows, AS_KNOWN, 1))
            yield found


SETS_OF_A_HISTORY: Final = 10
_YEARS: Final = ("2020-21", "2021-22", "2022-23", "2023-24")
_PROCEDURES: Final = ("children_statutory", "all", "corporate_code")


def half_of(year: Span) -> Span:
    """The first half of a reporting year."""
    return Span(year.key, year.start, date(year.start.year, 9, 30))


_PERIODS: Final = (
    lambda year: (year,),
    lambda year: (half_of(year),),
    lambda year: (year, half_of(year)),
)


async def attack_random_sets(url: str, wanted: int, first_seed: int = 1) -> tuple[Findings, int]:
    """Suppress and attack so many sets; what was found, and how many sets there were."""
    found, sets, seed = Findings(), 0, first_seed
    while sets < wanted:
        async for answers in random_sets(url, seed):
            found.add(attack(suppress(answers)))
            sets += 1
            if sets == wanted:
                break
        seed += 1
    return found, sets


def main() -> None:
    """Attack as many sets as the first argument says, from the seed of the second; print a line of JSON."""
    began = time.monotonic()
    with database_server() as server, server.template("reporting") as name, server.database(name) as url:
        found, sets = asyncio.run(attack_random_sets(url, *map(int, sys.argv[1:])))
    figures = {
        "sets": sets,
        "seconds": round(time.monotonic() - began),
        "counts_above_0": found.figures,
        "withheld": found.withheld,
        "small_attacked": found.small,
        "others_withheld": found.others,
        "narrowest_small": round(found.narrowest, 3),
        "narrowest_other": round(found.narrowest_other, 3),
        "broken": len(found.broken),
    }
    print(json.dumps(figures))
    print("\n".join(found.broken[:20]))


if __name__ == "__main__":
    main()
