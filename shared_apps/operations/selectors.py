"""What the operators' console shows."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from tenants.models import Region, RegionStatus


def regions_for_console() -> QuerySet[Region]:
    """Every region with its address and registration, newest first, in a constant number of queries."""
    rows: QuerySet[Region] = (
        Region.objects.select_related("registration").prefetch_related("domains").order_by("-created_at")
    )
    return rows


def regions_by_status() -> list[tuple[str, int]]:
    """How many regions have each status, in words; those without any are left out, the open ones apart."""
    numbers = dict(Region.objects.order_by().values_list("status").annotate(Count("pk")))
    return [
        (str(label), numbers.get(status, 0))
        for status, label in RegionStatus.choices
        if status in numbers or status == RegionStatus.READY
    ]
