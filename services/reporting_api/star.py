"""The star schema: one row type per fact table, as a pure function of events makes them.

Every row begins with the authority and the stream it comes from (`complaint` for a complaint's facts), so
that a stream's facts can be replaced as one. Codes are as in the published language; where an old record
lacks one, the fact says `not_recorded`. Days are London dates. Nothing here depends on today: what is open,
overdue or awaiting is judged by the queries, on their `as_of` date.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

NOT_RECORDED: Final = "not_recorded"

Population = Literal["complaint", "ineligible", "resolved_early", "withdrawn_early", "referral_only"]
Fate = Literal[
    "proceeded", "withdrawn", "resolved_adr", "refused", "not_pursued", "ended_by_council", "awaiting"
]


class Complaint(NamedTuple):
    """One per complaint stream. `population` "complaint" is what the tables count.

    The others: refused, settled before a stage, withdrawn before acceptance, or only ever an Ombudsman
    referral (then without receipt, team and procedure). `acknowledged_day` is the working day, counted from
    receipt, on which stage 1 was acknowledged. `provider` is the advocacy provider last appointed, else the
    one that brought the complaint.
    """

    authority: str
    complaint: UUID
    reference: str
    population: Population
    procedure: str | None
    received_on: date | None
    team: str
    method: str
    point_of_receipt: str
    category: str
    acting_via: str
    young: bool
    advocate: bool
    provider: str | None
    complainant: str | None
    primary_theme: str
    entry_stage: int
    acknowledged_on: date | None
    acknowledged_day: int | None
    advocacy_info_on: date | None
    assessed_on: date | None
    refused_on: date | None
    settled_on: date | None
    settled_route: str | None
    withdrawn_on: date | None
    closed_on: date | None


class Spell(NamedTuple):
    """A time a complaint spent in the stage 1 balance; entries straight at stage 2 have none."""

    authority: str
    complaint: UUID
    no: int
    entered_on: date
    entered_by: Literal["received", "reopened"]
    left_on: date | None
    left_by: Literal["responded", "withdrawn", "other_disposal"] | None


class StageFact(NamedTuple):
    """One per stage that was opened. Time is the first answer's, the outcome the last one's.

    `met_on` is what the limit is about: the answer, at stage 3 the panel's meeting. `day` is the working day
    of the answer (stage 3: of the meeting) from the start; `within_*` are null until answered. `decided`: an
    answer with findings, not merely completed. `settled_on`: settled (reg 15) or skipped, while unanswered.
    """

    authority: str
    complaint: UUID
    stage: int
    team: str
    opened_on: date
    start_on: date
    start_rule: str
    target_on: date | None
    maximum_on: date | None
    waiting_for: str | None
    acknowledged_on: date | None
    extended_on: date | None
    answered_on: date | None
    met_on: date | None
    decided: bool
    outcome: str | None
    day: int | None
    within_target: bool | None
    within_maximum: bool | None
    ended_on: date | None
    ended_by: str | None
    settled_on: date | None


class IssueFact(NamedTuple):
    """One per issue ever stated, as last stated; `outcome` and `decided_on` by the stage 1 answer."""

    authority: str
    complaint: UUID
    no: int
    theme: str
    type: str
    team: str
    outcome: str | None
    decided_on: date | None


class Escalation(NamedTuple):
    """One per request for a stage; its fate is the first of: investigation begun, ending, withdrawal.

    `answered_on` and `outcome` by the answer that fell under this request, before the next one. `ended_on` is
    when a request ended before any answer, `ended_by` how: `withdrawn`, `closed`, or the disposal recorded.
    """

    authority: str
    complaint: UUID
    to_stage: int
    no: int
    requested_on: date
    direct: bool
    fate: Fate
    fate_on: date | None
    outcome: str | None
    answered_on: date | None
    ended_on: date | None
    ended_by: str | None


class Investigation(NamedTuple):
    """One per request for stage 2: its dates, and its days on the Act's basis and on the council's own.

    `began`: a statement, an appointment, a report or an answer followed. `due_on` is the last extension, else
    the target. The days are null where a date they count between is missing; `day` is the working day on or
    before which the answer was sent. `ended_on` is when the request ended before any answer.
    """

    authority: str
    complaint: UUID
    no: int
    requested_on: date
    began: bool
    statement_agreed_on: date | None
    adjudicated_on: date | None
    closed_on: date | None
    ended_on: date | None
    due_on: date | None
    days_statutory: int | None
    days_local: int | None
    day: int | None
    within_maximum: bool | None


class Panel(NamedTuple):
    """One per request for stage 3 whose panel met: when it met first, and on which working day."""

    authority: str
    complaint: UUID
    no: int
    held_on: date
    day: int


class Adr(NamedTuple):
    """One per offer of alternative dispute resolution, with the result it came to, if any."""

    authority: str
    complaint: UUID
    no: int
    type: str
    offered_on: date
    result: str | None


class SurveyAnswer(NamedTuple):
    """One per question answered by a complainant afterwards; "satisfied" is a question like the others."""

    authority: str
    complaint: UUID
    no: int
    answered_on: date
    question: str
    answer: str


class Cost(NamedTuple):
    """One per cost recorded; `internal`: the stage was investigated by an officer of the council."""

    authority: str
    complaint: UUID
    no: int
    stage: int
    recorded_on: date
    amount: Decimal
    internal: bool


class Breach(NamedTuple):
    """One per thing not done as required, by the rule's name and the day by which it counts."""

    authority: str
    complaint: UUID
    no: int
    rule: str
    counts_on: date


