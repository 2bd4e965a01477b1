"""`$filter` and `$orderby` of OData 4.0, read by recursive descent into conditions on known columns.

    or        = and *( "or" and )
    and       = not *( "and" not )
    not       = "not" not | primary
    primary   = "(" or ")" | function | operand [ operator operand ]
    function  = ( "contains" | "startswith" | "endswith" ) "(" column "," string ")"
    operand   = column | string | number | date | "true" | "false" | "null"

Nothing that was sent is repeated in an error: it names the place, counted in characters from 1.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, cast, get_args

from complaint_events.scalars import printable
from reporting_api.database.selection import (
    Comparison,
    Condition,
    Every,
    Holds,
    Literally,
    Matches,
    Matching,
    Named,
    Not,
    Operand,
    Operator,
    Some,
    Value,
)
from reporting_api.database.views import Kind

LONGEST: Final = 8000
DEEPEST: Final = 40
MOST_TERMS: Final = 300

_OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
_FUNCTIONS: Final[tuple[Matching, ...]] = get_args(Matching)
_WORDS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t]+)
    | (?P<text>'(?:[^']|'')*')
    | (?P<date>\d{4}-\d{2}-\d{2}(?![\w.:-]))
    | (?P<number>-?\d{1,18}(?:\.\d{1,9})?(?![\w.]))
    | (?P<word>[A-Za-z_]\w{0,127})
    | (?P<mark>[(),])
    """,
    re.ASCII | re.VERBOSE,
)
_KIND_OF: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (str, "text"),
    (Decimal, "number"),
    (date, "date"),
)


class FilterError(ValueError):
    """The text is no condition on these columns; the message says where and why, without repeating it."""


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def condition_of(text: str, kinds: Mapping[str, Kind]) -> Condition:
    """The condition that a `$filter` writes. Raises `FilterError`."""
    if len(text) > LONGEST:
        raise FilterError(f"must not be longer than {LONGEST} characters")
    return _Reader(_tokens(text), kinds).whole()


def order_of(text: str, kinds: Mapping[str, Kind]) -> tuple[tuple[str, bool], ...]:
    """The columns of an `$orderby`, True for those that fall. Raises `FilterError`."""
    if len(text) > LONGEST:
        raise FilterError(f"must not be longer than {LONGEST} characters")
    found = dict[str, bool]()
    for part in text.split(","):
        name, *direction = part.split()[:3] or [""]
        if name not in kinds or direction not in ([], ["asc"], ["desc"]):
            raise FilterError(f"each part must be a column, then asc, desc or nothing; {_columns(kinds)}")
        found.setdefault(name, direction == ["desc"])
    return tuple(found.items())


def _columns(kinds: Mapping[str, Kind]) -> str:
    return f"the columns are: {', '.join(kinds)}"


def _tokens(text: str) -> list[_Token]:
    found, place = list[_Token](), 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise FilterError(f"at character {place + 1}: no column, value, operator or bracket begins here")
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup, match.group(), place + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Reader:
    """Reads tokens from left to right, each function one rule of the grammar."""

    def __init__(self, tokens: list[_Token], kinds: Mapping[str, Kind]) -> None:
        self._tokens = tokens
        self._kinds = kinds
        self._next = 0
        self._depth = 0
        self._terms = 0

    def whole(self) -> Condition:
        found = self._or()
        if self._tokens[self._next].kind != "end":
            raise self._wrong("the condition should end here, or go on with and, or")
        return found

    def _or(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"brackets and not go deeper than {DEEPEST}")
        found = [self._and()]
        while self._took("or"):
            found.append(self._and())
        self._depth -= 1
        return found[0] if len(found) == 1 else Some(tuple(found))

    def _and(self) -> Condition:
        found = [self._not()]
        while self._took("and"):
            found.append(self._not())
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _not(self) -> Condition:
        negations = 0
        while self._took("not"):
            negations += 1
        if negations + self._depth > DEEPEST:
            raise self._wrong(f"brackets and not go deeper than {DEEPEST}")
        found = self._primary()
        return Not(found) if negations % 2 else found

    def _primary(self) -> Condition:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._wrong(f"there are more than {MOST_TERMS} comparisons")
        if self._took("("):
            found = self._or()
            self._take(")")
            return found
        if self._tokens[self._next].text in _FUNCTIONS and self._tokens[self._next + 1].text == "(":
            return self._function()
        return self._comparison()

    def _function(self) -> Condition:
        how = cast("Matching", self._token().text)
        self._take("(")
        column, _ = self._operand()
        self._take(",")
        text, _ = self._operand()
        self._take(")")
        match column, text:
            case Named(name), Literally(str(value)) if self._kinds[name] == "text":
                return Matches(how, name, value)
            case _:
                raise self._wrong("a function takes a column of text and a text")

    def _comparison(self) -> Condition:
        left, left_kind = self._operand()
        operator = self._tokens[self._next].text
        if operator not in _OPERATORS:
            if isinstance(left, Named) and left_kind == "boolean":
                return Holds(left.column)
            raise self._wrong(f"one of {', '.join(_OPERATORS)} should stand here")
        self._token()
        right, right_kind = self._operand()
        self._check(operator, {left_kind, right_kind})
        if not (isinstance(left, Named) or isinstance(right, Named)):
            raise self._wrong(f"a comparison needs a column; {_columns(self._kinds)}")
        return Comparison(left, operator, right)

    def _check(self, operator: Operator, kinds: set[str]) -> None:
        stated = kinds - {"null"}
        if len(stated) > 1:
            raise self._wrong(f"{' and '.join(sorted(stated))} cannot be compared")
        if stated == {"boolean"} and operator not in ("eq", "ne"):
            raise self._wrong("true and false are neither more nor less: eq or ne should stand before")

    def _operand(self) -> tuple[Operand, str]:
        token = self._token()
        if token.kind == "word" and token.text in self._kinds:
            kind = self._kinds[token.text]
            return Named(token.text), "number" if kind in ("integer", "decimal") else kind
        value = self._value(token)
        kinds = (name for kind, name in _KIND_OF if isinstance(value, kind))
        return Literally(value), next(kinds, "null")

    def _value(self, token: _Token) -> Value:
        if token.kind == "word" and token.text in _WORDS:
            return _WORDS[token.text]
        if token.kind == "number":
            return Decimal(token.text)
        if token.kind == "date":
            return self._date(token)
        if token.kind == "text" and printable(token.text):
            return token.text[1:-1].replace("''", "'")
        raise FilterError(
            f"at character {token.place}: a column or a value should stand here; {_columns(self._kinds)}"
        )

    def _date(self, token: _Token) -> date:
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            raise FilterError(f"at character {token.place}: there is no such day") from None

    def _token(self) -> _Token:
        token = self._tokens[self._next]
        self._next += token.kind != "end"
        return token

    def _took(self, text: str) -> bool:
        token = self._tokens[self._next]
        took = token.text == text and token.kind in ("word", "mark")
        self._next += took
        return took

    def _take(self, text: str) -> None:
        if not self._took(text):
            raise self._wrong(f"{text} should stand here")

    def _wrong(self, why: str) -> FilterError:
        return FilterError(f"at character {self._tokens[self._next].place}: {why}")
