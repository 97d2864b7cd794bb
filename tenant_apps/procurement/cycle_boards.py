"""What the order page of a cycle shows, worked out at once so that no template counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import search_products
from tenant_apps.procurement.cycle_selectors import GoodHint, GoodSum, hints_for, last_wishes, sums_of
from tenant_apps.procurement.models import Cycle, CycleGood, CycleOrder
from tenant_apps.warungs.models import Warung

A_PAGE = 24
MOST_FOUND = 60


@dataclass(frozen=True)
class OrderRow:
    """A good of the cycle: what is written beside it, and what somebody should know who orders it."""

    sum: GoodSum
    firm: str
    tolerance: str
    hint: GoodHint | None = None
    seen: int | None = None
    unreadable: bool = False
    lonely: bool = False

    @property
    def good(self) -> CycleGood:
        return self.sum.good

    @property
    def was(self) -> int | None:
        """The price that was seen before, where it has moved."""
        return self.seen if self.seen is not None and self.seen != self.good.price else None


@dataclass(frozen=True)
class OrderBoard:
    """The order page: what is written or suggested, then what else there is."""

    chosen: list[OrderRow]
    others: list[OrderRow]
    more: int
    total: int
    kinds: int
    suggested: bool


def order_board(
    cycle: Cycle,
    warung: Warung | None,
    order: CycleOrder | None,
    *,
    texts: Mapping[int, tuple[str, str]] | None = None,
    seen: Mapping[int, int] | None = None,
    unreadable: frozenset[int] = frozenset(),
    lonely: frozenset[int] = frozenset(),
    text: str = "",
    shown: int = A_PAGE,
) -> OrderBoard:
    """Without `texts` (the page is opened) the order as it stands; where there is none, what runs low, or the last order."""
    sums = {one.good.pk: one for one in sums_of(cycle)}
    hints = hints_for(warung, cycle, [one.good for one in sums.values()]) if warung else {}
    suggested = texts is None and order is None
    if texts is not None:
        wanted = {good: pair for good, pair in texts.items() if any(pair)}
    elif order is not None:
        wanted = {line.good_id: (str(line.firm), str(line.tolerance or "")) for line in order.lines.all()}
    else:
        wanted = {good: (str(hint.units), "") for good, hint in hints.items()}
        if not wanted and warung is not None:
            last = last_wishes(warung, cycle)
            wanted = {
                one.good.pk: (str(last[one.good.product_id][0]), str(last[one.good.product_id][1] or ""))
                for one in sums.values()
                if one.good.product_id in last
            }
    rows = [
        OrderRow(
            one,
            *wanted.get(pk, ("", "")),
            hint=hints.get(pk),
            seen=(seen or {}).get(pk),
            unreadable=pk in unreadable,
            lonely=pk in lonely,
        )
        for pk, one in sums.items()
    ]
    chosen = sorted((row for row in rows if row.good.pk in wanted), key=lambda row: row.good.product_name)
    rest = _found([row for row in rows if row.good.pk not in wanted], text)
    written = [row for row in chosen if row.firm.isascii() and row.firm.isdecimal() and int(row.firm)]
    return OrderBoard(
        chosen=chosen,
        others=rest[:shown],
        more=max(len(rest) - shown, 0),
        total=sum(int(row.firm) * row.good.price for row in written),
        kinds=len(written),
        suggested=suggested and bool(wanted),
    )


def _found(rows: list[OrderRow], text: str) -> list[OrderRow]:
    """Goods that fit the text, best first; all of them by name without a text."""
    if not text:
        return sorted(rows, key=lambda row: row.good.product_name)
    among = Product.objects.filter(pk__in={row.good.product_id for row in rows})
    ranks = {product.pk: rank for rank, product in enumerate(search_products(text, MOST_FOUND, among))}
    return sorted((row for row in rows if row.good.product_id in ranks), key=lambda row: ranks[row.good.product_id])
