"""Views over the facts for spreadsheets and dashboards, and the role that may read them and nothing else.

A complaint is named by the council's own reference, never by the id of its stream; pseudonyms of persons and
their equality records are in no view. Every view has a comment on itself and on each column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLE = "reporting_reader"

Column = tuple[str, str, str]
"""A column's name, its SQL, and what it means."""

AUTHORITY: Column = ("authority", "f.authority", "The authority's code.")
LINK: list[Column] = [
    AUTHORITY,
    (
        "reference",
        "c.reference",
        "The complaint, by the council's own reference: joins to complaints.reference.",
    ),
    (
        "procedure",
        "c.procedure",
        "The procedure that the complaint has now; null if it was never a complaint.",
    ),
    (
        "population",
        "c.population",
        "complaint: counts in the report tables. Else why not: see complaints.population.",
    ),
]
LINKED = "JOIN facts.complaint c USING (authority, complaint)"
TEAM = "LEFT JOIN published.teams team_of ON (team_of.authority, team_of.team) = (f.authority, f.team)"
THEME = "LEFT JOIN published.themes theme_of ON (theme_of.authority, theme_of.theme) = (f.authority, {})"
PROFILES = "facts.profile p CROSS JOIN LATERAL jsonb_array_elements(p.profile->'{}') AS entry"


def year_of(day: str, name: str) -> Column:
    sql = f"to_char({day} - interval '3 months', 'YYYY') || '-' || to_char({day} + interval '9 months', 'YY')"
    return (
        name,
        sql,
        f"The reporting year (1 April to 31 March) of {day.removeprefix('f.')}, written 2022-23.",
    )


def dated(name: str, comment: str) -> list[Column]:
    """A date that is always there, and its reporting year."""
    return [(name, f"f.{name}", comment), year_of(f"f.{name}", f"{name.removesuffix('_on')}_year")]


def plain(**comments: str) -> list[Column]:
    """Columns that are shown as the facts have them."""
    return [(name, f"f.{name}", comment) for name, comment in comments.items()]


TEAM_LABEL: Column = ("team_label", "coalesce(team_of.team_label, f.team)", "The team's name, as last known.")


def theme_label(column: str = "theme") -> Column:
    return (
        f"{column}_label",
        f"coalesce(theme_of.theme_label, f.{column})",
        "The theme's name, as last known.",
    )


