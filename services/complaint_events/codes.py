"""Closed code lists of children's social care complaints, each with its source.

The lists are `Literal` types, so a model that uses one refuses every other word; `CODE_LISTS` gives the
same lists as data, in the order in which tables print them.

Source keys: R = regulation of SI 2006/1738 (Children Act 1989 Representations Procedure (England)
Regulations 2006); CA = Children Act 1989; CHC = LGSCO Complaint Handling Code 2024; GTBC = "Getting the
Best from Complaints" (2006), as councils' published reports quote it; LGSCO = the Local Government and
Social Care Ombudsman's manuals; ours = our own list, where no source has one.
"""

from typing import Final, Literal, NamedTuple, get_args

Procedure = Literal["children_statutory", "corporate_code", "corporate_local", "non_statutory"]
Stage = Literal[1, 2, 3]
Outcome = Literal["upheld", "partially_upheld", "not_upheld", "inconclusive"]
Decision = Literal["accepted", "refused"]
Form = Literal["written", "oral"]
Method = Literal[
    "letter",
    "telephone",
    "in_person",
    "email",
    "online_form",
    "portal",
    "feedback_form",
    "via_worker",
    "other",
]
PointOfReceipt = Literal["service", "complaints_team", "director", "chief_executive", "other"]
ComplainantCategory = Literal[
    "child_looked_after",
    "child_in_need",
    "parent",
    "person_with_pr",
    "la_foster_carer",
    "care_leaver",
    "special_guardian",
    "child_under_sgo",
    "parent_of_sgo_child",
    "sg_assessment_applicant",
    "child_for_adoption",
    "parent_guardian_of_adoptee_child",
    "prospective_adopter",
    "adoption_support_recipient",
    "adopted_person",
    "adoptive_natural_parent_or_former_guardian",
    "sufficient_interest",
    "other_not_entitled",
]
ActingVia = Literal["self", "advocate", "representative"]
ComplaintType = Literal[
    "disputed_decision",
    "quality_appropriateness",
    "delay",
    "delivery_nondelivery",
    "quantity_frequency_change_cost",
    "staff_attitude_behaviour",
    "eligibility_assessment_criteria",
    "policy_impact",
    "assessment_care_management_review",
    "other",
]
IneligibleReason = Literal[
    "not_entitled_complainant",
    "no_sufficient_interest",
    "out_of_time",
    "not_qualifying_function",
    "not_council_action",
    "all_stages_exhausted",
    "better_procedure",
]
ConcurrentGround = Literal[
    "court_tribunal_by_complainant",
    "disciplinary",
    "criminal_investigation_notified",
    "criminal_proceedings_pending",
]
ExtensionReason = Literal["complex", "awaiting_advocate", "complainant_request", "other"]
EarlyRoute = Literal["informal", "alternative_route"]
EscalationDisposal = Literal["withdrawn", "resolved_adr", "refused", "not_pursued", "ended_by_council"]
WithdrawalReason = Literal["complainant_choice", "satisfied", "unhappy_with_process", "no_reason_given"]
ClosingDisposal = Literal[
    "responded",
    "withdrawn",
    "resolved_adr",
    "resolved_early",
    "ineligible",
    "transferred_procedure",
    "deferred_concurrent",
    "non_cooperation",
    "panel_completed",
    "lgsco",
    "other",
]
AdrType = Literal["mediation", "meeting", "further_written_response", "other"]
AdrResult = Literal["resolved", "declined", "unresolved_to_stage2", "unresolved_no_escalation"]
LinkRelation = Literal["duplicate", "joint", "related"]
ContactDirection = Literal["in", "out"]
InvestigationAuthor = Literal["io", "ip"]
LgscoDecision = Literal[
    "incomplete_invalid",
    "advice_given",
    "referred_back",
    "closed_initial",
    "not_upheld",
    "upheld",
    "postponed",
]
LgscoSub = Literal[
    "out_of_jurisdiction",
    "no_further_action",
    "no_fault",
    "discontinued",
    "fault_injustice",
    "fault_no_injustice",
    "already_remedied",
    "early_remedy_agreed",
]
RemedySource = Literal["council", "investigation", "panel", "lgsco"]
RemedyType = Literal[
    "apology",
    "add_correct_records",
    "financial_quantifiable_loss",
    "financial_distress_time_trouble",
    "provide_services",
    "new_review_or_reconsidered_decision",
    "mediation_conciliation",
    "reassessment",
    "practice_review",
    "financial_loss_of_service",
    "information_advice",
    "policy_procedure_change",
    "training_guidance",
]
RemedyScope = Literal["personal", "service_improvement"]
SatisfactionStatus = Literal[
    "complete_satisfied",
    "completed_late",
    "not_complete_not_satisfied",
    "not_complete_but_satisfied",
    "pending",
]
SurveyAnswer = Literal["yes", "no", "partly"]
ComplimentSource = Literal[
    "child",
    "parent",
    "foster_carer",
    "family",
    "court",
    "partner_agency",
    "complainant",
    "internal_staff",
    "other",
]
FeedbackFrom = Literal["child", "other"]
EqualitySubject = Literal["complainant", "child"]
Unstated = Literal["not_asked", "not_stated", "prefer_not_to_say"]
Gender = Literal["female", "male", "non_binary", "other", "not_asked", "not_stated", "prefer_not_to_say"]
Disability = Literal["yes", "no", "not_asked", "not_stated", "prefer_not_to_say"]
SexualOrientation = Literal[
    "heterosexual", "gay_or_lesbian", "bisexual", "other", "not_asked", "not_stated", "prefer_not_to_say"
]
CensusGroup = Literal["asian", "black", "mixed", "white", "other"]
Characteristic = Literal["age", "gender", "disability", "sexual_orientation", "ethnicity"]

