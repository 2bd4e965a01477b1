"""Settings of the complaints service."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import NoDecode

from complaints_api.mail import Address, Tls
from service_conventions.limits import LARGEST_BODY, SLOWEST_BODY
from service_conventions.settings import MissingSettingError, ServiceSettings, local_folder


def _listed(value: object) -> object:
    """Whole numbers with commas between them; `none` for no number."""
    if not isinstance(value, str):
        return value
    parts = [] if value.strip().lower() == "none" else value.split(",")
    return frozenset(int(part) if part.strip().isdecimal() else part for part in parts)


DaysBefore = Annotated[
    frozenset[Annotated[int, Field(ge=1, le=60)]], NoDecode, BeforeValidator(_listed), Field(max_length=10)
]
"""Working days before the day on which something is due."""


class Settings(ServiceSettings):
    """Where the database and the key-encryption key are, where to listen, and the limits of a request."""

    database_url: SecretStr
    kek_file: Path = Field(default_factory=lambda: local_folder() / "kek")
    complaints_host: str = "127.0.0.1"
    complaints_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    largest_body: Annotated[int, Field(ge=1024)] = LARGEST_BODY
    slowest_body: Annotated[float, Field(gt=0)] = SLOWEST_BODY
    pool_size: Annotated[int, Field(ge=2, le=100)] = 8

    remind_days_before: DaysBefore = frozenset({3})
    remind_on_the_day: bool = True
    remind_each_day_after: bool = True
    remind_days_after: Annotated[int, Field(ge=1, le=250)] = 20
    remind_at: Annotated[int, Field(ge=0, le=23)] = 6
    remind_poll: Annotated[float, Field(gt=0, le=3600)] = 30.0
    public_url: Annotated[str, Field(pattern=r"^https?://[!-~]+$")] | None = None
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Tls = "starttls"
    mail_from: Address | None = None


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises `MissingSettingError` without a database, or for a setting that is none.
    """
    try:
        return Settings.read("DATABASE_URL")
    except ValidationError as error:
        wrong = (f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False))
        raise MissingSettingError("\n".join(wrong)) from None
