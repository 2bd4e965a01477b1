"""The report as PDF, read back: its tags, what it says of itself, and that every text is printed as it is.

That it is PDF/UA-1 by Typst's own checks is a condition of there being any bytes (`pdf.STANDARD`).
"""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject

from reporting_api.rendering.pdf import MISSING_NOTE, RENDERER, pdf_of
from reporting_api.report_document import Chart, Narrative, Paragraph, Report, Series
from reporting_api.tables.catalogue import CATALOGUE
from tests.reporting_api.rendering.sample import AWKWARD, report, sample, table


class Read:
    """A PDF file, its tags and its words."""

    def __init__(self, content: bytes) -> None:
        self.reader = pypdf.PdfReader(io.BytesIO(content))
        self.root: Any = self.reader.trailer["/Root"]

    def elements(self, *kinds: str) -> list[Any]:
        """The structure elements of some kinds, in reading order."""
        return [one for one in self._all if one["/S"] in kinds]

    @cached_property
    def _all(self) -> list[Any]:
        return list(_elements(self.root["/StructTreeRoot"]["/K"]))

    @cached_property
    def text(self) -> str:
        return "\n".join(page.extract_text() for page in self.reader.pages)

    @property
    def dense(self) -> str:
        """The text without spaces and line breaks, which depend on where a line ends."""
        return squeezed(self.text)


def _elements(node: Any) -> Iterator[Any]:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, DictionaryObject) and "/S" in node:
        yield node
        yield from _elements(node.get("/K", ArrayObject()))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


@pytest.fixture(scope="module")
def printed() -> Read:
    return Read(pdf_of(sample()))


def test_it_is_tagged_and_says_its_title_language_and_standard(printed: Read) -> None:
    metadata = printed.root["/Metadata"].get_object().get_data().decode()
    assert printed.root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert printed.root["/Lang"] == "en-GB"
    assert printed.root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert printed.reader.metadata is not None
    assert printed.reader.metadata.title == sample().title
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert sample().title in metadata.replace("&apos;", "'")


def test_it_is_dated_when_its_figures_were_known(printed: Read) -> None:
    assert printed.reader.metadata is not None
    assert printed.reader.metadata.creation_date == sample().known_at


def test_headings_are_in_order(printed: Read) -> None:
    headings = printed.elements("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
    levels = [int(str(one["/S"])[2]) for one in headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = [one.get("/T") for one in printed.elements("/H1")]
    assert titles == ["Contents", *(section.title for section in sample().sections), "About these figures"]


def test_the_contents_name_every_section_and_the_bookmarks_too(printed: Read) -> None:
    assert len(printed.elements("/TOCI")) == len(sample().sections) + 1
    bookmarks = [str(one["/Title"]) for one in printed.reader.outline if not isinstance(one, list)]
    assert "Introduction & key figures" in " ".join(bookmarks)


def test_every_table_has_a_caption_and_its_columns_are_headed(printed: Read) -> None:
    tables = printed.elements("/Table")
    for shown, expected in zip(tables, sample().tables(), strict=True):
        parts = list(_elements(shown["/K"]))
        headers = [one for one in parts if one["/S"] == "/TH"]
        rows = sum(one["/S"] == "/TR" for one in parts)
        assert sum(one["/S"] == "/Caption" for one in parts) == 1
        assert len(headers) == len(expected.columns)
        assert all(attribute(one, "/Scope") == "/Column" for one in headers)
        assert rows == 1 + max(len(expected.cells), 1)


def attribute(element: Any, name: str) -> Any:
    return next(one.get_object()[name] for one in element["/A"].get_object() if name in one.get_object())


def test_every_cell_names_the_header_that_it_stands_under(printed: Read) -> None:
    cells = [one for one in printed.elements("/TD") if attribute(one, "/Headers")]
    expected = [len(row) for shown in sample().tables() for row in shown.cells]
    assert len(cells) >= sum(expected)


def test_pictures_are_said_in_words(printed: Read) -> None:
    charts = [one for section in sample().sections for one in section.blocks if isinstance(one, Chart)]
    said = [one.get("/Alt") for one in printed.elements("/Figure")]
    assert said == [f"{chart.title}. {chart.text}" for chart in charts]


def test_the_cells_are_printed_in_reading_order(printed: Read) -> None:
    found, dense = 0, printed.dense
    for expected in sample().tables():
        for row in expected.cells:
            line = squeezed("".join(cell or "\N{EN DASH}" for cell in row))
            place = dense.find(line, found)
            assert place >= 0, row
            found = place + len(line)


def test_a_long_table_repeats_its_header_and_every_page_is_numbered(printed: Read) -> None:
    pages = [page.extract_text() for page in printed.reader.pages]
    assert sum("Responded" in page and "2020-" in page for page in pages) == 1
    assert sum("Received" in page and "Responded" in page for page in pages) == 2
    for number, page in enumerate(pages, 1):
        assert f"Page{number}of{len(pages)}" in squeezed(page)
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in printed.reader.pages} == {
        (595, 842)
    }


def test_a_narrative_is_printed_and_its_code_is_not_run(printed: Read) -> None:
    assert squeezed('<script>alert("not run")</script> & [not a link](javascript:alert(1))') in printed.dense
    links = [
        note.get_object()["/A"].get_object().get("/URI")
        for page in printed.reader.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert [link for link in links if link] == ["https://www.lgo.org.uk/"]


def test_the_fonts_are_inside_and_come_with_typst(printed: Read) -> None:
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in printed.reader.pages
        for font in page["/Resources"].get_object().get("/Font", {}).values()  # type: ignore[union-attr]
    }
    assert fonts
    assert all("Libertinus" in font or "DejaVu" in font or "NewCM" in font for font in fonts)


MARKUP = "#[]{}()$*_`@<>\\/-=+~'\"&%^|:;.,!? \n0aB£é"


@given(st.text(alphabet=MARKUP, max_size=30))
@example(AWKWARD)
@example('#panic("x")')
@example("](x)#sys.inputs")
@example('", "title": "other')
@settings(max_examples=25, deadline=None)
def test_a_name_is_printed_as_it_is_whatever_it_is(name: str) -> None:
    label = f"a{name}z"
    shown = report(
        Paragraph(label), table("received_by_team", ("team_label", "received"), [(label, "1")], note=label)
    )
    assert Read(pdf_of(shown)).dense.count(squeezed(label)) >= 3


@given(st.text(alphabet=MARKUP, max_size=60))
@example("# A\n\n- b\n\n  > c\n\n```\nd\n```\n***\n7. [e](http://f.g)\\\nh `i`")
@settings(max_examples=25, deadline=None)
def test_any_narrative_can_be_printed(markdown: str) -> None:
    assert pdf_of(report(Narrative("introduction", markdown))).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "text",
    ["\N{GRINNING FACE}", "\u4f60\u597d", "\U0001f469\u200d\U0001f467", "\u0e44\u0e17\u0e22", "\u0378\u0600"],
    ids=ascii,
)
def test_what_the_fonts_lack_is_marked_and_said(text: str) -> None:
    shown = Read(pdf_of(report(Paragraph(f"Before {text} after \N{EN DASH} Müller"), title=f"T {text}")))
    assert squeezed(MISSING_NOTE) in shown.dense
    assert "Before \N{REPLACEMENT CHARACTER}" in shown.text
    assert "Müller" in shown.text


