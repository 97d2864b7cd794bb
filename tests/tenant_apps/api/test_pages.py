"""Lists in pages: each row once, whatever comes in between."""

from __future__ import annotations

from typing import Any

import pytest

from tenant_apps.catalog.models import Product
from tenant_apps.warungs.models import WarungState
from tenant_apps.warungs.services import register_warung
from tenants.kernel.units import BaseUnit
from tests.cast import BY, VILLAGE, Cast
from tests.tenant_apps.api.caller import Caller, caller_of, two_kilos


def add(market: Cast, name: str) -> Product:
    return Product.objects.create(
        sku=name, name=name, category=market.rice.category, base_unit=BaseUnit.PIECE, search=name.lower()
    )


def walk(caller: Caller, path: str, limit: int = 2) -> list[list[Any]]:
    """All pages of a list."""
    pages, cursor = [], ""
    while True:
        sign = "&" if "?" in path else "?"
        told = caller.get(f"{path}{sign}limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        pages.append(told["items"])
        cursor = told["next_cursor"]
        if not cursor:
            return pages


def test_rows_that_come_in_between_shift_nothing(market: Cast) -> None:
    for name in ("Gula", "Kopi", "Minyak", "Sabun", "Teh"):
        add(market, name)
    first = Caller().get("products/?limit=3").json()
    names = [row["name"] for row in first["items"]]
    assert names == ["Beras medium", "Gula", "Kopi"]
    add(market, "Air")
    add(market, "Lilin")
    Product.objects.filter(name="Gula").update(is_active=False)
    second = Caller().get(f"products/?limit=3&cursor={first['next_cursor']}").json()
    assert [row["name"] for row in second["items"]] == ["Lilin", "Minyak", "Sabun"]


def test_each_row_comes_once(market: Cast) -> None:
    for number in range(7):
        add(market, f"Barang {number // 2}-{number}")
    rows = [row["id"] for page in walk(Caller(), "products/") for row in page]
    assert len(rows) == len(set(rows)) == 9
    found = [row["name"] for page in walk(Caller(), "products/?q=barang", 3) for row in page]
    assert len(found) == len(set(found)) == 7


def test_orders_come_newest_first_and_once(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    placed = [ratna.post("orders/", two_kilos(market, quantity=1)).json()["number"] for _number in range(5)]
    first = ratna.get("orders/?limit=2").json()
    placed.append(ratna.post("orders/", two_kilos(market, quantity=1)).json()["number"])
    cursor, rows = first["next_cursor"], [row["number"] for row in first["items"]]
    while cursor:
        told = ratna.get(f"orders/?limit=2&cursor={cursor}").json()
        rows += [row["number"] for row in told["items"]]
        cursor = told["next_cursor"]
    assert rows == placed[:5][::-1]
    board = f"toko/{market.warung.public_id}/orders/"
    assert len([row for page in walk(caller_of(market.hasan), board) for row in page]) == 6
    assert caller_of(market.hasan).get(f"{board}?state=packed").json()["items"] == []


def test_a_cursor_belongs_to_its_list_and_region(market: Cast) -> None:
    for name in ("Gula", "Kopi"):
        add(market, name)
    cursor = Caller().get("products/?limit=1").json()["next_cursor"]
    for caller, path in ((Caller(), "warungs/"), (Caller(slug="lombok"), "products/"), (Caller(), "categories/")):
        answer = caller.get(f"{path}?cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert Caller().get(f"products/?cursor={cursor[:-2]}xx").status_code == 400


@pytest.mark.parametrize("place", ["", f"&village={VILLAGE}&rw=1&rt=3"])
def test_the_nearest_warungs_in_pages(market: Cast, place: str) -> None:
    for number in range(4):
        one = register_warung(name=f"Warung {number}", village_code=VILLAGE, rw=1, rt=number + 1, by=BY)
        type(one).objects.filter(pk=one.pk).update(state=WarungState.OPEN)
    pages = walk(Caller(), f"warungs/?x=1{place}")
    rows = [row["slug"] for page in pages for row in page]
    assert len(rows) == len(set(rows)) == 6
    if place:
        distances = [row["distance"] for page in pages for row in page]
        assert distances == sorted(distances)
    assert [row["slug"] for page in walk(Caller(), "warungs/?open_now=true") for row in page] == [
        "warung-hasan",
        "warung-siti",
    ]
