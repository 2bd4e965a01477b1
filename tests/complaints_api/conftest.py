"""A running complaints service for the tests of one module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.complaints_api.house import House, begun


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    complaints_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The service on a database that the module's tests share."""
    async with begun(complaints_database_url, tmp_path_factory.mktemp("keys")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def own_house(fresh_complaints_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The service on a database of one test alone."""
    async with begun(fresh_complaints_url, tmp_path) as running:
        yield running
