"""A schema replayed from captured SQL is the schema that Django's migrations make, to the last privilege."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import DivisionByZero

from tenants.context import as_owner, on_platform
from tenants.models import PooledSchema, SchemaRelease, new_schema_name
from tenants.registry import in_regions
from tenants.schemas import grants, release, replay, upgrade
from tenants.schemas.fingerprint import differences, digest, fingerprint
from tenants.schemas.names import filled
from tests.tenants.fleet.future import later_release
from tests.world import admin


def migrated_by_django() -> str:
    """A schema that Django's own executor migrated, without ours; only its functions are pinned afterwards."""
    schema = new_schema_name()
    with as_owner(), connection.cursor() as cursor:
        grants.make_role(schema)
        for text in ["CREATE SCHEMA @schema@", *grants.schema_statements()]:
            cursor.execute(filled(text, schema))
    with as_owner(schema):
        # The recorder must find no table of public's.
        connection.set_tenant(connection.tenant, include_public=False)  # type: ignore[attr-defined]
        MigrationExecutor(connection).recorder.ensure_schema()
        connection.set_tenant(connection.tenant)  # type: ignore[attr-defined]
        executor = MigrationExecutor(connection)
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if in_regions(node[0])])
        with connection.cursor() as cursor:
            for text in [*grants.pin_statements(cursor, schema), *grants.closing_statements()]:
                cursor.execute(filled(text, schema))
    return schema


def of(schema: str) -> dict[str, list[str]]:
    with as_owner():
        return fingerprint(schema)


def test_a_replayed_schema_is_what_django_migrates(committed: None) -> None:
    schema = new_schema_name()
    replay.build(schema)
    migrated, replayed = of(migrated_by_django()), of(schema)
    assert differences(migrated, replayed) == []
    assert digest(migrated) == digest(replayed) == digest(release.current_release().fingerprint)
    assert len(replayed["columns"]) > 300 and len(replayed["triggers"]) > 10 and replayed["functions"]


def test_what_python_decides_is_not_kept_as_sql(platform: None) -> None:
    script = release.current_release().script
    python = {f"{step['app']}.{step['name']}" for step in script if step["statements"] is None}
    assert "contenttypes.0002_remove_content_type_name" in python
    # In a blank schema none of them finds a row to decide by.
    assert [step["name"] for step in script if step["blank"] is None] == []


def test_each_function_is_pinned_to_its_schema(committed: None) -> None:
    schema = new_schema_name()
    replay.build(schema)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = to_regnamespace(%s)", [f'"{schema}"']
        )
        found = dict(cursor.fetchall())
    assert found
    for name, config in found.items():
        assert config == [f"search_path={schema}, public, pg_temp"], name


# Each is a change that a person with the owner's rights might make by hand.
CHANGES = {
    "a column": "ALTER TABLE {s}.warungs_warung ADD COLUMN stray text",
    "a type": "ALTER TABLE {s}.warungs_warung ALTER COLUMN name TYPE varchar(7)",
    "a default": "ALTER TABLE {s}.warungs_warung ALTER COLUMN name SET DEFAULT 'x'",
    "not null": "ALTER TABLE {s}.warungs_warung ALTER COLUMN name DROP NOT NULL",
    "a table": "CREATE TABLE {s}.stray (id int)",
    "an index": "CREATE INDEX stray ON {s}.warungs_warung (name)",
    "a constraint": "ALTER TABLE {s}.warungs_warung ADD CONSTRAINT stray CHECK (true) NOT VALID",
    "a sequence": "ALTER SEQUENCE {s}.warungs_warung_id_seq INCREMENT 2",
    "a trigger switched off": "ALTER TABLE {s}.ledger_journalentry DISABLE TRIGGER USER",
    "a function's path": "ALTER FUNCTION {s}.ledger_refuse_rewrite() RESET search_path",
    "a privilege too much": "GRANT TRUNCATE ON {s}.ledger_journalentry TO {s}",
    "a privilege too little": "REVOKE DELETE ON {s}.warungs_warung FROM {s}",
    "a default privilege": "ALTER DEFAULT PRIVILEGES IN SCHEMA {s} GRANT TRUNCATE ON TABLES TO {s}",
    "a schema's privilege": "GRANT CREATE ON SCHEMA {s} TO {s}",
    "row security": "ALTER TABLE {s}.warungs_warung ENABLE ROW LEVEL SECURITY",
    "a type of one's own": "CREATE TYPE {s}.stray AS ENUM ('a')",
    "a migration's record": "DELETE FROM {s}.django_migrations WHERE app = 'stock'",
}


