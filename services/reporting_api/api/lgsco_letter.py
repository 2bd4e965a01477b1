"""`/v1/reports/{authority}/{year}/lgsco-letter`: the Ombudsman's annual letter, compared."""

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from complaint_events.scalars import Day, Instant
from reporting_api.api.question import year_asked
from reporting_api.ombudsman_compared import Comparison, comparison
from reporting_api.ombudsman_letter import Compared, Letter, set_letter
from reporting_api.ombudsman_timeline import STATES, Behind, Remedy, Timeline, behind, remedies
from reporting_api.security import Caller, reader
from service_conventions.problems import Problem

router: Final = APIRouter(tags=["reports"])

Authority = Annotated[str, Path(max_length=64)]
Year = Annotated[str, Path(description='The reporting year, written "2022-23".')]


class LetterQuestion(BaseModel):
    """As of when, and as known when."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = Field(None, description="Leaves out what happened after this day; default today.")
    known_at: Instant | None = Field(None, description="Leaves out what was recorded later; default now.")


class Entered(BaseModel):
    """The letter as it was entered last."""

    version: int
    set_at: datetime
    set_by: str
    figures: Letter


class FigureCompared(BaseModel):
    """A figure of the letter beside the council's own, and the complaints that the latter counts."""

    figure: str
    label: str
    letter: float | None = Field(description="null: the letter does not give it.")
    council: float | None = Field(description="null: of nothing there is no percentage.")
    agrees: bool | None = Field(description="null: the letter does not give it.")
    complaints: list[Behind]


class RemedyListed(Remedy):
    """A remedy with its complaint."""

    reference: str


class Remedies(BaseModel):
    """Remedies agreed with the Ombudsman, as on the last day of the year, or on `as_of` before that."""

    due: list[RemedyListed] = Field(description="Due in the year.")
    late: list[RemedyListed] = Field(description="Carried out in the year, after the day they were due.")
    outstanding: list[RemedyListed] = Field(description="Agreed, and not carried out by that day.")
    overdue: list[RemedyListed] = Field(description="Of these: due before that day.")


class LetterCompared(BaseModel):
    """The Ombudsman's annual letter beside the council's record."""

    authority: str
    year: str
    procedure: str
    complete: bool
    as_of: date
    as_of_position: int
    entered: Entered | None = Field(description="null: no letter was entered for the year.")
    agrees: bool | None = Field(
        description="Whether every figure that the letter gives does; null: no letter."
    )
    differences: list[FigureCompared] = Field(description="The figures that do not agree.")
    figures: list[FigureCompared]
    remedies: Remedies
    timelines: list[Timeline] = Field(description="The council's view of every complaint named above.")


@router.get("/v1/reports/{authority}/{year}/lgsco-letter", dependencies=[Depends(reader)])
async def lgsco_letter(
    request: Request, authority: Authority, year: Year, question: Annotated[LetterQuestion, Query()]
) -> LetterCompared:
    """The figures of the Ombudsman's annual letter beside the council's own, with what each counts."""
    named = year_asked(year)
    found = await comparison(request.app.state.engine, authority, named, question.as_of, question.known_at)
    return letter_document(found)


@router.put("/v1/reports/{authority}/{year}/lgsco-letter")
async def set_lgsco_letter(
    request: Request,
    authority: Authority,
    year: Year,
    letter: Annotated[Letter, Body()],
    caller: Annotated[Caller, Depends(reader)],
) -> LetterCompared:
    """Enter the figures of the Ombudsman's annual letter; earlier versions are kept."""
    if caller.role != "manager":
        raise Problem("role-not-allowed", "The Ombudsman's letter is entered by: manager.")
    named, engine = year_asked(year), request.app.state.engine
    await set_letter(engine, (authority, named.key), letter, caller.name)
    return letter_document(await comparison(engine, authority, named))


def letter_document(found: Comparison) -> LetterCompared:
    """The comparison as it is answered."""
    figures = [_figure(one, found) for one in found.figures]
    differences = [one for one in figures if one.agrees is False]
    listed = {state: _listed(state, found) for state in STATES}
    named = {each.reference for one in figures for each in one.complaints}
    named |= {each.reference for every in listed.values() for each in every}
    version, letter = found.version, found.letter
    entered = (
        version
        and letter
        and Entered(version=version.version, set_at=version.set_at, set_by=version.set_by, figures=letter)
    )
    return LetterCompared(
        authority=found.scope.authority,
        year=found.scope.year.key,
        procedure=found.scope.procedure,
        complete=found.scope.complete,
        as_of=found.scope.as_of,
        as_of_position=found.position,
        entered=entered or None,
        agrees=None if letter is None else not differences,
        differences=differences,
        figures=figures,
        remedies=Remedies(**listed),
        timelines=[one for one in found.timelines if one.reference in named],
    )


def _figure(one: Compared, found: Comparison) -> FigureCompared:
    return FigureCompared(
        figure=one.figure.key,
        label=one.figure.label,
        letter=None if one.letter is None else float(one.letter),
        council=None if one.rounded is None else float(one.rounded),
        agrees=one.agrees,
        complaints=behind(one.figure, found.timelines, found.judged),
    )


def _listed(state: str, found: Comparison) -> list[RemedyListed]:
    listed = remedies(state, found.timelines, found.judged)
    return [RemedyListed(reference=reference, **remedy.model_dump()) for reference, remedy in listed]
