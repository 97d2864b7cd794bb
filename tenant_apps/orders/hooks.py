"""What orders tell the platform and the region's admin."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tenant_apps.orders.bought import Bought
from tenant_apps.orders.models import Order
from tenant_apps.pricing.purchases import register_purchases
from tenants.context import current_region
from tenants.hooks import checklist_item, region_status
from tenants.kernel import clock

register_purchases(Bought())


@checklist_item(
    "first_order",
    title=_("First order"),
    hint=_("Somebody orders at a warung of this region. Try it yourself: the warung can reject your order afterwards."),
    url_name="home",
    order=60,
)
def first_order() -> bool:
    return Order.objects.exists()


@region_status("orders")
def measure() -> dict[str, int | str | None]:
    """Orders placed since midnight in the region, and ever."""
    zone = current_region().time_zone
    midnight = datetime.combine(clock.today(zone), time(0), tzinfo=ZoneInfo(zone))
    return {
        "orders_today": Order.objects.filter(placed_at__gte=midnight).count(),
        "orders_total": Order.objects.count(),
    }
