"""What must hold of the rows of every table, and between tables, as data: exceptions and equal figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from reporting_api.tables.catalogue import CATALOGUE
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import Span
from reporting_api.tables.table import Column, Table
from tests.oracle.comparing import REGISTERS

Rows = Sequence[Row]
Tables = Mapping[str, Rows]
TOTAL: Final = "total"

STOCKS: Final = frozenset({"brought_forward", "carried_forward", "handled", "open"})
"""What there is on a day; the rest of the counts is what happened."""

AT_MOST: Final = frozenset({("equality_age_by_team", "team"), ("remedies_by_type", "type")})
"""Where one may be in several rows and is once in the total: people of two teams, a remedy of two types."""

_MADE_UP_OF: Final = {"taken_up": lambda row: row["offered"] - row["declined"]}
_SIGNED: Final = frozenset({"change"})
_OVER_100: Final = frozenset({"requested", "complaints", "people", "change"})
"""Numerators that are no part of their denominators."""


def keys_of(name: str) -> tuple[str, ...]:
    """What tells the rows of a table apart."""
    dimensions = tuple(dimension.key for dimension in CATALOGUE[name].dimensions)
    return dimensions or REGISTERS[name]


def counted(table: Table) -> list[str]:
    """The columns that count or add up money."""
    adding = ("integer", "money")
    numbered = {"case", "stage", "target", "max"}
    return [
        one.key
        for one in table.columns
        if one.type in adding and not one.nullable and one.key not in numbered
    ]


def broken_in(name: str, rows: Rows) -> Iterator[str]:
    """What does not hold of the rows of one table by themselves."""
    table, keys = CATALOGUE[name], keys_of(name)
    places = [tuple(row[key] for key in keys) for row in rows]
    if len(set(places)) != len(places):
        yield f"{name}: a row stands twice"
    if {row.get(key) for key in ("stage", "to_stage") for row in rows} - {None, 1, 2, 3}:
        yield f"{name}: stages are added together"
    for row in rows:
        yield from _numbers(table, row, rows)
    for key in keys if table.dimensions else ():
        yield from _totals(table, key, rows)


def _numbers(table: Table, row: Row, rows: Rows) -> Iterator[str]:
    for column in table.columns:
        value = row.get(column.key)
        if column.type == "integer" and value is None and column.key in row and not column.nullable:
            yield f"{table.id} {row}: {column.key} is null"
        if column.type in ("integer", "money") and column.key not in _SIGNED and (value or 0) < 0:
            yield f"{table.id} {row}: {column.key} is negative"
        if column.type == "percent" and column.key in row:
            yield from _percentage(table, column, row, rows)


def _percentage(table: Table, column: Column, row: Row, rows: Rows) -> Iterator[str]:
    part, whole, value = row[column.numerator], _whole(table, column, row, rows), row[column.key]
    right = rounded(Fraction(100 * part, whole)) if whole and part is not None else None
    if value != right:
        yield f"{table.id} {row}: {column.key} should be {right} of {whole}"
    if right is not None and column.numerator not in _OVER_100 and not 0 <= right <= 100:
        yield f"{table.id} {row}: {column.key} is no part of its whole"


def rounded(number: Fraction) -> Fraction:
    """Half away from zero, once, to one decimal."""
    tenths = int(abs(number) * 10 + Fraction(1, 2))
    return Fraction(tenths if number >= 0 else -tenths, 10)


def _whole(table: Table, column: Column, row: Row, rows: Rows) -> int | None:
    if column.denominator in _MADE_UP_OF:
        return int(_MADE_UP_OF[column.denominator](row))
    if column.denominator == "before":
        place = rows.index(row)
        return rows[place - 1][table.columns[0].key] if place else None
    if column.of_total:
        *outer, last = keys_of(table.id)
        row = next(one for one in rows if one[last] == TOTAL and _same(one, row, outer))
    whole: int = row[column.denominator]
    return whole


def _same(one: Row, other: Row, keys: Sequence[str]) -> bool:
    return all(one[key] == other[key] for key in keys)


def _totals(table: Table, key: str, rows: Rows) -> Iterator[str]:
    """A total is the sum of the rows of the dimension that it is the total of; parents stand for children."""
    others = [other for other in keys_of(table.id) if other != key]
    if key == "decision":
        others, rows = [other for other in others if other != "sub"], [*_whole_decisions(rows)]
    for total in (row for row in rows if row[key] == TOTAL):
        parts = [row for row in rows if _is_part(row, key) and _same(row, total, others)]
        for column in counted(table):
            if column not in total or (column in STOCKS and key == "month"):
                continue
            found = sum(row[column] for row in parts)
            least = max((row[column] for row in parts), default=0)
            if (table.id, key) in AT_MOST and least <= total[column] <= found:
                continue
            if total[column] != found:
                yield f"{table.id} {total}: {column} of the rows is {found}"


def _whole_decisions(rows: Rows) -> Iterator[Row]:
    return (row for row in rows if TOTAL in (row["decision"], row["sub"]))


def _is_part(row: Row, key: str) -> bool:
    if row[key] == TOTAL or row.get("parent") is not None:
        return False
    return key != "month" or not row[key].startswith("Q")


BALANCES: Final = (
    ("volumes", "handled", ("brought_forward", "received", "reopened")),
    ("volumes", "handled", ("responded", "withdrawn", "other_disposal", "carried_forward")),
    ("timeliness_by_team", "responded", ("within_max", "late")),
    ("timeliness_by_year", "responded", ("within_max", "late")),
    ("timeliness_by_year", "within_max", ("within_target", "within_max_only")),
    ("timeliness_by_quarter", "due", ("met", "missed")),
    ("outcomes_by_team", "decided", ("upheld", "partially_upheld", "not_upheld", "inconclusive")),
    ("outcomes_by_year", "decided", ("upheld", "partially_upheld", "not_upheld", "inconclusive")),
    ("outcomes_by_team", "upheld_or_partial", ("upheld", "partially_upheld")),
    ("issues_by_theme", "issues", ("upheld", "partially_upheld", "not_upheld", "inconclusive")),
    ("issues_by_type", "issues", ("upheld", "partially_upheld", "not_upheld", "inconclusive")),
    ("representations", "total", ("valid", "ineligible", "withdrawn", "alternative_route")),
    (
        "escalations",
        "requested",
        (
            "proceeded",
            "withdrawn",
            "resolved_adr",
            "refused",
            "not_pursued",
            "ended_by_council",
            "awaiting",
        ),
    ),
    ("survey", "asked", ("yes", "partly", "no")),
)
"""Table, column, and the columns that make it up in every row."""

PARTS: Final = (
    ("timeliness_by_team", "within_max", "within_target"),
    ("timeliness_by_quarter", "received", "due"),
    ("monthly", "responded", "within_20"),
    ("monthly", "within_20", "within_10"),
    ("monthly", "acknowledged", "acknowledged_within_3"),
    ("representations", "valid", "of_valid_withdrawn"),
    ("complainant_categories", "received", "via_advocate"),
    ("panels", "held", "within_30"),
    ("adr", "offered", "resolved"),
    ("stage2_timeliness", "adjudicated", "within_65"),
    ("stage2_timeliness", "within_65", "within_25"),
    ("stage_costs", "complaints", "internal_investigators"),
    ("lgsco_by_team", "decided", "upheld"),
    ("lgsco_performance", "decided", "investigated"),
    ("lgsco_performance", "compliant", "on_time"),
    ("compliments_by_year", "received", "external"),
)
"""Table, column, and a column that is a part of it in every row."""

Figure = tuple[str, dict[str, Any], str]
"""A table, the dimension values of a row (the total of those not named), and a column."""


def equal_figures(year: str) -> Iterator[tuple[Figure, Figure]]:
    """Figures that two tables print of one year, which must be the same."""
    last = {"year": year}
    received: Figure = ("volumes_by_year", last, "received")
    for name in ("received_by_team", "received_by_theme", "methods", "points_of_receipt"):
        yield received, (name, {}, "received")
    yield received, ("complainant_categories", {}, "received")
    yield received, ("representations", last, "valid")
    yield ("received_by_team_year", last, "received"), ("received_by_team", {}, "received")
    yield ("received_by_theme_year", last, "received"), ("received_by_theme", {}, "received")
    for column in ("issues", "upheld", "upheld_or_partial"):
        yield ("issues_by_theme_year", last, column), ("issues_by_theme", {}, column)
        yield ("issues_by_type", {}, column), ("issues_by_theme", {}, column)
    for column in ("people", "complaints"):
        yield ("repeat_complainants_by_year", last, column), ("repeat_complainants", {}, column)
    yield ("children_complaints_by_year", last, "received"), ("children_complaints", {}, "received")
    by_advocate = {"acting_via": "advocate"}
    yield (
        ("children_complaints_by_year", last, "via_advocate"),
        ("children_complaints", by_advocate, "received"),
    )
    yield ("children_themes", {}, "received"), ("children_complaints", {}, "received")
    yield ("compliments_by_year", last, "received"), ("compliments_by_team", {}, "received")
    yield ("compliments_by_year", last, "received"), ("compliments_by_source", {}, "received")
    yield ("monthly", {}, "responded"), ("response_bands", {}, "responded")
    yield ("monthly", {}, "responded"), ("volumes", {}, "responded")
    yield ("monthly", {}, "received"), ("volumes", {}, "received")
    yield ("timeliness_by_quarter", {}, "met"), ("timeliness_by_year", last, "within_max")
    yield from _of_the_ombudsman(last)


def _of_the_ombudsman(last: dict[str, Any]) -> Iterator[tuple[Figure, Figure]]:
    yield ("lgsco_decisions_by_year", last, "decided"), ("lgsco_decisions", {}, "decided")
    for column in ("referred", "decided", "upheld"):
        yield ("lgsco_performance", last, column), ("lgsco_by_team", {}, column)


def equal_by_stage(year: str, stage: int) -> Iterator[tuple[Figure, Figure]]:
    """Figures that two tables print of one stage; one without limits has answers that are not judged."""
    at, to = {"stage": stage}, {"to_stage": stage}
    completed: Figure = ("stage_counts_by_team", at, "completed")
    if stage == 1:
        yield completed, ("timeliness_by_team", at, "responded")
    else:
        yield ("outcomes_by_year", {**at, "year": year}, "decided"), ("outcomes_by_team", at, "decided")
        for column in ("requested", "proceeded"):
            yield ("escalations_by_year", {**to, "year": year}, column), ("escalations", to, column)
    if stage == 3:
        yield ("panels", {"year": year}, "requested"), ("escalations", to, "requested")
        yield ("panels", {"year": year}, "responded"), completed
    late = {1: "stage_1_late", 2: "stage_2_late"}.get(stage)
    if late:
        yield ("timeliness_by_team", at, "late"), ("conformity", {"rule": late}, "complaints")


def figure(tables: Tables, one: Figure) -> Any:
    """A figure of the row that is named, every other dimension at its total."""
    name, place, column = one
    rows = tables[name]
    for key in keys_of(name):
        wanted = place.get(key, TOTAL if any(row[key] == TOTAL for row in rows) else None)
        rows = [row for row in rows if row[key] == wanted]
    assert len(rows) == 1, (one, rows)
    return rows[0][column]


def broken_between(tables: Tables, of: Span) -> Iterator[str]:
    """What does not hold between the columns of a row, or between tables."""
    for name, whole, parts in BALANCES:
        for row in tables[name]:
            if row[whole] != sum(row[part] for part in parts):
                yield f"{name} {row}: {whole} is not {' + '.join(parts)}"
    for name, whole, part in PARTS:
        yield from (f"{name} {row}: {part} of {whole}" for row in tables[name] if row[part] > row[whole])
    same, year = [*equal_figures(of.key)], of.key
    stages = {row["stage"] for row in tables["stage_counts_by_team"]}
    same += [pair for stage in sorted(stages) for pair in equal_by_stage(year, stage)]
    for one, other in same:
        if figure(tables, one) != figure(tables, other):
            yield f"{one} is {figure(tables, one)}, {other} is {figure(tables, other)}"
    yield from _chain(tables["monthly"])
    yield from _unlike(_worked_out(tables, of))


def _unlike(pairs: Iterator[tuple[str, Any, Any]]) -> Iterator[str]:
    return (f"{what}: {one} and {other}" for what, one, other in pairs if one != other)


def _worked_out(tables: Tables, of: Span) -> Iterator[tuple[str, Any, Any]]:
    """Figures beside the same ones worked out of another table's rows."""
    (taken,) = tables["stage2_timeliness"]
    decided = [row for row in tables["stage2_register"] if _within(of, row["adjudicated_on"])]
    yield "adjudicated", taken["adjudicated"], len(decided)
    for basis in ("statutory", "local"):
        days = [row[f"working_days_{basis}"] for row in decided]
        yield f"mean of {basis} days", taken[f"mean_days_{basis}"], _mean(days)
    learnt, actions = tables["learning"][-1], tables["learning_actions"]
    yield "recorded", learnt["recorded"], sum(_within(of, row["recorded_on"]) for row in actions)
    for how in ("implemented", "not_implemented"):
        ended = [row for row in actions if row["status"] == how and _within(of, row["ended_on"])]
        yield how, learnt[how], len(ended)
    for one, other in zip(tables["resolved_at"], tables["representations"], strict=True):
        levels = sum(number for key, number in one.items() if key != "year")
        yield "levels", levels, other["valid"] + other["alternative_route"]
    yield from _against_the_population(tables)


