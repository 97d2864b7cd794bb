"""What happens at the same moment: one end, every rupiah once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection

from tenant_apps.payments.models import Method, Payment, PaymentIssue, PaymentState
from tenant_apps.payments.services import (
    confirm_received,
    deposit_cash,
    expire_payment,
    refund,
    release_payment,
    settle,
)
from tenant_apps.payments.services.events import order_id_of
from tenants.context import in_region
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast, browser_of
from tests.standins.midtrans import MidtransStandIn, Switches
from tests.tenant_apps.orders.desk import at_once
from tests.tenant_apps.payments.purse import (
    CALLS,
    WEBHOOK,
    balances,
    bill,
    give_code,
    now_of,
    owe,
    top_up,
    work_off,
)
from tests.trials import rounds, seeded


@pytest.fixture
def races(committed: None, market: Cast) -> Iterator[Cast]:
    """The cast, committed for good."""
    yield market


def post(kalidoni: Region, body: bytes) -> None:
    """One notification, as the site takes it. The caller's own region is left first: a request binds its own."""
    with in_region(kalidoni):
        client = browser_of(None)
    assert client.post(WEBHOOK, body, content_type="application/json").status_code == 200


def test_notifications_at_once_end_as_one_after_the_other(
    races: Cast, provider: MidtransStandIn, kalidoni: Region
) -> None:
    source = seeded()
    for number in range(rounds(50)):
        before = balances(races)
        CALLS.clear()
        payment = bill(races, f"N{number:05}")
        provider.pay(order_id_of(payment))
        provider.refund_at_dashboard(order_id_of(payment), 4_500)
        provider.switches = Switches(times=4, shuffle=source)
        said = provider.told()
        assert len(said) == 12
        assert at_once(kalidoni, [partial(post, kalidoni, body) for body in said]) == ["done"] * 12
        work_off()
        now = now_of(payment)
        assert (now.state, now.paid, now.refunded) == (PaymentState.PAID, 14_500, 4_500)
        assert [f"paid N{number:05}"] == CALLS
        after = balances(races)
        assert {code: after[code] - before.get(code, 0) for code in after} == {
            "provider:midtrans": 10_000,
            "region:held": 10_000,
        }
        assert list(now.issues.values_list("kind", "amount")) == [("outside", 4_500)]


def test_run_out_or_confirmed_never_both(races: Cast, kalidoni: Region) -> None:
    give_code(races.warung)
    ends = set()
    for number in range(rounds(120)):
        CALLS.clear()
        payment = owe(races, Method.QRIS, 14_500, number=f"R{number:05}")
        Payment.objects.filter(pk=payment.pk).update(expires_at="2026-01-01T00:00Z")
        work: list[Callable[[], object]] = [
            partial(expire_payment, payment=payment),
            partial(confirm_received, payment=payment, by=BY),
        ]
        assert at_once(kalidoni, (work if number % 2 else work[::-1]) * 2) == ["done"] * 4
        now = now_of(payment)
        ends.add(now.state)
        assert now.paid == 14_500
        if now.state == PaymentState.PAID:
            assert (CALLS, now.refunded, now.issues.count()) == ([f"paid R{number:05}"], 0, 0)
        else:
            assert now.state == PaymentState.EXPIRED
            assert (CALLS, now.refunded) == ([f"expired R{number:05}"], 14_500)
            assert list(now.issues.values_list("kind", flat=True)) == ["late"]
    assert ends == {PaymentState.PAID, PaymentState.EXPIRED}
    balances(races)


def test_settled_or_released_never_both(races: Cast, kalidoni: Region) -> None:
    top_up(races.ratna, 35_000 * 200)
    for number in range(rounds(60)):
        payment = owe(races, Method.BALANCE, number=f"T{number:05}")
        work: list[Callable[[], object]] = [
            partial(settle, payment=payment, goods=35_000, delivery=0, by=BY),
            partial(release_payment, payment=payment, by=BY, reason="called off"),
        ]
        outcome = at_once(kalidoni, (work if number % 2 else work[::-1]) * 2)
        now = now_of(payment)
        assert now.is_settled and now.settled == 35_000
        # Released first: it went back, and the hand-over was paid in cash.
        assert (now.refunded, now.cash) in ((0, 0), (35_000, 35_000))
        assert outcome.count("done") >= 2 and set(outcome) <= {"done", "StaleDocument"}
    balances(races)


def test_money_moves_once_however_often_it_is_asked(races: Cast, kalidoni: Region) -> None:
    top_up(races.ratna, 500_000)
    for number in range(rounds(30)):
        opened = at_once(kalidoni, [partial(owe, races, Method.BALANCE, 1_000, number=f"O{number:05}")] * 6)
        assert opened == ["done"] * 6
        payment = Payment.objects.get(reference=f"bill:O{number:05}")
        cash = owe(races, Method.CASH, 2_000, number=f"C{number:05}")
        settle(payment=cash, goods=2_000, delivery=0, by=BY, collector=races.wati)
        settle(payment=payment, goods=1_000, delivery=0, by=BY)
        again: list[Callable[[], object]] = [
            *[partial(refund, payment=payment, amount=600, by=BY, reason="r", key="one")] * 4,
            *[partial(refund, payment=payment, amount=600, by=BY, reason="r", key="two")] * 4,
            *[partial(deposit_cash, courier=races.wati, warung=races.warung, by=BY)] * 4,
        ]
        outcome = at_once(kalidoni, again)
        # 1.200 of 1.000 cannot go back: one key came first, and the other is refused each time.
        assert sorted(set(outcome)) == ["TooMuchBack", "done"] and outcome.count("TooMuchBack") == 4
        assert (now_of(payment).refunded, now_of(cash).state) == (600, PaymentState.DEPOSITED)
    assert "wati:cash" not in balances(races)
    assert PaymentIssue.objects.count() == 0 and OutboxMessage.objects.filter(kind__startswith="payments.").count() == 0
    connection.ensure_connection()
