"""The pages of price lists: a list of 2,000 rows with 30 bad ones is handed in, looked at, taken over in part, and taken back."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from shared_apps.price_lists.models import ListState, PriceFeed, PriceList
from shared_apps.price_lists.services.working import work
from shared_apps.supplier_catalog.models import Article, Offer, SupplierRole
from tests.shared_apps.price_lists.lists import AS_IT_IS, EGGS, hand_in, take_back, take_over
from tests.shared_apps.price_lists.lists import csv as as_csv
from tests.shared_apps.supplier_catalog.people import member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, rinjani_pangan, sinar_musi

pytestmark = pytest.mark.usefixtures("platform")

LISTS = "/pemasok/daftar-harga/"


def shown(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


@pytest.fixture
def nur(musi: Wholesaler) -> Client:
    """Keeps the catalogue of Sinar Musi."""
    return platform_browser(member(musi.organisation, "Nur", SupplierRole.CATALOGUE))


def upload(browser: Client, data: bytes, *, name: str = "harga.csv", place: str = "area:16.71") -> Any:
    return browser.post(LISTS, {"file": SimpleUploadedFile(name, data), "place": place})


def read_by_page(browser: Client, one: PriceList) -> str:
    """The columns as they were guessed; what a worker does is done at once. Returns the list's address."""
    at = f"{LISTS}{one.public_id}/"
    answer = browser.post(f"{at}kolom/", {f"column-{place}": key for place, key in enumerate(one.columns)})
    assert answer.status_code == 302
    work(one.pk)
    return at


def test_two_thousand_rows_of_which_thirty_are_bad(nur: Client) -> None:
    rows = [f"X-{n};Barang {n};dus 12;12 pcs;{10_000 + n}" for n in range(1_970)]
    rows += [f"B-{n};Barang rusak {n};dus 12;12 pcs;{'gratis' if n % 2 else ''}" for n in range(30)]
    answer = upload(nur, as_csv(*rows))
    one = PriceList.objects.get()
    at = answer["Location"]
    assert "2.000 baris" in shown(nur.get(at))
    read_by_page(nur, one)
    page = shown(nur.get(at))
    assert "1.970 baris dipilih" in page and "perlu diperbaiki" in page.lower()
    bad = list(csv.reader(io.StringIO(nur.get(f"{at}perbaiki.csv").getvalue().decode("utf-8-sig"))))
    assert len(bad) == 31 and bad[1][0] == "B-0" and bad[1][-1]
    nur.post(f"{at}pakai/")
    work(one.pk)
    assert "1.970 baris sekarang berlaku" in shown(nur.get(at))
    assert Offer.objects.filter(article__sku__startswith="X-", ended_at=None).count() == 1_970
    assert not Article.objects.filter(sku__startswith="B-").exists()
    nur.post(f"{at}kembalikan/")
    work(one.pk)
    assert "1.970 baris dikembalikan" in shown(nur.get(at))
    assert not Offer.objects.filter(article__sku__startswith="X-", ended_at=None).exists()


def test_only_what_is_ticked_is_taken_over(musi: Wholesaler, nur: Client) -> None:
    one = hand_in(musi.organisation, *AS_IT_IS, EGGS.replace("280.000", "290.000"), "MG-1;Minyak;dus;12 pcs;150.000")
    at = f"{LISTS}{one.public_id}/"
    eggs, oil = one.rows.get(sku="TL-180"), one.rows.get(sku="MG-1")
    nur.post(f"{at}pilih/", {"jenis": "new", "do": "none"})
    page = shown(nur.get(f"{at}?jenis=changed"))
    assert "290.000" in page and "1 baris dipilih" in page
    nur.post(f"{at}pilih/", {"jenis": "changed", "do": "page", "shown": [eggs.pk], "row": []})
    assert nur.post(f"{at}pakai/", follow=True).status_code == 200
    one.refresh_from_db()
    assert one.state == ListState.READY
    # A row of another kind that was not shown is not touched by a made-up form.
    nur.post(f"{at}pilih/", {"jenis": "new", "do": "page", "shown": ["x", oil.pk], "row": [oil.pk, "9" * 30]})
    nur.post(f"{at}pakai/")
    work(one.pk)
    assert Article.objects.filter(sku="MG-1").exists()
    assert Offer.objects.get(article__sku="TL-180", ended_at=None).tiers.first().price == 280_000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "foto.png"),
        (b"", "kosong.csv"),
        (b"PK\x03\x04rusak", "x.xlsx"),
        (b"satu kata", "x.csv"),
    ],
)
def test_what_is_no_list_is_refused_kindly(nur: Client, data: bytes, name: str) -> None:
    answer = upload(nur, data, name=name)
    assert answer.status_code == 400
    assert not PriceList.objects.exists()


