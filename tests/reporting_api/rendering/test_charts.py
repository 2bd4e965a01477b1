"""Charts as SVG: what they say without being seen, and that what is drawn is what the figures are."""

import re
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element

from reporting_api.rendering.charts import WIDTH, in_words, rows_of, svg_of
from reporting_api.rendering.svg import length, scale_of, style_of, wrapped
from reporting_api.report_document import Chart, Series
from tests.reporting_api.rendering.sample import AWKWARD, sample

Kind = Literal["bars", "stacked", "lines"]
SVG = "{http://www.w3.org/2000/svg}"
CHARTS = [block for section in sample().sections for block in section.blocks if isinstance(block, Chart)]
KINDS: list[Kind] = ["bars", "stacked", "lines"]

figures = st.none() | st.floats(-1e6, 1e6) | st.integers(0, 2000).map(float)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    categories = tuple(draw(st.lists(st.text(max_size=40), max_size=8)))
    row = st.lists(figures, min_size=len(categories), max_size=len(categories)).map(tuple)
    series = tuple(Series(draw(st.text(max_size=40)), draw(row)) for _ in range(draw(st.integers(0, 8))))
    kind = draw(st.sampled_from(KINDS))
    title, text, unit = (
        draw(st.text(max_size=20)),
        draw(st.text(max_size=20)),
        draw(st.sampled_from(["", "%"])),
    )
    return Chart("any", kind, title, text, categories, series, unit)


def drawn(chart: Chart) -> _Element:
    return etree.fromstring(svg_of(chart, "a").encode())


def words_in(picture: _Element) -> str:
    return " ".join(str(one.text or "") for one in picture.iter(f"{SVG}text"))


def bars_of(picture: _Element) -> list[float]:
    """The lengths of the bars: what is filled with a series' style and drawn right of the labels."""
    return [
        float(one.attrib["width"])
        for one in picture.iter(f"{SVG}rect")
        if one.get("stroke") and float(one.attrib["x"]) > 200
    ]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_a_chart_has_a_name_and_a_description(chart: Chart) -> None:
    picture = drawn(chart)
    assert picture.get("role") == "img"
    named = [picture.find(f".//*[@id='{one}']") for one in str(picture.get("aria-labelledby")).split()]
    assert [one.text for one in named if one is not None] == [chart.title, chart.text]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_no_text_is_smaller_than_twelve_pixels(chart: Chart) -> None:
    picture = drawn(chart)
    sizes = [float(one.attrib["font-size"]) for one in picture.iter() if "font-size" in one.attrib]
    assert sizes
    assert min(sizes) >= 12
    assert picture.get("width") == str(WIDTH)


def test_ids_begin_with_the_name_given() -> None:
    picture = etree.fromstring(svg_of(CHARTS[0], "chart-7").encode())
    ids = [str(one.get("id")) for one in picture.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) > 2
    assert all(one.startswith("chart-7-") for one in ids)
    used = re.findall(r"url\(#([^)]+)\)", svg_of(CHARTS[0], "chart-7"))
    assert used
    assert set(used) <= set(ids)


def test_bars_are_as_long_as_their_figures_and_go_both_ways() -> None:
    chart = Chart("x", "bars", "T", "t", ("A", "B", "C"), (Series("S", (10.0, -5.0, None)),))
    long, short = bars_of(drawn(chart))
    assert long == pytest.approx(2 * short, abs=0.2)
    assert {"10", "\N{MINUS SIGN}5", "no figure"} <= {
        str(one.text) for one in drawn(chart).iter(f"{SVG}text")
    }


def test_stacked_bars_add_up() -> None:
    both = Chart("x", "stacked", "T", "t", ("A",), (Series("S", (30.0,)), Series("R", (10.0,))))
    first, second = bars_of(drawn(both))
    assert first + 1 == pytest.approx(3 * (second + 1), abs=0.5)
    assert "40 in all" in words_in(drawn(both))


def test_a_missing_part_of_a_stack_is_said() -> None:
    chart = Chart("x", "stacked", "T", "t", ("A",), (Series("S", (30.0,)), Series("R", (None,))))
    assert "30 in all known" in words_in(drawn(chart))


