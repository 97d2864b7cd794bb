"""What the operators' console shows."""

from __future__ import annotations

from django.db.models import QuerySet

from tenants.models import Region


def regions_for_console() -> QuerySet[Region]:
    """Every region with its address and registration, newest first, in a constant number of queries."""
    rows: QuerySet[Region] = (
        Region.objects.select_related("registration").prefetch_related("domains").order_by("-created_at")
    )
    return rows
