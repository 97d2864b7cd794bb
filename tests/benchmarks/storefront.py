"""A region as large as a storefront must bear: its goods, warungs, hours, prices and stock, written by a few bulk statements.

`fill` writes it into the bound region; `plans_of` says what the database does for a piece of work there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from itertools import islice, product
from typing import Any

from django.db import connection

from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.catalog.spelling import search_text_of
from tenant_apps.pricing.models import MarketObservation
from tenant_apps.warungs.models import OpeningHours, Warung, WarungState
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit

VILLAGES = ("16.71.10.1001", "16.71.10.1002", "16.71.10.1003", "16.71.10.1004", "16.71.10.1005")
SOLD_EVERYWHERE = 60
PER_WARUNG = 300

SHELVES: dict[str, tuple[str, ...]] = {
    "Beras & tepung": ("Beras medium", "Beras premium", "Beras ketan", "Tepung terigu", "Tepung beras", "Tepung tapioka", "Sagu"),
    "Gula & garam": ("Gula pasir", "Gula merah", "Gula aren", "Garam halus", "Garam kasar"),
    "Minyak": ("Minyak goreng", "Minyak kelapa", "Margarin", "Mentega"),
    "Telur & susu": ("Telur ayam", "Telur bebek", "Telur puyuh", "Susu kental manis", "Susu bubuk", "Susu UHT", "Keju"),
    "Mi & makanan instan": ("Mi instan goreng", "Mi instan soto", "Mi telur", "Bihun", "Makaroni", "Sarden", "Kornet", "Bubur instan"),
    "Bumbu": (
        "Bawang merah", "Bawang putih", "Cabai merah", "Cabai rawit", "Merica", "Ketumbar", "Kunyit", "Jahe",
        "Kecap manis", "Saus sambal", "Terasi", "Santan",
    ),
    "Minuman": ("Air mineral", "Teh celup", "Teh botol", "Kopi bubuk", "Kopi sachet", "Sirup", "Minuman isotonik", "Minuman cokelat"),
    "Camilan": ("Biskuit", "Wafer", "Keripik singkong", "Kerupuk ikan", "Kacang kulit", "Permen", "Cokelat", "Roti tawar", "Pempek beku"),
    "Sabun & cucian": ("Sabun mandi", "Sabun cuci piring", "Deterjen bubuk", "Deterjen cair", "Pewangi pakaian", "Pembersih lantai"),
    "Kebersihan diri": ("Sampo", "Pasta gigi", "Sikat gigi", "Tisu", "Popok bayi", "Pembalut", "Minyak kayu putih"),
    "Rumah tangga": ("Korek api", "Lilin", "Gas LPG 3 kg", "Lampu LED", "Baterai", "Kantong plastik", "Obat nyamuk"),
    "Sayur": ("Kangkung", "Bayam", "Wortel", "Kentang", "Tomat", "Kol", "Kacang panjang", "Terong", "Tahu", "Tempe"),
    "Ikan & daging": ("Ikan patin", "Ikan nila", "Ikan lele", "Ikan teri", "Udang", "Ayam potong", "Daging sapi", "Bakso", "Sosis"),
    "Buah": ("Pisang", "Jeruk", "Pepaya", "Semangka", "Nanas", "Apel", "Salak", "Duku"),
}  # fmt: skip
MAKERS = (
    "", "Musi", "Sriwijaya", "Cap Ampera", "Kelapa Dua", "Sinar Ilir", "Bunga Teratai", "Cap Gajah", "Dua Rusa", "Melati",
    "Nusantara", "Rajawali", "Merpati", "Cap Jempol", "Harum", "Kenanga", "Bumi Asri", "Surya", "Makmur", "Lestari",
    "Tiga Roda", "Pelangi", "Mutiara", "Anggrek", "Cempaka",
)  # fmt: skip
SIZES = ("100 g", "250 g", "500 g", "1 kg", "2 kg", "isi 6")


@dataclass(frozen=True)
class Stand:
    """What was filled in."""

    products: int
    warungs: int
    prices: int


def names() -> list[tuple[str, str]]:
    """Category and name of every product there can be, the common ones first."""
    kinds = [(shelf, kind) for shelf, held in SHELVES.items() for kind in held]
    return [
        (shelf, " ".join(filter(None, (kind, maker, size))))
        for maker, size, (shelf, kind) in product(MAKERS, SIZES, kinds)
    ]


def fill(*, products: int, warungs: int, prefix: str = "T") -> Stand:
    """So many more products and warungs in the bound region; each warung sells some 300, the 60 commonest are sold everywhere."""
    now, day = clock.now(), clock.today(current_region().time_zone)
    shelves = {
        name: Category.objects.get_or_create(slug=f"b-{order}", defaults={"name": name, "order": order})[0]
        for order, name in enumerate(SHELVES, start=10)
    }
    rows = [
        Product(
            sku=f"{prefix}-{number:05}",
            name=name,
            category=shelves[shelf],
            base_unit=BaseUnit.PIECE,
            search=search_text_of(name=name, category=shelf, sku=f"{prefix}-{number:05}", synonyms=""),
        )
        for number, (shelf, name) in enumerate(islice(names(), products))
    ]
    assert len(rows) == products, "there are not so many names"
    Product.objects.bulk_create(rows, batch_size=2000)
    Pack.objects.bulk_create([Pack(product=one, label="bungkus", base_quantity=1) for one in rows], batch_size=2000)
    MarketObservation.objects.bulk_create(
        [
            MarketObservation(
                product=one, market="Pasar Induk Jakabaring", observed_on=day - timedelta(days=1),
                per_quantity=1, price=10_000 + number % 500 * 100, observer="Yuli",
            )
            for number, one in enumerate(rows)
        ],
        batch_size=2000,
    )  # fmt: skip
    shops = [
        Warung(
            slug=f"{prefix.lower()}-{number:03}", name=f"Warung {MAKERS[number % 25] or 'Ilir'} {number:03}",
            village_code=VILLAGES[number % 5], rw=number // 5 % 12 + 1, rt=number // 60 % 9 + 1,
            latitude=f"{-2.93 - number % 23 / 500:.6f}", longitude=f"{104.78 + number % 29 / 500:.6f}",
            state=WarungState.OPEN, pickup=True,
        )
        for number in range(warungs)
    ]  # fmt: skip
    Warung.objects.bulk_create(shops)
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(warung=shop, weekday=weekday, opens=time(6), closes=time(6) if number % 3 else time(6, 30))
            for number, shop in enumerate(shops)
            for weekday in range(7)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stock_stocklocation (kind, warung_id) SELECT 'warung', id FROM warungs_warung WHERE slug LIKE %s",
            [f"{prefix.lower()}-%"],
        )
        # Numbers of products and warungs from 0 on; a multiplier without common factors spreads each warung's choice.
        cursor.execute(
            """
            WITH good AS (
                SELECT p.id AS product, k.id AS pack, o.id AS seen, o.price, row_number() OVER (ORDER BY p.id) - 1 AS n
                FROM catalog_product p JOIN catalog_pack k ON k.product_id = p.id
                JOIN pricing_marketobservation o ON o.product_id = p.id WHERE p.sku LIKE %(sku)s
            ), shop AS (
                SELECT w.id, l.id AS location, row_number() OVER (ORDER BY w.id) - 1 AS n
                FROM warungs_warung w JOIN stock_stocklocation l ON l.warung_id = w.id WHERE w.slug LIKE %(slug)s
            ), sold AS (
                SELECT shop.id AS shop, shop.location, shop.n AS sn, good.* FROM shop JOIN good
                ON good.n < %(common)s OR (good.n * 7919 + shop.n * 104729) %% %(products)s < %(chosen)s
            ), stocked AS (
                INSERT INTO stock_stocklevel (location_id, product_id, on_hand, reserved)
                SELECT location, product, (n + sn) %% 40, 0 FROM sold
            )
            INSERT INTO pricing_warungprice (warung_id, pack_id, price, evidence_id, market_price, by, valid_from)
            SELECT shop, pack, price - 500 - (n + sn) %% 7 * 100, seen, price, 'system:bench', %(now)s FROM sold
            """,
            {
                "sku": f"{prefix}-%", "slug": f"{prefix.lower()}-%", "common": SOLD_EVERYWHERE, "products": products,
                "chosen": PER_WARUNG - SOLD_EVERYWHERE, "now": now,
            },
        )  # fmt: skip
        prices = cursor.rowcount
    return Stand(products, warungs, prices)


def plans_of(act: Any) -> tuple[float, list[tuple[str, float, int]]]:
    """What `act` asks the database: milliseconds of all execution, and each statement's plan, ms and buffers touched."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        act()
    plans = []
    for query in seen.captured_queries:
        sql = query["sql"]
        with connection.cursor() as cursor:
            if not sql.lstrip().upper().startswith("SELECT"):
                continue
            if "set_config" in sql:
                # The plan of what follows depends on it.
                cursor.execute(sql)
                continue
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql)
            plan = cursor.fetchone()[0][0]
        top = plan["Plan"]
        plans.append((sql, plan["Execution Time"], top["Shared Hit Blocks"] + top["Shared Read Blocks"]))
    return sum(ms for _sql, ms, _blocks in plans), plans
