"""What may befall a complaint beside its answers: mediation, monitoring, Ombudsman, remedies, learning."""

from datetime import timedelta
from typing import Any, Final

from complaint_events.codes import CODE_LISTS, LGSCO_SUBS
from tests.oracle.authority import ETHNICITIES
from tests.oracle.numbers import UNSTATED
from tests.oracle.story import Story

_REMEDIES: Final = (
    "apology",
    "apology",
    "reassessment",
    "provide_services",
    "financial_distress_time_trouble",
)


def equality(story: Story) -> None:
    ref = story.complaint.complainant or story.person()
    subject = story.pick(("complainant", "child"))
    children = story.complaint.received.children if story.complaint.received else None
    if subject == "child" and children and story.chance(0.8):
        ref = children[0].ref
    data: dict[str, Any] = {"gender": story.pick(("female", "male", None, *UNSTATED))}
    data["age"] = story.pick((5, 17, 18, 40, 66, None, None, "not_asked"))
    data["age_band"] = None if data["age"] else story.pick(("under_18", "adult", "older", None, "not_stated"))
    data["disability"] = story.pick(("yes", "no", None))
    data["ethnicity"] = story.pick((*ETHNICITIES, None, "not_stated"))
    story.say(
        "equality_recorded", subject=subject, ref=ref, **{k: v for k, v in data.items() if v is not None}
    )


def ombudsman(story: Story) -> None:
    reference = f"L-{story.pick((1, 1, 1, 2))}"
    if reference not in story.complaint.referrals:
        story.say("lgsco_referred", lgsco_ref=reference)
        story.later()
    for _ in range(story.pick((0, 1, 1, 1, 2))):
        decision = story.pick(tuple(LGSCO_SUBS))
        sub = story.pick((*LGSCO_SUBS[decision], None))
        told = {"sub": sub} if sub else {}
        story.say("lgsco_decided", lgsco_ref=reference, decision=decision, **told)
        story.later()


def remedy(story: Story) -> None:
    source = story.pick(("lgsco", "lgsco", "council", "panel", "investigation"))
    story.serial += 1
    reference = f"{story.reference}-R{story.serial}"
    data: dict[str, Any] = {"lgsco_ref": "L-1"} if source == "lgsco" else {}
    data |= {"amount": story.pick((100, 33.35))} if story.chance(0.4) else {}
    data |= {"due_on": str(story.day + timedelta(30))} if story.chance(0.5) else {}
    types = sorted({story.pick(_REMEDIES) for _ in range(story.pick((1, 2, 3)))})
    story.say("remedy_agreed", remedy=reference, source=source, types=types, **data)
    for _ in range(story.pick((0, 1, 1, 2))):
        story.later()
        _remedied(story, reference)


def _remedied(story: Story, remedy: str) -> None:
    if story.chance(0.5):
        amount = {"amount": 50} if story.chance(0.5) else {}
        story.say("remedied", None, story.pick((None, 1, 2)), remedy=remedy, **amount)
    statuses = (
        "complete_satisfied",
        "completed_late",
        "not_complete_not_satisfied",
        "not_complete_but_satisfied",
        "pending",
    )
    if story.chance(0.6):
        story.say("satisfaction_recorded", remedy=remedy, status=story.pick(statuses))


def mediate(story: Story) -> None:
    """An offer to settle, perhaps another, and what came of it, if anything did."""
    for _ in range(story.pick((1, 1, 1, 2))):
        story.say("adr_offered", type=story.pick(CODE_LISTS["adr_type"].values))
        story.later()
    if story.chance(0.75):
        story.say("adr_concluded", result=story.pick(CODE_LISTS["adr_result"].values))


def survey(story: Story) -> None:
    questions = ("taken_seriously", "in_time", "advocacy_known")
    asked = [question for question in questions if story.chance(0.6)]
    answers = {question: story.pick(("yes", "no", "partly")) for question in asked}
    satisfied = {"satisfied": story.chance(0.5)} if story.chance(0.7) else {}
    story.say("survey_recorded", answers=answers, **satisfied)


def cost(story: Story) -> None:
    stage = story.pick((1, 2, 2, max(story.complaint.stages, default=1)))
    what = story.pick(("room", "investigator", None))
    story.say("cost_recorded", stage=stage, amount=story.pick((0, 250, 12.5, 0.1)), what=what)


def learn(story: Story) -> None:
    """A lesson, which may come to something, or not, or first not and then after all."""
    story.serial += 1
    reference = f"{story.reference}-K{story.serial}"
    due: dict[str, Any] = {"due_on": str(story.day + timedelta(60))} if story.chance(0.4) else {}
    theme = story.pick(("staff", "rude", "late", "heading"))
    story.say("learning_recorded", learning=reference, theme=theme, action=f"Learn {reference}.", **due)
    for _ in range(story.pick((0, 0, 1, 1, 1, 2))):
        story.later()
        story.say(story.pick(("learning_implemented", "learning_not_implemented")), learning=reference)
