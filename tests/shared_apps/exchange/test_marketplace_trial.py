"""Bad days between us and a supplier's programme: each order arrives there once, and each answer of it is applied once.

Our workers are killed with -9 between the sending and the commit; the programme answers 500, says nothing, hangs up after it has
kept the message, answers late; its own events come several times, at once and in any order.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from shared_apps.exchange import hooks
from shared_apps.exchange.connectors import posting
from shared_apps.exchange.connectors.events import go_on_everywhere
from shared_apps.exchange.models import (
    Connector,
    ConnectorEvent,
    EventState,
    OrderState,
    SupplierOrder,
    SupplierOrderEvent,
)
from shared_apps.exchange.services import accept_change
from shared_apps.exchange.services.connecting import set_connector
from shared_apps.exchange.telling import tell
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox import services
from tenants.outbox.models import OutboxMessage
from tests.cast import BY
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.exchange.soundness import faults_of
from tests.standins.marketplace import Fault, Marketplace, marketplace
from tests.standins.site import site
from tests.trials import rounds, seeded

WORKERS = 3
FAULTS: list[Fault] = ["500", "silent", "drop", "late"]
fork = multiprocessing.get_context("fork")


def carry_out(within: float) -> None:
    """A worker of ours: tries what waits in the platform's outbox, as long as it lives. What is due later is due now."""
    posting.WITHIN = within  # type: ignore[assignment]
    services._tell_a_worker = lambda *ids, **options: None
    with on_platform():
        while True:
            waiting = list(
                OutboxMessage.objects.filter(state="waiting").order_by("?").values_list("pk", flat=True)[:20]
            )
            for pk in waiting:
                services.deliver(pk)
            if not waiting:
                time.sleep(0.05)


