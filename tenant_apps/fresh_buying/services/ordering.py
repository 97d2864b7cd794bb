"""Somebody orders before it is bought, or no longer wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadPreOrder, DayFull, NoPreOrders, PreOrderMoved
from tenant_apps.fresh_buying.locks import lock_preorder, lock_terms
from tenant_apps.fresh_buying.models import GoodOnOrder, MarketTrip, PreOrder, PreOrderEvent, PreOrderLine
from tenant_apps.fresh_buying.selectors.goods import ordered_of_day
from tenant_apps.fresh_buying.services.telling import tell_customer
from tenant_apps.orders.models import MOST_OF_A_PACK, Method
from tenant_apps.orders.services.delivering import When, agreed_reach, agreed_when
from tenant_apps.orders.services.placing import Address
from tenant_apps.payments.errors import NoWayToPay
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.services import open_payment, payment_of, release_payment
from tenant_apps.payments.sources import Agreed
from tenant_apps.pricing.limits import limits_of
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import prices_in_force
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.selectors import village_choices
from tenants.activity import note_activity
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered
from tenants.kernel.units import quantity_text

MOST_LINES = 60
# How much more a customer may agree to before it is bought.
MORE_PERCENT = 10
# Money that comes later would have to hold goods that nobody has.
WAYS_TO_PAY = (Pay.CASH, Pay.BALANCE)


@dataclass(frozen=True)
class Wish:
    """So many of a pack, each at the price in rupiah that was seen."""

    pack_id: int
    quantity: int
    price: int


@dataclass(frozen=True)
class Buyer:
    """Who orders, and how it reaches them. `fee`: the delivery fee that they saw, in rupiah."""

    user: User
    name: str
    phone: str
    method: Method
    pay: Pay = Pay.CASH
    address: Address | None = None
    fee: int = 0
    note: str = ""
    for_warung: Warung | None = None
    # With Pay.BALANCE: what it costs comes from that purse into the balance first, in the same transaction.
    agreed: Agreed | None = None


def place_preorder(
    *, stand: Warung, key: UUID, buyer: Buyer, when: When, wishes: Sequence[Wish], agrees_to_more: bool, by: str
) -> PreOrder:
    """It will be bought for that day. The same key finds the same pre-order. `agrees_to_more`: up to MORE_PERCENT, as far as
    the price guarantee reaches.

    States:  nothing -> PLACED.
    Raises:  NoPreOrders, DayFull, PreOrderMoved, BadPreOrder; what orders refuse: TimeGone, NotOffered; NoWayToPay, Overdrawn;
             what the purse refuses.
    Writes:  pre-order, lines, history, payment; outbox to the customer.
    """
    _must_be_wishes(wishes)
    if buyer.agreed is not None and buyer.pay != Pay.BALANCE:
        raise ValueError("a purse pays by way of the balance")
    with transaction.atomic():
        # The customer's own row is the lock of their taps: the second tap waits here and finds what the first one placed.
        User.objects.select_for_update(no_key=True).values_list("pk", flat=True).get(pk=buyer.user.pk)
        before = PreOrder.objects.filter(customer=buyer.user, key=key).first()
        if before is not None:
            return before
        terms = lock_terms(stand)
        stand = Warung.objects.get(pk=stand.pk)
        if not terms.is_open or stand.state != WarungState.OPEN:
            raise NoPreOrders(_("%(stand)s takes no pre-orders at the moment.") % {"stand": stand.name})
        if buyer.pay not in WAYS_TO_PAY:
            raise NoWayToPay(_("A pre-order is paid in cash or from the WARSA balance."))
        to, minimum = _way(stand, buyer)
        due = agreed_when(stand, buyer.method, when)
        if MarketTrip.objects.filter(stand=stand, for_day=when.day).exists():
            raise NoPreOrders(_("For that day it is being bought already. Choose another one."))
        prices = _agreed_prices(stand, wishes)
        _must_fit_in_day(stand, when, wishes, prices)
        lines = _lines(wishes, prices, agrees_to_more)
        goods = sum(line.price * line.quantity for line in lines)
        if goods < minimum:
            raise BadPreOrder(
                _("Delivery there begins at %(minimum)s of goods. Order more, or pick it up.")
                % {"minimum": rupiah_text(minimum)}
            )
        moment = clock.now()
        preorder = save_numbered(
            PreOrder(
                customer=buyer.user,
                stand=stand,
                for_warung=buyer.for_warung,
                key=key,
                for_day=due.pop("due_on"),
                method=buyer.method,
                customer_name=buyer.name.strip(),
                customer_phone=buyer.phone.strip(),
                note=buyer.note.strip()[:240],
                pay=buyer.pay,
                goods_total=goods,
                most_total=sum(line.most_price * line.quantity for line in lines),
                placed_at=moment,
                moved_at=moment,
                **due,
                **to,
            )
        )
        for line in lines:
            line.preorder = preorder
        PreOrderLine.objects.bulk_create(lines)
        PreOrderEvent.objects.create(preorder=preorder, move="place", after=preorder.state, by=by, at=moment)
        if buyer.agreed is not None:
            buyer.agreed.bring_to_balance(
                user=buyer.user,
                amount=preorder.total,
                key=uuid5(buyer.user.public_id, f"preorder:{key}"),
                text=_("Savings for pre-order %(number)s") % {"number": preorder.number},
                by=by,
            )
        open_payment(
            reference=preorder.reference,
            payer=buyer.user,
            warung=stand,
            method=buyer.pay,
            amount=preorder.total,
            expires_at=None,
            by=by,
        )
        tell_customer(preorder, "place")
        note_activity()
    return preorder


def cancel_preorder(*, preorder: PreOrder, by: str) -> PreOrder:
    """The customer no longer wants it, and nobody has gone to buy it.

    States:  PLACED -> CANCELLED.
    Raises:  StaleDocument from the cut-off on.
    Writes:  history; what was paid goes back; outbox to the customer.
    """
    with transaction.atomic():
        preorder = lock_preorder(preorder)
        if move(preorder, "cancel", by=by):
            give_money_back(preorder, by=by, reason=_("The customer cancelled the pre-order."))
            tell_customer(preorder, "cancel")
    return preorder


def give_money_back(preorder: PreOrder, *, by: str, reason: str) -> None:
    """Nobody has to pay for this any more. For callers that hold the pre-order."""
    payment = payment_of(preorder.reference)
    if payment is not None:
        release_payment(payment=payment, by=by, reason=reason)


def _must_be_wishes(wishes: Sequence[Wish]) -> None:
    if not wishes:
        raise BadPreOrder(_("Choose something to order."))
    if len(wishes) > MOST_LINES or len({wish.pack_id for wish in wishes}) != len(wishes):
        raise BadPreOrder(_("This cannot be ordered as it is. Look at it again."))
    if not all(1 <= wish.quantity <= MOST_OF_A_PACK for wish in wishes):
        raise BadPreOrder(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})


def _way(stand: Warung, buyer: Buyer) -> tuple[dict[str, Any], int]:
    """The pre-order's columns for where it goes, and from how many rupiah of goods on."""
    if buyer.method == Method.PICKUP:
        if not stand.pickup:
            raise PreOrderMoved(_("%(stand)s no longer offers this way. Choose the other one.") % {"stand": stand.name})
        return {}, 0
    villages, to = dict(village_choices()), buyer.address
    if to is None or to.village_code not in villages or not to.street.strip():
        raise BadPreOrder(_("Write down where to bring it: kelurahan, street and number."))
    reach = agreed_reach(stand, to.village_code, villages[to.village_code], to.rw)
    if reach.fee != buyer.fee:
        raise PreOrderMoved(
            _("Delivery there costs %(fee)s. Look at the total and order again.") % {"fee": rupiah_text(reach.fee)},
            fee=reach.fee,
        )
    columns = {
        "delivery_fee": reach.fee,
        "village_name": villages[to.village_code],
        "rw": to.rw,
        "rt": to.rt if to.rw else None,
        "address": to.street.strip()[:240],
    }
    return columns, reach.minimum


