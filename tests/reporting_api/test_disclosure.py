"""What the public sees of the tables: small counts are withheld, and nothing else tells them."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise, product
from typing import Any, Final

import pytest

from complaint_events.profile import Profile, Team
from reporting_api.disclosure import NOTE, Suppressed, as_published, choosing, suppress, system_of
from reporting_api.disclosure.dependence import rests_on
from reporting_api.disclosure.figures import count_columns, counts_of
from reporting_api.disclosure.relations import BETWEEN, SAME, SOMETIMES_SAME, WITHIN
from reporting_api.disclosure.rules import NOT_COUNTED, is_small
from reporting_api.report_document import SUPPRESSED, Source
from reporting_api.tables.answer import Answer
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import rows_of
from reporting_api.tables.periods import year_named
from reporting_api.tables.scope import Scope
from tests.caseloads import profile
from tests.oracle.authority import VERSIONS
from tests.oracle.comparing import AUTHORITY, facts, profiles_of
from tests.oracle.histories import history
from tests.oracle.story import TODAY
from tests.report_tables import Answers, asking, facts_of_caseload, scope
from tests.reporting_api.attack import AS_KNOWN, PROTECTED_WIDTH, attack, attack_random_sets, half_of

HERE: Final = Profile(
    name="Here", teams=tuple(Team(code=code, label=code) for code in ("north", "south", "west")), themes=()
)


def answer(table: str, asked: Scope, rows: Iterable[dict[str, Any]]) -> Answer:
    return Answer(CATALOGUE[table], asked, list(rows), AS_KNOWN, 1)


def by_team(**received: int) -> Answer:
    rows = [{"team": team, "received": number} for team, number in received.items()]
    return answer("received_by_team", scope("here", HERE), rows)


def by_method(**received: int) -> Answer:
    rows = [{"method": method, "received": number} for method, number in received.items()]
    return answer("methods", scope("here", HERE), rows)


def seen(suppressed: Suppressed, one: Answer) -> list[Any]:
    return [row["received"] for row in suppressed.public(one).rows]


def test_a_small_count_is_withheld_with_the_least_that_protects_it() -> None:
    one = by_team(north=3, south=0, west=9, east=20, total=32)
    assert seen(suppress([one]), one) == [SUPPRESSED, 0, SUPPRESSED, 20, 32]


@pytest.mark.parametrize("small", range(1, 6))
def test_every_count_of_1_to_5_is_withheld_and_6_is_not(small: int) -> None:
    one = by_team(north=small, south=6, west=30, east=40, total=small + 76)
    shown = seen(suppress([one]), one)
    assert shown[0] == SUPPRESSED
    assert shown.count(SUPPRESSED) == 2
    assert seen(suppress([plain := by_team(north=6, south=0, total=6)]), plain) == [6, 0, 6]


def test_two_small_counts_that_protect_each_other_need_no_third() -> None:
    one = by_team(north=5, south=5, west=30, total=40)
    assert seen(suppress([one]), one) == [SUPPRESSED, SUPPRESSED, 30, 40]


def test_two_small_counts_that_tell_each_other_do() -> None:
    one = by_team(north=1, south=1, west=30, total=32)
    assert seen(suppress([one]), one) == [SUPPRESSED, SUPPRESSED, SUPPRESSED, 32]


def test_another_table_with_the_same_total_tells_nothing() -> None:
    team, method = by_team(north=3, south=4, total=7), by_method(email=2, letter=5, total=7)
    suppressed = suppress([team, method])
    assert attack(suppressed).broken == []
    alone = by_team(north=3, total=3)
    other = by_method(email=3, letter=0, total=3)
    suppressed = suppress([alone, other])
    assert (seen(suppressed, alone), seen(suppressed, other)) == (
        [SUPPRESSED] * 2,
        [SUPPRESSED, 0, SUPPRESSED],
    )


def test_what_is_left_over_counts_too() -> None:
    """9 of 12 made through an advocate: that 3 were not stands nowhere, and anybody can subtract."""
    rows = [{"category": category, "received": 12, "via_advocate": 9} for category in ("parent", "total")]
    one = answer("complainant_categories", scope("here", HERE), rows)
    for row in suppress([one]).public(one).rows:
        assert SUPPRESSED in (row["received"], row["via_advocate"])


def test_a_percentage_is_withheld_with_either_of_its_counts() -> None:
    row = {
        "type": "mediation",
        "offered": 20,
        "resolved": 4,
        "declined": 6,
        "to_stage2": 10,
        "resolved_pct": 28.6,
    }
    one = answer("adr", scope("here", HERE), [row, {**row, "type": "total"}])
    for shown in suppress([one]).public(one).rows:
        assert (shown["resolved"], shown["resolved_pct"]) == (SUPPRESSED, SUPPRESSED)


def test_a_change_is_withheld_with_either_years_figure() -> None:
    years = {"2018-19": 10, "2019-20": 12, "2020-21": 4, "2021-22": 11, "2022-23": 30}
    changes = [None, *(now - before for before, now in pairwise(years.values()))]
    rows = [
        {"year": year, "received": received, "responded": received, "change": change}
        for (year, received), change in zip(years.items(), changes, strict=True)
    ]
    one = answer("volumes_by_year", scope("here", HERE), rows)
    shown = suppress([one]).public(one).rows
    assert [row["change"] for row in shown] == [None, 2, SUPPRESSED, SUPPRESSED, 19]


def test_the_order_of_the_tables_changes_nothing() -> None:
    one, other = by_team(north=3, south=9, west=9, total=21), by_method(email=9, letter=2, other=10, total=21)
    assert suppress([one, other]).withheld == suppress([other, one]).withheld


def test_registers_are_not_published() -> None:
    register = answer("stage2_register", scope("here", HERE), [{"case": 1, "requested_on": TODAY}])
    suppressed = suppress([register])
    assert suppressed.public(register).rows == ()
    assert "not published" in (suppressed.note(register) or "")


def test_learning_is_told_without_its_dates() -> None:
    row = {"theme": "delay", "action": "Train", "recorded_on": TODAY, "due_on": None, "ended_on": TODAY}
    one = answer("learning_actions", scope("here", HERE), [{**row, "status": "implemented"}])
    (shown,) = suppress([one]).public(one).rows
    assert [key for key in shown if shown[key] == SUPPRESSED] == ["recorded_on", "due_on", "ended_on"]


def test_texts_and_notes() -> None:
    one = by_team(north=3, south=0, west=9, east=20, total=32)
    suppressed = suppress([one])
    assert suppressed.note(one) == NOTE
    assert suppress([plain := by_team(north=6, total=6)]).note(plain) is None

    def told(row: int) -> Source:
        return Source("received_by_team", "2022-23", row, "received", "?")

    assert suppressed.hides_any([told(3), told(0)])
    assert not suppressed.hides_any([told(3), told(4)])
    assert suppressed.hides_any([replace(told(3), table="volumes")])


def test_relations_name_what_there_is() -> None:
    rests = {relation.rest for relation in WITHIN} | {relation.rest for relation in BETWEEN}
    for relation in WITHIN:
        for table, column in product(relation.tables.split(), f"{relation.wholes} {relation.parts}".split()):
            assert column in {*count_columns(CATALOGUE[table]), *rests}, (table, column)
    linked = [term for relation in BETWEEN for term in (*relation.wholes, *relation.parts)]
    for term in (*linked, *(term for terms in (*SAME, *SOMETIMES_SAME) for term in terms)):
        assert term.column in {*count_columns(CATALOGUE[term.table]), *rests}, term
        assert term.at.keys() <= {dimension.key for dimension in CATALOGUE[term.table].dimensions}, term


@asynccontextmanager
async def made_up(url: str, seed: int, complaints: int) -> AsyncIterator[Answers]:
    profiles = profiles_of(VERSIONS)
    made = facts(history(seed, complaints), VERSIONS, TODAY)
    async with asking(url, made, profiles[-1], AUTHORITY) as answers:
        yield answers


async def every_table(answers: Answers, year: str, **changed: Any) -> list[Answer]:
    asked = scope(answers.authority, answers.profile, year, **changed)
    return [
        Answer(table, asked, await rows_of(answers.connection, table, asked), AS_KNOWN, 1)
        for table in CATALOGUE.values()
    ]


@pytest.mark.parametrize("seed", [1, 5])
async def test_the_relations_hold_in_exact_figures(reporting_database_url: str, seed: int) -> None:
    async with made_up(reporting_database_url, seed, 60 * seed) as answers:
        for procedure in ("children_statutory", "all"):
            year = await every_table(answers, "2022-23", procedure=procedure)
            half = await every_table(
                answers, "2022-23", procedure=procedure, period=half_of(year_named("2022-23"))
            )
            system = system_of([*year, *half])
            assert system.broken == []
            for equation in system.equations:
                assert sum(times * system.values[cell] for cell, times in equation.items()) == 0
            assert len(system.equations) > 1000


@pytest.mark.parametrize(
    ("authority", "received", "most_withheld"), [("merton", 25, 0.85), ("sandwell", 241, 0.3)]
)
async def test_published_years(
    reporting_database_url: str, authority: str, received: int, most_withheld: float
) -> None:
    """Nothing is told of anybody, and the report still says how many complaints there were."""
    given = profile(authority)
    async with asking(reporting_database_url, facts_of_caseload(authority), given, authority) as answers:
        tables = await every_table(answers, "2022-23")
    suppressed = suppress(tables)
    found = attack(suppressed)
    assert found.broken == []
    assert found.narrowest >= PROTECTED_WIDTH
    assert found.withheld / found.figures < most_withheld
    shown = {one.table.id: suppressed.public(one) for one in tables}
    assert shown["volumes_by_year"].rows[-1]["received"] == received
    for one in tables:
        for number, cell, value in counts_of(one):
            shown_value = shown[one.table.id].rows[number][cell.column]
            assert shown_value == (SUPPRESSED if is_small(value) else shown_value)
            assert value or shown_value == 0


async def test_no_attack_narrows_a_withheld_figure(reporting_database_url: str) -> None:
    found, sets = await attack_random_sets(reporting_database_url, 40, first_seed=4711)
    assert sets == 40
    assert found.broken == []
    assert found.small > 1000
    assert PROTECTED_WIDTH <= round(found.narrowest, 4) < 10


async def test_the_attacker_finds_what_only_small_counts_withheld_would_tell(
    reporting_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing._Component, "protect_all", lambda _self, _small: set())
    found, _ = await attack_random_sets(reporting_database_url, 2, first_seed=4711)
    assert found.narrowest == pytest.approx(0)
    assert len(found.broken) > 10


async def test_the_attacker_finds_what_percentages_would_tell(reporting_database_url: str) -> None:
    async with made_up(reporting_database_url, 3, 150) as answers:
        suppressed = suppress(await every_table(answers, "2022-23"))
    percentages = {
        (table.id, column.key)
        for table in CATALOGUE.values()
        for column in table.columns
        if column.type == "percent"
    }
    careless = {
        question: frozenset(place for place in places if (question[0], place[1]) not in percentages)
        for question, places in suppressed.withheld.items()
    }
    assert attack(suppressed).broken == []
    assert attack(replace(suppressed, withheld=careless)).broken != []


@pytest.mark.parametrize("seed", [5, 7])
async def test_half_a_year_and_then_the_year(reporting_database_url: str, seed: int) -> None:
    """Both publications together tell nothing; the year suppressed by itself would."""
    half = half_of(year_named("2022-23"))
    async with made_up(reporting_database_url, seed, 250) as answers:
        then = await every_table(answers, "2022-23", period=half, as_of=half.end)
        year = await every_table(answers, "2022-23")
    first = suppress(then)
    earlier = as_published(then, [first.public(one).rows for one in then])
    second = suppress(year, [earlier])
    assert not second.given_away
    assert attack(first, second).broken == []
    assert attack(first, suppress(year)).broken != []


async def test_what_was_withheld_stays_withheld(reporting_database_url: str) -> None:
    async with made_up(reporting_database_url, 8, 150) as answers:
        last, this = await every_table(answers, "2021-22"), await every_table(answers, "2022-23")
    first = suppress(last)
    then = suppress(this, [first])
    assert attack(first, then).broken == []
    hidden = {
        cell for one in last for number, cell, _ in counts_of(one) if first.hides(one, number, cell.column)
    }
    again = [(one, number, cell) for one in this for number, cell, _ in counts_of(one) if cell in hidden]
    assert len(again) > 20
    assert all(then.hides(one, number, cell.column) for one, number, cell in again)


@pytest.mark.parametrize(
    ("years", "tables"),
    [
        (("2022-23", "2023-24"), {"outcomes_by_team", "timeliness_by_team", "monthly"}),
        (("2023-24", "2022-23"), {"lgsco_by_team"}),
    ],
)
async def test_what_is_said_to_be_given_away_is_what_an_attacker_finds(
    reporting_database_url: str, years: tuple[str, str], tables: set[str]
) -> None:
    """Sandwell's 8 open complaints are told with 2022-23; in 2023-24 none came, and none was left open.

    So 8 were answered then, and the teams' outcomes that are not 0 are 8 already with one each. The other way
    round the tables by year tell totals of 2022-23, before it is known of how many teams.
    """
    given = profile("sandwell")
    async with asking(reporting_database_url, facts_of_caseload("sandwell"), given, "sandwell") as answers:
        first, second = [suppress(await every_table(answers, year)) for year in years]
    assert attack(first).broken == attack(second).broken == []
    then = suppress(second.answers, [first])
    found = {line.split(" told within")[0] for line in attack(first, then).broken}
    assert found == {str(cell) for cell in then.given_away}
    assert {cell.table for cell in then.given_away} >= tables


def test_what_was_given_away_before_is_not_given_away_again() -> None:
    """Refusing to publish anything ever after would protect nobody."""
    teams = by_team(north=1, south=2, west=3, total=6)
    rows = [{**row, "received": SUPPRESSED} for row in teams.rows[:-1]]
    told = as_published([teams], [[*rows, teams.rows[-1]]])
    assert not suppress([teams], [told]).given_away
    total = by_method(email=6, total=6)
    before = suppress([total])
    assert not before.given_away
    assert {cell.at("team") for cell in suppress([teams], [before]).given_away} == {"north", "south", "west"}


def test_every_figure_says_what_it_follows_from() -> None:
    asked = scope("here", HERE)
    for table in (one for name, one in CATALOGUE.items() if name not in NOT_COUNTED):
        keys = [dimension.key for dimension in table.dimensions]
        one = answer(table.id, asked, [dict.fromkeys(keys, "total"), dict.fromkeys(keys, "total")])
        for column in table.columns:
            assert list(rests_on(one, 1, column.key)), (table.id, column.key)
