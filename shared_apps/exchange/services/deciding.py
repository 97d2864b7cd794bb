"""The region's steps on an order that it sent. Callers work inside the region."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import BadPacks
from shared_apps.exchange.locks import lock_order
from shared_apps.exchange.models import OrderState, Side, SupplierOrder, SupplierOrderEvent, SupplierOrderLine
from shared_apps.exchange.services.outgoing import send_out
from shared_apps.exchange.services.settling import take_up_invoice
from shared_apps.exchange.services.steps import PROMISED, given, record, stale, take


def accept_change(*, order: SupplierOrder, by: str) -> SupplierOrder:
    """The region takes what the supplier offered instead.

    States:  CHANGED -> CONFIRMED. Accepting twice, also later, changes nothing.
    Raises:  StaleDocument.
    Writes:  order, event; the supplier is told.
    """
    with transaction.atomic():
        order = lock_order(order)
        if order.state != OrderState.CHANGED:
            if order.state not in PROMISED or not order.history.filter(move="accept_change").exists():
                raise stale()
            return order
        send_out(order, take(order, "accept_change", side=Side.REGION, by=by))
    return order


def cancel(*, order: SupplierOrder, reason: str, by: str) -> SupplierOrder:
    """The region no longer wants it, says why, and nothing of it has left yet.

    States:  SENT, CHANGED, CONFIRMED -> CANCELLED. Cancelling twice changes nothing.
    Raises:  ReasonMissing; StaleDocument once something was shipped or refused.
    Writes:  order, event; the supplier is told.
    """
    reason = given(reason)
    with transaction.atomic():
        order = lock_order(order)
        if order.state != OrderState.CANCELLED:
            send_out(order, take(order, "cancel", side=Side.REGION, by=by, reason=reason))
    return order


def note_receipt(
    *,
    order: SupplierOrder,
    counts: Mapping[int, tuple[int, int]],
    by: str,
    closed: bool = False,
    key: UUID | None = None,
) -> SupplierOrder:
    """What came in, added to what came before: packs that are good, and packs that were rejected.

    Goods that stand at the door have left, so packs that the supplier promised and did not announce count as shipped.
    `closed` says that no more is waited for. The same key changes nothing; without a key every call counts.
    States:  CONFIRMED -> SHIPPED for goods that nobody announced; SHIPPED -> RECEIVED when closed, or when all that was
             agreed has come; -> INVOICED when a bill is there already.
    Units:   whole packs by line id: (received, rejected), of this time alone.
    Raises:  BadPacks when it is more than was agreed; StaleDocument for an order of which nothing can come (any more).
    Writes:  lines, order, event; the supplier is told.
    """
    with transaction.atomic():
        order = lock_order(order)
        if key is not None and SupplierOrderEvent.objects.filter(order=order, key=key).exists():
            return order
        if order.state not in (OrderState.CONFIRMED, OrderState.SHIPPED):
            raise stale()
        lines = list(order.lines.all())
        came = _add(lines, counts)
        if not came and not closed:
            raise BadPacks(_("Write down at least one pack."))
        SupplierOrderLine.objects.bulk_update(lines, ["packs_shipped", "packs_received", "packs_rejected"])
        if order.state == OrderState.CONFIRMED:
            if not came:
                # Nothing has left and nothing came: that order is cancelled, not received.
                raise stale()
            take(order, "arrive", side=Side.REGION, by=by)
        event = record(order, "count", side=Side.REGION, by=by, key=key)
        if closed or all(line.packs_received + line.packs_rejected >= line.packs_agreed for line in lines):
            event = take(order, "receive", side=Side.REGION, by=by)
        take_up_invoice(order, by=by)
        send_out(order, event, lines)
    return order


def _add(lines: list[SupplierOrderLine], counts: Mapping[int, tuple[int, int]]) -> bool:
    """The lines with these packs added; whether there were any.

    Raises:  BadPacks.
    """
    if counts.keys() - {line.pk for line in lines}:
        raise BadPacks(_("This has a line that the order does not have. Look at it again."))
    came = False
    for line in lines:
        received, rejected = counts.get(line.pk, (0, 0))
        left = line.packs_agreed - line.packs_received - line.packs_rejected
        if received < 0 or rejected < 0 or received + rejected > left:
            raise BadPacks(
                _("%(article)s: %(left)s packs are still to come.") % {"article": line.name, "left": left},
                line_id=line.pk,
            )
        line.packs_received += received
        line.packs_rejected += rejected
        line.packs_shipped = max(line.packs_shipped, line.packs_received + line.packs_rejected)
        came = came or received + rejected > 0
    return came
