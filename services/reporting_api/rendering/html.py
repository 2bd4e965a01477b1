"""A report as one web page that stands alone: no script, nothing fetched, WCAG 2.2 AA, printable on A4."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reporting_api.rendering.charts import svg_of
from reporting_api.rendering.narrative import html_of
from reporting_api.rendering.pages import Pages
from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import Chart, Report

TEMPLATES: Final = Path(__file__).parent / "templates"

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE: Final = Markup((TEMPLATES / "report.css").read_text("utf-8"))  # noqa: S704 - our own file


def html_of_report(report: Report) -> bytes:
    """The page in UTF-8. All texts are escaped; a narrative's Markdown becomes elements, never its HTML."""
    page = Pages(report, _written, _drawn).contents()
    return _ENVIRONMENT.get_template("report.html").render(page=page, style=_STYLE).encode()


def _written(markdown: str) -> Markup:
    return Markup(html_of(markdown))  # noqa: S704 - rendered without HTML


def _drawn(chart: Chart, number: int) -> Markup:
    return Markup(svg_of(chart, f"chart-{number}"))  # noqa: S704 - escaped where it is drawn


RENDERER: Final = Renderer("text/html; charset=utf-8", "html", html_of_report)
