"""`examples/merton/report-2022-23`: the demo council's annual report in every format, and a picture of it.

    python -m tests.reporting_api.example_report

The figures are asked at a fixed instant, so that whoever makes it anew gets the same bytes.
"""

import asyncio
import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import typst
from pypdf import PdfReader

from reporting_api.annual_report import Wanted, asked, report_of
from reporting_api.database import Engine, make_engine
from reporting_api.projector import Projector
from reporting_api.rendering import RENDERERS, pdf
from reporting_api.rendering.json_file import document_of
from reporting_api.report_document import Report
from reporting_api.tables.periods import year_beginning
from reporting_api.view import facts_seen
from tests.caseloads import recorded_streams
from tests.databases import database_server
from tests.feed_app import Log, complaints_service

_ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = _ROOT / "examples" / "merton" / "report-2022-23"
PICTURE: Final = _ROOT / "docs" / "pictures" / "report.png"

NOW: Final = datetime(2026, 11, 21, 9, tzinfo=UTC)
"""When the report is asked for."""

_YEAR: Final = year_beginning(2022)
_WANTED: Final = Wanted("merton", (_YEAR, _YEAR), "children_statutory", as_of=date(2026, 11, 20))
_PIXELS_PER_INCH: Final = 80
_PICTURED: Final = "outcomes"


async def example(url: str) -> Report:
    """The staff version of the report: projected into an empty, migrated database, then composed."""
    engine = make_engine(url)
    try:
        await _project(engine)
        async with facts_seen(engine, _WANTED.authority, None, None) as seen:
            return report_of(await asked(seen, _WANTED, NOW), NOW, seen.position)
    finally:
        await engine.dispose()


async def _project(engine: Engine) -> None:
    log = Log()
    log.tell_streams(recorded_streams(_WANTED.authority))
    async with complaints_service(log) as feed:
        await Projector(engine, feed).catch_up()


def json_text(report: Report) -> str:
    """The report as JSON that a human can read and a diff can show."""
    return json.dumps(document_of(report), ensure_ascii=False, indent=1) + "\n"


def picture_of(report: Report) -> bytes:
    """The page of the printed report on which the outcomes begin, as PNG."""
    data = json.dumps(pdf.data_of(report), ensure_ascii=False)
    compiler = typst.Compiler(
        pdf.TEMPLATE, root=pdf.TEMPLATE.parent, ignore_system_fonts=True, sys_inputs={"report": data}
    )
    pages = compiler.compile(format="png", ppi=_PIXELS_PER_INCH)
    if not isinstance(pages, list):
        raise TypeError("the report has one page")
    return pages[_page(report, _PICTURED)]


def _page(report: Report, wanted: str) -> int:
    """On which page of the PDF a section begins, counted from 0."""
    headings = [
        f"{no}. {section.title}" for no, section in enumerate(report.sections, 1) if section.id == wanted
    ]
    printed = enumerate(PdfReader(BytesIO(pdf.pdf_of(report))).pages)
    return max(no for no, page in printed if headings[0] in page.extract_text())  # after the contents


def main() -> None:
    """Write every format, and the picture."""
    with database_server() as server, server.template("reporting") as name, server.database(name) as url:
        report = asyncio.run(example(url))
    for folder in (FOLDER, PICTURE.parent):
        folder.mkdir(parents=True, exist_ok=True)
    for renderer in RENDERERS.values():
        (FOLDER / f"report.{renderer.extension}").write_bytes(renderer.render(report))
    (FOLDER / "report.json").write_text(json_text(report), encoding="utf-8")
    PICTURE.write_bytes(picture_of(report))


if __name__ == "__main__":
    main()