@pytest.fixture(scope="module")
def specimen(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> str:
    schema = new_schema_name()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        replay.build(schema)
        connection.close()
    return schema


@pytest.mark.parametrize("change", CHANGES)
def test_the_fingerprint_sees(change: str, specimen: str, db: None) -> None:
    before = of(specimen)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(CHANGES[change].format(s=specimen))
    assert differences(before, of(specimen)) != []


def test_a_release_is_captured_once(committed: None) -> None:
    first = release.current_release()
    assert release.capture() == first
    with as_owner():
        SchemaRelease.objects.all().delete()
    again = release.capture()
    assert again.captured_at > first.captured_at
    assert (again.script, again.fingerprint) == (first.script, first.fingerprint)
    with admin() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_roles r WHERE rolname ~ '^t_' AND NOT EXISTS"
            " (SELECT FROM pg_namespace WHERE nspname = rolname) AND NOT pg_has_role('warsa', r.oid, 'MEMBER')"
        )
        assert cursor.fetchone() == (0,)


def test_a_schema_of_an_unknown_release_is_finished_the_django_way(committed: None) -> None:
    schema = new_schema_name()
    replay.build(schema)
    expected = of(schema)
    with as_owner(), connection.cursor() as cursor:
        # As a release before roles left it: part of the tables, functions unpinned, no rights.
        cursor.execute(f"DROP TABLE {schema}.procurement_restockevent, {schema}.procurement_restockline CASCADE")
        cursor.execute(f"ALTER FUNCTION {schema}.ledger_refuse_rewrite() RESET search_path")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {schema}")
        cursor.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {schema}")
    assert differences(expected, of(schema)) != []
    assert upgrade.plan_upgrade("unknown").whole
    upgrade.finish(schema)
    left = differences(expected, of(schema))
    assert all("procurement_restock" in line for line in left), left


def test_a_statement_that_fails_at_the_end_leaves_no_transaction_open(committed: None, tmp_path: Path) -> None:
    broken = 'migrations.RunSQL("SELECT 1"), Late(),'
    before = """
class Late(migrations.RunSQL):
    def __init__(self):
        super().__init__("SELECT 1")

    def database_forwards(self, app_label, editor, old, new):
        editor.deferred_sql.append("SELECT 1 / 0")
"""
    with later_release(tmp_path, broken, before=before), pytest.raises(DataError, match="division by zero"):
        release.capture()
    # The very next work of this connection goes on as if nothing had been.
    assert not connection.in_atomic_block
    with on_platform():
        assert SchemaRelease.objects.count() == 1
        assert not PooledSchema.objects.exists()


def test_of_statements_that_are_sent_together_the_first_that_fails_ends_all(committed: None) -> None:
    with as_owner(), pytest.raises(DivisionByZero), transaction.atomic(), connection.cursor() as cursor:
        replay.send(cursor.connection, ["SELECT 1", "CREATE TABLE stray (id int)", "SELECT 1 / 0", "SELECT 2"])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('stray')")
        assert cursor.fetchone() == (None,)
        # More than the socket holds at once, there and back.
        with transaction.atomic():
            cursor.execute("SELECT 1")
            replay.send(cursor.connection, [f"SELECT repeat('{number:05}', 2000)" for number in range(2_000)])
            cursor.execute("SELECT 3")
            assert cursor.fetchone() == (3,)


def test_a_connection_that_is_lost_while_sending_is_an_error(committed: None) -> None:
    def end(back_end: int) -> None:
        with admin() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [back_end])

    with (
        as_owner(),
        pytest.raises((psycopg.OperationalError, OperationalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_backend_pid()")
        threading.Timer(0.3, end, cursor.fetchone()).start()
        replay.send(cursor.connection, ["SELECT 1", "SELECT pg_sleep(20)", *["SELECT 1"] * 500])
    connection.close()
    with on_platform():
        assert SchemaRelease.objects.exists()


@pytest.mark.parametrize(
    ("case", "statements", "plain"),
    [
        ("an index", ['CREATE INDEX CONCURRENTLY "a" ON "t" ("x")'], ['CREATE INDEX "a" ON "t" ("x")']),
        (
            "a unique one",
            ['CREATE UNIQUE INDEX CONCURRENTLY "a" ON "t" ("x")'],
            ['CREATE UNIQUE INDEX "a" ON "t" ("x")'],
        ),
        ("something else", ['CREATE INDEX CONCURRENTLY "a" ON "t" ("x")', "VACUUM t"], None),
        ("the word in a name", ['DROP INDEX "create index concurrently"'], None),
    ],
)
def test_only_indexes_move_into_the_transaction(case: str, statements: list[str], plain: list[str] | None) -> None:
    assert release.in_transaction(statements, atomic=False) == plain, case
    assert release.in_transaction(statements, atomic=True) == statements


def test_two_who_capture_at_once_do_not_wait_for_each_others_statements(committed: None) -> None:
    with on_platform():
        SchemaRelease.objects.all().delete()
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(release.capture().pk)
        except Exception as failure:
            outcome.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome == [release.current_version()] * 3
