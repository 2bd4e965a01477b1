"""The zip of CSV files, read back: every cell, what is said of the columns, and nothing that could harm."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_api.rendering.csv_file import csv_of
from reporting_api.rendering.csv_zip import csv_zip_of
from reporting_api.rendering.provenance import WITHHELD_NOTE, whole_tables
from reporting_api.report_document import SUPPRESSED, Report
from tests.reporting_api.rendering.sample import AWKWARD, report, sample, table

BOM = b"\xef\xbb\xbf"


def files(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_table_is_a_file(whole_report: Report) -> None:
    found = files(csv_zip_of(whole_report))
    answers = {f"{one.answer.table.id}.csv": one.answer for one in whole_report.tables()}
    assert list(found) == ["README.txt", "metadata.csv", *answers]
    for name, answer in answers.items():
        assert found[name] == csv_of(answer)
        read = lines(found[name])
        assert read[0] == [column["key"] for column in answer.table.shown()]
        assert [len(row) for row in read] == [len(read[0])] * (len(answer.rows) + 1)


def test_every_column_is_described(whole_report: Report) -> None:
    header, *rows = lines(files(csv_zip_of(whole_report))["metadata.csv"])
    described = [dict(zip(header, row, strict=True)) for row in rows]
    columns = [
        (f"{one.answer.table.id}.csv", column["key"], column["label"], column["type"])
        for one in whole_report.tables()
        for column in one.answer.table.shown()
    ]
    assert [(one["file"], one["column"], one["label"], one["type"]) for one in described] == columns
    assert all(one["description"] and one["title"] and one["basis"] for one in described)
    told = next(one for one in described if one["column"] == "upheld_or_partial_pct")
    assert told["description"].endswith(": upheld_or_partial of decided")
    assert (told["from"], told["to"], told["as_of"]) == ("2022-04-01", "2023-03-31", "2026-11-20")
    assert (told["known_at"], told["as_of_position"]) == ("2026-11-20T10:00:00Z", "593")


def test_a_table_without_a_procedure_names_none(whole_report: Report) -> None:
    header, *rows = lines(files(csv_zip_of(whole_report))["metadata.csv"])
    named = {row[0]: row[header.index("procedure")] for row in rows}
    assert named["compliments_by_team.csv"] == ""
    assert named["volumes.csv"] == "children_statutory"


def test_the_readme_says_whose_figures_they_are_and_what_is_missing() -> None:
    readme = files(csv_zip_of(sample()))["README.txt"].decode("utf-8-sig")
    for said in (
        "Authority: London Borough of Merton (merton)",
        "Reporting year: 2022-23",
        "Known at (what had been recorded by then): 20 November 2026, 10:00:00 UTC",
        "Position of the last event shown: 593",
        "Complete: No: the year is not over. The last event is of 14 February 2023.",
        WITHHELD_NOTE,
        "outcomes_by_team.csv: Complaint outcomes by team and stage.",
    ):
        assert said in readme
    assert WITHHELD_NOTE not in files(csv_zip_of(report()))["README.txt"].decode("utf-8-sig")


def test_what_is_withheld_is_withheld_in_the_file() -> None:
    read = lines(files(csv_zip_of(sample()))["outcomes_by_team.csv"])
    assert read[1][read[0].index("upheld")] == SUPPRESSED
    assert read[1][read[0].index("team_label")] == AWKWARD


def test_an_answer_that_tells_what_the_printed_table_withholds_goes_nowhere() -> None:
    shown = table("received_by_team", ("team_label", "received"), [("MASH", SUPPRESSED)])
    exact = replace(shown.answer, rows=[{"team_label": "MASH", "received": 3}])
    with pytest.raises(ValueError, match="received withholds"):
        csv_zip_of(report(replace(shown, answer=exact), public=True))


def test_a_table_shown_twice_is_one_file_and_another_answer_another() -> None:
    shown = table("received_by_team", ("team_label", "received"), [("MASH", "3")])
    half = replace(shown.answer.scope, period=shown.answer.scope.period.until(date(2022, 9, 30)))
    other = replace(shown, answer=replace(shown.answer, scope=half))
    names = [one.name for one in whole_tables(report(shown, shown, other, other))]
    assert names == ["received_by_team", "received_by_team_2"]


@given(st.sampled_from("=+-@\t\r"), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_text_is_taken_for_a_formula(first: str, rest: str) -> None:
    shown = table("received_by_team", ("team_label", "received"), [(f"{first}x{rest}", "3")])
    read = lines(files(csv_zip_of(report(shown)))["received_by_team.csv"])
    assert read[1][read[0].index("team_label")] == f"'{first}x{rest}"


def test_the_same_report_gives_the_same_bytes() -> None:
    written = csv_zip_of(sample())
    assert csv_zip_of(sample()) == written
    with zipfile.ZipFile(io.BytesIO(written)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
