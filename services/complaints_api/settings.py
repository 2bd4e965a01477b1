"""Settings of the complaints service."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from service_conventions.limits import LARGEST_BODY, SLOWEST_BODY
from service_conventions.settings import ServiceSettings, local_folder


class Settings(ServiceSettings):
    """Where the database and the key-encryption key are, where to listen, and the limits of a request."""

    database_url: SecretStr
    kek_file: Path = Field(default_factory=lambda: local_folder() / "kek")
    complaints_host: str = "127.0.0.1"
    complaints_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    largest_body: Annotated[int, Field(ge=1024)] = LARGEST_BODY
    slowest_body: Annotated[float, Field(gt=0)] = SLOWEST_BODY
    pool_size: Annotated[int, Field(ge=2, le=100)] = 8


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises `MissingSettingError` without a database."""
    return Settings.read("DATABASE_URL")
