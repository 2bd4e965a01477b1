"""The Word document, read back: every cell, and what readers with and without a screen find their way by."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting_api.rendering.docx_file import docx_of
from reporting_api.rendering.narrative import printed
from reporting_api.rendering.provenance import NOT_APPLICABLE, WITHHELD_NOTE
from reporting_api.report_document import (
    Chart,
    Figure,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    Series,
)
from reporting_api.tables.catalogue import CATALOGUE
from tests.reporting_api.rendering.sample import AWKWARD, KNOWN_AT, YEARS, report, sample, table

WHITE = (255, 255, 255)


@pytest.fixture(scope="module")
def printed_sample() -> Document:
    return opened(docx_of(sample()))


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def texts(one: Table) -> list[list[str]]:
    """The cells row by row; faster than asking the table, which counts merged cells."""
    return [["".join(cell.itertext(qn("w:t"))) for cell in row.tc_lst] for row in one._tbl.tr_lst]


def titles(document: Document) -> list[str]:
    """The name that each table has for a screen reader."""
    return [one._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for one in document.tables]


def headings(document: Document) -> list[tuple[int, str]]:
    named = ((one.style.name or "", one.text) for one in document.paragraphs if one.style is not None)
    return [(int(name[-1]), text) for name, text in named if name.startswith("Heading ")]


def styled(document: Document, name: str) -> list[str]:
    return [one.text for one in document.paragraphs if one.style is not None and one.style.name == name]


def in_words(cells: Sequence[str]) -> list[str]:
    return [cell or NOT_APPLICABLE for cell in cells]


def test_every_cell_is_the_reports(whole_report: Report) -> None:
    document = opened(docx_of(whole_report))
    shown = [one for one in whole_report.tables() if one.cells]
    assert titles(document) == [one.answer.table.title for one in shown]
    for found, one in zip(document.tables, shown, strict=True):
        assert texts(found) == [list(one.labels), *map(in_words, one.cells)]


def test_header_rows_repeat_and_no_row_is_split(printed_sample: Document) -> None:
    assert len(printed_sample.tables) == 7
    for one in printed_sample.tables:
        rows = one._tbl.tr_lst
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [
            place == 0 for place in range(len(rows))
        ]
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        assert one._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"


def test_figures_stand_right_and_totals_out(printed_sample: Document) -> None:
    outcomes = printed_sample.tables[titles(printed_sample).index("Complaint outcomes by team and stage")]
    total = outcomes.rows[3].cells
    aligned = [cell.paragraphs[0].style for cell in total]
    assert [style.name for style in aligned if style] == ["Table Figure", "Table Text", *["Table Figure"] * 4]
    assert printed_sample.styles["Table Figure"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert {run_style(cell) for cell in total} == {"Strong"}
    assert {run_style(cell) for cell in outcomes.rows[2].cells} == {"Default Paragraph Font"}


def run_style(cell: Any) -> str:
    return str(cell.paragraphs[0].runs[0].style.name)


def test_headings_stand_in_order_and_none_is_skipped(printed_sample: Document) -> None:
    found = headings(printed_sample)
    assert [text for level, text in found if level == 1] == [section.title for section in sample().sections]
    assert (2, "What we did") in found
    assert (3, "What comes next") in found
    levels = [0, *(level for level, _ in found)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert styled(printed_sample, "Title") == [sample().title]


def test_the_contents_lead_to_the_headings(printed_sample: Document) -> None:
    body: Any = printed_sample.element.body
    field = body.find(qn("w:sdt"))
    assert "TOC" in "".join(field.itertext(qn("w:instrText")))
    links = {
        link.get(qn("w:anchor")): "".join(link.itertext(qn("w:t"))) for link in field.iter(qn("w:hyperlink"))
    }
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in body.iter(qn("w:bookmarkStart"))}
    assert list(links.values()) == [text for level, text in headings(printed_sample) if level <= 2]
    assert all("".join(marks[anchor].itertext(qn("w:t"))) == text for anchor, text in links.items())


def test_tables_and_charts_are_counted(printed_sample: Document) -> None:
    captions = styled(printed_sample, "Caption")
    assert [text for text in captions if text.startswith("Table")] == [
        "Table 1: Complaint outcomes by team and stage",
        "Table 2: Complaints at stage 1 by month and quarter",
        "Table 3: Remedies agreed with the Ombudsman",
        "Table 4: Compliments by who gave them",
    ]
    assert captions[0] == "Key figures"
    assert [text for text in captions if text.startswith("Chart")] == [
        "Chart 1: Stage 1 outcomes by year",
        "Chart 2: Change in complaints received, by team",
        "Chart 3: Answered in time",
        "Chart 4: Stage 3 panels",
    ]


def test_pictures_say_what_they_show(printed_sample: Document) -> None:
    charts = [block for section in sample().sections for block in section.blocks if isinstance(block, Chart)]
    drawn = [chart for chart in charts if chart.id != "nothing"]
    described = [shape._inline.docPr for shape in printed_sample.inline_shapes]
    assert [one.get("descr") for one in described] == [chart.text for chart in drawn]
    assert [one.get("title") for one in described] == [chart.title for chart in drawn]
    assert len({one.get("id") for one in described}) == len(drawn)
    parts = {
        rel.target_part.blob for rel in printed_sample.part.rels.values() if rel.reltype.endswith("/image")
    }
    assert len(parts) == len(drawn)
    assert all(part.startswith(b"\x89PNG\r\n") for part in parts)


def test_a_charts_figures_stand_under_it(printed_sample: Document) -> None:
    figures = printed_sample.tables[titles(printed_sample).index("Figures of chart 1")]
    header, *rows = texts(figures)
    assert header[1:] == [f"{name} (complaints)" for name in ("Upheld", "Partially upheld", "Not upheld")]
    assert [row[0] for row in rows] == list(YEARS)
    assert rows[2][1:] == ["no figure"] * 3
    assert rows[4][1:] == ["12", "0", "11"]


def test_a_chart_without_figures_is_words() -> None:
    chart = Chart("none", "bars", "Panels", "No panel met.", YEARS, (Series("Panels", (None,) * 5),))
    document = opened(docx_of(report(chart)))
    assert len(document.inline_shapes) == len(document.tables) == 0
    assert "No panel met." in styled(document, "Normal")


def test_what_is_withheld_or_does_not_apply_is_said_in_words(printed_sample: Document) -> None:
    outcomes = texts(
        printed_sample.tables[titles(printed_sample).index("Complaint outcomes by team and stage")]
    )
    assert outcomes[1] == ["1", AWKWARD, "7", "[c] withheld", "[c] withheld", "57.1"]
    assert outcomes[2][-1] == NOT_APPLICABLE
    notes = styled(printed_sample, "Table Note")
    assert [WITHHELD_NOTE in note for note in notes] == [True, False, False, False]
    assert any(text.endswith(WITHHELD_NOTE) for text in styled(printed_sample, "List Bullet"))


@pytest.mark.parametrize("nothing", ["", "-", "\N{EN DASH}", "N/A"])
def test_no_cell_leaves_a_listener_guessing(nothing: str) -> None:
    document = opened(docx_of(report(table("adr", ("type", "resolved_pct"), [("mediation", nothing)]))))
    assert texts(document.tables[0])[1] == ["mediation", NOT_APPLICABLE]


def test_a_table_without_rows_says_so(printed_sample: Document) -> None:
    assert "Compliments by who gave them" not in titles(printed_sample)
    assert "There are no entries." in styled(printed_sample, "Normal")


def test_key_figures_say_how_they_were_worked_out() -> None:
    figures = (
        Figure("Upheld", "52.2%", "Counted by the date of the answer.", "+2.1 points", "12", "23"),
        Figure("Answered", "23", "flow"),
        Figure("In time", "60.9%", "14 of 23 answered", None, "14", "23"),
    )
    header, *rows = texts(opened(docx_of(report(KeyFigures(figures)))).tables[0])
    assert header == ["Figure", "Value", "Change on the year before", "How it was worked out"]
    assert rows[0] == ["Upheld", "52.2%", "+2.1 points", "12 of 23; Counted by the date of the answer."]
    assert rows[1] == ["Answered", "23", NOT_APPLICABLE, "flow"]
    assert rows[2][-1] == "14 of 23 answered"
    unchanged = texts(opened(docx_of(report(KeyFigures(figures[1:])))).tables[0])
    assert unchanged[0] == ["Figure", "Value", "How it was worked out"]


def test_a_defined_term_stands_out() -> None:
    document = opened(docx_of(report(Paragraph("Complaint: a representation.", term="Complaint"))))
    paragraph = next(one for one in document.paragraphs if one.text == "Complaint: a representation.")
    assert [(run.text, run.style.name) for run in paragraph.runs] == [
        ("Complaint", "Strong"),
        (": a representation.", "Default Paragraph Font"),
    ]


def test_the_councils_words_are_real_styles(printed_sample: Document) -> None:
    assert styled(printed_sample, "List Number") == [
        "Every complaint was read twice.",
        "Nobody had to say it again:",
    ]
    assert styled(printed_sample, "List Bullet 2") == ["not to the team,", "not to the panel."]
    assert styled(printed_sample, "Quote") == ["They answered me the next day."]
    said = next(one for one in printed_sample.paragraphs if one.text.startswith("The team listened"))
    assert [run.text for run in said.runs if run.bold] == ["listened"]
    assert [run.text for run in said.runs if run.italic] == ["wrote down"]
    assert [(link.text, link.url) for link in said.hyperlinks] == [("link", "https://www.lgo.org.uk/")]
    assert '<script>alert("not run")</script>' in "".join(styled(printed_sample, "Normal"))


def test_links_lead_only_where_they_may(printed_sample: Document) -> None:
    outside = {rel.target_ref for rel in printed_sample.part.rels.values() if rel.is_external}
    assert outside == {"https://www.lgo.org.uk/"}


def test_each_numbered_list_counts_from_its_own_start() -> None:
    narrative = Narrative("one", "1. a\n2. b\n\nbetween\n\n1. c\n\nagain\n\n7. d\n\n   more of d\n")
    document = opened(docx_of(report(narrative)))
    body: Any = document.element.body
    numbers = [number.val for number in body.iter(qn("w:numId"))]
    assert styled(document, "List Number") == ["a", "b", "c", "d"]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3
    assert [start_of(document, number) for number in numbers] == [1, 1, 1, 7]
    assert styled(document, "List Continue") == ["more of d"]


def start_of(document: Document, number: int) -> int:
    numbering: Any = document.part.numbering_part.element
    override = numbering.num_having_numId(number).lvlOverride_lst[0]
    return int(override.find(qn("w:startOverride")).get(qn("w:val")))


def test_the_document_says_what_it_is(printed_sample: Document) -> None:
    about = printed_sample.core_properties
    assert (about.title, about.author) == (sample().title, "London Borough of Merton")
    assert (about.language, about.last_modified_by) == ("en-GB", "London Borough of Merton")
    assert about.created == about.modified == KNOWN_AT
    languages = {one.get(qn("w:val")) for one in printed_sample.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_it_says_whose_figures_they_are(printed_sample: Document) -> None:
    said = styled(printed_sample, "List Bullet")
    assert "Authority: London Borough of Merton (merton)" in said
    assert "Complete: No: the year is not over. The last event is of 14 February 2023." in said
    assert "Known at (what had been recorded by then): 20 November 2026, 10:00:00 UTC" in said
    assert "Position of the last event shown: 593" in said


def test_pages_are_numbered(printed_sample: Document) -> None:
    for section in printed_sample.sections:
        footer: Any = section.footer._element
        assert "".join(footer.itertext(qn("w:instrText"))).split() == ["PAGE", "NUMPAGES"]
        assert "London Borough of Merton" in section.header.paragraphs[0].text


def test_every_style_has_contrast(printed_sample: Document) -> None:
    colours = {one.get(qn("w:val")) for one in printed_sample.styles.element.iter(qn("w:color"))}
    assert colours == {"0B3D91"}
    assert all(contrast(colour) >= 7 for colour in colours)


def contrast(colour: str) -> float:
    """WCAG 2.2's ratio of a colour's luminance to white's."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 1.05 / (
        sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05
    )


