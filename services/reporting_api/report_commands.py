"""The commands about annual reports: writing one to a file, and the council's own words in it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from complaint_events.procedures import DEFAULT_PROCEDURE
from reporting_api import narrative
from reporting_api.annual_report import Wanted, compose
from reporting_api.api.question import Question, year_asked
from reporting_api.database import AWAY, Engine, is_away, make_engine
from reporting_api.database.narratives import Version
from reporting_api.rendering import RENDERERS
from reporting_api.sections import SLOTS
from reporting_api.settings import settings
from service_conventions.problems import Problem

narratives: Final = typer.Typer(help="The council's own words in its annual reports.", no_args_is_help=True)

Authority = Annotated[str, typer.Option("--authority", help="The authority's code.")]
Year = Annotated[str, typer.Option("--year", help='The reporting year, written "2022-23".')]
_Text = Annotated[
    Path, typer.Argument(help="A file of Markdown without HTML; an empty one empties the slot.")
]

_SET_BY: Final = "command line"

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def report(  # noqa: PLR0913 - every option is an argument
    *,
    authority: Authority,
    year: Year,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it.")],
    format: Annotated[str, typer.Option(help=f"One of: {', '.join(RENDERERS)}.")] = "json",  # noqa: A002
    procedure: Annotated[str, typer.Option(help="A procedure, or `all`.")] = DEFAULT_PROCEDURE,
    from_: Annotated[str | None, typer.Option("--from", help="The first day of a quarter.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day of a quarter.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Leaves out what happened after this day.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Leaves out what was recorded later.")] = None,
    public: Annotated[bool, typer.Option("--public", help="With small figures withheld.")] = False,
) -> None:
    """Write an authority's annual report, or with --from and --to a half-year or quarterly one."""
    if format not in RENDERERS:
        fail(f"--format must be one of {', '.join(RENDERERS)}.")
    given = {"procedure": procedure, "from": from_, "to": to, "as_of": as_of, "known_at": known_at}
    question = validated(Question, given)

    async def written(engine: Engine) -> bytes:
        spans = question.spans(year)
        wanted = Wanted(
            authority, spans, question.procedure, question.as_of, question.known_at, public=public
        )
        return RENDERERS[format].render(await compose(engine, wanted))

    write(output, with_engine(written))


@narratives.command(name="set")
def set_narrative(authority: Authority, year: Year, slot: str, text: _Text) -> None:
    """Give a section of a year's report the council's own words; earlier versions are kept."""
    markdown = _read(text)

    async def kept(engine: Engine) -> Version:
        place = (authority, year_asked(year).key, slot)
        return await narrative.set_narrative(engine, place, markdown, _SET_BY)

    version = with_engine(kept)
    typer.echo(f"{slot}: version {version.version}.")


@narratives.command(name="list")
def list_narratives(authority: Authority, year: Year) -> None:
    """Every slot of a year's report, with its version and length, or that it is empty."""

    async def found(engine: Engine) -> Mapping[str, Version]:
        return await narrative.filled(engine, authority, year_asked(year).key)

    versions = with_engine(found)
    for slot in SLOTS:
        version = versions.get(slot)
        said = f"version {version.version}, {len(version.markdown)} characters" if version else "empty"
        typer.echo(f"{slot}: {said}")


def validated(model: type[M], given: Mapping[str, Any]) -> M:
    """The options as a model of the API has them; of a wrong one, print the rule and exit with code 1."""
    try:
        return model.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        fail(f"--{str(first['loc'][0]).replace('_', '-')}: {first['msg']}")


def with_engine(work: Callable[[Engine], Awaitable[T]]) -> T:
    """Do the work with the reporting database; of a failure, print its message and exit with code 1."""

    async def done() -> T:
        engine = make_engine(settings().reporting_database_url.get_secret_value())
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(done())
    except Problem as problem:
        fail("; ".join((problem.detail, *(f"{one.field}: {one.message}" for one in problem.errors))))
    except AWAY as error:
        if not is_away(error):
            raise
        fail("The reporting database does not answer: see REPORTING_DATABASE_URL.")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(f"{file} cannot be read as UTF-8 text.")


def write(file: Path, content: bytes) -> None:
    """Write a file; if that fails, print why and exit with code 1."""
    try:
        file.write_bytes(content)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")


def fail(message: str) -> NoReturn:
    """Print why and exit with code 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
