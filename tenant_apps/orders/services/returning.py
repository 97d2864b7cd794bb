"""Goods come back after the hand-over: the customer asks, the warung decides, the money goes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenant_apps.orders.errors import BadLine, ReasonMissing, ReturnTooLate
from tenant_apps.orders.models import Order, OrderLine, OrderState, Return, ReturnLine, ReturnState, ShopTerms
from tenant_apps.orders.services.telling import tell_owner_of_return, tell_return_decided
from tenant_apps.payments.services import payment_of, refund
from tenant_apps.stock.services import Line, location_of_warung, take_back
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

# Until the region says otherwise: long enough to open a bag, too short to eat it up.
RETURN_DAYS = 2
MOST_RETURN_DAYS = 90


def set_return_days(*, days: int) -> ShopTerms:
    """Goods can be brought back for so many days after their hand-over; 0 means not at all.

    Raises:  BadLine for a number of days that no region has.
    """
    if not 0 <= days <= MOST_RETURN_DAYS:
        raise BadLine(_("Choose a number from 0 to %(most)s.") % {"most": MOST_RETURN_DAYS})
    found, _fresh = ShopTerms.objects.update_or_create(only=True, defaults={"return_days": days})
    return found


def return_days() -> int:
    """For how many days goods can be brought back."""
    terms = ShopTerms.objects.first()
    return RETURN_DAYS if terms is None else terms.return_days


def returnable_until(order: Order) -> datetime:
    """Until when the goods of a handed over order can be brought back."""
    return order.moved_at + timedelta(days=return_days())


def left_to_return(order: Order) -> dict[int, int]:
    """Base units by line id that were bought and not returned before; what was asked for counts as returned."""
    gone = ReturnLine.objects.filter(line__order=order).exclude(document__state=ReturnState.REFUSED).order_by()
    before = dict(gone.values_list("line").annotate(sum=Sum("base_quantity")))
    lines = order.lines.select_related("packed")
    return {line.pk: left for line in lines if (left := line.in_bag - before.get(line.pk, 0)) > 0}


def ask_return(*, order: Order, quantities: Mapping[int, int], reason: str) -> Return:
    """The customer wants to bring goods back: base units by line id. While one return waits, asking again finds it.

    Raises:  StaleDocument before the hand-over; ReturnTooLate; BadLine for more than was bought and not returned before;
             ReasonMissing.
    Writes:  the return; outbox to the owner.
    """
    reason = _given(reason)
    with transaction.atomic():
        now = _locked(order)
        if now.state != OrderState.HANDED_OVER:
            raise StaleDocument(_("Only goods that you have received can be brought back."), state=now.state)
        waiting = now.returns.filter(state=ReturnState.ASKED).first()
        if waiting is not None:
            return waiting
        if clock.now() >= returnable_until(now):
            raise ReturnTooLate(_("The time to bring these goods back is over."))
        left, lines = left_to_return(now), {line.pk: line for line in now.lines.select_related("packed")}
        asked = {pk: quantity for pk, quantity in quantities.items() if quantity}
        if not asked or any(not 0 < quantity <= left.get(pk, 0) for pk, quantity in asked.items()):
            raise BadLine(_("Choose at least one thing, and no more than you bought."))
        document = save_numbered(Return(order=now, reason=reason))
        ReturnLine.objects.bulk_create(
            [
                ReturnLine(
                    document=document,
                    line=lines[pk],
                    base_quantity=quantity,
                    amount=_share(lines[pk], left[pk], quantity),
                )
                for pk, quantity in sorted(asked.items())
            ]
        )
        tell_owner_of_return(document)
    return document


def accept_return(*, document: Return, on_shelf: Collection[int], by: str) -> Return:
    """The warung takes the goods back. `on_shelf`: ids of lines that can be sold again; the others are spoiled.

    States:  ASKED -> ACCEPTED.
    Writes:  stock "returned"; refund through payments, to the customer's balance; outbox to the customer.
    """
    with transaction.atomic():
        order = _locked(document.order)
        if move(document, "accept", by=by):
            lines = list(document.lines.select_related("line"))
            for line in lines:
                line.on_shelf = line.line_id in on_shelf
            ReturnLine.objects.bulk_update(lines, ["on_shelf"])
            back = [Line(line.line.product_id, line.base_quantity) for line in lines if line.on_shelf]
            if back:
                take_back(location=location_of_warung(order.warung), lines=back, reference=document.reference, by=by)
            payment, amount = payment_of(order.reference), sum(line.amount for line in lines)
            if payment is not None and amount:
                refund(payment=payment, amount=amount, by=by, reason=document.reason, key=document.reference)
            tell_return_decided(document)
    return document


def refuse_return(*, document: Return, reason: str, by: str) -> Return:
    """The warung does not take the goods back, and says why.

    States:  ASKED -> REFUSED.
    Raises:  ReasonMissing.
    Writes:  outbox to the customer.
    """
    reason = _given(reason)
    with transaction.atomic():
        _locked(document.order)
        if move(document, "refuse", by=by, reason=reason):
            tell_return_decided(document)
    return document


def _share(line: OrderLine, left: int, quantity: int) -> int:
    """What these base units cost. All returns of a line together cost the line: each takes the next part of it."""
    bought, before = line.in_bag, line.in_bag - left
    return line.due * (before + quantity) // bought - line.due * before // bought


def _locked(order: Order) -> Order:
    """The order is the lock of its returns."""
    return (
        Order.objects.select_related("warung", "customer").select_for_update(no_key=True, of=("self",)).get(pk=order.pk)
    )


def _given(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the other side reads it."))
    return reason
