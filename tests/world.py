"""What every test finds: the official areas, and the regions Kalidoni and Lombok, empty and READY."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import psycopg
from django.db import connection, transaction

from shared_apps.care.memory import memory as announced
from shared_apps.regions.services import load_areas
from tenants.context import as_owner, on_platform
from tenants.hosts import host_of_slug
from tenants.kernel import clock
from tenants.listening import EVERYTHING
from tenants.models import Domain, PooledSchema, Region, RegionStatus
from tenants.provisioning import complete_schema
from tenants.schemas.grants import make_supplier_role
from tenants.schemas.release import drop
from tenants.sites import memory


def build_region(name: str, slug: str) -> Region:
    """A READY region with every table and nobody in it."""
    region: Region = Region.objects.create(name=name)
    complete_schema(region)
    with transaction.atomic():
        Region.objects.filter(pk=region.pk).update(status=RegionStatus.READY, ready_at=clock.now())
        Domain.objects.create(tenant=region, domain=host_of_slug(slug), is_primary=True)
    region.refresh_from_db()
    return region


def build_world() -> None:
    """All of it, once per database."""
    load_areas()
    build_region("Kalidoni", "kalidoni")
    build_region("Lombok", "lombok")
    with as_owner():
        for role in supplier_roles():
            make_supplier_role(role)


def supplier_roles() -> list[str]:
    """Roles for the suppliers of this database's tests. The making of a role locks out all makers of the server until the
    transaction ends, and a test is a transaction: other workers would wait for it.
    """
    begin = sha256(connection.settings_dict["NAME"].encode()).hexdigest()[:14]
    return [f"s_{begin}{number:02}" for number in range(12)]


@contextmanager
def admin(*, autocommit: bool = True) -> Iterator[psycopg.Cursor]:
    """The superuser of this worker's database, on a connection of its own: what the platform itself may never do."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["WARSA_ADMIN_DATABASE_URL"], dbname=name, autocommit=autocommit) as raw:
        yield raw.cursor()


def schemas(*, waiting: bool = True) -> set[str]:
    """Every schema of a region that the database holds, registered or not; without `waiting`, none of the pool's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [r"t\_%"])
        found = {name for (name,) in cursor.fetchall()}
    if waiting:
        return found
    return found - set(PooledSchema.objects.filter(state="ready").values_list("schema_name", flat=True))


def sweep_world() -> None:
    """Everything that a committing test left is gone; areas, the two regions and their tables stay."""
    kept = {"django_migrations", "django_content_type", "auth_permission", "tenants_region", "tenants_domain"}
    kept |= {"tenants_schemarelease"}
    with on_platform():
        world = list(Region.objects.filter(name__in=["Kalidoni", "Lombok"]).values_list("schema_name", flat=True))
        strange = schemas() - set(world)
    with as_owner():
        for schema in strange:
            drop(schema)
    with admin() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) AND tablename NOT LIKE %s",
            [[*world, "public"], "regions\\_%"],
        )
        tables = ", ".join(f'"{schema}"."{table}"' for schema, table in cursor.fetchall() if table not in kept)
        # Entries and movements refuse to be emptied, as they must. Only this throw-away database's superuser may do it,
        # by leaving triggers out.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables}")
    with on_platform():
        Domain.objects.exclude(tenant__schema_name__in=world).delete()
        Region.objects.exclude(schema_name__in=world).delete()
        Region.objects.update(
            status=RegionStatus.READY, last_activity_at=None, read_only_because=[], read_only_since=None
        )
    # The registry tells it too, a moment later.
    memory.told(frozenset({EVERYTHING}))
    announced.told(frozenset({EVERYTHING}))
