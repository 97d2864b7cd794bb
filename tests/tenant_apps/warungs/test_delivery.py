"""Where and when a warung brings goods: its zones, its delivery times, and the cut-off of a Fresh Food stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tenant_apps.warungs.delivering import Reach, open_days, reach_of, slots_of
from tenant_apps.warungs.errors import BadDelivery, NotReady, OutsideRegion
from tenant_apps.warungs.models import DeliverySlot, DeliveryZone, Kind, PreorderTerms, Warung
from tenant_apps.warungs.selectors import opening_of, warungs_of
from tenant_apps.warungs.services import (
    open_warung,
    register_warung,
    set_minimum,
    set_slot,
    set_terms,
    set_zone,
)
from tests.cast import BY, VILLAGE, Cast, browser_of

OTHER = "16.71.10.1003"
ALL_WEEK = range(7)


def stand(cast: Cast, *, opened: bool = True) -> Warung:
    """The Satker's Fresh Food stand: every day, ordered until 18.00 of the day before."""
    found = register_warung(name="Fresh Food Kalidoni", village_code=VILLAGE, delivers=True, kind=Kind.FRESH, by=BY)
    if opened:
        set_terms(warung=found, valid_from=date(2026, 1, 1), cutoff=time(18), lead_days=1, weekdays=ALL_WEEK)
        open_warung(warung=found, by=BY)
    return found


def test_without_zones_the_own_fee_counts_everywhere(market: Cast) -> None:
    set_minimum(warung=market.warung, minimum_order=20_000)
    assert reach_of(market.warung, OTHER, None) == Reach(2_000, 20_000)
    assert reach_of(market.other_warung, OTHER, None) is None


@pytest.mark.parametrize(
    ("case", "village", "rw", "reach"),
    [
        ("the whole kelurahan", VILLAGE, 1, Reach(3_000, 10_000)),
        ("an RW of its own", VILLAGE, 2, Reach(1_000, 0)),
        ("RW unknown", VILLAGE, None, Reach(3_000, 10_000)),
        ("another kelurahan", OTHER, 2, None),
    ],
)
def test_the_nearest_zone_counts(market: Cast, case: str, village: str, rw: int | None, reach: Reach | None) -> None:
    set_zone(warung=market.warung, village_code=VILLAGE, rw=None, fee=3_000, minimum_order=10_000)
    set_zone(warung=market.warung, village_code=VILLAGE, rw=2, fee=1_000, minimum_order=0)
    assert reach_of(market.warung, village, rw) == reach


def test_the_same_zone_again_takes_the_new_fee(market: Cast) -> None:
    for fee in (3_000, 4_000):
        set_zone(warung=market.warung, village_code=VILLAGE, rw=None, fee=fee, minimum_order=0)
    assert DeliveryZone.objects.get().fee == 4_000


def test_a_zone_lies_in_the_region(market: Cast) -> None:
    with pytest.raises(OutsideRegion):
        set_zone(warung=market.warung, village_code="52.71.01.1001", rw=None, fee=0, minimum_order=0)
    assert not DeliveryZone.objects.exists()


@pytest.mark.parametrize(
    ("case", "starts", "ends"),
    [("backwards", time(10), time(9)), ("no time at all", time(9), time(9)), ("overlaps", time(8), time(9, 30))],
)
def test_slots_do_not_overlap(market: Cast, case: str, starts: time, ends: time) -> None:
    set_slot(warung=market.warung, weekday=0, starts=time(9), ends=time(11), capacity=3)
    with pytest.raises(BadDelivery):
        set_slot(warung=market.warung, weekday=0, starts=starts, ends=ends, capacity=3)
    assert DeliverySlot.objects.get().ends == time(11)


def test_slots_of_the_coming_week(market: Cast) -> None:
    for day in ALL_WEEK:
        set_slot(warung=market.warung, weekday=day, starts=time(0), ends=time(1), capacity=3)
    # Today's has begun.
    assert len(slots_of(market.warung)) == 6


