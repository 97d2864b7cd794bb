"""An archive into a new schema: built as the archive's version had it, filled, checked, brought to the present version.

No SQL comes from an archive: the tables are made by this installation's own releases.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tenants.backup import exporting, hooks, tables
from tenants.backup.archive import ArchiveReader, Manifest
from tenants.backup.errors import ArchiveUnfit, NotExact
from tenants.context import as_owner, in_region, on_platform
from tenants.models import Region, SchemaRelease
from tenants.schemas import grants, release, replay, upgrade
from tenants.schemas.names import filled
from tenants.schemas.release import RegionExecutor, Step


@dataclass(frozen=True)
class Recipe:
    """How a schema of an archive's version is made here: these steps, and afterwards those of `rest`."""

    version: str
    steps: list[Step]
    rest: list[Step]


def recipe_for(manifest: Manifest) -> Recipe:
    """Which steps build the archive's version, by what it says about its migrations.

    Raises:  ArchiveUnfit when this release does not know them.
    """
    current = release.current_release()
    # By the migrations and not by the version's name: the schema itself is asked for them when it is exported.
    had = set(manifest.migrations)
    steps = [step for step in current.script if _name(step) in had]
    rest = [step for step in current.script if _name(step) not in had]
    if len(steps) != len(had):
        # Migrations were squashed since; the release of that time may have been captured here.
        with on_platform():
            before = SchemaRelease.objects.filter(version=manifest.schema_version).first()
        if before is None or {_name(step) for step in before.script} != had:
            unknown = sorted(had - {_name(step) for step in current.script})
            raise ArchiveUnfit(
                "The archive was made by a release that this installation does not know: it has the migrations"
                f" {', '.join(unknown[:5])}. Take it in with that release, or a later one that still has them."
            )
        steps, rest = before.script, upgrade.plan_upgrade(manifest.schema_version).steps
    return Recipe(manifest.schema_version, steps, rest)


def _name(step: Step) -> str:
    return f"{step['app']}.{step['name']}"


def fill_schema(*, reader: ArchiveReader, schema: str, region: Region) -> None:
    """The new schema holds exactly the archive's rows, on the present version. `region` is any region, for its proofs' sake.

    What was loaded is read again and compared with the archive before it is committed. A killed or failed call leaves a
    schema that only the caller's row knows, to be dropped.
    Raises:  ArchiveUnfit, NotExact, ArchiveRefused; IntegrityError for rows that break the schema's own rules.
    """
    recipe = recipe_for(reader.manifest)
    _build(schema, recipe)
    with as_owner(schema), transaction.atomic(), connection.cursor() as cursor:
        _must_fit(cursor, schema, reader.manifest)
        _load(cursor, schema, reader)
        _must_be_exact(cursor, schema, reader.manifest)
    if recipe.rest:
        _apply(schema, upgrade.Upgrade(recipe.version, release.current_version(), recipe.rest))
    _must_prove(schema, reader.manifest, region)


def _build(schema: str, recipe: Recipe) -> None:
    """An empty schema of the recipe's version, with its role."""
    if not recipe.rest:
        replay.build(schema)
        return
    plain = replay.plain_part(recipe.steps)
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        grants.make_role(schema)
        statements = replay.statements_to_build(plain)
        replay.send(cursor.connection, [filled(text, schema) for text in statements])
    if len(plain) < len(recipe.steps):
        with as_owner(schema):
            _run_by_django(schema, recipe.steps)


def _run_by_django(schema: str, steps: Iterable[Step]) -> None:
    """Those of the steps that the schema lacks, and no later ones."""
    wanted = {_name(step) for step in steps}
    executor = RegionExecutor(schema, lambda *_: None)
    plan = [
        (migration, backwards)
        for migration, backwards in executor.migration_plan(executor.leaves)
        if f"{migration.app_label}.{migration.name}" in wanted
    ]
    executor.total = len(plan)
    executor.migrate(targets=executor.leaves, plan=plan)


def _must_fit(cursor: Any, schema: str, manifest: Manifest) -> None:
    built = {one.name: one for one in tables.layouts(cursor, schema)}
    for table in manifest.tables:
        there = built.pop(table.name, None)
        if there is None:
            raise ArchiveUnfit(f"The archive has the table {table.name}, and its version has none of that name.")
        if set(zip(table.columns, table.types, strict=True)) != set(zip(there.columns, there.types, strict=True)):
            raise ArchiveUnfit(f"The columns of {table.name} are not those of the archive's version.")
    if built:
        raise ArchiveUnfit(f"The archive lacks the table {min(built)}.")
    known = {one.name for one in tables.sequences(cursor, schema)}
    if known != {one.name for one in manifest.sequences}:
        raise ArchiveUnfit("The sequences are not those of the archive's version.")


