"""How the events behind a report's figures were entered: how late, how often corrected, up to when."""

from datetime import date, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from reporting_api.database.connecting import Connection

_QUESTION: Final = sa.text("""
    WITH known AS NOT MATERIALIZED (
        SELECT *
        FROM public.event
        WHERE authority = :authority
            AND effective_on <= :as_of
            AND (CAST(:known_at AS timestamptz) IS NULL OR recorded_at <= :known_at)
    ), last AS (
        SELECT effective_on AS last_on FROM known WHERE kind <> 'authority' ORDER BY effective_on DESC LIMIT 1
    ), entered AS (
        SELECT
            count(*) AS dated,
            count(*) FILTER (WHERE CAST(recorded_at AT TIME ZONE 'Europe/London' AS date) > :ends_on) AS late
        FROM known
        WHERE kind <> 'authority' AND effective_on BETWEEN :starts_on AND :ends_on
    ), corrected AS (
        SELECT count(*) AS corrections FROM known WHERE type = 'correction_recorded'
    )
    SELECT last_on, dated, late, corrections
    FROM entered CROSS JOIN corrected LEFT JOIN last ON true
""")
"""Each part by an index of its own: a report does not read a record of many years from end to end."""


class Entries(NamedTuple):
    """How the events up to a date, as known at an instant, were entered.

    `last_on` is the date of the last one of them; `late` is how many dated in the period were recorded after
    its last day, of `dated`; `corrections` is how many corrections of earlier entries are known.
    """

    last_on: date | None
    dated: int
    late: int
    corrections: int


async def entries_of(
    connection: Connection, authority: str, period: tuple[date, date], as_of: date, known_at: datetime | None
) -> Entries:
    """What there is to say of an authority's entries; the profile's own are left out."""
    starts_on, ends_on = period
    given = {"authority": authority, "starts_on": starts_on, "ends_on": ends_on}
    result = await connection.execute(_QUESTION, {**given, "as_of": as_of, "known_at": known_at})
    return Entries(*result.one())