VIEWS: dict[str, tuple[str, str, list[Column]]] = {
    "teams": (
        "Every team that a version of the authority's profile names, as the last of them has it.",
        (
            f"(SELECT DISTINCT ON (p.authority, entry->>'code') p.authority, entry FROM {PROFILES.format('teams')}"
            " ORDER BY p.authority, entry->>'code', p.effective_on DESC, p.position DESC) f"
        ),
        [
            AUTHORITY,
            ("team", "f.entry->>'code'", "The team's code."),
            ("team_label", "f.entry->>'label'", "The team's name."),
            ("team_group", "f.entry->>'group'", "The service the team belongs to."),
        ],
    ),
    "themes": (
        "Every theme that a version of the authority's profile names, as the last of them has it.",
        (
            f"(SELECT DISTINCT ON (p.authority, entry->>'code') p.authority, entry FROM {PROFILES.format('themes')}"
            " ORDER BY p.authority, entry->>'code', p.effective_on DESC, p.position DESC) f"
        ),
        [
            AUTHORITY,
            ("theme", "f.entry->>'code'", "The theme's code."),
            ("theme_label", "f.entry->>'label'", "The theme's name."),
            ("parent", "f.entry->>'parent'", "The code of the theme it is part of."),
            ("type", "f.entry->>'type'", "The national complaint type of the theme."),
        ],
    ),
    "complaints": (
        "One row per representation. Count those with population = 'complaint' for the figures of the report tables.",
        f"facts.complaint f {TEAM} {THEME.format('f.primary_theme')}",
        [
            AUTHORITY,
            ("reference", "f.reference", "The council's own reference: one row each."),
            (
                "population",
                "f.population",
                (
                    "complaint: counts in the report tables; ineligible: refused; resolved_early: settled before a stage;"
                    " withdrawn_early: withdrawn before acceptance; referral_only: known only from the Ombudsman."
                ),
            ),
            ("procedure", "f.procedure", "The procedure it has now; null if known only from the Ombudsman."),
            (
                "received_on",
                "f.received_on",
                "The day it was received; null if known only from the Ombudsman.",
            ),
            year_of("f.received_on", "received_year"),
            ("team", "f.team", "The code of the team of receipt; not_recorded where an old record lacks it."),
            TEAM_LABEL,
            *plain(
                method="How it came in.",
                point_of_receipt="Who received it.",
                category="The complainant's standing under the Act.",
                acting_via="self, advocate or representative.",
                young="Whether the complainant is a child or young person.",
                advocate="Whether an advocate made it or was appointed.",
                provider="The advocacy provider last appointed, else the one that brought it.",
                primary_theme="The code of the theme of the primary issue.",
            ),
            theme_label("primary_theme"),
            *plain(
                entry_stage="The stage it entered at: 1, or 2.",
                acknowledged_on="The day stage 1 was acknowledged.",
                acknowledged_day="The working day of that, counted from receipt.",
                advocacy_info_on="The day information on advocacy was given.",
                assessed_on="The day eligibility was decided.",
                refused_on="The day it was refused as ineligible.",
                settled_on="The day it was settled without a stage.",
                settled_route="By which route it was settled.",
                withdrawn_on="The day it was withdrawn.",
                closed_on="The day it was closed.",
            ),
        ],
    ),
    "spells": (
        "Times that a complaint was in the stage 1 balance: brought forward, received, reopened, carried forward.",
        f"facts.spell f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the spells of one complaint."),
            *dated("entered_on", "The day it came in."),
            *plain(
                entered_by="received or reopened.",
                left_on="The day it left; null while it is in the balance.",
                left_by="responded, withdrawn or other_disposal.",
            ),
        ],
    ),
    "stages": (
        (
            "One row per stage opened. Stages are never added together: a complaint at stage 2 has a row for stage 1 too,"
            " unless it entered at stage 2."
        ),
        f"facts.stage f {LINKED} {TEAM}",
        [
            *LINK,
            *plain(stage="1, 2 or 3.", team="The code of the team that answered, else of receipt."),
            TEAM_LABEL,
            *plain(
                opened_on="The day the stage was opened.",
                start_on="The day the time limit counts from.",
                start_rule="Why it counts from that day.",
                target_on="The last day of the target; null while the clock has not started.",
                maximum_on="The last day of the maximum.",
                waiting_for="What the clock waits for, if anything.",
                acknowledged_on="The day the stage was acknowledged.",
                extended_on="The day the time was extended first.",
                answered_on="The day of the first answer.",
            ),
            year_of("f.answered_on", "answered_year"),
            *plain(
                met_on="The day the limit is judged by: of the answer, at stage 3 of the panel.",
                decided="Whether an answer had findings.",
                outcome="What the last answer found: upheld, partially_upheld, not_upheld or inconclusive.",
                day="The working day of the answer (stage 3: of the panel), from the start.",
                within_target="Whether answered within the target; null until answered.",
                within_maximum="Whether answered within the maximum; null until answered.",
                ended_on="The day the stage ended without an answer.",
                ended_by="How it ended.",
                settled_on="The day it was settled or skipped while unanswered.",
            ),
        ],
    ),
    "issues": (
        "One row per issue of a complaint, as last stated, with what the stage 1 answer found.",
        f"facts.issue f {LINKED} {TEAM} {THEME.format('f.theme')}",
        [
            *LINK,
            *plain(no="The issue's number in its complaint.", theme="The theme's code."),
            theme_label(),
            *plain(type="The national complaint type.", team="The code of the team the issue is about."),
            TEAM_LABEL,
            *plain(outcome="What was found.", decided_on="The day of the stage 1 answer that decided it."),
            year_of("f.decided_on", "decided_year"),
        ],
    ),
    "escalations": (
        "One row per request for a later stage.",
        f"facts.escalation f {LINKED}",
        [
            *LINK,
            *plain(to_stage="2 or 3.", no="Counts the requests of one complaint for that stage."),
            *dated("requested_on", "The day it was requested."),
            *plain(
                direct="Whether it entered straight at stage 2.",
                fate="proceeded, withdrawn, resolved_adr, refused, not_pursued, ended_by_council or awaiting.",
                fate_on="The day of that.",
                outcome="What the answer under this request found.",
                answered_on="The day of that answer.",
                ended_on="The day the request ended before any answer.",
                ended_by="How it ended then.",
            ),
        ],
    ),
    "investigations": (
        "One row per request for stage 2, with its dates and its working days.",
        f"facts.investigation f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the requests of one complaint."),
            *dated("requested_on", "The day it was requested."),
            *plain(
                began="Whether a statement, an appointment, a report or an answer followed.",
                statement_agreed_on="The day the statement of complaint was agreed.",
                adjudicated_on="The day of the adjudication.",
                closed_on="The day it was closed after that.",
                ended_on="The day the request ended before any answer.",
                due_on="The day of the last extension, else of the target.",
                days_statutory="Working days from the request to the adjudication.",
                days_local="Working days as the council counts.",
                day="The working day on or before which the answer was sent.",
                within_maximum="Whether adjudicated within the maximum; null until then.",
            ),
        ],
    ),
    "panels": (
        "One row per request for stage 3 whose panel met.",
        f"facts.panel f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the requests of one complaint."),
            *dated("held_on", "The day it met first."),
            *plain(day="The working day of that, from the request."),
        ],
    ),
    "adr_offers": (
        "One row per offer of alternative dispute resolution.",
        f"facts.adr f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the offers of one complaint.", type="What was offered."),
            *dated("offered_on", "The day it was offered."),
            *plain(result="What came of it; null while nothing has."),
        ],
    ),
    "survey_answers": (
        "One row per question that a complainant answered afterwards.",
        f"facts.survey_answer f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the surveys of one complaint."),
            *dated("answered_on", "The day of the answers."),
            *plain(question="The question; satisfied is one of them.", answer="yes, partly or no."),
        ],
    ),
    "costs": (
        "One row per cost of a stage.",
        f"facts.cost f {LINKED}",
        [
            *LINK,
            *plain(no="Counts the costs of one complaint.", stage="The stage it was for."),
            *dated("recorded_on", "The day it was recorded."),
            *plain(amount="Pounds.", internal="Whether an officer of the council investigated."),
        ],
    ),
    "breaches": (
        "One row per thing not done as required.",
        f"facts.breach f {LINKED}",
        [
            *LINK,
            *plain(no="Counts them on one complaint.", rule="The rule, as in the report table conformity."),
            *dated("counts_on", "The day by which it counts."),
        ],
    ),
    "referrals": (
        "One row per complaint taken to the Ombudsman.",
        f"facts.referral f {LINKED}",
        [
            *LINK,
            *plain(lgsco_ref="The Ombudsman's reference."),
            *dated("referred_on", "The day it was taken there."),
        ],
    ),
    "rulings": (
        "One row per decision of the Ombudsman. The uphold rate is upheld of upheld and not_upheld.",
        f"facts.ruling f {LINKED}",
        [
            *LINK,
            *plain(lgsco_ref="The Ombudsman's reference.", no="Counts the decisions under it."),
            *dated("decided_on", "The day of the decision."),
            *plain(decision="The decision; postponed is none.", sub="Its reason, where recorded."),
        ],
    ),
    "remedies": (
        "One row per remedy agreed.",
        f"facts.remedy f {LINKED}",
        [
            *LINK,
            *plain(remedy="The remedy's reference.", source="With whom it was agreed."),
            (
                "types",
                "array_to_string(f.types, '; ')",
                "What kinds of remedy, with semicolons between them.",
            ),
            *plain(amount="Pounds, where money was agreed."),
            *dated("agreed_on", "The day it was agreed."),
            *plain(
                due_on="The day it is due by.",
                lgsco_ref="The Ombudsman's reference, where recorded.",
                scope="personal or service_improvement.",
                achieved_on="The day it was last carried out.",
                status="The status last recorded, else pending.",
                status_on="The day of that.",
                verdict="The last status that is not pending.",
                verdict_on="The day of that.",
            ),
        ],
    ),
    "payments": (
        "One row per payment made as a remedy.",
        f"facts.payment f {LINKED}",
        [
            *LINK,
            *plain(
                no="Counts the payments on one complaint.",
                remedy="The remedy's reference.",
                source="With whom it was agreed.",
            ),
            *dated("paid_on", "The day it was paid."),
            *plain(amount="Pounds."),
        ],
    ),
    "learning": (
        "One row per learning point, with what became of it.",
        f"facts.learning f {LINKED} {THEME.format('f.theme')}",
        [
            *LINK,
            *plain(learning="The learning point's reference.", theme="The theme's code."),
            theme_label(),
            *plain(action="What is to be done, in the council's words."),
            *dated("recorded_on", "The day it was recorded."),
            *plain(
                due_on="The day it is due by.",
                status="open, implemented or not_implemented.",
                ended_on="The day it ended.",
            ),
        ],
    ),
    "compliments": (
        "One row per compliment.",
        f"facts.compliment f {TEAM}",
        [
            AUTHORITY,
            ("id", "f.stream::text", "Tells compliments apart; means nothing."),
            *dated("received_on", "The day it was received."),
            *plain(team="The team's code."),
            TEAM_LABEL,
            *plain(source="Who paid it.", external="Whether from outside the council."),
        ],
    ),
    "feedback": (
        "One row per piece of informal feedback.",
        f"facts.feedback f {THEME.format('f.theme')}",
        [
            AUTHORITY,
            ("id", "f.stream::text", "Tells pieces of feedback apart; means nothing."),
            *dated("received_on", "The day it was received."),
            *plain(theme="The theme's code."),
            theme_label(),
            ("given_by", "f.from_", "child or other."),
        ],
    ),
    "service_users": (
        "Population figures: of several for one year, measure and group, the one that stands.",
        (
            "(SELECT DISTINCT ON (authority, year, measure, ethnicity, team) * FROM facts.service_users"
            " ORDER BY authority, year, measure, ethnicity, team, position DESC) f"
        ),
        [
            AUTHORITY,
            *plain(
                position="Tells the figures apart; rises with time.",
                year="The reporting year, written 2022-23.",
                measure="What was counted.",
                ethnicity="The ethnic group counted; null: not by ethnicity.",
                team="The team counted; null: not by team.",
                number="How many.",
                rate="Whether a rate of complaints may be worked out on it.",
            ),
        ],
    ),
}

