"""Settings of the reporting service: from the environment, else from what `make run` says runs here."""

import os
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


def _running_locally() -> Path:
    """The file that `make run` keeps, while it runs, for command lines in another terminal."""
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / ".local" / "settings.env"


class Settings(BaseSettings):
    """Where the database and the feed are, and where to listen. Keys never show in a representation."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    reporting_database_url: SecretStr
    complaints_url: str = "http://127.0.0.1:8000"
    feed_key: SecretStr = SecretStr("")
    reporting_host: str = "127.0.0.1"
    reporting_port: Annotated[int, Field(ge=1, le=65535)] = 8001

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file; an empty variable counts as not set."""
        return (init_settings, env_settings, dotenv_settings)


class MissingSettingError(RuntimeError):
    """A setting without which nothing runs; the message names the variable."""


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises `MissingSettingError` without a database."""
    given = {name.upper() for name, value in os.environ.items() if value}
    file = _running_locally()
    if "REPORTING_DATABASE_URL" not in given and not file.is_file():
        raise MissingSettingError("Which database? Set REPORTING_DATABASE_URL, or start `make run`.")
    return Settings(_env_file=file, _env_ignore_empty=True)
