"""By rule of the service the model's coarse word for it."""

IMPOSSIBLE = {
    "begin": ("not_received", "received_once"),
    "date": (
        "before_receipt",
        "confirmed_before_withdrawal",
        "grounds_before_receipt",
        "in_the_future",
        "received_before_sent",
        "received_once",
        "not_received",
    ),
    "malformed": ("impossible_correction",),
    "not open": ("request_unknown", "stage_2_not_requested", "stage_3_not_requested", "stage_not_opened"),
    "over": ("after_closing", "after_early_settlement", "after_refusal", "after_withdrawal"),
    "twice": (
        "already_answered",
        "already_requested",
        "answer_after_escalation",
        "remedy_agreed_once",
    ),
    "unknown": (
        "nothing_to_correct",
        "unknown_code",
        "unknown_issue",
        "unknown_learning",
        "unknown_referral",
        "unknown_remedy",
    ),
}
"""Refused live and in history."""

UNLAWFUL = {
    "age": ("ages_disagree",),
    "begun": ("settlement_too_late",),
    "child": ("child_not_among_children",),
    "deferral": ("already_deferred", "not_deferred"),
    "disposal": ("disposal_not_so",),
    "entry": ("entry_stage_not_allowed",),
    "extension": (
        "extension_beyond_maximum",
        "extension_not_later",
        "extension_of_answered_stage",
        "extension_reason",
        "extension_too_late",
    ),
    "finding": ("remedy_without_finding",),
    "hold": ("already_held", "erasure_under_hold", "not_held"),
    "independent": ("independent_person_internal",),
    "issues": ("issues_undecided",),
    "lgsco": ("satisfaction_not_lgsco",),
    "needless": ("not_late", "not_sufficient_interest"),
    "never": ("stage_never_opened",),
    "no offer": ("nothing_offered",),
    "no power": ("stage_2_not_refusable",),
    "nobody": ("linked_to_itself", "linked_to_nothing"),
    "not asked": ("no_appointment_without_request",),
    "not oral": ("not_oral",),
    "not over": ("not_closed",),
    "once": (
        "already_acknowledged",
        "assessed_once",
        "decided_before",
        "learning_recorded_once",
        "referred_once",
    ),
    "outcome": ("outcome_not_in_use",),
    "order": (
        "author_not_appointed",
        "nobody_independent_appointed",
        "panel_out_of_order",
        "report_missing",
    ),
    "procedure": (
        "acceptance_needs_procedure",
        "not_by_this_procedure",
        "procedure_has_no_such_stage",
        "procedure_not_that",
        "procedure_settled",
    ),
    "promise": ("due_before_agreed",),
    "reason": ("panel_request_needs_reasons", "reason_contradicted", "refusal_needs_reason"),
    "skip": ("skip_not_allowed",),
    "stage over": ("stage_over",),
    "start": ("start_not_later",),
    "still open": ("erasure_while_open", "obligation_open"),
    "too early": ("no_prior_response", "stage_1_unfinished", "stage_2_unanswered"),
    "undecided": ("interest_undecided", "lateness_undecided"),
    "window": ("not_a_late_request", "panel_request_late"),
}
"""Refused live only."""


def words_of(rule: str) -> set[str]:
    """The words that stand for a rule; none for one that the model does not know."""
    return {word for table in (IMPOSSIBLE, UNLAWFUL) for word, rules in table.items() if rule in rules}


def explains(rule: str, words: frozenset[str]) -> bool:
    """Whether the model's reasons hold the service's; of what cannot have happened it asks no further."""
    return bool(words_of(rule) & words) or (words_of(rule) <= set(UNLAWFUL) and words <= set(IMPOSSIBLE))