CHILD_OR_YOUNG_PERSON: Final = frozenset(
    {"child_looked_after", "child_in_need", "care_leaver", "child_under_sgo", "child_for_adoption"}
)
"""Categories of complainant that are a child or young person in every table."""

LGSCO_SUBS: Final[dict[LgscoDecision, tuple[LgscoSub, ...]]] = {
    "incomplete_invalid": (),
    "advice_given": (),
    "referred_back": (),
    "closed_initial": ("out_of_jurisdiction", "no_further_action"),
    "not_upheld": ("no_fault", "discontinued"),
    "upheld": ("fault_injustice", "fault_no_injustice", "already_remedied", "early_remedy_agreed"),
    "postponed": (),
}
"""The sub-decisions each Ombudsman decision may carry."""

CENSUS_2021: Final[dict[str, tuple[str, ...]]] = {
    "asian": ("indian", "pakistani", "bangladeshi", "chinese", "other"),
    "black": ("african", "caribbean", "other"),
    "mixed": ("white_black_caribbean", "white_black_african", "white_asian", "other"),
    "white": ("english_welsh_scottish_ni_british", "irish", "gypsy_irish_traveller", "roma", "other"),
    "other": ("arab", "any_other"),
}
"""Ethnic groups of Census 2021 in England and Wales (Office for National Statistics): 5 groups, 19 codes."""


class CodeList(NamedTuple):
    """A closed list of codes: its values in printing order, and where the list comes from."""

    values: tuple[str | int, ...]
    source: str


def _listed(literal: object, source: str) -> CodeList:
    return CodeList(get_args(literal), source)


CODE_LISTS: Final[dict[str, CodeList]] = {
    "procedure": _listed(Procedure, "CA s26 and R; CHC 2024; a council's own corporate procedure; ours"),
    "stage": _listed(Stage, "R14, R17, R19; CHC section 6"),
    "outcome": _listed(Outcome, "councils' published reports; LGSCO discourages the two in the middle"),
    "form": _listed(Form, "R6: representations may be made orally or in writing"),
    "method": _listed(Method, "councils' published reports (how the complaint came in)"),
    "point_of_receipt": _listed(PointOfReceipt, "councils' published reports (who received it)"),
    "category": _listed(ComplainantCategory, "CA s26(3), (3B), (3C), s24D; R12 for sufficient_interest"),
    "acting_via": _listed(ActingVia, "CA s26A; councils' published reports"),
    "type": _listed(ComplaintType, "GTBC, as quoted in councils' annual reports"),
    "ineligible_reason": _listed(IneligibleReason, "R3-5, R9, R12(4); councils' published reports"),
    "concurrent_ground": _listed(ConcurrentGround, "R8(1)"),
    "extension_reason": _listed(ExtensionReason, "R14(5), R17(6); ours"),
    "withdrawal_reason": _listed(WithdrawalReason, "R7; ours"),
    "escalation_disposal": _listed(EscalationDisposal, "ours"),
    "closing_disposal": _listed(ClosingDisposal, "ours"),
    "adr_type": _listed(AdrType, "councils' published reports; ours"),
    "adr_result": _listed(AdrResult, "councils' published reports; ours"),
    "lgsco_decision": _listed(LgscoDecision, "LGSCO Manual for Councils; postponed: older reports only"),
    "lgsco_sub": _listed(LgscoSub, "LGSCO published decisions"),
    "remedy_source": _listed(RemedySource, "ours"),
    "remedy_type": _listed(RemedyType, "LGSCO Compliance Manual appendix 1; councils' published reports"),
    "remedy_scope": _listed(RemedyScope, "LGSCO Compliance Manual chapter 2"),
    "satisfaction_status": _listed(SatisfactionStatus, "LGSCO compliance outcomes"),
    "compliment_source": _listed(ComplimentSource, "councils' published reports"),
    "equality_subject": _listed(EqualitySubject, "councils' published reports count one or the other"),
    "gender": _listed(Gender, "Equality Act 2010 s11; ours"),
    "disability": _listed(Disability, "Equality Act 2010 s6"),
    "sexual_orientation": _listed(SexualOrientation, "Equality Act 2010 s12; Census 2021"),
    "unstated": _listed(Unstated, "equality monitoring practice: never asked, left blank, declined"),
    "census_group": _listed(CensusGroup, "Census 2021 (ONS)"),
}
"""Every closed list by name, as `/v1/codes` and the report tables use it."""
