"""How a complaint is shown: its state, whom to write to, its stages, what else happened, and what is owed."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from complaint_events import events as ev
from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied, in_force
from complaint_events.reading import read
from complaints_api.api.conduct import conduct_shown
from complaints_api.api.explaining import deadlines
from complaints_api.api.request import CASEWORK
from complaints_api.api.stages_shown import stages
from complaints_api.api.what_followed import Reading, what_followed
from complaints_api.domain.complaint import Complaint, fold
from complaints_api.domain.concerned import (
    anonymous,
    children_as_stated,
    complainant_as_stated,
    links_to,
    safeguarding,
)
from complaints_api.recording import Loaded, Recording, loaded
from complaints_api.revealing import WITH_CARE, details_stated, texts_as_corrected, with_references
from complaints_api.store.log_rows import LoggedEvent
from complaints_api.store.personal_data import kept_digests
from complaints_api.store.search import found
from service_conventions.callers import Caller

Json = dict[str, Any]

LINKS_SHOWN: Final = 500
"""Complaints linked to one that are looked at, the last received first."""

_ADDRESSED_BY: Final = ("name", "address", "email", "phone", *WITH_CARE)


async def complaint_document(
    desk: Recording,
    authority: str,
    stream: Loaded,
    caller: Caller,
    as_of: date | None,
    known_at: datetime | None,
) -> Json:
    """The complaint as JSON, as it stood or was known; personal details for those who do the casework."""
    reading = await reading_for(desk, authority, stream, caller, as_of, known_at)
    complaint = fold(reading.events)
    profiles, judged_on = await desk.profiles(authority), _judged_on(desk, as_of)
    owed = _owed(complaint, profiles, judged_on)
    shown = {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        **_statement(complaint),
        **_concerned(reading, urgent=any(one["urgent"] for one in owed)),
        "stages": stages(complaint, reading, profiles, judged_on),
        **what_followed(reading),
        "linked_from": await _linked_from(desk, authority, stream.reference, as_of, known_at),
        "deadlines": owed,
        **conduct_shown(complaint, profiles, judged_on),
    }
    return await with_references(desk.vault, authority, shown) if reading.opened else shown


async def reading_for(
    desk: Recording,
    authority: str,
    stream: Loaded,
    caller: Caller,
    as_of: date | None,
    known_at: datetime | None,
) -> Reading:
    """The history as it reads, with its texts opened for casework; for others only their names."""
    opened = caller.role in CASEWORK
    if opened:
        texts = await desk.vault.open_texts(authority, stream.stream)
    else:
        texts = {row.originator_version: dict.fromkeys(kept_digests(row.sealed), "") for row in stream.logged}
    known = [one for one in stream.history if known_at is None or one.recorded_at <= known_at]
    story = read(stream.history, as_of=as_of, known_at=known_at)
    return Reading(story, texts_as_corrected(known, texts), opened)


async def deadlines_document(
    desk: Recording, authority: str, stream: Loaded, as_of: date | None, known_at: datetime | None
) -> Json:
    """What is owed on the complaint, as it stood or was known."""
    complaint, judged_on = stream.seen(as_of, known_at), _judged_on(desk, as_of)
    return {
        "id": str(stream.stream),
        "reference": stream.reference,
        "version": stream.version,
        "judged_on": judged_on,
        "deadlines": _owed(complaint, await desk.profiles(authority), judged_on),
    }


def _judged_on(desk: Recording, as_of: date | None) -> date:
    return min(as_of or desk.today, desk.today)


def _owed(complaint: Complaint, profiles: Sequence[ProfileApplied], judged_on: date) -> list[Json]:
    profile = in_force(profiles, complaint.received.on if complaint.received else judged_on)
    return deadlines(complaint, profile, judged_on)


def _statement(complaint: Complaint) -> Json:
    received = complaint.received
    own = received.data() if received else {}
    return {
        "state": complaint.state,
        "procedure": complaint.procedure,
        "received_on": received.on if received else None,
        "team": complaint.team,
        "officer": complaint.officer,
        "method": own.get("method"),
        "form": own.get("form"),
        "point_of_receipt": own.get("point_of_receipt"),
        "grounds_arose_on": own.get("grounds_arose_on"),
        "issues": [issue.model_dump(exclude_none=True) for issue in complaint.current_issues],
        "withdrawn_on": complaint.withdrawn_on,
        "closed_on": complaint.closed_on,
        "lgsco_refs": sorted(complaint.referrals),
    }


def _concerned(reading: Reading, *, urgent: bool) -> Json:
    """Whom the complaint is from and about; for those who may, how to write to them."""
    story = reading.events
    stated = complainant_as_stated(story)
    details = details_stated(reading.story, reading.texts)
    return {
        "complainant": stated,
        "anonymous": anonymous(story),
        "children": children_as_stated(story),
        "safeguarding": {**safeguarding(story)._asdict(), "urgent": urgent},
        "write_with_care": any(name in details for name in WITH_CARE),
        "details": _details(reading, stated or {}),
        **({"personal": details, "writing_to": _writing_to(details, stated or {})} if reading.opened else {}),
    }


def _writing_to(details: Json, stated: Json) -> Json:
    return {**{name: details.get(name) for name in _ADDRESSED_BY}, **_represented(stated)}


def _represented(stated: Json) -> Json:
    return {name: stated.get(name) for name in ("acting_via", "advocacy_provider")}


def _details(reading: Reading, stated: Json) -> Json:
    """Through whom the complainant acts and with what consent, as last stated, and when that last changed."""
    changed = [one for one in reading.story if isinstance(one.event, ev.DetailsChanged)]
    told = [reading.texts.get(one.version, {}) for one in changed]
    consents = [texts["consent"] for texts in told if "consent" in texts]
    return {
        "changed_on": changed[-1].event.on if changed else None,
        **_represented(stated),
        "consent_given": bool(consents),
        **({"consent": consents[-1] if consents else None} if reading.opened else {}),
    }


async def _linked_from(
    desk: Recording, authority: str, reference: str, as_of: date | None, known_at: datetime | None
) -> list[Json]:
    """The links of other complaints to this one, each as its own history reads."""
    linked = await found(desk.store.engine, authority, {"linked_to": reference}, None, LINKS_SHOWN)
    streams = [row.stream for row in linked]
    rows = await desk.store.logged(authority, streams) if streams else []
    histories = {stream: tuple(own) for stream, own in groupby(rows, key=lambda row: row.stream)}
    others = (_readable(histories[stream]) for stream in streams)
    return [
        {"from": other.reference, "relation": link.relation, "on": link.on}
        for other in others
        if other is not None
        for link in links_to(_events(other, as_of, known_at), reference)
    ]


def _readable(rows: tuple[LoggedEvent, ...]) -> Loaded | None:
    """Another complaint; None where its record cannot be read, which the worklist shows."""
    try:
        return loaded(rows)
    except Exception:  # noqa: BLE001 - whatever is wrong with it is not wrong with the one that is asked for
        return None


def _events(stream: Loaded, as_of: date | None, known_at: datetime | None) -> list[Event]:
    return [one.event for one in read(stream.history, as_of=as_of, known_at=known_at)]
