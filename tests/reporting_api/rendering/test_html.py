"""The report as a web page, parsed as a browser would: what assistive technology and a printer rely on."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from reporting_api.rendering.html import RENDERER, html_of_report
from reporting_api.rendering.narrative import printed
from reporting_api.rendering.provenance import WITHHELD_NOTE
from reporting_api.report_document import Figure, KeyFigures, Narrative, Paragraph, Report
from tests.reporting_api.rendering.sample import AWKWARD, report, sample, table


def page_of(shown: Report) -> HtmlElement:
    return html.document_fromstring(html_of_report(shown).decode())


@pytest.fixture(scope="module")
def page() -> HtmlElement:
    return page_of(sample())


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def seen(element: HtmlElement) -> str:
    """What is printed of an element, without what is there to be spoken instead."""
    spoken = "".join(one.text_content() for one in element.find_class("spoken"))
    return words(element).removesuffix(spoken)


def table_titled(page: HtmlElement, number: int) -> HtmlElement:
    return page.get_element_by_id(f"table-{number}").getparent()


def test_language_title_and_the_one_main_heading(page: HtmlElement) -> None:
    title = "Annual report on children's social care complaints 2022-23"
    assert page.get("lang") == "en-GB"
    assert page.findtext("head/title") == f"{title} - London Borough of Merton"
    assert [words(one) for one in page.iter("h1")] == [title]


def test_headings_are_in_order_and_have_words(page: HtmlElement) -> None:
    headings = list(page.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    levels = [int(one.tag[1]) for one in headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {3, 4} <= set(levels)
    assert all(words(one) for one in headings)


def test_landmarks_and_the_way_past_the_contents(page: HtmlElement) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(list(page.iter(landmark))) == 1, landmark
    first = next(page.iter("a"))
    assert words(first) == "Skip to the report"
    assert page.get_element_by_id(first.get("href")[1:]).tag == "main"


def test_the_contents_lead_to_every_section(page: HtmlElement) -> None:
    links = list(page.find("body/nav").iter("a"))
    headings = [words(page.get_element_by_id(link.get("href")[1:])) for link in links]
    assert headings == [f"{number}. {words(link)}" for number, link in enumerate(links, 1)]
    assert len(headings) == len(sample().sections) + 1


def test_ids_are_unique_and_every_reference_leads_somewhere(page: HtmlElement) -> None:
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    used = [name for one in page.iter() for name in (one.get("aria-labelledby") or "").split()]
    used += [link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")]
    used += re.findall(r"url\(#([^)]+)\)", html.tostring(page, encoding="unicode"))
    assert len(used) > 20
    assert set(used) <= set(ids)


def test_sections_of_one_name_have_ids_of_their_own() -> None:
    whole = sample()
    twice = Report(
        **{**{key: getattr(whole, key) for key in whole.__slots__}, "sections": whole.sections * 2}
    )
    ids = [one.get("id") for one in page_of(twice).iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_nothing_runs(page: HtmlElement) -> None:
    assert not list(page.iter("script", "link", "img", "iframe", "object", "embed", "form"))
    assert not [
        one for one in page.iter() for name in one.attrib if name in ("src", "style") or name[:2] == "on"
    ]
    assert not re.search(r"url\((?!#)|@import", html_of_report(sample()).decode())
    assert "default-src 'none'" in html_of_report(sample()).decode()


def test_tables_say_what_they_are_and_what_their_figures_are_of(page: HtmlElement) -> None:
    for one in page.iter("table"):
        assert words(one.find("caption"))
    caption = words(page.get_element_by_id("table-1"))
    assert caption.startswith("Table 1. Complaint outcomes by team and stage")
    assert "1 April 2022 to 31 March 2023" in caption
    assert "flow" in caption


def test_every_header_cell_has_words_and_a_scope(page: HtmlElement) -> None:
    headers = list(page.iter("th"))
    assert headers
    for header in headers:
        inside = next(header.iterancestors("thead", "tbody")).tag
        assert header.get("scope") == {"thead": "col", "tbody": "row"}[inside]
        assert words(header)


def test_every_row_has_a_cell_for_every_column(page: HtmlElement) -> None:
    for one in page.iter("table"):
        widths = {sum(int(cell.get("colspan", 1)) for cell in row) for row in one.iter("tr")}
        assert len(widths) == 1


def test_cells_are_printed_as_they_are_in_the_report(page: HtmlElement) -> None:
    for number, expected in enumerate(sample().tables(), 1):
        printed_rows = [
            tuple(seen(cell) for cell in row) for row in table_titled(page, number).find("tbody").iter("tr")
        ]
        cells = [tuple(" ".join(cell.split()) or "\N{EN DASH}" for cell in row) for row in expected.cells]
        assert printed_rows == (cells or [("There are no rows.",)])


def test_rows_are_named_by_their_dimensions_and_figures_stand_right(page: HtmlElement) -> None:
    row = table_titled(page, 1).find("tbody/tr")
    assert [cell.tag for cell in row] == ["th", "th", "td", "td", "td", "td"]
    assert ["number" in cell.get("class", "") for cell in row] == [True, False, True, True, True, True]


def test_totals_are_marked_by_more_than_their_look(page: HtmlElement) -> None:
    rows = list(table_titled(page, 1).find("tbody"))
    assert [row.get("class") for row in rows] == [None, None, "total", None, "total"]
    assert all("Total" in words(row) for row in rows if row.get("class"))


def test_what_is_no_figure_is_said_in_words(page: HtmlElement) -> None:
    assert "not applicable" in words(table_titled(page, 1))
    withheld = table_titled(page, 1).find_class("withheld")
    assert [words(cell) for cell in withheld] == ["[c]withheld"] * 2
    assert WITHHELD_NOTE in words(page.get_element_by_id("table-1").getparent().getparent().getparent())
    assert [words(cell) for cell in table_titled(page, 3).find_class("none")] == ["\N{EN DASH}none"]


@pytest.mark.parametrize("cell", ["", "N/A", "not applicable", "[c]", "\N{EN DASH}"])
def test_every_spelling_of_no_figure_is_spoken(cell: str) -> None:
    shown = page_of(report(table("volumes_by_year", ("year", "change_pct"), [("2022-23", cell)])))
    spoken = words(next(shown.iter("td")))
    assert spoken in ("not applicable", "[c]withheld", "\N{EN DASH}none")


def test_tables_that_scroll_can_be_reached_by_keyboard(page: HtmlElement) -> None:
    for one in [*page.iter("table"), *page.iter("svg")]:
        around = one.getparent()
        assert around.get("class") == "scroll"
        assert around.get("tabindex") == "0"
        assert around.get("role") in ("region", "group")
        assert around.get("aria-labelledby") or around.get("aria-label")


def test_charts_are_said_in_words_beside_the_drawing(page: HtmlElement) -> None:
    figures = list(page.iter("figure"))
    assert len(figures) == 4
    for one in figures:
        assert words(one.find("figcaption"))
        assert words(one.find("p"))
        assert one.find(".//svg").get("role") == "img"
    rows = [[words(cell) for cell in row] for row in figures[0].find("details").iter("tr")]
    assert rows[1] == ["2018-19", "3", "1", "5"]
    assert figures[3].find("details") is None
    assert "There are no figures to draw." in words(figures[3])


def test_key_figures_are_a_list_with_what_they_are_of(page: HtmlElement) -> None:
    (figures,) = page.find_class("figures")
    assert figures.tag == "ul"
    assert [words(one) for one in figures] == [
        (
            "Complaints received 25 Change on the year before: +3 (+13.6 %)"
            " Basis: cohort: received from 1 April 2022 to 31 March 2023"
        ),
        (
            "Answered within 20 working days 60.9 % Change on the year before: down 4.1 points"
            " Basis: 14 of 23 answered (flow)"
        ),
        "Upheld by the Ombudsman not applicable Basis: 0 of 0 investigated (flow)",
    ]


def test_the_parts_of_a_percentage_are_printed() -> None:
    figure = Figure("Upheld", "52.2%", "stage 1 answers", numerator="12", denominator="23")
    assert "Basis: 12 of 23; stage 1 answers" in words(page_of(report(KeyFigures((figure,)))))


def test_a_term_that_is_defined_is_marked() -> None:
    shown = page_of(report(Paragraph("Stage 1 is the first answer.", term="Stage 1")))
    assert [words(one) for one in shown.iter("dfn")] == ["Stage 1"]
    assert "Stage 1 is the first answer." in words(shown)


def test_a_year_that_is_not_over_and_withheld_figures_are_said_first(page: HtmlElement) -> None:
    (notices,) = page.find_class("notices")
    assert "The year is not over" in words(notices)
    assert "14 February 2023" in words(notices)
    assert WITHHELD_NOTE in words(notices)
    assert not page_of(report()).find_class("notices")


def test_an_empty_slot_of_the_councils_leaves_no_trace() -> None:
    assert not page_of(report(Narrative("introduction", " \n"))).find_class("narrative")


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["ink", "quiet", "link"])
def test_every_colour_of_text_can_be_read_on_every_ground(page: HtmlElement, name: str) -> None:
    style = words(page.find("head/style"))
    colours = dict(re.findall(r"--(\w+): (#\w{6})", style))
    assert min(contrast(colours[name], ground) for ground in ("#ffffff", colours["faint"])) >= 4.5


@given(st.text(max_size=40))
@example(AWKWARD)
@example("</style><script>alert(1)</script>")
@example("{{ 7 * 7 }}{% raw %}")
@settings(max_examples=30, deadline=None)
def test_a_name_is_printed_as_it_is_whatever_it_is(name: str) -> None:
    label = f"a{name}z"
    shown = report(
        Paragraph(label),
        table("received_by_team", ("team_label", "received"), [(label, "1")], note=label),
        title=label,
    )
    page = page_of(shown)
    expected = " ".join(printed(label).split())
    assert words(page.find(".//h1")) == expected
    assert words(page.find(".//section/p")) == expected
    assert words(page.find(".//tbody/tr/th")) == expected
    assert not list(page.iter("script", "b"))


async def test_every_table_of_a_council(whole_report: Report) -> None:
    page = page_of(whole_report)
    assert len(list(page.iter("table"))) == len(list(whole_report.tables()))
    for header in page.iter("th"):
        assert words(header)


def test_the_same_report_is_the_same_bytes() -> None:
    assert RENDERER.render(sample()) == RENDERER.render(sample())
