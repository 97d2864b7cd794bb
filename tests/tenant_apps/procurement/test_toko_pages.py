"""The warung's pages: suggestions, one form that works without a script, and doors that others find closed."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.pricing.models import WholesalePrice
from tenant_apps.pricing.services import set_wholesale_price
from tenant_apps.procurement.boards import ask_board
from tenant_apps.procurement.models import RestockRequest
from tenant_apps.procurement.services import accept_restock, receive_restock, send_restock
from tenant_apps.satker.models import Satker
from tenant_apps.stock.services import Line, adjust, location_of_satker, location_of_warung, reserve, ship
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, browser_of, person
from tests.tenant_apps.procurement.depot import CRATE, SACK, Depot, footprint, of_lines

LIST, NEW = "/toko/restok/", "/toko/restok/baru/"


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().replace("\u00a0", " ")).split())


def sell(depot: Depot, rice: int = 0, eggs: int = 0) -> None:
    """So many grams and eggs leave Hasan's shelf."""
    shelf, reference = location_of_warung(depot.cast.warung), f"order:{uuid.uuid4().hex[:6]}"
    pairs = ((depot.cast.rice, rice), (depot.cast.egg, eggs))
    lines = [Line(product.pk, gone) for product, gone in pairs if gone]
    reserve(location=shelf, lines=lines, reference=reference, by=BY)
    ship(location=shelf, lines=lines, reference=reference, by=BY)


def asking(depot: Depot, **more: Any) -> dict[str, Any]:
    """What the form of a new request sends: 2 sacks and 1 crate at the prices that were shown."""
    sack, crate = depot.cast.sack.pk, depot.crate.pk
    return {
        "warung": depot.cast.warung.public_id,
        "key": uuid.uuid4(),
        f"packs-{sack}": "2",
        f"seen-{sack}": str(SACK),
        f"packs-{crate}": "1",
        f"seen-{crate}": str(CRATE),
        "do": "send",
        **more,
    }


@pytest.fixture
def hasan(depot: Depot) -> Client:
    return browser_of(depot.cast.hasan)


class TestSuggestions:
    """The shelf has 50 kg of rice and 10 eggs at first."""

    def board(self, depot: Depot) -> list[tuple[str, int, int, str]]:
        """Name, left, gone in 14 days, packs written in."""
        rows = ask_board(depot.cast.warung, depot.cast.satker).chosen
        return [
            (row.offer.pack.product.name, row.suggestion.left, row.suggestion.sold, row.packs)
            for row in rows
            if row.suggestion
        ]

    def test_nothing_left_the_shelf(self, depot: Depot) -> None:
        assert self.board(depot) == []

    @pytest.mark.parametrize(
        ("case", "rice", "expected"),
        [
            ("a week's worth is left", 33_333, []),
            ("less than a week's worth", 33_334, [("Beras medium", 16_666, 33_334, "1")]),
            ("nothing is left", 50_000, [("Beras medium", 0, 50_000, "1")]),
        ],
    )
    def test_what_runs_low_is_written_in(
        self, depot: Depot, case: str, rice: int, expected: list[tuple[str, int, int, str]]
    ) -> None:
        sell(depot, rice)
        assert self.board(depot) == expected

    def test_enough_for_two_weeks_is_written_in(self, depot: Depot) -> None:
        adjust(location=location_of_warung(depot.cast.warung), product=depot.cast.rice, counted=200_000,
               reason="count", by=BY, key="count:1")  # fmt: skip
        sell(depot, 190_000)
        # 190 kg gone, 10 kg left: 180 kg are 3,6 sacks.
        assert self.board(depot) == [("Beras medium", 10_000, 190_000, "4")]

    def test_what_left_longer_ago_does_not_count(self, depot: Depot) -> None:
        sell(depot, 50_000)
        with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
            assert self.board(depot) == []

    def test_what_is_still_to_come_counts_as_there(self, depot: Depot) -> None:
        sell(depot, 50_000)
        request = depot.ask(1, 0)
        assert self.board(depot) == []
        depot.accept(request)
        send_restock(request=request, by=BY)
        assert self.board(depot) == []
        receive_restock(request=request, quantities=of_lines(request, 0), by=BY)
        assert [row[0] for row in self.board(depot)] == ["Beras medium"]

    def test_products_of_the_last_restock_come_first(self, depot: Depot) -> None:
        sell(depot, 40_000, 10)
        assert [row[0] for row in self.board(depot)] == ["Telur ayam", "Beras medium"]
        receive_restock(request=(request := depot.sent(1, 0)), quantities=of_lines(request, 0), by=BY)
        assert [row[0] for row in self.board(depot)] == ["Beras medium", "Telur ayam"]

    def test_what_the_satker_does_not_sell_is_not_suggested(self, depot: Depot) -> None:
        sell(depot, 50_000)
        WholesalePrice.objects.filter(pack=depot.cast.sack).update(replaced_at=clock.now())
        assert self.board(depot) == []


