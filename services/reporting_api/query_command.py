"""`reporting query`: a Freedom of Information question answered from the catalogue of measures."""

import json
import sys
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from complaint_events.scalars import Day, Instant
from reporting_api.asking import Inquiry, Reply, ask, catalogue
from reporting_api.database import Engine
from reporting_api.rendering.csv_file import csv_of
from reporting_api.report_commands import fail, with_engine

_FORMATS = ("json", "csv")


def query(  # noqa: PLR0913 - every option is an argument
    *,
    authority: Annotated[str | None, typer.Option(help="The authority's code.")] = None,
    measure: Annotated[str | None, typer.Option(help="What to count; see --list.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="A grouping; again for more.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="grouping=value; again for more, of one grouping: any.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="The first day, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day; without both, this reporting year's.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Leaves out what happened after this day.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Leaves out what was recorded later.")] = None,
    suppress: Annotated[
        bool, typer.Option("--suppress", help="Withhold small figures, to give out.")
    ] = False,
    format: Annotated[str, typer.Option(help="json or csv.")] = "json",  # noqa: A002
    list_: Annotated[bool, typer.Option("--list", help="Show measures, groupings and values.")] = False,
) -> None:
    """Count a measure by groupings that the catalogue names, for questions that no table foresaw."""
    if list_:
        _print(catalogue())
        return
    if authority is None or format not in _FORMATS:
        fail("Give --authority and --measure, and json or csv as --format; or --list to see what there is.")
    inquiry = Inquiry(
        measure=measure or "",
        by=by or (),
        where=where or (),
        first=_read("from", Day, from_),
        last=_read("to", Day, to),
        as_of=_read("as-of", Day, as_of),
        known_at=_read("known-at", Instant, known_at),
        suppress=suppress,
    )

    async def answered(engine: Engine) -> Reply:
        return await ask(engine, authority, inquiry)

    reply = with_engine(answered)
    if format == "csv":
        sys.stdout.buffer.write(csv_of(reply.answer))
    else:
        _print(reply.document())


def _read(option: str, kind: Any, text: str | None) -> Any:
    try:
        return None if text is None else TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        fail(f"--{option} {error.errors(include_url=False, include_input=False)[0]['msg']}.")


def _print(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
