"""An authority's profile: its own teams, themes, ethnicities, age bands and configured limits.

Profiles are versioned by date; each application of one is an event (`profile_applied`). A team or theme
code means what the profile in force on the day says.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from complaint_events.codes import CensusGroup, ComplaintType, EqualitySubject, Outcome
from complaint_events.event_model import LAX_SEQUENCE, Event, Strictly
from complaint_events.scalars import Code, Day, Label

NOT_RECORDED: Final = "not_recorded"
"""A team or theme that an old record does not tell; allowed in an import only."""

Use = Literal["complaint", "feedback", "learning"]


class Team(Strictly):
    """A team that receives and answers complaints; `group` is the service it belongs to."""

    code: Code
    label: Label
    group: Label | None = None


class Theme(Strictly):
    """What complaints are about, in the council's own words, mapped to one national complaint type."""

    code: Code
    label: Label
    parent: Code | None = None
    type: ComplaintType | None = None
    use: Annotated[tuple[Use, ...], LAX_SEQUENCE] = ("complaint", "feedback", "learning")


class Ethnicity(Strictly):
    """An ethnicity as the council records it, and the Census 2021 group it falls into."""

    code: Code
    label: Label
    census_group: CensusGroup


class AgeBand(Strictly):
    """Ages `from` to `to` years, both included; `to` is null in the last band."""

    code: Code
    label: Label
    from_: Annotated[int, Field(alias="from", ge=0, le=130)]
    to: Annotated[int, Field(ge=0, le=130)] | None = None


class OutcomeUse(Strictly):
    """Until when an answer may use an outcome: a date, null (in use), or "never"."""

    until: Day | Literal["never"] | None = None


class OutcomesInUse(Strictly):
    """The two outcomes that the Ombudsman discourages and a council may have stopped using."""

    partially_upheld: OutcomeUse = OutcomeUse()
    inconclusive: OutcomeUse = OutcomeUse()


class StageLimits(Strictly):
    """A configured time limit in working days; `max` absent means the target."""

    from_: Annotated[Literal["received", "acknowledged", "escalated"] | None, Field(alias="from")] = None
    target: Annotated[int, Field(ge=1, le=365)]
    max: Annotated[int, Field(ge=1, le=365)] | None = None

    @model_validator(mode="after")
    def _max_not_under_target(self) -> Self:
        if self.max is not None and self.max < self.target:
            raise PydanticCustomError("max_under_target", "max must not be less than target")
        return self


class ConfiguredProcedure(Strictly):
    """A council's own limits for one procedure, stage by stage."""

    stage_1: StageLimits | None = None
    stage_2: StageLimits | None = None


class ConfiguredProcedures(Strictly):
    """The procedures whose limits a council may set; the Act's limits are not its to change."""

    corporate_code: ConfiguredProcedure = ConfiguredProcedure()
    corporate_local: ConfiguredProcedure = ConfiguredProcedure()
    non_statutory: ConfiguredProcedure = ConfiguredProcedure()


class LocalBasis(Strictly):
    """The two dates between which the council itself counts stage 2."""

    from_: Annotated[Literal["escalated", "statement_of_complaint_agreed"], Field(alias="from")]
    to: Literal["adjudicated", "closed"]


class Profile(Strictly):
    """Everything that differs between one authority and another."""

    authority: Code | None = None
    name: Label
    gss_code: Annotated[str, Field(pattern=r"^[A-Z]\d{8}$")] | None = None
    teams: Annotated[tuple[Team, ...], LAX_SEQUENCE]
    themes: Annotated[tuple[Theme, ...], LAX_SEQUENCE]
    ethnicities: Annotated[tuple[Ethnicity, ...], LAX_SEQUENCE] = ()
    age_bands: Annotated[tuple[AgeBand, ...], LAX_SEQUENCE] = ()
    outcomes: OutcomesInUse = OutcomesInUse()
    equality_subject: EqualitySubject = "complainant"
    procedures: ConfiguredProcedures = ConfiguredProcedures()
    stage2_local_basis: LocalBasis | None = None
    advocacy_providers: Annotated[tuple[Label, ...], LAX_SEQUENCE] = ()
    closure_days: Annotated[tuple[Day, ...], LAX_SEQUENCE] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("teams", "themes", "ethnicities", "age_bands"):
            _unique(name, [entry.code for entry in getattr(self, name)])
        _two_levels(self.themes)
        _without_gaps(self.age_bands)
        return self

    def theme(self, code: str) -> Theme | None:
        """The theme of that code, or None."""
        return next((theme for theme in self.themes if theme.code == code), None)

    def themes_for(self, use: Use) -> tuple[Theme, ...]:
        """The themes that a table or form of that use offers, in the profile's order."""
        return tuple(theme for theme in self.themes if use in theme.use)

    def type_of(self, theme_code: str) -> ComplaintType | None:
        """The national complaint type of a theme: its own, else its parent's."""
        theme = self.theme(theme_code)
        if theme is not None and theme.type is None and theme.parent is not None:
            theme = self.theme(theme.parent)
        return None if theme is None else theme.type

    def age_band(self, age: int) -> str | None:
        """The code of the band an age in years falls into, or None where the profile has none."""
        for band in self.age_bands:
            if band.from_ <= age and (band.to is None or age <= band.to):
                return band.code
        return None

    def allows(self, outcome: Outcome, answered_on: date) -> bool:
        """Whether an answer sent on that day may use the outcome."""
        if outcome not in ("partially_upheld", "inconclusive"):
            return True
        until = getattr(self.outcomes, outcome).until
        return until is None or (until != "never" and answered_on <= until)


class ProfileApplied(Event, Profile):
    """The authority's profile, in force from `on`; the first one is in force from the beginning."""

    kind = "authority"
    event: Literal["profile_applied"] = "profile_applied"


def in_force(profiles: Sequence[ProfileApplied], day: date) -> ProfileApplied | None:
    """The profile in force on a day: the last one from on or before it, else the first there is.

    Among profiles from the same day the one recorded last holds.
    """
    ordered = sorted(profiles, key=lambda profile: profile.on)
    begun = [profile for profile in ordered if profile.on <= day]
    return begun[-1] if begun else next(iter(ordered), None)


def _unique(name: str, codes: Sequence[str]) -> None:
    if len(set(codes)) != len(codes):
        raise PydanticCustomError("duplicate_code", "{list} must not name a code twice", {"list": name})


def _two_levels(themes: Sequence[Theme]) -> None:
    roots = {theme.code for theme in themes if theme.parent is None}
    if any(theme.parent is not None and theme.parent not in roots for theme in themes):
        raise PydanticCustomError("unknown_parent", "a theme's parent must be a theme without a parent")


def _without_gaps(bands: Sequence[AgeBand]) -> None:
    ordered = sorted(bands, key=lambda band: band.from_)
    joined = all(
        band.to is not None and band.from_ <= band.to and after.from_ == band.to + 1
        for band, after in pairwise(ordered)
    )
    if ordered and (ordered[0].from_ != 0 or ordered[-1].to is not None or not joined):
        raise PydanticCustomError(
            "age_bands", "age_bands must cover every age from 0 once; the last band's to must be null"
        )
