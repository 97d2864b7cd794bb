"""A cycle whose orders are sent, as rows: what tests of arrivals, hand-overs and money begin with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

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
    return CycleOffer.objects.create(
        cycle=supplier.cycle,
        supplier=supplier,
        good=good,
        offer=uuid.uuid4(),
        version=uuid.uuid4(),
        sku=f"{good.product.sku}-{carton}",
        article_name=good.product_name,
        carton_label=label,
        carton=carton,
        tiers=[[1, price]],
        tax=Tax.NONE,
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


def set_out(cast: Cast, *, freight: int = 50_000, weighed: bool = False) -> Caravan:
    """Hasan ordered 4 sacks and 5 trays (2 more are welcome), Siti 2 sacks and 4 trays (1 more), the Satker 1 sack.

    Bought are 7 sacks at Rp 600.000 and 2 crates at Rp 280.000: Hasan's 4 sacks and 7 trays, Siti's 2 sacks and 5 trays.
    """
    cycle = open_cycle(cast, CycleState.ORDERED)
    tray = Pack.objects.create(product=cast.egg, label="papan 30 butir", base_quantity=30, use=Use.BUY)
    rice, eggs = good_of(cycle, cast.sack, SACK), good_of(cycle, tray, TRAY)
    order_of(cycle, cast.warung, {rice: (4, 0), eggs: (5, 2)})
    order_of(cycle, cast.other_warung, {rice: (2, 0), eggs: (4, 1)})
    order_of(cycle, None, {rice: (1, 0)})
    supplier = CycleSupplier.objects.create(cycle=cycle, supplier=uuid.uuid4(), name="Sinar Musi", freight=freight)
    purchase = Purchase.objects.create(cycle=cycle, supplier=supplier, goods=7 * 600_000 + 2 * 280_000, freight=freight)
    sacks = bought(
        purchase, offer_of(supplier, rice, "karung", 1, 600_000, catch_weight=weighed, barcode="8991234500017"), 7
    )
    crates = bought(purchase, offer_of(supplier, eggs, "peti", 6, 280_000, barcode="8991234500024"), 2)
    return Caravan(cast, cycle, rice, eggs, purchase, sacks, crates)
