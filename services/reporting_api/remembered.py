"""What a report's questions were answered with: the same facts give the same figures, so they are asked once.

Remembered in the process, the last few reports of each database. An entry is found by the question and by the
very state of the facts (`event_copy.state`), so an event, a rebuild or a record read anew makes a new one.
Only questions to the facts as they are now are remembered; the council's own words are not facts.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from reporting_api.database import Connection, event_copy
from reporting_api.database.entries import Entries
from reporting_api.tables.layout import Row

MOST: Final = 16
"""How many reports are remembered of one database: some megabytes each."""

Rows = Mapping[str, Sequence[Row]]
"""The rows of tables by their ids; whoever has them leaves them as they are."""


class Figures(NamedTuple):
    """The tables of a report, those of the year before that they are compared with, and the entries."""

    tables: Rows
    before: Rows
    entries: Entries


_remembered: Final[WeakKeyDictionary[object, OrderedDict[Hashable, Figures]]] = WeakKeyDictionary()
"""By the database's engine."""


async def figures(
    connection: Connection, authority: str, question: Hashable, find: Callable[[], Awaitable[Figures]]
) -> Figures:
    """What `find` gives, or gave when the same was asked of the same facts."""
    state = await event_copy.state(connection, authority)
    if state is None:
        return await find()
    known = _remembered.setdefault(connection.sync_engine, OrderedDict())
    place = (authority, state, question)
    found = known.pop(place, None) or await find()
    known[place] = found
    while len(known) > MOST:
        known.popitem(last=False)
    return found


def forget() -> None:
    """Remember nothing: for who wants to know how long finding takes."""
    _remembered.clear()
