"""A cycle whose orders are sent, as rows: what tests of arrivals, hand-overs and money begin with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared_apps.exchange.models import SupplierOrder
from shared_apps.exchange.services import confirm
from shared_apps.supplier_catalog.models import Tax
from tenant_apps.catalog.models import Pack, Use
from tenant_apps.procurement.consolidation import handed_out
from tenant_apps.procurement.models import (
    Cycle,
    CycleGood,
    CycleLine,
    CycleOffer,
    CycleOrder,
    CycleState,
    CycleSupplier,
    Purchase,
    PurchaseLine,
    PurchasePart,
)
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered
from tests.cast import BY, Cast
from tests.shared_apps.exchange.ordering import Deal

SACK, TRAY = 650_000, 52_000


@dataclass(frozen=True)
class Caravan:
    """Sinar Musi brings rice in sacks and eggs in crates of six trays."""

    cast: Cast
    cycle: Cycle
    rice: CycleGood
    eggs: CycleGood
    purchase: Purchase
    sacks: PurchaseLine
    crates: PurchaseLine

    def part(self, line: PurchaseLine, warung: Warung | None) -> PurchasePart:
        return PurchasePart.objects.get(purchase_line=line, line__order__warung=warung)


def order_of(
    cycle: Cycle, warung: Warung | None, wishes: Mapping[CycleGood, tuple[int, int]], *, state: CycleState | None = None
) -> CycleOrder:
    """What a warung ordered: firm and tolerated units by good."""
    order = CycleOrder.objects.create(
        cycle=cycle,
        warung=warung,
        key=uuid.uuid4(),
        total=sum(good.price * firm for good, (firm, _tolerance) in wishes.items()),
        by=BY,
    )
    for good, (firm, tolerance) in wishes.items():
        CycleLine.objects.create(cycle=cycle, order=order, good=good, firm=firm, tolerance=tolerance, price=good.price)
    return order


def open_cycle(cast: Cast, state: CycleState = CycleState.OPEN, name: str = "Putaran Senin") -> Cycle:
    return save_numbered(
        Cycle(
            satker=cast.satker,
            name=name,
            state=state,
            closes_at=clock.now() + timedelta(days=1),
            deliver_on=clock.today() + timedelta(days=3),
            made_by=BY,
        )
    )


def good_of(cycle: Cycle, pack: Pack, price: int) -> CycleGood:
    return CycleGood.objects.create(
        cycle=cycle,
        product=pack.product,
        pack=pack,
        product_name=pack.product.name,
        pack_label=pack.label,
        base_unit=pack.product.base_unit,
        base_quantity=pack.base_quantity,
        price=price,
    )


def offer_of(
    supplier: CycleSupplier, good: CycleGood, label: str, carton: int, price: int, **facts: object
) -> CycleOffer:
    facts = {"offer": uuid.uuid4(), "tax": Tax.NONE, **facts}
    return CycleOffer.objects.create(
        cycle=supplier.cycle,
        supplier=supplier,
        good=good,
        version=uuid.uuid4(),
        sku=f"{good.product.sku}-{carton}",
        article_name=good.product_name,
        carton_label=label,
        carton=carton,
        tiers=[[1, price]],
        **facts,
    )


def bought(purchase: Purchase, offer: CycleOffer, cartons: int) -> PurchaseLine:
    """A line with its parts, shared as the plan would."""
    line = PurchaseLine.objects.create(
        purchase=purchase,
        offer=offer,
        good=offer.good,
        cartons=cartons,
        units=cartons * offer.carton,
        price=offer.tiers[0][1],
    )
    wishes: Sequence[CycleLine] = list(CycleLine.objects.filter(good=offer.good).order_by("pk"))
    given = handed_out(line.units, [one.firm for one in wishes], [one.tolerance for one in wishes])
    for wish, units in zip(wishes, given, strict=True):
        if units:
            PurchasePart.objects.create(purchase_line=line, line=wish, units=units)
    return line


def set_out(cast: Cast, *, freight: int = 50_000, weighed: bool = False, deal: Deal | None = None) -> Caravan:
    """Hasan ordered 4 sacks and 5 trays (2 more are welcome), Siti 2 sacks and 4 trays (1 more), the Satker 1 sack.

    Bought are 7 sacks at Rp 600.000 and 2 crates at Rp 280.000: Hasan's 4 sacks and 7 trays, Siti's 2 sacks and 5 trays.
    """
    cycle = open_cycle(cast, CycleState.ORDERED)
    tray = Pack.objects.create(product=cast.egg, label="papan 30 butir", base_quantity=30, use=Use.BUY)
    rice, eggs = good_of(cycle, cast.sack, SACK), good_of(cycle, tray, TRAY)
    order_of(cycle, cast.warung, {rice: (4, 0), eggs: (5, 2)})
    order_of(cycle, cast.other_warung, {rice: (2, 0), eggs: (4, 1)})
    order_of(cycle, None, {rice: (1, 0)})
    public_id = deal.supplier.public_id if deal else uuid.uuid4()
    supplier = CycleSupplier.objects.create(cycle=cycle, supplier=public_id, name="Sinar Musi", freight=freight)
    purchase = Purchase.objects.create(cycle=cycle, supplier=supplier, goods=7 * 600_000 + 2 * 280_000, freight=freight)
    sacks = bought(
        purchase, offer_of(supplier, rice, "karung", 1, 600_000, catch_weight=weighed, barcode="8991234500017"), 7
    )
    crates = bought(purchase, offer_of(supplier, eggs, "peti", 6, 280_000, barcode="8991234500024"), 2)
    return Caravan(cast, cycle, rice, eggs, purchase, sacks, crates)


def ordered(deal: Deal, cast: Cast, *, answered: bool = True, **facts: Any) -> tuple[Caravan, SupplierOrder]:
    """The same cycle, whose order Sinar Musi has in the exchange, and confirmed unless told. Called inside the region."""
    caravan = set_out(cast, deal=deal, **facts)
    for line, sku in ((caravan.sacks, "BR-50"), (caravan.crates, "TL-180")):
        offer = deal.musi.offers[sku]
        CycleOffer.objects.filter(pk=line.offer_id).update(offer=offer.public_id)
    order = deal.send({"BR-50": 7, "TL-180": 2}, key=caravan.purchase.key)
    if answered:
        deal.as_supplier(confirm, order)
    Purchase.objects.filter(pk=caravan.purchase.pk).update(order=order.public_id, order_number=order.number)
    for one in (caravan.purchase, caravan.sacks, caravan.crates):
        one.refresh_from_db()
    return caravan, order