def test_a_restock_in_one_tap(depot: Depot, hasan: Client) -> None:
    sell(depot, 50_000)
    page = hasan.get(NEW)
    fields = dict(re.findall(r'name="(packs-\d+|seen-\d+|key|warung)" value="([^"]*)"', page.content.decode()))
    answer = hasan.post(NEW, {**fields, "do": "send"})
    request = RestockRequest.objects.get()
    assert answer.headers["Location"] == f"{LIST}{request.number}/"
    assert list(request.lines.values_list("product_name", "quantity_asked", "price")) == [("Beras medium", 1, SACK)]
    assert "menunggu Satker" in text_of(hasan.get(answer.headers["Location"]))
    assert request.number in text_of(hasan.get(LIST))
    again = hasan.post(NEW, {**fields, "do": "send"})
    assert again.headers["Location"] == answer.headers["Location"] and RestockRequest.objects.count() == 1


def test_wati_asks_from_the_counter(depot: Depot) -> None:
    wati = browser_of(depot.cast.wati)
    assert wati.post(NEW, asking(depot)).status_code == 302
    request = RestockRequest.objects.get()
    assert (request.total_asked, request.asked_by) == (1_600_000, depot.cast.wati.actor)


def test_searching_keeps_what_is_written(depot: Depot, hasan: Client) -> None:
    page = hasan.post(NEW, asking(depot, do="search", q="telor"))
    html = page.content.decode()
    assert page.status_code == 200 and RestockRequest.objects.count() == 0
    for pack, packs in ((depot.cast.sack, "2"), (depot.crate, "1")):
        assert f'name="packs-{pack.pk}" value="{packs}"' in html
    found = hasan.post(NEW, {"warung": depot.cast.warung.public_id, "do": "search", "q": "telor"})
    assert f'name="packs-{depot.crate.pk}" value="0"' in found.content.decode()
    assert f'name="packs-{depot.cast.sack.pk}"' not in found.content.decode()


def test_the_total_is_counted_without_sending(depot: Depot, hasan: Client) -> None:
    answer = hasan.post(NEW, asking(depot, do="count"))
    assert "Rp 1.600.000" in text_of(answer) and RestockRequest.objects.count() == 0


def test_moved_prices_are_shown_and_then_agreed_to(depot: Depot, hasan: Client) -> None:
    set_wholesale_price(satker=depot.cast.satker, pack=depot.cast.sack, price=660_000, by=BY)
    sent = asking(depot)
    page = hasan.post(NEW, sent)
    assert page.status_code == 409 and RestockRequest.objects.count() == 0
    assert "Beras medium, karung 50 kg" in text_of(page) and "Rp 660.000" in text_of(page)
    assert f'name="key" value="{sent["key"]}"' in page.content.decode()
    assert f'name="seen-{depot.cast.sack.pk}" value="660000"' in page.content.decode()
    assert hasan.post(NEW, {**sent, f"seen-{depot.cast.sack.pk}": "660000"}).status_code == 302
    assert RestockRequest.objects.get().total_asked == 1_620_000


@pytest.mark.parametrize("number", ["x", "-1", "1,5", "٣", "99999", "10000", "1e3", "1\x00", "9" * 40])
def test_a_number_that_cannot_be_is_said_so(depot: Depot, hasan: Client, number: str) -> None:
    before = footprint()
    page = hasan.post(NEW, asking(depot, **{f"packs-{depot.cast.sack.pk}": number}))
    assert page.status_code == 400
    assert footprint() == before


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": "x"},
        {"key": ""},
        {"note": "a\x00b"},
        {"note": "x" * 241},
        {"packs-999999999999999999": "1", "seen-999999999999999999": "1"},
        {"packs-9999999999999999999999": "1"},
        {"packs-٣": "1"},
        {"seen-1": "x"},
        {"shown": "9" * 30},
        {"shown": "-5", "do": "more"},
        {"q": "\x00", "do": "search"},
        {"q": "x" * 500, "do": "search"},
        {"q": "' OR 1=1 --", "do": "search"},
        {"do": "?"},
    ],
)
def test_hostile_input_is_never_an_error_of_ours(depot: Depot, hasan: Client, fields: dict[str, str]) -> None:
    base = {"warung": str(depot.cast.warung.public_id), "key": str(uuid.uuid4()), "do": "send"}
    assert hasan.post(NEW, {**base, **fields}).status_code in (200, 400, 409)
    assert RestockRequest.objects.count() == 0


@pytest.mark.parametrize("query", ["?page=abc", "?page=-1", "?page=99999999999999999999", "?page=%00"])
def test_odd_pages_of_the_list(depot: Depot, hasan: Client, query: str) -> None:
    depot.ask()
    assert hasan.get(LIST + query).status_code == 200


