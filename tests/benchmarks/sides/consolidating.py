"""A cycle of a region of its own, closed and full of lines: put together by our service, and as one would write it first."""

from __future__ import annotations

import gc
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Sum

from tenant_apps.catalog.models import Category, Pack, Product, Use
from tenant_apps.procurement.consolidation import cartons_for
from tenant_apps.procurement.models import (
    Cycle,
    CycleGood,
    CycleOffer,
    CycleState,
    CycleSupplier,
    Purchase,
    PurchaseLine,
    PurchasePart,
)
from tenant_apps.procurement.services.consolidating import replan
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung, WarungState
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.benchmarks.spending import spending

# A region that no other benchmark uses.
NUMBER = 910
SLUG = f"bench-{NUMBER}"
BY = "system:bench"
LINES_OF_A_WARUNG = 60
GOODS, SUPPLIERS, OFFERS_OF_A_GOOD = 600, 40, 3


def region() -> Region:
    with on_platform():
        found: Region = Region.objects.get(domains__domain=f"{SLUG}.localhost")
        return found


def fill_cycle(lines: int) -> dict[str, int]:
    """A closed cycle: so many lines of warungs of 60 each, 600 goods, 3 offers of each from 40 suppliers."""
    with in_region(region()), transaction.atomic():
        satker = Satker.objects.first() or Satker.objects.create(name="Satker")
        closes = clock.now() + timedelta(days=1)
        cycle = Cycle.objects.create(
            satker=satker,
            number=f"{Cycle.objects.count() + 1:06}",
            name=f"{lines} lines",
            state=CycleState.LOCKED,
            closes_at=closes,
            deliver_on=closes.date(),
            made_by=BY,
        )
        goods = _goods(cycle)
        _offers(cycle, goods)
        _orders(cycle, goods, lines)
        return {"cycle": cycle.pk, "lines": cycle.lines.count(), "warungs": cycle.orders.count()}


def _goods(cycle: Cycle) -> list[CycleGood]:
    shelf, _made = Category.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    products = list(Product.objects.filter(category=shelf).order_by("pk"))
    if not products:
        products = Product.objects.bulk_create(
            Product(sku=f"B-{n}", name=f"Barang {n}", category=shelf, base_unit="pcs", search=f"barang {n}")
            for n in range(GOODS)
        )
        Pack.objects.bulk_create(Pack(product=one, label="pak", base_quantity=1, use=Use.BUY) for one in products)
    packs = {pack.product_id: pack for pack in Pack.objects.filter(product__in=products)}
    return CycleGood.objects.bulk_create(
        CycleGood(
            cycle=cycle,
            product=one,
            pack=packs[one.pk],
            product_name=one.name,
            pack_label="pak",
            base_unit="pcs",
            base_quantity=1,
            price=10_000,
        )
        for one in products
    )


def _offers(cycle: Cycle, goods: list[CycleGood]) -> None:
    suppliers = CycleSupplier.objects.bulk_create(
        CycleSupplier(cycle=cycle, supplier=uuid4(), name=f"Pemasok {n}", minimum=500_000, freight=25_000 * (n % 4))
        for n in range(SUPPLIERS)
    )
    CycleOffer.objects.bulk_create(
        CycleOffer(
            cycle=cycle,
            supplier=suppliers[(place * 7 + turn * 11) % SUPPLIERS],
            good=good,
            offer=uuid4(),
            version=uuid4(),
            sku=f"S-{place}-{turn}",
            article_name=good.product_name,
            carton_label="dus",
            carton=(12, 20, 24)[turn],
            tiers=[[1, (12, 20, 24)[turn] * (9_000 + turn * 40)], [50, (12, 20, 24)[turn] * 8_800]],
            tax="none",
        )
        for place, good in enumerate(goods)
        for turn in range(OFFERS_OF_A_GOOD)
    )


