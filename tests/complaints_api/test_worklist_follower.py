"""The worklist follows the log: every complaint as it stands now, whoever catches up, in whatever pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from complaints_api.worklist import Worklist
from tests.complaints_api.house import ALPHA, House


@asynccontextmanager
async def following(house: House, page_size: int = 500) -> AsyncIterator[Worklist]:
    """A process's own worklist, as it is right after a start."""
    worklist = Worklist(house.desk.store, page_size)
    try:
        yield worklist
    finally:
        await worklist.close()


async def test_a_command_is_in_the_rows_when_its_reader_asks(own_house: House) -> None:
    made = await own_house.receive()
    async with following(own_house) as worklist:
        assert await worklist.caught_up(ALPHA) == (made["position"], 0)
    found = await own_house.sql("SELECT array_agg(obligation ORDER BY number) FROM owed")
    assert found[:1] == ["respond"]
