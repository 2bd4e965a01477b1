"""`reporting`: the command line of the reporting service."""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import typer
import uvicorn

from reporting_api.database import AWAY, health, is_away, make_engine
from reporting_api.database.schema import REVISION
from reporting_api.facts import UnfoldableStreamError
from reporting_api.fed_event import UnreadableEventError
from reporting_api.feed import ComplaintsAwayError, ComplaintsService, FeedError
from reporting_api.letter_commands import letters
from reporting_api.projector import Projector
from reporting_api.publication_commands import list_publications, publish, show_restatement
from reporting_api.query_command import query
from reporting_api.report_commands import narratives, report
from reporting_api.settings import settings
from schema_migrations import upgrade
from service_conventions.settings import MissingSettingError

cli = typer.Typer(
    help="Figures and reports on complaints, made from the events of the complaints record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

cli.command()(report)
cli.command()(query)
cli.command()(publish)
cli.command(name="publications")(list_publications)
cli.command(name="restatement")(show_restatement)
cli.add_typer(narratives, name="narrative")
cli.add_typer(letters, name="lgsco-letter")

_KNOWN = (UnreadableEventError, UnfoldableStreamError, FeedError, ComplaintsAwayError, MissingSettingError)


@cli.command()
def migrate() -> None:
    """Bring the reporting database up to date with this release.

    Where its tables have changed, the facts are made anew from the events that are already there.
    """
    _run(_migrate)


@cli.command()
def serve() -> None:
    """Answer requests for reports until stopped."""
    chosen = settings()
    uvicorn.run(
        "reporting_api.app:create_app",
        factory=True,
        host=chosen.reporting_host,
        port=chosen.reporting_port,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=5,
        server_header=False,
    )


@cli.command()
def project(
    once: Annotated[bool, typer.Option("--once", help="Catch up with every feed, then exit.")] = False,
) -> None:
    """Follow every authority's feed and keep the facts up with it.

    Stops with an error at an event that this release cannot read; after an upgrade it goes on from there.
    """
    _run(_catch_up if once else _follow)


@cli.command()
def rebuild(
    authority: Annotated[str | None, typer.Option(help="Only this authority; default: every one.")] = None,
    from_feed: Annotated[
        bool, typer.Option("--from-feed", help="Drop the event copy too and read the feed again.")
    ] = False,
) -> None:
    """Drop the facts and make them anew from the events; the tables come out the same.

    Readers see the old facts until the new ones are complete, unless the feed is read again.
    """
    _run(lambda projector: _rebuild(projector, authority, from_feed=from_feed))


async def _migrate(projector: Projector) -> None:
    before = await health.revision(projector.engine)
    upgrade("reporting", settings().reporting_database_url.get_secret_value())
    if before not in (None, REVISION):
        await _rebuild(projector, None, from_feed=False)


async def _follow(projector: Projector) -> None:
    await projector.follow()


async def _catch_up(projector: Projector) -> None:
    typer.echo(f"{await projector.catch_up()} events applied.")


async def _rebuild(projector: Projector, authority: str | None, *, from_feed: bool) -> None:
    known = await health.reached(projector.engine)
    if authority is not None and authority not in known:
        raise FeedError(f"There are no facts of an authority {authority!r}; `reporting project` makes them.")
    for each in [authority] if authority else sorted(known):
        await (projector.forget(each) if from_feed else projector.refold(each))
        typer.echo(f"{each}: {'dropped' if from_feed else 'made anew'}.")
    if from_feed:
        await _catch_up(projector)


def _run(work: Callable[[Projector], Awaitable[None]]) -> None:
    """Do the work; a failure that has a message of its own is that message and exit code 1."""
    logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stderr)
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # remembered events are no garbage; looking for some among them is slow
    try:
        asyncio.run(_with_projector(work))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except _KNOWN as problem:
        _fail(str(problem))
    except AWAY as error:
        if not is_away(error):
            raise
        _fail("The reporting database does not answer: see REPORTING_DATABASE_URL.")


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(1)


async def _with_projector(work: Callable[[Projector], Awaitable[None]]) -> None:
    async with _projector() as projector:
        await work(projector)


@asynccontextmanager
async def _projector() -> AsyncIterator[Projector]:
    chosen = settings()
    engine = make_engine(chosen.reporting_database_url.get_secret_value())
    try:
        async with httpx.AsyncClient(base_url=chosen.complaints_url) as client:
            yield Projector(engine, ComplaintsService(client, chosen.feed_key.get_secret_value()))
    finally:
        await engine.dispose()


def main() -> None:
    """The entry point."""
    try:
        cli()
    except MissingSettingError as problem:
        typer.echo(str(problem), err=True)
        sys.exit(1)
