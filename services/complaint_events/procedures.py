"""The procedures and their time limits, as data with dates of validity.

A limit counts working days from its start (day 0). A complaint is judged by the rules, and by the profile,
that were in force when it was received. The Act's limits cannot be configured; the others may be, in the
authority's profile.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from complaint_events.codes import Procedure
from complaint_events.profile import Profile, StageLimits

Start = Literal["received", "acknowledged", "escalated"]


class Limit(NamedTuple):
    """How long a stage may take: from what, target and maximum in working days, and by what rule."""

    starts_from: Start
    target: int
    maximum: int
    source: str


class Rules(NamedTuple):
    """A procedure's limits for complaints received from `valid_from` to `valid_to` (None: open).

    `acknowledge_within` is the latest day from which a time that counts from the acknowledgement runs, so
    that lateness buys no time. Only where `acknowledgement_source` names a rule is it a limit in itself.
    """

    procedure: Procedure
    valid_from: date | None
    valid_to: date | None
    limits: dict[int, Limit]
    acknowledge_within: dict[int, int]
    acknowledgement_source: str | None
    extension_reasons: dict[int, tuple[str, ...]]


_ANY_REASON: Final = ("complex", "awaiting_advocate", "complainant_request", "other")

RULES: Final[tuple[Rules, ...]] = (
    Rules(
        procedure="children_statutory",
        valid_from=None,
        valid_to=None,
        limits={
            1: Limit("received", 10, 20, "SI 2006/1738 reg 14(1), (5)"),
            2: Limit("escalated", 25, 65, "SI 2006/1738 reg 17(3), (6)"),
            3: Limit("escalated", 30, 30, "SI 2006/1738 reg 19(4)"),
        },
        acknowledge_within={},
        acknowledgement_source=None,
        extension_reasons={1: ("complex",), 2: _ANY_REASON, 3: ()},
    ),
    Rules(
        procedure="corporate_code",
        valid_from=None,
        valid_to=None,
        limits={
            1: Limit("acknowledged", 10, 20, "LGSCO Complaint Handling Code 2024, 6.3-6.4"),
            2: Limit("acknowledged", 20, 40, "LGSCO Complaint Handling Code 2024, section 6"),
        },
        acknowledge_within={1: 5, 2: 5},
        acknowledgement_source="LGSCO Complaint Handling Code 2024, 6.2",
        extension_reasons={1: _ANY_REASON, 2: _ANY_REASON},
    ),
    Rules(
        procedure="corporate_local",
        valid_from=None,
        valid_to=None,
        limits={
            1: Limit("received", 15, 15, "the council's own procedure"),
            2: Limit("escalated", 20, 20, "the council's own procedure"),
        },
        acknowledge_within={1: 5, 2: 5},
        acknowledgement_source=None,
        extension_reasons={1: _ANY_REASON, 2: _ANY_REASON},
    ),
    Rules(
        procedure="non_statutory",
        valid_from=None,
        valid_to=None,
        limits={1: Limit("received", 20, 20, "the council's own procedure")},
        acknowledge_within={1: 5},
        acknowledgement_source=None,
        extension_reasons={1: _ANY_REASON},
    ),
)
"""Every procedure in every version of its rules."""

PANEL_REPORT_WITHIN: Final = 5
"""Working days from the panel's meeting to its report (reg 20(2))."""

PANEL_RESPONSE_WITHIN: Final = 15
"""Working days from the panel's report to the council's response (reg 20(3))."""

STAGE_3_REQUEST_WITHIN: Final = 20
"""Working days from receipt of the stage 2 notice to the request for a panel (reg 18(2))."""

DEEMED_DELIVERY: Final = 2
"""Working days after which a notice counts as received where no receipt is recorded (ordinary post)."""

STAGE_1_WAIT_AT_MOST: Final = 20
"""Working days after which stage 2 may be asked for even where stage 1 stands still (reg 14(5)'s maximum)."""

DEFAULT_PROCEDURE: Final[Procedure] = "children_statutory"


def rules_for(procedure: Procedure, day: date) -> Rules:
    """The rules of a procedure in force on a day. Raises `LookupError` where there were none."""
    for rules in RULES:
        begun = rules.valid_from is None or rules.valid_from <= day
        if rules.procedure == procedure and begun and (rules.valid_to is None or day <= rules.valid_to):
            return rules
    raise LookupError(f"no rules of {procedure} on {day}")


def limit_for(procedure: Procedure, stage: int, day: date, profile: Profile | None) -> Limit | None:
    """The limit of a stage for a complaint received on `day`; None where the procedure has no such stage."""
    limit = rules_for(procedure, day).limits.get(stage)
    configured = _configured(procedure, stage, profile)
    if limit is None or configured is None:
        return limit
    maximum = configured.max if configured.max is not None else configured.target
    return Limit(configured.from_ or limit.starts_from, configured.target, maximum, limit.source)


def _configured(procedure: Procedure, stage: int, profile: Profile | None) -> StageLimits | None:
    if profile is None or procedure == "children_statutory":
        return None
    return getattr(getattr(profile.procedures, procedure), f"stage_{stage}", None)


def stages_of(procedure: str) -> Sequence[int]:
    """The stages a procedure has; of `all` procedures together, those that any has."""
    rules = [rules for rules in RULES if procedure in (rules.procedure, "all")]
    return sorted({stage for one in rules for stage in one.limits})


def closure_days(procedure: Procedure, profile: Profile | None) -> frozenset[date]:
    """Days on which the council is closed, where they count at all: never under the Act (reg 2)."""
    if profile is None or procedure == "children_statutory":
        return frozenset()
    return frozenset(profile.closure_days)
