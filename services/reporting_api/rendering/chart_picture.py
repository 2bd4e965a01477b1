"""A chart's SVG as a PNG, for formats that cannot show an SVG alone."""

from typing import Final

import typst

from reporting_api.rendering.charts import WIDTH, svg_of
from reporting_api.report_document import Chart

_DOTS_PER_INCH: Final = 144
"""Of a drawing ten inches wide, so more on a page that is narrower."""
_FONT: Final = "Libertinus Serif"
"""Comes with Typst, so that the picture is the same on every machine."""

_DRAWING: Final = f"""
#set page(width: {WIDTH}pt, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


def png_of(chart: Chart) -> bytes:
    """The picture at print quality; the same chart gives the same bytes."""
    drawn = {"svg": svg_of(chart, "chart", _FONT)}
    return typst.compile(
        _DRAWING.encode(), format="png", ppi=_DOTS_PER_INCH, ignore_system_fonts=True, sys_inputs=drawn
    )
