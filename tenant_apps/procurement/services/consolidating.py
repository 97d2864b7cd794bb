"""From a closed cycle's lines to its purchases: made anew each time, never patched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.pool_selectors import Reach
from shared_apps.supplier_catalog.models import OfferTier
from shared_apps.supplier_catalog.taxes import tax_on
from tenant_apps.procurement import consolidation
from tenant_apps.procurement.consolidation import Below, Plan, Tier, Wants, consolidate
from tenant_apps.procurement.errors import BadCycle
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import (
    BelowMinimum,
    Cycle,
    CycleGood,
    CycleOffer,
    CycleState,
    CycleSupplier,
    Purchase,
    PurchaseLine,
    PurchasePart,
)
from tenant_apps.procurement.services.pledging import joint_terms, pledge_plan, withdraw_pledges
from tenant_apps.suppliers.selectors import Buyable, buyable

BELOW: Mapping[str, Below] = {
    BelowMinimum.KEEP: Below.KEEP,
    BelowMinimum.LEAVE_OUT: Below.LEAVE_OUT,
    BelowMinimum.ELSEWHERE: Below.ELSEWHERE,
}
# Goods whose lines are in memory at once while they are read, and parts while they are written.
GOODS_AT_ONCE = 50
PARTS_AT_ONCE = 2_000


def replan(*, cycle: Cycle, by: str, below: str | None = None, left_out: Iterable[UUID] | None = None) -> Cycle:
    """The plan is made anew from the lines as they are, where told with another answer to missed minimums, or without some
    suppliers.

    States:  LOCKED stays LOCKED.
    Raises:  BadCycle in any other state.
    Writes:  purchases, their lines and parts; what the plan says besides.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state != CycleState.LOCKED:
            raise BadCycle(_("Only a closed cycle that is not ordered yet can be put together."))
        if below is not None:
            cycle.below = BelowMinimum(below)
        if left_out is not None:
            cycle.left_out = sorted(str(one) for one in left_out)
        cycle.save(update_fields=["below", "left_out"])
        write_plan(cycle)
    return cycle


def freeze_offers(cycle: Cycle) -> None:
    """What can be bought for the cycle's goods is written down as it is now; what was written down before is dropped.

    An article is left out whose pack holds no whole number of the good's units.
    """
    drop_plan(cycle)
    goods = {good.product_id: good for good in cycle.goods.select_related("product")}
    found = [
        (good, one)
        for one in buyable(cycle.deliver_on, [good.product for good in goods.values()])
        if (good := goods.get(one.adoption.product_id)) and one.adoption.base_quantity % good.base_quantity == 0
    ]
    sellers = {one.supplier.public_id: one.supplier for _good, one in found}
    rows = CycleSupplier.objects.bulk_create(
        [
            CycleSupplier(
                cycle=cycle,
                supplier=public_id,
                name=one.name,
                minimum=one.minimum_order,
                freight=one.order_freight,
            )
            for public_id, one in sellers.items()
        ]
    )
    suppliers = {row.supplier: row for row in rows}
    CycleOffer.objects.bulk_create(
        [_frozen(cycle, suppliers[one.supplier.public_id], good, one) for good, one in found], batch_size=500
    )


def _frozen(cycle: Cycle, supplier: CycleSupplier, good: CycleGood, one: Buyable) -> CycleOffer:
    offer, version = one.offer, one.offer.version
    tiers: list[OfferTier] = list(offer.tiers.all())
    return CycleOffer(
        cycle=cycle,
        supplier=supplier,
        good=good,
        offer=offer.public_id,
        version=version.public_id,
        sku=one.adoption.sku,
        article_name=version.name,
        carton_label=offer.pack.label,
        barcode=offer.pack.barcode,
        carton=one.adoption.base_quantity // good.base_quantity,
        tiers=[[tier.packs, tier.price + tax_on(tier.price, version.tax, cycle.deliver_on)] for tier in tiers],
        least=offer.least,
        most=offer.most,
        freight=offer.freight,
        lead_days=offer.lead_days,
        tax=version.tax,
        catch_weight=version.catch_weight,
    )


