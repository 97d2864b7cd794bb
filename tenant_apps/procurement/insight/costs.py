"""What goods in the Satker's store cost: as they last came, of a cycle with their freight, or by a receipt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tenant_apps.procurement.models import GoodsReceiptLine, LandedCost


class Cost(NamedTuple):
    """So many rupiah for so many base units."""

    amount: int
    base_quantity: int

    def of(self, base_units: int) -> int:
        return base_units * self.amount // self.base_quantity


def last_costs(products: Iterable[int]) -> dict[int, Cost]:
    """By product id; what never came by either has none. Two queries."""
    wanted = set(products)
    receipts = GoodsReceiptLine.objects.filter(product__in=wanted).order_by("product_id", "-receipt__written_at", "-pk")
    landed = LandedCost.objects.filter(product__in=wanted).order_by("product_id", "-pk")
    found = {
        product: (at, Cost(cost, base))
        for product, at, cost, base in receipts.distinct("product_id").values_list(
            "product_id", "receipt__written_at", "cost", "base_quantity"
        )
    }
    for product, at, amount, base in landed.distinct("product_id").values_list(
        "product_id", "at", "amount", "base_quantity"
    ):
        if product not in found or found[product][0] < at:
            found[product] = at, Cost(amount, base)
    return {product: cost for product, (_at, cost) in found.items()}
