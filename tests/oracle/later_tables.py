"""The report tables about people, later stages, the Ombudsman and compliments."""

from collections import Counter
from datetime import date
from typing import Any, Final

from complaint_events.codes import CODE_LISTS, LGSCO_SUBS
from tests.oracle.clocks import due, limits, within
from tests.oracle.complaints import Complaint, Request
from tests.oracle.numbers import UNSTATED, Period, Record, Row, of_value, pct
from tests.oracle.reading import Told
from tests.oracle.tables import OUTCOMES, Function, tally

CHARACTERISTICS: Final = ("age", "gender", "disability", "sexual_orientation", "ethnicity")
DISPOSALS: Final = ("withdrawn", "resolved_adr", "refused", "not_pursued", "ended_by_council")


def _lines(record: Record, complaint: Complaint) -> list[Told]:
    subject = record.profile.get("equality_subject", "complainant")
    return [told for told in complaint.all("equality_recorded") if told.get("subject") == subject]


def _people(record: Record, complaint: Complaint) -> set[str]:
    """The persons of a complaint: those it names, and those it has an equality line of."""
    subject = record.profile.get("equality_subject", "complainant")
    return complaint.named(subject) | {told.data["ref"] for told in _lines(record, complaint)}


def values_of(record: Record, characteristic: str) -> dict[str, str]:
    """Each person's latest value of a characteristic, on the cohort's complaints."""
    cohort = record.cohort()
    values = {ref: "not_recorded" for one in cohort for ref in _people(record, one)}
    told = sorted((told for one in cohort for told in _lines(record, one)), key=lambda told: told.on)
    for line in told:
        value = _age(record, line) if characteristic == "age" else line.get(characteristic)
        if value is not None:
            values[line.data["ref"]] = value
    return values


def _age(record: Record, line: Told) -> str | None:
    age = line.get("age")
    if isinstance(age, int):
        bands = record.profile["age_bands"]
        band: str = next(
            one["code"] for one in bands if one["from"] <= age and (one["to"] is None or age <= one["to"])
        )
        return band
    found: str | None = age or line.get("age_band")
    return found


def _printed(record: Record, characteristic: str) -> list[str]:
    """The values that have a row."""
    if characteristic == "age":
        own = [one["code"] for one in record.profile["age_bands"]]
    elif characteristic == "ethnicity":
        own = [one["code"] for one in record.profile["ethnicities"]]
    else:
        own = [str(one) for one in CODE_LISTS[characteristic].values if one not in UNSTATED]
    return [*own, *UNSTATED, "not_recorded", "total"]


def equality(record: Record) -> list[Row]:
    rows = []
    for characteristic in CHARACTERISTICS:
        values = values_of(record, characteristic).values()
        for value in _printed(record, characteristic):
            people = of_value(values, value)
            row = {"characteristic": characteristic, "value": value}
            rows.append({**row, "people": people, "pct": pct(people, len(values))})
    return rows


def equality_age_by_team(record: Record) -> list[Row]:
    values = values_of(record, "age")
    rows = []
    for team in record.teams():
        chosen = [one for one in record.cohort() if team in ("total", one.team)]
        people = {ref for one in chosen for ref in _people(record, one)}
        for band in _printed(record, "age"):
            count = of_value((values[ref] for ref in people), band)
            rows.append({"team": team, "age_band": band, "people": count})
    return rows


def _made(record: Record) -> Counter[str]:
    """How many complaints of the cohort each person made."""
    return _made_in(record, record.period)


def _made_in(record: Record, of: Period) -> Counter[str]:
    refs = (one.complainant.get("ref") for one in record.cohort(of))
    return Counter(ref for ref in refs if ref)


def repeat_complainants(record: Record) -> list[Row]:
    sizes = Counter(size for size in _made(record).values() if size > 1)
    rows: list[Row] = [
        {"complaints_made": size, "people": people, "complaints": size * people}
        for size, people in sorted(sizes.items())
    ]
    people, complaints = sum(sizes.values()), sum(size * people for size, people in sizes.items())
    return [*rows, {"complaints_made": "total", "people": people, "complaints": complaints}]


