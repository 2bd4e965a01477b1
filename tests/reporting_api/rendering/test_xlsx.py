"""The workbook, read back: every cell and its type, how one finds one's way, and nothing that could harm."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reporting_api.rendering.narrative import printed
from reporting_api.rendering.provenance import NOT_APPLICABLE, WITHHELD_NOTE
from reporting_api.rendering.xlsx_file import xlsx_of
from reporting_api.report_document import SUPPRESSED, Report
from reporting_api.tables.table import Table, text_columns
from tests.reporting_api.rendering.sample import AWKWARD, KNOWN_AT, report, sample, table

FIRST_ROW = 5
"""Of a table's cells, counted from 1 as Excel does."""

FORMATS = {
    "integer": "#,##0",
    "number": "#,##0.0",
    "percent": "0.0",
    "money": "[$£-809]#,##0.00",
    "date": "d mmm yyyy",
}


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def expected(value: Any) -> Any:
    """What a cell holds for a value of an answer."""
    if isinstance(value, list):
        return "; ".join(value)
    return float(value) if isinstance(value, Decimal) else NOT_APPLICABLE if value is None else value


def held(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def test_every_cell_is_the_answers(whole_report: Report) -> None:
    workbook = opened(xlsx_of(whole_report))
    assert workbook.sheetnames == ["Contents", *(one.answer.table.id for one in whole_report.tables())]
    for one in whole_report.tables():
        keys = [column["key"] for column in one.answer.table.shown()]
        cells = workbook[one.answer.table.id].iter_rows(min_row=FIRST_ROW, values_only=True)
        found = [[held(value) for value in row] for row in cells]
        wanted = [[expected(row.get(key)) for key in keys] for row in one.answer.rows]
        assert found == wanted, one.answer.table.id


def test_figures_are_numbers_that_look_like_what_they_are(whole_report: Report) -> None:
    workbook = opened(xlsx_of(whole_report))
    seen = set()
    for one in whole_report.tables():
        sheet = workbook[one.answer.table.id]
        for place, column in enumerate(one.answer.table.shown()):
            assert column["type"] != "percent" or "%" in sheet.cell(FIRST_ROW - 1, place + 1).value
            for number, row in enumerate(one.answer.rows):
                value, cell = row.get(column["key"]), sheet.cell(FIRST_ROW + number, place + 1)
                if column["type"] in FORMATS and value is not None and value != "total":
                    assert cell.data_type == ("d" if column["type"] == "date" else "n")
                    assert cell.number_format == FORMATS[column["type"]]
                    seen.add(column["type"])
    assert seen >= {"integer", "percent", "date"}


def test_totals_are_bold_and_nothing_else(whole_report: Report) -> None:
    workbook = opened(xlsx_of(whole_report))
    for one in whole_report.tables():
        dimensions = [dimension.key for dimension in one.answer.table.dimensions]
        for number, row in enumerate(one.answer.rows, FIRST_ROW):
            total = any(row[key] == "total" for key in dimensions)
            assert {cell.font.bold for cell in workbook[one.answer.table.id][number]} == {total}


def test_each_sheet_is_a_named_table_with_a_header_that_stays(whole_report: Report) -> None:
    workbook = opened(xlsx_of(whole_report))
    for one in whole_report.tables():
        sheet = workbook[one.answer.table.id]
        marked = sheet.tables[one.answer.table.id]
        labels = [cell.value for cell in sheet[FIRST_ROW - 1]]
        assert sheet.freeze_panes == f"A{FIRST_ROW}"
        assert sheet.print_title_rows == f"${FIRST_ROW - 1}:${FIRST_ROW - 1}"
        assert marked.headerRowCount == 1
        assert marked.autoFilter.ref == marked.ref
        assert [column.name for column in marked.tableColumns] == labels
        assert len({label.casefold() for label in labels}) == len(labels)
        assert sheet["A1"].value == one.answer.table.title
        assert sheet["A2"].value.startswith("1 April 2022 to 31 March 2023; ")
        assert sheet["A3"].hyperlink.location == "'Contents'!A1"


def test_the_contents_lead_to_every_sheet(whole_report: Report) -> None:
    contents = opened(xlsx_of(whole_report))["Contents"]
    links = {row[0].value: row[0].hyperlink.location for row in contents.iter_rows() if row[0].hyperlink}
    ids = [one.answer.table.id for one in whole_report.tables()]
    assert links == {name: f"'{name}'!A1" for name in ids}
    assert list(contents.tables) == ["contents"]


def test_the_contents_say_whose_figures_they_are() -> None:
    contents = opened(xlsx_of(sample()))["Contents"]
    said = {row[0]: row[1] for row in contents.iter_rows(max_col=2, values_only=True)}
    assert said["Authority"] == "London Borough of Merton (merton)"
    assert said["First day"] == datetime(2022, 4, 1)  # noqa: DTZ001 - a workbook's days have no zone
    assert said["Known at (what had been recorded by then)"] == KNOWN_AT.replace(tzinfo=None)
    assert said["Position of the last event shown"] == 593
    assert said["Complete"].endswith("14 February 2023.")
    assert said["Small figures"] == WITHHELD_NOTE


def test_the_file_has_properties() -> None:
    about = opened(xlsx_of(sample())).properties
    assert about.title == "Annual report on children's social care complaints 2022-23"
    assert about.creator == "London Borough of Merton"
    assert about.created == about.modified == KNOWN_AT.replace(tzinfo=None)


def test_what_is_withheld_is_withheld_in_the_workbook() -> None:
    sheet = opened(xlsx_of(sample()))["outcomes_by_team"]
    row = {sheet.cell(FIRST_ROW - 1, cell.column).value: cell.value for cell in sheet[FIRST_ROW]}
    assert (row["Upheld"], row["Not upheld"], row["Team"]) == (SUPPRESSED, SUPPRESSED, AWKWARD)


def test_an_answer_that_tells_what_the_printed_table_withholds_goes_nowhere() -> None:
    shown = table("received_by_team", ("team_label", "received"), [("MASH", SUPPRESSED)])
    exact = replace(shown.answer, rows=[{"team_label": "MASH", "received": 3}])
    with pytest.raises(ValueError, match="received withholds"):
        xlsx_of(report(replace(shown, answer=exact), public=True))


def as_openpyxl_reads(text: str) -> str:
    """A carriage return is written escaped, as Excel writes it, which openpyxl leaves as it is."""
    return printed(text).replace("\r", "_x000D_")


@example("=1+1")
@example("@SUM(A1)")
@example("<r><t>markup of the file itself</t></r>")
@example("{=1+1}")
@example("https://example.org/")
@example("internal:'Contents'!A1")
@example("_x0041_")
@given(st.from_regex(r"\A[=+\-@\t\r<{](.|\n)*\Z") | st.text())
def test_text_stays_text(text: str) -> None:
    shown = table("received_by_team", ("team_label", "received"), [(text, "3")])
    content = xlsx_of(report(shown, title=text))
    cell = opened(content)["received_by_team"].cell(FIRST_ROW, 2)
    assert cell.hyperlink is None
    assert cell.data_type == "s" or not text
    assert (cell.value or "").removesuffix(" ") == as_openpyxl_reads(text).removesuffix(" ")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_a_day_before_excels_calendar_is_text() -> None:
    shown = table("stage2_register", ("requested_on",), [("",)])
    old = replace(shown.answer, rows=[{"requested_on": date(1899, 12, 31)}])
    sheet = opened(xlsx_of(report(replace(shown, answer=old))))["stage2_register"]
    assert "1899-12-31" in [cell.value for cell in sheet[FIRST_ROW]]


def test_long_names_and_headings_alike_are_told_apart() -> None:
    columns = (*text_columns("one", "two"), *text_columns("three"))
    alike = tuple(column._replace(label="The same") for column in columns)
    tables = [
        Table(
            id="a_table_whose_name_is_too_long_for_a_sheet" + end,
            title="T",
            basis="flow",
            columns=alike,
            sql="",
        )
        for end in ("", "_too")
    ]
    shown = table("received_by_team", ("team_label", "received"), [("MASH", "3")])
    given = [replace(shown, answer=replace(shown.answer, table=one)) for one in tables]
    workbook = opened(xlsx_of(report(*given)))
    assert workbook.sheetnames == [
        "Contents",
        "a_table_whose_name_is_too_lon_1",
        "a_table_whose_name_is_too_lon_2",
    ]
    assert [cell.value for cell in workbook.worksheets[1][4]] == [
        "The same",
        "The same [two]",
        "The same [three]",
    ]


def test_the_same_report_gives_the_same_bytes() -> None:
    written = xlsx_of(sample())
    assert xlsx_of(sample()) == written
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
