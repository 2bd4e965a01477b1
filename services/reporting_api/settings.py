"""Settings of the reporting service."""

from functools import cache
from typing import Annotated

from pydantic import Field, SecretStr

from service_conventions.limits import LARGEST_BODY, SLOWEST_BODY
from service_conventions.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where the database and the feed are, where to listen, and the limits of a request."""

    reporting_database_url: SecretStr
    complaints_url: str = "http://127.0.0.1:8000"
    feed_key: SecretStr = SecretStr("")
    reporting_host: str = "127.0.0.1"
    reporting_port: Annotated[int, Field(ge=1, le=65535)] = 8001
    largest_body: Annotated[int, Field(ge=1024)] = LARGEST_BODY
    slowest_body: Annotated[float, Field(gt=0)] = SLOWEST_BODY


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises `MissingSettingError` without a database."""
    return Settings.read("REPORTING_DATABASE_URL")
