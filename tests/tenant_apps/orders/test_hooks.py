"""What orders tell the platform and the admin's checklist."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.orders.models import Order
from tenants import hooks
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import Cast
from tests.tenant_apps.orders.desk import place


def test_the_first_order_checks_itself(market: Cast) -> None:
    (item,) = [item for item in hooks.checklist() if item.name == "first_order"]
    assert (item.order, item.done()) == (60, False)
    place(market)
    assert item.done()


def test_orders_are_counted_for_the_operators(market: Cast, lombok: Region) -> None:
    measure, total = hooks.status_measures()["orders"], hooks.daily_measures()["orders_total"]
    assert measure() == {"orders_today": 0, "orders_month": 0, "last_order_at": None}
    old = place(market)
    Order.objects.filter(pk=old.pk).update(placed_at=clock.now() - timedelta(days=40))
    newest = place(market)
    seen = int(newest.placed_at.timestamp())
    assert measure() == {"orders_today": 1, "orders_month": 1, "last_order_at": seen}
    assert total() == {"orders_total": 2}
    with in_region(lombok):
        assert measure() == {"orders_today": 0, "orders_month": 0, "last_order_at": None}
        assert total() == {"orders_total": 0}
