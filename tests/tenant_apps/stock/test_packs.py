"""Unopened packs: opened with one tap, opened by themselves when loose goods are not enough, never more than is there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.stock.errors import BadQuantity, NothingUnopened
from tenant_apps.stock.models import PackOpening, SealedPack, StockLevel, StockLocation, StockMovement
from tenant_apps.stock.services import (
    Line,
    adjust,
    location_of_satker,
    location_of_warung,
    open_pack,
    receive,
    reserve,
    seal_packs,
    sell,
    ship,
    transfer,
)
from tenants.context import as_owner, scope
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.stock.truth import at, proven


@pytest.fixture
def shelf(market: Cast) -> StockLocation:
    """Hasan's: 50 kg of rice lie loose, and two sacks of 50 kg came unopened."""
    place = location_of_warung(market.warung)
    sacks = [Line(market.rice.pk, 100_000, sealed_in=market.sack.pk)]
    assert receive(location=place, lines=sacks, reference="in:1", by=BY)
    return place


def history(market: Cast) -> list[tuple[int, str]]:
    return list(PackOpening.objects.order_by("pk").values_list("change", "reason"))


def test_packs_that_come_unopened_are_part_of_the_pool(market: Cast, shelf: StockLocation) -> None:
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)
    assert history(market) == [(2, "received")]


def test_one_tap_opens_one_once(market: Cast, shelf: StockLocation) -> None:
    for tap in (True, False):
        assert open_pack(location=shelf, pack=market.sack, by=BY, key="tap:1") is tap
    assert at(shelf, market.rice) == (150_000, 0, 50_000, 0)
    assert history(market) == [(2, "received"), (-1, "opened")]
    # The pool did not move.
    assert not StockMovement.objects.filter(reason="opened").exists()


def test_what_is_not_there_cannot_be_opened(market: Cast, shelf: StockLocation) -> None:
    for tap in range(2):
        open_pack(location=shelf, pack=market.sack, by=BY, key=f"tap:{tap}")
    with pytest.raises(NothingUnopened):
        open_pack(location=shelf, pack=market.sack, by=BY, key="tap:3")
    assert at(shelf, market.rice) == (150_000, 0, 0, 0)


def test_a_mistaken_tap_is_undone_by_closing_again(market: Cast, shelf: StockLocation) -> None:
    open_pack(location=shelf, pack=market.sack, by=BY, key="tap:1")
    for tap in (True, False):
        assert seal_packs(location=shelf, pack=market.sack, count=1, by=BY, key="tap:2") is tap
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)


@pytest.mark.parametrize("count", [0, -1, 2, 10**16])
def test_no_more_is_unopened_than_lies_loose(market: Cast, shelf: StockLocation, count: int) -> None:
    with pytest.raises(BadQuantity):
        seal_packs(location=shelf, pack=market.sack, count=count, by=BY, key="tap:1")
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0) and history(market) == [(2, "received")]


def test_the_smallest_pack_cannot_be_opened(market: Cast, shelf: StockLocation) -> None:
    with pytest.raises(BadQuantity):
        seal_packs(location=shelf, pack=market.kilo, count=1, by=BY, key="tap:1")
    receive(location=shelf, lines=[Line(market.rice.pk, 1_000, sealed_in=market.kilo.pk)], reference="in:2", by=BY)
    assert at(shelf, market.rice) == (151_000, 0, 100_000, 0)


def test_another_products_pack_seals_nothing(market: Cast, shelf: StockLocation) -> None:
    receive(location=shelf, lines=[Line(market.egg.pk, 50_000, sealed_in=market.sack.pk)], reference="in:2", by=BY)
    assert at(shelf, market.egg) == (50_010, 0, 0, 0)
    proven()


def test_selling_more_than_lies_loose_opens_a_pack_by_itself(market: Cast, shelf: StockLocation) -> None:
    sell(location=shelf, lines=[Line(market.rice.pk, 50_000)], reference="pos:1", by=BY)
    assert at(shelf, market.rice) == (100_000, 0, 100_000, 0)
    sell(location=shelf, lines=[Line(market.rice.pk, 1)], reference="pos:2", by=BY)
    assert at(shelf, market.rice) == (99_999, 0, 50_000, 0)
    last = PackOpening.objects.latest("pk")
    assert (last.change, last.reason, last.reference, last.base_quantity) == (-1, "sold", "pos:2", 50_000)


def test_the_smallest_packs_are_opened_first(market: Cast) -> None:
    shelf, egg = location_of_warung(market.warung), market.egg
    dus = Pack.objects.create(product=egg, label="dus 40", base_quantity=40, use=Use.BUY)
    ten = Pack.objects.create(product=egg, label="ikat 10", base_quantity=10, use=Use.BUY)
    lines = [Line(egg.pk, 40, sealed_in=dus.pk), Line(egg.pk, 30, sealed_in=ten.pk)]
    receive(location=shelf, lines=lines, reference="in:1", by=BY)
    reserve(location=shelf, lines=[Line(egg.pk, 22)], reference="order:1", by=BY)
    ship(location=shelf, lines=[Line(egg.pk, 22)], reference="order:1", by=BY)
    # Ten lay loose: two bundles more were needed, and the box stayed closed.
    assert at(shelf, egg) == (58, 0, 50, 0)
    assert dict(SealedPack.objects.values_list("pack__label", "count")) == {"dus 40": 1, "ikat 10": 1}
    proven()


def test_a_whole_pack_that_leaves_is_unopened_no_more(market: Cast, shelf: StockLocation) -> None:
    sell(location=shelf, lines=[Line(market.rice.pk, 50_000, sealed_in=market.sack.pk)], reference="pos:1", by=BY)
    assert at(shelf, market.rice) == (100_000, 0, 50_000, 0)


