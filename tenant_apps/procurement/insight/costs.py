"""What goods in the Satker's store cost, by their newest receipt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tenant_apps.procurement.models import GoodsReceiptLine


class Cost(NamedTuple):
    """So many rupiah for so many base units."""

    amount: int
    base_quantity: int

    def of(self, base_units: int) -> int:
        return base_units * self.amount // self.base_quantity


def last_costs(products: Iterable[int]) -> dict[int, Cost]:
    """By product id; what never came by a receipt has none. One query."""
    rows = GoodsReceiptLine.objects.filter(product__in=set(products)).order_by(
        "product_id", "-receipt__received_on", "-receipt_id", "-pk"
    )
    return {
        product: Cost(cost, base)
        for product, cost, base in rows.distinct("product_id").values_list("product_id", "cost", "base_quantity")
    }