def _orders(cycle: Cycle, goods: list[CycleGood], lines: int) -> None:
    """By SQL, for the orders are not what is measured; amounts differ from line to line, and always in the same way."""
    warungs = -(-lines // LINES_OF_A_WARUNG)
    there = Warung.objects.count()
    Warung.objects.bulk_create(
        Warung(name=f"Warung {n}", slug=f"bench-{n}", state=WarungState.OPEN, village_code="16.71.10.1002")
        for n in range(there, warungs)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procurement_cycleorder (public_id, cycle_id, warung_id, key, note, total, by, ordered_at, changed_at)"
            " SELECT gen_random_uuid(), %s, id, gen_random_uuid(), '', 0, %s, now(), now() FROM warungs_warung"
            " ORDER BY id LIMIT %s",
            [cycle.pk, BY, warungs],
        )
        cursor.execute(
            "INSERT INTO procurement_cycleline (cycle_id, order_id, good_id, firm, tolerance, price)"
            " SELECT %s, o.id, %s::bigint + (o.place * 37 + line * 11) %% %s, 1 + (o.place * 7 + line * 13) %% 9,"
            " (o.place + line) %% 4, 10000"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM procurement_cycleorder WHERE cycle_id = %s) o,"
            " generate_series(1, %s) line ORDER BY o.id, line LIMIT %s",
            [cycle.pk, goods[0].pk, len(goods), cycle.pk, LINES_OF_A_WARUNG, lines],
        )


def put_together(cycle: int) -> dict[str, float]:
    """The service: lines read, the plan made, purchases and parts written. With the most memory besides what was there."""
    with in_region(region()):
        one = Cycle.objects.get(pk=cycle)
        gc.collect()
        before = _most_memory(anew=True)
        with spending() as spent:
            replan(cycle=one, by=BY, below="elsewhere")
        told = spent.as_json()
        told["bytes"] = _most_memory() - before
        told["parts"] = PurchasePart.objects.filter(purchase_line__purchase__cycle=one).count()
        return told


def put_together_plainly(cycle: int) -> dict[str, float]:
    """As one would write it first: good by good, row by row through the ORM; the cheapest first tier, no minimums, no advice."""
    with in_region(region()):
        one = Cycle.objects.get(pk=cycle)
        with transaction.atomic():
            drop = one.purchases.all()
            PurchasePart.objects.filter(purchase_line__purchase__in=drop).delete()
            PurchaseLine.objects.filter(purchase__in=drop).delete()
            drop.delete()
        with spending() as spent, transaction.atomic():
            for good in one.goods.all():
                _buy_plainly(one, good)
        told = spent.as_json()
        told["parts"] = PurchasePart.objects.filter(purchase_line__purchase__cycle=one).count()
        return told


def _buy_plainly(cycle: Cycle, good: CycleGood) -> None:
    sums = good.lines.aggregate(firm=Sum("firm", default=0), tolerance=Sum("tolerance", default=0))
    found = []
    for offer in good.offers.select_related("supplier"):
        cartons = cartons_for(sums["firm"], sums["tolerance"], offer.carton)
        if cartons:
            found.append((offer.tiers[0][1] / offer.carton, offer.pk, offer, cartons))
    if not found:
        return
    _cost, _pk, offer, cartons = min(found)
    purchase, _made = Purchase.objects.get_or_create(cycle=cycle, supplier=offer.supplier, defaults={"goods": 1})
    purchase.goods += cartons * offer.tiers[0][1]
    purchase.save()
    line = PurchaseLine.objects.create(
        purchase=purchase,
        offer=offer,
        good=good,
        cartons=cartons,
        units=cartons * offer.carton,
        price=offer.tiers[0][1],
    )
    left, got = line.units, defaultdict[int, int](int)
    wishes = list(good.lines.order_by("pk"))
    for amount in ("firm", "tolerance"):
        for wish in wishes:
            take = min(getattr(wish, amount), left)
            got[wish.pk] += take
            left -= take
    for wish in wishes:
        if got[wish.pk]:
            PurchasePart.objects.create(purchase_line=line, line=wish, units=got[wish.pk])


def _most_memory(*, anew: bool = False) -> int:
    """The most bytes that this process had in memory, since it was last asked `anew`."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
