"""Regions are told of what suppliers did. The events wait in the exchange; nothing is lost with a message or a worker."""

from __future__ import annotations

import logging

from django.db import transaction

from shared_apps.exchange.hooks import handlers
from shared_apps.exchange.models import Side, SupplierOrder, SupplierOrderEvent
from tenants.kernel import clock
from tenants.models import Region, RegionStatus

log = logging.getLogger(__name__)

# A region that is shut or not open yet is told later.
LISTENING = (RegionStatus.READY,)


def regions_to_tell() -> list[str]:
    """The schemas of regions for which a supplier's step waits. On the platform, which sees the trace of steps alone."""
    waiting = SupplierOrderEvent.objects.filter(told_at=None, side=Side.SUPPLIER)
    return list(
        Region.objects.filter(pk__in=waiting.values("region"), status__in=LISTENING).values_list(
            "schema_name", flat=True
        )
    )


def tell(limit: int = 500) -> int:
    """Inside a region: its apps learn of each step that waits, oldest first. Returns how many were told.

    A step that an app refuses keeps the later ones of its order waiting, and no other order's.
    """
    waiting = SupplierOrderEvent.objects.filter(told_at=None, side=Side.SUPPLIER).order_by("pk")
    told = 0
    held: set[int] = set()
    for event_id, order_id in list(waiting.values_list("pk", "order_id")[:limit]):
        if order_id in held:
            continue
        try:
            with transaction.atomic():
                told += _tell_one(event_id, order_id, held)
        except Exception:
            log.exception("step %s was not taken", event_id)
            held.add(order_id)
    return told


def _tell_one(event_id: int, order_id: int, held: set[int]) -> bool:
    order = SupplierOrder.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=order_id).first()
    if order is None:
        # Somebody works on it; the next round comes soon.
        held.add(order_id)
        return False
    event = SupplierOrderEvent.objects.filter(pk=event_id, told_at=None).first()
    if event is None:
        return False
    for handler in handlers():
        handler(order, event)
    event.told_at = clock.now()
    event.save(update_fields=["told_at"])
    return True
