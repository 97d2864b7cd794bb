"""What a warung orders in an open cycle: the whole order at once, as often as it likes until the cycle closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.errors import BadPacks, CycleClosed, MovedPrice, OverCredit, PricesMoved
from tenant_apps.procurement.locks import hold_cycle
from tenant_apps.procurement.models import MOST_UNITS, Cycle, CycleGood, CycleLine, CycleOrder, CycleState
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.models import Warung, WarungState
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text


@dataclass(frozen=True)
class CycleWish:
    """So many units of a good firmly, at most so many more to fill a carton, each at the price in rupiah that was seen."""

    good_id: int
    firm: int
    tolerance: int
    price_seen: int


def save_cycle_order(
    *, cycle: Cycle, warung: Warung | None, key: UUID, wishes: Sequence[CycleWish], by: str, note: str = ""
) -> CycleOrder | None:
    """This is now all that the warung orders in the cycle; without a warung, what the Satker takes for its store.

    No wish takes the order back. The same key again changes nothing.
    Units:   units of the cycle's goods.
    Raises:  CycleClosed; PricesMoved naming every line whose price is another; BadPacks; OverCredit; WarungClosed. Then
             nothing has changed.
    Returns: the order; None where nothing is ordered any more.
    """
    with transaction.atomic():
        cycle = hold_cycle(cycle)
        # The warung's row is the lock of its taps, as for a single restock.
        shop = Warung.objects.select_for_update(no_key=True).get(pk=warung.pk) if warung else None
        order = CycleOrder.objects.select_for_update(of=("self",)).filter(cycle=cycle, warung=shop).first()
        if order is not None and order.key == key:
            return order
        _must_take_orders(cycle, shop)
        goods = _agreed_goods(cycle, wishes)
        total = sum(wish.firm * wish.price_seen for wish in wishes)
        if shop is not None:
            _must_be_within_credit(shop, total, order)
        if not wishes:
            if order is not None:
                order.lines.all().delete()
                order.delete()
            return None
        moment = clock.now()
        if order is None:
            order = CycleOrder(cycle=cycle, warung=shop, ordered_at=moment)
        order.key, order.note, order.total = key, note.strip()[:240], total
        order.by, order.changed_at = by, moment
        order.save()
        _write_lines(order, wishes, goods)
    return order


def _must_take_orders(cycle: Cycle, warung: Warung | None) -> None:
    if warung is not None and warung.state == WarungState.CLOSED:
        raise WarungClosed(_("%(warung)s is closed for good.") % {"warung": warung.name})
    if cycle.state != CycleState.OPEN or cycle.closes_at <= clock.now():
        raise CycleClosed(
            _("This cycle takes no orders any more. Order in the next one, or ask the Satker to extend it.")
        )


def _agreed_goods(cycle: Cycle, wishes: Sequence[CycleWish]) -> dict[int, CycleGood]:
    """The goods that are wished for, at the prices that were seen.

    Raises:  BadPacks; PricesMoved.
    """
    if len({wish.good_id for wish in wishes}) != len(wishes):
        raise BadPacks(_("This cannot be asked for as it is. Look at it again."))
    for wish in wishes:
        if not (1 <= wish.firm <= MOST_UNITS and 0 <= wish.tolerance <= MOST_UNITS):
            raise BadPacks(_("Choose a number from 1 to %(most)s.") % {"most": MOST_UNITS})
    goods = {good.pk: good for good in cycle.goods.filter(pk__in=[wish.good_id for wish in wishes])}
    if len(goods) != len(wishes):
        raise BadPacks(_("One of these goods is not in this cycle. Look at the list again."))
    moved = [
        MovedPrice(wish.good_id, good.product_name, good.pack_label, wish.price_seen, good.price)
        for wish in wishes
        if (good := goods[wish.good_id]).price != wish.price_seen
    ]
    if moved:
        raise PricesMoved(
            _("The Satker's prices have changed. Nothing was sent yet: look at the changes and send it again."),
            moved=moved,
        )
    return goods


def _must_be_within_credit(warung: Warung, total: int, before: CycleOrder | None) -> None:
    credit = credit_of(warung)
    if credit.limit is None:
        return
    missing = total - (credit.room + (before.total if before else 0))
    if missing > 0:
        raise OverCredit(
            _("This is %(missing)s more than you may still owe. Order less, or pay what is open first.")
            % {"missing": rupiah_text(missing)},
            missing=missing,
        )


def _write_lines(order: CycleOrder, wishes: Sequence[CycleWish], goods: dict[int, CycleGood]) -> None:
    """The order's lines are these; a line that stays keeps its number, for of equal claims the earlier line comes first."""
    order.lines.exclude(good__in=goods).delete()
    CycleLine.objects.bulk_create(
        [
            CycleLine(
                cycle_id=order.cycle_id,
                order=order,
                good_id=wish.good_id,
                firm=wish.firm,
                tolerance=wish.tolerance,
                price=goods[wish.good_id].price,
            )
            for wish in wishes
        ],
        update_conflicts=True,
        unique_fields=["order", "good"],
        update_fields=["firm", "tolerance", "price"],
    )
