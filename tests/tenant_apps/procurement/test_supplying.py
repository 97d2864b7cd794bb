"""Goods from a supplier lie in the Satker's store room, once per receipt."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.procurement.errors import BadReceipt
from tenant_apps.procurement.models import GoodsReceipt, GoodsReceiptLine
from tenant_apps.procurement.services import Supply, receive_goods
from tenant_apps.stock.models import StockMovement
from tenants.context import current_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import Cast
from tests.tenant_apps.procurement.depot import Depot, at_once, balances, footprint, levels, must_add_up, open_depot


def write(depot: Depot, **more: Any) -> GoodsReceipt:
    """3 sacks at Rp 600.000 and 2 crates at Rp 280.000 from Bulog: Rp 2.360.000."""
    given: dict[str, Any] = {
        "satker": depot.cast.satker,
        "key": uuid.uuid4(),
        "supplier": " Bulog ",
        "supplier_reference": "SJ-77",
        "received_on": clock.today(current_region().time_zone),
        "lines": [Supply(depot.cast.sack, 3, 600_000), Supply(depot.crate, 2, 280_000)],
        "by": depot.cast.yuli.actor,
    }
    return receive_goods(**{**given, **more})


def test_a_receipt_fills_the_store_room(depot: Depot) -> None:
    receipt = write(depot)
    assert (receipt.supplier, receipt.supplier_reference, receipt.total) == ("Bulog", "SJ-77", 2_360_000)
    assert levels()["Satker Kalidoni"] == {"Beras medium": (650_000, 0), "Telur ayam": (720, 0)}
    assert [
        (line.product_name, line.pack_label, line.quantity, line.cost, line.total) for line in receipt.lines.all()
    ] == [
        ("Beras medium", "karung 50 kg", 3, 600_000, 1_800_000),
        ("Telur ayam", "peti 180 butir", 2, 280_000, 560_000),
    ]
    moved = StockMovement.objects.filter(reference=f"receipt:{receipt.number}").values_list("reason", "note")
    assert set(moved) == {("received", "Bulog")}
    assert balances() == {}
    must_add_up()


def test_one_product_in_two_lines_is_one_movement(depot: Depot) -> None:
    write(depot, lines=[Supply(depot.cast.sack, 1, 600_000), Supply(depot.cast.sack, 1, 0)])
    assert levels()["Satker Kalidoni"]["Beras medium"] == (600_000, 0)


def test_a_second_tap_writes_nothing(depot: Depot) -> None:
    key = uuid.uuid4()
    receipt = write(depot, key=key)
    before = footprint()
    assert write(depot, key=key, supplier="Lain") == receipt
    assert footprint() == before


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("nobody brought it", {"supplier": "  "}),
        ("nothing came", {"lines": []}),
        ("a quantity of zero", {"lines": [(0, 1)]}),
        ("below zero", {"lines": [(-1, 1)]}),
        ("more than a lorry", {"lines": [(10_000, 1)]}),
        ("paid for taking it", {"lines": [(1, -1)]}),
        ("a typing error", {"lines": [(1, 1_000_000_001)]}),
        ("too many lines", {"lines": [(1, 1)] * 201}),
        ("tomorrow", {"received_on": 1}),
    ],
)
def test_what_cannot_be(depot: Depot, case: str, change: dict[str, Any]) -> None:
    if "lines" in change:
        change = {"lines": [Supply(depot.cast.sack, quantity, cost) for quantity, cost in change["lines"]]}
    if "received_on" in change:
        change = {"received_on": clock.today(current_region().time_zone) + timedelta(days=change["received_on"])}
    before = footprint()
    with pytest.raises(BadReceipt):
        write(depot, **change)
    assert footprint() == before


@pytest.mark.parametrize(
    "sql", ["UPDATE procurement_goodsreceiptline SET quantity = 1", "DELETE FROM procurement_goodsreceiptline"]
)
def test_a_line_is_never_rewritten(depot: Depot, sql: str) -> None:
    write(depot)
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert sum(GoodsReceiptLine.objects.values_list("quantity", flat=True)) == 5


@pytest.mark.usefixtures("committed")
def test_twenty_taps_are_one_receipt(kalidoni: Region, market: Cast) -> None:
    depot, key = open_depot(market), uuid.uuid4()
    answers = at_once(kalidoni, [partial(write, depot, key=key)] * 20)
    assert {answer.pk for answer in answers} == {GoodsReceipt.objects.get().pk}
    assert levels()["Satker Kalidoni"]["Beras medium"] == (650_000, 0)
