"""The parts that charts are drawn with: styles told apart without colour, scales, and text that fits.

Colours: Government Analysis Function, "Data visualisation: colours in charts"; each has a contrast to white
of at least 3:1. Lengths are CSS pixels.
"""

import math
from collections.abc import Iterable
from html import escape
from typing import Final, NamedTuple

from reporting_api.rendering.narrative import printed

TEXT: Final = 14
LINE: Final = 18
INK: Final = "#1d1d1d"
GRID: Final = "#d5d5d5"
_COLOURS: Final = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
_TEXTURES: Final = (
    "",
    '<path d="M-2,2 l4,-4 M0,10 L10,0 M8,12 l4,-4" stroke="#fff" stroke-width="2.5"/>',
    '<circle cx="3" cy="3" r="1.8" fill="#fff"/><circle cx="8" cy="8" r="1.8" fill="#fff"/>',
    '<path d="M0,3 H10 M0,8 H10" stroke="#fff" stroke-width="2"/>',
    '<path d="M0,0 L10,10 M10,0 L0,10" stroke="#fff" stroke-width="1.5"/>',
    '<path d="M3,0 V10 M8,0 V10" stroke="#fff" stroke-width="2"/>',
)
_DASHES: Final = ("", "9 4", "3 4", "12 4 3 4", "6 2", "1 4")
_MARKERS: Final = (
    "M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0 Z",
    "M-5,-5 H5 V5 H-5 Z",
    "M0,-6 L6,5 H-6 Z",
    "M0,-7 L7,0 L0,7 L-7,0 Z",
    "M0,6 L6,-5 H-6 Z",
    "M-6,-2 H-2 V-6 H2 V-2 H6 V2 H2 V6 H-2 V2 H-6 Z",
)


class Scale(NamedTuple):
    """Places of figures: `low` and `high` stand at `start` and `end`; `ticks` are round and include 0."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, figure: float) -> float:
        """Where a figure stands."""
        return self.start + (figure - self.low) / (self.high - self.low) * (self.end - self.start)


class Style(NamedTuple):
    """How one series looks: the fill of its bars, the colour, dashes and marks of its line."""

    fill: str
    colour: str
    dash: str
    marker: str


def style_of(number: int, name: str) -> Style:
    """The style of the series of that number, no two alike; `name` is that of the drawing."""
    kind, colour = _kind(number), _COLOURS[number % len(_COLOURS)]
    fill = f"url(#{name}-fill-{number})" if _TEXTURES[kind] else colour
    return Style(fill, colour, _DASHES[kind], _MARKERS[kind])


def texture(number: int, name: str) -> str:
    """The pattern that the style of a series refers to; none where it is plain."""
    style = style_of(number, name)
    if style.fill == style.colour:
        return ""
    return (
        f'<pattern id="{name}-fill-{number}" width="10" height="10" patternUnits="userSpaceOnUse">'
        f'<rect width="10" height="10" fill="{style.colour}"/>{_TEXTURES[_kind(number)]}'
        "</pattern>"
    )


def _kind(number: int) -> int:
    """Which texture, dashes and marks: another one when the colours begin again."""
    return (number + number // len(_COLOURS)) % len(_TEXTURES)


def scale_of(figures: Iterable[float], start: float, end: float) -> Scale:
    """A scale for the figures and 0, with about five round ticks."""
    values = [0.0, *figures]
    low, high = min(values), max(values)
    finest = 1.0 if all(value == int(value) for value in values) else 0.1
    step = max(_round_step((high - low) / 5), finest)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    ticks = tuple(tick * step for tick in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def _round_step(about: float) -> float:
    """The first of 1, 2, 5, 10, 20, 50, … (or a tenth, a hundredth …) that is not less."""
    if about <= 0:
        return 1.0
    magnitude = 10.0 ** math.floor(math.log10(about))
    return next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= about * 0.999)


def wrapped(text: str, width: float) -> list[str]:
    """The lines of a text no wider than `width` by a careful guess; words too long for a line are cut."""
    lines = [""]
    for word in printed(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if length(longer) <= width:
            lines[-1] = longer
            continue
        *whole, last = _cut(word, width)
        lines = [*(line for line in lines if line), *whole, last]
    return lines


def rect(x: float, y: float, width: float, height: float, style: Style) -> str:
    """A bar or a swatch."""
    place = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"'
    return f'<rect {place} fill="{style.fill}" stroke="{style.colour}"/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    """A straight line."""
    ends = f'x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{px(width)}"/>'


def text_at(x: float, y: float, text: str, anchor: str = "", style: str = "") -> str:
    """A line of text; `anchor` "middle" or "end" says which part of it is at `x`."""
    where = f'x="{px(x)}" y="{px(y)}"' + (f' text-anchor="{anchor}"' if anchor else "")
    slant = f' font-style="{style}"' if style else ""
    return f"<text {where}{slant}>{safe(text)}</text>"


def safe(text: str) -> str:
    """A text as the content of an element."""
    return escape(printed(text))


def px(number: float) -> str:
    """A length as it is written."""
    return f"{number:.1f}".removesuffix(".0")


def length(text: str) -> float:
    """About how long a text is, rather too long than too short."""
    return sum(_width(character) for character in text)


def _width(character: str) -> float:
    if character in "ijl.,:;'|!() ftr":
        return 0.36 * TEXT
    if character in "mwMW%@&" or ord(character) > 0x2E80:
        return 1.02 * TEXT
    return (0.74 if character.isupper() else 0.57) * TEXT


def _cut(word: str, width: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and length(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
