"""A region orders: at the offers' prices, once for each key, and only what the supplier sells there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from shared_apps.exchange.errors import AboveStock, BadOrder, BelowMinimum, OfferGone, OtherContent, SupplierNotOpen
from shared_apps.exchange.models import OrderState, SupplierOrder
from shared_apps.supplier_catalog.models import Offer, SupplierOrganisation, Tax
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.exchange.ordering import BUYER, Deal
from tests.shared_apps.supplier_catalog.wholesaler import offer


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    return Deal(kalidoni, order_freight=50_000)


def outgoing(kind: str = "exchange.") -> list[OutboxMessage]:
    with on_platform():
        return list(OutboxMessage.objects.filter(kind__startswith=kind).order_by("pk"))


def test_prices_by_tier_with_tax_and_freight(deal: Deal) -> None:
    with on_platform():
        deal.musi.offers["MG-12"] = offer(
            deal.supplier, "MG-12", "Minyak goreng", pack=("dus", 12), price=200_003, tax=Tax.ADDED, freight=1_500
        )
    order = deal.send({"TL-180": 9, "MG-12": 3})
    assert (order.state, order.buyer, order.buyer_address) == (OrderState.SENT, BUYER.name, BUYER.address)
    assert order.goods == 9 * 280_000 + 600_009
    # 11 % of 600,009 rupiah, for the line as a whole.
    assert order.tax == 66_001
    assert order.freight == 50_000 + 3 * 1_500
    assert deal.lines(deal.send({"TL-180": 10}))["TL-180"].price == 270_000
    line = deal.lines(order)["MG-12"]
    assert (line.position, line.name, line.pack_label, line.base_quantity, line.tax) == (
        2,
        "Minyak goreng",
        "dus",
        12,
        "added",
    )
    assert deal.trace(order) == [("send", "sent", "region")]


def test_the_supplier_gets_the_whole_order_once(deal: Deal) -> None:
    key = uuid.uuid4()
    order = deal.send({"BR-50": 2}, key=key, cycle="Minggu 48")
    again = deal.send({"BR-50": 2}, key=key, cycle="Minggu 48")
    assert again.pk == order.pk
    (message,) = outgoing()
    assert message.kind == "exchange.order" and str(order.public_id) in message.dedupe
    told = message.payload
    assert (told["number"], told["state"], told["cycle"], told["total"]) == (
        order.number,
        "sent",
        "Minggu 48",
        1_250_000,
    )
    (line,) = told["lines"]
    assert (line["sku"], line["packs"], line["price"], line["packs_confirmed"]) == ("BR-50", 2, 600_000, None)


@pytest.mark.parametrize(
    "other",
    [
        lambda deal, key: deal.send({"BR-50": 3}, key=key),
        lambda deal, key: deal.send({"BR-50": 2, "TL-180": 1}, key=key),
        lambda deal, key: deal.send({"BR-50": 2}, key=key, note="Pagi"),
        lambda deal, key: deal.send({"BR-50": 2}, key=key, wanted_on=deal.tomorrow() + timedelta(days=1)),
    ],
)
def test_a_key_names_one_content(deal: Deal, other: Callable[[Deal, uuid.UUID], Any]) -> None:
    key = uuid.uuid4()
    deal.send({"BR-50": 2}, key=key)
    with pytest.raises(OtherContent):
        other(deal, key)
    assert len(outgoing()) == 1


def test_it_stands_or_falls_with_the_callers_transaction(deal: Deal) -> None:
    with pytest.raises(ZeroDivisionError), in_region(deal.region), transaction.atomic():
        deal.send({"BR-50": 2})
        1 / 0  # noqa: B018
    with in_region(deal.region):
        assert not SupplierOrder.objects.exists()
    assert outgoing() == []


def refused(deal: Deal, packs: dict[str, int], why: type[DomainError], **facts: Any) -> DomainError:
    with pytest.raises(why) as refusal:
        deal.send(packs, **facts)
    with in_region(deal.region):
        assert not SupplierOrder.objects.exists()
    assert outgoing() == []
    return refusal.value


def test_what_cannot_be_ordered(deal: Deal) -> None:
    refused(deal, {}, BadOrder)
    refused(deal, {"BR-50": 0}, BadOrder)
    refused(deal, {"BR-50": 1_000_000}, BadOrder)
    with on_platform():
        deal.musi.offers["few"] = offer(deal.supplier, "FEW", "Kecap", pack=("dus", 24), price=90_000, least=5, most=8)
    assert "5 dus" in str(refused(deal, {"few": 4}, BelowMinimum))
    assert "8 dus" in str(refused(deal, {"few": 9}, AboveStock))
    with on_platform():
        SupplierOrganisation.objects.update(minimum_order=700_000)
    assert "Rp\u00a0700.000" in str(refused(deal, {"BR-50": 1}, BelowMinimum))


def test_offers_for_others_and_ended_ones_are_not_there(deal: Deal, lombok: Region) -> None:
    with on_platform():
        deal.musi.offers["theirs"] = offer(deal.supplier, "BR-50", "", pack=("karung", 50_000), price=1, region=lombok)
        Offer.objects.filter(pk=deal.musi.offers["TL-180"].pk).update(ended_at=clock.now())
    deal.musi.offers["made up"] = Offer(public_id=uuid.uuid4())
    for sku in ("theirs", "made up", "TL-180"):
        assert refused(deal, {sku: 1, "BR-50": 1}, OfferGone).context["offers"] == [deal.musi.offers[sku].public_id]
    # A cycle that was locked before the offer ended keeps its price.
    assert deal.send({"TL-180": 1}, priced_at=clock.now() - timedelta(hours=1)).goods == 280_000


@pytest.mark.parametrize("state", ["registered", "suspended", "refused"])
def test_only_a_verified_supplier_takes_orders(deal: Deal, state: str) -> None:
    with on_platform():
        SupplierOrganisation.objects.update(state=state)
    refused(deal, {"BR-50": 1}, SupplierNotOpen)
