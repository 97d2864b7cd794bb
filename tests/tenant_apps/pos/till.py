"""What the tests of the counter share: selling at Hasan's, and a footprint of everything that a sale moves."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.pos.models import BonCustomer, CounterSale
from tenant_apps.pos.services import SaleLine, Tenders, open_bon, record_gone_sale, record_sale
from tenant_apps.stock.models import StockLevel, StockMovement
from tenants.kernel import clock
from tests.cast import Cast


def rice(cast: Cast, quantity: int = 2, price: int | None = None) -> SaleLine:
    """So many kilos; two of them cost 29.000."""
    return SaleLine(cast.kilo.pk, quantity, cast.rice_price.price if price is None else price)


def eggs(cast: Cast, quantity: int = 1) -> SaleLine:
    return SaleLine(cast.piece.pk, quantity, cast.egg_price.price)


def sell(
    cast: Cast,
    *lines: SaleLine,
    tenders: Tenders | None = None,
    key: uuid.UUID | None = None,
    customer: BonCustomer | None = None,
    at: datetime | None = None,
    gone: bool = False,
) -> CounterSale:
    """Hasan sells at his own warung; in cash unless told."""
    chosen = list(lines) or [rice(cast)]
    total = sum(line.quantity * line.price for line in chosen)
    record = record_gone_sale if gone else record_sale
    return record(
        warung=cast.warung,
        key=key or uuid.uuid4(),
        lines=chosen,
        tenders=tenders or Tenders(cash=total),
        customer=customer,
        at=at or clock.now(),
        by=cast.hasan.actor,
    )


def bon_of_ani(cast: Cast, limit: int = 100_000) -> BonCustomer:
    return open_bon(warung=cast.warung, name="Bu Ani", phone="", limit=limit, by=cast.hasan.actor)


def balance(cast: Cast, book: str) -> int:
    """What stands on the warung's account, debit positive; 0 where it has none."""
    return Account.objects.filter(code=f"warung:{cast.warung.pk}:{book}").values_list("balance", flat=True).first() or 0


def on_shelf(cast: Cast) -> dict[str, tuple[int, int]]:
    """On hand and promised at Hasan's, by product name."""
    rows = StockLevel.objects.filter(location__warung=cast.warung).select_related("product")
    return {row.product.name: (row.on_hand, row.reserved) for row in rows}


def footprint() -> dict[str, Any]:
    """Everything that a sale could move."""
    return {
        "sales": list(CounterSale.objects.order_by("pk").values_list("public_id", "state")),
        "levels": list(StockLevel.objects.order_by("pk").values_list("pk", "on_hand", "reserved", "sealed")),
        "movements": StockMovement.objects.count(),
        "entries": JournalEntry.objects.count(),
        "balances": {code: amount for code, amount in Account.objects.values_list("code", "balance") if amount},
    }


def must_add_up() -> None:
    assert unproven_accounts() == []
    sums: dict[tuple[int, int], int] = {}
    for place, product, delta in StockMovement.objects.values_list("location_id", "product_id", "delta_on_hand"):
        sums[place, product] = sums.get((place, product), 0) + delta
    for level in StockLevel.objects.all():
        assert sums.get((level.location_id, level.product_id), 0) == level.on_hand
