"""How a step of an order is written down: its state, and who took it from which side."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from shared_apps.exchange.errors import ReasonMissing
from shared_apps.exchange.models import OrderState, Side, SupplierOrder, SupplierOrderEvent
from shared_apps.exchange.tasks import tell_regions
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move

# What an order can still be once the supplier has promised something.
PROMISED = frozenset(
    {OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.RECEIVED, OrderState.INVOICED, OrderState.PAID}
)


def take(order: SupplierOrder, name: str, *, side: Side, by: str, reason: str = "") -> SupplierOrderEvent:
    """One move of a locked order whose state allows it.

    Raises:  StaleDocument when it does not.
    Writes:  the order's state, the event.
    """
    before = order.state
    if not move(order, name, by=by, reason=reason):
        raise stale()
    order.moved_at = clock.now()
    order.save(update_fields=["moved_at"])
    return record(order, name, before=before, side=side, by=by, reason=reason)


def record(
    order: SupplierOrder,
    name: str,
    *,
    side: Side,
    by: str,
    before: str = "",
    reason: str = "",
    key: UUID | None = None,
) -> SupplierOrderEvent:
    """The event of something that happened to a locked order, whether or not its state changed. A supplier's is told on."""
    event = SupplierOrderEvent.objects.create(
        order=order,
        region_id=order.region_id,
        move=name,
        before=before or order.state,
        after=order.state,
        side=side,
        by=by,
        reason=reason,
        key=key,
        at=clock.now(),
    )
    if side == Side.SUPPLIER:
        tell_regions.on_commit()
    return event


def given(reason: str) -> str:
    """The reason, without what stands around it.

    Raises:  ReasonMissing.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the other side reads it."))
    return reason


def stale() -> StaleDocument:
    """What the one is told who comes too late."""
    return StaleDocument(_("This has changed in the meantime, so that step is no longer possible. Look at it again."))
