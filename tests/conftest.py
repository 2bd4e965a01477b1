"""Fixtures for everybody: a PostgreSQL, and databases on it that have every migration."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from tests.databases import DatabaseServer, database_server

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def server() -> Iterator[DatabaseServer]:
    """A PostgreSQL that this run may make databases on."""
    with database_server() as given:
        yield given


@pytest.fixture(scope="session")
def complaints_template(server: DatabaseServer) -> Iterator[str]:
    """The name of a database with every migration of the complaints service: copy it, never connect."""
    with server.template("complaints") as name:
        yield name


@pytest.fixture(scope="session")
def reporting_template(server: DatabaseServer) -> Iterator[str]:
    """The name of a database with every migration of the reporting service: copy it, never connect."""
    with server.template("reporting") as name:
        yield name


@pytest.fixture(scope="module")
def complaints_database_url(server: DatabaseServer, complaints_template: str) -> Iterator[str]:
    """An empty, migrated database of the complaints service that the tests of one module share."""
    with server.database(complaints_template) as url:
        yield url


@pytest.fixture(scope="module")
def reporting_database_url(server: DatabaseServer, reporting_template: str) -> Iterator[str]:
    """An empty, migrated database of the reporting service that the tests of one module share."""
    with server.database(reporting_template) as url:
        yield url


@pytest.fixture
def fresh_complaints_url(server: DatabaseServer, complaints_template: str) -> Iterator[str]:
    """An empty, migrated database of the complaints service for one test alone."""
    with server.database(complaints_template) as url:
        yield url


@pytest.fixture
def fresh_reporting_url(server: DatabaseServer, reporting_template: str) -> Iterator[str]:
    """An empty, migrated database of the reporting service for one test alone."""
    with server.database(reporting_template) as url:
        yield url
