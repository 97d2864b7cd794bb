"""Stock moves by services only: each step once, all short lines told at once, never below what is promised."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.stock.errors import BadQuantity, StockShort
from tenant_apps.stock.models import StockLevel, StockLocation, StockMovement
from tenant_apps.stock.services import (
    MOST,
    Line,
    adjust,
    location_of_satker,
    location_of_warung,
    receive,
    release,
    reserve,
    ship,
    transfer,
)
from tenants.context import as_owner, scope
from tests.cast import BY, Cast


def level(location: StockLocation, product_id: int) -> tuple[int, int]:
    """On hand and reserved."""
    row = StockLevel.objects.get(location=location, product_id=product_id)
    return row.on_hand, row.reserved


def test_a_promise_is_kept_by_shipping(market: Cast) -> None:
    shelf, rice = location_of_warung(market.warung), market.rice.pk
    assert reserve(location=shelf, lines=[Line(rice, 3_000)], reference="order:A", by=BY)
    assert level(shelf, rice) == (50_000, 3_000)
    assert ship(location=shelf, lines=[Line(rice, 3_000)], reference="order:A", by=BY)
    assert level(shelf, rice) == (47_000, 0)
    moves = StockMovement.objects.filter(reference="order:A").order_by("pk")
    assert list(moves.values_list("reason", "delta_on_hand", "delta_reserved")) == [
        ("reserved", 0, 3_000),
        ("shipped", -3_000, -3_000),
    ]


def test_each_step_of_a_document_moves_once(market: Cast) -> None:
    shelf, goods = location_of_warung(market.warung), [Line(market.rice.pk, 1_000), Line(market.egg.pk, 2)]
    for step, after in (
        (reserve, {market.rice.pk: (50_000, 1_000), market.egg.pk: (10, 2)}),
        (release, {market.rice.pk: (50_000, 0), market.egg.pk: (10, 0)}),
        (receive, {market.rice.pk: (51_000, 0), market.egg.pk: (12, 0)}),
    ):
        assert step(location=shelf, lines=goods, reference="order:B", by=BY) is True
        assert step(location=shelf, lines=goods, reference="order:B", by=BY) is False
        assert {product: level(shelf, product) for product in after} == after


def test_every_short_line_is_told_and_nothing_is_promised(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    with pytest.raises(StockShort) as refused:
        reserve(
            location=shelf, lines=[Line(market.rice.pk, 50_001), Line(market.egg.pk, 11)], reference="order:C", by=BY
        )
    told = {(one.product_name, one.asked, one.available) for one in refused.value.shortages}
    assert told == {("Beras medium", 50_001, 50_000), ("Telur ayam", 11, 10)}
    assert (level(shelf, market.rice.pk), level(shelf, market.egg.pk)) == ((50_000, 0), (10, 0))
    assert not StockMovement.objects.filter(reference="order:C").exists()


def test_lines_of_one_product_are_one_promise(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    with pytest.raises(StockShort):
        reserve(location=shelf, lines=[Line(market.egg.pk, 6), Line(market.egg.pk, 5)], reference="order:D", by=BY)
    assert reserve(location=shelf, lines=[Line(market.egg.pk, 6), Line(market.egg.pk, 4)], reference="order:D", by=BY)
    assert level(shelf, market.egg.pk) == (10, 10)


@pytest.mark.parametrize("quantity", [0, -1, MOST + 1, 10**30])
def test_a_quantity_that_no_shelf_has_is_refused(market: Cast, quantity: int) -> None:
    shelf = location_of_warung(market.warung)
    for step in (receive, reserve, release, ship):
        with pytest.raises(BadQuantity):
            step(location=shelf, lines=[Line(market.egg.pk, quantity)], reference="order:E", by=BY)
    with pytest.raises(BadQuantity):
        receive(location=shelf, lines=[], reference="order:E", by=BY)
    assert level(shelf, market.egg.pk) == (10, 0)


def test_a_transfer_conserves_the_goods(market: Cast) -> None:
    store, shelf, rice = location_of_satker(market.satker), location_of_warung(market.warung), market.rice.pk
    reserve(location=store, lines=[Line(rice, 100_000)], reference="restock:A", by=BY)
    assert transfer(source=store, target=shelf, lines=[Line(rice, 100_000)], reference="restock:A", by=BY)
    assert not transfer(source=store, target=shelf, lines=[Line(rice, 100_000)], reference="restock:A", by=BY)
    assert (level(store, rice), level(shelf, rice)) == ((400_000, 0), (150_000, 0))


def test_what_was_not_promised_cannot_leave(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    for step in (ship, release):
        with pytest.raises(IntegrityError, match="level_not_oversold"), transaction.atomic():
            step(location=shelf, lines=[Line(market.egg.pk, 1)], reference="order:F", by=BY)
    assert level(shelf, market.egg.pk) == (10, 0)


def test_a_count_writes_the_difference_once(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    count = {"location": shelf, "product": market.egg, "reason": "count", "by": BY}
    assert adjust(**count, counted=7, key="count:1") == -3  # type: ignore[arg-type]
    assert adjust(**count, counted=7, key="count:1") == 0  # type: ignore[arg-type]
    assert adjust(**count, counted=7, key="count:2") == 0  # type: ignore[arg-type]
    assert level(shelf, market.egg.pk) == (7, 0)
    assert list(StockMovement.objects.filter(reason="count").values_list("delta_on_hand", "reference")) == [
        (-3, "count:1")
    ]


def test_a_count_below_what_is_promised_is_refused(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    reserve(location=shelf, lines=[Line(market.egg.pk, 4)], reference="order:G", by=BY)
    for counted in (3, -1, MOST + 1):
        with pytest.raises(BadQuantity):
            adjust(location=shelf, product=market.egg, counted=counted, reason="count", by=BY, key=f"count:{counted}")
    assert level(shelf, market.egg.pk) == (10, 4)


@pytest.mark.parametrize("statement", ["UPDATE {} SET note = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_movements_are_never_rewritten(market: Cast, statement: str) -> None:
    # Not even the owner, who may do more than the region's own role.
    with (
        as_owner(scope()),
        pytest.raises(IntegrityError, match="never rewritten"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format("stock_stockmovement"))
