"""The commands about letters: an authority's own templates, checked before they are taken."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from complaints_api.letters.catalogue import LETTERS
from complaints_api.letters.checking import Trial, tried
from complaints_api.letters.composing import TEMPLATES, built_in
from complaints_api.settings import settings
from complaints_api.store.event_store import EventStore, engine_on
from complaints_api.store.letters import OwnTemplate, OwnTemplates

letters: Final = typer.Typer(help="Letters and their templates.", no_args_is_help=True)

_Authority = Annotated[str, typer.Option("--authority", help="The authority's code.")]
_Template = Annotated[str, typer.Argument(metavar="TEMPLATE", help=f"One of: {', '.join(TEMPLATES)}.")]
_APPLIED_BY: Final = "complaints letters"

T = TypeVar("T")


@letters.command("list")
def letters_list(authority: _Authority) -> None:
    """Print every template, whose it is, and the title of its letter."""
    own = _with_templates(authority, lambda store: store.current(authority))
    for name in TEMPLATES:
        title = LETTERS[name].title if name in LETTERS else "part of every letter that names it"
        typer.echo(f"{name}\t{_whose(own.get(name))}\t{title}")


@letters.command("show")
def letters_show(
    authority: _Authority,
    name: _Template,
    *,
    ours: Annotated[bool, typer.Option("--built-in", help="The built-in one, replaced or not.")] = False,
) -> None:
    """Print the template in force, to be changed and given back."""
    _known(name)
    own = _with_templates(authority, lambda store: store.current(authority))
    typer.echo(built_in(name) if ours or name not in own else own[name].template, nl=False)


@letters.command("replace")
def letters_replace(
    authority: _Authority,
    name: _Template,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The new template, Markdown in UTF-8.")
    ],
) -> None:
    """Put an authority's own template in the place of one; exit code 1 when it lacks what the law wants."""
    _known(name)
    text = _read(file)

    async def replace(store: OwnTemplates) -> tuple[Trial, int]:
        own = {one.letter: one.template for one in (await store.current(authority)).values()}
        trial = tried({**own, name: text}, name)
        return trial, await store.put(authority, name, text, _APPLIED_BY) if trial.good else 0

    trial, version = _with_templates(authority, replace)
    if not trial.good:
        _say_why_not(trial)
        raise typer.Exit(1)
    typer.echo(f"{authority}: {name} replaced, version {version}")


@letters.command("restore")
def letters_restore(authority: _Authority, name: _Template) -> None:
    """Give the built-in template its place back; exit code 1 when the other templates do not go with it."""
    _known(name)

    async def restore(store: OwnTemplates) -> Trial:
        own = {one.letter: one.template for one in (await store.current(authority)).values()}
        trial = tried({**own, name: built_in(name)}, name)
        if trial.good and name in own:
            await store.put(authority, name, "", _APPLIED_BY)
        return trial

    trial = _with_templates(authority, restore)
    if not trial.good:
        _say_why_not(trial)
        raise typer.Exit(1)
    typer.echo(f"{authority}: {name} is the built-in one")


def _whose(own: OwnTemplate | None) -> str:
    return f"own, version {own.version} of {own.applied_at:%Y-%m-%d}" if own else "built in"


def _known(name: str) -> None:
    if name not in TEMPLATES:
        raise typer.BadParameter(f"must be one of {', '.join(TEMPLATES)}", param_hint="TEMPLATE")


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter("is not text in UTF-8", param_hint="FILE") from None
    if not text.strip() or "\0" in text:
        raise typer.BadParameter("is empty or holds what is no text", param_hint="FILE")
    return text


def _say_why_not(trial: Trial) -> None:
    for broken in trial.broken:
        typer.echo(f"refused: {broken}")
    for letter, one in trial.missing:
        typer.echo(f"refused: {letter} lacks {one.requirement}: {one.says} ({one.source})")


def _with_templates(authority: str, work: Callable[[OwnTemplates], Awaitable[T]]) -> T:
    """Do something with the templates of an authority, which must be there."""

    async def do() -> T:
        async with engine_on(settings().database_url.get_secret_value()) as engine:
            if await EventStore(engine).head(authority) is None:
                raise typer.BadParameter("there is no such authority", param_hint="--authority")
            return await work(OwnTemplates(engine))

    return asyncio.run(do())
