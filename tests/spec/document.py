"""Writes docs/procedure.md from the specifications; with `--check` says whether it is current.

The examples are the ones that the tests run, so what the page says is what the code does.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pydantic import ValidationError

from complaint_events.codes import CODE_LISTS
from complaint_events.conformity import RULES as REQUIREMENTS
from complaint_events.event_model import Event
from complaint_events.procedures import (
    DEEMED_DELIVERY,
    PANEL_REPORT_WITHIN,
    PANEL_RESPONSE_WITHIN,
    STAGE_3_REQUEST_WITHIN,
)
from complaint_events.procedures import RULES as PROCEDURES
from complaints_api.domain.obligations import KINDS
from tests.complaint_events.stories import NEEDED
from tests.spec.scenario import NAMED, SPECIFIED, Law, Story, happened, profile
from tests.spec.test_every_rule import ELSEWHERE
from tests.spec.test_time_limits import CLOCKS, IN_TIME

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "procedure.md"
SUBJECTS: Final = tuple(
    f"test_{name}"
    for name in ("receipt", "stage_1", "extensions", "stage_2", "stage_3", "ending", "afterwards")
)

_INTRODUCTION: Final = """\
# The procedure, as the service applies it

Made from the specifications in `tests/spec` by `make docs`: every example below is a test. Dates are business
dates in London. Working days are those of SI 2006/1738 reg 2 (no weekends, no bank holidays of England and
Wales); the day from which something counts is day 0; what is done on the last day is in time.

Each rule says what it asks, where that comes from, and what happens to an event that breaks it. *Never
recorded* is what cannot have happened: it is refused of an officer and of an import alike. All else is
refused of an officer only; a history in which it did happen is recorded as it was, and what was not done as
required is noted on the complaint (see the end of this page).

An example gives what had been recorded, what was attempted, why it was refused, and a lawful variant. Of an
event it shows what differs from the plainest one: a complaint by e-mail from a parent with one issue, under
the Act, is just `received`.
"""


def page() -> str:
    """The whole page."""
    parts = [*_contents(), *_limits(), *_clocks(), *_rules(), *_obligations(), *_requirements()]
    return "\n".join([_INTRODUCTION, *parts])


def _contents() -> Iterator[str]:
    titles = ["Time limits", "When the time counts, and what moves it"]
    titles += [_title(import_module(f"tests.spec.{name}")) for name in SUBJECTS]
    titles += [_OWED, _NOT_DONE]
    yield from (f"- [{title}](#{_anchor(title)})" for title in titles)
    yield ""


def _anchor(title: str) -> str:
    return "".join(one for one in title.lower().replace(" ", "-") if one.isalnum() or one in "-_")


def _limits() -> Iterator[str]:
    yield "## Time limits\n"
    yield "| procedure | stage | counts from | target | maximum | source |"
    yield "| --- | --- | --- | ---: | ---: | --- |"
    for rules in PROCEDURES:
        for stage, limit in rules.limits.items():
            starts, target, maximum, source = limit
            yield f"| `{rules.procedure}` | {stage} | {starts} | {target} | {maximum} | {source} |"
    assert {rules.procedure for rules in PROCEDURES} == set(CODE_LISTS["procedure"].values)
    yield f"""
