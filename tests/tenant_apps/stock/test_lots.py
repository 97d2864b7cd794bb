"""Goods with a date: what leaves takes the earliest, what is past it is thrown away, and the rest of the shelf has none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Product
from tenant_apps.stock.errors import BadQuantity
from tenant_apps.stock.models import StockLevel, StockLocation, StockLot, StockMovement
from tenant_apps.stock.selectors import expiring_at, is_low, running_low
from tenant_apps.stock.services import (
    Line,
    adjust,
    discard_lot,
    location_of_satker,
    location_of_warung,
    receive,
    release,
    reserve,
    sell,
    set_low_mark,
    ship,
    take_back,
    transfer,
)
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.stock.truth import at, proven


def day(ahead: int) -> date:
    return clock.today(current_region().time_zone) + timedelta(days=ahead)


@pytest.fixture
def shelf(market: Cast) -> StockLocation:
    """Hasan's: ten eggs without a date, five that are good for two days, seven for five."""
    place = location_of_warung(market.warung)
    for ahead, eggs in ((5, 7), (2, 5)):
        came(market, place, eggs, ahead)
    return place


def came(market: Cast, place: StockLocation, eggs: int, ahead: int) -> None:
    lines = [Line(market.egg.pk, eggs, expires_on=day(ahead))]
    assert receive(location=place, lines=lines, reference=f"in:{uuid4()}", by=BY)


def left(place: StockLocation) -> list[tuple[date, int]]:
    rows = StockLot.objects.filter(location=place, left__gt=0).order_by("expires_on")
    return list(rows.values_list("expires_on", "left"))


def test_goods_with_a_date_are_part_of_the_shelf(market: Cast, shelf: StockLocation) -> None:
    assert at(shelf, market.egg) == (22, 0, 0, 12)
    assert left(shelf) == [(day(2), 5), (day(5), 7)]
    # The same date on the same day is the same lot.
    came(market, shelf, 3, 2)
    assert left(shelf) == [(day(2), 8), (day(5), 7)]


@pytest.mark.parametrize(
    ("case", "eggs", "after"),
    [
        ("a part of the first", 3, {2: 2, 5: 7}),
        ("all of the first", 5, {5: 7}),
        ("into the second", 6, {5: 6}),
        ("all that have a date", 12, {}),
        ("and some that have none", 20, {}),
    ],
)
def test_what_leaves_takes_the_earliest_first(
    market: Cast, shelf: StockLocation, case: str, eggs: int, after: dict[int, int]
) -> None:
    sell(location=shelf, lines=[Line(market.egg.pk, eggs)], reference="pos:1", by=BY)
    assert left(shelf) == [(day(ahead), number) for ahead, number in after.items()], case
    assert at(shelf, market.egg) == (22 - eggs, 0, 0, sum(after.values()))


def test_a_promise_takes_nothing_yet(market: Cast, shelf: StockLocation) -> None:
    goods = [Line(market.egg.pk, 6)]
    reserve(location=shelf, lines=goods, reference="order:1", by=BY)
    assert left(shelf) == [(day(2), 5), (day(5), 7)]
    release(location=shelf, lines=goods, reference="order:1", by=BY)
    reserve(location=shelf, lines=goods, reference="order:2", by=BY)
    ship(location=shelf, lines=goods, reference="order:2", by=BY)
    assert left(shelf) == [(day(5), 6)]
    take_back(location=shelf, lines=goods, reference="order:2", by=BY)
    # What comes back has no date any more.
    assert at(shelf, market.egg) == (22, 0, 0, 6)


def test_dates_travel_with_a_delivery(market: Cast, shelf: StockLocation) -> None:
    store, goods = location_of_satker(market.satker), [Line(market.egg.pk, 6)]
    reserve(location=shelf, lines=goods, reference="move:1", by=BY)
    assert transfer(source=shelf, target=store, lines=goods, reference="move:1", by=BY)
    assert left(shelf) == [(day(5), 6)] and left(store) == [(day(2), 5), (day(5), 1)]
    proven()


