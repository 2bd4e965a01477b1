"""Answers as files: one module per format.

A format of the report is one entry here: its module's `RENDERER`.
"""

from typing import Final

from reporting_api.rendering import csv_zip, docx_file, html, json_file, pdf, xlsx_file
from reporting_api.rendering.renderer import Renderer

__all__ = ["RENDERERS", "Renderer"]

RENDERERS: Final[dict[str, Renderer]] = {
    "json": json_file.RENDERER,
    "html": html.RENDERER,
    "pdf": pdf.RENDERER,
    "docx": docx_file.RENDERER,
    "xlsx": xlsx_file.RENDERER,
    "csv": csv_zip.RENDERER,
}
"""The formats of the report by the name that `?format=` and `--format` give them."""
