"""What the complaints were about."""

from typing import Final

from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Most, Plain, Share
from reporting_api.sections.plots import Plot

SUBJECTS: Final = Part(
    id="types_and_themes",
    title="What complaints were about",
    paragraphs=(
        (
            Plain(
                "A complaint may raise several issues. The tables of issues count issues decided by stage 1"
                " answers, not complaints."
            ),
            Share(
                "issues_by_type",
                "upheld_or_partial",
                "issues",
                "decided at stage 1",
                "upheld or partly upheld",
                pct="upheld_or_partial_pct",
                nouns=("issue", "issues"),
            ),
            Most(
                "issues_by_type",
                "type",
                "issues",
                "The most frequent type of issue was",
                "The most frequent types of issue were each of",
            ),
            Most(
                "received_by_theme",
                "theme",
                "received",
                "By the main issue of each complaint, the most frequent theme was",
                "By the main issue of each complaint, the most frequent themes were each of",
            ),
        ),
    ),
    charts=(
        Plot(
            "issues_by_type",
            "Issues decided, by national type",
            "issues_by_type",
            "type",
            {"issues": "Issues"},
        ),
        Plot(
            "received_by_theme",
            "Complaints received, by theme of the main issue",
            "received_by_theme",
            "theme",
            {"received": "Complaints received"},
        ),
    ),
    tables=(Shown("issues_by_type"), Shown("issues_by_theme"), Shown("received_by_theme")),
)

PARTS: Final = (SUBJECTS,)