def repeat_complainants_by_year(record: Record) -> list[Row]:
    rows = []
    for one in record.years:
        sizes = [size for size in _made_in(record, one).values() if size > 1]
        rows.append({"year": one.name, "people": len(sizes), "complaints": sum(sizes)})
    return rows


def children_complaints(record: Record) -> list[Row]:
    rows: list[Row] = []
    for via in ("self", "advocate", "representative", "total"):
        chosen = [one for one in record.cohort() if one.by_child and via in ("total", one.acting_via)]
        found = Counter(one.outcome(1) for one in chosen)
        rows.append({"acting_via": via, "received": len(chosen), **{one: found[one] for one in OUTCOMES}})
    return rows


def children_complaints_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for one in record.years:
        via = [each.acting_via for each in record.cohort(one) if each.by_child]
        rows.append({"year": one.name, "received": len(via), "via_advocate": of_value(via, "advocate")})
    return rows


def _requests(record: Record, stage: int, of: Period) -> list[Request]:
    every = [request for one in record.complaints for request in one.requests]
    return [request for request in every if request.to_stage == stage and of.has(request.on)]


def escalations(record: Record) -> list[Row]:
    rows: list[Row] = []
    for stage in record.stages[1:]:
        made = _requests(record, stage, record.period)
        fates = Counter(request.fate for request in made)
        outcomes = [request.outcome for request in made if request.fate == "proceeded"]
        row: Row = {"to_stage": stage, "requested": len(made)}
        row |= {key: fates[key] for key in ("proceeded", *DISPOSALS, "awaiting")}
        row["direct_entry"] = sum(request.direct for request in made)
        row["upheld_or_partial"] = sum(one in ("upheld", "partially_upheld") for one in outcomes)
        row["not_upheld"] = of_value((one or "" for one in outcomes), "not_upheld")
        rows.append(row | _against_answers(record, stage, len(made), record.period))
    return rows


def _against_answers(record: Record, stage: int, made: int, of: Period) -> Row:
    if stage != 2:
        return {"stage1_responded": None, "requested_pct": None}
    answers = len(record.answered(1, of))
    return {"stage1_responded": answers, "requested_pct": pct(made, answers)}


def escalations_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for stage in record.stages[1:]:
        for one in record.years:
            made = _requests(record, stage, one)
            proceeded = sum(request.fate == "proceeded" for request in made)
            row = {"to_stage": stage, "year": one.name, "requested": len(made), "proceeded": proceeded}
            rows.append(row | _against_answers(record, stage, len(made), one))
    return rows


def _decided(record: Record, of: Period) -> list[Told]:
    every = [told for one in record.representations for told in one.all("lgsco_decided")]
    return [told for told in every if of.has(told.day)]


def lgsco_decisions(record: Record) -> list[Row]:
    found = [(told.data["decision"], told.get("sub")) for told in _decided(record, record.period)]
    rows: list[Row] = [
        {"decision": decision, "sub": sub, "decided": sum(_is(one, decision, sub) for one in found)}
        for decision, subs in LGSCO_SUBS.items()
        for sub in (*subs, None, "total")
    ]
    return [*rows, {"decision": "total", "sub": None, "decided": len(found)}]


def _is(found: tuple[Any, Any], decision: str, sub: str | None) -> bool:
    return found[0] == decision and sub in ("total", found[1])


def lgsco_decisions_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for one in record.years:
        found = [(told.data["decision"], told.get("sub")) for told in _decided(record, one)]
        for decision, subs in LGSCO_SUBS.items():
            for sub in (*subs, None, "total"):
                count = sum(_is(each, decision, sub) for each in found)
                rows.append({"decision": decision, "sub": sub, "year": one.name, "decided": count})
        rows.append({"decision": "total", "sub": None, "year": one.name, "decided": len(found)})
    return rows


