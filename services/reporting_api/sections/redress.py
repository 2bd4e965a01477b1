"""The Ombudsman's view of the council, and what was put right."""

from typing import Final

from reporting_api.sections.letter import LetterAgrees
from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Plain, Says, Share
from reporting_api.sections.plots import Plot

OMBUDSMAN: Final = Part(
    id="ombudsman",
    title="Complaints to the Ombudsman",
    paragraphs=(
        (
            Says(
                "lgsco_by_team",
                "{referred:complaint was/complaints were} taken to the Ombudsman in this <noun>, and the"
                " Ombudsman made {decided:decision/decisions}.",
            ),
            Share(
                "lgsco_performance",
                "upheld",
                "investigated",
                "investigated by the Ombudsman",
                "upheld",
                pct="uphold_rate_pct",
            ),
            Share(
                "lgsco_performance",
                "already_remedied",
                "upheld",
                "upheld by the Ombudsman",
                "satisfactorily remedied by the council before",
                pct="satisfactory_remedy_pct",
                silent=True,
            ),
        ),
        (
            Share(
                "lgsco_performance",
                "compliant",
                "compliance_recorded",
                "judged by the Ombudsman",
                "carried out, late ones included",
                pct="compliance_pct",
                nouns=("remedy", "remedies"),
            ),
            Share(
                "lgsco_performance",
                "on_time",
                "compliance_recorded",
                "judged by the Ombudsman",
                "carried out on time",
                nouns=("remedy", "remedies"),
                silent=True,
            ),
        ),
        (
            Plain(
                "These are the Ombudsman's own definitions: the uphold rate is of the complaints investigated"
                " (upheld and not upheld), not of every decision. Referrals, decisions and remedies each"
                " count by their own date."
            ),
        ),
        (LetterAgrees(),),
    ),
    charts=(
        Plot(
            "lgsco_by_year",
            "Complaints referred to, decided and upheld by the Ombudsman, by year",
            "lgsco_performance",
            "year",
            {"referred": "Referred", "decided": "Decided", "upheld": "Upheld"},
            over_time=True,
        ),
    ),
    tables=(
        Shown("lgsco_performance"),
        Shown("lgsco_decisions"),
        Shown("lgsco_by_team"),
        Shown("lgsco_remedies"),
    ),
)

REMEDIES: Final = Part(
    id="remedies",
    title="Remedies",
    paragraphs=(
        (
            Says(
                "financial_remedies",
                "{payments:payment was made as a remedy/payments were made as remedies}, {amount} in all.",
                unless="payments",
                otherwise="No payments were made as remedies in this <noun>.",
            ),
        ),
    ),
    tables=(Shown("financial_remedies"), Shown("remedies_by_type", brief=True)),
)

PARTS: Final = (OMBUDSMAN, REMEDIES)
