"""The books on the screen, on paper and as a table: whose they are, what they add up to, who sees none of it."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.selectors import Period, all_movements, page_of, statement_of, trial_balance
from tenant_apps.ledger.services import (
    Posting,
    account_of_citizen,
    account_of_region,
    account_of_warung,
    post,
    reverse,
)
from tenant_apps.warungs.services import give_to_owner
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast, browser_of, person


def credit(account: Account, amount: int, key: str, text: str = "Pengembalian") -> JournalEntry:
    """The region gives the citizen so much; a negative amount takes it."""
    lines = [Posting(account_of_region("guarantee"), amount), Posting(account, -amount)]
    return post(key=key, text=text, postings=lines, by=BY)


def sold(market: Cast, amount: int, key: str, text: str = "Pesanan") -> Account:
    cash = account_of_warung(market.warung, "cash")
    post(
        key=key,
        text=text,
        postings=[Posting(cash, amount), Posting(account_of_warung(market.warung, "sales"), -amount)],
        by=BY,
    )
    return cash


def body(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode().replace("\u00a0", " ")


def table(client: Client, url: str) -> list[list[str]]:
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_a_citizen_without_money_sees_an_empty_page_and_opens_no_account(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    page = body(ratna, "/akun/saldo/")
    assert "Rp 0" in page and "/akun/saldo/unduh/" not in page
    for url in ("/akun/saldo/cetak/", "/akun/saldo/unduh/"):
        assert ratna.get(url)["Location"] == "/akun/saldo/"
    assert not Account.objects.filter(user=market.ratna).exists()


def test_a_citizen_reads_what_came_and_went_with_the_balance_after_each(market: Cast) -> None:
    mine = account_of_citizen(market.ratna)
    credit(mine, 5_000, "a", "Selisih harga beras")
    undone = credit(mine, 700, "b", "Salah catat")
    reverse(entry=undone, key="b:undo", text="Koreksi", by=BY)
    credit(mine, -1_500, "c", "Dipakai belanja")
    page = body(browser_of(market.ratna), "/akun/saldo/")
    for shown in ("Rp 3.500", "Selisih harga beras", "Dipakai belanja", "Rp 5.700"):
        assert shown in page
    statement = statement_of(mine, Period())
    _page, movements = page_of(statement, 1)
    assert [(one.amount, one.balance) for one in movements] == [
        (-1_500, 3_500),
        (-700, 5_000),
        (700, 5_700),
        (5_000, 5_000),
    ]
    assert (statement.opening, statement.came, statement.went, statement.closing) == (0, 5_700, 2_200, 3_500)


@pytest.mark.parametrize("owner", ["citizen", "cash"])
def test_pages_and_days_continue_each_others_balance(market: Cast, owner: str) -> None:
    """A liability and an asset: what is carried from page to page, and what a period opens and closes with."""
    account = account_of_citizen(market.ratna) if owner == "citizen" else account_of_warung(market.warung, "cash")
    amounts = [100 * (number + 1) for number in range(60)]
    for number, amount in enumerate(amounts):
        if owner == "citizen":
            credit(account, amount, f"k{number}")
        else:
            sold(market, amount, f"k{number}")
    statement = statement_of(account, Period())
    seen = [one for number in (1, 2, 3) for one in page_of(statement, number)[1]]
    assert [one.balance for one in seen] == [sum(amounts[: 60 - number]) for number in range(60)]
    assert [one.amount for one in all_movements(statement)] == amounts
    today = clock.today()
    none = statement_of(account, Period(until=today - timedelta(days=2)))
    assert (none.count, none.opening, none.closing, none.came) == (0, 0, 0, 0)
    later = statement_of(account, Period(since=today + timedelta(days=2)))
    assert (later.count, later.opening, later.closing) == (0, sum(amounts), sum(amounts))
    assert statement_of(account, Period(today - timedelta(days=1), today + timedelta(days=1))).count == 60


def test_what_comes_while_somebody_reads_moves_no_balance_that_is_shown(market: Cast) -> None:
    cash = sold(market, 1_000, "a")
    statement = statement_of(cash, Period())
    sold(market, 500, "b")
    assert [one.balance for one in page_of(statement, 1)[1]] == [1_000]
    assert [one.balance for one in all_movements(statement)] == [1_000]


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=" + "9" * 40,
        "page=-1",
        "since=besok",
        "since=%00",
        "until=9999-12-31",
        "since=0001-01-01",
        "since=2026-02-02&until=2026-02-01",
        "q=%00&kind=%00",
    ],
)
def test_odd_questions_are_answered(market: Cast, query: str) -> None:
    account = account_of_citizen(market.ratna)
    credit(account, 100, "a")
    ratna, yuli = browser_of(market.ratna), browser_of(market.yuli)
    for client, where in (
        (ratna, "/akun/saldo/"),
        (yuli, "/satker/buku/"),
        (yuli, f"/satker/buku/{account.public_id}/"),
    ):
        assert client.get(f"{where}?{query}").status_code == 200
    for client, where in ((ratna, "/akun/saldo/"), (yuli, f"/satker/buku/{account.public_id}/")):
        for part in ("cetak/", "unduh/"):
            assert client.get(f"{where}{part}?{query}").status_code in (200, 302)


def test_an_owner_sees_the_books_of_their_own_warung_only(market: Cast) -> None:
    cash = sold(market, 14_500, "a")
    foreign = account_of_warung(market.other_warung, "cash")
    hasan = browser_of(market.hasan)
    page = body(hasan, "/toko/buku/")
    assert "Rp 14.500" in page and str(cash.public_id) in page and str(foreign.public_id) not in page
    for part in ("", "cetak/", "unduh/"):
        assert hasan.get(f"/toko/buku/{cash.public_id}/{part}").status_code == 200
        for other in (foreign.public_id, account_of_citizen(market.ratna).public_id, uuid4()):
            assert hasan.get(f"/toko/buku/{other}/{part}").status_code == 404
        assert browser_of(market.siti).get(f"/toko/buku/{cash.public_id}/{part}").status_code == 404


def test_staff_and_strangers_see_no_books(market: Cast) -> None:
    cash = sold(market, 14_500, "a")
    for somebody in (market.wati, market.ratna):
        for url in ("/toko/buku/", f"/toko/buku/{cash.public_id}/", f"/toko/buku/{cash.public_id}/unduh/"):
            assert browser_of(somebody).get(url).status_code == 404
    for somebody in (market.hasan, market.wati, market.ratna):
        for url in ("/satker/buku/", "/satker/buku/unduh/", f"/satker/buku/{cash.public_id}/"):
            assert browser_of(somebody).get(url).status_code == 404
    for url in ("/akun/saldo/", "/toko/buku/", "/satker/buku/"):
        assert browser_of(None).get(url)["Location"].startswith("/masuk/")


def test_an_owner_who_is_staff_elsewhere_sees_no_books_there(market: Cast) -> None:
    """Wati is given a warung of her own: her session may stand in Hasan's, whose books stay his."""
    from tenant_apps.accounts.models import Role, RoleGrant

    RoleGrant.objects.create(user=market.wati, role=Role.OWNER, by=BY)
    cash = sold(market, 14_500, "a")
    wati = browser_of(market.wati)
    assert wati.get(f"/toko/buku/{cash.public_id}/").status_code == 404
    give_to_owner(warung=market.other_warung, user=market.wati)
    assert wati.get(f"/toko/buku/{cash.public_id}/").status_code == 404


