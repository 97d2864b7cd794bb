"""What happens to an order after it was placed, at the counter and by the customer.

Each step is taken once: repeating it changes nothing, and a step that came too late is refused as StaleDocument.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.orders.errors import BadWeight, ReasonMissing
from tenant_apps.orders.models import Order, OrderEvent, OrderLine, OrderState, PackedLine
from tenant_apps.orders.services.telling import tell_customer, tell_owner, tell_placed
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import open_payment, payment_of, release_payment, settle
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.services import Line, location_of_warung, release, reserve, ship
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.units import quantity_text

# Nobody cuts a fish to the gram; what goes beyond this the customer has to agree to.
MORE_PERCENT = 10


def accept_order(*, order: Order, by: str) -> Order:
    """The warung promises to fill this order.

    States:  PLACED -> ACCEPTED.
    Writes:  history; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "accept", by=by):
            tell_customer(order, "accept")
    return order


def pack_order(
    *, order: Order, by: str, packed: Mapping[int, int] | None = None, agreed: Collection[int] = ()
) -> Order:
    """The goods stand ready. `packed`: what really went into the bag, in base units by line id, where it was weighed or left out.

    `agreed`: ids of the lines of which the customer takes more than MORE_PERCENT above what was ordered.

    States:  ACCEPTED -> PACKED.
    Units:   a line costs `price × packed / base_quantity`, rounded down to whole rupiah; what came instead of another line
             costs no more than that one.
    Raises:  BadWeight naming the line; StockShort when more was weighed than the shelf has left.
    Writes:  history, with one row for each line whose customer agreed to more; packed lines, `packed_goods`; stock is promised
             for what was packed; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "pack", by=by):
            _write_packed(order, packed or {}, agreed, by)
            tell_customer(order, "pack")
    return order


def hand_over(*, order: Order, by: str, collector: User | None = None) -> Order:
    """The customer has the goods, and the warung what they cost: paid before, or taken in cash now, by `collector` on the way.

    States:  PACKED -> HANDED_OVER.
    Writes:  history; stock is shipped; the payment is settled; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "hand_over", by=by):
            order.refresh_from_db(fields=["packed_goods"])
            _stock(ship, order, by)
            payment = payment_of(order.reference) or _opened_late(order, by)
            settle(payment=payment, goods=order.goods_due, delivery=order.delivery_fee, by=by, collector=collector)
            tell_customer(order, "hand_over")
    return order


def go_on_paid(*, order: Order, by: str) -> Order:
    """The money is there: the warung sees the order.

    States:  UNPAID -> PLACED.
    Writes:  history; outbox to owner and customer.
    """
    with transaction.atomic():
        if move(order, "pay", by=by):
            tell_placed([order])
    return order


