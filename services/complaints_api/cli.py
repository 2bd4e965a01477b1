"""The command line: authorities, keys, histories in and out, migrations, the service itself."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from complaint_events.event_model import Event
from complaint_events.events import EqualityRecorded
from complaint_events.profile import Profile
from complaints_api.domain.deciding import NoProfileError
from complaints_api.domain.replay import Step
from complaints_api.domain.replay import replay as steps
from complaints_api.drafting import InvalidError, field_errors
from complaints_api.history_file import Import, NotEmptyError, Outcome, export_lines
from complaints_api.letter_commands import letters
from complaints_api.recording import (
    AUTHORITY_STREAM,
    Command,
    NotFoundError,
    Recording,
)
from complaints_api.reindexing import reindexed
from complaints_api.reminding_commands import mailboxes, remind
from complaints_api.settings import settings
from complaints_api.store.api_keys import ApiKeys, Role
from complaints_api.store.availability import DATABASE_ERRORS, has_secrets
from complaints_api.store.event_store import EventStore, engine_on
from complaints_api.store.log_rows import VersionConflictError
from complaints_api.store.personal_data import Vault, read_kek
from schema_migrations import upgrade
from service_conventions.settings import MissingSettingError

app: Final = typer.Typer(
    help="The complaints record: authorities, keys, histories in and out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
authorities: Final = typer.Typer(help="Authorities and their profiles.", no_args_is_help=True)
keys: Final = typer.Typer(help="API keys.", no_args_is_help=True)
app.add_typer(authorities, name="authority")
app.add_typer(keys, name="keys")
app.add_typer(mailboxes, name="mailbox")
app.add_typer(letters, name="letters")
app.command()(remind)

_errors: Final = Console(stderr=True, highlight=False, soft_wrap=True)
_Authority = Annotated[str, typer.Option("--authority", help="The authority's code.")]


class CommandError(Exception):
    """A command cannot do what it was asked; the message is for people."""


@asynccontextmanager
async def _desk() -> AsyncIterator[Recording]:
    async with engine_on(_database()) as engine:
        yield Recording(EventStore(engine), Vault(engine, read_kek(settings().kek_file)))


def _database() -> str:
    return settings().database_url.get_secret_value()


@authorities.command("apply")
def authority_apply(
    profile: Annotated[Path, typer.Argument(help="The authority's profile as JSON.")],
    start: Annotated[str | None, typer.Option("--from", help="In force from this date (YYYY-MM-DD).")] = None,
) -> None:
    """Create an authority, or give it a new version of its profile."""
    try:
        read = Profile.model_validate_json(profile.read_bytes())
    except ValidationError as error:
        raise CommandError("\n".join(f"{e.field}: {e.message}" for e in field_errors(error))) from None
    if read.authority is None:
        raise CommandError("authority: the profile must say whose it is")
    in_force_from = date.fromisoformat(start) if start else None
    asyncio.run(_apply(read.authority, read, in_force_from))


async def _apply(authority: str, profile: Profile, in_force_from: date | None) -> None:
    async with _desk() as desk:
        created = await desk.store.add_authority(authority)
        await desk.vault.add_authority(authority)
        data = profile.model_dump(mode="json", by_alias=True, exclude={"authority"})
        data["on"] = (in_force_from or desk.today).isoformat()
        command = Command("profile_applied", data, "complaints authority apply")
        done = await _applied(desk, authority, profile, command)
    typer.echo(f"{authority}: {'created' if created else 'updated' if done else 'unchanged'}")


async def _applied(desk: Recording, authority: str, profile: Profile, command: Command) -> bool:
    """Record the profile unless it is the one last applied; False when nothing was to be done."""
    known = await desk.profiles(authority)
    bare = profile.model_copy(update={"authority": None})
    last = known[-1] if known else None
    if last is not None and all(getattr(last, name) == getattr(bare, name) for name in Profile.model_fields):
        return False
    if last is None:
        await desk.begin(authority, "authority", AUTHORITY_STREAM, command)
    else:
        await desk.record(authority, "authority", AUTHORITY_STREAM, command)
    return True


@keys.command("create")
def keys_create(
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(get_args(Role))}.")],
    authority: Annotated[str | None, typer.Option("--authority", help="The authority's code.")] = None,
    name: Annotated[str, typer.Option(help="Who holds the key.")] = "",
    team: Annotated[list[str] | None, typer.Option(help="A team the holder works for.")] = None,
    expires: Annotated[datetime | None, typer.Option(help="When the key expires.")] = None,
) -> None:
    """Print a new key, once, alone on the last line."""
    if role not in get_args(Role):
        raise CommandError(f"role: must be one of {', '.join(get_args(Role))}")
    if authority is None and role != "service":
        raise CommandError("authority: a key of this role belongs to one; name it with --authority")

    async def create() -> str:
        async with engine_on(_database()) as engine:
            if authority is not None and await EventStore(engine).head(authority) is None:
                raise CommandError("authority: there is no such authority; apply its profile first")
            made_by: Any = role
            until = expires.astimezone() if expires else None
            return await ApiKeys(engine).create(authority, made_by, name or role, team or (), until)

    typer.echo(asyncio.run(create()))


@app.command("import")
def import_history(
    file: Annotated[Path, typer.Argument(help="Complaint histories, one JSON object a line.")],
    authority: _Authority,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every line, record nothing.")] = False,
    restore: Annotated[
        bool,
        typer.Option("--restore", help="Keep recorded times, actors and order; for a new authority only."),
    ] = False,
) -> None:
    """Import complaint histories; exit code 1 when lines were refused."""
    outcome = asyncio.run(_import(authority, file, dry_run=dry_run, restore=restore))
    for refused in sorted(outcome.refused, key=lambda one: one.number):
        typer.echo(str(refused))
    verb = "would be recorded" if dry_run else "recorded"
    typer.echo(
        f"{outcome.lines} lines: {outcome.recorded} {verb}, {outcome.unchanged} unchanged, "
        f"{len({one.number for one in outcome.refused})} refused"
    )
    if outcome.refused:
        raise typer.Exit(1)


async def _import(authority: str, file: Path, *, dry_run: bool, restore: bool) -> Outcome:
    async with _desk() as desk:
        if await desk.store.head(authority) is None:
            if not restore or dry_run:
                raise CommandError("authority: there is no such authority; apply its profile first")
            await desk.store.add_authority(authority)
            await desk.vault.add_authority(authority)
        with _progress() as progress:
            work = Import(desk, authority, dry_run=dry_run, restore=restore, progress=progress)
            try:
                return await work.run(file)
            except (NotEmptyError, NoProfileError) as error:
                raise CommandError(str(error)) from None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the terminal (lines done, lines in all); nothing where there is none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_errors, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("lines", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@app.command("export")
def export_history(
    authority: _Authority,
    complaint: Annotated[str | None, typer.Option(help="One complaint, by id or reference.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file; else standard output.")
    ] = None,
) -> None:
    """Write an authority's history, or one complaint's, in the format that import takes."""
    asyncio.run(_export(authority, complaint, output))


async def _export(authority: str, complaint: str | None, output: Path | None) -> None:
    async with _desk() as desk:
        if await desk.store.head(authority) is None:
            raise CommandError("authority: there is no such authority")
        file = output.open("wb") if output else sys.stdout.buffer
        try:
            async for line in export_lines(desk, authority, complaint):
                file.write(line)
        except NotFoundError:
            raise CommandError("complaint: none of that id or reference here") from None
        finally:
            file.flush()
            if output:
                file.close()


@app.command()
def replay(
    authority: _Authority,
    complaint: Annotated[str, typer.Option(help="The complaint, by id or reference.")],
) -> None:
    """Tell a complaint's history step by step: when, by whom, and what each event changed."""
    asyncio.run(_replay(authority, complaint))


