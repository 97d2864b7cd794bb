"""What every test finds: the official areas, and the regions Kalidoni and Lombok, empty and READY."""

from __future__ import annotations

from django.db import transaction

from shared_apps.regions.services import load_areas
from tenants.hosts import host_of_slug
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus
from tenants.provisioning import create_schema, migrate_schema


def build_region(name: str, slug: str) -> Region:
    """A READY region with every table and nobody in it."""
    region: Region = Region.objects.create(name=name)
    create_schema(region)
    migrate_schema(region)
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
