from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from tenant_apps.orders.services.carting import forget_carts
from tenants.kernel import clock
from tenants.sessions import SessionStore
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Until the morning; a night that was missed is made up for by the next.
WORTH_SECONDS = 6 * 3_600
# Only a visitor's session leads to their cart. It may have been renewed after the last tap, so twice its life.
VISITORS_KEPT = 2 * timedelta(seconds=settings.SESSION_COOKIE_AGE)


@region_task()
def forget_visitors() -> None:
    """Sessions that are over, and carts that nobody can come back to."""
    SessionStore.clear_expired()
    while forget_carts(untouched_since=clock.now() - VISITORS_KEPT):
        pass


@platform_task()
def forget_visitors_nightly() -> None:
    """Beat: the platform's own sessions, and each READY region's visitors."""
    SessionStore.clear_expired()
    for_each_ready_region(forget_visitors, expires=WORTH_SECONDS)