def test_a_table_of_many_columns_is_printed_across() -> None:
    keys = (
        "month",
        "received",
        "responded",
        "withdrawn",
        "within_10",
        "within_20",
        "acknowledged",
        "carried_forward",
    )
    wide = table("monthly", keys, [("2022-04", *"1234567")])
    document = opened(docx_of(report(Paragraph("Before."), wide, Paragraph("After."))))
    turned = [section.orientation for section in document.sections]
    assert turned == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert all(
        (section.page_width > section.page_height) == (section.orientation == WD_ORIENT.LANDSCAPE)
        for section in document.sections
        if section.page_width and section.page_height
    )


def test_only_a_crowded_table_has_smaller_letters() -> None:
    keys = ("stage", "team_label", "decided", "upheld")
    document = opened(docx_of(report(table("outcomes_by_team", keys, [("1", "MASH", "2", "1")]))))
    assert sizes(document) == {10}
    every = [column["key"] for column in CATALOGUE["monthly"].shown()]
    crowded = opened(docx_of(report(table("monthly", every, [["2022-04"] * len(every)]))))
    assert sizes(crowded) == {8.5}


def sizes(document: Document) -> set[float]:
    styles: list[Any] = [cell.paragraphs[0].style for row in document.tables[0].rows for cell in row.cells]
    return {style.font.size.pt for style in styles}


@settings(max_examples=40)
@given(st.text(st.characters()), st.text())
def test_any_text_can_be_printed(text: str, narrative: str) -> None:
    shown = table("received_by_team", ("team_label", "received"), [(f"x{text}", "3")], note=text)
    blocks = (
        Paragraph(text),
        Narrative("any", narrative),
        KeyFigures((Figure(text, text, text, text),)),
        shown,
    )
    document = opened(docx_of(report(*blocks, title=text)))
    assert words("".join(texts(document.tables[1])[1])) == words(f"x{printed(text)}3")


def words(text: str) -> list[str]:
    return text.split()


def test_the_same_report_gives_the_same_bytes() -> None:
    written = docx_of(sample())
    assert docx_of(sample()) == written
    assert set(_dates(written)) == {(1980, 1, 1, 0, 0, 0)}


def _dates(content: bytes) -> Iterator[tuple[int, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield from (entry.date_time for entry in archive.infolist())
