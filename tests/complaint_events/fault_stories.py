"""Stories of a complaint that show each pattern of fault, and stories that do not: for all who judge them."""

from typing import Any, Final, NamedTuple

from complaint_events.codes import Procedure
from complaint_events.event_model import Event
from tests.complaint_events.stories import happened

ACT: Final[Procedure] = "children_statutory"
CODE: Final[Procedure] = "corporate_code"


def received(on: str = "2023-02-06", category: str = "parent", **changes: Any) -> Event:
    return happened("received", on, complainant={"ref": "P-1", "category": category}, **changes)


def refused(reason: str | None, on: str = "2023-02-07") -> Event:
    return happened("eligibility_assessed", on, decision="refused", procedure=None, reason=reason)


RECEIVED = received()
ORAL = received(form="oral")
ACCEPTED = (happened("acknowledged", "2023-02-07"), happened("eligibility_assessed", "2023-02-07"))
BEGUN = (RECEIVED, *ACCEPTED)
ANSWERED = happened("stage_responded", "2023-02-20")
REQUESTED = happened("escalated", "2023-03-08")
STAGE_2 = (*BEGUN, ANSWERED, REQUESTED)
INDEPENDENT = (happened("io_appointed", "2023-03-10"), happened("ip_appointed", "2023-03-10"))
REPORTS = tuple(
    happened("investigation_report_received", "2023-04-03", author=author) for author in ("io", "ip")
)
ADJUDICATED = happened("adjudicated", "2023-04-11", received_on="2023-04-13")
DECIDED = (*STAGE_2, *INDEPENDENT, *REPORTS, ADJUDICATED)
PANEL_REQUESTED = happened("escalated", "2023-05-02", to_stage=3)
MET = happened("panel_held", "2023-06-01")
REFUSED = happened("escalation_ended", "2023-03-10", disposal="refused")
PANEL_REFUSED = happened("escalation_ended", "2023-05-10", to_stage=3, disposal="refused")
LATE_REFUSED = happened("late_request_decided", "2023-05-15", decision="refused")
CORPORATE = received(procedure=CODE)
CORPORATE_BEGUN = (
    CORPORATE,
    happened("acknowledged", "2023-02-07"),
    happened("eligibility_assessed", "2023-02-07", procedure=CODE),
)


def extended(on: str = "2023-02-15", new_due: str = "2023-02-27", stage: int = 1, **changes: Any) -> Event:
    return happened("extended", on, stage=stage, new_due=new_due, **changes)


class Pattern(NamedTuple):
    """A rule, the day by which its breach counts, a story that breaks it, and stories that do not."""

    rule: str
    on: str
    broken: tuple[Event, ...]
    kept: tuple[tuple[Event, ...], ...]
    procedure: Procedure = ACT