SEEN = """(
    (SELECT has_schema_privilege(session_user, 'facts', 'USAGE'))
    OR f.authority = ANY (ARRAY(SELECT r.authority FROM public.published_reader r WHERE r.role = session_user))
)"""
"""Whoever may use the schema of the facts sees every row; others only those of the authorities given to their login. The
login, not the role: SET ROLE and settings of a session are the reader's own to change."""


def upgrade() -> None:
    op.create_table(
        "published_reader",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", "authority"),
    )
    op.execute("CREATE SCHEMA published")
    op.execute("COMMENT ON SCHEMA published IS 'Views for spreadsheets and dashboards: docs/spreadsheets.md'")
    for name, (comment, source, columns) in VIEWS.items():
        shown = ", ".join(f"{sql} AS {column}" for column, sql, _ in columns)
        op.execute(
            f"CREATE VIEW published.{name} WITH (security_barrier) AS SELECT {shown} FROM {source} WHERE {SEEN}"
        )
        op.execute(f"COMMENT ON VIEW published.{name} IS {_quoted(comment)}")
        for column, _, meaning in columns:
            op.execute(f"COMMENT ON COLUMN published.{name}.{column} IS {_quoted(meaning)}")
    _let_the_role_read()


def _let_the_role_read() -> None:
    """Where the account may make no roles, and nobody has made this one, a warning says where to read on."""
    op.execute(f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                BEGIN
                    CREATE ROLE {ROLE} NOLOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
                END;
            END IF;
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO {ROLE}', current_database());
                GRANT USAGE ON SCHEMA published TO {ROLE};
                GRANT SELECT ON ALL TABLES IN SCHEMA published TO {ROLE};
            ELSE
                RAISE WARNING 'there is no role {ROLE}; see docs/spreadsheets.md';
            END IF;
        END $$
    """)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"


def downgrade() -> None:
    op.execute("DROP SCHEMA published CASCADE")
    op.drop_table("published_reader")
