"""Writing down what was done. A row is written with the deed, in its transaction: neither is there without the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from tenants.audit.models import AuditEvent
from tenants.context import on_platform
from tenants.models import Region

LONGEST_REASON = 400


def record(
    action: str,
    *,
    by: str,
    target: str = "",
    region: UUID | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    request: str = "",
) -> AuditEvent:
    """A deed is written down where one works: in the bound region's own log, or on the platform.

    `action`: "<subject>.<verb in the past>", as "region.suspended". `region`: on the platform, whom it concerns.
    Called last in the deed's transaction, for from here until its end other deeds of the same log wait.
    `details`: ids, numbers and names of choices; never names, numbers or addresses of people.
    """
    with transaction.atomic():
        return AuditEvent.objects.create(
            actor=by,
            action=action,
            target=target,
            region=region,
            reason=reason.replace("\x00", "").strip()[:LONGEST_REASON],
            details=details or {},
            request=request,
        )


def record_of_region(region: Region, action: str, *, by: str, **more: Any) -> AuditEvent:
    """On the platform, about a region. Outside of a transaction that works in that region."""
    with on_platform():
        return record(action, by=by, region=region.public_id, **{"target": f"region:{region.public_id}", **more})
