"""Alembic's environment for the complaints database."""

from complaints_api.store.working_tables import metadata
from schema_migrations.environment import run

run(metadata, "DATABASE_URL")
