"""The authority's own codes: what an event names must be in the profile in force on its date."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, get_args

from complaint_events import events as ev
from complaint_events.codes import CensusGroup, Unstated
from complaint_events.event_model import Event
from complaint_events.profile import NOT_RECORDED, Profile, Use

_UNSTATED: Final = frozenset(get_args(Unstated))
_CENSUS: Final = frozenset(get_args(CensusGroup))


class UnknownCode(NamedTuple):
    """A field whose code the profile does not have, and what is wrong with it."""

    field: str
    message: str


def unknown_code(event: Event, profile: Profile, *, historic: bool) -> UnknownCode | None:
    """The first code of an event that its authority does not know on that date, or None.

    Old records may say `not_recorded` for a team or theme; a command may not.
    """
    check = _CHECKS.get(type(event))
    if check is None:
        return None
    spare = frozenset({NOT_RECORDED}) if historic else frozenset()
    return next((found for found in check(event, profile, spare) if found), None)


_Found = Iterator[UnknownCode | None]


def _team(field: str, code: str | None, profile: Profile, spare: frozenset[str]) -> UnknownCode | None:
    if code is None or code in spare or any(team.code == code for team in profile.teams):
        return None
    return UnknownCode(field, "the authority's profile has no such team on that date")


def _theme(field: str, code: str, use: Use, profile: Profile, spare: frozenset[str]) -> UnknownCode | None:
    if code in spare:
        return None
    theme = profile.theme(code)
    if theme is None or use not in theme.use:
        return UnknownCode(field, f"the authority's profile has no such {use} theme on that date")
    if use == "complaint" and profile.type_of(code) is None:
        return UnknownCode(field, "this theme has no complaint type: name one of its children")
    return None


def _stated(event: Any, profile: Profile, spare: frozenset[str]) -> _Found:
    yield _team("team", getattr(event, "team", None), profile, spare)
    for place, issue in enumerate(event.issues or ()):
        yield _theme(f"issues.{place}.theme", issue.theme, "complaint", profile, spare)
        yield _team(f"issues.{place}.team", issue.team, profile, spare)


def _answering_team(event: Any, profile: Profile, spare: frozenset[str]) -> _Found:
    yield _team("team", event.team, profile, spare)


def _learning(event: ev.LearningRecorded, profile: Profile, spare: frozenset[str]) -> _Found:
    yield _theme("theme", event.theme, "learning", profile, spare)


def _feedback(event: ev.InformalFeedbackRecorded, profile: Profile, spare: frozenset[str]) -> _Found:
    yield _theme("theme", event.theme, "feedback", profile, spare)


def _service_request(event: ev.ServiceRequestRecorded, profile: Profile, spare: frozenset[str]) -> _Found:
    yield _team("team", event.team, profile, spare)
    if event.theme not in spare and profile.theme(event.theme) is None:
        yield UnknownCode("theme", "the authority's profile has no such theme on that date")


def _equality(event: ev.EqualityRecorded, profile: Profile, _spare: frozenset[str]) -> _Found:
    ethnicities = {entry.code for entry in profile.ethnicities} | _UNSTATED
    bands = {band.code for band in profile.age_bands} | _UNSTATED
    if event.ethnicity is not None and event.ethnicity not in ethnicities:
        yield UnknownCode("ethnicity", "the authority's profile has no such ethnicity on that date")
    if event.age_band is not None and event.age_band not in bands:
        yield UnknownCode("age_band", "the authority's profile has no such age band on that date")


def _service_users(event: ev.ServiceUsersRecorded, profile: Profile, spare: frozenset[str]) -> _Found:
    if event.group is None:
        return
    yield _team("group.team", event.group.team, profile, spare)
    known = {entry.code for entry in profile.ethnicities} | _CENSUS | _UNSTATED
    if event.group.ethnicity is not None and event.group.ethnicity not in known:
        yield UnknownCode("group.ethnicity", "neither the profile nor the Census has such an ethnicity")


_CHECKS: Final[dict[type[Event], Any]] = {
    ev.Received: _stated,
    ev.Triaged: _stated,
    ev.IssuesRevised: _stated,
    ev.Allocated: _answering_team,
    ev.StageResponded: _answering_team,
    ev.Adjudicated: _answering_team,
    ev.Stage3Responded: _answering_team,
    ev.LearningRecorded: _learning,
    ev.EqualityRecorded: _equality,
    ev.ComplimentRecorded: _answering_team,
    ev.InformalFeedbackRecorded: _feedback,
    ev.ServiceUsersRecorded: _service_users,
    ev.ServiceRequestRecorded: _service_request,
}
