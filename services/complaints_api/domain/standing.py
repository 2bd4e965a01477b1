"""How a complaint stands: the row that lists and searches show of it, and one row for each thing owed. Pure.

Nothing here depends on today's date: a row holds until the complaint, the calendar, the rules or the
authority's profile change. Whether something is overdue is asked when somebody looks.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from complaint_events import events as ev
from complaint_events.profile import Profile
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.due import NO_DAY
from complaints_api.domain.obligations import UNREADABLE, Obligation, obligations


class Known(NamedTuple):
    """What is known of a complaint beside its events: where it is in the log, and a mark of its person.

    `write_with_care`: the person has given safe-contact instructions or needs adjustments, to be read before
    anybody writes.
    """

    stream: UUID
    reference: str
    version: int
    write_with_care: bool = False


class Summary(NamedTuple):
    """One complaint in a list: codes, dates, pseudonyms of its `persons`, references of its `links`."""

    stream: UUID
    reference: str
    version: int
    state: str
    procedure: str | None
    stage: int | None
    team: str | None
    officer: str | None
    category: str | None
    received_on: date | None
    themes: tuple[str, ...]
    persons: tuple[str, ...]
    links: tuple[str, ...]
    urgent: bool
    write_with_care: bool


class Owed(NamedTuple):
    """One thing owed. `falls_on` is the day by which it is sorted and reminded of; `NO_DAY`: there is none.

    A right of the complainant falls on no day: nobody is late with it. Its last day is `maximum_on`.
    """

    stream: UUID
    number: int
    falls_on: date
    urgent: bool
    obligation: str
    waiting_on: str
    waiting_for: str | None
    stage: int | None
    about: str | None
    starts_on: date
    target_on: date | None
    maximum_on: date | None
    extended_to: date | None
    rule: str
    reference: str
    version: int
    procedure: str | None
    team: str | None
    officer: str | None
    received_on: date | None
    write_with_care: bool


class Standing(NamedTuple):
    """A complaint's rows."""

    summary: Summary
    owed: tuple[Owed, ...]


def standing(known: Known, complaint: Complaint, profile: Profile | None) -> Standing:
    """The rows of a complaint. `profile` is the one in force when it was received."""
    found = obligations(complaint, profile)
    owed = tuple(_owed(known, complaint, number, one) for number, one in enumerate(found, 1))
    return Standing(_summary(known, complaint, urgent=any(one.urgent for one in found)), owed)


def unreadable(known: Known, since: date) -> Standing:
    """The rows of a complaint whose events, the last of them of `since`, cannot be read.

    A child at risk may be in it, or a person who needs care in writing: it stands first until somebody looks.
    """
    rule = "nothing can be recorded on a complaint that cannot be read (ours)"
    repair = Obligation(UNREADABLE, "council", since, rule, urgent=True)
    return Standing(
        _summary(known, Complaint(), urgent=True)._replace(state="unreadable"),
        (_owed(known, Complaint(), 1, repair),),
    )


def _owed(known: Known, complaint: Complaint, number: int, one: Obligation) -> Owed:
    return Owed(
        stream=known.stream,
        number=number,
        falls_on=one.due_on if one.due_on and one.waiting_on != "complainant" else NO_DAY,
        urgent=one.urgent,
        obligation=one.name,
        waiting_on=one.waiting_on,
        waiting_for=one.waiting_for,
        stage=one.stage,
        about=one.about,
        starts_on=one.starts_on,
        target_on=one.target_on,
        maximum_on=one.maximum_on,
        extended_to=one.extended_to,
        rule=one.rule,
        reference=known.reference,
        version=known.version,
        procedure=complaint.procedure,
        team=complaint.team,
        officer=complaint.officer,
        received_on=complaint.received.on if complaint.received else None,
        write_with_care=known.write_with_care,
    )


def _summary(known: Known, complaint: Complaint, *, urgent: bool) -> Summary:
    return Summary(
        stream=known.stream,
        reference=known.reference,
        version=known.version,
        state=complaint.state,
        procedure=complaint.procedure,
        stage=max(complaint.stages, default=None),
        team=complaint.team,
        officer=complaint.officer,
        category=complaint.category,
        received_on=complaint.received.on if complaint.received else None,
        themes=_once(issue.theme for issue in complaint.current_issues),
        persons=_once(_persons(complaint)),
        links=_once(event.to for event in complaint.story if isinstance(event, ev.Linked)),
        urgent=urgent,
        write_with_care=known.write_with_care,
    )


_NAMING: Final = (ev.Received, ev.Triaged, ev.DetailsChanged)


def _persons(complaint: Complaint) -> Iterator[str]:
    """The pseudonyms of who complained and of the children, as ever stated."""
    for event in complaint.story:
        named = event.complainant if isinstance(event, _NAMING) else None
        if named is not None and named.ref is not None:
            yield named.ref
        if isinstance(event, ev.Received | ev.Triaged):
            yield from (child.ref for child in event.children or ())


def _once(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
