"""Sentences, key figures and charts in words: singular and plural, nothing, all, and what is withheld."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from reporting_api.database.entries import Entries
from reporting_api.report_document import SUPPRESSED
from reporting_api.sections.cells import shown
from reporting_api.sections.figures import KeyFigure
from reporting_api.sections.labels import day_in_words, words_for
from reporting_api.sections.phrases import (
    Breakdown,
    Change,
    Each,
    Most,
    Phrase,
    Plain,
    Says,
    Share,
    paragraph,
)
from reporting_api.sections.plots import Plot
from reporting_api.sections.setting import Setting
from reporting_api.tables.answer import Answer
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import lay_out
from reporting_api.tables.periods import year_named
from reporting_api.tables.scope import Scope
from tests.made_facts import PROFILE

YEAR = year_named("2022-23")
SCOPE = Scope("here", "children_statutory", YEAR, YEAR, date(2026, 11, 20), PROFILE)
AT = datetime(2026, 11, 20, tzinfo=UTC)
ENTRIES = Entries(None, 0, 0, 0)

DECIDED = Share(
    "outcomes_by_team",
    "upheld_or_partial",
    "decided",
    "decided at stage 1",
    "upheld",
    pct="upheld_or_partial_pct",
    at={"stage": 1},
)


def answered(name: str, *found: Mapping[str, Any]) -> Answer:
    """A table as the engine lays it out for what its SQL found."""
    return Answer(CATALOGUE[name], SCOPE, lay_out(CATALOGUE[name], SCOPE, found), AT, 1)


def setting(*answers: Answer, before: tuple[Answer, ...] = (), scope: Scope = SCOPE) -> Setting:
    given = {answer.table.id: answer for answer in (answered("procedures"), *answers)}
    earlier = {answer.table.id: answer for answer in before}
    return Setting(scope, given, earlier, {}, ENTRIES, public=False)


def told(phrase: Phrase, *answers: Answer) -> str | None:
    found = paragraph([phrase], setting(*answers))
    return None if found is None else found.text


def outcomes(upheld: int, decided: int) -> Answer:
    return answered(
        "outcomes_by_team", {"stage": 1, "team": "total", "upheld_or_partial": upheld, "decided": decided}
    )


def withheld(answer: Answer, row: int, *columns: str) -> Answer:
    rows = [dict(one) for one in answer.rows]
    rows[row].update(dict.fromkeys(columns, SUPPRESSED))
    return replace(answer, rows=rows)


@pytest.mark.parametrize(
    ("upheld", "decided", "says"),
    [
        (12, 23, "12 of the 23 complaints decided at stage 1 were upheld (52.2%)."),
        (1, 23, "1 of the 23 complaints decided at stage 1 was upheld (4.3%)."),
        (0, 23, "None of the 23 complaints decided at stage 1 was upheld (0.0%)."),
        (23, 23, "All 23 complaints decided at stage 1 were upheld (100.0%)."),
        (1, 1, "The only complaint decided at stage 1 in this year was upheld."),
        (0, 1, "The only complaint decided at stage 1 in this year was not upheld."),
        (0, 0, "No complaints were decided at stage 1 in this year."),
        (1200, 2400, "1,200 of the 2,400 complaints decided at stage 1 were upheld (50.0%)."),
    ],
)
def test_a_share(upheld: int, decided: int, says: str) -> None:
    assert told(DECIDED, outcomes(upheld, decided)) == says


def test_of_an_empty_base_once_is_enough() -> None:
    assert told(replace(DECIDED, silent=True), outcomes(0, 0)) is None


def test_a_share_that_is_withheld() -> None:
    answer = outcomes(3, 23)
    row = next(
        number for number, one in enumerate(answer.rows) if (one["stage"], one["team"]) == (1, "total")
    )
    hidden = withheld(answer, row, "upheld_or_partial", "upheld_or_partial_pct")
    assert told(DECIDED, hidden) == "[c] of the 23 complaints decided at stage 1 were upheld ([c])."
    hidden = withheld(answer, row, "upheld_or_partial", "upheld_or_partial_pct", "decided")
    assert told(DECIDED, hidden) is None


@pytest.mark.parametrize(
    ("number", "says"),
    [(0, "No children were heard."), (1, "1 child was heard."), (2, "2 children were heard.")],
)
def test_a_figure_with_its_noun(number: int, says: str) -> None:
    phrase = Says("received_by_team", "{received:child/children} {received|was/were} heard.")
    assert told(phrase, answered("received_by_team", {"team": "total", "received": number})) == says


def test_what_is_not_there_is_not_claimed() -> None:
    empty = answered("received_by_team")
    assert told(Says("received_by_team", "{received} came.", unless="received"), empty) is None
    assert (
        told(Says("received_by_team", "x", unless="received", otherwise="Nobody came."), empty)
        == "Nobody came."
    )
    assert told(Says("received_by_team", "x", at={"team": "unheard of"}), empty) is None


def volumes(*received: int) -> Answer:
    found: list[dict[str, Any]] = []
    before: int | None = None
    for span, number in zip(SCOPE.years, received, strict=True):
        change = None if before is None else number - before
        found.append({"year": span.key, "received": number, "change": change, "before": before})
        before = number
    return answered("volumes_by_year", *found)


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (
            (0, 0, 0, 18, 25),
            "25 complaints were made in 2022-23, 7 more than the 18 of the year before (+38.9%).",
        ),
        (
            (0, 0, 0, 25, 1),
            "1 complaint was made in 2022-23, 24 fewer than the 25 of the year before (\N{MINUS SIGN}96.0%).",
        ),
        ((0, 0, 0, 3, 3), "3 complaints were made in 2022-23, as many as in the year before."),
        ((0, 0, 0, 0, 0), "No complaints were made in 2022-23, and none in the year before."),
        ((0, 0, 0, 0, 3), "3 complaints were made in 2022-23, and none in the year before."),
        (
            (0, 0, 0, 3, 0),
            "No complaints were made in 2022-23, 3 fewer than the 3 of the year before (−100.0%).",  # noqa: RUF001
        ),
    ],
)
def test_the_change_on_the_year(years: tuple[int, ...], says: str) -> None:
    change = Change("volumes_by_year", "received", ("complaint", "complaints"), "made")
    assert told(change, volumes(*years)) == says


def test_a_year_not_over_is_not_compared() -> None:
    change = Change("volumes_by_year", "received", ("complaint", "complaints"), "made")
    given = setting(volumes(0, 0, 0, 18, 25), scope=replace(SCOPE, as_of=date(2023, 1, 1)))
    found = paragraph([change], given)
    assert found is not None
    assert found.text == "25 complaints were made in 2022-23."


def methods(**received: int) -> Answer:
    return answered("methods", *({"method": key, "received": number} for key, number in received.items()))


MOST = Most("methods", "method", "received", "Most used was", "Most used were each of")


@pytest.mark.parametrize(
    ("received", "says"),
    [
        ({"email": 3, "letter": 2, "total": 5}, "Most used was “Email” (3)."),
        ({"email": 3, "letter": 3, "total": 6}, "Most used were each of “Letter” (3) and “Email” (3)."),
        ({"not_recorded": 9, "email": 1, "total": 10}, "Most used was “Email” (1)."),
        ({"email": 1, "letter": 1, "telephone": 1, "portal": 1, "total": 4}, None),
        ({"total": 0}, None),
    ],
)
def test_the_most(received: dict[str, int], says: str | None) -> None:
    assert told(MOST, methods(**received)) == says


def test_the_most_is_not_told_where_a_figure_is_withheld() -> None:
    answer = methods(email=9, letter=3, total=12)
    letter = next(number for number, row in enumerate(answer.rows) if row["method"] == "letter")
    assert told(MOST, withheld(answer, letter, "received")) is None


def test_a_breakdown_leaves_out_what_is_nothing() -> None:
    phrase = Breakdown(
        "volumes",
        "Of these,",
        {"responded": "{responded|was/were} answered", "withdrawn": "gave up"},
        unless="handled",
    )
    row = {"procedure": "total", "handled": 3}
    assert told(phrase, answered("volumes", {**row, "responded": 1, "withdrawn": 2})) == (
        "Of these, 1 was answered and 2 gave up."
    )
    assert told(phrase, answered("volumes", {**row, "withdrawn": 3})) == "Of these, 3 gave up."
    assert told(phrase, answered("volumes")) is None


def test_each_row_that_has_a_figure() -> None:
    phrase = Each("conformity", "rule", "<label>: {complaints}.", unless="complaints", otherwise="Nothing.")
    late = answered("conformity", {"rule": "stage_1_late", "complaints": 2})
    assert told(phrase, late) == "Stage 1 was answered after its maximum: 2."
    assert told(phrase, answered("conformity")) == "Nothing."


def test_words_of_the_report() -> None:
    assert told(Plain("In <year> <name> had this <noun>.")) == "In 2022-23 Here had this year."


RATE = KeyFigure(
    "Upheld",
    "outcomes_by_team",
    "upheld_or_partial_pct",
    "by date",
    numerator="upheld_or_partial",
    denominator="decided",
    of="decided",
    at={"stage": 1},
)


@pytest.mark.parametrize(
    ("now", "before", "value", "change"),
    [
        ((12, 23), (9, 18), "52.2%", "2.2 percentage points higher than the year before (50.0%)"),
        ((1, 4), (1, 2), "25.0%", "25.0 percentage points lower than the year before (50.0%)"),
        ((1, 2), (2, 4), "50.0%", "the same as the year before"),
        ((1, 2), (0, 0), "50.0%", None),
        ((0, 0), (1, 2), "not applicable", None),
    ],
)
def test_a_rate_changes_by_percentage_points(
    now: tuple[int, int], before: tuple[int, int], value: str, change: str | None
) -> None:
    figure = RATE.figure(setting(outcomes(*now), before=(outcomes(*before),)))
    assert figure is not None
    assert (figure.value, figure.change) == (value, change)
    assert figure.basis == f"{now[0]} of {now[1]} decided, by date"


def test_a_withheld_figure_has_no_change() -> None:
    answer = outcomes(3, 23)
    row = next(
        number for number, one in enumerate(answer.rows) if (one["stage"], one["team"]) == (1, "total")
    )
    hidden = withheld(answer, row, "upheld_or_partial", "upheld_or_partial_pct")
    figure = RATE.figure(setting(hidden, before=(answer,)))
    assert figure is not None
    assert (figure.value, figure.numerator, figure.change) == (SUPPRESSED, SUPPRESSED, None)


BY_YEAR = Plot("c", "Received", "volumes_by_year", "year", {"received": "Complaints"}, over_time=True)


@pytest.mark.parametrize(
    ("years", "text"),
    [
        (
            (5, 2, 9, 1, 7),
            "Complaints: up from 5 in 2018-19 to 7 in 2022-23; largest 9 (2020-21); smallest 1 (2021-22).",
        ),
        ((4, 4, 4, 4, 4), "Complaints: 4 in 2018-19 and again in 2022-23."),
        (
            (9, 0, 0, 0, 0),
            "Complaints: down from 9 in 2018-19 to 0 in 2022-23; largest 9 (2018-19); smallest 0 (4 of 5).",
        ),
    ],
)
def test_a_chart_in_words(years: tuple[int, ...], text: str) -> None:
    chart = BY_YEAR.chart(setting(volumes(*years)))
    assert chart is not None
    assert chart.text == text
    assert chart.series[0].values == years


def test_a_chart_of_nothing_is_not_shown() -> None:
    assert BY_YEAR.chart(setting(volumes(0, 0, 0, 0, 0))) is None


def test_a_chart_says_nothing_of_extremes_where_a_figure_is_withheld() -> None:
    chart = BY_YEAR.chart(setting(withheld(volumes(9, 8, 7, 6, 9), 1, "received")))
    assert chart is not None
    assert list(chart.series[0].values) == [9, None, 7, 6, 9]
    assert (
        chart.text
        == "Complaints: 9 in 2018-19 and again in 2022-23. Figures that are withheld are not shown."
    )


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1234, "integer", "1,234"),
        (-3, "integer", "\N{MINUS SIGN}3"),
        (None, "integer", "\N{EN DASH}"),
        (None, "percent", "N/A"),
        (Decimal("52.2"), "percent", "52.2"),
        (Decimal("1250.50"), "money", "£1,250.50"),
        (Decimal("180.00"), "money", "£180"),
        (True, "boolean", "Yes"),
        (date(2022, 4, 1), "date", "1 April 2022"),
        (SUPPRESSED, "integer", "[c]"),
    ],
)
def test_a_cell_as_text(value: object, kind: str, text: str) -> None:
    assert shown(value, kind) == text


def test_codes_in_words() -> None:
    assert words_for("child_in_need") == "Child in need"
    assert words_for("lac_reviews") == "LAC reviews"
    assert words_for("person_with_pr") == "Person with parental responsibility"
    assert day_in_words(date(2023, 3, 31)) == "31 March 2023"
