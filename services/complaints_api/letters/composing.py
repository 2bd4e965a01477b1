"""From a template and the facts to the letter's Markdown, and what the letter lacks.

Templates are Jinja2 cut down to what letters need: names, `if` and one `for` over a list. No calls, no
reckoning, no assignments, nothing to include: so what a template can cost is bounded by its size, and it can
reach nothing but the facts. Every value is escaped as it is put in.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Final, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from complaints_api.letters.catalogue import LETTERS, Letter, Requirement
from complaints_api.letters.facts import LISTS, NAMES, Facts
from complaints_api.letters.markdown import blocks_of, literal

FRAME: Final = "frame"
"""The template around every letter: letterhead, reference, salutation, signature."""

LARGEST_TEMPLATE: Final = 20_000
"""Characters a template may have."""

_LARGEST_LETTER: Final = 500_000

SECTIONS: Final = ("advocate_section", "ombudsman_section")
"""Templates that stand in letters by their name."""

_NAMES: Final = frozenset({*NAMES, *SECTIONS, "body"})

_KNOWN: Final[tuple[type[nodes.Node], ...]] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Getattr,
)
"""What a template is made of; everything else is refused."""


class BadTemplateError(Exception):
    """A template that is none; says why in words for whoever wrote it, without any value."""


class Missing(NamedTuple):
    """A requirement that a letter does not meet."""

    requirement: str
    says: str
    source: str


class _Markdown(str):
    """Markdown that is put in as it is: the letter's body, and what the officer wrote."""

    __slots__ = ()


def _put_in(value: Any) -> str:
    """What stands in the letter for a value. Raises `BadTemplateError` for one that is not there."""
    if isinstance(value, _Markdown):
        return value
    if isinstance(value, StrictUndefined):
        return str(value)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        raise BadTemplateError("prints a value that is not there: ask for it with {% if %} first")
    return literal(str(value))


_JINJA: Final = SandboxedEnvironment(
    finalize=_put_in,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)


def built_in(name: str) -> str:
    """Our own template of a letter, or of the frame."""
    return resources.files(__package__).joinpath("templates", f"{name}.md").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def template(text: str) -> Template:
    """A template, checked. Raises `BadTemplateError`."""
    if len(text) > LARGEST_TEMPLATE:
        raise BadTemplateError(f"has more than {LARGEST_TEMPLATE} characters")
    try:
        tree = _JINJA.parse(text)
        for complaint in _not_allowed(tree):
            raise BadTemplateError(complaint)
        return _JINJA.from_string(text)
    except TemplateError as error:
        raise BadTemplateError(f"line {getattr(error, 'lineno', 1)}: {error.message}") from None
    except (RecursionError, MemoryError, SyntaxError, ValueError):
        raise BadTemplateError("is nested too deeply or is no template") from None


def _not_allowed(tree: nodes.Template) -> Iterator[str]:
    """What in a template is not allowed, with its line."""
    for name in sorted(find_undeclared_variables(tree) - _NAMES):
        yield f"there is no value of the name {name[:40]!r}"
    for node in tree.find_all(nodes.Node):
        where = f"line {node.lineno}: {type(node).__name__.lower()}"
        if not isinstance(node, (*_KNOWN, nodes.Helper)):
            yield f"{where} is not allowed in a letter"
        if isinstance(node, nodes.Getattr) and not _of_loop(node):
            yield f"{where}: only loop.first and loop.last are allowed"
        if isinstance(node, nodes.For) and not _over_list(node):
            yield f"{where}: a loop goes over {' or '.join(sorted(LISTS))}, and not inside another"


def _of_loop(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in ("first", "last")


def _over_list(node: nodes.For) -> bool:
    listed = isinstance(node.iter, nodes.Name) and node.iter.name in LISTS
    inner = any(True for part in node.body for _ in part.find_all(nodes.For))
    return listed and not inner and not any(isinstance(part, nodes.For) for part in node.body)


def compose(templates: Mapping[str, str], letter: str, facts: Facts) -> str:
    """The whole letter as Markdown: sections, the letter's own template, and the frame around it.

    `templates` are the authority's own; a template that is not among them is ours. Raises `BadTemplateError`.
    """
    values = facts.named()
    values["paragraphs"] = _Markdown(facts.paragraphs or "")
    for name in (*SECTIONS, letter):
        values[name] = _rendered(templates.get(name) or built_in(name), values)
    return _rendered(templates.get(FRAME) or built_in(FRAME), {**values, "body": values[letter]})


def _rendered(text: str, values: Mapping[str, Any]) -> _Markdown:
    """A template filled in; it stops as soon as the letter grows beyond every measure."""
    parts: list[str] = []
    size = 0
    try:
        for part in template(text).generate(values):
            size += len(part)
            if size > _LARGEST_LETTER:
                raise BadTemplateError(f"makes a letter of more than {_LARGEST_LETTER} characters")
            parts.append(part)
    except (TemplateError, TypeError, ValueError) as error:
        raise BadTemplateError(f"cannot be filled in: {type(error).__name__}") from None
    return _Markdown("".join(parts))


def lacking(letter: Letter, facts: Facts, markdown: str) -> list[Missing]:
    """The requirements that a finished letter does not meet, in the order of its row."""
    text = " ".join(blocks_of(markdown)).casefold()
    return [Missing(one.name, one.says, one.source) for one in letter.requires if not _met(one, facts, text)]


def _met(requirement: Requirement, facts: Facts, text: str) -> bool:
    return all(any(_found(words, text) for words in needle) for needle in requirement.needles(facts))


def _found(words: str, text: str) -> bool:
    """Whether the words stand in the text as words of their own: 4 March is not found in 14 March."""
    wanted = " ".join(words.split()).casefold()
    return wanted in text and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None


TEMPLATES: Final = (FRAME, *SECTIONS, *LETTERS)
"""The templates that an authority may replace."""
