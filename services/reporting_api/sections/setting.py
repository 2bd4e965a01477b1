"""What a report is about: whose, which period, and how that period is named in a sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from reporting_api.database.entries import Entries
from reporting_api.ombudsman_letter import Letter
from reporting_api.sections.cells import Answers, Line, line, lines
from reporting_api.sections.labels import PROCEDURE_NAMES, day_in_words
from reporting_api.tables.layout import Row
from reporting_api.tables.scope import Scope

_KINDS: Final = {"target": "target", "max": "maximum"}
_WORD: Final = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Setting:
    """All that the sections of a report are composed from.

    `answers` are the tables of the report, `before` some of the same tables for the same period a year
    earlier, to compare with; `narratives` are the council's own texts by slot; `letter` is the Ombudsman's.
    """

    scope: Scope
    answers: Answers
    before: Answers
    narratives: Mapping[str, str]
    entries: Entries
    public: bool
    letter: Letter | None = None

    @property
    def whole_year(self) -> bool:
        """Whether the period is the reporting year, not some quarters of it."""
        return (self.scope.period.start, self.scope.period.end) == (
            self.scope.year.start,
            self.scope.year.end,
        )

    @property
    def compared(self) -> bool:
        """Whether it is fair to compare with the year before: only a period that is over."""
        return self.scope.complete

    @property
    def noun(self) -> str:
        """What the period is called: "year", else "period"."""
        return "year" if self.whole_year else "period"

    @property
    def name(self) -> str:
        """The authority's name."""
        return self.scope.profile.name

    @cached_property
    def words(self) -> Mapping[str, str]:
        """What the text of a sentence may name between angle brackets."""
        start, end = self.scope.period.start, self.scope.period.end
        last_on = self.entries.last_on
        return {
            "noun": self.noun,
            "name": self.name,
            "procedure": PROCEDURE_NAMES[self.scope.procedure],
            "year": self.scope.year.key,
            "from": day_in_words(start),
            "to": day_in_words(end),
            "as_of": day_in_words(self.scope.as_of),
            "last_on": day_in_words(last_on) if last_on else "before the first event",
            **_limits(self.answers["procedures"].rows),
        }

    def put_in(self, text: str) -> str:
        """The text with the words that it names between angle brackets."""
        for word in _WORD.findall(text):
            text = text.replace(f"<{word}>", self.words[word])
        return text

    def line(self, table: str, place: Mapping[str, Any]) -> Line | None:
        """The row of these dimension values; None where there is none.

        None too in a table by year when the report is on part of a year: its figures are of whole years.
        """
        return line(self.answers, table, place) if self._is_about_the_period(table) else None

    def lines(self, table: str, place: Mapping[str, Any]) -> list[Line]:
        """Every row with these dimension values, with the same exception."""
        return lines(self.answers, table, place) if self._is_about_the_period(table) else []

    def _is_about_the_period(self, table: str) -> bool:
        return self.whole_year or all(one.key != "year" for one in self.answers[table].table.dimensions)


def _limits(rows: Sequence[Row]) -> dict[str, str]:
    """The time limits of the stages, in words, where one procedure is reported on."""
    words = {f"{kind}_{stage}": f"the {name}" for stage in (1, 2, 3) for kind, name in _KINDS.items()}
    if len({row["procedure"] for row in rows}) == 1:
        for row in rows:
            for kind in _KINDS:
                words[f"{kind}_{row['stage']}"] = f"{row[kind]} working days"
    return words
