"""Whatever is done to a shelf, in whatever order: levels, movements, lots and unopened packs agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.stock.models import StockLot
from tenant_apps.stock.services import (
    Line,
    adjust,
    apply_count,
    begin_count,
    discard_lot,
    location_of_warung,
    open_pack,
    receive,
    release,
    reserve,
    seal_packs,
    sell,
    ship,
    take_back,
    transfer,
    write_counts,
)
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tests.cast import BY, Cast
from tests.tenant_apps.stock.truth import proven
from tests.trials import FULL, rounds

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "receive",
                "receive dated",
                "receive packed",
                "reserve",
                "release",
                "ship",
                "sell",
                "sell whole",
                "take back",
                "adjust",
                "open",
                "seal",
                "expire",
                "transfer",
                "count",
            ]
        ),
        st.integers(1, 60),
    ),
    max_size=25,
)


def test_every_interleaving_adds_up(market: Cast) -> None:
    shelf, other, egg = location_of_warung(market.warung), location_of_warung(market.other_warung), market.egg
    tray = Pack.objects.create(product=egg, label="papan 30", base_quantity=30, use=Use.BUY)
    ten = Pack.objects.create(product=egg, label="ikat 10", base_quantity=10, use=Use.BUY)
    today = clock.today()

    def trial(steps: list[tuple[str, int]]) -> None:
        promised: list[int] = []
        for turn, (what, size) in enumerate(steps):
            goods, reference = [Line(egg.pk, size)], f"trial:{turn}"
            pack = tray if size % 2 else ten
            dated = [Line(egg.pk, size, expires_on=today + timedelta(days=size % 5))]
            packed = [Line(egg.pk, size * 2, sealed_in=pack.pk)]
            lot = StockLot.objects.filter(location=shelf, left__gt=0).order_by("-expires_on").first()
            if what in ("release", "ship", "transfer"):
                if not promised:
                    continue
                goods = [Line(egg.pk, promised.pop())]
            step: dict[str, Callable[[], object]] = {
                "receive": lambda: receive(location=shelf, lines=goods, reference=reference, by=BY),
                "receive dated": lambda: receive(location=shelf, lines=dated, reference=reference, by=BY),
                "receive packed": lambda: receive(location=shelf, lines=packed, reference=reference, by=BY),
                "reserve": lambda: reserve(location=shelf, lines=goods, reference=reference, by=BY),
                "release": lambda: release(location=shelf, lines=goods, reference=reference, by=BY),
                "ship": lambda: ship(location=shelf, lines=goods, reference=reference, by=BY),
                "sell": lambda: sell(location=shelf, lines=goods, reference=reference, by=BY),
                "sell whole": lambda: sell(location=shelf, lines=packed, reference=reference, by=BY),
                "take back": lambda: take_back(location=shelf, lines=goods, reference=reference, by=BY),
                "adjust": lambda: adjust(
                    location=shelf, product=egg, counted=size, reason="count", by=BY, key=reference
                ),
                "open": lambda: open_pack(location=shelf, pack=pack, by=BY, key=reference),
                "seal": lambda: seal_packs(location=shelf, pack=pack, count=1 + size % 3, by=BY, key=reference),
                "expire": lambda: lot and discard_lot(lot=lot, by=BY, key=reference),
                "transfer": lambda: transfer(source=shelf, target=other, lines=goods, reference=reference, by=BY),
                "count": lambda: counted(size),
            }
            try:
                with transaction.atomic():
                    step[what]()
            except DomainError:
                continue
            if what == "reserve":
                promised.append(size)
            if FULL:
                proven()
        proven()

    def counted(size: int) -> None:
        count = begin_count(location=shelf, by=BY)
        write_counts(count=count, counted={egg: size}, by=BY)
        apply_count(count=count, reasons={egg.pk: "spoiled"}, by=BY)

    @settings(
        max_examples=rounds(400),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(STEPS)
    def holds(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            trial(steps)
            transaction.set_rollback(True)

    holds()