def lgsco_remedies(record: Record) -> list[Row]:
    rows = []
    for one in record.representations:
        for agreed in one.all("remedy_agreed"):
            if agreed.data["source"] != "lgsco":
                continue
            day, row = _remedy(one, agreed)
            if record.period.has(day):
                rows.append(row)
    return rows


def _remedy(complaint: Complaint, agreed: Told) -> tuple[date, Row]:
    """A remedy's row, and the day that puts it into a year."""
    remedy, reference = agreed.data["remedy"], agreed.get("lgsco_ref")
    done = [told.day for told in complaint.all("remedied") if told.data["remedy"] == remedy]
    judged = [told for told in complaint.all("satisfaction_recorded") if told.data["remedy"] == remedy]
    decisions = [
        told
        for told in complaint.all("lgsco_decided")
        if told.data["lgsco_ref"] == reference and told.data["decision"] != "postponed"
    ]
    upheld = [told for told in decisions if told.data["decision"] == "upheld"]
    due = agreed.get("due_on")
    day = [*done[-1:], *(told.day for told in judged[-1:]), agreed.day][0]
    return day, {
        "remedy": remedy,
        "lgsco_ref": reference,
        "decided_on": (upheld or decisions)[-1].day if upheld or decisions else None,
        "types": list(agreed.data["types"]),
        "due_on": date.fromisoformat(due) if due else None,
        "achieved_on": done[-1] if done else None,
        "status": judged[-1].data["status"] if judged else "pending",
    }


def _verdicts(record: Record) -> list[Told]:
    """Of every remedy of the Ombudsman's, the last verdict that is not `pending`."""
    found = []
    for one in record.representations:
        for agreed in one.all("remedy_agreed"):
            judged = [
                told
                for told in one.all("satisfaction_recorded")
                if told.data["remedy"] == agreed.data["remedy"] and told.data["status"] != "pending"
            ]
            found += judged[-1:] if agreed.data["source"] == "lgsco" else []
    return found


def lgsco_performance(record: Record) -> list[Row]:
    return [_performance(record, one) for one in record.years]


def _performance(record: Record, of: Period) -> Row:
    referred = [told for one in record.representations for told in one.all("lgsco_referred")]
    decided = [told for told in _decided(record, of) if told.data["decision"] != "postponed"]
    found = Counter(told.data["decision"] for told in decided)
    already = of_value((told.get("sub") or "" for told in decided), "already_remedied")
    status = Counter(told.data["status"] for told in _verdicts(record) if of.has(told.day))
    compliant = status["complete_satisfied"] + status["completed_late"]
    return {
        "year": of.name,
        "referred": sum(of.has(told.day) for told in referred),
        "decided": len(decided),
        "investigated": found["upheld"] + found["not_upheld"],
        "upheld": found["upheld"],
        "uphold_rate_pct": pct(found["upheld"], found["upheld"] + found["not_upheld"]),
        "already_remedied": already,
        "satisfactory_remedy_pct": pct(already, found["upheld"]),
        "compliance_recorded": status.total(),
        "compliant": compliant,
        "on_time": status["complete_satisfied"],
        "compliance_pct": pct(compliant, status.total()),
    }


def compliments_by_team(record: Record) -> list[Row]:
    found = [told.data["team"] for told in record.others("compliment")]
    return [{"team": team, "received": of_value(found, team)} for team in record.teams()]


def compliments_by_source(record: Record) -> list[Row]:
    found = [told.data["source"] for told in record.others("compliment")]
    values = [*map(str, CODE_LISTS["compliment_source"].values), "total"]
    return [{"source": value, "received": of_value(found, value)} for value in values]


def compliments_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    every = [told for kind, _, events in record.streams if kind == "compliment" for told in events]
    for one in record.years:
        found = [told for told in every if one.has(told.day)]
        row: Row = {"year": one.name, "received": len(found), "change": None, "change_pct": None}
        row["external"] = sum(_external(told) for told in found)
        if rows:
            row["change"] = row["received"] - rows[-1]["received"]
            row["change_pct"] = pct(row["change"], rows[-1]["received"])
        rows.append(row)
    return rows


