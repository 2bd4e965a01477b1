"""What a table is asked for: whose, of which procedure and period, as of when, by which profile."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, get_args

from complaint_events.codes import CensusGroup, Procedure
from complaint_events.procedures import limit_for, stages_of
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
            "year_key": self.year.key,
            "ethnicity_codes": [ethnicity.code for ethnicity in self.profile.ethnicities],
            "ethnicity_groups": [ethnicity.census_group for ethnicity in self.profile.ethnicities],
            "census_groups": list(get_args(CensusGroup)),
            "theme_codes": list(self.themes),
            "theme_parents": [theme.parent for theme in self.themes.values()],
            "band_codes": [band.code for band in bands],
            "band_starts": [band.from_ for band in bands],
            "band_ends": [band.to for band in bands],
            **_limits(self.procedure, self.profile, period.end),
            **_spans("year", self.years, self.as_of),
            **_spans("month", self.months, self.as_of),
        }


def _limits(procedure: str, profile: Profile, day: date) -> dict[str, Any]:
    """The limits in force on a day, of the procedure asked for or of all."""
    every = [name for name in get_args(Procedure) if procedure in (name, "all")]
    found = [
        (name, stage, limit)
        for name in every
        for stage in stages_of(name)
        if (limit := limit_for(name, stage, day, profile))
    ]
    return {
        "limit_procedures": [name for name, _, _ in found],
        "limit_stages": [stage for _, stage, _ in found],
        "limit_starts": [limit.starts_from for _, _, limit in found],
        "limit_targets": [limit.target for _, _, limit in found],
        "limit_maxima": [limit.maximum for _, _, limit in found],
    }


def _spans(name: str, spans: tuple[Span, ...], as_of: date) -> dict[str, Any]:
    begun = [span.until(as_of) for span in spans]
    return {
        f"{name}_keys": [span.key for span in begun],
        f"{name}_starts": [span.start for span in begun],
        f"{name}_ends": [span.end for span in begun],
    }
