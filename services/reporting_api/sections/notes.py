"""How the report ends: what to know of its figures, and the tables that no section before shows."""

from dataclasses import dataclass
from typing import Final

from reporting_api.report_document import Source
from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Plain, Told, not_statutory, statutory, unfinished
from reporting_api.sections.setting import Setting

ENTRIES: Final = "entries"
"""What stands for a table's id in the source of a figure about the entries themselves."""

_LATE: Final = " recorded after its last day."


@dataclass(frozen=True, slots=True)
class LateEntries:
    """How many of the period's events were recorded after it was over."""

    def told(self, setting: Setting) -> Told | None:
        """The sentence; None while the period is not over, or where nothing happened in it."""
        entries = setting.entries
        if not setting.scope.complete or not entries.dated:
            return None
        if entries.dated == 1:
            was = _entry(setting, "late", entries.late, "was" if entries.late else "was not")
            of_one = _entry(setting, "dated", 1, "only")
            return ["the ", of_one, f" event dated in this {setting.noun} ", was, _LATE]
        verb = "was" if entries.late in (0, 1) else "were"
        dated = f" events dated in this {setting.noun} {verb}"
        return [*_some_of(setting, entries.late, entries.dated), dated, _LATE]


def _some_of(setting: Setting, late: int, dated: int) -> Told:
    """As in "3 of the 10", "all 10" or "none of the 10"."""
    of_all = _entry(setting, "dated", dated)
    if late in (0, dated):
        return [_entry(setting, "late", late, "all" if late else "none of the"), " ", of_all]
    return [_entry(setting, "late", late), " of the ", of_all]


@dataclass(frozen=True, slots=True)
class Corrections:
    """How many corrections of earlier entries the figures take account of."""

    def told(self, setting: Setting) -> Told | None:
        """The sentence."""
        number = setting.entries.corrections
        known = _entry(setting, "corrections", number, None if number else "no")
        nouns = "correction of earlier entries is" if number == 1 else "corrections of earlier entries are"
        return [known, f" {nouns} known, of any year; the figures are those after correction."]


def _entry(setting: Setting, column: str, number: int, said: str | None = None) -> Source:
    return Source(ENTRIES, setting.scope.year.key, 0, column, said or f"{number:,}")


def _is_public(setting: Setting) -> bool:
    return setting.public


NOTES: Final = Part(
    id="data_notes",
    title="Notes on the figures",
    paragraphs=(
        (
            Plain(
                "Below each table stands how it counts: by the date of each event in the period (flow), or"
                " about what was received in the period (cohort). The two differ where a complaint was"
                " received in one year and answered in the next, so figures of the two kinds are not to be"
                " worked out of each other."
            ),
            Plain("Percentages are rounded once, to one decimal, and may not add up to 100."),
        ),
        (
            Plain("Tables by year show whole reporting years, from 1 April to 31 March."),
            Plain(
                "Time limits are those of the 2006 Regulations; they are judged from the dates recorded.",
                statutory,
            ),
            Plain("Time limits are those of the procedures that the complaints went through.", not_statutory),
        ),
        (LateEntries(), Corrections()),
        (
            Plain("The figures are those of <as_of>; later entries may change them."),
            Plain("This <noun> is not over; comparing it with earlier ones would not be fair.", unfinished),
        ),
        (
            Plain(
                "Small figures are withheld so that nobody can be recognised, and so are others from which"
                " they could be worked out; [c] stands in their place.",
                _is_public,
            ),
        ),
    ),
)

FURTHER: Final = Part(
    id="further_tables",
    title="Further tables",
    tables=(
        Shown("received_by_team_year", brief=True),
        Shown("received_by_theme_year", brief=True),
        Shown("issues_by_theme_year", brief=True),
        Shown("lgsco_decisions_by_year", brief=True),
        Shown("equality_age_by_team", brief=True),
        Shown("complaint_rate_by_team", brief=True),
    ),
)

PARTS: Final = (NOTES, FURTHER)