def test_a_count_below_what_is_unopened_opens_too(market: Cast, shelf: StockLocation) -> None:
    adjust(location=shelf, product=market.rice, counted=30_000, reason="count", by=BY, key="count:1")
    assert at(shelf, market.rice) == (30_000, 0, 0, 0)
    proven()


def test_packs_come_unopened_from_the_satker(market: Cast) -> None:
    store, shelf = location_of_satker(market.satker), location_of_warung(market.warung)
    lines = [Line(market.rice.pk, 100_000, sealed_in=market.sack.pk)]
    reserve(location=store, lines=lines, reference="restock:1", by=BY)
    assert transfer(source=store, target=shelf, lines=lines, reference="restock:1", by=BY)
    assert at(store, market.rice) == (400_000, 0, 0, 0)
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)
    proven()


def test_the_database_keeps_packs_within_the_pool(market: Cast, shelf: StockLocation) -> None:
    rows = StockLevel.objects.filter(location=shelf, product=market.rice)
    for wrong in (-1, 150_001):
        with pytest.raises(IntegrityError, match="level_holds_its_packs"), transaction.atomic():
            rows.update(sealed=wrong)
    with pytest.raises(IntegrityError, match="sealed_count_real"), transaction.atomic():
        SealedPack.objects.update(count=-1)


@pytest.mark.parametrize("statement", ["UPDATE {} SET change = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_openings_are_never_rewritten(market: Cast, shelf: StockLocation, statement: str) -> None:
    with (
        as_owner(scope()),
        pytest.raises(IntegrityError, match="never rewritten"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format("stock_packopening"))


# The pages.


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def tap(market: Cast, **changed: str) -> dict[str, str]:
    sent = {"warung": str(market.warung.public_id), "pack": str(market.sack.pk), "key": str(uuid4())}
    return {**sent, **changed}


def url(market: Cast, what: str) -> str:
    return f"/toko/stok/{market.rice.public_id}/{what}/"


def test_hasan_opens_a_sack_with_one_tap(market: Cast, shelf: StockLocation, hasan: Client) -> None:
    shown = hasan.get(f"/toko/stok/{market.rice.public_id}/")
    assert shown.context["packs"] == [(market.sack, 2)] and url(market, "pecah") in shown.content.decode()
    sent = tap(market)
    for _tap in range(2):
        assert hasan.post(url(market, "pecah"), sent).status_code == 302
    assert at(shelf, market.rice) == (150_000, 0, 50_000, 0)
    assert PackOpening.objects.latest("pk").by == market.hasan.actor
    hasan.post(url(market, "tutup"), tap(market, count="1"))
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)


@pytest.mark.parametrize(
    ("field", "text", "status"),
    [
        ("pack", "0", 302),
        ("pack", "9" * 18, 404),
        ("pack", "9" * 30, 302),
        ("pack", "x\x00", 302),
        ("key", "no key", 302),
        ("count", "9" * 30, 302),
        ("count", "-1", 302),
        ("warung", "nowhere", 404),
    ],
)
def test_what_is_no_tap_changes_nothing(
    market: Cast, shelf: StockLocation, hasan: Client, field: str, text: str, status: int
) -> None:
    for what in ("pecah", "tutup"):
        answer = hasan.post(url(market, what), tap(market, **{field: text}))
        assert answer.status_code == status
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)


def test_siti_opens_nothing_of_hasans(market: Cast, shelf: StockLocation) -> None:
    siti = browser_of(market.siti)
    assert siti.post(url(market, "pecah"), tap(market)).status_code == 404
    siti.post(url(market, "pecah"), tap(market, warung=str(market.other_warung.public_id)))
    assert at(shelf, market.rice) == (150_000, 0, 100_000, 0)
    assert browser_of(market.ratna).post(url(market, "pecah"), tap(market)).status_code == 404


def arrival(market: Cast, **changed: str) -> dict[str, str]:
    sent = {"warung": str(market.warung.public_id), "in-amount": "2", "in-unit": "50000", "in-key": str(uuid4())}
    return {**sent, **changed}


def test_hasan_adds_what_he_bought_elsewhere(market: Cast, hasan: Client) -> None:
    sent = arrival(market, **{"in-unopened": "on"})
    for _tap in range(2):
        assert hasan.post(url(market, "masuk"), sent).status_code == 302
    assert at(location_of_warung(market.warung), market.rice) == (150_000, 0, 100_000, 0)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("in-amount", ""),
        ("in-amount", "0"),
        ("in-amount", "9" * 30),
        ("in-amount", "\x00"),
        ("in-unit", "7"),
        ("in-key", "no"),
        ("in-expires_on", "2020-01-01"),
        ("in-expires_on", "9999-12-31"),
        ("in-expires_on", "soon"),
    ],
)
def test_what_is_no_arrival_is_a_message(market: Cast, hasan: Client, field: str, text: str) -> None:
    answer = hasan.post(url(market, "masuk"), arrival(market, **{field: text}))
    assert (answer.status_code, list(answer.context["arrival"].errors)) == (200, [field.removeprefix("in-")])
    assert at(location_of_warung(market.warung), market.rice) == (50_000, 0, 0, 0)


def test_half_a_sack_is_not_unopened(market: Cast, hasan: Client) -> None:
    for changed, field in (({"in-amount": "1,5"}, "amount"), ({"in-unit": "1000"}, "unopened")):
        answer = hasan.post(url(market, "masuk"), arrival(market, **{"in-unopened": "on"}, **changed))
        assert list(answer.context["arrival"].errors) == [field]
    assert at(location_of_warung(market.warung), market.rice) == (50_000, 0, 0, 0)
