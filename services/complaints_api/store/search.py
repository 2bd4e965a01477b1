"""Search: complaints by what their summaries say, and by the blind index of their personal details."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from complaints_api.store.blind_index import streams_with
from complaints_api.store.working_tables import summary

_CRITERIA: Final[dict[str, Callable[[Any], ColumnElement[bool]]]] = {
    "reference": lambda start: summary.c.reference.startswith(start, autoescape=True),
    "received_from": lambda day: summary.c.received_on >= day,
    "received_to": lambda day: summary.c.received_on <= day,
    "themes": summary.c.themes.overlap,
    "person": lambda pseudonym: summary.c.persons.contains([pseudonym]),
    "linked_to": lambda reference: summary.c.links.contains([reference]),
    **{
        name: summary.c[name].__eq__
        for name in ("team", "state", "procedure", "stage", "officer", "category")
    },
}
"""What each criterion demands of a summary; `person` is a pseudonym."""


class Place(NamedTuple):
    """Where a complaint is among those found: by its date of receipt, where it has one, then by its id."""

    received_on: date | None
    stream: UUID


class Found(NamedTuple):
    """What is shown of a complaint that was found."""

    stream: UUID
    reference: str
    version: int
    state: str
    procedure: str | None
    stage: int | None
    team: str | None
    officer: str | None
    category: str | None
    received_on: date | None
    themes: Sequence[str]
    urgent: bool
    write_with_care: bool

    @property
    def place(self) -> Place:
        """Where it is among those found."""
        return Place(self.received_on, self.stream)


async def found(
    engine: AsyncEngine, authority: str, criteria: Mapping[str, Any], beyond: Place | None, limit: int
) -> list[Found]:
    """At most `limit` complaints that meet every criterion, the last received first.

    Beside those of the summary there is `words`: keyed hashes of what the personal details tell.

    What was never received (an Ombudsman's referral alone) goes before. `beyond` is the place of the last one
    that the caller has seen.
    """
    demands = [one for name, value in criteria.items() for one in _demands(authority, name, value)]
    if beyond is not None:
        demands.append(_beyond(beyond))
    query = (
        select(*(summary.c[name] for name in Found._fields))
        .where(summary.c.authority == authority, *demands)
        .order_by(summary.c.received_on.desc(), summary.c.stream.desc())
        .limit(limit)
    )
    async with engine.connect() as connection:
        return [Found(*row) for row in await connection.execute(query)]


def _demands(authority: str, name: str, value: Any) -> Iterator[ColumnElement[bool]]:
    """A condition for each word apart, so that the rarest can lead to the few complaints that it is of."""
    if name == "words":
        yield from (summary.c.stream.in_(streams_with(authority, word)) for word in value)
    else:
        yield _CRITERIA[name](value)


def _beyond(place: Place) -> ColumnElement[bool]:
    received_on, stream = summary.c.received_on, summary.c.stream
    if place.received_on is None:
        return or_(received_on.is_not(None), and_(received_on.is_(None), stream < place.stream))
    return tuple_(received_on, stream) < tuple_(place.received_on, place.stream)
