"""The benchmark of authorities by DuckDB: the same facts in its own tables, in memory, and its own SQL."""

from pathlib import Path
from typing import Any, Final

import asyncpg
import duckdb
import sqlalchemy as sa

from benchmarks.councils import COMPARED
from reporting_api.database import FACT_TABLES
from reporting_api.tables.scope import Scope

_TYPES: Final[dict[type[sa.types.TypeEngine[Any]], str]] = {
    sa.BigInteger: "BIGINT",
    sa.Integer: "INTEGER",
    sa.Boolean: "BOOLEAN",
    sa.Date: "DATE",
    sa.DateTime: "TIMESTAMPTZ",
    sa.Numeric: "DECIMAL(12, 2)",
    sa.Uuid: "UUID",
}

FIGURES: Final = (
    "complaints",
    "service_users",
    "responded",
    "within_max",
    "decided",
    "upheld_or_partial",
    "investigated",
    "upheld",
)
"""What is counted of each authority, in the order of the query's columns."""

_QUESTION: Final = """
    WITH received AS (
        SELECT authority, count(*) AS complaints
        FROM complaint
        WHERE received_on BETWEEN $starts_on AND $ends_on
            AND population = 'complaint'
            AND procedure = $procedure
        GROUP BY authority
    ), answered AS (
        SELECT
            authority,
            count(within_maximum) AS responded,
            count(*) FILTER (WHERE within_maximum) AS within_max,
            count(*) FILTER (WHERE decided) AS decided,
            count(*) FILTER (WHERE decided AND stage.outcome IN ('upheld', 'partially_upheld'))
                AS upheld_or_partial
        FROM stage JOIN complaint USING (authority, complaint)
        WHERE stage = 1
            AND answered_on BETWEEN $starts_on AND $ends_on
            AND entry_stage = 1
            AND population = 'complaint'
            AND procedure = $procedure
        GROUP BY authority
    ), ruled AS (
        SELECT
            authority,
            count(*) FILTER (WHERE decision IN ('upheld', 'not_upheld')) AS investigated,
            count(*) FILTER (WHERE decision = 'upheld') AS upheld
        FROM ruling JOIN complaint USING (authority, complaint)
        WHERE decided_on BETWEEN $starts_on AND $ends_on AND procedure = $procedure
        GROUP BY authority
    ), own_code AS (
        SELECT authority, entry.code AS code, entry.census_group AS census_group
        FROM (
            SELECT
                authority,
                unnest(from_json(
                    json_extract(profile, '$.ethnicities'), '[{"code": "VARCHAR", "census_group": "VARCHAR"}]'
                )) AS entry
            FROM profile
        )
    ), figure AS (
        SELECT DISTINCT ON (authority, ethnicity, team) authority, ethnicity AS grouped_by, team, number, rate
        FROM service_users
        WHERE year = $year_key AND measure = $measure
        ORDER BY authority, ethnicity, team, position DESC
    ), in_group AS (
        SELECT
            figure.authority,
            coalesce(
                sum(number) FILTER (WHERE code IS NOT NULL), sum(number) FILTER (WHERE code IS NULL)
            ) AS number
        FROM figure LEFT JOIN own_code ON own_code.authority = figure.authority AND code = grouped_by
        WHERE grouped_by IS NOT NULL AND team IS NULL
        GROUP BY figure.authority, coalesce(census_group, grouped_by)
    ), grouped AS (
        SELECT authority, sum(number) AS number FROM in_group GROUP BY authority
    ), served AS (
        SELECT
            authority,
            coalesce(
                max(figure.number) FILTER (WHERE grouped_by IS NULL AND team IS NULL),
                max(grouped.number),
                sum(figure.number) FILTER (WHERE grouped_by IS NULL AND team IS NOT NULL)
            ) AS service_users
        FROM figure LEFT JOIN grouped USING (authority)
        GROUP BY authority
        HAVING bool_and(rate)
    )
    SELECT
        complaints, service_users, responded, within_max, decided, upheld_or_partial, investigated, upheld
    FROM (SELECT DISTINCT authority FROM profile)
        LEFT JOIN received USING (authority)
        LEFT JOIN served USING (authority)
        LEFT JOIN answered USING (authority)
        LEFT JOIN ruled USING (authority)
    WHERE complaints IS NOT NULL OR responded IS NOT NULL OR investigated IS NOT NULL
"""


async def loaded(url: str, folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB with the facts that the benchmark reads."""
    source, peer = await asyncpg.connect(url), duckdb.connect()
    for name in COMPARED:
        file = folder / f"{name}.csv"
        await source.copy_from_table(name, schema_name="facts", output=file, format="csv", null="\\N")
        columns = {one.name: _TYPES.get(type(one.type), "VARCHAR") for one in FACT_TABLES[name].columns}
        peer.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv(?, columns = {columns}, header = false, "  # noqa: S608
            "nullstr = '\\N')",
            [str(file)],
        )
    await source.close()
    return peer


def compared(peer: duckdb.DuckDBPyConnection, scope: Scope, measure: str) -> list[tuple[Any, ...]]:
    """The figures of every authority that has any."""
    names = ("starts_on", "ends_on", "procedure", "year_key")
    given = {name: scope.parameters[name] for name in names}
    return peer.execute(_QUESTION, {**given, "measure": measure}).fetchall()
