"""Codes and dates in the words of a printed report. The profile has its own for its codes."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from reporting_api.tables.periods import TOTAL
from reporting_api.tables.scope import Scope

PROCEDURE_NAMES: Final[dict[str, str]] = {
    "children_statutory": "the statutory procedure for children's social care complaints",
    "corporate_code": "the corporate procedure under the Ombudsman's Complaint Handling Code",
    "corporate_local": "the council's own corporate procedure",
    "non_statutory": "complaints outside the statutory procedure",
    "all": "all procedures together",
}
"""The procedures that can be asked for, as a sentence names them."""

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_IRREGULAR: Final[dict[str, str]] = {
    "add_correct_records": "Records added to or corrected",
    "adoptive_natural_parent_or_former_guardian": "Adoptive or natural parent, or former guardian",
    "already_remedied": "Upheld, already remedied by the council",
    "assessment_care_management_review": "Assessment, care management and review",
    "child_under_sgo": "Child under a special guardianship order",
    "children_statutory": "Statutory procedure for children's social care",
    "complete_satisfied": "Complete and satisfied",
    "corporate_code": "Corporate procedure under the Complaint Handling Code",
    "corporate_local": "The council's own corporate procedure",
    "delivery_nondelivery": "Delivery or non-delivery of services, including complaints procedures",
    "disputed_decision": "Unwelcome or disputed decision",
    "eligibility_assessment_criteria": "Eligibility and assessment criteria",
    "escalated": "Request for the stage",
    "fault_injustice": "Fault with injustice",
    "fault_no_injustice": "Fault without injustice",
    "financial_distress_time_trouble": "Payment for distress, time and trouble",
    "financial_loss_of_service": "Payment for loss of service",
    "financial_quantifiable_loss": "Payment for a quantifiable loss",
    "incomplete_invalid": "Incomplete or invalid",
    "information_advice": "Information or advice",
    "la_foster_carer": "Local authority foster carer",
    "lgsco": "Ombudsman",
    "mediation_conciliation": "Mediation or conciliation",
    "new_review_or_reconsidered_decision": "New review or reconsidered decision",
    "non_statutory": "Outside the statutory procedure",
    "not_complete_but_satisfied": "Not complete but satisfied",
    "not_complete_not_satisfied": "Not complete and not satisfied",
    "other_not_entitled": "Other, not entitled under the Act",
    "parent_guardian_of_adoptee_child": "Parent or guardian of an adopted child",
    "parent_of_sgo_child": "Parent of a child under a special guardianship order",
    "person_with_pr": "Person with parental responsibility",
    "policy_impact": "Impact of policies",
    "policy_procedure_change": "Change of policy or procedure",
    "quality_appropriateness": "Quality or appropriateness of a service",
    "quantity_frequency_change_cost": "Quantity, frequency, change or cost of a service",
    "referred_back": "Referred back to the council",
    "self": "The person themselves",
    "sg_assessment_applicant": "Applicant for assessment for special guardianship",
    "staff_attitude_behaviour": "Attitude or behaviour of staff",
    "sufficient_interest": "Other person with sufficient interest",
    "training_guidance": "Training or guidance",
    "via_worker": "Through a worker",
}
"""Codes whose words are not the code's own."""

_ACRONYMS: Final = frozenset({"adr", "cin", "cp", "cwd", "iro", "lac", "sen", "send", "sgo"})
"""Words of a council's own codes that are written in capitals."""


def words_for(code: str) -> str:
    """A code of a closed list in words: `child_in_need` is "Child in need"."""
    if code in _IRREGULAR:
        return _IRREGULAR[code]
    words = [word.upper() if word in _ACRONYMS else word for word in code.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def day_in_words(day: date) -> str:
    """A date as people write it, whatever the machine's locale: 1 April 2022."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month(_scope: Scope, value: str) -> str:
    year, dash, month = value.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}" if dash and " " not in value else value


def _ethnicity(scope: Scope, value: str) -> str:
    return next((one.label for one in scope.profile.ethnicities if one.code == value), words_for(value))


def _age_band(scope: Scope, value: str) -> str:
    return next((band.label for band in scope.profile.age_bands if band.code == value), words_for(value))


def _characteristic_value(scope: Scope, value: str) -> str:
    found = _ethnicity(scope, value)
    return _age_band(scope, value) if found == words_for(value) else found


def _closed(_scope: Scope, value: str) -> str:
    return words_for(value)


def _as_it_is(_scope: Scope, value: str) -> str:
    return value


def _theme(scope: Scope, value: str) -> str:
    return scope.themes[value].label if value in scope.themes else words_for(value)


_BY_KEY: Final[dict[str, Callable[[Scope, str], str]]] = {
    "month": _month,
    "ethnicity": _ethnicity,
    "age_band": _age_band,
    "value": _characteristic_value,
    "year": _as_it_is,
    "quarter": _as_it_is,
    "band": _as_it_is,
    "question": _closed,
    "theme": _theme,
    "parent": _theme,
    "team_label": _as_it_is,
    "theme_label": _as_it_is,
    "rule_label": _as_it_is,
    "group": _as_it_is,
    "provider": _as_it_is,
    "action": _as_it_is,
    "remedy": _as_it_is,
    "lgsco_ref": lambda _scope, value: value if value != "not_recorded" else words_for(value),
}

_SPOKEN: Final = {TOTAL: "Total", "not_recorded": "Not recorded"}


def label(scope: Scope, key: str, value: Any) -> str:
    """A value of a column that holds text or codes, in words."""
    if isinstance(value, list):
        return "; ".join(label(scope, key, one) for one in value)
    if key in ("stage", "to_stage") and isinstance(value, int):
        return f"Stage {value}"
    if not isinstance(value, str):
        return str(value)
    if value in _SPOKEN:
        return _SPOKEN[value]
    return _BY_KEY.get(key, _closed)(scope, value)


def row_name(scope: Scope, row: Mapping[str, Any], by: str) -> str:
    """What a row is called by its value of a dimension, as within a sentence."""
    key = f"{by}_label" if f"{by}_label" in row else by
    return label(scope, key, row[key]).rstrip(".")
