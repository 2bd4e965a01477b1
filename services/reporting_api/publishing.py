"""Publishing a report: pinned to the last event it shows, kept byte for byte, under a number. See ADR 16.

What is published is what may be published: small figures are withheld. The exact figures behind it are kept
with it, unpublished, so that a later restatement compares with them and not with what is made of them later.
"""

import asyncio
import hashlib
import json
import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from complaint_events.profile import ProfileApplied
from complaint_events.scalars import london_date
from reporting_api.annual_report import Wanted, asked, published, report_of, withheld_from
from reporting_api.database import Connection, Engine, publications, replaying
from reporting_api.database.publications import Kept, Publication, Request, Series
from reporting_api.disclosure import Suppressed, as_published
from reporting_api.rendering import RENDERERS
from reporting_api.report_document import Report
from reporting_api.sections.setting import Setting
from reporting_api.tables.answer import Answer, scope_of
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.periods import Span
from reporting_api.view import facts_seen
from service_conventions.problems import Problem

FORMATS: Final = tuple(RENDERERS)
"""What is published unless less is asked for; JSON always is."""

_TRIES: Final = 3
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What to publish: `spans` are the period and its reporting year."""

    authority: str
    spans: tuple[Span, Span]
    procedure: str
    published_by: str
    formats: tuple[str, ...] = FORMATS
    note: str | None = None
    request: Request | None = None

    @property
    def series(self) -> Series:
        """The publications that this one follows."""
        period = self.spans[0]
        return Series(self.procedure, period.start, period.end)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What could be published: the exact figures, and what the public was told before."""

    exact: Setting
    told: list[Suppressed]
    known_at: datetime
    position: int
    figures_hash: str


@dataclass(frozen=True, slots=True)
class _Printed:
    """What is published: the report, its formats, and the figures behind it."""

    report: Report
    contents: list[tuple[Kept, bytes]]
    figures: bytes
    figures_hash: str


async def publish(engine: Engine, order: Order) -> tuple[Publication, bool]:
    """Publish a report, unless the last one of its procedure and period says the same; whether it is new.

    It says the same if its exact figures, narratives and note are the same and it has the formats asked for.
    Raises `Problem`: 404 for an authority of which nothing is known, 422 for a reused `Idempotency-Key`, 409
    where small figures could be worked out from it and from what was published before.
    """
    for _ in range(_TRIES):
        async with engine.connect() as connection:
            if done := await _done_before(connection, order):
                return done, False
            earlier = await publications.listed(connection, order.authority)
        draft = await _draft(engine, order, earlier)
        if same := _the_same(earlier, order, draft):
            return same, False
        printed = await asyncio.to_thread(_printed, draft, order.formats)
        if new := await _kept(engine, order, printed, len(earlier)):
            return new, True
    raise Problem("stale-version", "Others keep publishing for this authority; try again.")


async def _done_before(connection: Connection, order: Order) -> Publication | None:
    """What the same request published before."""
    if order.request is None:
        return None
    done, asked_then = await publications.requested(connection, order.authority, order.request.key)
    if done and asked_then != order.request.asked:
        raise Problem("idempotency-key-reused", "Use a new key for another publication.")
    return done


async def _draft(engine: Engine, order: Order, earlier: Sequence[Publication]) -> _Draft:
    as_of = london_date(datetime.now(UTC))
    wanted = Wanted(order.authority, order.spans, order.procedure, as_of=as_of)
    async with facts_seen(engine, order.authority, as_of, None) as seen:
        known_at = await replaying.recorded_at(seen.connection, order.authority, seen.position)
        exact = await asked(seen, wanted, known_at)
        told = await told_before(seen.connection, earlier, seen.profiles)
    return _Draft(exact, told, known_at, seen.position, _figures_hash(exact))


def _the_same(earlier: Sequence[Publication], order: Order, draft: _Draft) -> Publication | None:
    """The last publication of the series, if it says the same."""
    year, series = order.spans[1].key, order.series
    of_series = [one for one in earlier if one.year == year and series_of(one) == series]
    if not of_series or of_series[-1].figures_hash != draft.figures_hash:
        return None
    there = {kept.format for kept in of_series[-1].formats}
    enough = there >= set(order.formats) and order.note in (None, of_series[-1].note)
    return of_series[-1] if enough else None


def _printed(draft: _Draft, formats: Sequence[str]) -> _Printed:
    """The report with small figures withheld, in JSON and every format asked for, by name.

    Raises `Problem` (409) where that is not enough.
    """
    withheld = _protected(draft)
    public = published(draft.exact, withheld)
    report = report_of(public, draft.known_at, draft.position)
    contents = [_format(name, report) for name in sorted({"json", *formats})]
    return _Printed(report, contents, _figures(draft.exact, public), draft.figures_hash)


def _protected(draft: _Draft) -> Suppressed:
    """What is withheld. Raises `Problem` where small figures could be worked out all the same."""
    withheld = withheld_from(draft.exact, draft.told)
    if withheld.given_away:
        tables = ", ".join(sorted({cell.table for cell in withheld.given_away}))
        raise Problem(
            "would-reveal",
            "Nothing was published. Together with what was published before, small figures of these tables "
            f"could be worked out, whatever else is withheld: {tables}.",
        )
    return withheld


def _format(name: str, report: Report) -> tuple[Kept, bytes]:
    renderer = RENDERERS[name]
    content = renderer.render(report)
    return Kept(name, renderer.media_type, renderer.extension, _sha256(content), len(content)), content


