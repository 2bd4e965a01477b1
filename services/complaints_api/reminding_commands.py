"""The commands about reminders: the scheduler itself, and the mailboxes that reminders go to."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from complaints_api.delivery import MailRound
from complaints_api.domain.reminders import Rhythm
from complaints_api.mail import Address, Letterhead, MailServer
from complaints_api.recording import Recording
from complaints_api.scheduling import Scheduler
from complaints_api.settings import Settings, settings
from complaints_api.store.event_store import EventStore, engine_on
from complaints_api.store.mailboxes import Mailboxes, Owner
from complaints_api.store.personal_data import Vault, read_kek
from complaints_api.worklist import Worklist
from service_conventions.settings import MissingSettingError

mailboxes: Final = typer.Typer(help="Where reminders go by mail.", no_args_is_help=True)

_Authority = Annotated[str, typer.Option("--authority", help="The authority's code.")]
_Officer = Annotated[str | None, typer.Option("--officer", help="Of the officer with this account.")]
_Team = Annotated[str | None, typer.Option("--team", help="Of the team with this code.")]
_Default = Annotated[bool, typer.Option("--default", help="Of the council: where nobody nearer has one.")]

_CONNECTIONS: Final = 8
_ADDRESS: Final = TypeAdapter[str](Address)

T = TypeVar("T")


def remind(
    *, once: Annotated[bool, typer.Option("--once", help="Do what is due now, then exit.")] = False
) -> None:
    """Record the reminders due, and send them by mail where SMTP_HOST is set.

    Runs until stopped. Several may run at once: nobody is reminded twice of one thing on one day.
    """
    logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stderr, level=logging.INFO)
    asyncio.run(_remind_once() if once else follow(_now))


async def _remind_once() -> None:
    async with _scheduler(settings(), _now) as scheduler:
        done = await scheduler.catch_up()
    typer.echo(f"{done.recorded} reminders recorded, {done.sent} mails sent.")


async def follow(now: Callable[[], datetime]) -> None:
    """Be the scheduler until SIGTERM or Ctrl-C, by the settings of this process and the clock given."""
    chosen = settings()
    async with _scheduler(chosen, now) as scheduler:
        await scheduler.follow(chosen.remind_poll)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _desk(now: Callable[[], datetime] | None = None) -> AsyncIterator[Recording]:
    chosen = settings()
    async with engine_on(chosen.database_url.get_secret_value(), pool_size=_CONNECTIONS) as engine:
        yield Recording(EventStore(engine), Vault(engine, read_kek(chosen.kek_file)), now)


@asynccontextmanager
async def _scheduler(chosen: Settings, now: Callable[[], datetime]) -> AsyncIterator[Scheduler]:
    """A scheduler that SIGTERM and Ctrl-C stop after what it is just doing."""
    async with _desk(now) as desk:
        worklist, mail = Worklist(desk.store), mail_round(chosen, desk, now)
        made = Scheduler(desk, worklist, rhythm(chosen), now, chosen.remind_at, mail)
        for ending in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(ending, made.stop.set)
        try:
            yield made
        finally:
            await worklist.close()
            await desk.store.close()


def rhythm(chosen: Settings) -> Rhythm:
    """When reminders go out, by the settings."""
    after = chosen.remind_days_after if chosen.remind_each_day_after else 0
    return Rhythm(chosen.remind_days_before, chosen.remind_on_the_day, after)


def mail_round(chosen: Settings, desk: Recording, now: Callable[[], datetime]) -> MailRound | None:
    """How mail is sent, by the settings; None without SMTP_HOST. Raises `MissingSettingError`."""
    if chosen.smtp_host is None:
        return None
    if chosen.mail_from is None:
        raise MissingSettingError("Who sends the reminders? With SMTP_HOST set MAIL_FROM too.")
    if chosen.smtp_user is not None and chosen.smtp_tls == "none":
        raise MissingSettingError("A password does not go over an open line: with SMTP_USER set SMTP_TLS.")
    password = chosen.smtp_password.get_secret_value() if chosen.smtp_password else None
    server = MailServer(chosen.smtp_host, chosen.smtp_port, chosen.smtp_tls, chosen.smtp_user, password)
    return MailRound(desk, server, Letterhead(chosen.mail_from, chosen.public_url), now)


@mailboxes.command("set")
def mailbox_set(
    authority: _Authority,
    address: Annotated[str, typer.Argument(help="One plain address, name@domain.")],
    officer: _Officer = None,
    team: _Team = None,
    *,
    default: _Default = False,
) -> None:
    """Say where reminders of an officer's or a team's complaints go, or all others of the council."""
    owner = _owner(officer, team, default=default)
    try:
        checked = _ADDRESS.validate_python(address)
    except ValidationError:
        raise typer.BadParameter(
            "must be one plain mail address, name@domain", param_hint="ADDRESS"
        ) from None
    _with_mailboxes(authority, owner, lambda boxes: boxes.set(authority, owner, checked))
    typer.echo(f"{authority}: {_named(owner)} gets mail at {checked}")


@mailboxes.command("remove")
def mailbox_remove(
    authority: _Authority, officer: _Officer = None, team: _Team = None, *, default: _Default = False
) -> None:
    """Forget a mailbox; reminders then go to the next one: the team's, then the council's."""
    owner = _owner(officer, team, default=default)
    if not _with_mailboxes(authority, None, lambda boxes: boxes.remove(authority, owner)):
        raise typer.BadParameter(f"{_named(owner)} has no mailbox", param_hint="mailbox")
    typer.echo(f"{authority}: {_named(owner)} has no mailbox any more")


@mailboxes.command("list")
def mailbox_list(authority: _Authority) -> None:
    """Print every mailbox of an authority."""
    for owner, address in _with_mailboxes(authority, None, lambda boxes: boxes.of(authority)):
        typer.echo(f"{_named(owner)}\t{address}")


def _owner(officer: str | None, team: str | None, *, default: bool) -> Owner:
    named = [
        *([Owner("officer", officer)] if officer else []),
        *([Owner("team", team)] if team else []),
        *([Owner("authority")] if default else []),
    ]
    if len(named) != 1:
        raise typer.BadParameter("name one of --officer ID, --team CODE and --default", param_hint="mailbox")
    return named[0]


def _named(owner: Owner) -> str:
    return f"{owner.kind} {owner.code}".strip() if owner.code else "default"


def _with_mailboxes(authority: str, owner: Owner | None, work: Callable[[Mailboxes], Awaitable[T]]) -> T:
    """Do something with the mailboxes of an authority, which must be there, for a team that it has."""

    async def do() -> T:
        async with _desk() as desk:
            if await desk.store.head(authority) is None:
                raise typer.BadParameter("there is no such authority", param_hint="--authority")
            if owner is not None and owner.kind == "team":
                teams = {team.code for profile in await desk.profiles(authority) for team in profile.teams}
                if owner.code not in teams:
                    raise typer.BadParameter("the authority's profile has no such team", param_hint="--team")
            return await work(Mailboxes(desk.store.engine))

    return asyncio.run(do())
