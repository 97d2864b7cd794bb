"""Goods with a date: what is past it is thrown away."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.stock.errors import BadQuantity
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLot, StockMovement
from tenant_apps.stock.services.writing import Change, Why, write
from tenants.kernel.units import quantity_text


def discard_lot(*, lot: StockLot, by: str, key: str, note: str = "") -> int:
    """What was left of the lot is thrown away; returns how much, in base units. 0 if it was gone already.

    Raises:  BadQuantity when too little would be left for what is promised.
    Writes:  level, the lot, a movement "expired".
    """
    place = lot.location_id, lot.product_id
    with transaction.atomic():
        level = lock_levels([place])[place]
        # Asked under the lock: two taps at once look one after the other.
        if StockMovement.objects.filter(key=f"expired:{key}:{place[0]}:{place[1]}").exists():
            return 0
        lot.refresh_from_db(fields=["left"])
        left = lot.left
        if not left:
            return 0
        if left > level.available:
            raise BadQuantity(
                _("%(reserved)s of this are promised to customers. Fill or reject their orders first.")
                % {"reserved": quantity_text(level.reserved, lot.product.base_unit)}
            )
        why = Why("expired", f"lot:{lot.public_id}", f"expired:{key}", by, note)
        write([Change(level, -left, lot=lot)], why)
        lot.left = 0
    return left
