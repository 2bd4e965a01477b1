"""Writes what the code promises to callers into this folder; with `--check` says where the files differ."""

import difflib
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from complaint_events.events import json_schema
from complaints_api.app import create_app as create_complaints
from reporting_api.app import create_app as create_reporting

FOLDER = Path(__file__).parent


def promised() -> dict[str, str]:
    """Give the text of every file by its name."""
    return {
        "complaints-api.v1.yaml": _yaml(create_complaints().openapi()),
        "reporting-api.v1.yaml": _yaml(create_reporting().openapi()),
        "events.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def write() -> int:
    """Write every file anew."""
    for name, text in promised().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def check() -> int:
    """Print how each file differs from the code; 1 if one does."""
    differing = [name for name, text in promised().items() if _differs(FOLDER / name, text)]
    if differing:
        print(f"Not what the code says: {', '.join(differing)}. `make openapi` writes them anew.")
    return int(bool(differing))


def _differs(file: Path, text: str) -> bool:
    there = file.read_text(encoding="utf-8") if file.exists() else ""
    difference = list(difflib.unified_diff(there.splitlines(), text.splitlines(), file.name, "the code", n=1))
    for line in difference[:40]:
        print(line)
    return bool(difference)


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