def test_another_regions_account_is_not_there(market: Cast, kalidoni: Region, lombok: Region) -> None:
    cash = sold(market, 14_500, "a")
    with in_region(lombok):
        made = person("Made")
        from tenant_apps.accounts.models import Role, RoleGrant

        RoleGrant.objects.create(user=made, role=Role.SATKER, by=BY)
        client = browser_of(made, "lombok")
        theirs = account_of_region("fees")
    for part in ("", "cetak/", "unduh/"):
        assert client.get(f"/satker/buku/{cash.public_id}/{part}").status_code == 404
        assert browser_of(market.yuli).get(f"/satker/buku/{theirs.public_id}/{part}").status_code == 404
    assert "14.500" not in body(client, "/satker/buku/")


@pytest.mark.parametrize("who", ["yuli", "budi"])
def test_the_office_sees_a_trial_balance_that_is_zero_and_finds_accounts(market: Cast, who: str) -> None:
    client = browser_of(getattr(market, who))
    assert "/satker/buku/unduh/" not in body(client, "/satker/buku/")
    cash = sold(market, 14_500, "a")
    mine = account_of_citizen(market.ratna)
    credit(mine, 900, "b")
    trial = trial_balance()
    assert (trial.debit, trial.credit, trial.difference) == (15_400, 15_400, 0)
    page = body(client, "/satker/buku/")
    assert page.count("Rp 15.400") == 2 and str(cash.public_id) in page
    found = body(client, "/satker/buku/?q=ratna")
    assert str(mine.public_id) in found and str(cash.public_id) not in found
    assert str(mine.public_id) not in body(client, "/satker/buku/?kind=asset")
    assert str(cash.public_id) not in body(client, "/satker/buku/?q=tidakada")
    assert "Rp 14.500" in body(client, f"/satker/buku/{cash.public_id}/")


def test_tables_run_nothing_and_add_up(market: Cast) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", 'kata, "kutip"\nbaris']
    cash = account_of_warung(market.warung, "cash")
    for number, text in enumerate(evil):
        cash = sold(market, 1_000, f"k{number}", text)
    rows = table(browser_of(market.hasan), f"/toko/buku/{cash.public_id}/unduh/")
    assert [len(row) for row in rows] == [6] * (len(evil) + 3)
    assert [row[1] for row in rows[2:-1]] == [*("'" + text.replace("\r", "\r'") for text in evil[:-1]), evil[-1]]
    assert [row[4] for row in rows[1:]] == [str(1_000 * number) for number in [*range(9), 8]]
    Account.objects.filter(pk=account_of_citizen(market.ratna).pk).update(name="=cmd|' /C calc'!A0")
    whole = table(browser_of(market.yuli), "/satker/buku/unduh/")
    assert next(row for row in whole if "cmd" in row[2])[2].startswith("'=")
    assert whole[-1][4:] == ["8000", "8000"]
    assert sum(int(row[4]) - int(row[5]) for row in whole[1:-1]) == 0


