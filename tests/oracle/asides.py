"""What moves the start of stage 1: advocates asked for and appointed, an agreed day."""

from datetime import timedelta
from typing import Any

from tests.oracle.authority import PROVIDERS
from tests.oracle.story import Story


def _provider(story: Story) -> dict[str, Any]:
    return {"provider": story.pick(PROVIDERS)} if story.chance(0.7) else {}


def start(story: Story) -> None:
    if story.complaint.deferred and not story.disputed:
        return
    name = story.pick(("advocate_requested", "advocate_requested", "advocate_appointed", "start_date_agreed"))
    if name == "start_date_agreed":
        story.say(name, new_start=str(story.day + timedelta(story.pick((1, 3, 7, 14, 30)))))
    else:
        story.say(name, **_provider(story))


def advocate(story: Story) -> None:
    if story.complaint.deferred and not story.disputed:
        return
    story.say("advocate_requested")
    story.later()
    story.say("advocate_appointed", **_provider(story))
