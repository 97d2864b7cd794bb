"""Goods that are gone, whether the books knew of them or not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.services.moving import Line, sell
from tenant_apps.stock.services.writing import Change, Why, write


def sell_gone(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> dict[int, int]:
    """Goods left at the counter without asking us, as while the network was away. Returns what nobody had counted, by product.

    What is promised stays promised: what is short is first written as found, under a reason of its own.

    Units:   base units.
    Raises:  BadQuantity.
    Writes:  levels, movements "sold_uncounted" for what was short, movements "sold".
    """
    wanted: dict[int, int] = {}
    lines = list(lines)
    for line in lines:
        wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
    with transaction.atomic():
        levels = lock_levels([(location.pk, product) for product in wanted])
        short = {
            product: quantity - levels[location.pk, product].available
            for product, quantity in wanted.items()
            if quantity > levels[location.pk, product].available
        }
        if short:
            write(
                [Change(levels[location.pk, product], quantity) for product, quantity in sorted(short.items())],
                Why("sold_uncounted", reference, f"sold_uncounted:{reference}", by),
            )
        if not sell(location=location, lines=lines, reference=reference, by=by):
            raise LookupError(f"{reference} was sold before")
    return short
