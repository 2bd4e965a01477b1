"""From the events of one stream to its rows in the star schema: pure, and the same every time.

The events are taken as they read (`complaint_events.reading`): corrected, known by an instant, effective by
a date. Whoever projects, rebuilds or looks back calls `facts_of`, so a figure means one thing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from complaint_events.events import ProfileApplied
from complaint_events.reading import Recorded, read
from reporting_api.facts import complaint, conduct, investigations, ombudsman, other_streams, people, stages
from reporting_api.facts.story import Fold, Profiles, Rows, Story, Stream

__all__ = ["Profiles", "Rows", "Stream", "UnfoldableStreamError", "facts_of", "facts_of_all"]

_FOLDS: dict[str, tuple[Fold, ...]] = {
    "complaint": (
        *complaint.FOLDS,
        *stages.FOLDS,
        *investigations.FOLDS,
        *people.FOLDS,
        *conduct.FOLDS,
        *ombudsman.FOLDS,
    ),
    **other_streams.FOLDS,
}
"""What makes facts of each kind of stream; a kind that is not here has none."""


def facts_of(
    stream: Stream,
    history: Sequence[Recorded],
    profiles: Sequence[ProfileApplied] | Profiles,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Rows:
    """The rows of one stream by fact table (see `star`), from its recorded events in any order.

    `profiles` are the authority's, in the order recorded. Raises `working_days.YearOutOfRangeError` for a
    deadline outside the years whose bank holidays are known.
    """
    folds = _FOLDS.get(stream.kind, ())
    recorded = read(history, as_of=as_of, known_at=known_at)
    if not folds or not recorded:
        return {}
    story = Story(stream, recorded, Profiles.of(profiles))
    rows: Rows = {}
    for fold in folds:
        fold(story, rows)
    return {table: of_table for table, of_table in rows.items() if of_table}


class UnfoldableStreamError(Exception):
    """A stream whose facts cannot be told; the message names it, the position reached, and why."""


def facts_of_all(
    streams: Iterable[tuple[Stream, Sequence[Recorded]]],
    profiles: Profiles,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Rows:
    """The rows of many streams together.

    Raises `UnfoldableStreamError` for the first that cannot be told: a year without known bank holidays, or a
    correction that makes no event.
    """
    together: Rows = {}
    for stream, history in streams:
        try:
            rows = facts_of(stream, history, profiles, as_of=as_of, known_at=known_at)
        except (ValueError, LookupError) as error:
            at = f"{stream.authority}, {stream.kind} {stream.id}, position {history[-1].position}"
            raise UnfoldableStreamError(f"{at}: {error}") from error
        for name, of_table in rows.items():
            together.setdefault(name, []).extend(of_table)
    return together