async def _kept(engine: Engine, order: Order, printed: _Printed, known: int) -> Publication | None:
    """The publication, once it is in the database; None where somebody else published meanwhile."""
    async with engine.begin() as connection:
        await publications.hold(connection, order.authority)
        there = await publications.listed(connection, order.authority)
        if len(there) != known:
            return None
        number = 1 + sum(one.year == order.spans[1].key for one in there)
        new = _publication(order, printed, number)
        await publications.add(connection, new, printed.contents, printed.figures, order.request)
    return new


def _publication(order: Order, printed: _Printed, number: int) -> Publication:
    report, (period, year) = printed.report, order.spans
    formats = tuple(kept for kept, _ in printed.contents)
    return Publication(
        authority=order.authority,
        year=year.key,
        number=number,
        title=report.title,
        note=order.note,
        procedure=order.procedure,
        starts_on=period.start,
        ends_on=period.end,
        complete=report.complete,
        as_of=report.as_of,
        known_at=report.known_at,
        position=report.position,
        content_hash=content_hash(formats),
        figures_hash=printed.figures_hash,
        published_at=datetime.now(UTC).replace(microsecond=0),
        published_by=order.published_by,
        formats=formats,
    )


def content_hash(formats: Sequence[Kept]) -> str:
    """The hash of the whole: of the list that `sha256sum` prints of the files `report.json`, ... by name.

    So whoever has the files can work it out without this software.
    """
    names = sorted((f"report.{kept.extension}", kept.sha256) for kept in formats)
    return _sha256("".join(f"{sha256}  {name}\n" for name, sha256 in names).encode())


async def content_of(engine: Engine, publication: Publication, name: str) -> tuple[Kept, bytes]:
    """A format of a publication, exactly as it was published.

    Raises `Problem`: 404 for a format that was not published, 503 when a byte or a hash is not what it was.
    """
    kept = next((one for one in publication.formats if one.format == name), None)
    if kept is None:
        there = ", ".join(one.format for one in publication.formats)
        raise Problem("unknown-publication", f"It was not published in that format, but in: {there}.")
    async with engine.connect() as connection:
        content = await publications.content(connection, publication, name) or b""
    if _sha256(content) != kept.sha256 or content_hash(publication.formats) != publication.content_hash:
        raise damaged(publication, name)
    return kept, content


def damaged(publication: Publication, what: str) -> Problem:
    """The problem of a publication that is no longer what was published; it is logged."""
    place = f"{publication.authority} {publication.year} {publication.number}"
    _log.error("publication %s: %s is not what was published", place, what)
    return Problem("publication-damaged", "What is kept is not what was published; it is not shown.")


async def figures_of(connection: Connection, publication: Publication) -> dict[str, Any]:
    """The exact figures behind a publication. Raises `Problem` (503) when they are not what was kept."""
    kept = await publications.figures(connection, publication)
    try:
        figures: dict[str, Any] = json.loads(zlib.decompress(kept))
    except (zlib.error, ValueError):
        raise damaged(publication, "figures") from None
    if _hash_of_figures(figures) != publication.figures_hash:
        raise damaged(publication, "figures")
    return figures


async def told_before(
    connection: Connection, earlier: Sequence[Publication], profiles: Sequence[ProfileApplied]
) -> list[Suppressed]:
    """What the public has seen of an authority: every table of every publication, exact and as shown."""
    return [
        _told(publication, await figures_of(connection, publication), profiles) for publication in earlier
    ]


def _told(
    publication: Publication, figures: Mapping[str, Any], profiles: Sequence[ProfileApplied]
) -> Suppressed:
    answers = [_answer(publication, table, profiles) for table in figures["tables"]]
    return as_published(answers, [table["public"] for table in figures["tables"]])


def _answer(publication: Publication, table: Mapping[str, Any], profiles: Sequence[ProfileApplied]) -> Answer:
    spans = (_span(table["period"]), _span(table["year"]))
    scope = scope_of(publication.authority, publication.procedure, spans, publication.as_of, profiles)
    return Answer(CATALOGUE[table["id"]], scope, table["rows"], publication.known_at, publication.position)


def series_of(publication: Publication) -> Series:
    """The publications that it belongs to."""
    return Series(publication.procedure, publication.starts_on, publication.ends_on)


def _figures(exact: Setting, public: Setting) -> bytes:
    """The figures behind a report and what of them the public sees, compressed."""
    pairs = zip(_answers(exact), _answers(public), strict=True)
    tables = [{**_table(answer), "public": shown.document()["rows"]} for answer, shown in pairs]
    return zlib.compress(_canonical({**_beside(exact), "tables": tables}), 9)


def _figures_hash(exact: Setting) -> str:
    return _sha256(_canonical({**_beside(exact), "tables": [_table(answer) for answer in _answers(exact)]}))


def _hash_of_figures(figures: Mapping[str, Any]) -> str:
    tables = [{key: value for key, value in table.items() if key != "public"} for table in figures["tables"]]
    return _sha256(_canonical({**figures, "tables": tables}))


def _answers(setting: Setting) -> Iterator[Answer]:
    yield from setting.answers.values()
    yield from setting.before.values()


def _beside(setting: Setting) -> dict[str, Any]:
    """What a report says beside its figures."""
    return {
        "name": setting.scope.profile.name,
        "complete": setting.scope.complete,
        "narratives": dict(sorted(setting.narratives.items())),
        **({"letter": setting.letter.model_dump(mode="json")} if setting.letter else {}),
    }


def _table(answer: Answer) -> dict[str, Any]:
    spans = {"period": answer.scope.period, "year": answer.scope.year}
    written = {key: [one.key, str(one.start), str(one.end)] for key, one in spans.items()}
    return {"id": answer.table.id, **written, "rows": answer.document()["rows"]}


def _span(written: Sequence[str]) -> Span:
    return Span(written[0], date.fromisoformat(written[1]), date.fromisoformat(written[2]))


def _canonical(value: object) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    ).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
