"""Dead stock: since when goods lie there, what they cost, what is suggested; and a plan that walks no history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection

from tenant_apps.catalog.models import Pack, Product, Use
from tenant_apps.procurement.insight.idle import _OLDER, NOT_TAKEN, Suggestion, idle_stock, suggest
from tenant_apps.procurement.services import Supply, receive_goods
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import Line, location_of_satker, receive
from tenants.context import as_owner, current_region
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of


@contextmanager
def ago(days: int) -> Iterator[None]:
    """As if it were so many days ago."""
    with patch("django.utils.timezone.now", return_value=clock.now() - timedelta(days=days, minutes=1)):
        yield


def moved(cast: Cast, product: Product, delta: int, days: int, reason: str = "transferred") -> None:
    """A movement so many days ago; the level follows."""
    place = location_of_satker(cast.satker)
    with ago(days):
        StockMovement.objects.create(
            location=place, product=product, delta_on_hand=delta, reason=reason, reference=f"t:{uuid4()}", by=BY
        )
    level, _made = StockLevel.objects.get_or_create(location=place, product=product)
    level.on_hand += delta
    level.save()


def days_of(cast: Cast, product: Product) -> int | None:
    return next((row.days for row in idle_stock(cast.satker, 30) if row.product == product), None)


def test_goods_lie_there_since_somebody_last_took_some(market: Cast) -> None:
    moved(market, market.egg, 360, 90, "received")
    assert days_of(market, market.egg) == 90
    moved(market, market.egg, -30, 40)
    assert days_of(market, market.egg) == 40
    # What was thrown away or counted was not taken by anybody.
    moved(market, market.egg, -5, 3, "spoiled")
    moved(market, market.egg, 60, 2, "received")
    assert days_of(market, market.egg) == 40
    moved(market, market.egg, -10, 1)
    assert days_of(market, market.egg) is None


def test_what_was_gone_lies_there_since_the_next_came(market: Cast) -> None:
    moved(market, market.egg, 360, 200, "received")
    moved(market, market.egg, -360, 100)
    moved(market, market.egg, 180, 35, "received")
    assert days_of(market, market.egg) == 35
    moved(market, market.egg, -180, 34)
    assert days_of(market, market.egg) is None


def test_its_value_is_that_of_the_newest_receipt(market: Cast) -> None:
    crate = Pack.objects.create(product=market.egg, label="peti 180 butir", base_quantity=180, use=Use.BUY)
    for days, cost in ((80, 250_000), (70, 280_000)):
        with ago(days):
            receive_goods(
                satker=market.satker,
                key=uuid4(),
                supplier="Pemasok",
                received_on=clock.today(),
                lines=[Supply(pack=crate, quantity=1, cost=cost)],
                by=BY,
            )
    (row,) = idle_stock(market.satker, 60)
    assert (row.product, row.on_hand, row.value, row.days) == (market.egg, 360, 560_000, 80)
    assert idle_stock(market.satker, 90) == []
    assert idle_stock(market.satker, 60, "beras") == []


@pytest.mark.parametrize(
    ("days", "soon", "wanted", "said"),
    [
        (35, True, True, Suggestion.PROMOTE),
        (95, False, True, Suggestion.OFFER),
        (95, False, False, Suggestion.RETURN),
        (35, False, False, Suggestion.PROMOTE),
    ],
)
def test_suggestions(days: int, soon: bool, wanted: bool, said: Suggestion) -> None:
    assert suggest(days, soon, wanted) == said


def test_the_page_shows_it_and_gives_it_as_a_file(market: Cast) -> None:
    moved(market, market.egg, 360, 95, "received")
    yuli = browser_of(market.yuli)
    page = yuli.get("/satker/wawasan/mengendap/?hari=90").content.decode()
    assert "Telur ayam" in page and "Beras medium" not in page
    answer: Any = yuli.get("/satker/wawasan/mengendap/?hari=90&unduh=csv")
    written = b"".join(answer.streaming_content).decode()
    assert "Telur ayam,360,pcs," in written


def test_many_movements_are_found_by_index(market: Cast) -> None:
    place = location_of_satker(market.satker)
    receive(location=place, lines=[Line(market.egg.pk, 100_000)], reference="opening:9", by=BY)
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                location=place, product=market.egg, delta_on_hand=-1, reason="transferred", reference=f"m:{n}", by=BY
            )
            for n in range(20_000)
        ],
        batch_size=2_000,
    )
    told: dict[str, Any] = {"location": place.pk, "not_taken": list(NOT_TAKEN), "before": clock.now()}
    with as_owner(current_region().schema_name), connection.cursor() as cursor:
        cursor.execute("ANALYZE stock_stockmovement")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {_OLDER}", told)
        ((plan,),) = cursor.fetchall()
    # Of 20,000 movements only the newest of each product are read.
    scans = [one for one in _nodes(plan[0]["Plan"]) if str(one.get("Alias", "")).startswith("moved")]
    assert scans and "Seq Scan" not in {one["Node Type"] for one in scans}
    assert sum(one["Actual Rows"] * one["Actual Loops"] for one in scans) < 20


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]
