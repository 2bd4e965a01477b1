"""Settings from the environment, else from what `make run` says runs on this machine."""

import os
from pathlib import Path
from typing import Self

from pydantic_settings import BaseSettings, SettingsConfigDict


def local_folder() -> Path:
    """Where a run on one's own machine keeps its data: `.local` of the project, or of where one stands."""
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / ".local"


class MissingSettingError(RuntimeError):
    """A setting without which nothing runs; the message names the variable."""


class ServiceSettings(BaseSettings):
    """The settings of a service. Keys and passwords never show in a representation."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    @classmethod
    def read(cls, needed: str) -> Self:
        """Read the environment and, below it, the file that `make run` keeps while it runs.

        Raises `MissingSettingError` when the variable `needed` is in neither.
        """
        file = local_folder() / "settings.env"
        if not os.environ.get(needed) and not file.is_file():
            raise MissingSettingError(f"Which database? Set {needed}, or start `make run`.")
        return cls(_env_file=file)
