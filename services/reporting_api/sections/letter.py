"""Whether the Ombudsman's annual letter agrees with the report: in words, as its figures are no cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporting_api.ombudsman_letter import Compared, Letter, compared
from reporting_api.sections.phrases import Told
from reporting_api.sections.setting import Setting


@dataclass(frozen=True, slots=True)
class LetterAgrees:
    """Whether the letter entered for the year has the same figures as this report, and which differ.

    With a figure withheld that the letter gives, nothing is told: whoever has the letter would know it.
    """

    def told(self, setting: Setting) -> Told | None:
        """The sentence; to staff, of a year that is over, also that none was entered."""
        if not (setting.whole_year and setting.scope.complete):
            return None
        if setting.letter is None:
            return None if setting.public else [_NOT_ENTERED]
        return _told(setting, setting.letter)


_NOT_ENTERED = "The figures of the Ombudsman's annual letter have not been entered, so they are not compared."


def _told(setting: Setting, letter: Letter) -> Told | None:
    if letter.procedure != setting.scope.procedure:
        return None
    figures = [one for one in compared(letter, setting.answers) if one.letter is not None]
    if any(one.withheld for one in figures):
        return ["Figures of the Ombudsman's annual letter are not compared here, because some are withheld."]
    differing = [one for one in figures if one.agrees is False]
    if not differing:
        return ["The Ombudsman's annual letter gives the same figures."]
    return [
        f"The Ombudsman's annual letter gives other figures than the council's record: {_named(differing)}."
    ]


def _named(differing: Sequence[Compared]) -> str:
    return "; ".join(one.figure.label for one in differing)
