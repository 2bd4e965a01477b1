"""How the published counts hang together: what anybody who reads the tables can add and subtract.

One row for each relation that the definitions of the tables give; sums over a dimension and over time follow
from the tables themselves (`system`). A relation that does not hold in the exact figures is left out: nobody
can work anything out with it.
"""

from typing import Final, NamedTuple

from complaint_events.codes import CHILD_OR_YOUNG_PERSON
from reporting_api.tables.table import Value

ANY: Final = "*"
"""Stands for every value of a dimension: the figures of all of them are the same."""

Values = Value | tuple[Value, ...]


class Within(NamedTuple):
    """Columns of one row: `wholes` added up are `parts` added up and the rest, if it has a name.

    The rest is a figure that nobody prints and anybody can work out; it is protected like a printed one.
    """

    tables: str
    wholes: str
    parts: str
    rest: str = ""


class Term(NamedTuple):
    """Counts of one table: a column, and for each dimension its value, or several to add up, or `ANY`.

    A dimension not named is its total. A name after an asterisk stands for any one value, the same one in all
    terms of a relation that use the name.
    """

    table: str
    column: str
    at: dict[str, Values]


class Between(NamedTuple):
    """Figures of several tables: the wholes together are the parts together and the rest, if it is named."""

    wholes: tuple[Term, ...]
    parts: tuple[Term, ...]
    rest: str = ""


def _of(name: str, **at: Values) -> Term:
    table, column = name.split(".")
    return Term(table, column, at)


_CHILDREN: Final = tuple(sorted(CHILD_OR_YOUNG_PERSON))
_OUTCOMES: Final = "upheld partially_upheld not_upheld inconclusive"

WITHIN: Final = (
    Within("volumes", "handled", "brought_forward received reopened"),
    Within("volumes", "handled", "responded withdrawn other_disposal carried_forward"),
    Within(
        "monthly",
        "responded withdrawn other_disposal carried_forward",
        "brought_forward received",
        rest="reopened",
    ),
    Within("monthly", "responded", "within_20", rest="over_20"),
    Within("monthly", "within_20", "within_10", rest="days_11_to_20"),
    Within("monthly", "acknowledged", "acknowledged_within_3", rest="acknowledged_later"),
    Within("representations", "total", "valid ineligible withdrawn alternative_route"),
    Within("representations", "valid", "of_valid_withdrawn", rest="valid_kept"),
    Within("outcomes_by_team outcomes_by_year", "decided", _OUTCOMES),
    Within("issues_by_theme issues_by_type", "issues", _OUTCOMES),
    Within(
        "outcomes_by_team outcomes_by_year issues_by_theme issues_by_type",
        "upheld_or_partial",
        "upheld partially_upheld",
    ),
    Within("issues_by_theme_year", "issues", "upheld_or_partial", rest="neither"),
    Within("issues_by_theme_year", "upheld_or_partial", "upheld", rest="partially_upheld"),
    Within("timeliness_by_team", "responded", "within_max late"),
    Within("timeliness_by_team", "within_max", "within_target", rest="within_max_only"),
    Within("timeliness_by_year", "responded", "within_max late"),
    Within("timeliness_by_year", "within_max", "within_target within_max_only"),
    Within("timeliness_by_quarter", "due", "met missed"),
    Within("timeliness_by_quarter", "received", "due", rest="not_judged"),
    Within("volumes_by_year", "received", "responded", rest="not_responded"),
    Within("complainant_categories children_complaints_by_year", "received", "via_advocate", rest="not_so"),
    Within("children_complaints", "received", _OUTCOMES, rest="undecided"),
    Within(
        "escalations",
        "requested",
        "proceeded withdrawn resolved_adr refused not_pursued ended_by_council awaiting",
    ),
    Within("escalations", "requested", "direct_entry", rest="not_direct"),
    Within("escalations", "proceeded", "upheld_or_partial not_upheld", rest="other_or_open"),
    Within("escalations_by_year", "requested", "proceeded", rest="not_proceeded"),
    Within("panels", "held", "within_30", rest="later"),
    Within("adr", "offered", "resolved declined to_stage2", rest="open"),
    Within("stage2_timeliness", "adjudicated", "within_65", rest="over_65"),
    Within("stage2_timeliness", "within_65", "within_25", rest="days_26_to_65"),
    Within("stage2_timeliness", "adjudicated", "local_over_65", rest="local_within_65"),
    Within("stage_costs", "complaints", "internal_investigators", rest="external"),
    Within("lgsco_by_team", "decided", "upheld", rest="otherwise"),
    Within("lgsco_performance", "decided", "investigated", rest="not_investigated"),
    Within("lgsco_performance", "investigated", "upheld", rest="not_upheld"),
    Within("lgsco_performance", "upheld", "already_remedied", rest="not_remedied"),
    Within("lgsco_performance", "compliance_recorded", "compliant", rest="not_compliant"),
    Within("lgsco_performance", "compliant", "on_time", rest="completed_late"),
    Within("survey", "asked", "yes partly no"),
    Within("compliments_by_year", "received", "external", rest="internal"),
)
"""What the columns of one row are to each other."""

