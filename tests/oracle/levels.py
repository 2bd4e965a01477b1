"""The report tables about what became of every representation: how far it went, in time or not, with whom."""

from collections import Counter
from datetime import date
from typing import Final

from tests.oracle.clocks import due, within
from tests.oracle.complaints import Complaint
from tests.oracle.later_tables import SETTLED, ended_by
from tests.oracle.numbers import Period, Record, Row, months, of_value, pct
from tests.oracle.tables import Function

_SHUT_OUT: Final = ("ineligible", "withdrawn")


def received_in(record: Record, of: Period) -> list[Complaint]:
    """Every representation of a period, complaint or not."""
    return [one for one in record.representations if of.has(one.received_on)]


def representations(record: Record) -> list[Row]:
    return [_representations(one.name, received_in(record, one)) for one in record.years]


def _representations(name: str, received: list[Complaint]) -> Row:
    found = Counter(one.left_out or "valid" for one in received)
    return {
        "year": name,
        "valid": found["valid"],
        "of_valid_withdrawn": sum(one.left_out is None and one.withdrawn for one in received),
        "ineligible": found["ineligible"],
        "withdrawn": found["withdrawn"],
        "alternative_route": found["alternative_route"],
        "total": found.total(),
    }


def resolved_at(record: Record) -> list[Row]:
    rows: list[Row] = []
    for one in record.years:
        found = Counter(_level(each) for each in received_in(record, one))
        levels = ("early", "stage_1", "stage_2", "stage_3", "lgsco", "open")
        rows.append({"year": one.name, **{level: found[level] for level in levels}})
    return rows


def _level(complaint: Complaint) -> str | None:
    """The last level that a representation reached; none for one that was never let in."""
    if complaint.left_out in _SHUT_OUT:
        return None
    if complaint.all("lgsco_referred"):
        return "lgsco"
    if complaint.left_out:
        return "early"
    reached = [request.to_stage for request in complaint.requests if request.fate == "proceeded"]
    if reached:
        return f"stage_{max(reached)}"
    unended = any(spell.end is None for spell in complaint.spells)
    return "open" if unended and not _settled(complaint) else "stage_1"


def _settled(complaint: Complaint) -> bool:
    """Settled at stage 1, or stage 1 skipped, though not closed yet."""
    told = [one.event for one in complaint.all("resolved", "stage1_skipped", "reopened")]
    return bool(told) and told[-1] != "reopened"


def timeliness_by_quarter(record: Record) -> list[Row]:
    spans = [one for one in months(record.period) if one.name[0] in "Qt"]
    return [_timeliness(record, one) for one in spans]


def _timeliness(record: Record, of: Period) -> Row:
    cohort = [one for one in record.cohort(of) if not one.direct]
    met = sum(one.answer(1) is not None and within(one, 1)[1] for one in cohort)
    late = sum(one.answer(1) is not None and not within(one, 1)[1] for one in cohort)
    missed = late + sum(_missed(one, record.known.as_of) for one in cohort)
    row: Row = {"quarter": of.name, "received": len(cohort), "met": met, "missed": missed}
    return {**row, "due": met + missed, "met_pct": pct(met, met + missed)}


def _missed(complaint: Complaint, as_of: date) -> bool:
    """Not answered by the day it was due, and not settled by it; a request for stage 2 settles nothing."""
    latest = due(complaint)
    if complaint.answer(1) or latest is None or latest >= as_of:
        return False
    return not ended_by(complaint, latest, SETTLED)


def advocacy(record: Record) -> list[Row]:
    found = [provider for one in record.cohort() if (provider := _provider(one))]
    listed = record.profile.get("advocacy_providers", [])
    values = [*listed, *sorted(set(found) - {*listed, "not_recorded"}), "not_recorded", "total"]
    return [{"provider": value, "complaints": of_value(found, value)} for value in values]


def _provider(complaint: Complaint) -> str | None:
    """Whose advocate helped: the last appointed one's, else the one's at receipt; none without advocate."""
    appointed = complaint.all("advocate_appointed")
    if not appointed and complaint.acting_via != "advocate":
        return None
    named = [told.data["provider"] for told in appointed if told.get("provider")]
    at_receipt: str | None = complaint.complainant.get("advocacy_provider")
    return named[-1] if named else at_receipt or "not_recorded"


LEVELS: Final[dict[str, Function]] = {
    made.__name__: made for made in (representations, resolved_at, timeliness_by_quarter, advocacy)
}
