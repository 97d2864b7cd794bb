"""For any order and any sequence of steps of both sides, repeated, stale or at once: states, counters and money hold."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from shared_apps.exchange.models import SupplierInvoice, SupplierOrder
from shared_apps.exchange.services import (
    Answer,
    Billed,
    Shipped,
    accept_change,
    cancel,
    change,
    confirm,
    dispute_invoice,
    match_invoice,
    note_receipt,
    pay_invoice,
    refuse,
    ship,
    submit_invoice,
)
from shared_apps.exchange.services.billing import packs_billed
from shared_apps.supplier_catalog.models import Tax
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.exchange.soundness import faults_of
from tests.shared_apps.supplier_catalog.wholesaler import offer
from tests.trials import rounds, seeded

SKUS = ("BR-50", "TL-180", "MG-12")
_packs = st.lists(st.integers(-1, 6), min_size=3, max_size=3)
_step = st.one_of(
    st.tuples(st.sampled_from(["confirm", "accept_change"]), st.just([])),
    st.tuples(st.sampled_from(["refuse", "cancel"]), st.just([])),
    st.tuples(st.just("change"), st.lists(st.integers(0, 6), min_size=6, max_size=6)),
    st.tuples(st.sampled_from(["ship", "ship", "count", "close"]), _packs),
    st.tuples(st.just("bill"), st.lists(st.integers(0, 6), min_size=6, max_size=6)),
    st.tuples(st.sampled_from(["match", "dispute", "pay"]), st.lists(st.integers(0, 3), min_size=1, max_size=1)),
)
# Most orders get on; the others end where they are.
_ALL = [6] * 6
# An odd last number bills the agreed prices.
_BILL = [6] * 5 + [1]
_WAY: list[tuple[str, list[int]]] = [("confirm", []), ("ship", _ALL), ("count", _ALL), ("bill", _BILL), ("match", [0])]
_begin = st.integers(0, len(_WAY)).map(lambda far: _WAY[:far])
_script = st.tuples(
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
    _begin,
    # A step, how often it is taken at once, and whether an earlier one is tried again after it.
    st.lists(st.tuples(_step, st.integers(1, 2), st.booleans()), max_size=14),
)


class Play:
    """Both sides at one order. Each step is a call that may be made again, as it was."""

    def __init__(self, deal: Deal, packs: list[int]) -> None:
        self.deal = deal
        self.order: SupplierOrder = deal.send(dict(zip(SKUS, packs, strict=False)))
        self.lines = [line.pk for line in deal.lines(self.order).values()]
        self.bills: list[SupplierInvoice] = []

    def call(self, name: str, facts: list[int]) -> Callable[[], Any]:
        """The step with everything that it says fixed, so that a repeat says the same."""
        order, key, today = self.order, uuid.uuid4(), clock.today()
        left = self._left(name) if 6 in facts else {}
        # Six is all that is left, whatever that is.
        per_line = {pk: left.get(pk, 6) if n == 6 else n for pk, n in zip(self.lines, facts, strict=False)}
        supplier, region = self.deal.as_supplier, self.deal.as_region
        chosen = self.bills[facts[0] % len(self.bills)] if name in ("match", "dispute", "pay") and self.bills else None
        number = f"F-{len(self.bills) % 4}"
        bill = {pk: packs for pk, packs in per_line.items() if packs}
        calls: dict[str, Callable[[], Any]] = {
            "confirm": lambda: supplier(confirm, order),
            "refuse": lambda: supplier(refuse, order, reason="Habis"),
            "accept_change": lambda: region(accept_change, order),
            "cancel": lambda: region(cancel, order, reason="Tidak jadi"),
            "change": lambda: supplier(
                change,
                order,
                answers={
                    pk: Answer(packs, 100_000 + 50_000 * price)
                    for (pk, packs), price in zip(per_line.items(), facts[3:], strict=False)
                },
            ),
            "ship": lambda: supplier(
                ship, order, key=key, shipped_on=today, lines=[Shipped(pk, n) for pk, n in per_line.items() if n]
            ),
            "count": lambda: region(
                note_receipt, order, counts={pk: (n - n // 3, n // 3) for pk, n in per_line.items()}, key=key
            ),
            "close": lambda: region(
                note_receipt, order, counts={pk: (n, 0) for pk, n in per_line.items()}, key=key, closed=True
            ),
            "bill": lambda: self.bills.append(
                supplier(
                    submit_invoice,
                    order,
                    number=number,
                    issued_on=today,
                    lines=[Billed(pk, n, None if facts[-1] % 2 else 1 + 90_000 * facts[-2]) for pk, n in bill.items()],
                    freight=10_000 * (facts[-1] % 4),
                )
            ),
            "match": lambda: self._of_bill(match_invoice, chosen),
            "dispute": lambda: self._of_bill(dispute_invoice, chosen, reason="Tidak cocok"),
            "pay": lambda: self._of_bill(pay_invoice, chosen),
        }
        return calls[name]

    def _left(self, name: str) -> dict[int, int]:
        with in_region(self.deal.region):
            lines = list(self.order.lines.all())
            billed = packs_billed(self.order)
        if name == "ship":
            return {line.pk: line.packs_agreed - line.packs_shipped for line in lines}
        if name == "bill":
            return {line.pk: line.packs_shipped - billed.get(line.pk, 0) for line in lines}
        if name in ("count", "close"):
            return {line.pk: line.packs_agreed - line.packs_received - line.packs_rejected for line in lines}
        return {}

    def _of_bill(self, step: Any, bill: SupplierInvoice | None, **facts: Any) -> None:
        if bill is not None:
            with in_region(self.deal.region):
                step(invoice=bill, by=BY, **facts)

    def trace(self) -> Any:
        """Everything that the order is, to see whether something changed."""
        with in_region(self.deal.region):
            order = SupplierOrder.objects.get(pk=self.order.pk)
            return (
                order.state,
                list(
                    order.lines.order_by("pk").values_list(
                        "packs_confirmed", "price_confirmed", "packs_shipped", "packs_received", "packs_rejected"
                    )
                ),
                list(order.history.values_list("pk", flat=True)),
                list(order.invoices.values_list("pk", "state")),
            )

    def faults(self) -> list[str]:
        with in_region(self.deal.region):
            return faults_of(self.order.pk)


def taken(call: Callable[[], Any]) -> bool:
    try:
        call()
    except DomainError as refused:
        assert str(refused.message)
        return False
    return True


def with_taxed(region: Region) -> Deal:
    deal = Deal(region, order_freight=30_000)
    with on_platform():
        deal.musi.offers["MG-12"] = offer(
            deal.supplier, "MG-12", "Minyak goreng", pack=("dus", 12), price=200_003, tax=Tax.ADDED
        )
    return deal


def test_whatever_both_sides_do_an_order_stays_sound(kalidoni: Region) -> None:
    deal = with_taxed(kalidoni)
    reached: set[str] = set()

    @example(([3, 2, 1], [], []))
    @example(([3, 2, 1], _WAY[:2], []))
    @example(([3, 2, 1], _WAY[:3], [(("close", [0, 0, 0]), 2, True)]))
    @example(([3, 2, 1], _WAY, [(("pay", [0]), 2, True)]))
    @given(_script)
    @settings(
        max_examples=rounds(300),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    def play(script: Any) -> None:
        packs, begin, steps = script
        game = Play(deal, packs)
        earlier: list[tuple[str, Callable[[], Any]]] = []
        for (name, facts), times, old_again in [*((one, 1, False) for one in begin), *steps]:
            call = game.call(name, facts)
            went = taken(call)
            assert game.faults() == []
            if went and times > 1:
                before = game.trace()
                assert taken(call), f"{name} cannot be repeated"
                assert game.trace() == before, f"{name} twice is not {name} once"
            if old_again and earlier:
                # Long ago it was possible; now it changes nothing, or is refused.
                old = earlier[len(facts) % len(earlier)]
                before = game.trace()
                went_again = taken(old[1])
                if went_again and old[0] not in ("match", "dispute"):
                    assert game.trace() == before, f"an old {old[0]} changed something"
                assert game.faults() == []
            if went:
                earlier.append((name, call))
        reached.add(game.trace()[0])

    play()
    # The way to the end is open: the examples alone go there.
    assert {"sent", "shipped", "received", "paid"} <= reached, reached


def test_steps_at_the_same_moment_leave_an_order_sound(committed: None, kalidoni: Region) -> None:
    chance = seeded()
    deal = with_taxed(kalidoni)
    for _round in range(rounds(120)):
        game = Play(deal, [chance.randint(1, 6) for _sku in SKUS])
        if chance.random() < 0.7:
            taken(game.call("confirm", []))
        if chance.random() < 0.5:
            taken(game.call("ship", [chance.randint(1, 3) for _sku in SKUS]))
        names = [
            "confirm",
            "refuse",
            "cancel",
            "change",
            "accept_change",
            "ship",
            "ship",
            "count",
            "close",
            "bill",
            "bill",
        ]
        calls = [game.call(name, [chance.randint(0, 4) for _place in range(6)]) for name in chance.sample(names, k=5)]
        # Each is sent twice, as an impatient thumb does.
        odd = at_once([*calls, *calls])
        assert odd == [] and game.faults() == []


def at_once(calls: list[Callable[[], Any]]) -> list[BaseException]:
    """All of them begin together; what was neither done nor refused."""
    gate, odd = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            taken(call)
        except BaseException as failure:
            odd.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return odd
