"""What a table is asked for: whose, of which procedure and period, as of when, by which profile."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from complaint_events.procedures import stages_of
from complaint_events.profile import Profile, Team, Theme
from reporting_api.tables.periods import Span, months_of, years_ending


@dataclass(frozen=True)
class Scope:
    """One question to the facts.

    `procedure` may be "all". `profile` is the one in force at the end of the period; `versions` are all there
    ever were, in order of date: they tell the names of teams and themes that it lacks. By-year tables end
    with `year`.
    """

    authority: str
    procedure: str
    period: Span
    year: Span
    as_of: date
    profile: Profile
    versions: tuple[Profile, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the period is over."""
        return self.period.end < self.as_of

    @property
    def stages(self) -> tuple[int, ...]:
        """The stages of the procedure asked for."""
        return tuple(stages_of(self.procedure))

    @cached_property
    def teams(self) -> dict[str, Team]:
        """Every team of any version of the profile by code, as the one in force has it where it does."""
        return {team.code: team for profile in (*self.versions, self.profile) for team in profile.teams}

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """Every theme of any version of the profile by code, as the one in force has it where it does."""
        return {theme.code: theme for profile in (*self.versions, self.profile) for theme in profile.themes}

    @cached_property
    def years(self) -> tuple[Span, ...]:
        """The rows of a table by year."""
        return years_ending(self.year)

    @cached_property
    def months(self) -> tuple[Span, ...]:
        """The rows of a table by month."""
        return months_of(self.period)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The named parameters of every table's SQL. No span reaches beyond `as_of`."""
        bands, period = self.profile.age_bands, self.period.until(self.as_of)
        return {
            "authority": self.authority,
            "procedure": self.procedure,
            "starts_on": period.start,
            "ends_on": period.end,
            "as_of": self.as_of,
            "equality_subject": self.profile.equality_subject,
            "theme_codes": list(self.themes),
            "theme_parents": [theme.parent for theme in self.themes.values()],
            "band_codes": [band.code for band in bands],
            "band_starts": [band.from_ for band in bands],
            "band_ends": [band.to for band in bands],
            **_spans("year", self.years, self.as_of),
            **_spans("month", self.months, self.as_of),
        }


def _spans(name: str, spans: tuple[Span, ...], as_of: date) -> dict[str, Any]:
    begun = [span.until(as_of) for span in spans]
    return {
        f"{name}_keys": [span.key for span in begun],
        f"{name}_starts": [span.start for span in begun],
        f"{name}_ends": [span.end for span in begun],
    }
