"""Whatever happens in whatever order, orders end legally, and stock, promises, money and balances fit together.

A story places orders (cash, balance, QRIS; brought or picked up; several at a time) and lets things happen to them: packed by
weight or in part, replaced, handed over, carried and deposited, paid in part, too late or too much, run out, brought back.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.orders.models import Order, OrderEvent, OrderState, ReturnLine
from tenant_apps.orders.services.filling import (
    accept_order,
    call_off,
    cancel_order,
    hand_over,
    pack_order,
    reject_order,
)
from tenant_apps.orders.services.placing import SeenLine
from tenant_apps.orders.services.replacing import replace_line
from tenant_apps.orders.services.returning import accept_return, ask_return, left_to_return, refuse_return
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import Payment, To
from tenant_apps.payments.services import confirm_received, deposit_cash, expire_payment
from tenant_apps.payments.services.carrying import reconcile_until
from tenant_apps.pricing.services import observe_market, publish_price
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import deliver, place
from tests.tenant_apps.payments.purse import give_code, top_up
from tests.trials import rounds

PEOPLE = ("ratna", "siti", "wati")
# What each has at WARSA before the story: more than one order's worth, less than one, nothing.
BALANCES = {"ratna": 120_000, "siti": 20_000, "wati": 0}
ENDED = {OrderState.REJECTED, OrderState.CANCELLED, OrderState.CALLED_OFF, OrderState.EXPIRED}
WAITING = {OrderState.UNPAID, OrderState.PLACED, OrderState.ACCEPTED, OrderState.PACKED}
# What may follow what; written here once more, so that a wrong move in the product is not taken for right.
LEGAL = {
    ("unpaid", "placed"),
    ("unpaid", "expired"),
    ("unpaid", "cancelled"),
    ("placed", "accepted"),
    ("placed", "rejected"),
    ("placed", "cancelled"),
    ("accepted", "packed"),
    ("accepted", "called_off"),
    ("packed", "handed_over"),
    ("packed", "called_off"),
}
# What mostly happens to an order in this state; anything may be tried in any.
LIKELY = {
    OrderState.UNPAID: ("confirm", "confirm", "confirm", "confirm", "expire", "cancel"),
    OrderState.PLACED: ("accept", "accept", "accept", "accept", "accept", "accept", "cancel", "reject"),
    OrderState.ACCEPTED: ("pack", "pack", "pack", "replace", "replace", "call_off"),
    OrderState.PACKED: ("hand_over", "hand_over", "hand_over", "hand_over", "hand_over", "call_off"),
    OrderState.HANDED_OVER: ("ask_return", "accept_return", "accept_return", "refuse_return", "deposit", "reconcile"),
}
ANY = (
    *("confirm", "expire", "accept", "reject", "cancel", "pack", "replace", "call_off", "hand_over"),
    *("ask_return", "accept_return", "refuse_return", "deposit", "reconcile"),
)


class Goods(NamedTuple):
    """Sold at Hasan's: rice is weighed, eggs are counted, the better rice may come instead."""

    cast: Cast
    better: Pack


@pytest.fixture
def goods(market: Cast) -> Goods:
    Product.objects.filter(pk=market.rice.pk).update(by_weight=True)
    better = Product.objects.create(
        sku="SB-002", name="Beras premium", category=market.rice.category, base_unit=market.rice.base_unit
    )
    pack = Pack.objects.create(product=better, label="kg", base_quantity=1_000)
    observe_market(
        product=better,
        market="Pasar Lemabang",
        observed_on=clock.today("Asia/Jakarta"),
        per_quantity=1_000,
        price=17_000,
        observer="Yuli",
    )
    receive(location=location_of_warung(market.warung), lines=[Line(better.pk, 6_000)], reference="o:3", by=BY)
    publish_price(warung=market.warung, pack=pack, price=16_000, by=BY)
    give_code(market.warung)
    for who, amount in BALANCES.items():
        if amount:
            top_up(getattr(market, who), amount)
    return Goods(market, pack)


class Placing(NamedTuple):
    """Somebody orders."""

    who: str
    kilos: int
    eggs: int
    pay: Pay
    brought: bool
    may_replace: bool


class Happening(NamedTuple):
    """Something happens to the order: a likely thing, or (`odd`) anything at all. `how` and `much` shape it."""

    what: int
    how: int
    much: int
    odd: bool


