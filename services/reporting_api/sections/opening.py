"""How the report begins: what it is, the words it uses, and the key figures."""

from typing import Final

from reporting_api.sections.figures import KeyFigure
from reporting_api.sections.part import Part, Shown, Term
from reporting_api.sections.phrases import Plain, not_statutory, statutory, unfinished

INTRODUCTION: Final = Part(
    id="introduction",
    title="Introduction",
    paragraphs=(
        (
            Plain("This is the report of <name> on <procedure>, from <from> to <to>."),
            Plain(
                "Regulation 13 of the Children Act 1989 Representations Procedure (England) Regulations 2006"
                " asks every council to keep a record of the representations it receives, complaints"
                " included, of their outcomes and of whether the time limits were kept, and to report on"
                " them for each year from 1 April to 31 March.",
                statutory,
            ),
        ),
        (
            Plain(
                "This <noun> is not over: the figures are those of <as_of>. The last event they show is of"
                " <last_on>.",
                unfinished,
            ),
        ),
    ),
)

DEFINITIONS: Final = Part(
    id="definitions",
    title="The words used in this report",
    terms=(
        Term(
            "Representation",
            "anything that somebody brings to the council about its services for children and families and"
            " that wants an answer: a complaint, a worry or a suggestion.",
        ),
        Term(
            "Complaint",
            "a representation that was not refused as ineligible, not settled early and not withdrawn"
            " before it was accepted. A complaint may raise several issues.",
        ),
        Term(
            "Stage",
            "one step of the procedure. Stage 1 is local resolution by the service, stage 2 an independent"
            " investigation, stage 3 a review panel. A complaint may go through several stages, so the"
            " figures of stages are never added together.",
            statutory,
        ),
        Term(
            "Stage",
            "one step of a procedure. A complaint may go through several stages, so the figures of stages"
            " are never added together.",
            not_statutory,
        ),
        Term(
            "Working day",
            "any day but a Saturday, a Sunday and a bank holiday in England. The day from which time runs is"
            " day 0; an answer sent on the last day is in time.",
        ),
        Term(
            "Upheld",
            "the council agrees with the complaint or issue. Partly upheld: it agrees with a part of it."
            " Inconclusive: there was not enough evidence either way.",
        ),
        Term(
            "Flow",
            "a table that counts what happened in the period by the date on which it happened, whenever the"
            " complaint was received.",
        ),
        Term(
            "Cohort",
            "a table that counts the complaints received in the period, with what happened to them later.",
        ),
        Term("Ombudsman", "the Local Government and Social Care Ombudsman."),
        Term(
            "N/A",
            "not applicable: there was nothing to take a percentage or a mean of. That is not 0%.",
        ),
    ),
    tables=(Shown("procedures"),),
)

_RECEIVED: Final = "complaints received in the period"
_SENT: Final = "by the date of the answer"

KEY_FIGURES: Final = Part(
    id="key_figures",
    title="Key figures",
    figures=(
        KeyFigure("Complaints received", "received_by_team", "received", _RECEIVED),
        KeyFigure("Stage 1 answers sent", "stage_counts_by_team", "completed", _SENT, at={"stage": 1}),
        KeyFigure(
            "Upheld or partly upheld at stage 1",
            "outcomes_by_team",
            "upheld_or_partial_pct",
            _SENT,
            numerator="upheld_or_partial",
            denominator="decided",
            of="complaints decided",
            at={"stage": 1},
        ),
        KeyFigure(
            "Stage 1 answered within the target",
            "timeliness_by_team",
            "within_target_pct",
            _SENT,
            numerator="within_target",
            denominator="responded",
            of="complaints answered",
            at={"stage": 1},
        ),
        KeyFigure(
            "Stage 1 answered within the maximum",
            "timeliness_by_team",
            "within_max_pct",
            _SENT,
            numerator="within_max",
            denominator="responded",
            of="complaints answered",
            at={"stage": 1},
        ),
        KeyFigure(
            "Requests for stage 2",
            "escalations",
            "requested",
            "by the date of the request",
            at={"to_stage": 2},
        ),
        KeyFigure(
            "Stage 2 answered within the maximum",
            "timeliness_by_team",
            "within_max_pct",
            _SENT,
            numerator="within_max",
            denominator="responded",
            of="complaints answered",
            at={"stage": 2},
        ),
        KeyFigure(
            "Requests for stage 3",
            "escalations",
            "requested",
            "by the date of the request",
            at={"to_stage": 3},
        ),
        KeyFigure(
            "Complaints taken to the Ombudsman",
            "lgsco_by_team",
            "referred",
            "by the date of the referral",
        ),
        KeyFigure(
            "The Ombudsman's uphold rate",
            "lgsco_performance",
            "uphold_rate_pct",
            "by the date of the decision",
            numerator="upheld",
            denominator="investigated",
            of="complaints investigated",
        ),
        KeyFigure("Complaints by children and young people", "children_complaints", "received", _RECEIVED),
        KeyFigure("Complaints with an advocate", "advocacy", "complaints", _RECEIVED),
        KeyFigure("Lessons implemented", "learning", "implemented", "by the date of implementation"),
        KeyFigure("Compliments received", "compliments_by_team", "received", "by the date of receipt"),
    ),
)

PARTS: Final = (INTRODUCTION, DEFINITIONS, KEY_FIGURES)
