"""Charts as SVG: bars, stacked bars and lines that say in words and patterns what they show in colour.

A drawing needs nothing outside itself and is the same bytes for the same chart. Lengths are CSS pixels at the
natural width, `WIDTH`; no text is smaller than 12.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from reporting_api.rendering.svg import (
    GRID,
    INK,
    LINE,
    TEXT,
    Scale,
    Style,
    length,
    line,
    px,
    rect,
    safe,
    scale_of,
    style_of,
    text_at,
    texture,
    wrapped,
)
from reporting_api.report_document import Chart

WIDTH: Final = 720
NO_FIGURE: Final = "no figure"
SANS: Final = "Arial, Helvetica, 'Liberation Sans', sans-serif"

_LABELS_END: Final = 206
_BARS: Final = (218.0, 630.0)
_BAR: Final = 22
_PLOT: Final = (64.0, 520.0)
_PLOT_HEIGHT: Final = 240
_FEW: Final = 2
"""So many lines at most have every point labelled; of more, the last."""


class _Drawing(NamedTuple):
    """The parts of a picture and its height."""

    parts: list[str]
    height: float


def svg_of(chart: Chart, name: str, fonts: str = SANS) -> str:
    """The chart as an SVG element; `name` begins its ids and must be the only one of its kind in a page."""
    draw = {"bars": _bars, "stacked": _stacked, "lines": _lines}[chart.kind]
    drawing = draw(chart, name) if has_figures(chart) else _nothing()
    height = round(drawing.height)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-desc" ',
            f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" ',
            f'font-family="{escape(fonts)}" font-size="{TEXT}" fill="{INK}">',
            f'<title id="{name}-title">{safe(chart.title)}</title>',
            f'<desc id="{name}-desc">{safe(chart.text)}</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *drawing.parts,
            "</svg>",
        )
    )


def has_figures(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    return any(figure is not None for row in _figures(chart) for figure in row)


def rows_of(chart: Chart) -> list[tuple[str, ...]]:
    """What the chart shows, in words: each category and its figures in the order of the series."""
    by_category = zip(*_figures(chart), strict=True) if chart.series else [()] * len(chart.categories)
    return [
        (category, *(in_words(figure, chart.unit) for figure in figures))
        for category, figures in zip(chart.categories, by_category, strict=True)
    ]


def in_words(figure: float | None, unit: str = "") -> str:
    """A figure as it is printed: thousands set apart, at most one decimal, "%" behind it, a real minus."""
    if figure is None:
        return NO_FIGURE
    rounded = round(figure, 1) + 0.0
    number = f"{abs(rounded):,.1f}".removesuffix(".0")
    sign = "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{number}" + ("%" if unit == "%" else "")


def _figures(chart: Chart) -> list[list[float | None]]:
    """The figures of each series; what is no number is no figure."""
    return [
        [figure if figure is not None and math.isfinite(figure) else None for figure in series.values]
        for series in chart.series
    ]


def _bars(chart: Chart, name: str) -> _Drawing:
    figures = _figures(chart)
    scale = _bar_scale([one for row in figures for one in row if one is not None])
    parts, top = _legend(chart, name)
    start = top
    for place, category in enumerate(chart.categories):
        row = [series[place] for series in figures]
        height = _row_height(category, len(row))
        parts.append(_category(category, top, height))
        first = top + (height - _BAR * len(row)) / 2
        for number, figure in enumerate(row):
            parts.append(_bar(figure, number, first + number * _BAR, scale, chart, name))
        top += height
    return _on_axis(parts, scale, start, top, chart.unit)


def _bar(figure: float | None, number: int, top: float, scale: Scale, chart: Chart, name: str) -> str:
    zero, middle = scale.at(0), top + _BAR / 2
    label = in_words(figure, chart.unit)
    if figure is None:
        return text_at(zero + 6, middle + 5, label, style="italic")
    end = scale.at(figure)
    bar = rect(min(zero, end), top + 2, abs(end - zero), _BAR - 4, style_of(number, name))
    if figure < 0:
        return bar + text_at(end - 6, middle + 5, label, anchor="end")
    return bar + text_at(end + 6, middle + 5, label)


def _stacked(chart: Chart, name: str) -> _Drawing:
    figures = _figures(chart)
    rows = [[series[place] for series in figures] for place in range(len(chart.categories))]
    scale = _bar_scale([extent for row in rows for extent in _extents(row)])
    parts, top = _legend(chart, name)
    start = top
    for category, row in zip(chart.categories, rows, strict=True):
        height = _row_height(category, 1)
        parts.append(_category(category, top, height))
        parts.extend(_stack(row, top + (height - _BAR) / 2, scale, chart, name))
        top += height
    return _on_axis(parts, scale, start, top, chart.unit)


def _extents(row: Sequence[float | None]) -> tuple[float, float]:
    known = [figure for figure in row if figure is not None]
    return sum(figure for figure in known if figure < 0), sum(figure for figure in known if figure > 0)


def _stack(row: Sequence[float | None], top: float, scale: Scale, chart: Chart, name: str) -> Iterator[str]:
    reached = {True: 0.0, False: 0.0}
    for number, figure in enumerate(row):
        if figure:
            before, after = reached[figure < 0], reached[figure < 0] + figure
            reached[figure < 0] = after
            yield _segment(sorted((scale.at(before), scale.at(after))), number, top, in_words(figure), name)
    known = [figure for figure in row if figure is not None]
    said = f"{in_words(sum(known), chart.unit)} in all" if known else NO_FIGURE
    if known and len(known) < len(row):
        said += " known"
    yield text_at(scale.at(reached[False]) + 6, top + _BAR / 2 + 5, said, style="" if known else "italic")


def _segment(ends: list[float], number: int, top: float, label: str, name: str) -> str:
    left, right = ends
    bar = rect(left, top, max(right - left - 1, 0.5), _BAR, style_of(number, name))
    width = length(label) + 6
    if width > right - left - 4:
        return bar
    middle = (left + right) / 2
    plate = (
        f'<rect x="{px(middle - width / 2)}" y="{px(top + 3)}" width="{px(width)}" height="16" fill="#fff"/>'
    )
    return bar + plate + text_at(middle, top + 16, label, anchor="middle")


def _bar_scale(figures: Sequence[float]) -> Scale:
    """The scale of lying bars, with room for the label of a bar that goes left."""
    start, end = _BARS
    return scale_of(figures, start + 64 * (min(figures, default=0) < 0), end - 20)


def _row_height(category: str, bars: int) -> float:
    return max(bars * _BAR, len(wrapped(category, _LABELS_END)) * LINE) + 12


def _category(category: str, top: float, height: float) -> str:
    lines = wrapped(category, _LABELS_END)
    first = top + (height - len(lines) * LINE) / 2 + 14
    return "".join(
        text_at(_LABELS_END, first + place * LINE, line, anchor="end") for place, line in enumerate(lines)
    )


def _on_axis(parts: list[str], scale: Scale, top: float, bottom: float, unit: str) -> _Drawing:
    grid = [line(scale.at(tick), top, scale.at(tick), bottom, GRID) for tick in scale.ticks]
    zero = line(scale.at(0), top, scale.at(0), bottom + 5, INK, 2)
    labels = [text_at(scale.at(tick), bottom + 20, in_words(tick, unit), "middle") for tick in scale.ticks]
    named = (
        [text_at((scale.start + scale.end) / 2, bottom + 42, unit, "middle")] if unit not in ("", "%") else []
    )
    return _Drawing([*grid, *parts, zero, *labels, *named], bottom + (50 if named else 30))


def _lines(chart: Chart, name: str) -> _Drawing:
    figures = _figures(chart)
    start = 28.0
    scale = scale_of([one for row in figures for one in row if one is not None], start + _PLOT_HEIGHT, start)
    across = _places(len(chart.categories))
    parts = _level_lines(scale, chart.unit)
    for number, row in enumerate(figures):
        parts.extend(_course(row, across, scale, style_of(number, name)))
    parts.extend(_point_labels(figures, across, scale, chart.unit))
    parts.extend(_end_labels(chart, figures, scale))
    below, bottom = _below(chart, figures, across, start + _PLOT_HEIGHT + 22)
    return _Drawing([*parts, *below], bottom)


def _places(count: int) -> list[float]:
    left, right = _PLOT[0] + 24, _PLOT[1] - 16
    return [left + (right - left) * place / max(count - 1, 1) for place in range(count)]


def _level_lines(scale: Scale, unit: str) -> list[str]:
    left, right = _PLOT
    grid = [line(left, scale.at(tick), right, scale.at(tick), GRID) for tick in scale.ticks if tick]
    labels = [text_at(left - 8, scale.at(tick) + 5, in_words(tick, unit), "end") for tick in scale.ticks]
    named = [text_at(0, 14, unit)] if unit not in ("", "%") else []
    return [*grid, *labels, *named, line(left, scale.at(0), right, scale.at(0), INK, 2)]


def _course(row: Sequence[float | None], across: list[float], scale: Scale, style: Style) -> Iterator[str]:
    """A line from figure to figure, interrupted where there is none, and a mark at each."""
    points = [
        None if figure is None else (x, scale.at(figure)) for x, figure in zip(across, row, strict=True)
    ]
    dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
    for known, run in groupby(points, key=lambda point: point is not None):
        if known:
            path = " ".join(f"{px(point[0])},{px(point[1])}" for point in run if point)
            yield f'<polyline points="{path}" fill="none" stroke="{style.colour}" stroke-width="2.5"{dash}/>'
    for point in points:
        if point:
            place = f"translate({px(point[0])},{px(point[1])})"
            yield f'<path d="{style.marker}" transform="{place}" fill="{style.colour}" stroke="#fff"/>'


def _point_labels(
    figures: Sequence[Sequence[float | None]], across: list[float], scale: Scale, unit: str
) -> Iterator[str]:
    """The figure above the higher of two points and below the lower one; of the last, see `_end_labels`."""
    if len(figures) > _FEW or len(across) > _most_labels(unit):
        return
    for place, x in enumerate(across[:-1]):
        known = sorted((row for row in figures if row[place] is not None), key=lambda row: -(row[place] or 0))
        for rank, row in enumerate(known):
            offset = 20 if rank or (len(known) == 1 and _is_dip(row, place)) else -10
            yield text_at(x, scale.at(row[place] or 0) + offset, in_words(row[place], unit), "middle")


def _is_dip(row: Sequence[float | None], place: int) -> bool:
    """Whether the line comes down to the point and goes up from it."""
    here, beside = row[place], (*row[max(place - 1, 0) : place], *row[place + 1 : place + 2])
    return here is not None and all(other is not None and other > here for other in beside)


def _most_labels(unit: str) -> int:
    return 7 if unit == "%" else 9


def _end_labels(chart: Chart, figures: Sequence[Sequence[float | None]], scale: Scale) -> Iterator[str]:
    """The name of each line beside its last figure, moved apart so that none covers another."""
    wanted: list[tuple[float, int, list[str]]] = []
    for number, row in enumerate(figures):
        last = next((figure for figure in reversed(row) if figure is not None), None)
        if last is not None:
            said = f"{chart.series[number].label}: {in_words(last, chart.unit)}"
            wanted.append((scale.at(last), number, wrapped(said, WIDTH - _PLOT[1] - 26)))
    wanted.sort()
    tops = _apart([at for at, _, _ in wanted], [len(lines) * LINE for _, _, lines in wanted], scale.start)
    for top, (_, number, lines) in zip(tops, wanted, strict=True):
        yield from _end_label(lines, top, style_of(number, ""))


def _apart(wanted: list[float], heights: list[int], lowest: float) -> list[float]:
    """Where labels of some heights go that should be centred at some places, in order, above `lowest`."""
    tops: list[float] = []
    free = 14.0
    for at, height in zip(wanted, heights, strict=True):
        tops.append(max(at - (height - LINE) / 2, free))
        free = tops[-1] + height + 4
    below = lowest + 9
    for place in reversed(range(len(tops))):
        tops[place] = min(tops[place], below - heights[place])
        below = tops[place] - 4
    return tops


def _end_label(lines: list[str], top: float, style: Style) -> Iterator[str]:
    left = _PLOT[1] + 10
    yield f'<path d="{style.marker}" transform="translate({px(left)},{px(top)})" fill="{style.colour}"/>'
    for place, words in enumerate(lines):
        yield text_at(left + 12, top + 5 + place * LINE, words)


def _below(
    chart: Chart, figures: Sequence[Sequence[float | None]], across: list[float], top: float
) -> tuple[list[str], float]:
    """The categories under the points (as many as there is room for) and which figures are missing."""
    parts, deepest = _category_labels(chart.categories, across, top)
    missing = [
        f"{series.label}, {category}"
        for series, row in zip(chart.series, figures, strict=True)
        for category, figure in zip(chart.categories, row, strict=True)
        if figure is None
    ]
    said = wrapped(f"No figure: {'; '.join(missing)}.", WIDTH - 8) if missing else []
    parts += [
        text_at(0, deepest + 14 + place * LINE, line, style="italic") for place, line in enumerate(said)
    ]
    return parts, deepest + (len(said) * LINE + 10 if said else 0)


def _category_labels(categories: Sequence[str], across: list[float], top: float) -> tuple[list[str], float]:
    apart = across[1] - across[0] if len(across) > 1 else _PLOT[1] - _PLOT[0]
    widest = min(max(length(category) for category in categories) + 8, 110)
    every = max(math.ceil(widest / apart), 1)
    parts, deepest = [], top
    for x, category in list(zip(across, categories, strict=True))[::-every]:
        for place, words in enumerate(wrapped(category, max(apart * every - 8, 40))):
            parts.append(text_at(x, top + place * LINE, words, "middle"))
            deepest = max(deepest, top + place * LINE)
    return parts, deepest + 12


def _legend(chart: Chart, name: str) -> tuple[list[str], float]:
    """Which pattern is which series, unless there is only one; and where the drawing may begin."""
    textures = [texture(number, name) for number in range(len(chart.series))]
    parts = [f"<defs>{''.join(textures)}</defs>"]
    if len(chart.series) == 1:
        return parts, 4.0
    x, y = 0.0, 4.0
    for number, series in enumerate(chart.series):
        lines = wrapped(series.label, WIDTH - 40)
        width = max(length(line) for line in lines) + 54
        x, y = (0.0, y + 26) if x and x + width > WIDTH else (x, y)
        parts.append(rect(x, y, 22, 16, style_of(number, name)))
        parts.extend(text_at(x + 30, y + 13 + place * LINE, line) for place, line in enumerate(lines))
        x, y = x + width, y + (len(lines) - 1) * LINE
    return parts, y + 34


def _nothing() -> _Drawing:
    return _Drawing([text_at(0, 26, "There are no figures to draw.", style="italic")], 40)
