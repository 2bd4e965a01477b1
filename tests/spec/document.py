"""Writes docs/procedure.md from the specifications; with `--check` says whether it is current.

The examples are the ones that the tests run, so what the page says is what the code does.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from complaint_events.codes import CODE_LISTS
from complaint_events.conformity import RULES as REQUIREMENTS
from complaint_events.event_model import Event
from complaint_events.procedures import RULES as PROCEDURES
from complaints_api.domain.obligations import KINDS
from tests.spec.scenario import NAMED, Law

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "procedure.md"
SUBJECTS: Final = (
    "test_receipt",
    "test_stage_1",
    "test_stage_2",
    "test_stage_3",
    "test_ending",
    "test_afterwards",
)

_INTRODUCTION: Final = """\
# The procedure, as the service applies it

Made from the specifications in `tests/spec` by `make docs`; the examples are those that the tests run. Dates
are business dates in London. Working days are those of SI 2006/1738 reg 2; the start day is day 0.

A rule marked *always* refuses what cannot have happened, in an import too. The others refuse a command; a
history that broke them is recorded, because it happened.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_limits(), *_rules(), *_obligations(), *_requirements()])


def _limits() -> Iterator[str]:
    yield "## Time limits\n"
    yield "| procedure | stage | counts from | target | maximum | source |"
    yield "| --- | --- | --- | ---: | ---: | --- |"
    for rules in PROCEDURES:
        for stage, limit in rules.limits.items():
            starts, target, maximum, source = limit
            yield f"| `{rules.procedure}` | {stage} | {starts} | {target} | {maximum} | {source} |"
    assert {rules.procedure for rules in PROCEDURES} == set(CODE_LISTS["procedure"].values)
    yield ""


def _rules() -> Iterator[str]:
    for name in SUBJECTS:
        module = import_module(f"tests.spec.{name}")
        yield f"## {_title(module)}\n"
        for law in module.LAWS:
            yield from _law(law)


def _title(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().rstrip(".")


def _law(law: Law) -> Iterator[str]:
    rule = NAMED[law.rule]
    always = ", *always*" if rule.always else ""
    variant = f" ({law.id})" if law.id else ""
    yield f"### `{law.rule}`{variant}\n"
    yield f"{rule.says} — {law.source}{always}\n"
    yield from _given(law.story.events)
    yield f"- when {_told(law.breaks)}"
    refused = law.story.refusal(law.breaks, law.texts)
    yield f"- then refused at `{refused.field}`: {refused.message}"
    if law.keeps is not None:
        yield f"- but {_told(law.keeps)} is recorded"
    elif law.kept_after is not None:
        yield f"- but recorded after {_list(law.kept_after.events)}"
    yield ""


def _given(events: Iterable[Event]) -> Iterator[str]:
    told = _list(events)
    yield f"- given {told}" if told else "- given nothing yet"


def _list(events: Iterable[Event]) -> str:
    return ", ".join(_told(event) for event in events)


def _told(event: Event) -> str:
    own = {name: value for name, value in event.data().items() if not isinstance(value, dict | list)}
    details = ", ".join(f"{name} {value}" for name, value in own.items())
    return f"`{event.event}` on {event.on}" + (f" ({details})" if details else "")


def _obligations() -> Iterator[str]:
    yield "## What can be owed on a complaint\n"
    yield "| obligation | waits for | in plain words |"
    yield "| --- | --- | --- |"
    yield from (f"| `{kind.name}` | {kind.waiting_on} | {kind.words} |" for kind in KINDS)
    yield ""


def _requirements() -> Iterator[str]:
    yield "## What is noted as not done\n"
    yield "| name | what | source |"
    yield "| --- | --- | --- |"
    yield from (f"| `{rule.name}` | {rule.says} | {rule.source} |" for rule in REQUIREMENTS)
    yield ""


def main() -> int:
    """Write the page, or with `--check` say whether it is current."""
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
    if not current:
        print("docs/procedure.md is not what the specifications say: `make docs` writes it anew.")
    return int(not current)


if __name__ == "__main__":
    sys.exit(main())