PATTERNS: Final = [
    Pattern(
        "stage_2_refused",
        "2023-03-10",
        (*STAGE_2, REFUSED),
        (
            (*STAGE_2, happened("escalation_ended", "2023-03-10", disposal="withdrawn")),
            (received(category="other_not_entitled"), *ACCEPTED, ANSWERED, REQUESTED, REFUSED),
        ),
    ),
    Pattern(
        "stage_2_refused",
        "2023-03-10",
        (*STAGE_2, happened("late_request_decided", "2023-03-10", to_stage=2, decision="refused"), REFUSED),
        ((*STAGE_2, happened("late_request_decided", "2023-03-10", to_stage=2)),),
    ),
    Pattern(
        "stage_3_refused",
        "2023-05-10",
        (*DECIDED, PANEL_REQUESTED, PANEL_REFUSED),
        (
            (
                *DECIDED,
                happened("escalated", "2023-06-01", to_stage=3),
                happened("late_request_decided", "2023-06-05", decision="refused"),
            ),
            (
                *DECIDED,
                PANEL_REQUESTED,
                happened("escalation_ended", "2023-05-10", to_stage=3, disposal="resolved_adr"),
            ),
        ),
    ),
    Pattern(
        "stage_3_refused",
        "2023-05-15",
        (*DECIDED, PANEL_REQUESTED, LATE_REFUSED),
        ((*DECIDED, happened("late_request_decided", "2023-06-05", decision="refused")),),
    ),
    Pattern(
        "stage_2_over_target_not_extended",
        "2023-04-18",
        (*STAGE_2, happened("adjudicated", "2023-04-18")),
        (
            (*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2), happened("adjudicated", "2023-04-18")),
            (*STAGE_2, happened("adjudicated", "2023-04-14")),
            (*STAGE_2, happened("withdrawn", "2023-04-14")),
        ),
    ),
    Pattern(
        "stage_2_over_target_not_extended",
        "2023-04-15",
        STAGE_2,
        ((*STAGE_2, happened("deferred_concurrent", "2023-03-20")),),
    ),
    Pattern(
        "past_extended_date",
        "2023-02-28",
        (*BEGUN, extended(), happened("stage_responded", "2023-02-28")),
        (
            (*BEGUN, extended(), happened("stage_responded", "2023-02-27")),
            (*BEGUN, extended(new_due="2023-03-06")),
        ),
    ),
    Pattern(
        "past_extended_date",
        "2023-02-28",
        (*BEGUN, extended()),
        ((*BEGUN, extended(), happened("closed", "2023-02-27", disposal="resolved_adr")),),
    ),
    Pattern(
        "extension_without_notice",
        "2023-04-03",
        (*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2)),
        (
            (*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2, told_on="2023-04-05")),
            (
                *STAGE_2,
                extended("2023-04-03", "2023-05-31", stage=2),
                happened("letter_sent", "2023-04-05", letter="extension", document="0" * 64),
            ),
            (*BEGUN, extended()),  # the Act asks for notice at stage 2 only
        ),
    ),
    Pattern(
        "extension_without_notice",
        "2023-04-17",
        (*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2, told_on="2023-04-17")),
        ((*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2, told_on="2023-04-14")),),
    ),
    Pattern(
        "extension_without_notice",
        "2023-02-15",
        (*CORPORATE_BEGUN, extended()),
        ((*CORPORATE_BEGUN, extended(told_on="2023-02-15")),),
        CODE,
    ),
    Pattern(
        "extension_beyond_maximum",
        "2023-02-15",
        (*BEGUN, extended(new_due="2023-03-07")),
        ((*BEGUN, extended(new_due="2023-03-06")),),
    ),
    Pattern(
        "extension_not_provided_for",
        "2023-02-15",
        (*BEGUN, extended(reason="other")),
        ((*BEGUN, extended()), (*STAGE_2, extended("2023-04-03", "2023-05-31", stage=2, reason="other"))),
    ),
    Pattern(
        "refused_without_reason",
        "2023-02-07",
        (RECEIVED, refused(None)),
        (
            (RECEIVED, refused("not_council_action")),
            (RECEIVED, happened("late_acceptance_decided", "2023-02-07", decision="refused"), refused(None)),
        ),
    ),
    Pattern(
        "out_of_time_refused_undecided",
        "2023-02-07",
        (RECEIVED, refused("out_of_time")),
        (
            (
                RECEIVED,
                happened("late_acceptance_decided", "2023-02-07", decision="refused"),
                refused("out_of_time"),
            ),
        ),
    ),
    Pattern(
        "refused_although_in_time",
        "2023-02-07",
        (received(grounds_arose_on="2022-02-06"), refused("out_of_time")),
        (
            (received(grounds_arose_on="2022-02-05"), refused("out_of_time")),
            (received(grounds_arose_on="2022-02-06"), refused("not_council_action")),
            (RECEIVED, refused("out_of_time")),
        ),
    ),
    Pattern(
        "interest_refused_undecided",
        "2023-02-07",
        (received(category="sufficient_interest"), refused("no_sufficient_interest")),
        (
            (
                received(category="sufficient_interest"),
                happened("sufficient_interest_decided", "2023-02-07", decision="refused"),
                refused("no_sufficient_interest"),
            ),
        ),
    ),
    Pattern(
        "refused_although_entitled",
        "2023-02-07",
        (received(category="child_in_need"), refused("not_entitled_complainant")),
        (
            (received(category="child_in_need"), refused("not_qualifying_function")),
            (received(category="other_not_entitled"), refused("not_entitled_complainant")),
            (
                received(category="sufficient_interest"),
                happened("sufficient_interest_decided", "2023-02-07", decision="refused"),
            ),
        ),
    ),
    Pattern(
        "refused_although_entitled",
        "2023-02-08",
        (RECEIVED, happened("sufficient_interest_decided", "2023-02-08", decision="refused")),
        ((RECEIVED, happened("sufficient_interest_decided", "2023-02-08")),),
    ),
    Pattern(
        "no_advocacy_information_before_end",
        "2023-02-20",
        (received(category="child_looked_after"), *ACCEPTED, happened("withdrawn", "2023-02-20")),
        (
            (
                received(category="child_looked_after"),
                *ACCEPTED,
                happened("advocacy_info_given", "2023-02-20"),
                happened("withdrawn", "2023-02-20"),
            ),
            (received(category="child_looked_after"), *ACCEPTED, ANSWERED, REQUESTED),
            (received(category="child_looked_after"), *ACCEPTED),
            (*BEGUN, happened("withdrawn", "2023-02-20")),
        ),
    ),
    Pattern(
        "answered_without_advocate",
        "2023-02-20",
        (*BEGUN, happened("advocate_requested", "2023-02-08"), ANSWERED),
        (
            (
                *BEGUN,
                happened("advocate_requested", "2023-02-08"),
                happened("advocate_appointed", "2023-02-17"),
                ANSWERED,
            ),
            (*BEGUN, ANSWERED, happened("advocate_requested", "2023-02-21")),
            (
                happened(
                    "received",
                    "2023-02-06",
                    complainant={"ref": "P-1", "category": "parent", "acting_via": "advocate"},
                ),
                happened("advocate_requested", "2023-02-08"),
                ANSWERED,
            ),
        ),
    ),
    Pattern(
        "acknowledgement_late",
        "2023-02-14",
        (CORPORATE, happened("acknowledged", "2023-02-14")),
        (
            (CORPORATE, happened("acknowledged", "2023-02-13")),
            (CORPORATE, happened("stage_responded", "2023-02-10"), happened("acknowledged", "2023-02-14")),
            (CORPORATE, happened("withdrawn", "2023-02-13")),
        ),
        CODE,
    ),
    Pattern(
        "acknowledgement_late",
        "2023-03-16",
        (*CORPORATE_BEGUN, ANSWERED, REQUESTED),
        ((*CORPORATE_BEGUN, ANSWERED, REQUESTED, happened("acknowledged", "2023-03-15", stage=2)),),
        CODE,
    ),
    Pattern(
        "withdrawal_not_confirmed",
        "2023-02-15",
        (*BEGUN, happened("withdrawn", "2023-02-15")),
        (
            (*BEGUN, happened("withdrawn", "2023-02-15", confirmed_on="2023-02-16")),
            (
                *BEGUN,
                happened("withdrawn", "2023-02-15"),
                happened("letter_sent", "2023-02-16", letter="withdrawal_confirmation", document="0" * 64),
            ),
        ),
    ),
    Pattern(
        "oral_record_missing",
        "2023-04-11",
        (ORAL, *ACCEPTED, ANSWERED, REQUESTED, *INDEPENDENT, *REPORTS, ADJUDICATED),
        (
            (
                ORAL,
                *ACCEPTED,
                ANSWERED,
                REQUESTED,
                happened("written_record_finalised", "2023-03-20"),
                ADJUDICATED,
            ),
            DECIDED,
        ),
    ),
    Pattern(
        "adjudicated_without_independent_person",
        "2023-04-11",
        (*STAGE_2, INDEPENDENT[0], *REPORTS, ADJUDICATED),
        (DECIDED,),
    ),
    Pattern(
        "independent_person_internal",
        "2023-03-10",
        (*STAGE_2, happened("ip_appointed", "2023-03-10", internal=True), *REPORTS, ADJUDICATED),
        (
            DECIDED,
            (
                *STAGE_2,
                happened("io_appointed", "2023-03-10", internal=True),
                *INDEPENDENT[1:],
                *REPORTS,
                ADJUDICATED,
            ),
        ),
    ),
    Pattern(
        "adjudicated_without_reports",
        "2023-04-11",
        (*STAGE_2, *INDEPENDENT, REPORTS[0], ADJUDICATED),
        (DECIDED,),
    ),
    Pattern(
        "panel_before_adjudication",
        "2023-06-01",
        (*STAGE_2, PANEL_REQUESTED, MET),
        ((*DECIDED, PANEL_REQUESTED, MET),),
    ),
    Pattern(
        "stage_3_without_panel",
        "2023-06-05",
        (*DECIDED, PANEL_REQUESTED, happened("stage3_responded", "2023-06-05")),
        ((*DECIDED, PANEL_REQUESTED, MET, happened("stage3_responded", "2023-06-05")),),
    ),
    Pattern(
        "ended_by_council",
        "2023-03-20",
        (*STAGE_2, happened("escalation_ended", "2023-03-20", disposal="ended_by_council")),
        ((*STAGE_2, happened("escalation_ended", "2023-03-20", disposal="not_pursued")),),
    ),
    Pattern(
        "ended_by_council",
        "2023-02-15",
        (*BEGUN, happened("closed", "2023-02-15", disposal="non_cooperation")),
        ((*BEGUN, ANSWERED, happened("closed", "2023-02-21", disposal="non_cooperation")),),
    ),
    Pattern(
        "closed_unanswered",
        "2023-03-20",
        (*STAGE_2, happened("closed", "2023-03-20", disposal="responded")),
        (
            (*DECIDED, happened("closed", "2023-04-20", disposal="responded")),
            (*STAGE_2, happened("escalation_ended", "2023-03-20"), happened("closed", "2023-03-20")),
            (RECEIVED, refused("not_council_action"), happened("closed", "2023-02-08")),
            (*BEGUN, happened("closed", "2023-02-15", disposal="withdrawn")),
            (
                *STAGE_2,
                ADJUDICATED,
                happened("closed", "2023-04-20"),
                happened("reopened", "2023-04-21"),
                happened("closed", "2023-04-24"),
            ),
        ),
    ),
    Pattern(
        "closed_unanswered",
        "2023-02-21",
        (
            *BEGUN,
            happened("closed", "2023-02-15", disposal="other"),
            happened("reopened", "2023-02-20"),
            happened("closed", "2023-02-21"),
        ),
        ((*BEGUN, happened("closed", "2023-02-15", disposal="other")),),
    ),
    Pattern(
        "remedy_late",
        "2023-04-03",
        (
            *BEGUN,
            happened("remedy_agreed", "2023-03-01", due_on="2023-03-31"),
            happened("remedied", "2023-04-03"),
        ),
        (
            (
                *BEGUN,
                happened("remedy_agreed", "2023-03-01", due_on="2023-03-31"),
                happened("remedied", "2023-03-31"),
            ),
            (*BEGUN, happened("remedy_agreed", "2023-03-01")),
            (
                *BEGUN,
                happened("remedy_agreed", "2023-03-01", due_on="2023-03-31"),
                happened("satisfaction_recorded", "2023-05-02", status="complete_satisfied"),
            ),
        ),
    ),
    Pattern(
        "remedy_late",
        "2023-04-01",
        (*BEGUN, happened("remedy_agreed", "2023-03-01", due_on="2023-03-31")),
        (BEGUN,),
    ),
]
