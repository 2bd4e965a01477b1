"""The commands about publications: publishing a report, what was published, and what became of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from complaint_events.procedures import DEFAULT_PROCEDURE
from reporting_api import restatement_document
from reporting_api.api.publication_shape import PublicationOrder, address_of
from reporting_api.database import Engine, publications
from reporting_api.database.publications import Publication
from reporting_api.publishing import FORMATS, Order
from reporting_api.publishing import publish as published
from reporting_api.report_commands import Authority, Year, validated, with_engine, write
from reporting_api.restatement import Restatement, restatement
from service_conventions.problems import Problem

_SET_BY = "command line"


def publish(  # noqa: PLR0913 - every option is an argument
    *,
    authority: Authority,
    year: Year,
    note: Annotated[str | None, typer.Option(help="What the public is told of this publication.")] = None,
    formats: Annotated[
        list[str] | None, typer.Option("--format", help=f"Again for each; default: {', '.join(FORMATS)}.")
    ] = None,
    procedure: Annotated[str, typer.Option(help="A procedure, or `all`.")] = DEFAULT_PROCEDURE,
    from_: Annotated[str | None, typer.Option("--from", help="The first day of a quarter.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day of a quarter.")] = None,
) -> None:
    """Publish an authority's report as it is now, and keep it exactly as it was published.

    If the last publication of that procedure and period says the same, there is no new one.
    """
    given = {"procedure": procedure, "from": from_, "to": to, "note": note, "formats": formats}
    asked = validated(PublicationOrder, given)

    async def done(engine: Engine) -> tuple[Publication, bool]:
        spans, formats = asked.spans(year), tuple(asked.formats)
        return await published(engine, Order(authority, spans, asked.procedure, _SET_BY, formats, asked.note))

    publication, is_new = with_engine(done)
    typer.echo(
        f"{'Published' if is_new else 'Nothing has changed since'} number {publication.number}: "
        f"{publication.title}"
    )
    for line in _about(publication):
        typer.echo(line)


def list_publications(
    authority: Authority,
    year: Annotated[str | None, typer.Option(help='Only this reporting year, written "2022-23".')] = None,
) -> None:
    """What an authority has published."""

    async def found(engine: Engine) -> list[Publication]:
        async with engine.connect() as connection:
            return await publications.listed(connection, authority, year)

    for publication in with_engine(found):
        at = f"{publication.published_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{publication.year} number {publication.number}, {at}, by {publication.published_by}")
        typer.echo(f"  {publication.title}")
        for line in _about(publication):
            typer.echo(line)


def show_restatement(
    *,
    authority: Authority,
    year: Year,
    number: Annotated[int | None, typer.Option(help="Of the publication; default: the last.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it as JSON.")] = None,
    public: Annotated[bool, typer.Option("--public", help="As far as the public may know it.")] = False,
) -> None:
    """Which published figures are other ones now, and the events that changed them."""

    async def found(engine: Engine) -> Restatement:
        return await restatement(engine, await _publication(engine, authority, year, number))

    written = restatement_document.public if public else restatement_document.exact
    document = written(with_engine(found))
    if output is not None:
        write(output, json.dumps(document, ensure_ascii=False, indent=2).encode())
    for line in _told(document, exact=not public):
        typer.echo(line)


async def _publication(engine: Engine, authority: str, year: str, number: int | None) -> Publication:
    async with engine.connect() as connection:
        found = await publications.listed(connection, authority, year)
    wanted = [one for one in found if number in (None, one.number)]
    if not wanted:
        there = ", ".join(str(one.number) for one in found) or "none"
        raise Problem("unknown-publication", f"Publications of that year: {there}.")
    return wanted[-1]


def _about(publication: Publication) -> Iterator[str]:
    yield f"  {address_of(publication)}  sha256 {publication.content_hash}"
    for kept in publication.formats:
        yield f"  {kept.format:5} {kept.size:>9} bytes  sha256 {kept.sha256}"


def _told(document: dict[str, Any], *, exact: bool) -> Iterator[str]:
    """The restatement in lines: each changed cell with the events that changed it."""
    yield f"{document['cells']} cells of number {document['number']} are not what was published."
    for cell in document["changed"]:
        row = ", ".join(f"{key} {value}" for key, value in cell["row"].items())
        yield f"{cell['table']} ({row}) {cell['column']}: {cell['published']} -> {cell['now']}"
        if exact:
            yield f"  by {_positions(cell['because'])}"
    for event in document["events"]:
        yield _event(event)
    if document.get("withheld"):
        yield "Other cells changed too; they are withheld."


def _positions(steps: list[dict[str, Any]]) -> str:
    events = [str(position) for step in steps for position in step["events"]]
    return f"event {', '.join(events)}" if events else "another release of this software"


def _event(event: dict[str, Any]) -> str:
    corrects = event["corrects"]
    named = corrects["event"] if isinstance(corrects, dict) else corrects
    said = f"{event['type']} of {named}" if named else event["type"]
    if "position" not in event:
        return f"{event['events']} x {said}, entered on {event['recorded_on']}"
    return f"event {event['position']}: {said}, {event['reference']}, recorded at {event['recorded_at']}"
