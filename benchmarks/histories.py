"""Large histories: a published council's years, repeated under other references."""

import json
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "caseloads" / "sandwell"
PROFILE = FOLDER / "profile.json"
AUTHORITY = "sandwell"


def write(path: Path, lines: int) -> None:
    """Write a file of so many lines, each a line of the original; streams and persons are new ones."""
    original = [json.loads(line) for line in (FOLDER / "history.jsonl").open(encoding="utf-8")]
    with path.open("w", encoding="utf-8") as file:
        for line in islice(_repeated(original), lines):
            file.write(json.dumps(line) + "\n")


def _repeated(original: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in count():
        for line in original:
            yield {**line, "id": f"{line['id']}-{number}", "data": _renamed(line.get("data", {}), number)}


def _renamed(value: Any, number: int) -> Any:
    """The same data about other persons."""
    if isinstance(value, list):
        return [_renamed(one, number) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{inner}-{number}" if name == "ref" else _renamed(inner, number)
        for name, inner in value.items()
    }
