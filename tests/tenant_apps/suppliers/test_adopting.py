"""A region buys suppliers' articles as its own products."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.supplier_catalog.models import Offer, SupplierState
from tenant_apps.catalog.errors import PackInUse
from tenant_apps.catalog.models import Category, Kind, Pack, Product, Use
from tenant_apps.catalog.services import PackDraft, save_product
from tenant_apps.suppliers.errors import AlreadyAdopted, BadContent, NotOfferedHere, NotTraded, ReasonMissing
from tenant_apps.suppliers.models import Adoption
from tenant_apps.suppliers.selectors import buyable, offers_here, today_here
from tenant_apps.suppliers.services import adopt, adopt_as_new, end, pause, resume
from tenants import hooks
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.units import BaseUnit
from tenants.models import Region
from tests.cast import BY, Cast, build_cast
from tests.shared_apps.supplier_catalog.wholesaler import MATARAM, cover, offer, rinjani_pangan
from tests.tenant_apps.suppliers.counter import Counter, beside, footprint, republish, suspend, withdraw


def skus() -> list[str]:
    return sorted(offers_here().values_list("article__sku", flat=True))


def test_what_verified_suppliers_offer_in_this_place_is_seen(counter: Counter, lombok: Region) -> None:
    with on_platform():
        cover(lombok, MATARAM)
        rinjani_pangan()
    assert skus() == ["BR-50", "GL-20", "TL-180"]
    with in_region(lombok):
        assert skus() == ["BR-25"]
    suspend(counter.musi)
    assert skus() == []


def test_the_nearest_and_newest_offer_of_an_article_counts(counter: Counter, kalidoni: Region) -> None:
    first, today = counter.musi.offers["BR-50"], clock.today()

    def counting() -> Offer:
        return offers_here().get(article__sku="BR-50")

    def offered(days: int, **terms: Any) -> Offer:
        return beside(first, valid_from=today + timedelta(days=days), **terms)

    city = offered(-9, area_id="16.71.10")
    assert counting() == city
    offered(-1, area_id="16")
    newer = offered(-3, area_id="16.71.10")
    assert counting() == newer
    offered(1, area_id="16.71.10")
    offered(-2, area_id="16.71.10", valid_to=today - timedelta(days=1))
    assert counting() == newer
    ours = offered(-30, area_id=None, region_id=kalidoni.pk)
    assert counting() == ours
    withdraw(ours)
    assert counting() == newer


def test_an_adoption_takes_over_what_was_offered(counter: Counter) -> None:
    rice, wanted = counter.rice(), counter.musi.offers["BR-50"]
    assert (rice.product, rice.base_quantity, rice.price) == (counter.cast.rice, 50_000, 600_000)
    assert (rice.supplier_name, rice.article_name, rice.sku) == ("Sinar Musi", "Beras medium 50 kg", "BR-50")
    assert (rice.offer, rice.version) == (wanted.public_id, wanted.version.public_id)
    assert [(step.move, step.after) for step in rice.history.all()] == [("adopt", "active")]
    before = footprint()
    assert counter.rice() == rice
    assert footprint() == before
    with pytest.raises(AlreadyAdopted, match="Beras medium"):
        adopt(offer=wanted, product=counter.cast.egg, base_quantity=10, by=BY)
    assert footprint() == before


def test_only_what_counts_today_is_adopted(counter: Counter) -> None:
    stale = counter.musi.offers["BR-50"]
    republish(stale, prices=[(1, 640_000)])
    with pytest.raises(NotOfferedHere):
        counter.rice()
    Product.objects.filter(pk=counter.cast.egg.pk).update(is_active=False)
    counter.cast.egg.refresh_from_db()
    with pytest.raises(NotTraded):
        counter.eggs()
    assert not Adoption.objects.exists()


UNITS = (
    ("the same unit", BaseUnit.GRAM, None, None, 50_000),
    ("the same unit, written down again", BaseUnit.GRAM, None, 50_000, 50_000),
    ("grams are grams", BaseUnit.GRAM, None, 49_000, None),
    ("by the density", BaseUnit.MILLILITRE, 800, None, 62_500),
    ("near the density", BaseUnit.MILLILITRE, 800, 62_000, 62_000),
    ("far from the density", BaseUnit.MILLILITRE, 800, 50_000, None),
    ("no density", BaseUnit.MILLILITRE, None, None, None),
    ("nothing connects them", BaseUnit.PIECE, None, None, None),
    ("somebody who knows", BaseUnit.PIECE, None, 25, 25),
    ("nothing is in it", BaseUnit.PIECE, None, 0, None),
)


def test_units_fit(counter: Counter) -> None:
    wanted, shelf = counter.musi.offers["BR-50"], Category.objects.get()
    for case, unit, density, given, content in UNITS:
        product = Product.objects.create(sku=case, name=case, category=shelf, base_unit=unit, density_g_per_l=density)
        if content is None:
            with pytest.raises(BadContent):
                adopt(offer=wanted, product=product, base_quantity=given, by=BY)
            assert not Adoption.objects.filter(product=product).exists()
        else:
            adoption = adopt(offer=wanted, product=product, base_quantity=given, by=BY)
            assert adoption.base_quantity == content, case
            end(adoption=adoption, by=BY, reason="next")


def test_a_suppliers_piece_may_be_a_carton_of_ours(counter: Counter) -> None:
    one = adopt(offer=counter.musi.offers["TL-180"], product=counter.cast.egg, base_quantity=360, by=BY)
    assert one.base_quantity == 360


def test_an_article_becomes_a_product_of_our_own(counter: Counter) -> None:
    with on_platform():
        noodles = offer(
            counter.musi.organisation, "MI-40", "Mi goreng", pack=("dus 40", 40), price=110_000, barcode="8998866200301"
        )
    shelf = Category.objects.get()
    made = adopt_as_new(offer=noodles, name="Mi goreng instan", category=shelf, kind=Kind.PACKAGED, by=BY)
    product = made.product
    assert (product.name, product.base_unit, product.category) == ("Mi goreng instan", BaseUnit.PIECE, shelf)
    packs = product.packs.values_list("use", "label", "base_quantity", "barcode")
    assert list(packs) == [(Use.BUY, "dus 40", 40, "8998866200301"), (Use.SELL, "pcs", 1, "")]
    with pytest.raises(AlreadyAdopted):
        adopt_as_new(offer=noodles, name="Mi goreng", category=shelf, kind=Kind.PACKAGED, by=BY)
    assert Product.objects.filter(sku__startswith="MI-40").count() == 1


def test_a_barcode_means_one_pack(counter: Counter) -> None:
    Pack.objects.filter(pk=counter.cast.sack.pk).update(barcode="8998866200301")
    with on_platform():
        rice = offer(counter.musi.organisation, "B-1", "Beras", pack=("dus", 10), price=1, barcode="8998866200301")
    made = adopt_as_new(offer=rice, name="Beras premium", category=Category.objects.get(), kind=Kind.STAPLE, by=BY)
    assert not made.product.packs.exclude(barcode="").exists()


def test_what_is_bought_keeps_its_unit(counter: Counter) -> None:
    """Kilograms that became pieces would turn a sack into 50,000 pieces."""
    shelf = Category.objects.get()
    sugar = Product.objects.create(sku="GL", name="Gula", category=shelf, base_unit=BaseUnit.GRAM)
    Pack.objects.create(product=sugar, label="kg", base_quantity=1_000)

    def save() -> None:
        save_product(
            sku="GL", name="Gula", category=shelf, kind=Kind.STAPLE, base_unit=BaseUnit.PIECE, synonyms="",
            market_price_hint=None, packs=[PackDraft("kg", 1_000, Use.SELL)], product=sugar,
        )  # fmt: skip

    adopt(offer=counter.musi.offers["GL-20"], product=sugar, by=BY)
    with pytest.raises(PackInUse):
        save()


def test_a_copy_of_the_region_buys_nothing(counter: Counter) -> None:
    """A blueprint carries no agreements with suppliers."""
    counter.rice()
    told = json.dumps({name: section.export() for name, section in hooks.sections()})
    for word in ("Sinar Musi", "BR-50", "600000", str(counter.musi.offers["BR-50"].public_id)):
        assert word not in told


def test_pausing_resuming_and_ending_are_told(counter: Counter) -> None:
    rice = counter.rice()
    with pytest.raises(ReasonMissing):
        pause(adoption=rice, by=BY, reason="  ")
    pause(adoption=rice, by=BY, reason="gudang penuh")
    assert buyable(today_here()) == []
    pause(adoption=rice, by=BY, reason="lagi")
    resume(adoption=rice, by=BY)
    assert [one.adoption for one in buyable(today_here())] == [rice]
    end(adoption=rice, by=BY, reason="mutu turun")
    with pytest.raises(StaleDocument):
        resume(adoption=rice, by=BY)
    told = [(step.move, step.reason) for step in rice.history.all()]
    assert told == [("adopt", ""), ("pause", "gudang penuh"), ("resume", ""), ("end", "mutu turun")]
    again = counter.rice()
    assert again != rice and again.state == "active"


def test_what_can_be_bought_is_what_was_agreed_to(counter: Counter) -> None:
    rice, eggs = counter.rice(), counter.eggs()
    today = today_here()
    found = buyable(today)
    assert [(one.adoption, one.offer, one.supplier) for one in found] == [
        (rice, counter.musi.offers["BR-50"], counter.musi.organisation),
        (eggs, counter.musi.offers["TL-180"], counter.musi.organisation),
    ]
    assert [(tier.packs, tier.price) for tier in found[1].offer.tiers.all()] == [(1, 280_000), (10, 270_000)]
    assert [one.adoption for one in buyable(today, [counter.cast.egg])] == [eggs]
    suspend(counter.musi)
    assert buyable(today) == []
    suspend(counter.musi, SupplierState.VERIFIED)
    sugar = republish(counter.musi.offers["GL-20"], valid_to=today)
    sweet = adopt(offer=sugar, product=counter.cast.rice, by=BY)
    assert [one.adoption for one in buyable(today)] == [rice, sweet, eggs]
    assert [one.adoption for one in buyable(today + timedelta(days=1))] == [rice, eggs]


def test_what_can_be_bought_costs_no_more_questions_for_more(counter: Counter) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            for one in buyable(today_here()):
                assert (
                    one.offer.tiers.all()[0].price
                    and one.offer.version.name
                    and one.supplier.name
                    and one.offer.pack.label
                )
        return len(queries)

    counter.rice()
    few = asked()
    with on_platform():
        many = [offer(counter.musi.organisation, f"X-{n}", f"X {n}", pack=("dus", 10), price=9) for n in range(12)]
    for one in many:
        adopt(offer=one, product=counter.cast.egg, by=BY)
    assert len(buyable(today_here())) == 13
    assert asked() == few == 4


def test_two_regions_buy_one_article_at_their_own_prices(counter: Counter, kalidoni: Region, lombok: Region) -> None:
    wanted = counter.musi.offers["BR-50"]
    with on_platform():
        cover(lombok, MATARAM)
        theirs = offer(counter.musi.organisation, "BR-50", "", pack=("", 1), price=575_000, region=lombok)
    ours = counter.rice()
    with in_region(lombok):
        cast: Cast = build_cast()
        other = adopt(offer=theirs, product=cast.rice, by=BY)
        assert [one.offer for one in buyable(today_here())] == [theirs]
        assert list(Offer.objects.all()) == [theirs]
        assert other.price == 575_000
        with pytest.raises(NotOfferedHere):
            adopt(offer=wanted, product=cast.rice, by=BY)
    assert [one.offer for one in buyable(today_here())] == [wanted]
    assert not Offer.objects.filter(pk=theirs.pk).exists()
    assert ours.price == 600_000
