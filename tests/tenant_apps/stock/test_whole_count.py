"""A whole shelf is counted on a phone, looked over, and applied at once or not at all."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tenant_apps.stock.errors import BadQuantity, CountBelowPromise, NotCounted
from tenant_apps.stock.models import CountState, StockCount, StockCountLine, StockLocation, StockMovement
from tenant_apps.stock.services import (
    Line,
    apply_count,
    begin_count,
    drop_count,
    forget_count_of,
    location_of_warung,
    reserve,
    sell,
    write_counts,
)
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.stock.test_race import at_once
from tests.tenant_apps.stock.truth import at, proven


@pytest.fixture
def shelf(market: Cast) -> StockLocation:
    return location_of_warung(market.warung)


@pytest.fixture
def count(shelf: StockLocation) -> StockCount:
    return begin_count(location=shelf, by=BY)


def moved() -> list[tuple[str, str, int]]:
    rows = StockMovement.objects.filter(reference__startswith="count:").order_by("pk")
    return list(rows.values_list("product__name", "reason", "delta_on_hand"))


def on_hand(market: Cast, shelf: StockLocation) -> tuple[int, int]:
    return at(shelf, market.rice)[0], at(shelf, market.egg)[0]


def test_a_count_changes_the_stock_when_it_is_applied(market: Cast, shelf: StockLocation, count: StockCount) -> None:
    write_counts(count=count, counted={market.rice: 48_000, market.egg: 12}, by=BY)
    assert on_hand(market, shelf) == (50_000, 10)
    reasons = {market.rice.pk: "spoiled"}
    for _tap in range(2):
        assert apply_count(count=count, reasons=reasons, by=BY).state == CountState.APPLIED
    assert on_hand(market, shelf) == (48_000, 12)
    assert sorted(moved()) == [("Beras medium", "spoiled", -2_000), ("Telur ayam", "count", 2)]
    count.refresh_from_db()
    assert count.closed_by == BY and count.closed_at is not None
    proven()


def test_what_was_sold_meanwhile_stays_sold(market: Cast, shelf: StockLocation, count: StockCount) -> None:
    write_counts(count=count, counted={market.egg: 8}, by=BY)
    sell(location=shelf, lines=[Line(market.egg.pk, 3)], reference="pos:1", by=BY)
    apply_count(count=count, reasons={}, by=BY)
    assert at(shelf, market.egg)[0] == 5


def test_counting_again_replaces_what_was_counted(market: Cast, count: StockCount) -> None:
    for counted in (3, 10):
        write_counts(count=count, counted={market.egg: counted}, by=BY)
    assert StockCountLine.objects.get().difference == 0
    forget_count_of(count=count, product=market.egg)
    assert not count.lines.exists()


def test_all_lines_below_what_is_promised_are_told_at_once(
    market: Cast, shelf: StockLocation, count: StockCount
) -> None:
    goods = [Line(market.rice.pk, 20_000), Line(market.egg.pk, 4)]
    reserve(location=shelf, lines=goods, reference="order:1", by=BY)
    write_counts(count=count, counted={market.rice: 19_999, market.egg: 3}, by=BY)
    with pytest.raises(CountBelowPromise) as refused:
        apply_count(count=count, reasons={}, by=BY)
    assert {(one.product_name, one.asked, one.available) for one in refused.value.shortages} == {
        ("Beras medium", 20_000, 19_999), ("Telur ayam", 4, 3),
    }  # fmt: skip
    count.refresh_from_db()
    assert (count.state, moved(), on_hand(market, shelf)) == (CountState.OPEN, [], (50_000, 10))


def test_a_dropped_count_changes_nothing(market: Cast, shelf: StockLocation, count: StockCount) -> None:
    write_counts(count=count, counted={market.egg: 1}, by=BY)
    for _tap in range(2):
        drop_count(count=count, by=BY)
    for late in (
        partial(apply_count, count=count, reasons={}, by=BY),
        partial(write_counts, count=count, counted={market.egg: 1}, by=BY),
        partial(forget_count_of, count=count, product=market.egg),
    ):
        with pytest.raises(StaleDocument):
            late()
    assert (moved(), on_hand(market, shelf)) == ([], (50_000, 10))


def test_an_applied_count_is_not_dropped(market: Cast, count: StockCount) -> None:
    write_counts(count=count, counted={market.egg: 1}, by=BY)
    apply_count(count=count, reasons={}, by=BY)
    with pytest.raises(StaleDocument):
        drop_count(count=count, by=BY)


def test_nothing_counted_is_not_applied(market: Cast, count: StockCount) -> None:
    with pytest.raises(NotCounted):
        apply_count(count=count, reasons={}, by=BY)
    count.refresh_from_db()
    assert count.state == CountState.OPEN


@pytest.mark.parametrize("counted", [-1, 10**16])
def test_a_quantity_that_no_shelf_has(market: Cast, count: StockCount, counted: int) -> None:
    with pytest.raises(BadQuantity):
        write_counts(count=count, counted={market.rice: 5, market.egg: counted}, by=BY)
    assert not count.lines.exists()


def test_one_count_is_open_on_a_shelf(market: Cast, shelf: StockLocation, count: StockCount) -> None:
    assert begin_count(location=shelf, by="user:wati").pk == count.pk
    with pytest.raises(IntegrityError, match="count_one_open"), transaction.atomic():
        StockCount.objects.create(number="AAAAAA", location=shelf, opened_by=BY)
    assert begin_count(location=location_of_warung(market.other_warung), by=BY).pk != count.pk


def test_ten_phones_begin_one_count_and_apply_it_once(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf, begun = location_of_warung(market.warung), list[int]()
    assert at_once(kalidoni, [lambda: begun.append(begin_count(location=shelf, by=BY).pk)] * 10) == []
    assert len(set(begun)) == 1
    count = StockCount.objects.get()
    write_counts(count=count, counted={market.egg: 6, market.rice: 1_000}, by=BY)

    def apply() -> None:
        apply_count(count=StockCount.objects.get(pk=count.pk), reasons={}, by=BY)

    assert at_once(kalidoni, [apply] * 10) == []
    assert (at(shelf, market.egg)[0], at(shelf, market.rice)[0], len(moved())) == (6, 1_000, 2)
    proven()


# The pages.

COUNT = "/toko/stok/hitung/"


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def here(market: Cast, **more: str) -> dict[str, str]:
    return {"warung": str(market.warung.public_id), **more}


def line(market: Cast, eggs: str = "", rice: str = "", **more: str) -> dict[str, str]:
    """A page of two products as a phone sends it back."""
    egg, grain = market.egg.public_id, market.rice.public_id
    return here(
        market,
        **{
            f"{egg}-amount": eggs, f"{egg}-unit": "1", f"{egg}-was": "1",
            f"{grain}-amount": rice, f"{grain}-unit": "1000", f"{grain}-was": "1000",
        },
        **more,
    )  # fmt: skip


def test_hasan_counts_his_shelf_from_beginning_to_end(market: Cast, shelf: StockLocation, hasan: Client) -> None:
    assert hasan.get(COUNT).status_code == 200
    for _tap in range(2):
        assert hasan.post(f"{COUNT}mulai/", here(market)).status_code == 302
    count = StockCount.objects.get()
    forms = hasan.get(COUNT).context["forms"]
    assert [form.product.name for form in forms] == ["Beras medium", "Telur ayam"]
    sent = line(market, eggs="9", rice="48,5", next="?rak=beras-tepung")
    answer = hasan.post(f"{COUNT}{count.number}/tulis/", sent)
    assert answer["Location"] == f"{COUNT}?rak=beras-tepung"
    # Somebody rests, and finds what was counted.
    shown = {form.product.name: form.counted for form in hasan.get(COUNT).context["forms"]}
    assert shown == {"Beras medium": 48_500, "Telur ayam": 9}
    preview = hasan.get(f"{COUNT}{count.number}/").context
    assert [(one.product.name, one.difference) for one in preview["differing"]] == [
        ("Beras medium", -1_500), ("Telur ayam", -1),
    ]  # fmt: skip
    assert on_hand(market, shelf) == (50_000, 10)
    reason = {f"reason-{market.egg.public_id}": "broken", f"reason-{market.rice.public_id}": "ghosts"}
    assert hasan.post(f"{COUNT}{count.number}/terapkan/", here(market, **reason)).status_code == 302
    assert on_hand(market, shelf) == (48_500, 9)
    assert sorted(moved()) == [("Beras medium", "count", -1_500), ("Telur ayam", "broken", -1)]
    assert hasan.get(f"{COUNT}{count.number}/").context["is_open"] is False
    assert [one.number for one in hasan.get(COUNT).context["page"]] == [count.number]


def test_a_page_that_comes_back_as_it_was_writes_nothing(market: Cast, hasan: Client, count: StockCount) -> None:
    write_counts(count=count, counted={market.egg: 9}, by=BY)
    form = next(form for form in hasan.get(COUNT).context["forms"] if form.product == market.egg)
    assert form["was"].value() == "9 1" and form["amount"].value() == "9"
    # Wati counted anew meanwhile; Hasan's page still shows nine.
    write_counts(count=count, counted={market.egg: 7}, by=BY)
    sent = line(market, eggs="9") | {f"{market.egg.public_id}-was": "9 1"}
    hasan.post(f"{COUNT}{count.number}/tulis/", sent)
    assert count.lines.get().counted == 7


def test_zero_is_a_count_and_nothing_is_none(market: Cast, hasan: Client, count: StockCount) -> None:
    hasan.post(f"{COUNT}{count.number}/tulis/", line(market, eggs="0"))
    assert list(count.lines.values_list("product__name", "counted")) == [("Telur ayam", 0)]


def test_a_name_or_a_category_narrows_it(market: Cast, hasan: Client, count: StockCount) -> None:
    for asked, names in (
        ("?q=berass", ["Beras medium"]),
        ("?rak=beras-tepung", ["Beras medium", "Telur ayam"]),
        ("?rak=nowhere", []),
        ("?page=abc", ["Beras medium", "Telur ayam"]),
    ):
        assert [form.product.name for form in hasan.get(f"{COUNT}{asked}").context["forms"]] == names


@pytest.mark.parametrize("text", ["-1", "9" * 30, "\x00", "banyak", "0,5", "٣"])
def test_what_is_no_number_is_a_message(market: Cast, hasan: Client, count: StockCount, text: str) -> None:
    answer = hasan.post(f"{COUNT}{count.number}/tulis/", line(market, eggs=text, rice="1"))
    assert answer.status_code == 200
    assert [form.product.name for form in answer.context["forms"] if form.errors] == ["Telur ayam"]
    assert not count.lines.exists()


def test_strange_fields_are_left_alone(market: Cast, hasan: Client, count: StockCount) -> None:
    sent = here(market, **{"x-amount": "1", "-amount": "1", f"{market.hasan.public_id}-amount": "1", "next": "//evil"})
    answer = hasan.post(f"{COUNT}{count.number}/tulis/", sent)
    assert answer["Location"] == COUNT and not count.lines.exists()


def test_a_product_is_taken_out_again(market: Cast, hasan: Client, count: StockCount) -> None:
    write_counts(count=count, counted={market.egg: 9}, by=BY)
    url = f"{COUNT}{count.number}/hapus/"
    for product in ("", "x", str(market.hasan.public_id)):
        assert hasan.post(url, here(market, product=product)).status_code == 404
    hasan.post(url, here(market, product=str(market.egg.public_id)))
    assert not count.lines.exists()


def test_sitis_counts_are_not_hasans(market: Cast, hasan: Client, count: StockCount) -> None:
    siti, mine = browser_of(market.siti), {"warung": str(market.other_warung.public_id)}
    assert siti.get(f"{COUNT}{count.number}/").status_code == 404
    for verb in ("tulis", "hapus", "terapkan", "batal"):
        assert siti.post(f"{COUNT}{count.number}/{verb}/", mine).status_code == 404
        assert siti.post(f"{COUNT}{count.number}/{verb}/", here(market)).status_code == 404
    count.refresh_from_db()
    assert count.state == CountState.OPEN
    assert hasan.post(f"{COUNT}{count.number}/batal/", here(market)).status_code == 302
    count.refresh_from_db()
    assert count.state == CountState.DROPPED
