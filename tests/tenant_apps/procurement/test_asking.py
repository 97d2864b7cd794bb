"""An owner asks once, at the prices that they saw, and may change their mind until the Satker answers."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.pricing.models import WholesalePrice
from tenant_apps.pricing.services import set_wholesale_price
from tenant_apps.procurement.errors import BadPacks, MovedPrice, NothingAsked, PricesMoved
from tenant_apps.procurement.models import RestockEvent, RestockRequest
from tenant_apps.procurement.services import Wish, call_off_restock, cancel_restock, submit_restock
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.services import close_warung
from tenants.context import as_owner, scope
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.numbers import ALPHABET
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.depot import (
    CRATE,
    SACK,
    Depot,
    at_once,
    balances,
    footprint,
    levels,
    open_depot,
)
from tests.trials import rounds


def test_a_request_copies_what_was_seen_and_moves_nothing(depot: Depot) -> None:
    before = levels()
    request = depot.ask(2, 1)
    assert (request.state, request.total_asked, request.total_accepted, request.total_received) == (
        "submitted", 1_600_000, 0, 0,
    )  # fmt: skip
    assert len(request.number) == 6 and set(request.number) <= set(ALPHABET)
    assert [
        (x.product_name, x.pack_label, x.base_unit, x.base_quantity, x.price, x.quantity_asked, x.quantity_accepted)
        for x in request.lines.all()
    ] == [
        ("Beras medium", "karung 50 kg", "g", 50_000, SACK, 2, 0),
        ("Telur ayam", "peti 180 butir", "pcs", 180, CRATE, 1, 0),
    ]
    events = request.history.values_list("move", "before", "after", "by")
    assert list(events) == [("submit", "", "submitted", depot.cast.hasan.actor)]
    assert (levels(), balances()) == (before, {})


def test_a_later_price_or_name_changes_no_request(depot: Depot) -> None:
    request = depot.ask(2, 0)
    set_wholesale_price(satker=depot.cast.satker, pack=depot.cast.sack, price=700_000, by=BY)
    depot.cast.rice.name = "Beras lain"
    depot.cast.rice.save()
    request.refresh_from_db()
    assert [(line.product_name, line.price) for line in request.lines.all()] == [("Beras medium", SACK)]
    assert request.total_asked == 1_300_000


def test_the_satker_is_told_in_its_officers_mailbox(depot: Depot) -> None:
    request = depot.ask()
    message = OutboxMessage.objects.get()
    assert message.dedupe == f"restock.{request.number}.submit.{depot.cast.yuli.public_id}"
    assert message.payload["to"] == "yuli@example.test"
    assert request.number in message.payload["subject"] and "Rp 1.600.000" in message.payload["subject"]
    assert f"http://kalidoni.localhost:8000/satker/restok/{request.number}/" in message.payload["body"]


@pytest.mark.parametrize(
    ("email", "phone", "kind", "to"),
    [
        ("satker@example.test", "", "mail", "satker@example.test"),
        ("satker@example.test", "0812 0000 0009", "mail", "satker@example.test"),
        ("", "0812 0000 0009", "sms", "+6281200000009"),
        ("", "0711 123456", "mail", "yuli@example.test"),
    ],
)
def test_the_satkers_own_address_comes_first(depot: Depot, email: str, phone: str, kind: str, to: str) -> None:
    satker = depot.cast.satker
    satker.email, satker.phone = email, phone
    satker.save()
    depot.ask()
    message = OutboxMessage.objects.get()
    assert (message.kind, message.payload["to"]) == (kind, to)


def test_a_second_tap_finds_the_first_request_even_after_prices_moved(depot: Depot) -> None:
    key = uuid.uuid4()
    request = depot.ask(2, 1, key=key)
    set_wholesale_price(satker=depot.cast.satker, pack=depot.cast.sack, price=700_000, by=BY)
    before = footprint()
    assert depot.ask(2, 1, key=key) == request
    assert footprint() == before


def test_two_warungs_may_use_one_key(depot: Depot) -> None:
    key = uuid.uuid4()
    first = depot.ask(1, 0, key=key)
    other = submit_restock(warung=depot.cast.other_warung, key=key, lines=depot.wishes(1, 0), by=BY)
    assert {first.warung, other.warung} == {depot.cast.warung, depot.cast.other_warung}


def test_all_moved_prices_are_told_at_once_and_nothing_is_written(depot: Depot) -> None:
    cast = depot.cast
    wishes = [*depot.wishes(2, 1), Wish(987_654, 1, 5)]
    set_wholesale_price(satker=cast.satker, pack=cast.sack, price=660_000, by=BY)
    WholesalePrice.objects.filter(pack=depot.crate, replaced_at=None).update(replaced_at=clock.now())
    before = footprint()
    with pytest.raises(PricesMoved) as refusal:
        depot.ask(lines=wishes)
    assert refusal.value.moved == [
        MovedPrice(cast.sack.pk, "Beras medium", "karung 50 kg", SACK, 660_000),
        MovedPrice(depot.crate.pk, "Telur ayam", "peti 180 butir", CRATE, None),
        MovedPrice(987_654, "", "", 5, None),
    ]
    assert footprint() == before


def test_a_selling_pack_is_not_for_restock(depot: Depot) -> None:
    cast = depot.cast
    set_wholesale_price(satker=cast.satker, pack=cast.kilo, price=13_000, by=BY)
    with pytest.raises(PricesMoved) as refusal:
        depot.ask(lines=[Wish(cast.kilo.pk, 1, 13_000)])
    assert refusal.value.moved == [MovedPrice(cast.kilo.pk, "Beras medium", "kg", 13_000, None)]


def test_a_product_that_is_no_longer_traded_cannot_be_asked_for(depot: Depot) -> None:
    depot.cast.rice.is_active = False
    depot.cast.rice.save()
    with pytest.raises(PricesMoved):
        depot.ask(1, 0)


@pytest.mark.parametrize(
    ("case", "quantities", "refusal"),
    [
        ("nothing", [], NothingAsked),
        ("zero", [0], BadPacks),
        ("less than nothing", [-1], BadPacks),
        ("more than a lorry", [10_000], BadPacks),
        ("the same pack twice", [1, 1], BadPacks),
    ],
)
def test_what_cannot_be_asked(depot: Depot, case: str, quantities: list[int], refusal: type[Exception]) -> None:
    before = footprint()
    with pytest.raises(refusal):
        depot.ask(lines=[Wish(depot.cast.sack.pk, quantity, SACK) for quantity in quantities])
    assert footprint() == before


def test_a_warung_that_has_ended_asks_for_nothing(depot: Depot) -> None:
    close_warung(warung=depot.cast.warung, by=BY, reason="moves away")
    before = footprint()
    with pytest.raises(WarungClosed):
        depot.ask()
    assert footprint() == before


def test_cancelling_tells_the_satker_and_repeats_harmlessly(depot: Depot) -> None:
    request = depot.ask()
    cancelled = cancel_restock(request=request, by=depot.cast.hasan.actor)
    assert cancelled.state == "cancelled"
    assert OutboxMessage.objects.order_by("-pk")[0].dedupe.startswith(f"restock.{request.number}.cancel.")
    before = footprint()
    assert cancel_restock(request=request, by=depot.cast.hasan.actor).state == "cancelled"
    with pytest.raises(StaleDocument):
        depot.accept(request)
    assert footprint() == before


def test_what_the_satker_promised_cannot_be_cancelled(depot: Depot) -> None:
    request = depot.accept(depot.ask())
    before = footprint()
    with pytest.raises(StaleDocument):
        cancel_restock(request=request, by=depot.cast.hasan.actor)
    assert footprint() == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE procurement_restockevent SET after = 'received'",
        "DELETE FROM procurement_restockevent",
        "TRUNCATE procurement_restockevent",
    ],
)
def test_the_history_is_never_rewritten(depot: Depot, sql: str) -> None:
    depot.ask()
    # Not even the owner, who may do more than the region's own role.
    with (
        as_owner(scope()),
        pytest.raises(IntegrityError, match="never rewritten"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert RestockEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "accepted", "received"), [(2, 3, 0), (2, 1, 2), (0, 0, 0), (-1, 0, 0), (10_000, 0, 0)]
)
def test_the_database_keeps_a_line_shrinking(depot: Depot, asked: int, accepted: int, received: int) -> None:
    request = depot.ask(2, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        request.lines.update(quantity_asked=asked, quantity_accepted=accepted, quantity_received=received)
    assert list(request.lines.values_list("quantity_asked", "quantity_accepted")) == [(2, 0)]


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_twenty_taps_with_one_key_are_one_request(self, kalidoni: Region, market: Cast) -> None:
        depot, key = open_depot(market), uuid.uuid4()
        answers = at_once(kalidoni, [lambda: depot.ask(2, 1, key=key)] * 20)
        assert [type(answer) for answer in answers] == [RestockRequest] * 20
        assert {answer.pk for answer in answers} == {RestockRequest.objects.get().pk}
        assert RestockEvent.objects.count() == 1 and OutboxMessage.objects.count() == 1

    def test_accepting_and_cancelling_at_once_one_wins(self, kalidoni: Region, market: Cast) -> None:
        depot = open_depot(market)
        for _round in range(rounds(40)):
            before = levels()
            request = depot.ask(1, 0)
            answers = at_once(
                kalidoni, [partial(depot.accept, request), partial(cancel_restock, request=request, by=BY)]
            )
            assert sorted(type(answer).__name__ for answer in answers) == ["RestockRequest", "StaleDocument"]
            request.refresh_from_db()
            if request.state == "accepted":
                assert levels()["Satker Kalidoni"]["Beras medium"] == (500_000, 50_000)
                call_off_restock(request=request, reason="selesai", by=BY)
            assert levels() == before
