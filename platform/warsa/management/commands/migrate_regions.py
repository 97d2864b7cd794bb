from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenants.models import Region, RegionStatus
from tenants.provisioning import current_version, migrate_schema


class Command(BaseCommand):
    """Bring the schema of every region that has been built to the version of this code."""

    help = "Migrate every region that is behind this version of the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", help="only the region with this slug")

    def handle(self, *args: Any, **options: Any) -> None:
        built = Region.objects.filter(status__in=[RegionStatus.READY, RegionStatus.SUSPENDED])
        behind = built.exclude(schema_version=current_version())
        if options["slug"]:
            behind = behind.filter(slug_claim__slug=options["slug"])
        for region in behind.order_by("pk"):
            migrate_schema(region)
            self.stdout.write(f"{region.name}: {region.schema_version}")
