"""What orders tell the platform and the region's admin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, Left, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenant_apps.orders.bought import Bought
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.orders.services.filling import expire_order, go_on_paid
from tenant_apps.payments.hooks import payable
from tenant_apps.payments.models import Payment
from tenant_apps.pricing.purchases import register_purchases
from tenants.context import current_region
from tenants.hooks import DayFigure, checklist_item, region_days, region_status
from tenants.kernel import clock

register_purchases(Bought())

# Orders that are, or become, a sale: paid or to be paid at the door, and neither refused nor called off.
STANDING = (OrderState.PLACED, OrderState.ACCEPTED, OrderState.PACKED, OrderState.HANDED_OVER)


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
    """Orders placed since midnight in the region and since the first of the month, and when the last one came (seconds since 1970)."""
    last = Order.objects.order_by("-placed_at").values_list("placed_at", flat=True).first()
    today = clock.today(current_region().time_zone)
    return {
        "orders_today": Order.objects.filter(placed_at__gte=_begin(today)).count(),
        "orders_month": Order.objects.filter(placed_at__gte=_begin(today.replace(day=1))).count(),
        "last_order_at": int(last.timestamp()) if last else None,
    }


@region_status("orders_total", daily=True)
def measure_all() -> dict[str, int | str | None]:
    """Orders placed ever; counting them reads all of them."""
    return {"orders_total": Order.objects.count()}


@region_days("orders", "orders", "gmv")
def orders_by_district(since: date) -> Iterable[DayFigure]:
    """Orders that stand, by the warung's kecamatan and the day they were placed on, and the rupiah of their goods."""
    zone = ZoneInfo(current_region().time_zone)
    rows = (
        Order.objects.filter(placed_at__gte=_begin(since), state__in=STANDING)
        .order_by()
        .values_list(Left("warung__village_code", 8), TruncDate("placed_at", tzinfo=zone))
        .annotate(number=Count("pk"), worth=Sum(Coalesce("packed_goods", "goods_total")))
    )
    for code, day, number, worth in rows:
        yield DayFigure(code, day, "orders", number)
        yield DayFigure(code, day, "gmv", int(worth))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(current_region().time_zone))
