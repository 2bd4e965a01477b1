"""The eventsourcing library's own PostgreSQL recorder, as its factory makes it by default."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment


def library_settings(url: str) -> dict[str, str]:
    """Where the database is, in the library's words; all else is left at the library's defaults."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.removeprefix("/"),
        "POSTGRES_HOST": parts.hostname or "127.0.0.1",
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
    }


@contextmanager
def library_recorder(url: str) -> Iterator[ApplicationRecorder]:
    """Give the library's recorder of an application, its table made."""
    factory = PostgresFactory(Environment("peer", library_settings(url)))
    recorder = factory.application_recorder()
    try:
        yield recorder
    finally:
        factory.close()
