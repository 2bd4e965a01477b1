"""The Ombudsman's annual review letter: its figures as entered, beside those of the council's own record.

A letter counts what the Ombudsman received and decided in the year, by the groups of its published statistics
(LGSCO Manual for Councils, part 11): not for us, assessed and closed, investigated. See `domain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from reporting_api.database import Engine, event_copy, ombudsman
from reporting_api.database.ombudsman import Version
from reporting_api.report_document import SUPPRESSED
from reporting_api.tables.answer import Answer
from reporting_api.tables.periods import TOTAL
from service_conventions.problems import Problem

_TRIES: Final = 5

Count = Annotated[int | None, Field(ge=0, le=1_000_000, strict=True)]
"""A number that the letter has; null: it does not say."""

Percent = Annotated[
    Decimal | None,
    Field(ge=0, le=100, decimal_places=1),
    PlainSerializer(lambda value: None if value is None else float(value), float | None, when_used="json"),
]
"""A percentage that the letter has: usually a whole one."""

PARTS_OF: Final[Mapping[str, str]] = {
    "not_for_us": "decided",
    "assessed_and_closed": "decided",
    "investigated": "decided",
    "upheld": "investigated",
    "satisfactory_remedies": "upheld",
    "compliant": "compliance_recorded",
}
"""What cannot be more than what."""

NOT_FOR_US: Final = ("incomplete_invalid", "advice_given", "referred_back")
"""Decisions that the Ombudsman's statistics have as not for it."""

ASSESSED_AND_CLOSED: Final = ("closed_initial",)
"""Decisions that they have as closed after initial enquiries."""

INVESTIGATED: Final = ("upheld", "not_upheld")
"""Decisions that they have as investigations."""

_GROUPS: Final = ("not_for_us", "assessed_and_closed", "investigated")


class Letter(BaseModel):
    """What the letter says of the year; a figure left out or null is one that it does not give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    procedure: Literal[Procedure, "all"] = Field(
        DEFAULT_PROCEDURE, description="Which of the complaints recorded here the figures are about."
    )
    received: Count = Field(None, description="Complaints and enquiries that the Ombudsman received.")
    decided: Count = Field(None, description="Decisions: not for us, assessed and closed, and investigated.")
    not_for_us: Count = Field(None, description="Incomplete or invalid, advice given, or referred back.")
    assessed_and_closed: Count = Field(None, description="Closed after the initial enquiries.")
    investigated: Count = Field(None, description="Detailed investigations: upheld and not upheld.")
    upheld: Count = None
    uphold_rate_pct: Percent = Field(None, description="Upheld, of those investigated.")
    satisfactory_remedies: Count = Field(
        None, description="Upheld, and the council had remedied them to the Ombudsman's satisfaction before."
    )
    satisfactory_remedy_pct: Percent = Field(None, description="Those, of the upheld.")
    compliance_recorded: Count = Field(None, description="Compliance outcomes recorded in the year.")
    compliant: Count = Field(None, description="Recommendations carried out, late ones included.")
    compliance_pct: Percent = Field(None, description="Those, of the outcomes recorded.")

    @field_validator(*PARTS_OF)
    @classmethod
    def _no_more_than_the_whole(cls, value: int | None, info: ValidationInfo) -> int | None:
        whole = PARTS_OF[str(info.field_name)]
        limit = info.data.get(whole)
        if value is not None and limit is not None and value > limit:
            raise PydanticCustomError("part_of", "must not be more than {whole}", {"whole": whole})
        return value

    @field_validator("investigated")
    @classmethod
    def _the_groups_make_the_whole(cls, value: int | None, info: ValidationInfo) -> int | None:
        parts = [value if key == "investigated" else info.data.get(key) for key in _GROUPS]
        whole, given = info.data.get("decided"), [part for part in parts if part is not None]
        if whole is not None and len(given) == len(_GROUPS) and sum(given) != whole:
            raise PydanticCustomError(
                "groups", "not_for_us, assessed_and_closed and investigated make decided"
            )
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, figure.key) is None for figure in FIGURES):
            raise PydanticCustomError("no_figure", "must have at least one figure of the letter")
        return self


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a letter has, and where the council's own stands.

    `column` of `lgsco_performance`, or the `decisions` of `lgsco_decisions` together. A percentage is `of`
    two other figures: numerator and denominator.
    """

    key: str
    label: str
    column: str = ""
    decisions: tuple[str, ...] = ()
    of: tuple[str, str] | None = None


