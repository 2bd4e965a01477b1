"""Merton's year projected, rebuilt and reported by a process of its own, told as one line of JSON.

    python -m tests.reporting_api.rebuilt DATABASE_URL PAGE_SIZE TIME_ZONE

The database is an empty one with every migration; `TIME_ZONE` is that of every session with it.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from reporting_api.annual_report import Wanted, asked, compose, published, report_of
from reporting_api.database import FACT_TABLES, Connection, Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.rendering import RENDERERS
from reporting_api.rendering.json_file import json_of
from reporting_api.tables.periods import year_beginning
from reporting_api.view import facts_seen
from tests.caseloads import RECORDED_AT, recorded_streams
from tests.feed_app import Log, complaints_service

AUTHORITY: Final = "merton"
NOW: Final = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
"""When the reports are made: half an hour into a day that has not begun yet in America."""

_YEAR: Final = year_beginning(2022)
_TODAY: Final = Wanted(AUTHORITY, (_YEAR, _YEAR), "children_statutory")
_PAST: Final = Wanted(
    AUTHORITY,
    (_YEAR, _YEAR),
    "all",
    as_of=date(2023, 1, 31),
    known_at=RECORDED_AT + timedelta(milliseconds=400),
)


async def told(url: str, page_size: int, time_zone: str) -> dict[str, Any]:
    """The hashes of the facts, table by table, and of the reports, format by format; and of whose making."""
    engine = make_engine(url)
    sa.event.listen(engine.sync_engine, "connect", lambda raw, _: _set_time_zone(raw, time_zone))
    await _rebuild(engine, page_size)
    told = {
        "seed": os.environ.get("PYTHONHASHSEED"),
        "here": datetime.fromtimestamp(0).astimezone().isoformat(),
        "there": await _time_zone(engine),
        "hashed": hash("a different one for every seed"),
        "facts": await _facts(url),
        "reports": dict([one async for one in _reports(engine)]),
    }
    await engine.dispose()
    return told


def _set_time_zone(raw: Any, time_zone: str) -> None:
    """Give a new session a time zone that ending a transaction does not take away again."""
    cursor = raw.cursor()
    cursor.execute(f"SET SESSION TIME ZONE '{time_zone}'")
    raw.commit()
    cursor.close()


async def _time_zone(engine: Engine) -> str:
    async with engine.connect() as connection:
        return str(await connection.scalar(sa.text("SHOW TimeZone")))


async def _rebuild(engine: Engine, page_size: int) -> None:
    """Project Merton's events by pages of that size, then make the facts anew from the copy of the events."""
    log = Log()
    log.tell_streams(recorded_streams(AUTHORITY))
    async with complaints_service(log) as feed:
        projector = Projector(engine, feed, page_size)
        await projector.catch_up()
        await projector.refold(AUTHORITY)


async def _facts(url: str) -> dict[str, str]:
    """Every fact table as text in the order of its rows, read by a session whose time zone is UTC."""
    engine = make_engine(url)
    async with engine.connect() as connection:
        found = {name: await _rows(connection, name) for name in FACT_TABLES}
    await engine.dispose()
    return {name: f"{len(rows)} rows {_hash(*map(str.encode, rows))}" for name, rows in found.items()}


async def _rows(connection: Connection, table: str) -> list[str]:
    query = f'SELECT row_::text FROM facts.{table} row_ ORDER BY row_::text COLLATE "C"'
    return list(await connection.scalars(sa.text(query)))


async def _reports(engine: Engine) -> AsyncIterator[tuple[str, str]]:
    """The hash of every format from the facts rebuilt, and of what is published and what was known once.

    The last two as JSON: the other formats are made from the same document by the same functions.
    """
    async with facts_seen(engine, AUTHORITY, None, None) as seen:
        setting = await asked(seen, _TODAY, NOW)
    exact = report_of(setting, NOW, seen.position)
    for name, renderer in RENDERERS.items():
        yield name, _hash(renderer.render(exact))
    yield "public", _hash(json_of(report_of(published(setting), NOW, seen.position)))
    yield "past", _hash(json_of(await compose(engine, _PAST)))


def _hash(*parts: bytes) -> str:
    return sha256(b"\n".join(parts)).hexdigest()


if __name__ == "__main__":
    url, page_size, time_zone = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(told(url, int(page_size), time_zone))))
