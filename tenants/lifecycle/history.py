"""What happened to a region is written in one way: its history, and the audit of the platform."""

from __future__ import annotations

from typing import Any

from tenants.lifecycle.models import RegionEvent
from tenants.models import Region


def note(
    region: Region,
    move: str,
    *,
    by: str,
    reason: str = "",
    before: str = "",
    after: str = "",
    details: dict[str, Any] | None = None,
) -> RegionEvent:
    """One row of the region's history. On the platform, inside the transaction of the step."""
    return RegionEvent.objects.create(
        region=region,
        move=move,
        before=before or region.status,
        after=after or region.status,
        by=by,
        reason=reason,
        details=details or {},
    )