def test_a_line_is_interrupted_where_there_is_no_figure() -> None:
    chart = Chart("x", "lines", "T", "t", tuple("ABCD"), (Series("S", (1.0, 2.0, None, 4.0)),))
    picture = drawn(chart)
    assert [str(one.get("points")).count(",") for one in picture.iter(f"{SVG}polyline")] == [2, 1]
    assert "No figure: S, C." in words_in(picture)
    assert "S: 4" in words_in(picture)


def test_the_scale_holds_zero_and_every_figure() -> None:
    assert scale_of([3.0, 9.0], 0, 100).ticks == (0, 2, 4, 6, 8, 10)
    assert scale_of([-4.0, 3.0], 0, 100).low <= -4
    assert scale_of([], 0, 100).at(0) == 0
    assert scale_of([1.0], 0, 100).ticks == (0, 1), "half a complaint is no tick"


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_no_figure_leaves_the_drawing(values: list[float]) -> None:
    scale = scale_of(values, 0, 100)
    assert all(-1e-6 <= scale.at(value) <= 100 + 1e-6 for value in [0.0, *values])
    assert len(scale.ticks) < 20


def test_series_differ_without_their_colours() -> None:
    styles = [style_of(number, "x") for number in range(36)]
    assert len({(one.colour, one.dash, one.marker) for one in styles}) == 36
    assert len({(one.dash, one.marker) for one in styles[:6]}) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_without_figures_says_so(kind: Kind) -> None:
    empty = replace(CHARTS[0], kind=kind, series=(Series("S", (None,) * 5), Series("N", (float("nan"),) * 5)))
    assert words_in(drawn(empty)) == "There are no figures to draw."


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_on_a_chart_is_nothing_but_text(kind: Kind) -> None:
    chart = Chart(
        "x", kind, AWKWARD, AWKWARD, (AWKWARD,), (Series(AWKWARD, (1.0,)), Series("B", (2.0,))), AWKWARD
    )
    picture = drawn(chart)
    tags = {str(one.tag).removeprefix(SVG) for one in picture.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "defs",
        "pattern",
        "rect",
        "path",
        "circle",
        "line",
        "polyline",
        "text",
    }
    assert words_in(picture).replace(" ", "").count(AWKWARD.replace(" ", "")) >= 2


@given(charts())
@example(Chart("x", "lines", "T", "t", (), ()))
@example(Chart("x", "stacked", "T", "t", ("A",), (Series("S", (0.0,)),)))
@settings(max_examples=60)
def test_any_chart_can_be_drawn_the_same_each_time(chart: Chart) -> None:
    assert drawn(chart).tag == f"{SVG}svg"
    assert svg_of(chart, "a") == svg_of(chart, "a")
    assert len(rows_of(chart)) == len(chart.categories)
    heights = [float(one.get("y", 0)) for one in drawn(chart).iter(f"{SVG}text")]
    assert max(heights) <= float(str(drawn(chart).get("height"))) + 1


@pytest.mark.parametrize(
    ("figure", "unit", "words"),
    [
        (None, "%", "no figure"),
        (12.0, "", "12"),
        (60.94, "%", "60.9%"),
        (1234567.0, "complaints", "1,234,567"),
        (-0.04, "", "0"),
        (-2.5, "%", "\N{MINUS SIGN}2.5%"),
    ],
)
def test_figures_in_words(figure: float | None, unit: str, words: str) -> None:
    assert in_words(figure, unit) == words


@given(st.text(max_size=80), st.floats(60, 300))
def test_lines_of_a_label_fit_and_keep_every_character(text: str, width: float) -> None:
    lines = wrapped(text, width)
    assert all(length(line) <= width for line in lines)
    kept = "".join(lines).replace("\N{REPLACEMENT CHARACTER}", "")
    assert re.sub(r"\s", "", kept) == re.sub(r"[\s\x00-\x1f\x7f-\x9f�￾￿\ufdd0-\ufdef\ud800-\udfff]", "", text)
