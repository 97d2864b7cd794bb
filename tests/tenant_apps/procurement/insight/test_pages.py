"""Insight's pages and files: what they say, who may see them, and that they cost the same for many rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from shared_apps.exchange.models import SupplierOrder
from shared_apps.exchange.services import cancel, refuse
from shared_apps.supplier_catalog.models import ArticleVersion, Offer, OfferTier, SupplierOrganisation
from tenant_apps.procurement.insight.deliveries import articles, delivered, scores
from tenant_apps.procurement.insight.periods import month_of, of_cycle, quarter_of, today_here
from tenant_apps.suppliers.models import Adoption
from tenants.context import for_supplier, on_platform
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.shared_apps.supplier_catalog.wholesaler import offer as offer_of
from tests.tenant_apps.procurement.insight.bringing import brought, ordered
from tests.tenant_apps.procurement.round import Round


def shown(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def csv_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))


def xlsx_of(answer: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python()


@pytest.fixture
def yuli(round_: Round) -> Client:
    return browser_of(round_.cast.yuli)


PAGES = [
    "/satker/wawasan/",
    "/satker/wawasan/pemasok/",
    "/satker/wawasan/harga/",
    "/satker/wawasan/mengendap/",
]


def test_before_anything_happened_each_page_says_so(round_: Round, yuli: Client) -> None:
    Adoption.objects.update(state="ended")
    for page in PAGES:
        assert yuli.get(page).status_code == 200


def test_only_officers_of_the_satker_see_it(round_: Round) -> None:
    pages = [*PAGES, "/satker/wawasan/hemat/", *(f"{page}?unduh=xlsx" for page in PAGES[1:])]
    for user in (round_.cast.hasan, round_.cast.wati, round_.cast.ratna, round_.cast.budi):
        browser = browser_of(user)
        assert {browser.get(page).status_code for page in pages} <= {403, 404}
    assert {browser_of(None).get(page).status_code for page in pages} == {302}


def test_how_a_supplier_delivered(round_: Round, yuli: Client) -> None:
    cycle, order = ordered(round_)
    brought(round_, order, {"BR-50": (2, 1), "TL-180": (1, 0)})
    found = delivered(month_of(today_here()))
    (one,) = scores(found)
    assert (one.name, one.score.packs, one.score.received, one.score.rejected) == ("Sinar Musi", 5, 3, 1)
    assert (one.score.otif, one.score.lead_median) == (0, 0)
    assert [(row.sku, row.packs, row.received) for row in articles(of_cycle(cycle), one.public_id)] == [
        ("GL-20", 1, 0),
        ("BR-50", 3, 2),
        ("TL-180", 1, 1),
    ]
    page = shown(yuli.get("/satker/wawasan/pemasok/"))
    assert "Sinar Musi" in page and "60 %" in page and "25 %" in page
    page = shown(yuli.get(f"/satker/wawasan/pemasok/{one.public_id}/?periode=P-{cycle.number}"))
    assert "BR-50" in page and "66,6 %" in page
    assert order.number in shown(yuli.get(f"/satker/wawasan/pemasok/{one.public_id}/?tab=pesanan"))
    assert "60 %" in shown(yuli.get("/satker/wawasan/"))


def test_everything_on_the_promised_day_is_complete_and_on_time(round_: Round) -> None:
    _cycle, order = ordered(round_)
    brought(round_, order, {"BR-50": (3, 0), "TL-180": (1, 0), "GL-20": (1, 0)})
    assert scores(delivered(month_of(today_here())))[0].score.otif == 1000


def test_a_refused_order_was_not_delivered_and_a_cancelled_one_does_not_count(round_: Round) -> None:
    _cycle, order = ordered(round_)
    assert delivered(month_of(today_here())) == []
    with for_supplier(round_.seller.organisation.db_role):
        refuse(order=order, reason="habis", by=BY)
    (one,) = scores(delivered(month_of(today_here())))
    assert (one.score.fill_rate, one.score.lead_median) == (0, None)
    other = ordered(round_)[1]
    cancel(order=other, reason="salah pesan", by=BY)
    assert len(delivered(month_of(today_here()))) == 1


def test_a_supplier_of_whom_nothing_was_ordered_is_not_there(round_: Round, yuli: Client) -> None:
    for public_id in (round_.seller.organisation.public_id, uuid4()):
        assert yuli.get(f"/satker/wawasan/pemasok/{public_id}/").status_code == 404


def test_a_period_that_cannot_be_is_said(round_: Round, yuli: Client) -> None:
    for query in (
        "periode=rentang&dari=2026-11-30&sampai=2026-11-01",
        "periode=rentang&dari=2026-11-30",
        "periode=rentang&dari=besok&sampai=2026-11-30",
        "periode=rentang&dari=2020-01-01&sampai=2026-01-01",
    ):
        for page in (*PAGES[:3], "/satker/wawasan/hemat/"):
            answer = yuli.get(f"{page}?{query}")
            assert answer.status_code == 400 and "alert" in shown(answer)


def test_no_period_breaks_a_page(round_: Round, yuli: Client) -> None:
    for key in ("2026-13", "0000-T1", "P-\x00", "P-XXXXXX", "\ud7ff", "99999999", "2026-T5", "rentang"):
        for page in (*PAGES, "/satker/wawasan/hemat/"):
            told = {"periode": key, "page": "x", "hari": key, "tab": key, "unduh": key}
            assert yuli.get(page, told).status_code in (200, 400)


def test_periods_hold_their_days(round_: Round) -> None:
    day = today_here()
    month, quarter = month_of(day), quarter_of(day)
    assert month.first.day == 1 and (month.last + timedelta(days=1)).day == 1
    assert quarter.first <= month.first and month.last <= quarter.last
    assert (quarter.last + timedelta(days=1)).month in (1, 4, 7, 10)
    assert month.first <= day <= month.last


def test_prices_show_what_was_in_force_when(round_: Round, yuli: Client) -> None:
    adoption = round_.adoptions["BR-50"]
    today = clock.today()
    yesterday = today - timedelta(days=1)
    with on_platform():
        before = round_.seller.offers["BR-50"]
        facts = {
            name: getattr(before, name)
            for name in ("organisation", "article", "version", "pack", "area_id", "least", "by")
        }
        dearer = Offer.objects.create(**facts, valid_from=today)
        OfferTier.objects.create(offer=dearer, packs=1, price=660_000)
    span = f"periode=rentang&dari={yesterday}&sampai={today}"
    page = shown(yuli.get(f"/satker/wawasan/harga/?{span}"))
    assert "Rp 600.000" in page and "Rp 660.000" in page and "+10 %" in page
    page = shown(yuli.get(f"/satker/wawasan/harga/{adoption.public_id}/?{span}"))
    # A sack of 50 kg at Rp 15.000 a kilo.
    assert "Rp 750.000" in page and "-12 %" in page and "<svg" in page
    rows = csv_of(yuli.get(f"/satker/wawasan/harga/{adoption.public_id}/?{span}&unduh=csv"))
    assert [row[5:8] for row in rows[1:]] == [
        [str(yesterday), "600000", "750000"],
        [str(today), "660000", "750000"],
    ]


def test_files_name_region_and_period_and_hold_numbers(round_: Round, yuli: Client) -> None:
    cycle, order = ordered(round_)
    brought(round_, order, {"BR-50": (3, 0)})
    answer = yuli.get(f"/satker/wawasan/pemasok/?periode=P-{cycle.number}&unduh=xlsx")
    assert f"kalidoni-p-{cycle.number.lower()}.xlsx" in answer["Content-Disposition"]
    head, row = xlsx_of(answer)
    assert row[0] == "Sinar Musi" and row[2:6] == [5.0, 3.0, 0.0, 600.0]
    assert len(head) == len(row)
    assert csv_of(yuli.get("/satker/wawasan/pemasok/?unduh=csv"))[1][2:4] == ["5", "3"]


BEFORE = ("", " ", "\t", "\r", "\n", "'", '"', "x;", "\u00a0", "\ufeff")
BODIES = (
    "=1+1", "=cmd|'/C calc'!A0", "+62812", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x.test","klik")', "=1;=2", "\uff1d1",
    "+cmd|' /C calc'!A0", "-1|A", "@x", "=IMPORTXML(A1,A2)", "=DDE(1)", "=WEBSERVICE(1)", "==1", "=A1", "+A1", "-A1",
    "=1\n=2", "=rand()",
)  # fmt: skip
PAYLOADS = [before + text for before in BEFORE for text in BODIES]


def test_two_hundred_names_that_would_run_stay_text(round_: Round, yuli: Client) -> None:
    assert len(PAYLOADS) >= 200
    first = round_.adoptions["BR-50"]
    Adoption.objects.bulk_create(
        Adoption(
            product=first.product,
            supplier=first.supplier,
            article=uuid4(),
            version=first.version,
            offer=uuid4(),
            supplier_name=text,
            article_name=text,
            sku=f"X-{index}",
            pack_label=text,
            base_quantity=1,
            price=1,
            by=BY,
        )
        for index, text in enumerate(PAYLOADS)
    )
    span = f"periode=rentang&dari={clock.today()}&sampai={clock.today()}"
    rows = csv_of(yuli.get(f"/satker/wawasan/harga/?{span}&unduh=csv"))
    by_sku = {row[3]: row for row in rows}
    told = [by_sku[f"X-{index}"][column] for index in range(len(PAYLOADS)) for column in (1, 2, 4)]
    assert len(told) == 3 * len(PAYLOADS)
    # Whatever a spreadsheet skips at the beginning of a cell, what comes next does not begin a formula.
    assert not [cell for cell in told if cell.lstrip(' \t\r\n"\u00a0\ufeff')[:1] in tuple("=+-@\uff1d")]
    book = xlsx_of(yuli.get(f"/satker/wawasan/harga/?{span}&unduh=xlsx"))
    cells = {row[3]: row[2] for row in book}
    # A workbook holds them as they are, as cells of text: what would run would have no such value here.
    for index, text in enumerate(PAYLOADS):
        assert str(cells[f"X-{index}"]).replace("\r", "") == text.replace("\r", "")


def test_pages_cost_the_same_for_many_rows(round_: Round, yuli: Client) -> None:
    def cost(url: str) -> int:
        yuli.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert yuli.get(url).status_code == 200
        return len(asked)

    _cycle, order = ordered(round_)
    brought(round_, order, {"BR-50": (3, 0)})
    supplier = SupplierOrganisation.objects.get(pk=order.supplier_id).public_id
    pages = [*PAGES[:3], f"/satker/wawasan/pemasok/{supplier}/", f"/satker/wawasan/pemasok/{supplier}/?tab=pesanan"]
    pages += [f"{page}{'&' if '?' in page else '?'}unduh=csv" for page in pages[1:]]
    before = [cost(page) for page in pages]
    for _nth in range(3):
        brought(round_, ordered(round_)[1], {"BR-50": (2, 1)})
    with on_platform():
        seller = round_.seller.organisation
        more = [offer_of(seller, f"X-{n}", f"Barang {n}", pack=("dus", 12), price=10_000 + n) for n in range(12)]
    first = round_.adoptions["BR-50"]
    Adoption.objects.bulk_create(
        Adoption(
            product=first.product,
            supplier=first.supplier,
            article=one.article.public_id,
            version=one.version.public_id,
            offer=one.public_id,
            supplier_name="Sinar Musi",
            article_name=one.version.name,
            sku=one.article.sku,
            pack_label="dus",
            base_quantity=12,
            price=10_000,
            by=BY,
        )
        for one in more
    )
    assert SupplierOrder.objects.count() == 4 and ArticleVersion.objects.count() >= 12
    # The list of cycles to choose from is one query with or without rows.
    assert [cost(page) for page in pages] == before