def test_receiving_by_the_form(depot: Depot, hasan: Client) -> None:
    request = depot.sent(2, 1)
    page = hasan.get(f"{LIST}{request.number}/")
    rice, eggs = sorted(of_lines(request))
    assert f'name="packs-{rice}" value="2"' in page.content.decode()
    answer = hasan.post(f"{LIST}{request.number}/terima/", {f"packs-{rice}": "1", f"packs-{eggs}": "1"})
    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.total_received) == ("received", 950_000)
    assert "Rp 950.000" in text_of(hasan.get(f"{LIST}{request.number}/"))


@pytest.mark.parametrize("number", ["3", "-1", "", "x", "1.000", "٢", "9" * 30, "\x00"])
def test_what_cannot_have_arrived(depot: Depot, hasan: Client, number: str) -> None:
    request = depot.sent(2, 1)
    rice, eggs = sorted(of_lines(request))
    before = footprint()
    answer = hasan.post(f"{LIST}{request.number}/terima/", {f"packs-{rice}": number, f"packs-{eggs}": "1"})
    assert answer.status_code == 400
    assert footprint() == before


def test_cancelling_by_the_button(depot: Depot, hasan: Client) -> None:
    request = depot.ask()
    hasan.post(f"{LIST}{request.number}/batal/")
    request.refresh_from_db()
    assert request.state == "cancelled"
    late = depot.accept(depot.ask())
    before = footprint()
    answer = hasan.post(f"{LIST}{late.number}/batal/", follow=True)
    assert answer.status_code == 200 and "berubah" in text_of(answer)
    assert footprint() == before


STEPS = [("get", ""), ("post", "batal/"), ("post", "terima/")]


@pytest.mark.parametrize(("method", "step"), STEPS)
@pytest.mark.parametrize("who", ["siti", "ratna", "yuli", "budi"])
def test_a_request_of_another_warung_is_not_there(depot: Depot, who: str, method: str, step: str) -> None:
    request = depot.sent()
    before = footprint()
    browser = browser_of(getattr(depot.cast, who))
    assert getattr(browser, method)(f"{LIST}{request.number}/{step}").status_code == 404
    assert footprint() == before


def test_an_officer_who_also_owns_a_warung_cannot_act_for_another(depot: Depot) -> None:
    RoleGrant.objects.create(user=depot.cast.siti, role=Role.SATKER, by=BY)
    request = depot.ask()
    before = footprint()
    assert browser_of(depot.cast.siti).post(f"{LIST}{request.number}/batal/").status_code == 404
    assert footprint() == before


def test_siti_cannot_ask_for_hasans_warung(depot: Depot) -> None:
    before = footprint()
    assert browser_of(depot.cast.siti).post(NEW, asking(depot)).status_code == 404
    assert footprint() == before


def test_a_visitor_is_sent_to_the_sign_in_page(depot: Depot) -> None:
    request = depot.sent()
    before = footprint()
    for method, path in [("get", LIST), ("get", NEW), ("post", NEW), ("get", f"{LIST}{request.number}/")]:
        answer = getattr(browser_of(None), method)(path)
        assert answer.headers["Location"].startswith("/masuk/")
    assert footprint() == before


def test_made_of_another_region_finds_nothing(depot: Depot, lombok: Region) -> None:
    request = depot.sent()
    before = footprint()
    with in_region(lombok):
        Satker.objects.create(name="Satker Lombok")
        made = person("Made", Role.OWNER, Role.SATKER)
        browser = browser_of(made, "lombok")
        for path in (f"{LIST}{request.number}/", f"/satker/restok/{request.number}/"):
            assert browser.get(path).status_code == 404
        for path in (f"{LIST}{request.number}/terima/", f"/satker/restok/{request.number}/kirim/"):
            assert browser.post(path).status_code == 404
    assert footprint() == before


def test_small_letters_find_the_number_and_others_do_not(depot: Depot, hasan: Client) -> None:
    request = depot.ask()
    assert hasan.get(f"{LIST}{request.number.lower()}/").status_code == 200
    for number in ("AAAAAA", "%00%00%00%00%00%00", "2346789", "٢٢٢٢٢٢"):
        assert hasan.get(f"{LIST}{number}/").status_code == 404


def test_an_owner_of_nothing_is_told_so(depot: Depot) -> None:
    lone = browser_of(person("Lia", Role.OWNER))
    assert lone.get(LIST).status_code == 200 and lone.get(NEW).status_code == 200


def test_a_request_partly_accepted_says_so(depot: Depot, hasan: Client) -> None:
    request = depot.ask(2, 1)
    accept_restock(request=request, quantities=of_lines(request, 1, 0), by=BY)
    page = text_of(hasan.get(f"{LIST}{request.number}/"))
    assert "Rp 650.000" in page and "kurang dari yang Anda minta" in page


def test_the_satkers_stock_is_shown(depot: Depot, hasan: Client) -> None:
    adjust(location=location_of_satker(depot.cast.satker), product=depot.cast.egg, counted=0, reason="count", by=BY,
           key="count:2")  # fmt: skip
    page = text_of(hasan.get(NEW))
    assert "Satker punya 10" in page and "Satker sedang kosong" in page
