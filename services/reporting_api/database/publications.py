"""What was published, as it was published: rows and bytes that are added and read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from reporting_api.database.connecting import Connection
from reporting_api.database.schema import PUBLICATION, PUBLICATION_FORMAT


class Kept(NamedTuple):
    """A format of a publication: what it is, the SHA-256 of its bytes in hexadecimal, how many there are."""

    format: str
    media_type: str
    extension: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A report as it was published: from what it was made, when, by whom, and its formats by name.

    `position` is the last event that it shows and `known_at` when that was recorded; `content_hash` is that
    of the list of its formats' hashes, `figures_hash` that of the exact figures behind it.
    """

    authority: str
    year: str
    number: int
    title: str
    note: str | None
    procedure: str
    starts_on: date
    ends_on: date
    complete: bool
    as_of: date
    known_at: datetime
    position: int
    content_hash: str
    figures_hash: str
    published_at: datetime
    published_by: str
    formats: tuple[Kept, ...] = ()


class Request(NamedTuple):
    """What a request to publish calls itself, and the hash of what it asks for."""

    key: str
    asked: str


class Series(NamedTuple):
    """The publications that replace one another: of one procedure and period."""

    procedure: str
    starts_on: date
    ends_on: date


_TOLD: Final = [column for column in PUBLICATION.c if column.name in Publication.__annotations__]
_FORMAT: Final = [PUBLICATION_FORMAT.c[name] for name in Kept._fields]


async def hold(connection: Connection, authority: str) -> None:
    """Keep everybody else who publishes for the authority waiting until the transaction ends."""
    mark = sa.func.hashtextextended(f"publication/{authority}", 0)
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


async def add(
    connection: Connection,
    publication: Publication,
    contents: Sequence[tuple[Kept, bytes]],
    figures: bytes,
    request: Request | None = None,
) -> None:
    """Keep a publication, its formats, and the exact figures behind it."""
    row = {column.name: getattr(publication, column.name) for column in _TOLD}
    asked = {"request_key": request.key, "request_asked": request.asked} if request else {}
    await connection.execute(PUBLICATION.insert().values(**row, **asked, figures=figures))
    place = {name: row[name] for name in ("authority", "year", "number")}
    rows = [{**place, **kept._asdict(), "content": content} for kept, content in contents]
    await connection.execute(PUBLICATION_FORMAT.insert(), rows)


async def listed(connection: Connection, authority: str, year: str | None = None) -> list[Publication]:
    """Every publication of an authority, or of a year of it, by year and number."""
    return await _found(connection, *_of(authority, year))


async def numbered(connection: Connection, authority: str, year: str, number: int) -> Publication | None:
    """The publication of that number."""
    found = await _found(connection, *_of(authority, year), PUBLICATION.c.number == number)
    return found[0] if found else None


async def latest(connection: Connection, authority: str, year: str, series: Series) -> Publication | None:
    """The last publication of a procedure and period."""
    of_series = [PUBLICATION.c[name] == value for name, value in series._asdict().items()]
    found = await _found(connection, *_of(authority, year), *of_series)
    return found[-1] if found else None


async def requested(
    connection: Connection, authority: str, key: str
) -> tuple[Publication, str] | tuple[None, None]:
    """What a request of that name published, and the hash of what it asked for."""
    of_request = (PUBLICATION.c.authority == authority, PUBLICATION.c.request_key == key)
    found = await _found(connection, *of_request)
    if not found:
        return None, None
    asked = await connection.scalar(sa.select(PUBLICATION.c.request_asked).where(*of_request))
    return found[0], str(asked)


async def content(connection: Connection, publication: Publication, name: str) -> bytes | None:
    """The bytes of a format as they are kept."""
    place = _place(PUBLICATION_FORMAT, publication)
    query = sa.select(PUBLICATION_FORMAT.c.content).where(*place, PUBLICATION_FORMAT.c.format == name)
    found = await connection.scalar(query)
    return None if found is None else bytes(found)


async def figures(connection: Connection, publication: Publication) -> bytes:
    """The exact figures behind a publication, as they were kept."""
    query = sa.select(PUBLICATION.c.figures).where(*_place(PUBLICATION, publication))
    return bytes(await connection.scalar(query) or b"")


def _of(authority: str, year: str | None) -> list[sa.ColumnElement[bool]]:
    of_year = [PUBLICATION.c.year == year] if year else []
    return [PUBLICATION.c.authority == authority, *of_year]


def _place(table: sa.Table, publication: Publication) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == getattr(publication, name) for name in ("authority", "year", "number")]


async def _found(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Publication]:
    """The publications of which that is true, by year and number, each with its formats."""
    rows = (
        await connection.execute(
            sa.select(*_TOLD, *_FORMAT)
            .join(PUBLICATION_FORMAT)
            .where(*where)
            .order_by(PUBLICATION.c.year, PUBLICATION.c.number, PUBLICATION_FORMAT.c.format)
        )
    ).all()
    found: dict[tuple[Any, ...], list[Kept]] = {}
    for row in rows:
        found.setdefault(tuple(row[: len(_TOLD)]), []).append(Kept(*row[len(_TOLD) :]))
    return [replace(Publication(*told), formats=tuple(formats)) for told, formats in found.items()]
