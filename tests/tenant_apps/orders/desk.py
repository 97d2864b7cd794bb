"""How the tests of orders order, and what they compare after a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection

from tenant_apps.catalog.models import Pack
from tenant_apps.ledger.models import Account, JournalLine
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.orders.models import CartLine, Method, Order, OrderEvent, OrderLine
from tenant_apps.orders.services.placing import Address, SeenLine, place_order
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.warungs.models import Warung
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import VILLAGE, Cast

HOME = Address(village_code=VILLAGE, street="Lorong Kenanga 5", rw=1, rt=3)


def seen(*wanted: tuple[Pack, int, int]) -> list[SeenLine]:
    """(pack, how many, price seen)."""
    return [SeenLine(pack.pk, quantity, price) for pack, quantity, price in wanted]


def two_kilos(market: Cast) -> list[SeenLine]:
    """2 kg of rice at Rp 14.500 and 3 eggs at Rp 2.000: Rp 35.000."""
    return seen((market.kilo, 2, 14_500), (market.piece, 3, 2_000))


def place(
    market: Cast,
    *,
    lines: Sequence[SeenLine] | None = None,
    customer: User | None = None,
    warung: Warung | None = None,
    method: Method = Method.PICKUP,
    key: uuid.UUID | None = None,
    **more: Any,
) -> Order:
    """Ratna orders `two_kilos` at Hasan's, unless told otherwise."""
    who = customer or market.ratna
    return place_order(
        customer=who,
        warung=warung or market.warung,
        key=key or uuid.uuid4(),
        lines=two_kilos(market) if lines is None else lines,
        method=method,
        name=who.name,
        phone=who.phone,
        by=who.actor,
        **more,
    )


def deliver(market: Cast, **more: Any) -> Order:
    """The same, brought to Ratna's house for Rp 2.000."""
    return place(market, method=Method.DELIVERY, address=HOME, fee=2_000, **more)


def levels(market: Cast) -> dict[str, tuple[int, int]]:
    """On hand and reserved at Hasan's, in base units."""
    rows = StockLevel.objects.filter(location__warung=market.warung)
    return {row.product.name: (row.on_hand, row.reserved) for row in rows.select_related("product")}


def balances() -> dict[str, int]:
    """Balances by the last word of the account's code, debit positive."""
    return {account.code.rsplit(":", 1)[1]: account.balance for account in Account.objects.all() if account.balance}


def footprint() -> list[Any]:
    """Everything that an order can touch in the bound region."""
    return [
        sorted(Order.objects.values_list("number", "state", "total")),
        OrderLine.objects.count(),
        OrderEvent.objects.count(),
        sorted(StockLevel.objects.values_list("pk", "on_hand", "reserved")),
        StockMovement.objects.count(),
        sorted(Account.objects.values_list("code", "balance")),
        JournalLine.objects.count(),
        OutboxMessage.objects.count(),
        sorted(CartLine.objects.values_list("cart__key", "cart__warung", "pack", "quantity")),
    ]


def told() -> list[tuple[str, str]]:
    """Who was told what: address and subject (the text itself for a short text), in order."""
    rows = OutboxMessage.objects.filter(dedupe__startswith="order.").order_by("pk")
    return [(row.payload["to"], row.payload.get("subject") or row.payload["body"]) for row in rows]


def must_add_up() -> None:
    """What holds whatever happened: nothing oversold, levels are their movements, accounts are their lines, cash is orders."""
    for level in StockLevel.objects.all():
        moved = StockMovement.objects.filter(location=level.location_id, product=level.product_id)
        assert 0 <= level.reserved <= level.on_hand
        assert level.on_hand == sum(moved.values_list("delta_on_hand", flat=True))
        assert level.reserved == sum(moved.values_list("delta_reserved", flat=True))
        waiting = OrderLine.objects.filter(
            order__warung__stock_location=level.location_id,
            product=level.product_id,
            order__state__in=["unpaid", "placed", "accepted", "packed"],
        )
        assert level.reserved == sum(line.in_bag for line in waiting)
    assert unproven_accounts() == []
    for account in Account.objects.filter(code__endswith=":cash", warung__isnull=False):
        sold = Order.objects.filter(warung=account.warung, state="handed_over", pay="cash")
        assert account.balance == sum(order.due for order in sold)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


def at_once(region: Region, work: Iterable[Callable[[], object]]) -> list[str]:
    """Run all of them at the same moment, each on its own connection in the region; sorted names of what came out."""
    jobs = list(work)
    start = Barrier(len(jobs))
    outcome: list[str] = []

    def run(job: Callable[[], object]) -> None:
        try:
            with in_region(region):
                connection.ensure_connection()
                start.wait(60)
                job()
            outcome.append("done")
        except Exception as failure:
            outcome.append(type(failure).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcome)
