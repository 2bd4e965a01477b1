"""Where the contract's words decide a figure: the oracle and the services both follow them."""

from typing import Final

import pytest

from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import asked, row_at, wanted
from tests.oracle.differences import SETTLED, Difference
from tests.oracle.later_differences import LATER_SETTLED
from tests.oracle.numbers import Known, Row
from tests.oracle.story import TODAY, importable

EVERY: Final = (*SETTLED, *LATER_SETTLED)


def _cell(one: Difference, rows: list[Row]) -> object:
    return row_at(one.table, rows, one.place)[one.cell]


def _known(one: Difference) -> Known:
    return Known(one.lines, VERSIONS, TODAY)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_the_history_can_be_imported_and_the_oracle_has_the_figure(one: Difference) -> None:
    assert importable([line for line in one.lines if line["stream"] == "complaint"])
    assert _cell(one, wanted(one.table, _known(one), one.procedure, one.year)) == one.value, one.why


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
async def test_the_services_have_the_figure(one: Difference, reporting_database_url: str) -> None:
    async with asked(reporting_database_url, _known(one)) as sides:
        assert _cell(one, await sides.services(one.table, one.procedure, one.year)) == one.value, one.why
