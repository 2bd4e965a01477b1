"""Given events, when a command, then the event or a refusal by name: how the rules are specified.

A `Law` is one rule of `complaints_api.domain.rules.NAMED` with an example that breaks it and one that keeps
it. Every law is registered, so that a rule without one is noticed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from complaint_events.event_model import Event
from complaint_events.profile import ProfileApplied
from complaint_events.reading import Recorded
from complaints_api.domain.complaint import Complaint
from complaints_api.domain.deciding import Given, Refusal, decide, folded
from complaints_api.domain.rules import NAMED
from tests.complaint_events.stories import happened, profile

TODAY = date(2024, 6, 3)
RECORDED_AT = datetime(2024, 6, 3, 9, tzinfo=UTC)
STREAM = UUID(int=1)
REFERENCE = "C-1"
OTHERS = frozenset({"C-1", "C-2"})
SPECIFIED: dict[str, list["Law"]] = {}


@dataclass(frozen=True)
class Story:
    """What has happened to one complaint so far, in the order in which it was recorded."""

    events: tuple[Event, ...] = ()
    profiles: tuple[ProfileApplied, ...] = field(default_factory=lambda: (profile(),))

    @property
    def history(self) -> list[Recorded]:
        """As the log holds it."""
        return [
            Recorded(STREAM, n, n, RECORDED_AT, "officer", event) for n, event in enumerate(self.events, 1)
        ]

    @property
    def complaint(self) -> Complaint:
        """As it reads."""
        return folded(self.history)

    def decided(self, event: Event, texts: Iterable[str] = (), *, historic: bool = False) -> Complaint:
        """The complaint after a command, or after an event of history. Raises `Refusal`."""
        given = Given(
            TODAY,
            self.profiles,
            historic=historic,
            texts=frozenset(texts),
            reference=REFERENCE,
            others=OTHERS,
        )
        return decide(self.history, self.complaint, event, given)

    def and_then(self, event: Event) -> "Story":
        """The story with one more event recorded."""
        return Story((*self.events, event), self.profiles)

    def refusal(self, event: Event, texts: Iterable[str] = (), *, historic: bool = False) -> Refusal:
        """How a command is refused."""
        with pytest.raises(Refusal) as refused:
            self.decided(event, texts, historic=historic)
        return refused.value


def given(*events: Event, **changes: Any) -> Story:
    """A story of events that could have happened in that order; `changes` are to the profile."""
    story = Story(profiles=(profile(**changes),))
    for event in events:
        story.decided(event, historic=True)
        story = story.and_then(event)
    return story


@dataclass(frozen=True)
class Law:
    """A rule by name, what breaks it after what story, at which field, in which words, and what keeps it."""

    rule: str
    source: str
    story: Story
    breaks: Event
    field: str
    says: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    keeps: Event | None = None
    kept_after: Story | None = None
    kept_texts: tuple[str, ...] | None = None
    id: str = ""

    def __post_init__(self) -> None:
        SPECIFIED.setdefault(self.rule, []).append(self)

    def refuses_the_command(self) -> None:
        """The command is refused by this rule, at that field, saying which dates it compared."""
        refused = self.story.refusal(self.breaks, self.texts)
        assert (refused.rule, refused.field) == (self.rule, self.field)
        for word in self.says:
            assert word in refused.message

    def lets_the_lawful_pass(self) -> None:
        """The lawful variant of the command is recorded."""
        story, event = self.kept_after or self.story, self.keeps or self.breaks
        texts = self.texts if self.kept_texts is None else self.kept_texts
        assert (story, event, texts) != (self.story, self.breaks, self.texts), (
            "a variant that differs in nothing"
        )
        after = story.decided(event, texts)
        assert event in after.story or event.event == "correction_recorded"

    def takes_the_event_as_history(self) -> None:
        """What the law forbade but happened is recorded; what cannot have happened is refused even so."""
        if NAMED[self.rule].always:
            assert self.story.refusal(self.breaks, historic=True).rule == self.rule
        else:
            assert self.breaks in self.story.decided(self.breaks, historic=True).story


__all__ = ["NAMED", "SPECIFIED", "TODAY", "Law", "Story", "given", "happened", "profile"]
