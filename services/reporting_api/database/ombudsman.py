"""What the council has of the Ombudsman: letters entered, the course of each complaint taken there."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from reporting_api.database.connecting import Connection
from reporting_api.database.schema import LGSCO_LETTER


class Version(NamedTuple):
    """A version of a year's letter: the first is 1; `set_by` is the name of the key that entered it."""

    version: int
    figures: dict[str, Any]
    set_at: datetime
    set_by: str


_VERSION: Final = [LGSCO_LETTER.c[name] for name in Version._fields]


async def letter_of(
    connection: Connection, authority: str, year: str, known_at: datetime | None = None
) -> Version | None:
    """The last version of a year's letter that was entered by `known_at` (None: ever)."""
    query = sa.select(*_VERSION).where(LGSCO_LETTER.c.authority == authority, LGSCO_LETTER.c.year == year)
    if known_at is not None:
        query = query.where(LGSCO_LETTER.c.set_at <= known_at)
    row = (await connection.execute(query.order_by(LGSCO_LETTER.c.version.desc()).limit(1))).one_or_none()
    return Version(*row) if row else None


async def add_letter(connection: Connection, authority: str, year: str, given: Version) -> bool:
    """Keep a version; False where the year has one of that number already."""
    row = {"authority": authority, "year": year, **given._asdict()}
    result = await connection.execute(insert(LGSCO_LETTER).values(row).on_conflict_do_nothing())
    return bool(result.rowcount)


_TAKEN: Final = """
    SELECT complaint, reference, received_on FROM complaint
    WHERE authority = :authority
        AND (CAST(:procedure AS text) = 'all' OR procedure = :procedure)
        AND (complaint IN (SELECT complaint FROM referral WHERE authority = :authority)
            OR complaint IN (SELECT complaint FROM ruling WHERE authority = :authority)
            OR complaint IN (SELECT complaint FROM remedy WHERE authority = :authority AND source = 'lgsco'))
    ORDER BY reference
"""

_STEPS: Final[Mapping[str, str]] = {
    "stages": """
        SELECT complaint, stage, opened_on, answered_on, outcome FROM stage
        WHERE authority = :authority AND complaint = ANY(:taken) ORDER BY complaint, stage
    """,
    "referrals": """
        SELECT complaint, lgsco_ref, referred_on FROM referral
        WHERE authority = :authority AND complaint = ANY(:taken) ORDER BY complaint, referred_on, lgsco_ref
    """,
    "rulings": """
        SELECT complaint, lgsco_ref, decided_on, decision, sub FROM ruling
        WHERE authority = :authority AND complaint = ANY(:taken) ORDER BY complaint, no
    """,
    "remedies": """
        SELECT
            complaint, remedy, lgsco_ref, types, agreed_on, due_on, achieved_on, status, verdict, verdict_on
        FROM remedy
        WHERE authority = :authority AND complaint = ANY(:taken) AND source = 'lgsco'
        ORDER BY complaint, agreed_on, remedy
    """,
}
"""What belongs to the course of a complaint, by what it is called there."""


async def courses(connection: Connection, authority: str, procedure: str) -> list[dict[str, Any]]:
    """Each complaint that the Ombudsman has to do with, by reference, with its `_STEPS`."""
    given = {"authority": authority, "procedure": procedure}
    taken = (await connection.execute(sa.text(_TAKEN), given)).mappings().all()
    which = {"authority": authority, "taken": [one["complaint"] for one in taken]}
    steps = {name: await _steps(connection, sql, which) for name, sql in _STEPS.items()}
    return [
        {
            "reference": one["reference"],
            "received_on": one["received_on"],
            **{name: of_each[one["complaint"]] for name, of_each in steps.items()},
        }
        for one in taken
    ]


async def _steps(
    connection: Connection, sql: str, which: Mapping[str, Any]
) -> Mapping[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    query = sa.text(sql).bindparams(sa.bindparam("taken", type_=sa.ARRAY(sa.Uuid())))
    for row in (await connection.execute(query, dict(which))).mappings():
        step = dict(row)
        found[step.pop("complaint")].append(step)
    return found