FIGURES: Final = (
    Figure("received", "complaints received", "referred"),
    Figure("decided", "decisions", "decided"),
    Figure(
        "not_for_us",
        "decisions that the complaint was not for the Ombudsman",
        decisions=NOT_FOR_US,
    ),
    Figure("assessed_and_closed", "complaints assessed and closed", decisions=ASSESSED_AND_CLOSED),
    Figure("investigated", "complaints investigated", "investigated"),
    Figure("upheld", "complaints upheld", "upheld"),
    Figure("uphold_rate_pct", "uphold rate", of=("upheld", "investigated")),
    Figure("satisfactory_remedies", "satisfactory remedies", "already_remedied"),
    Figure(
        "satisfactory_remedy_pct", "rate of satisfactory remedies", of=("satisfactory_remedies", "upheld")
    ),
    Figure("compliance_recorded", "compliance outcomes", "compliance_recorded"),
    Figure("compliant", "recommendations carried out", "compliant"),
    Figure("compliance_pct", "compliance rate", of=("compliant", "compliance_recorded")),
)
"""Every figure, in the letter's order."""

TABLES: Final = ("lgsco_performance", "lgsco_decisions")
"""The tables that the council's own figures are cells of."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the letter (None: not given) beside the council's (None: of nothing there is no rate).

    `agrees` is None where the letter does not give it, and where the council's is `withheld`.
    """

    figure: Figure
    letter: int | Decimal | None
    council: int | Decimal | None
    withheld: bool = False

    @property
    def rounded(self) -> Decimal | None:
        """The council's figure, to one decimal, half away from zero."""
        return None if self.council is None else _to(Decimal("0.1"), self.council)

    @property
    def agrees(self) -> bool | None:
        """Whether both are the same; a percentage as exactly as the letter gives it."""
        if self.letter is None or self.withheld:
            return None
        if isinstance(self.letter, int) or self.council is None:
            return self.letter == self.council
        exactly = Decimal(1) if self.letter == self.letter.to_integral_value() else Decimal("0.1")
        return self.letter == _to(exactly, self.council)


def _to(exactly: Decimal, figure: int | Decimal) -> Decimal:
    return Decimal(figure).quantize(exactly, ROUND_HALF_UP)


def compared(letter: Letter | None, answers: Mapping[str, Answer]) -> tuple[Compared, ...]:
    """Every figure of the letter beside the council's; `answers` has the two tables for the letter's year."""
    counts = {figure.key: _count(figure, answers) for figure in FIGURES if figure.of is None}
    return tuple(_compared(figure, letter, counts) for figure in FIGURES)


def _compared(figure: Figure, letter: Letter | None, counts: Mapping[str, int | None]) -> Compared:
    given = None if letter is None else getattr(letter, figure.key)
    keys = figure.of or (figure.key,)
    found = [counts[key] for key in keys]
    known = [count for count in found if count is not None]
    if len(known) < len(found):
        return Compared(figure, given, None, withheld=True)
    if figure.of is None:
        return Compared(figure, given, known[0])
    part, whole = known
    return Compared(figure, given, Decimal(100 * part) / whole if whole else None)


def _count(figure: Figure, answers: Mapping[str, Answer]) -> int | None:
    """The council's own count; None where it is withheld."""
    performance, decisions = (answers[name] for name in TABLES)
    cells = [
        row[figure.column]
        for row in performance.rows
        if row["year"] == performance.scope.year.key
        if figure.column
    ]
    cells += [
        row["decided"]
        for row in decisions.rows
        if row["decision"] in figure.decisions and row["sub"] == TOTAL
    ]
    return None if SUPPRESSED in cells else sum(cells)


async def set_letter(engine: Engine, place: tuple[str, str], letter: Letter, set_by: str) -> Version:
    """Enter the letter of a year (`place`: authority and year), or find that the last version says the same.

    Raises `Problem` (404) for an authority of which nothing is known.
    """
    authority, year = place
    figures = letter.model_dump(mode="json", exclude_none=True)
    for _ in range(_TRIES):  # somebody else may enter the same letter at the same moment
        async with engine.begin() as connection:
            last = await ombudsman.letter_of(connection, authority, year)
            if last and last.figures == figures:
                return last
            if not await event_copy.position(connection, authority):
                raise Problem("unknown-authority", "Nothing is recorded of this authority.")
            now = datetime.now(UTC).replace(microsecond=0)
            given = Version(last.version + 1 if last else 1, figures, now, set_by)
            if await ombudsman.add_letter(connection, authority, year, given):
                return given
    raise Problem("stale-version", "Others keep entering this letter; try again.")
