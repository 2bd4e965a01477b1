"""What became of the complaints: how many, at which stages, with which outcomes, how soon."""

from collections.abc import Mapping
from typing import Any, Final

from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Breakdown, Change, Most, Phrase, Plain, Says, Share
from reporting_api.sections.plots import Plot

OUTCOMES: Final = {
    "upheld": "Upheld",
    "partially_upheld": "Partly upheld",
    "not_upheld": "Not upheld",
    "inconclusive": "Inconclusive",
}
"""The columns of a chart of outcomes."""

VOLUMES: Final = Part(
    id="volumes",
    title="How many complaints there were",
    paragraphs=(
        (
            Change("volumes_by_year", "received", ("complaint", "complaints"), "received"),
            Breakdown(
                "representations",
                "{total:representation was/representations were} made in <year>:",
                {
                    "valid": "{valid|is a complaint/are complaints}",
                    "ineligible": "{ineligible|was/were} not eligible",
                    "withdrawn": "{withdrawn|was/were} withdrawn before acceptance",
                    "alternative_route": "{alternative_route|was/were} settled early",
                },
                unless="total",
                otherwise="No representations were made in <year>.",
            ),
        ),
        (
            Breakdown(
                "volumes",
                "At stage 1 there {handled|was/were} {handled:complaint/complaints} to deal with:",
                {
                    "brought_forward": "brought forward",
                    "received": "received",
                    "reopened": "reopened",
                },
                unless="handled",
                otherwise="No complaints were open at stage 1 in this <noun>.",
            ),
            Breakdown(
                "volumes",
                "Of these,",
                {
                    "responded": "{responded|was/were} answered",
                    "withdrawn": "{withdrawn|was/were} withdrawn",
                    "other_disposal": "{other_disposal|was/were} closed or taken to stage 2 unanswered",
                    "carried_forward": "{carried_forward|was/were} carried forward",
                },
                unless="handled",
            ),
            Plain("Complaints that entered straight at stage 2 are not in the balance of stage 1."),
            Share(
                "monthly",
                "acknowledged_within_3",
                "acknowledged",
                "acknowledged at stage 1",
                "acknowledged within 3 working days",
                pct="acknowledged_within_3_pct",
                silent=True,
            ),
        ),
        (
            Most(
                "received_by_team",
                "team",
                "received",
                "The most complaints were about the team",
                "The most complaints were about each of the teams",
            ),
            Most(
                "methods",
                "method",
                "received",
                "The most frequent way to complain was",
                "The most frequent ways to complain were each of",
            ),
        ),
    ),
    charts=(
        Plot(
            "received_by_year",
            "Complaints received, by year",
            "volumes_by_year",
            "year",
            {"received": "Complaints received"},
            over_time=True,
        ),
        Plot(
            "received_by_month",
            "Complaints received and answered at stage 1, by month",
            "monthly",
            "month",
            {"received": "Received", "responded": "Answered"},
            kind="lines",
            over_time=True,
        ),
    ),
    tables=(
        Shown("volumes_by_year"),
        Shown("representations"),
        Shown("volumes"),
        Shown("monthly"),
        Shown("received_by_team"),
        Shown("methods"),
        Shown("points_of_receipt"),
    ),
)


def _fates(stage: int) -> Breakdown:
    return Breakdown(
        "escalations",
        "Of these requests,",
        {
            "proceeded": "went on to the stage",
            "resolved_adr": "{resolved_adr|was/were} settled by mediation or another way",
            "withdrawn": "{withdrawn|was/were} withdrawn",
            "refused": "{refused|was/were} refused",
            "not_pursued": "{not_pursued|was/were} not pursued",
            "ended_by_council": "{ended_by_council|was/were} ended by the council",
            "awaiting": "{awaiting|was/were} still waiting",
        },
        at={"to_stage": stage},
        unless="requested",
    )


STAGES: Final = Part(
    id="stages",
    title="The stages that complaints went through",
    paragraphs=(
        (
            Says(
                "escalations",
                "{requested:request/requests} for stage 2 {requested|was/were} made and"
                " {stage1_responded:stage 1 answer/stage 1 answers} {stage1_responded|was/were} sent: the"
                " requests are {requested_pct} of the answers.",
                at={"to_stage": 2},
                unless="stage1_responded",
                otherwise="{requested:request/requests} for stage 2 {requested|was/were} made; no stage 1"
                " answers were sent in this <noun>.",
            ),
            _fates(2),
        ),
        (
            Says(
                "escalations",
                "{requested:request/requests} for stage 3 {requested|was/were} made in this <noun>.",
                at={"to_stage": 3},
            ),
            _fates(3),
        ),
        (
            Breakdown(
                "adr",
                "{offered:offer/offers} of mediation or another way to settle {offered|was/were} made:",
                {
                    "resolved": "settled the complaint",
                    "declined": "{declined|was/were} declined",
                    "to_stage2": "{to_stage2|was/were} followed by stage 2",
                },
                unless="offered",
                otherwise="No mediation or other way to settle was offered in this <noun>.",
            ),
            Says(
                "stage_costs",
                "Costs of stage 2 are recorded for {complaints:complaint/complaints}: {amount}.",
                at={"stage": 2},
                unless="complaints",
            ),
            Plain(
                "A complaint may go through several stages, so the figures of stages are never added"
                " together."
            ),
        ),
    ),
    charts=(
        Plot(
            "resolved_at",
            "The last level that complaints reached, by year of receipt",
            "resolved_at",
            "year",
            {
                "early": "Settled early",
                "stage_1": "Stage 1",
                "stage_2": "Stage 2",
                "stage_3": "Stage 3",
                "lgsco": "Ombudsman",
                "open": "Still open",
            },
            kind="stacked",
            over_time=True,
        ),
    ),
    tables=(
        Shown("stage_counts_by_team"),
        Shown("escalations"),
        Shown("escalations_by_year"),
        Shown("resolved_at"),
        Shown("adr"),
        Shown("panels"),
        Shown("stage_costs"),
    ),
)


