"""What was saved adds up from the lines of what was received, for a person and for the region."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.orders.models import Order
from tenant_apps.pricing.savings import warungs_of_year, year_of
from tenant_apps.pricing.services import publish_price
from tenant_apps.warungs.models import Warung
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import place
from tests.tenant_apps.pricing.desk import received, see

# Two kilos at 14.500 against 15.000, three eggs at 2.000 against 2.200.
SAVED, PAID = 1_600, 35_000


def moved(order: Order, year: int, month: int, day: int = 15, hour: int = 5) -> Order:
    Order.objects.filter(pk=order.pk).update(moved_at=datetime(year, month, day, hour, tzinfo=UTC))
    return order


@pytest.fixture
def shopped(market: Cast) -> list[Order]:
    """Ratna: twice in May 2026, once in June, once in 2025. Siti: once in May. One that never arrived."""
    place(market)
    return [
        moved(received(market), 2026, 5),
        moved(received(market), 2026, 5, 20),
        moved(received(market), 2026, 6),
        moved(received(market), 2025, 12),
        moved(received(market, customer=market.siti), 2026, 5),
    ]


def test_a_year_is_the_sum_of_its_months(market: Cast, shopped: list[Order]) -> None:
    mine = year_of(2026, market.ratna)
    assert [(one.month.month, one.saved, one.paid, one.documents) for one in mine.months] == [
        (5, 2 * SAVED, 2 * PAID, 2),
        (6, SAVED, PAID, 1),
    ]
    assert (mine.saved, mine.paid, mine.documents) == (3 * SAVED, 3 * PAID, 3)
    everybody = year_of(2026)
    assert (everybody.saved, everybody.documents) == (4 * SAVED, 4)
    assert year_of(2025, market.ratna).saved == SAVED
    assert year_of(2024, market.ratna).months == []


def test_a_month_ends_at_midnight_in_the_region(market: Cast) -> None:
    """At 18.00 UTC on 31 December it is the new year in Palembang."""
    moved(received(market), 2025, 12, 31, 18)
    moved(received(market), 2025, 12, 31, 16)
    assert (year_of(2025, market.ratna).saved, year_of(2026, market.ratna).saved) == (SAVED, SAVED)


def test_later_prices_change_no_saving(market: Cast, shopped: list[Order]) -> None:
    see(market, 99_000)
    publish_price(warung=market.warung, pack=market.kilo, price=10_000, by=BY)
    assert year_of(2026, market.ratna).saved == 3 * SAVED


def test_ratna_opens_the_year_down_to_the_lines(market: Cast, shopped: list[Order]) -> None:
    ratna = browser_of(market.ratna)
    year = ratna.get("/hemat/?tahun=2026").content.decode()
    assert "Rp\u00a04.800" in year and "?bulan=2026-05" in year
    month = ratna.get("/hemat/?bulan=2026-05").content.decode()
    assert "Rp\u00a03.200" in month and shopped[0].number in month and shopped[4].number not in month
    lines = ratna.get(f"/hemat/?pesanan={shopped[0].number}").content.decode()
    for shown in ("Rp\u00a01.600", "Rp\u00a01.000", "Rp\u00a0600", "Pasar Induk Jakabaring", "Telur ayam"):
        assert shown in lines


def test_nobody_opens_what_another_bought(market: Cast, shopped: list[Order]) -> None:
    page = browser_of(market.siti).get(f"/hemat/?pesanan={shopped[0].number}")
    assert list(page.context["lines"]) == []
    assert browser_of(None).get("/hemat/").status_code == 302
    for who in (market.ratna, market.hasan):
        assert browser_of(who).get("/satker/hemat/").status_code == 404
        assert browser_of(who).get("/satker/hemat/unduh/").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    ["tahun=abc", "tahun=99999999999999999999", "tahun=0000", "tahun=٢٠٢٦", "bulan=2026-13", "bulan=9999-12",
     "bulan=0000-00", "bulan=%00", "pesanan=%00", "pesanan=" + "x" * 500, "bulan=2026-05&page=abc"],
)  # fmt: skip
def test_an_address_that_names_nothing_is_a_page(market: Cast, wanted: str) -> None:
    assert browser_of(market.ratna).get(f"/hemat/?{wanted}").status_code == 200
    assert browser_of(market.yuli).get(f"/satker/hemat/?{wanted}").status_code == 200
    assert browser_of(market.yuli).get(f"/satker/hemat/unduh/?{wanted}").status_code == 200


def test_the_table_of_the_region_is_exact_and_runs_no_formula(market: Cast, shopped: list[Order]) -> None:
    Warung.objects.filter(pk=market.warung.pk).update(name="=HYPERLINK(1)")
    yuli = browser_of(market.yuli)
    assert "Rp\u00a06.400" in yuli.get("/satker/hemat/?tahun=2026").content.decode()
    answer = yuli.get("/satker/hemat/unduh/?tahun=2026")
    assert answer["Content-Disposition"] == 'attachment; filename="hemat-2026.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["month", "warung", "orders", "paid", "saved"],
        ["2026-05", "'=HYPERLINK(1)", "3", "105000", "4800"],
        ["2026-06", "'=HYPERLINK(1)", "1", "35000", "1600"],
    ]
    assert sum(one.saved for one in warungs_of_year(2026)) == year_of(2026).saved


def test_the_pages_ask_as_often_for_many_orders_as_for_few(market: Cast) -> None:
    ratna = browser_of(market.ratna)

    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ratna.get(url).status_code == 200
        return len(caught)

    pages = ("/hemat/?tahun=2026", "/hemat/?bulan=2026-05", "/klaim/baru/")
    moved(received(market), 2026, 5)
    few: list[Any] = [(asked(url), asked(url))[1] for url in pages]
    for day in range(1, 5):
        moved(received(market), 2026, 5, day)
    assert [asked(url) for url in pages] == few