PLACING = st.builds(
    Placing,
    st.sampled_from(PEOPLE),
    st.integers(0, 20),
    st.integers(0, 4),
    st.sampled_from(list(Pay)),
    st.booleans(),
    st.booleans(),
)
HAPPENING = st.builds(
    Happening, st.integers(0, 23), st.integers(0, 5), st.integers(0, 130), st.sampled_from([False] * 6 + [True])
)
LIFE = st.tuples(PLACING, st.lists(HAPPENING, min_size=4, max_size=12))
# Whose turn it is; when the turns are over, each order lives to its end, one after the other.
TURNS = st.lists(st.integers(0, 4), max_size=50)


def happen(goods: Goods, order: Order, one: Happening) -> str:
    """It happens, or is refused; what it was."""
    market, by = goods.cast, goods.cast.hasan.actor
    likely = ANY if one.odd else LIKELY.get(OrderState(order.state), ANY)
    what = likely[one.what % len(likely)]
    payment = Payment.objects.filter(reference=order.reference).first()
    lines = list(order.lines.order_by("pk"))
    match what:
        case "confirm" if payment is not None:
            # In whole, a part of it, or more than was asked for.
            amount = {3: payment.amount - 1_000, 4: payment.paid + 700, 5: payment.amount + 2_500}.get(one.how)
            confirm_received(payment=payment, by=by, amount=amount)
        case "expire" if payment is not None:
            Payment.objects.filter(pk=payment.pk, state="pending").update(expires_at=clock.now())
            expire_payment(payment=payment)
        case "accept":
            accept_order(order=order, by=by)
        case "reject":
            reject_order(order=order, reason="Habis", by=by)
        case "cancel":
            cancel_order(order=order, by=order.customer.actor)
        case "call_off":
            call_off(order=order, reason="Motor mogok", by=by)
        case "pack":
            packed = {line.pk: _packed(line.ordered, line.base_quantity, one) for line in lines if one.how}
            pack_order(order=order, by=by, packed=packed, agreed=packed if one.how == 5 else ())
        case "replace":
            replace_line(order=order, line_id=lines[0].pk, pack=goods.better, quantity=1 + one.how, by=by)
        case "hand_over":
            hand_over(order=order, by=by, collector=market.wati if one.how % 2 else None)
        case "deposit":
            deposit_cash(courier=market.wati, warung=market.warung, by=by)
        case "reconcile":
            reconcile_until(warung=market.warung, at=clock.now(), by=by)
        case "ask_return":
            left = left_to_return(order)
            ask_return(
                order=order, quantities={pk: max(1, n * one.much // 130) for pk, n in left.items()}, reason="Rusak"
            )
        case "accept_return" | "refuse_return":
            document = order.returns.filter(state="asked").first()
            if document is None:
                ask_return(order=order, quantities=dict(list(left_to_return(order).items())[:1]), reason="Rusak")
            elif what == "accept_return":
                accept_return(document=document, on_shelf=[line.pk for line in lines[: one.how]], by=by)
            else:
                refuse_return(document=document, reason="Sudah dibuka", by=by)
    return what


def _packed(ordered: int, pack: int, one: Happening) -> int:
    """Grams by the scale, up to a third more; of eggs whole ones, none more."""
    return ordered * one.much // 100 if pack > 1 else ordered * min(one.much, 100) // 100


@settings(
    max_examples=max(40, rounds(400)),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives=st.lists(LIFE, min_size=1, max_size=5), turns=TURNS)
def test_any_story_adds_up(goods: Goods, lives: list[tuple[Placing, list[Happening]]], turns: list[int]) -> None:
    market = goods.cast
    with transaction.atomic():
        waiting = [iter(happenings) for _placing, happenings in lives]
        placed: dict[int, int] = {}
        rest = [which for which, (_placing, happenings) in enumerate(lives) for _one in range(len(happenings) + 1)]
        for which in [turn % len(lives) for turn in turns] + rest:
            with suppress(DomainError), transaction.atomic():
                if which not in placed:
                    placed[which] = 0
                    placed[which] = _order(market, lives[which][0]).pk
                elif placed[which] and (one := next(waiting[which], None)):
                    order = Order.objects.select_related("warung", "customer").get(pk=placed[which])
                    event(happen(goods, order, one))
        with connection.cursor() as cursor:
            # The journal is judged at commit; here it is asked before.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for order in Order.objects.all():
            event(f"{order.pay} {order.state}")
        stock_adds_up(goods)
        money_adds_up(market)
        paths_are_legal()
        transaction.set_rollback(True)


def _order(market: Cast, one: Placing) -> Order:
    wanted = [
        SeenLine(market.kilo.pk, one.kilos, 14_500, may_replace=one.may_replace),
        SeenLine(market.piece.pk, one.eggs, 2_000),
    ]
    send = deliver if one.brought else place
    lines = [line for line in wanted if line.quantity]
    return send(market, lines=lines, customer=getattr(market, one.who), pay=one.pay)


def paths_are_legal() -> None:
    """Each order came by allowed steps alone to where it is, one after the other."""
    for order in Order.objects.all():
        moves = OrderEvent.objects.filter(order=order).exclude(move__in=["place", "replace", "agree"]).order_by("pk")
        steps = [(one.before, one.after) for one in moves if one.before != one.after and one.before]
        assert set(steps) <= LEGAL, steps
        assert all(first[1] == second[0] for first, second in pairwise(steps)), steps
        if steps:
            assert steps[-1][1] == order.state
        assert order.packed_goods is None or order.packed_goods == sum(line.due for line in order.lines.all())
        for line in order.lines.select_related("packed"):
            # What weighs more costs more, to the rupiah; what came instead never more than what was ordered.
            assert line.due <= line.price * line.in_bag // line.base_quantity


def stock_adds_up(goods: Goods) -> None:
    """On hand is what there was, less what was handed over, plus what came back to the shelf; promised is what waits."""
    market = goods.cast
    there = {market.rice.pk: 50_000, market.egg.pk: 10, goods.better.product_id: 6_000}
    back = dict(
        ReturnLine.objects.filter(document__state="accepted", on_shelf=True)
        .order_by()
        .values_list("line__product")
        .annotate(Sum("base_quantity"))
    )
    for product, opening in there.items():
        level = StockLevel.objects.get(location__warung=market.warung, product=product)
        lines = [
            (order.state, line.in_bag)
            for order in Order.objects.all()
            for line in order.lines.filter(product=product).select_related("packed")
        ]
        gone = sum(quantity for state, quantity in lines if state == OrderState.HANDED_OVER)
        assert level.on_hand == opening - gone + back.get(product, 0)
        assert level.reserved == sum(quantity for state, quantity in lines if state in WAITING)
        assert 0 <= level.reserved <= level.on_hand
        moved = StockMovement.objects.filter(location=level.location_id, product=product)
        sums = moved.aggregate(hand=Sum("delta_on_hand"), held=Sum("delta_reserved"))
        assert (level.on_hand, level.reserved) == (sums["hand"], sums["held"])


def money_adds_up(market: Cast) -> None:
    """What each order cost is what its customer is out of pocket, and where that money lies is what the books say."""
    assert unproven_accounts() == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    drawer = carried = held = 0
    balances = dict(BALANCES)
    for order in Order.objects.select_related("customer"):
        payment = Payment.objects.filter(reference=order.reference).first()
        returned = sum(
            ReturnLine.objects.filter(document__order=order, document__state="accepted").values_list(
                "amount", flat=True
            )
        )
        if payment is None:
            assert order.pay == Pay.CASH and order.state != OrderState.HANDED_OVER
            continue
        assert payment.paid == sum(payment.money_in.values_list("amount", flat=True))
        assert payment.refunded == sum(payment.refunds.values_list("amount", flat=True)) <= payment.paid
        left = payment.paid - payment.refunded
        if order.state in ENDED:
            assert left == 0
        elif order.state == OrderState.HANDED_OVER:
            assert left == order.due - returned >= 0
            assert payment.settled == order.due
        elif order.state == OrderState.UNPAID:
            assert left < payment.amount
            held += left
        elif order.is_prepaid:
            assert left == order.total
            held += left
        else:
            assert left == 0
        in_drawer = payment.collector_id is None or payment.deposited_at is not None
        drawer += payment.cash * in_drawer
        carried += payment.cash * (not in_drawer)
        balances[order.customer.name.lower()] -= _by_balance(payment)
        balances[order.customer.name.lower()] += sum(
            payment.refunds.filter(to=To.BALANCE).values_list("amount", flat=True)
        )
    found = dict(Account.objects.values_list("code", "balance"))
    assert found.get(f"warung:{market.warung.pk}:cash", 0) == drawer
    assert found.get(f"courier:{market.wati.pk}:cash", 0) == carried
    assert sum(-amount for code, amount in found.items() if code.endswith(":held")) == held
    for who, amount in balances.items():
        assert -found.get(f"citizen:{getattr(market, who).pk}:balance", 0) == amount >= 0


def _by_balance(payment: Payment) -> int:
    """What the customer's balance gave for it."""
    return payment.amount if payment.method == Pay.BALANCE else 0
