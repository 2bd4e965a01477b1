"""The record: log, streams, sealed data, keys, and the one function that appends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLE = "complaints_service"

APPEND = """
CREATE FUNCTION append_group(
    p_authority text,
    a_stream uuid[], a_expected int[], a_kind text[], a_reference text[],
    a_events int[], a_sealed int[], a_keys int[], a_persons int[],
    a_scope text[], a_key bytea[], a_request bytea[],
    e_version int[], e_type text[], e_schema int[], e_on date[], e_recorded_at timestamptz[], e_actor text[],
    e_payload bytea[], e_sealed text[],
    s_version int[], s_field text[], s_subject text[], s_ciphertext bytea[],
    k_subject text[], k_wrapped bytea[],
    p_pseudonym text[], p_ciphertext bytea[]
) RETURNS TABLE (
    outcome text, o_stream uuid, o_version int, o_position bigint, o_recorded_at timestamptz, o_request bytea
)
LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    current int;
    versions int[];
    moment timestamptz;
    done idempotency%ROWTYPE;
    e int; s int; k int; p int;
BEGIN
    SELECT position INTO reached FROM head WHERE authority = p_authority FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such authority' USING ERRCODE = 'foreign_key_violation';
    END IF;
    moment := clock_timestamp();

    -- The usual group: every append is of another stream, at the version expected, its key never used, its data
    -- keys new. Then each table takes the rows of the whole group in one statement.
    versions := ARRAY(
        SELECT (SELECT max(ev.version) FROM event ev WHERE ev.authority = p_authority AND ev.stream = u.stream)
          FROM unnest(a_stream) WITH ORDINALITY u (stream, n) ORDER BY u.n
    );
    IF (SELECT count(DISTINCT u) = cardinality(a_stream) FROM unnest(a_stream) u)
       AND NOT EXISTS (
            SELECT FROM unnest(versions, a_expected) u (current, expected)
             WHERE coalesce(u.current, least(u.expected, 0)) IS DISTINCT FROM u.expected
       )
       AND (array_remove(a_key, NULL) = '{}' OR (
            (SELECT count(DISTINCT (u.scope, u.key)) = count(u.key) FROM unnest(a_scope, a_key) u (scope, key)
              WHERE u.key IS NOT NULL)
            AND NOT EXISTS (
                SELECT FROM unnest(a_scope, a_key) u (scope, key)
                 WHERE u.key IS NOT NULL AND (
                    SELECT true FROM idempotency i
                     WHERE i.authority = p_authority AND i.scope = u.scope AND i.key = u.key
                 )
            )
       ))
    THEN
        INSERT INTO keystore.subject_key
        SELECT p_authority, u.subject, u.wrapped FROM unnest(k_subject, k_wrapped) u (subject, wrapped)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS k = ROW_COUNT;
        IF k = cardinality(k_subject) THEN
            INSERT INTO stream
            SELECT p_authority, u.stream, u.kind, u.reference
              FROM unnest(a_stream, a_kind, a_reference, versions) u (stream, kind, reference, current)
             WHERE u.current IS NULL AND u.kind IS NOT NULL;
            INSERT INTO event
            SELECT p_authority, reached + i, a_stream[n], e_version[i], e_type[i], e_schema[i],
                   e_on[i], coalesce(e_recorded_at[i], moment), e_actor[i], e_payload[i], e_sealed[i]
              FROM generate_series(1, cardinality(a_stream)) n,
                   generate_series(coalesce(a_events[n - 1], 0) + 1, a_events[n]) i;
            IF cardinality(s_version) > 0 THEN
                INSERT INTO sealed
                SELECT p_authority, a_stream[n], s_version[i], s_field[i], s_subject[i], s_ciphertext[i]
                  FROM generate_series(1, cardinality(a_stream)) n,
                       generate_series(coalesce(a_sealed[n - 1], 0) + 1, a_sealed[n]) i;
            END IF;
            INSERT INTO person
            SELECT p_authority, u.pseudonym, u.ciphertext
              FROM unnest(p_pseudonym, p_ciphertext) u (pseudonym, ciphertext)
            ON CONFLICT DO NOTHING;
            IF array_remove(a_key, NULL) <> '{}' THEN
                INSERT INTO idempotency
                SELECT p_authority, a_scope[n], a_key[n], a_request[n], a_stream[n], e_version[a_events[n]],
                       reached + a_events[n], moment
                  FROM generate_series(1, cardinality(a_stream)) n WHERE a_key[n] IS NOT NULL;
            END IF;
            UPDATE head SET position = reached + cardinality(e_version) WHERE authority = p_authority;
            RETURN QUERY
            SELECT 'appended', a_stream[n], e_version[a_events[n]], reached + a_events[n], moment, NULL::bytea
              FROM generate_series(1, cardinality(a_stream)) n;
            RETURN;
        END IF;
    END IF;

    -- Any other group, append by append.
    FOR n IN 1 .. cardinality(a_stream) LOOP
        e := coalesce(a_events[n - 1], 0) + 1; s := coalesce(a_sealed[n - 1], 0) + 1;
        k := coalesce(a_keys[n - 1], 0) + 1; p := coalesce(a_persons[n - 1], 0) + 1;
        o_stream := a_stream[n]; o_recorded_at := moment; o_position := NULL; o_request := NULL;
        IF a_key[n] IS NOT NULL THEN
            SELECT * INTO done FROM idempotency i
             WHERE i.authority = p_authority AND i.scope = a_scope[n] AND i.key = a_key[n];
            IF FOUND THEN
                outcome := 'replayed'; o_stream := done.stream; o_version := done.version;
                o_position := done.position; o_recorded_at := done.recorded_at; o_request := done.request;
                RETURN NEXT; CONTINUE;
            END IF;
        END IF;
        SELECT max(ev.version) INTO current FROM event ev
         WHERE ev.authority = p_authority AND ev.stream = a_stream[n];
        IF a_expected[n] IS NOT NULL AND coalesce(current, least(a_expected[n], 0)) <> a_expected[n] THEN
            outcome := 'conflict'; o_version := coalesce(current, 0);
            RETURN NEXT; CONTINUE;
        END IF;
        IF a_keys[n] >= k THEN
            INSERT INTO keystore.subject_key
            SELECT p_authority, k_subject[i], k_wrapped[i] FROM generate_series(k, a_keys[n]) i
            ON CONFLICT DO NOTHING;
            IF EXISTS (
                SELECT FROM generate_series(k, a_keys[n]) i
                  JOIN keystore.subject_key own ON own.authority = p_authority AND own.subject = k_subject[i]
                 WHERE own.wrapped <> k_wrapped[i]
            ) THEN
                outcome := 'rekey'; o_version := coalesce(current, 0);
                RETURN NEXT; CONTINUE;
            END IF;
        END IF;
        IF current IS NULL AND a_kind[n] IS NOT NULL THEN
            INSERT INTO stream VALUES (p_authority, a_stream[n], a_kind[n], a_reference[n]);
        END IF;
        INSERT INTO event
        SELECT p_authority, reached + 1 + i - e, a_stream[n], e_version[i], e_type[i], e_schema[i],
               e_on[i], coalesce(e_recorded_at[i], moment), e_actor[i], e_payload[i], e_sealed[i]
          FROM generate_series(e, a_events[n]) i;
        IF a_sealed[n] >= s THEN
            INSERT INTO sealed
            SELECT p_authority, a_stream[n], s_version[i], s_field[i], s_subject[i], s_ciphertext[i]
              FROM generate_series(s, a_sealed[n]) i;
        END IF;
        IF a_persons[n] >= p THEN
            INSERT INTO person
            SELECT p_authority, p_pseudonym[i], p_ciphertext[i] FROM generate_series(p, a_persons[n]) i
            ON CONFLICT DO NOTHING;
        END IF;
        o_version := e_version[a_events[n]];
        o_position := reached + 1 + a_events[n] - e;
        reached := o_position;
        IF a_key[n] IS NOT NULL THEN
            INSERT INTO idempotency
            VALUES (p_authority, a_scope[n], a_key[n], a_request[n], a_stream[n], o_version, o_position, moment);
        END IF;
        outcome := 'appended';
        RETURN NEXT;
    END LOOP;
    UPDATE head SET position = reached WHERE authority = p_authority;
