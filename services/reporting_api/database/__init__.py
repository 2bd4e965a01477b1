"""The reporting database: the one place here, beside the report tables, that knows SQL and the driver."""

from reporting_api.database.connecting import AWAY, Connection, Engine, is_away, make_engine
from reporting_api.database.schema import CHECKPOINT, EVENT, FACT_TABLES, FACTS_SCHEMA, metadata

__all__ = [
    "AWAY",
    "CHECKPOINT",
    "EVENT",
    "FACTS_SCHEMA",
    "FACT_TABLES",
    "Connection",
    "Engine",
    "is_away",
    "make_engine",
    "metadata",
]
