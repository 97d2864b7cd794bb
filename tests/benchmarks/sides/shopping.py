"""WARSA's shop in one region: its pages and its whole checkout, as a citizen walks through it."""

from __future__ import annotations

from datetime import time, timedelta
from functools import cache
from typing import Any

from django.test import Client

from tenant_apps.accounts.models import Profile
from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.orders.models import Order
from tenant_apps.pricing.models import MarketObservation, WarungPrice
from tenant_apps.satker.models import Satker
from tenant_apps.stock.models import StockLevel
from tenant_apps.stock.services import location_of_warung
from tenant_apps.warungs.models import Neighbourhood, Warung
from tenant_apps.warungs.services import give_to_owner, open_warung, register_warung, set_hours
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tenants.models import Region
from tests.benchmarks.sides.clicking import form_with, page, send
from tests.benchmarks.spending import aside, spending

SLUG = "bench-0"
VILLAGE = "16.71.10.1002"
BY = "system:bench"
BUYER = "ratna@example.test"


def region(slug: str = SLUG) -> Region:
    with on_platform():
        found: Region = Region.objects.get(domains__domain=f"{slug}.localhost")
        return found


def stock_up(products: int, slug: str = SLUG) -> None:
    """One warung, open day and night, that sells so many goods, more of each than anybody buys."""
    with in_region(region(slug)):
        warung = Warung.objects.first() or _open_shop()
        shelves = list(Category.objects.order_by("order"))
        have = Product.objects.count()
        goods = Product.objects.bulk_create(
            [
                Product(
                    sku=f"SKU-{n}",
                    name=f"Goods number {n}",
                    category=shelves[n % 8],
                    base_unit=BaseUnit.PIECE,
                    search=f"goods number {n}",
                )
                for n in range(have, products)
            ]
        )
        packs = Pack.objects.bulk_create([Pack(product=one, label="pcs", base_quantity=1) for one in goods])
        seen = MarketObservation.objects.bulk_create(
            [
                MarketObservation(
                    product=one,
                    market="Pasar",
                    observed_on=clock.today(),
                    per_quantity=1,
                    price=15_000,
                    observer="Yuli",
                )
                for one in goods
            ]
        )
        WarungPrice.objects.bulk_create(
            [
                WarungPrice(
                    warung=warung,
                    pack=pack,
                    price=14_500,
                    evidence=row,
                    market_price=15_000,
                    by=BY,
                    valid_from=clock.now() - timedelta(minutes=1),
                )
                for pack, row in zip(packs, seen, strict=True)
            ]
        )
        shelf = location_of_warung(warung)
        StockLevel.objects.bulk_create([StockLevel(location=shelf, product=one, on_hand=10**7) for one in goods])


def _open_shop() -> Warung:
    Satker.objects.get_or_create(only=True, defaults={"name": "Satker"})
    Neighbourhood.objects.get_or_create(village_code=VILLAGE, rw=1, defaults={"rt_count": 8})
    Category.objects.bulk_create([Category(name=f"Shelf {n}", slug=f"shelf-{n}", order=n) for n in range(8)])
    buyer = User.objects.create_user(password=None, name="Ratna", email=BUYER)
    Profile.objects.create(user=buyer, village_code=VILLAGE, rw=1, rt=3, address="Lorong Kenanga 5")
    warung = register_warung(
        name="Warung Hasan", village_code=VILLAGE, rw=1, rt=3, address="Jalan Mawar 1", delivers=True, delivery_fee=2_000, by=BY
    )  # fmt: skip
    set_hours(warung=warung, hours=[(day, time(0), time(0)) for day in range(7)])
    give_to_owner(warung=warung, user=User.objects.create_user(password=None, name="Hasan", email="hasan@example.test"))
    open_warung(warung=warung, by=BY)
    return warung


def visitor() -> Client:
    client = Client(headers={"host": f"{SLUG}.localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    return client


@cache
def buyer() -> Client:
    client = visitor()
    with in_region(region()):
        client.force_login(User.objects.get(email=BUYER))
    return client


def storefront(times: int, path: str = "") -> dict[str, float]:
    """The warung's list of goods, its first page, as a visitor gets it; or another page."""
    client = visitor()
    with in_region(region()):
        path = path or f"/warung/{Warung.objects.get().slug}/"
    with spending() as spent:
        for _ in range(times):
            page(client, path)
    return spent.as_json()


def checkout(times: int, lines: int) -> dict[str, Any]:
    """So many orders of `lines` goods: from the first thing put into the cart to the page of the order."""
    client = buyer()
    with in_region(region()):
        before, warung = Order.objects.count(), Warung.objects.get()
        packs = list(Pack.objects.order_by("pk").values_list("pk", flat=True)[:lines])
    with spending() as spent:
        for _ in range(times):
            for pack in packs:
                send(client, f"/warung/{warung.slug}/isi/", {"pack": str(pack), "quantity": "2"})
            page(client, "/keranjang/")
            path = f"/keranjang/{warung.slug}/bayar/"
            shown = page(client, path)
            with aside():
                address, fields = form_with(shown, "key")
            fields |= {"method": ["pickup"], "phone": ["0812 0000 0001"]}
            page(client, send(client, address or path, fields, lands="/"))
    with in_region(region()):
        made = Order.objects.count() - before
    assert made == times, f"{made} orders of {times}"
    return spent.as_json()