END $$
"""


def upgrade() -> None:
    op.execute("CREATE SCHEMA keystore")
    op.create_table(
        "head",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "stream",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("authority", "stream", name="stream_pkey"),
        sa.UniqueConstraint("authority", "kind", "reference", name="stream_authority_kind_reference_key"),
    )
    op.create_table(
        "event",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("schema_version", sa.SmallInteger, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.PrimaryKeyConstraint("authority", "position", name="event_pkey"),
        sa.UniqueConstraint("authority", "stream", "version", name="event_authority_stream_version_key"),
    )
    op.create_table(
        "sealed",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("authority", "stream", "version", "field", name="sealed_pkey"),
    )
    op.create_table(
        "person",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("pseudonym", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("authority", "pseudonym", name="person_pkey"),
    )
    op.create_table(
        "idempotency",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority", "scope", "key", name="idempotency_pkey"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("authority", sa.Text, sa.ForeignKey("head.authority", name="api_key_authority_fkey")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("teams", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'::text[]")),
        sa.Column("secret_sha256", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_index("api_key_authority_idx", "api_key", ["authority"])
    op.create_table(
        "subject_key",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        schema="keystore",
    )
    op.create_table(
        "authority_secret",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        schema="keystore",
    )
    op.execute(APPEND)
    _grant()


def _grant() -> None:
    """Let the service add to the log and read it; it may not change what is recorded."""
    op.execute(f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                BEGIN
                    CREATE ROLE {ROLE} NOLOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END;
            END IF;
            -- A creator of PostgreSQL 16 and newer is a member that may not SET ROLE; a superuser needs no grant,
            -- and granting in two databases at once would collide.
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                GRANT {ROLE} TO CURRENT_USER;
            END IF;
        END $$
    """)
    op.execute(f"GRANT USAGE ON SCHEMA public, keystore TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON stream, event, sealed, person, api_key TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON head TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON idempotency TO {ROLE}")
    op.execute(f"GRANT UPDATE (revoked_at, expires_at) ON api_key TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON keystore.subject_key, keystore.authority_secret TO {ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION append_group")
    for table in ("api_key", "idempotency", "person", "sealed", "event", "stream", "head"):
        op.drop_table(table)
    op.execute("DROP SCHEMA keystore CASCADE")
