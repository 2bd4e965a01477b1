"""The rules by which an event is refused, each a row with a name, a text and its source.

Two kinds. What *cannot have happened* (`impossible`) is refused whoever says it. What the law or good order
*forbids* (`forbidden`) is refused as a command, but a history that broke it is recorded: it did happen.

A rule's text is its docstring; its check returns a `Breach` naming the field and saying what is wrong, dates
included, or None.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from complaint_events.event_model import Event
from complaint_events.profile import Profile
from complaints_api.domain.complaint import Complaint


class Setting(NamedTuple):
    """What a decision knows beside the complaint as it stood.

    The day, the profile in force, which texts were given, the complaint's own reference, and `whole`: all its
    events with what is recorded for later dates, so that a refusal can name the date it contradicts. `others`
    are the references of complaints that the event names and that there are.
    """

    today: date
    profile: Profile
    texts: frozenset[str] = frozenset()
    reference: str | None = None
    whole: Sequence[Event] = ()

    def later(self, model: type[Event], what: str, **fields: object) -> str:
        """Where a missing event is recorded for a later day: its date, as the end of a sentence."""
        for event in self.whole:
            if type(event) is model and all(getattr(event, name) == one for name, one in fields.items()):
                return f"; {what} is of {event.on}"
        return ""

    others: frozenset[str] = frozenset()


class Breach(NamedTuple):
    """What is wrong: the field, and a sentence that says so without repeating what was sent."""

    field: str
    message: str


Check = Callable[[Complaint, Any, Setting], Breach | None]


class Rule(NamedTuple):
    """A reason to refuse an event."""

    name: str
    says: str
    source: str
    always: bool
    check: Check


RULES: Final[dict[type[Event], list[Rule]]] = {}
"""The rules that bind each event, in the order in which they are asked."""

NAMED: Final[dict[str, Rule]] = {}
"""Every rule by name."""


def declare(name: str, says: str, source: str = "history format") -> str:
    """Register a refusal that needs the log, not the complaint alone, and is made where the log is read."""
    NAMED[name] = Rule(name, says, source, always=True, check=lambda _c, _e, _s: None)
    return name


def rule(
    name: str, *events: type[Event], source: str = "history format", always: bool = False
) -> Callable[[Check], Check]:
    """Register a check as the rule `name` on these events; its docstring is the rule's text."""

    def register(check: Check) -> Check:
        row = Rule(name, " ".join((check.__doc__ or "").split()), source, always, check)
        NAMED[name] = row
        for model in events:
            RULES.setdefault(model, []).append(row)
        return check

    return register
