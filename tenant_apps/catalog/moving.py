"""What warungs trade goes along with them, where the new region does not have it yet."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shared_apps.onboarding.moving_parts import Arrived, MovingPart, moving_part
from tenant_apps.catalog.hooks import CatalogSection
from tenant_apps.catalog.models import Product


@moving_part("catalog", order=10)
class CatalogPart(MovingPart):
    def take(self, villages: Collection[str]) -> Any:
        return CatalogSection().export()

    def count(self, data: Any) -> int:
        return len(data["products"])

    def arrive(self, data: Any, *, key: str, by: str) -> Arrived:
        before = Product.objects.count()
        CatalogSection().apply(data)
        return Arrived(Product.objects.count() - before)