def write_plan(cycle: Cycle) -> None:
    """Purchases, lines and parts are those of the plan for the present lines. The cycle must be locked by the caller."""
    _drop_purchases(cycle)
    suppliers = {row.pk: row for row in cycle.suppliers.all()}
    offers = {row.pk: row for row in cycle.offers.all()}
    joint = joint_terms(cycle)
    plan = consolidate(
        _wants(cycle),
        [
            plain_offer(row, joint.reaches.get(row.offer))
            for row in offers.values()
            if str(suppliers[row.supplier_id].supplier) not in cycle.left_out
        ],
        [consolidation.Supplier(row.pk, minimum=row.minimum, freight=row.freight) for row in suppliers.values()],
        below=BELOW[cycle.below],
    )
    _write_purchases(cycle, plan, suppliers, offers)
    cycle.plan = {**_besides(plan), "pools": joint.states}
    cycle.save(update_fields=["plan"])
    pledge_plan(cycle)


def drop_plan(cycle: Cycle) -> None:
    """Nothing of what the cycle planned or wrote down of offers is left."""
    _drop_purchases(cycle)
    cycle.offers.all().delete()
    cycle.suppliers.all().delete()
    cycle.plan = {}
    cycle.save(update_fields=["plan"])
    withdraw_pledges(cycle)


def _drop_purchases(cycle: Cycle) -> None:
    # The parts are many, and Django would look each of them up by its id first.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procurement_purchasepart part USING procurement_purchaseline line, procurement_purchase purchase"
            " WHERE part.purchase_line_id = line.id AND line.purchase_id = purchase.id AND purchase.cycle_id = %s",
            [cycle.pk],
        )
    PurchaseLine.objects.filter(purchase__cycle=cycle).delete()
    cycle.purchases.all().delete()


def _wants(cycle: Cycle) -> Iterator[Wants]:
    columns = {f"{column}s": ArrayAgg(column, order_by="pk") for column in ("pk", "firm", "tolerance")}
    rows = cycle.lines.order_by().values("good").annotate(**columns).values_list("good", *columns)
    return map(Wants._make, rows.iterator(GOODS_AT_ONCE))


def plain_offer(row: CycleOffer, joint: Reach | None = None) -> consolidation.Offer:
    """The offer as consolidation reckons with it; its product is the cycle's good."""
    return consolidation.Offer(
        offer=row.pk,
        supplier=row.supplier_id,
        product=row.good_id,
        carton=row.carton,
        tiers=tuple(Tier(cartons, price) for cartons, price in row.tiers),
        least=row.least,
        most=row.most,
        freight=row.freight,
        besides=joint.besides if joint else 0,
        reached=joint.reached if joint and joint.own else 0,
        pledged=joint.own if joint else 0,
    )


def _write_purchases(
    cycle: Cycle, plan: Plan, suppliers: Mapping[int, CycleSupplier], offers: Mapping[int, CycleOffer]
) -> None:
    of_supplier: dict[int, list[consolidation.Purchase]] = defaultdict(list)
    for one in plan.purchases:
        of_supplier[one.offer.supplier].append(one)
    purchases = Purchase.objects.bulk_create(
        [
            Purchase(
                cycle=cycle,
                supplier=suppliers[pk],
                goods=sum(one.total for one in bought),
                freight=suppliers[pk].freight + sum(one.cartons * one.offer.freight for one in bought),
            )
            for pk, bought in sorted(of_supplier.items())
        ]
    )
    by_supplier = {purchase.supplier_id: purchase for purchase in purchases}
    lines = PurchaseLine.objects.bulk_create(
        [
            PurchaseLine(
                purchase=by_supplier[one.offer.supplier],
                offer=offers[one.offer.offer],
                good_id=one.offer.product,
                cartons=one.cartons,
                units=one.units,
                price=one.price,
            )
            for one in plan.purchases
        ],
        batch_size=1_000,
    )
    _copy_parts(
        (line.pk, part.line, part.units) for line, one in zip(lines, plan.purchases, strict=True) for part in one.parts
    )


def _copy_parts(rows: Iterable[tuple[int, int, int]]) -> None:
    """COPY, for a large cycle has a hundred thousand of them."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {PurchasePart._meta.db_table} (purchase_line_id, line_id, units) FROM STDIN") as incoming,
    ):
        rest = iter(rows)
        while some := list(islice(rest, PARTS_AT_ONCE)):
            incoming.write("".join(f"{line}\t{wish}\t{units}\n" for line, wish, units in some))


def _besides(plan: Plan) -> dict[str, Any]:
    """What the plan says besides its purchases, by the ids of goods, offers and suppliers of the cycle."""
    return {
        "gaps": {str(good): [gap.reason.name, gap.missing] for good, gap in plan.gaps.items()},
        "advice": [[one.offer.offer, one.cartons, one.saves] for one in plan.advice],
        "missed": [[one.supplier, one.goods, one.missing] for one in plan.missed],
        "unfilled": [len(plan.unfilled), sum(plan.unfilled.values())],
    }
