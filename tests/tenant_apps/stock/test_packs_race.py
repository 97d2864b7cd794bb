"""Packs, lots and counts under many hands at once: one lock keeps them all within the shelf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.stock.models import PackOpening, StockLot
from tenant_apps.stock.services import (
    Line,
    adjust,
    discard_lot,
    location_of_warung,
    open_pack,
    receive,
    seal_packs,
    sell,
    take_back,
)
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.stock.test_race import at_once
from tests.tenant_apps.stock.truth import at, proven
from tests.trials import rounds, seeded


def test_one_tap_sent_ten_times_opens_one(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf = location_of_warung(market.warung)
    lines = [Line(market.rice.pk, 200_000, sealed_in=market.sack.pk)]
    receive(location=shelf, lines=lines, reference="in:1", by=BY)

    def tap() -> None:
        open_pack(location=shelf, pack=market.sack, by=BY, key="tap:1")

    assert at_once(kalidoni, [tap] * 10) == []
    assert at(shelf, market.rice) == (250_000, 0, 150_000, 0)
    assert list(PackOpening.objects.order_by("pk").values_list("change", flat=True)) == [4, -1]


def test_everything_at_once_stays_within_the_shelf(committed: None, market: Cast, kalidoni: Region) -> None:
    chance, shelf, egg = seeded(), location_of_warung(market.warung), market.egg
    tray = Pack.objects.create(product=egg, label="papan 30", base_quantity=30, use=Use.BUY)
    for turn in range(rounds(60)):
        dated = [Line(egg.pk, 20, expires_on=clock.today() + timedelta(days=ahead)) for ahead in (1, 3)]
        receive(location=shelf, lines=[*dated, Line(egg.pk, 60, sealed_in=tray.pk)], reference=f"in:{turn}", by=BY)
        lot = StockLot.objects.filter(location=shelf, left__gt=0).order_by("expires_on")[0]

        def do(number: int, turn: int = turn, lot: StockLot = lot, size: int = 0) -> None:
            goods, ref = [Line(egg.pk, size)], f"r:{turn}-{number}"
            steps: list[Callable[[], object]] = [
                partial(sell, location=shelf, lines=goods, reference=ref, by=BY),
                partial(open_pack, location=shelf, pack=tray, by=BY, key=ref),
                partial(seal_packs, location=shelf, pack=tray, count=1, by=BY, key=ref),
                partial(discard_lot, lot=lot, by=BY, key=ref),
                partial(take_back, location=shelf, lines=goods, reference=ref, by=BY),
                partial(adjust, location=shelf, product=egg, counted=size, reason="count", by=BY, key=ref),
                partial(sell, location=shelf, lines=goods, reference=ref, by=BY),
            ]
            try:
                steps[number % len(steps)]()
            except DomainError:
                return

        works = [partial(do, number, size=chance.randint(1, 60)) for number in range(8)]
        chance.shuffle(works)
        assert at_once(kalidoni, works) == []  # type: ignore[arg-type]
        proven()
