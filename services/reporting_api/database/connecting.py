"""Connections that survive the database going away and coming back."""

from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Engine = AsyncEngine
"""What the rest of the service calls a database."""

Connection = AsyncConnection
"""What the rest of the service calls a connection."""

AWAY: Final = (DBAPIError, PoolTimeoutError, OSError)
"""Errors that may mean that the database does not answer; `is_away` decides."""

# Classes of SQLSTATE: connection exception, insufficient resources, operator intervention.
_AWAY_CLASSES: Final = ("08", "53", "57P")


def make_engine(url: str) -> Engine:
    """An engine for the PostgreSQL at `url`; it belongs to the event loop that is running.

    A pooled connection is tried before it is used, so a restarted database is met without an error.
    """
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={"timeout": 5, "server_settings": {"timezone": "UTC", "jit": "off"}},
    )


def is_away(error: BaseException) -> bool:
    """Whether the error means that the database did not answer, so that trying again later is right."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeoutError | OSError)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    lost = isinstance(error, InterfaceError | OperationalError) and not state
    return error.connection_invalidated or lost or state.startswith(_AWAY_CLASSES)
