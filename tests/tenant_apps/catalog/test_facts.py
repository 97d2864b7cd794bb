"""Barcodes, weighed goods, densities and families, as an admin writes them down on the product's page."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tenant_apps.catalog.barcodes import is_barcode
from tenant_apps.catalog.hooks import CatalogSection
from tenant_apps.catalog.models import Pack, Product, ProductFamily
from tenant_apps.catalog.selectors import pack_by_barcode, search_products, variants_beside
from tenant_apps.stock.services import Line, location_of_warung, receive
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.catalog.test_product_pages import NEW, form

INDOMIE = "089686010947"


@pytest.fixture
def budi(market: Cast) -> Client:
    return browser_of(market.budi)


def sugar() -> Product:
    return Product.objects.get(sku="SB-008")


@pytest.mark.parametrize(
    ("case", "code", "ok"),
    [
        ("EAN-13", "8992753102204", True),
        ("EAN-13, last digit wrong", "8992753102205", False),
        ("EAN-8", "96385074", True),
        ("EAN-8, last digit wrong", "96385075", False),
        ("UPC-A", "036000291452", True),
        ("UPC-A, last digit wrong", "036000291453", False),
        ("our own number", "12345", True),
        ("our own word", "KLD-007", True),
        ("digits that look like digits", "٨٩٩٢٧٥٣١٠٢٢٠٤", False),
        ("too long", "9" * 33, False),
        ("nothing", "", False),
        ("a sentence", "beras, medium", False),
        ("a line break", "12345\n", False),
    ],
)
def test_what_a_barcode_is(case: str, code: str, ok: bool) -> None:
    assert is_barcode(code) is ok, case


def test_typing_a_barcode_finds_the_product(market: Cast, budi: Client) -> None:
    assert budi.post(NEW, form(**{"packs-0-barcode": " 8992753102204 "})).status_code == 302
    found = pack_by_barcode("8992753102204")
    assert found is not None and (found.product, found.label) == (sugar(), "kg")
    assert search_products("8992753102204") == [sugar()]
    page = budi.get("/wilayah/katalog/?q=8992753102204").context["page"]
    assert [one.name for one in page] == ["Gula merah"]


@pytest.mark.parametrize("code", ["", "8992753102205", "\x00", "9" * 200, "٨٩٩٢", "kg"])
def test_a_code_that_nobody_wrote_down_means_no_pack(market: Cast, code: str) -> None:
    assert pack_by_barcode(code) is None


def test_a_wrong_barcode_is_refused(market: Cast, budi: Client) -> None:
    answer = budi.post(NEW, form(**{"packs-0-barcode": "8992753102205"}))
    assert "8992753102205" in str(answer.context["form"].errors)
    assert not Product.objects.filter(sku="SB-008").exists()


def test_a_barcode_means_one_pack(market: Cast, budi: Client) -> None:
    Pack.objects.filter(pk=market.kilo.pk).update(barcode="8992753102204")
    answer = budi.post(NEW, form(**{"packs-0-barcode": "8992753102204"}))
    assert "Beras medium" in str(answer.context["form"].errors)
    assert not Product.objects.filter(sku="SB-008").exists()
    with pytest.raises(IntegrityError, match="pack_barcode_once"), transaction.atomic():
        Pack.objects.filter(pk=market.piece.pk).update(barcode="8992753102204")


def test_two_packs_may_swap_their_barcodes(market: Cast, budi: Client) -> None:
    budi.post(NEW, form(**{"packs-0-barcode": "111222", "packs-1-barcode": "333444"}))
    kilo, basket = sugar().packs.order_by("order")
    lines = form(
        (kilo.pk, "kg", 1_000, "sell"),
        (basket.pk, "keranjang 20 kg", 20_000, "buy"),
        **{"packs-0-barcode": "333444", "packs-1-barcode": "111222"},
    )
    assert budi.post(f"/wilayah/katalog/{sugar().public_id}/", lines).status_code == 302
    assert list(sugar().packs.order_by("order").values_list("barcode", flat=True)) == ["333444", "111222"]


def test_a_jerigen_in_kg_of_what_is_sold_by_the_litre(market: Cast, budi: Client) -> None:
    packs = (("", "L", 1, "sell"), ("", "jerigen 18 kg", 18, "buy"))
    told = form(*packs, base_unit="ml", **{"packs-0-unit": "l", "packs-1-unit": "kg"})
    answer = budi.post(NEW, told)
    assert answer.context["form"].non_field_errors() and not Product.objects.filter(sku="SB-008").exists()
    assert budi.post(NEW, told | {"density_g_per_l": "910"}).status_code == 302
    assert list(sugar().packs.order_by("order").values_list("base_quantity", flat=True)) == [1_000, 19_780]


def test_only_grams_are_weighed(market: Cast, budi: Client) -> None:
    answer = budi.post(NEW, form(base_unit="pcs", by_weight="on"))
    assert list(answer.context["form"].errors) == ["by_weight"]
    assert budi.post(NEW, form(by_weight="on")).status_code == 302
    assert sugar().by_weight
    with pytest.raises(IntegrityError, match="product_weighed_in_grams"), transaction.atomic():
        Product.objects.filter(pk=market.egg.pk).update(by_weight=True)


@pytest.mark.parametrize("text", ["0", "-5", "20001", "9" * 30, "ringan", "\x00", "٩١٠x"])
def test_a_density_that_nothing_has_is_a_message(market: Cast, budi: Client, text: str) -> None:
    answer = budi.post(NEW, form(density_g_per_l=text))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["density_g_per_l"])


def test_variants_of_one_family(market: Cast, budi: Client) -> None:
    for sku, name, variant in (("MI-1", "Mi instan goreng", "goreng"), ("MI-2", "Mi instan soto", "soto")):
        told = form(
            ("", "bungkus", 1, "sell"), sku=sku, name=name, base_unit="pcs", family="Mi instan", variant=variant
        )
        assert budi.post(NEW, told).status_code == 302
    fried, soto = Product.objects.filter(sku__startswith="MI-").order_by("sku")
    assert variants_beside(fried) == [soto]
    assert "Mi instan soto" in budi.get(f"/wilayah/katalog/{fried.public_id}/").content.decode()
    for product in (fried, soto):
        told = form((product.packs.get().pk, "bungkus", 1, "sell"), sku=product.sku, name=product.name, base_unit="pcs")
        assert budi.post(f"/wilayah/katalog/{product.public_id}/", told).status_code == 302
    # A family that nobody belongs to is gone.
    assert not ProductFamily.objects.exists()


def test_a_variant_needs_its_family(market: Cast, budi: Client) -> None:
    assert list(budi.post(NEW, form(variant="soto")).context["form"].errors) == ["family"]


def test_a_pack_that_lies_unopened_keeps_its_size(market: Cast, budi: Client) -> None:
    budi.post(NEW, form())
    kilo, basket = sugar().packs.order_by("order")
    goods = [Line(sugar().pk, 40_000, sealed_in=basket.pk)]
    receive(location=location_of_warung(market.warung), lines=goods, reference="in:1", by=BY)
    lines = form((kilo.pk, "kg", 1_000, "sell"), (basket.pk, "keranjang 20 kg", 25_000, "buy"))
    answer = budi.post(f"/wilayah/katalog/{sugar().public_id}/", lines)
    assert answer.context["form"].non_field_errors()
    basket.refresh_from_db()
    assert basket.base_quantity == 20_000


def test_facts_travel_with_the_blueprint(market: Cast, budi: Client) -> None:
    told = form(by_weight="on", density_g_per_l="910", family="Gula", variant="merah", **{"packs-0-barcode": "12345"})
    budi.post(NEW, told)
    data = CatalogSection().export()
    one = next(product for product in data["products"] if product["sku"] == "SB-008")
    facts = {"by_weight": True, "density_g_per_l": 910, "family": "Gula", "variant": "merah"}
    assert facts.items() <= one.items() and one["packs"][0]["barcode"] == "12345"
    sugar().delete()
    Pack.objects.filter(pk=market.kilo.pk).update(barcode="12345")
    CatalogSection().apply(data)
    assert (sugar().by_weight, sugar().density_g_per_l, sugar().family.name, sugar().variant) == (  # type: ignore[union-attr]
        True, 910, "Gula", "merah",
    )  # fmt: skip
    # The code stays with the pack that the region gave it to.
    found = pack_by_barcode("12345")
    assert found is not None and found.product == market.rice
