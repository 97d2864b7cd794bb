"""WARSA. The process logs in as the worker for what the worker does, and as the web process for pages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from tenant_apps.accounts.models import Role, RoleGrant
from tenants import provisioning
from tenants.context import as_owner, in_region, on_platform
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Domain, PooledSchema, Region, RegionStatus, new_schema_name
from tenants.schemas import fingerprint, pool, release, replay
from tests.benchmarks.sides.console import address_of, lay_out_fleet, look_at, sum_up_all
from tests.benchmarks.sides.consolidating import fill_cycle, put_together, put_together_plainly
from tests.benchmarks.sides.listing import (
    apply_list,
    apply_plainly,
    fill_articles,
    hand_in_list,
    read_plainly,
    undo_list,
)
from tests.benchmarks.sides.noise import admin_cookie, slow_down
from tests.benchmarks.sides.searching import fill_storefront, search, shown
from tests.benchmarks.sides.serving import get, memory, serve
from tests.benchmarks.sides.shopping import checkout, stock_up, storefront
from tests.benchmarks.sides.weighing import begin_bank, look, places, plans
from tests.benchmarks.spending import spending

__all__ = [
    "address_of",
    "admin_cookie",
    "apply_list",
    "apply_plainly",
    "begin_bank",
    "checkout",
    "fill_articles",
    "fill_cycle",
    "fill_storefront",
    "hand_in_list",
    "lay_out_fleet",
    "look",
    "look_at",
    "memory",
    "places",
    "plans",
    "put_together",
    "put_together_plainly",
    "read_plainly",
    "search",
    "serve",
    "shown",
    "slow_down",
    "stock_up",
    "storefront",
    "sum_up_all",
    "undo_list",
]


def prepare() -> None:
    """The tables of public."""
    with as_owner():
        call_command("migrate_schemas", shared=True, verbosity=0)


def capture() -> dict[str, float]:
    """The SQL of this release, once."""
    with spending() as spent:
        release.capture()
    return spent.as_json()


def create(schema: str) -> dict[str, float]:
    """A schema with its role and every table, from captured SQL."""
    with spending() as spent:
        replay.build(schema)
    return spent.as_json()


def fill_pool(slots: int) -> None:
    for _ in range(slots):
        pool.fill()


def sign_up(slug: str) -> dict[str, float]:
    """A region from the pool with its admin and address, until its first page is served."""
    host = f"{slug}.localhost"

    def register(slot: PooledSchema) -> Region:
        region: Region = Region.objects.create(
            name=slug,
            schema_name=slot.schema_name,
            schema_version=slot.version,
            status=RegionStatus.READY,
            ready_at=clock.now(),
        )
        Domain.objects.create(domain=host, tenant=region, is_primary=True)
        return region

    def inside(region: Region) -> None:
        admin = User.objects.create_user(name="Budi", email="budi@example.test")
        RoleGrant.objects.create(user=admin, role=Role.ADMIN, by="system:bench")

    with spending() as spent:
        with on_platform():
            provisioning.found(register, inside)
        get(host, "/")
    return spent.as_json()


def found_fleet(first: int, regions: int) -> float:
    """READY regions `bench-<n>.localhost`, each with every table. Returns seconds on the clock."""
    version = release.current_version()
    with spending() as spent:
        for number in range(first, first + regions):
            schema = new_schema_name()
            replay.build(schema)
            with on_platform(), transaction.atomic():
                region = Region.objects.create(
                    name=f"bench {number}",
                    schema_name=schema,
                    schema_version=version,
                    status=RegionStatus.READY,
                    ready_at=clock.now(),
                )
                Domain.objects.create(domain=f"bench-{number}.localhost", tenant=region, is_primary=True)
    return spent.seconds


def schemas_of(first: int, regions: int) -> list[str]:
    """The schemas of `bench-<first>.localhost` and the next ones."""
    with on_platform():
        names = [f"bench {number}" for number in range(first, first + regions)]
        found: dict[str, str] = dict(Region.objects.filter(name__in=names).values_list("name", "schema_name"))
    return [found[name] for name in names]


def migrate_fleet(**options: Any) -> dict[str, Any]:
    """`warsa fleet migrate`."""
    told = io.StringIO()
    with spending() as spent, on_platform():
        call_command("fleet", "migrate", stdout=told, stderr=told, **options)
    with on_platform():
        behind = Region.objects.exclude(schema_version=release.current_version()).count()
    return {**spent.as_json(), "behind": behind, "told": told.getvalue()[-2000:]}


def export(schema: str, path: str) -> dict[str, float]:
    """One region into an archive. The archive is removed again; its size is part of the answer."""
    from tenants.backup.exporting import export_region

    with on_platform():
        region = Region.objects.get(schema_name=schema)
    with spending() as spent:
        export_region(region=region, path=Path(path))
    size = Path(path).stat().st_size
    Path(path).unlink()
    return {**spent.as_json(), "bytes": size}


def switch(schemas: list[str], times: int) -> float:
    """Seconds for one change of role and path, to schemas that the back end knows already."""
    regions = [Region(schema_name=schema) for schema in schemas]

    def once() -> None:
        for region in regions:
            with in_region(region), connection.cursor():
                pass

    once()
    with spending() as spent:
        for _ in range(times):
            once()
    return spent.seconds / (times * len(regions))


def switch_once(schema: str) -> float:
    """Seconds for one change to this region from another one."""
    with spending() as spent, in_region(Region(schema_name=schema)), connection.cursor():
        pass
    return spent.seconds


def verify(schemas: list[str]) -> float:
    """Fingerprints of these schemas, compared with the release's. Returns seconds for one.

    Raises:  AssertionError when one differs.
    """
    expected = release.current_release().fingerprint
    with spending() as spent, as_owner():
        for schema in schemas:
            drift = fingerprint.differences(expected, fingerprint.fingerprint(schema))
            if drift:
                raise AssertionError(f"{schema}: {drift[:3]}")
    return spent.seconds / len(schemas)
