"""The Satker's pages: what is offered, what is bought, what changed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.suppliers.models import Adoption, AdoptionChange
from tenant_apps.suppliers.services import adopt, find_changes, pause
from tenants.context import on_platform
from tenants.kernel.units import BaseUnit
from tests.cast import BY, browser_of
from tests.shared_apps.supplier_catalog.wholesaler import offer, verified
from tests.tenant_apps.procurement.test_toko_pages import text_of
from tests.tenant_apps.suppliers.counter import Counter, footprint, republish, suspend

OFFERS, ADOPTED, CHANGES = "/satker/pemasok/", "/satker/pemasok/dibeli/", "/satker/pemasok/perubahan/"


@pytest.fixture
def yuli(counter: Counter) -> Client:
    return browser_of(counter.cast.yuli)


def offer_at(counter: Counter, sku: str, step: str = "") -> str:
    return f"{OFFERS}penawaran/{counter.musi.offers[sku].public_id}/{step}"


def test_offers_are_compared_by_what_a_kilogram_costs_here(counter: Counter, yuli: Client) -> None:
    with on_platform():
        other = verified("Tani Jaya", nib="1111111111111")
        offer(other, "B25", "Beras medium karung kecil", pack=("karung", 25_000), price=290_000, unit=BaseUnit.GRAM,
              freight=10_000)  # fmt: skip
    page = text_of(yuli.get(OFFERS))
    # 600.000 for 50 kg, and 290.000 with 10.000 freight for 25 kg.
    assert "Rp 12.000 / kg" in page and "Rp 600.000" in page and "Rp 290.000" in page
    assert page.count("Rp 12.000 / kg") == 2
    assert "Rp 1.556 / pcs" in page and "mulai 10: Rp 270.000" in page
    only = text_of(yuli.get(OFFERS, {"pemasok": str(other.public_id)}))
    assert "Beras medium karung kecil" in only and "Telur ayam" not in only


def test_looking_for_an_offer(counter: Counter, yuli: Client) -> None:
    with on_platform():
        offer(counter.musi.organisation, "TP-30", "Telur puyuh", pack=("papan", 30), price=1, barcode="8998866200301")
    found = ("telur", "telor ayam", "tl-180", "sinar musi")
    assert {words: "Telur ayam" in text_of(yuli.get(OFFERS, {"q": words})) for words in found} == dict.fromkeys(
        found, True
    )
    scanned = text_of(yuli.get(OFFERS, {"q": "8998866200301"}))
    assert "Telur puyuh" in scanned and "Telur ayam" not in scanned
    for words in ("minyak", "telur bebek", "???", "8998866200318"):
        assert "Telur" not in text_of(yuli.get(OFFERS, {"q": words})), words


def test_odd_questions(counter: Counter, yuli: Client) -> None:
    odd = ("?page=abc", "?page=-1", "?q=%00", "?q=" + "a" * 900, "?pemasok=x", "?pemasok=%00", "?tab=%00")
    for path in (OFFERS, ADOPTED, CHANGES, f"{OFFERS}{counter.musi.organisation.public_id}/"):
        assert [yuli.get(path + query).status_code for query in odd] == [200] * len(odd)


def test_empty_pages_say_what_to_do(counter: Counter, yuli: Client) -> None:
    assert "Lihat penawaran" in text_of(yuli.get(ADOPTED))
    assert "Tidak ada perubahan yang menunggu" in text_of(yuli.get(CHANGES))
    suspend(counter.musi)
    assert "Belum ada pemasok" in text_of(yuli.get(OFFERS))


def test_the_product_with_the_same_barcode_is_guessed_first(counter: Counter, yuli: Client) -> None:
    Pack.objects.filter(pk=counter.cast.piece.pk).update(barcode="8998866200301")
    with on_platform():
        one = offer(counter.musi.organisation, "B-1", "Beras", pack=("dus", 10), price=1, barcode="8998866200301")
    page = text_of(yuli.get(f"{OFFERS}penawaran/{one.public_id}/"))
    assert page.index("Telur ayam") < page.index("Beras medium")
    assert "barcode sama" in page


def test_two_taps_adopt(counter: Counter, yuli: Client) -> None:
    page = text_of(yuli.get(offer_at(counter, "BR-50")))
    assert "Beras medium" in page and "pasar Rp 15.000 / kg" in page
    answer = yuli.post(offer_at(counter, "BR-50", "ambil/"), {"product": counter.cast.rice.public_id})
    adoption = Adoption.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{ADOPTED}{adoption.public_id}/")
    assert (adoption.product, adoption.by) == (counter.cast.rice, counter.cast.yuli.actor)
    assert "Anda sudah membelinya" in text_of(yuli.get(offer_at(counter, "BR-50")))
    again = yuli.post(offer_at(counter, "BR-50", "ambil/"), {"product": counter.cast.rice.public_id})
    assert again.status_code == 302 and Adoption.objects.count() == 1


def test_another_unit_asks_for_the_content(counter: Counter, yuli: Client) -> None:
    path, product = offer_at(counter, "BR-50", "ambil/"), str(counter.cast.egg.public_id)
    for amount in ("", "x", "0", "-1", "1,5", "9" * 30):
        answer = yuli.post(path, {"product": product, "amount": amount})
        page = answer.content.decode()
        assert answer.status_code == 400 and "errorlist" in page, amount
        assert not amount or f'value="{amount}"' in page
    assert not Adoption.objects.exists()
    assert yuli.post(path, {"product": product, "amount": "25"}).status_code == 302
    assert Adoption.objects.get().base_quantity == 25


def test_kilograms_are_written_with_a_comma(counter: Counter, yuli: Client) -> None:
    sent = {"product": str(counter.cast.rice.public_id), "amount": "10,5"}
    assert yuli.post(offer_at(counter, "TL-180", "ambil/"), sent).status_code == 302
    assert Adoption.objects.get().base_quantity == 10_500


def test_a_product_that_is_not_there(counter: Counter, yuli: Client) -> None:
    for product in ("", "x", "\x00", str(uuid.uuid4())):
        assert yuli.post(offer_at(counter, "BR-50", "ambil/"), {"product": product}).status_code == 404
    assert not Adoption.objects.exists()


def test_an_article_becomes_a_new_product(counter: Counter, yuli: Client) -> None:
    path = offer_at(counter, "GL-20", "barang-baru/")
    assert 'value="Gula pasir 1 kg"' in yuli.get(path).content.decode()
    refused = yuli.post(path, {"name": "Gula", "category": "tidak-ada", "kind": "staple"})
    assert refused.status_code == 400 and 'value="Gula"' in refused.content.decode()
    shelf = Category.objects.get()
    assert yuli.post(path, {"name": "Gula", "category": shelf.slug, "kind": "staple"}).status_code == 302
    made = Product.objects.get(name="Gula")
    assert made.packs.filter(use="buy", label="dus 20", base_quantity=20_000).exists()
    assert yuli.post(path, {"name": "Gula", "category": shelf.slug, "kind": "staple"}).status_code == 409
    assert Adoption.objects.get().product == made


def test_what_we_buy_stands_by_product_the_cheapest_first(counter: Counter, yuli: Client) -> None:
    counter.rice()
    with on_platform():
        other = verified("Tani Jaya", nib="1111111111111")
        cheap = offer(other, "B25", "Beras 25", pack=("karung", 25_000), price=290_000, unit=BaseUnit.GRAM)
    adopt(offer=cheap, product=counter.cast.rice, by=BY)
    page = text_of(yuli.get(ADOPTED))
    assert page.index("Tani Jaya") < page.rindex("termurah") < page.index("Sinar Musi")
    assert "Rp 11.600 / kg" in page and "pasar Rp 15.000 / kg" in page
    assert "Sinar Musi" not in text_of(yuli.get(ADOPTED, {"q": "telur"}))


def test_pausing_going_on_and_ending(counter: Counter, yuli: Client) -> None:
    path = f"{ADOPTED}{counter.rice().public_id}/"
    missing = yuli.post(f"{path}jeda/", {"reason": " "})
    assert missing.status_code == 400 and "errorlist" in missing.content.decode()
    yuli.post(f"{path}jeda/", {"reason": "gudang penuh"})
    page = text_of(yuli.get(path))
    assert "gudang penuh" in page and "Yuli" in page and Adoption.objects.get().state == "paused"
    yuli.post(f"{path}lanjut/")
    assert Adoption.objects.get().state == "active"
    yuli.post(f"{path}akhiri/", {"reason": "mutu turun"})
    assert Adoption.objects.get().state == "ended"
    assert yuli.post(f"{path}lanjut/", follow=True).status_code == 200
    assert Adoption.objects.get().state == "ended"
    assert yuli.post(f"{path}lain/", {"reason": "x"}).status_code == 404
    assert "Sinar Musi" not in text_of(yuli.get(ADOPTED))
    assert "Sinar Musi" in text_of(yuli.get(ADOPTED, {"tab": "berakhir"}))


def test_changes_are_answered_by_tick(counter: Counter, yuli: Client) -> None:
    rice, _eggs = counter.rice(), counter.eggs()
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    republish(counter.musi.offers["TL-180"], least=3)
    looked = yuli.post(f"{CHANGES}cari/", follow=True)
    page = text_of(looked)
    assert "Perubahan baru: 2" in page and "Rp 600.000 → Rp 640.000" in page and "+6,7%" in page
    assert "Rp 12.000 → Rp 12.800" in page
    # The tab and the entry in the navigation say how many wait.
    assert looked.content.decode().count('<span class="count">2</span>') >= 2
    ticked = {change.adoption.sku: str(change.public_id) for change in AdoptionChange.objects.all()}
    before = footprint()
    for nothing in ({"do": "accept"}, {"change": "x", "do": "accept"}, {"change": ticked["BR-50"], "do": "x"}):
        assert "Centang" in text_of(yuli.post(f"{CHANGES}jawab/", nothing, follow=True))
    assert footprint() == before
    yuli.post(f"{CHANGES}jawab/", {"change": list(ticked.values()), "do": "accept"})
    rice.refresh_from_db()
    assert rice.price == 640_000
    assert set(AdoptionChange.objects.values_list("state", "answered_by")) == {("accepted", counter.cast.yuli.actor)}
    assert "Yuli" in text_of(yuli.get(CHANGES, {"tab": "dijawab"}))


def test_one_that_cannot_be_taken_says_why_and_where(counter: Counter, yuli: Client) -> None:
    eggs = adopt(offer=counter.musi.offers["TL-180"], product=counter.cast.egg, base_quantity=181, by=BY)
    republish(counter.musi.offers["TL-180"], pack=("peti", 150))
    find_changes(by=BY)
    change = AdoptionChange.objects.get()
    page = text_of(yuli.post(f"{CHANGES}jawab/", {"change": str(change.public_id), "do": "accept"}, follow=True))
    assert "tulis berapa isi" in page
    path = f"{CHANGES}{change.public_id}/"
    assert yuli.get(path).status_code == 200
    assert yuli.post(path, {"do": "accept"}).status_code == 400
    assert yuli.post(path, {"do": "x", "amount": "150"}).status_code == 400
    assert yuli.post(path, {"do": "accept", "amount": "150"}).status_code == 302
    eggs.refresh_from_db()
    assert eggs.base_quantity == 150
    assert yuli.post(path, {"do": "reject"}).status_code == 409


def test_a_suppliers_page(counter: Counter, yuli: Client) -> None:
    page = text_of(yuli.get(f"{OFFERS}{counter.musi.organisation.public_id}/"))
    for said in ("Sinar Musi", "Jalan Tengkuruk 1", "+6281200000101", "Palembang", "Telur ayam"):
        assert said in page
    assert "Telur ayam" not in text_of(yuli.get(f"{OFFERS}{counter.musi.organisation.public_id}/", {"q": "beras"}))
    with on_platform():
        elsewhere = verified("Rinjani", nib="2222222222222", areas=["52.71"])
    assert yuli.get(f"{OFFERS}{elsewhere.public_id}/").status_code == 404


def test_only_the_satker_comes_in(counter: Counter) -> None:
    adoption = counter.rice()
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    change = AdoptionChange.objects.get()
    before = footprint()
    for person in (counter.cast.hasan, counter.cast.ratna, counter.cast.budi):
        browser = browser_of(person)
        for path in (OFFERS, offer_at(counter, "TL-180"), ADOPTED, CHANGES, f"{ADOPTED}{adoption.public_id}/"):
            assert browser.get(path).status_code == 404
        assert browser.post(f"{CHANGES}jawab/", {"change": str(change.public_id), "do": "accept"}).status_code == 404
        assert browser.post(f"{ADOPTED}{adoption.public_id}/jeda/", {"reason": "x"}).status_code == 404
    assert footprint() == before


def test_pages_ask_no_more_for_more(counter: Counter, yuli: Client) -> None:
    paths = (OFFERS, ADOPTED, CHANGES, CHANGES + "?tab=dijawab", f"{OFFERS}?q=beras")

    def asked(path: str) -> int:
        yuli.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert yuli.get(path).status_code == 200
        return len(queries)

    def trade(number: int) -> Any:
        with on_platform():
            one = offer(counter.musi.organisation, f"X-{number}", f"Beras {number}", pack=("dus", 10), price=900_000)
        shelf = Category.objects.get()
        product = Product.objects.create(sku=f"X-{number}", name=f"Beras {number}", category=shelf, base_unit="pcs")
        adoption = adopt(offer=one, product=product, by=BY)
        if number % 2:
            pause(adoption=adoption, by=BY, reason="penuh")
        republish(one, prices=[(1, 950_000)])

    trade(1)
    find_changes(by=BY)
    few = [asked(path) for path in paths]
    for number in range(2, 14):
        trade(number)
    find_changes(by=BY)
    assert [asked(path) for path in paths] == few
