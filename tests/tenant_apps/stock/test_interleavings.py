"""Whatever is done to a shelf, in whatever order: levels, movements, lots and unopened packs agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.catalog.models import Pack, Product, Use
from tenant_apps.stock.models import StockLot
from tenant_apps.stock.services import (
    Line,
    adjust,
    apply_count,
    begin_count,
    discard_lot,
    drop_count,
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


class Shelf:
    """Hasan's eggs, with every step that a shelf knows. Each takes a size and a reference of its own."""

    def __init__(self, market: Cast, packs: dict[int, Pack]) -> None:
        self.here = location_of_warung(market.warung)
        self.there = location_of_warung(market.other_warung)
        self.egg: Product = market.egg
        self.packs = packs
        self.promised: list[int] = []

    def steps(self) -> dict[str, Callable[[int, str], object]]:
        return {
            "receive": lambda size, ref: receive(location=self.here, lines=self.goods(size), reference=ref, by=BY),
            "receive dated": lambda size, ref: receive(
                location=self.here, lines=self.dated(size), reference=ref, by=BY
            ),
            "receive packed": lambda size, ref: receive(
                location=self.here, lines=self.packed(size), reference=ref, by=BY
            ),
            "reserve": self.reserve,
            "release": lambda _size, ref: self.end(release, ref),
            "ship": lambda _size, ref: self.end(ship, ref),
            "transfer": lambda _size, ref: transfer(
                source=self.here, target=self.there, lines=self.goods(self.promised.pop()), reference=ref, by=BY
            ),
            "sell": lambda size, ref: sell(location=self.here, lines=self.goods(size), reference=ref, by=BY),
            "sell whole": lambda size, ref: sell(location=self.here, lines=self.packed(size), reference=ref, by=BY),
            "take back": lambda size, ref: take_back(location=self.here, lines=self.goods(size), reference=ref, by=BY),
            "adjust": lambda size, ref: adjust(
                location=self.here, product=self.egg, counted=size, reason="count", by=BY, key=ref
            ),
            "open": lambda size, ref: open_pack(location=self.here, pack=self.packs[size % 2], by=BY, key=ref),
            "seal": lambda size, ref: seal_packs(
                location=self.here, pack=self.packs[size % 2], count=1 + size % 3, by=BY, key=ref
            ),
            "expire": self.expire,
            "count": self.count,
        }

    def goods(self, size: int) -> list[Line]:
        return [Line(self.egg.pk, size)]

    def dated(self, size: int) -> list[Line]:
        return [Line(self.egg.pk, size, expires_on=clock.today() + timedelta(days=1 + size % 5))]

    def packed(self, size: int) -> list[Line]:
        return [Line(self.egg.pk, size * 2, sealed_in=self.packs[size % 2].pk)]

    def reserve(self, size: int, reference: str) -> None:
        reserve(location=self.here, lines=self.goods(size), reference=reference, by=BY)
        self.promised.append(size)

    def end(self, step: Callable[..., bool], reference: str) -> None:
        step(location=self.here, lines=self.goods(self.promised.pop()), reference=reference, by=BY)

    def expire(self, size: int, reference: str) -> None:
        lots = StockLot.objects.filter(location=self.here, left__gt=0).order_by("expires_on")
        if lots:
            discard_lot(lot=lots[size % len(lots)], by=BY, key=reference)

    def count(self, size: int, _reference: str) -> None:
        count = begin_count(location=self.here, by=BY)
        write_counts(count=count, counted={self.egg: size}, by=BY)
        if size % 5:
            apply_count(count=count, reasons={self.egg.pk: "spoiled"}, by=BY)
        else:
            drop_count(count=count, by=BY)


ENDS = {"release", "ship", "transfer"}
NAMES = [
    "receive", "receive dated", "receive packed", "reserve", "release", "ship", "transfer", "sell", "sell whole",
    "take back", "adjust", "open", "seal", "expire", "count",
]  # fmt: skip


def test_every_interleaving_adds_up(market: Cast) -> None:
    packs = {
        number: Pack.objects.create(product=market.egg, label=f"isi {size}", base_quantity=size, use=Use.BUY)
        for number, size in enumerate((10, 30))
    }
    assert sorted(Shelf(market, packs).steps()) == sorted(NAMES)

    @settings(
        max_examples=rounds(500),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 60)), max_size=25))
    def holds(script: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            shelf = Shelf(market, packs)
            steps = shelf.steps()
            for turn, (name, size) in enumerate(script):
                if name in ENDS and not shelf.promised:
                    continue
                try:
                    with transaction.atomic():
                        steps[name](size, f"trial:{turn}")
                except DomainError:
                    continue
                if FULL:
                    proven()
            proven()
            transaction.set_rollback(True)

    holds()
