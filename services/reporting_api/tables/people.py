"""Equality monitoring: people, each counted once, by what they said last.

The people are those of the profile's subject named on the cohort's complaints or in their equality records;
who said nothing is `not_recorded`.
"""

from typing import Final

from reporting_api.tables.dimensions import AGE_BAND, CHARACTERISTIC, CHARACTERISTIC_VALUE, TEAM
from reporting_api.tables.table import Table, counts, percent, query

PEOPLE: Final = """
    , record AS (
        SELECT equality.*, cohort.team
        FROM cohort JOIN equality USING (authority, complaint)
        WHERE subject = :equality_subject
    ), named AS (
        SELECT person, cohort.team
        FROM cohort JOIN named_person USING (authority, complaint)
        WHERE subject = :equality_subject
        UNION SELECT person, team FROM record
    ), last_said AS (
        SELECT DISTINCT ON (person, characteristic)
            person, characteristic, coalesce(value, age_band.code) AS value
        FROM record LEFT JOIN age_band ON years >= lowest AND (highest IS NULL OR years <= highest)
        ORDER BY person, characteristic, recorded_on DESC, position DESC, no DESC
    )
"""
"""`named`: each person with each team of receipt; `last_said`: each one's last value of a characteristic."""

EQUALITY: Final = Table(
    id="equality",
    title="Equality monitoring",
    basis="cohort",
    dimensions=(CHARACTERISTIC, CHARACTERISTIC_VALUE),
    columns=(*counts("people"), *percent("pct", "people", "people", of_total=True)),
    sql=query(
        """
        $people
        , answer AS (
            SELECT characteristic, coalesce(value, 'not_recorded') AS value
            FROM (SELECT DISTINCT person FROM named) AS person
            CROSS JOIN unnest(ARRAY['age', 'gender', 'disability', 'sexual_orientation', 'ethnicity'])
                AS given (characteristic)
            LEFT JOIN last_said USING (person, characteristic)
        )
        SELECT characteristic, coalesce(value, 'total') AS value, count(*) AS people
        FROM answer
        GROUP BY characteristic, ROLLUP (value)
        """,
        people=PEOPLE,
    ),
)

EQUALITY_AGE_BY_TEAM: Final = Table(
    id="equality_age_by_team",
    title="Age of people by team",
    basis="cohort",
    dimensions=(TEAM, AGE_BAND),
    columns=counts("people"),
    sql=query(
        """
        $people
        , answer AS (
            SELECT team, person, coalesce(value, 'not_recorded') AS age_band
            FROM named LEFT JOIN (SELECT * FROM last_said WHERE characteristic = 'age') AS age USING (person)
        )
        SELECT
            coalesce(team, 'total') AS team,
            coalesce(age_band, 'total') AS age_band,
            count(DISTINCT person) AS people
        FROM answer
        GROUP BY CUBE (team, age_band)
        """,
        people=PEOPLE,
    ),
)

TABLES: Final = (EQUALITY, EQUALITY_AGE_BY_TEAM)
