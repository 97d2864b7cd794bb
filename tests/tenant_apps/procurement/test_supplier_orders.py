"""The Satker's pages for its orders at suppliers: a change is answered, an order is called off, and a supplier's step is news."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.exchange.models import OrderState, SupplierOrder, SupplierOrderLine
from shared_apps.exchange.services import Answer, change, confirm, refuse
from shared_apps.exchange.telling import tell
from tenant_apps.procurement.models import Cycle
from tenant_apps.procurement.services import send_purchases
from tenants.context import current_region, for_supplier, in_region
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, browser_of
from tests.tenant_apps.procurement.round import Round


def shown(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


@pytest.fixture
def sent(round_: Round) -> Cycle:
    return send_purchases(cycle=round_.closed(), by=round_.by)


@pytest.fixture
def yuli(round_: Round) -> Client:
    return browser_of(round_.cast.yuli)


def answer(round_: Round, region: Region, step: Any, **facts: Any) -> SupplierOrder:
    """The supplier takes a step, and the region is told."""
    with for_supplier(round_.seller.organisation.db_role):
        step(order=SupplierOrder.objects.get(), by=BY, **facts)
    with in_region(region):
        tell()
        return SupplierOrder.objects.get()


def fewer_eggs_dearer_rice(round_: Round, region: Region) -> SupplierOrder:
    with in_region(region):
        lines = {line.sku: line for line in SupplierOrderLine.objects.all()}
    answers = {
        lines["BR-50"].pk: Answer(3, 610_000),
        lines["TL-180"].pk: Answer(0, 280_000),
        lines["GL-20"].pk: Answer(1, 300_000),
    }
    return answer(round_, region, change, answers=answers, note="Telur habis")


def test_a_change_is_seen_beside_the_order_and_accepted(
    round_: Round, sent: Cycle, yuli: Client, kalidoni: Region
) -> None:
    order = fewer_eggs_dearer_rice(round_, kalidoni)
    with in_region(kalidoni):
        told = OutboxMessage.objects.get(dedupe__contains=f"exchange.{order.number}")
        assert told.payload["user"] == round_.cast.yuli.pk and "diubah" in told.payload["subject"].lower()
        assert order.number in shown(yuli.get("/satker/pesanan-pemasok/"))
        page = shown(yuli.get(f"/satker/pesanan-pemasok/{order.number}/"))
        # 30.000 more for rice, 280.000 less for eggs.
        assert "Telur habis" in page and "Rp 610.000" in page and "-Rp 250.000" in page
        assert yuli.post(f"/satker/pesanan-pemasok/{order.number}/terima/").status_code == 302
        assert SupplierOrder.objects.get().state == OrderState.CONFIRMED
        # A second click changes nothing.
        yuli.post(f"/satker/pesanan-pemasok/{order.number}/terima/")
        assert order.history.filter(move="accept_change").count() == 1


def test_calling_off_needs_a_reason_which_the_supplier_reads(
    round_: Round, sent: Cycle, yuli: Client, kalidoni: Region
) -> None:
    number = SupplierOrder.objects.get().number
    refused = yuli.post(f"/satker/pesanan-pemasok/{number}/batalkan/", {"reason": " "})
    assert refused.status_code == 400 and SupplierOrder.objects.get().state == OrderState.SENT
    yuli.post(f"/satker/pesanan-pemasok/{number}/batalkan/", {"reason": "Jalan putus"})
    order = SupplierOrder.objects.get()
    assert (order.state, order.history.get(move="cancel").reason) == (OrderState.CANCELLED, "Jalan putus")
    assert "Jalan putus" in shown(yuli.get(f"/satker/pesanan-pemasok/{number}/"))


@pytest.mark.parametrize(
    ("step", "facts", "said"),
    [(confirm, {}, "mengonfirmasi"), (refuse, {"reason": "Truk rusak"}, "Truk rusak.")],
)
def test_each_officer_is_told_once(
    round_: Round, sent: Cycle, kalidoni: Region, step: Any, facts: dict[str, Any], said: str
) -> None:
    answer(round_, kalidoni, step, **facts)
    with in_region(kalidoni):
        tell()
        told = OutboxMessage.objects.get(dedupe__contains="exchange.")
        assert said in told.payload["subject"] + told.payload["body"]


def test_nobody_else_finds_them(round_: Round, sent: Cycle, lombok: Region) -> None:
    number = SupplierOrder.objects.get().number
    for user in (round_.cast.hasan, round_.cast.ratna, round_.cast.budi):
        assert browser_of(user).get(f"/satker/pesanan-pemasok/{number}/").status_code == 404
    assert current_region() != lombok


def test_the_list_costs_the_same_for_many(round_: Round, sent: Cycle, yuli: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert yuli.get("/satker/pesanan-pemasok/?state=semua").status_code == 200
        return len(asked)

    yuli.get("/satker/pesanan-pemasok/?state=semua")
    before = cost()
    for _ in range(3):
        send_purchases(cycle=round_.closed(), by=round_.by)
    assert SupplierOrder.objects.count() == 4
    assert cost() == before
