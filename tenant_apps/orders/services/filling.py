"""What happens to an order after it was placed, at the counter and by the customer.

Each step is taken once: repeating it changes nothing, and a step that came too late is refused as StaleDocument.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.models import AccountKind
from tenant_apps.ledger.services import Posting, account_of_warung, post
from tenant_apps.orders.errors import ReasonMissing
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.telling import tell_customer, tell_owner
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.services import Line, location_of_warung, release, ship
from tenants.kernel.moves import move


def accept_order(*, order: Order, by: str) -> Order:
    """The warung promises to fill this order.

    States:  PLACED -> ACCEPTED.
    Writes:  history; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "accept", by=by):
            tell_customer(order, "accept")
    return order


def pack_order(*, order: Order, by: str) -> Order:
    """The goods stand ready.

    States:  ACCEPTED -> PACKED.
    Writes:  history; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "pack", by=by):
            tell_customer(order, "pack")
    return order


def hand_over(*, order: Order, by: str) -> Order:
    """The customer has the goods, the warung has the cash.

    States:  PACKED -> HANDED_OVER.
    Writes:  history; stock is shipped; one journal entry; outbox to the customer.
    """
    with transaction.atomic():
        if move(order, "hand_over", by=by):
            _stock(ship, order, by)
            _book(order, by)
            tell_customer(order, "hand_over")
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
            _stock(release, order, by)
            tell_customer(order, "reject", reason)
    return order


def cancel_order(*, order: Order, by: str) -> Order:
    """The customer no longer wants it, and the warung has not promised it yet.

    States:  PLACED -> CANCELLED.
    Writes:  history; stock is released; outbox to the owner and the customer.
    """
    with transaction.atomic():
        if move(order, "cancel", by=by):
            _stock(release, order, by)
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
            _stock(release, order, by)
            tell_customer(order, "call_off", reason)
    return order


def _given(reason: str) -> str:
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the customer reads it."))
    return reason


def _stock(step: Callable[..., bool], order: Order, by: str) -> StockLocation:
    """Ship or release what the order had reserved."""
    location = location_of_warung(order.warung)
    lines = [Line(line.product_id, line.quantity * line.base_quantity) for line in order.lines.all()]
    step(location=location, lines=lines, reference=order.reference, by=by)
    return location


def _book(order: Order, by: str) -> None:
    accounts = {
        book: account_of_warung(order.warung, book, kind)
        for book, kind in (
            ("cash", AccountKind.ASSET),
            ("sales", AccountKind.INCOME),
            ("delivery", AccountKind.INCOME),
        )
    }
    post(
        key=f"{order.reference}:handed_over",
        text=_("Order %(number)s") % {"number": order.number},
        postings=[
            Posting(accounts["cash"], order.total),
            Posting(accounts["sales"], -order.goods_total),
            Posting(accounts["delivery"], -order.delivery_fee),
        ],
        by=by,
    )
