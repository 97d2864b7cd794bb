"""Founding, migrating and giving up the schema of a region. Every function may run again after a crash."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from tenants.context import as_owner, founding, on_platform
from tenants.models import PooledSchema, Region, RegionStatus
from tenants.schemas import pool, release, replay, upgrade
from tenants.schemas.fingerprint import differences, fingerprint
from tenants.schemas.names import quoted
from tenants.schemas.release import Progress, current_version

__all__ = ["Progress", "complete_schema", "current_version", "drift", "found", "give_up", "make_room", "migrate_schema"]


def make_room(progress: Progress = lambda *_: None) -> None:
    """A blank schema waits to be claimed; built now if the pool is empty."""
    if not pool.ready():
        pool.fill(progress)


def found(register: Callable[[PooledSchema], Region], inside: Callable[[Region], None]) -> Region:
    """A region with a schema of its own, in one transaction, or nothing at all.

    `register(slot)` writes the region's rows on the platform, with the slot's schema and version; then `inside(region)` writes
    what it begins with, bound to it. A slot in which anything failed is burned. Called outside a transaction.
    """
    slot: PooledSchema | None = None
    try:
        while slot is None:
            with founding() as enter:
                slot = pool.claim()
                if slot is not None:
                    region = register(slot)
                    enter(region)
                    inside(region)
            if slot is None:
                # Somebody else may take it before the next claim.
                make_room()
    except BaseException:
        if slot is not None:
            pool.burn(slot.schema_name)
        raise
    return region


def schema_exists(region: Region) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [quoted(region.schema_name)])
        return bool(cursor.fetchone()[0])


def complete_schema(region: Region, progress: Progress = lambda *_: None) -> None:
    """The region's schema is there and on this code's version, whatever it was before."""
    if not schema_exists(region):
        replay.build(region.schema_name, progress)
        _note_version(region)
    elif region.schema_version != current_version():
        migrate_schema(region, progress)


def migrate_schema(region: Region, progress: Progress = lambda *_: None) -> None:
    """The schema has every table of this version, by Django's own executor. Goes on where an earlier run was cut off.

    `progress(migration, done, total)` is called after each migration. A whole fleet is migrated by tenants.fleet.
    """
    upgrade.finish(region.schema_name, progress)
    _note_version(region)


def _note_version(region: Region) -> None:
    region.schema_version = current_version()
    with on_platform():
        Region.objects.filter(pk=region.pk).update(schema_version=region.schema_version)


def drift(region: Region) -> list[str]:
    """How the region's schema differs from the release of this code, a line each; empty when it does not."""
    expected = release.current_release().fingerprint
    with as_owner():
        return differences(expected, fingerprint(region.schema_name))


def give_up(region: Region) -> None:
    """The schema is dropped by the next sweep. Refused for a region that has ever been open; called on the platform.

    The process that decides it, the web's, may not drop anything itself.
    Raises:  ImproperlyConfigured for a region that is or was READY.
    """
    if region.ready_at is not None or region.status == RegionStatus.READY:
        raise ImproperlyConfigured(f"{region} has been open; closing it is another matter")
    PooledSchema.objects.update_or_create(
        schema_name=region.schema_name,
        defaults={"state": PooledSchema.State.BURNED, "version": region.schema_version},
    )
