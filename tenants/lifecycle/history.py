"""What happened to a region is written in one way: its history, the platform's audit log, and its own while it answers."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from tenants.audit.services import record
from tenants.context import in_region
from tenants.lifecycle.models import RegionEvent
from tenants.lifecycle.steps import STEPS
from tenants.models import Region, RegionStatus

# Once a region is shut for good nothing is written into it any more: its archive must stay the same as it is.
_WRITES_ITS_OWN = (RegionStatus.READY, RegionStatus.SUSPENDED)


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
    """One row of the region's history. On the platform, inside the transaction of the step.

    Writes:  besides the row, the platform's audit log; after the commit that of the region itself, as long as it answers.
    """
    event = RegionEvent.objects.create(
        region=region,
        move=move,
        before=before or region.status,
        after=after or region.status,
        by=by,
        reason=reason,
        details=details or {},
    )
    told: dict[str, Any] = {
        "action": f"region.{STEPS[move].deed}",
        "by": by,
        "target": f"region:{region.public_id}",
        "reason": reason,
        "details": {"event": event.pk, "before": event.before, "after": event.after},
    }
    record(region=region.public_id, **told)
    if region.status in _WRITES_ITS_OWN:
        transaction.on_commit(partial(_into_its_own, region, told), robust=True)
    return event


def _into_its_own(region: Region, told: dict[str, Any]) -> None:
    with in_region(region):
        record(**told)
