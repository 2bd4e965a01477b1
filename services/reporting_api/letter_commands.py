"""The commands about the Ombudsman's annual letter: entering its figures, and comparing them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from reporting_api.api.lgsco_letter import LetterCompared, letter_document
from reporting_api.api.question import year_asked
from reporting_api.database import Engine
from reporting_api.database.ombudsman import Version
from reporting_api.ombudsman_compared import comparison
from reporting_api.ombudsman_letter import Letter, set_letter
from reporting_api.ombudsman_timeline import STATES
from reporting_api.report_commands import Authority, Year, fail, with_engine, write

letters: Final = typer.Typer(
    help="The Ombudsman's annual letter, and whether it agrees.", no_args_is_help=True
)

_SET_BY: Final = "command line"


@letters.command(name="set")
def enter(
    authority: Authority,
    year: Year,
    file: Annotated[Path, typer.Argument(help="JSON: the letter's figures, as the API has them.")],
) -> None:
    """Enter the figures of a year's letter; earlier versions are kept."""
    letter = _read(file)

    async def kept(engine: Engine) -> Version:
        return await set_letter(engine, (authority, year_asked(year).key), letter, _SET_BY)

    typer.echo(f"{year}: version {with_engine(kept).version}.")


@letters.command(name="show")
def show(
    authority: Authority,
    year: Year,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it as JSON.")] = None,
) -> None:
    """The letter beside the council's record: every figure, the complaints behind differences, remedies."""

    async def found(engine: Engine) -> LetterCompared:
        return letter_document(await comparison(engine, authority, year_asked(year)))

    document = with_engine(found)
    if output is not None:
        write(output, document.model_dump_json(indent=2).encode())
    for line in _told(document):
        typer.echo(line)


def _read(file: Path) -> Letter:
    try:
        return Letter.model_validate_json(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        fail("; ".join(": ".join([*map(str, one["loc"]), one["msg"]]) for one in found))


def _told(document: LetterCompared) -> Iterator[str]:
    if document.entered is None:
        yield "No letter was entered for this year."
    for one in document.figures:
        said = {True: "agrees", False: "DIFFERS", None: "not in the letter"}[one.agrees]
        yield f"{one.label}: letter {_number(one.letter)}, council {_number(one.council)}: {said}"
        if one.agrees is False:
            yield from (f"  {each.reference} ({each.counted}) on {each.on}" for each in one.complaints)
    for state in STATES:
        listed = getattr(document.remedies, state)
        references = ", ".join(f"{one.reference} ({one.remedy})" for one in listed)
        yield f"remedies {state}: {len(listed)}{f': {references}' if listed else ''}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
