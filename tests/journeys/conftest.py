"""One running stack for all journeys; each takes an authority of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import DatabaseServer
from tests.journeys.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(
    server: DatabaseServer,
    complaints_template: str,
    reporting_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """Both services and the projector, running."""
    folder: Path = tmp_path_factory.mktemp("stack")
    with (
        server.database(complaints_template) as complaints,
        server.database(reporting_template) as reporting,
        running_stack(complaints, reporting, folder) as running,
    ):
        yield running
