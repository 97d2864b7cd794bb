"""When an owner wants to be told that something runs out."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.stock.errors import BadQuantity
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.services.moving import MOST


def set_low_mark(*, location: StockLocation, product: Product, low_at: int | None) -> None:
    """Below this, in base units, the product is told as running out here; None leaves it to how fast it sells.

    Raises:  BadQuantity below zero or above MOST.
    """
    if low_at is not None and not 0 <= low_at <= MOST:
        raise BadQuantity(_("Write down a quantity of zero or more."))
    with transaction.atomic():
        level = lock_levels([(location.pk, product.pk)])[location.pk, product.pk]
        level.low_at = low_at
        level.save(update_fields=["low_at"])
