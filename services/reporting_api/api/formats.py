"""Which format a caller wants: the one named, else the one the Accept header likes best."""

from typing import Final, Literal

from service_conventions.problems import Problem

Format = Literal["json", "csv"]

_MEDIA_TYPES: Final[dict[str, Format]] = {
    "application/json": "json",
    "text/csv": "csv",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
}


def format_accepted(named: Format | None, accept: str | None) -> Format:
    """The format to answer in. Raises `Problem` (406) when the header takes none there is."""
    if named is not None:
        return named
    liked = [_liking(part) for part in (accept or "*/*").split(",")]
    possible = [(quality, _MEDIA_TYPES[kind]) for quality, kind in liked if kind in _MEDIA_TYPES and quality]
    if not possible:
        raise Problem("not-acceptable", "Tables are there as application/json and text/csv.")
    return max(possible, key=lambda one: one[0])[1]


def _liking(part: str) -> tuple[float, str]:
    """The quality and the media type of one element of an Accept header; 0 for one that makes no sense."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    stated = [parameter.removeprefix("q=") for parameter in parameters if parameter.startswith("q=")]
    try:
        return float(stated[0]) if stated else 1.0, kind
    except ValueError:
        return 0.0, kind
