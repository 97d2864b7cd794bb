"""A cycle that the tests know: rice by the sack of 50 kg, eggs by the tray of 30 of crates of 180, sugar by the kilo of cartons
of 20, all of Sinar Musi; Hasan and Siti order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tenant_apps.catalog.models import Category, Pack, Product, Use
from tenant_apps.pricing.services import observe_market, set_wholesale_price
from tenant_apps.procurement.models import Cycle, CycleGood, CycleOrder, PurchasePart
from tenant_apps.procurement.services import (
    CycleTerms,
    CycleWish,
    close_cycle,
    draft_cycle,
    open_cycle,
    save_cycle_order,
)
from tenant_apps.suppliers.models import Adoption
from tenant_apps.suppliers.services.adopting import adopt
from tenant_apps.warungs.models import Warung
from tenants.context import current_region, in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tests.cast import BY, Cast
from tests.shared_apps.supplier_catalog.wholesaler import KALIDONI, Wholesaler, cover, sinar_musi

SACK, TRAY, KILO = 640_000, 50_000, 16_000


@dataclass
class Round:
    """The cast, their supplier, and the packs that they order."""

    cast: Cast
    seller: Wholesaler
    tray: Pack
    sugar: Pack
    adoptions: dict[str, Adoption] = field(default_factory=dict)

    @property
    def packs(self) -> list[Pack]:
        return [self.cast.sack, self.tray, self.sugar]

    def terms(self, **other: Any) -> CycleTerms:
        closes = clock.now() + timedelta(days=1)
        told = {"name": "Restok Selasa", "closes_at": closes, "deliver_on": closes.date() + timedelta(days=2), **other}
        return CycleTerms(**told)

    def draft(self, **other: Any) -> Cycle:
        return draft_cycle(
            satker=self.cast.satker, terms=self.terms(**other), packs=[pack.pk for pack in self.packs], by=self.by
        )

    def opened(self, **other: Any) -> Cycle:
        return open_cycle(cycle=self.draft(**other), by=self.by)

    def closed(self, **other: Any) -> Cycle:
        """Hasan wants 2 sacks, 4 trays (2 more if need be) and 15 kg; Siti 1 sack, 1 tray and 3 kg (2 more)."""
        cycle = self.opened(**other)
        self.order(cycle, self.cast.warung, rice=2, eggs=(4, 2), sugar=15)
        self.order(cycle, self.cast.other_warung, rice=1, eggs=1, sugar=(3, 2))
        return close_cycle(cycle=cycle, by=self.by)

    def order(
        self,
        cycle: Cycle,
        warung: Warung | None,
        *,
        key: uuid.UUID | None = None,
        **wanted: int | tuple[int, int],
    ) -> CycleOrder | None:
        """So many units of rice, eggs and sugar; a pair is firm and tolerance."""
        return save_cycle_order(
            cycle=cycle, warung=warung, key=key or uuid.uuid4(), wishes=self.wishes(cycle, wanted), by=BY
        )

    def wishes(self, cycle: Cycle, wanted: Mapping[str, int | tuple[int, int]]) -> list[CycleWish]:
        goods = self.goods(cycle)
        found = []
        for name, told in wanted.items():
            firm, tolerance = told if isinstance(told, tuple) else (told, 0)
            found.append(CycleWish(goods[name].pk, firm, tolerance, goods[name].price))
        return found

    def goods(self, cycle: Cycle) -> dict[str, CycleGood]:
        names = {self.cast.sack.pk: "rice", self.tray.pk: "eggs", self.sugar.pk: "sugar"}
        rows = CycleGood.objects.filter(cycle=cycle, pack__in=names)
        return {names[good.pack_id]: good for good in rows}

    @property
    def by(self) -> str:
        return self.cast.yuli.actor


def open_round(cast: Cast, *, seller: Wholesaler | None = None, kecamatan: str = KALIDONI, **terms: Any) -> Round:
    """In the bound region, inside the test's own transaction or committed: the supplier is made on the platform."""
    region = current_region()
    with on_platform():
        cover(region, kecamatan)
        seller = seller or sinar_musi(**terms)
    with in_region(region):
        tray = Pack.objects.create(product=cast.egg, label="papan 30", base_quantity=30, use=Use.BUY)
        shelf = Category.objects.get(slug="beras-tepung")
        sugar = Product.objects.create(
            sku="SB-010", name="Gula pasir", category=shelf, base_unit=BaseUnit.GRAM, search="gula pasir sb-010"
        )
        kilo = Pack.objects.create(product=sugar, label="kg", base_quantity=1_000, use=Use.BUY)
        observe_market(
            product=sugar,
            market="Pasar Lemabang",
            observed_on=clock.today(),
            per_quantity=1_000,
            price=18_000,
            observer="Yuli",
        )
        for pack, price in ((cast.sack, SACK), (tray, TRAY), (kilo, KILO)):
            set_wholesale_price(satker=cast.satker, pack=pack, price=price, by=BY)
        found = Round(cast, seller, tray, kilo)
        for sku, product in (("BR-50", cast.rice), ("TL-180", cast.egg), ("GL-20", sugar)):
            found.adoptions[sku] = adopt(offer=seller.offers[sku], product=product, by=BY)
    return found


def parts_of(cycle: Cycle) -> dict[str, dict[str, int]]:
    """Units by product and warung, as the plan shares them."""
    found: dict[str, dict[str, int]] = {}
    rows = PurchasePart.objects.filter(purchase_line__purchase__cycle=cycle).select_related(
        "line__order__warung", "line__good"
    )
    for part in rows:
        warung = part.line.order.warung
        found.setdefault(part.line.good.product_name, {})[warung.name if warung else "Satker"] = part.units
    return found