def _against_the_population(tables: Tables) -> Iterator[tuple[str, Any, Any]]:
    by_team = {row["team"]: row["received"] for row in tables["received_by_team"]}
    for row in tables["complaint_rate"]:
        yield f"complaints of {row['measure']}", row["complaints"], by_team[TOTAL]
    for row in tables["complaint_rate_by_team"]:
        yield f"complaints of {row['team']}", row["complaints"], by_team[row["team"]]
    people = {
        row["value"]: row["people"] for row in tables["equality"] if row["characteristic"] == "ethnicity"
    }
    for row in tables["ethnicity_rates"]:
        if row["level"] == "code":
            yield f"people {row['ethnicity']}", row["people"], people.get(row["ethnicity"], 0)
        elif row["ethnicity"] == TOTAL:
            yield "people", row["people"], people[TOTAL]


def _within(of: Span, day: date | None) -> bool:
    return day is not None and of.start <= day <= of.end


def _mean(days: Sequence[int | None]) -> Fraction | None:
    found = [day for day in days if day is not None]
    return rounded(Fraction(sum(found), len(found))) if found else None


def _chain(rows: Rows) -> Iterator[str]:
    """What a month carries forward the next one has; so with quarters, and the year has the ends."""
    months = [row for row in rows if row["month"][0] not in "Qt"]
    quarters = [row for row in rows if row["month"].startswith("Q")]
    for before, after in (*pairwise(months), *pairwise(quarters)):
        if before["carried_forward"] != after["brought_forward"]:
            yield f"monthly: {before['month']} carries forward what {after['month']} has not"
    for spans in (months, quarters):
        ends = spans[0]["brought_forward"], spans[-1]["carried_forward"]
        if ends != (rows[-1]["brought_forward"], rows[-1]["carried_forward"]):
            yield "monthly: the year's ends are not the first and the last of its parts"