def test_a_place_where_nobody_delivers_is_refused(nur: Client) -> None:
    assert upload(nur, as_csv(EGGS), place="area:31.71").status_code == 400
    assert nur.post(LISTS, {}).status_code == 400


def test_columns_that_lack_something_are_said(nur: Client) -> None:
    upload(nur, as_csv("1;2;3", head="A;B;C"))
    one = PriceList.objects.get()
    answer = nur.post(f"{LISTS}{one.public_id}/kolom/", {"column-0": "sku", "column-1": "sku"})
    assert answer.status_code == 400
    assert nur.post(f"{LISTS}{one.public_id}/kolom/", {"column-0": "nonsense"}).status_code == 400
    one.refresh_from_db()
    assert one.state == ListState.UPLOADED


def test_others_find_nothing(musi: Wholesaler, nur: Client) -> None:
    one = hand_in(musi.organisation, EGGS)
    rini = platform_browser(member(rinjani_pangan().organisation, "Rini"))
    oman = platform_browser(member(musi.organisation, "Oman", SupplierRole.ORDERS))
    at = f"{LISTS}{one.public_id}/"
    for browser in (rini, oman):
        for path in ("", "perbaiki.csv"):
            assert browser.get(f"{at}{path}").status_code == 404
        for path in ("pakai/", "buang/", "kembalikan/", "pilih/", "kolom/", "lanjut/", "kolom/ulang/"):
            assert browser.post(f"{at}{path}").status_code == 404
    assert platform_browser().get(at).status_code == 302
    assert str(one.public_id) not in shown(rini.get(LISTS))
    one.refresh_from_db()
    assert one.state == ListState.READY


def test_steps_that_come_too_late_say_so(musi: Wholesaler, nur: Client) -> None:
    one = hand_in(musi.organisation, EGGS)
    at = f"{LISTS}{one.public_id}/"
    assert "dibuang" in shown(nur.post(f"{at}buang/", follow=True))
    for path in ("pakai/", "kembalikan/", "kolom/ulang/", "pilih/", "lanjut/"):
        assert nur.post(f"{at}{path}", follow=True).status_code == 200
    one.refresh_from_db()
    assert one.state == ListState.DROPPED


def test_addresses_are_added_paused_and_removed(nur: Client) -> None:
    told = {"url": "http://192.168.1.1/harga.csv", "place": "area:16.71", "every": "24"}
    assert nur.post(f"{LISTS}alamat/", told).status_code == 400
    told["url"] = "https://grosir.example/harga.csv"
    nur.post(f"{LISTS}alamat/", told)
    feed = PriceFeed.objects.get()
    at = f"{LISTS}alamat/{feed.public_id}/"
    nur.post(f"{at}jeda/")
    feed.refresh_from_db()
    assert feed.is_paused and "dijeda" in shown(nur.get(f"{LISTS}alamat/"))
    nur.post(at, told | {"every": "168"})
    feed.refresh_from_db()
    assert (feed.every, feed.is_paused) == (168, True)
    assert nur.post(at, told | {"url": "ftp://x"}).status_code == 400
    nur.post(f"{at}hapus/")
    assert nur.get(at).status_code == 404


