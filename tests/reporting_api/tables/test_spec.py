"""Each careful point of the tables' definitions, on facts made for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

import pytest

from complaint_events.profile import Profile
from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.periods import Span
from tests.made_facts import (
    PROFILE,
    complaint,
    compliment,
    day,
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
from tests.report_tables import Answers
from tests.report_tables import asking as asking_in

Asking = Callable[..., AbstractAsyncContextManager[Answers]]


@pytest.fixture
def asking(reporting_database_url: str) -> Asking:
    @asynccontextmanager
    async def over(*facts: tuple[Any, ...], profile: Profile = PROFILE) -> AsyncIterator[Answers]:
        async with asking_in(reporting_database_url, facts, profile) as answers:
            yield answers

    return over


def figures(row: dict[str, Any], *keys: str) -> tuple[Any, ...]:
    return tuple(row[key] for key in keys)


NOT_OF_EVENTS = ("procedures",)
"""What a table says without any event."""

ONLY_WHAT_OCCURS = ("complaint_rate", "complaint_rate_by_team")
"""Tables by measure: without population figures they have no row."""


@pytest.mark.parametrize("name", list(CATALOGUE))
@pytest.mark.parametrize("procedure", ["children_statutory", "all", "non_statutory"])
async def test_an_authority_without_data_has_zero_rows_and_null_percentages(
    asking: Asking, name: str, procedure: str
) -> None:
    async with asking() as answers:
        rows = await answers.table(name, procedure=procedure)
    kinds = {column.key: column for column in CATALOGUE[name].columns}
    for row in rows if name not in NOT_OF_EVENTS else []:
        for key in row.keys() & kinds.keys():
            nothing = None if kinds[key].type in ("percent", "number") else 0
            assert row[key] == nothing or (key == "change" and row[key] is None), (row, key)
    assert rows or not CATALOGUE[name].dimensions or "escalations" in name or name in ONLY_WHAT_OCCURS


async def test_another_authority_is_never_counted(asking: Asking) -> None:
    elsewhere = complaint("2022-05-01", authority="elsewhere")
    async with asking(elsewhere, spell(elsewhere, "2022-05-01")) as answers:
        assert (await answers.row("volumes"))["received"] == 0


async def test_the_balance_carries_over_both_ends_of_the_period(asking: Asking) -> None:
    one = complaint("2022-03-01")
    stays = [
        spell(one, "2022-03-01", "2022-03-31", "responded"),
        spell(one, "2022-03-01", "2022-04-01", "responded", no=2),
        spell(one, "2022-03-01", "2023-03-31", "withdrawn", no=3),
        spell(one, "2022-04-01", "2023-04-01", "responded", no=4),
        spell(one, "2023-03-31", no=5),
        spell(one, "2022-06-01", "2022-07-01", "other_disposal", no=6, entered_by="reopened"),
        spell(one, "2023-04-01", no=7),
    ]
    async with asking(one, *stays) as answers:
        row = await answers.row("volumes")
        half = Span("2022-23", date(2022, 4, 1), date(2022, 9, 30))
        first_half = await answers.row("volumes", period=half)
    keys = ("brought_forward", "received", "reopened", "handled", "responded", "withdrawn", "other_disposal")
    assert figures(row, *keys, "carried_forward") == (2, 2, 1, 5, 1, 1, 1, 2)
    assert figures(first_half, *keys, "carried_forward") == (2, 1, 1, 4, 1, 0, 1, 2)


async def test_a_period_not_over_is_carried_forward_on_the_day_asked_for(asking: Asking) -> None:
    one = complaint("2022-05-01")
    async with asking(one, spell(one, "2022-05-01", "2022-08-01", "responded")) as answers:
        row = await answers.row("volumes", as_of=date(2022, 7, 1))
        months = await answers.table("monthly", as_of=date(2022, 7, 1))
    assert figures(row, "received", "responded", "carried_forward") == (1, 0, 1)
    assert months[-1]["carried_forward"] == 1


async def test_volumes_has_the_procedures_asked_for_and_a_total(asking: Asking) -> None:
    law, code = complaint("2022-05-01"), complaint("2022-05-01", procedure="corporate_code")
    async with asking(law, spell(law, "2022-05-01"), code, spell(code, "2022-05-01")) as answers:
        one = await answers.table("volumes")
        every = await answers.table("volumes", procedure="all")
    assert [(row["procedure"], row["received"]) for row in one] == [("children_statutory", 1), ("total", 1)]
    assert [row["received"] for row in every] == [1, 1, 0, 0, 2]


async def test_what_is_no_complaint_counts_only_with_the_ombudsman(asking: Asking) -> None:
    refused = complaint("2022-05-01", population="ineligible")
    never_had = complaint(None, population="referral_only", procedure=None)
    facts = [
        spell(refused, "2022-05-01"),
        ruling(refused, "L1", "2022-06-01", "upheld", "fault_injustice"),
        ruling(never_had, "L2", "2022-06-01", "referred_back"),
    ]
    async with asking(refused, never_had, *facts) as answers:
        assert (await answers.row("volumes"))["received"] == 0
        assert (await answers.row("received_by_team"))["received"] == 0
        assert (await answers.row("lgsco_decisions"))["decided"] == 1
        assert (await answers.row("lgsco_decisions", procedure="all"))["decided"] == 2


async def test_months_are_followed_by_their_quarter_and_all_by_the_total(asking: Asking) -> None:
    async with asking() as answers:
        year = [row["month"] for row in await answers.table("monthly")]
        half = Span("2022-23", date(2022, 10, 1), date(2023, 3, 31))
        second_half = [row["month"] for row in await answers.table("monthly", period=half)]
    assert year[:5] == ["2022-04", "2022-05", "2022-06", "Q1", "2022-07"]
    assert second_half == [*year[8:16], "total"]
    assert len(year) == 17


async def test_the_months_judge_answers_and_acknowledgements(asking: Asking) -> None:
    soon = complaint("2022-04-04", acknowledged_on=day("2022-04-07"), acknowledged_day=3)
    late = complaint("2022-04-04", acknowledged_on=day("2022-05-03"), acknowledged_day=19)
    facts = [
        spell(soon, "2022-04-04", "2022-04-20", "responded"),
        stage(soon, 1, "2022-04-20"),
        spell(late, "2022-04-04", "2022-05-03", "responded"),
        stage(late, 1, "2022-05-03", day=19, within_target=False),
    ]
    async with asking(soon, late, *facts) as answers:
        rows = {row["month"]: row for row in await answers.table("monthly")}
    keys = ("brought_forward", "responded", "within_10", "within_20", "acknowledged", "acknowledged_within_3")
    assert figures(rows["2022-04"], *keys) == (0, 1, 1, 1, 1, 1)
    assert figures(rows["2022-05"], *keys) == (1, 1, 0, 1, 1, 0)
    assert float(rows["Q1"]["within_10_pct"]) == 50.0
    assert rows["2022-06"]["within_10_pct"] is None


async def test_an_entry_straight_at_stage_2_is_received_but_not_in_stage_1_tables(asking: Asking) -> None:
    direct = complaint("2022-05-02", entry_stage=2, acknowledged_on=day("2022-05-03"), acknowledged_day=1)
    asked = request(direct, 2, "2022-05-04", "awaiting", direct=True)
    async with asking(direct, asked, stage(direct, 2, "2022-08-01")) as answers:
        assert (await answers.row("volumes"))["received"] == 0
        assert (await answers.row("monthly"))["acknowledged"] == 0
        assert (await answers.row("volumes_by_year", year="2022-23"))["received"] == 1
        escalated = await answers.row("escalations", to_stage=2)
        assert (await answers.row("stage_counts_by_team", stage=2))["completed"] == 1
    assert figures(escalated, "requested", "awaiting", "direct_entry") == (1, 1, 1)


async def test_change_is_on_last_years_figure(asking: Asking) -> None:
    received = [complaint(on) for on in ["2020-05-01"] * 8 + ["2021-05-01"] * 9 + ["2022-05-01"] * 7]
    async with asking(*received) as answers:
        rows = await answers.table("volumes_by_year")
    assert [row["year"] for row in rows] == ["2018-19", "2019-20", "2020-21", "2021-22", "2022-23"]
    assert [row["change"] for row in rows] == [None, 0, 8, 1, -2]
    assert [row["change_pct"] and str(row["change_pct"]) for row in rows] == [
        None,
        None,
        None,
        "12.5",
        "-22.2",
    ]


async def test_a_stages_row_is_the_answering_teams(asking: Asking) -> None:
    one = complaint("2022-05-01", team="north")
    async with asking(one, stage(one, 1, "2022-05-20", team="south")) as answers:
        assert (await answers.row("outcomes_by_team", stage=1, team="south"))["decided"] == 1
        assert (await answers.row("outcomes_by_team", stage=1, team="north"))["decided"] == 0
        assert (await answers.row("received_by_team", team="north"))["received"] == 1


async def test_an_answer_without_findings_is_completed_and_not_decided(asking: Asking) -> None:
    one = complaint("2022-05-01")
    async with asking(one, stage(one, 1, "2022-05-20", decided=False, outcome=None)) as answers:
        assert (await answers.row("stage_counts_by_team", stage=1))["completed"] == 1
        assert (await answers.row("outcomes_by_team", stage=1))["decided"] == 0


async def test_stages_are_those_of_the_procedure(asking: Asking) -> None:
    async with asking() as answers:
        for procedure, stages in (("non_statutory", {1}), ("corporate_code", {1, 2}), ("all", {1, 2, 3})):
            rows = await answers.table("outcomes_by_team", procedure=procedure)
            assert {row["stage"] for row in rows} == stages


async def test_response_bands_are_working_days(asking: Asking) -> None:
    answered = [complaint("2022-05-01") for _ in range(8)]
    days = [0, 10, 11, 20, 21, 25, 26, 90]
    facts = [stage(one, 1, "2022-06-01", day=number) for one, number in zip(answered, days, strict=True)]
    async with asking(*answered, *facts) as answers:
        rows = await answers.table("response_bands")
    assert [(row["band"], row["responded"], float(row["pct"])) for row in rows] == [
        ("0-10", 2, 25.0),
        ("11-20", 2, 25.0),
        ("21-25", 2, 25.0),
        ("26+", 2, 25.0),
        ("total", 8, 100.0),
    ]


async def test_a_parent_theme_includes_its_children_and_the_total_counts_once(asking: Asking) -> None:
    one = complaint("2022-05-01")
    issues = [
        issue(one, "grants", "upheld", "2022-05-20", no=1),
        issue(one, "savings", "not_upheld", "2022-05-20", no=2),
        issue(one, "money", "partially_upheld", "2022-05-20", no=3),
        issue(one, "staff", None, None, no=4),
    ]
    async with asking(one, *issues) as answers:
        rows = await answers.table("issues_by_theme")
    assert [(row["theme"], row["issues"], row["upheld_or_partial"]) for row in rows] == [
        ("staff", 0, 0),
        ("money", 3, 2),
        ("grants", 1, 1),
        ("savings", 1, 0),
        ("not_recorded", 0, 0),
        ("total", 3, 2),
    ]
    assert figures(rows[2], "theme_label", "parent") == ("Grants", "money")


async def test_a_theme_of_another_use_shows_only_where_it_occurs(asking: Asking) -> None:
    one = complaint("2022-05-01", primary_theme="praise")
    async with asking(one, feedback("2022-05-01", "praise")) as answers:
        issues = [row["theme"] for row in await answers.table("issues_by_theme")]
        received = [row["theme"] for row in await answers.table("received_by_theme")]
        told = await answers.row("informal_feedback", theme="praise")
    assert "praise" not in issues
    assert received[-3:] == ["praise", "not_recorded", "total"]
    assert told["received"] == 1


async def test_a_team_that_only_an_older_profile_has_keeps_its_row_and_label(asking: Asking) -> None:
    older = Profile.model_validate({"name": "Here", "teams": [{"code": "old", "label": "Old"}], "themes": []})
    one = complaint("2022-05-01", team="old")
    async with asking(one, complaint("2022-05-01", team="unheard_of")) as answers:
        rows = await answers.table("received_by_team", versions=(older,))
    assert [(row["team"], row["team_label"], row["group"], row["received"]) for row in rows] == [
        ("north", "North", "Localities", 0),
        ("south", "South", None, 0),
        ("old", "Old", None, 1),
        ("unheard_of", "unheard_of", None, 1),
        ("not_recorded", "Not recorded", None, 0),
        ("total", "Total", None, 2),
    ]


async def test_people_are_counted_once_by_what_they_said_last(asking: Asking) -> None:
    first, second = complaint("2022-05-01"), complaint("2022-06-01", team="south")
    facts = [
        named(first, "ann"),
        named(second, "ann"),
        named(second, "bob"),
        named(second, "cat", "child"),
        said(first, "ann", "gender", "not_stated", position=1),
        said(second, "ann", "gender", "female", position=2),
        said(second, "ann", "age", 17, position=2),
        said(first, "dan", "age", "adult"),
        said(first, "cat", "gender", "female", subject="child"),
    ]
    async with asking(first, second, *facts) as answers:
        rows = {(row["characteristic"], row["value"]): row for row in await answers.table("equality")}
        ages = {(row["team"], row["age_band"]): row for row in await answers.table("equality_age_by_team")}
    assert rows["gender", "total"]["people"] == 3
    assert figures(rows["gender", "female"], "people", "pct")[0] == 1
    assert float(rows["gender", "female"]["pct"]) == 33.3
    assert rows["gender", "not_recorded"]["people"] == 2
    assert rows["age", "under_18"]["people"] == 1
    assert rows["ethnicity", "irish"]["people"] == 0
    assert rows["ethnicity", "not_recorded"]["people"] == 3
    assert [ages[team, "under_18"]["people"] for team in ("north", "south", "total")] == [1, 1, 1]
    assert [ages[team, "total"]["people"] for team in ("north", "south", "total")] == [2, 2, 3]


async def test_equality_rows_come_in_order(asking: Asking) -> None:
    async with asking() as answers:
        rows = await answers.table("equality")
    unstated = ["not_asked", "not_stated", "prefer_not_to_say", "not_recorded", "total"]
    assert [row["value"] for row in rows if row["characteristic"] == "age"] == [
        "under_18",
        "adult",
        *unstated,
    ]
    assert [row["value"] for row in rows if row["characteristic"] == "disability"] == ["yes", "no", *unstated]


async def test_fates_add_up_and_stage_3_has_no_stage_1_columns(asking: Asking) -> None:
    fates = [
        "proceeded",
        "withdrawn",
        "resolved_adr",
        "refused",
        "not_pursued",
        "ended_by_council",
        "awaiting",
    ]
    asked = [complaint("2022-05-01") for _ in fates]
    facts = [request(one, 2, "2022-07-01", fate) for one, fate in zip(asked, fates, strict=True)]
    facts[0] = facts[0]._replace(outcome="partially_upheld")
    answered = [stage(one, 1, "2022-06-01") for one in asked[:4]]
    async with asking(*asked, *facts, *answered, stage(asked[4], 1, "2023-06-01")) as answers:
        second = await answers.row("escalations", to_stage=2)
        third = await answers.row("escalations", to_stage=3)
        assert await answers.table("escalations", procedure="non_statutory") == []
    assert second["requested"] == 7 == sum(second[fate] for fate in fates)
    assert figures(second, "upheld_or_partial", "not_upheld", "stage1_responded") == (1, 0, 4)
    assert float(second["requested_pct"]) == 175.0
    assert third["requested"] == 0
    assert {"stage1_responded", "requested_pct"}.isdisjoint(third)


async def test_decisions_have_their_reasons_one_without_and_a_sum(asking: Asking) -> None:
    one = complaint("2022-05-01")
    rulings = [
        ruling(one, "L1", "2022-06-01", "upheld", "fault_injustice"),
        ruling(one, "L2", "2022-06-01", "upheld", no=2),
        ruling(one, "L3", "2022-06-01", "postponed", no=3),
    ]
    async with asking(one, *rulings) as answers:
        rows = await answers.table("lgsco_decisions")
    upheld = [(row["sub"], row["decided"]) for row in rows if row["decision"] == "upheld"]
    assert upheld == [
        ("fault_injustice", 1),
        ("fault_no_injustice", 0),
        ("already_remedied", 0),
        ("early_remedy_agreed", 0),
        (None, 1),
        ("total", 2),
    ]
    assert [row["sub"] for row in rows if row["decision"] == "postponed"] == [None, "total"]
    assert rows[-1] == {"decision": "total", "sub": None, "decided": 3}


async def test_a_remedy_counts_when_achieved_else_when_judged_else_when_agreed(asking: Asking) -> None:
    one = complaint("2020-05-01")
    facts = [
        ruling(one, "R1", "2021-12-20", "postponed"),
        ruling(one, "R1", "2022-01-12", "upheld", no=2),
        remedy(one, "R1", "2022-01-20", achieved_on=day("2022-06-26"), status_on=day("2023-05-01")),
        remedy(one, "R2", "2022-01-20", status_on=day("2022-08-01"), status="not_complete_not_satisfied"),
        remedy(one, "R3", "2022-05-20"),
        remedy(one, "R4", "2022-05-20", achieved_on=day("2023-04-01")),
        remedy(one, "R5", "2022-05-20", source="council"),
    ]
    async with asking(one, *facts) as answers:
        rows = await answers.table("lgsco_remedies")
    assert [(row["remedy"], row["decided_on"], row["status"]) for row in rows] == [
        ("R3", None, "pending"),
        ("R1", day("2022-01-12"), "pending"),
        ("R2", None, "not_complete_not_satisfied"),
    ]


async def test_performance_by_the_ombudsmans_definitions(asking: Asking) -> None:
    one = complaint("2022-05-01")
    facts = [
        referral(one, "L1", "2022-06-01"),
        ruling(one, "L1", "2022-07-01", "postponed"),
        ruling(one, "L1", "2022-08-01", "upheld", "already_remedied", no=2),
        ruling(one, "L2", "2022-08-01", "not_upheld", "no_fault", no=3),
        ruling(one, "L3", "2022-08-01", "upheld", no=4),
        ruling(one, "L4", "2022-08-01", "closed_initial", no=5),
        remedy(one, "R1", "2022-08-01", verdict="complete_satisfied", verdict_on=day("2022-09-01")),
        remedy(one, "R2", "2022-08-01", verdict="completed_late", verdict_on=day("2022-09-01")),
        remedy(one, "R3", "2022-08-01", verdict="not_complete_not_satisfied", verdict_on=day("2023-03-31")),
        remedy(one, "R4", "2022-08-01", verdict="complete_satisfied", verdict_on=day("2023-04-01")),
    ]
    async with asking(one, *facts) as answers:
        row = await answers.row("lgsco_performance", year="2022-23")
    counted = ("referred", "decided", "investigated", "upheld", "already_remedied")
    assert figures(row, *counted) == (1, 4, 3, 2, 1)
    assert figures(row, "compliance_recorded", "compliant", "on_time") == (3, 2, 1)
    rates = figures(row, "uphold_rate_pct", "satisfactory_remedy_pct", "compliance_pct")
    assert [float(rate) for rate in rates] == [66.7, 50.0, 66.7]


async def test_compliments_have_no_procedure(asking: Asking) -> None:
    given = [compliment("2022-05-01"), compliment("2022-05-02", "south", "internal_staff", external=False)]
    async with asking(*given) as answers:
        rows = await answers.table("compliments_by_team", procedure="corporate_local")
        year = await answers.row("compliments_by_year", year="2022-23")
    assert [row["received"] for row in rows] == [1, 1, 0, 2]
    assert figures(year, "received", "external", "change") == (2, 1, 2)


async def test_repeat_complainants_have_a_row_for_every_number_up_to_the_most(asking: Asking) -> None:
    made = [complaint("2022-05-01", complainant=who) for who in ["ann"] * 4 + ["bob"] * 2 + ["cat"]]
    async with asking(*made, complaint("2022-05-01")) as answers:
        rows = await answers.table("repeat_complainants")
        year = await answers.row("repeat_complainants_by_year", year="2022-23")
    assert [tuple(row.values()) for row in rows] == [(2, 1, 2), (3, 0, 0), (4, 1, 4), ("total", 2, 6)]
    assert figures(year, "people", "complaints") == (2, 6)


async def test_timeliness_by_year_finds_what_was_never_answered(asking: Asking) -> None:
    due = day("2022-06-01")
    kinds: list[dict[str, Any]] = [
        {},
        {"ended_on": day("2022-06-01"), "ended_by": "withdrawn"},
        {"ended_on": day("2022-06-02"), "ended_by": "withdrawn"},
    ]
    waiting = [complaint("2022-05-01") for _ in kinds]
    facts = [stage(one, 1, None, maximum_on=due, **kind) for one, kind in zip(waiting, kinds, strict=True)]
    async with asking(*waiting, *facts) as answers:
        row = await answers.row("timeliness_by_year", year="2022-23")
        on_the_day = await answers.row("timeliness_by_year", year="2022-23", as_of=due)
    assert figures(row, "responded", "unanswered_past_due", "within_max_pct") == (0, 2, None)
    assert on_the_day["unanswered_past_due"] == 0


async def test_outcomes_by_year_are_of_the_cohort_at_stage_1_and_by_their_own_date_later(
    asking: Asking,
) -> None:
    one = complaint("2021-06-01")
    facts = [
        stage(one, 1, "2022-05-01", outcome="not_upheld"),
        stage(one, 2, "2022-09-01", opened_on=day("2021-09-01"), outcome="upheld"),
        request(one, 2, "2021-09-01", "proceeded", answered_on=day("2022-09-01"), outcome="upheld"),
        stage(one, 3, None, opened_on=day("2022-10-01"), ended_on=day("2023-05-01"), ended_by="withdrawn"),
        request(one, 3, "2022-10-01", "withdrawn", ended_on=day("2023-05-01"), ended_by="withdrawn"),
    ]
    async with asking(one, *facts) as answers:
        rows = {
            (row["stage"], row["year"]): row for row in await answers.table("outcomes_by_year", "2023-24")
        }
    keys = ("decided", "outstanding", "withdrawn")
    assert figures(rows[1, "2021-22"], *keys) == (1, 0, 0)
    assert figures(rows[1, "2022-23"], *keys) == (0, 0, 0)
    assert figures(rows[2, "2021-22"], *keys) == (0, 1, 0)
    assert figures(rows[2, "2022-23"], *keys) == (1, 0, 0)
    assert figures(rows[3, "2022-23"], *keys) == (0, 1, 0)
    assert figures(rows[3, "2023-24"], *keys) == (0, 0, 1)


async def test_a_request_withdrawn_is_a_stage_withdrawn(asking: Asking) -> None:
    one = complaint("2022-06-01")
    ended = day("2022-08-01")
    asked = request(one, 2, "2022-07-01", "withdrawn", fate_on=ended, ended_on=ended, ended_by="withdrawn")
    async with asking(one, asked) as answers:
        row = await answers.row("outcomes_by_year", stage=2, year="2022-23")
    assert figures(row, "withdrawn", "outstanding") == (1, 0)


async def test_no_request_of_some_answers_is_nought_per_cent(asking: Asking) -> None:
    one = complaint("2022-05-01")
    async with asking(one, stage(one, 1, "2022-06-01")) as answers:
        year = await answers.row("escalations_by_year", to_stage=2, year="2022-23")
        period = await answers.row("escalations", to_stage=2)
    for row in (year, period):
        assert figures(row, "requested", "stage1_responded", "requested_pct") == (0, 1, 0)
