"""Pages ask as many questions of the database for many rows as for one, and a list is walked to its end and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.bank_sampah.models import LossReason, Member
from tenant_apps.bank_sampah.selectors import pieces
from tenant_apps.bank_sampah.selectors.books import members_with
from tenant_apps.bank_sampah.services import Sold, join, make_buyer, make_unit, sell, write_off
from tenant_apps.satker.models import ServiceSetting
from tests.cast import BY, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank


@pytest.fixture
def offered(bank: Bank) -> Bank:
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    return bank


def more(bank: Bank, members: int) -> None:
    """More of everything: members and units, slips of three kinds, payouts, sales and write-offs."""
    buyer = make_buyer(name=f"Pengepul {members}")
    unit = make_unit(name=f"Unit {members}")
    for count in range(members):
        join(unit=bank.unit, name=f"Ratna {count:03}", by=BY, agrees=True)
        bank.weigh({"PL-01": 2_000 + count, "KR-01": 500, "KC-01": 2})
        bank.weigh({"PL-02": 700}, unit=unit)
        bank.ask(1_000)
        line = Sold(bank.grade("PL-01"), 1_000, 5_000)
        sell(unit=bank.unit, buyer=buyer, key=uuid4(), note_number=f"{members}/{count}", lines=[line], by=BY)
        kr = bank.grade("KR-01")
        write_off(unit=bank.unit, key=uuid4(), grade=kr, quantity=10, reason=LossReason.DRIED, note="", by=BY)


def questions(client: Client, path: str) -> int:
    """Of a second visit: the first one fills caches."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer: Any = client.get(path)
    assert answer.status_code == 200, path
    return len(seen)


def test_more_rows_are_no_more_questions(offered: Bank) -> None:
    cast, unit = offered.cast, f"/sampah/{offered.unit.public_id}/"
    book = f"/tabungan/{offered.book.public_id}/"
    pages: list[tuple[Callable[[], Client], str]] = [
        *((lambda: browser_of(cast.ratna), path) for path in ("/tabungan/", book, f"{book}setoran/", f"{book}cetak/")),
        *(
            (lambda: browser_of(cast.yuli), path)
            for path in (
                unit,
                f"{unit}?q=ratna",
                f"{unit}nasabah/",
                f"{unit}nasabah/?q=ratna",
                f"{unit}nasabah/{offered.member.number}/",
                "/satker/bank-sampah/",
                "/satker/bank-sampah/laporan/",
                "/satker/bank-sampah/laporan/unduh/",
            )
        ),
    ]
    more(offered, 3)
    first = {path: questions(client(), path) for client, path in pages}
    more(offered, 40)
    assert {path: questions(client(), path) for client, path in pages} == first


@pytest.mark.parametrize("words", ["", "a", "rat"])
def test_a_list_is_walked_to_its_end_and_back(offered: Bank, words: str) -> None:
    # Many of one name: the key decides.
    names = ["Ratna"] * 8 + ["Agus", "Zainal", "Budi", "Nur", "budi"]
    for name in names:
        join(unit=offered.unit, name=name, by=BY, agrees=True)
    rows = members_with(words, offered.unit)
    whole = list(rows)
    assert len(whole) == len([name for name in [*names, "Ratna"] if words in name.lower()])
    for size in (1, 2, 5, len(whole), 30):
        seen, place = [], ""
        places = []
        while True:
            piece = pieces.piece_of(rows, place, size, words)
            seen.append(list(piece))
            places.append(piece)
            if not piece.later:
                break
            place = piece.later
        assert [one for part in seen for one in part] == whole
        assert places[0].earlier == ""
        for number in range(len(seen) - 1, 0, -1):
            back = pieces.piece_of(rows, places[number].earlier, size, words)
            assert list(back) == seen[number - 1]
            assert back.later == seen[number - 1][-1].number


@pytest.mark.parametrize("place", ["", "x", "\x00", "-", "-------", "999999", "-999999", "7KQ4MP" * 9, "٣٣٣٣٣٣"])
def test_a_place_that_makes_no_sense_is_the_beginning(offered: Bank, place: str) -> None:
    answer = browser_of(offered.cast.yuli).get(f"/sampah/{offered.unit.public_id}/nasabah/", {"dari": place})
    assert (answer.status_code, "Ratna" in answer.content.decode()) == (200, True)


def test_the_links_lead_on_and_keep_what_was_asked(offered: Bank) -> None:
    for count in range(70):
        join(unit=offered.unit, name=f"Siti {count:03}", by=BY, agrees=True)
    client, where = browser_of(offered.cast.yuli), f"/sampah/{offered.unit.public_id}/nasabah/"
    page = client.get(where, {"q": "siti"}).content.decode()
    found = []
    while True:
        found += re.findall(r"Siti \d{3}", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        if onward is None:
            break
        page = client.get(where + onward[1].replace("&amp;", "&")).content.decode()
    assert list(dict.fromkeys(found)) == [f"Siti {count:03}" for count in range(70)]
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back and "Siti 030" in client.get(where + back[1].replace("&amp;", "&")).content.decode()
    # Who left the list meanwhile leaves nobody without a page.
    gone = Member.objects.get(name="Siti 069")
    assert "Siti 000" in client.get(where, {"q": "siti", "dari": gone.number}).content.decode()