def expire_order(*, order: Order, by: str) -> Order:
    """The money did not come in time.

    States:  UNPAID -> EXPIRED.
    Writes:  history; stock is released; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "expire", by=by):
            _stock(release, order, by)
            tell_customer(order, "expire")
    return order


def reject_order(*, order: Order, reason: str, by: str) -> Order:
    """The warung cannot fill this order, and says why.

    States:  PLACED -> REJECTED.
    Raises:  ReasonMissing.
    Writes:  history; stock is released; outbox to the customer.
    """
    reason = _given(reason)
    with transaction.atomic():
        if move(order, "reject", by=by, reason=reason):
            _end(order, by, reason)
            tell_customer(order, "reject", reason)
    return order


def cancel_order(*, order: Order, by: str) -> Order:
    """The customer no longer wants it, and the warung has not promised it yet.

    States:  UNPAID, PLACED -> CANCELLED.
    Writes:  history; stock is released; outbox to the owner and the customer.
    """
    with transaction.atomic():
        was_unpaid = order.state == OrderState.UNPAID
        if move(order, "cancel", by=by):
            _end(order, by, _("The customer cancelled the order."))
            if not was_unpaid:
                tell_owner(order, "cancel")
            tell_customer(order, "cancel")
    return order


def call_off(*, order: Order, reason: str, by: str) -> Order:
    """The warung takes its promise back, and says why.

    States:  ACCEPTED, PACKED -> CALLED_OFF.
    Raises:  ReasonMissing.
    Writes:  history; stock is released; outbox to the customer.
    """
    reason = _given(reason)
    with transaction.atomic():
        if move(order, "call_off", by=by, reason=reason):
            _end(order, by, reason)
            tell_customer(order, "call_off", reason)
    return order


def _given(reason: str) -> str:
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the customer reads it."))
    return reason


def _stock(step: Callable[..., bool], order: Order, by: str) -> StockLocation:
    """Ship or release what is promised for the order: what was packed, or as ordered."""
    location = location_of_warung(order.warung)
    lines = [
        Line(line.product_id, quantity) for line in order.lines.select_related("packed") if (quantity := line.in_bag)
    ]
    step(location=location, lines=lines, reference=order.reference, by=by)
    return location


def _end(order: Order, by: str, reason: str) -> None:
    """The goods are free, and nobody pays: what was paid goes back."""
    _stock(release, order, by)
    payment = payment_of(order.reference)
    if payment is not None:
        release_payment(payment=payment, by=by, reason=reason)


def _opened_late(order: Order, by: str) -> Payment:
    """The cash payment of an order that an earlier release placed."""
    return open_payment(
        reference=order.reference,
        payer=order.customer,
        warung=order.warung,
        method=Pay.CASH,
        amount=order.total,
        expires_at=None,
        by=by,
    )


def _write_packed(order: Order, packed: Mapping[int, int], agreed: Collection[int], by: str) -> None:
    """What differs from the order is written down, and promised instead."""
    order.refresh_from_db(fields=["packed_goods"])
    every = list(order.lines.select_related("product", "packed"))
    # A line that something else stands in for is settled already.
    lines = {line.pk: line for line in every if line.packed_row is None}
    most = {row.replaced_by_id: line.total for line in every if (row := line.packed_row) and row.replaced_by_id}
    if not packed.keys() <= lines.keys():
        raise BadWeight(_("This line is not part of the order. Look at it again."))
    rows = []
    before, after = dict[int, int](), dict[int, int]()
    goods = 0
    for line in lines.values():
        quantity = packed.get(line.pk, line.ordered)
        total = line.total
        if quantity != line.ordered:
            if _must_fit(line, quantity, agreed=line.pk in agreed):
                _write_agreed(order, line, quantity, by)
            total = line.price * quantity // line.base_quantity
            total = min(total, most.get(line.pk, total))
            rows.append(PackedLine(line=line, base_quantity=quantity, total=total, by=by))
        goods += total
        before[line.product_id] = before.get(line.product_id, 0) + line.ordered
        after[line.product_id] = after.get(line.product_id, 0) + quantity
    if not rows:
        return
    if goods == 0:
        raise BadWeight(_("Nothing is left in the bag. Call the order off instead, and say why."))
    PackedLine.objects.bulk_create(rows)
    order.packed_goods = goods
    order.save(update_fields=["packed_goods"])
    location = location_of_warung(order.warung)
    # All at once, in the one order: freeing some and promising others may not lock them in two rounds.
    lock_levels([(location.pk, product) for product in before])
    changes = {product: after[product] - before[product] for product in before}
    for step, sign in ((release, -1), (reserve, 1)):
        moved = [Line(product, sign * change) for product, change in sorted(changes.items()) if sign * change > 0]
        if moved:
            step(location=location, lines=moved, reference=f"{order.reference}:packed", by=by)


def _must_fit(line: OrderLine, quantity: int, *, agreed: bool) -> bool:
    """Weighed goods may weigh a little more than asked for, and as much as the customer agreed to; whole packs may be left out.

    Returns whether it needed the customer's word.
    """
    names = {"name": line.product_name, "ordered": quantity_text(line.ordered, line.base_unit)}
    if quantity < 0:
        raise BadWeight(_("Write down a quantity of zero or more."), pack_id=line.pack_id)
    if line.product.by_weight:
        much = quantity * 100 > line.ordered * (100 + MORE_PERCENT)
        if much and not agreed:
            names["percent"] = str(MORE_PERCENT)
            raise BadWeight(
                _(
                    "%(name)s: %(ordered)s were ordered, and this is more than %(percent)s %% above. Pack less, or ask the"
                    " customer and tick that they agree."
                )
                % names,
                pack_id=line.pack_id,
            )
        return much
    if quantity > line.ordered or quantity % line.base_quantity:
        raise BadWeight(_("%(name)s: pack at most %(ordered)s, in whole packs.") % names, pack_id=line.pack_id)
    return False


def _write_agreed(order: Order, line: OrderLine, quantity: int, by: str) -> None:
    """Who says that the customer agreed, when, and to what."""
    names = {
        "name": line.product_name,
        "ordered": quantity_text(line.ordered, line.base_unit),
        "packed": quantity_text(quantity, line.base_unit),
    }
    OrderEvent.objects.create(
        order=order,
        move="agree",
        before=order.state,
        after=order.state,
        by=by,
        reason=(_("%(name)s: %(packed)s instead of %(ordered)s") % names)[:240],
        at=clock.now(),
    )
