"""A stand that buys on order, and how the tests order, buy and share out there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.fresh_buying.models import MarketTrip, PreOrder, PreOrderLine, StallPurchase, TripLine
from tenant_apps.fresh_buying.services import (
    Buyer,
    Weighed,
    Wish,
    close_day,
    come_back,
    distribute,
    place_preorder,
    put_on_order,
    set_buying_terms,
    start_trip,
    write_purchase,
)
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.orders.models import Method
from tenant_apps.orders.services.delivering import When
from tenant_apps.payments.models import Method as Pay
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.services import observe_market, publish_price
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.warungs.models import Kind, Warung
from tenant_apps.warungs.services import open_warung, register_warung, set_terms
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tests.cast import BY, VILLAGE, Cast

# What the market asks for a kilogram, and what the stand promises.
FISH_SEEN, FISH = 40_000, 36_000
SPINACH_SEEN, SPINACH = 12_000, 10_000


@dataclass(frozen=True)
class Stand:
    """The cast, and a stand that delivers every day what was ordered until 20.00 on the day before."""

    cast: Cast
    stand: Warung
    fish: Product
    kilo: Pack
    spinach: Product
    bunch: Pack

    @property
    def day(self) -> date:
        """A day for which people can order, whatever the clock says."""
        return clock.today("Asia/Jakarta") + timedelta(days=2)

    def price_of(self, pack: Pack) -> int:
        return WarungPrice.objects.get(warung=self.stand, pack=pack, replaced_at=None).price

    def order(
        self,
        fish: int = 2,
        spinach: int = 0,
        *,
        who: User | None = None,
        key: uuid.UUID | None = None,
        more: bool = False,
        pay: Pay = Pay.CASH,
        day: date | None = None,
        **buyer: Any,
    ) -> PreOrder:
        """Ratna orders so many kilograms of fish and bunches of spinach (250 g), to be picked up."""
        user = who or self.cast.ratna
        wishes = [
            Wish(pack.pk, quantity, self.price_of(pack))
            for pack, quantity in ((self.kilo, fish), (self.bunch, spinach))
            if quantity
        ]
        return place_preorder(
            stand=self.stand,
            key=key or uuid.uuid4(),
            buyer=Buyer(user, user.name, user.phone, buyer.pop("method", Method.PICKUP), pay, **buyer),
            when=When(day or self.day),
            wishes=wishes,
            agrees_to_more=more,
            by=user.actor,
        )

    def close(self, day: date | None = None) -> MarketTrip:
        return close_day(stand=self.stand, day=day or self.day, by=BY, early=True)

    def started(self, advance: int = 500_000, day: date | None = None) -> MarketTrip:
        """Closed, and Yuli is on the way."""
        return start_trip(trip=self.close(day), buyer=self.cast.yuli, advance=advance, key=uuid.uuid4(), by=BY)

    def buy(self, trip: MarketTrip, product: Product, quantity: int, paid: int, **more: Any) -> StallPurchase:
        line = TripLine.objects.get(trip=trip, product=product)
        more.setdefault("over_reason", "pasar sepi")
        return write_purchase(
            line=line, key=more.pop("key", None) or uuid.uuid4(), quantity=quantity, paid=paid, by=BY, **more
        )

    def back(self, trip: MarketTrip, weighed: Mapping[Product, int]) -> MarketTrip:
        """What is not named came as it was bought."""
        told = {}
        for line in trip.lines.all():
            bought = sum(line.purchases.values_list("quantity", flat=True))
            if bought:
                told[line.pk] = Weighed(weighed.get(line.product, bought), "dried")
        return come_back(trip=trip, weighed=told, by=BY)

    def shared(self, trip: MarketTrip) -> MarketTrip:
        return distribute(trip=trip, by=BY)


def open_stand(cast: Cast, suffix: str = "") -> Stand:
    stand = register_warung(
        name="Fresh Food Kalidoni", village_code=VILLAGE, rw=1, rt=1, address="Pasar 3", delivers=True, kind=Kind.FRESH, by=BY
    )  # fmt: skip
    set_terms(
        warung=stand,
        valid_from=clock.today("Asia/Jakarta") - timedelta(days=1),
        cutoff=time(20, 0),
        lead_days=1,
        weekdays=range(7),
    )
    open_warung(warung=stand, by=BY)
    shelf = Category.objects.create(name="Ikan & sayur", slug=f"ikan-sayur{suffix}")
    fish = Product.objects.create(
        sku=f"FF-001{suffix}",
        name="Ikan gabus",
        category=shelf,
        base_unit=BaseUnit.GRAM,
        by_weight=True,
        search="ikan gabus",
    )
    spinach = Product.objects.create(
        sku=f"FF-002{suffix}", name="Bayam", category=shelf, base_unit=BaseUnit.GRAM, by_weight=True, search="bayam"
    )
    kilo = Pack.objects.create(product=fish, label="kg", base_quantity=1_000)
    bunch = Pack.objects.create(product=spinach, label="ikat 250 g", base_quantity=250)
    today = clock.today("Asia/Jakarta")
    for product, seen in ((fish, FISH_SEEN), (spinach, SPINACH_SEEN)):
        observe_market(
            product=product, market="Pasar Lemabang", observed_on=today, per_quantity=1_000, price=seen, observer="Yuli"
        )
    publish_price(warung=stand, pack=kilo, price=FISH, by=BY)
    publish_price(warung=stand, pack=bunch, price=SPINACH // 4, by=BY)
    set_buying_terms(stand=stand, market="Pasar Induk Jakabaring", margin_percent=10)
    put_on_order(stand=stand, product=fish, section="Ikan", daily_limit=50_000)
    put_on_order(stand=stand, product=spinach, section="Sayur", daily_limit=20_000)
    return Stand(cast, stand, fish, kilo, spinach, bunch)


def balances() -> dict[str, int]:
    """Balances by code without numbers, debit positive."""
    found: dict[str, int] = {}
    for row in Account.objects.exclude(balance=0):
        code = ":".join(part for part in row.code.split(":") if not part.isdigit())
        found[code] = found.get(code, 0) + row.balance
    return found


def levels(stand: Warung) -> dict[str, tuple[int, int]]:
    """On hand and promised at a shelf, in base units."""
    rows = StockLevel.objects.filter(location__warung=stand).select_related("product")
    return {row.product.name: (row.on_hand, row.reserved) for row in rows if row.on_hand or row.reserved}


def must_add_up(place: Stand) -> None:
    """What holds whatever happened."""
    for level in StockLevel.objects.filter(location__warung=place.stand):
        moved = StockMovement.objects.filter(location_id=level.location_id, product_id=level.product_id)
        assert level.on_hand == sum(moved.values_list("delta_on_hand", flat=True))
        assert level.reserved == sum(moved.values_list("delta_reserved", flat=True))
        ready = PreOrderLine.objects.filter(preorder__state="ready", product=level.product_id)
        held = TripLine.objects.filter(product=level.product_id).values_list("held", flat=True)
        assert level.reserved == sum(one.allocated or 0 for one in ready) + sum(held)
    assert unproven_accounts() == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
