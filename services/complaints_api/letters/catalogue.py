"""Which letters there are, when each may be written, and what it must say: rows of data.

A requirement is about facts that must stand in the finished letter, not about sentences: an authority writes
in its own words. It is a list of needles; each is a choice of words of which one must be found.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, get_args

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaints_api.domain.complaint import Complaint
from complaints_api.letters.facts import WAITS, Facts, current_stage, last_extension, long_date
from complaints_api.letters.markdown import blocks_of

LetterName = Literal[
    "acknowledgement",
    "extension",
    "stage_1_response",
    "adjudication",
    "stage_2_response",
    "stage_3_response",
    "ombudsman_signposting",
    "withdrawal_confirmation",
    "refusal",
]
Needle = tuple[str, ...]


class Requirement(NamedTuple):
    """Something that a letter must say: name, what it is, source, and the words by which it is found."""

    name: str
    says: str
    source: str
    needles: Callable[[Facts], list[Needle]]


class Letter(NamedTuple):
    """A kind of letter: when it may be written (`after`, `needs` in words) and what it must say."""

    name: LetterName
    title: str
    source: str
    procedures: tuple[Procedure, ...]
    needs: str
    after: Callable[[Complaint], bool]
    requires: tuple[Requirement, ...]


def _date(name: str) -> Callable[[Facts], list[Needle]]:
    def needles(facts: Facts) -> list[Needle]:
        day = getattr(facts, name)
        return [(long_date(day),)] if day else []

    return needles


def _fact(name: str) -> Callable[[Facts], list[Needle]]:
    def needles(facts: Facts) -> list[Needle]:
        value = getattr(facts, name)
        return [(value,)] if value else []

    return needles


def _words(*needles: Needle) -> Callable[[Facts], list[Needle]]:
    return lambda _facts: list(needles)


def _due(facts: Facts) -> list[Needle]:
    """The day, or while the clock stands still what it waits for; with neither nothing will do."""
    if facts.due_on is not None:
        return [(long_date(facts.due_on),)]
    return [_WAITED_FOR[facts.waiting] if facts.waiting else ()]


_WAITED_FOR: Final[dict[str, Needle]] = dict(
    zip(WAITS.values(), (("advocate",), ("proceedings", "court"), ("written", "writing")), strict=True)
)


def _advocacy(facts: Facts) -> list[Needle]:
    return [("advocate", "advocates", "advocacy")] if facts.young else []


def _stage_2(facts: Facts) -> list[Needle]:
    return [("stage 2", "stage two", "second stage")] if facts.stage_2_follows else []


def _no_time_limit(facts: Facts) -> list[Needle]:
    return [("no time limit", "no deadline", "at any time")] if facts.statutory else []


def _how_to_ask(facts: Facts) -> list[Needle]:
    ways = (
        "reply to this letter",
        "write to us",
        "email us",
        "call us",
        "phone us",
        "tell us",
        "speak to us",
    )
    return [(*ways, *([facts.contact] if facts.contact else []))] if facts.stage_2_follows else []


def _ombudsman(facts: Facts) -> list[Needle]:
    return [(facts.ombudsman,), (facts.ombudsman_web,), (facts.ombudsman_phone,)]


_REG_11: Final = "SI 2006/1738 reg 11"
_LGA: Final = "Local Government Act 1974 s26B"
_TWELVE_MONTHS: Final = _words(("12 months", "twelve months", "one year", "a year"))

REFERENCE: Final = Requirement("reference", "the complaint's reference", _REG_11, _fact("reference"))
OFFICERS_TEXT: Final = Requirement(
    "paragraphs",
    "what the officer wrote",
    "a letter leaves nothing out",
    lambda facts: [(words,) for words in blocks_of(facts.paragraphs or "")],
)
RECEIVED: Final = Requirement(
    "received_on", "the day on which we received the complaint", _REG_11, _date("received_on")
)
DUE: Final = Requirement(
    "due_on",
    "by when the answer is due, or what the time waits for",
    "SI 2006/1738 regs 14, 17, 19; LGSCO Complaint Handling Code 2024, 6.2-6.3",
    _due,
)
ADVOCACY: Final = Requirement(
    "advocacy",
    "a child or young person may have an advocate",
    "Children Act 1989 s26A; SI 2004/719; SI 2006/1738 reg 11",
    _advocacy,
)
OMBUDSMAN: Final = Requirement(
    "ombudsman",
    "the Local Government and Social Care Ombudsman by name, with web address and telephone number",
    "SI 2006/1738 reg 20(3); LGSCO Complaint Handling Code 2024, 2.4, 6.5",
    _ombudsman,
)
TIME_FOR_OMBUDSMAN: Final = Requirement(
    "ombudsman_time_limit", "the Ombudsman's time limit of 12 months", _LGA, _TWELVE_MONTHS
)
WHY_EXTENDED: Final = Requirement(
    "why_extended",
    "why it takes longer",
    "SI 2006/1738 regs 14(5), 17(6); LGSCO Complaint Handling Code 2024, 6.4",
    _fact("extended_because"),
)
NEW_DATE: Final = Requirement(
    "extended_to",
    "the new date",
    "SI 2006/1738 reg 17(6); LGSCO Complaint Handling Code 2024, 6.4",
    _date("extended_to"),
)
STAGE_2: Final = Requirement(
    "stage_2", "the right to ask for stage 2", "SI 2006/1738 regs 15(2), 17(1)", _stage_2
)
NO_TIME_LIMIT: Final = Requirement(
    "no_time_limit", "the law sets no time limit for asking", "SI 2006/1738 reg 15(2)", _no_time_limit
)
HOW_TO_ASK: Final = Requirement("how_to_ask", "how to ask for it", "SI 2006/1738 reg 15(2)", _how_to_ask)
LAST_ANSWER: Final = Requirement(
    "ombudsman_after_last_answer",
    "where there is no further stage, the Ombudsman by name, with web address and telephone number",
    "LGSCO Complaint Handling Code 2024, section 6",
    lambda facts: [] if facts.stage_2_follows else _ombudsman(facts),
)
PANEL: Final = Requirement(
    "review_panel", "the right to a review panel", "SI 2006/1738 regs 17(8), 18", _words(("panel",))
)
PANEL_UNTIL: Final = Requirement(
    "panel_until",
    "the last day to ask for the panel",
    "SI 2006/1738 regs 17(8), 18(2)",
    _date("panel_until"),
)
PANEL_REASONS: Final = Requirement(
    "panel_reasons",
    "that a request for a panel gives its reasons",
    "SI 2006/1738 reg 18(2)",
    _words(("why", "reason", "reasons")),
)
WITHDRAWN: Final = Requirement(
    "withdrawn",
    "that the complaint is withdrawn, and on which day",
    "SI 2006/1738 reg 7",
    lambda facts: [("withdraw", "withdrew", "withdrawn"), *_date("withdrawn_on")(facts)],
)
WHY_REFUSED: Final = Requirement(
    "why_refused",
    "why the complaint is not taken",
    "SI 2006/1738 reg 12(4); LGSCO Complaint Handling Code 2024, 2.4",
    _fact("refused_because"),
)

EVERYWHERE: Final = (REFERENCE, OFFICERS_TEXT)
"""What every letter must have."""

_ACT: Final[tuple[Procedure, ...]] = (DEFAULT_PROCEDURE,)
_CORPORATE: Final[tuple[Procedure, ...]] = ("corporate_code", "corporate_local")
_EVERY: Final[tuple[Procedure, ...]] = get_args(Procedure)


def _answered(stage: int) -> Callable[[Complaint], bool]:
    def after(complaint: Complaint) -> bool:
        found = complaint.stage(stage)
        return found is not None and found.answered_on is not None

    return after


def _awaits_answer(complaint: Complaint) -> bool:
    """Whether the last stage is still before its answer, and before its panel."""
    stage = current_stage(complaint)
    begun = complaint.over is not None or stage is None or stage.panel_held_on is not None
    return not begun and stage is not None and stage.open


_ROWS: Final = (
    Letter(
        "acknowledgement",
        "We have your complaint",
        "SI 2006/1738 reg 11; LGSCO Complaint Handling Code 2024, 6.2",
        _EVERY,
        "a stage that awaits its answer",
        _awaits_answer,
        (*EVERYWHERE, RECEIVED, DUE, ADVOCACY, OMBUDSMAN),
    ),
    Letter(
        "extension",
        "We need more time for your complaint",
        "SI 2006/1738 regs 14(5), 17(6); LGSCO Complaint Handling Code 2024, 6.4-6.5",
        _EVERY,
        "an `extended` event of a stage that awaits its answer",
        lambda complaint: complaint.over is None and last_extension(complaint) is not None,
        (*EVERYWHERE, WHY_EXTENDED, NEW_DATE, OMBUDSMAN),
    ),
    Letter(
        "stage_1_response",
        "Our answer to your complaint",
        "SI 2006/1738 regs 14, 15",
        _EVERY,
        "the answer of stage 1",
        _answered(1),
        (*EVERYWHERE, STAGE_2, NO_TIME_LIMIT, HOW_TO_ASK, LAST_ANSWER, ADVOCACY),
    ),
    Letter(
        "adjudication",
        "Our decision after the investigation",
        "SI 2006/1738 regs 17(8), 18",
        _ACT,
        "`adjudicated`",
        _answered(2),
        (*EVERYWHERE, PANEL, PANEL_UNTIL, PANEL_REASONS, OMBUDSMAN, ADVOCACY),
    ),
    Letter(
        "stage_2_response",
        "Our final answer to your complaint",
        "LGSCO Complaint Handling Code 2024, section 6",
        _CORPORATE,
        "the answer of stage 2",
        _answered(2),
        (*EVERYWHERE, OMBUDSMAN, TIME_FOR_OMBUDSMAN),
    ),
    Letter(
        "stage_3_response",
        "Our answer to the review panel",
        "SI 2006/1738 reg 20(3)",
        _ACT,
        "`stage3_responded`",
        _answered(3),
        (*EVERYWHERE, OMBUDSMAN, TIME_FOR_OMBUDSMAN, ADVOCACY),
    ),
    Letter(
        "ombudsman_signposting",
        "Your right to go to the Ombudsman",
        _LGA,
        _EVERY,
        "receipt of the complaint",
        lambda complaint: complaint.received is not None,
        (*EVERYWHERE, OMBUDSMAN, TIME_FOR_OMBUDSMAN),
    ),
    Letter(
        "withdrawal_confirmation",
        "You have withdrawn your complaint",
        "SI 2006/1738 reg 7",
        _EVERY,
        "`withdrawn`",
        lambda complaint: complaint.withdrawn_on is not None,
        (*EVERYWHERE, WITHDRAWN),
    ),
    Letter(
        "refusal",
        "Why we cannot look into your complaint",
        "SI 2006/1738 regs 3-5, 8, 9, 12; LGSCO Complaint Handling Code 2024, 2.4",
        _EVERY,
        "a decision not to take the complaint",
        lambda complaint: complaint.refused_by is not None,
        (*EVERYWHERE, WHY_REFUSED, OMBUDSMAN, TIME_FOR_OMBUDSMAN),
    ),
)

LETTERS: Final[Mapping[str, Letter]] = {row.name: row for row in _ROWS}
"""Every kind of letter by name."""


def fits(letter: Letter, complaint: Complaint) -> bool:
    """Whether a letter may be written on a complaint as it stands."""
    return (complaint.procedure or DEFAULT_PROCEDURE) in letter.procedures and letter.after(complaint)