def test_a_lot_is_thrown_away_once(market: Cast, shelf: StockLocation) -> None:
    lot = StockLot.objects.get(expires_on=day(5))
    assert [discard_lot(lot=lot, by=BY, key="tap:1") for _tap in range(3)] == [7, 0, 0]
    assert at(shelf, market.egg) == (15, 0, 0, 5)
    moved = StockMovement.objects.latest("pk")
    assert (moved.reason, moved.delta_on_hand, moved.reference) == ("expired", -7, f"lot:{lot.public_id}")


def test_what_is_promised_is_not_thrown_away(market: Cast, shelf: StockLocation) -> None:
    reserve(location=shelf, lines=[Line(market.egg.pk, 16)], reference="order:1", by=BY)
    with pytest.raises(BadQuantity, match="16"):
        discard_lot(lot=StockLot.objects.get(expires_on=day(5)), by=BY, key="tap:1")
    assert at(shelf, market.egg) == (22, 16, 0, 12)


def test_a_date_that_has_passed_is_refused(market: Cast, shelf: StockLocation) -> None:
    with pytest.raises(BadQuantity):
        came(market, shelf, 1, -1)
    assert at(shelf, market.egg) == (22, 0, 0, 12)


def test_a_count_takes_the_earliest_too(market: Cast, shelf: StockLocation) -> None:
    adjust(location=shelf, product=market.egg, counted=18, reason="spoiled", by=BY, key="count:1")
    assert left(shelf) == [(day(2), 1), (day(5), 7)]


def test_the_database_keeps_lots_within_the_shelf(market: Cast, shelf: StockLocation) -> None:
    for wrong in (-1, 23):
        with pytest.raises(IntegrityError, match="level_holds_its_lots"), transaction.atomic():
            StockLevel.objects.filter(location=shelf, product=market.egg).update(dated=wrong)
    with pytest.raises(IntegrityError, match="lot_left_real"), transaction.atomic():
        StockLot.objects.update(left=-1)


