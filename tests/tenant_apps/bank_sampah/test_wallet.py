"""Everything that a citizen has, in one place: what can be spent, what is bound, and how it came to that."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.bank_sampah.models import SavingsBook, Way
from tenant_apps.bank_sampah.services import open_book
from tenant_apps.ledger.selectors import A_PAGE
from tenant_apps.ledger.wallets import wallet_of
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank
from tests.tenant_apps.ledger.test_pages import body, table

PAGE = "/akun/saldo/"


@pytest.fixture
def lebaran(bank: Bank) -> SavingsBook:
    """Rp 35.000 kept until tomorrow; Rp 70.000 are free, of which 20.000 were asked for and 10.000 are in the balance."""
    bank.weigh({"PL-01": 20_000})
    tomorrow = clock.today("Asia/Jakarta") + timedelta(days=1)
    book = open_book(member=bank.member, purpose="Lebaran", bound_until=tomorrow, by=BY)
    bank.weigh({"PL-01": 10_000}, book=book)
    bank.ask(20_000, way=Way.TRANSFER)
    bank.ask(10_000, way=Way.BALANCE)
    return book


@pytest.fixture
def ratna(bank: Bank) -> Client:
    return browser_of(bank.cast.ratna)


def test_bound_savings_are_never_counted_as_spendable(bank: Bank, lebaran: SavingsBook, ratna: Client) -> None:
    wallet = wallet_of(bank.cast.ratna)
    assert (wallet.spendable, wallet.set_aside, [one.amount for one in wallet.bound]) == (50_000, 20_000, [35_000])
    page = body(ratna, PAGE)
    assert re.findall(r'class="balance">.*?Rp ([0-9.]+)', page, re.S) == ["50.000"]
    for words in ("Saldo WARSA", "Tabungan bebas", "Lebaran", "Rp 35.000", "Rp 20.000"):
        assert words in page
    SavingsBook.objects.filter(pk=lebaran.pk).update(bound_until=clock.today("Asia/Jakarta"))
    assert wallet_of(bank.cast.ratna).spendable == 85_000


def test_the_savings_lead_there(bank: Bank, ratna: Client) -> None:
    assert f'href="{PAGE}"' in body(ratna, "/tabungan/")
    assert f'href="/tabungan/{bank.book.public_id}/"' in body(ratna, PAGE)


def test_movements_of_all_accounts_are_merged_newest_first(bank: Bank, lebaran: SavingsBook, ratna: Client) -> None:
    rows = re.findall(r'<th scope="row">.*?<small class="soft">(.*?)</small>', body(ratna, PAGE), re.S)
    assert rows == ["Saldo WARSA", "Tabungan bebas", "Tabungan bebas", "Lebaran", "Tabungan bebas"]


def test_parts_meet_without_a_gap_however_many_movements_there_are(bank: Bank, ratna: Client) -> None:
    for grams in range(1_000, 1_000 + 2 * A_PAGE + 3):
        bank.weigh({"PL-01": grams})
    seen: list[str] = []
    place = PAGE
    queries: set[int] = set()
    for _part in range(10):
        with CaptureQueriesContext(connection) as asked:
            page = body(ratna, place)
        queries.add(len(asked))
        seen += re.findall(r'<td data-label="Saldo" class="num">Rp ([0-9.]+)</td>', page)
        older = re.search(r'rel="next" href="(\?[^"]*)"', page)
        if older is None:
            break
        place = PAGE + older[1].replace("&amp;", "&")
    balances = [int(text.replace(".", "")) for text in seen]
    assert len(balances) == 2 * A_PAGE + 3
    assert balances == sorted(balances, reverse=True)
    assert balances[0] == bank.holds()
    # One more for what is newer than the part; never more for more movements.
    assert max(queries) - min(queries) <= 1


def test_the_sheet_and_the_print_name_each_account(bank: Bank, lebaran: SavingsBook, ratna: Client) -> None:
    rows = table(ratna, f"{PAGE}unduh/")
    assert rows[0] == ["Waktu", "Keterangan", "Masuk", "Keluar", "Saldo", "Referensi", "Akun"]
    assert [row[-1] for row in rows[2:-1]].count("Lebaran") == 1
    assert {row[-1] for row in rows[2:-1]} == {"Saldo WARSA", "Tabungan bebas", "Lebaran"}
    assert rows[-1][4] == "85000"
    running = 0
    for row in rows[2:-1]:
        running += int(row[2] or 0) - int(row[3] or 0)
        assert int(row[4]) == running
    paper = body(ratna, f"{PAGE}cetak/")
    assert "Lebaran" in paper and "Rp 85.000" in paper


@pytest.mark.parametrize("odd", ["x", "-1", "0", "9" * 30, "%00", "١٢", ""])
def test_strange_addresses_show_the_page(bank: Bank, lebaran: SavingsBook, ratna: Client, odd: str) -> None:
    assert ratna.get(f"{PAGE}?sebelum={odd}").status_code == 200
    assert ratna.get(f"{PAGE}?since={odd}&until={odd}").status_code == 200


def test_nobody_else_sees_any_of_it(bank: Bank, lebaran: SavingsBook) -> None:
    assert "Lebaran" not in body(browser_of(bank.cast.budi), PAGE)
    assert wallet_of(bank.cast.hasan).held == []
