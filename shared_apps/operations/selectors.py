"""What the operators' console shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shared_apps.operations.models import OperatorGrant
from tenants.fleet.models import Drift, ParkedRegion
from tenants.fleet.selectors import standing
from tenants.models import Domain, Region, RegionStatus
from tenants.schemas.release import current_version

# Longer than any name or address; the rest is nobody's.
LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region with what it last told of itself; a number that it never told is None."""

    region: Region
    warungs_open: int | None
    orders: int | None
    measured_at: datetime | None


def regions_for_console(*, text: str = "", status: str = "") -> QuerySet[Region]:
    """Regions with address, registration and counters, newest first, in a constant number of queries.

    `text` is looked for in names and addresses; an unknown status is none.
    """
    rows: QuerySet[Region] = (
        Region.objects.select_related("registration").prefetch_related("domains", "counters").order_by("-created_at")
    )
    wanted = text.replace("\x00", "").strip()[:LONGEST_TEXT]
    if wanted:
        at_address = Domain.objects.filter(tenant=OuterRef("pk"), domain__contains=wanted.lower())
        rows = rows.filter(Q(name__icontains=wanted) | Exists(at_address))
    if status in RegionStatus.values:
        rows = rows.filter(status=status)
    return rows


def rows_of(regions: Iterable[Region]) -> list[RegionRow]:
    """The regions with their numbers beside them."""
    rows = []
    for region in regions:
        counters = {counter.name: counter for counter in region.counters.all()}
        numbers = {name: counter.value for name, counter in counters.items()}
        newest = max((counter.measured_at for counter in counters.values()), default=None)
        rows.append(RegionRow(region, numbers.get("warungs_open"), numbers.get("orders"), newest))
    return rows


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
