"""Visitors who never came back leave nothing behind; people and visitors of these days keep their carts and sessions."""

from __future__ import annotations

import uuid
from datetime import timedelta
from unittest.mock import patch

from django.contrib.sessions.models import Session

from tenant_apps.orders import tasks
from tenant_apps.orders.models import Cart, CartLine
from tenant_apps.orders.services.carting import forget_carts, put_in_cart
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tenants.tasks import HEADER
from tests.cast import Cast, browser_of
from tests.tenants.test_tasks import run


def cart_of(market: Cast, key: uuid.UUID, *, days: int) -> None:
    put_in_cart(key=key, warung=market.warung, pack_id=market.kilo.pk, quantity=1)
    Cart.objects.filter(key=key).update(changed_at=clock.now() - timedelta(days=days))


def test_only_old_carts_of_visitors_go(market: Cast) -> None:
    gone, fresh, own = uuid.uuid4(), uuid.uuid4(), market.ratna.public_id
    for key, days in ((gone, 200), (uuid.uuid4(), 121), (fresh, 119), (own, 900)):
        cart_of(market, key, days=days)
    since = clock.now() - tasks.VISITORS_KEPT
    assert [forget_carts(untouched_since=since, most=1) for _ in range(3)] == [1, 1, 0]
    assert set(Cart.objects.values_list("key", flat=True)) == {fresh, own}
    assert CartLine.objects.count() == 2


def test_the_nightly_task_forgets_sessions_that_are_over(
    committed: None, market: Cast, kalidoni: Region, lombok: Region
) -> None:
    cart_of(market, uuid.uuid4(), days=400)
    browser_of(market.ratna), browser_of(market.hasan)
    over = Session.objects.earliest("pk")
    Session.objects.filter(pk=over.pk).update(expire_date=clock.now() - timedelta(seconds=1))
    run(tasks.forget_visitors, kalidoni.schema_name)
    assert Session.objects.count() == 1 and not Cart.objects.exists()
    with in_region(lombok):
        assert not Cart.objects.exists()


def test_beat_asks_every_open_region(kalidoni: Region, lombok: Region) -> None:
    with patch.object(tasks.forget_visitors, "apply_async") as sent:
        run(tasks.forget_visitors_nightly, "public")
    asked = {call.kwargs["headers"][HEADER] for call in sent.call_args_list}
    assert {kalidoni.schema_name, lombok.schema_name} <= asked
