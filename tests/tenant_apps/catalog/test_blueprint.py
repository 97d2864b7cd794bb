"""The catalogue goes from region to region and comes back the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.onboarding.services.blueprints import FOLDER
from tenant_apps.catalog.hooks import CatalogSection
from tenant_apps.catalog.models import Category, Pack, Product
from tenants.context import in_region
from tenants.models import Region

RICE: dict[str, Any] = {
    "sku": "SB-001",
    "name": "Beras medium",
    "category": "beras",
    "kind": "staple",
    "base_unit": "g",
    "price_hint": 14_000,
    "packs": [
        {"label": "kg", "base_quantity": 1_000, "use": "sell", "order": 1},
        {"label": "karung 50 kg", "base_quantity": 50_000, "use": "buy", "order": 1},
    ],
}
SMALL = {"categories": [{"slug": "beras", "name": "Beras & tepung", "order": 1}], "products": [RICE]}


def kalidonis_own() -> Any:
    return json.loads(Path(FOLDER / "kalidoni-1.json").read_text())["sections"]["catalog"]


def test_kalidonis_catalogue_is_exported_as_it_was_applied(kalidoni: Region) -> None:
    with in_region(kalidoni):
        CatalogSection().apply(kalidonis_own())
        assert Product.objects.count() == 66
        assert CatalogSection().export() == kalidonis_own()
        CatalogSection().apply(kalidonis_own())
        assert CatalogSection().export() == kalidonis_own()


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=30
)
packs = st.lists(
    st.fixed_dictionaries(
        {
            "label": words,
            "base_quantity": st.integers(1, 10**9),
            "use": st.sampled_from(["sell", "buy"]),
            "order": st.integers(0, 9),
        }
    ),
    max_size=3,
    unique_by=lambda pack: (pack["label"], pack["use"]),
)


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, Any]:
    slugs = draw(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=3, unique=True))
    skus = draw(st.lists(st.from_regex(r"[A-Z0-9-]{1,10}", fullmatch=True), max_size=4, unique=True))
    return {
        "categories": [{"slug": slug, "name": draw(words), "order": draw(st.integers(0, 9))} for slug in slugs],
        "products": [
            {
                "sku": sku,
                "name": draw(words),
                "category": draw(st.sampled_from(slugs)),
                "kind": draw(st.sampled_from(["staple", "packaged", "fresh", "household"])),
                "base_unit": draw(st.sampled_from(["g", "ml", "pcs"])),
                "price_hint": draw(st.none() | st.integers(1, 10**9)),
                "packs": draw(packs),
            }
            for sku in skus
        ],
    }


@given(catalogue=catalogues())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_catalogue_is_exported_as_it_was_applied(kalidoni: Region, catalogue: dict[str, Any]) -> None:
    with in_region(kalidoni):
        for model in (Pack, Product, Category):
            model.objects.all().delete()
        CatalogSection().apply(catalogue)
        assert CatalogSection().export() == catalogue
        CatalogSection().apply(catalogue)
        assert CatalogSection().export() == catalogue


def test_a_second_run_keeps_what_the_region_changed(kalidoni: Region) -> None:
    with in_region(kalidoni):
        CatalogSection().apply(SMALL)
        rice = Product.objects.get()
        rice.name, rice.market_price_hint = "Beras Musi", 13_000
        rice.save()
        rice.packs.filter(label="kg").delete()
        Category.objects.update(name="Beras")
        CatalogSection().apply(SMALL)
        assert list(Product.objects.values_list("name", "market_price_hint")) == [("Beras Musi", 13_000)]
        assert list(Pack.objects.values_list("label", flat=True)) == ["karung 50 kg"]
        assert list(Category.objects.values_list("name", flat=True)) == ["Beras"]


def test_a_run_that_was_cut_off_leaves_nothing_half(kalidoni: Region) -> None:
    broken = {**SMALL, "products": [RICE, {**RICE, "sku": "SB-002", "category": "nowhere"}]}
    with in_region(kalidoni):
        with pytest.raises(KeyError):
            CatalogSection().apply(broken)
        assert (Category.objects.count(), Product.objects.count()) == (0, 0)
        CatalogSection().apply(SMALL)
        assert CatalogSection().export() == SMALL


def test_only_what_is_traded_is_passed_on_with_its_local_names(kalidoni: Region) -> None:
    with in_region(kalidoni):
        CatalogSection().apply({**SMALL, "products": [{**RICE, "synonyms": "beras kito"}, {**RICE, "sku": "SB-002"}]})
        Product.objects.filter(sku="SB-002").update(is_active=False)
        assert CatalogSection().export()["products"] == [{**RICE, "synonyms": "beras kito"}]


def test_an_applied_product_is_found_by_its_words(kalidoni: Region) -> None:
    with in_region(kalidoni):
        CatalogSection().apply(SMALL)
        assert Product.objects.get().search == "beras medium tepung sb 001 brs mdm"
