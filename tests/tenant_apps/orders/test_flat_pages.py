"""However much a region trades, a page asks the same number of questions, and a search touches little of what there is."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.orders.shelves import categories_of, search_page
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Place
from tenants.context import as_owner, current_region
from tests.benchmarks.storefront import VILLAGES, fill, plans_of
from tests.cast import Cast, browser_of

WARUNGS = 60
# Pages of eight kilobytes. With the planner's statistics, as autovacuum keeps them, the dearest text touches 1,300; looking
# through the prices of each warung takes up to 30,000 here, joining all prices 100,000.
MOST_PAGES = 4_000


# All that `fill` writes and pages read. A table left out may be known to the planner as empty, from before.
FILLED = (
    "catalog_category, catalog_product, catalog_pack, pricing_marketobservation, pricing_warungprice, "
    "stock_stocklocation, stock_stocklevel, warungs_openinghours, warungs_warung"
)


def tell_planner() -> None:
    """The planner's statistics, as autovacuum brings them; it sees nothing of a transaction that is still open."""
    with as_owner(current_region().schema_name), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {FILLED}")


def questions(address: str) -> int:
    visitor = browser_of(None)
    assert visitor.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        answer = visitor.get(address)
    assert answer.status_code == 200
    return len(seen)


def test_pages_ask_as_much_with_ten_products_as_with_a_thousand(market: Cast) -> None:
    fill(products=10, warungs=8, prefix="T")
    few = [questions(address) for address in ("/", "/cari/?q=gulla", "/warung/t-003/", "/warung/t-003/?q=gulla")]
    fill(products=1000, warungs=WARUNGS, prefix="U")
    tell_planner()
    many = [questions(address) for address in ("/", "/cari/?q=gulla", "/warung/u-003/", "/warung/u-003/?q=gulla")]
    assert few == many


def test_carts_of_many_warungs_ask_as_much_as_the_cart_of_one(market: Cast) -> None:
    fill(products=60, warungs=9)
    ratna = browser_of(market.ratna)

    def asked(shops: int) -> int:
        for warung in Warung.objects.filter(slug__startswith="t-").order_by("pk")[:shops]:
            for price in WarungPrice.objects.filter(warung=warung)[:4]:
                put_in_cart(key=market.ratna.public_id, warung=warung, pack_id=price.pack_id, quantity=1)
        with CaptureQueriesContext(connection) as seen:
            text = ratna.get("/keranjang/").content.decode()
        assert text.count("Hemat") >= shops
        return len(seen)

    ratna.get("/keranjang/")
    assert asked(1) == asked(9)


def test_a_search_touches_little_of_a_large_region(market: Cast) -> None:
    stand = fill(products=1000, warungs=WARUNGS)
    assert stand.prices > 15_000
    tell_planner()
    place = Place(VILLAGES[1], 3, 2)
    touched = {}
    for text in ("brs", "minyak", "telor", "gulla", "mie goreng", "bawng merah", "sabun cuci piring"):
        assert search_page(place, text=text)[:6], text
        _ms, plans = plans_of(lambda text=text: search_page(place, text=text)[:6])  # type: ignore[misc]
        touched[text] = sum(pages for _sql, _took, pages in plans)
    _ms, plans = plans_of(categories_of)
    touched["shelves"] = sum(pages for _sql, _took, pages in plans)
    assert max(touched.values()) < MOST_PAGES, touched
