"""The letter of a year beside the council's record: every figure, and the complaints behind it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import london_date
from reporting_api.database import Engine, ombudsman
from reporting_api.database.ombudsman import Version
from reporting_api.ombudsman_letter import TABLES, Compared, Letter, compared
from reporting_api.ombudsman_timeline import Timeline
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import Span
from reporting_api.tables.scope import Scope
from reporting_api.view import Seen, facts_seen


@dataclass(frozen=True, slots=True)
class Comparison:
    """One year, from one snapshot; `version` and `letter` are None while no letter was entered."""

    scope: Scope
    position: int
    version: Version | None
    letter: Letter | None
    figures: tuple[Compared, ...]
    timelines: tuple[Timeline, ...]

    @property
    def judged(self) -> Span:
        """The period up to the day as of which it is judged."""
        return self.scope.period.until(self.scope.as_of)


async def comparison(
    engine: Engine, authority: str, year: Span, as_of: date | None = None, known_at: datetime | None = None
) -> Comparison:
    """The letter of the year beside the figures of the procedure that it is about.

    Raises `Problem` (404) for an authority of which nothing is known.
    """
    async with facts_seen(engine, authority, as_of, known_at) as seen:
        version = await ombudsman.letter_of(seen.connection, authority, year.key, known_at)
        letter = Letter.model_validate(version.figures) if version else None
        procedure = letter.procedure if letter else DEFAULT_PROCEDURE
        now = datetime.now(UTC).replace(microsecond=0)
        scope = scope_of(authority, procedure, (year, year), as_of or london_date(now), seen.profiles)
        answers = await _answers(seen, scope, known_at or now)
        courses = await ombudsman.courses(seen.connection, authority, procedure)
    timelines = tuple(Timeline.model_validate(course) for course in courses)
    return Comparison(scope, seen.position, version, letter, compared(letter, answers), timelines)


async def _answers(seen: Seen, scope: Scope, known_at: datetime) -> dict[str, Answer]:
    return {
        name: Answer(
            CATALOGUE[name],
            scope,
            await rows_of(seen.connection, CATALOGUE[name], scope),
            known_at,
            seen.position,
        )
        for name in TABLES
    }
