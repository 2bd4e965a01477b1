"""A report as JSON: the document itself, block by block; tables also as the table endpoint gives them."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from reporting_api.rendering.renderer import Renderer
from reporting_api.report_document import (
    Block,
    Chart,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    ReportTable,
    Section,
)


def document_of(report: Report) -> dict[str, Any]:
    """The report as plain values; see `api.reports.ReportDocument` for its shape."""
    start, end = report.period
    return {
        "title": report.title,
        "authority": report.authority,
        "authority_name": report.authority_name,
        "year": report.year,
        "period": {"from": start.isoformat(), "to": end.isoformat()},
        "procedure": report.procedure,
        "complete": report.complete,
        "last_event_on": _plain(report.last_event_on),
        "as_of": report.as_of.isoformat(),
        "known_at": _plain(report.known_at),
        "as_of_position": report.position,
        "public": report.public,
        "sections": [_section(section) for section in report.sections],
    }


def json_of(report: Report) -> bytes:
    """The document as UTF-8 JSON."""
    return json.dumps(
        document_of(report), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def _section(section: Section) -> dict[str, Any]:
    return {"id": section.id, "title": section.title, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> dict[str, Any]:
    return _BLOCKS[type(block)](block)


def _table(table: ReportTable) -> dict[str, Any]:
    return {
        "block": "table",
        "columns_shown": [
            {"key": key, "label": label, "numeric": numeric}
            for key, label, numeric in zip(table.columns, table.labels, table.numeric, strict=True)
        ],
        "cells": table.cells,
        "total_rows": sorted(table.totals),
        "note": table.note,
        "table": table.answer.document(),
    }


def _fields(name: str) -> Callable[[Any], dict[str, Any]]:
    """A block as its fields, under its name."""
    return lambda block: {
        "block": name,
        **{one.name: _value(getattr(block, one.name)) for one in fields(block)},
    }


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _value(getattr(value, one.name)) for one in fields(value)}
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


_BLOCKS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    Paragraph: _fields("paragraph"),
    Narrative: _fields("narrative"),
    KeyFigures: _fields("key_figures"),
    Chart: _fields("chart"),
    ReportTable: _table,
}

RENDERER: Final = Renderer("application/json", "json", json_of)
