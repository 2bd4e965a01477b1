"""A table as CSV: UTF-8 with a byte order mark, so that spreadsheets read it, and harmless to open in one."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from reporting_api.tables.answer import Answer

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

_FORMULA_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def csv_of(answer: Answer) -> bytes:
    """The rows under the columns' keys; an empty cell where a value does not apply."""
    keys = [column["key"] for column in answer.table.shown()]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(keys)
    writer.writerows([cell(row.get(key)) for key in keys] for row in answer.rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        return cell("; ".join(map(str, value)))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal | date):
        return str(value)
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(_FORMULA_BEGINNINGS) and not _NUMBER.fullmatch(said) else said
