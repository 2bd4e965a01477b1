"""What the council learned, what people thanked it for, and how well the procedure worked."""

from typing import Final

from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Breakdown, Change, Each, Most, Plain, Says, Share
from reporting_api.sections.plots import Plot
from reporting_api.sections.setting import Setting

REVIEW: Final = "effectiveness"
"""The section of the council's own review, which the generated text cannot write."""

LEARNING: Final = Part(
    id="learning",
    title="What the council learned",
    paragraphs=(
        (
            Says("learning", "{recorded:lesson was/lessons were} recorded in this <noun>."),
            Breakdown(
                "learning",
                "Of these and of earlier ones,",
                {
                    "implemented": "{implemented|was/were} implemented",
                    "not_implemented": "{not_implemented|was/were} given up",
                    "open": "{open|was/were} still open at the end",
                },
            ),
        ),
    ),
    tables=(Shown("learning"), Shown("learning_actions")),
)

COMPLIMENTS: Final = Part(
    id="compliments",
    title="Compliments and informal feedback",
    paragraphs=(
        (
            Change("compliments_by_year", "received", ("compliment", "compliments"), "received"),
            Says(
                "compliments_by_year",
                "{external} of them came from outside the council.",
                unless="received",
            ),
            Most(
                "compliments_by_source",
                "source",
                "received",
                "Compliments came most often from",
                "Compliments came most often from each of",
            ),
            Says(
                "informal_feedback",
                "{received:piece/pieces} of informal feedback {received|was/were} received in this <noun>.",
            ),
        ),
    ),
    charts=(
        Plot(
            "compliments_by_year",
            "Compliments received, by year",
            "compliments_by_year",
            "year",
            {"received": "Compliments received", "external": "Of these, from outside"},
            over_time=True,
        ),
    ),
    tables=(
        Shown("compliments_by_year"),
        Shown("compliments_by_team"),
        Shown("compliments_by_source"),
        Shown("informal_feedback"),
    ),
)


def _not_reviewed(setting: Setting) -> bool:
    return not setting.public and not setting.narratives.get(REVIEW, "").strip()


EFFECTIVENESS: Final = Part(
    id=REVIEW,
    title="How effective the procedure was",
    paragraphs=(
        (
            Share(
                "survey",
                "yes",
                "asked",
                "surveyed",
                "satisfied with how their complaint was dealt with",
                nouns=("person", "people"),
                at={"question": "satisfied"},
            ),
        ),
        (Plain("The council has not entered its own review of the procedure yet.", _not_reviewed),),
    ),
    tables=(Shown("survey"),),
)

CONFORMITY: Final = Part(
    id="conformity",
    title="Where the procedure was not followed",
    paragraphs=(
        (
            Plain("A complaint counts under each requirement that was not met, on the day it was missed."),
            Each(
                "conformity",
                "rule",
                "<label> ({complaints:complaint/complaints}).",
                unless="complaints",
                otherwise="None of these failings was found in this <noun>.",
            ),
        ),
    ),
    tables=(Shown("conformity"),),
)

PARTS: Final = (LEARNING, COMPLIMENTS, EFFECTIVENESS, CONFORMITY)