@pytest.mark.parametrize(
    ("case", "at", "first"),
    [
        ("before the cut-off", datetime(2026, 11, 23, 10, 59, tzinfo=UTC), date(2026, 11, 24)),
        ("at the cut-off", datetime(2026, 11, 23, 11, 0, tzinfo=UTC), date(2026, 11, 26)),
        ("terms change with the day they count for", datetime(2026, 11, 27, 0, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_days_follow_the_terms_of_their_date(case: str, at: datetime, first: date) -> None:
    # Tuesday and Thursday until 18.00 WIB of the day before; from December on, until 06.00 two days before.
    terms = [
        PreorderTerms(valid_from=date(2026, 12, 1), cutoff=time(6), lead_days=2, weekdays="1,3"),
        PreorderTerms(valid_from=date(2026, 1, 1), cutoff=time(18), lead_days=1, weekdays="1,3"),
    ]
    days = open_days(terms, at=at, zone="Asia/Jakarta")
    assert days[0].day == first
    late = next(one for one in days if one.day == date(2026, 12, 1))
    assert late.until.isoformat() == "2026-11-29T06:00:00+07:00"


def test_a_stand_is_open_until_its_cut_off(market: Cast) -> None:
    assert opening_of(stand(market)).is_open
    changes_at = opening_of(stand(market)).changes_at
    assert changes_at is not None and changes_at > timezone.now()


def test_a_stand_without_days_does_not_open(market: Cast) -> None:
    found = stand(market, opened=False)
    with pytest.raises(NotReady):
        open_warung(warung=found, by=BY)
    assert Warung.objects.get(pk=found.pk).state == "draft"


def test_a_warung_has_no_cut_off(market: Cast) -> None:
    with pytest.raises(BadDelivery):
        set_terms(warung=market.warung, valid_from=date(2026, 1, 1), cutoff=time(6), lead_days=1, weekdays=[1])


def test_the_people_of_the_satker_run_the_stand(market: Cast) -> None:
    found = stand(market)
    assert list(warungs_of(market.member(market.yuli))) == [found]
    for stranger in (market.hasan, market.ratna, market.budi):
        assert found not in warungs_of(market.member(stranger))


def test_the_page_keeps_zones_slots_and_minimum(market: Cast) -> None:
    hasan, here = browser_of(market.hasan), {"warung": str(market.warung.public_id)}
    sent = {
        "wilayah/": {"village_code": VILLAGE, "rw": "2", "fee": "1.500", "minimum_order": ""},
        "waktu/": {"weekday": "0", "starts": "09:00", "ends": "11:00", "capacity": "4"},
        "minimum/": {"minimum_order": "15000"},
    }
    for path, form in sent.items():
        assert hasan.post(f"/toko/antar/{path}", here | form).status_code == 302
    page = hasan.get("/toko/antar/").content.decode()
    assert "09.00–11.00" in page
    assert "Rp\xa01.500" in page
    market.warung.refresh_from_db()
    assert market.warung.minimum_order == 15_000
    zone, slot = DeliveryZone.objects.get(), DeliverySlot.objects.get()
    assert hasan.post(f"/toko/antar/wilayah/{zone.public_id}/hapus/", here).status_code == 302
    assert hasan.post(f"/toko/antar/waktu/{slot.public_id}/hapus/", here).status_code == 302
    assert not DeliveryZone.objects.exists() and not DeliverySlot.objects.exists()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("wilayah/", {"village_code": "99", "fee": "1"}),
        ("wilayah/", {"village_code": VILLAGE, "rw": "9" * 30, "fee": "1"}),
        ("wilayah/", {"village_code": VILLAGE, "fee": "9" * 30}),
        ("waktu/", {"weekday": "9", "starts": "x", "ends": "\x00", "capacity": "0"}),
        ("waktu/", {"weekday": "1", "starts": "10:00", "ends": "09:00", "capacity": "1"}),
        ("minimum/", {"minimum_order": "-5"}),
        ("minimum/", {}),
    ],
)
def test_bad_input_is_said_on_the_page(market: Cast, path: str, form: dict[str, str]) -> None:
    hasan = browser_of(market.hasan)
    answer = hasan.post(f"/toko/antar/{path}", {"warung": str(market.warung.public_id)} | form)
    assert answer.status_code == 400
    assert not DeliveryZone.objects.exists() and not DeliverySlot.objects.exists()


def test_strangers_find_nothing(market: Cast) -> None:
    slot = set_slot(warung=market.warung, weekday=0, starts=time(9), ends=time(11), capacity=3)
    here = {"warung": str(market.other_warung.public_id)}
    siti = browser_of(market.siti)
    assert siti.post(f"/toko/antar/waktu/{slot.public_id}/hapus/", here).status_code == 404
    assert siti.post(f"/toko/antar/waktu/{uuid4()}/hapus/", here).status_code == 404
    assert siti.post("/toko/antar/minimum/", {"warung": str(market.warung.public_id)}).status_code == 404
    assert siti.post("/toko/antar/batas/", here).status_code == 404
    assert browser_of(market.ratna).get("/toko/antar/").status_code == 404
    assert DeliverySlot.objects.count() == 1


def test_yuli_keeps_the_cut_off(market: Cast) -> None:
    found = stand(market, opened=False)
    yuli = browser_of(market.yuli)
    day = (timezone.now() - timedelta(days=1)).date().isoformat()
    form = {"warung": str(found.public_id), "valid_from": day, "cutoff": "18:00", "lead_days": "1", "weekdays": ["1"]}
    assert yuli.post("/toko/antar/batas/", form).status_code == 302
    assert found.terms.get().weekdays == "1"
    assert yuli.get("/toko/antar/").status_code == 200