SAME: Final = (
    (
        _of("volumes_by_year.received"),
        _of("representations.valid"),
        _of("received_by_team.received"),
        _of("received_by_team_year.received"),
        _of("complainant_categories.received"),
        _of("methods.received"),
        _of("points_of_receipt.received"),
        _of("received_by_theme.received"),
        _of("received_by_theme_year.received"),
        _of("complaint_rate.complaints", measure=ANY),
        _of("complaint_rate_by_team.complaints", measure=ANY),
    ),
    (
        _of("received_by_team.received", team="*team"),
        _of("received_by_team_year.received", team="*team"),
        _of("complaint_rate_by_team.complaints", measure=ANY, team="*team"),
    ),
    (
        _of("equality.people", characteristic="age", value="*value"),
        _of("equality_age_by_team.people", age_band="*value"),
    ),
    (
        _of("equality.people", characteristic="ethnicity", value="*value"),
        _of("ethnicity_rates.people", measure=ANY, level="code", ethnicity="*value"),
    ),
    (
        _of("received_by_theme.received", theme="*theme"),
        _of("received_by_theme_year.received", theme="*theme"),
    ),
    (_of("volumes.brought_forward"), _of("monthly.brought_forward")),
    (_of("volumes.received"), _of("monthly.received"), _of("timeliness_by_quarter.received")),
    (_of("volumes.reopened"), _of("monthly.reopened")),
    (_of("volumes.responded"), _of("monthly.responded")),
    (_of("volumes.withdrawn"), _of("monthly.withdrawn")),
    (_of("volumes.other_disposal"), _of("monthly.other_disposal")),
    (_of("volumes.carried_forward"), _of("monthly.carried_forward")),
    (
        _of("stage_counts_by_team.completed", stage=1),
        _of("response_bands.responded"),
        _of("escalations.stage1_responded", to_stage=2),
        _of("escalations_by_year.stage1_responded", to_stage=2),
    ),
    (
        _of("escalations.requested", to_stage="*to_stage"),
        _of("escalations_by_year.requested", to_stage="*to_stage"),
    ),
    (
        _of("escalations.proceeded", to_stage="*to_stage"),
        _of("escalations_by_year.proceeded", to_stage="*to_stage"),
    ),
    (
        _of("panels.requested"),
        _of("escalations.requested", to_stage=3),
        _of("escalations_by_year.requested", to_stage=3),
    ),
    (_of("panels.responded"), _of("stage_counts_by_team.completed", stage=3)),
    *(
        (_of(f"issues_by_theme.{column}"), _of(f"issues_by_type.{column}"))
        for column in (*_OUTCOMES.split(), "issues", "upheld_or_partial")
    ),
    *(
        (
            _of(f"issues_by_theme.{column}", theme="*theme"),
            _of(f"issues_by_theme_year.{column}", theme="*theme"),
        )
        for column in ("issues", "upheld", "upheld_or_partial")
    ),
    *(
        (
            _of(f"outcomes_by_team.{column}", stage=stage),
            _of(f"outcomes_by_year.{column}", stage=stage),
        )
        for column in (*_OUTCOMES.split(), "decided", "upheld_or_partial")
        for stage in (2, 3)
    ),
    (
        _of("children_complaints.received"),
        _of("children_complaints_by_year.received"),
        _of("children_themes.received"),
    ),
    (
        _of("children_complaints.received", acting_via="advocate"),
        _of("children_complaints_by_year.via_advocate"),
    ),
    (_of("repeat_complainants.people"), _of("repeat_complainants_by_year.people")),
    (_of("repeat_complainants.complaints"), _of("repeat_complainants_by_year.complaints")),
    (
        _of("compliments_by_team.received"),
        _of("compliments_by_source.received"),
        _of("compliments_by_year.received"),
    ),
    (
        _of("lgsco_decisions.decided", decision="*decision", sub="*sub"),
        _of("lgsco_decisions_by_year.decided", decision="*decision", sub="*sub"),
    ),
    (_of("lgsco_by_team.referred"), _of("lgsco_performance.referred")),
    (_of("lgsco_by_team.decided"), _of("lgsco_performance.decided")),
    (
        _of("lgsco_by_team.upheld"),
        _of("lgsco_performance.upheld"),
        _of("lgsco_decisions.decided", decision="upheld"),
        _of("lgsco_decisions_by_year.decided", decision="upheld"),
    ),
    (
        _of("lgsco_performance.already_remedied"),
        _of("lgsco_decisions.decided", decision="upheld", sub="already_remedied"),
        _of("lgsco_decisions_by_year.decided", decision="upheld", sub="already_remedied"),
    ),
    (
        _of("lgsco_performance.not_upheld"),
        _of("lgsco_decisions.decided", decision="not_upheld"),
        _of("lgsco_decisions_by_year.decided", decision="not_upheld"),
    ),
    *(
        (
            _of("equality.people", characteristic=characteristic),
            _of("equality.people", characteristic="age"),
            _of("equality_age_by_team.people"),
            _of("ethnicity_rates.people", measure=ANY, level="code"),
            _of("ethnicity_rates.people", measure=ANY, level="group"),
        )
        for characteristic in ("gender", "disability", "sexual_orientation", "ethnicity")
    ),
)
"""Figures that stand in several tables."""

