"""Alembic's environment for the reporting database."""

from reporting_api.database import metadata
from schema_migrations.environment import run

run(metadata, "REPORTING_DATABASE_URL")
