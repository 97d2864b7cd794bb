"""Goods go along with a warung: what arrives there leaves here, to the gram."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import Arrived, MovingPart, moving_part
from tenant_apps.catalog.models import Product
from tenant_apps.stock.models import StockLevel
from tenant_apps.stock.services import adjust, location_of_warung
from tenant_apps.warungs.moving import arrived, leaving
from tenants.kernel.errors import StaleDocument

REASON = "went_along"


@dataclass(frozen=True)
class Going:
    """So much of a product, in its base units, on the shelf of a warung. `is_dated`: some of it has a date."""

    warung: UUID
    sku: str
    quantity: int
    is_dated: bool


@moving_part("stock", order=30)
class StockPart(MovingPart):
    def take(self, villages: Collection[str]) -> list[Going]:
        rows = StockLevel.objects.filter(location__warung__in=leaving(villages), on_hand__gt=0)
        return [
            Going(level.location.warung.public_id, level.product.sku, level.on_hand, level.dated > 0)  # type: ignore[union-attr]
            for level in rows.select_related("location__warung", "product").order_by("pk")
        ]

    def arrive(self, data: list[Going], *, key: str, by: str) -> Arrived:
        told = Arrived()
        here = arrived({one.warung for one in data})
        products = {one.sku: one for one in Product.objects.filter(sku__in={one.sku for one in data})}
        for one in data:
            # The quantity is part of the key: after a crash the worker brings what lies there by then.
            told.count += bool(
                adjust(
                    location=location_of_warung(here[one.warung]),
                    product=products[one.sku],
                    counted=one.quantity,
                    reason=REASON,
                    by=by,
                    key=f"{key}:{one.quantity}",
                )
            )
            if one.is_dated:
                told.left_out.append(
                    _("%(warung)s: write the dates of %(product)s anew.")
                    % {"warung": here[one.warung].name, "product": products[one.sku].name}
                )
        return told

    def leave(self, data: list[Going], *, key: str, by: str) -> None:
        here = arrived({one.warung for one in data})
        products = {one.sku: one for one in Product.objects.filter(sku__in={one.sku for one in data})}
        for one in data:
            gone = adjust(
                location=location_of_warung(here[one.warung]),
                product=products[one.sku],
                counted=0,
                reason=REASON,
                by=by,
                key=f"{key}:out:{one.quantity}",
            )
            if gone not in (0, -one.quantity):
                # Taken back with the transaction; the next round takes along what lies there now.
                raise StaleDocument(_("%(product)s was moved meanwhile.") % {"product": products[one.sku].name})
