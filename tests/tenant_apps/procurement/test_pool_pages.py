"""The pages of joint purchases: the Satker of each region sees its own numbers, the supplier each region's order."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shared_apps.exchange.models import Pool, PoolLine, PoolState
from shared_apps.supplier_catalog.models import SupplierRole
from tenant_apps.procurement.models import CyclePool
from tenant_apps.procurement.services import extend_cycle
from tenant_apps.procurement.services.announcing_pools import tell_of_pools
from tenant_apps.procurement.services.pooling import cancel_joint, join_pool
from tenants.context import as_owner, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, browser_of
from tests.shared_apps.supplier_catalog.people import member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import offer
from tests.tenant_apps.procurement.test_pools import Side, Two

POOLS = "/satker/patungan/"


@pytest.fixture
def two(kalidoni: Region, lombok: Region) -> Two:
    return Two(kalidoni, lombok)


def yuli(side: Side) -> Client:
    """The officer of a region's Satker."""
    return browser_of(side.round.cast.yuli, side.region.name.lower())


def shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def told() -> list[str]:
    return list(OutboxMessage.objects.filter(kind="notice", dedupe__contains="pool.").values_list("dedupe", flat=True))


def test_two_satker_walk_through_it_on_their_pages(two: Two) -> None:
    cycle, other = two.a.opened(36), two.b.opened(30)
    with two.a.bound():
        here = yuli(two.a)
        assert "Belum ada patungan" in shown(here.get(POOLS))
        page = shown(here.get(f"{POOLS}baru/"))
        assert "Sinar Musi" in page and cycle.number in page
        closes = timezone.localtime(clock.now() + timedelta(days=3))
        form = {
            "key": str(uuid.uuid4()),
            "name": "Telur bersama",
            "cycle": cycle.number,
            "supplier": str(two.supplier.public_id),
            "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        }
        wrong = shown(here.post(f"{POOLS}baru/", form | {"closes_at": "2020-01-01T10:00"}), 400)
        assert "Telur bersama" in wrong and not Pool.objects.exists()
        for _time in range(2):
            answer = here.post(f"{POOLS}baru/", form)
        pool = Pool.objects.get()
        url = f"{POOLS}{pool.number}/"
        assert answer["Location"] == url
        assert "Tidak Ada" in shown(here.post(f"{url}undang/", {"who": "Tidak Ada"}), 400)
        assert here.post(f"{url}undang/", {"who": "lombok"}).status_code == 302
    with two.b.bound():
        there = yuli(two.b)
        tell_of_pools()
        tell_of_pools()
        assert len(set(told())) == len(told()) == 1
        page = shown(there.get(url))
        assert "Anda mau ikut?" in page and "Kalidoni" in page
        assert shown(there.post(f"{url}ikut/", {"cycle": "XXXXXX"}), 400)
        assert there.post(f"{url}ikut/", {"cycle": other.number}).status_code == 302
        # What is the host's is not done by others.
        there.post(f"{url}tutup/")
        there.post(f"{url}batalkan/", {"reason": "x"})
        assert Pool.objects.get().state == PoolState.GATHERING
    two.a.lock()
    two.b.lock()
    with two.a.bound():
        page = shown(here.get(url))
        assert "paling sedikit 6" in page and "1 wilayah lain" in page
        assert here.post(f"{url}tutup/").status_code == 302
        page = shown(here.get(f"/satker/putaran/{cycle.number}/"))
        assert "harga mulai 10" in page and "Rp 60.000" in page
    with two.b.bound():
        tell_of_pools()
        assert len(told()) == 2
        page = shown(there.get(f"/satker/putaran/{other.number}/"))
        # The plan of before still stands; its button makes it anew.
        assert "Rp 50.000" in page
        there.post(f"/satker/putaran/{other.number}/susun/", {"below": "keep"})
        there.post(f"/satker/putaran/{other.number}/pesan/")
        order = two.b.now().purchases.get().order_number
    with on_platform():
        oman = platform_browser(member(two.supplier, "Oman", SupplierRole.ORDERS))
        page = shown(oman.get("/pemasok/patungan/"))
        assert "11 kemasan dari 2 wilayah: harga mulai 10" in page and order in page and "belum ada pesanan" in page
        assert "patungan 2 wilayah: harga mulai 10 kemasan" in shown(oman.get(f"/pemasok/pesanan/{order}/"))


def test_no_page_holds_a_number_of_the_other_region(two: Two) -> None:
    """While it gathers, Kalidoni's pages are the same to the letter, whatever of a tier Lombok's plan fills."""
    pool = two.together(36, 42)
    two.a.lock()
    pages: list[list[str]] = []
    for cartons in (7, 8):
        with two.b.bound() as here:
            if cartons == 8:
                here_cycle = two.b.now()
                extend_cycle(cycle=here_cycle, closes_at=clock.now() + timedelta(hours=1), by=BY)
                here.order(here_cycle, here.cast.warung, eggs=cartons * 6)
        two.b.lock()
        assert two.b.pledged() == [cartons]
        with two.a.bound():
            browser = yuli(two.a)
            pages.append(
                [
                    re.sub(r"\b[A-Za-z0-9]{64}\b", "", shown(browser.get(path)))
                    for path in (POOLS, f"{POOLS}{pool.number}/", f"/satker/putaran/{two.a.now().number}/")
                ]
            )
    assert pages[0] == pages[1]


def test_who_is_not_invited_finds_nothing(two: Two) -> None:
    two.a.opened(36)
    pool = two.start()
    with two.b.bound():
        browser = yuli(two.b)
        assert browser.get(f"{POOLS}{pool.number}/").status_code == 404
        for step in ("ikut", "keluar", "tutup", "batalkan", "undang"):
            assert browser.post(f"{POOLS}{pool.number}/{step}/", {"who": "x"}).status_code == 404
        assert pool.name not in shown(browser.get(POOLS))


def test_what_is_cancelled_is_told_with_its_reason(two: Two) -> None:
    pool = two.together(36, 30)
    with two.a.bound():
        browser = yuli(two.a)
        url = f"{POOLS}{pool.number}/"
        assert "wilayah lain membacanya" in shown(browser.post(f"{url}batalkan/", {"reason": ""}), 400)
        browser.post(f"{url}batalkan/", {"reason": "Harga turun"})
    with two.b.bound():
        tell_of_pools()
        assert len(told()) == 1
        page = shown(yuli(two.b).get(url))
        assert "Harga turun" in page and "Dibatalkan" in page
        # The cycle is free for another one.
        assert CyclePool.objects.count() == 1
    with two.a.bound():
        again = two.start()
        browser.post(f"{POOLS}{again.number}/undang/", {"who": "Lombok"})
    with two.b.bound():
        assert two.b.now().number in shown(yuli(two.b).get(f"{POOLS}{again.number}/"))
        join_pool(pool=again, cycle=two.b.now(), by=BY)
        assert CyclePool.objects.get().pool == again.public_id
    with two.a.bound():
        cancel_joint(pool=again, reason="Selesai", by=BY)


def test_the_page_asks_as_often_for_many_lines_as_for_one(two: Two) -> None:
    pool = two.together(36, 30)
    with two.a.bound():
        browser = yuli(two.a)
        browser.get(f"{POOLS}{pool.number}/")
        with CaptureQueriesContext(connection) as first:
            browser.get(f"{POOLS}{pool.number}/")
    with on_platform():
        more = [
            offer(two.supplier, f"X-{n}", f"Barang {n}", pack=("dus", 10), price=20, tiers=[(10, 10)]) for n in range(8)
        ]
    with as_owner():
        PoolLine.objects.bulk_create(PoolLine(pool=pool, offer=one, sku="x", name="x", pack_label="x") for one in more)
    with two.a.bound(), CaptureQueriesContext(connection) as second:
        assert shown(browser.get(f"{POOLS}{pool.number}/")).count("mulai 10: Rp 10") == 8
    assert len(second) == len(first)
