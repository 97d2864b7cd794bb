"""A region out of an archive into this installation: a new schema, and in the registry at the very end or not at all."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from tenants.backup import files, hooks, loading, sides
from tenants.backup.archive import Manifest, opened
from tenants.backup.errors import ArchiveUnfit, Occupied
from tenants.backup.models import SideSchema
from tenants.context import on_platform
from tenants.hosts import host_of_slug
from tenants.kernel.slugs import SlugRefused, clean_slug
from tenants.models import Domain, Region, RegionStatus, SlugClaim, TimeZone
from tenants.schemas import release
from tenants.schemas.names import quoted


def import_region(*, path: Path, slug: str = "", key: bytes | None = None) -> Region:
    """The archive's region lives here, under a schema name and a role of this installation's own.

    It answers at `slug` (the archive's own where none is given), open, or suspended if it was when it was exported. Schema,
    rows and files are complete before the registry hears of it; the address is written last, in the same transaction.
    A region that was wiped here comes back as the one that it was.
    Raises:  ArchiveRefused, ArchiveUnfit, Occupied, NotExact. Then nothing of it is here.
    """
    sides.sweep()
    with opened(path, key=key) as reader:
        manifest = reader.manifest
        wanted = slug or manifest.region.slug
        with on_platform():
            wiped = _check(manifest, wanted)
        loading.recipe_for(manifest)
        stand_in = wiped or Region(name=manifest.region.name, public_id=uuid.UUID(manifest.region.public_id))
        with sides.new_side(manifest, None) as side:
            loading.fill_schema(reader=reader, schema=side.schema_name, region=stand_in)
            files.place(reader, side.schema_name)
            with on_platform(), transaction.atomic():
                # Again, for others may have come meanwhile; the constraints have the last word.
                region = _enter(manifest, wanted, side, _check(manifest, wanted))
    return region


def _check(manifest: Manifest, slug: str) -> Region | None:
    """The region that was wiped here and comes back, or None for one that is new here.

    Raises:  Occupied, ArchiveUnfit, with every reason at once.
    """
    region: Region | None = Region.objects.filter(public_id=manifest.region.public_id).first()
    if region is not None and (region.status != RegionStatus.CLOSED or _has_schema(region)):
        raise Occupied(f"{region.name} of the archive is here already ({region.status}): restore it instead.")
    problems = []
    try:
        if clean_slug(slug) != slug:
            problems.append(f"The slug {slug!r} is not written as an address is; give another one by --slug.")
    except SlugRefused:
        problems.append(f"The slug {slug!r} cannot be an address; give another one by --slug.")
    own = SlugClaim.objects.filter(region=region).first() if region else None
    if own is not None and own.slug != slug:
        problems.append(f"The region comes back to its own address {own.slug!r}.")
    claim = SlugClaim.objects.filter(slug=slug).first()
    domain = Domain.objects.filter(domain=host_of_slug(slug)).first()
    if (claim is not None and claim.region_id != (region.pk if region else None)) or (
        domain is not None and domain.tenant_id != (region.pk if region else None)
    ):
        problems.append(f"The address {slug!r} belongs to another region; give another one by --slug.")
    if manifest.region.time_zone not in TimeZone.values:
        raise ArchiveUnfit(f"The time zone {manifest.region.time_zone!r} is not one of ours.")
    known = hooks.records()
    for name, data in manifest.records.items():
        if name not in known:
            raise ArchiveUnfit(f"The archive has a record {name!r} that this release does not know.")
        problems += known[name].problems(data, region)
    if problems:
        raise Occupied(" ".join(problems))
    return region


def _has_schema(region: Region) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [quoted(region.schema_name)])
        return bool(cursor.fetchone()[0])


def _enter(manifest: Manifest, slug: str, side: SideSchema, region: Region | None) -> Region:
    """The registry knows the region. Inside the transaction that opens it."""
    origin = manifest.region
    if region is None:
        region = Region(public_id=uuid.UUID(origin.public_id))
    region.schema_name = side.schema_name
    region.name, region.time_zone = origin.name, origin.time_zone
    region.status = RegionStatus.BUILDING
    region.schema_version = release.current_version()
    region.ready_at = datetime.fromisoformat(origin.ready_at) if origin.ready_at else None
    region.save()
    Region.objects.filter(pk=region.pk).update(created_at=datetime.fromisoformat(origin.created_at))
    for name, data in manifest.records.items():
        hooks.records()[name].write(data, region, slug)
    SlugClaim.objects.get_or_create(slug=slug, defaults={"held_for": region.public_id, "region": region})
    shut = origin.status != RegionStatus.READY
    region.status = RegionStatus.SUSPENDED if shut else RegionStatus.READY
    Region.objects.filter(pk=region.pk).update(status=region.status)
    SideSchema.objects.filter(pk=side.pk).delete()
    # Last: from the commit on, the address answers.
    Domain.objects.get_or_create(
        domain=host_of_slug(slug),
        defaults={"tenant": region, "is_primary": not Domain.objects.filter(tenant=region).exists()},
    )
    region.refresh_from_db()
    return region
