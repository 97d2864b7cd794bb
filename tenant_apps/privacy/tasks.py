from __future__ import annotations

import logging

from tenant_apps.privacy.services import carry_out, waiting_erasures
from tenants.personal.resealing import reseal
from tenants.personal.retention import forget_what_is_old
from tenants.tasks import for_each_ready_region, platform_task, region_task

log = logging.getLogger(__name__)
NIGHT = 6 * 3_600


@region_task()
def carry_out_erasure(erasure_id: int) -> None:
    carry_out(erasure_id)


@region_task()
def tend_region() -> None:
    """Erasures that a killed worker left; what has been kept for long enough; numbers under an old key."""
    for pk in waiting_erasures():
        try:
            carry_out(pk)
        except Exception:
            # The next one is not kept waiting by it; it comes again tomorrow.
            log.exception("erasure %s failed", pk)
    forget_what_is_old()
    for _column in reseal():
        pass


@platform_task()
def tend_everywhere() -> None:
    """Beat, each night: every READY region, and the platform's own numbers."""
    for_each_ready_region(tend_region, expires=NIGHT)
    for _column in reseal():
        pass
