"""Articles on the portal: writing, changing, versions, what is offered of them meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from shared_apps.supplier_catalog.errors import SkuTaken
from shared_apps.supplier_catalog.models import (
    Article,
    ArticleVersion,
    Offer,
    SupplierOrganisation,
    SupplierRole,
    SupplierState,
)
from shared_apps.supplier_catalog.services.drafts import OfferDraft
from shared_apps.supplier_catalog.services.editing import draft_of, make_offer, rewrite_article, write_article
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tests.shared_apps.supplier_catalog.people import account, member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, rinjani_pangan, sinar_musi

pytestmark = pytest.mark.usefixtures("platform")

LIST = "/pemasok/barang/"
NEW = "/pemasok/barang/baru/"
BY = "user:x"


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


@pytest.fixture
def nur(musi: Wholesaler) -> Client:
    """Keeps the catalogue of Sinar Musi."""
    return platform_browser(member(musi.organisation, "Nur", SupplierRole.CATALOGUE))


def form(*packs: tuple[str, str, str, str], **other: str) -> dict[str, str]:
    """What the page sends. A pack is label, content, unit, barcode."""
    ladder = packs or (("botol", "1", "", "8992753102204"), ("dus", "12", "", ""))
    told = {"sku": "MG-2", "name": "Minyak goreng 2 L", "brand": "Sania", "base_unit": "pcs", "tax": "included"}
    told |= {"packs-TOTAL_FORMS": str(len(ladder) + 1), "packs-INITIAL_FORMS": "0"}
    for place, (label, content, unit, barcode) in enumerate([*ladder, ("", "", "", "")]):
        names = {"label": label, "content": content, "unit": unit, "barcode": barcode}
        told |= {f"packs-{place}-{name}": value for name, value in names.items()}
    return {**told, **other}


def rice(musi: Wholesaler) -> Article:
    return musi.offers["BR-50"].article


def page_of(article: Article) -> str:
    return f"{LIST}{article.public_id}/"


def running(article: Article) -> list[Offer]:
    return list(article.offers.filter(ended_at=None).order_by("pk"))


def test_an_article_is_written_down(musi: Wholesaler, nur: Client) -> None:
    answer = nur.post(NEW, form())
    made = Article.objects.get(sku="MG-2")
    assert (answer.status_code, answer["Location"]) == (302, page_of(made))
    version = made.current
    assert version is not None
    assert (version.number, version.name, version.brand, version.tax) == (1, "Minyak goreng 2 L", "Sania", "included")
    packs = list(version.packs.values_list("label", "base_quantity", "barcode"))
    assert packs == [("botol", 1, "8992753102204"), ("dus", 12, "")]
    assert made.organisation == musi.organisation
    html = nur.get(page_of(made)).content.decode()
    assert "8992753102204" in html
    assert "belum melihat barang ini" in html


def test_weights_are_written_in_kilograms_too(nur: Client) -> None:
    nur.post(
        NEW, form(("karung", "25", "kg", ""), ("bungkus", "0,5", "kg", ""), ("gelas", "250", "", ""), base_unit="g")
    )
    version = ArticleVersion.objects.get(article__sku="MG-2")
    assert list(version.packs.values_list("label", "base_quantity")) == [
        ("gelas", 250),
        ("bungkus", 500),
        ("karung", 25_000),
    ]


@pytest.mark.parametrize(
    ("case", "sent", "says"),
    [
        ("no name", form(name=""), ""),
        ("no SKU", form(sku="  "), ""),
        ("a SKU twice", form(sku="br-50"), "sudah punya barang dengan SKU"),
        ("a wrong digit", form(("dus", "12", "", "8992753102205")), "Angka terakhirnya tidak cocok"),
        ("letters as barcode", form(("dus", "12", "", "89927x3102204")), ""),
        ("no pack", form(("", "", "", "")), ""),
        ("a pack without content", form(("dus", "", "", "")), "Isi jumlah dalam kemasan"),
        ("content without a name", form(("", "12", "", "")), ""),
        ("part of a piece", form(("dus", "1,5", "", "")), "angka bulat"),
        ("kilograms of pieces", form(("dus", "2", "kg", "")), "satuan lain"),
        ("two packs of one name", form(("dus", "2", "", ""), ("Dus", "3", "", "")), ""),
        ("nothing in it", form(("dus", "0", "", "")), ""),
        ("unknown unit", form(base_unit="lusin"), ""),
        ("unknown PPN", form(tax="x"), ""),
        ("a million lines", form(**{"packs-TOTAL_FORMS": "1000000"}), ""),
        ("no lines told", form(**{"packs-TOTAL_FORMS": "x"}), ""),
        ("a NUL", form(name="a\x00b"), ""),
        ("far too much", form(("dus", "9" * 20, "", "")), ""),
    ],
)
def test_what_is_wrong_is_said_and_stays(nur: Client, case: str, sent: dict[str, str], says: str) -> None:
    before = ArticleVersion.objects.count()
    answer = nur.post(NEW, sent)
    html = answer.content.decode()
    assert (answer.status_code, says in html) in ((400, True), (409, True)), case
    assert ArticleVersion.objects.count() == before
    if case not in ("no name", "a NUL"):
        assert 'value="Minyak goreng 2 L"' in html


def test_a_change_is_a_new_version_and_offers_go_on_with_it(musi: Wholesaler, nur: Client) -> None:
    egg = musi.offers["TL-180"].article
    make_offer(
        article=egg,
        offer=OfferDraft(
            pack="peti", tiers=((1, 290_000),), area="16.71", valid_from=clock.today() + timedelta(days=7), freight=500
        ),
        by=BY,
    )
    before = musi.offers["TL-180"]
    answer = nur.post(
        f"{page_of(egg)}ubah/", form(("peti", "180", "", ""), name="Telur ayam negeri", brand="", seen="1")
    )
    assert answer["Location"] == page_of(egg)
    egg.refresh_from_db()
    assert egg.current is not None
    assert (egg.sku, egg.current.number, egg.current.name) == ("TL-180", 2, "Telur ayam negeri")
    now, later = running(egg)
    assert {one.version_id for one in (now, later)} == {egg.current.pk}
    assert [(tier.packs, tier.price) for tier in now.tiers.all()] == [(1, 280_000), (10, 270_000)]
    assert (now.area_id, now.valid_from, later.valid_from) == (
        "16.71",
        clock.today(),
        clock.today() + timedelta(days=7),
    )
    assert later.freight == 500
    before.refresh_from_db()
    assert before.ended_at is not None
    html = nur.get(f"{page_of(egg)}riwayat/").content.decode()
    assert "<del>Telur ayam</del>" in html
    assert "<ins>Telur ayam negeri</ins>" in html


def test_keeping_what_is_so_already_makes_no_version(musi: Wholesaler, nur: Client) -> None:
    sent = form(("karung", "50", "kg", ""), name="Beras medium 50 kg", brand="", base_unit="g", tax="none", seen="1")
    assert nur.post(f"{page_of(rice(musi))}ubah/", sent).status_code == 302
    assert rice(musi).versions.count() == 1
    assert running(rice(musi)) == [musi.offers["BR-50"]]


def test_a_pack_that_is_offered_stays(musi: Wholesaler, nur: Client) -> None:
    sent = form(("sak", "50", "kg", ""), name="Beras medium", base_unit="g", seen="1")
    answer = nur.post(f"{page_of(rice(musi))}ubah/", sent)
    assert (answer.status_code, "karung sedang ditawarkan" in answer.content.decode()) == (409, True)
    assert rice(musi).versions.count() == 1


def test_who_changes_what_another_changed_meanwhile_is_told(musi: Wholesaler, nur: Client) -> None:
    article = rice(musi)
    rewrite_article(article=article, draft=replace(draft_of(article), name="Beras A"), seen=1, by=BY)
    answer = nur.post(f"{page_of(article)}ubah/", form(("karung", "50", "kg", ""), base_unit="g", seen="1"))
    assert answer.status_code == 409
    assert rice(musi).versions.count() == 2
    with pytest.raises(StaleDocument):
        rewrite_article(article=article, draft=draft_of(article), seen=1, by=BY)


def test_a_sku_is_one_article_of_a_supplier_and_free_for_others(musi: Wholesaler) -> None:
    draft = draft_of(rice(musi))
    with pytest.raises(SkuTaken):
        write_article(organisation=musi.organisation, draft=draft, by=BY)
    assert write_article(organisation=rinjani_pangan().organisation, draft=draft, by=BY).sku == "BR-50"


def test_stopping_ends_all_offers_and_selling_again_begins_none(musi: Wholesaler, nur: Client) -> None:
    article = rice(musi)
    for _again in range(2):
        assert nur.post(f"{page_of(article)}jual/").status_code == 302
    article.refresh_from_db()
    assert (article.is_active, running(article)) == (False, [])
    assert nur.post(f"{page_of(article)}jual/", {"sold": "1"}).status_code == 302
    article.refresh_from_db()
    assert (article.is_active, running(article)) == (True, [])


def test_the_list_is_searched_and_narrowed(musi: Wholesaler, nur: Client) -> None:
    nur.post(NEW, form())
    nur.post(f"{page_of(musi.offers['GL-20'].article)}jual/")

    def skus(**query: str) -> set[str]:
        html = nur.get(LIST, query).content.decode()
        return {sku for sku in ("BR-50", "TL-180", "GL-20", "MG-2") if sku in html}

    assert skus() == {"BR-50", "TL-180", "MG-2"}
    assert skus(tampil="unoffered") == {"MG-2"}
    assert skus(tampil="stopped") == {"GL-20"}
    assert skus(q="beras") == {"BR-50"}
    assert skus(q="tl-1") == {"TL-180"}
    assert skus(q="sania") == {"MG-2"}
    assert skus(q="8992753102204") == {"MG-2"}
    assert skus(q="%") == set()
    assert skus(tampil="x", page="x") == {"BR-50", "TL-180", "MG-2"}
    assert skus(q="\x00" * 9) == {"BR-50", "TL-180", "MG-2"}


def test_lists_ask_as_often_for_many_as_for_few(
    musi: Wholesaler, nur: Client, django_assert_max_num_queries: Any
) -> None:
    article = rice(musi)
    counts = []
    for numbers in (range(1), range(1, 9)):
        for number in numbers:
            draft = draft_of(article)
            other = write_article(organisation=musi.organisation, draft=replace(draft, sku=f"X-{number}"), by=BY)
            for target in (article, other):
                begins = clock.today() + timedelta(days=number + 1)
                make_offer(
                    article=target,
                    offer=OfferDraft(pack="karung", tiers=((1, 9_000 + number),), area="16.71", valid_from=begins),
                    by=BY,
                )
            rewrite_article(
                article=article, draft=replace(draft_of(article), name=f"Beras {number}"), seen=number + 1, by=BY
            )
        for path in (LIST, page_of(article), f"{page_of(article)}?tampil=lama", f"{page_of(article)}riwayat/"):
            with django_assert_max_num_queries(25) as seen:
                assert nur.get(path).status_code == 200
            counts.append(len(seen.captured_queries))
    assert counts[:4] == counts[4:]


def picture(colour: str = "red", kind: str = "PNG") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, kind, **({"exif": b"Exif\x00\x00"} if kind == "JPEG" else {}))
    return SimpleUploadedFile(f"../../{colour}.exe", out.getvalue())


def test_a_photo_has_an_address_that_changes_with_it(
    musi: Wholesaler, nur: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    article = rice(musi)

    def shown() -> str:
        html = nur.get(page_of(article)).content.decode()
        return next((part for part in html.split('"') if part.endswith(".webp")), "")

    assert shown() == ""
    assert nur.post(f"{page_of(article)}foto/", {"photo": picture()}).status_code == 302
    first = shown()
    answer = platform_browser().get(first)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (640, 480)  # type: ignore[attr-defined]
    assert platform_browser().get(first.replace("/640/", "/320/")).status_code == 200
    assert platform_browser().get(first.replace("/640/", "/64/")).status_code == 404
    nur.post(f"{page_of(article)}foto/", {"photo": picture("blue", "JPEG")})
    assert shown() not in ("", first)
    assert platform_browser().get(first).status_code == 404
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert all(name.endswith(".webp") for name in files)
    nur.post(f"{page_of(article)}foto/", {"remove": "1"})
    assert shown() == ""


@pytest.mark.parametrize(
    "file", [None, SimpleUploadedFile("x.png", b"<svg onload=alert(1)>"), SimpleUploadedFile("e", b"")]
)
def test_what_is_no_picture_is_refused(musi: Wholesaler, nur: Client, file: Any) -> None:
    answer = nur.post(f"{page_of(rice(musi))}foto/", {"photo": file} if file else {}, follow=True)
    assert answer.status_code == 200
    assert rice(musi).photo.name == ""


def writing_pages(musi: Wholesaler) -> list[tuple[str, str]]:
    article, offer = rice(musi), musi.offers["BR-50"]
    own, terms = page_of(article), f"{page_of(article)}penawaran/{offer.public_id}/"
    return [
        ("get", NEW),
        ("post", NEW),
        ("get", f"{own}ubah/"),
        ("post", f"{own}ubah/"),
        ("post", f"{own}jual/"),
        ("post", f"{own}foto/"),
        ("get", f"{own}penawaran/baru/"),
        ("post", f"{own}penawaran/baru/"),
        ("get", f"{terms}ubah/"),
        ("post", f"{terms}ubah/"),
        ("post", f"{terms}akhiri/"),
    ]


@pytest.mark.parametrize("who", ["orders", "elsewhere", "stranger", "refused", "visitor"])
def test_who_writes_and_who_reads(musi: Wholesaler, who: str) -> None:
    other = rinjani_pangan().organisation
    article, reading = rice(musi), [LIST, page_of(rice(musi)), f"{page_of(rice(musi))}riwayat/"]
    user, sees, hidden = None, [], 404
    if who == "orders":
        user, sees = member(musi.organisation, "Oman", SupplierRole.ORDERS), reading
    elif who == "elsewhere":
        user, sees = member(other, "Rini"), [LIST]
    elif who == "stranger":
        user = account("Toni")
    elif who == "refused":
        user = member(musi.organisation, "Halim")
        SupplierOrganisation.objects.filter(pk=musi.organisation.pk).update(state=SupplierState.REFUSED)
    else:
        hidden = 302
    browser: Any = platform_browser(user)
    for path in reading:
        answer = browser.get(path)
        assert answer.status_code == (200 if path in sees else hidden), path
        if who == "elsewhere" and path == LIST:
            assert "BR-50" not in answer.content.decode()
    for method, path in writing_pages(musi):
        if who == "elsewhere" and path == NEW:
            continue
        sent = form(supplier=str(musi.organisation.public_id))
        assert getattr(browser, method)(path, sent).status_code == hidden, (method, path)
    article.refresh_from_db()
    assert (article.is_active, running(article), Article.objects.filter(organisation=musi.organisation).count()) == (
        True,
        [musi.offers["BR-50"]],
        3,
    )
