"""What must hold of every table, whatever the facts: random ones, with unknown codes, of any procedure."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting_api.star import Complaint
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import Row, percentage
from reporting_api.tables.periods import Span
from tests.made_facts import (
    PROFILE,
    complaint,
    compliment,
    feedback,
    issue,
    named,
    referral,
    remedy,
    request,
    ruling,
    said,
    spell,
    stage,
)
from tests.report_tables import Answers, asking

FIRST, LAST = date(2021, 1, 1), date(2023, 12, 31)
PERIODS = (
    Span("2022-23", date(2022, 4, 1), date(2023, 3, 31)),
    Span("2022-23", date(2022, 10, 1), date(2022, 12, 31)),
)
AS_OF = (date(2026, 11, 20), date(2022, 11, 11))
PEOPLE = ("ann", "bob", "cat")

days = st.dates(FIRST, LAST).map(date.isoformat)
teams = st.sampled_from(["north", "south", "not_recorded", "gone"])
themes = st.sampled_from(["staff", "money", "grants", "savings", "praise", "not_recorded", "gone"])
outcomes = st.sampled_from(["upheld", "partially_upheld", "not_upheld", "inconclusive"])


def later(on: str, by: int) -> str:
    return (date.fromisoformat(on) + timedelta(days=by)).isoformat()


@st.composite
def complaints(draw: st.DrawFn) -> Complaint:
    received = draw(days)
    acknowledged = draw(st.none() | st.integers(0, 40))
    return complaint(
        received,
        population=draw(st.sampled_from(["complaint"] * 4 + ["ineligible", "resolved_early"])),
        procedure=draw(
            st.sampled_from(["children_statutory"] * 3 + ["corporate_code", "non_statutory", None])
        ),
        team=draw(teams),
        category=draw(st.sampled_from(["parent", "care_leaver", "not_recorded"])),
        acting_via=draw(st.sampled_from(["self", "advocate"])),
        young=draw(st.booleans()),
        complainant=draw(st.none() | st.sampled_from(PEOPLE)),
        primary_theme=draw(themes),
        entry_stage=draw(st.sampled_from([1, 1, 1, 2])),
        acknowledged_on=None if acknowledged is None else date.fromisoformat(later(received, acknowledged)),
        acknowledged_day=acknowledged,
    )


@st.composite
def stage_1(draw: st.DrawFn, of: Complaint) -> list[tuple[Any, ...]]:
    """A stay in the balance, and the stage with its issues if it was answered."""
    received = of.received_on.isoformat() if of.received_on else ""
    left_by = draw(st.sampled_from([None, "responded", "responded", "withdrawn", "other_disposal"]))
    left = later(received, draw(st.integers(0, 500))) if left_by else None
    if left_by != "responded":
        return [spell(of, received, left, left_by)]
    number, outcome, maximum = draw(st.integers(0, 60)), draw(outcomes), draw(st.booleans())
    answer = stage(
        of,
        1,
        left,
        day=number,
        outcome=outcome,
        team=draw(teams),
        within_maximum=maximum,
        within_target=maximum and draw(st.booleans()),
    )
    kinds = st.sampled_from(["delay", "other", "not_recorded"])
    issues = [
        issue(of, draw(themes), draw(outcomes), left, no=no, type=draw(kinds))
        for no in range(draw(st.integers(0, 3)))
    ]
    return [spell(of, received, left, left_by), answer, *issues]


@st.composite
def aftermath(draw: st.DrawFn, of: Complaint) -> list[tuple[Any, ...]]:
    """Requests, stage 2, the Ombudsman, and who the people are."""
    found: list[tuple[Any, ...]] = []
    on, fates = draw(days), ["proceeded", "withdrawn", "resolved_adr", "awaiting"]
    if draw(st.booleans()):
        found.append(request(of, draw(st.sampled_from([2, 3])), on, draw(st.sampled_from(fates))))
        found.append(stage(of, 2, draw(st.none() | days), team=draw(teams)))
    if draw(st.booleans()):
        decision, sub = draw(
            st.sampled_from([("upheld", "already_remedied"), ("upheld", None), ("postponed", None)])
        )
        verdict = draw(st.sampled_from([None, "complete_satisfied", "completed_late"]))
        found += [referral(of, "L", on), ruling(of, "L", draw(days), decision, sub)]
        found.append(remedy(of, "L", on, verdict=verdict, verdict_on=date.fromisoformat(draw(days))))
    for person in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
        found.append(named(of, person))
        if draw(st.booleans()):
            found.append(said(of, person, "age", draw(st.integers(0, 99) | st.just("not_asked"))))
            found.append(said(of, person, "ethnicity", draw(st.sampled_from(["irish", "gone"]))))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for one in draw(st.lists(complaints(), max_size=8)):
        found.append(one)
        if one.entry_stage == 1:
            found += draw(stage_1(one))
        found += draw(aftermath(one))
    sources = st.sampled_from(["parent", "internal_staff"])
    found += [compliment(draw(days), draw(teams), draw(sources)) for _ in range(draw(st.integers(0, 4)))]
    found += [feedback(draw(days), draw(themes)) for _ in range(draw(st.integers(0, 4)))]
    return found


ADDS_UP = {
    "volumes": "procedure",
    "stage_counts_by_team": "team",
    "outcomes_by_team": "team",
    "timeliness_by_team": "team",
    "response_bands": "band",
    "issues_by_type": "type",
    "complainant_categories": "category",
    "methods": "method",
    "points_of_receipt": "point_of_receipt",
    "received_by_team": "team",
    "received_by_team_year": "team",
    "equality": "value",
    "children_complaints": "acting_via",
    "repeat_complainants": "complaints_made",
    "compliments_by_team": "team",
    "compliments_by_source": "source",
    "lgsco_decisions": "sub",
}
"""Tables whose totals are the sums over a dimension. Themes overlap; people of two teams count once."""


def counted(name: str) -> list[str]:
    return [column.key for column in CATALOGUE[name].columns if column.type == "integer"]


def check_dimensions(name: str, rows: Sequence[Row]) -> None:
    keys = [dimension.key for dimension in CATALOGUE[name].dimensions]
    places = [tuple(row[key] for key in keys) for row in rows]
    assert len(set(places)) == len(places)


def check_numbers(name: str, rows: Sequence[Row]) -> None:
    for row in rows:
        for column in CATALOGUE[name].columns:
            if column.key not in row:
                continue
            value = row[column.key]
            if column.type == "integer":
                assert isinstance(value, int) or (value is None and column.nullable)
            elif column.type == "percent" and not column.of_total and column.denominator in row:
                assert value == percentage(row[column.numerator], row[column.denominator])
                assert value is None or column.numerator == "requested" or 0 <= value <= 100


def check_total(rows: Sequence[Row], dimension: str, keys: Sequence[str], others: Sequence[str]) -> None:
    for total in (row for row in rows if row[dimension] == "total"):
        parts = [
            row
            for row in rows
            if row[dimension] != "total" and all(row[other] == total[other] for other in others)
        ]
        for key in keys:
            assert total[key] == sum(row[key] for row in parts), (dimension, key)


def check_balance(rows: Sequence[Row]) -> None:
    for row in rows:
        assert row["handled"] == row["brought_forward"] + row["received"] + row["reopened"]
        left = row["responded"] + row["withdrawn"] + row["other_disposal"]
        assert row["carried_forward"] == row["handled"] - left >= 0


def check_open(facts: Sequence[tuple[Any, ...]], total: Row, last: date) -> None:
    """What is carried forward is what was open at the end."""
    inside = {one.complaint for one in facts if isinstance(one, Complaint) and one.population == "complaint"}
    stays = [one for one in facts if type(one).__name__ == "Spell" and one[1] in inside]
    still = [one for one in stays if one[3] <= last and (one[5] is None or one[5] > last)]
    assert total["carried_forward"] == len(still)


def check_months(rows: Sequence[Row]) -> None:
    months = [row for row in rows if row["month"][0] not in "Qt"]
    total = rows[-1]
    for key in ("received", "responded", "withdrawn", "within_10", "acknowledged", "acknowledged_within_3"):
        assert total[key] == sum(row[key] for row in months)
    for before, after in pairwise(months):
        assert before["carried_forward"] == after["brought_forward"]
    assert total["brought_forward"] == months[0]["brought_forward"]
    assert total["carried_forward"] == months[-1]["carried_forward"]


def check_people(rows: Sequence[Row]) -> None:
    """Nobody counts twice in a total, and nobody is left out of it."""
    for total in (row for row in rows if row["team"] == "total"):
        of_teams = [
            row["people"] for row in rows if row["team"] != "total" and row["age_band"] == total["age_band"]
        ]
        assert max(of_teams) <= total["people"] <= sum(of_teams)


def check_themes(rows: Sequence[Row]) -> None:
    top = [row for row in rows if row["parent"] is None and row["theme"] != "total"]
    assert rows[-1]["issues"] == sum(row["issues"] for row in top)


def check_fates(rows: Sequence[Row]) -> None:
    fates = (
        "proceeded",
        "withdrawn",
        "resolved_adr",
        "refused",
        "not_pursued",
        "ended_by_council",
        "awaiting",
    )
    for row in rows:
        assert row["requested"] == sum(row[fate] for fate in fates)


async def check_all(answers: Answers, facts: Sequence[tuple[Any, ...]], asked: dict[str, Any]) -> None:
    tables = {name: await answers.table(name, **asked) for name in CATALOGUE}
    for name, rows in tables.items():
        if CATALOGUE[name].dimensions:
            check_dimensions(name, rows)
        check_numbers(name, rows)
    for name, dimension in ADDS_UP.items():
        others = [one.key for one in CATALOGUE[name].dimensions if one.key != dimension]
        check_total(tables[name], dimension, counted(name), others)
    check_balance(tables["volumes"])
    check_months(tables["monthly"])
    check_people(tables["equality_age_by_team"])
    check_themes(tables["issues_by_theme"])
    check_fates(tables["escalations"])
    if asked["procedure"] == "all":
        check_open(facts, tables["volumes"][-1], min(asked["period"].end, asked["as_of"]))
        assert tables["volumes"][-1]["responded"] == tables["monthly"][-1]["responded"]


@pytest.mark.parametrize("procedure", ["children_statutory", "all"])
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(facts=histories(), period=st.sampled_from(PERIODS), as_of=st.sampled_from(AS_OF))
def test_every_table_keeps_its_invariants(
    reporting_database_url: str, procedure: str, facts: list[tuple[Any, ...]], period: Span, as_of: date
) -> None:
    async def check() -> None:
        asked = {"procedure": procedure, "period": period, "as_of": as_of}
        async with asking(reporting_database_url, facts, PROFILE) as answers:
            await check_all(answers, facts, asked)

    asyncio.run(check())
