"""django-oscar: its catalogue page and its whole checkout, as its customers walk through it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.benchmarks.sides.clicking import page, send
from tests.benchmarks.spending import spending

__all__ = ["checkout", "prepare", "stock_up", "storefront"]

BUYER = "ratna@example.test"


def prepare() -> None:
    """Every table."""
    call_command("migrate", verbosity=0)


def stock_up(products: int) -> None:
    """So many goods on eight shelves, all of one partner, more of each than anybody buys."""
    from oscar.apps.catalogue.categories import create_from_breadcrumbs  # type: ignore[import-not-found]
    from oscar.core.loading import get_model  # type: ignore[import-not-found]

    product, record = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(name="Sembako", track_stock=True)
    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Satker", code="satker")
    shelves = [create_from_breadcrumbs(f"Shelf {n}") for n in range(8)]
    have = product.objects.count()
    goods = product.objects.bulk_create(
        [
            product(
                title=f"Goods number {n}", slug=f"goods-{n}", upc=f"SKU-{n}", product_class=kind, structure="standalone"
            )
            for n in range(have, products)
        ]
    )
    through = product.categories.through
    through.objects.bulk_create([through(product=one, category=shelves[one.pk % 8]) for one in goods])
    record.objects.bulk_create(
        [
            record(
                product=one,
                partner=partner,
                partner_sku=one.upc,
                price_currency="IDR",
                price=Decimal(14_500),
                num_in_stock=10**7,
            )
            for one in goods
        ]
    )
    get_model("address", "Country").objects.get_or_create(
        iso_3166_1_a2="ID", defaults={"printable_name": "Indonesia", "name": "Indonesia", "is_shipping_country": True}
    )
    people: Any = get_user_model().objects
    people.get_or_create(username="ratna", defaults={"email": BUYER})
    call_command("rebuild_index", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@cache
def buyer() -> Client:
    client = Client()
    people: Any = get_user_model().objects
    client.force_login(people.get(username="ratna"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def storefront(times: int) -> dict[str, float]:
    """The list of goods, its first page, as a visitor gets it."""
    client = Client()
    with spending() as spent:
        for _ in range(times):
            page(client, "/catalogue/")
    return spent.as_json()


def checkout(times: int, lines: int) -> dict[str, Any]:
    """So many orders of `lines` goods: from the first thing put into the basket to the page that says thanks."""
    from oscar.core.loading import get_model

    client, order = buyer(), get_model("order", "Order")
    before = order.objects.count()
    goods = list(get_model("catalogue", "Product").objects.order_by("pk").values_list("pk", "slug")[:lines])
    address = {
        "first_name": "Ratna",
        "last_name": "Dewi",
        "line1": "Lorong Kenanga 5",
        "line4": "Palembang",
        "postcode": "30119",
        "country": "ID",
    }
    with spending() as spent:
        for _ in range(times):
            for pk, _slug in goods:
                send(client, f"/basket/add/{pk}/", {"quantity": "2"})
            page(client, "/basket/")
            client.get("/checkout/")
            page(client, "/checkout/shipping-address/")
            send(client, "/checkout/shipping-address/", address, lands="shipping-method")
            client.get("/checkout/shipping-method/")
            client.get("/checkout/payment-method/")
            page(client, "/checkout/preview/")
            send(client, "/checkout/preview/", {"action": "place_order"}, lands="thank-you")
            page(client, "/checkout/thank-you/")
    made = order.objects.count() - before
    assert made == times, f"{made} orders of {times}"
    return spent.as_json()
