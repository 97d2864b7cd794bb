"""What the operators' console shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from shared_apps.operations.models import OperatorGrant
from tenants.fleet.models import Drift, ParkedRegion
from tenants.fleet.selectors import standing
from tenants.models import Region, RegionStatus
from tenants.schemas.release import current_version


def regions_by_status() -> list[tuple[str, str, int]]:
    """Each status with its words and how many regions have it; those without any are left out, the open ones apart."""
    numbers = dict(Region.objects.order_by().values_list("status").annotate(Count("pk")))
    return [
        (status, str(label), numbers.get(status, 0))
        for status, label in RegionStatus.choices
        if status in numbers or status == RegionStatus.READY
    ]


def operator_grants() -> QuerySet[OperatorGrant]:
    """Everybody who operates, with their second factors, by name."""
    return (
        OperatorGrant.objects.select_related("user", "app").annotate(devices=Count("passkeys")).order_by("user__name")
    )


@dataclass(frozen=True)
class FleetNumbers:
    """How many regions are where. `current` follow this code, `behind` come with the next run, `parked` wait for a person."""

    version: str
    current: int
    behind: int
    parked: int
    differing: int


def fleet_numbers() -> FleetNumbers:
    """Where the fleet stands against the code that shows the page."""
    version = current_version()
    return FleetNumbers(
        version,
        Region.objects.filter(schema_version=version).exclude(status=RegionStatus.CLOSED).count(),
        standing(version).number,
        ParkedRegion.objects.count(),
        Drift.objects.count(),
    )
