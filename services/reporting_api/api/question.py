"""What every question for figures says beside whose and which: the period, the procedure, as of when."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import Day, Instant
from reporting_api.database import Engine
from reporting_api.tables.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Span,
    is_quarter_end,
    is_quarter_start,
    year_beginning,
    year_named,
)
from reporting_api.view import facts_seen
from service_conventions.problems import Breach, Problem

PATIENCE_SECONDS: Final = 5.0
_LOOK_EVERY_SECONDS: Final = 0.05
_LAST_POSITION: Final = 2**63 - 1


class Question(BaseModel):
    """What is asked of figures, beside whose and which."""

    model_config = ConfigDict(extra="forbid")

    procedure: Literal[Procedure, "all"] = Field(
        DEFAULT_PROCEDURE, description="Complaints of this procedure; tables of other streams ignore it."
    )
    from_: Day | None = Field(None, alias="from", description="The first day of a quarter, else the year's.")
    to: Day | None = Field(None, description="The last day of a quarter, else the year's.")
    as_of: Day | None = Field(None, description="Leaves out what happened after this day; default today.")
    known_at: Instant | None = Field(None, description="Leaves out what was recorded later; default now.")
    min_position: int | None = Field(
        None, ge=0, le=_LAST_POSITION, description="Wait up to 5 seconds for figures that show this event."
    )

    def spans(self, year: str) -> tuple[Span, Span]:
        """The period and the year asked for. Raises `Problem` (422) saying what exists."""
        named = year_asked(year)
        period = Span(named.key, self.from_ or named.start, self.to or named.end)
        if breaches := _breaches(period):
            raise _invalid(breaches)
        return period, named


def year_asked(year: str) -> Span:
    """The reporting year of that name. Raises `Problem` (422) saying which there are."""
    try:
        return year_named(year)
    except ValueError:
        years = f"{year_beginning(FIRST_YEAR).key} to {year_beginning(LAST_YEAR).key}"
        raise _invalid([Breach("year", "unknown_year", f"reporting years are {years}")]) from None


def _breaches(period: Span) -> list[Breach]:
    earliest, latest = year_beginning(FIRST_YEAR).start, year_beginning(LAST_YEAR).end
    outside = [
        Breach(field, "out_of_range", f"must be a day from {earliest} to {latest}")
        for field, day in (("from", period.start), ("to", period.end))
        if not earliest <= day <= latest
    ]
    if outside:
        return outside
    found = []
    if not is_quarter_start(period.start):
        found.append(Breach("from", "quarter_start", "must be 1 April, 1 July, 1 October or 1 January"))
    if not is_quarter_end(period.end):
        found.append(Breach("to", "quarter_end", "must be 30 June, 30 September, 31 December or 31 March"))
    if period.end < period.start:
        found.append(Breach("to", "before_from", "must not be before the period's first day"))
    return found


def _invalid(breaches: Sequence[Breach]) -> Problem:
    return Problem("invalid-request", "See errors for each field and its rule.", breaches)


async def reached(engine: Engine, authority: str, wanted: int | None) -> None:
    """Wait until the figures show the event at a position. Raises `Problem` (503) saying how far they are."""
    until = time.monotonic() + PATIENCE_SECONDS
    while wanted is not None and (shown := await _position(engine, authority)) < wanted:
        if time.monotonic() >= until:
            detail = f"The figures show the authority's events up to position {shown}; try again later."
            raise Problem("position-not-reached", detail, headers={"Retry-After": "1"})
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _position(engine: Engine, authority: str) -> int:
    try:
        async with facts_seen(engine, authority, None, None) as seen:
            return seen.position
    except Problem as problem:
        if problem.name != "unknown-authority":
            raise
        return 0