def _agreed_prices(stand: Warung, wishes: Sequence[Wish]) -> dict[int, WarungPrice]:
    prices = prices_in_force(stand, [wish.pack_id for wish in wishes])
    on_order = set(GoodOnOrder.objects.filter(stand=stand, is_active=True).values_list("product_id", flat=True))
    prices = {pack: price for pack, price in prices.items() if price.pack.product_id in on_order}
    if any(wish.pack_id not in prices for wish in wishes):
        raise PreOrderMoved(_("Something is not bought on order any more. Look at it again."))
    moved = [wish.pack_id for wish in wishes if prices[wish.pack_id].price != wish.price]
    if moved:
        names = ", ".join(f"{prices[pack].pack.product.name} {rupiah_text(prices[pack].price)}" for pack in moved)
        raise PreOrderMoved(_("Prices have changed: %(names)s. Look at them and order again.") % {"names": names})
    return prices


def _must_fit_in_day(stand: Warung, when: When, wishes: Sequence[Wish], prices: dict[int, WarungPrice]) -> None:
    wanted: dict[int, int] = {}
    for wish in wishes:
        pack = prices[wish.pack_id].pack
        wanted[pack.product_id] = wanted.get(pack.product_id, 0) + wish.quantity * pack.base_quantity
    taken = ordered_of_day(stand, when.day)
    goods = GoodOnOrder.objects.filter(stand=stand, product__in=wanted).select_related("product")
    full = [
        f"{good.product.name} {quantity_text(max(good.daily_limit - taken.get(good.product_id, 0), 0), good.product.base_unit)}"
        for good in goods
        if taken.get(good.product_id, 0) + wanted[good.product_id] > good.daily_limit
    ]
    if full:
        raise DayFull(_("For that day there is only so much left: %(names)s.") % {"names": ", ".join(full)})


def _lines(wishes: Sequence[Wish], prices: dict[int, WarungPrice], agrees_to_more: bool) -> list[PreOrderLine]:
    limits = limits_of([price.pack for price in prices.values()]) if agrees_to_more else {}
    lines = []
    for wish in wishes:
        price = prices[wish.pack_id]
        pack, most = price.pack, price.price
        if agrees_to_more:
            most = max(most, min(most * (100 + MORE_PERCENT) // 100, limits[pack.pk].allowed))
        lines.append(
            PreOrderLine(
                product=pack.product,
                pack=pack,
                product_name=pack.product.name,
                pack_label=pack.label,
                base_unit=pack.product.base_unit,
                base_quantity=pack.base_quantity,
                quantity=wish.quantity,
                price=price.price,
                most_price=most,
                market_price=price.market_price,
                market=price.evidence.market,
            )
        )
    return lines