def _external(told: Told) -> bool:
    external: bool = told.get("external", told.data["source"] != "internal_staff")
    return external


def informal_feedback(record: Record) -> list[Row]:
    found = [told.data["theme"] for told in record.others("feedback")]
    return [
        {"theme": theme, "received": sum(theme == "total" or one in record.under(theme) for one in found)}
        for theme in record.themes("feedback")
    ]


def timeliness_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for one in record.years:
        cohort = [each for each in record.cohort(one) if not each.direct and limits(each, 1)]
        judged = [within(each, 1) for each in cohort if each.answer(1)]
        target, most = sum(each[0] for each in judged), sum(each[1] for each in judged)
        row: Row = {"year": one.name, "responded": len(judged), "within_target": target}
        row |= {"within_max": most, "within_max_only": most - target, "late": len(judged) - most}
        row["unanswered_past_due"] = sum(past_due(each, record.known.as_of) for each in cohort)
        rows.append(row | {"within_max_pct": pct(most, len(judged))})
    return rows


def past_due(complaint: Complaint, as_of: date) -> bool:
    """Never answered, and neither ended nor settled by the day it was due."""
    latest = due(complaint)
    if complaint.answer(1) or latest is None or latest >= as_of:
        return False
    return not ended_by(complaint, latest, ("escalated", *SETTLED))


SETTLED: Final = ("withdrawn", "closed", "resolved", "stage1_skipped")
"""What ends stage 1 without an answer or a request for the next stage."""


def ended_by(complaint: Complaint, day: date, endings: tuple[str, ...]) -> bool:
    """Whether one of these had ended stage 1 by a day, and was not undone by reopening.

    Once stage 2 has been asked for, only the end of the whole complaint counts, and reopening undoes no more
    than that.
    """
    ended: list[date] = []
    before: list[date] | None = None
    for told in complaint.events:
        if told.event in endings and (before is None or told.event in ("withdrawn", "closed")):
            ended.append(told.day)
        if told.event == "escalated" and before is None:
            before = list(ended)
            if "escalated" in endings:
                break
        if told.event == "reopened":
            ended = list(before or ())
    return any(one <= day for one in ended)


def outcomes_by_year(record: Record) -> list[Row]:
    rows: list[Row] = []
    for stage in record.stages:
        for one in record.years:
            chosen = record.cohort(one) if stage == 1 else record.answered(stage, one)
            found = tally((each.outcome(stage) for each in chosen), "decided")
            open_, withdrawn = _at_stage_1(chosen) if stage == 1 else _at_later(record, stage, one)
            row = {"stage": stage, "year": one.name, "outstanding": open_, "withdrawn": withdrawn}
            rows.append(found | row)
    return rows


def _at_stage_1(cohort: list[Complaint]) -> tuple[int, int]:
    """How many are still in the stage 1 balance, and how many left it by being withdrawn."""
    last = [each.spells[-1] for each in cohort if each.spells]
    return sum(spell.end is None for spell in last), sum(spell.how == "withdrawn" for spell in last)


def _at_later(record: Record, stage: int, of: Period) -> tuple[int, int]:
    """How many requests were open on the last day, and how many were withdrawn in the year."""
    last_day = min(of.end, record.known.as_of)
    stays = [stay for each in record.complaints for stay in each.stays(stage)]
    still = [on for on, end, _ in stays if on <= last_day and (end is None or end > last_day)]
    return len(still), sum(how == "withdrawn" and of.has(end) for _, end, how in stays)


LATER_TABLES: Final[dict[str, Function]] = {
    made.__name__: made
    for made in (
        equality,
        equality_age_by_team,
        repeat_complainants,
        repeat_complainants_by_year,
        children_complaints,
        children_complaints_by_year,
        escalations,
        escalations_by_year,
        lgsco_decisions,
        lgsco_decisions_by_year,
        lgsco_remedies,
        lgsco_performance,
        compliments_by_team,
        compliments_by_source,
        compliments_by_year,
        informal_feedback,
        timeliness_by_year,
        outcomes_by_year,
    )
}