@given(st.text(alphabet=st.characters(codec=None), min_size=1, max_size=30))
@example("\u0e44\u0378\ue000\U000e0041\u202e\u2028\u0600\u0928\u094d\ud800\uffff")
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_printed_anywhere(text: str) -> None:
    chart = Chart("x", "lines", text, text, (text,), (Series(text, (1.0,)),), text)
    shown = report(Paragraph(text), chart, table("received_by_team", ("team_label",), [(text,)]), title=text)
    assert pdf_of(shown).startswith(b"%PDF-1.7")


def test_other_alphabets_that_the_fonts_have_are_printed() -> None:
    text = Read(pdf_of(report(Paragraph("Łódź, Ελλάδα, Київ")))).text
    assert "Łódź, Ελλάδα, Київ" in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_a_word_too_long_for_its_column_stays_on_the_page() -> None:
    word = "x" * 300
    shown = Read(pdf_of(report(table("received_by_team", ("team_label", "received"), [(word, "1")]))))
    assert word in shown.dense


def test_rows_of_any_length_are_printed_to_their_last_word() -> None:
    texts = [f"{' '.join(['word'] * count)} end{count}" for count in (1, 400, 3000, 2, 900)]
    columns, rows = ("theme", "action", "status"), [("Theme", text, "open") for text in texts]
    shown = Read(pdf_of(report(table("learning_actions", columns, rows), Paragraph("After it"))))
    assert shown.dense.count("word") == sum(text.count("word") for text in texts)
    assert [squeezed(text)[-6:] in shown.dense for text in texts] == [True] * 5
    assert "After it" in shown.text


def test_a_table_too_wide_for_a_page_lies() -> None:
    columns = [column["key"] for column in CATALOGUE["monthly"].shown()]
    shown = Read(pdf_of(report(table("monthly", columns, [["1,234"] * len(columns)]), Paragraph("After it"))))
    widths = [round(page.mediabox.width) for page in shown.reader.pages]
    assert widths == [595, 595, 842, 595]


async def test_every_table_of_a_council(whole_report: Report) -> None:
    shown = Read(pdf_of(whole_report))
    assert len(shown.elements("/Table")) == len(list(whole_report.tables()))


def test_the_same_report_is_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from reporting_api.rendering.pdf import pdf_of;"
        "from tests.reporting_api.rendering.sample import sample; sys.stdout.buffer.write(pdf_of(sample()))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    other = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert other.stdout == RENDERER.render(sample())
