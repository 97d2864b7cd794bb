"""A release of the region schema: the exact SQL that Django's migrations emit, captured once and kept.

The migrations run for real, through Django's executor, in a scratch schema; the schema editor keeps every statement that it
sends. What a migration with Python in it does depends on the rows it finds: in a blank schema it is known, in any other it runs
the Django way.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypedDict

import sqlparse
from django.db import connection, transaction
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, SeparateDatabaseAndState
from django.db.migrations.recorder import MigrationRecorder

from tenants.context import as_owner, on_platform
from tenants.models import PooledSchema, SchemaRelease, new_schema_name
from tenants.registry import in_regions
from tenants.schemas import grants
from tenants.schemas.fingerprint import fingerprint
from tenants.schemas.names import TOKEN, filled, quoted

# Part of the version: raised when the engine itself builds schemas otherwise (roles, rights, pinned functions).
ENGINE = 2
_CONCURRENTLY = re.compile(r"^(\s*CREATE (?:UNIQUE )?INDEX )CONCURRENTLY ", re.IGNORECASE)
_CAPTURE_LOCK = 0x57_52_43  # "WRC"

Progress = Callable[[str, int, int], None]


class Step(TypedDict):
    """One migration.

    `statements` do it in any schema, and are None where Python decides by the rows it finds. `blank` do it in a schema without
    rows, and are None where Python writes rows even there. `replaces` lists squashed migrations as app.name.
    """

    app: str
    name: str
    atomic: bool
    replaces: list[str]
    statements: list[str] | None
    blank: list[str] | None


@cache
def current_version() -> str:
    """The version of a region schema that this code stands for: a digest of the migrations of region apps."""
    loader = MigrationLoader(None)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if in_regions(app))
    return hashlib.sha256("\n".join([f"engine {ENGINE}", *names]).encode()).hexdigest()[:16]


def forget_version() -> None:
    """For whoever puts other migrations in place while the process runs."""
    current_version.cache_clear()


def has_python(migration: Any) -> bool:
    """Whether rows decide what the migration does."""

    def found(operations: Any) -> bool:
        return any(
            isinstance(each, RunPython)
            or (isinstance(each, SeparateDatabaseAndState) and found(each.database_operations))
            for each in operations
        )

    return found(migration.operations)


def _single(statement: str) -> list[str]:
    """Django joins some statements by semicolons; each is sent by itself. Bodies of functions are left whole."""
    if "$" in statement:
        return [statement]
    return [part.rstrip().removesuffix(";") for part in sqlparse.split(statement) if part.strip(" ;\n")]


def in_transaction(statements: list[str], *, atomic: bool) -> list[str] | None:
    """What makes the same in a blank schema, inside a transaction; None for what can only run outside of one.

    An index that is built beside other people's work has nobody beside it there.
    """
    if atomic:
        return statements
    plain = [_CONCURRENTLY.sub(r"\1", statement) for statement in statements]
    return plain if all(before != after for before, after in zip(statements, plain, strict=True)) else None


@dataclass
class Kept:
    """What one migration sent: through the schema editor, and whether its Python wrote rows past it."""

    statements: list[str] = field(default_factory=list)
    through_editor: bool = False
    rows_written: bool = False

    def watch(self, execute: Any, text: str, params: Any, many: bool, context: Any) -> Any:
        reads = text.lstrip().upper().startswith(("SELECT", "SHOW", "SET", "SAVEPOINT", "RELEASE"))
        result = execute(text, params, many, context)
        if not (self.through_editor or reads or '"django_migrations"' in text) and context["cursor"].rowcount != 0:
            self.rows_written = True
        return result


class RecordingEditor(DatabaseSchemaEditor):
    """Executes, and keeps what it executed."""

    kept: Kept

    def execute(self, statement: Any, params: Any = ()) -> None:
        text = str(statement)
        if params is not None:
            text = self.connection.ops.compose_sql(text, params)  # type: ignore[attr-defined]
        self.kept.statements.extend(_single(text))
        self.kept.through_editor = True
        try:
            super().execute(text, None)
        finally:
            self.kept.through_editor = False

    def __exit__(self, kind: Any, failure: Any, trace: Any) -> None:
        try:
            super().__exit__(kind, failure, trace)
        except BaseException as late:
            # Django leaves its transaction open when a statement fails that it has put off to the end.
            mine = getattr(self, "atomic", None)
            if mine is not None and mine in self.connection.atomic_blocks:  # type: ignore[attr-defined]
                mine.__exit__(type(late), late, late.__traceback__)
            raise


class RegionExecutor(MigrationExecutor):
    """Django's executor for the region whose schema is bound; pins the functions that a migration makes."""

    def __init__(self, schema: str, progress: Progress) -> None:
        super().__init__(connection)
        self.schema, self.told, self.done, self.steps = schema, progress, 0, list[Step]()

    @property
    def leaves(self) -> list[tuple[str, str]]:
        return [node for node in self.loader.graph.leaf_nodes() if in_regions(node[0])]

    def run(self) -> None:
        plan = self.migration_plan(self.leaves)
        self.total = len(plan)
        if plan:
            self.migrate(targets=self.leaves, plan=plan)

    def apply_migration(self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False) -> Any:
        conn: Any = connection
        kept = Kept()
        editor = type("Editor", (RecordingEditor,), {"kept": kept})
        before, conn.SchemaEditorClass = conn.SchemaEditorClass, editor
        try:
            with connection.execute_wrapper(kept.watch):
                state = super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
            with connection.cursor() as cursor:
                pins = grants.pin_statements(cursor, self.schema)
                for pin in pins:
                    cursor.execute(filled(pin, self.schema))
        finally:
            conn.SchemaEditorClass = before
        python = has_python(migration) and in_regions(migration.app_label)
        statements = [text.replace(quoted(self.schema), TOKEN).replace(self.schema, TOKEN) for text in kept.statements]
        statements += pins
        self.steps.append(
            Step(
                app=migration.app_label,
                name=migration.name,
                atomic=bool(migration.atomic),
                replaces=[f"{app}.{name}" for app, name in migration.replaces],
                statements=None if python else statements,
                blank=None if kept.rows_written else in_transaction(statements, atomic=bool(migration.atomic)),
            )
        )
        self.done += 1
        self.told(f"{migration.app_label}.{migration.name}", self.done, self.total)
        return state