def queries(step: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        step()
    return len([one for one in seen if "SAVEPOINT" not in one["sql"]])


def test_goods_without_dates_and_packs_move_in_five_statements(market: Cast, shelf: StockLocation) -> None:
    """Lock (make, read), look for the key, write levels, write movements: for one product as for two."""
    lots = [Line(market.egg.pk, 6)]
    plain = [Line(market.rice.pk, 1_000)]
    both = plain + [Line(other.pk, 1) for other in _others(market, 5)]
    receive(location=shelf, lines=both, reference="in:both", by=BY)
    for step in (reserve, release):
        for number, goods in enumerate((plain, both, lots)):
            assert queries(lambda: step(location=shelf, lines=goods, reference=f"q:{number}", by=BY)) == 5  # noqa: B023
    for number, goods in enumerate((plain, both)):
        assert queries(lambda: sell(location=shelf, lines=goods, reference=f"q:{number}", by=BY)) == 5  # noqa: B023
    # Two lots are touched: read and written together.
    assert queries(lambda: sell(location=shelf, lines=lots, reference="q:9", by=BY)) == 7


def _others(market: Cast, number: int) -> list[Product]:
    return [
        Product.objects.create(sku=f"L{n}", name=f"Lain {n}", category=market.rice.category, base_unit="pcs")
        for n in range(number)
    ]


# What runs out.


def test_an_owners_mark_tells_when_it_runs_out(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    assert running_low(shelf) == []
    for low_at, low in ((10, False), (11, True), (0, False), (None, False)):
        set_low_mark(location=shelf, product=market.egg, low_at=low_at)
        assert (market.egg.pk in running_low(shelf)) is low, low_at
    for wrong in (-1, 10**16):
        with pytest.raises(BadQuantity):
            set_low_mark(location=shelf, product=market.egg, low_at=wrong)
    # What is promised is not free.
    set_low_mark(location=shelf, product=market.egg, low_at=8)
    reserve(location=shelf, lines=[Line(market.egg.pk, 3)], reference="order:1", by=BY)
    assert running_low(shelf) == [market.egg.pk]


def test_without_a_mark_three_days_of_selling_tell(market: Cast) -> None:
    """35 eggs in 14 days are two and a half a day: seven and a half for three days."""
    shelf = location_of_warung(market.warung)
    receive(location=shelf, lines=[Line(market.egg.pk, 33)], reference="in:1", by=BY)
    sell(location=shelf, lines=[Line(market.egg.pk, 35)], reference="pos:1", by=BY)
    assert running_low(shelf) == []
    receive(location=shelf, lines=[Line(market.egg.pk, 1)], reference="in:2", by=BY)
    sell(location=shelf, lines=[Line(market.egg.pk, 2)], reference="pos:2", by=BY)
    level = StockLevel.objects.get(location=shelf, product=market.egg)
    assert (level.available, is_low(level, 37), running_low(shelf)) == (7, True, [market.egg.pk])


# The pages.


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def test_the_list_of_what_expires(market: Cast, shelf: StockLocation, hasan: Client) -> None:
    for asked, days in (("", [2]), ("?hari=7", [2, 5]), ("?hari=abc&page=abc", [2]), ("?hari=9999999999999999", [2])):
        page = hasan.get(f"/toko/stok/kedaluwarsa/{asked}").context["page"]
        assert [lot.expires_on for lot in page] == [day(ahead) for ahead in days], asked
    assert hasan.get("/toko/stok/").context["expiring"] == 1
    assert list(browser_of(market.siti).get("/toko/stok/kedaluwarsa/?hari=30").context["page"]) == []


def test_one_tap_throws_away(market: Cast, shelf: StockLocation, hasan: Client) -> None:
    lot = StockLot.objects.get(expires_on=day(2))
    sent = {"warung": str(market.warung.public_id), "key": str(uuid4()), "from": "list"}
    page = f"/toko/stok/kedaluwarsa/{lot.public_id}/buang/"
    assert hasan.post(page, sent | {"key": "x"}).status_code == 404
    assert browser_of(market.siti).post(page, sent).status_code == 404
    theirs = sent | {"warung": str(market.other_warung.public_id)}
    assert browser_of(market.siti).post(page, theirs).status_code == 404
    assert left(shelf) == [(day(2), 5), (day(5), 7)]
    for _tap in range(2):
        assert hasan.post(page, sent)["Location"] == "/toko/stok/kedaluwarsa/"
    assert left(shelf) == [(day(5), 7)] and at(shelf, market.egg) == (17, 0, 0, 7)
    assert not expiring_at(shelf, day(2)).exists()


def test_hasan_writes_down_a_date(market: Cast, hasan: Client) -> None:
    sent = {
        "warung": str(market.warung.public_id),
        "in-amount": "4",
        "in-unit": "1",
        "in-expires_on": day(1).isoformat(),
        "in-key": str(uuid4()),
    }
    assert hasan.post(f"/toko/stok/{market.egg.public_id}/masuk/", sent).status_code == 302
    assert left(location_of_warung(market.warung)) == [(day(1), 4)]


def test_hasan_sets_his_mark_and_finds_what_runs_out(market: Cast, hasan: Client) -> None:
    page, sent = f"/toko/stok/{market.rice.public_id}/batas/", {"warung": str(market.warung.public_id)}
    assert hasan.post(page, sent | {"mark-amount": "60", "mark-unit": "1000"}).status_code == 302
    listed = hasan.get("/toko/stok/?tab=low").context
    assert [product.name for product, _level in listed["page"]] == ["Beras medium"]
    assert listed["low"] == [market.rice.pk]
    for wrong in ({"mark-amount": "-1"}, {"mark-amount": "9" * 30}, {"mark-amount": "\x00"}, {"mark-unit": "7"}):
        answer = hasan.post(page, {**sent, "mark-amount": "1", "mark-unit": "1000"} | wrong)
        assert answer.status_code == 200 and answer.context["mark"].errors
    assert hasan.post(page, sent | {"mark-amount": "", "mark-unit": "1000"}).status_code == 302
    assert StockLevel.objects.get(product=market.rice, location__warung=market.warung).low_at is None
