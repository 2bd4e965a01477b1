"""Who is named on a complaint, and what they chose to say for equality monitoring."""

from collections.abc import Iterator
from typing import Final

from complaint_events import events as ev
from reporting_api.facts.complaint import is_young
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Equality, NamedPerson

_CODED: Final = ("gender", "disability", "sexual_orientation", "ethnicity")


def _named(story: Story, rows: Rows) -> None:
    """The complainant and the children concerned; a child who complains is both."""
    complainant, named = story.complainant, {("child", child.ref) for child in story.children}
    if complainant is not None and complainant.ref is not None:
        named.add(("complainant", complainant.ref))
        if is_young(complainant):
            named.add(("child", complainant.ref))
    rows["named_person"] = [NamedPerson(*story.key, *one) for one in sorted(named)]


def _equality(story: Story, rows: Rows) -> None:
    """One row per characteristic that a record states."""
    if not story.every(ev.EqualityRecorded):
        return
    records = [one for one in story.recorded if isinstance(one.event, ev.EqualityRecorded)]
    rows["equality"] = [
        Equality(
            *story.key, no, event.subject, event.ref, event.on, one.position, characteristic, value, years
        )
        for no, one in enumerate(records, 1)
        if isinstance(event := one.event, ev.EqualityRecorded)
        for characteristic, value, years in _stated(event)
    ]


def _stated(event: ev.EqualityRecorded) -> Iterator[tuple[str, str | None, int | None]]:
    """The characteristics as (name, code, years): of age the years, else the band, else why neither."""
    if isinstance(event.age, int):
        yield "age", None, event.age
    elif event.age_band is not None or event.age is not None:
        yield "age", event.age_band or event.age, None
    for name in _CODED:
        value = getattr(event, name)
        if value is not None:
            yield name, value, None


FOLDS: Final[tuple[Fold, ...]] = (_named, _equality)
"""What this subject adds."""
