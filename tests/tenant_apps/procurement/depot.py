"""How the tests of procurement ask and answer, and what they compare after a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Barrier, Thread
from typing import Any

from django.db import connection

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.ledger.models import Account, JournalLine
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.pricing.services import set_wholesale_price
from tenant_apps.procurement.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    RestockEvent,
    RestockLine,
    RestockRequest,
)
from tenant_apps.procurement.services import Wish, accept_restock, send_restock, submit_restock
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import Line, location_of_satker, receive
from tenants.context import in_region
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast

SACK, CRATE = 650_000, 300_000


@dataclass(frozen=True)
class Depot:
    """The cast, and crates of 180 eggs: the Satker has two of them beside ten sacks of rice."""

    cast: Cast
    crate: Pack

    def wishes(self, sacks: int = 2, crates: int = 1) -> list[Wish]:
        wanted = ((self.cast.sack, sacks, SACK), (self.crate, crates, CRATE))
        return [Wish(pack.pk, quantity, price) for pack, quantity, price in wanted if quantity]

    def ask(
        self, sacks: int = 2, crates: int = 1, *, key: uuid.UUID | None = None, lines: Sequence[Wish] | None = None
    ) -> RestockRequest:
        """Hasan asks for 2 sacks (Rp 650.000) and 1 crate (Rp 300.000): Rp 1.600.000."""
        return submit_restock(
            warung=self.cast.warung,
            key=key or uuid.uuid4(),
            lines=self.wishes(sacks, crates) if lines is None else lines,
            by=self.cast.hasan.actor,
        )

    def accept(self, request: RestockRequest, *packs: int) -> RestockRequest:
        """Yuli accepts so many packs of each line, in the order of the lines; all that was asked when none is told."""
        return accept_restock(request=request, quantities=of_lines(request, *packs), by=self.cast.yuli.actor)

    def sent(self, sacks: int = 2, crates: int = 1) -> RestockRequest:
        """Asked, accepted as a whole and sent."""
        return send_restock(request=self.accept(self.ask(sacks, crates)), by=self.cast.yuli.actor)


def open_depot(cast: Cast) -> Depot:
    crate = Pack.objects.create(product=cast.egg, label="peti 180 butir", base_quantity=180, use=Use.BUY)
    set_wholesale_price(satker=cast.satker, pack=crate, price=CRATE, by=BY)
    receive(location=location_of_satker(cast.satker), lines=[Line(cast.egg.pk, 360)], reference="opening:3", by=BY)
    return Depot(cast, crate)


def of_lines(request: RestockRequest, *packs: int) -> dict[int, int]:
    lines = list(RestockLine.objects.filter(request=request))
    return {line.pk: packs[index] if packs else line.quantity_asked for index, line in enumerate(lines)}


def levels() -> dict[str, dict[str, tuple[int, int]]]:
    """On hand and reserved in base units, by place and product."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in StockLevel.objects.select_related("product", "location__warung", "location__satker"):
        found.setdefault(str(row.location), {})[row.product.name] = (row.on_hand, row.reserved)
    return found


def balances() -> dict[str, int]:
    """Balances by code without the warung's number, debit positive."""
    rows = Account.objects.exclude(balance=0).select_related("warung")
    return {row.code.replace(f":{row.warung_id}:", ":"): row.balance for row in rows}


def footprint() -> list[Any]:
    """Everything that procurement can touch in the bound region."""
    documents = [
        list(model.objects.order_by("pk").values_list())  # type: ignore[attr-defined]
        for model in (RestockRequest, RestockLine, RestockEvent, GoodsReceipt, GoodsReceiptLine)
    ]
    return [
        *documents,
        list(StockLevel.objects.order_by("pk").values_list("location", "product", "on_hand", "reserved")),
        StockMovement.objects.count(),
        list(JournalLine.objects.order_by("pk").values_list("account__code", "amount")),
        list(OutboxMessage.objects.order_by("pk").values_list("dedupe", flat=True)),
    ]


def must_add_up() -> None:
    """Every level is the sum of its movements, every balance the sum of its lines."""
    for level in StockLevel.objects.all():
        moved = StockMovement.objects.filter(location_id=level.location_id, product_id=level.product_id)
        assert level.on_hand == sum(moved.values_list("delta_on_hand", flat=True))
        assert level.reserved == sum(moved.values_list("delta_reserved", flat=True))
    assert unproven_accounts() == []


def at_once(region: Region, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of them in threads of their own, started together: what each returned or raised, in order."""
    gate, answers = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            with in_region(region):
                gate.wait(30)
                answers[index] = act()
        except Exception as refusal:
            answers[index] = refusal  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a deadlock"
    return answers
