"""What must be true of every shelf, whatever was done to it."""

from __future__ import annotations

from django.db.models import F, Sum

from tenant_apps.catalog.models import Product
from tenant_apps.stock.models import PackOpening, SealedPack, StockLevel, StockLocation, StockLot, StockMovement


def proven() -> None:
    """Nothing is oversold; each level is the sum of its movements and holds its lots and its unopened packs."""
    for level in StockLevel.objects.all():
        mine = {"location": level.location_id, "product": level.product_id}
        sums = StockMovement.objects.filter(**mine).aggregate(
            hand=Sum("delta_on_hand", default=0), held=Sum("delta_reserved", default=0)
        )
        assert (level.on_hand, level.reserved) == (sums["hand"], sums["held"])
        assert 0 <= level.reserved <= level.on_hand
        lots = StockLot.objects.filter(**mine).aggregate(left=Sum("left", default=0))["left"]
        assert level.dated == lots and 0 <= lots <= level.on_hand
        packs = SealedPack.objects.filter(location=level.location_id, pack__product=level.product_id)
        sealed = packs.aggregate(units=Sum(F("count") * F("pack__base_quantity"), default=0))["units"]
        assert level.sealed == sealed and 0 <= sealed <= level.on_hand
    for row in SealedPack.objects.all():
        history = PackOpening.objects.filter(location=row.location_id, pack=row.pack_id)
        assert row.count == history.aggregate(packs=Sum("change", default=0))["packs"]


def at(location: StockLocation, product: Product) -> tuple[int, int, int, int]:
    """On hand, reserved, unopened, with a date."""
    level = StockLevel.objects.get(location=location, product=product)
    return level.on_hand, level.reserved, level.sealed, level.dated
