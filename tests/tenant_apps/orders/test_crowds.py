"""Crowds at two warungs with one to twenty of each thing: nothing is sold twice, nobody waits for ever."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db.models import Sum

from tenant_apps.orders.models import Method, Order, OrderState, Purchase
from tenant_apps.orders.services.filling import accept_order, cancel_order, hand_over, pack_order
from tenant_apps.orders.services.placing import SeenLine, Shopping, place_purchase
from tenant_apps.orders.services.returning import accept_return, ask_return, left_to_return
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import Payment, PaymentState
from tenant_apps.payments.services import confirm_received, expire_payment
from tenant_apps.pricing.services import publish_price
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import adjust, location_of_warung
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once, must_add_up
from tests.tenant_apps.payments.purse import give_code, top_up
from tests.trials import FULL, rounds, seeded

CROWD = 100 if FULL else 24
ROUNDS = rounds(500) if FULL else 3
# What a crowd may be told; a deadlock is none of it.
ANSWERS = {"done", "PurchaseMoved", "Overdrawn", "StaleDocument"}


@pytest.fixture
def two_shops(committed: None, market: Cast) -> Iterator[Cast]:
    """Rice and eggs at Hasan's and at Siti's, with QRIS at both."""
    for pack, price in ((market.kilo, 14_500), (market.piece, 2_000)):
        publish_price(warung=market.other_warung, pack=pack, price=price, by=BY)
    for warung in (market.warung, market.other_warung):
        give_code(warung)
    yield market


def crowd() -> list[User]:
    made = User.objects.bulk_create(
        [User(name=f"Warga {i}", email=f"ramai{i}@example.test", password="!") for i in range(CROWD)]
    )
    for i, one in enumerate(made):
        if i % 5 == 0:
            top_up(one, 2_000_000)
    return made


def buys(cast: Cast, who: User, chance: random.Random) -> Purchase:
    """A mixed cart, its warungs and lines in any order."""
    shops = [cast.warung, cast.other_warung]
    chance.shuffle(shops)
    wanted = []
    for warung in shops[: chance.randint(1, 2)]:
        lines = [
            SeenLine(cast.kilo.pk, chance.randint(1, 2), 14_500),
            SeenLine(cast.piece.pk, chance.randint(1, 3), 2_000),
        ]
        chance.shuffle(lines)
        wanted.append(Shopping(warung, lines[: chance.randint(1, 2)], Method.PICKUP))
    bought = place_purchase(
        customer=who,
        key=uuid.uuid4(),
        shops=wanted,
        name=who.name,
        phone="",
        by=who.actor,
        pay=chance.choice(list(Pay)),
    )
    for order in bought.orders.select_related("warung", "customer"):
        _goes_on(order, chance)
    return bought


def _goes_on(order: Order, chance: random.Random) -> None:
    """Something happens to it at once: paid, run out, cancelled, handed over, brought back; or nothing yet."""
    if order.state == OrderState.UNPAID:
        payment = Payment.objects.get(reference=order.reference)
        what = chance.randint(0, 3)
        if what == 0:
            Payment.objects.filter(pk=payment.pk).update(expires_at=clock.now())
            expire_payment(payment=payment)
        elif what == 1:
            confirm_received(payment=payment, by=BY)
        elif what == 2:
            cancel_order(order=order, by=BY)
        return
    if chance.random() < 0.4:
        cancel_order(order=order, by=BY)
    elif chance.random() < 0.5:
        accept_order(order=order, by=BY)
        first = order.lines.first()
        assert first is not None
        left_out = {first.pk: 0} if order.lines.count() > 1 and chance.random() < 0.5 else {}
        pack_order(order=order, by=BY, packed=left_out)
        hand_over(order=order, by=BY)
        if chance.random() < 0.5:
            line, quantity = next(iter(left_to_return(order).items()))
            document = ask_return(order=order, quantities={line: quantity}, reason="Rusak")
            accept_return(document=document, on_shelf=[line] if chance.random() < 0.5 else [], by=BY)


def _time_is_over() -> None:
    """What nobody paid in this round runs out, so that its buyers may buy by QRIS again."""
    for payment in Payment.objects.filter(state=PaymentState.PENDING, method=Pay.QRIS):
        Payment.objects.filter(pk=payment.pk).update(expires_at=clock.now())
        expire_payment(payment=payment)


def _fill(cast: Cast, chance: random.Random, n: int) -> None:
    """One to twenty of each thing are free in both warungs."""
    for warung in (cast.warung, cast.other_warung):
        shelf = location_of_warung(warung)
        for product, unit in ((cast.rice, 1_000), (cast.egg, 1)):
            level = StockLevel.objects.filter(location=shelf, product=product).first()
            reserved = level.reserved if level else 0
            adjust(
                location=shelf,
                product=product,
                counted=reserved + unit * chance.randint(1, 20),
                reason="count",
                by=BY,
                key=f"round-{n}",
            )


def _shelves_hold(warung: Warung) -> None:
    """Sold and promised together are never more than there was: levels are their movements, and promises are kept."""
    for level in StockLevel.objects.filter(location__warung=warung):
        moved = StockMovement.objects.filter(location=level.location_id, product=level.product_id)
        sums = moved.aggregate(hand=Sum("delta_on_hand"), held=Sum("delta_reserved"))
        assert (level.on_hand, level.reserved) == (sums["hand"], sums["held"])
        assert 0 <= level.reserved <= level.on_hand


def test_crowds_with_mixed_carts(two_shops: Cast, kalidoni: Region) -> None:
    source, people = seeded(), crowd()
    told: Counter[str] = Counter()
    for n in range(ROUNDS):
        if n % 2:
            _time_is_over()
        _fill(two_shops, source, n)
        work: list[Callable[[], object]] = [
            partial(buys, two_shops, one, random.Random(source.randrange(2**32))) for one in people
        ]
        told.update(at_once(kalidoni, work))
        assert set(told) <= ANSWERS, told
        for warung in (two_shops.warung, two_shops.other_warung):
            _shelves_hold(warung)
    print(told)
    assert told["done"] and told["PurchaseMoved"]
    must_add_up()
    assert (
        not Payment.objects.filter(state=PaymentState.PENDING)
        .exclude(reference__in=[order.reference for order in Order.objects.filter(state__in=["unpaid", "placed"])])
        .exists()
    )