async def _replay(authority: str, complaint: str) -> None:
    async with _desk() as desk:
        try:
            stream = await desk.load(authority, "complaint", complaint)
        except NotFoundError:
            raise CommandError("complaint: none of that id or reference here") from None
        typer.echo(f"{stream.reference} ({stream.stream})")
        for step in steps(stream.history, await desk.profiles(authority)):
            _tell(step)


def _tell(step: Step) -> None:
    one = step.recorded
    corrects = f", corrects {step.corrects}" if step.corrects else ""
    recorded = f"recorded {one.recorded_at:%Y-%m-%d %H:%M:%S} UTC by {one.actor}"
    typer.echo(f"\n{one.version:>3}. {one.event.on} {one.event.event}{corrects}  ({recorded})")
    if said := _said(one.event):
        typer.echo(f"       {said}")
    for change in step.changes:
        before = "" if change.before is None else f"{change.before} -> "
        typer.echo(f"       {change.what}: {before}{'-' if change.after is None else change.after}")


def _said(event: Event) -> str:
    """What an event says in single words and numbers; not who somebody is, nor texts, lists and hashes."""
    if isinstance(event, EqualityRecorded):
        return ""
    words = {True: "yes", False: "no"}
    single = {name: value for name, value in event.data().items() if isinstance(value, str | int)}
    return ", ".join(
        f"{name} {words[value] if isinstance(value, bool) else value}"
        for name, value in single.items()
        if name not in ("document", "subject")
    )


@app.command()
def reindex(authority: _Authority) -> None:
    """Make the index by which complaints are found by person again, from the sealed texts."""

    async def made() -> int:
        async with _desk() as desk:
            try:
                return await reindexed(desk, authority)
            except LookupError:
                raise CommandError(f"There is no authority {authority}.") from None

    typer.echo(f"{authority}: {asyncio.run(made())} events indexed")


@app.command()
def migrate() -> None:
    """Bring the database up to date; makes the key-encryption key of a database that has sealed nothing."""
    upgrade("complaints", _database())

    async def keyed() -> None:
        async with engine_on(_database()) as engine:
            read_kek(settings().kek_file, make=not await has_secrets(engine))

    asyncio.run(keyed())


@app.command()
def serve() -> None:
    """Run the service."""
    chosen = settings()
    uvicorn.run(
        "complaints_api.app:create_app",
        factory=True,
        host=chosen.complaints_host,
        port=chosen.complaints_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
    )


def main() -> None:
    """Run a command; what goes wrong is said in a line or two, never as a trace of ours."""
    try:
        app()
    except (CommandError, MissingSettingError, FileNotFoundError) as error:
        _errors.print(str(error), markup=False)
        sys.exit(2)
    except InvalidError as error:
        _errors.print("\n".join(f"{one.field}: {one.message}" for one in error.errors), markup=False)
        sys.exit(2)
    except VersionConflictError:
        _errors.print("Somebody else wrote the same at the same time: try again.")
        sys.exit(1)
    except DATABASE_ERRORS as error:
        _errors.print(f"The database does not answer: {type(error).__name__}", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
