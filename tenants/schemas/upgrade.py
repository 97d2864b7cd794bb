"""From one release to the next, without asking Django again for each region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tenants.context import as_owner, on_platform
from tenants.models import SchemaRelease
from tenants.schemas import grants
from tenants.schemas.names import filled
from tenants.schemas.release import Progress, Step, current_release, migrate_here
from tenants.schemas.replay import record_statement, send

__all__ = ["Upgrade", "apply_upgrade", "finish", "plan_upgrade", "statements_of"]


@dataclass(frozen=True)
class Upgrade:
    """What a schema of one version needs to become another. `whole`: it is unknown which migrations it has."""

    from_version: str
    to_version: str
    steps: list[Step] = field(default_factory=list)
    whole: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether captured SQL does all of it in one transaction."""
        return not self.whole and all(step["atomic"] and step["statements"] is not None for step in self.steps)


def plan_upgrade(from_version: str) -> Upgrade:
    """The steps of the current release that `from_version` lacks, in order. Planned once for all regions of a version."""
    target = current_release()
    with on_platform():
        before = SchemaRelease.objects.filter(version=from_version).first()
    if before is None:
        return Upgrade(from_version, target.version, whole=True)
    return Upgrade(from_version, target.version, _missing(before.script, target.script))


def _missing(have: Iterable[Step], want: Iterable[Step]) -> list[Step]:
    there = {f"{step['app']}.{step['name']}" for step in have}
    steps: list[Step] = []
    for step in want:
        if f"{step['app']}.{step['name']}" in there:
            continue
        if step["replaces"] and there.issuperset(step["replaces"]):
            # A squashed migration whose parts are all there: only its name is missing.
            step = {**step, "statements": []}
        steps.append(step)
    return steps


def statements_of(upgrade: Upgrade, schema: str) -> list[str]:
    """Every statement of a plain upgrade, in order, with its rows for django_migrations. The path must name the schema."""
    listed = [filled(text, schema) for step in upgrade.steps for text in step["statements"] or []]
    return [*listed, record_statement(upgrade.steps)] if upgrade.steps else listed


def apply_upgrade(raw: Any, schema: str, upgrade: Upgrade) -> None:
    """Apply a plain upgrade on a psycopg connection that is in a transaction, as owner, with the path of the schema.

    Raises:  ValueError for an upgrade that must run the Django way (see `finish`); the server's error as it comes.
    """
    if not upgrade.is_plain:
        raise ValueError(f"{upgrade.from_version} -> {upgrade.to_version} cannot be done by captured SQL alone")
    send(raw, statements_of(upgrade, schema))


def finish(schema: str, progress: Progress = lambda *_: None) -> None:
    """The schema is on the current release, by Django's executor; its role and rights are as they should be.

    For upgrades that are not plain and for schemas of unknown releases. Bound to anything but a transaction.
    """
    with as_owner():
        grants.make_role(schema)
        with as_owner(schema):
            migrate_here(schema, progress)
            with connection.cursor() as cursor:
                for statement in [*grants.repair_statements(), *grants.pin_statements(cursor, schema)]:
                    cursor.execute(filled(statement, schema))