def _load(cursor: Any, schema: str, reader: ArchiveReader) -> None:
    """Foreign keys and constraint triggers stay on and are checked before the end: the database itself proves the rows.

    Other triggers are silent meanwhile, for the rows have been through them: one that writes history would write it twice.
    """
    silent = _ordinary_triggers(cursor, schema)
    for name, trigger in silent:
        cursor.execute(_alter(schema, name, "DISABLE", trigger))
    # Migrations may have put rows in; the archive has them as they were.
    for layout in tables.layouts(cursor, schema):
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, layout.name)))
    for table in reader.manifest.tables:
        with cursor.copy(tables.copy_in(schema, table.name, table.columns)) as incoming:
            for piece in reader.read(table.member):
                incoming.write(piece)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _set_sequences(cursor, schema, reader.manifest)
    for name, trigger in silent:
        cursor.execute(_alter(schema, name, "ENABLE", trigger))


def _ordinary_triggers(cursor: Any, schema: str) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = to_regnamespace(%s) AND NOT t.tgisinternal AND t.tgconstraint = 0 AND t.tgenabled = 'O'",
        [f'"{schema}"'],
    )
    return [(table, trigger) for table, trigger in cursor.fetchall()]


def _alter(schema: str, table: str, how: str, trigger: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
        sql.Identifier(schema, table), sql.SQL(how), sql.Identifier(trigger)
    )


def _set_sequences(cursor: Any, schema: str, manifest: Manifest) -> None:
    """Each sequence stands where it stood, and never behind an id that is there."""
    owners = {one.name: one for one in tables.sequences(cursor, schema)}
    carried = {table.name for table in manifest.tables}
    for one in manifest.sequences:
        owner = owners[one.name]
        largest: sql.Composable = sql.SQL("NULL::bigint")
        if owner.table in carried:
            largest = sql.SQL("(SELECT max({}) FROM {})").format(
                sql.Identifier(owner.column), sql.Identifier(schema, owner.table)
            )
        cursor.execute(
            sql.SQL(
                "SELECT setval({}::regclass, greatest(%s, m.largest), %s OR m.largest IS NOT NULL)"
                " FROM (SELECT {} AS largest) AS m"
            ).format(sql.Literal(f'"{schema}"."{one.name}"'), largest),
            [one.last_value, one.is_called],
        )


def _must_be_exact(cursor: Any, schema: str, manifest: Manifest) -> None:
    if set(exporting.migrations_of(cursor, schema)) != set(manifest.migrations):
        raise NotExact("The archive's record of migrations is not what its manifest says.")
    for table in manifest.tables:
        layout = tables.Layout(table.name, table.columns, table.types, table.key)
        rows, digest = exporting.table_digest(cursor, schema, layout)
        if (rows, digest) != (table.rows, table.sha256):
            raise NotExact(f"{table.name} came back with {rows} rows that are not the {table.rows} of the archive.")


def bring_up(schema: str, version: str) -> None:
    """A side schema of an earlier version is on the present one. Not inside a transaction."""
    if version != release.current_version():
        _apply(schema, upgrade.plan_upgrade(version))


def _apply(schema: str, plan: upgrade.Upgrade) -> None:
    if plan.is_plain:
        with as_owner(schema), transaction.atomic(), connection.cursor() as cursor:
            upgrade.apply_upgrade(cursor.connection, schema, plan)
    else:
        upgrade.finish(schema)


def standing_in(region: Region, schema: str) -> Region:
    """The region as if this were its schema, for reading in it."""
    other = copy.copy(region)
    other.schema_name = schema
    return other


def _must_prove(schema: str, manifest: Manifest, region: Region) -> None:
    with in_region(standing_in(region, schema)):
        found = hooks.proofs()
    for name, proof in manifest.proofs.items():
        # A proof that this release no longer makes cannot be compared; one that it makes must be the same.
        if name in found and found[name] != proof:
            raise NotExact(
                f"The proof {name!r} of the restored rows is not the archive's: {found[name]} is not {proof}."
            )