class Programme:
    """What the supplier does with each order, decided when it hears of it, and said in pieces."""

    def __init__(self, shop: Marketplace, chance: random.Random) -> None:
        self.shop, self.chance = shop, chance
        self.plans: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
        # What should be there in the end: state, packs shipped, bills, deliveries.
        self.hopes: dict[str, tuple[str, list[int], int, int]] = {}

    def hear(self) -> None:
        """Plans for orders that are new."""
        for number, told in list(self.shop.orders.items()):
            if number not in self.plans:
                self.plans[number] = self._plan(number, told)

    def _plan(self, number: str, told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
        kind = self.chance.choice(["whole", "parts", "change", "refuse", "billed"])
        packs = [line["packs"] for line in told["lines"]]
        if kind == "refuse":
            self.hopes[number] = (OrderState.REFUSED, [0] * len(packs), 0, 0)
            return [(f"{number}-r", "refuse", {"reason": "Habis"})]
        plan: list[tuple[str, str, dict[str, Any]]] = []
        if kind == "change":
            packs = [max(count - 1, 1) for count in packs]
            lines = [
                {"position": place, "packs": count, "price": 555_000} for place, count in enumerate(packs, start=1)
            ]
            plan.append((f"{number}-c", "change", {"lines": lines}))
        else:
            plan.append((f"{number}-c", "confirm", {"note": "Siap"}))
        parts = [packs] if kind != "parts" else [[1] * len(packs), [count - 1 for count in packs]]
        for turn, part in enumerate(parts):
            lines = [{"position": place, "packs": count} for place, count in enumerate(part, start=1) if count]
            plan.append((f"{number}-s{turn}", "ship", {"lines": lines}))
        bills = 0
        if kind in ("billed", "parts"):
            lines = [{"position": place, "packs": count} for place, count in enumerate(packs, start=1)]
            bill = {"number": f"F-{number}", "issued_on": clock.today().isoformat(), "lines": lines}
            plan.append((f"{number}-f", "invoice", bill))
            bills = 1
        self.hopes[number] = (OrderState.SHIPPED, packs, bills, len(parts))
        return plan

    def speak(self) -> None:
        """Everything planned, each event once to three times, from several mouths at once, in any order."""
        said = [
            (number, *event)
            for number, plan in self.plans.items()
            for event in plan
            for _time in range(self.chance.randint(1, 3))
        ]
        self.chance.shuffle(said)
        mouths = [threading.Thread(target=self._say_all, args=(said[place::4],)) for place in range(4)]
        for mouth in mouths:
            mouth.start()
        for mouth in mouths:
            mouth.join(120)

    def _say_all(self, said: list[tuple[str, str, str, dict[str, Any]]]) -> None:
        for number, event_id, kind, data in said:
            for _attempt in range(5):
                try:
                    status, _body = self.shop.say(number, event_id, kind, data)
                except OSError:
                    continue
                if status < 500:
                    break


def until(true: Callable[[], bool], what: str, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.05)


def test_every_order_arrives_once_and_every_answer_is_applied_once(
    committed: None, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, count = seeded(), rounds(250)
    deal = Deal(kalidoni)
    heard: Counter[int] = Counter()
    monkeypatch.setattr(hooks, "_handlers", [])
    hooks.on_supplier_step(lambda order, event: heard.update([event.pk]))
    with on_platform():
        made = set_connector(organisation=deal.supplier, kind="http", url="http://127.0.0.1:1/", by=BY)
    with site() as home, marketplace(str(deal.supplier.public_id), made.new_secret) as shop:
        shop.home, shop.pause = home, 0.15
        with on_platform():
            Connector.objects.update(url=shop.url)
        # A kill has to fall between the sending and the commit, so calls that are held are frequent.
        shop.faults = [chance.choice(FAULTS) for _call in range(2 * count)]
        for _number in range(count):
            key, packs = uuid.uuid4(), {"BR-50": chance.randint(2, 5), "TL-180": chance.randint(2, 9)}
            for _tap in range(chance.randint(1, 2)):
                deal.send(packs, key=key)
        killed = _carried_out(shop, chance, count)
        print(f"{count} orders, {sum(shop.came.values())} arrivals, {killed} workers killed while sending")
        programme = Programme(shop, chance)
        programme.hear()
        programme.speak()
        for _round in range(3):
            with in_region(kalidoni):
                for order in SupplierOrder.objects.filter(state=OrderState.CHANGED):
                    accept_change(order=order, by=BY)
                tell()
            go_on_everywhere()
        # Whoever got no answer asks again.
        programme.speak()
    with in_region(kalidoni):
        tell()
    _look(kalidoni, shop, programme, heard, count)
    assert killed >= 1 and sum(shop.came.values()) > count


def _carried_out(shop: Marketplace, chance: random.Random, count: int) -> int:
    """Workers try and die until all orders are there. Returns how many died while the programme held their message."""
    works = [fork.Process(target=carry_out, args=(0.3,), daemon=True) for _worker in range(WORKERS)]
    connection.close()
    for work in works:
        work.start()
    killed = 0

    def done() -> bool:
        nonlocal killed
        if shop.holding.is_set() and chance.random() < 0.4:
            place = chance.randrange(WORKERS)
            os.kill(works[place].pid or 0, signal.SIGKILL)
            works[place].join()
            killed += 1
            # A child that has our connection would end it.
            connection.close()
            works[place] = fork.Process(target=carry_out, args=(0.3,), daemon=True)
            works[place].start()
        with on_platform():
            return not OutboxMessage.objects.filter(kind__startswith="exchange.", state="waiting").exists()

    try:
        until(done, f"only {len(shop.orders)} of {count} orders arrived")
    finally:
        for work in works:
            work.kill()
            work.join()
    return killed


def _look(region: Region, shop: Marketplace, programme: Programme, heard: Counter[int], count: int) -> None:
    wrong: list[str] = []
    with in_region(region):
        orders = {order.number: order for order in SupplierOrder.objects.all()}
        if set(orders) != set(shop.orders) or len(orders) != count or shop.forged:
            wrong.append(f"{len(orders)} orders here, {len(shop.orders)} there, {shop.forged} with a bad signature")
        for number, order in orders.items():
            state, packs, bills, deliveries = programme.hopes[number]
            lines = list(order.lines.order_by("position"))
            is_now = (
                order.state,
                [line.packs_shipped for line in lines],
                order.invoices.count(),
                order.shipments.count(),
            )
            if is_now != (state, packs, bills, deliveries):
                wrong.append(f"{number}: hoped for {(state, packs, bills, deliveries)}, is {is_now}")
            told = [(line["sku"], line["packs"]) for line in shop.orders[number]["lines"]]
            if told != [(line.sku, line.packs) for line in lines]:
                wrong.append(f"{number}: there it says {told}")
            moves = Counter(order.history.values_list("move", flat=True))
            if any(moves[once] > 1 for once in ("send", "confirm", "change", "refuse", "accept_change")):
                wrong.append(f"{number}: {dict(moves)}")
            if moves["ship"] != deliveries or moves["invoice"] != bills:
                wrong.append(f"{number}: {dict(moves)}")
            wrong += [f"{number}: {fault}" for fault in faults_of(order.pk)]
        theirs = set(SupplierOrderEvent.objects.filter(side="supplier").values_list("pk", flat=True))
        if set(heard) != theirs or set(heard.values()) - {1}:
            wrong.append("the region did not hear of each step once")
    with on_platform():
        if ConnectorEvent.objects.exclude(state=EventState.APPLIED).exists():
            wrong.append("an event was not applied")
        if ConnectorEvent.objects.count() != len({event for plan in programme.plans.values() for event, *_ in plan}):
            wrong.append("an event is there twice, or not at all")
    for event_id, answers in shop.answers.items():
        final = [answer for answer in answers if answer[0] == 200]
        if not final or any(answer != final[0] for answer in final) or {status for status, _ in answers} - {200, 202}:
            wrong.append(f"{event_id} was answered {answers}")
    assert wrong == []
