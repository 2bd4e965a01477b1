"""`$filter`: any text is read or refused, and what is read means what a small evaluator here says."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reporting_api.api.odata_filter import (
    DEEPEST,
    LONGEST,
    MOST_TERMS,
    FilterError,
    condition_of,
    order_of,
)
from reporting_api.database import Connection, make_engine
from reporting_api.database.selection import Selection, select
from reporting_api.database.views import Kind, Rows
from reporting_api.database.views import given as given_rows

KINDS: dict[str, Kind] = {
    "id": "integer",
    "team": "text",
    "theme": "text",
    "stage": "integer",
    "pct": "decimal",
    "on": "date",
    "young": "boolean",
}
Row = Mapping[str, Any]
Meaning = Callable[[Row], bool | None]
"""What a condition says of a row; None: unknown."""


@pytest.fixture(scope="module")
async def connection(reporting_database_url: str) -> AsyncIterator[Connection]:
    engine = make_engine(reporting_database_url)
    async with engine.connect() as made:
        yield made
    await engine.dispose()


WORDS = st.text(st.sampled_from("ab'%_\\/A é€ "), max_size=4)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "team": WORDS,
    "theme": WORDS,
    "stage": st.integers(-2, 3),
    "pct": st.decimals(-2, 3, places=1),
    "on": st.dates(date(2022, 3, 30), date(2022, 4, 2)),
    "young": st.booleans(),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), max_size=8
)
COMPARABLE = (("team", "theme"), ("stage", "pct"), ("on",), ("young",))


def written(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def compared(operator: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return {"eq": left is right, "ne": left is not right}.get(operator, False)
    return bool(
        {
            "eq": left == right,
            "ne": left != right,
            "gt": left > right,
            "ge": left >= right,
            "lt": left < right,
            "le": left <= right,
        }[operator]
    )


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, Meaning]:
    names = draw(st.sampled_from(COMPARABLE))
    left = draw(st.sampled_from(names))
    operators = ["eq", "ne"] if left == "young" else ["eq", "ne", "gt", "ge", "lt", "le"]
    operator = draw(st.sampled_from(operators))
    right: Any = draw(st.none() | VALUES[left])
    if draw(st.booleans()):
        other = draw(st.sampled_from(names))
        return f"{left} {operator} {other}", lambda row: compared(operator, row[left], row[other])
    if draw(st.booleans()):
        return f"{written(right)} {operator} {left}", lambda row: compared(operator, right, row[left])
    return f"{left} {operator} {written(right)}", lambda row: compared(operator, row[left], right)


@st.composite
def functions(draw: st.DrawFn) -> tuple[str, Meaning]:
    name, column, text = draw(
        st.tuples(st.sampled_from(sorted(MATCHED)), st.sampled_from(["team", "theme"]), WORDS)
    )
    return (
        f"{name}({column}, {written(text)})",
        lambda row: None if row[column] is None else MATCHED[name](row[column], text),
    )


MATCHED: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda whole, part: part in whole,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
FLAG = st.just(("young", lambda row: row["young"]))


def negated(one: tuple[str, Meaning]) -> tuple[str, Meaning]:
    text, meaning = one
    return f"not ({text})", lambda row: None if (said := meaning(row)) is None else not said


def joined(word: str, decisive: bool) -> Callable[[list[tuple[str, Meaning]]], tuple[str, Meaning]]:
    """Conditions with a word between; one that says `decisive` decides, else one that is unknown."""

    def join(parts: list[tuple[str, Meaning]]) -> tuple[str, Meaning]:
        def meaning(row: Row) -> bool | None:
            said = [means(row) for _, means in parts]
            return decisive if decisive in said else None if None in said else not decisive

        return f" {word} ".join(f"({text})" for text, _ in parts), meaning

    return join


CONDITIONS: st.SearchStrategy[tuple[str, Meaning]] = st.recursive(
    comparisons() | functions() | FLAG,
    lambda inner: st.one_of(
        inner.map(negated),
        st.lists(inner, min_size=2, max_size=3).map(joined("and", decisive=False)),
        st.lists(inner, min_size=2, max_size=3).map(joined("or", decisive=True)),
    ),
    max_leaves=8,
)


def rows_with_ids(rows: list[dict[str, Any]]) -> Rows:
    numbered = [{"id": number, **row} for number, row in enumerate(rows)]
    return Rows("made", "", KINDS, {}, ("id",), given_rows("made", KINDS, numbered))


@settings(max_examples=300)
@given(ROWS, CONDITIONS)
async def test_a_condition_chooses_the_rows_that_it_is_true_of(
    connection: Connection, rows: list[dict[str, Any]], condition: tuple[str, Meaning]
) -> None:
    text, meaning = condition
    wanted = Selection(("id",), condition_of(text, KINDS))
    found = await select(connection, rows_with_ids(rows), wanted)
    assert [one["id"] for one in found] == [no for no, row in enumerate(rows) if meaning(row) is True]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("stage eq 1 or stage eq 2 and team eq 'b'", [0, 1]),
        ("(stage eq 1 or stage eq 2) and team eq 'b'", [1]),
        ("not stage eq 1 and team eq 'b'", [1]),
        ("not not stage eq 1", [0]),
        ("team eq null", [2]),
        ("team ne 'a'", [1, 2]),
        ("contains(team,'%')", []),
        ("pct ge 52.2", [0]),
        ("on le 2022-04-01", [0]),
    ],
)
async def test_what_binds_first_and_what_null_is(
    connection: Connection, text: str, chosen: list[int]
) -> None:
    rows: list[dict[str, Any]] = [
        {"team": "a", "stage": 1, "pct": Decimal("52.2"), "on": date(2022, 4, 1)},
        {"team": "b", "stage": 2, "pct": Decimal("52.1"), "on": date(2022, 4, 2)},
        {"team": None, "stage": None, "pct": None, "on": None},
    ]
    found = await select(connection, rows_with_ids(rows), Selection(("id",), condition_of(text, KINDS)))
    assert [one["id"] for one in found] == chosen


PIECES = [
    *["team", "stage", "on", "young", "eq", "ne", "gt", "and", "or", "not", "contains", "null", "true"],
    *["(", ")", ",", "'a'", "'", "1", "-1.5", "9" * 18, "9" * 19, "1e9", "stage/team", "2022-04-01"],
    *[
        "2022-02-30",
        "0001-01-01",
        "9999-12-31",
        ";",
        "--",
        "\0",
        "\ud800",
        "%",
        "*/",
        "\N{DIGIT ONE FULL STOP}",
    ],
]
ALMOST = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@settings(max_examples=500)
@given(st.text() | ALMOST | CONDITIONS.map(lambda one: one[0]))
@example("(" * 10_000)
@example("not " * 1999 + "young")
@example(" or ".join(["young"] * 299))
@example("'\0' eq team")
async def test_any_text_is_read_and_answered_or_refused(connection: Connection, text: str) -> None:
    try:
        condition = condition_of(text, KINDS)
    except FilterError:
        return
    assert await select(connection, rows_with_ids([{"team": "a"}]), Selection(("id",), condition)) is not None


@settings(max_examples=200)
@given(st.text() | st.lists(st.sampled_from(["team", "asc", "desc", ",", "stage"])).map(" ".join))
async def test_any_order_is_read_and_answered_or_refused(connection: Connection, text: str) -> None:
    try:
        order = order_of(text, KINDS)
    except FilterError:
        return
    found = await select(connection, rows_with_ids([{"team": "a"}]), Selection(("id",), order=order))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * (LONGEST + 1), "longer"),
        ("(" * (DEEPEST + 1), "deeper"),
        ("not " * (DEEPEST + 1) + "young", "deeper"),
        (" or ".join(["young"] * (MOST_TERMS + 1)), "more than"),
        ("stage eq 'a'", "number and text"),
        ("young gt true", "neither more nor less"),
        ("1 eq 1", "needs a column"),
        ("team", "eq, ne"),
        ("stage eq 1 1", "end here"),
        ("(stage eq 1", ") should stand here"),
        ("contains(stage, 'a')", "column of text"),
        ("contains(team, theme)", "column of text"),
        ("on eq 2022-02-30", "no such day"),
        ("stage eq 1e99", "character 10"),
        ("secret eq 1", "the columns are: id, team"),
    ],
)
def test_what_is_refused_and_why(text: str, says: str) -> None:
    with pytest.raises(FilterError) as error:
        condition_of(text, KINDS)
    assert says in str(error.value)
    assert "secret" not in str(error.value)