NOT_ADDING: Final = frozenset(
    {
        *(("conformity", "complaints"), ("stage_costs", "complaints")),
        ("stage_costs", "internal_investigators"),
        *(("complaint_rate", "service_users"), ("complaint_rate_by_team", "service_users")),
        *(("ethnicity_rates", "service_users"), ("ethnicity_rates", "people")),
        *(("equality", "people"), ("equality_age_by_team", "people")),
        *(("repeat_complainants", "people"), ("repeat_complainants", "complaints")),
    }
)
"""Different complaints or people, and figures of the whole year: four quarters' are not the year's."""


def broken_over_quarters(name: str, year: Rows, quarters: Sequence[Rows]) -> Iterator[str]:
    """The counts of four quarters that are not those of the year."""
    keys = keys_of(name)
    for column in counted(CATALOGUE[name]):
        if column in STOCKS or (name, column) in NOT_ADDING:
            continue
        found: dict[tuple[Any, ...], Any] = {}
        for row in (row for rows in quarters for row in rows if column in row):
            place = tuple(row[key] for key in keys)
            found[place] = found.get(place, 0) + row[column]
        for row in (row for row in year if column in row):
            place = tuple(row[key] for key in keys)
            if found.pop(place, 0) != row[column]:
                yield f"{name} {place}: {column} of the quarters is not {row[column]}"
        yield from (f"{name} {place}: {column} only in a quarter" for place, other in found.items() if other)