def decided_as(table: str, place: Mapping[str, Any], base: str) -> Breakdown:
    """The sentence that tells how complaints were decided."""
    words = {"partially_upheld": "partly upheld"}
    parts = {key: f"{{{key}|was/were}} {words.get(key, key.replace('_', ' '))}" for key in OUTCOMES}
    return Breakdown(table, "At stage 1," if base == "received" else "In all,", parts, at=place, unless=base)


def _outcome(stage: int) -> tuple[Phrase, ...]:
    return (
        Share(
            "outcomes_by_team",
            "upheld_or_partial",
            "decided",
            f"decided at stage {stage}",
            "upheld or partly upheld",
            pct="upheld_or_partial_pct",
            at={"stage": stage},
        ),
        decided_as("outcomes_by_team", {"stage": stage}, "decided"),
    )


OUTCOME: Final = Part(
    id="outcomes",
    title="Outcomes",
    paragraphs=tuple(_outcome(stage) for stage in (1, 2, 3)),
    charts=(
        Plot(
            "outcomes_by_year",
            "Outcomes of stage 1, by year of receipt",
            "outcomes_by_year",
            "year",
            OUTCOMES,
            kind="stacked",
            at={"stage": 1},
            over_time=True,
        ),
        Plot(
            "outcomes_by_team",
            "Outcomes of stage 1, by team",
            "outcomes_by_team",
            "team",
            OUTCOMES,
            kind="stacked",
            at={"stage": 1},
        ),
    ),
    tables=(Shown("outcomes_by_team"), Shown("outcomes_by_year")),
)


def _in_time(stage: int, part: str, limit: str, *, silent: bool) -> Share:
    return Share(
        "timeliness_by_team",
        part,
        "responded",
        f"answered at stage {stage}",
        f"answered within <{limit}_{stage}>",
        pct=f"{part}_pct",
        at={"stage": stage},
        silent=silent,
    )


TIMELINESS: Final = Part(
    id="timeliness",
    title="How soon complaints were answered",
    paragraphs=(
        (
            _in_time(1, "within_target", "target", silent=False),
            _in_time(1, "within_max", "max", silent=True),
            Share(
                "timeliness_by_quarter",
                "met",
                "due",
                "received in this <noun> and due at stage 1",
                "answered within the maximum",
                pct="met_pct",
                silent=True,
            ),
            Says(
                "timeliness_by_year",
                "Of those received in <year>, {unanswered_past_due:is/are} not answered though the last day"
                " has passed.",
                unless="unanswered_past_due",
            ),
        ),
        (
            _in_time(2, "within_target", "target", silent=False),
            _in_time(2, "within_max", "max", silent=True),
            Says(
                "stage2_timeliness",
                "On average stage 2 took {mean_days_statutory} working days from the request.",
                unless="mean_days_statutory",
            ),
            Says(
                "stage2_timeliness",
                "As the council itself counts, it took {mean_days_local} working days.",
                unless="mean_days_local",
            ),
        ),
        (
            Share(
                "timeliness_by_team",
                "within_max",
                "responded",
                "answered at stage 3",
                "heard by a panel within <max_3>",
                pct="within_max_pct",
                at={"stage": 3},
            ),
        ),
    ),
    charts=(
        Plot(
            "response_bands",
            "Working days to the stage 1 answer",
            "response_bands",
            "band",
            {"responded": "Complaints answered"},
        ),
        Plot(
            "within_max_by_year",
            "Stage 1 answered within the maximum, by year of receipt",
            "timeliness_by_year",
            "year",
            {"within_max_pct": "Answered within the maximum"},
            kind="lines",
            over_time=True,
            unit="%",
        ),
    ),
    tables=(
        Shown("timeliness_by_team"),
        Shown("response_bands"),
        Shown("timeliness_by_quarter"),
        Shown("timeliness_by_year"),
        Shown("stage2_timeliness"),
        Shown("stage2_register"),
    ),
)

PARTS: Final = (VOLUMES, STAGES, OUTCOME, TIMELINESS)