MANY = """
WITH told AS (
    INSERT INTO ledger_journalentry (public_id, key, text, at, by)
    SELECT gen_random_uuid(), 'many:' || n, 'Pesanan ' || n, now(), 'test' FROM generate_series(1, %s) AS n RETURNING id
)
INSERT INTO ledger_journalline (entry_id, account_id, amount)
SELECT id, account, amount FROM told, (VALUES (%s::bigint, 10), (%s::bigint, -10)) AS both_sides (account, amount)
"""


def book_many(market: Cast, count: int) -> Account:
    cash, sales = account_of_warung(market.warung, "cash"), account_of_warung(market.warung, "sales")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MANY, [count, cash.pk, sales.pk])
    return cash


def test_a_table_of_twenty_thousand_lines_fills_no_memory(market: Cast) -> None:
    """As many queries as for a few lines, the lines piece by piece from the server, the answer from the disk."""
    hasan, cash = browser_of(market.hasan), sold(market, 10, "a")
    url = f"/toko/buku/{cash.public_id}/unduh/"

    def exported() -> tuple[int, int, list[list[str]]]:
        tracemalloc.start()
        with CaptureQueriesContext(connection) as asked:
            answer = hasan.get(url)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        return len(asked), most, list(csv.reader(io.StringIO(text[1:])))

    exported()
    few, _little, _rows = exported()
    book_many(market, 20_000)
    many, most, rows = exported()
    assert (many, len(rows)) == (few, 20_001 + 3)
    assert most < 6_000_000
    assert [row[4] for row in rows[2:-1]] == [str(10 * number) for number in range(1, 20_002)]
    assert rows[-1][2:5] == ["200010", "0", "200010"]


def test_a_table_shows_one_moment(
    committed: None, market: Cast, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody sells while the table is being written: it ends with the balance of its beginning."""
    monkeypatch.setattr("tenant_apps.ledger.selectors.A_PIECE", 2)
    for number in range(5):
        cash = sold(market, 1_000, f"k{number}")
    seen: list[str] = []

    def meanwhile() -> None:
        with in_region(kalidoni):
            sold(market, 7, f"later:{len(seen)}")
        connection.close()

    def slowly(at: datetime, zone: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            seen.append(cursor.fetchone()[0])
        seller = Thread(target=meanwhile)
        seller.start()
        seller.join()
        # Read anew in the middle, the account still says what it said at first.
        assert Account.objects.get(pk=cash.pk).balance == 5_000
        return ""

    monkeypatch.setattr("tenant_apps.ledger.statements.moment", slowly)
    rows = table(browser_of(market.hasan), f"/toko/buku/{cash.public_id}/unduh/")
    assert seen == ["repeatable read"] * 5
    assert [row[4] for row in rows[1:]] == ["0", "1000", "2000", "3000", "4000", "5000", "5000"]
    with in_region(kalidoni):
        assert Account.objects.get(pk=cash.pk).balance == 5_035


def test_a_sheet_for_the_printer_runs_from_first_to_last_and_says_when_it_is_cut(
    market: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_apps.ledger.selectors.A_PRINT", 2)
    cash = sold(market, 1_000, "a", "Pertama")
    sold(market, 2_000, "b", "Kedua")
    hasan, url = browser_of(market.hasan), f"/toko/buku/{cash.public_id}/cetak/"
    page = body(hasan, url)
    assert page.index("Pertama") < page.index("Kedua") and "Rp 3.000" in page
    sold(market, 4_000, "c", "Ketiga")
    cut = body(hasan, url)
    assert "Ketiga" not in cut and "Rp 7.000" in cut and "2 " in cut


def test_a_page_asks_as_often_for_many_lines_as_for_few(market: Cast) -> None:
    def queries(client: Client, url: str) -> int:
        body(client, url)
        with CaptureQueriesContext(connection) as asked:
            body(client, url)
        return len(asked)

    cash = sold(market, 1_000, "a")
    credit(account_of_citizen(market.ratna), 100, "c")
    visits: list[tuple[Client, str]] = [
        (browser_of(market.hasan), "/toko/buku/"),
        (browser_of(market.hasan), f"/toko/buku/{cash.public_id}/"),
        (browser_of(market.yuli), "/satker/buku/"),
        (browser_of(market.ratna), "/akun/saldo/"),
    ]
    few = [queries(*visit) for visit in visits]
    for number in range(40):
        sold(market, 10, f"k{number}")
        credit(account_of_citizen(market.ratna), 10, f"r{number}")
        account_of_warung(market.warung, f"bon:{number}")
    assert [queries(*visit) for visit in visits] == few