def migrate_here(schema: str, progress: Progress = lambda *_: None) -> list[Step]:
    """The schema has every table of this code's version, by Django's own executor. Goes on where an earlier run was cut off.

    Called as owner, bound to the schema. `progress(migration, done, total)` is told after each migration.
    """
    conn: Any = connection
    # Without public on the path, or Django finds public's migration table and believes that all is done.
    conn.set_tenant(conn.tenant, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    conn.set_tenant(conn.tenant)
    executor = RegionExecutor(schema, progress)
    executor.run()
    return executor.steps


def current_release() -> SchemaRelease:
    """The release of this code's version; captured by the first who asks, while others wait."""
    version = current_version()
    with on_platform():
        found = SchemaRelease.objects.filter(version=version).first()
    return found or capture()


def capture(progress: Progress = lambda *_: None) -> SchemaRelease:
    """Build a scratch schema by Django's migrations, keep its SQL and its fingerprint, drop it.

    Raises:  whatever a migration raises; then nothing is kept.
    """
    version, scratch = current_version(), new_schema_name()
    with as_owner():
        with connection.cursor() as cursor:
            # Asked again and again, never waited for: an index built concurrently waits for every statement that runs, and
            # one that waits for us would be among them.
            while True:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [_CAPTURE_LOCK])
                if cursor.fetchone() == (True,):
                    break
                time.sleep(0.1)
        try:
            found = SchemaRelease.objects.filter(version=version).first()
            if found is not None:
                return found
            # So that a sweep finds what a killed process leaves behind.
            slot = PooledSchema.objects.create(schema_name=scratch, version=version)
            opening = [f"CREATE SCHEMA {TOKEN}", *grants.schema_statements()]
            grants.make_role(scratch)
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in opening:
                    cursor.execute(filled(statement, scratch))
            try:
                with as_owner(scratch):
                    steps = migrate_here(scratch, progress)
                with connection.cursor() as cursor:
                    for statement in grants.closing_statements():
                        cursor.execute(filled(statement, scratch))
                marks = fingerprint(scratch)
            finally:
                drop(scratch)
                slot.delete()
            return SchemaRelease.objects.create(
                version=version, script=json.loads(json.dumps(steps)), fingerprint=marks
            )
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_CAPTURE_LOCK])


def drop(schema: str) -> None:
    """The schema, all in it and its role are gone. Called as owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")
        if grants.role_exists(cursor, schema):
            cursor.execute(f"DROP ROLE {quoted(schema)}")
