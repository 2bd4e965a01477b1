"""How a complaint was dealt with beside its stages: mediation, the survey, costs, what was not done."""

from typing import Final

from complaint_events import events as ev
from complaint_events.conformity import REPORTED, found_on
from reporting_api.facts.story import Fold, Rows, Story
from reporting_api.star import Adr, Breach, Cost, SurveyAnswer

SATISFIED: Final = "satisfied"
"""The question under which the complainant's verdict on the whole is counted."""


def _offers(story: Story, rows: Rows) -> None:
    """One row per offer; a result belongs to the last offer before it that has none."""
    found: list[Adr] = []
    for event in story.events:
        if isinstance(event, ev.AdrOffered):
            found.append(Adr(*story.key, len(found) + 1, event.type, event.on, None))
        elif isinstance(event, ev.AdrConcluded):
            without = [place for place, offer in enumerate(found) if offer.result is None]
            if without:
                found[without[-1]] = found[without[-1]]._replace(result=event.result)
    rows["adr"] = list(found)


def _survey(story: Story, rows: Rows) -> None:
    rows["survey_answer"] = [
        SurveyAnswer(*story.key, no, event.on, question, answer)
        for no, event in enumerate(story.every(ev.SurveyRecorded), 1)
        for question, answer in _answers(event)
    ]


def _answers(event: ev.SurveyRecorded) -> list[tuple[str, str]]:
    stated = sorted(event.answers.items())
    if event.satisfied is None:
        return list(stated)
    return [*stated, (SATISFIED, "yes" if event.satisfied else "no")]


def _costs(story: Story, rows: Rows) -> None:
    internal = {2} if any(event.internal for event in story.every(ev.IoAppointed)) else set[int]()
    rows["cost"] = [
        Cost(*story.key, no, event.stage, event.on, event.amount, event.stage in internal)
        for no, event in enumerate(story.every(ev.CostRecorded), 1)
    ]


def _breaches(story: Story, rows: Rows) -> None:
    """What the one list of requirements finds (`complaint_events.conformity`), by the rules of receipt."""
    if story.received is None:
        return
    found = found_on(story.course, REPORTED)
    rows["breach"] = [Breach(*story.key, no, one.rule, one.on) for no, one in enumerate(found, 1)]


FOLDS: Final[tuple[Fold, ...]] = (_offers, _survey, _costs, _breaches)
"""What this subject adds."""
