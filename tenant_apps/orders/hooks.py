"""What orders tell the platform and the region's admin."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenant_apps.orders.bought import Bought
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.filling import expire_order, go_on_paid
from tenant_apps.payments.hooks import payable
from tenant_apps.payments.models import Payment
from tenant_apps.pricing.purchases import register_purchases
from tenants.context import current_region
from tenants.hooks import checklist_item, region_status
from tenants.kernel import clock

register_purchases(Bought())


def _order_of(reference: str) -> Order:
    return Order.objects.select_related("warung").get(number=reference.partition(":")[2])


def _lock(reference: str) -> None:
    Order.objects.select_for_update(no_key=True).get(number=reference.partition(":")[2])


def _paid(payment: Payment, *, by: str) -> None:
    go_on_paid(order=_order_of(payment.reference), by=by)


def _expired(payment: Payment, *, by: str) -> None:
    expire_order(order=_order_of(payment.reference), by=by)


def _address(reference: str) -> str:
    return reverse("orders:order", args=[reference.partition(":")[2]])


payable("order", paid=_paid, expired=_expired, lock=_lock, address=_address)


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
    """Orders placed since midnight in the region, since the first of the month, and ever."""
    zone = current_region().time_zone
    midnight = datetime.combine(clock.today(zone), time(0), tzinfo=ZoneInfo(zone))
    return {
        "orders_today": Order.objects.filter(placed_at__gte=midnight).count(),
        "orders_month": Order.objects.filter(placed_at__gte=midnight.replace(day=1)).count(),
        "orders_total": Order.objects.count(),
    }
