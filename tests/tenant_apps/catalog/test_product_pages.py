"""An admin keeps the catalogue: products, packs, categories, and a table to take along."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tenant_apps.catalog.models import Category, Pack, Product, Use
from tenant_apps.catalog.selectors import search_products, traded_products
from tests.cast import Cast, browser_of

LIST = "/wilayah/katalog/"
NEW = "/wilayah/katalog/baru/"

PackLine = tuple[object, str, object, str]


@pytest.fixture
def budi(market: Cast) -> Client:
    return browser_of(market.budi)


def form(*packs: PackLine, **changed: str) -> dict[str, str]:
    """Gula merah with its packs, each (pk, label, base quantity, use)."""
    lines = packs or (("", "kg", 1_000, "sell"), ("", "keranjang 20 kg", 20_000, "buy"))
    told = {
        "name": "Gula merah",
        "sku": "SB-008",
        "category": "beras-tepung",
        "kind": "staple",
        "base_unit": "g",
        "synonyms": "gula aren, gulo abang",
        "market_price_hint": "22.000",
        "packs-TOTAL_FORMS": str(len(lines)),
        "packs-INITIAL_FORMS": "0",
    }
    for number, (pk, label, quantity, use) in enumerate(lines):
        fields = {"pk": pk, "label": label, "base_quantity": quantity, "use": use}
        told |= {f"packs-{number}-{name}": str(value) for name, value in fields.items()}
    return {**told, **changed}


def packs_of(product: Product) -> list[tuple[str, int, str, int]]:
    return list(product.packs.order_by("order").values_list("label", "base_quantity", "use", "order"))


def test_a_new_product_is_found_and_traded(market: Cast, budi: Client) -> None:
    assert budi.post(NEW, form()).status_code == 302
    sugar = Product.objects.get(sku="SB-008")
    assert (sugar.name, sugar.kind, sugar.base_unit, sugar.market_price_hint) == ("Gula merah", "staple", "g", 22_000)
    assert packs_of(sugar) == [("kg", 1_000, "sell", 1), ("keranjang 20 kg", 20_000, "buy", 2)]
    assert [product.name for product in search_products("gulo abang")] == ["Gula merah"]
    assert [product.name for product in search_products("arem", 1)] == ["Gula merah"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("name", "\x00"),
        ("sku", ""),
        ("sku", "x" * 41),
        ("category", "nowhere"),
        ("category", "\x00"),
        ("kind", "weird"),
        ("base_unit", "stone"),
        ("market_price_hint", "murah"),
        ("synonyms", "\x00"),
    ],
)
def test_what_is_no_product_is_a_message(market: Cast, budi: Client, field: str, text: str) -> None:
    answer = budi.post(NEW, form(**{field: text}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert not Product.objects.filter(sku="SB-008").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"packs-0-base_quantity": "0"},
        {"packs-0-base_quantity": "-1"},
        {"packs-0-base_quantity": "banyak"},
        {"packs-0-base_quantity": "99999999999999999999999"},
        {"packs-0-base_quantity": ""},
        {"packs-0-label": ""},
        {"packs-0-label": "x" * 41},
        {"packs-0-label": "kg\x00"},
        {"packs-0-use": "steal"},
        {"packs-0-pk": "x"},
        {"packs-TOTAL_FORMS": "x"},
        {"packs-TOTAL_FORMS": "99999"},
        {"packs-TOTAL_FORMS": ""},
    ],
)
def test_packs_that_nobody_can_trade_are_a_message(market: Cast, budi: Client, changed: dict[str, str]) -> None:
    answer = budi.post(NEW, form(**changed))
    assert answer.status_code == 200
    assert not answer.context["lines"].is_valid()
    assert not Product.objects.filter(sku="SB-008").exists()


@pytest.mark.parametrize(
    ("case", "lines"),
    [
        ("nothing to sell", [("", "dus", 12, "buy")]),
        ("one name twice", [("", "kg", 1_000, "sell"), ("", "KG ", 2_000, "sell")]),
    ],
)
def test_packs_that_make_no_offer_are_refused(market: Cast, budi: Client, case: str, lines: list[PackLine]) -> None:
    answer = budi.post(NEW, form(*lines))
    assert answer.context["form"].non_field_errors()
    assert not Product.objects.filter(sku="SB-008").exists()


def test_an_article_number_is_one_products(market: Cast, budi: Client) -> None:
    answer = budi.post(NEW, form(sku="SB-001"))
    assert list(answer.context["form"].errors) == ["sku"]
    assert Product.objects.get(sku="SB-001").name == "Beras medium"


def rice(market: Cast, *lines: PackLine, **changed: str) -> dict[str, str]:
    return form(*lines, **{"name": "Beras Musi", "sku": "SB-001", "synonyms": "", **changed})


def test_packs_are_renamed_swapped_added_and_removed(market: Cast, budi: Client) -> None:
    Pack.objects.create(product=market.rice, label="5 kg", base_quantity=5_000)
    five = Pack.objects.get(label="5 kg")
    page = f"{LIST}{market.rice.public_id}/"
    lines: list[PackLine] = [
        (five.pk, "kg", 5_000, "sell"),
        (market.kilo.pk, "5 kg", 1_000, "sell"),
        (market.sack.pk, "karung 50 kg", 50_000, "buy"),
        ("", "½ kg", 500, "sell"),
        ("", "", "", "sell"),
    ]
    assert budi.post(page, rice(market, *lines)).status_code == 302
    market.rice.refresh_from_db()
    assert market.rice.name == "Beras Musi"
    assert packs_of(market.rice) == [
        ("kg", 5_000, "sell", 1), ("5 kg", 1_000, "sell", 2), ("karung 50 kg", 50_000, "buy", 3), ("½ kg", 500, "sell", 4),
    ]  # fmt: skip
    assert budi.post(page, rice(market, *[line for line in lines if line[1] not in ("½ kg",)])).status_code == 302
    assert "½ kg" not in {label for label, *_ in packs_of(market.rice)}


@pytest.mark.parametrize("case", ["resized", "other use", "removed", "other unit"])
def test_a_pack_that_has_prices_stays_as_it_is(market: Cast, budi: Client, case: str) -> None:
    kilo: PackLine = (
        market.kilo.pk,
        "kg",
        2_000 if case == "resized" else 1_000,
        "buy" if case == "other use" else "sell",
    )
    lines: list[PackLine] = [(market.sack.pk, "karung 50 kg", 50_000, "buy"), ("", "½ kg", 500, "sell")]
    sent = rice(
        market, *([] if case == "removed" else [kilo]), *lines, base_unit="pcs" if case == "other unit" else "g"
    )
    answer = budi.post(f"{LIST}{market.rice.public_id}/", sent)
    assert answer.status_code == 200 and answer.context["form"].non_field_errors()
    market.rice.refresh_from_db()
    assert (market.rice.name, market.rice.base_unit) == ("Beras medium", "g")
    assert set(market.rice.packs.values_list("label", "base_quantity", "use")) == {
        ("kg", 1_000, "sell"), ("karung 50 kg", 50_000, "buy"),
    }  # fmt: skip


def test_a_line_with_another_products_pack_makes_a_new_one(market: Cast, budi: Client) -> None:
    budi.post(NEW, form((market.piece.pk, "kg", 1_000, "sell")))
    market.piece.refresh_from_db()
    assert (market.piece.product, market.piece.label) == (market.egg, "butir")
    assert Product.objects.get(sku="SB-008").packs.get().label == "kg"


def test_what_is_no_longer_traded_disappears_and_comes_back(market: Cast, budi: Client) -> None:
    page = f"{LIST}{market.rice.public_id}/dagang/"
    assert budi.post(page, {"traded": "0"}).status_code == 302
    assert [product.name for product in traded_products()] == ["Telur ayam"]
    assert [product.name for product in budi.get(LIST + "?tab=off").context["page"]] == ["Beras medium"]
    assert market.rice_price.replaced_at is None
    assert budi.post(page, {"traded": "1"}).status_code == 302
    assert traded_products().count() == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Beras medium", "Telur ayam"]),
        ("?q=berass", ["Beras medium"]),
        ("?rak=beras-tepung", ["Beras medium", "Telur ayam"]),
        ("?rak=nowhere", []),
        ("?tab=off", []),
        ("?tab=nonsense", ["Beras medium", "Telur ayam"]),
    ],
)
def test_the_list_is_searched_and_narrowed(market: Cast, budi: Client, query: str, found: list[str]) -> None:
    assert [product.name for product in budi.get(LIST + query).context["page"]] == found


def test_categories_are_added_and_renamed(market: Cast, budi: Client) -> None:
    assert budi.post(LIST + "rak/", {"name": "Buah segar", "order": "3"}).status_code == 302
    assert budi.post(LIST + "rak/", {"name": "Buah Segar", "order": "4"}).status_code == 302
    assert list(Category.objects.order_by("order").values_list("slug", flat=True)) == [
        "beras-tepung", "buah-segar", "buah-segar-2",
    ]  # fmt: skip
    assert budi.post(LIST + "rak/buah-segar/", {"name": "Buah", "order": "1"}).status_code == 302
    assert Category.objects.get(slug="buah-segar").name == "Buah"
    for wrong in ({"name": "", "order": "1"}, {"name": "x", "order": "-1"}, {"name": "\x00", "order": "9" * 30}):
        assert budi.post(LIST + "rak/", wrong).status_code == 200
    assert budi.get(LIST + "rak/nowhere/").status_code == 404


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_table_has_a_line_a_pack(market: Cast, budi: Client) -> None:
    rows = table(budi.get(LIST + "unduh/"))
    assert rows[0][:2] == ["sku", "name"]
    assert [(row[0], row[8], row[9], row[10]) for row in rows[1:]] == [
        ("SB-001", "karung 50 kg", "50000", "buy"),
        ("SB-001", "kg", "1000", "sell"),
        ("SB-030", "butir", "1", "sell"),
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1"])
def test_a_name_is_no_formula_in_the_table(market: Cast, budi: Client, name: str) -> None:
    Product.objects.filter(pk=market.egg.pk).update(name=name)
    assert table(budi.get(LIST + "unduh/"))[3][1] == f"'{name}"


def test_a_selling_pack_is_told_first(market: Cast, budi: Client) -> None:
    product = budi.get(LIST).context["page"][0]
    assert [pack.use for pack in product.packs.all()] == [Use.SELL, Use.BUY]
