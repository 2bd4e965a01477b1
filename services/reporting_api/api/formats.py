"""Which format a caller wants: the one named, else the one the Accept header likes best."""

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from service_conventions.problems import Problem

Format = Literal["json", "csv"]
"""The formats of a single table."""

MEDIA_TYPES: Final[dict[str, Format]] = {
    "application/json": "json",
    "text/csv": "csv",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
}
"""The formats of a single table by what an Accept header may ask for."""

F = TypeVar("F", bound=str)


def format_accepted(named: F | None, accept: str | None, media_types: Mapping[str, F]) -> F:
    """The format to answer in, one of those listed by media type.

    Raises `Problem` (406) when the header takes none there is.
    """
    if named is not None:
        return named
    liked = [_liking(part) for part in (accept or "*/*").split(",")]
    possible = [(quality, media_types[kind]) for quality, kind in liked if kind in media_types and quality]
    if not possible:
        there = ", ".join(kind for kind in media_types if "*" not in kind)
        raise Problem("not-acceptable", f"The formats are: {there}.")
    return max(possible, key=lambda one: one[0])[1]


def _liking(part: str) -> tuple[float, str]:
    """The quality and the media type of one element of an Accept header; 0 for one that makes no sense."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    stated = [parameter.removeprefix("q=") for parameter in parameters if parameter.startswith("q=")]
    try:
        return float(stated[0]) if stated else 1.0, kind
    except ValueError:
        return 0.0, kind