Under the Act also, in working days: the panel's report {PANEL_REPORT_WITHIN} after it met (reg 20(2)), the
council's answer {PANEL_RESPONSE_WITHIN} after the report (reg 20(3)), the request for a panel
{STAGE_3_REQUEST_WITHIN} after the notice was received (reg 18(2)); without a record of its receipt a notice
counts as received {DEEMED_DELIVERY} working days after it was sent. A complaint is in time for a year after
its grounds arose, to the same date of the next year (reg 9; 29 February: 28 February). There is no time
limit on a request for stage 2.
"""


def _clocks() -> Iterator[str]:
    yield "## When the time counts, and what moves it\n"
    yield "| rule | source | after | counts from | target | maximum |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in CLOCKS:
        own = f" (profile: {_json(row.configured)})" if row.configured else ""
        due = f"{row.start} | {row.target or 'not running'} | {row.maximum or 'not running'}"
        yield f"| {row.says} | {row.source} | {_list(row.story)}{own} | {due} |"
    yield "\n| what ends it | source | done by | is late from |"
    yield "| --- | --- | --- | --- |"
    yield from (f"| {row.says} `{row.event}` | {row.source} | {row.last} | {row.next} |" for row in IN_TIME)
    yield ""


def _rules() -> Iterator[str]:
    told: set[str] = set(ELSEWHERE)
    for name in SUBJECTS:
        module = import_module(f"tests.spec.{name}")
        yield f"## {_title(module)}\n"
        for rule in dict.fromkeys(law.rule for law in module.LAWS):
            if rule not in told:
                yield from _rule(rule)
        told |= {law.rule for law in module.LAWS}
    assert told == set(NAMED), sorted(set(NAMED) - told)


def _title(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _rule(name: str) -> Iterator[str]:
    rule = NAMED[name]
    yield f"### {name.replace('_', ' ').capitalize()}\n"
    yield f"{rule.says}\n"
    never = " · *never recorded*" if rule.always else ""
    yield f"Source: {_source(rule.source)} · rule `{name}`{never}\n"
    yield from (_example(law) for law in SPECIFIED[name])
    yield ""


def _source(source: str) -> str:
    return "the [history format](history-file.md)" if source == "history format" else source


def _example(law: Law) -> str:
    refused = law.story.refusal(law.breaks, law.texts)
    about = f"*{law.id[0].upper()}{law.id[1:]}.* " if law.id else ""
    tried = f"{_told(law.breaks)}{_worded(law, law.texts)}"
    why = f"is refused at `{refused.field}`: \u201c{refused.message}\u201d"
    return f"- {about}After {_before(law.story)}: {tried} {why}. {_lawful(law)}"


def _lawful(law: Law) -> str:
    texts = law.texts if law.kept_texts is None else law.kept_texts
    event = f"{_told(law.keeps or law.breaks)}{_worded(law, texts)}"
    before = f"after {_before(law.kept_after)}: " if law.kept_after else ""
    return f"Recorded: {before}{event}."


def _worded(law: Law, texts: tuple[str, ...]) -> str:
    """Which texts came with an event, where the example turns on them."""
    if law.kept_texts is None or law.kept_texts == law.texts:
        return ""
    told = ", ".join(f"`{name}`" for name in texts)
    return f" with {told} in words" if told else " without a word"


def _before(story: Story) -> str:
    """What had been recorded, and what of the profile matters."""
    usual = profile()
    own = {
        name: getattr(story.profiles[0], name).model_dump(mode="json", exclude_none=True, by_alias=True)
        for name in ("outcomes", "procedures")
        if getattr(story.profiles[0], name) != getattr(usual, name)
    }
    configured = f" (profile: {_json(own)})" if own else ""
    return f"{_list(story.events) or 'nothing'}{configured}"


def _list(events: Iterable[Event]) -> str:
    return ", ".join(_told(event) for event in events)


def _told(event: Event) -> str:
    """An event with what is particular about it, on its date."""
    plain, stated = _plainest(event), event.data()
    numbered = {name: stated.pop(name) for name in ("to_stage", "stage") if name in stated}
    own = numbered | {name: value for name, value in stated.items() if value != plain.get(name)}
    details = ", ".join(f"{name} {_json(value)}" for name, value in own.items())
    return f"`{event.event}` on {event.on}" + (f" ({details})" if details else "")


def _plainest(event: Event) -> dict[str, Any]:
    """The data of an event of that kind that has only what every one needs."""
    with suppress(ValidationError):
        return happened(event.event, event.on).data()
    return NEEDED.get(event.event, {})


def _json(value: object) -> str:
    """A value as one would write it down: without quotation marks and empty objects."""
    if isinstance(value, dict):
        return "; ".join(f"{name} {_json(inner)}" for name, inner in value.items() if inner != {})
    if isinstance(value, list | tuple):
        return ", ".join(_json(inner) for inner in value)
    return value if isinstance(value, str) else json.dumps(value)


_OWED: Final = "What can be owed on a complaint"
_NOT_DONE: Final = "What is noted as not done"


def _obligations() -> Iterator[str]:
    yield f"## {_OWED}\n"
    yield "| obligation | waits for | in plain words |"
    yield "| --- | --- | --- |"
    yield from (f"| `{kind.name}` | {kind.waiting_on} | {kind.words} |" for kind in KINDS)
    yield ""


def _requirements() -> Iterator[str]:
    yield f"## {_NOT_DONE}\n"
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