_ANSWERS: Final = (
    ("stage_counts_by_team.completed", "timeliness_by_team.responded"),
    ("stage_counts_by_team.completed", "outcomes_by_team.decided"),
)
_ONE: Final = {"stage": 1}
_TWO: Final = {"stage": 2}

SOMETIMES_SAME: Final = (
    *(
        (_of(whole, stage="*stage", team="*team"), _of(part, stage="*stage", team="*team"))
        for whole, part in _ANSWERS
    ),
    (_of("stage_counts_by_team.completed", **_ONE), _of("volumes.responded")),
    (
        _of("timeliness_by_team.late", **_ONE),
        _of("monthly.over_20"),
        _of("conformity.complaints", rule="stage_1_late"),
    ),
    (_of("timeliness_by_team.within_max", **_ONE), _of("monthly.within_20")),
    (
        _of("timeliness_by_team.within_target", **_ONE),
        _of("monthly.within_10"),
        _of("response_bands.responded", band="0-10"),
    ),
    (
        _of("timeliness_by_team.within_max_only", **_ONE),
        _of("monthly.days_11_to_20"),
        _of("response_bands.responded", band="11-20"),
    ),
    (
        _of("timeliness_by_team.late", **_TWO),
        _of("stage2_timeliness.over_65"),
        _of("conformity.complaints", rule="stage_2_late"),
    ),
    (_of("stage_counts_by_team.completed", **_TWO), _of("stage2_timeliness.adjudicated")),
    (_of("timeliness_by_team.within_max", **_TWO), _of("stage2_timeliness.within_65")),
    (_of("timeliness_by_team.within_target", **_TWO), _of("stage2_timeliness.within_25")),
    (_of("volumes_by_year.responded"), _of("timeliness_by_year.responded")),
    (_of("volumes_by_year.responded"), _of("outcomes_by_year.decided", stage=1)),
    (_of("volumes_by_year.received"), _of("volumes.received")),
    (_of("timeliness_by_quarter.met"), _of("timeliness_by_year.within_max")),
    (_of("panels.later"), _of("conformity.complaints", rule="stage_3_panel_late")),
    (_of("advocacy.complaints"), _of("complainant_categories.via_advocate")),
    (
        _of("ethnicity_rates.service_users", measure="*measure", level="code"),
        _of("ethnicity_rates.service_users", measure="*measure", level="group"),
        _of("complaint_rate.service_users", measure="*measure"),
        _of("complaint_rate_by_team.service_users", measure="*measure"),
    ),
)
"""Figures that are the same under the Act's own procedure, or in most years: where they are, everybody is
taken to know it."""

