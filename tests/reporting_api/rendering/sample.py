"""A report with every kind of block, of every shape that a format must be able to print."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from complaint_events.profile import Profile
from reporting_api.report_document import (
    SUPPRESSED,
    Block,
    Chart,
    Figure,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    ReportTable,
    Section,
    Series,
)
from reporting_api.tables.answer import Answer
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import year_named
from reporting_api.tables.scope import Scope

AWKWARD: Final = 'Children & <b>"Families"</b> #let x = $1$ @ref *bold* _it_ `raw` [c] \\ // it\'s {{ x }}'
"""A team's name that means something in HTML, in Jinja and in Typst, and must be printed as it is."""

NOT_APPLICABLE: Final = "not applicable"
KNOWN_AT: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
YEARS: Final = ("2018-19", "2019-20", "2020-21", "2021-22", "2022-23")
_SPAN: Final = year_named("2022-23")
_SCOPE: Final = Scope(
    authority="merton",
    procedure="children_statutory",
    period=_SPAN,
    year=_SPAN,
    as_of=KNOWN_AT.date(),
    profile=Profile(name="Merton", teams=(), themes=()),
)
_NARRATIVE: Final = """# What we did

The team **listened** to children, and *wrote down* what they said.
A second line of the same paragraph, with `code` and a [link](https://www.lgo.org.uk/).

1. Every complaint was read twice.
2. Nobody had to say it again:
   - not to the team,
   - not to the panel.

> They answered me the next day.

<script>alert("not run")</script> & [not a link](javascript:alert(1))

## What comes next

More of the same.

---

![a picture that is not fetched](https://example.org/picture.png)
"""


def table(
    table_id: str,
    columns: Sequence[str],
    cells: Iterable[Sequence[str]],
    *,
    totals: Iterable[int] = (),
    note: str | None = None,
) -> ReportTable:
    """A printed table whose cells are given as text; its answer has the same rows."""
    shown = {column["key"]: column for column in CATALOGUE[table_id].shown()}
    rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in cells]
    return ReportTable(
        answer=Answer(CATALOGUE[table_id], _SCOPE, rows, KNOWN_AT, 593),
        columns=tuple(columns),
        labels=tuple(shown[key]["label"] for key in columns),
        cells=tuple(tuple(row.values()) for row in rows),
        numeric=tuple(shown[key]["type"] in ("integer", "number", "percent", "money") for key in columns),
        totals=frozenset(totals),
        note=note,
    )


def report(*blocks: Block, title: str = "A report", public: bool = False, complete: bool = True) -> Report:
    """A report of one section that consists of these blocks."""
    return _report(title, (Section("only", "The only section", blocks),), public=public, complete=complete)


def sample() -> Report:
    """The report with everything in it, of a year that is not over, with small figures withheld."""
    sections = (_introduction(), _outcomes(), _timeliness(), _ombudsman(), _notes())
    title = "Annual report on children's social care complaints 2022-23"
    return _report(title, sections, public=True, complete=False)


def _report(title: str, sections: tuple[Section, ...], *, public: bool, complete: bool) -> Report:
    return Report(
        title=title,
        authority="merton",
        authority_name="London Borough of Merton",
        year="2022-23",
        period=(_SPAN.start, _SPAN.end),
        procedure="children_statutory",
        as_of=KNOWN_AT.date(),
        known_at=KNOWN_AT,
        position=593,
        complete=complete,
        last_event_on=date(2023, 2, 14),
        public=public,
        sections=sections,
    )


def _introduction() -> Section:
    figures = (
        Figure(
            "Complaints received", "25", "cohort: received from 1 April 2022 to 31 March 2023", "+3 (+13.6 %)"
        ),
        Figure("Answered within 20 working days", "60.9 %", "14 of 23 answered (flow)", "down 4.1 points"),
        Figure("Upheld by the Ombudsman", "not applicable", "0 of 0 investigated (flow)"),
    )
    return Section(
        "introduction",
        "Introduction & key figures",
        (
            Paragraph("In 2022-23 the council received 25 complaints. It answered 23 of them at stage 1."),
            KeyFigures(figures),
            Narrative("introduction", _NARRATIVE),
        ),
    )


def _outcomes() -> Section:
    columns = ("stage", "team_label", "decided", "upheld", "not_upheld", "upheld_or_partial_pct")
    cells = (
        ("1", AWKWARD, "7", SUPPRESSED, SUPPRESSED, "57.1"),
        ("1", "MASH & Child Protection", "0", "0", "0", NOT_APPLICABLE),
        ("1", "Total", "23", "12", "11", "52.2"),
        ("2", AWKWARD, "1,234", "1,000", "234", "81.0"),
        ("2", "Total", "1,234", "1,000", "234", "81.0"),
    )
    chart = Chart(
        id="outcomes",
        kind="stacked",
        title="Stage 1 outcomes by year",
        text="Upheld complaints rose from 3 of 9 in 2018-19 to 12 of 23 in 2022-23.",
        categories=YEARS,
        series=(
            Series("Upheld", (3, 4, None, 8, 12)),
            Series("Partially upheld", (1, 0, None, 2, 0)),
            Series("Not upheld", (5, 6, None, 9, 11)),
        ),
        unit="complaints",
    )
    bars = Chart(
        id="teams",
        kind="bars",
        title="Change in complaints received, by team",
        text="Two teams received more complaints than the year before, one fewer.",
        categories=(AWKWARD, "MASH & Child Protection", "Corporate parenting", "Not recorded"),
        series=(Series("Change on the year before", (4, -2, 1.5, None)),),
    )
    note = "A complaint with several issues is counted once, under the outcome of its answer."
    blocks = (chart, table("outcomes_by_team", columns, cells, totals=(2, 4), note=note), bars)
    return Section("outcomes", "Outcomes", blocks)


def _timeliness() -> Section:
    months = [f"{year}-{month:02}" for year in range(2018, 2023) for month in range(1, 13)]
    long = [(month, str(place), str(place // 2), "50.0") for place, month in enumerate(months)]
    lines = Chart(
        id="on_time",
        kind="lines",
        title="Answered in time",
        text="The share of complaints answered within 20 working days fell from 80 % to 60.9 %.",
        categories=YEARS,
        series=(
            Series("Within 10 working days", (40.0, 35.5, 30.0, 20.1, 13.0)),
            Series("Within 20 working days", (80.0, 75.0, None, 65.0, 60.9)),
        ),
        unit="%",
    )
    empty = Chart(
        "nothing", "bars", "Stage 3 panels", "No panel met.", YEARS, (Series("Panels", (None,) * 5),)
    )
    columns = ("month", "received", "responded", "within_20_pct")
    return Section(
        "timeliness",
        "Timeliness",
        (lines, table("monthly", columns, [*long, ("Total", "1,770", "870", "49.2")], totals=(60,)), empty),
    )


def _ombudsman() -> Section:
    columns = ("remedy", "lgsco_ref", "types", "due_on", "achieved_on", "status")
    cells = (
        ("1", "22 001 234", "apology; payment", "1 May 2023", "28 April 2023", "completed"),
        ("2", "22 009 876", "procedure_change", "1 June 2023", "", "pending"),
    )
    empty = table("compliments_by_source", ("source", "received"), (), note="None were recorded.")
    return Section("ombudsman", "The Ombudsman", (table("lgsco_remedies", columns, cells), empty))


def _notes() -> Section:
    return Section("notes", "Data notes", (Paragraph("One figure <5 & [c]."), Narrative("notes", "")))
