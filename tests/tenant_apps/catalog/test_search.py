"""Goods are found however people write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_apps.onboarding.services.blueprints import FOLDER
from tenant_apps.catalog.hooks import CatalogSection
from tenant_apps.catalog.models import Category, Product
from tenant_apps.catalog.selectors import search_products
from tenant_apps.catalog.services import save_category, set_traded
from tenants.context import in_region
from tenants.models import Region


@pytest.fixture
def catalogue(kalidoni: Region) -> Iterator[None]:
    """Kalidoni's own catalogue of 66 products, bound."""
    with in_region(kalidoni):
        CatalogSection().apply(json.loads(Path(FOLDER / "kalidoni-1.json").read_text())["sections"]["catalog"])
        yield


def first(text: str) -> str:
    found = search_products(text, limit=3)
    return found[0].name if found else ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("brs medum", "Beras medium"),
        ("baras premum", "Beras premium"),
        ("gulo pasir", "Gula pasir curah"),
        ("telok ayam", "Telur ayam ras"),
        ("lombok keriting", "Cabai merah keriting"),
        ("mnyak goreng curah", "Minyak goreng curah"),
        ("kankung", "Kangkung"),
        ("tlr bebek", "Telur bebek"),
        ("bwang puti", "Bawang putih"),
        ("susu kntal manis kaleng", "Susu kental manis kaleng 370 g"),
        ("ditergen bubuk", "Deterjen bubuk 800 g"),
        ("iwak patin", "Ikan patin segar"),
        ("shampo", "Sampo sachet"),
        ("odol", "Pasta gigi 190 g"),
        ("SEMANGKA!!", "Semangka"),
        ("kentng", "Kentang"),
        ("SB-001", "Beras medium"),
    ],
)
def test_a_misspelt_word_finds_the_product(catalogue: None, typed: str, meant: str) -> None:
    assert first(typed) == meant


def test_beginnings_of_words_find_all_that_begin_so(catalogue: None) -> None:
    assert {product.name for product in search_products("bawa")} >= {"Bawang merah", "Bawang putih"}
    assert {product.name for product in search_products("beras", limit=3)} == {
        "Beras medium", "Beras premium", "Beras ketan putih",
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "!!!", "'; DROP TABLE", "xylofon wqwq", "%%%", "٣٤"])
def test_what_is_no_product_finds_nothing(catalogue: None, typed: str) -> None:
    assert search_products(typed) == []


def test_a_very_long_text_is_cut(catalogue: None) -> None:
    assert first("beras medium " + "x" * 50_000) in ("", "Beras medium")


def test_what_is_not_traded_is_not_found(catalogue: None) -> None:
    set_traded(product=Product.objects.get(sku="SB-001"), traded=False)
    assert "Beras medium" not in {product.name for product in search_products("beras medium")}
    assert first("beras medium") == "Beras premium"
    assert [one.sku for one in search_products("beras medium", 1, among=Product.objects.all())] == ["SB-001"]


def test_a_shelfs_new_name_finds_its_products(catalogue: None) -> None:
    shelf = Category.objects.get(slug="fresh-food-buah")
    save_category(category=shelf, name="Pencuci mulut", order=1)
    assert {product.name for product in search_products("pencuci mulut", limit=4)} == {
        "Jeruk siam", "Pepaya", "Pisang kepok", "Semangka",
    }  # fmt: skip
