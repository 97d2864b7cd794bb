"""Kalidoni orders of Sinar Musi: what the tests of the exchange begin with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from shared_apps.exchange.models import SupplierOrder, SupplierOrderLine
from shared_apps.exchange.services import Billed, Buyer, OrderedLine, Shipped, send_order, ship, submit_invoice
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.context import for_supplier, in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import KALIDONI, Wholesaler, cover, sinar_musi

BUYER = Buyer("Satker Kalidoni", "Jalan Mayor Zen 1, Palembang", "+6281200000009")


class Deal:
    """A region and a supplier, and what each of them does to one order. Each step binds its own side."""

    def __init__(self, region: Region, **terms: Any) -> None:
        self.region = region
        with on_platform():
            cover(region, KALIDONI)
            self.musi: Wholesaler = sinar_musi(**terms)

    @property
    def supplier(self) -> SupplierOrganisation:
        return self.musi.organisation

    def tomorrow(self) -> date:
        return clock.today() + timedelta(days=1)

    def send(self, packs: Mapping[str, int], *, key: uuid.UUID | None = None, **facts: Any) -> SupplierOrder:
        with in_region(self.region):
            return send_order(
                supplier=self.supplier,
                key=key or uuid.uuid4(),
                buyer=BUYER,
                wanted_on=facts.pop("wanted_on", self.tomorrow()),
                lines=[OrderedLine(self.musi.offers[sku].public_id, number) for sku, number in packs.items()],
                by=BY,
                **facts,
            )

    def lines(self, order: SupplierOrder) -> dict[str, SupplierOrderLine]:
        with in_region(self.region):
            return {line.sku: line for line in order.lines.all()}

    def seen(self, order: SupplierOrder) -> SupplierOrder:
        with in_region(self.region):
            return SupplierOrder.objects.get(pk=order.pk)

    def as_region(self, step: Any, order: SupplierOrder, **facts: Any) -> Any:
        with in_region(self.region):
            return step(order=order, by=BY, **facts)

    def as_supplier(self, step: Any, order: SupplierOrder, **facts: Any) -> Any:
        with for_supplier(self.supplier.db_role):
            return step(order=order, by=BY, **facts)

    def ship(
        self, order: SupplierOrder, packs: Mapping[str, int], *, key: uuid.UUID | None = None, **facts: Any
    ) -> Any:
        lines = self.lines(order)
        return self.as_supplier(
            ship,
            order,
            key=key or uuid.uuid4(),
            lines=[Shipped(lines[sku].pk, number) for sku, number in packs.items()],
            shipped_on=clock.today(),
            **facts,
        )

    def bill(self, order: SupplierOrder, packs: Mapping[str, int], *, number: str = "F-1", **facts: Any) -> Any:
        lines = self.lines(order)
        price = facts.pop("price", None)
        return self.as_supplier(
            submit_invoice,
            order,
            number=number,
            issued_on=clock.today(),
            lines=[Billed(lines[sku].pk, count, price) for sku, count in packs.items()],
            **facts,
        )

    def trace(self, order: SupplierOrder) -> list[tuple[str, str, str]]:
        with in_region(self.region):
            return list(order.history.values_list("move", "after", "side"))
