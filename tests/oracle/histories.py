"""Random histories of an authority that an import would take, odd paths and all.

A seed gives the same lines for ever. Every line is put to the import's own decision; what it refuses is left
out, so that the rest could have happened.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from complaint_events.events import EVENTS
from complaints_api.domain.deciding import Given
from tests.oracle.afterlives import cost, equality, learn, mediate, ombudsman, remedy, survey
from tests.oracle.asides import advocate, start
from tests.oracle.authority import VERSIONS
from tests.oracle.beside import beside
from tests.oracle.comparing import profiles_of
from tests.oracle.reading import MARKS, Told, as_read
from tests.oracle.story import FIRST, OUTCOMES, TODAY, Line, Story

_DAYS: Final = 1400


def _begin(story: Story) -> None:
    data: dict[str, Any] = {"method": story.pick(("email", "letter", "portal")), "issues": story.issues()}
    if story.chance(0.9):
        data["procedure"] = story.pick(_PROCEDURES)
    if story.chance(0.9):
        data["team"] = story.team()
    if story.chance(0.9):
        data["complainant"] = story.complainant()
    if story.chance(0.3):
        data["children"] = [{"ref": story.person()} for _ in range(story.pick((1, 2)))]
    if story.chance(0.2):
        data["form"] = "oral"
    if story.chance(0.7):
        data["point_of_receipt"] = story.pick(("service", "director", "other"))
    story.say("received", **data)


_PROCEDURES: Final = ("children_statutory",) * 6 + ("corporate_code", "corporate_local", "non_statutory")


def _triage(story: Story) -> None:
    data: dict[str, Any] = {}
    first = story.complaint.received
    if story.chance(0.5):
        data["team"] = story.team()
    if story.complaint.procedure is None or story.chance(0.3):
        data["procedure"] = story.pick(_PROCEDURES)
    if story.chance(0.3):
        data["issues"] = story.issues()
    if first is not None and first.complainant is None:
        data["complainant"] = story.complainant()
    story.say("triaged", **data)


def _assess(story: Story) -> None:
    if story.complaint.assessed:
        return
    if story.chance(0.1):
        story.say("eligibility_assessed", decision="refused", reason="out_of_time")
        return
    procedure = story.complaint.procedure or story.pick(_PROCEDURES)
    if story.chance(0.1):
        procedure = story.pick(_PROCEDURES)
    entry = 2 if story.chance(0.08) and procedure != "non_statutory" else 1
    entry = 1 if story.complaint.stages[1].answered_on or len(story.complaint.stages) > 1 else entry
    told = story.say("eligibility_assessed", decision="accepted", procedure=procedure, entry_stage=entry)
    if told and entry == 2:
        story.say("escalated", to_stage=2)


def _answer(story: Story) -> None:
    data: dict[str, Any] = {}
    if story.chance(0.85):
        data["issue_outcomes"] = story.findings()
    if story.chance(0.15):
        data["outcome"] = story.pick(OUTCOMES)
    if story.chance(0.2):
        data["team"] = story.team()
    second = 2 in story.complaint.stages and story.complaint.procedure in (
        "corporate_code",
        "corporate_local",
    )
    story.say("stage_responded", stage=2 if second else 1, **data)


def _adjudicate(story: Story) -> None:
    if story.complaint.procedure != "children_statutory":
        return
    data: dict[str, Any] = {"issue_outcomes": story.findings()} if story.chance(0.5) else {}
    team: dict[str, Any] = {"team": story.team()} if story.chance(0.3) else {}
    name = "stage3_responded" if 3 in story.complaint.stages else "adjudicated"
    story.say(name, outcome=story.pick(OUTCOMES), **data, **team)


def _escalate(story: Story) -> None:
    stage = story.complaint.stages.get(2)
    third = stage is not None and stage.answered_on and story.complaint.procedure == "children_statutory"
    if story.complaint.procedure != "non_statutory":
        story.say("escalated", to_stage=3 if third else 2, form=story.pick(("written", "oral")))


def _later_stage(story: Story) -> None:
    highest = max(story.complaint.stages, default=1)
    names = ("panel_appointed", "panel_held", "panel_held", "panel_report_issued")
    if highest == 2:
        names = (
            "io_appointed",
            "ip_appointed",
            "statement_of_complaint_agreed",
            "investigation_report_received",
        )
    if highest > 1:
        name = story.pick(names)
        inside = {"internal": story.chance(0.5)} if name == "io_appointed" and story.chance(0.6) else {}
        story.say(name, **inside)


def _extend(story: Story) -> None:
    stage = story.pick((1, max(story.complaint.stages, default=1)))
    new_due = story.day + timedelta(story.pick((3, 10, 20, 40)))
    story.say("extended", stage=stage, reason="complex", new_due=str(new_due))


def _request_ends(story: Story) -> None:
    highest = max(story.complaint.stages, default=1)
    if highest == 1:
        return
    if story.chance(0.2):
        decision = story.pick(("accepted", "refused"))
        story.say("late_request_decided", to_stage=highest, decision=decision)
    else:
        disposals = ("withdrawn", "resolved_adr", "refused", "not_pursued", "ended_by_council")
        story.say("escalation_ended", to_stage=highest, disposal=story.pick(disposals))


def _defer(story: Story) -> None:
    """Put off and taken up again. What that does to later stages, and with an advocate, is disputed."""
    if not story.disputed and (story.complaint.advocate_requested or len(story.complaint.stages) > 1):
        return
    story.say("resubmitted") if story.complaint.deferred else story.say(
        "deferred_concurrent", ground="disciplinary"
    )


def _again(story: Story) -> None:
    """A request that went ahead, ended, and was made again."""
    highest = max(story.complaint.stages, default=1)
    if highest > 1 and story.disputed:
        _later_stage(story)
        story.later()
        story.say("escalation_ended", to_stage=highest, disposal="withdrawn")
        story.later()
        story.say("escalated", to_stage=highest)


def _withdraw(story: Story) -> None:
    stage = {} if story.chance(0.6) else {"stage": max(story.complaint.stages, default=1)}
    story.say("withdrawn", **stage)


def _correct(story: Story) -> None:
    """A correction of something told, if the corrected story could have happened too."""
    told = story.pick(story.lines[1:] or story.lines)
    if told["event"] in ("received", "escalated") and story.chance(0.7):
        return
    corrects = {"event": told["event"], "on": told["on"]}
    corrects |= {name: told["data"][name] for name in MARKS.get(told["event"], ()) if name in told["data"]}
    corrects |= {"seq": told["seq"]} if told.get("seq") else {}
    changes = _changes(story, told)
    before = story.complaint, list(story.lines), list(story.history)
    if story.say("correction_recorded", corrects=corrects, changes=changes) and not _could_be(story):
        story.complaint, story.lines, story.history = before


def _changes(story: Story, told: Line) -> dict[str, Any]:
    if told["event"] == "correction_recorded":
        return {"void": True}
    fields = {
        "outcome": OUTCOMES,
        "procedure": _PROCEDURES,
        "team": ("north", "south"),
        "form": ("oral", "written"),
    }
    known = [name for name in fields if name in told["data"]]
    if known and story.chance(0.5):
        name = story.pick(known)
        return {name: story.pick(fields[name])}
    if story.chance(0.3) and told["event"] != "received":
        return {"void": True}
    return {"on": str(date.fromisoformat(told["on"]) + timedelta(story.pick((-20, -3, -1, 1, 2, 15))))}


def _could_be(story: Story) -> bool:
    """Whether the story, as it now reads, could have been imported as it is."""
    again = Story(story.random, story.reference, story.given, story.day)
    told = [Told(one["event"], one["on"], one["data"], one.get("seq")) for one in story.lines]
    read = as_read(sorted(told, key=lambda one: (one.on, one.event != "received")))
    return bool(read) and all(again.say(one.event, one.day, one.seq, **one.data) for one in read)


def _change_procedure(story: Story) -> None:
    if story.complaint.procedure and 2 not in story.complaint.stages:
        story.say("procedure_changed", from_=story.complaint.procedure, to=story.pick(_PROCEDURES))


_ACTS: Final[tuple[tuple[int, Callable[[Story], Any]], ...]] = (
    (8, _triage),
    (14, _assess),
    (9, lambda s: s.say("acknowledged", stage=max(s.complaint.stages, default=1))),
    (22, _answer),
    (12, _escalate),
    (14, _later_stage),
    (9, _adjudicate),
    (5, _request_ends),
    (3, _again),
    (5, start),
    (5, advocate),
    (7, _defer),
    (3, _withdraw),
    (2, lambda s: s.say("early_resolved", route=s.pick(("informal", "alternative_route")))),
    (6, lambda s: s.say("closed", disposal="other")),
    (6, lambda s: s.say("reopened")),
    (8, equality),
    (5, ombudsman),
    (5, remedy),
    (3, mediate),
    (3, survey),
    (2, cost),
    (3, learn),
    (2, lambda s: s.say("advocacy_info_given")),
    (6, _correct),
    (2, lambda s: s.say("stage1_skipped")),
    (2, lambda s: s.say("resolved", stage=1, terms_sent_on=str(s.day))),
    (2, lambda s: s.say("sufficient_interest_decided", decision=s.pick(("accepted", "accepted", "refused")))),
    (1, lambda s: s.say("late_acceptance_decided", decision=s.pick(("accepted", "refused")))),
    (3, lambda s: s.say("written_record_finalised")),
    (3, lambda s: s.say("issues_revised", issues=s.issues())),
    (4, _extend),
    (2, lambda s: s.say("allocated", officer="officer-1", team=s.team())),
    (2, lambda s: s.say("details_changed", complainant={"acting_via": "advocate"})),
    (1, _change_procedure),
)


def _complaint(random: Random, reference: str, given: Given, *, disputed: bool) -> list[Line]:
    story = Story(random, reference, given, FIRST + timedelta(random.randrange(_DAYS)), disputed=disputed)
    if story.chance(0.03):
        ombudsman(story)
        return story.lines
    if story.chance(0.1):
        story.say("advocacy_info_given", story.day - timedelta(story.pick((0, 2))))
    _begin(story)
    if story.chance(0.4):
        _usual(story)
    _anything(story, random.randrange(3, 20))
    return story.lines


def _anything(story: Story, most: int) -> None:
    weights = [weight for weight, _ in _ACTS]
    for _ in range(most):
        story.later()
        story.random.choices(_ACTS, weights)[0][1](story)


def _usual(story: Story) -> None:
    """The usual way through the stages, with gaps and asides, up to some point."""
    for act in _WAY[: story.random.randrange(2, len(_WAY) + 1)]:
        story.later()
        if story.chance(0.92):
            act(story)
        if story.chance(0.12):
            _anything(story, 1)


_WAY: Final[tuple[Callable[[Story], Any], ...]] = (
    _assess,
    _answer,
    _escalate,
    lambda s: s.say("written_record_finalised"),
    _later_stage,
    _later_stage,
    _adjudicate,
    _escalate,
    _later_stage,
    lambda s: s.say("panel_held"),
    _adjudicate,
)


def history(seed: int, complaints: int, *, disputed: bool = False) -> list[Line]:
    """The lines of an authority's complaints and compliments; `disputed`: what the text leaves open, too."""
    random = Random(seed)  # noqa: S311 - a made-up history needs no secret
    given = Given(TODAY, profiles_of(VERSIONS), historic=True)
    lines: list[Line] = []
    for number in range(complaints):
        lines += _complaint(random, f"C-{number:04}", given, disputed=disputed)
    lines += beside(random, complaints)
    return _without_ties(lines)


def _without_ties(lines: list[Line]) -> list[Line]:
    """No person speaks twice on one day about monitoring: the text does not say which line is later."""
    seen: dict[tuple[str, str], str] = {}
    kept = []
    for line in lines:
        if line["event"] == "equality_recorded":
            place = line["data"]["ref"], line["on"]
            if seen.setdefault(place, line["id"]) != line["id"]:
                continue
        kept.append(line)
    return kept


assert set(MARKS) <= set(EVENTS)