class Referral(NamedTuple):
    """One per complaint taken to the Ombudsman."""

    authority: str
    complaint: UUID
    lgsco_ref: str
    referred_on: date


class Ruling(NamedTuple):
    """One per decision of the Ombudsman, `postponed` included."""

    authority: str
    complaint: UUID
    lgsco_ref: str
    no: int
    decided_on: date
    decision: str
    sub: str | None


class Remedy(NamedTuple):
    """One per remedy agreed. `achieved_on`: the last `remedied`; `status`: the last recorded, else pending.

    `verdict` is the last status that is not `pending`, with its date.
    """

    authority: str
    complaint: UUID
    remedy: str
    source: str
    types: list[str]
    amount: Decimal | None
    agreed_on: date
    due_on: date | None
    lgsco_ref: str | None
    scope: str | None
    achieved_on: date | None
    status: str
    status_on: date | None
    verdict: str | None
    verdict_on: date | None


class Payment(NamedTuple):
    """One per `remedied` with an amount, its own or the agreed one."""

    authority: str
    complaint: UUID
    no: int
    remedy: str
    source: str
    paid_on: date
    amount: Decimal


class NamedPerson(NamedTuple):
    """Who is named on a complaint, by pseudonym: the complainant, or a child concerned."""

    authority: str
    complaint: UUID
    subject: str
    person: str


class Equality(NamedTuple):
    """One per characteristic of each equality record. Of age, `years` or a code in `value`."""

    authority: str
    complaint: UUID
    no: int
    subject: str
    person: str
    recorded_on: date
    position: int
    characteristic: str
    value: str | None
    years: int | None


class Learning(NamedTuple):
    """One per learning point, with how it ended (`implemented`, `not_implemented`) or `open`."""

    authority: str
    complaint: UUID
    learning: str
    theme: str
    action: str
    recorded_on: date
    due_on: date | None
    status: str
    ended_on: date | None


class Compliment(NamedTuple):
    """One per compliment."""

    authority: str
    stream: UUID
    received_on: date
    team: str
    source: str
    external: bool


class Feedback(NamedTuple):
    """One per piece of informal feedback."""

    authority: str
    stream: UUID
    received_on: date
    theme: str
    from_: str


class ServiceUsers(NamedTuple):
    """One per population figure; the last position for a year, measure and group stands."""

    authority: str
    stream: UUID
    position: int
    year: str
    measure: str
    ethnicity: str | None
    team: str | None
    number: int
    rate: bool


class ProfileFact(NamedTuple):
    """One per version of the authority's profile."""

    authority: str
    stream: UUID
    position: int
    effective_on: date
    recorded_at: datetime
    profile: dict[str, Any]


FACTS: Final[dict[str, type[tuple[Any, ...]]]] = {
    "complaint": Complaint,
    "spell": Spell,
    "stage": StageFact,
    "issue": IssueFact,
    "escalation": Escalation,
    "investigation": Investigation,
    "panel": Panel,
    "adr": Adr,
    "survey_answer": SurveyAnswer,
    "cost": Cost,
    "breach": Breach,
    "referral": Referral,
    "ruling": Ruling,
    "remedy": Remedy,
    "payment": Payment,
    "named_person": NamedPerson,
    "equality": Equality,
    "learning": Learning,
    "compliment": Compliment,
    "feedback": Feedback,
    "service_users": ServiceUsers,
    "profile": ProfileFact,
}
"""Every fact table by name (in the schema `facts`), with the row type that gives its columns in order."""
