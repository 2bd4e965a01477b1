"""The report tables about stage 1, answers and receipts, each as one plain function over the record."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from complaint_events.codes import CODE_LISTS
from complaint_events.working_days import add_working_days
from tests.oracle.clocks import closure_days, days_taken, limits, within
from tests.oracle.complaints import Complaint
from tests.oracle.numbers import PROCEDURES, Period, Record, Row, months, of_value, pct

OUTCOMES: Final = ("upheld", "partially_upheld", "not_upheld", "inconclusive")


def _codes(name: str) -> list[str]:
    return [*map(str, CODE_LISTS[name].values), "not_recorded", "total"]


def balance(complaints: Iterable[Complaint], of: Period) -> Counter[str]:
    """The stage 1 balance of a period."""
    found: Counter[str] = Counter()
    for spell in (spell for one in complaints for spell in one.spells):
        found["brought_forward"] += spell.start < of.start and (spell.end is None or spell.end >= of.start)
        found["reopened" if spell.reopened else "received"] += of.has(spell.start)
        found["carried_forward"] += spell.start <= of.end and (spell.end is None or spell.end > of.end)
        if spell.how and of.has(spell.end):
            found[spell.how] += 1
    found["handled"] = found["brought_forward"] + found["received"] + found["reopened"]
    return found


BALANCE: Final = (
    "brought_forward",
    "received",
    "reopened",
    "handled",
    "responded",
    "withdrawn",
    "other_disposal",
    "carried_forward",
)


def volumes(record: Record) -> list[Row]:
    asked = PROCEDURES if record.procedure == "all" else (record.procedure,)
    rows = []
    for procedure in (*asked, "not_recorded", "total"):
        chosen = [one for one in record.complaints if procedure in ("total", one.procedure or "not_recorded")]
        found = balance(chosen, record.period)
        rows.append({"procedure": procedure, **{key: found[key] for key in BALANCE}})
    return rows


def monthly(record: Record) -> list[Row]:
    return [_month(record, month) for month in months(record.period)]


def _month(record: Record, month: Period) -> Row:
    found = balance(record.complaints, month)
    answered = [one for one in record.at_stage_1 if (a := one.answer(1)) and month.has(a.day)]
    days = [days_taken(one, 1) for one in answered]
    responded, ten = len(days), sum(day <= 10 for day in days)
    twenty = sum(day <= 20 for day in days)
    sent = [(one, told) for one in record.at_stage_1 for told in one.acknowledgements(1)[:1]]
    sent = [(one, told) for one, told in sent if month.has(told.day)]
    three = sum(told.day <= _third_day(one) for one, told in sent)
    keys = ("brought_forward", "received", "responded", "withdrawn", "other_disposal", "carried_forward")
    return {
        "month": month.name,
        **{key: found[key] for key in keys},
        "responded": responded,
        "within_10": ten,
        "within_10_pct": pct(ten, responded),
        "within_20": twenty,
        "within_20_pct": pct(twenty, responded),
        "acknowledged": len(sent),
        "acknowledged_within_3": three,
        "acknowledged_within_3_pct": pct(three, len(sent)),
    }


def _third_day(complaint: Complaint) -> date:
    assert complaint.received_on is not None
    return add_working_days(complaint.received_on, 3, closure_days(complaint))


def volumes_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for one in record.years:
        chosen = record.cohort(one)
        row: Row = {"year": one.name, "received": len(chosen), "change": None, "change_pct": None}
        row["responded"] = sum(each.answer(1) is not None for each in chosen)
        if rows:
            row["change"] = row["received"] - rows[-1]["received"]
            row["change_pct"] = pct(row["change"], rows[-1]["received"])
        rows.append(row)
    return rows


def received_by_team(record: Record) -> list[Row]:
    found = [one.team for one in record.cohort()]
    return [{"team": team, "received": of_value(found, team)} for team in record.teams()]


def received_by_team_year(record: Record) -> list[Row]:
    return [
        {"team": team, "year": one.name, "received": of_value((c.team for c in record.cohort(one)), team)}
        for team in record.teams()
        for one in record.years
    ]


def complainant_categories(record: Record) -> list[Row]:
    rows = []
    for category in _codes("category"):
        every = [(one.complainant.get("category", "not_recorded"), one.acting_via) for one in record.cohort()]
        chosen = [via for found, via in every if category in ("total", found)]
        via_advocate = of_value(chosen, "advocate")
        rows.append({"category": category, "received": len(chosen), "via_advocate": via_advocate})
    return rows


def methods(record: Record) -> list[Row]:
    found = [one.method for one in record.cohort()]
    return [{"method": value, "received": of_value(found, value)} for value in _codes("method")]


def points_of_receipt(record: Record) -> list[Row]:
    found = [one.point_of_receipt for one in record.cohort()]
    codes = _codes("point_of_receipt")
    return [{"point_of_receipt": value, "received": of_value(found, value)} for value in codes]


def stage_counts_by_team(record: Record) -> list[Row]:
    return [
        {
            "stage": stage,
            "team": team,
            "completed": of_value((one.answering_team(stage) for one in record.answered(stage)), team),
        }
        for stage in record.stages
        for team in record.teams()
    ]


def tally(outcomes: Iterable[str | None], count: str) -> Row:
    """How often each outcome came about."""
    found = Counter(one for one in outcomes if one is not None)
    whole, well = found.total(), found["upheld"] + found["partially_upheld"]
    return {
        count: whole,
        **{one: found[one] for one in OUTCOMES},
        "upheld_or_partial": well,
        "upheld_or_partial_pct": pct(well, whole),
    }


def outcomes_by_team(record: Record) -> list[Row]:
    rows = []
    for stage in record.stages:
        for team in record.teams():
            of_stage = record.answered(stage)
            chosen = [one for one in of_stage if team in ("total", one.answering_team(stage))]
            found = tally((one.outcome(stage) for one in chosen), "decided")
            rows.append({"stage": stage, "team": team, **found})
    return rows


def timeliness_by_team(record: Record) -> list[Row]:
    rows = []
    for stage in record.stages:
        answered = [one for one in record.answered(stage) if limits(one, stage)]
        judged = [(one.answering_team(stage), *within(one, stage)) for one in answered]
        for team in record.teams():
            chosen = [one for one in judged if team in ("total", one[0])]
            target, most = sum(one[1] for one in chosen), sum(one[2] for one in chosen)
            row: Row = {"stage": stage, "team": team, "responded": len(chosen)}
            row |= {"within_target": target, "within_target_pct": pct(target, len(chosen))}
            row |= {"within_max": most, "within_max_pct": pct(most, len(chosen))}
            rows.append({**row, "late": len(chosen) - most})
    return rows


def response_bands(record: Record) -> list[Row]:
    found = Counter(_band(days_taken(one, 1)) for one in record.answered(1) if not one.direct)
    rows: list[Row] = []
    for band in ("0-10", "11-20", "21-25", "26+", "total"):
        count = found.total() if band == "total" else found[band]
        rows.append({"band": band, "responded": count, "pct": pct(count, found.total())})
    return rows


def _band(days: int) -> str:
    limits = ((10, "0-10"), (20, "11-20"), (25, "21-25"))
    return next((name for most, name in limits if days <= most), "26+")


def _issues(record: Record, of: Period) -> list[tuple[str, str]]:
    """Theme and outcome of every issue that a stage 1 answer of a period decided."""
    return [
        (one.themes.get(finding["issue"], "not_recorded"), finding["outcome"])
        for one in record.answered(1, of)
        for finding in one.findings()
    ]


def issues_by_theme(record: Record) -> list[Row]:
    found = _issues(record, record.period)
    rows = []
    for theme in record.themes():
        chosen = [outcome for of, outcome in found if theme == "total" or of in record.under(theme)]
        rows.append({"theme": theme, **tally(chosen, "issues")})
    return rows


def issues_by_type(record: Record) -> list[Row]:
    found = [(record.type_of(theme), outcome) for theme, outcome in _issues(record, record.period)]
    return [
        {"type": kind, **tally((outcome for of, outcome in found if kind in ("total", of)), "issues")}
        for kind in _codes("type")
    ]


def issues_by_theme_year(record: Record) -> list[Row]:
    rows = []
    for theme in record.themes():
        for one in record.years:
            found = _issues(record, one)
            chosen = [outcome for of, outcome in found if theme == "total" or of in record.under(theme)]
            counted = tally(chosen, "issues")
            kept = {key: counted[key] for key in ("issues", "upheld", "upheld_or_partial")}
            rows.append({"theme": theme, "year": one.name, **kept})
    return rows


def _of_theme(record: Record, chosen: Iterable[Complaint], theme: str) -> int:
    themes = [one.primary_theme for one in chosen]
    return sum(theme == "total" or of in record.under(theme) for of in themes)


def received_by_theme(record: Record) -> list[Row]:
    chosen = record.cohort()
    return [{"theme": one, "received": _of_theme(record, chosen, one)} for one in record.themes()]


def received_by_theme_year(record: Record) -> list[Row]:
    return [
        {"theme": theme, "year": one.name, "received": _of_theme(record, record.cohort(one), theme)}
        for theme in record.themes()
        for one in record.years
    ]


def children_themes(record: Record) -> list[Row]:
    chosen = [one for one in record.cohort() if one.by_child]
    return [{"theme": one, "received": _of_theme(record, chosen, one)} for one in record.themes()]


Function = Callable[[Record], list[Row]]
TABLES: Final[dict[str, Function]] = {
    made.__name__: made
    for made in (
        volumes,
        monthly,
        volumes_by_year,
        received_by_team,
        received_by_team_year,
        complainant_categories,
        methods,
        points_of_receipt,
        stage_counts_by_team,
        outcomes_by_team,
        timeliness_by_team,
        response_bands,
        issues_by_theme,
        issues_by_type,
        issues_by_theme_year,
        received_by_theme,
        received_by_theme_year,
        children_themes,
    )
}