def test_pages_cost_the_same_for_many_rows(
    musi: Wholesaler, nur: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = hand_in(musi.organisation, *(f"X-{n};Barang {n};dus;12 pcs;{10_000 + n}" for n in range(200)))
    with django_assert_max_num_queries(16):
        assert nur.get(f"{LISTS}{one.public_id}/?jenis=new").status_code == 200


def test_columns_are_named_with_some_of_what_stands_in_them(nur: Client) -> None:
    answer = upload(nur, as_csv("K-1;Kopi tubruk;5", "K-2;Kopi susu;6", head="Satu;Dua;Tiga"))
    page = shown(nur.get(answer["Location"]))
    assert "K-1, K-2" in page and "Kopi tubruk, Kopi susu" in page


def test_what_changes_is_said_in_words(musi: Wholesaler, nur: Client) -> None:
    one = hand_in(musi.organisation, "TL-180;Telur ayam negeri;peti;180 butir;281.000")
    page = shown(nur.get(f"{LISTS}{one.public_id}/?jenis=changed"))
    assert 'Nama: <s class="soft">Telur ayam</s> Telur ayam negeri' in page
    assert 'Harga: <s class="soft">Rp 280.000</s> Rp 281.000' in page


def test_bad_rows_are_mended_and_handed_in_again(musi: Wholesaler, nur: Client) -> None:
    """What would run in a spreadsheet leaves as a text, and comes back as it was."""
    one = hand_in(musi.organisation, "-TL-1;=HYPERLINK(1);peti;180;mahal", "TL-180;Telur;peti;180;280.000")
    got = nur.get(f"{LISTS}{one.public_id}/perbaiki.csv").getvalue().decode("utf-8-sig")
    assert "'-TL-1,'=HYPERLINK(1)" in got
    assert "TL-180" not in got
    upload(nur, got.replace("mahal", "275000").encode(), name="perbaiki.csv")
    again = PriceList.objects.latest("pk")
    read_by_page(nur, again)
    row = again.rows.get(kind="new")
    assert (row.sku, row.name, row.price) == ("-TL-1", "=HYPERLINK(1)", 275_000)


def test_what_was_left_is_named(musi: Wholesaler, nur: Client) -> None:
    first = take_over(hand_in(musi.organisation, EGGS.replace("280", "281"), *(f"X-{n};X;dus;1;5" for n in range(60))))
    take_over(hand_in(musi.organisation, EGGS.replace("280", "282")))
    take_back(first)
    page = shown(nur.get(f"{LISTS}{first.public_id}/"))
    assert "?hasil=left" in page
    page = shown(nur.get(f"{LISTS}{first.public_id}/?hasil=left"))
    assert "Telur ayam" in page and "X-1<" not in page


def test_what_waits_stands_on_the_first_page(musi: Wholesaler, nur: Client) -> None:
    assert "Periksa daftar harga Anda" not in shown(nur.get("/pemasok/"))
    one = hand_in(musi.organisation, EGGS.replace("280", "281"))
    assert "Periksa daftar harga Anda" in shown(nur.get("/pemasok/"))
    oman = platform_browser(member(musi.organisation, "Oman", SupplierRole.ORDERS))
    assert "Periksa daftar harga Anda" not in shown(oman.get("/pemasok/"))
    take_over(one)
    assert "Periksa daftar harga Anda" not in shown(nur.get("/pemasok/"))


def test_a_list_that_is_worked_on_tells_how_far_it_is(musi: Wholesaler, nur: Client) -> None:
    answer = upload(nur, as_csv(EGGS))
    one = PriceList.objects.get()
    nur.post(f"{answer['Location']}kolom/", {f"column-{place}": key for place, key in enumerate(one.columns)})
    page = shown(nur.get(answer["Location"]))
    assert "0 dari 1 baris" in page and 'hx-trigger="every 1s"' in page
    seen = re.search(r"seen=([^\"&]+)", page)
    assert seen
    asked = {"seen": seen[1]}
    assert nur.get(answer["Location"], asked, headers={"HX-Request": "true"}).status_code == 204
    work(one.pk)
    assert "baris dipilih" in shown(nur.get(answer["Location"], asked, headers={"HX-Request": "true"}))