BETWEEN: Final = (
    Between(
        (_of("children_complaints.received"),),
        (_of("complainant_categories.received", category=_CHILDREN),),
    ),
    Between(
        (_of("children_complaints.received", acting_via="advocate"),),
        (_of("complainant_categories.via_advocate", category=_CHILDREN),),
    ),
    Between(
        (_of("received_by_theme.received", theme="*theme"),),
        (_of("children_themes.received", theme="*theme"),),
        rest="not_by_children",
    ),
    Between(
        (_of("complainant_categories.via_advocate"),),
        (_of("children_complaints_by_year.via_advocate"),),
        rest="not_by_children",
    ),
    Between((_of("volumes_by_year.received"),), (_of("volumes.received"),), rest="straight_to_stage_2"),
    Between((_of("volumes_by_year.received"),), (_of("advocacy.complaints"),), rest="without_advocate"),
    Between(
        (_of("advocacy.complaints"),), (_of("complainant_categories.via_advocate"),), rest="appointed_later"
    ),
    *(
        Between(
            (_of(whole, stage="*stage", team="*team"),),
            (_of(part, stage="*stage", team="*team"),),
            rest=f"without_{part}",
        )
        for whole, part in _ANSWERS
    ),
    Between(
        (_of("stage_counts_by_team.completed", **_ONE),), (_of("volumes.responded"),), rest="after_leaving"
    ),
    Between(
        (_of("stage_counts_by_team.completed", **_TWO),),
        (_of("stage2_timeliness.adjudicated"),),
        rest="other",
    ),
    Between(
        (_of("response_bands.responded", band="0-10"),), (_of("monthly.within_10"),), rest="after_leaving"
    ),
    Between(
        (_of("response_bands.responded", band=("0-10", "11-20")),),
        (_of("monthly.within_20"),),
        rest="after_leaving_in_20",
    ),
    Between(
        (_of("representations.valid"), _of("representations.alternative_route")),
        tuple(
            _of(f"resolved_at.{level}")
            for level in ("early", "stage_1", "stage_2", "stage_3", "lgsco", "open")
        ),
    ),
    Between(
        (_of("volumes_by_year.received"),),
        tuple(
            _of(f"outcomes_by_year.{column}", stage=1) for column in ("decided", "outstanding", "withdrawn")
        ),
        rest="ended_otherwise",
    ),
    Between(
        (_of("volumes_by_year.responded"),), (_of("outcomes_by_year.decided", stage=1),), rest="undecided"
    ),
    Between((_of("volumes_by_year.responded"),), (_of("timeliness_by_year.responded"),), rest="not_judged"),
    Between((_of("timeliness_by_quarter.met"),), (_of("timeliness_by_year.within_max"),)),
    Between(
        (_of("timeliness_by_quarter.missed"),),
        (_of("timeliness_by_year.late"), _of("timeliness_by_year.unanswered_past_due")),
        rest="ended_after_the_day",
    ),
    Between(
        (_of("lgsco_decisions.decided"),),
        (_of("lgsco_by_team.decided"), _of("lgsco_decisions.decided", decision="postponed")),
    ),
    Between(
        (_of("lgsco_decisions_by_year.decided"),),
        (_of("lgsco_performance.decided"), _of("lgsco_decisions_by_year.decided", decision="postponed")),
    ),
)
"""Figures of one table that add up to, or are among, those of another."""

OVERLAPPING: Final = (("equality_age_by_team", "team"), ("remedies_by_type", "type"))
"""Dimensions whose values overlap: the total is no more than all of them together, and no less than each."""

AT_ONE_INSTANT: Final = {"brought_forward": "first", "carried_forward": "last", "open": "", "outstanding": ""}
"""Columns that count what is open on a day, and whether that is before the first day of their span or after
the last: they are not the sum of their quarters, but what is carried forward is brought forward next."""

NOT_SUMMED: Final = (*AT_ONE_INSTANT, "handled")
"""Columns of which a year's figure is not the sum of its quarters'. People are not added up either, but those
of a quarter are treated as some of the year's where they are no more."""
